//! Whole votes: a proposal is noted, submitted, paid for, voted on, confirmed and enacted, in the tempo of the local
//! presets.

mod effects;
mod refusals;
mod views;

use super::genesis::state;
use crate::governance::{origins::Origin, tracks::TrackId};
use crate::{
	fixtures::{open_model, statement, WIDTH},
	*,
};
use assay_primitives::{
	api::{Authority, ModelStatus},
	traits::ModelRegistry,
	EngineId, ModelId,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::RawOrigin,
	traits::{schedule::DispatchTime, Bounded, Get, Hooks, QueryPreimage},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumIndex, ReferendumInfo, ReferendumInfoFor, TracksInfo as _};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{traits::Dispatchable, DispatchError};

type Tracks = <Runtime as pallet_referenda::Config>::Tracks;

/// Runs `test` on a chain of the development preset with an open model of Dave.
fn with_model(test: impl FnOnce(ModelId)) {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		run_to(1);
		let model = open_model(Dave.to_account_id(), b"a model", 0, statement(WIDTH, 1_000), false);
		test(model);
		Models::do_try_state().unwrap();
		Origins::do_try_state().unwrap();
	});
}

fn signed(who: Sr25519Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.to_account_id())
}

/// Runs the hooks of governance up to and including `block`.
fn run_to(block: BlockNumber) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Scheduler::on_initialize(next);
		Treasury::on_initialize(next);
	}
}

fn run_for(blocks: BlockNumber) {
	run_to(System::block_number() + blocks);
}

/// Lets Eve note the preimage of `call`, submit it for `origin`, and pay both deposits.
fn propose(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) -> ReferendumIndex {
	let call = call.into().encode();
	let (hash, len) = (sp_io::hashing::blake2_256(&call).into(), call.len() as u32);
	if Preimage::len(&hash).is_none() {
		assert_ok!(Preimage::note_preimage(signed(Eve), call));
	}
	let proposal = Bounded::Lookup { hash, len };
	let index = pallet_referenda::ReferendumCount::<Runtime>::get();
	let origin = Box::new(origin.into());
	assert_ok!(Referenda::submit(signed(Eve), origin, proposal, DispatchTime::After(0)));
	assert_ok!(Referenda::place_decision_deposit(signed(Eve), index));
	index
}

fn vote(who: Sr25519Keyring, referendum: ReferendumIndex, aye: bool, amount: Balance) {
	let vote = Vote {
		aye,
		conviction: Conviction::Locked1x,
	};
	let vote = AccountVote::Standard { vote, balance: amount };
	assert_ok!(ConvictionVoting::vote(signed(who), referendum, vote));
}

/// Lets Alice, Bob and Charlie, who own a quarter of all tokens, vote aye with nearly all of theirs.
fn vote_aye(referendum: ReferendumIndex) {
	for who in [Alice, Bob, Charlie] {
		vote(who, referendum, true, 900_000 * ASY);
	}
}

fn info(referendum: ReferendumIndex) -> pallet_referenda::ReferendumInfoOf<Runtime, ()> {
	ReferendumInfoFor::<Runtime>::get(referendum).unwrap()
}

/// Runs until the referendum is decided, and returns whether it was approved.
fn decided(referendum: ReferendumIndex, track: TrackId) -> bool {
	let track = Tracks::info(track).unwrap();
	let last = track.prepare_period + track.decision_period + track.confirm_period + 1;
	for _ in 0..=last {
		match info(referendum) {
			ReferendumInfo::Ongoing(_) => run_for(1),
			ReferendumInfo::Approved(..) => return true,
			_ => return false,
		}
	}
	panic!("not decided within {last} blocks: {:?}", info(referendum));
}

/// Proposes `call`, lets it be approved, and runs until it is enacted. Returns the number of blocks that this took.
fn enact(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) -> BlockNumber {
	let (origin, start) = (origin.into(), System::block_number());
	let track = Tracks::track_for(&origin).unwrap();
	let referendum = propose(origin, call);
	vote_aye(referendum);
	assert!(decided(referendum, track));
	run_for(Tracks::info(track).unwrap().min_enactment_period);
	System::block_number() - start
}

/// Returns the result of the last call that a referendum dispatched.
fn last_enactment() -> Result<(), DispatchError> {
	let outcome = |event: RuntimeEvent| match event {
		RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched {
			id: Some(_), result, ..
		}) => Some(result),
		_ => None,
	};
	let events = System::events().into_iter().rev();
	events
		.map(|record| record.event)
		.find_map(outcome)
		.expect("a call was made")
}

fn root() -> OriginCaller {
	RawOrigin::Root.into()
}

fn list(model: ModelId) -> pallet_models::Call<Runtime> {
	pallet_models::Call::list { model, reason: None }
}

fn quarantine(model: ModelId) -> pallet_models::Call<Runtime> {
	pallet_models::Call::quarantine { model, reason: None }
}

fn double_base() -> (Balance, parameters::pallet::Call<Runtime>) {
	use crate::protocol::{current_parameters, dynamic_params::protocol, Pricing, RuntimeParameters};
	let mut pricing = current_parameters().pricing;
	pricing.base *= 2;
	let wanted = pricing.base;
	let key_value = RuntimeParameters::Protocol(protocol::Parameters::Pricing(Pricing, Some(pricing)));
	(wanted, parameters::pallet::Call::set_parameter { key_value })
}

fn model_status(model: ModelId) -> ModelStatus {
	pallet_models::Models::<Runtime>::get(model).unwrap().status
}

fn accepts_jobs(model: ModelId) -> bool {
	<Models as ModelRegistry<AccountId, Balance>>::terms(&model).is_some()
}

fn spend(amount: Balance) -> pallet_treasury::Call<Runtime> {
	pallet_treasury::Call::spend {
		asset_kind: Box::new(()),
		amount,
		beneficiary: Box::new(Dave.to_account_id()),
		valid_from: None,
	}
}
