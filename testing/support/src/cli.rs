//! The `assay` command, run as its users run it.

use crate::{files, Node};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{fs, os::unix, path::PathBuf, process::Stdio};
use tokio::process::Command;

/// The output of a run of the command.
#[derive(Debug)]
pub struct CommandOutput {
	/// The exit status.
	pub code: i32,
	/// The JSON document on standard output; null if there is none, as when the command line is wrong.
	pub json: Value,
	/// What is on standard error; empty where that was not captured.
	pub stderr: String,
}

impl CommandOutput {
	/// Returns the document of a command that must have succeeded.
	#[track_caller]
	pub fn expect_success(self) -> Value {
		assert_eq!(self.code, 0, "{self:?}");
		self.json
	}

	/// Returns the message of a command that must have refused.
	#[track_caller]
	pub fn expect_refusal(self) -> String {
		assert_eq!(self.code, 1, "{self:?}");
		self.json["error"]
			.as_str()
			.unwrap_or_else(|| panic!("there is no error: {self:?}"))
			.to_owned()
	}

	/// Returns the document, whatever the exit status is: a command also prints its results if some of them are
	/// failures.
	#[track_caller]
	pub fn parse<T: DeserializeOwned>(self) -> T {
		let error = match T::deserialize(&self.json) {
			Ok(document) => return document,
			Err(error) => error,
		};
		// A refusal says why in words.
		match self.json["error"].as_str() {
			Some(refusal) => panic!("assay refused: {refusal}"),
			None => panic!("not the document that was expected ({error}): {self:?}"),
		}
	}
}

/// Runs `assay --json` with these arguments against `node`, signing as `suri` if there is one. Captures standard error.
pub async fn assay(node: &Node, suri: Option<&str>, args: &[&str]) -> CommandOutput {
	run(command(node, suri).arg("--json").args(args).stderr(Stdio::piped())).await
}

/// Does the same, and leaves standard error to the user, with its progress bars.
pub async fn assay_with_progress(node: &Node, suri: Option<&str>, args: &[&str]) -> CommandOutput {
	run(command(node, suri).arg("--json").args(args)).await
}

/// Runs `assay` with all of its output for the user. Panics if it fails.
pub async fn assay_for_user(node: &Node, suri: Option<&str>, args: &[&str]) {
	let status = command(node, suri).args(args).status().await;
	let status = status.expect("assay can be run");
	assert!(status.success(), "assay {} failed: {status}", args.join(" "));
}

/// Prepares the command: the node, the signer, and a cache of its own.
fn command(node: &Node, suri: Option<&str>) -> Command {
	let mut command = Command::new(files::program("assay"));
	command
		.env_remove("ASSAY_SURI")
		.envs(suri.map(|suri| ("ASSAY_SURI", suri)))
		.env("ASSAY_URL", node.url())
		.env("ASSAY_CACHE", cache(node))
		.stdin(Stdio::null())
		.kill_on_drop(true);
	command
}

async fn run(command: &mut Command) -> CommandOutput {
	let child = command.stdout(Stdio::piped()).spawn().expect("assay can be run");
	let output = child.wait_with_output().await.expect("assay can be waited for");
	let stdout = String::from_utf8_lossy(&output.stdout);
	let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
	CommandOutput {
		code: output
			.status
			.code()
			.unwrap_or_else(|| panic!("assay was killed: {stderr}")),
		json: match stdout.as_ref() {
			"" => Value::Null,
			text => serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}{stderr}")),
		},
		stderr,
	}
}

/// Reads the value of a key in a document of the command.
#[track_caller]
pub fn read_field<T: DeserializeOwned>(json: &Value, key: &str) -> T {
	serde_json::from_value(json[key].clone()).unwrap_or_else(|error| panic!("{key} in {json}: {error}"))
}

/// Makes a cache that has the compiled engine and no artifact of other tests, so that what is verified was fetched from
/// the node.
fn cache(node: &Node) -> PathBuf {
	let cache = node.folder().join("assay-cache");
	if !cache.exists() {
		fs::create_dir_all(&cache).expect("the node's folder is writable");
		fs::create_dir_all(files::engine_cache()).expect("the target folder is writable");
		unix::fs::symlink(files::engine_cache(), cache.join("engine")).expect("links can be made");
	}
	cache
}
