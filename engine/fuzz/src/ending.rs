//! What a call can come to, whoever made it.

use assay_engine::{Failure, NoAnswer};
use assay_primitives::{ArtifactId, FaultCode};
use codec::Encode;
use std::fmt;

/// The outcome of a call.
#[derive(Clone, PartialEq, Eq)]
pub enum Ending {
	/// The encoded answer.
	Answer(Vec<u8>),
	Fault(FaultCode),
	TimedOut,
	StackOverflow,
	/// Neither an answer nor a named fault. No engine may come to this.
	Wrong(String),
}

impl Ending {
	/// What `assay-engine` says.
	pub fn of<T: Encode>(result: Result<T, Failure>) -> Self {
		match result {
			Ok(answer) => Self::Answer(answer.encode()),
			Err(Failure::Fault(fault)) => Self::Fault(fault),
			Err(Failure::NoAnswer(NoAnswer::TimedOut)) => Self::TimedOut,
			Err(Failure::NoAnswer(NoAnswer::StackOverflow)) => Self::StackOverflow,
			Err(Failure::NoAnswer(NoAnswer::Host(reason))) => Self::Wrong(reason),
		}
	}

	/// Whether this is an answer or a fault, on which all must agree.
	pub fn is_outcome(&self) -> bool {
		matches!(self, Self::Answer(_) | Self::Fault(_))
	}

	/// The kind alone, to count by.
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

impl fmt::Display for Ending {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Answer(bytes) => write!(f, "answer {} of {} bytes", ArtifactId::of(bytes).0, bytes.len()),
			Self::Wrong(reason) => write!(f, "wrong: {reason}"),
			other => f.write_str(&other.kind()),
		}
	}
}
