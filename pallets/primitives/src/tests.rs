mod agenda;
mod batch;
mod names;
mod offchain;
mod probe;
mod ranges;
mod terms;
