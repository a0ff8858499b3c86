//! Approved referenda, and what they change.

use super::*;

#[test]
fn a_model_is_listed_by_vote_and_all_deposits_are_refunded() {
	with_model(|model| {
		let before = Balances::free_balance(Eve.to_account_id());
		enact(Origin::ModelAdmin, list(model));
		assert_ok!(last_enactment());
		assert_eq!(model_status(model), ModelStatus::Listed);
		let [_, change] = &Models::history(model)[..] else {
			panic!("{:?}", Models::history(model))
		};
		assert_eq!((change.by, change.at), (Authority::ModelOrigin, System::block_number()));

		assert_ok!(Referenda::refund_decision_deposit(signed(Bob), 0));
		assert_ok!(Referenda::refund_submission_deposit(signed(Bob), 0));
		// The scheduler has unrequested the preimage, so Eve may remove it.
		let hash = sp_io::hashing::blake2_256(&RuntimeCall::from(list(model)).encode()).into();
		assert_ok!(Preimage::unnote_preimage(signed(Eve), hash));
		assert_eq!(Balances::free_balance(Eve.to_account_id()), before);
	});
}

#[test]
fn the_fast_track_quarantines_and_the_models_track_releases() {
	with_model(|model| {
		enact(Origin::ModelAdmin, list(model));
		let blocks = enact(Origin::Quarantiner, quarantine(model));
		assert_ok!(last_enactment());
		assert_eq!(model_status(model), ModelStatus::Quarantined { listed: true });
		assert!(!accepts_jobs(model));
		assert_eq!(Models::history(model).last().unwrap().by, Authority::QuarantineOrigin);
		// A day is six blocks here: this took at most half a day of a live network.
		assert!(blocks <= 4, "{blocks}");

		let release = pallet_models::Call::release { model, reason: None };
		enact(Origin::Quarantiner, release.clone());
		assert_eq!(last_enactment(), Err(DispatchError::BadOrigin));
		enact(Origin::ModelAdmin, release);
		assert_ok!(last_enactment());
		assert_eq!(model_status(model), ModelStatus::Listed);
		assert!(accepts_jobs(model));
	});
}

#[test]
fn a_parameter_is_set_by_vote() {
	with_model(|_| {
		let (wanted, call) = double_base();
		enact(Origin::ParameterAdmin, call);
		assert_ok!(last_enactment());
		assert_eq!(crate::protocol::current_parameters().pricing.base, wanted);
	});
}

#[test]
fn a_parameter_out_of_range_is_refused_when_its_vote_is_enacted() {
	use crate::protocol::{current_parameters, dynamic_params::protocol, RuntimeParameters};
	with_model(|_| {
		let before = current_parameters().periods;
		let mut periods = before.clone();
		periods.reveal = 0;
		let key_value = RuntimeParameters::Protocol(protocol::Parameters::Periods(protocol::Periods, Some(periods)));
		let call = parameters::pallet::Call::<Runtime>::set_parameter { key_value };
		for origin in [OriginCaller::from(Origin::ParameterAdmin), root()] {
			enact(origin, call.clone());
			let refusal = parameters::pallet::Error::<Runtime>::OutOfRange;
			assert_eq!(last_enactment(), Err(refusal.into()));
			assert_eq!(current_parameters().periods, before);
		}
	});
}

#[test]
fn an_engine_is_listed_and_retired_by_vote() {
	with_model(|model| {
		let engine = EngineId::of(b"a better one");
		enact(
			Origin::EngineAdmin,
			pallet_models::Call::list_engine { engine, reason: None },
		);
		assert!(Models::engines().contains(&engine));
		let retire = pallet_models::Call::retire_engine {
			engine: EngineId::default(),
			notice: 5,
			reason: None,
		};
		enact(Origin::EngineAdmin, retire);
		assert_eq!(Models::engines(), [engine]);
		assert!(accepts_jobs(model));
		run_for(5);
		assert!(!accepts_jobs(model));
	});
}

#[test]
fn an_upgrade_is_authorised_by_the_root_track() {
	with_model(|_| {
		let code_hash = sp_core::H256::repeat_byte(9);
		enact(root(), frame_system::Call::<Runtime>::authorize_upgrade { code_hash });
		assert_ok!(last_enactment());
		assert_eq!(*System::authorized_upgrade().unwrap().code_hash(), code_hash);
	});
}

#[test]
fn the_votes_of_winners_stay_locked_for_the_locking_period() {
	with_model(|model| {
		enact(Origin::ModelAdmin, list(model));
		let (alice, class) = (Alice.to_account_id(), Origin::ModelAdmin.track());
		let unlock = || {
			let target = alice.clone().into();
			assert_ok!(ConvictionVoting::unlock(signed(Bob), class, target));
			pallet_balances::Locks::<Runtime>::get(&alice).len()
		};
		assert_ok!(ConvictionVoting::remove_vote(signed(Alice), Some(class), 0));
		assert_eq!(unlock(), 1);
		run_for(<Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get());
		assert_eq!(unlock(), 0);
	});
}

#[test]
fn a_killed_referendum_pays_its_deposits_to_the_treasury() {
	with_model(|model| {
		let before = (Treasury::pot(), Balances::total_issuance());
		let referendum = propose(root(), list(model));
		enact(
			Origin::ReferendumKiller,
			pallet_referenda::Call::kill { index: referendum },
		);
		assert!(matches!(info(referendum), ReferendumInfo::Killed(_)));
		let deposits = (10 + 10_000) * ASY;
		assert_eq!(
			(Treasury::pot(), Balances::total_issuance()),
			(before.0 + deposits, before.1)
		);
	});
}

#[test]
fn the_treasurers_track_spends_up_to_its_limit_and_root_more() {
	with_model(|_| {
		let limit = crate::governance::TreasurerLimit::get();
		let treasury = Treasury::account_id();
		assert_ok!(Balances::transfer_allow_death(signed(Bob), treasury.into(), 3 * limit));
		let call = |amount| RuntimeCall::from(spend(amount));
		let refused = call(limit + 1).dispatch(Origin::Treasurer.into()).unwrap_err();
		assert_eq!(
			refused.error,
			pallet_treasury::Error::<Runtime>::InsufficientPermission.into()
		);
		enact(Origin::Treasurer, spend(limit));
		assert_ok!(call(limit + 1).dispatch(RuntimeOrigin::root()));
		let before = Balances::free_balance(Dave.to_account_id());
		for index in [0, 1] {
			assert_ok!(Treasury::payout(signed(Eve), index));
		}
		assert_eq!(Balances::free_balance(Dave.to_account_id()), before + 2 * limit + 1);
	});
}

#[test]
fn delegated_votes_count_with_their_delegate() {
	with_model(|model| {
		for who in [Bob, Charlie] {
			assert_ok!(ConvictionVoting::delegate(
				signed(who),
				Origin::ModelAdmin.track(),
				Alice.to_account_id().into(),
				Conviction::Locked1x,
				900_000 * ASY
			));
		}
		let referendum = propose(Origin::ModelAdmin, list(model));
		vote(Alice, referendum, true, 900_000 * ASY);
		let ReferendumInfo::Ongoing(status) = info(referendum) else {
			panic!("{:?}", info(referendum))
		};
		assert_eq!(status.tally.support, 2_700_000 * ASY);
	});
}
