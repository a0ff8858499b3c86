//! The canonical engine on this machine.

use crate::{cache, chain::JobInfo};
use assay_engine::{batch, probe, Engine, Failure, Model, NoAnswer};
use assay_primitives::{
	probe::{encode_finding, Statement},
	Answer, EngineId, FaultCode, Finding, Manifest, ModelSpec, Outcome, StatementDigest,
};
use codec::Encode;
use std::time::Duration;

/// The time that this machine may take to load a model or to run it once. Exceeding it means no answer, never a wrong
/// one.
const RUN_TIMEOUT: Duration = Duration::from_secs(600);

/// Why the engine on this machine gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
	#[error("the engine does not start: {0}")]
	Start(#[from] assay_engine::EngineError),
	/// A fault: everybody who loads the same file under the same bindings gets the same one.
	#[error("the engine refuses the model ({:?}): {}{}", .0, .0.explanation().trim(), fault_hint(*.0))]
	Refused(FaultCode),
	#[error(
		"this machine has no answer: {0}. Run the command again with less load on this machine, or on another one"
	)]
	NoAnswer(#[from] NoAnswer),
	#[error(
		"the model runs on engine {model}, and this `assay` has engine {own}: use the `assay` that was built with \
		 the model's engine"
	)]
	OtherEngine { model: EngineId, own: EngineId },
}

/// Returns what to do about a fault; empty where only another model helps.
fn fault_hint(fault: FaultCode) -> &'static str {
	match fault {
		FaultCode::UnboundDimension => " Add --bind SYMBOL=EXTENT for each symbol, like --bind N=1.",
		FaultCode::UnknownBinding => " Omit that --bind, or spell its symbol as the model does.",
		FaultCode::ExternalData => " Save the model as one file: onnx.save(m, f, save_as_external_data=False).",
		_ => "",
	}
}

/// Starts the engine. The first start on a machine compiles it and stores the result in the cache.
pub fn start() -> Result<Engine, EngineError> {
	Ok(Engine::builtin(Some(&cache::folder().join("engine")))?)
}

/// Checks that this program can re-derive the answers of `engine`.
pub fn check_id(engine: EngineId) -> Result<(), EngineError> {
	let own = Engine::builtin_id();
	match engine == own {
		true => Ok(()),
		false => Err(EngineError::OtherEngine { model: engine, own }),
	}
}

/// Derives the statement of the model in the file `onnx`, with the `items` golden inputs packed in `input`.
pub fn statement(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: Vec<u8>,
) -> Result<Statement, probe::StatementError> {
	probe::derive_statement(engine, spec, onnx, items, input, RUN_TIMEOUT)
}

/// Runs a model: it is loaded once and kept warm.
pub struct Runner<'a> {
	engine: &'a Engine,
	spec: ModelSpec,
	onnx: Vec<u8>,
	/// The instance that ran last. Dropped once it faulted.
	warm: Option<Model>,
}

impl<'a> Runner<'a> {
	/// Prepares a runner. The model is loaded when it is first used.
	pub fn new(engine: &'a Engine, spec: ModelSpec, onnx: Vec<u8>) -> Self {
		Self {
			engine,
			spec,
			onnx,
			warm: None,
		}
	}

	/// Returns the file.
	pub fn into_onnx(self) -> Vec<u8> {
		self.onnx
	}

	fn model(&mut self) -> Result<&mut Model, Failure> {
		let model = match self.warm.take() {
			Some(model) => model,
			None => self.engine.load(&self.spec, &self.onnx, RUN_TIMEOUT)?,
		};
		Ok(self.warm.insert(model))
	}

	/// Derives the model's manifest.
	pub fn manifest(&mut self) -> Result<Manifest, EngineError> {
		self.model()
			.and_then(|model| model.describe(RUN_TIMEOUT))
			.map_err(|failure| match failure {
				Failure::Fault(code) => EngineError::Refused(code),
				Failure::NoAnswer(reason) => reason.into(),
			})
	}

	/// Derives the answer to `job`, a job or probe of this model whose inputs are packed in `input`, as every node
	/// does. Returns the answer and its bytes.
	pub fn answer(&mut self, job: &JobInfo, input: &[u8]) -> Result<(Answer, Vec<u8>), EngineError> {
		match &job.statement {
			None => Ok(Answer::of(&self.outcomes(job.items, input)?)),
			Some(statement) => {
				let finding = self.finding(job.items, input, statement)?;
				Ok((encode_finding(&finding), finding.encode()))
			}
		}
	}

	/// Compares the model with what its owner states of it.
	fn finding(&mut self, items: u32, input: &[u8], statement: &StatementDigest) -> Result<Finding, EngineError> {
		let finding = probe::derive_finding(
			self.engine,
			&self.spec,
			&self.onnx,
			items,
			input,
			statement,
			RUN_TIMEOUT,
		);
		Ok(finding?)
	}

	/// Derives the outcomes of `items` inputs, packed in `input`, as every node does.
	fn outcomes(&mut self, items: u32, input: &[u8]) -> Result<Vec<Outcome>, EngineError> {
		batch::run_each(items, input, |input| self.outcome(input))
	}

	/// Derives the outcome of a single input.
	pub fn outcome(&mut self, input: &[u8]) -> Result<Outcome, EngineError> {
		let first = self.model().and_then(|model| model.run_encoded(input, RUN_TIMEOUT));
		match first {
			Ok(outputs) => Ok(Outcome::Answer(outputs)),
			Err(Failure::NoAnswer(reason)) => Err(reason.into()),
			// A fault counts only when a fresh instance repeats it, and an instance that faulted is not used again.
			Err(Failure::Fault(_)) => {
				self.warm = None;
				Ok(self.engine.execute(&self.spec, &self.onnx, input, RUN_TIMEOUT)?)
			}
		}
	}
}
