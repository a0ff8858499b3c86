//! The Assay chain as a Rust library.
