mod interleavings;
mod lifecycle;
mod offchain;
mod submissions;
