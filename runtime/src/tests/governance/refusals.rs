//! Rejected referenda, and proposals that take no effect.

use super::*;

#[test]
fn a_call_of_another_track_is_refused_when_it_is_dispatched() {
	with_model(|model| {
		enact(Origin::ParameterAdmin, list(model));
		assert_eq!(last_enactment(), Err(DispatchError::BadOrigin));
		assert_eq!(model_status(model), ModelStatus::Open);
		enact(Origin::ModelAdmin, double_base().1);
		assert_eq!(last_enactment(), Err(DispatchError::BadOrigin));
	});
}

#[test]
fn only_its_own_track_and_root_may_make_each_call_of_governance() {
	with_model(|model| {
		let engine = EngineId::of(b"another");
		let reason = None;
		let hash = Default::default();
		let cases: Vec<(RuntimeCall, &[Origin])> = vec![
			(list(model).into(), &[Origin::ModelAdmin]),
			(quarantine(model).into(), &[Origin::ModelAdmin, Origin::Quarantiner]),
			(
				RuntimeCall::Models(pallet_models::Call::bar { model, reason }),
				&[Origin::ModelAdmin],
			),
			(
				RuntimeCall::Models(pallet_models::Call::list_engine { engine, reason }),
				&[Origin::EngineAdmin],
			),
			(double_base().1.into(), &[Origin::ParameterAdmin]),
			(
				RuntimeCall::Preimage(pallet_preimage::Call::request_preimage { hash }),
				&[Origin::ParameterAdmin],
			),
			(
				RuntimeCall::Referenda(pallet_referenda::Call::cancel { index: 7 }),
				&[Origin::ReferendumCanceller],
			),
			(
				RuntimeCall::Referenda(pallet_referenda::Call::kill { index: 7 }),
				&[Origin::ReferendumKiller],
			),
			(spend(ASY).into(), &[Origin::Treasurer]),
			(
				RuntimeCall::System(frame_system::Call::set_heap_pages { pages: 1 }),
				&[],
			),
		];
		for (call, allowed) in cases {
			let is_refused = |origin: RuntimeOrigin| {
				let undone = frame_support::storage::with_transaction(|| {
					let result = call.clone().dispatch(origin).map_err(|error| error.error);
					sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(result))
				});
				matches!(undone.unwrap(), Err(DispatchError::BadOrigin))
			};
			for origin in Origin::ALL {
				assert_eq!(
					is_refused((*origin).into()),
					!allowed.contains(origin),
					"{call:?} as {origin:?}"
				);
			}
			assert!(is_refused(signed(Dave)), "{call:?}");
			assert!(!is_refused(RuntimeOrigin::root()), "{call:?}");
		}
	});
}

#[test]
fn too_little_support_rejects_a_referendum() {
	with_model(|model| {
		let referendum = propose(Origin::ModelAdmin, list(model));
		// One in twelve thousand.
		vote(Alice, referendum, true, 1_000 * ASY);
		assert!(!decided(referendum, Origin::ModelAdmin.track()));
		assert!(matches!(info(referendum), ReferendumInfo::Rejected(..)));
		run_for(20);
		assert_eq!(model_status(model), ModelStatus::Open);
		// The proposal has cost its submission deposit.
		assert_ok!(Referenda::refund_decision_deposit(signed(Eve), referendum));
		assert_noop!(
			Referenda::refund_submission_deposit(signed(Eve), referendum),
			pallet_referenda::Error::<Runtime>::BadStatus
		);
	});
}

#[test]
fn a_quarantine_that_one_in_four_votes_opposes_fails() {
	with_model(|model| {
		let referendum = propose(Origin::Quarantiner, quarantine(model));
		vote_aye(referendum);
		vote(Dave, referendum, false, 900_000 * ASY);
		assert!(!decided(referendum, Origin::Quarantiner.track()));
		assert!(accepts_jobs(model));
	});
}

#[test]
fn a_proposal_without_decision_deposit_times_out() {
	with_model(|model| {
		let proposal = Bounded::Inline(RuntimeCall::from(list(model)).encode().try_into().unwrap());
		let origin = Box::new(Origin::ModelAdmin.into());
		assert_ok!(Referenda::submit(signed(Eve), origin, proposal, DispatchTime::After(0)));
		vote_aye(0);
		run_for(<Runtime as pallet_referenda::Config>::UndecidingTimeout::get());
		assert!(matches!(info(0), ReferendumInfo::TimedOut(..)), "{:?}", info(0));
	});
}

#[test]
fn a_call_whose_preimage_is_missing_has_no_effect() {
	with_model(|model| {
		let call = RuntimeCall::from(list(model)).encode();
		let referendum = propose(Origin::ModelAdmin, list(model));
		assert_ok!(Preimage::unnote_preimage(
			signed(Eve),
			sp_io::hashing::blake2_256(&call).into()
		));
		vote_aye(referendum);
		assert!(decided(referendum, Origin::ModelAdmin.track()));
		run_for(10);
		assert_eq!(model_status(model), ModelStatus::Open);
		let unavailable = |event: RuntimeEvent| {
			matches!(
				event,
				RuntimeEvent::Scheduler(pallet_scheduler::Event::CallUnavailable { .. })
			)
		};
		assert!(System::events().into_iter().any(|record| unavailable(record.event)));
	});
}

#[test]
fn an_account_cannot_have_the_origin_of_a_track() {
	with_model(|model| {
		let proposal = Bounded::Inline(RuntimeCall::from(list(model)).encode().try_into().unwrap());
		let origin = Box::new(RawOrigin::Signed(Eve.to_account_id()).into());
		assert_noop!(
			Referenda::submit(signed(Eve), origin, proposal, DispatchTime::After(0)),
			pallet_referenda::Error::<Runtime>::NoTrack
		);
	});
}
