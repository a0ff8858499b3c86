mod agenda;
mod batch;
mod bounds;
mod names;
mod offchain;
mod probe;
mod ranges;
mod terms;
