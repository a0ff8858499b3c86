//! The canonical engine on this machine.

use crate::{cache, chain::JobInfo, output::Output};
use anyhow::{bail, Context as _};
use assay_engine::{batch, probe, Engine, Failure, Model, NoAnswer};
use assay_primitives::{
	probe::{finding_answer, Statement},
	Answer, EngineId, FaultCode, Finding, Manifest, ModelSpec, Outcome, Stated,
};
use codec::Encode;
use std::time::Duration;

/// How long this machine may take to load a model or to run it once. Passing it is no answer, never a wrong one.
const DEADLINE: Duration = Duration::from_secs(600);

/// The engine said no, by name. Whoever runs the same file under the same bindings hears the same.
#[derive(Debug, thiserror::Error)]
#[error("the engine refuses the model ({:?}): {}{}", .0, .0.explanation().trim(), next(*.0))]
pub struct Refused(pub FaultCode);

/// What to do about a fault; empty where nothing but another model helps.
fn next(fault: FaultCode) -> &'static str {
	match fault {
		FaultCode::UnboundDimension => " Do so with --bind SYMBOL=EXTENT, like --bind N=1.",
		FaultCode::UnknownBinding => " Leave that --bind away, or spell its symbol as the model does.",
		FaultCode::ExternalData => " Save the model as one file: onnx.save(m, f, save_as_external_data=False).",
		_ => "",
	}
}

/// This machine came to no answer.
pub fn no_answer(reason: NoAnswer) -> anyhow::Error {
	anyhow::anyhow!("this machine came to no answer: {reason}. Another machine, or this one with less to do, may")
}

/// Starts the engine, compiling it the first time on this machine.
pub fn start(output: &Output) -> anyhow::Result<Engine> {
	let spinner = output.spinner("preparing the engine");
	let engine = Engine::builtin(Some(&cache::folder().join("engine"))).context("the engine does not start");
	spinner.finish_and_clear();
	engine
}

/// Whether this command can re-derive what `engine` answers.
pub fn check_id(engine: EngineId) -> anyhow::Result<()> {
	let ours = Engine::builtin_id();
	if engine != ours {
		bail!("the model runs on engine {engine}, this assay has {ours}: use the assay built with that engine");
	}
	Ok(())
}

/// What can truly be stated of the model in the file `onnx`, with the `items` golden inputs packed in `input`.
pub fn statement(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: Vec<u8>,
) -> Result<Statement, probe::Unfit> {
	probe::statement(engine, spec, onnx, items, input, DEADLINE)
}

/// A model at the ready: loaded once, asked often.
pub struct Runner<'a> {
	engine: &'a Engine,
	spec: ModelSpec,
	onnx: Vec<u8>,
	/// The instance that answered last. Gone once it faulted.
	warm: Option<Model>,
}

impl<'a> Runner<'a> {
	/// Nothing is loaded before the first question.
	pub fn new(engine: &'a Engine, spec: ModelSpec, onnx: Vec<u8>) -> Self {
		Self {
			engine,
			spec,
			onnx,
			warm: None,
		}
	}

	/// The file, for further use.
	pub fn into_onnx(self) -> Vec<u8> {
		self.onnx
	}

	fn model(&mut self) -> Result<&mut Model, Failure> {
		let model = match self.warm.take() {
			Some(model) => model,
			None => self.engine.load(&self.spec, &self.onnx, DEADLINE)?,
		};
		Ok(self.warm.insert(model))
	}

	/// What the engine finds in the model; [`Refused`] if it faults.
	pub fn manifest(&mut self) -> anyhow::Result<Manifest> {
		self.model()
			.and_then(|model| model.manifest(DEADLINE))
			.map_err(|failure| match failure {
				Failure::Fault(code) => Refused(code).into(),
				Failure::NoAnswer(reason) => no_answer(reason),
			})
	}

	/// The answer to `job`, which asks or probes this model with inputs packed in `input`, as every node derives it; and its bytes.
	pub fn answer(&mut self, job: &JobInfo, input: &[u8]) -> anyhow::Result<(Answer, Vec<u8>)> {
		match &job.stated {
			None => Ok(Answer::of(&self.outcomes(job.items, input)?)),
			Some(stated) => {
				let finding = self.finding(job.items, input, stated)?;
				Ok((finding_answer(&finding), finding.encode()))
			}
		}
	}

	/// What comparing the model with what is `stated` of it comes to.
	fn finding(&mut self, items: u32, input: &[u8], stated: &Stated) -> anyhow::Result<Finding> {
		probe::finding(self.engine, &self.spec, &self.onnx, items, input, stated, DEADLINE).map_err(no_answer)
	}

	/// The outcomes of the task with these `items` inputs, packed in `input`, as every node derives them.
	fn outcomes(&mut self, items: u32, input: &[u8]) -> anyhow::Result<Vec<Outcome>> {
		batch::outcomes(items, input, |input| self.outcome(input))
	}

	/// The outcome of a single input.
	pub fn outcome(&mut self, input: &[u8]) -> anyhow::Result<Outcome> {
		let first = self.model().and_then(|model| model.run_encoded(input, DEADLINE));
		match first {
			Ok(outputs) => Ok(Outcome::Answer(outputs)),
			Err(Failure::NoAnswer(reason)) => Err(no_answer(reason)),
			// A fault counts only when fresh instances have it too, and one that faulted is not used again.
			Err(Failure::Fault(_)) => {
				self.warm = None;
				self.engine
					.execute(&self.spec, &self.onnx, input, DEADLINE)
					.map_err(no_answer)
			}
		}
	}
}
