//! Decides what a misbehaving node does, given what it can see. Pure functions.

use crate::{chain_view::Job, cli::Behaviour};
use assay_primitives::{
	api::{Participant, ParticipantStatus},
	host::Purpose,
	OutcomeDigest,
};
use assay_runtime::AccountId;
use sp_core::H256;

/// The maximum number of paid checkers with which a cartel still lies.
const MAX_CARTEL_CHECKERS: u8 = 1;

/// The node's response when its off-chain worker polls for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
	/// Give the right answer.
	Honest,
	/// Give no answer.
	Silent,
	/// Give a wrong answer.
	Wrong,
	/// Give the answer that this node has committed to, right or wrong.
	AsCommitted,
	/// Submit this commitment of the executor as this node's own.
	Copy(H256),
	/// Vote for this answer without running the task.
	Approve(OutcomeDigest),
}

/// Chooses the action of a node with this behaviour, in a cartel of `members`. `job` is `None` if the node cannot read
/// it.
pub fn choose_action(behaviour: Behaviour, members: &[AccountId], purpose: Purpose, job: Option<&Job>) -> Action {
	match (behaviour, purpose) {
		(Behaviour::Wrong, Purpose::Claim | Purpose::Check) => Action::Wrong,
		(Behaviour::WrongUnchecked, Purpose::Claim) => lie_if(job.is_some_and(|job| checker_count(job) == 0)),
		// The executor commits before checkers are drawn, so it does not know them yet.
		(Behaviour::Cartel, Purpose::Claim) => lie_if(job.is_some_and(is_tempting)),
		(Behaviour::Cartel, Purpose::Check) => {
			lie_if(job.is_some_and(|job| is_tempting(job) && are_all_members(members, &job.participants)))
		}
		(Behaviour::Wrong | Behaviour::WrongUnchecked | Behaviour::Cartel, Purpose::Reveal) => Action::AsCommitted,
		(Behaviour::SilentClaim, Purpose::Claim)
		| (Behaviour::SilentCheck, Purpose::Check)
		| (Behaviour::SilentReveal, Purpose::Reveal) => Action::Silent,
		(Behaviour::Copy, Purpose::Check) => job.and_then(executor_commitment).map_or(Action::Silent, Action::Copy),
		(Behaviour::LazyVote, Purpose::Vote) => job.and_then(first_revealed).map_or(Action::Silent, Action::Approve),
		_ => Action::Honest,
	}
}

fn lie_if(pays_off: bool) -> Action {
	if pays_off {
		Action::Wrong
	} else {
		Action::Honest
	}
}

fn checker_count(job: &Job) -> u8 {
	job.fee.workers.saturating_sub(1)
}

/// Returns whether the cartel has a chance to be the only participants.
fn is_tempting(job: &Job) -> bool {
	checker_count(job) <= MAX_CARTEL_CHECKERS
}

fn are_all_members(members: &[AccountId], participants: &[Participant<AccountId>]) -> bool {
	participants
		.iter()
		.all(|participant| members.contains(&participant.worker))
}

/// Returns the executor's commitment.
fn executor_commitment(job: &Job) -> Option<H256> {
	match job.participants.first()?.status {
		ParticipantStatus::Committed(commitment) => Some(commitment),
		_ => None,
	}
}

/// Returns the answer of the executor, or of the first participant that revealed one.
fn first_revealed(job: &Job) -> Option<OutcomeDigest> {
	job.participants
		.iter()
		.find_map(|participant| match participant.status {
			ParticipantStatus::Revealed(digest) => Some(digest),
			_ => None,
		})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain_view::tests::{job, participant};
	use assay_primitives::api::Role;

	const PURPOSES: [Purpose; 5] = [
		Purpose::Claim,
		Purpose::Check,
		Purpose::Reveal,
		Purpose::Vote,
		Purpose::Watch,
	];
	const COMMITMENT: H256 = H256::repeat_byte(1);

	fn digest(n: u8) -> OutcomeDigest {
		OutcomeDigest(H256::repeat_byte(n))
	}

	fn account(n: u8) -> AccountId {
		AccountId::new([n; 32])
	}

	/// Returns a job of worker 1 with these checkers drawn. The last may be the auditor.
	fn checked_by(paid: u8, drawn: &[u8]) -> Job {
		let executor = participant(account(1), Role::Executor, ParticipantStatus::Committed(COMMITMENT));
		let others = drawn
			.iter()
			.map(|n| participant(account(*n), Role::Checker, ParticipantStatus::Drawn));
		job(paid, std::iter::once(executor).chain(others).collect())
	}

	/// Returns the actions of a node with this behaviour for each purpose.
	fn actions(behaviour: Behaviour, job: &Job) -> [Action; 5] {
		PURPOSES.map(|purpose| choose_action(behaviour, &[account(1), account(2), account(3)], purpose, Some(job)))
	}

	#[test]
	fn a_wrong_worker_lies_and_reveals_its_lie_and_votes_honestly() {
		use Action::*;
		let job = checked_by(1, &[2]);
		assert_eq!(
			actions(Behaviour::Wrong, &job),
			[Wrong, Wrong, AsCommitted, Honest, Honest]
		);
	}

	#[test]
	fn a_worker_that_lies_unchecked_is_honest_if_a_checker_is_paid() {
		use Action::*;
		let unchecked = actions(Behaviour::WrongUnchecked, &checked_by(0, &[]));
		assert_eq!(unchecked, [Wrong, Honest, AsCommitted, Honest, Honest]);
		let checked = actions(Behaviour::WrongUnchecked, &checked_by(1, &[2]));
		assert_eq!(checked, [Honest, Honest, AsCommitted, Honest, Honest]);
	}

	#[test]
	fn a_silent_worker_is_silent_at_one_step_only() {
		let silent = [Behaviour::SilentClaim, Behaviour::SilentCheck, Behaviour::SilentReveal];
		for (step, behaviour) in silent.into_iter().enumerate() {
			let mut expected = PURPOSES.map(|_| Action::Honest);
			expected[step] = Action::Silent;
			assert_eq!(actions(behaviour, &checked_by(1, &[2])), expected);
		}
	}

	#[test]
	fn a_copying_checker_submits_the_executors_commitment() {
		use Action::*;
		let job = checked_by(1, &[2]);
		assert_eq!(
			actions(Behaviour::Copy, &job),
			[Honest, Copy(COMMITMENT), Honest, Honest, Honest]
		);
		assert_eq!(choose_action(Behaviour::Copy, &[], Purpose::Check, None), Silent);
	}

	#[test]
	fn a_cartel_lies_if_it_is_alone_or_may_be() {
		use Action::*;
		let actions = |paid, drawn: &[u8]| {
			let [claim, check, reveal, vote, watch] = actions(Behaviour::Cartel, &checked_by(paid, drawn));
			assert_eq!((reveal, vote, watch), (AsCommitted, Honest, Honest));
			(claim, check)
		};
		assert_eq!(actions(1, &[2]), (Wrong, Wrong));
		assert_eq!(actions(0, &[3]), (Wrong, Wrong));
		assert_eq!(actions(1, &[2, 3]), (Wrong, Wrong));
		// One stranger is enough to make it honest.
		assert_eq!(actions(1, &[4]), (Wrong, Honest));
		assert_eq!(actions(1, &[2, 4]), (Wrong, Honest));
		// With two paid checkers it does not even try.
		assert_eq!(actions(2, &[2, 3]), (Honest, Honest));
	}

	#[test]
	fn a_lazy_voter_approves_the_first_answer_it_sees() {
		use Action::*;
		let mut job = checked_by(1, &[2]);
		assert_eq!(
			actions(Behaviour::LazyVote, &job),
			[Honest, Honest, Honest, Silent, Honest]
		);
		job.participants[1].status = ParticipantStatus::Revealed(digest(8));
		let with = |action| [Honest, Honest, Honest, action, Honest];
		assert_eq!(actions(Behaviour::LazyVote, &job), with(Approve(digest(8))));
		job.participants[0].status = ParticipantStatus::Revealed(digest(7));
		assert_eq!(actions(Behaviour::LazyVote, &job), with(Approve(digest(7))));
	}

	#[test]
	fn a_flooding_node_is_otherwise_honest() {
		assert_eq!(
			actions(Behaviour::Flood, &checked_by(0, &[2])),
			PURPOSES.map(|_| Action::Honest)
		);
	}

	#[test]
	fn no_node_lies_about_a_job_it_cannot_read_unless_it_always_lies() {
		for behaviour in [Behaviour::WrongUnchecked, Behaviour::Cartel] {
			for purpose in [Purpose::Claim, Purpose::Check] {
				assert_eq!(choose_action(behaviour, &[account(1)], purpose, None), Action::Honest);
			}
		}
	}
}
