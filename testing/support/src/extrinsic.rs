//! Transactions made of the runtime's own types, for what no honest tool would send.

use crate::{until, Node, SOON};
use assay_primitives::key::WorkerPair;
use assay_runtime::{Address, Hash, Nonce, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION};
use codec::{DecodeAll, Encode};
use frame_system::{offchain::CreateAuthorizedTransaction, CheckNonce};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::SignedPayload, ApplyExtrinsicResult, DispatchError};
use subxt::rpcs::rpc_params;

/// JSON-RPC's code for a transaction whose nonce another one in the pool has.
const TOO_LOW_PRIORITY: i32 = 1014;

/// A transaction that authorises itself, as workers submit them.
pub fn authorized(call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// A transaction of `signer`, valid on the chain with this genesis for as long as it runs this runtime.
pub fn signed(signer: Sr25519Keyring, nonce: Nonce, genesis: Hash, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	signed_for(VERSION.spec_version, signer, nonce, genesis, call)
}

/// The same on a runtime of another version.
fn signed_for(
	spec: u32,
	signer: Sr25519Keyring,
	nonce: Nonce,
	genesis: Hash,
	call: impl Into<RuntimeCall>,
) -> UncheckedExtrinsic {
	let call = call.into();
	let mut extension: TxExtension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.6 = CheckNonce::from(nonce);
	let format = VERSION.transaction_version;
	let implicit = ((), (), spec, format, genesis, genesis, (), (), (), None, ());
	let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
	let signature = payload.using_encoded(|payload| signer.sign(payload));
	UncheckedExtrinsic::new_signed(call, Address::Id(signer.to_account_id()), signature.into(), extension)
}

/// Signs for the runtime in force.
async fn sign(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	let nonce = node.nonce(&signer.to_account_id()).await;
	signed_for(node.spec_version().await, signer, nonce, node.genesis().await, call)
}

/// Signs and submits what the pool must take.
pub async fn send(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	let call = call.into();
	until(&format!("the pool takes a transaction of {signer}"), SOON, || async {
		let transaction = sign(node, signer, call.clone()).await;
		match node.submit(&transaction).await {
			Ok(_) => Some(()),
			// The node does not count one of the signer's that has just been retracted.
			Err(error) if error.code == TOO_LOW_PRIORITY => None,
			Err(error) => panic!("the pool refused {signer}: {error:?}"),
		}
	})
	.await;
}

/// What the call would come to in the next block. Nothing is submitted.
pub async fn would(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let transaction = sign(node, signer, call).await;
	let answer: String = node
		.request(
			"system_dryRun",
			rpc_params![format!("0x{}", hex::encode(transaction.encode()))],
		)
		.await;
	let answer = hex::decode(answer.trim_start_matches("0x")).expect("hexadecimal");
	ApplyExtrinsicResult::decode_all(&mut &answer[..])
		.expect("the outcome of a transaction")
		.expect("the transaction is valid")
}

/// The key by which the node of `seed`, like `//Alice`, signs its work.
pub fn worker_pair(seed: &str) -> WorkerPair {
	WorkerPair::from_string(seed, None).expect("a development seed")
}
