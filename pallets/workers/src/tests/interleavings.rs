//! Any order of calls, draws, releases, penalties and reservations keeps all invariants, and every unit of stake is
//! accounted for.

use crate::{mock::*, Call, PoolInfo, Pools, Records, WorkerSlots, Workers as Registered};
use assay_primitives::{
	api::{Role, WorkerRecord},
	traits::{Offence, SlotUse, WorkerPool},
	JobId, ModelId,
};
use frame_support::traits::UnfilteredDispatchable;
use proptest::{prelude::*, sample::Index};
use std::collections::BTreeMap;

/// The accounts that may become workers.
const ACCOUNTS: std::ops::RangeInclusive<u64> = 1..=4;
const MODELS: [ModelId; 3] = [DIGITS, TABLES, SPEECH];

#[derive(Clone, Debug)]
enum Step {
	/// A call, which is often refused.
	Call(u64, Call<Test>),
	/// Registers an account with the key of this number. Separate from calls, since only a running chain knows what to
	/// sign.
	Register(u64, u64, u64),
	SetKey(u64, u64),
	/// A draw for a new job, or for one that has workers already; excludes those and perhaps others.
	Draw(ModelId, Option<Index>, u64, Vec<u64>),
	/// A release of one of the busy slots.
	Release(Index, SlotUse),
	/// A penalty for one of the busy slots, with the amount and the payees.
	Penalise(Index, Offence, u64, Vec<(u64, u64)>),
	/// A release and a penalty of a slot that is not busy with the job of this number.
	Invalid(u64, ModelId, u64),
	Reserve(ModelId, u32),
	Unreserve(ModelId, u32),
	Wait(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
	let account = || ACCOUNTS;
	let key = || 1u64..=6;
	let model = || prop::sample::select(vec![DIGITS, DIGITS, TABLES, SPEECH, UNKNOWN]);
	let role = prop::sample::select(vec![Role::Executor, Role::Checker, Role::Auditor]);
	let slot_use = prop_oneof![
		3 => (role, any::<bool>()).prop_map(|(role, confirmed)| SlotUse::Answered { role, confirmed }),
		1 => Just(SlotUse::Unused),
	];
	let offence = prop::sample::select(vec![Offence::NoShow, Offence::Silence, Offence::WrongAnswer]);
	// Workers, another account, and one that may not exist.
	let payee = prop::sample::select(vec![1, 2, 3, 4, 5, NOBODY]);
	let payees = prop::collection::vec((payee, 0..=SLOT_BOND), 0..4);
	let amount = prop_oneof![1 => 0..=SLOT_BOND, 2 => Just(SLOT_BOND), 1 => Just(u64::MAX)];
	let call = prop_oneof![
		1 => (0u64..200).prop_map(|amount| Call::bond_more { amount }),
		2 => (0u64..600).prop_map(|amount| Call::unbond { amount }),
		2 => Just(Call::withdraw {}),
		6 => (model(), 0..MAX_SLOTS + 2).prop_map(|(model, slots)| Call::serve { model, slots }),
		1 => model().prop_map(|model| Call::stop_serving { model }),
	];
	let excluded = prop::collection::vec(account(), 0..3);
	prop_oneof![
		12 => (account(), call).prop_map(|(account, call)| Step::Call(account, call)),
		4 => (account(), 0u64..600, key()).prop_map(|(account, stake, key)| Step::Register(account, stake, key)),
		1 => (account(), key()).prop_map(|(account, key)| Step::SetKey(account, key)),
		14 => (model(), any::<Option<Index>>(), any::<u64>(), excluded)
			.prop_map(|(model, joined, seed, excluded)| Step::Draw(model, joined, seed, excluded)),
		5 => (any::<Index>(), slot_use).prop_map(|(which, slot_use)| Step::Release(which, slot_use)),
		5 => (any::<Index>(), offence, amount, payees)
			.prop_map(|(which, offence, amount, payees)| Step::Penalise(which, offence, amount, payees)),
		1 => (account(), model(), 0u64..5).prop_map(|(account, model, job)| Step::Invalid(account, model, job)),
		2 => (model(), 0u32..20).prop_map(|(model, slots)| Step::Reserve(model, slots)),
		2 => (model(), 0u32..20).prop_map(|(model, slots)| Step::Unreserve(model, slots)),
		2 => (1..UNBONDING).prop_map(Step::Wait),
	]
}

/// A busy slot.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Busy {
	model: ModelId,
	worker: u64,
	job: u64,
}

/// What a pallet that draws would know, and the expected balances and records.
#[derive(Default)]
struct Expected {
	busy: Vec<Busy>,
	jobs: u64,
	reserved: BTreeMap<ModelId, u32>,
	records: BTreeMap<u64, WorkerRecord>,
	/// The balance of each account, free and on hold.
	balances: BTreeMap<u64, u64>,
	burned: u64,
}

impl Expected {
	fn new() -> Self {
		Self {
			balances: (1..=ENDOWED).map(|account| (account, ENDOWMENT)).collect(),
			..Default::default()
		}
	}

	fn apply(&mut self, step: Step) {
		match step {
			Step::Call(account, call) => dispatch(account, call),
			Step::Register(account, stake, number) => dispatch(
				account,
				Call::register {
					stake,
					key: key(number),
					proof: proof(number, account),
				},
			),
			Step::SetKey(account, number) => dispatch(
				account,
				Call::set_key {
					key: key(number),
					proof: proof(number, account),
				},
			),
			Step::Draw(model, joined, seed, excluded) => self.draw(model, joined, seed, excluded),
			Step::Release(which, slot_use) if !self.busy.is_empty() => {
				let slot = self.busy.swap_remove(which.index(self.busy.len()));
				self.release(slot, slot_use);
			}
			Step::Penalise(which, offence, amount, payees) if !self.busy.is_empty() => {
				let slot = self.busy.swap_remove(which.index(self.busy.len()));
				self.penalise(slot, offence, amount, payees);
			}
			Step::Release(..) | Step::Penalise(..) => {}
			Step::Invalid(worker, model, job) => {
				if !self.busy.contains(&Busy { model, worker, job }) {
					release(model, worker, job, SlotUse::Unused).expect_err("nothing was drawn");
					let penalised =
						Workers::penalise(&model, &worker, JobId(job), Offence::NoShow, SLOT_BOND, &[(5, 5)]);
					penalised.expect_err("nothing was drawn");
				}
			}
			Step::Reserve(model, slots) => {
				let fits = slots <= free_slots(model);
				assert_eq!(reserve(model, slots), fits);
				if fits {
					*self.reserved.entry(model).or_default() += slots;
				}
			}
			Step::Unreserve(model, slots) => {
				let reserved = self.reserved.entry(model).or_default();
				let slots = slots.min(*reserved);
				*reserved -= slots;
				unreserve(model, slots);
			}
			Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
		}
	}

	fn draw(&mut self, model: ModelId, joined: Option<Index>, number: u64, mut excluded: Vec<u64>) {
		let of_model = self.busy.iter().filter(|slot| slot.model == model).collect::<Vec<_>>();
		let job = match joined {
			Some(index) if !of_model.is_empty() => index.get(&of_model).job,
			_ => {
				self.jobs += 1;
				self.jobs
			}
		};
		excluded.extend(of_model.iter().filter(|slot| slot.job == job).map(|slot| slot.worker));
		let eligible = ACCOUNTS
			.filter(|account| !excluded.contains(account))
			.map(|account| slots(account, model).pooled())
			.sum::<u32>();
		let free = Pools::<Test>::get(model).free;

		match draw_except(model, job, seed(number), &excluded) {
			Some(worker) => {
				assert!(eligible > 0 && !excluded.contains(&worker));
				self.busy.push(Busy { model, worker, job });
			}
			// With barred slots, the tries may be too few; without, the first one succeeds.
			None => assert!(eligible < free || free == 0),
		}
	}

	fn release(&mut self, Busy { model, worker, job }: Busy, slot_use: SlotUse) {
		release(model, worker, job, slot_use).expect("a drawn slot can be released");
		if let SlotUse::Answered { role, confirmed } = slot_use {
			let record = self.records.entry(worker).or_default();
			record.answers += 1;
			record.audits += u64::from(role == Role::Auditor);
			record.disputes_won += u64::from(confirmed);
		}
	}

	fn penalise(&mut self, slot: Busy, offence: Offence, amount: u64, payees: Vec<(u64, u64)>) {
		let Busy { model, worker, job } = slot;
		let penalised = Workers::penalise(&model, &worker, JobId(job), offence, amount, &payees)
			.expect("a drawn slot can be penalised");
		// The stake always covers a busy slot.
		let taken = amount.min(SLOT_BOND);
		let mut rest = taken;
		*self.balances.get_mut(&worker).unwrap() -= taken;
		for (payee, part) in payees {
			let part = part.min(rest);
			if self.balances.contains_key(&payee) || part >= EXISTENTIAL {
				*self.balances.entry(payee).or_default() += part;
				rest -= part;
			}
		}
		self.burned += rest;
		assert_eq!((penalised.taken, penalised.burned), (taken, rest));

		let record = self.records.entry(worker).or_default();
		match offence {
			Offence::NoShow => record.no_shows += 1,
			Offence::Silence => record.wrong += 1,
			Offence::WrongAnswer => {
				record.wrong += 1;
				record.disputes_lost += 1;
			}
		}
	}

	fn check(&self) {
		Workers::do_try_state().unwrap();
		assert_eq!(Balances::total_issuance(), ENDOWED * ENDOWMENT - self.burned);
		for (account, balance) in &self.balances {
			assert_eq!(Balances::free_balance(account) + held(*account), *balance);
		}
		for account in ACCOUNTS {
			if !Registered::<Test>::contains_key(account) {
				assert_eq!(held(account), 0, "stake is on hold of an account that is not a worker");
			}
			let mut assigned = self.busy.iter().filter(|slot| slot.worker == account);
			let mut jobs = assigned.by_ref().map(|slot| JobId(slot.job)).collect::<Vec<_>>();
			jobs.sort();
			assert_eq!(<Workers as WorkerPool<u64, u64>>::assigned_jobs(&account), jobs);
			assert!(jobs.is_empty() || Workers::key(&account).is_some());
		}
		for model in MODELS {
			let reserved = self.reserved.get(&model).copied().unwrap_or_default();
			let pool = Pools::<Test>::get(model);
			assert_eq!(pool.reserved, reserved);
			assert_eq!(free_slots(model), pool.free.saturating_sub(reserved));
		}
		assert_eq!(Records::<Test>::iter().collect::<BTreeMap<_, _>>(), self.records);
	}
}

/// Dispatches as an extrinsic would: a call takes effect as a whole or not at all.
fn dispatch(account: u64, call: Call<Test>) {
	let _ = RuntimeCall::Workers(call).dispatch_bypass_filter(RuntimeOrigin::signed(account));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(192))]

	#[test]
	fn any_interleaving_keeps_every_invariant_and_accounts_for_all_stake(
		steps in prop::collection::vec(any_step(), 1..160),
	) {
		new_test_ext(Vec::new()).execute_with(|| {
			let mut expected = Expected::new();
			for step in steps {
				expected.apply(step);
				expected.check();
			}
			// Whatever happened, every worker can leave with all that is left to it.
			for slot in std::mem::take(&mut expected.busy) {
				expected.release(slot, ANSWERED);
			}
			System::set_block_number(System::block_number() + UNBONDING);
			for account in ACCOUNTS {
				for model in MODELS {
					dispatch(account, Call::stop_serving { model });
				}
				dispatch(account, Call::withdraw {});
				if let Some(worker) = Registered::<Test>::get(account) {
					dispatch(account, Call::unbond { amount: worker.stake });
				}
			}
			expected.check();
			System::set_block_number(System::block_number() + UNBONDING);
			for account in ACCOUNTS {
				dispatch(account, Call::withdraw {});
				assert_eq!(Balances::free_balance(account), expected.balances[&account]);
			}
			assert_eq!(Registered::<Test>::iter().count(), 0);
			assert_eq!(WorkerSlots::<Test>::iter().count(), 0);
			assert_eq!(crate::FreeSlots::<Test>::iter().count(), 0);
			for (model, reserved) in expected.reserved.clone() {
				assert_eq!(Pools::<Test>::get(model), PoolInfo { reserved, ..Default::default() });
				unreserve(model, reserved);
			}
			assert_eq!(Pools::<Test>::iter().count(), 0);
			expected.reserved.clear();
			expected.check();
		});
	}
}
