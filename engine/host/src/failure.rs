//! The ways in which there is no output: a fault is an answer, the rest is none.

use assay_primitives::FaultCode;

/// Why a call to the engine gave no tensors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
	/// A function of engine, model and input, and so itself an answer, once a fresh instance has repeated it.
	#[error("{}", .0.explanation().trim())]
	Fault(FaultCode),
	/// This machine's own misfortune.
	#[error(transparent)]
	NoAnswer(#[from] NoAnswer),
}

impl From<FaultCode> for Failure {
	fn from(fault: FaultCode) -> Self {
		Self::Fault(fault)
	}
}

/// Why this machine, this time, has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
	#[error("the deadline passed")]
	TimedOut,
	/// How deep calls may nest depends on the code a machine compiles, so another may have got further.
	#[error("the native stack overflowed")]
	StackOverflow,
	#[error("the sandbox failed: {0}")]
	Host(String),
}

impl NoAnswer {
	/// A failure of the sandbox.
	pub(crate) fn host(error: impl std::fmt::Display) -> Self {
		Self::Host(error.to_string())
	}
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
	#[error("the engine does not compile: {0:#}")]
	Compile(wasmtime::Error),
	#[error("the compiled engine cannot be kept in {}: {error}", path.display())]
	Cache {
		path: std::path::PathBuf,
		error: std::io::Error,
	},
	#[error("metrics: {0}")]
	Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
	#[error("a thread could not be started: {0}")]
	Thread(std::io::Error),
}
