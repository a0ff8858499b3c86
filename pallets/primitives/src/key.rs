//! The keys with which a node signs submissions, and the messages that they sign.

use crate::{JobId, OutcomeDigest, TaskId};
use alloc::vec::Vec;
use codec::Encode;
use sp_core::{crypto::KeyTypeId, H256};
use sp_runtime::traits::{BlakeTwo256, Hash};

/// The key type of workers in a keystore.
pub const WORKER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"assy");

mod worker {
	use super::WORKER_KEY_TYPE;
	use sp_application_crypto::{app_crypto, ed25519};
	app_crypto!(ed25519, WORKER_KEY_TYPE);
}

/// A worker's public key (ed25519).
pub type WorkerKey = worker::Public;
/// A signature by a [`WorkerKey`].
pub type WorkerSignature = worker::Signature;
/// A worker's key pair, held by the keystore.
#[cfg(feature = "std")]
pub type WorkerPair = worker::Pair;

/// Returns the message to sign for the secret behind all salts of `worker`. Ed25519 signatures are
/// deterministic: only the key's holder knows the secret, and it survives a restart.
pub fn salt_message<AccountId: Encode>(genesis: H256, worker: &AccountId) -> Vec<u8> {
	(b"assay/salt", genesis, worker).encode()
}

/// Derives the salt for `task` in `job` from a signature over [`salt_message`]. Knowing some salts does not help to
/// guess another. The task is part of it because two forks may have different jobs under one number: otherwise a reveal
/// on one fork would show the salt with which everybody could test guesses at the commitment on the other.
pub fn salt(secret: &WorkerSignature, job: JobId, task: TaskId) -> H256 {
	BlakeTwo256::hash_of(&(secret, job, task))
}

/// Returns the commitment that binds `worker` to `outcome` as the answer to `task` in `job`, and hides it. It names the
/// worker, so no other worker can copy it, and the task, so it opens in no other job that a fork has under this number.
pub fn commitment<AccountId: Encode>(
	genesis: H256,
	job: JobId,
	task: TaskId,
	worker: &AccountId,
	outcome: OutcomeDigest,
	salt: H256,
) -> H256 {
	BlakeTwo256::hash_of(&(b"assay/commitment", genesis, job, task, worker, outcome, salt))
}

/// The key type of validators' votes in a keystore. They are session keys.
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
/// A validator's key pair, held by the keystore.
#[cfg(feature = "std")]
pub type VoterPair = voter::Pair;

/// The key type of watchers in a keystore: accounts from which the node challenges wrong results.
pub const WATCHER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"assw");

/// The key of a watcher's account (sr25519).
pub mod watcher {
	use super::WATCHER_KEY_TYPE;
	use sp_application_crypto::{app_crypto, sr25519};
	app_crypto!(sr25519, WATCHER_KEY_TYPE);
}

/// Returns the message that a worker's key signs to agree to serve `account`. Without it an account could register the
/// key of another worker.
pub fn owner_message<AccountId: Encode>(genesis: H256, account: &AccountId) -> Vec<u8> {
	(b"assay/owner", genesis, account).encode()
}

/// Returns the message that the account `challenger` signs to challenge the result of `job` in or after block `at`,
/// with `digest` as that of the right answer. It names the chain, so that a challenge is valid on no other, and the
/// task, so that it is valid on no fork on which the job has another one.
pub fn challenge_message<AccountId: Encode, BlockNumber: Encode>(
	genesis: H256,
	challenger: &AccountId,
	at: BlockNumber,
	job: JobId,
	task: TaskId,
	digest: OutcomeDigest,
) -> Vec<u8> {
	(b"assay/challenge", genesis, challenger, at, job, task, digest).encode()
}
