//! Where the pallets meet. A pallet knows these traits, never another pallet's crate; the runtime joins them.

use crate::{key::WorkerKey, Artifact, BoundedSpec, EngineId, ModelId};
use sp_core::H256;
use sp_runtime::DispatchResult;

/// What the registry says of a model that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer<AccountId, Balance> {
	pub owner: AccountId,
	/// What one answer costs.
	pub price: Balance,
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
	/// The terms on which new jobs may ask `model`; `None` if it is unknown or not open.
	fn offer(model: &ModelId) -> Option<Offer<AccountId, Balance>>;

	/// How to run `model`, whatever its status: history stays re-derivable. `None` if it is unknown.
	fn recipe(model: &ModelId) -> Option<Recipe>;
}

/// How a slot was used between its draw and its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
	/// The worker answered in time. Its slot returns to the pool.
	Answered,
	/// The worker stayed silent. Its slot leaves the pool until the worker offers it anew.
	NoShow,
}

/// The bonded capacity behind each model.
pub trait WorkerPool<AccountId> {
	/// Takes one free slot of `model`, chosen by `seed`, and returns the worker it belongs to; `None` if all are taken. Every
	/// draw must be followed by exactly one [`WorkerPool::release`].
	fn draw(model: &ModelId, seed: H256) -> Option<AccountId>;

	/// Ends the use of a slot that was drawn for `model` from `worker`.
	fn release(model: &ModelId, worker: &AccountId, service: Service) -> DispatchResult;

	/// The number of free slots of `model`.
	fn free_slots(model: &ModelId) -> u32;

	/// The key by which `worker` signs; `None` if it is not registered.
	fn key(worker: &AccountId) -> Option<WorkerKey>;

	/// The worker that signs with `key`.
	fn worker(key: &WorkerKey) -> Option<AccountId>;
}
