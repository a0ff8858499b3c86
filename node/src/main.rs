//! `assay-node`; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
	assay_node::main()
}
