//! Builds the guest (`engine/guest`) from source and writes its blob to `$OUT_DIR/engine.wasm`.
//!
//! The blob's hash is its id on chain, so everything that affects its bytes is fixed: the flags here, the profile in
//! `engine/Cargo.toml`, the versions in `engine/Cargo.lock`, and the compiler in `rust-toolchain.toml`. Paths of this
//! machine are remapped. The nested build has its own folder in the shared target folder, so that it outlives a
//! checkout.

mod exports;

use std::{
	env, fs,
	path::{Path, PathBuf},
	process::{Command, Stdio},
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The guest's exports.
const EXPORTS: [&str; 7] = ["memory", "alloc", "load", "describe", "run", "result_ptr", "result_len"];

fn main() {
	let workspace = Path::new(&variable("CARGO_MANIFEST_DIR")).join("..");
	for source in ["abi", "guest", "intrinsics", "kernels", "Cargo.toml", "Cargo.lock"] {
		println!("cargo::rerun-if-changed={}", workspace.join(source).display());
	}
	println!("cargo::rerun-if-changed=build");

	let out = PathBuf::from(variable("OUT_DIR"));
	let target_folder = target_folder(&out).join("engine");
	build(&workspace, &target_folder);
	let blob = target_folder.join(TARGET).join("release/assay_guest.wasm");
	let blob = fs::read(&blob).unwrap_or_else(|error| panic!("{}: {error}", blob.display()));
	fs::write(out.join("engine.wasm"), exports::retain(&EXPORTS, &blob)).expect("OUT_DIR can be written to");
}

/// Runs cargo on the workspace of the guest.
fn build(workspace: &Path, target_folder: &Path) {
	let mut cargo = Command::new(variable("CARGO"));
	cargo
		.args([
			"build",
			"--release",
			"--locked",
			"--package",
			"assay-guest",
			"--target",
			TARGET,
		])
		.current_dir(workspace);
	// The variables of the outer build, such as flags, profile overrides and clippy's wrapper, must not reach the
	// guest.
	for (name, _) in env::vars_os() {
		let name = name.to_string_lossy();
		let is_location = matches!(&*name, "CARGO_HOME" | "RUSTUP_HOME" | "RUSTUP_TOOLCHAIN");
		if !is_location && (name.starts_with("CARGO") || name.starts_with("RUST")) {
			cargo.env_remove(&*name);
		}
	}
	cargo
		.env("CARGO_TARGET_DIR", target_folder)
		.env("CARGO_ENCODED_RUSTFLAGS", flags(target_folder).join("\x1f"))
		.stdin(Stdio::null())
		// Cargo reads what build scripts print.
		.stdout(Stdio::null());
	let status = cargo.status().expect("cargo runs, since it runs this build script");
	assert!(
		status.success(),
		"the guest in engine/guest does not build; cargo's errors are above"
	);
}

/// Returns the compiler flags of the guest.
fn flags(target_folder: &Path) -> Vec<String> {
	let rustc = variable("RUSTC");
	let sysroot = output(Command::new(&rustc).args(["--print", "sysroot"]));
	let version = output(Command::new(&rustc).arg("-vV"));
	let commit = version
		.lines()
		.find_map(|line| line.strip_prefix("commit-hash: "))
		.unwrap_or("unknown");
	let map = |from: String, to: &str| format!("--remap-path-prefix={from}={to}");
	vec![
		// Fixed-width SIMD is exact. The results of relaxed SIMD depend on the machine.
		"-Ctarget-feature=+simd128".into(),
		// The guest's own source of randomness, which returns zeros.
		"--cfg=getrandom_backend=\"custom\"".into(),
		// `abi::MEMORY_LIMIT`, so that every runtime enforces it, even in a browser.
		"-Clink-arg=--max-memory=1073741824".into(),
		map(cargo_home(), "/cargo"),
		map(target_folder.display().to_string(), "/target"),
		// Otherwise the compiler records the path of the standard library's sources, if they are installed.
		map(format!("{sysroot}/lib/rustlib/src/rust"), &format!("/rustc/{commit}")),
	]
}

/// Returns the target folder of the outer build.
fn target_folder(out: &Path) -> PathBuf {
	let tagged = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
	tagged.unwrap_or(out).to_path_buf()
}

fn cargo_home() -> String {
	env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", variable("HOME")))
}

fn variable(name: &str) -> String {
	env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn output(command: &mut Command) -> String {
	let output = command
		.output()
		.expect("rustc runs, since it compiled this build script");
	String::from_utf8(output.stdout)
		.expect("rustc prints UTF-8")
		.trim()
		.into()
}
