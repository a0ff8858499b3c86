//! A local network: up to three validators, and other nodes beside them.

use crate::{wait_until, ChainSpec, Node, Program, StartupLock, WAIT_TIMEOUT};
use subxt::rpcs::rpc_params;

/// The validators in the chain's `local` preset.
const VALIDATORS: [&str; 3] = ["alice", "bob", "charlie"];

/// How one node of a network is run.
#[derive(Clone, Debug)]
pub struct Member {
	name: &'static str,
	program: Program,
	options: Vec<String>,
}

impl Member {
	/// Makes an honest member with the name and the keys of a development account.
	pub fn new(name: &'static str) -> Self {
		Self {
			name,
			program: Program::Node,
			options: Vec::new(),
		}
	}

	/// Adds options to its command line.
	pub fn with(mut self, options: &[&str]) -> Self {
		self.options.extend(options.iter().map(|option| option.to_string()));
		self
	}

	/// Makes it misbehave, in a way that `assay-malus` knows.
	pub fn misbehaving(mut self, behaviour: &str) -> Self {
		self.program = Program::Malus;
		self.with(&["--behaviour", behaviour])
	}

	/// Returns the command line. A node watches nothing unless its options say so, so that chance does not decide who
	/// challenges.
	fn args(&self, chain: &ChainSpec, boot: Option<&str>) -> Vec<String> {
		let mut args = vec!["--chain".into(), chain.path(), format!("--{}", self.name)];
		if VALIDATORS.contains(&self.name) {
			args.push("--validator".into());
		}
		args.push("--unsafe-force-node-key-generation".into());
		args.extend(self.options.iter().cloned());
		if !self.options.iter().any(|option| option == "--watch") {
			args.extend(["--watch".into(), "0".into()]);
		}
		args.extend(
			boot.iter()
				.flat_map(|boot| ["--bootnodes".to_owned(), boot.to_string()]),
		);
		args
	}
}

/// Nodes of one chain.
pub struct Network {
	chain: ChainSpec,
	seats: Vec<Seat>,
}

/// A member and its node.
struct Seat {
	member: Member,
	node: Node,
}

impl Seat {
	fn new(member: Member) -> Self {
		Self {
			node: Node::new(member.name),
			member,
		}
	}

	/// Starts the node's process from where it stopped.
	fn launch(&mut self, chain: &ChainSpec, boot: Option<&str>) {
		self.node.launch(self.member.program, &self.member.args(chain, boot));
	}
}

impl Network {
	/// Starts these nodes, and waits until they are connected.
	pub async fn start(members: impl IntoIterator<Item = Member>) -> Self {
		let _lock = StartupLock::acquire().await;
		let mut network = Self {
			chain: ChainSpec::export(),
			seats: members.into_iter().map(Seat::new).collect(),
		};
		network.restart_all().await;
		network
	}

	/// Starts another node, and waits until it has caught up.
	pub async fn join(&mut self, member: Member) {
		let name = member.name;
		self.seats.push(Seat::new(member));
		self.restart(name).await;
	}

	/// Returns the node with this name.
	pub fn node(&self, name: &str) -> &Node {
		&self.seats[self.position(name)].node
	}

	/// Returns all nodes that are running.
	pub fn running(&self) -> impl Iterator<Item = &Node> {
		self.seats
			.iter()
			.map(|seat| &seat.node)
			.filter(|node| node.is_running())
	}

	/// Returns the names of all nodes.
	pub fn names(&self) -> Vec<&'static str> {
		self.seats.iter().map(|seat| seat.member.name).collect()
	}

	/// Kills a node as `kill -9` does.
	pub fn kill(&mut self, name: &str) {
		self.seat_mut(name).node.kill();
	}

	/// Kills all nodes at once.
	pub fn kill_all(&mut self) {
		for seat in &mut self.seats {
			seat.node.kill();
		}
	}

	/// Starts a node from where it stopped, and waits until it has caught up. Kills it first if it is running.
	pub async fn restart(&mut self, name: &str) {
		self.kill(name);
		let boot = self.boot_address(name).await;
		self.relaunch(name, boot.as_deref()).await;
		self.wait_for_peers(name).await;
	}

	/// Restarts a node as this member: with another program or other options, which it keeps.
	pub async fn restart_as(&mut self, member: Member) {
		let name = member.name;
		self.seat_mut(name).member = member;
		self.restart(name).await;
	}

	/// Restarts a node without the address of any other, so that it stays alone.
	pub async fn restart_alone(&mut self, name: &str) {
		self.relaunch(name, None).await;
	}

	/// Restarts a node that knows only the address of `boot`.
	pub async fn restart_beside(&mut self, name: &str, boot: &str) {
		let boot = address(self.node(boot)).await;
		self.relaunch(name, Some(&boot)).await;
		self.wait_for_peers(name).await;
	}

	/// Restarts all nodes: first one, and then all others at once, with the address of the first.
	pub async fn restart_all(&mut self) {
		let (first, others) = self.seats.split_first_mut().expect("a network has nodes");
		first.launch(&self.chain, None);
		first.node.connect().await;
		let boot = address(&first.node).await;
		for seat in others.iter_mut() {
			seat.launch(&self.chain, Some(&boot));
		}
		for seat in others {
			seat.node.connect().await;
		}
		for name in self.names() {
			self.wait_for_peers(name).await;
		}
	}

	/// Starts a node from where it stopped, and waits until it serves JSON-RPC.
	async fn relaunch(&mut self, name: &str, boot: Option<&str>) {
		let position = self.position(name);
		let seat = &mut self.seats[position];
		seat.launch(&self.chain, boot);
		seat.node.connect().await;
	}

	/// Waits until a node is connected, and has reached the height that the others have now. Returns at once if it is
	/// alone.
	async fn wait_for_peers(&self, name: &str) {
		let node = self.node(name);
		let others: Vec<_> = self.others(name).collect();
		let mut height = 0;
		for other in &others {
			height = height.max(other.height().await);
		}
		if others.is_empty() {
			return;
		}
		wait_until(&format!("{name}'s node is connected"), WAIT_TIMEOUT, || async {
			(node.peers().await > 0).then_some(())
		})
		.await;
		node.wait_for_block(height, WAIT_TIMEOUT).await;
	}

	/// Returns the address of the first other node that is running.
	async fn boot_address(&self, name: &str) -> Option<String> {
		let other = self.others(name).next()?;
		Some(address(other).await)
	}

	/// Returns the other nodes that are running.
	fn others<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
		self.seats
			.iter()
			.filter(move |seat| seat.member.name != name && seat.node.is_running())
			.map(|seat| &seat.node)
	}

	fn seat_mut(&mut self, name: &str) -> &mut Seat {
		let position = self.position(name);
		&mut self.seats[position]
	}

	fn position(&self, name: &str) -> usize {
		self.seats
			.iter()
			.position(|seat| seat.member.name == name)
			.unwrap_or_else(|| panic!("{name} is not in this network"))
	}
}

/// Returns the address at which other nodes find this one.
async fn address(node: &Node) -> String {
	let addresses: Vec<String> = node.request("system_localListenAddresses", rpc_params![]).await;
	addresses
		.into_iter()
		.find(|address| address.starts_with("/ip4/127.0.0.1/tcp/"))
		.expect("a node listens on the address of its command line")
}
