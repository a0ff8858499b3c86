mod batch;
mod names;
mod probe;
mod terms;
