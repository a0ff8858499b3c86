//! Once a claim is in a block, nothing that anyone submits later changes who is named: for the same seed, each place
//! names the same worker, who takes the check or leaves a gap.

use crate::{mock::*, Call};
use assay_primitives::{
	traits::{Named, Offence, SlotUse, WorkerPool},
	JobId, ModelId,
};
use frame_support::traits::UnfilteredDispatchable;
use proptest::prelude::*;
use sp_core::H256;
use sp_io::TestExternalities;

const MODELS: [ModelId; 3] = [DIGITS, TABLES, SPEECH];
/// The job whose checkers are drawn.
const JOB: u64 = 1_000_000;
/// The accounts that act.
const ACCOUNTS: std::ops::RangeInclusive<u64> = 1..=8;

/// What anybody does, or is done to it.
#[derive(Clone, Debug)]
enum Act {
	Call(u64, Call<Test>),
	Register(u64, u64),
	/// A job draws an executor, or some checkers.
	Executor(ModelId, u64, u32, u32),
	Checkers(ModelId, u64, u64),
	/// One of the duties ends, or is penalised.
	Release(usize),
	Penalise(usize, u64),
	/// The next block starts.
	Block,
}

fn act(with_blocks: bool) -> impl Strategy<Value = Act> {
	let model = || prop::sample::select(MODELS.to_vec());
	let call = prop_oneof![
		8 => (model(), 0..12u32).prop_map(|(model, slots)| Call::serve { model, slots }),
		3 => model().prop_map(|model| Call::stop_serving { model }),
		2 => (1u64..200).prop_map(|amount| Call::unbond { amount }),
		1 => (1u64..200).prop_map(|amount| Call::bond_more { amount }),
		1 => Just(Call::withdraw {}),
	];
	prop_oneof![
		10 => (ACCOUNTS, call).prop_map(|(account, call)| Act::Call(account, call)),
		3 => (ACCOUNTS, 50u64..300).prop_map(|(account, stake)| Act::Register(account, stake)),
		4 => (model(), any::<u64>(), 1u32..4, 0u32..4)
			.prop_map(|(model, seed, slots, checks)| Act::Executor(model, seed, slots, checks)),
		4 => (model(), any::<u64>(), 1u64..6).prop_map(|(model, seed, n)| Act::Checkers(model, seed, n)),
		3 => any::<usize>().prop_map(Act::Release),
		3 => (any::<usize>(), 0..=SLOT_BOND).prop_map(|(which, amount)| Act::Penalise(which, amount)),
		u32::from(with_blocks) * 6 => Just(Act::Block),
	]
}

/// The duties that are open, and the next job.
#[derive(Clone, Default)]
struct Duties {
	open: Vec<(ModelId, u64, u64)>,
	next: u64,
}

impl Duties {
	fn apply(&mut self, act: Act) {
		let dispatch = |account, call| {
			let _ = RuntimeCall::Workers(call).dispatch_bypass_filter(RuntimeOrigin::signed(account));
		};
		match act {
			Act::Call(account, call) => dispatch(account, call),
			Act::Register(account, stake) => dispatch(
				account,
				Call::register {
					stake,
					key: key(account),
					proof: proof(account, account),
				},
			),
			Act::Executor(model, number, slots, checks) => {
				let drawn = Workers::draw_executor(&model, JobId(self.next), seed(number), &[], slots, checks);
				self.open.extend(drawn.map(|worker| (model, worker, self.next)));
				self.next += 1;
			}
			Act::Checkers(model, number, n) => {
				let seeds: Vec<_> = (0..n).map(|place| seed(number ^ place)).collect();
				let named = draw_checkers(model, self.next, &seeds, &[]);
				let drawn = named.into_iter().filter(|named| named.is_drawn);
				self.open.extend(drawn.map(|named| (model, named.worker, self.next)));
				self.next += 1;
			}
			Act::Release(which) if !self.open.is_empty() => {
				let (model, worker, job) = self.open.swap_remove(which % self.open.len());
				release(model, worker, job, SlotUse::Unused).unwrap();
			}
			Act::Penalise(which, amount) if !self.open.is_empty() => {
				let (model, worker, job) = self.open.swap_remove(which % self.open.len());
				Workers::penalise(&model, &worker, JobId(job), Offence::NoShow, amount, &[]).unwrap();
			}
			Act::Release(_) | Act::Penalise(..) => {}
			Act::Block => run(1),
		}
	}
}

fn named(model: ModelId, executor: u64, beacon: u64) -> Vec<Named<u64>> {
	let seeds: Vec<H256> = (0..13).map(|place| seed(beacon.wrapping_add(place))).collect();
	draw_checkers(model, JOB, &seeds, &[executor])
}

fn workers(named: &[Named<u64>]) -> Vec<u64> {
	named.iter().map(|named| named.worker).collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(192))]

	#[test]
	fn property_2_nothing_submitted_after_a_claim_changes_who_is_drawn(
		before in prop::collection::vec(act(true), 0..120),
		after in prop::collection::vec(prop::collection::vec(act(false), 0..30), 1..AGE as usize),
		model in prop::sample::select(MODELS.to_vec()),
		executor in ACCOUNTS,
		beacon in any::<u64>(),
	) {
		let mut duties = Duties::default();
		let mut quiet = new_test_ext(Vec::new());
		quiet.execute_with(|| before.into_iter().for_each(|act| duties.apply(act)));
		// The end of the block with the claim.
		quiet.commit_all().unwrap();
		let mut busy = TestExternalities::default();
		busy.backend = quiet.backend.clone();
		let blocks = after.len() as u64;

		let undisturbed = quiet.execute_with(|| {
			run(blocks);
			named(model, executor, beacon)
		});
		let disturbed = busy.execute_with(|| {
			for acts in after {
				run(1);
				acts.into_iter().for_each(|act| duties.apply(act));
			}
			Workers::do_try_state().unwrap();
			named(model, executor, beacon)
		});
		prop_assert_eq!(workers(&undisturbed), workers(&disturbed));
	}
}

#[test]
fn idle_stake_that_floods_the_pool_after_a_claim_is_not_named() {
	for blocks in 1..AGE {
		build_and_execute(|| {
			for worker in 1..=6 {
				register_serving(worker, DIGITS, 2);
			}
			mature();
			// Twenty times the stake of the pool waits for a claim.
			for worker in 11..=18 {
				register(worker, 32 * SLOT_BOND);
			}
			run(1);
			let expected = rolled_back(|| named(DIGITS, 1, 7));
			for worker in 11..=18 {
				serve(worker, DIGITS, 32);
			}
			run(blocks);
			assert_eq!(named(DIGITS, 1, 7), expected);
			for worker in 11..=18 {
				assert_eq!(Workers::stop_serving(RuntimeOrigin::signed(worker), DIGITS).err(), None);
			}
		});
	}
}

/// The author of the second block after a claim knows the seed. It orders its block so that the draw suits it, as far
/// as anything it can put into the block matters.
#[test]
fn an_author_that_orders_its_own_block_does_not_choose_who_is_named() {
	build_and_execute(|| {
		for worker in 1..=8 {
			register_serving(worker, DIGITS, 2);
		}
		mature();
		run(1);
		let group = [7, 8];
		for beacon in 0..20 {
			let expected = rolled_back(|| workers(&named(DIGITS, 7, beacon)));
			for leaving in 1..=8u64 {
				for joining in 1..=8u64 {
					let changed = rolled_back(|| {
						let _ = Workers::stop_serving(RuntimeOrigin::signed(leaving), DIGITS);
						if group.contains(&joining) {
							let _ = Workers::serve(RuntimeOrigin::signed(joining), DIGITS, 1);
						}
						// Jobs of its own keep honest slots busy.
						for job in 0..8 {
							draw(DIGITS, job);
						}
						run(1);
						workers(&named(DIGITS, 7, beacon))
					});
					assert_eq!(changed, expected);
				}
			}
		}
	});
}
