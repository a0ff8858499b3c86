//! Every fault that a node can be told to have, switched on in turn in a network of five real nodes: three validators, who work as
//! well, and two workers beside them. Each case closes its books ([`Case::close`]): no wrong answer is settled, whoever is guilty
//! loses its bond once, and everybody else has what is due, to the last unit.
//!
//! One node watches all results, Alice's.

use assay_primitives::{
	api::{Duty, RefundReason, Standing, VoterRecord},
	JobId,
};
use assay_runtime::{AccountId, RuntimeCall};
use assay_testing::{
	case::part_of,
	governance::Rules,
	rpc::{Job, JobStatus},
	Case, Closed, Market, Network,
};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};

/// Alice's node looks at everything.
const WATCH: &[&str] = &["--watch", "100"];

/// How often chance may give the dishonest a part that its fault has nothing to do with.
const ROUNDS: u32 = 6;

/// Many more slots than are busy at a time, or the draws would not be trusted and validators would look.
const PLENTY: u32 = 12;

/// Blocks for which the flood is watched: in them, jobs come from the request to a provisional result if nobody is late.
const PROMPT: u32 = 10;

struct Town {
	network: Network,
	market: Market,
}

impl Town {
	async fn found() -> Self {
		let none: &[&str] = &[];
		let members = [
			("alice", WATCH),
			("bob", none),
			("charlie", none),
			("dave", none),
			("eve", none),
		];
		let network = Network::start(&members).await;
		let rules = Rules::default();
		let ((), market) = tokio::join!(rules.decree(network.node("alice")), Market::open(&network));
		Self { network, market }
	}

	/// Starts a node again, with this fault.
	async fn corrupt(&mut self, name: &str, fault: &str) {
		self.network.restart_with(name, &["--fault", fault]).await;
	}

	/// Starts a node again, honest.
	async fn reform(&mut self, name: &str) {
		let options = if name == "alice" { WATCH } else { &[] };
		self.network.restart_with(name, options).await;
	}

	/// Sees to it that nobody but these offers slots, so many each.
	async fn only(&self, offers: &[(Sr25519Keyring, u32)]) {
		self.market.only(self.network.node("alice"), offers).await;
	}

	/// Asks.
	async fn open(&self, checkers: u8, count: usize) -> Case {
		Case::open(self.network.node("alice"), &self.market, checkers, count).await
	}

	/// Waits for the end of what was asked, and checks what no fault may change.
	async fn close(&self, case: Case) -> Closed {
		case.close(self.network.node("alice"), &self.market).await
	}

	async fn ask(&self, checkers: u8, count: usize) -> Closed {
		self.close(self.open(checkers, count).await).await
	}

	async fn voter(&self, known: Sr25519Keyring) -> VoterRecord {
		self.network.node("alice").voter(&known.to_account_id()).await
	}
}

fn standing(job: &Job, worker: Sr25519Keyring) -> Option<Standing> {
	part_of(job, &worker.to_account_id()).map(|participant| participant.standing)
}

fn is_wrong(job: &Job, worker: Sr25519Keyring) -> bool {
	matches!(standing(job, worker), Some(Standing::Wrong(_)))
}

fn executes(job: &Job, worker: Sr25519Keyring) -> bool {
	part_of(job, &worker.to_account_id()).is_some_and(|participant| participant.duty == Duty::Executor)
}

/// What the tribunal found, in a job that was answered.
fn verdict(job: &Job) -> Option<assay_primitives::OutcomeDigest> {
	match &job.status {
		JobStatus::Settled { assurance, .. } => assurance.verdict,
		status => panic!("job {}: {status:?}", job.id),
	}
}

fn sorted(mut all: Vec<(JobId, AccountId)>) -> Vec<(JobId, AccountId)> {
	all.sort();
	all
}

/// Each of these jobs, with this account.
fn each(jobs: &[Job], known: Sr25519Keyring) -> Vec<(JobId, AccountId)> {
	jobs.iter().map(|job| (job.id, known.to_account_id())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_wrong_answers_is_found_out_by_whoever_looks() {
	let mut town = Town::found().await;
	a_wrong_worker_is_found_out_by_its_checker(&mut town).await;
	a_wrong_worker_without_checkers_is_found_out_by_a_watcher(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lies_only_where_it_seems_safe_is_found_out_by_a_watcher() {
	let mut town = Town::found().await;
	who_cheats_only_unaudited_is_found_out_by_a_watcher(&mut town).await;
	a_cartel_that_meets_itself_is_found_out_by_a_watcher(&mut town).await;
}

async fn a_wrong_worker_is_found_out_by_its_checker(town: &mut Town) {
	town.corrupt("dave", "wrong").await;
	town.only(&[(Bob, 3), (Dave, 3)]).await;
	let closed = town.ask(1, 3).await;
	assert_eq!(sorted(closed.slashed()), each(&closed.jobs, Dave));
	assert_eq!(closed.disputed().len(), 3);
	assert_eq!(
		closed.challenges(),
		vec![],
		"their answers differed: nobody had to challenge"
	);
	for job in &closed.jobs {
		let right = town.market.right(job);
		assert!(is_wrong(job, Dave), "{job:?}");
		assert_eq!(standing(job, Bob), Some(Standing::Revealed(right)));
		assert_eq!(verdict(job), Some(right));
	}
	let (dave, bob) = (Dave.to_account_id(), Bob.to_account_id());
	let (before, after) = (&closed.before.records, &closed.after.records);
	assert_eq!(after[&dave].wrong - before[&dave].wrong, 3);
	assert_eq!(after[&dave].disputes_lost - before[&dave].disputes_lost, 3);
	assert_eq!(after[&bob].disputes_won - before[&bob].disputes_won, 3);
	assert_eq!(
		town.market.offered(town.network.node("alice"), Dave).await,
		0,
		"the slots are gone with their bonds"
	);
}

/// What becomes of wrong answers that nobody but a watcher looks at: all are challenged, and overturned.
fn assert_overturned(closed: &Closed, liars: &[Sr25519Keyring]) {
	assert_eq!(sorted(closed.challenges()), each(&closed.jobs, Alice));
	let guilty: Vec<_> = liars.iter().flat_map(|liar| each(&closed.jobs, *liar)).collect();
	assert_eq!(sorted(closed.slashed()), sorted(guilty));
	let (before, after) = (&closed.before.stats, &closed.after.stats);
	assert_eq!(after.overturned - before.overturned, closed.jobs.len() as u64);
	closed.assert_settled();
	for job in &closed.jobs {
		assert!(verdict(job).is_some());
		assert!(liars.iter().all(|liar| is_wrong(job, *liar)), "{job:?}");
	}
}

async fn a_wrong_worker_without_checkers_is_found_out_by_a_watcher(town: &Town) {
	town.only(&[(Dave, 2)]).await;
	let closed = town.ask(0, 2).await;
	assert_overturned(&closed, &[Dave]);
	assert_eq!(closed.after.stats.paid_to_workers, closed.before.stats.paid_to_workers);
}

async fn who_cheats_only_unaudited_is_found_out_by_a_watcher(town: &mut Town) {
	town.corrupt("dave", "wrong-unaudited").await;
	town.only(&[(Dave, 1)]).await;
	assert_overturned(&town.ask(0, 1).await, &[Dave]);

	town.only(&[(Bob, PLENTY), (Dave, PLENTY)]).await;
	let watched = town.ask(1, 2).await;
	watched.assert_settled();
	watched.assert_peaceful();
}

async fn a_cartel_that_meets_itself_is_found_out_by_a_watcher(town: &mut Town) {
	for name in ["dave", "eve"] {
		let options = ["--fault", "cartel", "--cartel", "//Dave,//Eve"];
		town.network.restart_with(name, &options).await;
	}
	town.only(&[(Dave, PLENTY), (Eve, PLENTY)]).await;
	assert_overturned(&town.ask(1, 2).await, &[Dave, Eve]);

	// Where it meets others, it pays as far as it has lied, and they do not.
	town.only(&[(Bob, PLENTY), (Dave, PLENTY), (Eve, PLENTY)]).await;
	let closed = town.ask(1, 2).await;
	closed.assert_settled();
	let lied = |job: &Job| executes(job, Dave) || executes(job, Eve);
	for job in &closed.jobs {
		assert!(!is_wrong(job, Bob), "{job:?}");
		assert_eq!(verdict(job).is_some(), lied(job), "{job:?}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_silent_before_it_is_bound_is_fined() {
	let mut town = Town::found().await;
	who_does_not_claim_is_fined_and_replaced(&mut town).await;
	who_does_not_check_is_fined_and_replaced(&mut town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_silent_when_it_is_bound_is_slashed() {
	let mut town = Town::found().await;
	who_does_not_reveal_is_slashed(&mut town).await;
	who_copies_a_commitment_cannot_open_it(&mut town).await;
}

async fn who_does_not_claim_is_fined_and_replaced(town: &mut Town) {
	town.corrupt("dave", "silent-claim").await;
	town.only(&[(Dave, 1)]).await;
	let case = town.open(0, 1).await;
	town.market.offer(town.network.node("alice"), &[(Bob, 1)]).await;
	let closed = town.close(case).await;
	assert_eq!(closed.no_shows(), each(&closed.jobs, Dave));
	assert_eq!((closed.slashed(), closed.disputed()), (vec![], vec![]));
	closed.assert_settled();
	assert!(executes(closed.job(), Bob), "{:?}", closed.job());
	assert_eq!(standing(closed.job(), Dave), None);

	// With nobody to replace it, the requester has all of its money back.
	town.only(&[(Dave, 1)]).await;
	let closed = town.ask(0, 1).await;
	assert_eq!(closed.no_shows(), each(&closed.jobs, Dave));
	assert_eq!(closed.slashed(), vec![]);
	let refunded = RefundReason::NoClaim;
	assert!(
		matches!(&closed.job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		closed.job()
	);
}

async fn who_does_not_check_is_fined_and_replaced(town: &mut Town) {
	town.corrupt("dave", "silent-check").await;
	for _ in 0..ROUNDS {
		town.only(&[(Bob, 3), (Charlie, 3), (Dave, 3)]).await;
		let closed = town.ask(1, 3).await;
		closed.assert_settled();
		assert_eq!(closed.slashed(), vec![]);
		let dave = Dave.to_account_id();
		assert!(
			closed.no_shows().iter().all(|(_, worker)| *worker == dave),
			"{:?}",
			closed.no_shows()
		);
		for job in &closed.jobs {
			let silences = closed.no_shows().iter().filter(|(id, _)| *id == job.id).count();
			assert!(silences <= 3, "{job:?}");
			// Somebody else has looked: another checker, or all validators.
			let seen = job.participants.len() == 2 || verdict(job).is_some();
			assert!(seen, "{job:?}");
		}
		if !closed.no_shows().is_empty() {
			return;
		}
	}
	panic!("Dave was never drawn as a checker");
}

async fn who_does_not_reveal_is_slashed(town: &mut Town) {
	town.corrupt("dave", "silent-reveal").await;
	town.only(&[(Bob, PLENTY), (Dave, PLENTY)]).await;
	let closed = town.ask(1, 2).await;
	closed.assert_settled();
	assert_eq!(sorted(closed.slashed()), each(&closed.jobs, Dave));
	assert_eq!(
		closed.disputed(),
		vec![],
		"one answer is left, and nobody contradicts it"
	);
	for job in &closed.jobs {
		assert_eq!(standing(job, Dave), Some(Standing::Silent));
	}

	town.only(&[(Dave, 1)]).await;
	let closed = town.ask(0, 1).await;
	assert_eq!(closed.slashed(), each(&closed.jobs, Dave));
	let refunded = RefundReason::NoReveal;
	assert!(
		matches!(&closed.job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		closed.job()
	);
}

async fn who_copies_a_commitment_cannot_open_it(town: &mut Town) {
	town.corrupt("dave", "copy").await;
	for _ in 0..ROUNDS {
		town.only(&[(Bob, PLENTY), (Dave, PLENTY)]).await;
		let closed = town.ask(1, 2).await;
		closed.assert_settled();
		assert_eq!((closed.no_shows(), closed.disputed()), (vec![], vec![]));
		let (executed, copied): (Vec<_>, Vec<_>) = closed.jobs.iter().cloned().partition(|job| executes(job, Dave));
		assert!(executed
			.iter()
			.all(|job| standing(job, Dave) == Some(Standing::Revealed(town.market.right(job)))));
		assert_eq!(sorted(closed.slashed()), each(&copied, Dave));
		if !copied.is_empty() {
			return;
		}
	}
	panic!("Dave was never drawn as a checker");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_lazy_validator_nor_a_flood_changes_an_outcome() {
	let mut town = Town::found().await;
	town.corrupt("charlie", "lazy-vote").await;
	town.corrupt("dave", "wrong").await;
	two_honest_validators_outvote_a_lazy_one(&town).await;
	without_quorum_nobody_is_slashed(&mut town).await;
	town.reform("charlie").await;
	a_flood_of_junk_stays_where_it_comes_from(&mut town).await;
}

async fn two_honest_validators_outvote_a_lazy_one(town: &Town) {
	for _ in 0..ROUNDS {
		town.only(&[(Bob, 2), (Dave, 6)]).await;
		let (before, honest) = (town.voter(Charlie).await, town.voter(Bob).await);
		let closed = town.ask(1, 2).await;
		closed.assert_settled();
		assert_eq!(sorted(closed.slashed()), each(&closed.jobs, Dave));
		let after = town.voter(Charlie).await;
		let lies = closed.jobs.iter().filter(|job| executes(job, Dave)).count() as u64;
		// It approves what the executor says, right or wrong, if the others leave it the time.
		assert!(after.with_verdict - before.with_verdict <= closed.jobs.len() as u64 - lies);
		let votes = |record: &VoterRecord| record.with_verdict + record.against_verdict + record.absent;
		assert_eq!(votes(&after) - votes(&before), closed.jobs.len() as u64);
		assert_eq!(town.voter(Bob).await.against_verdict, honest.against_verdict);
		assert_eq!(town.voter(Alice).await.against_verdict, 0);
		if lies > 0 {
			return;
		}
	}
	panic!("Dave was never drawn as an executor");
}

async fn without_quorum_nobody_is_slashed(town: &mut Town) {
	// Of three validators one does not vote, one votes for what it is shown, one for what is right.
	town.network
		.restart_with("alice", &["--offchain-worker", "never"])
		.await;
	for _ in 0..ROUNDS {
		town.only(&[(Bob, 2), (Dave, 6)]).await;
		let closed = town.ask(1, 2).await;
		assert_eq!(closed.disputed().len(), 2);
		let (undecided, decided): (Vec<_>, Vec<_>) = closed.jobs.iter().cloned().partition(|job| executes(job, Dave));
		assert_eq!(sorted(closed.slashed()), each(&decided, Dave));
		for job in &undecided {
			let refunded = RefundReason::NoQuorum;
			assert!(
				matches!(&job.status, JobStatus::Refunded { reason, verdict: None, .. } if *reason == refunded),
				"{job:?}"
			);
		}
		if !undecided.is_empty() {
			town.reform("alice").await;
			return;
		}
	}
	panic!("Dave was never drawn as an executor");
}

async fn a_flood_of_junk_stays_where_it_comes_from(town: &mut Town) {
	town.corrupt("dave", "flood").await;
	town.only(&[(Bob, 4), (Charlie, 4), (Eve, 4)]).await;
	let case = town.open(1, 4).await;
	let alice = town.network.node("alice");
	let last = alice.height().await + PROMPT;
	let jobs = &case.jobs;
	alice
		.within(PROMPT + 1, "the jobs are done, and no junk was seen", || async move {
			for transaction in alice.pending().await {
				let RuntimeCall::Jobs(pallet_jobs::Call::submit { submission, .. }) = transaction.function else {
					panic!("somebody's transaction is in Alice's pool: {transaction:?}")
				};
				for step in &submission.steps {
					// Dave is honest beside the flood, and may have been drawn.
					let is_due = jobs.contains(&step.job())
						&& part_of(&alice.job(step.job()).await, &submission.worker).is_some();
					assert!(is_due, "junk is in Alice's pool: {submission:?}");
				}
			}
			(alice.height().await > last).then_some(())
		})
		.await;
	let closed = town.close(case).await;
	closed.assert_settled();
	closed.assert_peaceful();
	let log = town.network.node("dave").log();
	let floods: Vec<_> = log.lines().filter(|line| line.contains("Flooded: of ")).collect();
	assert!(!floods.is_empty(), "Dave has not flooded anybody");
	let taken = floods.iter().find(|line| !line.trim_end().ends_with("the pool took 0"));
	assert_eq!(taken, None, "junk was taken even by the pool of who makes it");
}
