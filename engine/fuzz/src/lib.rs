//! Coverage-guided fuzzing of the engine in the form that ships: a 32-bit guest in its sandbox.
//!
//! `scripts/fuzz.sh` compiles the guest (`engine/guest`) a second time, with LLVM's coverage counters in its linear
//! memory. A fuzz target runs an input in an instance of this *instrumented* guest and passes the counters to
//! libFuzzer, so that traps and faults are outcomes, and the fuzzing process survives them. [`exercise`] is what is
//! done with an input, and [`oracle`] checks the results: the *shipped* engine must give the same ones, in warm and
//! fresh instances, and everything that is not an answer must be a named fault. Defects are saved to files
//! ([`report`]), and fuzzing continues.

pub mod call_result;
pub mod clock;
pub mod counters;
pub mod exercise;
pub mod mutate;
pub mod onnx;
pub mod oracle;
pub mod ports;
pub mod report;
pub mod sandbox;
pub mod settings;
pub mod shipped;
