mod bonds;
mod challenges;
mod electorates;
mod interleavings;
mod offchain;
mod submissions;
mod verdicts;
mod watching;
