//! What authorised submissions have in common: a worker's steps and a validator's ballot are checked and tagged in the
//! same way.
//!
//! A submission names the block on which it is based, lists entries in strictly ascending order of their jobs,
//! and is signed with a key that is not an account's.

use crate::JobId;
use codec::Encode;
use sp_runtime::{
	traits::UniqueSaturatedInto,
	transaction_validity::{
		InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionValidity, ValidTransaction,
	},
	RuntimeAppPublic,
};

/// Blocks for which a submission may wait in the pool. The off-chain worker submits again before that.
const LONGEVITY: TransactionLongevity = 16;

/// Above ordinary transactions: no tip may delay a worker's deadline or a verdict.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

/// Refuses a submission that is based on a block after `now`, is empty, or whose jobs are not strictly ascending: one
/// meaning has one encoding, and nothing is submitted twice.
pub fn ensure_well_formed<BlockNumber: Ord>(
	at: BlockNumber,
	now: BlockNumber,
	jobs: impl IntoIterator<Item = JobId>,
) -> Result<(), InvalidTransaction> {
	if at > now {
		return Err(InvalidTransaction::Future);
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

/// Describes an accepted submission to the pool, with one tag for each of `entries`: a second submission of an entry is
/// refused while the first waits, unless it is based on a later block.
pub fn describe(
	prefix: &'static str,
	at: impl UniqueSaturatedInto<u64>,
	entries: impl IntoIterator<Item = impl Encode>,
) -> TransactionValidity {
	let builder = ValidTransaction::with_tag_prefix(prefix)
		.priority(PRIORITY.saturating_add(at.unique_saturated_into()))
		.longevity(LONGEVITY)
		.propagate(true);
	entries
		.into_iter()
		.fold(builder, |builder, entry| builder.and_provides(entry.encode()))
		.build()
}
