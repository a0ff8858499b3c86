//! The traits through which pallets meet. A pallet knows these traits, never another pallet's crate; the runtime joins
//! them.

use crate::{
	api::{Assurance, Role, Verdict},
	batch::Answer,
	bounds::Capacity,
	key::WorkerKey,
	probe::{BoundedPort, Probe},
	terms::{Fee, Terms},
	Artifact, BoundedSpec, EngineId, Finding, JobId, ModelId, ModelRef, OutcomeDigest, Payload, Task, TaskId,
};
use alloc::vec::Vec;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use sp_weights::Weight;

/// The terms on which a model accepts jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelTerms<AccountId, Balance> {
	pub owner: AccountId,
	/// What the owner gets for each item answered.
	pub royalty: Balance,
	/// The number of multiply-accumulates that one item takes.
	pub macs: u64,
	/// Whether token holders have voted for the model.
	pub listed: bool,
}

/// What a model consists of, and what running it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSource {
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
}

/// The registry of models.
pub trait ModelRegistry<AccountId, Balance> {
	/// Returns the model that `model` names now; `None` if there is no family or version of that name. An id need not
	/// belong to a known model.
	fn resolve(model: &ModelRef) -> Option<ModelId>;

	/// Whether workers may offer slots for `model`: it accepts jobs, or it is the [pool](crate::probe::probe_pool) for
	/// the probes of a listed engine.
	fn is_servable(model: &ModelId) -> bool;

	/// Returns the inputs of the model's graph in its own order; none if the model is unknown.
	fn inputs(model: &ModelId) -> Vec<BoundedPort>;

	/// Returns the terms on which `model` accepts new jobs; `None` if it is unknown or accepts none.
	fn terms(model: &ModelId) -> Option<ModelTerms<AccountId, Balance>>;

	/// Returns what `model` consists of, whatever its status: records stay re-derivable. `None` if it is unknown.
	fn source(model: &ModelId) -> Option<ModelSource>;

	/// Whether `model` is in quarantine or barred, so that no job may be settled with its answer.
	fn is_quarantined(model: &ModelId) -> bool;
}

/// Starts probes.
pub trait Prober<AccountId, Balance> {
	/// Starts a probe at the expense of `owner`, who pays at most `max_fee`. Exactly one [`OnProbed::on_probed`]
	/// follows, in a later block.
	fn probe(owner: &AccountId, probe: Probe, max_fee: Balance) -> Result<JobId, DispatchError>;

	/// Returns what a probe would cost now.
	fn quote(probe: &Probe) -> Fee<Balance>;
}

/// Is notified of the end of probes.
pub trait OnProbed {
	/// Notifies that the finding of the job `probe` on `model` is final; `None` if the probe ended without one.
	fn on_probed(probe: JobId, model: &ModelId, finding: Option<Finding>);

	/// Returns the maximum weight of one call.
	fn weight() -> Weight;
}

/// Is notified of quarantines.
pub trait OnQuarantine {
	/// Notifies that `model` no longer accepts jobs, and that those in flight must end. An error refuses the
	/// quarantine.
	fn on_quarantine(model: &ModelId) -> DispatchResult;
}

impl OnQuarantine for () {
	fn on_quarantine(_: &ModelId) -> DispatchResult {
		Ok(())
	}
}

/// How a slot was used between its draw and its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotUse {
	/// The worker answered in this `role`. `confirmed`: a verdict confirmed the answer.
	Answered { role: Role, confirmed: bool },
	/// The job ended without judging the worker's answer, through no fault of the worker.
	Unused,
}

/// Why a worker is penalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
	/// It did not commit in time.
	NoShow,
	/// It committed and did not reveal, which counts as a wrong answer.
	Silence,
	/// A verdict contradicts its answer.
	WrongAnswer,
}

/// What a penalty took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Penalty<Balance> {
	/// Taken from the worker's stake.
	pub taken: Balance,
	/// The part of `taken` that was burned.
	pub burned: Balance,
}

/// A worker that a draw named for a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<AccountId> {
	pub worker: AccountId,
	/// Whether the worker takes the check. Otherwise the place is a *gap*: the worker lacks stake, or has too many open
	/// checks. Nobody else takes the place under the same seed.
	pub is_drawn: bool,
}

/// The bonded capacity behind each model. Each draw gives a worker a duty in a job: busy slots of its own to an
/// executor, a check to a checker or auditor. Exactly one [`release`](WorkerPool::release) or
/// [`penalise`](WorkerPool::penalise) must follow.
pub trait WorkerPool<AccountId, Balance> {
	/// Draws the executor of `job`, which gets `slots` free slots of `model`: the worker of a slot that `seed` chooses
	/// uniformly among those of workers that are not `excluded`. A worker with fewer free slots is passed over, a
	/// bounded number of times. Returns the worker; `None` if none was found, or if the pool cannot promise the
	/// `checks` checks that the job may need besides those of other jobs. The promise lasts as long as the slots are
	/// busy.
	fn draw_executor(
		model: &ModelId,
		job: JobId,
		seed: H256,
		excluded: &[AccountId],
		slots: u32,
		checks: u32,
	) -> Option<AccountId>;

	/// Names a worker for a check of `job` for each of `seeds`, in order: the owner of a ticket of `model` that the
	/// seed chooses uniformly among those of workers that are neither `excluded` nor named before. Returns fewer if no
	/// such ticket is left. Who is named depends on nothing that was submitted within the last
	/// [`ticket_age`](WorkerPool::ticket_age) blocks.
	fn draw_checkers(model: &ModelId, job: JobId, seeds: &[H256], excluded: &[AccountId]) -> Vec<Named<AccountId>>;

	/// Ends the duty of `worker` in `job`.
	fn release(model: &ModelId, worker: &AccountId, job: JobId, slot_use: SlotUse) -> DispatchResult;

	/// Takes `amount`, at most a [`slot_bond`](WorkerPool::slot_bond) for each slot of the duty, from the funds of
	/// `worker`, as far as they reach. Pays each of `payees` its part, and burns the rest and what cannot be received.
	/// Ends the duty of the worker in `job`, and the worker offers one slot fewer for each bond that was to be taken,
	/// in whole or in part.
	fn penalise(
		model: &ModelId,
		worker: &AccountId,
		job: JobId,
		offence: Offence,
		amount: Balance,
		payees: &[(AccountId, Balance)],
	) -> Result<Penalty<Balance>, DispatchError>;

	/// Returns the stake behind each slot.
	fn slot_bond() -> Balance;

	/// Returns the number of blocks for which a change of tickets waits before it takes effect.
	fn ticket_age() -> u32;

	/// Returns the number of slots of `model` from which an executor is drawn.
	fn free_slots(model: &ModelId) -> u32;

	/// Returns the number of checks of `model` that can be promised besides those of live jobs.
	fn free_checks(model: &ModelId) -> u32;

	/// Returns what stands behind the answers of `model`.
	fn capacity(model: &ModelId) -> Capacity;

	/// Returns the number of workers with at least one ticket of `model`.
	fn available_workers(model: &ModelId) -> u32;

	/// Returns the number of duties of `worker` for `model` that fall to each of its slots, rounded up.
	fn workload(model: &ModelId, worker: &AccountId) -> u32;

	/// Returns the jobs in which `worker` has a duty.
	fn assigned_jobs(worker: &AccountId) -> Vec<JobId>;

	/// Returns the key with which `worker` signs; `None` if it is not registered.
	fn key(worker: &AccountId) -> Option<WorkerKey>;

	/// Returns the worker that signs with `key`.
	fn worker(key: &WorkerKey) -> Option<AccountId>;
}

/// The end of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling<AccountId> {
	pub verdict: Verdict,
	/// The accounts that challenged the result with this verdict's digest.
	pub upheld: Vec<AccountId>,
	/// The right answer, if the job lacked it and somebody brought it.
	pub answer: Option<Answer>,
}

/// Decides disputes.
pub trait Tribunal<BlockNumber> {
	/// Opens a dispute over `job`, which must not be disputed, before the validators of this session. They have
	/// `period` blocks to vote in the first round. Exactly one [`DisputedJobs::apply_ruling`] follows.
	fn open(job: JobId, period: BlockNumber);
}

/// Measures challenge windows: only blocks in which a challenge had room count.
pub trait ChallengeLane {
	/// Returns the number of finished blocks that had room for a challenge, since genesis.
	fn blocks_with_room() -> u64;
}

/// The jobs that the tribunal decides on.
pub trait DisputedJobs<AccountId, BlockNumber> {
	/// Returns the task of `job`, which every validator runs.
	fn task(job: JobId) -> Option<Task>;

	/// Returns the name of the task of `job`. Another fork may give the same number to another task.
	fn task_id(job: JobId) -> Option<TaskId>;

	/// Returns the number of the next job: every job has a smaller one.
	fn next_job() -> JobId;

	/// Returns the digest of a result that may be challenged now; `None` if there is none, or no longer.
	fn provisional_digest(job: JobId) -> Option<OutcomeDigest>;

	/// Returns whether `job` is settled or refunded, or unknown: it gets no further result.
	fn has_ended(job: JobId) -> bool;

	/// Makes a challenged provisional result disputed. Returns the number of blocks of the first round of votes.
	fn begin_dispute(job: JobId) -> Result<BlockNumber, DispatchError>;

	/// Whether the verdict `digest` would settle `job` only if somebody brought the answer with that digest.
	fn lacks_answer(job: JobId, digest: OutcomeDigest) -> bool;

	/// Ends a dispute: settles or refunds the job and penalises the workers that were wrong. Returns the workers whose
	/// answers the verdict confirms.
	fn apply_ruling(job: JobId, ruling: Ruling<AccountId>) -> Vec<AccountId>;
}

/// Inference for other pallets.
pub trait Inference<AccountId, Balance> {
	/// Requests an answer of `model` for `requester`, who pays as for the extrinsic.
	fn request(
		requester: &AccountId,
		model: ModelRef,
		items: u32,
		input: Payload,
		terms: Terms<Balance>,
	) -> Result<JobId, DispatchError>;

	/// Returns the settled answer to `job` and its assurance; `None` if the job is not settled, or its record has been
	/// pruned.
	fn answer(job: JobId) -> Option<(Answer, Assurance<Balance>)>;
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobResult<'a, Balance> {
	Settled {
		answer: &'a Answer,
		assurance: &'a Assurance<Balance>,
	},
	/// The fee was refunded.
	Refunded,
}

/// Is notified of the end of jobs. A call may not fail, and may not weigh more than [`weight`](OnJobEnded::weight).
pub trait OnJobEnded<AccountId, Balance> {
	/// Notifies that `job` of `requester` has ended.
	fn on_job_ended(job: JobId, requester: &AccountId, result: &JobResult<Balance>);

	/// Returns the maximum weight of one call.
	fn weight() -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(4)]
impl<AccountId, Balance> OnJobEnded<AccountId, Balance> for Tuple {
	fn on_job_ended(job: JobId, requester: &AccountId, result: &JobResult<Balance>) {
		for_tuples!( #( Tuple::on_job_ended(job, requester, result); )* );
	}

	fn weight() -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::weight()); )* );
		weight
	}
}
