//! A local network: up to three validators, and nodes beside them.

use crate::{until, Node, SOON};
use subxt::rpcs::rpc_params;

/// Who has a seat among the validators of the chain's `local` preset.
const VALIDATORS: [&str; 3] = ["alice", "bob", "charlie"];

/// Nodes of one chain, each with the keys of the development account that it is called after.
pub struct Network {
	members: Vec<Member>,
}

struct Member {
	name: &'static str,
	options: Vec<String>,
	node: Node,
}

impl Network {
	/// Starts the three validators.
	pub async fn validators() -> Self {
		Self::start(&VALIDATORS.map(|name| (name, &[][..]))).await
	}

	/// Starts these nodes with these options, and waits until they know one another.
	pub async fn start(members: &[(&'static str, &[&str])]) -> Self {
		let mut network = Self { members: Vec::new() };
		for &(name, options) in members {
			let args = args(name, network.boot(name).await.as_deref(), options);
			network.members.push(Member {
				name,
				options: options.iter().map(|option| option.to_string()).collect(),
				node: Node::start(name, &args).await,
			});
		}
		for (name, _) in members {
			network.meet(name).await;
		}
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
		let member = self.member_mut(name);
		let args = args(member.name, boot.as_deref(), &member.options);
		member.node.restart_with(&args).await;
		self.meet(name).await;
	}

	/// As [`Network::restart`], with other options from now on. A node that runs is killed first.
	pub async fn restart_with(&mut self, name: &str, options: &[&str]) {
		self.member_mut(name).options = options.iter().map(|option| option.to_string()).collect();
		self.kill(name);
		self.restart(name).await;
	}

	/// As [`Network::restart_with`], but the node is told of no other, and so stays alone.
	pub async fn restart_alone(&mut self, name: &str, options: &[&str]) {
		let member = self.member_mut(name);
		member.options = options.iter().map(|option| option.to_string()).collect();
		member.node.restart_with(&args(name, None, options)).await;
	}

	/// As [`Network::restart`], and the node is told of `boot` alone.
	pub async fn restart_beside(&mut self, name: &str, boot: &str) {
		let boot = address(self.node(boot)).await;
		let member = self.member_mut(name);
		let args = args(name, Some(&boot), &member.options);
		member.node.restart_with(&args).await;
		self.meet(name).await;
	}

	/// Starts all nodes again where they stopped.
	pub async fn restart_all(&mut self) {
		let names = self.names();
		for name in &names {
			let boot = self.boot(name).await;
			let member = self.member_mut(name);
			let args = args(name, boot.as_deref(), &member.options);
			member.node.restart_with(&args).await;
		}
		for name in names {
			self.meet(name).await;
		}
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
		self.members
			.iter()
			.find(|member| member.name == name)
			.unwrap_or_else(|| panic!("{name} is not in this network"))
	}

	fn member_mut(&mut self, name: &str) -> &mut Member {
		self.members
			.iter_mut()
			.find(|member| member.name == name)
			.unwrap_or_else(|| panic!("{name} is not in this network"))
	}
}

/// How a node is started. It watches nothing unless its options say so, so that who challenges is no matter of luck.
fn args(name: &str, boot: Option<&str>, options: &[impl AsRef<str>]) -> Vec<String> {
	let mut args = vec!["--chain".into(), "local".into(), format!("--{name}")];
	if VALIDATORS.contains(&name) {
		args.push("--validator".into());
	}
	args.push("--unsafe-force-node-key-generation".into());
	args.extend(options.iter().map(|option| option.as_ref().to_owned()));
	if !options.iter().any(|option| option.as_ref() == "--watch") {
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
