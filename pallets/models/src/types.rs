use crate::BalanceOf;
use assay_primitives::{
	api::{Announced, ModelStatus, StatusChange},
	names::{FamilyName, VersionName},
	Artifact, BoundedSpec, EngineId, JobId,
};
use frame_support::pallet_prelude::*;
use frame_system::pallet_prelude::BlockNumberFor;

/// The most changes of a model's status that are remembered. With fewer, an old verdict on a model is forgotten while people still
/// rely on it; with more, votes about models read and write more.
pub const MAX_HISTORY: u32 = 32;

/// The most versions of a family. With fewer, a family that is tended for years is full; with more, a page of families is long.
pub const MAX_VERSIONS: u32 = 256;

/// The latest changes of a model's status, oldest first.
pub type HistoryOf<T> = BoundedVec<StatusChange<BlockNumberFor<T>>, ConstU32<MAX_HISTORY>>;

/// Whether models may name an engine, and those that do be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EngineStatus<BlockNumber> {
	/// Models may name it, and those that do may be asked.
	Listed,
	/// No further model may name it. Those that do may be asked until block `from`, and no longer from then on.
	Retired { from: BlockNumber },
}

/// A registered model. Its id is derived from `engine`, `artifact` and `spec`, which therefore never change. Each request reads it,
/// so it is kept small: what people and probes need besides is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Balance, BlockNumber> {
	pub owner: AccountId,
	/// The ONNX file.
	pub artifact: Artifact,
	pub engine: EngineId,
	pub spec: BoundedSpec,
	/// What the owner gets for each input answered, whoever answers it, unless what is `announced` is due.
	pub royalty: Balance,
	/// What the royalty will be, or has been since then.
	pub announced: Option<Announced<Balance, BlockNumber>>,
	/// Multiply-accumulates that one input takes: those of its manifest.
	pub macs: u64,
	/// Held from the owner for this record and those beside it; zero once retired or rejected.
	pub deposit: Balance,
	pub status: ModelStatus,
	/// The block in which the model was submitted, for the last time if it was rejected before.
	pub submitted_at: BlockNumber,
	/// The job in which the model is reproduced, or was the last time.
	pub probe: JobId,
}

/// [`Model`] with the runtime's types.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A family: models that are versions of one thing, to people.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Family<AccountId, Balance> {
	/// As its owner wrote it. No other name that looks like it names anything.
	pub name: FamilyName,
	/// `None` once the family is closed: what it names, it names for ever, and no more.
	pub owner: Option<AccountId>,
	/// The version that is meant where none is named.
	pub latest: Option<VersionName>,
	/// How many versions there are, at most [`MAX_VERSIONS`].
	pub versions: u32,
	/// Held from the owner for the name; zero once closed.
	pub deposit: Balance,
}

/// [`Family`] with the runtime's types.
pub type FamilyOf<T> = Family<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
