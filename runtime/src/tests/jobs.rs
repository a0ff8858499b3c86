//! Registry, pool and jobs joined: what the mocks of each pallet take for granted of the others.

use super::genesis::state;
use crate::*;
use assay_primitives::{
	key::{commitment, salt, salt_message, WorkerPair},
	traits::WorkerPool,
	Artifact, BoundedSpec, EngineId, JobId, ModelId, Outcome, Payload,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	traits::{
		fungible::{Inspect, InspectHold},
		Authorize, Hooks,
	},
};
use pallet_jobs::{CommitBatch, Reveal, RevealBatch, Terms, MAX_BATCH};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Dave, Eve};
use sp_runtime::{traits::Dispatchable, transaction_validity::TransactionSource};

const PRICE: Balance = ASY;

/// The development chain with a model of Dave's that Alice serves.
fn with_model(slots: u32, test: impl FnOnce(ModelId)) {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		System::set_block_number(1);
		let engine = EngineId::default();
		pallet_models::Engines::<Runtime>::insert(engine, ());
		let artifact = Artifact::of(b"a model");
		let spec = BoundedSpec::default();
		let metadata = pallet_models::Metadata {
			name: b"digits".to_vec().try_into().unwrap(),
			description: Default::default(),
		};
		let owner = RuntimeOrigin::signed(Dave.to_account_id());
		assert_ok!(Models::submit(owner, spec.clone(), artifact, engine, metadata, PRICE));
		let model = assay_primitives::task::model_id(engine, artifact.id, &spec);
		assert_ok!(Workers::serve(
			RuntimeOrigin::signed(Alice.to_account_id()),
			model,
			slots
		));
		test(model);
		Models::do_try_state().unwrap();
		Workers::do_try_state().unwrap();
		Jobs::do_try_state().unwrap();
	});
}

fn request(model: ModelId) -> JobId {
	let id = pallet_jobs::NextJob::<Runtime>::get();
	let input = Payload::of(b"input".to_vec());
	assert_ok!(Jobs::request(
		RuntimeOrigin::signed(Eve.to_account_id()),
		model,
		input,
		Terms { max_fee: PRICE }
	));
	id
}

fn outcome() -> Payload {
	Payload::of(Outcome::Answer(alloc::vec![]).encode())
}

fn submit(call: pallet_jobs::Call<Runtime>) {
	let call = RuntimeCall::from(call);
	call.authorize(TransactionSource::External).unwrap().unwrap();
	assert_ok!(call.dispatch(frame_system::RawOrigin::Authorized.into()));
}

/// Commits and reveals as Alice's node does.
fn answer(job: JobId) {
	let (worker, pair) = (Alice.to_account_id(), WorkerPair::from_string("//Alice", None).unwrap());
	let genesis = System::block_hash(0);
	let salt = salt(&pair.sign(&salt_message(genesis, job, &worker)));
	let bound = commitment(genesis, job, &worker, outcome().outcome_digest(), salt);
	let batch = CommitBatch {
		worker: worker.clone(),
		commits: alloc::vec![(job, bound)].try_into().unwrap(),
	};
	let signature = pair.sign(&batch.message(genesis));
	submit(pallet_jobs::Call::commit { batch, signature });
	let reveals = alloc::vec![Reveal {
		job,
		outcome: outcome(),
		salt
	}]
	.try_into()
	.unwrap();
	let batch = RevealBatch { worker, reveals };
	let signature = pair.sign(&batch.message(genesis));
	submit(pallet_jobs::Call::reveal { batch, signature });
}

#[test]
fn an_answer_is_paid_out_of_the_hold_and_the_slot_comes_back() {
	with_model(1, |model| {
		let before = [Alice, Dave, Eve].map(|who| Balances::total_balance(&who.to_account_id()));
		let issuance = Balances::total_issuance();
		let job = request(model);
		assert_eq!(Workers::free_slots(&model), 0);
		assert_eq!(Balances::total_balance_on_hold(&Eve.to_account_id()), PRICE);
		answer(job);
		let after = [Alice, Dave, Eve].map(|who| Balances::total_balance(&who.to_account_id()));
		assert_eq!(
			after,
			[before[0] + PRICE * 9 / 10, before[1] + PRICE / 10, before[2] - PRICE]
		);
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(Workers::free_slots(&model), 1);
		assert_eq!(Workers::info(&Alice.to_account_id()).unwrap().answers, 1);
	});
}

#[test]
fn a_no_show_refunds_in_full_and_stands_on_the_record() {
	with_model(1, |model| {
		let before = Balances::total_balance(&Eve.to_account_id());
		request(model);
		for block in 2..=22 + MINUTES {
			System::set_block_number(block);
			Jobs::on_initialize(block);
		}
		assert_eq!(Balances::balance(&Eve.to_account_id()), before);
		assert_eq!(Workers::info(&Alice.to_account_id()).unwrap().no_shows, 1);
		assert_eq!(Workers::free_slots(&model), 0);
	});
}

#[test]
fn a_model_that_retires_in_mid_job_is_still_answered_and_paid() {
	with_model(2, |model| {
		let job = request(model);
		assert_ok!(Models::retire(RuntimeOrigin::signed(Dave.to_account_id()), model));
		answer(job);
		assert!(Jobs::quote(model).is_none());
	});
}

#[test]
fn the_worst_batch_fits_into_a_block() {
	let worker = Alice.to_account_id();
	let reveal = Reveal {
		job: JobId(0),
		outcome: Payload::of(alloc::vec![0; assay_primitives::MAX_INLINE as usize]),
		salt: Default::default(),
	};
	let batch = RevealBatch {
		worker,
		reveals: alloc::vec![reveal; MAX_BATCH as usize].try_into().unwrap(),
	};
	let signature = WorkerPair::from_string("//Alice", None).unwrap().sign(b"");
	let call = RuntimeCall::from(pallet_jobs::Call::reveal { batch, signature });
	let info = call.get_dispatch_info();
	let class = crate::configs::BlockWeights::get()
		.per_class
		.get(info.class)
		.max_extrinsic
		.unwrap();
	let weight = info.total_weight().saturating_add(call.weight_of_authorize());
	assert!(weight.all_lte(class), "{weight} in {class}");
	let length = crate::configs::BlockLength::get();
	assert!(call.encoded_size() < *length.max.get(info.class) as usize);
}

#[test]
fn the_agenda_leaves_most_of_a_block_to_transactions() {
	use pallet_jobs::WeightInfo;
	let worst = <Runtime as pallet_jobs::Config>::WeightInfo::on_initialize(100, 100);
	assert!(worst.ref_time() < MAXIMUM_BLOCK_WEIGHT.ref_time() / 8, "{worst}");
}
