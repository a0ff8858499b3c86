//! Applies each kind of step.

use super::{accounts::*, history::History, op::Op};
use assay_primitives::{
	api::ParticipantStatus,
	terms::{Periods, Pricing, Security, SlashSplit, Terms, Window},
	JobId, OutcomeDigest,
};
use assay_protocol::{chain::*, runtime::*};
use frame_support::traits::fungible::Mutate;
use pallet_jobs::{JobOf, JobState, Jobs as JobMap};
use sp_runtime::Permill;

impl History {
	/// Applies a step, and checks all invariants. A refused call changes nothing.
	pub fn apply(&mut self, op: Op) {
		match op {
			Op::SubmitModel(owner, number) => {
				let owner = choose(&OWNERS, owner).unwrap();
				let macs = u64::from(number) * 20_000_000;
				let _ = submit_model(owner, number % MODELS, ASY * Balance::from(number) / 1_000, macs);
			}
			Op::Retire(owner, number) => {
				let (owner, model) = (choose(&OWNERS, owner).unwrap(), model(number % MODELS));
				let _ = signed(owner, pallet_models::Call::retire { model });
			}
			Op::Register(who, stake) => {
				let who = choose(&WORKERS, who).unwrap();
				self.next_key += 1;
				let stake = ASY * Balance::from(stake) * 2;
				if register_with(self.next_key, who, stake).is_ok() {
					self.keys.insert(who, self.next_key);
				}
			}
			Op::BondMore(who, amount) => {
				let amount = ASY * Balance::from(amount) / 4;
				let _ = signed(
					choose(&WORKERS, who).unwrap(),
					pallet_workers::Call::bond_more { amount },
				);
			}
			Op::Unbond(who, amount) => {
				let amount = ASY * Balance::from(amount) / 2;
				let _ = signed(choose(&WORKERS, who).unwrap(), pallet_workers::Call::unbond { amount });
			}
			Op::Withdraw(who) => {
				let _ = signed(choose(&WORKERS, who).unwrap(), pallet_workers::Call::withdraw {});
			}
			Op::SetKey(who, other) => {
				let who = choose(&WORKERS, who).unwrap();
				// Now and then the key of another account.
				self.next_key += 1;
				let key = if other < 30 {
					self.keys[&choose(&WORKERS, other).unwrap()]
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
				let _ = serve(choose(&WORKERS, who).unwrap(), servable(number), u32::from(slots % 6));
			}
			Op::StopServing(who, number) => {
				let model = servable(number);
				let _ = signed(
					choose(&WORKERS, who).unwrap(),
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
					choose(&askers, who).unwrap(),
					model(number % MODELS),
					items,
					self.number,
					terms,
				);
			}
			Op::Cancel(who, job) => {
				if let Some((id, job)) = self.job(job, |_| true) {
					let who = if who < 30 {
						choose(&REQUESTERS, who).unwrap()
					} else {
						job.requester
					};
					let _ = cancel(who, id);
				}
			}
			Op::Commit(job, who, off) => {
				if let Some((id, job)) = self.job(job, committable) {
					let drawn = with_status(&job, |s| s == ParticipantStatus::Drawn);
					if let Some(worker) = choose(&drawn, who) {
						self.commit(id, &job, worker, off);
					}
				}
			}
			Op::Reveal(job, who, rightly) => {
				if let Some((id, job)) = self.job(job, revealable) {
					let committed = with_status(&job, |s| matches!(s, ParticipantStatus::Committed(_)));
					if let Some(worker) = choose(&committed, who) {
						self.reveal(id, &job, worker, rightly);
					}
				}
			}
			Op::ActAll(wrong) => {
				for id in self.live.clone() {
					let Some(job) = JobMap::<Runtime>::get(id) else {
						continue;
					};
					for (n, participant) in job.participants.iter().enumerate() {
						let off = u8::from(wrong >> (n % 8) & 1 == 1);
						match participant.status {
							ParticipantStatus::Drawn if committable(&job) => {
								self.commit(id, &job, participant.worker, off)
							}
							ParticipantStatus::Committed(_) if revealable(&job) => {
								self.reveal(id, &job, participant.worker, true)
							}
							_ => {}
						}
					}
				}
			}
			Op::InvalidStep(who, job, kind) => {
				let worker = choose(&all_accounts(), who).unwrap();
				let id = JobId(u64::from(job));
				let key = self.keys[&worker];
				let step = match kind % 2 {
					0 => commit_with(key, worker, id, OutcomeDigest::default()),
					_ => reveal_with(key, worker, id, &answer(0, 1)),
				};
				// Signed with another key, it must be refused whatever it is.
				let other = if kind < 128 { key } else { key + 1 };
				let before = pallet_jobs::NextJob::<Runtime>::get();
				let done = submit_as(other, worker, vec![step.clone()]);
				assert!(
					other == key || done.is_err(),
					"a signature with another key is accepted"
				);
				assert_eq!(before, pallet_jobs::NextJob::<Runtime>::get());
				if done.is_ok() && kind % 2 == 0 {
					// It was due after all, and commits to an answer that nobody has.
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
					let _ = challenge(choose(&challengers, who).unwrap(), id, reply(&job, class).digest());
				}
			}
			Op::Vote(who, job, off) => {
				if let Some((id, job)) = self.job(job, disputed) {
					let class = (true_class(job.task) + off) % CLASSES;
					let digest = reply(&job, class).digest();
					let _ = vote(choose(&VALIDATORS, who).unwrap(), vec![(id, digest)]);
				}
			}
			Op::VoteAll(job, wrong) => {
				if let Some((id, job)) = self.job(job, disputed) {
					for (n, validator) in VALIDATORS.into_iter().enumerate() {
						let class = (true_class(job.task) + (wrong >> n & 1)) % CLASSES;
						let _ = vote(validator, vec![(id, reply(&job, class).digest())]);
					}
					let _ = bring_answer(id, reply(&job, true_class(job.task)));
				}
			}
			Op::Blocks(blocks) => {
				for _ in 0..blocks {
					next_block();
					self.check();
				}
			}
			Op::SetValidators(members) => {
				let set: Vec<_> = VALIDATORS
					.into_iter()
					.enumerate()
					.filter(|(n, _)| members >> n & 1 == 1)
					.map(|(_, validator)| validator)
					.collect();
				set_validators(&set);
			}
			Op::SetPricing(x) => CurrentPricing::set(Pricing {
				base: ASY * Balance::from(x) / 2_000,
				per_giga_mac: ASY * Balance::from(x % 16) / 100,
				per_block: ASY * Balance::from(x % 5) / 10_000,
				audit_levy: Permill::from_percent(u32::from(x) % 30),
				burn: Permill::from_percent(u32::from(x) % 7),
			}),
			Op::SetPeriods(x) => {
				let x = u32::from(x);
				CurrentPeriods::set(Periods {
					commit: x % 5,
					reveal: x % 7,
					vote: x % 9,
					macs_per_block: 1_000_000_000,
					windows: [x % 4, x % 11, x % 23],
				});
			}
			Op::SetSecurity(x) => {
				let percent = |most: u8| Permill::from_percent(u32::from(x % most));
				CurrentSecurity::set(Security {
					malicious_share: percent(50),
					audit_rate: percent(100),
					author_share: percent(51),
					reexecution: percent(100),
					slash: SlashSplit {
						burn: percent(101),
						requester: percent(61),
						reporters: percent(81),
					},
					no_show_fine: ASY * Balance::from(x) / 10,
					challenge_bond: ASY * Balance::from(x % 9),
				});
			}
			Op::SilenceBeacon(dark) => BeaconSilent::set(dark),
			Op::Drain(who) => {
				let who = choose(&all_accounts(), who).unwrap();
				let call = pallet_balances::Call::transfer_all {
					dest: OWNERS[0],
					keep_alive: false,
				};
				let _ = signed(who, call);
			}
			Op::Endow(who) => {
				let amount = 300 * ASY;
				let rich = OWNERS[0];
				let who = choose(&all_accounts(), who).unwrap();
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

fn with_status(job: &JobOf<Runtime>, wanted: impl Fn(ParticipantStatus) -> bool) -> Vec<AccountId> {
	job.participants
		.iter()
		.filter(|p| wanted(p.status))
		.map(|p| p.worker)
		.collect()
}
