use crate::{mock::*, EngineStatus, Engines, Error, Event, ModelStatus};
use assay_primitives::{probe::probe_pool, traits::ModelRegistry, EngineId, ModelId};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

const NEW: EngineId = EngineId(H256::repeat_byte(3));
const REASON: Option<H256> = Some(H256::repeat_byte(7));
const LEAVE: u64 = 10;

fn list(who: u64, engine: EngineId) -> DispatchResult {
	Models::list_engine(RuntimeOrigin::signed(who), engine, REASON)
}

fn retire(who: u64, engine: EngineId) -> DispatchResult {
	Models::retire_engine(RuntimeOrigin::signed(who), engine, LEAVE, REASON)
}

fn is_servable(model: ModelId) -> bool {
	<Models as ModelRegistry<u64, u64>>::is_servable(&model)
}

#[test]
fn models_may_name_an_engine_once_it_is_listed() {
	build_and_execute(|| {
		let submission = Submission {
			engine: NEW,
			..Default::default()
		};
		assert_noop!(submission.submit(ALICE), Error::<Test>::UnknownEngine);
		assert_ok!(list(ENGINEER, NEW));
		System::assert_last_event(
			Event::EngineListed {
				engine: NEW,
				reason: REASON,
			}
			.into(),
		);
		assert!(Models::engines().contains(&NEW));
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn a_retired_engine_takes_no_new_models_and_its_own_accept_jobs_until_the_notice_ends() {
	build_and_execute(|| {
		let model = Submission::default().open(ALICE);
		assert_ok!(retire(ENGINEER, ENGINE));
		System::assert_last_event(
			Event::EngineRetired {
				engine: ENGINE,
				effective_at: 1 + LEAVE,
				reason: REASON,
			}
			.into(),
		);
		assert!(!Models::engines().contains(&ENGINE));
		assert_noop!(Submission::batch(2).submit(ALICE), Error::<Test>::EngineRetired);
		System::set_block_number(LEAVE);
		assert!(accepts_jobs(model) && is_servable(model));
		System::set_block_number(LEAVE + 1);
		assert!(!accepts_jobs(model) && !is_servable(model));
		// History stays re-derivable.
		let source = <Models as ModelRegistry<u64, u64>>::source(&model).unwrap();
		assert_eq!(source.engine, ENGINE);
	});
}

#[test]
fn a_retired_engine_may_be_listed_again() {
	build_and_execute(|| {
		let model = Submission::default().open(ALICE);
		assert_ok!(retire(ENGINEER, ENGINE));
		System::set_block_number(LEAVE + 1);
		assert_ok!(list(ENGINEER, ENGINE));
		assert!(accepts_jobs(model));
	});
}

#[test]
fn workers_may_serve_the_probe_pool_while_the_engine_is_active() {
	build_and_execute(|| {
		assert!(is_servable(probe_pool(ENGINE)));
		assert!(!is_servable(probe_pool(NEW)));
		assert_ok!(retire(ENGINEER, ENGINE));
		assert!(is_servable(probe_pool(ENGINE)));
		System::set_block_number(LEAVE + 1);
		assert!(!is_servable(probe_pool(ENGINE)));
	});
}

#[test]
fn a_probe_may_end_after_its_engine_is_retired() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		assert_ok!(retire(ENGINEER, ENGINE));
		System::set_block_number(LEAVE + 1);
		conclude(submission.id(), Some(Ok(())));
		assert_eq!(status(submission.id()), ModelStatus::Open);
		assert!(!accepts_jobs(submission.id()));
	});
}

#[test]
fn a_listed_engine_is_not_listed_again_and_an_unlisted_one_is_not_retired() {
	build_and_execute(|| {
		assert_noop!(list(ENGINEER, ENGINE), Error::<Test>::EngineAlreadyListed);
		assert_noop!(retire(ENGINEER, NEW), Error::<Test>::UnknownEngine);
		assert_ok!(retire(ENGINEER, ENGINE));
		assert_noop!(retire(ENGINEER, ENGINE), Error::<Test>::EngineRetired);
		assert_eq!(
			Engines::<Test>::get(ENGINE),
			Some(EngineStatus::Retired {
				effective_at: 1 + LEAVE
			})
		);
	});
}

#[test]
fn only_the_engine_origin_decides_about_engines() {
	build_and_execute(|| {
		for who in [ALICE, REGISTRAR, GUARD] {
			assert_noop!(list(who, NEW), DispatchError::BadOrigin);
			assert_noop!(retire(who, ENGINE), DispatchError::BadOrigin);
		}
	});
}
