//! A node: a process of `assay-node` or `assay-malus`.

use crate::{files, wait_until, WAIT_TIMEOUT};
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

/// What the node logs once its JSON-RPC server has a port.
const RPC_MARK: &str = "Running JSON-RPC server: addr=127.0.0.1:";

/// The program that a node runs. Both take the same options and use the same folders, so a node of one can be restarted
/// as the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Program {
	/// `assay-node`.
	#[default]
	Node,
	/// `assay-malus`: the same node with the option `--behaviour`, which makes it dishonest.
	Malus,
}

impl Program {
	/// Returns the name of the executable.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Node => "assay-node",
			Self::Malus => "assay-malus",
		}
	}
}

/// A node, running or killed. Its folder exists as long as this value, so that the node can be started again from where
/// it stopped.
pub struct Node {
	name: String,
	folder: TempDir,
	process: Option<Child>,
	/// The length of the log when the process was started.
	logged: usize,
	server: Option<Server>,
}

/// The JSON-RPC server of a running node, and a connection to it.
struct Server {
	url: String,
	rpc: RpcClient,
}

impl Node {
	/// Starts a whole chain in one node: Alice's, who is its validator and its worker.
	pub async fn dev(args: &[&str]) -> Self {
		let args: Vec<_> = [&["--dev"], args].concat().into_iter().map(String::from).collect();
		let mut node = Self::new("alice");
		node.launch(Program::Node, &args);
		node.connect().await;
		node
	}

	/// Makes a node with a fresh folder. It is not started yet; messages call it `name`.
	pub fn new(name: &str) -> Self {
		let folder = tempfile::Builder::new()
			.prefix(&format!("assay-{name}-"))
			.tempdir()
			.expect("temporary folders can be made");
		Self {
			name: name.into(),
			folder,
			process: None,
			logged: 0,
			server: None,
		}
	}

	/// Starts the node's process on free ports, with the database, keys and artifacts in the node's folder. Kills a
	/// running process first.
	pub fn launch(&mut self, program: Program, args: &[String]) {
		self.kill();
		self.logged = self.log().len();
		self.process = Some(self.spawn(program, args));
	}

	/// Waits until the launched process serves JSON-RPC, and connects to it. Panics if the process ends instead.
	pub async fn connect(&mut self) {
		let log = self.log_path();
		let (name, logged, process) = (&self.name, self.logged, &mut self.process);
		let port = wait_until(&format!("{name} serves JSON-RPC"), WAIT_TIMEOUT, || {
			let ended = process.as_mut().map(Child::try_wait);
			if let Some(Ok(Some(status))) = ended {
				panic!("{name}'s node has ended: {status}");
			}
			let log = read_lossy(&log);
			async move { served_port(log.get(logged..)?).map(str::to_owned) }
		})
		.await;
		let url = format!("ws://127.0.0.1:{port}");
		let rpc = RpcClient::from_insecure_url(&url)
			.await
			.expect("a server that logs its port accepts connections");
		self.server = Some(Server { url, rpc });
	}

	fn spawn(&self, program: Program, args: &[String]) -> Child {
		let log = OpenOptions::new()
			.create(true)
			.append(true)
			.open(self.log_path())
			.expect("the node's folder is writable");
		Command::new(files::program(program.name()))
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
			.unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.name()))
	}

	/// Kills the process as `kill -9` does. Does nothing to a node that is not running.
	pub fn kill(&mut self) {
		self.server = None;
		if let Some(mut process) = self.process.take() {
			// Killing fails only if the process has ended by itself. A test notices that by its silence.
			let _ = process.kill();
			let _ = process.wait();
		}
	}

	/// Returns whether the node has served JSON-RPC, and has not been killed since.
	pub fn is_running(&self) -> bool {
		self.server.is_some()
	}

	fn server(&self) -> &Server {
		self.server
			.as_ref()
			.unwrap_or_else(|| panic!("{}'s node is not running", self.name))
	}

	/// Returns the URL of the JSON-RPC server. It changes with each restart.
	pub fn url(&self) -> &str {
		&self.server().url
	}

	/// Returns the connection to this node.
	pub fn rpc(&self) -> &RpcClient {
		&self.server().rpc
	}

	/// Returns everything that the node has logged, across restarts.
	pub fn log(&self) -> String {
		read_lossy(&self.log_path())
	}

	fn log_path(&self) -> PathBuf {
		self.folder.path().join("log")
	}

	/// Returns the node's folder.
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

/// Reads a log; an empty one if there is none yet.
fn read_lossy(path: &Path) -> String {
	fs::read(path).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the port of the JSON-RPC server, once it is in the log with what follows it.
fn served_port(log: &str) -> Option<&str> {
	let (_, port) = log.split_once(RPC_MARK)?;
	Some(port.split_once(|c: char| !c.is_ascii_digit())?.0)
}
