//! The steps of a history.

use proptest::prelude::*;

/// A step. Numbers choose from the accounts, models or jobs that there are, modulo their number.
#[derive(Clone, Debug)]
pub enum Op {
	SubmitModel(u8, u8),
	Retire(u8, u8),
	Register(u8, u8),
	BondMore(u8, u8),
	Unbond(u8, u8),
	Withdraw(u8),
	SetKey(u8, u8),
	Serve(u8, u8, u8),
	StopServing(u8, u8),
	Request {
		who: u8,
		model: u8,
		items: u8,
		checkers: u8,
		value: u32,
		window: u8,
		max_fee: bool,
	},
	Cancel(u8, u8),
	/// One participant that is due commits: to the right class, or to the class that is off by this much.
	Commit(u8, u8, u8),
	/// One participant that is due reveals what it has committed to, or something else.
	Reveal(u8, u8, bool),
	/// All participants that are due take their next step, wrongly where the bit is set.
	ActAll(u8),
	/// A worker submits a step for a job, whatever the state of either.
	InvalidStep(u8, u8, u8),
	Challenge(u8, u8, u8),
	Vote(u8, u8, u8),
	/// Every validator votes on one job, wrongly where the bit is set.
	VoteAll(u8, u8),
	Blocks(u8),
	SetValidators(u8),
	SetPricing(u8),
	SetPeriods(u8),
	SetSecurity(u8),
	SilenceBeacon(bool),
	/// An account gives away its whole free balance.
	Drain(u8),
	Endow(u8),
}

/// Returns any step, those that advance jobs more often.
pub fn op() -> impl Strategy<Value = Op> {
	let n = any::<u8>;
	prop_oneof![
		3 => (n(), n()).prop_map(|(a, b)| Op::SubmitModel(a, b)),
		1 => (n(), n()).prop_map(|(a, b)| Op::Retire(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::Register(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::BondMore(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::Unbond(a, b)),
		2 => n().prop_map(Op::Withdraw),
		1 => (n(), n()).prop_map(|(a, b)| Op::SetKey(a, b)),
		5 => (n(), n(), n()).prop_map(|(a, b, c)| Op::Serve(a, b, c)),
		1 => (n(), n()).prop_map(|(a, b)| Op::StopServing(a, b)),
		14 => (n(), n(), n(), n(), any::<u32>(), n(), prop::bool::weighted(0.05)).prop_map(
			|(who, model, items, checkers, value, window, max_fee)| Op::Request {
				who, model, items, checkers, value, window, max_fee
			}
		),
		2 => (n(), n()).prop_map(|(a, b)| Op::Cancel(a, b)),
		10 => (n(), n(), prop_oneof![3 => Just(0u8), 1 => 1u8..3]).prop_map(|(a, b, c)| Op::Commit(a, b, c)),
		10 => (n(), n(), prop::bool::weighted(0.9)).prop_map(|(a, b, c)| Op::Reveal(a, b, c)),
		// Sometimes all are wrong alike: otherwise no probe finds a flaw.
		10 => prop_oneof![5 => Just(0u8), 2 => Just(u8::MAX), 3 => n()].prop_map(Op::ActAll),
		2 => (n(), n(), n()).prop_map(|(a, b, c)| Op::InvalidStep(a, b, c)),
		6 => (n(), n(), 0u8..4).prop_map(|(a, b, c)| Op::Challenge(a, b, c)),
		6 => (n(), n(), prop_oneof![2 => Just(0u8), 1 => 1u8..3]).prop_map(|(a, b, c)| Op::Vote(a, b, c)),
		3 => (n(), prop_oneof![3 => Just(0u8), 1 => n()]).prop_map(|(a, b)| Op::VoteAll(a, b)),
		14 => prop_oneof![6 => 1u8..4, 1 => 4u8..20].prop_map(Op::Blocks),
		1 => n().prop_map(Op::SetValidators),
		1 => n().prop_map(Op::SetPricing),
		1 => n().prop_map(Op::SetPeriods),
		1 => n().prop_map(Op::SetSecurity),
		1 => prop::bool::weighted(0.3).prop_map(Op::SilenceBeacon),
		1 => n().prop_map(Op::Drain),
		2 => n().prop_map(Op::Endow),
	]
}
