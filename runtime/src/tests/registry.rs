//! Costs of the registry: the blocks until a quarantined model has no job in flight, the bytes of state of a model, the
//! weight of its calls.

use super::{
	chain::{go_live, open_model, Worker},
	jobs::{run_to, terms, with_model},
	storage::bytes_of,
};
use crate::{
	fixtures::{input, metadata, statement, WIDTH},
	*,
};
use assay_primitives::{probe::PROBE_CHECKERS, Artifact, EngineId};
use frame_support::{assert_ok, dispatch::GetDispatchInfo, traits::Get};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};

/// The number of jobs in flight when the model is quarantined.
const JOBS: u32 = 1_000;

#[test]
fn a_quarantine_ends_a_thousand_jobs_in_few_blocks() {
	with_model(genesis_presets::LOCAL_RUNTIME_PRESET, &[], 1, |_| {
		go_live();
		let model = open_model(b"harmful");
		let slots: u32 = <Runtime as pallet_workers::Config>::MaxSlots::get();
		for number in 0..(3 * JOBS).div_ceil(slots) {
			Worker::register(number).serve(model);
		}
		for _ in 0..JOBS {
			let eve = RuntimeOrigin::signed(Eve.to_account_id());
			assert_ok!(Jobs::request(eve, model.into(), 1, input(WIDTH, 1), terms(1)));
		}
		// All except those of other models.
		let live = || {
			pallet_jobs::Jobs::<Runtime>::iter_values()
				.filter(|job| job.state.is_live())
				.count()
		};
		assert_eq!(live(), JOBS as usize);
		assert_ok!(Models::quarantine(RuntimeOrigin::root(), model, None));
		let started = System::block_number();
		while live() > 0 {
			run_to(System::block_number() + 1);
		}
		let blocks = System::block_number() - started;
		println!("{JOBS} jobs end in {blocks} blocks");
		assert!(blocks <= 5, "{blocks} blocks");
	});
}

#[test]
fn a_model_takes_little_state_and_a_rejected_one_even_less() {
	with_model(genesis_presets::LOCAL_RUNTIME_PRESET, &[Alice], 1, |_| {
		let engine = EngineId::default();
		for worker in [Alice, Bob] {
			let worker = RuntimeOrigin::signed(worker.to_account_id());
			assert_ok!(Workers::serve(worker, assay_primitives::probe::probe_pool(engine), 1));
		}
		let before = bytes_of("Models");
		let call = pallet_models::Call::<Runtime>::submit {
			spec: Default::default(),
			artifact: Artifact::of(b"another model"),
			engine,
			metadata: metadata("digits"),
			royalty: 0,
			statement: statement(WIDTH, 1_000),
			max_fee: ASY,
		};
		let eve = RuntimeOrigin::signed(Eve.to_account_id());
		assert_ok!(sp_runtime::traits::Dispatchable::dispatch(RuntimeCall::from(call), eve));
		let whole = bytes_of("Models") - before;
		let id = pallet_models::Models::<Runtime>::iter()
			.find(|(_, model)| model.status == pallet_models::ModelStatus::Probation)
			.map(|(id, _)| id)
			.expect("it is on probation");
		let probe = pallet_models::Models::<Runtime>::get(id).unwrap().probe;
		<Models as assay_primitives::traits::OnProbed>::on_probed(probe, &id, None);
		let rejected = bytes_of("Models") - before;
		println!("{whole} bytes on probation, {rejected} rejected");
		assert!(whole < 1_200 && rejected < 420);
	});
}

#[test]
fn a_vote_costs_less_than_a_submission() {
	let (model, reason) = (Default::default(), None);
	let list = RuntimeCall::from(pallet_models::Call::list { model, reason }).get_dispatch_info();
	let submit = RuntimeCall::from(pallet_models::Call::submit {
		spec: Default::default(),
		artifact: Artifact::of(b""),
		engine: Default::default(),
		metadata: metadata("digits"),
		royalty: 0,
		statement: statement(WIDTH, 1_000),
		max_fee: ASY,
	})
	.get_dispatch_info();
	println!(
		"submit {} us, list {} us, of probes with {PROBE_CHECKERS} checkers",
		submit.call_weight.ref_time() / 1_000_000,
		list.call_weight.ref_time() / 1_000_000
	);
	assert!(list.call_weight.ref_time() < submit.call_weight.ref_time());
}
