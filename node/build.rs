//! Names the version, and sees to it that no release has the faults.

use std::env;

fn main() {
	let faults = env::var_os("CARGO_FEATURE_FAULTS").is_some();
	let profile = env::var("PROFILE").unwrap_or_default();
	assert!(
		!faults || profile != "release",
		"the feature `faults` makes nodes dishonest, and no release has it. The workspace's tests ask for it: \
		 build the node alone, `cargo build --release --package assay-node`"
	);
	substrate_build_script_utils::generate_cargo_keys();
}
