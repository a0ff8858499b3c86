//! The states of jobs and of those who take part in them, in words.

use crate::{
	amount::Amount,
	chain::{Assurance, JobInfo, JobStatus},
	output::table,
	terms::{Chance, Odds},
};
use assay_primitives::{
	api::{Duty, RefundReason, Standing},
	OutcomeDigest,
};

/// The state's name.
pub const fn status_name(status: &JobStatus) -> &'static str {
	match status {
		JobStatus::Claiming { .. } => "claiming",
		JobStatus::Drawing { .. } => "drawing",
		JobStatus::Checking { .. } => "checking",
		JobStatus::Revealing { .. } => "revealing",
		JobStatus::Provisional { .. } => "provisional",
		JobStatus::Disputed { .. } => "disputed",
		JobStatus::Settled { .. } => "settled",
		JobStatus::Refunded { .. } => "refunded",
	}
}

/// The state of a job, and what is to come.
pub fn status_text(job: &JobInfo) -> String {
	match &job.status {
		JobStatus::Claiming { deadline } => {
			format!("claiming: the executor has until block {deadline} to bind itself to an answer")
		}
		JobStatus::Drawing { since } => {
			format!("drawing: the answer is locked since block {since}; who checks it is drawn from blocks after that")
		}
		JobStatus::Checking { deadline } => {
			format!("checking: those drawn have until block {deadline} to bind themselves to what they came to")
		}
		JobStatus::Revealing { deadline } => format!("revealing: everybody has until block {deadline} to reveal"),
		JobStatus::Provisional { since, until, .. } => {
			format!("provisional since block {since}: all agree, and anybody may challenge until block {until}")
		}
		JobStatus::Disputed { since } => format!(
			"disputed since block {since}: validators run it again, `assay dispute show {}` tells how they vote",
			job.id
		),
		JobStatus::Settled { at, .. } => format!("settled in block {at}"),
		JobStatus::Refunded { at, reason, .. } => format!("refunded in block {at}: {}", refund_text(job, *reason)),
	}
}

/// Why there is no answer.
pub const fn refund_text(job: &JobInfo, reason: RefundReason) -> &'static str {
	match reason {
		RefundReason::NoClaim if job.stated.is_some() => {
			"nobody who was drawn could reproduce the model in time, the fee went back but for one worker's pay, which the audit fund has"
		}
		RefundReason::NoClaim => "nobody who was drawn answered in time, the fee went back",
		RefundReason::NoReveal => {
			"nobody who had answered revealed the answer, the fee went back and their bonds are gone"
		}
		RefundReason::NoQuorum => "too few validators voted in time to decide, the fee went back",
		RefundReason::AllWrong => "the answers were found wrong and nobody had the right one, the fee went back",
		RefundReason::Cancelled => "whoever requested it took it back, the executor drawn was paid",
		RefundReason::Quarantined => "the model was put in quarantine meanwhile, the fee went back",
	}
}

/// For what somebody was drawn.
pub const fn duty_name(duty: Duty) -> &'static str {
	match duty {
		Duty::Executor => "executor",
		Duty::Checker => "checker",
		Duty::Auditor => "auditor",
	}
}

/// How far somebody is, beside the job's answer.
pub fn standing_text(standing: &Standing, answer: Option<OutcomeDigest>) -> String {
	match standing {
		Standing::Drawn => "drawn, and not bound to an answer yet".to_owned(),
		Standing::Committed(_) => "bound to an answer that nobody else knows yet".to_owned(),
		Standing::Revealed(digest) if Some(*digest) == answer => "came to this answer".to_owned(),
		Standing::Revealed(digest) => format!("came to {digest}"),
		Standing::Silent => "did not reveal what it was bound to, and lost its bond".to_owned(),
		Standing::Wrong(digest) => format!("was wrong with {digest}, and lost its bond"),
	}
}

/// Who came to the answer. Of the executor it is said whether it did.
pub fn confirmed_text(by_executor: bool, confirmations: u8, audited: bool) -> String {
	match (by_executor, confirmations, audited) {
		(true, 0, _) => "by nobody besides the executor".to_owned(),
		(true, 1, true) => "by one worker besides the executor, an auditor drawn by chance".to_owned(),
		(true, 1, false) => "by one worker besides the executor, blindly".to_owned(),
		(true, n, true) => {
			format!("by {n} workers besides the executor, blindly, an auditor drawn by chance among them")
		}
		(true, n, false) => format!("by {n} workers besides the executor, blindly"),
		(false, 0, _) => "by none of the workers asked: a challenger brought it".to_owned(),
		(false, 1, _) => "by one worker that was to check it, against the executor".to_owned(),
		(false, n, _) => format!("by {n} workers that were to check it, against the executor"),
	}
}

/// What stands behind a settled answer.
pub fn belief(assurance: &Assurance, by_executor: bool, digest: Option<OutcomeDigest>) -> String {
	let mut lines = vec![
		(
			"engine",
			format!("{}, which gives this answer wherever it runs", assurance.engine),
		),
		(
			"confirmed",
			confirmed_text(by_executor, assurance.confirmations, assurance.audited),
		),
		(
			"at risk",
			format!("{} ASY, lost had it been found wrong", Amount(assurance.bond_at_risk)),
		),
		(
			"unseen",
			format!(
				"a false claim would have met nobody honest with a chance of {}",
				Chance(assurance.passing.deconstruct())
			),
		),
		("deterred", Odds(assurance.deterrence.into_inner()).to_string()),
	];
	lines.push((
		"verdict",
		match assurance.verdict {
			None => "none was called for: nobody disagreed".to_owned(),
			Some(verdict) if Some(verdict) == digest => {
				"validators ran it again and found this answer right".to_owned()
			}
			Some(verdict) => format!("validators found {verdict}, and not this answer"),
		},
	));
	table(lines)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_answer_that_the_executor_did_not_give_is_not_said_to_be_its_own() {
		for audited in [false, true] {
			for confirmations in 0..3 {
				assert!(confirmed_text(true, confirmations, audited).contains("besides the executor"));
				assert!(!confirmed_text(false, confirmations, audited).contains("besides the executor"));
			}
		}
		assert!(confirmed_text(true, 2, true).contains("auditor"));
		assert!(!confirmed_text(true, 2, false).contains("auditor"));
	}

	#[test]
	fn a_standing_is_told_beside_the_jobs_answer() {
		let (right, other) = (OutcomeDigest([1; 32].into()), OutcomeDigest([2; 32].into()));
		assert_eq!(
			standing_text(&Standing::Revealed(right), Some(right)),
			"came to this answer"
		);
		assert!(standing_text(&Standing::Revealed(other), Some(right)).contains(&other.to_string()));
		assert!(standing_text(&Standing::Wrong(other), Some(right)).contains("lost its bond"));
		assert!(standing_text(&Standing::Silent, None).contains("lost its bond"));
	}
}
