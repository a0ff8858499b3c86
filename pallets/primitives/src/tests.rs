mod batch;
mod names;
mod offchain;
mod probe;
mod terms;
