//! Submissions that no honest off-chain worker would make.

use crate::chain_view::ChainView;
use assay_primitives::{
	key::{WorkerKey, WorkerSignature},
	JobId, TaskId,
};
use assay_runtime::{opaque, AccountId, BlockNumber, Runtime, RuntimeCall};
use codec::Encode;
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_jobs::{Step, Submission};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_core::H256;
use sp_runtime::BoundedVec;

/// Builds a submission with one commitment of `worker` to the answer to `task` in `job`.
pub fn commit(
	view: &ChainView,
	worker: AccountId,
	job: JobId,
	task: TaskId,
	commitment: H256,
) -> Submission<AccountId, BlockNumber> {
	let mut steps = BoundedVec::new();
	// The bound is far above one, so this cannot fail.
	let _ = steps.try_push(Step::Commit { job, task, commitment });
	let at = view.number();
	Submission { worker, at, steps }
}

/// Signs a submission with a key of this node.
pub fn sign(
	view: &ChainView,
	key: &WorkerKey,
	submission: Submission<AccountId, BlockNumber>,
) -> Option<opaque::UncheckedExtrinsic> {
	let signature = view.sign(key, &submission.message(view.genesis()))?;
	Some(extrinsic(submission, signature))
}

/// Builds the transaction of a submission, whatever its signature is.
pub fn extrinsic(
	submission: Submission<AccountId, BlockNumber>,
	signature: WorkerSignature,
) -> opaque::UncheckedExtrinsic {
	let call = RuntimeCall::Jobs(pallet_jobs::Call::submit { submission, signature });
	<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call).into()
}

/// Sends a transaction to this node's pool, as its off-chain worker does.
pub fn send_to_pool(view: &ChainView, extrinsic: &opaque::UncheckedExtrinsic) {
	let factory = OffchainTransactionPoolFactory::new(view.handles.pool.clone());
	let mut pool = factory.offchain_transaction_pool(view.at);
	if pool.submit_transaction(extrinsic.encode()).is_err() {
		log::debug!("The pool refused a dishonest submission");
	}
}
