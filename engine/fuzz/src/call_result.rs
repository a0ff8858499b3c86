//! The result of a call to a guest.

use assay_engine::{Failure, NoAnswer};
use assay_primitives::{ArtifactId, FaultCode};
use codec::Encode;
use std::fmt;

/// The result of a call to a guest, whichever host made it.
#[derive(Clone, PartialEq, Eq)]
pub enum CallResult {
	/// The encoded answer.
	Answer(Vec<u8>),
	Fault(FaultCode),
	TimedOut,
	StackOverflow,
	/// Neither an answer nor a named fault: a defect of the engine.
	Wrong(String),
}

impl CallResult {
	/// Converts a result of `assay-engine`.
	pub fn of<T: Encode>(result: Result<T, Failure>) -> Self {
		match result {
			Ok(answer) => Self::Answer(answer.encode()),
			Err(Failure::Fault(fault)) => Self::Fault(fault),
			Err(Failure::NoAnswer(NoAnswer::TimedOut)) => Self::TimedOut,
			Err(Failure::NoAnswer(NoAnswer::StackOverflow)) => Self::StackOverflow,
			Err(Failure::NoAnswer(NoAnswer::Host(reason))) => Self::Wrong(reason),
		}
	}

	/// Returns whether this is an answer or a fault, on which all hosts must agree.
	pub fn is_outcome(&self) -> bool {
		matches!(self, Self::Answer(_) | Self::Fault(_))
	}

	/// Returns the kind of the result, by which results are counted.
	pub fn kind(&self) -> String {
		match self {
			Self::Answer(_) => "answer".into(),
			Self::Fault(fault) => format!("{fault:?}"),
			Self::TimedOut => "timed out".into(),
			Self::StackOverflow => "stack overflow".into(),
			Self::Wrong(_) => "wrong".into(),
		}
	}
}

impl fmt::Display for CallResult {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Answer(bytes) => write!(f, "answer {} of {} bytes", ArtifactId::of(bytes).0, bytes.len()),
			Self::Wrong(reason) => write!(f, "wrong: {reason}"),
			other => f.write_str(&other.kind()),
		}
	}
}
