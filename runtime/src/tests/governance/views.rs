//! The queries of clients.

use super::*;
use crate::governance::view;
use assay_primitives::governance::{ProposedCall, ReferendumStatus, Stage, VoteSide};

fn stage(referendum: ReferendumIndex) -> Stage<BlockNumber> {
	match view::referendum(referendum).unwrap().status {
		ReferendumStatus::Ongoing(ongoing) => ongoing.stage,
		ended => panic!("{ended:?}"),
	}
}

#[test]
fn each_track_names_its_origin() {
	with_model(|_| {
		let tracks = view::tracks();
		assert_eq!(tracks.len(), crate::governance::tracks::TRACKS.len());
		for track in tracks {
			let origin = <OriginCaller as codec::Decode>::decode(&mut &track.origin.clone().unwrap()[..]).unwrap();
			assert_eq!(Tracks::track_for(&origin), Ok(track.id));
			assert!(!track.name.contains(&0) && !track.name.is_empty());
			assert_eq!(Tracks::info(track.id).unwrap().decision_period, track.decision_period);
		}
	});
}

#[test]
fn a_referendum_shows_its_stage_and_the_next_one() {
	with_model(|model| {
		let call = RuntimeCall::from(list(model)).encode();
		let proposal = Bounded::Inline(call.clone().try_into().unwrap());
		let origin = Box::new(Origin::ModelAdmin.into());
		assert_ok!(Referenda::submit(signed(Eve), origin, proposal, DispatchTime::After(0)));
		assert_eq!(stage(0), Stage::AwaitingDeposit { until: 1 + 84 });
		assert_ok!(Referenda::place_decision_deposit(signed(Bob), 0));
		assert_eq!(stage(0), Stage::Preparing { until: 2 });
		run_for(1);
		assert_eq!(stage(0), Stage::Deciding { until: 2 + 42 });
		vote_aye(0);
		let ReferendumStatus::Ongoing(ongoing) = view::referendum(0).unwrap().status else {
			panic!("it is not decided")
		};
		assert_eq!(ongoing.call, ProposedCall::Known(call));
		assert_eq!((ongoing.ayes, ongoing.nays), (2_700_000 * ASY, 0));
		assert!(ongoing.approval.reached.is_one());
		assert!(ongoing.support.reached < ongoing.support.needed);

		let until = loop {
			run_for(1);
			if let Stage::Confirming { until } = stage(0) {
				break until;
			}
		};
		run_to(until);
		let approved = |enacted_at| ReferendumStatus::Approved { at: until, enacted_at };
		assert_eq!(view::referendum(0).unwrap().status, approved(Some(until + 1)));
		run_for(1);
		assert_eq!(view::referendum(0).unwrap().status, approved(None));
		assert_eq!(model_status(model), ModelStatus::Listed);
		assert_eq!(view::referendum(1), None);
	});
}

#[test]
fn referenda_are_listed_latest_first() {
	with_model(|model| {
		for _ in 0..3 {
			propose(Origin::ModelAdmin, list(model));
		}
		let indices = |before| {
			let page = view::referenda(before);
			page.into_iter().map(|info| info.index).collect::<Vec<_>>()
		};
		assert_eq!(indices(None), [2, 1, 0]);
		assert_eq!(indices(Some(2)), [1, 0]);
		assert_eq!(indices(Some(0)), Vec::<u32>::new());
		assert_eq!(indices(Some(99)), [2, 1, 0]);
	});
}

#[test]
fn an_account_sees_what_its_votes_lock_and_until_when() {
	with_model(|model| {
		let alice = Alice.to_account_id();
		assert_eq!(view::votes(&alice), []);
		let referendum = propose(Origin::ModelAdmin, list(model));
		vote_aye(referendum);
		let on_track = || {
			let [on] = &view::votes(&alice)[..] else {
				panic!("{:?}", view::votes(&alice))
			};
			on.clone()
		};
		let on = on_track();
		assert_eq!((on.track, on.locked), (Origin::ModelAdmin.track(), 900_000 * ASY));
		assert_eq!((on.votes[0].side, on.votes[0].ended), (VoteSide::Aye, false));

		assert!(decided(referendum, on.track));
		let approved_at = System::block_number();
		assert!(on_track().votes[0].ended);
		assert_ok!(ConvictionVoting::remove_vote(signed(Alice), Some(on.track), referendum));
		let on = on_track();
		assert_eq!((on.votes.len(), on.locked_until), (0, Some(approved_at + 42)));
		run_to(approved_at + 42);
		assert_ok!(ConvictionVoting::unlock(signed(Alice), on.track, alice.clone().into()));
		assert_eq!(view::votes(&alice), []);
	});
}
