//! The keys with which a node signs what it submits by itself, and what it signs.

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

/// What a worker signs to obtain the secret behind all its salts. Ed25519 signatures are deterministic, so the secret is known to
/// the key's holder alone and survives a restart.
pub fn salt_message<AccountId: Encode>(genesis: H256, worker: &AccountId) -> alloc::vec::Vec<u8> {
	(b"assay/salt", genesis, worker).encode()
}

/// The salt for `job`, out of a signature over [`salt_message`]. To know some salts does not help to guess another.
pub fn salt(secret: &WorkerSignature, job: JobId) -> H256 {
	BlakeTwo256::hash_of(&(secret, job))
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

/// Where the keys of the tribunal live in a keystore: session keys, with which validators sign their votes.
pub const VOTER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"assv");

mod voter {
	use super::VOTER_KEY_TYPE;
	use sp_application_crypto::{app_crypto, ed25519};
	app_crypto!(ed25519, VOTER_KEY_TYPE);
}

/// The key with which a validator votes in disputes (ed25519).
pub type VoterKey = voter::Public;
/// A signature by a [`VoterKey`].
pub type VoterSignature = voter::Signature;
/// The key pair, held by the keystore.
#[cfg(feature = "std")]
pub type VoterPair = voter::Pair;

/// Where the keys of watchers live in a keystore: accounts in whose name the node challenges wrong results.
pub const WATCHER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"assw");

/// The key of a watcher's account (sr25519).
pub mod watcher {
	use super::WATCHER_KEY_TYPE;
	use sp_application_crypto::{app_crypto, sr25519};
	app_crypto!(sr25519, WATCHER_KEY_TYPE);
}

/// What a worker's key signs to show that it agrees to serve `account`, so that nobody can register another's key.
pub fn owner_message<AccountId: Encode>(genesis: H256, account: &AccountId) -> alloc::vec::Vec<u8> {
	(b"assay/owner", genesis, account).encode()
}
