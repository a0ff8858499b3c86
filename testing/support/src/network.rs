//! A local network: up to three validators, and nodes beside them.

use crate::{until, Chain, Node, Turn, SOON};
use subxt::rpcs::rpc_params;

/// Who has a seat among the validators of the chain's `local` preset.
const VALIDATORS: [&str; 3] = ["alice", "bob", "charlie"];

/// Nodes of one chain, each with the keys of the development account that it is called after.
pub struct Network {
	chain: Chain,
	members: Vec<Member>,
}

struct Member {
	name: &'static str,
	options: Vec<String>,
	node: Node,
}

impl Member {
	/// Starts the node's process, again where it stopped.
	fn launch(&mut self, chain: &Chain, boot: Option<&str>) {
		self.node.launch(&args(chain, self.name, boot, &self.options));
	}
}

impl Network {
	/// Starts these nodes with these options, and waits until they know one another.
	pub async fn start(members: &[(&'static str, &[&str])]) -> Self {
		let _turn = Turn::take().await;
		let members = members.iter().map(|&(name, options)| Member {
			name,
			options: owned(options),
			node: Node::new(name),
		});
		let mut network = Self {
			chain: Chain::export(),
			members: members.collect(),
		};
		network.restart_all().await;
		network
	}

	/// The node called so.
	pub fn node(&self, name: &str) -> &Node {
		&self.member(name).node
	}

	/// All nodes that are running.
	pub fn running(&self) -> impl Iterator<Item = &Node> {
		self.members
			.iter()
			.map(|member| &member.node)
			.filter(|node| node.is_running())
	}

	/// The names of all nodes.
	pub fn names(&self) -> Vec<&'static str> {
		self.members.iter().map(|member| member.name).collect()
	}

	/// Kills a node as `kill -9` does.
	pub fn kill(&mut self, name: &str) {
		self.member_mut(name).node.kill();
	}

	/// Kills all nodes at once.
	pub fn kill_all(&mut self) {
		for member in &mut self.members {
			member.node.kill();
		}
	}

	/// Starts a node again where it stopped, with the options it had, and waits until it has caught up.
	pub async fn restart(&mut self, name: &str) {
		let boot = self.boot(name).await;
		self.relaunch(name, boot.as_deref()).await;
		self.meet(name).await;
	}

	/// As [`Network::restart`], with other options from now on. A node that runs is killed first.
	pub async fn restart_with(&mut self, name: &str, options: &[&str]) {
		self.member_mut(name).options = owned(options);
		self.kill(name);
		self.restart(name).await;
	}

	/// As [`Network::restart_with`], but the node is told of no other, and so stays alone.
	pub async fn restart_alone(&mut self, name: &str, options: &[&str]) {
		self.member_mut(name).options = owned(options);
		self.relaunch(name, None).await;
	}

	/// As [`Network::restart`], and the node is told of `boot` alone.
	pub async fn restart_beside(&mut self, name: &str, boot: &str) {
		let boot = address(self.node(boot)).await;
		self.relaunch(name, Some(&boot)).await;
		self.meet(name).await;
	}

	/// Starts all nodes again where they stopped: the first, and all others at once as soon as they can be told of it.
	pub async fn restart_all(&mut self) {
		let (first, others) = self.members.split_first_mut().expect("a network has nodes");
		first.launch(&self.chain, None);
		first.node.serve().await;
		let boot = address(&first.node).await;
		for member in others.iter_mut() {
			member.launch(&self.chain, Some(&boot));
		}
		for member in others {
			member.node.serve().await;
		}
		for name in self.names() {
			self.meet(name).await;
		}
	}

	/// Starts a node where it stopped, and waits until it serves.
	async fn relaunch(&mut self, name: &str, boot: Option<&str>) {
		let position = self.position(name);
		let member = &mut self.members[position];
		member.launch(&self.chain, boot);
		member.node.serve().await;
	}

	/// Waits until a node is connected, unless it is alone, and is as far as the others are now.
	async fn meet(&self, name: &str) {
		let node = self.node(name);
		let others: Vec<_> = self
			.members
			.iter()
			.filter(|member| member.name != name && member.node.is_running())
			.collect();
		let mut height = 0;
		for other in &others {
			height = height.max(other.node.height().await);
		}
		if others.is_empty() {
			return;
		}
		until(&format!("{name} has found the others"), SOON, || async {
			(node.peers().await > 0).then_some(())
		})
		.await;
		node.reach(height, SOON).await;
	}

	/// Where `name` finds the others: the first other node that runs.
	async fn boot(&self, name: &str) -> Option<String> {
		let other = self
			.members
			.iter()
			.find(|member| member.name != name && member.node.is_running())?;
		Some(address(&other.node).await)
	}

	fn member(&self, name: &str) -> &Member {
		&self.members[self.position(name)]
	}

	fn member_mut(&mut self, name: &str) -> &mut Member {
		let position = self.position(name);
		&mut self.members[position]
	}

	fn position(&self, name: &str) -> usize {
		self.members
			.iter()
			.position(|member| member.name == name)
			.unwrap_or_else(|| panic!("{name} is not in this network"))
	}
}

fn owned(options: &[&str]) -> Vec<String> {
	options.iter().map(|option| option.to_string()).collect()
}

/// How a node is started. It watches nothing unless its options say so, so that who challenges is no matter of luck.
fn args(chain: &Chain, name: &str, boot: Option<&str>, options: &[String]) -> Vec<String> {
	let mut args = vec!["--chain".into(), chain.path(), format!("--{name}")];
	if VALIDATORS.contains(&name) {
		args.push("--validator".into());
	}
	args.push("--unsafe-force-node-key-generation".into());
	args.extend(options.iter().cloned());
	if !options.iter().any(|option| option == "--watch") {
		args.extend(["--watch".into(), "0".into()]);
	}
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
