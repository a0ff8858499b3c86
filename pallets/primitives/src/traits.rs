//! Where the pallets meet. A pallet knows these traits, never another pallet's crate; the runtime joins them.

use crate::{
	api::Assurance,
	batch::Answer,
	key::WorkerKey,
	probe::{BoundedPort, Probe},
	terms::{Fee, Terms},
	Artifact, BoundedSpec, EngineId, Finding, JobId, ModelId, ModelRef, OutcomeDigest, Payload, Task,
};
use alloc::vec::Vec;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use sp_weights::Weight;

/// What the registry says of a model that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer<AccountId, Balance> {
	pub owner: AccountId,
	/// What the owner gets for each input answered.
	pub royalty: Balance,
	/// Multiply-accumulates that one input takes.
	pub macs: u64,
	/// Whether token holders have voted for it.
	pub listed: bool,
}

/// What running a model takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
}

/// The registry of models.
pub trait ModelRegistry<AccountId, Balance> {
	/// The model that is meant now; `None` if no family or version has that name. An id need not be that of a known model.
	fn resolve(model: &ModelRef) -> Option<ModelId>;

	/// Whether workers may offer slots for `model`: it may be asked, or it is the [pool](crate::probe::probe_pool) of a serving
	/// engine's probes.
	fn servable(model: &ModelId) -> bool;

	/// What the graph of `model` takes, in its own order; empty if the model is unknown.
	fn inputs(model: &ModelId) -> Vec<BoundedPort>;

	/// The terms on which new jobs may ask `model`; `None` if it is unknown or may not be asked.
	fn offer(model: &ModelId) -> Option<Offer<AccountId, Balance>>;

	/// How to run `model`, whatever its status: history stays re-derivable. `None` if it is unknown.
	fn recipe(model: &ModelId) -> Option<Recipe>;

	/// Whether `model` is in quarantine, so that none of its answers may be settled.
	fn is_quarantined(model: &ModelId) -> bool;
}

/// Has models reproduced.
pub trait Prober<AccountId, Balance> {
	/// Starts a probe at the expense of `owner`, who pays `max_fee` at most. Exactly one [`OnProbed::on_probed`] follows, in a later
	/// block.
	fn probe(owner: &AccountId, probe: Probe, max_fee: Balance) -> Result<JobId, DispatchError>;

	/// What a probe would cost now.
	fn quote(probe: &Probe) -> Fee<Balance>;
}

/// Told how a probe ended.
pub trait OnProbed {
	/// The finding on `model` is final; `None` if nobody came to one.
	fn on_probed(model: &ModelId, finding: Option<Finding>);

	/// The most that one call takes.
	fn weight() -> Weight;
}

/// Told when a model is put in quarantine.
pub trait OnQuarantine {
	/// No job may ask `model` any more, and those in flight are to end. An error refuses the quarantine.
	fn on_quarantine(model: &ModelId) -> DispatchResult;
}

impl OnQuarantine for () {
	fn on_quarantine(_: &ModelId) -> DispatchResult {
		Ok(())
	}
}

/// How a slot was used between its draw and its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
	/// The worker did its part. `audit`: as an auditor. `disputed`: a verdict confirmed it.
	Answered { audit: bool, disputed: bool },
	/// The job ended through no fault of the worker, and without its answer being judged.
	Unused,
}

/// What a worker did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
	/// It did not commit in time.
	NoShow,
	/// It committed and did not open the commitment, which counts as a wrong answer.
	Silence,
	/// A verdict contradicts its answer.
	WrongAnswer,
}

/// What a penalty came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Penalised<Balance> {
	/// Taken from the worker's stake.
	pub taken: Balance,
	/// The part of it that was burned.
	pub burned: Balance,
}

/// The bonded capacity behind each model. A draw makes a slot busy with a job; exactly one [`release`](WorkerPool::release) or
/// [`penalise`](WorkerPool::penalise) must follow.
pub trait WorkerPool<AccountId, Balance> {
	/// Takes one free slot of `model` for `job`, chosen by `seed` uniformly among those of workers that are not in `excluded`;
	/// `None` if there is none, or if in a bounded number of tries none was met.
	fn draw(model: &ModelId, job: JobId, seed: H256, excluded: &[AccountId]) -> Option<AccountId>;

	/// Keeps `slots` free slots of `model` from being counted as available, for the checkers of a job; `false`, and nothing
	/// done, if there are not so many.
	fn reserve(model: &ModelId, slots: u32) -> bool;

	/// Ends a reservation.
	fn unreserve(model: &ModelId, slots: u32);

	/// Ends the use of the slot of `worker` that is busy with `job`.
	fn release(model: &ModelId, worker: &AccountId, job: JobId, service: Service) -> DispatchResult;

	/// Takes `amount`, at most [`slot_bond`](WorkerPool::slot_bond), from the stake of `worker`, pays each of `payees` its part and
	/// burns what remains or cannot be received; ends the use of the slot that is busy with `job`, and the worker offers one
	/// slot fewer.
	fn penalise(
		model: &ModelId,
		worker: &AccountId,
		job: JobId,
		offence: Offence,
		amount: Balance,
		payees: &[(AccountId, Balance)],
	) -> Result<Penalised<Balance>, DispatchError>;

	/// The stake behind each slot.
	fn slot_bond() -> Balance;

	/// Free slots of `model` that are not reserved.
	fn free_slots(model: &ModelId) -> u32;

	/// All slots of `model` that a draw can pick, reserved or not.
	fn idle_slots(model: &ModelId) -> u32;

	/// All slots of `model` in service: idle ones and those busy with a job.
	fn slots_in_service(model: &ModelId) -> u32;

	/// Workers with at least one free slot of `model`.
	fn servers(model: &ModelId) -> u32;

	/// The jobs that slots of `worker` are busy with.
	fn assigned(worker: &AccountId) -> Vec<JobId>;

	/// The key by which `worker` signs; `None` if it is not registered.
	fn key(worker: &AccountId) -> Option<WorkerKey>;

	/// The worker that signs with `key`.
	fn worker(key: &WorkerKey) -> Option<AccountId>;
}

/// What a dispute came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling<AccountId> {
	/// The digest of the right answer; `None` if too few validators agreed in time.
	pub verdict: Option<OutcomeDigest>,
	/// Who challenged a result with this verdict's digest.
	pub upheld: Vec<AccountId>,
	/// The right answer, if a challenger brought it.
	pub answer: Option<Answer>,
}

/// Where a disagreement is decided.
pub trait Tribunal<BlockNumber> {
	/// Lays `job` before the validators of this session, who have `period` blocks to vote. Exactly one [`Docket::rule`] follows.
	fn open(job: JobId, period: BlockNumber) -> DispatchResult;
}

/// What the tribunal knows of jobs, and does to them.
pub trait Docket<AccountId, BlockNumber> {
	/// What the job asks: what every validator runs.
	fn task(job: JobId) -> Option<Task>;

	/// The number that the next job will get: all jobs have smaller ones.
	fn next() -> JobId;

	/// The digest of a result that may be challenged now; `None` if there is none, or no longer.
	fn provisional(job: JobId) -> Option<OutcomeDigest>;

	/// Makes a provisional result disputed because it was challenged. Returns the blocks that validators have to vote.
	fn suspend(job: JobId) -> Result<BlockNumber, DispatchError>;

	/// Ends a dispute: settles or refunds the job and punishes whoever was wrong. Returns the workers whose answers the verdict
	/// confirms.
	fn rule(job: JobId, ruling: Ruling<AccountId>) -> Vec<AccountId>;
}

/// How other pallets use inference.
pub trait Inference<AccountId, Balance> {
	/// Asks `model` in the name of `requester`, who pays as for the extrinsic.
	fn request(
		requester: &AccountId,
		model: ModelRef,
		items: u32,
		input: Payload,
		terms: Terms<Balance>,
	) -> Result<JobId, DispatchError>;

	/// The settled answer to `job` and what stands behind it; `None` if it is not settled, or its record has been pruned.
	fn answer(job: JobId) -> Option<(Answer, Assurance<Balance>)>;
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending<'a, Balance> {
	Settled {
		answer: &'a Answer,
		assurance: &'a Assurance<Balance>,
	},
	/// The fee went back.
	Refunded,
}

/// Told when a job ends. It may not fail, and may not take more than [`weight`](OnSettled::weight).
pub trait OnSettled<AccountId, Balance> {
	/// `job` of `requester` has ended.
	fn on_settled(job: JobId, requester: &AccountId, ending: &Ending<Balance>);

	/// The most that one call takes.
	fn weight() -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(4)]
impl<AccountId, Balance> OnSettled<AccountId, Balance> for Tuple {
	fn on_settled(job: JobId, requester: &AccountId, ending: &Ending<Balance>) {
		for_tuples!( #( Tuple::on_settled(job, requester, ending); )* );
	}

	fn weight() -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::weight()); )* );
		weight
	}
}
