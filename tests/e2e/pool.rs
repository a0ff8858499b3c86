//! What the transaction pool refuses: submissions and votes by strangers, and stale, replayed and false ones. The
//! node's own off-chain worker is off; the test has Alice's keys and does her work, honestly and otherwise. Also what
//! gets into a full pool.

use assay_primitives::{
	api::{ModelStatus, RefundReason, Verdict},
	key::{commitment, salt, salt_message, VoterPair},
	probe::encode_finding,
	Answer, JobId, ModelId, Outcome, OutcomeDigest, Payload, TaskId,
};
use assay_runtime::{AccountId, Balance, Hash, Runtime, RuntimeCall, UncheckedExtrinsic, ASY};
use assay_testing::{
	extrinsic::{authorized, send, send_challenge, sign, worker_pair},
	files::{digits, read_rows},
	market::terms,
	models::float_vector,
	parameters::{
		CHALLENGE_BOND, CHALLENGE_WINDOW, COMMIT_PERIOD, MAX_JOB_BLOCKS, NO_SHOW_FINE, REVEAL_PERIOD, SLOT_BOND,
	},
	rpc::{has_ended, JobStatus},
	ModelSubmission, Node, TestParameters,
};
use codec::Encode;
use pallet_disputes::{Ballot, Vote};
use pallet_jobs::{Step, Submission};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave, Eve, Ferdie};

type Call = pallet_jobs::Call<Runtime>;

/// The pool's reasons, in the words of `InvalidTransaction`.
const STALE: &str = "Transaction is outdated";
const BAD_PROOF: &str = "Transaction has a bad signature";
const MALFORMED: &str = "Transaction call is not expected";

/// Blocks within which a step is done. One or two suffice, since nothing disturbs the only node.
const STEP_BLOCKS: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_refuses_what_no_honest_worker_sends() {
	let node = Node::dev(&["--offchain-worker", "never"]).await;
	let chain = TestChain::new(&node).await;
	let jobs = chain.open_model_and_request(3).await;
	let [answered, held_back, missed] = [0, 1, 2].map(|n| jobs[n]);

	forged_commitments_are_refused(&chain, answered).await;
	malformed_commitments_are_refused(&chain, &[answered, held_back]).await;
	replayed_commitments_are_refused(&chain, &[answered, held_back]).await;
	false_reveals_are_refused(&chain, answered, missed).await;
	replayed_reveals_are_refused(&chain, answered).await;
	a_signed_submission_costs_its_signer(&chain, missed).await;
	forged_votes_are_refused(&chain, answered).await;
	submissions_after_the_deadline_are_refused(&chain, missed, held_back).await;
}

/// Returns the answer of an honest worker.
fn right_answer() -> Answer {
	Answer::of(&[Outcome::Answer(Vec::new())]).0
}

/// Returns another answer.
fn wrong_answer() -> Answer {
	Answer::of(&[Outcome::Fault(assay_primitives::FaultCode::Trap)]).0
}

fn alice() -> AccountId {
	Alice.to_account_id()
}

/// A chain of one node, with Alice as its worker and validator.
struct TestChain<'a> {
	node: &'a Node,
	genesis: Hash,
}

impl<'a> TestChain<'a> {
	async fn new(node: &'a Node) -> Self {
		TestParameters::default().enact(node).await;
		Self {
			node,
			genesis: node.genesis().await,
		}
	}

	/// Opens a model of Dave's, and has Eve request jobs from it. The model's file does not exist, which nobody
	/// notices: Alice confirms Dave's statement, as a worker and as the only validator.
	async fn open_model_and_request(&self, jobs: u32) -> Vec<JobId> {
		let (node, submission) = (self.node, ModelSubmission::fabricated(b"no model".to_vec()));
		send(node, Dave, submission.submit_call()).await;
		let model = node
			.wait_within(STEP_BLOCKS, "the model is on probation", || {
				node.find_model(submission.id())
			})
			.await;
		self.reproduce(model.probe).await;
		assert_eq!(node.wait_for_probe(model.id, STEP_BLOCKS).await, ModelStatus::Open);
		self.request(model.id, Payload::of(vec![float_vector(&[2.0])].encode()), jobs)
			.await
	}

	/// Does Alice's part in a probe, from the claim to the verdict.
	async fn reproduce(&self, probe: JobId) {
		let reproduced = encode_finding(&Ok(()));
		let digest = reproduced.digest();
		let claim = vec![self.commit_step(probe, digest).await];
		self.expect_accepted("a claim", &self.submission(claim, "//Alice").await)
			.await;
		self.wait_for_status(probe, STEP_BLOCKS, "to be revealed", |status| {
			matches!(status, JobStatus::Revealing { .. })
		})
		.await;
		self.expect_accepted(
			"the finding of a probe",
			&self.reveal(probe, digest, Some(reproduced), "//Alice").await,
		)
		.await;
		self.node
			.wait_within(STEP_BLOCKS, "the validators re-execute the probe", || {
				self.node.dispute(probe)
			})
			.await;
		let vote = self.vote_for(&[probe], digest, "//Alice", "//Alice").await;
		self.expect_accepted("a vote", &vote).await;
	}

	/// Has Alice serve a model, and Eve request this many jobs from it. Returns the jobs.
	async fn request(&self, model: ModelId, input: Payload, jobs: u32) -> Vec<JobId> {
		let node = self.node;
		let slots = jobs;
		send(node, Alice, pallet_workers::Call::<Runtime>::serve { model, slots }).await;
		node.wait_within(STEP_BLOCKS, "the model is served", || async {
			(node.model(model).await.free_slots == slots).then_some(())
		})
		.await;
		let fee = node.quote(model, 1, &terms(0)).await.fee;
		let first = node.stats().await.requested;
		let request = RuntimeCall::from(Call::request {
			model: model.into(),
			items: 1,
			input,
			terms: terms(0),
		});
		let calls = vec![request; jobs as usize];
		send(node, Eve, pallet_utility::Call::<Runtime>::batch_all { calls }).await;
		let jobs: Vec<_> = (first..).take(jobs as usize).map(JobId).collect();
		for job in &jobs {
			node.wait_within(STEP_BLOCKS, "the jobs are accepted", || node.find_job(*job))
				.await;
		}
		let held = node.funds(&Eve.to_account_id()).await.held;
		assert_eq!(held, fee.total() * Balance::from(slots));
		jobs
	}

	/// Returns the task of a job; that of no job if there is none with this number.
	async fn task(&self, job: JobId) -> TaskId {
		self.node.find_job(job).await.map(|job| job.task).unwrap_or_default()
	}

	/// Returns the salt that Alice's node would use.
	fn salt(&self, job: JobId, task: TaskId) -> Hash {
		let secret = worker_pair("//Alice").sign(&salt_message(self.genesis, &alice()));
		salt(&secret, job, task)
	}

	/// Makes a submission of Alice's, signed by the key of `seed`.
	async fn submission(&self, steps: Vec<Step>, seed: &str) -> UncheckedExtrinsic {
		self.submission_of(alice(), steps, seed, self.genesis).await
	}

	/// Makes a submission of any worker's for any chain, signed by the key of `seed`.
	async fn submission_of(
		&self,
		worker: AccountId,
		steps: Vec<Step>,
		seed: &str,
		genesis: Hash,
	) -> UncheckedExtrinsic {
		let submission = Submission {
			worker,
			at: self.node.height().await,
			steps: steps.try_into().expect("a submission holds these steps"),
		};
		let signature = worker_pair(seed).sign(&submission.message(genesis));
		authorized(Call::submit { submission, signature })
	}

	/// Makes Alice's commitment to an answer.
	async fn commit_step(&self, job: JobId, digest: OutcomeDigest) -> Step {
		let task = self.task(job).await;
		let commitment = commitment(self.genesis, job, task, &alice(), digest, self.salt(job, task));
		Step::Commit { job, task, commitment }
	}

	/// Makes Alice's commitment to the right answer.
	async fn honest_commit_step(&self, job: JobId) -> Step {
		self.commit_step(job, right_answer().digest()).await
	}

	/// Makes Alice's commitments to the right answers, signed by the key of `seed`.
	async fn commit(&self, jobs: &[JobId], seed: &str) -> UncheckedExtrinsic {
		let mut steps = Vec::new();
		for job in jobs {
			steps.push(self.honest_commit_step(*job).await);
		}
		self.submission(steps, seed).await
	}

	/// Makes Alice's reveal of an answer, signed by the key of `seed`.
	async fn reveal(
		&self,
		job: JobId,
		digest: OutcomeDigest,
		answer: Option<Answer>,
		seed: &str,
	) -> UncheckedExtrinsic {
		let task = self.task(job).await;
		let step = Step::Reveal {
			job,
			task,
			digest,
			salt: self.salt(job, task),
			answer,
		};
		self.submission(vec![step], seed).await
	}

	async fn honest_reveal(&self, job: JobId) -> UncheckedExtrinsic {
		self.reveal(job, right_answer().digest(), Some(right_answer()), "//Alice")
			.await
	}

	/// Makes a vote of the validator `voter` for the right answer, signed by the key of `seed`.
	async fn vote(&self, jobs: &[JobId], voter: &str, seed: &str) -> UncheckedExtrinsic {
		self.vote_for(jobs, right_answer().digest(), voter, seed).await
	}

	async fn vote_for(&self, jobs: &[JobId], digest: OutcomeDigest, voter: &str, seed: &str) -> UncheckedExtrinsic {
		let pair = |seed| VoterPair::from_string(seed, None).expect("a development seed makes a key");
		let mut votes = Vec::new();
		for job in jobs.iter().copied() {
			let (task, verdict) = (self.task(job).await, Verdict::Outcome(digest));
			votes.push(Vote { job, task, verdict });
		}
		let ballot = Ballot {
			voter: pair(voter).public(),
			at: self.node.height().await,
			votes: votes.try_into().expect("a ballot holds these votes"),
		};
		let signature = pair(seed).sign(&ballot.message(self.genesis));
		authorized(pallet_disputes::Call::<Runtime>::vote { ballot, signature })
	}

	/// Submits what the pool must take.
	async fn expect_accepted(&self, what: &str, transaction: &UncheckedExtrinsic) {
		if let Err(error) = self.node.submit(transaction).await {
			panic!("{what} was refused: {error:?}");
		}
	}

	/// Submits what the pool must refuse, for this reason.
	async fn expect_refused(&self, what: &str, transaction: &UncheckedExtrinsic, reason: &str) {
		match self.node.submit(transaction).await {
			Ok(_) => panic!("{what} was accepted"),
			Err(error) => assert!(error.reason.contains(reason), "{what}: {error:?}"),
		}
		assert!(
			!self.node.pending_transactions().await.contains(transaction),
			"{what} is in the pool"
		);
	}

	async fn status(&self, job: JobId) -> JobStatus {
		self.node.job(job).await.status
	}

	/// Waits until `is_reached` holds for the status of a job.
	async fn wait_for_status(&self, job: JobId, blocks: u32, what: &str, is_reached: fn(&JobStatus) -> bool) {
		self.node
			.wait_within(blocks, &format!("job {job} is {what}"), || async {
				is_reached(&self.status(job).await).then_some(())
			})
			.await;
	}
}

async fn forged_commitments_are_refused(chain: &TestChain<'_>, job: JobId) {
	let forged = chain.commit(&[job], "//Mallory").await;
	chain.expect_refused("a stranger's signature", &forged, BAD_PROOF).await;
	let step = chain.honest_commit_step(job).await;
	let elsewhere = chain
		.submission_of(alice(), vec![step.clone()], "//Alice", Hash::repeat_byte(1))
		.await;
	chain
		.expect_refused("a signature for another chain", &elsewhere, BAD_PROOF)
		.await;
	let usurped = chain
		.submission_of(Bob.to_account_id(), vec![step], "//Bob", chain.genesis)
		.await;
	chain
		.expect_refused("a commitment of an account that is not a worker", &usurped, "")
		.await;
	let RuntimeCall::Jobs(call) = chain.commit(&[job], "//Alice").await.function else {
		unreachable!("made above")
	};
	let bare = UncheckedExtrinsic::new_bare(call.into());
	chain.expect_refused("a bare extrinsic", &bare, "").await;
}

async fn malformed_commitments_are_refused(chain: &TestChain<'_>, jobs: &[JobId; 2]) {
	let [first, second] = *jobs;
	for (what, jobs, reason) in [
		("no step at all", &[][..], MALFORMED),
		("one job twice", &[first, first], MALFORMED),
		("jobs out of order", &[second, first], MALFORMED),
		("a job that does not exist", &[first, JobId(999)], STALE),
	] {
		let malformed = chain.commit(jobs, "//Alice").await;
		chain.expect_refused(what, &malformed, reason).await;
	}
}

async fn replayed_commitments_are_refused(chain: &TestChain<'_>, jobs: &[JobId; 2]) {
	// Made first, so that it is not based on a later block.
	let second = chain.commit(&jobs[..1], "//Alice").await;
	let commit = chain.commit(jobs, "//Alice").await;
	chain.expect_accepted("an honest commitment", &commit).await;
	// A transaction with a tag that another one in the pool provides is not taken, unless it is based on a later block.
	chain
		.expect_refused("a second commitment beside the first", &second, "")
		.await;
	chain
		.wait_for_status(jobs[1], STEP_BLOCKS, "claimed", |status| {
			!matches!(status, JobStatus::Claiming { .. })
		})
		.await;
	let early = chain.honest_reveal(jobs[0]).await;
	if matches!(chain.status(jobs[0]).await, JobStatus::Drawing { .. }) {
		chain.expect_refused("a reveal before the draw", &early, STALE).await;
	}
	for job in jobs {
		chain
			.wait_for_status(*job, STEP_BLOCKS, "to be revealed", |status| {
				matches!(status, JobStatus::Revealing { .. })
			})
			.await;
	}
	chain.expect_refused("the same commitment again", &commit, "").await;
	let again = chain.commit(&jobs[1..], "//Alice").await;
	chain
		.expect_refused("a second commitment after the first", &again, STALE)
		.await;
}

async fn false_reveals_are_refused(chain: &TestChain<'_>, job: JobId, uncommitted: JobId) {
	let digest = right_answer().digest();
	let other = chain
		.reveal(job, wrong_answer().digest(), Some(wrong_answer()), "//Alice")
		.await;
	chain
		.expect_refused("an answer other than the one committed", &other, BAD_PROOF)
		.await;
	let disguised = chain.reveal(job, digest, Some(wrong_answer()), "//Alice").await;
	chain
		.expect_refused("another answer under the right digest", &disguised, BAD_PROOF)
		.await;
	let nothing = chain.reveal(job, digest, None, "//Alice").await;
	chain
		.expect_refused("a digest whose answer nobody has revealed", &nothing, STALE)
		.await;
	let unopened = Step::Reveal {
		job,
		task: chain.task(job).await,
		digest,
		salt: Hash::zero(),
		answer: Some(right_answer()),
	};
	let unopened = chain.submission(vec![unopened], "//Alice").await;
	chain
		.expect_refused("a salt other than the one committed", &unopened, BAD_PROOF)
		.await;
	let forged = chain.reveal(job, digest, Some(right_answer()), "//Mallory").await;
	chain.expect_refused("a stranger's signature", &forged, BAD_PROOF).await;
	let early = chain.honest_reveal(uncommitted).await;
	chain
		.expect_refused("a reveal before a commitment", &early, STALE)
		.await;
}

async fn replayed_reveals_are_refused(chain: &TestChain<'_>, job: JobId) {
	let reveal = chain.honest_reveal(job).await;
	chain.expect_accepted("an honest reveal", &reveal).await;
	chain
		.wait_for_status(job, STEP_BLOCKS, "provisional", |status| {
			matches!(status, JobStatus::Provisional { .. })
		})
		.await;
	chain.expect_refused("the same reveal again", &reveal, "").await;
	let anew = chain
		.reveal(job, wrong_answer().digest(), Some(wrong_answer()), "//Alice")
		.await;
	chain
		.expect_refused("another answer to an answered job", &anew, STALE)
		.await;
}

/// Only transactions that authorise themselves are free: nobody fills blocks for nothing by signing them as an ordinary
/// account.
async fn a_signed_submission_costs_its_signer(chain: &TestChain<'_>, job: JobId) {
	let ferdie = Ferdie.to_account_id();
	let before = chain.node.funds(&ferdie).await;
	let call = chain.commit(&[job], "//Alice").await.function;
	let nonce = chain.node.nonce(&ferdie).await;
	let transaction = sign(Ferdie, nonce, chain.genesis, call);
	if chain.node.submit(&transaction).await.is_ok() {
		chain
			.node
			.wait_within(STEP_BLOCKS, "the transaction has left the pool", || async {
				(!chain.node.pending_transactions().await.contains(&transaction)).then_some(())
			})
			.await;
		assert!(
			chain.node.funds(&ferdie).await.free < before.free,
			"a failing transaction was free"
		);
	}
	assert!(matches!(chain.status(job).await, JobStatus::Claiming { .. }));
}

/// Ferdie challenges a right answer, and Alice, the only validator, confirms it.
async fn forged_votes_are_refused(chain: &TestChain<'_>, job: JobId) {
	let early = chain.vote(&[job], "//Alice", "//Alice").await;
	chain.expect_refused("a vote outside a dispute", &early, STALE).await;
	let (node, ferdie) = (chain.node, Ferdie.to_account_id());
	send_challenge(node, Ferdie, &node.job(job).await, wrong_answer().digest()).await;
	let dispute = node
		.wait_within(STEP_BLOCKS, "the result is disputed", || node.dispute(job))
		.await;
	assert_eq!((dispute.electorate, dispute.quorum), (1, 1));
	assert_eq!(node.funds(&ferdie).await.held, CHALLENGE_BOND);

	let forged = chain.vote(&[job], "//Alice", "//Mallory").await;
	chain.expect_refused("a forged vote", &forged, BAD_PROOF).await;
	let stranger = chain.vote(&[job], "//Mallory", "//Mallory").await;
	chain.expect_refused("a stranger's vote", &stranger, STALE).await;
	let twice = chain.vote(&[job, job], "//Alice", "//Alice").await;
	chain.expect_refused("two votes on one job", &twice, MALFORMED).await;
	let nothing = chain.vote(&[], "//Alice", "//Alice").await;
	chain.expect_refused("no vote at all", &nothing, MALFORMED).await;

	let before = node.funds(&alice()).await.total();
	let vote = chain.vote(&[job], "//Alice", "//Alice").await;
	chain.expect_accepted("Alice's vote", &vote).await;
	let job = node.wait_for_end(job, STEP_BLOCKS).await;
	let JobStatus::Settled { digest, assurance, .. } = &job.status else {
		panic!("{:?}", job.status)
	};
	assert_eq!(
		(*digest, assurance.verdict),
		(right_answer().digest(), Some(right_answer().digest()))
	);
	chain.expect_refused("the same vote again", &vote, "").await;
	let anew = chain.reveal(job.id, right_answer().digest(), None, "//Mallory").await;
	chain.expect_refused("an answer to a settled job", &anew, STALE).await;
	// The bond of a wrong challenge goes to those who were challenged, except for the part that is burned.
	let burned = node.protocol().await.security.slash.burn.mul_floor(CHALLENGE_BOND);
	let gained = node.funds(&alice()).await.total() - before;
	assert_eq!(gained, job.fee.pay + CHALLENGE_BOND - burned);
	assert_eq!(node.funds(&ferdie).await.held, 0);
}

async fn submissions_after_the_deadline_are_refused(chain: &TestChain<'_>, missed: JobId, held_back: JobId) {
	let (node, eve) = (chain.node, Eve.to_account_id());
	for (job, expected) in [(missed, RefundReason::NoClaim), (held_back, RefundReason::NoReveal)] {
		let deadline = match chain.status(job).await {
			JobStatus::Claiming { deadline } | JobStatus::Revealing { deadline } => Some(deadline),
			JobStatus::Refunded { .. } => None,
			status => panic!("job {job}: {status:?}"),
		};
		match node
			.wait_for_end(job, COMMIT_PERIOD + REVEAL_PERIOD + CHALLENGE_WINDOW)
			.await
			.status
		{
			JobStatus::Refunded { at, reason, .. } => {
				assert_eq!(reason, expected);
				assert!(deadline.is_none_or(|deadline| at == deadline + 1), "{at}, {deadline:?}");
			}
			status => panic!("{status:?}"),
		}
	}
	chain
		.expect_refused("a late commitment", &chain.commit(&[missed], "//Alice").await, STALE)
		.await;
	chain
		.expect_refused("a late reveal", &chain.honest_reveal(held_back).await, STALE)
		.await;
	assert_eq!(node.funds(&eve).await.held, 0);
	let worker = node.worker(&alice()).await;
	let record = &worker.record;
	// One answer is the probe's.
	assert_eq!((record.answers, record.no_shows, record.wrong), (2, 1, 1));
	assert_eq!(worker.stake, 10_000 * ASY - NO_SHOW_FINE - SLOT_BOND);
	let stats = node.stats().await;
	assert_eq!(
		(stats.settled, stats.answered_items, stats.refunded, stats.slashed),
		(2, 1, 2, NO_SHOW_FINE + SLOT_BOND)
	);
}

/// Bytes of one of the transactions that fill the pool. A block takes about forty of them.
const FILLER_SIZE: usize = 90 * 1024;
/// The limit of transactions in the pool.
const POOL_LIMIT: u32 = 64;
/// The JSON-RPC code for a transaction that a full pool does not take.
const IMMEDIATELY_DROPPED: i32 = 1016;
/// Jobs that must be answered in spite of the full pool.
const JOBS: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn workers_get_into_a_pool_that_others_keep_full() {
	let limit = POOL_LIMIT.to_string();
	let node = Node::dev(&["--pool-limit", &limit]).await;
	let chain = TestChain::new(&node).await;
	let submission = ModelSubmission::digits();
	submission.upload(&node).await;
	send(&node, Dave, submission.submit_call()).await;
	assert_eq!(
		node.wait_for_probe(submission.id(), MAX_JOB_BLOCKS).await,
		ModelStatus::Open
	);
	let image = read_rows(&digits("test_images.npy"), 1);
	let jobs = chain.request(submission.id(), Payload::of(image.encode()), JOBS).await;
	let answers = node.worker(&alice()).await.record.answers;

	let (ferdie, last) = (
		Ferdie.to_account_id(),
		node.height().await + COMMIT_PERIOD + REVEAL_PERIOD + CHALLENGE_WINDOW,
	);
	let mut was_full = false;
	while !have_ended(&node, &jobs).await {
		let nonce = node.nonce(&ferdie).await;
		for nonce in nonce..nonce + POOL_LIMIT {
			let remark = vec![0; FILLER_SIZE];
			let call = frame_system::Call::<Runtime>::remark { remark };
			let filler = sign(Ferdie, nonce, chain.genesis, call);
			if let Err(error) = node.submit(&filler).await {
				was_full |= error.code == IMMEDIATELY_DROPPED;
				break;
			}
		}
		assert!(node.height().await <= last, "the jobs have not ended");
	}
	assert!(was_full, "the pool was never full");
	let stats = node.stats().await;
	assert_eq!(
		(stats.answered_items, stats.no_shows, stats.slashed),
		(JOBS.into(), 0, 0)
	);
	assert_eq!(node.worker(&alice()).await.record.answers - answers, u64::from(JOBS));
}

async fn have_ended(node: &Node, jobs: &[JobId]) -> bool {
	for job in jobs {
		if !has_ended(&node.job(*job).await.status) {
			return false;
		}
	}
	true
}
