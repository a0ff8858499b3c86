//! Token holders upgrade a running chain, and nothing that is under way is lost: jobs requested before the upgrade are
//! settled after it, a dispute that began before it is decided after it, and every balance is right to the last unit.
//! The next runtime keeps the tempo of votes under another storage key. If its migration had not run, votes would take
//! days.

use assay_primitives::JobId;
use assay_runtime::{
	genesis_presets::LOCAL_TEMPO, governance::pallet_custom_origins::Tempo, BlockNumber, Runtime, RuntimeEvent, VERSION,
};
use assay_testing::{
	assay,
	files::next_runtime,
	referenda::{give_majority, propose_and_approve},
	rpc::JobStatus,
	EndedJobs, Market, Member, Network, Node, OpenDispute, PendingJobs, StartupLock, TestParameters, INCLUSION_BLOCKS,
};
use frame_support::storage::storage_prefix;
use serde_json::Value;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// Blocks within which a node compiles another runtime, while other nodes do the same.
const COMPILATION_BLOCKS: u32 = 20;
/// Many more slots than are busy at a time. With fewer, draws would not be trusted, and the validators would re-execute
/// every job.
const AMPLE_SLOTS: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_loses_nothing_that_is_under_way() {
	let network = Network::start(["alice", "bob", "charlie"].map(Member::new)).await;
	let node = network.node("alice");
	// The challenge window and disputes last longer than it takes to apply an upgrade.
	let parameters = TestParameters {
		window: 12,
		vote: 120,
		..TestParameters::default()
	};
	let ((), market) = tokio::join!(parameters.enact(node), Market::open(&network));
	give_majority(node).await;
	market.offer_only(node, &[(Alice, 1)]).await;

	let file = next_runtime().to_string_lossy().into_owned();
	let upgrade = propose_and_approve(node, &["upgrade", &file]).await;
	let dispute = OpenDispute::open(node, &market, Eve, Dave).await;
	market.offer(node, &[(Bob, AMPLE_SLOTS), (Charlie, AMPLE_SLOTS)]).await;
	let tracks = tracks(node).await;
	upgrade.wait_for_success(node).await;
	assert_eq!(
		node.spec_version().await,
		VERSION.spec_version,
		"the upgrade is authorised, and not applied yet"
	);
	assert_eq!(tempo(node).await, (Some(LOCAL_TEMPO), None));

	let (upgraded_at, ended) = run_jobs_across_upgrade(&network, &market, &file).await;
	for job in &ended.jobs {
		let JobStatus::Settled { at, .. } = job.status else {
			panic!("{job:?}")
		};
		assert!(
			job.requested_at <= upgraded_at && upgraded_at < at,
			"upgraded in block {upgraded_at}: {job:?}"
		);
	}
	assert_eq!(tempo(node).await, (None, Some(LOCAL_TEMPO.into())));
	assert_eq!(self::tracks(node).await, tracks);

	dispute.assert_still_open(node).await;
	let ended = dispute.resolve(&[network.node("bob"), network.node("charlie")]).await;
	let JobStatus::Settled { assurance, .. } = &ended.status else {
		panic!("{ended:?}")
	};
	assert!(assurance.verdict.is_some(), "{ended:?}");
	// Everything goes on as before, and votes keep their tempo.
	let list = propose_and_approve(node, &["list", &market.model.to_string()]).await;
	market.settle_one(node, true).await;
	list.wait_for_success(node).await;
}

/// Requests jobs, applies the upgrade when some of them have answers and others do not, and waits until all have ended.
/// Returns the block that brought the upgrade, and the jobs.
async fn run_jobs_across_upgrade(network: &Network, market: &Market, file: &str) -> (BlockNumber, EndedJobs) {
	let node = network.node("alice");
	// All nodes compile the runtime at the same time.
	let lock = StartupLock::acquire().await;
	let mut jobs = market.request_jobs(node, 1, 2).await;
	for job in &jobs {
		wait_until_provisional(node, *job).await;
	}
	jobs.extend(market.request_jobs(node, 1, 2).await);
	let pending = PendingJobs::adopt(node, market, jobs).await;
	let upgraded_at = apply_upgrade(network, file).await;
	drop(lock);
	let ended = pending.wait_for_end(node, market).await;
	ended.assert_settled();
	ended.assert_uneventful();
	(upgraded_at, ended)
}

async fn wait_until_provisional(node: &Node, job: JobId) {
	node.wait_within(2 * INCLUSION_BLOCKS, "an answer is provisional", || async {
		matches!(node.job(job).await.status, JobStatus::Provisional { .. }).then_some(())
	})
	.await;
}

/// Applies the upgrade, and waits until all nodes follow the chain under the next runtime. Returns the block that
/// brought it.
async fn apply_upgrade(network: &Network, file: &str) -> BlockNumber {
	let node = network.node("alice");
	let since = node.final_height().await;
	assay(node, Some("//Bob"), &["gov", "upgrade", file])
		.await
		.expect_success();
	for node in network.running() {
		node.wait_within(COMPILATION_BLOCKS, "the next runtime is in force", || async {
			(node.spec_version().await == VERSION.spec_version + 1).then_some(())
		})
		.await;
		node.wait_blocks(2).await;
	}
	for number in since..=node.height().await {
		let events = node.events([number]).await;
		let is_update =
			|event: &RuntimeEvent| matches!(event, RuntimeEvent::System(frame_system::Event::CodeUpdated { .. }));
		if events.iter().any(is_update) {
			return number;
		}
	}
	panic!("no block has the event CodeUpdated")
}

/// Returns the tempo of votes from the storage key of this runtime and from that of the next one.
async fn tempo(node: &Node) -> (Option<u32>, Option<u64>) {
	let old = node.storage(&Tempo::<Runtime>::hashed_key(), None).await;
	let new = node.storage(&storage_prefix(b"Origins", b"WideTempo"), None).await;
	(old, new)
}

/// Returns the tracks in the tempo of this chain.
async fn tracks(node: &Node) -> Value {
	assay(node, None, &["gov", "tracks"]).await.expect_success()
}
