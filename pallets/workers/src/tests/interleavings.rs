//! Any order of calls, draws, releases, penalties and blocks keeps all invariants, and every unit of stake is accounted
//! for.

use crate::{mock::*, Call, Pools, Records, WorkerSlots, Workers as Registered};
use assay_primitives::{
	api::{Role, WorkerRecord},
	traits::{Named, Offence, SlotUse, WorkerPool},
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
	Draw(ModelId, Option<Index>, u64, Vec<u64>, Duty),
	/// A release from one of the duties.
	Release(Index, SlotUse),
	/// A penalty for one of the duties, with the amount and the payees.
	Penalise(Index, Offence, u64, Vec<(u64, u64)>),
	/// A release and a penalty for the job of this number, in which the worker has no duty.
	Invalid(u64, ModelId, u64),
	Wait(u64),
}

/// What a draw draws: an executor of so many slots to whose job checks are promised, or checkers.
#[derive(Clone, Copy, Debug)]
enum Duty {
	Executor(u32, u32),
	Checkers(u64),
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
	let amount = prop_oneof![1 => 0..=3 * SLOT_BOND, 2 => Just(SLOT_BOND), 1 => Just(u64::MAX)];
	let call = prop_oneof![
		1 => (0u64..200).prop_map(|amount| Call::bond_more { amount }),
		2 => (0u64..600).prop_map(|amount| Call::unbond { amount }),
		2 => Just(Call::withdraw {}),
		6 => (model(), 0..MAX_SLOTS + 2).prop_map(|(model, slots)| Call::serve { model, slots }),
		1 => model().prop_map(|model| Call::stop_serving { model }),
	];
	let excluded = prop::collection::vec(account(), 0..3);
	let slots = prop_oneof![2 => Just(1u32), 1 => 2u32..6];
	let duty = prop_oneof![
		(slots, 0u32..5).prop_map(|(slots, checks)| Duty::Executor(slots, checks)),
		(1u64..5).prop_map(Duty::Checkers)
	];
	prop_oneof![
		12 => (account(), call).prop_map(|(account, call)| Step::Call(account, call)),
		4 => (account(), 0u64..600, key()).prop_map(|(account, stake, key)| Step::Register(account, stake, key)),
		1 => (account(), key()).prop_map(|(account, key)| Step::SetKey(account, key)),
		20 => (model(), any::<Option<Index>>(), any::<u64>(), excluded, duty)
			.prop_map(|(model, joined, seed, excluded, duty)| Step::Draw(model, joined, seed, excluded, duty)),
		5 => (any::<Index>(), slot_use).prop_map(|(which, slot_use)| Step::Release(which, slot_use)),
		5 => (any::<Index>(), offence, amount, payees)
			.prop_map(|(which, offence, amount, payees)| Step::Penalise(which, offence, amount, payees)),
		1 => (account(), model(), 0u64..5).prop_map(|(account, model, job)| Step::Invalid(account, model, job)),
		4 => (1..UNBONDING).prop_map(Step::Wait),
	]
}

/// A duty of a worker in a job.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Busy {
	model: ModelId,
	worker: u64,
	job: u64,
	bonds: u32,
}

/// What a pallet that draws would know, and the expected balances and records.
#[derive(Default)]
struct Expected {
	busy: Vec<Busy>,
	jobs: u64,
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
			Step::Draw(model, joined, seed, excluded, duty) => self.draw(model, joined, seed, excluded, duty),
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
				let has_duty = |slot: &Busy| (slot.model, slot.worker, slot.job) == (model, worker, job);
				if !self.busy.iter().any(has_duty) {
					release(model, worker, job, SlotUse::Unused).expect_err("nothing was drawn");
					let penalised =
						Workers::penalise(&model, &worker, JobId(job), Offence::NoShow, SLOT_BOND, &[(5, 5)]);
					penalised.expect_err("nothing was drawn");
				}
			}
			Step::Wait(blocks) => run(blocks),
		}
	}

	fn draw(&mut self, model: ModelId, joined: Option<Index>, number: u64, mut excluded: Vec<u64>, duty: Duty) {
		let of_model = self.busy.iter().filter(|slot| slot.model == model).collect::<Vec<_>>();
		let job = match joined {
			Some(index) if !of_model.is_empty() => index.get(&of_model).job,
			_ => {
				self.jobs += 1;
				self.jobs
			}
		};
		excluded.extend(of_model.iter().filter(|slot| slot.job == job).map(|slot| slot.worker));
		let others = || ACCOUNTS.filter(|account| !excluded.contains(account));
		match duty {
			Duty::Executor(bonds, checks) => {
				let is_eligible = others().any(|account| slots(account, model).pooled() >= bonds);
				let promised = checks <= Pools::<Test>::get(model).free_checks();
				let drawn = Workers::draw_executor(&model, JobId(job), seed(number), &excluded, bonds, checks);
				assert_eq!(drawn.is_some(), promised && is_eligible);
				self.busy.extend(drawn.map(|worker| Busy {
					model,
					worker,
					job,
					bonds,
				}));
			}
			Duty::Checkers(checkers) => {
				let eligible = others().filter(|account| tickets(*account, model) > 0).count();
				let seeds: Vec<_> = (0..checkers).map(|place| seed(number ^ place)).collect();
				let named = draw_checkers(model, job, &seeds, &excluded);
				assert_eq!(named.len(), eligible.min(checkers as usize));
				for (place, Named { worker, is_drawn }) in named.iter().enumerate() {
					assert!(!excluded.contains(worker));
					assert!(named[..place].iter().all(|other| other.worker != *worker));
					if *is_drawn {
						self.busy.push(Busy {
							model,
							worker: *worker,
							job,
							bonds: 1,
						});
					}
				}
			}
		}
	}

	fn release(&mut self, slot: Busy, slot_use: SlotUse) {
		let Busy { model, worker, job, .. } = slot;
		release(model, worker, job, slot_use).expect("a drawn slot can be released");
		if let SlotUse::Answered { role, confirmed } = slot_use {
			let record = self.records.entry(worker).or_default();
			record.answers += 1;
			record.audits += u64::from(role == Role::Auditor);
			record.disputes_won += u64::from(confirmed);
		}
	}

	fn penalise(&mut self, slot: Busy, offence: Offence, amount: u64, payees: Vec<(u64, u64)>) {
		let Busy {
			model,
			worker,
			job,
			bonds,
		} = slot;
		let taken = amount.min(u64::from(bonds) * SLOT_BOND).min(held(worker));
		let penalised = Workers::penalise(&model, &worker, JobId(job), offence, amount, &payees)
			.expect("a worker with a duty can be penalised");
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
			mature();
			for account in ACCOUNTS {
				for model in MODELS {
					dispatch(account, Call::stop_serving { model });
				}
			}
			mature();
			run(UNBONDING);
			for account in ACCOUNTS {
				dispatch(account, Call::withdraw {});
				if let Some(worker) = Registered::<Test>::get(account) {
					dispatch(account, Call::unbond { amount: worker.stake });
				}
			}
			expected.check();
			run(UNBONDING);
			for account in ACCOUNTS {
				dispatch(account, Call::withdraw {});
				assert_eq!(Balances::free_balance(account), expected.balances[&account]);
			}
			assert_eq!(Registered::<Test>::iter().count(), 0);
			assert_eq!(WorkerSlots::<Test>::iter().count(), 0);
			assert_eq!(crate::FreeSlots::<Test>::iter().count(), 0);
			assert_eq!(crate::Tickets::<Test>::iter().count(), 0);
			assert_eq!(crate::Holders::<Test>::iter().count(), 0);
			assert_eq!(crate::Checks::<Test>::iter().count(), 0);
			assert_eq!(Pools::<Test>::iter().count(), 0);
			expected.check();
		});
	}
}
