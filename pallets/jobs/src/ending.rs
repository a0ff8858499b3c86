//! How a job comes to its end: from the reveals to a provisional result or the tribunal, and to settlement or refund.

use crate::{Agenda, Answers, BalanceOf, Config, Event, HoldReason, JobOf, JobState, Jobs, Pallet, Totals, LOG_TARGET};
use alloc::vec::Vec;
use assay_primitives::{
	api::{Assurance, Duty, RefundReason, Standing},
	batch::Answer,
	probe::finding_of,
	traits::{Ending, ModelRegistry, Offence, OnProbed, OnSettled, Service, Tribunal, WorkerPool},
	JobId, OutcomeDigest,
};
use frame_support::traits::{
	fungible::{hold::Mutate as _, Inspect, Mutate as _},
	tokens::{Fortitude, Precision, Preservation, Restriction},
	Get,
};
use frame_support::weights::Weight;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Bounded, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// Moves a job to its next state. Its place on the agenda moves only if it would be too late, or if the job stands nowhere; a job
	/// that has ended leaves it.
	pub(crate) fn advance(id: JobId, mut job: JobOf<T>, state: JobState<BlockNumberFor<T>>) {
		let nowhere = Bounded::max_value();
		let due = state.due();
		if due.is_none_or(|due| due < job.agenda) {
			if job.agenda < nowhere {
				Agenda::<T>::remove(job.agenda, id);
			}
			if let Some(due) = due {
				Agenda::<T>::insert(due, id, ());
			}
			job.agenda = due.unwrap_or(nowhere);
		}
		job.state = state;
		Jobs::<T>::insert(id, job);
	}

	/// Keeps a revealed answer, if it is not known.
	pub(crate) fn keep(id: JobId, digest: OutcomeDigest, answer: Answer) {
		if !Answers::<T>::contains_key(id, digest) {
			Answers::<T>::insert(id, digest, answer);
		}
	}

	/// Nobody is left to reveal: compares the answers. Returns whether the tribunal is to decide.
	pub(crate) fn conclude(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) -> bool {
		match job.revealed().as_slice() {
			[] => Self::refund(id, job, Zero::zero(), RefundReason::NoReveal, None),
			[digest] if !job.escalated => {
				let digest = *digest;
				let until = now.saturating_add(job.deal.periods.window.into());
				Self::advance(
					id,
					job,
					JobState::Provisional {
						since: now,
						until,
						digest,
					},
				);
				Self::deposit_event(Event::Provisional { job: id, digest, until });
			}
			_ => {
				let period = job.deal.periods.vote.into();
				match T::Tribunal::open(id, period) {
					Ok(()) => {
						Self::dispute(id, job, None, now);
						return true;
					}
					Err(error) => {
						log::error!(target: LOG_TARGET, "job {id}: no dispute can be opened: {error:?}");
						Self::refund(id, job, Zero::zero(), RefundReason::NoQuorum, None);
					}
				}
			}
		}
		false
	}

	/// Hands a job over to the tribunal.
	pub(crate) fn dispute(id: JobId, job: JobOf<T>, challenged: Option<OutcomeDigest>, now: BlockNumberFor<T>) {
		let until = now.saturating_add(job.deal.periods.vote.into());
		Totals::<T>::mutate(|totals| totals.disputes = totals.disputes.saturating_add(1));
		Self::advance(
			id,
			job,
			JobState::Disputed {
				since: now,
				until,
				challenged,
			},
		);
		Self::deposit_event(Event::Disputed { job: id });
	}

	/// Takes the bond of each worker whose `standing` says so, and shares it out.
	pub(crate) fn slash(
		id: JobId,
		job: &mut JobOf<T>,
		offence: Offence,
		provers: &[T::AccountId],
		wrong: impl Fn(Standing) -> Option<Standing>,
	) {
		let (payees, pool) = (Self::shares(job, provers), job.pool());
		for participant in job.participants.iter_mut() {
			let Some(standing) = wrong(participant.standing) else {
				continue;
			};
			participant.standing = standing;
			let worker = participant.worker.clone();
			match T::Workers::penalise(&pool, &worker, id, offence, job.deal.bond, &payees) {
				Ok(penalised) => {
					Totals::<T>::mutate(|totals| {
						totals.wrong = totals.wrong.saturating_add(1);
						totals.slashed = totals.slashed.saturating_add(penalised.taken);
						totals.burned = totals.burned.saturating_add(penalised.burned);
					});
					Self::deposit_event(Event::Slashed {
						job: id,
						worker,
						amount: penalised.taken,
					});
				}
				Err(error) => {
					log::error!(target: LOG_TARGET, "job {id}: {worker:?} is not slashed: {error:?}");
					frame_support::defensive!("a participant's bond is there to be taken");
				}
			}
		}
	}

	/// Who gets what of one bond; what is left is burned.
	fn shares(job: &JobOf<T>, provers: &[T::AccountId]) -> Vec<(T::AccountId, BalanceOf<T>)> {
		let (bond, split) = (job.deal.bond, job.deal.slash);
		let to_requester = split.requester.mul_floor(bond);
		let to_provers = split.provers.mul_floor(bond);
		let burned = split.burn.mul_floor(bond);
		let mut payees = alloc::vec![(job.requester.clone(), to_requester)];
		let mut rest = bond.saturating_sub(burned).saturating_sub(to_requester);
		let number = BalanceOf::<T>::from(u32::try_from(provers.len()).unwrap_or(u32::MAX));
		if let Some(each) = sp_runtime::traits::CheckedDiv::checked_div(&to_provers.min(rest), &number) {
			for prover in provers {
				rest = rest.saturating_sub(each);
				payees.push((prover.clone(), each));
			}
		}
		payees.push((T::AuditFund::get(), rest));
		payees
	}

	/// Pays for the answer named `digest`, which is known, frees slots and writes the record.
	pub(crate) fn settle(id: JobId, job: JobOf<T>, digest: OutcomeDigest, verdict: Option<OutcomeDigest>) {
		let Some(answer) = Answers::<T>::get(id, digest) else {
			frame_support::defensive!("an answer that settles a job is known");
			return Self::refund(id, job, Zero::zero(), RefundReason::NoReveal, verdict);
		};
		let fee = job.deal.fee;
		let (mut spent, mut to_workers) = (BalanceOf::<T>::zero(), BalanceOf::<T>::zero());
		for participant in &job.participants {
			if participant.standing != Standing::Revealed(digest) {
				continue;
			}
			let audit = participant.duty == Duty::Auditor;
			let paid = if audit {
				Self::pay_auditor(&participant.worker, fee.pay)
			} else {
				let paid = Self::pay(&job, &participant.worker, fee.pay);
				spent = spent.saturating_add(paid);
				paid
			};
			to_workers = to_workers.saturating_add(paid);
			let disputed = verdict.is_some();
			Self::free(&job, id, &participant.worker, Service::Answered { audit, disputed });
		}
		let to_owner = Self::pay(&job, &job.owner, fee.royalty);
		let to_fund = Self::pay(&job, &T::AuditFund::get(), fee.levy);
		let reason = HoldReason::Fee.into();
		let burned = T::Currency::burn_held(
			&reason,
			&job.requester,
			fee.burn,
			Precision::BestEffort,
			Fortitude::Force,
		)
		.unwrap_or_default();
		for spending in [to_owner, to_fund, burned] {
			spent = spent.saturating_add(spending);
		}
		Self::release(id, &job, spent);
		let (model, probed) = (job.model, job.probation.is_some());
		Totals::<T>::mutate(|totals| {
			totals.settled = totals.settled.saturating_add(1);
			if probed {
				totals.probes = totals.probes.saturating_add(1);
			} else {
				totals.answered = totals.answered.saturating_add(job.items.into());
			}
			totals.burned = totals.burned.saturating_add(burned);
			totals.paid_to_workers = totals.paid_to_workers.saturating_add(to_workers);
			totals.paid_to_owners = totals.paid_to_owners.saturating_add(to_owner);
		});
		Self::forget_answers(id, &job, Some(digest));
		let assurance = Self::assurance(&job, digest, verdict);
		let requester = job.requester.clone();
		let at = frame_system::Pallet::<T>::block_number();
		Self::advance(id, job, JobState::Settled { at, digest, verdict });
		Self::deposit_event(Event::Settled {
			job: id,
			digest,
			to_workers,
			to_owner,
		});
		if probed {
			T::OnProbed::on_probed(&model, finding_of(&answer));
		} else {
			let ending = Ending::Settled {
				answer: &answer,
				assurance: &assurance,
			};
			T::OnSettled::on_settled(id, &requester, &ending);
		}
	}

	/// Gives back what is not `spent`, of a probe not without one worker's pay, frees the slots of all who are not punished, and writes
	/// the record.
	pub(crate) fn refund(
		id: JobId,
		mut job: JobOf<T>,
		spent: BalanceOf<T>,
		reason: RefundReason,
		verdict: Option<OutcomeDigest>,
	) {
		let spent = match job.probation {
			Some(_) if spent.is_zero() => Self::pay_for_nothing(&job),
			_ => spent,
		};
		Self::release(id, &job, spent);
		Self::unreserve(&mut job);
		for participant in &job.participants {
			match participant.standing {
				Standing::Drawn | Standing::Committed(_) | Standing::Revealed(_) => {
					Self::free(&job, id, &participant.worker, Service::Unused)
				}
				Standing::Silent | Standing::Wrong(_) => {}
			}
		}
		Totals::<T>::mutate(|totals| totals.refunded = totals.refunded.saturating_add(1));
		Self::forget_answers(id, &job, None);
		let (requester, model, probed) = (job.requester.clone(), job.model, job.probation.is_some());
		let at = frame_system::Pallet::<T>::block_number();
		Self::advance(id, job, JobState::Refunded { at, reason, verdict });
		Self::deposit_event(Event::Refunded { job: id, reason });
		if probed {
			T::OnProbed::on_probed(&model, None);
		} else {
			T::OnSettled::on_settled(id, &requester, &Ending::Refunded);
		}
	}

	/// Takes one worker's pay for a probe that came to nothing, or nothing would keep anybody from stating models that nobody can fetch.
	/// Whoever could has it, and the audit fund if nobody could.
	fn pay_for_nothing(job: &JobOf<T>) -> BalanceOf<T> {
		let mut participants = job.participants.iter();
		let able = participants.find(|p| matches!(p.standing, Standing::Committed(_) | Standing::Revealed(_)));
		let Some(able) = able else {
			return Self::pay(job, &T::AuditFund::get(), job.deal.fee.pay);
		};
		let paid = Self::pay(job, &able.worker, job.deal.fee.pay);
		Totals::<T>::mutate(|totals| totals.paid_to_workers = totals.paid_to_workers.saturating_add(paid));
		paid
	}

	/// What telling others of the end of `job` takes at most.
	pub(crate) fn weight_of_end(job: &JobOf<T>) -> Weight {
		match job.probation {
			Some(_) => T::OnProbed::weight(),
			None => T::OnSettled::weight(),
		}
	}

	/// What stands behind `digest` as the answer to `job`.
	pub(crate) fn assurance(
		job: &JobOf<T>,
		digest: OutcomeDigest,
		verdict: Option<OutcomeDigest>,
	) -> Assurance<BalanceOf<T>> {
		let agree = job
			.participants
			.iter()
			.filter(|p| p.standing == Standing::Revealed(digest));
		let number = u8::try_from(agree.clone().count()).unwrap_or(u8::MAX);
		Assurance {
			engine: T::Models::recipe(&job.model)
				.map(|recipe| recipe.engine)
				.unwrap_or_default(),
			confirmations: number.saturating_sub(1),
			audited: agree.clone().any(|p| p.duty == Duty::Auditor),
			bond_at_risk: job.deal.bond.saturating_mul(number.into()),
			passing: job.deal.passing,
			deterrence: job.deal.deterrence,
			verdict,
		}
	}

	/// Moves `amount` of the held fee to `payee` and returns what was moved: nothing if the account cannot exist with so
	/// little. What cannot be received goes back to the requester.
	pub(crate) fn pay(job: &JobOf<T>, payee: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
		let after = T::Currency::total_balance(payee).saturating_add(amount);
		if amount.is_zero() || after < T::Currency::minimum_balance() {
			return Zero::zero();
		}
		let reason = HoldReason::Fee.into();
		if *payee == job.requester {
			return T::Currency::release(&reason, payee, amount, Precision::Exact).unwrap_or_default();
		}
		T::Currency::transfer_on_hold(
			&reason,
			&job.requester,
			payee,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.unwrap_or_default()
	}

	/// Pays an auditor out of the audit fund, as far as it reaches.
	pub(crate) fn pay_auditor(auditor: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
		let fund = T::AuditFund::get();
		let amount = amount.min(T::Currency::reducible_balance(
			&fund,
			Preservation::Preserve,
			Fortitude::Polite,
		));
		if amount.is_zero() || fund == *auditor {
			return Zero::zero();
		}
		T::Currency::transfer(&fund, auditor, amount, Preservation::Preserve).unwrap_or_default()
	}

	/// Releases what is left of the held fee after `spent`.
	fn release(id: JobId, job: &JobOf<T>, spent: BalanceOf<T>) {
		let left = job.deal.fee.total().saturating_sub(spent);
		let released = T::Currency::release(&HoldReason::Fee.into(), &job.requester, left, Precision::BestEffort);
		if released != Ok(left) {
			log::error!(target: LOG_TARGET, "job {id}: {left:?} of the fee to release, {released:?} released");
			frame_support::defensive!("a live job's fee is held");
		}
	}

	/// Removes the revealed answers but the one to `keep`.
	fn forget_answers(id: JobId, job: &JobOf<T>, keep: Option<OutcomeDigest>) {
		for digest in job.revealed() {
			if Some(digest) != keep {
				Answers::<T>::remove(id, digest);
			}
		}
	}
}
