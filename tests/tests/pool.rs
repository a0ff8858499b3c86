//! What the pool keeps out: submissions and votes by strangers, stale ones, replayed ones and false ones. The node's own off-chain
//! worker is off: the test has Alice's keys and does her work, honestly and otherwise. And what it lets in though it is full.

use assay_primitives::{
	api::{ModelStatus, RefundReason},
	key::{commitment, salt, salt_message, VoterPair},
	probe::finding_answer,
	Answer, JobId, ModelId, Outcome, OutcomeDigest, Payload,
};
use assay_runtime::{AccountId, Balance, Hash, Runtime, RuntimeCall, UncheckedExtrinsic, ASY};
use assay_testing::{
	case::LONGEST,
	draft::floats,
	extrinsic::{authorized, send, signed, worker_pair},
	files::{digits, rows},
	governance::{Rules, BOND, CHALLENGE_BOND, COMMIT, FINE, REVEAL, WINDOW},
	market::terms,
	rpc::{has_ended, JobStatus},
	Draft, Node,
};
use codec::Encode;
use pallet_disputes::Ballot;
use pallet_jobs::{Step, Submission};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave, Eve, Ferdie};

type Call = pallet_jobs::Call<Runtime>;

/// What the pool says, in the words of `InvalidTransaction`.
const STALE: &str = "Transaction is outdated";
const BAD_PROOF: &str = "Transaction has a bad signature";
const MALFORMED: &str = "Transaction call is not expected";

/// Blocks for what should happen in the next one or two.
const FEW: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_keeps_out_what_no_honest_worker_sends() {
	let node = Node::dev(&["--offchain-worker", "never"]).await;
	let chain = Chain::new(&node).await;
	let jobs = chain.with_jobs(3).await;
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

/// What an honest worker would have found.
fn answer() -> Answer {
	Answer::of(&[Outcome::Answer(Vec::new())]).0
}

/// What it would not.
fn lie() -> Answer {
	Answer::of(&[Outcome::Fault(assay_primitives::FaultCode::Trap)]).0
}

fn alice() -> AccountId {
	Alice.to_account_id()
}

struct Chain<'a> {
	node: &'a Node,
	genesis: Hash,
}

impl<'a> Chain<'a> {
	async fn new(node: &'a Node) -> Self {
		Rules::default().decree(node).await;
		Self {
			node,
			genesis: node.genesis().await,
		}
	}

	/// Dave's model, served by Alice and asked by Eve. There is no such file, which is nobody's concern here: Alice says that it is
	/// what Dave states, as worker and as the only validator.
	async fn with_jobs(&self, jobs: u32) -> Vec<JobId> {
		let (node, draft) = (self.node, Draft::invented(b"no model".to_vec()));
		send(node, Dave, draft.call()).await;
		let model = node
			.within(FEW, "the model is on probation", || node.find_model(draft.id()))
			.await;
		self.reproduce(model.probe).await;
		assert_eq!(node.judged(model.id, FEW).await, ModelStatus::Open);
		self.asked(model.id, Payload::of(vec![floats(&[2.0])].encode()), jobs)
			.await
	}

	/// Does Alice's part in the probe, from the claim to the verdict.
	async fn reproduce(&self, probe: JobId) {
		let reproduced = finding_answer(&Ok(()));
		let digest = reproduced.digest();
		self.accepts("a claim", &self.submission(vec![self.bind(probe, digest)], "//Alice"))
			.await;
		self.when(probe, FEW, "to be revealed", |status| {
			matches!(status, JobStatus::Revealing { .. })
		})
		.await;
		self.accepts("a finding", &self.reveal(probe, digest, Some(reproduced), "//Alice"))
			.await;
		self.node
			.within(FEW, "the validators look as well", || self.node.dispute(probe))
			.await;
		self.accepts("a vote", &self.vote_for(&[probe], digest, "//Alice", "//Alice"))
			.await;
	}

	/// A model served by Alice and asked by Eve so often. Returns the jobs.
	async fn asked(&self, model: ModelId, input: Payload, jobs: u32) -> Vec<JobId> {
		let node = self.node;
		let slots = jobs;
		send(node, Alice, pallet_workers::Call::<Runtime>::serve { model, slots }).await;
		node.within(FEW, "the model is served", || async {
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
		let asked: Vec<_> = (first..).take(jobs as usize).map(JobId).collect();
		for job in &asked {
			node.within(FEW, "the jobs are there", || node.find_job(*job)).await;
		}
		let held = node.funds(&Eve.to_account_id()).await.held;
		assert_eq!(held, fee.total() * Balance::from(jobs));
		asked
	}

	/// The salt that Alice's node would use.
	fn salt(&self, job: JobId) -> Hash {
		salt(&worker_pair("//Alice").sign(&salt_message(self.genesis, &alice())), job)
	}

	/// These steps of Alice's, signed by the key of `seed`.
	fn submission(&self, steps: Vec<Step>, seed: &str) -> UncheckedExtrinsic {
		self.submission_of(alice(), steps, seed, self.genesis)
	}

	fn submission_of(&self, worker: AccountId, steps: Vec<Step>, seed: &str, genesis: Hash) -> UncheckedExtrinsic {
		let steps = steps.try_into().expect("few steps");
		let submission = Submission { worker, at: 0, steps };
		let signature = worker_pair(seed).sign(&submission.message(genesis));
		authorized(Call::submit { submission, signature })
	}

	/// Alice's commitment to an answer.
	fn bind(&self, job: JobId, digest: OutcomeDigest) -> Step {
		let commitment = commitment(self.genesis, job, &alice(), digest, self.salt(job));
		Step::Commit { job, commitment }
	}

	/// Her honest one.
	fn honest(&self, job: JobId) -> Step {
		self.bind(job, answer().digest())
	}

	/// Alice's commitments to these jobs, signed by the key of `seed`.
	fn commit(&self, jobs: &[JobId], seed: &str) -> UncheckedExtrinsic {
		self.submission(jobs.iter().map(|job| self.honest(*job)).collect(), seed)
	}

	/// Alice's answer to a job, signed by the key of `seed`.
	fn reveal(&self, job: JobId, digest: OutcomeDigest, answer: Option<Answer>, seed: &str) -> UncheckedExtrinsic {
		let salt = self.salt(job);
		let step = Step::Reveal {
			job,
			digest,
			salt,
			answer,
		};
		self.submission(vec![step], seed)
	}

	fn honest_reveal(&self, job: JobId) -> UncheckedExtrinsic {
		self.reveal(job, answer().digest(), Some(answer()), "//Alice")
	}

	/// An honest vote of the validator with the key of `voter`, signed by that of `seed`.
	fn vote(&self, jobs: &[JobId], voter: &str, seed: &str) -> UncheckedExtrinsic {
		self.vote_for(jobs, answer().digest(), voter, seed)
	}

	fn vote_for(&self, jobs: &[JobId], digest: OutcomeDigest, voter: &str, seed: &str) -> UncheckedExtrinsic {
		let pair = |seed| VoterPair::from_string(seed, None).expect("a development seed");
		let votes: Vec<_> = jobs.iter().map(|job| (*job, digest)).collect();
		let ballot = Ballot {
			voter: pair(voter).public(),
			at: 0,
			votes: votes.try_into().expect("few votes"),
		};
		let signature = pair(seed).sign(&ballot.message(self.genesis));
		authorized(pallet_disputes::Call::<Runtime>::vote { ballot, signature })
	}

	async fn accepts(&self, what: &str, transaction: &UncheckedExtrinsic) {
		if let Err(error) = self.node.submit(transaction).await {
			panic!("{what} was refused: {error:?}");
		}
	}

	async fn refuses(&self, what: &str, transaction: &UncheckedExtrinsic, reason: &str) {
		match self.node.submit(transaction).await {
			Ok(_) => panic!("{what} was let in"),
			Err(error) => assert!(error.reason.contains(reason), "{what}: {error:?}"),
		}
		assert!(
			!self.node.pending().await.contains(transaction),
			"{what} is in the pool"
		);
	}

	async fn status(&self, job: JobId) -> JobStatus {
		self.node.job(job).await.status
	}

	/// Waits until a job is in a state that `wanted` knows.
	async fn when(&self, job: JobId, blocks: u32, what: &str, wanted: fn(&JobStatus) -> bool) {
		self.node
			.within(blocks, &format!("job {job} is {what}"), || async {
				wanted(&self.status(job).await).then_some(())
			})
			.await;
	}
}

async fn forged_commitments_are_refused(chain: &Chain<'_>, job: JobId) {
	let forged = chain.commit(&[job], "//Mallory");
	chain.refuses("a stranger's signature", &forged, BAD_PROOF).await;
	let elsewhere = chain.submission_of(alice(), vec![chain.honest(job)], "//Alice", Hash::repeat_byte(1));
	chain
		.refuses("a signature for another chain", &elsewhere, BAD_PROOF)
		.await;
	let usurped = chain.submission_of(Bob.to_account_id(), vec![chain.honest(job)], "//Bob", chain.genesis);
	chain.refuses("a commitment of nobody's", &usurped, "").await;
	let RuntimeCall::Jobs(call) = chain.commit(&[job], "//Alice").function else {
		unreachable!("made above")
	};
	let bare = UncheckedExtrinsic::new_bare(call.into());
	chain.refuses("a bare extrinsic", &bare, "").await;
}

async fn malformed_commitments_are_refused(chain: &Chain<'_>, jobs: &[JobId; 2]) {
	let [first, second] = *jobs;
	let shape = |jobs: &[JobId]| chain.commit(jobs, "//Alice");
	chain.refuses("nothing at all", &shape(&[]), MALFORMED).await;
	chain.refuses("one job twice", &shape(&[first, first]), MALFORMED).await;
	chain
		.refuses("jobs out of order", &shape(&[second, first]), MALFORMED)
		.await;
	chain
		.refuses("a job that is not", &shape(&[first, JobId(999)]), STALE)
		.await;
}

async fn replayed_commitments_are_refused(chain: &Chain<'_>, jobs: &[JobId; 2]) {
	let commit = chain.commit(jobs, "//Alice");
	chain.accepts("an honest commitment", &commit).await;
	// Another transaction with the same effect finds its place in the pool taken.
	let second = chain.commit(&jobs[..1], "//Alice");
	chain.refuses("a second commitment beside the first", &second, "").await;
	chain
		.when(jobs[1], FEW, "claimed", |status| {
			!matches!(status, JobStatus::Claiming { .. })
		})
		.await;
	let early = chain.honest_reveal(jobs[0]);
	if matches!(chain.status(jobs[0]).await, JobStatus::Drawing { .. }) {
		chain.refuses("an answer before the draw", &early, STALE).await;
	}
	for job in jobs {
		chain
			.when(*job, FEW, "to be revealed", |status| {
				matches!(status, JobStatus::Revealing { .. })
			})
			.await;
	}
	chain.refuses("the same commitment again", &commit, "").await;
	let again = chain.commit(&jobs[1..], "//Alice");
	chain
		.refuses("a second commitment after the first", &again, STALE)
		.await;
}

async fn false_reveals_are_refused(chain: &Chain<'_>, job: JobId, uncommitted: JobId) {
	let digest = answer().digest();
	let other = chain.reveal(job, lie().digest(), Some(lie()), "//Alice");
	chain.refuses("another answer than committed", &other, BAD_PROOF).await;
	let disguised = chain.reveal(job, digest, Some(lie()), "//Alice");
	chain
		.refuses("another answer under the right name", &disguised, BAD_PROOF)
		.await;
	let nothing = chain.reveal(job, digest, None, "//Alice");
	chain.refuses("a name that nobody has answered", &nothing, STALE).await;
	let unopened = Step::Reveal {
		job,
		digest,
		salt: Hash::zero(),
		answer: Some(answer()),
	};
	let unopened = chain.submission(vec![unopened], "//Alice");
	chain.refuses("another salt than committed", &unopened, BAD_PROOF).await;
	let forged = chain.reveal(job, digest, Some(answer()), "//Mallory");
	chain.refuses("a stranger's signature", &forged, BAD_PROOF).await;
	let early = chain.honest_reveal(uncommitted);
	chain.refuses("an answer before a commitment", &early, STALE).await;
}

async fn replayed_reveals_are_refused(chain: &Chain<'_>, job: JobId) {
	let reveal = chain.honest_reveal(job);
	chain.accepts("an honest reveal", &reveal).await;
	chain
		.when(job, FEW, "provisional", |status| {
			matches!(status, JobStatus::Provisional { .. })
		})
		.await;
	chain.refuses("the same reveal again", &reveal, "").await;
	let anew = chain.reveal(job, lie().digest(), Some(lie()), "//Alice");
	chain.refuses("another answer to an answered job", &anew, STALE).await;
}

/// Only what authorises itself is free of charge: by signing it as an ordinary account nobody fills blocks for nothing.
async fn a_signed_submission_costs_its_signer(chain: &Chain<'_>, job: JobId) {
	let ferdie = Ferdie.to_account_id();
	let before = chain.node.funds(&ferdie).await;
	let call = chain.commit(&[job], "//Alice").function;
	let nonce = chain.node.nonce(&ferdie).await;
	let transaction = signed(Ferdie, nonce, chain.genesis, call);
	if chain.node.submit(&transaction).await.is_ok() {
		chain
			.node
			.within(FEW, "the transaction has left the pool", || async {
				(!chain.node.pending().await.contains(&transaction)).then_some(())
			})
			.await;
		assert!(
			chain.node.funds(&ferdie).await.free < before.free,
			"a failing transaction was free"
		);
	}
	assert!(matches!(chain.status(job).await, JobStatus::Claiming { .. }));
}

/// Ferdie challenges what is right, and Alice, all validators there are, says so.
async fn forged_votes_are_refused(chain: &Chain<'_>, job: JobId) {
	let early = chain.vote(&[job], "//Alice", "//Alice");
	chain.refuses("a vote in no dispute", &early, STALE).await;
	let (node, ferdie) = (chain.node, Ferdie.to_account_id());
	let challenge = pallet_disputes::Call::<Runtime>::challenge { job, answer: lie() };
	send(node, Ferdie, challenge).await;
	let dispute = node.within(FEW, "the result is disputed", || node.dispute(job)).await;
	assert_eq!((dispute.electorate, dispute.quorum), (1, 1));
	assert_eq!(node.funds(&ferdie).await.held, CHALLENGE_BOND);

	let forged = chain.vote(&[job], "//Alice", "//Mallory");
	chain.refuses("a forged vote", &forged, BAD_PROOF).await;
	let stranger = chain.vote(&[job], "//Mallory", "//Mallory");
	chain.refuses("a stranger's vote", &stranger, STALE).await;
	let twice = chain.vote(&[job, job], "//Alice", "//Alice");
	chain.refuses("two votes on one job", &twice, MALFORMED).await;
	let nothing = chain.vote(&[], "//Alice", "//Alice");
	chain.refuses("no vote at all", &nothing, MALFORMED).await;

	let before = node.funds(&alice()).await.total();
	let vote = chain.vote(&[job], "//Alice", "//Alice");
	chain.accepts("Alice's vote", &vote).await;
	let job = node.ended(job, FEW).await;
	let JobStatus::Settled { digest, assurance, .. } = &job.status else {
		panic!("{:?}", job.status)
	};
	assert_eq!(
		(*digest, assurance.verdict),
		(answer().digest(), Some(answer().digest()))
	);
	chain.refuses("the same vote again", &vote, "").await;
	let anew = chain.reveal(job.id, answer().digest(), None, "//Mallory");
	chain.refuses("an answer to a settled job", &anew, STALE).await;
	// Whoever accuses wrongly pays those it accused, as far as its bond is not burned.
	let burned = node.protocol().await.security.slash.burn.mul_floor(CHALLENGE_BOND);
	let gained = node.funds(&alice()).await.total() - before;
	assert_eq!(gained, job.fee.pay + CHALLENGE_BOND - burned);
	assert_eq!(node.funds(&ferdie).await.held, 0);
}

async fn submissions_after_the_deadline_are_refused(chain: &Chain<'_>, missed: JobId, held_back: JobId) {
	let (node, eve) = (chain.node, Eve.to_account_id());
	for (job, expected) in [(missed, RefundReason::NoClaim), (held_back, RefundReason::NoReveal)] {
		let deadline = match chain.status(job).await {
			JobStatus::Claiming { deadline } | JobStatus::Revealing { deadline } => Some(deadline),
			JobStatus::Refunded { .. } => None,
			status => panic!("job {job}: {status:?}"),
		};
		match node.ended(job, COMMIT + REVEAL + WINDOW).await.status {
			JobStatus::Refunded { at, reason, .. } => {
				assert_eq!(reason, expected);
				assert!(deadline.is_none_or(|deadline| at == deadline + 1), "{at}, {deadline:?}");
			}
			status => panic!("{status:?}"),
		}
	}
	chain
		.refuses("a late commitment", &chain.commit(&[missed], "//Alice"), STALE)
		.await;
	chain
		.refuses("a late reveal", &chain.honest_reveal(held_back), STALE)
		.await;
	assert_eq!(node.funds(&eve).await.held, 0);
	let worker = node.worker(&alice()).await;
	let record = &worker.record;
	// The probe was one answer, and one job more.
	assert_eq!((record.answers, record.no_shows, record.wrong), (2, 1, 1));
	assert_eq!(worker.stake, 10_000 * ASY - FINE - BOND);
	let stats = node.stats().await;
	assert_eq!(
		(stats.settled, stats.answered, stats.refunded, stats.slashed),
		(2, 1, 2, FINE + BOND)
	);
}

/// Bytes of one of the transactions that fill the pool; a block takes some forty of them.
const FILLER: usize = 90 * 1024;
/// Transactions that the pool has room for.
const ROOM: u32 = 64;
/// What JSON-RPC says of a transaction for which there is none.
const IMMEDIATELY_DROPPED: i32 = 1016;
/// Jobs that are answered all the same.
const JOBS: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn workers_get_through_a_pool_that_others_keep_full() {
	let room = ROOM.to_string();
	let node = Node::dev(&["--pool-limit", &room]).await;
	let chain = Chain::new(&node).await;
	let draft = Draft::digits();
	draft.store(&node).await;
	send(&node, Dave, draft.call()).await;
	assert_eq!(node.judged(draft.id(), LONGEST).await, ModelStatus::Open);
	let question = rows(&digits("test_images.npy"), 1);
	let jobs = chain.asked(draft.id(), Payload::of(question.encode()), JOBS).await;
	let answers = node.worker(&alice()).await.record.answers;

	let (ferdie, last) = (Ferdie.to_account_id(), node.height().await + COMMIT + REVEAL + WINDOW);
	let mut was_full = false;
	while !have_ended(&node, &jobs).await {
		let nonce = node.nonce(&ferdie).await;
		for nonce in nonce..nonce + ROOM {
			let remark = vec![0; FILLER];
			let call = frame_system::Call::<Runtime>::remark { remark };
			let filler = signed(Ferdie, nonce, chain.genesis, call);
			if let Err(error) = node.submit(&filler).await {
				was_full |= error.code == IMMEDIATELY_DROPPED;
				break;
			}
		}
		assert!(node.height().await <= last, "the jobs have not ended");
	}
	assert!(was_full, "the pool was never full");
	let stats = node.stats().await;
	assert_eq!((stats.answered, stats.no_shows, stats.slashed), (JOBS.into(), 0, 0));
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
