mod agenda;
mod batch;
mod names;
mod probe;
mod ranges;
mod terms;
