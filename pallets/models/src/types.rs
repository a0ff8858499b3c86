use crate::BalanceOf;
use assay_primitives::{
	api::{ModelStatus, StatusChange},
	Artifact, BoundedSpec, EngineId,
};
use frame_support::pallet_prelude::*;
use frame_system::pallet_prelude::BlockNumberFor;

/// The most bytes of a model's name.
pub const MAX_NAME: u32 = 64;
/// The most bytes of a model's description.
pub const MAX_DESCRIPTION: u32 = 512;

/// What people should know of a model. It has no part in the model's id, and the chain does not check that it is true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Metadata {
	/// UTF-8, not empty.
	pub name: BoundedVec<u8, ConstU32<MAX_NAME>>,
	/// UTF-8.
	pub description: BoundedVec<u8, ConstU32<MAX_DESCRIPTION>>,
}

/// The most changes of a model's status that are remembered. With fewer, an old verdict on a model is forgotten while people still
/// rely on it; with more, votes about models read and write more.
pub const MAX_HISTORY: u32 = 32;

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

/// A registered model. Its id is derived from `engine`, `artifact` and `spec`, which therefore never change.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Balance, BlockNumber> {
	pub owner: AccountId,
	/// The ONNX file.
	pub artifact: Artifact,
	pub engine: EngineId,
	pub spec: BoundedSpec,
	pub metadata: Metadata,
	/// What the owner gets for each input answered, whoever answers it.
	pub royalty: Balance,
	/// Multiply-accumulates that one input takes, as the owner states them. Not zero.
	pub macs: u64,
	/// Held from the owner for this record; zero once retired.
	pub deposit: Balance,
	pub status: ModelStatus,
	/// The block in which the model was submitted.
	pub submitted_at: BlockNumber,
}

/// [`Model`] with the runtime's types.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;
