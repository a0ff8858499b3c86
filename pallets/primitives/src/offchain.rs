//! What the off-chain workers of several pallets share: asking the node for an answer, and a note of recent
//! submissions.

use crate::{
	batch::Answer,
	host::{self, Poll, PollContext},
	Task,
};
use alloc::vec::Vec;
use codec::Codec;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
};

/// Blocks after which a submission that had no effect is made again. It replaces the earlier one in every pool.
pub const RESUBMIT_AFTER: u32 = 3;

/// Why an off-chain worker submitted nothing. The next block tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitError {
	/// Another run of the off-chain worker is changing the note of submissions.
	NoteLocked,
	/// The key is no longer in the keystore.
	KeyMissing,
	/// The transaction pool refused the submission.
	PoolRefused,
}

/// Returns the node's answer to `task`, if it has one, and lets the node begin with the task otherwise. Warns under
/// `target` if the node cannot run it.
pub fn poll_answer(target: &str, task: &Task, context: PollContext) -> Option<Answer> {
	match host::poll(task, context) {
		Poll::Ready(answer) => Some(answer),
		Poll::Pending => None,
		Poll::Unavailable(reason) => {
			let PollContext { job, purpose } = context;
			log::warn!(target: target, "job {job} cannot be run here yet ({purpose:?}): {reason:?}");
			None
		}
	}
}

/// Whether what was submitted in block `at` may still be on its way. A block after `now` belongs to a fork that lost.
pub fn is_recent<BlockNumber: Copy + Ord + Saturating + From<u32>>(at: BlockNumber, now: BlockNumber) -> bool {
	at <= now && now < at.saturating_add(RESUBMIT_AFTER.into())
}

/// Returns those of `items` that were not submitted recently, and notes them as submitted in block `now`. The note lies
/// under `storage_key` in the node's local storage and names an item by its `id`. Two runs of the off-chain worker
/// never get the same item.
pub fn note_submissions<Item, Id, BlockNumber>(
	storage_key: &[u8],
	items: Vec<Item>,
	id: impl Fn(&Item) -> Id,
	now: BlockNumber,
) -> Result<Vec<Item>, SubmitError>
where
	Id: Codec + PartialEq,
	BlockNumber: Codec + Copy + Ord + Saturating + From<u32>,
{
	if items.is_empty() {
		return Ok(items);
	}
	let mut items = items;
	let written = StorageValueRef::persistent(storage_key).mutate(
		|note: Result<Option<Vec<(Id, BlockNumber)>>, StorageRetrievalError>| -> Result<_, SubmitError> {
			let mut note = note.ok().flatten().unwrap_or_default();
			note.retain(|(_, at)| is_recent(*at, now));
			items.retain(|item| !note.iter().any(|(noted, _)| *noted == id(item)));
			note.extend(items.iter().map(|item| (id(item), now)));
			Ok(note)
		},
	);
	match written {
		Ok(_) => Ok(items),
		Err(MutateStorageError::ConcurrentModification(_) | MutateStorageError::ValueFunctionFailed(_)) => {
			Err(SubmitError::NoteLocked)
		}
	}
}
