//! Why a call has no output: a fault, which is an answer, or a failure of this machine, which is not.

use assay_primitives::FaultCode;

/// Why a call to the engine returned no tensors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
	/// A function of engine, model and input, and so itself an answer, once a fresh instance has repeated it.
	#[error("{}", .0.explanation().trim())]
	Fault(FaultCode),
	/// A failure of this machine alone.
	#[error(transparent)]
	NoAnswer(#[from] NoAnswer),
}

impl From<FaultCode> for Failure {
	fn from(fault: FaultCode) -> Self {
		Self::Fault(fault)
	}
}

/// Why this machine has no answer this time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
	#[error("the deadline passed")]
	TimedOut,
	/// The depth to which calls may nest depends on the code that a machine compiles, so another machine may get
	/// further.
	#[error("the native stack overflowed")]
	StackOverflow,
	#[error("the sandbox failed: {0}")]
	Host(String),
}

impl NoAnswer {
	/// Wraps a failure of the sandbox.
	pub(crate) fn host(error: impl std::fmt::Display) -> Self {
		Self::Host(error.to_string())
	}
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
	#[error("the engine does not compile on this machine: {0:#}")]
	Compile(wasmtime::Error),
	#[error("the compiled engine cannot be cached in {}: {error}; make it writable for this user", path.display())]
	Cache {
		path: std::path::PathBuf,
		error: std::io::Error,
	},
	#[error("the metrics of the engine cannot be registered: {0}")]
	Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
	#[error("the operating system refuses to start a thread of the engine: {0}")]
	Thread(std::io::Error),
}
