//! The chain that the nodes of a network are on.

use crate::files;
use std::process::Command;
use tempfile::TempDir;

/// The specification of the `local` chain with its genesis worked out, once for all nodes and for all their lives: whoever is told
/// the chain by its name compiles the runtime once to work out the genesis, and once more to run.
pub struct Chain {
	folder: TempDir,
}

impl Chain {
	/// Has `assay-node` work it out.
	pub fn export() -> Self {
		let folder = tempfile::Builder::new()
			.prefix("assay-chain-")
			.tempdir()
			.expect("a temporary folder");
		let chain = Self { folder };
		let output = Command::new(files::program("assay-node"))
			.args(["export-chain-spec", "--chain", "local", "--raw", "--output"])
			.arg(chain.path())
			.output()
			.expect("assay-node starts");
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		chain
	}

	/// What `--chain` is to be.
	pub fn path(&self) -> String {
		let path = self.folder.path().join("local.json").into_os_string();
		path.into_string().expect("UTF-8")
	}
}
