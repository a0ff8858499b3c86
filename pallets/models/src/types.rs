use crate::BalanceOf;
use assay_primitives::{api, Artifact, BoundedSpec, EngineId};
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

/// Whether a model may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Status {
	/// New jobs may ask it.
	Open,
	/// No new job may ask it, ever again.
	Retired,
}

impl From<Status> for api::ModelStatus {
	fn from(status: Status) -> Self {
		match status {
			Status::Open => Self::Open,
			Status::Retired => Self::Retired,
		}
	}
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
	pub status: Status,
	/// The block in which the model was submitted.
	pub submitted_at: BlockNumber,
}

/// [`Model`] with the runtime's types.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;
