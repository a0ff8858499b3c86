//! Builds the next runtime: a copy of `runtime/` in which the files of `overlay/` replace those of `runtime/src/`.
//!
//! Under `OUT_DIR` it assembles a workspace with that copy as its one member, in which paths to the other crates of
//! this repository are absolute, and runs substrate-wasm-builder on it. The copy has the name of this package, so that
//! its blob lies beside that of the current runtime and does not overwrite it.

use std::{
	collections::BTreeSet,
	env, fs, io,
	os::unix::fs::symlink,
	path::{Path, PathBuf},
	time::SystemTime,
};
use substrate_wasm_builder::WasmBuilder;
use toml::{Table, Value};

/// The package whose WebAssembly build this one shares.
const ORIGINAL: &str = "assay-runtime";
const PACKAGE: &str = env!("CARGO_PKG_NAME");

fn main() {
	let crate_dir = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
	let out_dir = PathBuf::from(variable("OUT_DIR"));
	let root = crate_dir
		.ancestors()
		.nth(2)
		.expect("this crate lies two folders below the root of the workspace");
	let overlay = crate_dir.join("overlay");
	let workspace = out_dir.join("workspace");
	for watched in [
		"Cargo.toml",
		"Cargo.lock",
		"runtime/Cargo.toml",
		"runtime/build.rs",
		"runtime/src",
	] {
		println!("cargo:rerun-if-changed={}", root.join(watched).display());
	}
	println!("cargo:rerun-if-changed={}", overlay.display());

	assemble(root, &overlay, &workspace);
	share_target(&out_dir);
	// The builder reads the lockfile and the patches of the workspace that this names.
	env::set_var("WASM_BUILD_WORKSPACE_HINT", &workspace);
	WasmBuilder::new()
		.with_project(workspace.join("runtime/Cargo.toml"))
		.expect("the manifest was just written")
		.import_memory()
		.export_heap_base()
		.build();
	backdate(&workspace, &out_dir);
}

fn variable(name: &str) -> String {
	env::var(name).unwrap_or_else(|_| panic!("Cargo sets {name} for build scripts"))
}

/// Writes the workspace, and leaves alone each file that is right already, so that the nested Cargo compiles only what
/// has changed.
fn assemble(root: &Path, overlay: &Path, workspace: &Path) {
	let source = root.join("runtime/src");
	let copy = workspace.join("runtime/src");
	let (original, replaced) = (list(&source), list(overlay));
	if let Some(missing) = replaced.difference(&original).next() {
		panic!(
			"overlay/{0} of {PACKAGE} replaces runtime/src/{0}, which does not exist: move or remove the former",
			missing.display()
		);
	}
	// A module that has moved would otherwise be there twice.
	for stale in list(&copy).difference(&original) {
		fs::remove_file(copy.join(stale)).expect("a file of our own can be removed");
	}
	for file in &original {
		let from = if replaced.contains(file) {
			overlay
		} else {
			source.as_path()
		};
		write(&copy.join(file), &read(&from.join(file)));
	}
	write(
		&workspace.join("runtime/build.rs"),
		&read(&root.join("runtime/build.rs")),
	);

	let manifest = parse(&root.join("runtime/Cargo.toml"));
	write(&workspace.join("runtime/Cargo.toml"), &print(&renamed(manifest)));
	let manifest = parse(&root.join("Cargo.toml"));
	write(&workspace.join("Cargo.toml"), &print(&workspace_of(manifest, root)));
	let lock = parse(&root.join("Cargo.lock"));
	write(&workspace.join("Cargo.lock"), &print(&relocked(lock)));
}

/// Returns the manifest of the runtime under the name of this package.
fn renamed(mut manifest: Table) -> Table {
	table(&mut manifest, "package").insert("name".into(), PACKAGE.into());
	manifest
}

/// Returns the manifest of the workspace with the runtime as its one member. Profiles are the builder's own.
fn workspace_of(mut manifest: Table, root: &Path) -> Table {
	manifest.retain(|key, _| key == "workspace" || key == "patch");
	let workspace = table(&mut manifest, "workspace");
	workspace.remove("default-members");
	workspace.remove("exclude");
	workspace.insert("members".into(), vec!["runtime"].into());
	make_paths_absolute(table(workspace, "dependencies"), root);
	if let Some(Value::Table(patches)) = manifest.get_mut("patch") {
		make_paths_absolute(patches, root);
	}
	manifest
}

/// Makes absolute every `path` in these tables, however deep.
fn make_paths_absolute(tables: &mut Table, root: &Path) {
	for (key, value) in tables {
		match value {
			Value::String(path) if key == "path" => *path = root.join(&*path).display().to_string(),
			Value::Table(inner) => make_paths_absolute(inner, root),
			_ => {}
		}
	}
}

/// Returns the lockfile in which this package depends on what the runtime depends on, so that Cargo has nothing to
/// resolve anew.
fn relocked(mut lock: Table) -> Table {
	let Some(Value::Array(packages)) = lock.get_mut("package") else {
		panic!("Cargo.lock lists packages");
	};
	let is_named = |package: &Value, name: &str| package.get("name").and_then(Value::as_str) == Some(name);
	let mut copy = packages
		.iter()
		.find(|package| is_named(package, ORIGINAL))
		.and_then(Value::as_table)
		.expect("Cargo.lock lists the runtime")
		.clone();
	copy.insert("name".into(), PACKAGE.into());
	packages.retain(|package| !is_named(package, PACKAGE));
	packages.push(copy.into());
	lock
}

/// Makes both runtimes compile into one target folder, so that all that they have in common is compiled once. The
/// builder keeps the folder of each package at `wbuild/PACKAGE/target` beside the folder `build`.
fn share_target(out_dir: &Path) {
	let build = out_dir
		.ancestors()
		.find(|folder| folder.ends_with("build"))
		.and_then(Path::parent)
		.expect("OUT_DIR lies in a folder named build");
	let shared = build.join("wbuild").join(ORIGINAL).join("target");
	let link = build.join("wbuild").join(PACKAGE).join("target");
	if fs::read_link(&link).is_ok_and(|target| target == shared) {
		return;
	}
	let removed = match fs::symlink_metadata(&link) {
		Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(&link),
		Ok(_) => fs::remove_file(&link),
		Err(_) => Ok(()),
	};
	removed
		.and_then(|()| fs::create_dir_all(&shared))
		.and_then(|()| fs::create_dir_all(link.parent().expect("a link lies in a folder")))
		.and_then(|()| symlink(&shared, &link))
		.unwrap_or_else(|error| panic!("cannot link {} to {}: {error}", link.display(), shared.display()));
}

/// Backdates the files that were just written to the start of this script. Otherwise Cargo would run it once more.
fn backdate(workspace: &Path, out_dir: &Path) {
	let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
	let Ok(started) = modified(&out_dir.join("../invoked.timestamp")) else {
		return;
	};
	for file in list(workspace) {
		let file = workspace.join(file);
		if modified(&file).is_ok_and(|written| written > started) {
			set_modified(&file, started).expect("a file of our own can be changed");
		}
	}
}

fn set_modified(file: &Path, time: SystemTime) -> io::Result<()> {
	fs::File::options().write(true).open(file)?.set_modified(time)
}

/// Returns all files below `folder`, relative to it; none if there is no such folder.
fn list(folder: &Path) -> BTreeSet<PathBuf> {
	fn visit(folder: &Path, inner: &Path, files: &mut BTreeSet<PathBuf>) {
		for entry in fs::read_dir(folder.join(inner)).into_iter().flatten().flatten() {
			let path = inner.join(entry.file_name());
			match entry.path().is_dir() {
				true => visit(folder, &path, files),
				false => drop(files.insert(path)),
			}
		}
	}
	let mut files = BTreeSet::new();
	visit(folder, Path::new(""), &mut files);
	files
}

fn read(file: &Path) -> Vec<u8> {
	fs::read(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()))
}

/// Writes a file, unless it has this content already.
fn write(file: &Path, content: &[u8]) {
	if fs::read(file).is_ok_and(|present| present == content) {
		return;
	}
	fs::create_dir_all(file.parent().expect("a file lies in a folder"))
		.and_then(|()| fs::write(file, content))
		.unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
}

fn parse(file: &Path) -> Table {
	let text = String::from_utf8(read(file)).expect("TOML is UTF-8");
	text.parse()
		.unwrap_or_else(|error| panic!("cannot parse {}: {error}", file.display()))
}

fn print(table: &Table) -> Vec<u8> {
	toml::to_string(table)
		.expect("what was parsed can be written")
		.into_bytes()
}

/// Returns the table `key` of `parent`.
fn table<'a>(parent: &'a mut Table, key: &str) -> &'a mut Table {
	match parent.get_mut(key) {
		Some(Value::Table(table)) => table,
		_ => panic!("the manifest has no table `{key}`"),
	}
}
