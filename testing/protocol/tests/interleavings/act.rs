//! What each step does.

use crate::{history::World, op::Op, people::*};
use assay_primitives::{
	api::Standing,
	terms::{Periods, Pricing, Security, SlashSplit, Terms, Window},
	JobId, OutcomeDigest,
};
use assay_protocol::{runtime::*, world::*};
use frame_support::traits::fungible::Mutate;
use pallet_jobs::{JobOf, JobState, Jobs as JobMap};
use sp_runtime::Permill;

impl World {
	/// Takes a step. What is refused changes nothing.
	pub fn apply(&mut self, op: Op) {
		match op {
			Op::SubmitModel(owner, number) => {
				let owner = pick(&OWNERS, owner).unwrap();
				let macs = u64::from(number) * 20_000_000;
				let _ = submit_model(owner, number % MODELS, ASY * Balance::from(number) / 1_000, macs);
			}
			Op::Retire(owner, number) => {
				let (owner, model) = (pick(&OWNERS, owner).unwrap(), model(number % MODELS));
				let _ = signed(owner, pallet_models::Call::retire { model });
			}
			Op::Register(who, stake) => {
				let who = pick(&WORKERS, who).unwrap();
				self.next_key += 1;
				let stake = ASY * Balance::from(stake) * 2;
				if register_with(self.next_key, who, stake).is_ok() {
					self.keys.insert(who, self.next_key);
				}
			}
			Op::BondMore(who, amount) => {
				let amount = ASY * Balance::from(amount) / 4;
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::bond_more { amount });
			}
			Op::Unbond(who, amount) => {
				let amount = ASY * Balance::from(amount) / 2;
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::unbond { amount });
			}
			Op::Withdraw(who) => {
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::withdraw {});
			}
			Op::SetKey(who, other) => {
				let who = pick(&WORKERS, who).unwrap();
				// Now and then the key of somebody else.
				self.next_key += 1;
				let key = if other < 30 {
					self.keys[&pick(&WORKERS, other).unwrap()]
				} else {
					self.next_key
				};
				let call = pallet_workers::Call::set_key {
					key: public(key),
					proof: proof(key, who),
				};
				if signed(who, call).is_ok() {
					self.keys.insert(who, key);
				}
			}
			Op::Serve(who, number, slots) => {
				let _ = serve(pick(&WORKERS, who).unwrap(), served(number), u32::from(slots % 6));
			}
			Op::StopServing(who, number) => {
				let model = served(number);
				let _ = signed(
					pick(&WORKERS, who).unwrap(),
					pallet_workers::Call::stop_serving { model },
				);
			}
			Op::Request {
				who,
				model: number,
				items,
				checkers,
				value,
				window,
				max_fee,
			} => {
				let askers = [&REQUESTERS[..], &WORKERS[..1], &OWNERS[..1], &[FUND]].concat();
				let terms = Terms {
					checkers: checkers % 6 + checkers / 250 * 9,
					max_fee: if max_fee { ASY / 100 } else { Balance::MAX },
					value_at_risk: Balance::from(value) * 60,
					window: [Window::Short, Window::Standard, Window::Long][usize::from(window) % 3],
					allow_unlisted: !max_fee,
				};
				self.number += 1;
				let items = if items < 5 { 0 } else { u32::from(items % 3) + 1 };
				let _ = request(
					pick(&askers, who).unwrap(),
					model(number % MODELS),
					items,
					self.number,
					terms,
				);
			}
			Op::Cancel(who, job) => {
				if let Some((id, job)) = self.job(job, |_| true) {
					let who = if who < 30 {
						pick(&REQUESTERS, who).unwrap()
					} else {
						job.requester
					};
					let _ = cancel(who, id);
				}
			}
			Op::Commit(job, who, off) => {
				if let Some((id, job)) = self.job(job, committable) {
					let drawn = standing(&job, |s| s == Standing::Drawn);
					if let Some(worker) = pick(&drawn, who) {
						self.commit(id, &job, worker, off);
					}
				}
			}
			Op::Reveal(job, who, rightly) => {
				if let Some((id, job)) = self.job(job, revealable) {
					let committed = standing(&job, |s| matches!(s, Standing::Committed(_)));
					if let Some(worker) = pick(&committed, who) {
						self.reveal(id, &job, worker, rightly);
					}
				}
			}
			Op::Everybody(wrong) => {
				for id in self.live.clone() {
					let Some(job) = JobMap::<Runtime>::get(id) else {
						continue;
					};
					for (n, participant) in job.participants.iter().enumerate() {
						let off = u8::from(wrong >> (n % 8) & 1 == 1);
						match participant.standing {
							Standing::Drawn if committable(&job) => self.commit(id, &job, participant.worker, off),
							Standing::Committed(_) if revealable(&job) => {
								self.reveal(id, &job, participant.worker, true)
							}
							_ => {}
						}
					}
				}
			}
			Op::Nonsense(who, job, kind) => {
				let worker = pick(&everybody(), who).unwrap();
				let id = JobId(u64::from(job));
				let key = self.keys[&worker];
				let step = match kind % 2 {
					0 => commit_with(key, worker, id, OutcomeDigest::default()),
					_ => reveal_with(key, worker, id, &answer(0, 1)),
				};
				// Signed by somebody else, it must be refused whatever it is.
				let other = if kind < 128 { key } else { key + 1 };
				let before = pallet_jobs::NextJob::<Runtime>::get();
				let done = submit_as(other, worker, vec![step.clone()]);
				assert!(other == key || done.is_err(), "another's signature counts");
				assert_eq!(before, pallet_jobs::NextJob::<Runtime>::get());
				if done.is_ok() && kind % 2 == 0 {
					// It was due after all, and is bound to an answer that nobody has.
					self.bound.remove(&(id, worker));
				}
			}
			Op::Challenge(who, job, off) => {
				let challenged = |job: &JobOf<Runtime>| {
					matches!(job.state, JobState::Provisional { .. } | JobState::Disputed { .. })
				};
				if let Some((id, job)) = self.job(job, challenged) {
					let challengers = [&CHALLENGERS[..], &WORKERS, &REQUESTERS].concat();
					let class = (true_class(job.task) + off % 3) % CLASSES;
					let _ = challenge(pick(&challengers, who).unwrap(), id, reply(&job, class));
				}
			}
			Op::Vote(who, job, off) => {
				if let Some((id, job)) = self.job(job, disputed) {
					let class = (true_class(job.task) + off) % CLASSES;
					let digest = reply(&job, class).digest();
					let _ = vote(pick(&VALIDATORS, who).unwrap(), vec![(id, digest)]);
				}
			}
			Op::VoteAll(job, wrong) => {
				if let Some((id, job)) = self.job(job, disputed) {
					for (n, validator) in VALIDATORS.into_iter().enumerate() {
						let class = (true_class(job.task) + (wrong >> n & 1)) % CLASSES;
						let _ = vote(validator, vec![(id, reply(&job, class).digest())]);
					}
				}
			}
			Op::Blocks(blocks) => {
				for _ in 0..blocks {
					next_block();
					self.check();
				}
			}
			Op::Session(members) => {
				let set: Vec<_> = VALIDATORS
					.into_iter()
					.enumerate()
					.filter(|(n, _)| members >> n & 1 == 1)
					.map(|(_, validator)| validator)
					.collect();
				set_validators(&set);
			}
			Op::Price(x) => CurrentPricing::set(Pricing {
				base: ASY * Balance::from(x) / 2_000,
				per_giga_mac: ASY * Balance::from(x % 16) / 100,
				per_block: ASY * Balance::from(x % 5) / 10_000,
				audit_levy: Permill::from_percent(u32::from(x) % 30),
				burn: Permill::from_percent(u32::from(x) % 7),
			}),
			Op::Time(x) => {
				let x = u32::from(x);
				CurrentPeriods::set(Periods {
					commit: x % 5,
					reveal: x % 7,
					vote: x % 9,
					macs_per_block: 1_000_000_000,
					windows: [x % 4, x % 11, x % 23],
				});
			}
			Op::Secure(x) => {
				let percent = |most: u8| Permill::from_percent(u32::from(x % most));
				CurrentSecurity::set(Security {
					malicious: percent(50),
					audit: percent(100),
					slash: SlashSplit {
						burn: percent(101),
						requester: percent(61),
						provers: percent(81),
					},
					no_show_fine: ASY * Balance::from(x) / 10,
					challenge_bond: ASY * Balance::from(x % 9),
				});
			}
			Op::Darken(dark) => Dark::set(dark),
			Op::Drain(who) => {
				let who = pick(&everybody(), who).unwrap();
				let call = pallet_balances::Call::transfer_all {
					dest: OWNERS[0],
					keep_alive: false,
				};
				let _ = signed(who, call);
			}
			Op::Endow(who) => {
				let amount = 300 * ASY;
				let rich = OWNERS[0];
				let who = pick(&everybody(), who).unwrap();
				let _ = <Balances as Mutate<_>>::transfer(
					&rich,
					&who,
					amount,
					frame_support::traits::tokens::Preservation::Preserve,
				);
			}
		}
		self.check();
	}
}

fn committable(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Claiming { .. } | JobState::Checking { .. })
}

fn revealable(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Revealing { .. })
}

fn disputed(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Disputed { .. })
}

fn standing(job: &JobOf<Runtime>, wanted: impl Fn(Standing) -> bool) -> Vec<AccountId> {
	job.participants
		.iter()
		.filter(|p| wanted(p.standing))
		.map(|p| p.worker)
		.collect()
}
