//! Moving money: the held fee, the audit fund, and the bonds of workers that are wrong or silent.

use crate::{BalanceOf, Config, Event, HoldReason, JobOf, Pallet, Totals, LOG_TARGET};
use alloc::vec::Vec;
use assay_primitives::{
	api::{ParticipantStatus, Role},
	terms::SlashSplit,
	traits::{Offence, Penalty, WorkerPool},
	JobId,
};
use frame_support::traits::{
	fungible::{hold::Mutate as _, Inspect, Mutate as _},
	tokens::{Fortitude, Precision, Preservation, Restriction},
	Get,
};
use sp_runtime::traits::{CheckedDiv, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// Moves `amount` of the held fee to `payee` and returns what was moved: nothing if the account cannot exist with
	/// that balance. What cannot be received is refunded in the end.
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

	/// Burns `amount` of the held fee and returns what was burned.
	pub(crate) fn burn_fee(job: &JobOf<T>, amount: BalanceOf<T>) -> BalanceOf<T> {
		let reason = HoldReason::Fee.into();
		T::Currency::burn_held(&reason, &job.requester, amount, Precision::BestEffort, Fortitude::Force)
			.unwrap_or_default()
	}

	/// Refunds what is left of the held fee after `spent`.
	pub(crate) fn release_fee(id: JobId, job: &JobOf<T>, spent: BalanceOf<T>) {
		let left = job.terms.fee.total().saturating_sub(spent);
		let released = T::Currency::release(&HoldReason::Fee.into(), &job.requester, left, Precision::BestEffort);
		if released != Ok(left) {
			log::error!(target: LOG_TARGET, "job {id}: {left:?} of the fee to release, {released:?} released");
			frame_support::defensive!("a live job's fee is held");
		}
	}

	/// Pays `amount` to `worker` out of the audit fund, as far as the fund reaches. Returns what was paid.
	pub(crate) fn pay_from_fund(worker: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
		let fund = T::AuditFund::get();
		let amount = amount.min(T::Currency::reducible_balance(
			&fund,
			Preservation::Preserve,
			Fortitude::Polite,
		));
		if amount.is_zero() || fund == *worker {
			return Zero::zero();
		}
		T::Currency::transfer(&fund, worker, amount, Preservation::Preserve).unwrap_or_default()
	}

	/// Takes the levy and the burn for the pay of `workers` workers out of the held fee, and returns what was taken.
	/// They are due once workers were drawn, however the job ends: otherwise whoever is requester and worker could end
	/// a job for free where no auditor is drawn, and take an auditor's pay from the fund where one is. A job that is
	/// charged for its failure instead owes neither.
	pub(crate) fn charge_levy(job: &JobOf<T>, workers: u8) -> BalanceOf<T> {
		if job.subject.charges_failure() {
			return Zero::zero();
		}
		let fee = job.terms.fee;
		let share = |all: BalanceOf<T>| {
			let each = all.checked_div(&fee.workers.into()).unwrap_or_default();
			if workers < fee.workers {
				each.saturating_mul(workers.into())
			} else {
				all
			}
		};
		let to_fund = Self::pay(job, &T::AuditFund::get(), share(fee.levy));
		let burned = Self::burn_fee(job, share(fee.burn));
		Totals::<T>::mutate(|totals| totals.burned = totals.burned.saturating_add(burned));
		to_fund.saturating_add(burned)
	}

	/// Pays the participants whose status is `due` out of what is left of the held fee after `spent`, and returns what
	/// was paid. An auditor, whom no part of the fee is meant for, comes last and gets what is left, up to the pay of
	/// the others.
	pub(crate) fn pay_participants_from_fee(
		job: &JobOf<T>,
		spent: BalanceOf<T>,
		due: impl Fn(ParticipantStatus) -> bool,
	) -> BalanceOf<T> {
		let left = job.terms.fee.total().saturating_sub(spent);
		let (auditors, others): (Vec<_>, Vec<_>) = job
			.participants
			.iter()
			.filter(|p| due(p.status))
			.partition(|p| p.role == Role::Auditor);
		let mut paid = BalanceOf::<T>::zero();
		for participant in others.into_iter().chain(auditors) {
			let pay = job.terms.pay_of(participant.role).min(left.saturating_sub(paid));
			paid = paid.saturating_add(Self::pay(job, &participant.worker, pay));
		}
		Self::count_paid_to_workers(paid);
		paid
	}

	/// Pays the participants that revealed an answer: from the fines of those that were absent, which the audit fund
	/// holds, as far as they reach, and then from the fee. Returns what was paid from the fee.
	pub(crate) fn pay_answers(job: &JobOf<T>) -> BalanceOf<T> {
		let (mut fines, mut paid, mut spent) = (job.fines, BalanceOf::<T>::zero(), BalanceOf::<T>::zero());
		let answered = |status| matches!(status, ParticipantStatus::Revealed(_));
		for participant in job.participants.iter().filter(|p| answered(p.status)) {
			let due = job.terms.pay_of(participant.role);
			let from_fines = Self::pay_from_fund(&participant.worker, due.min(fines));
			fines = fines.saturating_sub(from_fines);
			let rest = due.saturating_sub(from_fines);
			let from_fee = Self::pay(job, &participant.worker, rest);
			spent = spent.saturating_add(from_fee);
			paid = paid.saturating_add(from_fines).saturating_add(from_fee);
		}
		Self::count_paid_to_workers(paid);
		spent
	}

	/// Charges one worker's pay for a job that ended without an answer, and returns it. The first worker that could do
	/// the work gets it, or the audit fund if none could.
	pub(crate) fn charge_failure(job: &JobOf<T>) -> BalanceOf<T> {
		let mut participants = job.participants.iter();
		let able = participants.find(|p| {
			matches!(
				p.status,
				ParticipantStatus::Committed(_) | ParticipantStatus::Revealed(_)
			)
		});
		let Some(able) = able else {
			return Self::pay(job, &T::AuditFund::get(), job.terms.fee.pay);
		};
		let paid = Self::pay(job, &able.worker, job.terms.fee.pay);
		Self::count_paid_to_workers(paid);
		paid
	}

	/// Adds `paid` to the total paid to workers.
	pub(crate) fn count_paid_to_workers(paid: BalanceOf<T>) {
		Totals::<T>::mutate(|totals| totals.paid_to_workers = totals.paid_to_workers.saturating_add(paid));
	}

	/// Fines a worker that did not commit in time. Returns what was taken.
	pub(crate) fn fine(id: JobId, job: &JobOf<T>, worker: &T::AccountId) -> BalanceOf<T> {
		let fine = job.terms.fine;
		let payees = [(T::AuditFund::get(), fine)];
		let penalty = T::Workers::penalise(&job.pool(), worker, id, Offence::NoShow, fine, &payees);
		let penalty = penalty.unwrap_or_else(|error| {
			log::error!(target: LOG_TARGET, "job {id}: {worker:?} is not fined: {error:?}");
			frame_support::defensive!("a participant's stake can be fined");
			Penalty::default()
		});
		Totals::<T>::mutate(|totals| {
			totals.no_shows = totals.no_shows.saturating_add(1);
			totals.slashed = totals.slashed.saturating_add(penalty.taken);
			totals.burned = totals.burned.saturating_add(penalty.burned);
		});
		penalty.taken
	}

	/// Takes and shares out the bond of each participant that was wrong: `wrong` returns its new status, or `None` if
	/// it was not.
	pub(crate) fn slash(
		id: JobId,
		job: &mut JobOf<T>,
		offence: Offence,
		reporters: &[T::AccountId],
		wrong: impl Fn(ParticipantStatus) -> Option<ParticipantStatus>,
	) {
		let (terms, requester, pool) = (job.terms.clone(), job.requester.clone(), job.pool());
		for participant in job.participants.iter_mut() {
			let Some(status) = wrong(participant.status) else {
				continue;
			};
			participant.status = status;
			let worker = participant.worker.clone();
			let bonds = terms.bonds_of(participant.role);
			let payees = Self::split_bonds(bonds, terms.slash, &requester, reporters);
			match T::Workers::penalise(&pool, &worker, id, offence, bonds, &payees) {
				Ok(penalty) => {
					Totals::<T>::mutate(|totals| {
						totals.wrong = totals.wrong.saturating_add(1);
						totals.slashed = totals.slashed.saturating_add(penalty.taken);
						totals.burned = totals.burned.saturating_add(penalty.burned);
					});
					Self::deposit_event(Event::Slashed {
						job: id,
						worker,
						amount: penalty.taken,
					});
				}
				Err(error) => {
					log::error!(target: LOG_TARGET, "job {id}: {worker:?} is not slashed: {error:?}");
					frame_support::defensive!("a participant's bond can be taken");
				}
			}
		}
	}

	/// Returns what each account gets of the bonds of one worker. The rest is burned.
	fn split_bonds(
		bonds: BalanceOf<T>,
		split: SlashSplit,
		requester: &T::AccountId,
		reporters: &[T::AccountId],
	) -> Vec<(T::AccountId, BalanceOf<T>)> {
		let to_requester = split.requester.mul_floor(bonds);
		let to_reporters = split.reporters.mul_floor(bonds);
		let burned = split.burn.mul_floor(bonds);
		let mut payees = alloc::vec![(requester.clone(), to_requester)];
		let mut rest = bonds.saturating_sub(burned).saturating_sub(to_requester);
		let number = BalanceOf::<T>::from(u32::try_from(reporters.len()).unwrap_or(u32::MAX));
		if let Some(each) = to_reporters.min(rest).checked_div(&number) {
			for reporter in reporters {
				rest = rest.saturating_sub(each);
				payees.push((reporter.clone(), each));
			}
		}
		payees.push((T::AuditFund::get(), rest));
		payees
	}
}
