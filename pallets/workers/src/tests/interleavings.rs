//! Any order of calls, draws and releases keeps all invariants, and no unit of stake is lost or made.

use crate::{mock::*, Call, Records, Workers as Registered};
use assay_primitives::{
	traits::{Service, WorkerPool},
	ModelId,
};
use frame_support::traits::UnfilteredDispatchable;
use proptest::{prelude::*, sample::Index};

const ACCOUNTS: std::ops::RangeInclusive<u64> = 1..=4;

#[derive(Clone, Debug)]
enum Step {
	/// May well be refused.
	Call(u64, Call<Test>),
	/// Registers an account with a key of this number. A call of its own, since only a running chain knows what to sign.
	Register(u64, u64, u64),
	SetKey(u64, u64),
	Draw(ModelId, u64),
	/// Of one of the drawn slots.
	Release(Index, Service),
	/// Of a slot that may not have been drawn.
	Misrelease(u64, ModelId),
	Wait(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
	let account = || ACCOUNTS;
	let key = || 1u64..=6;
	let model = || prop::sample::select(vec![DIGITS, TABLES, SPEECH, UNKNOWN]);
	let service = prop_oneof![3 => Just(Service::Answered), 1 => Just(Service::NoShow)];
	let call = prop_oneof![
		1 => (0u64..200).prop_map(|amount| Call::bond_more { amount }),
		2 => (0u64..600).prop_map(|amount| Call::unbond { amount }),
		2 => Just(Call::withdraw {}),
		6 => (model(), 0..MAX_SLOTS + 2).prop_map(|(model, slots)| Call::serve { model, slots }),
		1 => model().prop_map(|model| Call::stop_serving { model }),
	];
	prop_oneof![
		12 => (account(), call).prop_map(|(account, call)| Step::Call(account, call)),
		3 => (account(), 0u64..600, key()).prop_map(|(account, stake, key)| Step::Register(account, stake, key)),
		1 => (account(), key()).prop_map(|(account, key)| Step::SetKey(account, key)),
		12 => (model(), any::<u64>()).prop_map(|(model, seed)| Step::Draw(model, seed)),
		8 => (any::<Index>(), service).prop_map(|(which, service)| Step::Release(which, service)),
		1 => (account(), model()).prop_map(|(account, model)| Step::Misrelease(account, model)),
		2 => (1..UNBONDING).prop_map(Step::Wait),
	]
}

/// What a pallet that draws would know, and what the records must come to.
#[derive(Default)]
struct Expected {
	jobs: Vec<(ModelId, u64)>,
	answers: u64,
	no_shows: u64,
}

impl Expected {
	fn take(&mut self, step: Step) {
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
			Step::Draw(model, seed) => {
				let free = free_slots(model);
				let drawn = draw(model, seed);
				assert_eq!(drawn.is_some(), free > 0);
				self.jobs.extend(drawn.map(|worker| (model, worker)));
			}
			Step::Release(which, service) if !self.jobs.is_empty() => {
				let (model, worker) = self.jobs.swap_remove(which.index(self.jobs.len()));
				release(model, worker, service).expect("a drawn slot can be released");
				match service {
					Service::Answered => self.answers += 1,
					Service::NoShow => self.no_shows += 1,
				}
			}
			Step::Release(..) => {}
			Step::Misrelease(account, model) => {
				if !self.jobs.contains(&(model, account)) {
					release(model, account, Service::Answered).expect_err("nothing was drawn");
				}
			}
			Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
		}
	}

	fn check(&self) {
		Workers::do_try_state().unwrap();
		let busy = crate::Serving::<Test>::iter_values()
			.map(|slots| slots.busy)
			.sum::<u32>();
		assert_eq!(busy as usize, self.jobs.len(), "a slot is busy without a job");
		for (_, worker) in &self.jobs {
			assert!(Workers::key(worker).is_some(), "a worker with a job has left");
		}
		for account in ACCOUNTS {
			assert_eq!(Balances::free_balance(account) + held(account), ENDOWMENT);
			if !Registered::<Test>::contains_key(account) {
				assert_eq!(held(account), 0, "stake is held of no worker");
			}
		}
		let (answers, no_shows) = Records::<Test>::iter_values().fold((0, 0), |(answers, no_shows), record| {
			(answers + record.answers, no_shows + record.no_shows)
		});
		assert_eq!((answers, no_shows), (self.answers, self.no_shows));
	}
}

/// Dispatches as an extrinsic would: all of the call takes effect or nothing.
fn dispatch(account: u64, call: Call<Test>) {
	let _ = RuntimeCall::Workers(call).dispatch_bypass_filter(RuntimeOrigin::signed(account));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn any_interleaving_keeps_every_invariant_and_accounts_for_all_stake(
		steps in prop::collection::vec(any_step(), 1..120),
	) {
		new_test_ext(Vec::new()).execute_with(|| {
			let mut expected = Expected::default();
			for step in steps {
				expected.take(step);
				expected.check();
			}
			// Whatever happened, everybody can leave with all they have.
			for (model, worker) in std::mem::take(&mut expected.jobs) {
				release(model, worker, Service::Answered).unwrap();
				expected.answers += 1;
			}
			System::set_block_number(System::block_number() + UNBONDING);
			for account in ACCOUNTS {
				for model in [DIGITS, TABLES, SPEECH] {
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
				assert_eq!(Balances::free_balance(account), ENDOWMENT);
			}
			assert_eq!(Registered::<Test>::iter().count(), 0);
			assert_eq!(crate::Pool::<Test>::iter().count(), 0);
			expected.check();
		});
	}
}
