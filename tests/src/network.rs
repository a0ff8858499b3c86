//! A local network: three validators, two of them workers.

use crate::{until, Node, SOON};
use subxt::rpcs::rpc_params;

/// The chain's `local` preset, each node with the keys of the validator that it is called after.
pub struct Network {
	pub alice: Node,
	/// A worker.
	pub bob: Node,
	/// A worker.
	pub charlie: Node,
}

impl Network {
	/// Starts all nodes and waits until they know one another.
	pub async fn start() -> Self {
		let alice = Node::start("alice", &args("alice", None)).await;
		let boot = address(&alice).await;
		let bob = Node::start("bob", &args("bob", Some(&boot))).await;
		let charlie = Node::start("charlie", &args("charlie", Some(&boot))).await;
		let network = Self { alice, bob, charlie };
		network.meet().await;
		network
	}

	/// Kills all nodes at once.
	pub fn kill(&mut self) {
		for node in [&mut self.alice, &mut self.bob, &mut self.charlie] {
			node.kill();
		}
	}

	/// Starts all nodes again where they stopped.
	pub async fn restart(&mut self) {
		self.alice.restart().await;
		self.restart_worker("bob").await;
		self.restart_worker("charlie").await;
		self.meet().await;
	}

	/// Starts a worker's node again where it stopped. Alice's must be running.
	pub async fn restart_worker(&mut self, name: &str) {
		let args = args(name, Some(&address(&self.alice).await));
		self.worker_mut(name).restart_with(&args).await;
	}

	/// The node of worker `bob` or `charlie`.
	pub fn worker_mut(&mut self, name: &str) -> &mut Node {
		match name {
			"bob" => &mut self.bob,
			"charlie" => &mut self.charlie,
			_ => panic!("{name} is no worker"),
		}
	}

	async fn meet(&self) {
		until("all nodes are connected", SOON, || async {
			for node in [&self.bob, &self.charlie] {
				if node.peers().await == 0 {
					return None;
				}
			}
			(self.alice.peers().await >= 2).then_some(())
		})
		.await;
	}
}

fn args(name: &str, boot: Option<&str>) -> Vec<String> {
	let mut args: Vec<String> = ["--chain", "local", "--validator", "--unsafe-force-node-key-generation"]
		.map(String::from)
		.into();
	args.push(format!("--{name}"));
	args.extend(
		boot.iter()
			.flat_map(|boot| ["--bootnodes".to_owned(), boot.to_string()]),
	);
	args
}

/// Where other nodes find this one.
async fn address(node: &Node) -> String {
	let addresses: Vec<String> = node.request("system_localListenAddresses", rpc_params![]).await;
	addresses
		.into_iter()
		.find(|address| address.starts_with("/ip4/127.0.0.1/tcp/"))
		.expect("a node listens where it was told to")
}
