//! End-to-end tests: networks of real nodes that run real models, driven by the `assay` command and by transactions
//! that no honest tool would send.
//!
//! One program for all of them, so that it is linked once; the test runner starts it once for each test.

mod abuse;
mod answers;
mod governance;
mod misbehaviour;
mod pool;
mod registry;
mod reorg;
mod restarts;
mod upgrade;
