//! The answers of the runtime APIs, with this chain's accounts, balances and block numbers.

use assay_primitives::{api, governance};
use subxt::utils::AccountId32;

pub type ModelInfo = api::ModelInfo<AccountId32, u128, u32>;
pub type ModelChange = api::StatusChange<u32>;
pub type AnnouncedRoyalty = api::AnnouncedRoyalty<u128, u32>;
pub type FamilyInfo = api::FamilyInfo<AccountId32>;
pub type JobInfo = api::JobInfo<AccountId32, u128, u32>;
pub type JobStatus = api::JobStatus<u128, u32>;
pub type Participant = api::Participant<AccountId32>;
pub type Assurance = api::Assurance<u128>;
pub type DisputeInfo = api::DisputeInfo<AccountId32, u128, u32>;
pub type Protocol = api::Protocol<u128>;
pub type WorkerInfo = api::WorkerInfo<u128, u32>;
pub type Quote = api::Quote<u128>;
pub type Stats = api::Stats<u128>;
pub type TrackInfo = governance::TrackInfo<u128, u32>;
pub type ReferendumInfo = governance::ReferendumInfo<AccountId32, u128, u32>;
pub type ReferendumStatus = governance::ReferendumStatus<AccountId32, u128, u32>;
pub type Ongoing = governance::Ongoing<AccountId32, u128, u32>;
pub type TrackVotes = governance::TrackVotes<AccountId32, u128, u32>;

/// Returns whether the job has ended: its status never changes again.
pub fn has_ended(status: &JobStatus) -> bool {
	matches!(status, JobStatus::Settled { .. } | JobStatus::Refunded { .. })
}

/// Returns the block since which the job is provisional, if it is.
pub fn provisional_since(status: &JobStatus) -> Option<u32> {
	match status {
		JobStatus::Provisional { since, .. } => Some(*since),
		_ => None,
	}
}
