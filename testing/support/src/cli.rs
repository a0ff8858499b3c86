//! The `assay` command, run as its users run it.

use crate::{files, Node};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{fs, os::unix, path::PathBuf};
use tokio::process::Command;

/// How the command ended and what it said.
#[derive(Debug)]
pub struct Answer {
	/// The exit code.
	pub code: i32,
	/// What went to standard output under `--json`; null if nothing did, as when the command line is wrong.
	pub json: Value,
	/// What went to standard error.
	pub notes: String,
}

impl Answer {
	/// The answer of a command that must have ended well.
	#[track_caller]
	pub fn fine(self) -> Value {
		assert_eq!(self.code, 0, "{self:?}");
		self.json
	}

	/// The message of a command that must have refused.
	#[track_caller]
	pub fn refusal(self) -> String {
		assert_eq!(self.code, 1, "{self:?}");
		self.json["error"]
			.as_str()
			.unwrap_or_else(|| panic!("no error: {self:?}"))
			.to_owned()
	}
}

/// Runs `assay --json` with these arguments against `node`, signing as `suri` where one is given.
pub async fn assay(node: &Node, suri: Option<&str>, args: &[&str]) -> Answer {
	let mut command = Command::new(files::program("assay"));
	command
		.env_remove("ASSAY_SURI")
		.envs(suri.map(|suri| ("ASSAY_SURI", suri)))
		.env("ASSAY_URL", node.url())
		.env("ASSAY_CACHE", cache(node))
		.arg("--json")
		.args(args)
		.kill_on_drop(true);
	let output = command.output().await.expect("assay starts");
	let stdout = String::from_utf8_lossy(&output.stdout);
	let notes = String::from_utf8_lossy(&output.stderr).into_owned();
	Answer {
		code: output
			.status
			.code()
			.unwrap_or_else(|| panic!("assay was killed: {notes}")),
		json: match stdout.as_ref() {
			"" => Value::Null,
			text => serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}{notes}")),
		},
		notes,
	}
}

/// The hash or number that a command prints under this key.
#[track_caller]
pub fn field<T: DeserializeOwned>(json: &Value, key: &str) -> T {
	serde_json::from_value(json[key].clone()).unwrap_or_else(|error| panic!("{key} in {json}: {error}"))
}

/// A cache that knows the engine and no artifact of other tests, so that what is verified was fetched from the node.
fn cache(node: &Node) -> PathBuf {
	let cache = node.folder().join("assay-cache");
	if !cache.exists() {
		fs::create_dir_all(&cache).expect("a folder");
		fs::create_dir_all(files::engine_cache()).expect("a folder");
		unix::fs::symlink(files::engine_cache(), cache.join("engine")).expect("a link");
	}
	cache
}
