//! The pallets joined: a consumer of answers, random histories with every invariant checked, and the economics of
//! cheating.

mod consumer;
mod economics;
mod interleavings;
