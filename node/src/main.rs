//! The `assay-node` program. Everything it does is in the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
	assay_node::command::run()
}
