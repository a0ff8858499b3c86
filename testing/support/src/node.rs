//! A process of `assay-node`.

use crate::{files, until, SOON};
use std::{
	fs::{self, OpenOptions},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	thread,
};
use subxt::rpcs::RpcClient;
use tempfile::TempDir;

/// Lines of the log that a failing test prints.
const LOG_TAIL: usize = 80;

/// What the node logs once its JSON-RPC server has its port.
const RPC_MARK: &str = "Running JSON-RPC server: addr=127.0.0.1:";

/// A node, running or killed. Its folder lasts as long as this value, so that it can be started again where it stopped.
pub struct Node {
	name: String,
	folder: TempDir,
	process: Option<Child>,
	/// The length of the log when the process was started.
	logged: usize,
	server: Option<Server>,
}

/// Where a running node answers, and the connection to it.
struct Server {
	url: String,
	rpc: RpcClient,
}

impl Node {
	/// Starts a whole chain in one node, Alice's, who is its validator and its worker.
	pub async fn dev(args: &[&str]) -> Self {
		let args: Vec<_> = [&["--dev"], args].concat().into_iter().map(String::from).collect();
		let mut node = Self::new("alice");
		node.launch(&args);
		node.serve().await;
		node
	}

	/// A node that messages call `name`, with a fresh folder. It is not started yet.
	pub fn new(name: &str) -> Self {
		let folder = tempfile::Builder::new()
			.prefix(&format!("assay-{name}-"))
			.tempdir()
			.expect("a temporary folder");
		Self {
			name: name.into(),
			folder,
			process: None,
			logged: 0,
			server: None,
		}
	}

	/// Starts the node's process, on ports that are free, and with the database, keys and artifacts that it has. A process that runs
	/// is killed first.
	pub fn launch(&mut self, args: &[String]) {
		self.kill();
		self.logged = self.log().len();
		self.process = Some(self.spawn(args));
	}

	/// Waits until the process that was launched serves JSON-RPC.
	pub async fn serve(&mut self) {
		let port = until(&format!("{} serves JSON-RPC", self.name), SOON, || async {
			let log = self.log();
			let (_, port) = log.get(self.logged..)?.split_once(RPC_MARK)?;
			Some(port.split_once(|c: char| !c.is_ascii_digit())?.0.to_owned())
		})
		.await;
		let url = format!("ws://127.0.0.1:{port}");
		let rpc = RpcClient::from_insecure_url(&url).await.expect("the server is up");
		self.server = Some(Server { url, rpc });
	}

	fn spawn(&self, args: &[String]) -> Child {
		let log = OpenOptions::new()
			.create(true)
			.append(true)
			.open(self.log_path())
			.expect("a log file");
		Command::new(files::program("assay-node"))
			.args(args)
			.args(["--no-prometheus", "--no-telemetry", "--no-mdns", "--rpc-port", "0"])
			.args(["--listen-addr", "/ip4/127.0.0.1/tcp/0"])
			.arg("--base-path")
			.arg(self.folder.path())
			.arg("--engine-cache")
			.arg(files::engine_cache())
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(log)
			.spawn()
			.expect("assay-node starts")
	}

	/// Kills the process as `kill -9` does. Without effect on a node that is not running.
	pub fn kill(&mut self) {
		self.server = None;
		if let Some(mut process) = self.process.take() {
			// Killing fails only if it has ended by itself, which the test has noticed by its silence.
			let _ = process.kill();
			let _ = process.wait();
		}
	}

	/// Whether the node serves, and was not killed since.
	pub fn is_running(&self) -> bool {
		self.server.is_some()
	}

	fn server(&self) -> &Server {
		self.server
			.as_ref()
			.unwrap_or_else(|| panic!("{} is not running", self.name))
	}

	/// Where JSON-RPC is served. Another place after each restart.
	pub fn url(&self) -> &str {
		&self.server().url
	}

	/// The connection to this node.
	pub fn rpc(&self) -> &RpcClient {
		&self.server().rpc
	}

	/// All that the node has logged, in all its lives.
	pub fn log(&self) -> String {
		fs::read(self.log_path()).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
	}

	fn log_path(&self) -> PathBuf {
		self.folder.path().join("log")
	}

	/// The node's folder.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		self.kill();
		if thread::panicking() {
			let log = self.log();
			let lines: Vec<_> = log.lines().collect();
			eprintln!("--- the end of {}'s log", self.name);
			for line in lines.iter().skip(lines.len().saturating_sub(LOG_TAIL)) {
				eprintln!("{line}");
			}
		}
	}
}
