//! Nodes killed as `kill -9` does it, at the worst moments, and nodes that share a worker's key. Each case ends with
//! the balances ([`PendingJobs::wait_for_end`]): nobody is punished for what it did not do, and nothing stays held.

use assay_primitives::{
	api::{ParticipantStatus, RefundReason},
	JobId,
};
use assay_testing::{
	extrinsic::worker_pair,
	jobs::find_participant,
	rpc::{has_ended, JobStatus},
	EndedJobs, Member, PendingJobs, TestNetwork, INCLUSION_BLOCKS,
};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave};
use subxt::rpcs::rpc_params;

/// The three validators, all of them honest.
fn validators() -> [Member; 3] {
	["alice", "bob", "charlie"].map(Member::new)
}

/// Waits until `is_reached` holds for the status of a job.
async fn wait_for_status(net: &TestNetwork, job: JobId, what: &str, is_reached: fn(&JobStatus) -> bool) {
	let alice = net.alice();
	let what = format!("job {job} is {what}");
	alice
		.wait_within(INCLUSION_BLOCKS, &what, || async {
			is_reached(&alice.find_job(job).await?.status).then_some(())
		})
		.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_commit_and_reveal_is_paid_if_it_returns_and_slashed_if_not() {
	let mut net = TestNetwork::start(validators()).await;
	a_worker_that_returns_reveals_and_is_paid(&mut net).await;
	a_worker_that_stays_away_loses_its_bond_and_the_requester_nothing(&mut net).await;
}

/// Requests a job that only `worker` can be drawn for, and kills its node once its commitment is in a block: it cannot
/// reveal before the draw, two blocks later.
async fn kill_between_commit_and_reveal(net: &mut TestNetwork, worker: Sr25519Keyring, name: &str) -> PendingJobs {
	net.offer_only(&[(worker, 1)]).await;
	let pending = net.request(0, 1).await;
	wait_for_status(net, pending.only_job(), "claimed", |status| {
		matches!(status, JobStatus::Drawing { .. })
	})
	.await;
	net.network.kill(name);
	wait_for_status(net, pending.only_job(), "to be revealed", |status| {
		matches!(status, JobStatus::Revealing { .. })
	})
	.await;
	pending
}

async fn a_worker_that_returns_reveals_and_is_paid(net: &mut TestNetwork) {
	let pending = kill_between_commit_and_reveal(net, Bob, "bob").await;
	// Other nodes could answer, but only Bob's is bound to.
	net.alice().wait_blocks(2).await;
	wait_for_status(net, pending.only_job(), "waiting for Bob", |status| {
		matches!(status, JobStatus::Revealing { .. })
	})
	.await;
	net.network.restart("bob").await;
	let ended = net.wait_for_end(pending).await;
	ended.assert_settled();
	ended.assert_uneventful();
	let bob = Bob.to_account_id();
	assert_eq!(
		ended.after.records[&bob].answers - ended.before.records[&bob].answers,
		1
	);
}

async fn a_worker_that_stays_away_loses_its_bond_and_the_requester_nothing(net: &mut TestNetwork) {
	let pending = kill_between_commit_and_reveal(net, Charlie, "charlie").await;
	let ended = net.wait_for_end(pending).await;
	let charlie = Charlie.to_account_id();
	assert_eq!(ended.slashes(), [(ended.only_job().id, charlie.clone())]);
	let refunded = RefundReason::NoReveal;
	assert!(
		matches!(&ended.only_job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		ended.only_job()
	);
	let silent = find_participant(ended.only_job(), &charlie).map(|participant| participant.status);
	assert_eq!(silent, Some(ParticipantStatus::Silent));
	assert_eq!(
		net.market.offered_slots(net.alice(), Charlie).await,
		0,
		"its slot is lost with its bond"
	);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_killed_at_once_ends_every_job_after_its_restart() {
	let mut net = TestNetwork::start(validators()).await;
	// Many more slots than are busy at a time. With fewer, draws would not be trusted, and the validators would
	// re-execute every job.
	net.offer_only(&[(Bob, 30), (Charlie, 30)]).await;
	let pending = net.request(1, 6).await;
	// By then all nodes have all jobs, and no job has got further than its claim.
	wait_for_status(&net, pending.jobs[0], "claimed", |status| {
		!matches!(status, JobStatus::Claiming { .. })
	})
	.await;
	for node in net.network.running() {
		for job in &pending.jobs {
			node.wait_within(INCLUSION_BLOCKS, "every node has every job", || node.find_job(*job))
				.await;
		}
	}
	for job in &pending.jobs {
		let status = net.alice().job(*job).await.status;
		assert!(!has_ended(&status), "the network was killed too late: {status:?}");
	}
	net.network.kill_all();
	net.network.restart_all().await;
	let ended = net.wait_for_end(pending).await;
	ended.assert_settled();
	assert_eq!((ended.slashes(), ended.disputed_jobs()), (vec![], vec![]));
	assert_eq!(
		net.alice().model(net.market.model).await.free_slots,
		60 - ended.no_shows().len() as u32
	);
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_and_answers_depend_on_no_single_node() {
	let dave = Member::new("dave").misbehaving("wrong");
	let mut net = TestNetwork::start(validators().into_iter().chain([dave])).await;
	two_of_three_validators_decide(&mut net).await;
	a_network_killed_in_a_dispute_decides_after_its_restart(&mut net).await;
	two_nodes_with_one_key_answer_once(&mut net).await;
}

async fn two_of_three_validators_decide(net: &mut TestNetwork) {
	net.offer_only(&[(Bob, 1), (Dave, 1)]).await;
	net.network.kill("charlie");
	let charlie = Charlie.to_account_id();
	let before = net.alice().voter(&charlie).await;
	let pending = net.request(1, 1).await;
	let ended = net.wait_for_end(pending).await;
	assert_decided_against_dave(&ended);
	let after = net.alice().voter(&charlie).await;
	assert_eq!(after.absent - before.absent, 1);
	for present in [Alice, Bob] {
		assert_eq!(net.alice().voter(&present.to_account_id()).await.absent, 0);
	}
	net.network.restart("charlie").await;
}

async fn a_network_killed_in_a_dispute_decides_after_its_restart(net: &mut TestNetwork) {
	net.offer_only(&[(Bob, 1), (Dave, 1)]).await;
	let pending = net.request(1, 1).await;
	let (alice, job) = (net.alice(), pending.only_job());
	alice
		.wait_within(2 * INCLUSION_BLOCKS, "the job is disputed", || alice.dispute(job))
		.await;
	net.network.kill_all();
	net.network.restart_all().await;
	let ended = net.wait_for_end(pending).await;
	assert_decided_against_dave(&ended);
}

fn assert_decided_against_dave(ended: &EndedJobs) {
	ended.assert_settled();
	assert_eq!(ended.slashes(), [(ended.only_job().id, Dave.to_account_id())]);
	assert_eq!(ended.disputed_jobs(), [ended.only_job().id]);
	assert_eq!(ended.no_shows(), vec![]);
}

async fn two_nodes_with_one_key_answer_once(net: &mut TestNetwork) {
	net.network.restart_as(Member::new("dave")).await;
	let pair = worker_pair("//Bob");
	let key = format!("0x{}", hex::encode(pair.public()));
	let dave = net.network.node("dave");
	let (): () = dave
		.request("author_insertKey", rpc_params!["assy", "//Bob", &key])
		.await;
	let known: bool = dave.request("author_hasKey", rpc_params![&key, "assy"]).await;
	assert!(known, "Dave's node does not hold Bob's key");

	net.offer_only(&[(Bob, 3)]).await;
	let pending = net.request(0, 3).await;
	let ended = net.wait_for_end(pending).await;
	ended.assert_settled();
	ended.assert_uneventful();
	let bob = Bob.to_account_id();
	assert_eq!(
		ended.after.records[&bob].answers - ended.before.records[&bob].answers,
		3
	);

	// One of them is enough.
	net.offer_only(&[(Bob, 1)]).await;
	net.network.kill("bob");
	let pending = net.request(0, 1).await;
	let ended = net.wait_for_end(pending).await;
	ended.assert_settled();
	ended.assert_uneventful();
}
