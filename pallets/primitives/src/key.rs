//! The key with which a worker's node signs what it submits, and what it signs.

use crate::{JobId, OutcomeDigest};
use codec::Encode;
use sp_core::{crypto::KeyTypeId, H256};
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Where worker keys live in a keystore.
pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"assy");

mod app {
	use super::KEY_TYPE;
	use sp_application_crypto::{app_crypto, ed25519};
	app_crypto!(ed25519, KEY_TYPE);
}

/// A worker's public key (ed25519).
pub type WorkerKey = app::Public;
/// A signature by a [`WorkerKey`].
pub type WorkerSignature = app::Signature;
/// The key pair, held by the keystore.
#[cfg(feature = "std")]
pub type WorkerPair = app::Pair;

/// What a worker signs to obtain the salt of its commitment to `job`. Ed25519 signatures are deterministic, so the salt is
/// known to the key's holder alone and survives a restart.
pub fn salt_message<AccountId: Encode>(genesis: H256, job: JobId, worker: &AccountId) -> alloc::vec::Vec<u8> {
	(b"assay/salt", genesis, job, worker).encode()
}

/// The salt behind a signature over [`salt_message`].
pub fn salt(signature: &WorkerSignature) -> H256 {
	BlakeTwo256::hash(&signature.encode())
}

/// A binding, hiding commitment of `worker` to `outcome` as the answer to `job`. It names the worker, so it cannot be copied.
pub fn commitment<AccountId: Encode>(
	genesis: H256,
	job: JobId,
	worker: &AccountId,
	outcome: OutcomeDigest,
	salt: H256,
) -> H256 {
	BlakeTwo256::hash_of(&(b"assay/commitment", genesis, job, worker, outcome, salt))
}

/// What a worker's key signs to show that it agrees to serve `account`, so that nobody can register another's key.
pub fn owner_message<AccountId: Encode>(genesis: H256, account: &AccountId) -> alloc::vec::Vec<u8> {
	(b"assay/owner", genesis, account).encode()
}
