//! Every way in which `assay-malus` can misbehave, in a network of five real nodes: three validators, which also work,
//! and two more workers. Each case ends with the balances
//! ([`PendingJobs::wait_for_end`](assay_testing::PendingJobs::wait_for_end)): no wrong answer is settled, whoever is
//! guilty loses its bond once, and everybody else gets what is due to them, to the last unit.
//!
//! Alice's node alone watches, and watches all results.

use assay_primitives::{
	api::{ParticipantStatus, RefundReason, Role, VoterRecord},
	JobId, OutcomeDigest,
};
use assay_runtime::{AccountId, RuntimeCall};
use assay_testing::{
	jobs::find_participant,
	rpc::{has_ended, Job, JobStatus},
	EndedJobs, Member, TestNetwork,
};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};

/// The maximum number of times that a test repeats its jobs until chance gives the dishonest worker the role in which
/// it misbehaves.
const MAX_ROUNDS: u32 = 6;

/// Many more slots than are busy at a time. With fewer, draws would not be trusted, and the validators would re-execute
/// every job.
const AMPLE_SLOTS: u32 = 12;

/// Blocks from a request to the second round of a dispute over it: up to 12 for the job, and the rest for the vote.
const SECOND_ROUND_BLOCKS: u32 = 48;

/// Blocks for which the test observes the flood: as many as undisturbed jobs take to a provisional result.
const FLOOD_BLOCKS: u32 = 10;

/// Starts the network, with nodes that are all honest.
async fn start() -> TestNetwork {
	let others = ["bob", "charlie", "dave", "eve"].map(Member::new);
	TestNetwork::start([honest("alice")].into_iter().chain(others)).await
}

/// Makes an honest member. Alice's watches.
fn honest(name: &'static str) -> Member {
	let member = Member::new(name);
	match name {
		"alice" => member.with(&["--watch", "100"]),
		_ => member,
	}
}

/// Restarts a node as one that misbehaves.
async fn corrupt(net: &mut TestNetwork, name: &'static str, behaviour: &str) {
	net.network.restart_as(honest(name).misbehaving(behaviour)).await;
}

/// Restarts a node as an honest one.
async fn reform(net: &mut TestNetwork, name: &'static str) {
	net.network.restart_as(honest(name)).await;
}

/// Returns the status of a participant of a job.
fn status(job: &Job, worker: Sr25519Keyring) -> Option<ParticipantStatus> {
	find_participant(job, &worker.to_account_id()).map(|participant| participant.status)
}

fn is_wrong(job: &Job, worker: Sr25519Keyring) -> bool {
	matches!(status(job, worker), Some(ParticipantStatus::Wrong(_)))
}

/// Returns whether the worker is the executor of the job.
fn is_executor(job: &Job, worker: Sr25519Keyring) -> bool {
	find_participant(job, &worker.to_account_id()).is_some_and(|participant| participant.role == Role::Executor)
}

/// Returns the tribunal's verdict on a settled job, if there was a dispute.
fn verdict(job: &Job) -> Option<OutcomeDigest> {
	match &job.status {
		JobStatus::Settled { assurance, .. } => assurance.verdict,
		status => panic!("job {}: {status:?}", job.id),
	}
}

fn sorted(mut all: Vec<(JobId, AccountId)>) -> Vec<(JobId, AccountId)> {
	all.sort();
	all
}

/// Pairs each of these jobs with this account.
fn each_with(jobs: &[Job], known: Sr25519Keyring) -> Vec<(JobId, AccountId)> {
	jobs.iter().map(|job| (job.id, known.to_account_id())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_are_caught_by_checkers_and_by_watchers() {
	let mut net = start().await;
	a_wrong_worker_is_caught_by_its_checker(&mut net).await;
	a_wrong_worker_without_checkers_is_caught_by_a_watcher(&net).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_where_they_seem_safe_are_caught_by_a_watcher() {
	let mut net = start().await;
	a_worker_that_lies_only_unchecked_is_caught_by_a_watcher(&mut net).await;
	a_cartel_that_checks_itself_is_caught_by_a_watcher(&mut net).await;
}

async fn a_wrong_worker_is_caught_by_its_checker(net: &mut TestNetwork) {
	corrupt(net, "dave", "wrong").await;
	net.offer_only(&[(Bob, 3), (Dave, 3)]).await;
	let ended = net.run_jobs(1, 3).await;
	assert_eq!(sorted(ended.slashes()), each_with(&ended.jobs, Dave));
	assert_eq!(ended.disputed_jobs().len(), 3);
	assert_eq!(
		ended.challenges(),
		vec![],
		"their answers differ, so nobody has to challenge"
	);
	for job in &ended.jobs {
		let right = net.market.expected_digest(job);
		assert!(is_wrong(job, Dave), "{job:?}");
		assert_eq!(status(job, Bob), Some(ParticipantStatus::Revealed(right)));
		assert_eq!(verdict(job), Some(right));
	}
	let (dave, bob) = (Dave.to_account_id(), Bob.to_account_id());
	let (before, after) = (&ended.before.records, &ended.after.records);
	assert_eq!(after[&dave].wrong - before[&dave].wrong, 3);
	assert_eq!(after[&dave].disputes_lost - before[&dave].disputes_lost, 3);
	assert_eq!(after[&bob].disputes_won - before[&bob].disputes_won, 3);
	assert_eq!(
		net.market.offered_slots(net.alice(), Dave).await,
		0,
		"each slot is lost with its bond"
	);
}

/// Asserts that the watcher has challenged all answers of these liars, and that all were overturned.
fn assert_overturned(ended: &EndedJobs, liars: &[Sr25519Keyring]) {
	assert_eq!(sorted(ended.challenges()), each_with(&ended.jobs, Alice));
	let guilty: Vec<_> = liars.iter().flat_map(|liar| each_with(&ended.jobs, *liar)).collect();
	assert_eq!(sorted(ended.slashes()), sorted(guilty));
	let (before, after) = (&ended.before.stats, &ended.after.stats);
	assert_eq!(after.overturned - before.overturned, ended.jobs.len() as u64);
	ended.assert_settled();
	for job in &ended.jobs {
		assert!(verdict(job).is_some());
		assert!(liars.iter().all(|liar| is_wrong(job, *liar)), "{job:?}");
	}
}

async fn a_wrong_worker_without_checkers_is_caught_by_a_watcher(net: &TestNetwork) {
	net.offer_only(&[(Dave, 2)]).await;
	let ended = net.run_jobs(0, 2).await;
	assert_overturned(&ended, &[Dave]);
	assert_eq!(ended.after.stats.paid_to_workers, ended.before.stats.paid_to_workers);
}

async fn a_worker_that_lies_only_unchecked_is_caught_by_a_watcher(net: &mut TestNetwork) {
	corrupt(net, "dave", "wrong-unchecked").await;
	net.offer_only(&[(Dave, 1)]).await;
	assert_overturned(&net.run_jobs(0, 1).await, &[Dave]);

	net.offer_only(&[(Bob, AMPLE_SLOTS), (Dave, AMPLE_SLOTS)]).await;
	let watched = net.run_jobs(1, 2).await;
	watched.assert_settled();
	watched.assert_uneventful();
}

async fn a_cartel_that_checks_itself_is_caught_by_a_watcher(net: &mut TestNetwork) {
	for name in ["dave", "eve"] {
		let member = honest(name).misbehaving("cartel").with(&["--cartel", "//Dave,//Eve"]);
		net.network.restart_as(member).await;
	}
	net.offer_only(&[(Dave, AMPLE_SLOTS), (Eve, AMPLE_SLOTS)]).await;
	assert_overturned(&net.run_jobs(1, 2).await, &[Dave, Eve]);

	// Where others check it, it is slashed where it has lied, and they are not.
	net.offer_only(&[(Bob, AMPLE_SLOTS), (Dave, AMPLE_SLOTS), (Eve, AMPLE_SLOTS)])
		.await;
	let ended = net.run_jobs(1, 2).await;
	ended.assert_settled();
	let lied = |job: &Job| is_executor(job, Dave) || is_executor(job, Eve);
	for job in &ended.jobs {
		assert!(!is_wrong(job, Bob), "{job:?}");
		assert_eq!(verdict(job).is_some(), lied(job), "{job:?}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_fall_silent_before_they_commit_are_fined() {
	let mut net = start().await;
	an_executor_that_does_not_claim_is_fined_and_replaced(&mut net).await;
	a_checker_that_does_not_commit_is_fined_and_replaced(&mut net).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_fall_silent_after_they_commit_are_slashed() {
	let mut net = start().await;
	a_worker_that_does_not_reveal_is_slashed(&mut net).await;
	a_worker_that_copies_a_commitment_cannot_reveal_it(&mut net).await;
}

async fn an_executor_that_does_not_claim_is_fined_and_replaced(net: &mut TestNetwork) {
	corrupt(net, "dave", "silent-claim").await;
	net.offer_only(&[(Dave, 1)]).await;
	let pending = net.request(0, 1).await;
	net.market.offer(net.alice(), &[(Bob, 1)]).await;
	let ended = net.wait_for_end(pending).await;
	assert_eq!(ended.no_shows(), each_with(&ended.jobs, Dave));
	assert_eq!((ended.slashes(), ended.disputed_jobs()), (vec![], vec![]));
	ended.assert_settled();
	assert!(is_executor(ended.only_job(), Bob), "{:?}", ended.only_job());
	assert_eq!(status(ended.only_job(), Dave), None);

	// With nobody to replace it, the requester is refunded in full.
	net.offer_only(&[(Dave, 1)]).await;
	let ended = net.run_jobs(0, 1).await;
	assert_eq!(ended.no_shows(), each_with(&ended.jobs, Dave));
	assert_eq!(ended.slashes(), vec![]);
	let refunded = RefundReason::NoClaim;
	assert!(
		matches!(&ended.only_job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		ended.only_job()
	);
}

async fn a_checker_that_does_not_commit_is_fined_and_replaced(net: &mut TestNetwork) {
	corrupt(net, "dave", "silent-check").await;
	for _ in 0..MAX_ROUNDS {
		net.offer_only(&[(Bob, 3), (Charlie, 3), (Dave, 3)]).await;
		let ended = net.run_jobs(1, 3).await;
		ended.assert_settled();
		assert_eq!(ended.slashes(), vec![]);
		let dave = Dave.to_account_id();
		assert!(
			ended.no_shows().iter().all(|(_, worker)| *worker == dave),
			"{:?}",
			ended.no_shows()
		);
		for job in &ended.jobs {
			let no_shows = ended.no_shows().iter().filter(|(id, _)| *id == job.id).count();
			assert!(no_shows <= 3, "{job:?}");
			// Another checker has repeated the work, or all validators have.
			let is_checked = job.participants.len() == 2 || verdict(job).is_some();
			assert!(is_checked, "{job:?}");
		}
		if !ended.no_shows().is_empty() {
			return;
		}
	}
	panic!("Dave was never drawn as a checker");
}

async fn a_worker_that_does_not_reveal_is_slashed(net: &mut TestNetwork) {
	corrupt(net, "dave", "silent-reveal").await;
	net.offer_only(&[(Bob, AMPLE_SLOTS), (Dave, AMPLE_SLOTS)]).await;
	let ended = net.run_jobs(1, 2).await;
	ended.assert_settled();
	assert_eq!(sorted(ended.slashes()), each_with(&ended.jobs, Dave));
	assert_eq!(
		ended.disputed_jobs(),
		vec![],
		"one answer is left, and no other contradicts it"
	);
	for job in &ended.jobs {
		assert_eq!(status(job, Dave), Some(ParticipantStatus::Silent));
	}

	net.offer_only(&[(Dave, 1)]).await;
	let ended = net.run_jobs(0, 1).await;
	assert_eq!(ended.slashes(), each_with(&ended.jobs, Dave));
	let refunded = RefundReason::NoReveal;
	assert!(
		matches!(&ended.only_job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		ended.only_job()
	);
}

async fn a_worker_that_copies_a_commitment_cannot_reveal_it(net: &mut TestNetwork) {
	corrupt(net, "dave", "copy").await;
	for _ in 0..MAX_ROUNDS {
		net.offer_only(&[(Bob, AMPLE_SLOTS), (Dave, AMPLE_SLOTS)]).await;
		let ended = net.run_jobs(1, 2).await;
		ended.assert_settled();
		assert_eq!((ended.no_shows(), ended.disputed_jobs()), (vec![], vec![]));
		let (executed, copied): (Vec<_>, Vec<_>) = ended.jobs.iter().cloned().partition(|job| is_executor(job, Dave));
		assert!(executed
			.iter()
			.all(|job| status(job, Dave) == Some(ParticipantStatus::Revealed(net.market.expected_digest(job)))));
		assert_eq!(sorted(ended.slashes()), each_with(&copied, Dave));
		if !copied.is_empty() {
			return;
		}
	}
	panic!("Dave was never drawn as a checker");
}

#[tokio::test(flavor = "multi_thread")]
async fn lazy_votes_and_floods_change_no_outcome() {
	let mut net = start().await;
	corrupt(&mut net, "charlie", "lazy-vote").await;
	corrupt(&mut net, "dave", "wrong").await;
	two_honest_validators_outvote_a_lazy_one(&net).await;
	a_validator_that_stays_away_delays_the_verdict_and_frees_nobody(&mut net).await;
	reform(&mut net, "charlie").await;
	a_flood_of_junk_stays_in_the_node_that_makes_it(&mut net).await;
}

async fn two_honest_validators_outvote_a_lazy_one(net: &TestNetwork) {
	for _ in 0..MAX_ROUNDS {
		net.offer_only(&[(Bob, 2), (Dave, 6)]).await;
		let (before, bob_before) = (net.voter(Charlie).await, net.voter(Bob).await);
		let ended = net.run_jobs(1, 2).await;
		ended.assert_settled();
		assert_eq!(sorted(ended.slashes()), each_with(&ended.jobs, Dave));
		let after = net.voter(Charlie).await;
		let lies = ended.jobs.iter().filter(|job| is_executor(job, Dave)).count() as u64;
		// Charlie votes for the executor's answer, right or wrong, if he votes before the verdict.
		assert!(after.with_verdict - before.with_verdict <= ended.jobs.len() as u64 - lies);
		let votes = |record: &VoterRecord| record.with_verdict + record.against_verdict + record.absent;
		assert_eq!(votes(&after) - votes(&before), ended.jobs.len() as u64);
		assert_eq!(net.voter(Bob).await.against_verdict, bob_before.against_verdict);
		assert_eq!(net.voter(Alice).await.against_verdict, 0);
		if lies > 0 {
			return;
		}
	}
	panic!("Dave was never drawn as an executor");
}

/// Two of three validators must agree. Alice does not vote, Charlie votes for the executor's answer, and Bob for the
/// right one: no round ends with a verdict until Alice votes.
async fn a_validator_that_stays_away_delays_the_verdict_and_frees_nobody(net: &mut TestNetwork) {
	net.network
		.restart_as(Member::new("alice").with(&["--offchain-worker", "never"]))
		.await;
	for _ in 0..MAX_ROUNDS {
		net.offer_only(&[(Bob, 2), (Dave, 6)]).await;
		let pending = net.request(1, 2).await;
		let mut open = 0;
		for job in pending.jobs.iter().copied() {
			let alice = net.alice();
			open += alice
				.wait_within(SECOND_ROUND_BLOCKS, "a verdict, or a second round", || async move {
					let is_over = has_ended(&alice.job(job).await.status);
					let round = alice.dispute(job).await.map_or(1, |dispute| dispute.round);
					(is_over || round > 1).then_some(usize::from(!is_over))
				})
				.await;
		}
		if open > 0 {
			reform(net, "alice").await;
		}
		let ended = net.wait_for_end(pending).await;
		ended.assert_settled();
		assert_eq!(ended.disputed_jobs().len(), 2);
		assert_eq!(sorted(ended.slashes()), each_with(&ended.jobs, Dave));
		if open > 0 {
			return;
		}
	}
	panic!("Dave was never drawn as an executor");
}

async fn a_flood_of_junk_stays_in_the_node_that_makes_it(net: &mut TestNetwork) {
	corrupt(net, "dave", "flood").await;
	net.offer_only(&[(Bob, 4), (Charlie, 4), (Eve, 4)]).await;
	let pending = net.request(1, 4).await;
	let alice = net.alice();
	let last = alice.height().await + FLOOD_BLOCKS;
	let jobs = &pending.jobs;
	alice
		.wait_within(
			FLOOD_BLOCKS + 1,
			"the jobs are done, and no junk was seen",
			|| async move {
				for transaction in alice.pending_transactions().await {
					let RuntimeCall::Jobs(pallet_jobs::Call::submit { submission, .. }) = transaction.function else {
						panic!("an unexpected transaction is in Alice's pool: {transaction:?}")
					};
					for step in &submission.steps {
						// Apart from the flood Dave is honest, and may have been drawn.
						let is_due = jobs.contains(&step.job())
							&& find_participant(&alice.job(step.job()).await, &submission.worker).is_some();
						assert!(is_due, "junk is in Alice's pool: {submission:?}");
					}
				}
				(alice.height().await > last).then_some(())
			},
		)
		.await;
	let ended = net.wait_for_end(pending).await;
	ended.assert_settled();
	ended.assert_uneventful();
	let log = net.network.node("dave").log();
	let floods: Vec<_> = log.lines().filter(|line| line.contains("Flooded: of ")).collect();
	assert!(!floods.is_empty(), "Dave's node has not flooded anybody");
	let taken = floods.iter().find(|line| !line.trim_end().ends_with("the pool took 0"));
	assert_eq!(taken, None, "even the flooding node's own pool must take no junk");
}
