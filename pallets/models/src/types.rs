//! Engines, models and families as they are stored.

use crate::BalanceOf;
use assay_primitives::{
	api::{AnnouncedRoyalty, ModelStatus, StatusChange},
	names::{FamilyName, VersionName},
	Artifact, BoundedSpec, EngineId, JobId,
};
use frame_support::pallet_prelude::*;
use frame_system::pallet_prelude::BlockNumberFor;

/// The maximum number of status changes stored for a model. With fewer, an old decision on a model is lost while people
/// still rely on it; with more, votes about models read and write more.
pub const MAX_HISTORY: u32 = 32;

/// The maximum number of versions of a family. With fewer, a family that is maintained for years is full; with more, a
/// page of families is long.
pub const MAX_VERSIONS: u32 = 256;

/// The latest changes of a model's status, oldest first.
pub type HistoryOf<T> = BoundedVec<StatusChange<BlockNumberFor<T>>, ConstU32<MAX_HISTORY>>;

/// Whether models may name an engine, and whether those that do accept jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EngineStatus<BlockNumber> {
	/// Models may name it, and those that do accept jobs.
	Listed,
	/// No new model may name it. Those that do accept jobs before block `effective_at`, and none from then on.
	Retired { effective_at: BlockNumber },
}

/// A registered model. Its id is derived from `engine`, `artifact` and `spec`, which therefore never change. Each
/// request reads it, so it is kept small: separate maps hold what only people and probes need.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Balance, BlockNumber> {
	pub owner: AccountId,
	/// The ONNX file.
	pub artifact: Artifact,
	pub engine: EngineId,
	pub spec: BoundedSpec,
	/// What the owner receives for each item answered, unless `announced` is due.
	pub royalty: Balance,
	/// The announced royalty, which replaces `royalty` from its block on.
	pub announced: Option<AnnouncedRoyalty<Balance, BlockNumber>>,
	/// The multiply-accumulates of one item, from the manifest.
	pub macs: u64,
	/// The deposit held for this record and those beside it. Once the model has ended, it is held for this record and
	/// the history.
	pub deposit: Balance,
	pub status: ModelStatus,
	/// Whether a probe has ever reproduced the model. Then its file has the recorded length, and versions may name it.
	pub reproduced: bool,
	/// The block in which the model was last submitted.
	pub submitted_at: BlockNumber,
	/// The job of the model's last probe.
	pub probe: JobId,
}

/// [`Model`] with the runtime's types.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A family: models that are versions of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Family<AccountId, Balance> {
	/// The name as its owner wrote it. No name that looks like it names another family.
	pub name: FamilyName,
	/// The owner; `None` once the family is closed.
	pub owner: Option<AccountId>,
	/// The version that the family's name alone refers to.
	pub latest: Option<VersionName>,
	/// The number of versions, at most [`MAX_VERSIONS`].
	pub versions: u32,
	/// The deposit held for the name and the versions; zero once closed.
	pub deposit: Balance,
}

/// [`Family`] with the runtime's types.
pub type FamilyOf<T> = Family<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
