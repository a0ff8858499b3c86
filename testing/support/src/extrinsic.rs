//! Transactions made of the runtime's own types, for what no honest tool would send.

use crate::{rpc::Job, wait_until, Node, WAIT_TIMEOUT};
use assay_primitives::{key::WorkerPair, OutcomeDigest};
use assay_runtime::{Address, Hash, Nonce, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION};
use codec::{DecodeAll, Encode};
use frame_system::{offchain::CreateAuthorizedTransaction, CheckNonce};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::SignedPayload, ApplyExtrinsicResult, DispatchError};
use subxt::rpcs::rpc_params;

/// The code of JSON-RPC for a transaction whose nonce another one in the pool has.
const TOO_LOW_PRIORITY: i32 = 1014;

/// Makes a transaction that authorises itself, as workers submit them.
pub fn authorized(call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// Signs a transaction that is valid on the chain with this genesis for as long as it runs this runtime.
pub fn sign(signer: Sr25519Keyring, nonce: Nonce, genesis: Hash, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	sign_for_version(VERSION.spec_version, signer, nonce, genesis, call)
}

/// Signs a transaction for a runtime of this version.
fn sign_for_version(
	spec_version: u32,
	signer: Sr25519Keyring,
	nonce: Nonce,
	genesis: Hash,
	call: impl Into<RuntimeCall>,
) -> UncheckedExtrinsic {
	let call = call.into();
	let mut extension: TxExtension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.6 = CheckNonce::from(nonce);
	let format = VERSION.transaction_version;
	let implicit = ((), (), spec_version, format, genesis, genesis, (), (), (), None, ());
	let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
	let signature = payload.using_encoded(|payload| signer.sign(payload));
	UncheckedExtrinsic::new_signed(call, Address::Id(signer.to_account_id()), signature.into(), extension)
}

/// Signs the signer's next transaction for the runtime that the node runs.
async fn sign_next(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	let nonce = node.nonce(&signer.to_account_id()).await;
	sign_for_version(node.spec_version().await, signer, nonce, node.genesis().await, call)
}

/// Signs and submits a call. Panics if the pool refuses it.
pub async fn send(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	let call = call.into();
	let what = format!("the pool takes a transaction of {signer}");
	wait_until(&what, WAIT_TIMEOUT, || async {
		let transaction = sign_next(node, signer, call.clone()).await;
		match node.submit(&transaction).await {
			Ok(_) => Some(()),
			// The node does not count a transaction of the signer that has just been retracted.
			Err(error) if error.code == TOO_LOW_PRIORITY => None,
			Err(error) => panic!("the pool refused a transaction of {signer}: {error:?}"),
		}
	})
	.await;
}

/// Submits the challenge of an account, with this digest as the right one. Panics if the pool refuses it.
pub async fn send_challenge(node: &Node, challenger: Sr25519Keyring, job: &Job, digest: OutcomeDigest) {
	let challenge = pallet_disputes::NewChallenge {
		challenger: challenger.to_account_id(),
		at: node.height().await,
		job: job.id,
		task: job.task,
		digest,
	};
	let signature = challenger.sign(&challenge.message(node.genesis().await)).into();
	let call = pallet_disputes::Call::<Runtime>::challenge { challenge, signature };
	let submitted = node.submit(&authorized(call)).await;
	submitted.expect("the pool takes a challenge");
}

/// Returns the result that the call would have in the next block. Nothing is submitted.
pub async fn dry_run(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let transaction = sign_next(node, signer, call).await;
	let result: String = node
		.request(
			"system_dryRun",
			rpc_params![format!("0x{}", hex::encode(transaction.encode()))],
		)
		.await;
	let result = hex::decode(result.trim_start_matches("0x")).expect("a node answers in hexadecimal");
	ApplyExtrinsicResult::decode_all(&mut &result[..])
		.expect("the node returns the result of a transaction")
		.expect("the transaction is valid")
}

/// Returns the key with which the node of `seed`, such as `//Alice`, signs its work.
pub fn worker_pair(seed: &str) -> WorkerPair {
	WorkerPair::from_string(seed, None).expect("a development seed makes a key")
}
