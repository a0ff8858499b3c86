//! What authorised submissions have in common: a worker's steps and a validator's ballot are checked and tagged in the
//! same way.
//!
//! A submission names the block on which it is based, lists entries in strictly ascending order of their jobs,
//! and is signed with a key that is not an account's. It is free, so what one signer can send is bounded: each entry
//! travels at most once for each block on which a submission may be based.

use crate::JobId;
use codec::Encode;
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	transaction_validity::{InvalidTransaction, TransactionPriority, TransactionValidity, ValidTransaction},
	RuntimeAppPublic,
};

/// Blocks for which a submission is valid. The off-chain worker submits again before that. If too small, a submission
/// that a few full blocks delay is lost; if too large, more replaced submissions travel for nothing.
pub const LONGEVITY: u32 = 16;

/// Above ordinary transactions: no tip may delay a worker's deadline or a verdict.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

/// Refuses a submission that is based on a block after `now` or more than [`LONGEVITY`] blocks before it, is empty, or
/// whose jobs are not strictly ascending: none lives forever, one meaning has one encoding, and nothing is submitted
/// twice.
pub fn ensure_well_formed<BlockNumber: Copy + Ord + Saturating + From<u32>>(
	at: BlockNumber,
	now: BlockNumber,
	jobs: impl IntoIterator<Item = JobId>,
) -> Result<(), InvalidTransaction> {
	if at > now {
		return Err(InvalidTransaction::Future);
	}
	if at.saturating_add(LONGEVITY.into()) < now {
		return Err(InvalidTransaction::Stale);
	}
	let mut previous = None;
	for job in jobs {
		if previous.is_some_and(|previous| previous >= job) {
			return Err(InvalidTransaction::Call);
		}
		previous = Some(job);
	}
	previous.map(|_| ()).ok_or(InvalidTransaction::Call)
}

/// Refuses a submission unless `key` signed `message`.
pub fn ensure_signed<Key: RuntimeAppPublic>(
	key: &Key,
	message: &[u8],
	signature: &Key::Signature,
) -> Result<(), InvalidTransaction> {
	match key.verify(&message, signature) {
		true => Ok(()),
		false => Err(InvalidTransaction::BadProof),
	}
}

/// Describes an accepted submission of `signer` to the pool, with one tag for each of `entries` and one for `at`. A
/// second submission of an entry is refused while the first waits, unless it is based on a later block. So is a second
/// one of the same signer that is based on the same block.
pub fn describe(
	prefix: &'static str,
	signer: &impl Encode,
	at: impl UniqueSaturatedInto<u64>,
	entries: impl IntoIterator<Item = impl Encode>,
) -> TransactionValidity {
	let at: u64 = at.unique_saturated_into();
	let builder = ValidTransaction::with_tag_prefix(prefix)
		.priority(PRIORITY.saturating_add(at))
		.longevity(LONGEVITY.into())
		.propagate(true)
		.and_provides((b"at", signer, at));
	entries
		.into_iter()
		.fold(builder, |builder, entry| {
			builder.and_provides((b"entry", signer, entry))
		})
		.build()
}
