//! The calls of Assay's pallets. [`tx`](crate::tx) signs and submits them.
//!
//! Arguments are encoded with the types that the runtime itself uses.

use crate::{governance::Proposed, tx::AccountSignature, AccountId32};
use assay_primitives::{
	key::challenge_message,
	metadata::Metadata,
	names::{FamilyName, VersionName},
	probe::Statement,
	terms::Terms,
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef, OutcomeDigest, Payload, TaskId,
};
use codec::{Compact, Encode};
use subxt::{
	tx::DynamicPayload,
	utils::{Encoded, Static, H256},
};

/// A challenge, as its account signs it.
#[derive(Clone, Debug, Encode)]
pub struct NewChallenge {
	/// The account that holds the bond.
	pub challenger: AccountId32,
	/// The block on which the challenge is based.
	pub at: u32,
	pub job: JobId,
	pub task: TaskId,
	/// The digest of the answer that the challenger holds to be right.
	pub digest: OutcomeDigest,
}

impl NewChallenge {
	/// Returns the message that the challenger's account signs on the chain with this genesis.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		challenge_message(genesis, &self.challenger, self.at, self.job, self.task, self.digest)
	}
}

/// A call with its arguments encoded.
pub type Call = DynamicPayload<Vec<Static<Encoded>>>;

/// Wraps bytes that are encoded already, such as those of a nested call.
pub fn encoded(bytes: Vec<u8>) -> Encoded {
	Encoded(bytes)
}

macro_rules! calls {
	($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) = $pallet:literal $call:literal;)+) => {
		$(
			$(#[$doc])*
			pub fn $name($($arg: $type),*) -> Call {
				Call::new($pallet, $call, vec![$(Static(Encoded($arg.encode()))),*])
			}
		)+
	};
}

calls! {
	/// Submits a model, which others reproduce from its `statement` for at most `max_fee`. Its owner gets `royalty` for
	/// each input.
	submit_model(
		spec: &BoundedSpec, artifact: Artifact, engine: EngineId, metadata: &Metadata, royalty: u128,
		statement: &Statement, max_fee: u128
	) = "Models" "submit";
	/// Replaces a model's metadata.
	set_model_metadata(model: ModelId, metadata: &Metadata) = "Models" "set_metadata";
	/// Announces a new royalty.
	announce_royalty(model: ModelId, royalty: u128) = "Models" "announce_royalty";
	/// Transfers a model to another account.
	transfer_model(model: ModelId, to: AccountId32) = "Models" "transfer";
	/// Claims a family's name.
	claim_family(name: &FamilyName) = "Models" "claim_family";
	/// Transfers a family to another account.
	transfer_family(name: &FamilyName, to: AccountId32) = "Models" "transfer_family";
	/// Releases a family.
	release_family(name: &FamilyName) = "Models" "release_family";
	/// Publishes a model as a version of a family; with `latest`, the family's name alone stands for it too.
	publish(family: &FamilyName, version: &VersionName, model: ModelId, latest: bool) = "Models" "publish";
	/// Sets the version that the family's name alone stands for.
	set_latest(family: &FamilyName, version: &VersionName) = "Models" "set_latest";
	/// Retires a model: it accepts no new jobs, and may be submitted again.
	retire_model(model: ModelId) = "Models" "retire";
	/// Registers the caller as a worker. `key` is an ed25519 public key, `proof` its signature that it serves the
	/// caller.
	register_worker(stake: u128, key: [u8; 32], proof: [u8; 64]) = "Workers" "register";
	/// Adds to the caller's stake.
	bond_more(amount: u128) = "Workers" "bond_more";
	/// Starts to unbond stake.
	unbond(amount: u128) = "Workers" "unbond";
	/// Withdraws stake whose unbonding period is over.
	withdraw() = "Workers" "withdraw";
	/// Sets the number of slots offered.
	serve(model: ModelId, slots: u32) = "Workers" "serve";
	/// Withdraws all slots.
	stop_serving(model: ModelId) = "Workers" "stop_serving";
	/// Requests a job of `items` inputs, packed in `input`.
	request(model: &ModelRef, items: u32, input: &Payload, terms: &Terms<u128>) = "Jobs" "request";
	/// Cancels a job, which must have this task: another fork may have another job under its number.
	cancel(job: JobId, task: TaskId) = "Jobs" "cancel";
	/// Lists a model: token holders endorse it.
	list_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "list";
	/// Takes a model off the list.
	delist_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "delist";
	/// Quarantines a model: it accepts no jobs, and those in flight end. Bars one that accepts none now.
	quarantine_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "quarantine";
	/// Releases a model from quarantine; a barred one becomes retired.
	release_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "release";
	/// Bars a model for good, whatever its status.
	bar_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "bar";
	/// Lists an engine: models may name it.
	list_engine(engine: EngineId, reason: Option<[u8; 32]>) = "Models" "list_engine";
	/// Retires an engine: no further model may name it, and those that do accept no jobs after `notice` blocks.
	retire_engine(engine: EngineId, notice: u32, reason: Option<[u8; 32]>) = "Models" "retire_engine";
	/// Sets a group of parameters. `key_value` is encoded.
	set_parameter(key_value: Encoded) = "Parameters" "set_parameter";
	/// Authorises an upgrade to the runtime with this hash, which anybody may then apply.
	authorize_upgrade(code_hash: [u8; 32]) = "System" "authorize_upgrade";
	/// Applies an authorised upgrade.
	apply_authorized_upgrade(code: &[u8]) = "System" "apply_authorized_upgrade";
	/// Stores a call on chain, for a referendum to dispatch.
	note_preimage(bytes: &[u8]) = "Preimage" "note_preimage";
	/// Submits a referendum that dispatches `call` from `origin`, which is encoded.
	submit_referendum(origin: Encoded, call: &Proposed, enactment: (u8, u32)) = "Referenda" "submit";
	/// Places a referendum's decision deposit.
	place_decision_deposit(referendum: u32) = "Referenda" "place_decision_deposit";
	/// Casts a standard vote: `vote` is its kind, its side with the conviction, and its tokens.
	vote(referendum: Compact<u32>, vote: (u8, u8, u128)) = "ConvictionVoting" "vote";
	/// Delegates votes on a track to another account.
	delegate(track: u16, to: (u8, AccountId32), conviction: u8, amount: u128) = "ConvictionVoting" "delegate";
	/// Ends a delegation.
	undelegate(track: u16) = "ConvictionVoting" "undelegate";
	/// Removes a vote.
	remove_vote(track: Option<u16>, referendum: u32) = "ConvictionVoting" "remove_vote";
	/// Unlocks the tokens that an account's votes on a track no longer lock.
	unlock(track: u16, account: (u8, AccountId32)) = "ConvictionVoting" "unlock";
	/// Dispatches several encoded calls, all or none.
	batch_all(calls: &[Encoded]) = "Utility" "batch_all";
	/// Challenges a provisional answer. `signature` is the challenger's over [`NewChallenge::message`].
	challenge(challenge: &NewChallenge, signature: &AccountSignature) = "Disputes" "challenge";
}
