//! What a dishonest node does next, by what it can see: pure decisions.

use super::{view::Job, Fault};
use assay_primitives::{
	api::{Participant, Standing},
	host::Role,
	OutcomeDigest,
};
use assay_runtime::AccountId;
use sp_core::H256;

/// The most checkers in the face of whom a cartel still tries.
const CARTEL_CHECKERS: u8 = 1;

/// What to do when the off-chain worker asks for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
	/// What an honest node does.
	Honest,
	/// Nothing.
	Silent,
	/// Give the wrong answer.
	Lie,
	/// Give the answer this node has bound itself to, right or wrong.
	AsBound,
	/// Submit this commitment, which is the executor's, as one's own.
	Copy(H256),
	/// Approve this answer, unseen.
	Approve(OutcomeDigest),
}

/// What a node with this `fault`, in a cartel of `members`, does in `role` for `job`, if it can see the job.
pub fn plan(fault: Fault, members: &[AccountId], role: Role, job: Option<&Job>) -> Plan {
	match (fault, role) {
		(Fault::Wrong, Role::Claim | Role::Check) => Plan::Lie,
		(Fault::WrongUnaudited, Role::Claim) => lie_if(job.is_some_and(|job| checkers(job) == 0)),
		// It is bound before checkers are drawn, so it must decide blind.
		(Fault::Cartel, Role::Claim) => lie_if(job.is_some_and(is_tempting)),
		(Fault::Cartel, Role::Check) => {
			lie_if(job.is_some_and(|job| is_tempting(job) && are_among(members, &job.participants)))
		}
		(Fault::Wrong | Fault::WrongUnaudited | Fault::Cartel, Role::Reveal) => Plan::AsBound,
		(Fault::SilentClaim, Role::Claim) | (Fault::SilentCheck, Role::Check) | (Fault::SilentReveal, Role::Reveal) => {
			Plan::Silent
		}
		(Fault::Copy, Role::Check) => job.and_then(claim).map_or(Plan::Silent, Plan::Copy),
		(Fault::LazyVote, Role::Vote) => job.and_then(claimed).map_or(Plan::Silent, Plan::Approve),
		_ => Plan::Honest,
	}
}

fn lie_if(pays: bool) -> Plan {
	if pays {
		Plan::Lie
	} else {
		Plan::Honest
	}
}

fn checkers(job: &Job) -> u8 {
	job.fee.workers.saturating_sub(1)
}

/// Whether a lie may well meet nobody but the cartel.
fn is_tempting(job: &Job) -> bool {
	checkers(job) <= CARTEL_CHECKERS
}

fn are_among(members: &[AccountId], participants: &[Participant<AccountId>]) -> bool {
	participants
		.iter()
		.all(|participant| members.contains(&participant.worker))
}

/// The executor's commitment.
fn claim(job: &Job) -> Option<H256> {
	match job.participants.first()?.standing {
		Standing::Committed(commitment) => Some(commitment),
		_ => None,
	}
}

/// What the executor answered, or else the first who did.
fn claimed(job: &Job) -> Option<OutcomeDigest> {
	job.participants
		.iter()
		.find_map(|participant| match participant.standing {
			Standing::Revealed(digest) => Some(digest),
			_ => None,
		})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::faults::view::tests::{job, participant};
	use assay_primitives::api::Duty;

	const ROLES: [Role; 5] = [Role::Claim, Role::Check, Role::Reveal, Role::Vote, Role::Watch];
	const COMMITMENT: H256 = H256::repeat_byte(1);

	fn digest(n: u8) -> OutcomeDigest {
		OutcomeDigest(H256::repeat_byte(n))
	}

	fn account(n: u8) -> AccountId {
		AccountId::new([n; 32])
	}

	/// A job of worker 1, with these checkers drawn, an auditor perhaps among them.
	fn checked_by(paid: u8, drawn: &[u8]) -> Job {
		let executor = participant(account(1), Duty::Executor, Standing::Committed(COMMITMENT));
		let others = drawn
			.iter()
			.map(|n| participant(account(*n), Duty::Checker, Standing::Drawn));
		job(paid, std::iter::once(executor).chain(others).collect())
	}

	/// What a node with `fault` does in each role.
	fn plans(fault: Fault, job: &Job) -> [Plan; 5] {
		ROLES.map(|role| plan(fault, &[account(1), account(2), account(3)], role, Some(job)))
	}

	#[test]
	fn a_wrong_worker_lies_and_keeps_to_it_and_votes_the_truth() {
		use Plan::*;
		let job = checked_by(1, &[2]);
		assert_eq!(plans(Fault::Wrong, &job), [Lie, Lie, AsBound, Honest, Honest]);
	}

	#[test]
	fn who_cheats_unaudited_only_is_honest_where_a_checker_is_paid() {
		use Plan::*;
		let unaudited = plans(Fault::WrongUnaudited, &checked_by(0, &[]));
		assert_eq!(unaudited, [Lie, Honest, AsBound, Honest, Honest]);
		let checked = plans(Fault::WrongUnaudited, &checked_by(1, &[2]));
		assert_eq!(checked, [Honest, Honest, AsBound, Honest, Honest]);
	}

	#[test]
	fn the_silent_are_silent_at_one_step_alone() {
		let silent = [Fault::SilentClaim, Fault::SilentCheck, Fault::SilentReveal];
		for (step, fault) in silent.into_iter().enumerate() {
			let mut expected = ROLES.map(|_| Plan::Honest);
			expected[step] = Plan::Silent;
			assert_eq!(plans(fault, &checked_by(1, &[2])), expected);
		}
	}

	#[test]
	fn a_copyist_takes_the_executors_commitment() {
		use Plan::*;
		let job = checked_by(1, &[2]);
		assert_eq!(
			plans(Fault::Copy, &job),
			[Honest, Copy(COMMITMENT), Honest, Honest, Honest]
		);
		assert_eq!(plan(Fault::Copy, &[], Role::Check, None), Silent);
	}

	#[test]
	fn a_cartel_lies_where_it_is_among_itself_or_cannot_know_better() {
		use Plan::*;
		let plans = |paid, drawn: &[u8]| {
			let [claim, check, reveal, vote, watch] = plans(Fault::Cartel, &checked_by(paid, drawn));
			assert_eq!((reveal, vote, watch), (AsBound, Honest, Honest));
			(claim, check)
		};
		assert_eq!(plans(1, &[2]), (Lie, Lie));
		assert_eq!(plans(0, &[3]), (Lie, Lie));
		assert_eq!(plans(1, &[2, 3]), (Lie, Lie));
		// One stranger is enough to be honest.
		assert_eq!(plans(1, &[4]), (Lie, Honest));
		assert_eq!(plans(1, &[2, 4]), (Lie, Honest));
		// Among so many it does not even try.
		assert_eq!(plans(2, &[2, 3]), (Honest, Honest));
	}

	#[test]
	fn the_lazy_vote_for_the_first_answer_they_see() {
		use Plan::*;
		let mut job = checked_by(1, &[2]);
		assert_eq!(plans(Fault::LazyVote, &job), [Honest, Honest, Honest, Silent, Honest]);
		job.participants[1].standing = Standing::Revealed(digest(8));
		let with = |plan| [Honest, Honest, Honest, plan, Honest];
		assert_eq!(plans(Fault::LazyVote, &job), with(Approve(digest(8))));
		job.participants[0].standing = Standing::Revealed(digest(7));
		assert_eq!(plans(Fault::LazyVote, &job), with(Approve(digest(7))));
	}

	#[test]
	fn who_floods_is_honest_beside_it() {
		assert_eq!(plans(Fault::Flood, &checked_by(0, &[2])), ROLES.map(|_| Plan::Honest));
	}

	#[test]
	fn nobody_lies_about_a_job_it_cannot_see_unless_it_always_does() {
		for fault in [Fault::WrongUnaudited, Fault::Cartel] {
			for role in [Role::Claim, Role::Check] {
				assert_eq!(plan(fault, &[account(1)], role, None), Plan::Honest);
			}
		}
	}
}
