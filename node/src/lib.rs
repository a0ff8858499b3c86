//! The Assay node: a BABE and GRANDPA chain whose off-chain workers answer inference jobs.
//!
//! All of it is a library, so that a package can ask for its features; `main.rs` runs it.

// The SDK's errors are large, and every function on the way to them would have to say so.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
#[cfg(feature = "faults")]
mod faults;
mod rpc;
mod service;

use std::process::ExitCode;

/// Does what the command line of this process says.
pub fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
