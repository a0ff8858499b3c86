mod batch;
mod terms;
