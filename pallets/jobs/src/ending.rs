//! How a job ends: from the reveals to a provisional result or the tribunal, and to settlement or refund.

use crate::{Answers, BalanceOf, Config, Event, JobOf, JobState, Pallet, Totals, WeightInfo, MAX_PARTICIPANTS};
use assay_primitives::{
	api::{Assurance, ParticipantStatus, RefundReason, Role},
	traits::{ChallengeLane, ModelRegistry, SlotUse, Tribunal},
	JobId, OutcomeDigest,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// Compares the revealed answers once no further reveal is due. Returns the weight of what follows, beyond that of
	/// a provisional result.
	pub(crate) fn compare_answers(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) -> Weight {
		let participants = u32::try_from(job.participants.len()).unwrap_or(MAX_PARTICIPANTS);
		let refund = T::WeightInfo::void_job(participants).saturating_add(job.subject.weight_of_notification::<T>());
		match job.revealed().as_slice() {
			[] => {
				Self::refund(id, job, Zero::zero(), RefundReason::NoReveal, None);
				refund
			}
			[_] if job.is_understaffed() && !job.escalated => {
				Self::refund_understaffed(id, job);
				refund
			}
			[digest] if !job.escalated => {
				let digest = *digest;
				let window = job.terms.periods.window;
				let until = now.saturating_add(window.into());
				// The current block is not part of the window, and it is not known yet whether it has room.
				let closes_at = T::ChallengeLane::blocks_with_room()
					.saturating_add(1)
					.saturating_add(window.into());
				Self::advance(
					id,
					job,
					JobState::Provisional {
						since: now,
						until,
						closes_at,
						digest,
					},
				);
				Self::deposit_event(Event::Provisional { job: id, digest, until });
				Weight::zero()
			}
			_ => {
				T::Tribunal::open(id, job.terms.periods.vote.into());
				Self::await_ruling(id, job, None, now);
				T::WeightInfo::open_dispute()
			}
		}
	}

	/// Returns the maximum weight of what follows the last reveal, beyond that of a provisional result.
	pub(crate) fn max_weight_of_comparison() -> Weight {
		let refund = T::WeightInfo::void_job(MAX_PARTICIPANTS).saturating_add(Self::max_weight_of_notification());
		T::WeightInfo::open_dispute().max(refund)
	}

	/// Returns the number of blocks with room for a challenge that are missing until the window closes.
	pub(crate) fn missing_room(closes_at: u64) -> u64 {
		closes_at.saturating_sub(T::ChallengeLane::blocks_with_room())
	}

	/// Moves a job to the state in which it waits for the tribunal's ruling.
	pub(crate) fn await_ruling(id: JobId, job: JobOf<T>, challenged: Option<OutcomeDigest>, now: BlockNumberFor<T>) {
		Totals::<T>::mutate(|totals| totals.disputes = totals.disputes.saturating_add(1));
		Self::advance(id, job, JobState::Disputed { since: now, challenged });
		Self::deposit_event(Event::Disputed { job: id });
	}

	/// Settles a job with the stored answer named `digest`: pays, frees slots and writes the record.
	pub(crate) fn settle(id: JobId, job: JobOf<T>, digest: OutcomeDigest, verdict: Option<OutcomeDigest>) {
		let Some(answer) = Answers::<T>::get(id, digest) else {
			frame_support::defensive!("an answer that settles a job is stored");
			return Self::refund(id, job, Zero::zero(), RefundReason::NoReveal, verdict);
		};
		let fee = job.terms.fee;
		let (mut spent, mut to_workers) = (BalanceOf::<T>::zero(), BalanceOf::<T>::zero());
		for participant in &job.participants {
			if participant.status != ParticipantStatus::Revealed(digest) {
				continue;
			}
			let due = job.terms.pay_of(participant.role);
			let paid = if participant.role == Role::Auditor {
				Self::pay_from_fund(&participant.worker, due)
			} else {
				let paid = Self::pay(&job, &participant.worker, due);
				spent = spent.saturating_add(paid);
				paid
			};
			to_workers = to_workers.saturating_add(paid);
			let slot_use = SlotUse::Answered {
				role: participant.role,
				confirmed: verdict.is_some(),
			};
			Self::release_slot(id, &job, &participant.worker, slot_use);
		}
		let to_owner = Self::pay(&job, &job.owner, fee.royalty);
		let to_fund = Self::pay(&job, &T::AuditFund::get(), fee.levy);
		let burned = Self::burn_fee(&job, fee.burn);
		for spending in [to_owner, to_fund, burned] {
			spent = spent.saturating_add(spending);
		}
		Self::release_fee(id, &job, spent);
		Totals::<T>::mutate(|totals| {
			job.subject.count_settled(totals, job.items);
			totals.burned = totals.burned.saturating_add(burned);
			totals.paid_to_workers = totals.paid_to_workers.saturating_add(to_workers);
			totals.paid_to_owners = totals.paid_to_owners.saturating_add(to_owner);
		});
		Self::remove_answers(id, &job, Some(digest));
		let assurance = Self::assurance(&job, digest, verdict);
		let (requester, model, subject) = (job.requester.clone(), job.model, job.subject);
		let at = frame_system::Pallet::<T>::block_number();
		Self::advance(id, job, JobState::Settled { at, digest, verdict });
		Self::deposit_event(Event::Settled {
			job: id,
			digest,
			to_workers,
			to_owner,
		});
		subject.notify_settled::<T>(id, &requester, &model, &answer, &assurance);
	}

	/// Refunds what is not `spent` (some jobs are charged for a failure), frees the slots of all workers that were not
	/// penalised, and writes the record.
	pub(crate) fn refund(
		id: JobId,
		job: JobOf<T>,
		spent: BalanceOf<T>,
		reason: RefundReason,
		verdict: Option<OutcomeDigest>,
	) {
		let spent = match spent.is_zero() && job.subject.charges_failure() {
			true => Self::charge_failure(&job),
			false => spent,
		};
		Self::release_fee(id, &job, spent);
		for participant in &job.participants {
			match participant.status {
				ParticipantStatus::Drawn | ParticipantStatus::Committed(_) | ParticipantStatus::Revealed(_) => {
					Self::release_slot(id, &job, &participant.worker, SlotUse::Unused)
				}
				ParticipantStatus::Silent | ParticipantStatus::Wrong(_) => {}
			}
		}
		Totals::<T>::mutate(|totals| totals.refunded = totals.refunded.saturating_add(1));
		Self::remove_answers(id, &job, None);
		let (requester, model, subject) = (job.requester.clone(), job.model, job.subject);
		let at = frame_system::Pallet::<T>::block_number();
		Self::advance(id, job, JobState::Refunded { at, reason, verdict });
		Self::deposit_event(Event::Refunded { job: id, reason });
		subject.notify_refunded::<T>(id, &requester, &model);
	}

	/// Ends a job whose task cannot be run. The answers of its workers cannot be shown wrong, so nobody is slashed, and
	/// the requester pays them as far as the fee reaches.
	pub(crate) fn refund_not_runnable(id: JobId, job: JobOf<T>) {
		let levy = Self::charge_levy(&job, job.terms.fee.workers);
		let answered = |status| matches!(status, ParticipantStatus::Revealed(_));
		let paid = Self::pay_participants_from_fee(&job, levy, answered);
		Self::refund(id, job, levy.saturating_add(paid), RefundReason::NotRunnable, None);
	}

	/// Refunds a job with fewer participants than it was promised, whose answers agree. Those who answered are paid.
	fn refund_understaffed(id: JobId, job: JobOf<T>) {
		let levy = Self::charge_levy(&job, job.terms.fee.workers);
		let spent = levy.saturating_add(Self::pay_answers(&job));
		Self::refund(id, job, spent, RefundReason::TooFewCheckers, None);
	}

	/// Returns the assurance of `digest` as the answer to `job`.
	pub(crate) fn assurance(
		job: &JobOf<T>,
		digest: OutcomeDigest,
		verdict: Option<OutcomeDigest>,
	) -> Assurance<BalanceOf<T>> {
		let agree = job
			.participants
			.iter()
			.filter(|p| p.status == ParticipantStatus::Revealed(digest));
		let number = u8::try_from(agree.clone().count()).unwrap_or(u8::MAX);
		let bonds = agree.clone().map(|p| job.terms.bonds_of(p.role));
		Assurance {
			engine: T::Models::source(&job.model)
				.map(|source| source.engine)
				.unwrap_or_default(),
			confirmations: number.saturating_sub(1),
			audited: agree.clone().any(|p| p.role == Role::Auditor),
			bond_at_risk: bonds.fold(Zero::zero(), |sum: BalanceOf<T>, bonds| sum.saturating_add(bonds)),
			backing: job.terms.backing(),
			evasion_probability: job.terms.evasion_probability,
			deterrence: job.terms.deterrence,
			verdict,
		}
	}
}
