//! The chain that the nodes of a network are on.

use crate::{files, Program};
use std::process::Command;
use tempfile::TempDir;

/// The specification of the `local` chain with its genesis state, built once for all nodes and all restarts. A node
/// that is given the chain by name compiles the runtime twice: once to build the genesis state, and once to run.
pub struct ChainSpec {
	folder: TempDir,
}

impl ChainSpec {
	/// Has `assay-node` export it.
	pub fn export() -> Self {
		let folder = tempfile::Builder::new()
			.prefix("assay-chain-")
			.tempdir()
			.expect("temporary folders can be made");
		let spec = Self { folder };
		let output = Command::new(files::program(Program::Node.name()))
			.args(["export-chain-spec", "--chain", "local", "--raw", "--output"])
			.arg(spec.path())
			.output()
			.expect("assay-node can be run");
		assert!(
			output.status.success(),
			"assay-node export-chain-spec failed: {}",
			String::from_utf8_lossy(&output.stderr)
		);
		spec
	}

	/// Returns the value of `--chain`.
	pub fn path(&self) -> String {
		let path = self.folder.path().join("local.json").into_os_string();
		path.into_string().expect("the temporary folder's path is UTF-8")
	}
}
