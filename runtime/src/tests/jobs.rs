//! Registry, pool, jobs and tribunal joined: what the mocks of each pallet assume about the others.

use super::{
	chain::{ballot, challenge, open_model, ROYALTY},
	genesis::state,
};
use crate::{
	fixtures::{input, WIDTH},
	genesis_presets::LOCAL_RUNTIME_PRESET,
	*,
};
use assay_primitives::{
	api::{JobStatus, ParticipantStatus},
	key::{commitment, salt, salt_message, VoterPair, WorkerPair},
	terms::{Terms, Window},
	traits::WorkerPool,
	Answer, FaultCode, JobId, ModelId, Outcome, OutcomeDigest, TaskId,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, InspectHold},
		Authorize, Hooks,
	},
	weights::WeightMeter,
};
use pallet_jobs::{Step, Submission};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{traits::Dispatchable, transaction_validity::TransactionSource};

/// Runs `test` on a chain with a model of Dave that `workers` serve.
pub(super) fn with_model(preset: &str, workers: &[Sr25519Keyring], slots: u32, test: impl FnOnce(ModelId)) {
	state(preset).execute_with(|| {
		System::set_block_number(1);
		let model = open_model(b"a model");
		for worker in workers {
			let worker = RuntimeOrigin::signed(worker.to_account_id());
			assert_ok!(Workers::serve(worker, model, slots));
			Workers::apply_changes(BlockNumber::MAX, u32::MAX);
		}
		run_to(3);
		test(model);
		Models::do_try_state().unwrap();
		Workers::do_try_state().unwrap();
		Jobs::do_try_state().unwrap();
		Disputes::do_try_state().unwrap();
	});
}

/// Runs our hooks of each block up to and including `block`, each with its own randomness.
pub(super) fn run_to(block: BlockNumber) {
	while System::block_number() < block {
		Jobs::on_finalize(System::block_number());
		Disputes::on_finalize(System::block_number());
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Jobs::on_initialize(next);
		Jobs::on_poll(next, &mut WeightMeter::new());
		Disputes::on_initialize(next);
		pallet_babe::AuthorVrfRandomness::<Runtime>::put(Some(sp_io::hashing::blake2_256(&next.encode())));
	}
}

pub(super) fn terms(checkers: u8) -> Terms<Balance> {
	Terms {
		checkers,
		max_fee: ASY,
		value_at_risk: 0,
		window: Window::Short,
		allow_unlisted: false,
	}
}

pub(super) fn request(model: ModelId, checkers: u8) -> JobId {
	let id = pallet_jobs::NextJob::<Runtime>::get();
	let eve = RuntimeOrigin::signed(Eve.to_account_id());
	assert_ok!(Jobs::request(eve, model.into(), 1, input(WIDTH, 1), terms(checkers)));
	id
}

pub(super) fn right() -> Answer {
	Answer::of(&[Outcome::Answer(alloc::vec![])]).0
}

fn wrong() -> Answer {
	Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]).0
}

fn dispatch(call: RuntimeCall) {
	call.authorize(TransactionSource::InBlock).unwrap().unwrap();
	assert_ok!(call.dispatch(frame_system::RawOrigin::Authorized.into()));
}

/// Returns the key with which the node of `worker` signs.
fn key_of(worker: Sr25519Keyring) -> WorkerPair {
	WorkerPair::from_string(&worker.to_seed(), None).unwrap()
}

fn task_of(job: JobId) -> TaskId {
	pallet_jobs::Jobs::<Runtime>::get(job).unwrap().task
}

/// Returns the salt of `worker` for `job`.
fn salt_of(worker: Sr25519Keyring, job: JobId) -> sp_core::H256 {
	let message = salt_message(System::block_hash(0), &worker.to_account_id());
	salt(&key_of(worker).sign(&message), job, task_of(job))
}

/// Submits as the node of `worker` does.
pub(super) fn submission(worker: Sr25519Keyring, steps: Vec<Step>) -> RuntimeCall {
	let submission = Submission {
		worker: worker.to_account_id(),
		at: System::block_number(),
		steps: steps.try_into().unwrap(),
	};
	let signature = key_of(worker).sign(&submission.message(System::block_hash(0)));
	pallet_jobs::Call::submit { submission, signature }.into()
}

pub(super) fn commitment_to(worker: Sr25519Keyring, job: JobId, answer: &Answer) -> Step {
	let (genesis, task, salt) = (System::block_hash(0), task_of(job), salt_of(worker, job));
	let commitment = commitment(genesis, job, task, &worker.to_account_id(), answer.digest(), salt);
	Step::Commit { job, task, commitment }
}

pub(super) fn revelation_of(worker: Sr25519Keyring, job: JobId, answer: &Answer) -> Step {
	Step::Reveal {
		job,
		task: task_of(job),
		digest: answer.digest(),
		salt: salt_of(worker, job),
		answer: Some(answer.clone()),
	}
}

pub(super) fn commit(worker: Sr25519Keyring, job: JobId, answer: &Answer) {
	dispatch(submission(worker, alloc::vec![commitment_to(worker, job, answer)]));
}

pub(super) fn reveal(worker: Sr25519Keyring, job: JobId, answer: &Answer) {
	dispatch(submission(worker, alloc::vec![revelation_of(worker, job, answer)]));
}

pub(super) fn vote(validator: Sr25519Keyring, job: JobId, digest: OutcomeDigest) {
	let pair = VoterPair::from_string(&validator.to_seed(), None).unwrap();
	dispatch(ballot(&pair, alloc::vec![(job, digest)]).into());
}

pub(super) fn status(job: JobId) -> JobStatus<Balance, BlockNumber> {
	Jobs::job(job).unwrap().status
}

pub(super) fn workers_of(job: JobId) -> alloc::vec::Vec<Sr25519Keyring> {
	let participants = Jobs::job(job).unwrap().participants;
	participants
		.iter()
		.map(|p| {
			[Alice, Bob, Charlie]
				.into_iter()
				.find(|known| known.to_account_id() == p.worker)
				.unwrap()
		})
		.collect()
}

fn total(who: Sr25519Keyring) -> Balance {
	Balances::total_balance(&who.to_account_id())
}

/// Requests jobs until one is audited, or not, as `audited` says, claims it honestly, and runs until after its draw.
fn drawn(model: ModelId, checkers: u8, audited: bool) -> JobId {
	loop {
		let job = request(model, checkers);
		commit(workers_of(job)[0], job, &right());
		run_to(System::block_number() + 3);
		if pallet_jobs::Jobs::<Runtime>::get(job).unwrap().audited == audited {
			return job;
		}
	}
}

#[test]
fn an_answer_is_paid_from_the_hold_after_the_window_and_the_slot_returns() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 64, |model| {
		let issuance = Balances::total_issuance();
		let job = drawn(model, 0, false);
		let fee = Jobs::job(job).unwrap().fee;
		let before = [Alice, Dave, Eve].map(total);
		reveal(Alice, job, &right());
		let JobStatus::Provisional { until, .. } = status(job) else {
			panic!("{:?}", status(job))
		};
		run_to(until + 1);
		assert!(matches!(status(job), JobStatus::Settled { .. }));
		let after = [Alice, Dave, Eve].map(total);
		assert_eq!(
			after,
			[
				before[0] + fee.pay,
				before[1] + ROYALTY,
				before[2] - fee.pay - fee.levy - fee.burn - ROYALTY
			]
		);
		assert_eq!(Balances::total_issuance(), issuance - fee.burn);
		assert_eq!(Workers::info(&Alice.to_account_id()).unwrap().record.answers, 1);
	});
}

#[test]
fn with_one_worker_nobody_is_audited() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 200, |model| {
		for _ in 0..50 {
			drawn(model, 0, false);
		}
		assert_eq!(pallet_jobs::Totals::<Runtime>::get().audits, 0);
	});
}

#[test]
fn a_liar_loses_its_bond_and_the_requester_gets_the_right_answer() {
	with_model(LOCAL_RUNTIME_PRESET, &[Alice, Bob, Charlie], 32, |model| {
		let job = request(model, 1);
		let executor = workers_of(job)[0];
		commit(executor, job, &wrong());
		run_to(System::block_number() + 3);
		let workers = workers_of(job);
		let before = workers.iter().map(|who| total(*who)).collect::<alloc::vec::Vec<_>>();
		for checker in &workers[1..] {
			commit(*checker, job, &right());
		}
		reveal(executor, job, &wrong());
		for checker in &workers[1..] {
			reveal(*checker, job, &right());
		}
		assert!(matches!(status(job), JobStatus::Disputed { .. }));
		vote(Alice, job, right().digest());
		vote(Bob, job, right().digest());
		let JobStatus::Settled { digest, answer, .. } = status(job) else {
			panic!("{:?}", status(job))
		};
		assert_eq!((digest, answer), (right().digest(), right()));
		assert_eq!(total(executor), before[0] - Workers::slot_bond());
		let pay = Jobs::job(job).unwrap().fee.pay;
		assert!(total(workers[1]) >= before[1] + pay + Workers::slot_bond() / 10);
		assert_eq!(
			Jobs::job(job).unwrap().participants[0].status,
			ParticipantStatus::Wrong(wrong().digest())
		);
		assert_eq!(Jobs::stats().wrong, 1);
	});
}

#[test]
fn one_challenger_overturns_a_wrong_result_that_all_agree_on() {
	with_model(LOCAL_RUNTIME_PRESET, &[Alice, Bob, Charlie], 32, |model| {
		let job = loop {
			let job = request(model, 0);
			commit(workers_of(job)[0], job, &wrong());
			run_to(System::block_number() + 3);
			if workers_of(job).len() == 1 {
				break job;
			}
		};
		let cheat = workers_of(job)[0];
		reveal(cheat, job, &wrong());
		let before = [total(cheat), total(Dave)];
		dispatch(challenge(Dave, job, right().digest()).into());
		for validator in [Alice, Charlie] {
			vote(validator, job, right().digest());
		}
		// The only worker was wrong, so the tribunal waits for the right answer.
		let (task, answer) = (Jobs::job(job).unwrap().task, right());
		dispatch(pallet_disputes::Call::bring_answer { job, task, answer }.into());
		let JobStatus::Settled { answer, .. } = status(job) else {
			panic!("{:?}", status(job))
		};
		assert_eq!(answer, right());
		let bond = Workers::slot_bond();
		assert_eq!(total(cheat), before[0] - bond);
		// Dave is the reporter, who gets a fifth, and also owns the model.
		assert_eq!(total(Dave), before[1] + bond / 5 + ROYALTY);
		assert_eq!(Balances::total_balance_on_hold(&Dave.to_account_id()), {
			let model = pallet_models::Models::<Runtime>::iter_values().next().unwrap();
			model.deposit
		});
		assert_eq!(Jobs::stats().overturned, 1);
	});
}

#[test]
fn a_no_show_is_fined_and_the_requester_is_refunded_in_full() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 1, |model| {
		let before = [total(Alice), total(Eve)];
		let job = request(model, 0);
		run_to(System::block_number() + MINUTES + 2);
		assert!(matches!(status(job), JobStatus::Refunded { .. }));
		assert_eq!([total(Alice), total(Eve)], [before[0] - 100 * MILLI_ASY, before[1]]);
		assert_eq!(Workers::info(&Alice.to_account_id()).unwrap().record.no_shows, 1);
		assert_eq!(Workers::free_slots(&model), 0);
	});
}

#[test]
fn a_job_of_a_model_that_is_retired_meanwhile_is_still_answered() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 64, |model| {
		let job = drawn(model, 0, false);
		assert_ok!(Models::retire(RuntimeOrigin::signed(Dave.to_account_id()), model));
		reveal(Alice, job, &right());
		assert!(matches!(status(job), JobStatus::Provisional { .. }));
		assert!(Jobs::quote(model, 1, terms(0)).is_none());
	});
}

#[test]
fn a_quarantine_ends_the_jobs_in_flight_and_their_fees_pay_the_workers() {
	with_model(LOCAL_RUNTIME_PRESET, &[Alice, Bob, Charlie], 32, |model| {
		let eve = total(Eve);
		let job = drawn(model, 1, false);
		let executor = workers_of(job)[0];
		let fund = Balances::total_balance(&crate::protocol::AuditFund::get());
		let before = total(executor);
		assert_ok!(Models::quarantine(RuntimeOrigin::root(), model, None));
		assert!(Jobs::quote(model, 1, terms(0)).is_none());
		run_to(System::block_number() + 1);
		assert!(matches!(status(job), JobStatus::Refunded { .. }), "{:?}", status(job));
		let pay = Jobs::job(job).unwrap().fee.pay;
		assert_eq!(total(executor), before + pay);
		assert_eq!(total(Eve), eve - pay);
		assert_eq!(Balances::total_balance(&crate::protocol::AuditFund::get()), fund);
		assert_eq!(Workers::free_slots(&model), 3 * 32);
	});
}

#[test]
fn governance_changes_parameters_for_later_jobs_only() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 4, |model| {
		let before = request(model, 0);
		let mut pricing = crate::protocol::current_parameters().pricing;
		pricing.base *= 2;
		let key_value = crate::protocol::RuntimeParameters::Protocol(
			crate::protocol::dynamic_params::protocol::Parameters::Pricing(crate::protocol::Pricing, Some(pricing)),
		);
		assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), key_value));
		let after = request(model, 0);
		let pay = |job| Jobs::job(job).unwrap().fee.pay;
		assert!(pay(after) > pay(before));
	});
}
