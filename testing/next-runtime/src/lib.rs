//! The next version of the runtime, in WebAssembly: the one that the end-to-end tests upgrade a running chain to.
//!
//! It is the runtime of `runtime/` with the files of `overlay/` in place of its own: another version number, another
//! place for the tempo of votes, and the migration that moves it there. The build script puts the two together, so
//! nothing of it is part of the runtime that ships.

include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
