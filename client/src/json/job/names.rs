//! The states and reasons of jobs.

use crate::{chain, json::tensor::Fault};
use assay_primitives::{api, probe::Flaw};

named! {
	/// The status of a job.
	JobStatusName {
		/// The executor is to commit to an answer.
		Claiming = "claiming",
		/// The claim is locked, and checkers are being drawn.
		Drawing = "drawing",
		/// Checkers are to commit to an answer.
		Checking = "checking",
		/// All are to reveal their answers.
		Revealing = "revealing",
		/// All agree, and the answer can be challenged.
		Provisional = "provisional",
		/// Validators decide.
		Disputed = "disputed",
		/// The answer is final.
		Settled = "settled",
		/// There is no answer, and the fee was refunded.
		Refunded = "refunded",
	}
}

impl From<&chain::JobStatus> for JobStatusName {
	fn from(status: &chain::JobStatus) -> Self {
		match status {
			chain::JobStatus::Claiming { .. } => Self::Claiming,
			chain::JobStatus::Drawing { .. } => Self::Drawing,
			chain::JobStatus::Checking { .. } => Self::Checking,
			chain::JobStatus::Revealing { .. } => Self::Revealing,
			chain::JobStatus::Provisional { .. } => Self::Provisional,
			chain::JobStatus::Disputed { .. } => Self::Disputed,
			chain::JobStatus::Settled { .. } => Self::Settled,
			chain::JobStatus::Refunded { .. } => Self::Refunded,
		}
	}
}

named! {
	/// Why a job was refunded.
	RefundReason {
		/// No drawn executor committed in time.
		NoClaim = "NoClaim",
		/// Nobody who committed revealed in time.
		NoReveal = "NoReveal",
		/// The validators decided that the job cannot be run. Workers that had answered were paid.
		NotRunnable = "NotRunnable",
		/// The answers were wrong, and nobody had the right one.
		AllWrong = "AllWrong",
		/// The requester cancelled the job.
		Cancelled = "Cancelled",
		/// The model was quarantined.
		Quarantined = "Quarantined",
		/// Fewer checkers than asked for could be found. Workers that had answered were paid.
		TooFewCheckers = "TooFewCheckers",
	}
}

impl From<api::RefundReason> for RefundReason {
	fn from(reason: api::RefundReason) -> Self {
		match reason {
			api::RefundReason::NoClaim => Self::NoClaim,
			api::RefundReason::NoReveal => Self::NoReveal,
			api::RefundReason::NotRunnable => Self::NotRunnable,
			api::RefundReason::AllWrong => Self::AllWrong,
			api::RefundReason::Cancelled => Self::Cancelled,
			api::RefundReason::Quarantined => Self::Quarantined,
			api::RefundReason::TooFewCheckers => Self::TooFewCheckers,
		}
	}
}

named! {
	/// The role for which a worker was drawn.
	Role {
		/// To answer.
		Executor = "executor",
		/// To check the answer, as the requester asked.
		Checker = "checker",
		/// To check the answer, by chance.
		Auditor = "auditor",
	}
}

named! {
	/// The progress of a worker of a job.
	ParticipantStatus {
		/// It has not committed to an answer yet.
		Drawn = "drawn",
		/// It has committed to an answer that nobody else knows.
		Committed = "committed",
		/// Its answer is known.
		Revealed = "revealed",
		/// It did not reveal, and its bond was slashed.
		Silent = "silent",
		/// A verdict contradicts its answer, and its bond was slashed.
		Wrong = "wrong",
	}
}

named! {
	/// Why a model is not as its owner states.
	FlawName {
		/// The engine refuses the file.
		DoesNotLoad = "DoesNotLoad",
		/// The engine derives another manifest.
		ManifestMismatch = "ManifestMismatch",
		/// A golden input has a fault for an outcome.
		GoldenFault = "GoldenFault",
		/// The golden inputs have other outcomes.
		OutcomeMismatch = "OutcomeMismatch",
	}
}

impl FlawName {
	/// Splits a flaw into its name and the fault behind it.
	pub fn split(flaw: Flaw) -> (Self, Option<Fault>) {
		match flaw {
			Flaw::DoesNotLoad(code) => (Self::DoesNotLoad, Some(Fault(code))),
			Flaw::ManifestMismatch => (Self::ManifestMismatch, None),
			Flaw::GoldenFault(code) => (Self::GoldenFault, Some(Fault(code))),
			Flaw::OutcomeMismatch => (Self::OutcomeMismatch, None),
		}
	}
}
