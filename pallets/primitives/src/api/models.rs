//! Models and families, as clients read them.

use crate::{
	metadata::Metadata,
	names::{FamilyName, VersionName},
	probe::{BoundedManifest, Flaw, Golden},
	Artifact, BoundedSpec, EngineId, JobId, ModelId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// The status of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ModelStatus {
	/// It accepts no jobs yet: others are reproducing it.
	Probation,
	/// It accepts jobs. It is what its owner states, and no more is vouched for.
	Open,
	/// It accepts jobs. Token holders have voted for it.
	Listed,
	/// It accepts no jobs until it is released, which makes it listed or open again.
	Quarantined { listed: bool },
	/// Its owner has ended it. It accepts no jobs, and may be submitted again.
	Retired,
	/// It was not reproduced, and may be submitted again.
	Rejected(Rejection),
	/// Token holders have ended it, or it was retired in quarantine. It accepts no jobs, and cannot be submitted again
	/// until it is released, which makes it retired.
	Barred,
}

/// Why a model was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Rejection {
	/// The probe ended without a finding: the drawn workers could not fetch the file or the golden inputs, or could not
	/// run them in time, or the owner cancelled the probe.
	NotReproduced,
	/// It differs from its owner's statement.
	Flawed(Flaw),
}

impl ModelStatus {
	/// Whether a model with this status accepts jobs, if its engine is listed.
	pub fn accepts_jobs(&self) -> bool {
		matches!(self, Self::Open | Self::Listed)
	}

	/// Whether token holders have stopped a model with this status, so that no job may be settled with its answer.
	pub fn is_stopped(&self) -> bool {
		matches!(self, Self::Quarantined { .. } | Self::Barred)
	}

	/// Whether a model with this status has ended, so that only its record and its history are stored.
	pub fn has_ended(&self) -> bool {
		matches!(self, Self::Retired | Self::Rejected(_) | Self::Barred)
	}
}

/// Who changed a model's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Authority {
	/// The probe that reproduced it: by the workers drawn for it, or by a verdict.
	Probe,
	/// The model's owner.
	Owner,
	/// The origin that decides on models.
	ModelOrigin,
	/// The origin that may quarantine models, and nothing else.
	QuarantineOrigin,
}

/// One change of a model's status.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StatusChange<BlockNumber> {
	/// The block in which it changed.
	pub at: BlockNumber,
	pub by: Authority,
	/// The new status.
	pub status: ModelStatus,
	/// The hash of a text that gives the reason, wherever that is published.
	pub reason: Option<H256>,
}

/// A model in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelInfo<AccountId, Balance, BlockNumber> {
	pub id: ModelId,
	pub owner: AccountId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// Empty once the model has ended: it is rejected, retired or barred.
	pub metadata: Metadata,
	/// The manifest that the owner states, and that others have reproduced unless the model is on probation. Removed
	/// once it has ended.
	pub manifest: Option<BoundedManifest>,
	/// The golden inputs that probes run. Removed once the model has ended.
	pub golden: Option<Golden>,
	/// The number of multiply-accumulates that one item takes, from the manifest.
	pub macs: u64,
	/// What the owner gets for each item answered.
	pub royalty: Balance,
	/// The next royalty.
	pub announced: Option<AnnouncedRoyalty<Balance, BlockNumber>>,
	/// The latest probe.
	pub probe: JobId,
	pub status: ModelStatus,
	/// The block in which the model was submitted.
	pub submitted_at: BlockNumber,
	/// The number of slots that a request could draw now.
	pub free_slots: u32,
}

/// A royalty that its owner has announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AnnouncedRoyalty<Balance, BlockNumber> {
	pub royalty: Balance,
	/// The first block in which requests pay it.
	pub effective_at: BlockNumber,
}

/// A model family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct FamilyInfo<AccountId> {
	pub name: FamilyName,
	/// `None` if the family is closed: its versions stay, and none can be added.
	pub owner: Option<AccountId>,
	/// The version that the family's name alone refers to.
	pub latest: Option<VersionName>,
	/// Sorted by name.
	pub versions: Vec<(VersionName, ModelId)>,
}
