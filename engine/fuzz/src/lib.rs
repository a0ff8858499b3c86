//! Coverage-guided fuzzing of the engine, as the thing it is: a 32-bit guest in its sandbox.
//!
//! `scripts/fuzz.sh` compiles the guest (`engine/guest`) a second time, with LLVM's coverage counters in its linear memory. A target runs one
//! input in an instance of it and hands the counters to libFuzzer, so that traps and faults are outcomes and the fuzzing process lives on.
//! [`story`] is what is done with an input, [`judge`] what may come of it: the shipped engine must come to the same, warm and
//! fresh alike, and everything that is no answer must have a name. What it finds goes to files ([`report`]), and the fuzzer goes on.

pub mod clock;
pub mod counters;
pub mod ending;
pub mod judge;
pub mod mutate;
pub mod onnx;
pub mod ports;
pub mod report;
pub mod sandbox;
pub mod settings;
pub mod shipped;
pub mod story;
