//! Token holders upgrade a running chain, and what is under way goes on: jobs that were asked before are settled after, a dispute that
//! began before is decided after, and not a unit is lost. The next runtime keeps the tempo of votes elsewhere (`runtime/src/next.rs`): if
//! its migration had not run, votes would take days.

use assay_primitives::JobId;
use assay_runtime::{
	genesis_presets::LOCAL_TEMPO, governance::pallet_custom_origins::Tempo, BlockNumber, Runtime, RuntimeEvent, VERSION,
};
use assay_testing::{
	assay,
	dispute::Standoff,
	files::next_runtime,
	governance::Rules,
	referenda::{carry, empower},
	rpc::JobStatus,
	Case, Closed, Market, Network, Node, Turn, FEW,
};
use frame_support::storage::storage_prefix;
use serde_json::Value;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// Blocks in which a node has compiled another runtime, beside other nodes that do.
const COMPILED: u32 = 20;
/// Many more slots than are busy at a time, or the draws would not be trusted and validators would look.
const PLENTY: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_loses_nothing_that_is_under_way() {
	let none: &[&str] = &[];
	let network = Network::start(&[("alice", none), ("bob", none), ("charlie", none)]).await;
	let node = network.node("alice");
	// Answers may be challenged, and disputes last, for longer than it takes to put an upgrade in force.
	let rules = Rules {
		window: 12,
		vote: 120,
		..Rules::default()
	};
	let ((), market) = tokio::join!(rules.decree(node), Market::open(&network));
	empower(node).await;
	market.only(node, &[(Alice, 1)]).await;

	let file = next_runtime().to_string_lossy().into_owned();
	let upgrade = carry(node, &["upgrade", &file]).await;
	let dispute = Standoff::begin(node, &market, Eve, Dave).await;
	market.offer(node, &[(Bob, PLENTY), (Charlie, PLENTY)]).await;
	let tracks = tracks(node).await;
	upgrade.takes_effect(node).await;
	assert_eq!(
		node.spec_version().await,
		VERSION.spec_version,
		"it is authorised and no more"
	);
	assert_eq!(tempo(node).await, (Some(LOCAL_TEMPO), None));

	let (upgraded, closed) = jobs_across_it(&network, &market, &file).await;
	for job in &closed.jobs {
		let JobStatus::Settled { at, .. } = job.status else {
			panic!("{job:?}")
		};
		assert!(
			job.requested_at <= upgraded && upgraded < at,
			"upgraded in block {upgraded}: {job:?}"
		);
	}
	assert_eq!(tempo(node).await, (None, Some(LOCAL_TEMPO.into())));
	assert_eq!(self::tracks(node).await, tracks);

	dispute.assert_lasts(node).await;
	let ended = dispute.end(&[network.node("bob"), network.node("charlie")]).await;
	let JobStatus::Settled { assurance, .. } = &ended.status else {
		panic!("{ended:?}")
	};
	assert!(assurance.verdict.is_some(), "{ended:?}");
	// All goes on as before, and votes run at their tempo.
	let list = carry(node, &["list", &market.model.to_string()]).await;
	market.answer_one(node, true).await;
	list.takes_effect(node).await;
}

/// Asks, puts the upgrade in force when some answers are there and others are not, and waits for all. Returns the block that has brought
/// it, and the jobs.
async fn jobs_across_it(network: &Network, market: &Market, file: &str) -> (BlockNumber, Closed) {
	let node = network.node("alice");
	// All nodes compile the runtime at the same time.
	let turn = Turn::take().await;
	let mut jobs = market.ask(node, 1, 2).await;
	for job in &jobs {
		provisional(node, *job).await;
	}
	jobs.extend(market.ask(node, 1, 2).await);
	let case = Case::resume(node, market, jobs).await;
	let upgraded = put_in_force(network, file).await;
	drop(turn);
	let closed = case.close(node, market).await;
	closed.assert_settled();
	closed.assert_peaceful();
	(upgraded, closed)
}

async fn provisional(node: &Node, job: JobId) {
	node.within(2 * FEW, "an answer is provisional", || async {
		matches!(node.job(job).await.status, JobStatus::Provisional { .. }).then_some(())
	})
	.await;
}

/// Applies the upgrade, and waits until all nodes make and take blocks of the new runtime. Returns the block that has brought it.
async fn put_in_force(network: &Network, file: &str) -> BlockNumber {
	let node = network.node("alice");
	let since = node.final_height().await;
	assay(node, Some("//Bob"), &["gov", "upgrade", file]).await.fine();
	for node in network.running() {
		node.within(COMPILED, "the next runtime is in force", || async {
			(node.spec_version().await == VERSION.spec_version + 1).then_some(())
		})
		.await;
		node.pass(2).await;
	}
	for number in since..=node.height().await {
		let events = node.events([number]).await;
		let is_update =
			|event: &RuntimeEvent| matches!(event, RuntimeEvent::System(frame_system::Event::CodeUpdated { .. }));
		if events.iter().any(is_update) {
			return number;
		}
	}
	panic!("no block has brought the next runtime")
}

/// The tempo of votes, where this runtime keeps it and where the next one does.
async fn tempo(node: &Node) -> (Option<u32>, Option<u64>) {
	let old = node.stored(&Tempo::<Runtime>::hashed_key(), None).await;
	let new = node.stored(&storage_prefix(b"Origins", b"Pace"), None).await;
	(old, new)
}

/// The tracks in the tempo of this chain.
async fn tracks(node: &Node) -> Value {
	assay(node, None, &["gov", "tracks"]).await.fine()
}
