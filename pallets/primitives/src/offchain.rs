//! What the off-chain workers of several pallets share: asking the node for an answer, and a note of recent
//! submissions.

use crate::{
	batch::Answer,
	host::{self, Poll, PollContext},
	submission::LONGEVITY,
	Task,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
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

/// A submission that may be on its way, as the node's local storage has it.
#[derive(Encode, Decode)]
struct Submitted<Id, BlockNumber> {
	/// The block on which it is based.
	at: BlockNumber,
	items: Vec<Id>,
}

impl<Id: PartialEq, BlockNumber: Copy + Ord + Saturating + From<u32>> Submitted<Id, BlockNumber> {
	/// Whether a pool may have it, and one of its items is `due`. A block after `now` belongs to a fork that lost.
	fn matters(&self, due: &[Id], now: BlockNumber) -> bool {
		let valid = self.at <= now && now <= self.at.saturating_add(LONGEVITY.into());
		valid && self.items.iter().any(|item| due.contains(item))
	}

	/// Whether it was submitted recently, and is valid as far as the node can know: all its items are `due`.
	fn is_on_its_way(&self, due: &[Id], now: BlockNumber) -> bool {
		is_recent(self.at, now) && self.items.iter().all(|item| due.contains(item))
	}
}

/// Has `submit` send the next submission of one signer: the first ones of the items that are `due` and not on their
/// way, as many as `fit` returns for them. The rest follows with the next blocks, since one submission of a signer is
/// valid for each block.
///
/// A note of the submissions lies under `storage_key` in the node's local storage and names an item by its `id`. Two
/// runs of the off-chain worker never submit the same item. An item is submitted again at once if another one of its
/// submission is not due any more, which makes the whole submission invalid, and after [`RESUBMIT_AFTER`] blocks
/// otherwise. No two submissions are repeated in one, because a pool lets a submission replace no more than one.
pub fn submit_due<Item, Id, BlockNumber>(
	storage_key: &[u8],
	due: Vec<Item>,
	id: impl Fn(&Item) -> Id,
	fit: impl FnOnce(&[Item]) -> usize,
	now: BlockNumber,
	submit: impl FnOnce(Vec<Item>) -> Result<(), SubmitError>,
) -> Result<(), SubmitError>
where
	Id: Codec + PartialEq,
	BlockNumber: Codec + Copy + Ord + Saturating + From<u32>,
{
	let mut next = Vec::new();
	update_note(storage_key, |note: &mut Vec<Submitted<Id, BlockNumber>>| {
		let ids: Vec<_> = due.iter().map(&id).collect();
		note.retain(|submitted| submitted.matters(&ids, now));
		if note
			.iter()
			.any(|submitted| submitted.at == now && submitted.is_on_its_way(&ids, now))
		{
			return;
		}
		if let Some(lost) = note.iter().position(|submitted| !submitted.is_on_its_way(&ids, now)) {
			note.remove(lost);
		}
		let is_waiting = |item: &Item| note.iter().any(|submitted| submitted.items.contains(&id(item)));
		next.extend(due.into_iter().filter(|item| !is_waiting(item)));
		next.truncate(fit(&next));
		if !next.is_empty() {
			let items = next.iter().map(&id).collect();
			note.push(Submitted { at: now, items });
		}
	})?;
	if next.is_empty() {
		return Ok(());
	}
	submit(next).inspect_err(|_| {
		// If that fails as well, the items are submitted again after a few blocks.
		let _ = update_note(storage_key, |note: &mut Vec<Submitted<Id, BlockNumber>>| {
			note.retain(|submitted| submitted.at != now)
		});
	})
}

/// Changes the note of submissions under `storage_key`, unless another run of the off-chain worker is changing it.
fn update_note<Entry: Codec>(storage_key: &[u8], change: impl FnOnce(&mut Vec<Entry>)) -> Result<(), SubmitError> {
	let written = StorageValueRef::persistent(storage_key).mutate(
		|note: Result<Option<Vec<Entry>>, StorageRetrievalError>| -> Result<_, SubmitError> {
			let mut note = note.ok().flatten().unwrap_or_default();
			change(&mut note);
			Ok(note)
		},
	);
	match written {
		Ok(_) => Ok(()),
		Err(MutateStorageError::ConcurrentModification(_) | MutateStorageError::ValueFunctionFailed(_)) => {
			Err(SubmitError::NoteLocked)
		}
	}
}
