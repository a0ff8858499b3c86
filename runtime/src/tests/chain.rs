//! A chain that makes blocks as a node does, but natively, and its workers.

use crate::{
	fixtures::{self, statement, WIDTH},
	*,
};
use assay_primitives::{
	api::Verdict,
	key::{owner_message, VoterPair, WorkerPair},
	JobId, ModelId, OutcomeDigest, TaskId,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::{with_transaction, TransactionOutcome},
	traits::{fungible::Mutate, Get},
};
use frame_system::{offchain::CreateAuthorizedTransaction, CheckNonce};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, BABE_ENGINE_ID,
};
use sp_core::{crypto::VrfSecret, sr25519, Pair};
use sp_keyring::Sr25519Keyring::{self, Alice, Dave};
use sp_runtime::{ApplyExtrinsicResult, Digest, DigestItem, DispatchError};

pub const ROYALTY: Balance = MILLI_ASY;

/// Makes votes as slow as on a live network, whose ranges and ages then apply.
pub fn go_live() {
	governance::pallet_custom_origins::Tempo::<Runtime>::put(1);
}

/// Begins the next block as Alice, the only author of the `dev` preset: with a VRF output of its slot, and the hooks.
/// Every slot has a block.
pub fn begin_block() {
	let number = System::block_number() + 1;
	let slot = u64::from(number).into();
	let (randomness, epoch) = (
		pallet_babe::Randomness::<Runtime>::get(),
		pallet_babe::EpochIndex::<Runtime>::get(),
	);
	let digest = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
		authority_index: 0,
		slot,
		vrf_signature: Alice.pair().vrf_sign(&make_vrf_sign_data(&randomness, slot, epoch)),
	});
	let header = Header {
		parent_hash: Hash::repeat_byte(1),
		number,
		state_root: Default::default(),
		extrinsics_root: Default::default(),
		digest: Digest {
			logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())],
		},
	};
	Executive::initialize_block(&header);
}

/// Returns the only inherent of this chain.
pub fn timestamp() -> UncheckedExtrinsic {
	let now = u64::from(System::block_number()) * SLOT_DURATION;
	UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into())
}

/// Applies a transaction as the author of a block does: a refused one changes nothing.
pub fn apply(transaction: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	let applied = with_transaction(|| {
		let result = Executive::apply_extrinsic(transaction);
		match result.is_ok() {
			true => TransactionOutcome::Commit(Ok::<_, DispatchError>(result)),
			false => TransactionOutcome::Rollback(Ok(result)),
		}
	});
	applied.expect("transactions are not nested deep here")
}

/// Returns a transaction of the account of `signer`, with its next nonce.
pub fn signed(signer: &sr25519::Pair, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	let account = AccountId::from(signer.public());
	let mut extension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.6 = CheckNonce::from(System::account_nonce(&account));
	let payload = generic::SignedPayload::new(call.into(), extension).expect("the genesis hash is known");
	let signature = payload.using_encoded(|payload| signer.sign(payload));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, account.into(), signature.into(), extension)
}

/// Returns a transaction that authorises itself.
pub fn authorized(call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// Returns the signed ballot of one validator, ascending by job.
pub fn ballot(voter: &VoterPair, votes: Vec<(JobId, OutcomeDigest)>) -> pallet_disputes::Call<Runtime> {
	let vote = |(job, digest)| pallet_disputes::Vote {
		job,
		task: task_of(job),
		verdict: Verdict::Outcome(digest),
	};
	let votes: Vec<_> = votes.into_iter().map(vote).collect();
	let ballot = pallet_disputes::Ballot {
		voter: voter.public(),
		at: System::block_number(),
		votes: votes.try_into().expect("the votes fit into a ballot"),
	};
	let signature = voter.sign(&ballot.message(System::block_hash(0)));
	pallet_disputes::Call::vote { ballot, signature }
}

/// Returns the challenge of an account, signed by it, with this digest as the right one.
pub fn challenge(challenger: Sr25519Keyring, job: JobId, digest: OutcomeDigest) -> pallet_disputes::Call<Runtime> {
	let challenge = pallet_disputes::NewChallenge {
		challenger: challenger.to_account_id(),
		at: System::block_number(),
		job,
		task: task_of(job),
		digest,
	};
	let signature = challenger.sign(&challenge.message(System::block_hash(0))).into();
	pallet_disputes::Call::challenge { challenge, signature }
}

fn task_of(job: JobId) -> TaskId {
	pallet_jobs::Jobs::<Runtime>::get(job).map_or(Default::default(), |job| job.task)
}

/// Registers a listed model of Dave, a different one for each `file`.
pub fn open_model(file: &[u8]) -> ModelId {
	let statement = statement(WIDTH, 1_000_000);
	fixtures::open_model(Dave.to_account_id(), file, ROYALTY, statement, true)
}

/// A worker with its account and key.
pub struct Worker {
	pub signer: sr25519::Pair,
	pub key: WorkerPair,
}

impl Worker {
	/// Registers a worker, a different one for each `number`, with the stake for the maximum number of slots.
	pub fn register(number: u32) -> Self {
		let path = format!("//worker//{number}");
		let worker = Self {
			signer: sr25519::Pair::from_string(&path, None).unwrap(),
			key: WorkerPair::from_string(&path, None).unwrap(),
		};
		let slots: u32 = <Runtime as pallet_workers::Config>::MaxSlots::get();
		let bond: Balance = <Runtime as pallet_workers::Config>::SlotBond::get();
		let stake = bond * Balance::from(slots);
		Balances::set_balance(&worker.account(), stake + 1_000 * ASY);
		let proof = worker
			.key
			.sign(&owner_message(System::block_hash(0), &worker.account()));
		assert_ok!(Workers::register(
			RuntimeOrigin::signed(worker.account()),
			stake,
			worker.key.public(),
			proof
		));
		worker
	}

	pub fn account(&self) -> AccountId {
		self.signer.public().into()
	}

	/// Offers all of its slots to `model`, and lets their tickets count at once.
	pub fn serve(self, model: ModelId) -> Self {
		let slots = <Runtime as pallet_workers::Config>::MaxSlots::get();
		assert_ok!(Workers::serve(RuntimeOrigin::signed(self.account()), model, slots));
		Workers::apply_changes(BlockNumber::MAX, u32::MAX);
		self
	}
}
