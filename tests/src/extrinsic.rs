//! Transactions made of the runtime's own types, for what no honest tool would send.

use crate::Node;
use assay_primitives::key::WorkerPair;
use assay_runtime::{Address, Hash, Nonce, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION};
use codec::Encode;
use frame_system::{offchain::CreateAuthorizedTransaction, CheckNonce};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;
use sp_runtime::generic::SignedPayload;

/// A transaction that authorises itself, as workers submit them.
pub fn authorized(call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// A transaction of `signer`, valid for ever on the chain with this genesis.
pub fn signed(signer: Sr25519Keyring, nonce: Nonce, genesis: Hash, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	let call = call.into();
	let mut extension: TxExtension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.6 = CheckNonce::from(nonce);
	let (spec, format) = (VERSION.spec_version, VERSION.transaction_version);
	let implicit = ((), (), spec, format, genesis, genesis, (), (), (), None, ());
	let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
	let signature = payload.using_encoded(|payload| signer.sign(payload));
	UncheckedExtrinsic::new_signed(call, Address::Id(signer.to_account_id()), signature.into(), extension)
}

/// Signs and submits what the pool must take.
pub async fn send(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	let (nonce, genesis) = (node.nonce(&signer.to_account_id()).await, node.genesis().await);
	if let Err(error) = node.submit(&signed(signer, nonce, genesis, call)).await {
		panic!("the pool refused {signer:?}: {error:?}");
	}
}

/// The key by which the node of `seed`, like `//Alice`, signs its work.
pub fn worker_pair(seed: &str) -> WorkerPair {
	WorkerPair::from_string(seed, None).expect("a development seed")
}
