//! Submissions by strangers, stale ones, replayed ones and false ones, all kept out by the pool. The node's own off-chain worker
//! is off: the test has Alice's key and does her work, honestly and otherwise.

use assay_primitives::{
	api::{JobStatus, RefundReason},
	key::{commitment, salt, salt_message},
	task::model_id,
	Artifact, BoundedSpec, JobId, Outcome, Payload,
};
use assay_runtime::{AccountId, Balance, Hash, Runtime, RuntimeCall, UncheckedExtrinsic, MILLI_ASY};
use assay_tests::{
	extrinsic::{authorized, send, signed, worker_pair},
	until, Node, SOON,
};
use codec::Encode;
use pallet_jobs::{CommitBatch, Reveal, RevealBatch, Terms};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave, Eve, Ferdie};
use std::time::Duration;

type Call = pallet_jobs::Call<Runtime>;

const PRICE: Balance = 10 * MILLI_ASY;

/// What the pool says, in the words of `InvalidTransaction`.
const STALE: &str = "Transaction is outdated";
const BAD_PROOF: &str = "Transaction has a bad signature";
const MALFORMED: &str = "Transaction call is not expected";

/// Time for the 21 blocks until a silent executor's job is refunded, and half as much again.
const DEADLINE: Duration = Duration::from_secs(100);

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_keeps_out_what_no_honest_worker_sends() {
	let node = Node::dev(&["--offchain-worker", "never"]).await;
	let chain = Chain::with_jobs(&node, 3).await;
	let [answered, held_back, missed] = [0, 1, 2].map(JobId);

	forged_commitments_are_refused(&chain, answered).await;
	malformed_commitments_are_refused(&chain, &[answered, held_back]).await;
	replayed_commitments_are_refused(&chain, &[answered, held_back]).await;
	false_reveals_are_refused(&chain, answered, missed).await;
	replayed_reveals_are_refused(&chain, answered).await;
	a_signed_submission_costs_its_signer(&chain, missed).await;
	submissions_after_the_deadline_are_refused(&chain, missed, held_back).await;
}

/// What an honest worker would have found.
fn outcome() -> Payload {
	Payload::of(Outcome::Answer(Vec::new()).encode())
}

fn alice() -> AccountId {
	Alice.to_account_id()
}

struct Chain<'a> {
	node: &'a Node,
	genesis: Hash,
}

impl<'a> Chain<'a> {
	/// Dave's model, served by Alice and asked by Eve. That there is no such file is nobody's concern here.
	async fn with_jobs(node: &'a Node, jobs: u32) -> Self {
		let (engine, artifact, spec) = (node.engine().await, Artifact::of(b"no model"), BoundedSpec::default());
		let model = model_id(engine, artifact.id, &spec);
		let submit = pallet_models::Call::submit {
			spec,
			artifact,
			engine,
			metadata: pallet_models::Metadata {
				name: b"none".to_vec().try_into().expect("a short name"),
				description: Default::default(),
			},
			price: PRICE,
		};
		send(node, Dave, submit).await;
		until("the model is open", SOON, || node.find_model(model)).await;
		send(node, Alice, pallet_workers::Call::serve { model, slots: jobs }).await;
		until("the model is served", SOON, || async {
			(node.model(model).await.free_slots == jobs).then_some(())
		})
		.await;
		let request = RuntimeCall::from(Call::request {
			model,
			input: Payload::of(b"input".to_vec()),
			terms: Terms { max_fee: PRICE },
		});
		let calls = vec![request; jobs as usize];
		send(node, Eve, pallet_utility::Call::batch_all { calls }).await;
		until("the jobs are there", SOON, || node.find_job(JobId(u64::from(jobs) - 1))).await;
		let genesis = node.genesis().await;
		Self { node, genesis }
	}

	/// The salt that Alice's node would use.
	fn salt(&self, job: JobId) -> Hash {
		salt(&worker_pair("//Alice").sign(&salt_message(self.genesis, job, &alice())))
	}

	/// Alice's commitments to these jobs, signed by the key of `seed`.
	fn commit(&self, jobs: &[JobId], seed: &str) -> UncheckedExtrinsic {
		self.commit_as(alice(), jobs, seed, self.genesis)
	}

	fn commit_as(&self, worker: AccountId, jobs: &[JobId], seed: &str, genesis: Hash) -> UncheckedExtrinsic {
		let bound = |job| commitment(self.genesis, job, &worker, outcome().outcome_digest(), self.salt(job));
		let commits: Vec<_> = jobs.iter().map(|job| (*job, bound(*job))).collect();
		let commits = commits.try_into().expect("few jobs");
		let batch = CommitBatch { worker, commits };
		let signature = worker_pair(seed).sign(&batch.message(genesis));
		authorized(Call::commit { batch, signature })
	}

	/// Alice's answer to a job, signed by the key of `seed`.
	fn reveal(&self, job: JobId, outcome: Payload, salt: Hash, seed: &str) -> UncheckedExtrinsic {
		let reveals = vec![Reveal { job, outcome, salt }].try_into().expect("one job");
		let batch = RevealBatch {
			worker: alice(),
			reveals,
		};
		let signature = worker_pair(seed).sign(&batch.message(self.genesis));
		authorized(Call::reveal { batch, signature })
	}

	fn honest_reveal(&self, job: JobId) -> UncheckedExtrinsic {
		self.reveal(job, outcome(), self.salt(job), "//Alice")
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

	async fn status(&self, job: JobId) -> JobStatus<u32> {
		self.node.job(job).await.status
	}
}

async fn forged_commitments_are_refused(chain: &Chain<'_>, job: JobId) {
	let forged = chain.commit(&[job], "//Mallory");
	chain.refuses("a stranger's signature", &forged, BAD_PROOF).await;
	let elsewhere = chain.commit_as(alice(), &[job], "//Alice", Hash::repeat_byte(1));
	chain
		.refuses("a signature for another chain", &elsewhere, BAD_PROOF)
		.await;
	let usurped = chain.commit_as(Bob.to_account_id(), &[job], "//Bob", chain.genesis);
	chain.refuses("a commitment to another's job", &usurped, STALE).await;
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
		.refuses("a job that is not", &shape(&[first, JobId(99)]), STALE)
		.await;
}

async fn replayed_commitments_are_refused(chain: &Chain<'_>, jobs: &[JobId; 2]) {
	let commit = chain.commit(jobs, "//Alice");
	chain.accepts("an honest commitment", &commit).await;
	// Another transaction with the same effect finds its place in the pool taken.
	let second = chain.commit(&jobs[..1], "//Alice");
	chain.refuses("a second commitment beside the first", &second, "").await;
	until("the commitments are in a block", SOON, || async {
		matches!(chain.status(jobs[1]).await, JobStatus::Revealing { .. }).then_some(())
	})
	.await;
	chain.refuses("the same commitment again", &commit, "").await;
	let again = chain.commit(&jobs[1..], "//Alice");
	chain
		.refuses("a second commitment after the first", &again, STALE)
		.await;
}

async fn false_reveals_are_refused(chain: &Chain<'_>, job: JobId, uncommitted: JobId) {
	let other = Payload::of(Outcome::Answer(Vec::new()).encode().repeat(2));
	let lie = chain.reveal(job, other, chain.salt(job), "//Alice");
	chain.refuses("another outcome than committed", &lie, BAD_PROOF).await;
	let unopened = chain.reveal(job, outcome(), Hash::zero(), "//Alice");
	chain.refuses("another salt than committed", &unopened, BAD_PROOF).await;
	let forged = chain.reveal(job, outcome(), chain.salt(job), "//Mallory");
	chain.refuses("a stranger's signature", &forged, BAD_PROOF).await;
	let early = chain.honest_reveal(uncommitted);
	chain.refuses("an answer before a commitment", &early, STALE).await;
}

async fn replayed_reveals_are_refused(chain: &Chain<'_>, job: JobId) {
	let reveal = chain.honest_reveal(job);
	chain.accepts("an honest reveal", &reveal).await;
	let job = chain.node.ended(job, SOON).await;
	assert!(matches!(job.status, JobStatus::Settled { .. }), "{:?}", job.status);
	chain.refuses("the same reveal again", &reveal, "").await;
	let anew = chain.reveal(job.id, outcome(), chain.salt(job.id), "//Mallory");
	chain.refuses("an answer to a settled job", &anew, STALE).await;
}

/// Only what authorises itself is free of charge: by signing it as an ordinary account nobody fills blocks for nothing.
async fn a_signed_submission_costs_its_signer(chain: &Chain<'_>, job: JobId) {
	let ferdie = Ferdie.to_account_id();
	let before = chain.node.funds(&ferdie).await;
	let call = chain.commit(&[job], "//Alice").function;
	let nonce = chain.node.nonce(&ferdie).await;
	let transaction = signed(Ferdie, nonce, chain.genesis, call);
	if chain.node.submit(&transaction).await.is_ok() {
		until("the transaction has left the pool", SOON, || async {
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

async fn submissions_after_the_deadline_are_refused(chain: &Chain<'_>, missed: JobId, held_back: JobId) {
	let eve = Eve.to_account_id();
	let before = chain.node.funds(&eve).await;
	assert_eq!(before.held, 2 * PRICE);
	for (job, expected) in [(missed, RefundReason::NoCommit), (held_back, RefundReason::NoReveal)] {
		let (JobStatus::Claiming { deadline } | JobStatus::Revealing { deadline, .. }) = chain.status(job).await else {
			panic!("job {job} has ended early")
		};
		match chain.node.ended(job, DEADLINE).await.status {
			JobStatus::Refunded { at, reason } => assert_eq!((at, reason), (deadline + 1, expected)),
			status => panic!("{status:?}"),
		}
	}
	chain
		.refuses("a late commitment", &chain.commit(&[missed], "//Alice"), STALE)
		.await;
	chain
		.refuses("a late reveal", &chain.honest_reveal(held_back), STALE)
		.await;
	let after = chain.node.funds(&eve).await;
	assert_eq!((after.free, after.held), (before.free + 2 * PRICE, 0));
	let record = chain.node.worker(&alice()).await;
	assert_eq!((record.answers, record.no_shows), (1, 2));
}
