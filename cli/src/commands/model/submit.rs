//! `assay model submit`

use super::metadata::metadata;
use crate::{
	args::{Context, Submit},
	commands::{execute, family},
	error::usage,
	local::{read_file, start_engine},
	output::{ExitStatus, Output},
	text::{count, job, manifest_lines, model as text, table, terms::fee_lines},
	values,
};
use anyhow::bail;
use assay_client::{
	artifacts::Mirrors,
	calls,
	engine::{self, Runner},
	families,
	golden::GoldenInputs,
	inputs::Inputs,
	json::{Job, JobStatusName, ModelStatus, Rejection, SubmittedModel},
	probation::{self, Ended},
	terms::fee_of_one_answer,
	text::printable,
	tx::find_event,
	AccountId32, Amount, Chain, Signer,
};
use assay_engine::Engine;
use assay_primitives::{
	api, metadata::Metadata, payload::MAX_INLINE, probe::Statement, task::model_id, terms::Fee, Artifact, BoundedSpec,
	EngineId, JobId, ModelId, ModelSpec,
};

/// Submits a model: derives its statement, pays, and waits until others have reproduced it.
pub async fn run(args: Submit, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	let signer = context.signer()?;
	// A fault on this machine is a fault everywhere: such a model is refused before a node is even asked.
	let (submission, files) = Submission::prepare(&args, output)?;
	let chain = context.chain().await?;
	let former_probe = submission.check(&chain).await?;
	if let Some((name, version)) = args.naming.family_and_version() {
		families::check(&chain, name, version, &signer.account).await?;
	}
	let costs = submission.costs(&chain, args.max_fee).await?;
	let mirrors = Mirrors::connect(&chain, &args.mirrors.urls).await?;

	let mut report = submission.report(&costs);
	let about = format!("{}\n", draft_text(&report));
	if args.yes {
		output.note(about);
	} else if !output.confirm(about, "Submit?")? {
		bail!("nothing was submitted, stored or paid");
	}
	for bytes in &files {
		mirrors.upload(bytes, output).await?;
	}
	let call = calls::submit_model(
		&submission.spec,
		submission.artifact,
		submission.engine,
		&submission.metadata,
		args.royalty.0,
		&submission.statement,
		costs.max_fee,
	);
	let events = execute(context, &chain, &signer, &call, "submitting, until it is final").await?;
	if args.no_wait {
		output.note(format!(
			"submitted: `assay model show {}` shows when others have reproduced it",
			report.model
		));
		report.probe =
			find_event(&events, "Models", "Submitted").map(|(_, _, probe): (ModelId, AccountId32, JobId)| probe);
		print(output, &report);
		return Ok(ExitStatus::Success);
	}

	let ended = wait(&chain, report.model, former_probe, output).await?;
	report.status = ended.model.status.into();
	report.probe = Some(ended.model.probe);
	if let (Some(rejection), fault) = Rejection::of(ended.model.status) {
		report.rejection = Some(rejection);
		report.reason = Some(text::rejection(rejection, fault));
		report.next = Some(text::next_step(rejection, ended.model.probe));
	}
	let probe = ended.probe.as_ref().map(|probe| Job::new(probe, None));
	output.note(ended_text(&ended.model.metadata.title, &report, probe.as_ref()));
	let is_open = ended.model.status.accepts_jobs();
	if is_open {
		let pricing = chain.protocol().await?.pricing;
		let (macs, royalty) = (ended.model.macs, ended.model.royalty);
		let fees = [0, 1, 2].map(|checkers| fee_of_one_answer(&pricing, macs, royalty, checkers));
		output.note(format!(
			"once a worker serves it, one answer costs {} ASY without checkers, {} with one, {} with two",
			fees[0], fees[1], fees[2]
		));
		report.fees = Some(fees);
		publish(&chain, &signer, &args, output, &mut report).await;
	}
	print(output, &report);
	Ok(ExitStatus::of(is_open && report.error.is_none()))
}

/// Prints the report: as text, the model's id alone, for scripts.
fn print(output: &Output, report: &SubmittedModel) {
	output.result(report, |report| report.model.to_string());
}

/// A model that is to be submitted.
struct Submission {
	engine: EngineId,
	artifact: Artifact,
	spec: BoundedSpec,
	metadata: Metadata,
	statement: Statement,
}

/// The costs of a submission.
struct Costs {
	deposit: u128,
	fee: Fee<u128>,
	/// The most that reproducing the model may cost.
	max_fee: u128,
}

impl Submission {
	/// Reads the model, and has the engine of this machine derive its statement. Also returns the files that nodes must
	/// store.
	fn prepare(args: &Submit, output: &Output) -> anyhow::Result<(Self, Vec<Vec<u8>>)> {
		let (metadata, card) = metadata(Metadata::default(), Some(&args.title), &args.about)?;
		let onnx = read_file(&args.file)?;
		let spec = values::spec(&args.bindings);
		let bounded = BoundedSpec::try_from(&spec).map_err(|error| usage(format!("--bind: {error}")))?;
		let given = match args.inputs.as_slice() {
			[] => None,
			files => {
				let inputs = Inputs::read(files).map_err(usage)?;
				Some(inputs.cases(args.rows.as_ref().map(|rows| &rows.0))?)
			}
		};
		let (onnx, golden, statement) = derive(onnx, &spec, given, output)?;
		let submission = Self {
			engine: Engine::builtin_id(),
			artifact: Artifact::of(&onnx),
			spec: bounded,
			metadata,
			statement,
		};
		let golden = (golden.packed.len() > MAX_INLINE as usize).then_some(golden.packed);
		Ok((submission, [Some(onnx), card, golden].into_iter().flatten().collect()))
	}

	fn model(&self) -> ModelId {
		model_id(self.engine, self.artifact.id, &self.spec)
	}

	/// Refuses what the chain would. Returns the former probe of a model that was rejected or retired.
	async fn check(&self, chain: &Chain) -> anyhow::Result<Option<JobId>> {
		let (engine, model) = (self.engine, self.model());
		if !chain.engines().await?.contains(&engine) {
			bail!(
				"the engine of this `assay`, {engine}, is not listed on this chain: use the `assay` that was built \
				 with the network's engine"
			);
		}
		match chain.find_model(model).await? {
			None => Ok(None),
			Some(info) if matches!(info.status, api::ModelStatus::Rejected(_) | api::ModelStatus::Retired) => {
				Ok(Some(info.probe))
			}
			Some(info) => bail!(
				"this file is already model {model}, which is {}: `assay model show {model}` shows it",
				ModelStatus::from(info.status)
			),
		}
	}

	async fn costs(&self, chain: &Chain, limit: Option<Amount>) -> anyhow::Result<Costs> {
		let (deposit, fee) = chain
			.submission_quote(self.engine, self.artifact, &self.spec, &self.metadata, &self.statement)
			.await?;
		let total = fee.total();
		match limit {
			Some(limit) if limit.0 < total => bail!(
				"reproducing the model costs {0} ASY, more than --max-fee {limit}: raise --max-fee to {0}, or omit it",
				Amount(total)
			),
			limit => Ok(Costs {
				deposit,
				fee,
				max_fee: limit.map_or(total, |limit| limit.0),
			}),
		}
	}

	fn report(&self, costs: &Costs) -> SubmittedModel {
		SubmittedModel::new(
			self.model(),
			self.artifact,
			self.engine,
			&self.statement,
			costs.deposit,
			&costs.fee,
		)
	}
}

/// Describes what is stated and what it costs.
fn draft_text(report: &SubmittedModel) -> String {
	let golden = &report.golden;
	let mut lines = vec![("model", report.model.to_string())];
	lines.extend(manifest_lines(&report.manifest));
	lines.extend([
		(
			"golden",
			format!(
				"{}, with the outcomes {}",
				count(golden.items, "input"),
				golden.outcomes
			),
		),
		(
			"deposit",
			format!(
				"{} ASY. When the model is rejected or retired, the part for its record stays held until somebody \
				 submits it again",
				report.deposit
			),
		),
	]);
	lines.extend(fee_lines(report.probe_fee, &report.probe_fee_parts));
	lines.push((
		"",
		"for reproducing the model, whether or not it is found to be as stated".to_owned(),
	));
	table(lines)
}

/// Derives the statement of a model. Returns its file, its golden inputs and the statement.
fn derive(
	onnx: Vec<u8>,
	spec: &ModelSpec,
	given: Option<Vec<Inputs>>,
	output: &Output,
) -> anyhow::Result<(Vec<u8>, GoldenInputs, Statement)> {
	let engine = start_engine(output)?;
	let mut runner = Runner::new(&engine, spec.clone(), onnx);
	let manifest = runner.manifest()?;
	let onnx = runner.into_onnx();
	let golden = GoldenInputs::new(given, &manifest.inputs)?;
	let spinner = output.spinner("running the golden inputs");
	let statement = engine::statement(&engine, spec, &onnx, golden.items(), golden.packed.clone());
	spinner.finish_and_clear();
	let statement = statement.map_err(|error| golden.explain(error))?;
	Ok((onnx, golden, statement))
}

/// Waits until the model is no longer on probation.
async fn wait(chain: &Chain, model: ModelId, former_probe: Option<JobId>, output: &Output) -> anyhow::Result<Ended> {
	let bar = output.bar(job::STEPS, "probation");
	let ended = probation::wait(chain, model, former_probe, |probe| {
		let status = JobStatusName::from(&probe.status);
		bar.set_position(job::step(status));
		bar.set_message(format!("job {} {status}", probe.id));
	})
	.await?;
	bar.finish_and_clear();
	Ok(ended)
}

/// Says how the probation of a model with this title ended, and what to do if there is anything to do.
fn ended_text(title: &[u8], report: &SubmittedModel, probe: Option<&Job>) -> String {
	let title = printable(title);
	match (&report.reason, &report.next) {
		(Some(reason), Some(next)) => {
			let refund = match probe {
				Some(probe) if probe.status == JobStatusName::Refunded => {
					format!(" (job {} was {})", probe.job, job::status(probe))
				}
				_ => String::new(),
			};
			format!(
				"{title} is rejected: {reason}{refund}. The deposit is released, except for the part for its record, \
				 which is released when somebody submits it again. What to do next: {next}"
			)
		}
		_ => {
			let status = text::status(report.status, None);
			format!("{title} is {status}. {}", probe.map(reproduced_by).unwrap_or_default())
				.trim_end()
				.to_owned()
		}
	}
}

/// Says who reproduced a model in this probe.
fn reproduced_by(probe: &Job) -> String {
	let (Some(confirmations), JobStatusName::Settled) = (probe.confirmations, probe.status) else {
		return String::new();
	};
	let workers = match confirmations {
		0 => "one worker".to_owned(),
		others => format!("{} workers, independently,", u32::from(others) + 1),
	};
	let validators = match probe.verdict {
		Some(_) => " and the validators",
		None => "",
	};
	format!("It was reproduced by {workers}{validators} in job {}", probe.job)
}

/// Publishes the model under the name that it is to have. The model is open even where that fails.
async fn publish(chain: &Chain, signer: &Signer, args: &Submit, output: &Output, report: &mut SubmittedModel) {
	let Some((name, version)) = args.naming.family_and_version() else {
		return;
	};
	let latest = args.naming.latest;
	let spinner = output.spinner("publishing, until it is final");
	let published = families::publish(chain, signer, name, version, report.model, latest).await;
	spinner.finish_and_clear();
	match published {
		Ok(full_name) => {
			output.note(family::published(&full_name, name, latest));
			report.name = Some(full_name);
		}
		Err(error) => {
			let error = format!(
				"the model is open, but it was not published: {error}. `assay family publish {} {} {}` publishes it",
				printable(name),
				printable(version),
				report.model
			);
			output.note(&error);
			report.error = Some(error);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{probe, refunded_probe, submitted};
	use assay_client::json::{Finding, FlawName};

	fn rejected(rejection: Rejection) -> SubmittedModel {
		SubmittedModel {
			status: ModelStatus::Rejected,
			rejection: Some(rejection),
			reason: Some(text::rejection(rejection, None)),
			next: Some(text::next_step(rejection, JobId(7))),
			..submitted()
		}
	}

	#[test]
	fn an_open_model_was_reproduced_by_somebody() {
		let report = SubmittedModel {
			status: ModelStatus::Open,
			..submitted()
		};
		let found = probe(Finding {
			reproduced: true,
			flaw: None,
			fault: None,
		});
		let text = ended_text(b"Digits", &report, Some(&found));
		assert!(
			text.starts_with("Digits is open") && text.contains("--allow-unlisted"),
			"{text}"
		);
		assert!(
			text.ends_with("reproduced by 3 workers, independently, in job 7"),
			"{text}"
		);
	}

	#[test]
	fn a_flaw_is_reported_with_what_to_do() {
		let found = probe(Finding {
			reproduced: false,
			flaw: Some(FlawName::OutcomeMismatch),
			fault: None,
		});
		let text = ended_text(b"Digits", &rejected(Rejection::OutcomeMismatch), Some(&found));
		assert!(
			text.contains("Digits is rejected: the golden inputs have other outcomes"),
			"{text}"
		);
		assert!(
			text.contains("deposit is released") && text.contains("assay verify 7"),
			"{text}"
		);
	}

	#[test]
	fn a_probe_without_a_finding_is_reported_with_how_far_it_got() {
		let text = ended_text(b"Digits", &rejected(Rejection::NotReproduced), Some(&refunded_probe()));
		assert!(
			text.contains("refunded in block 9: no worker that was drawn reproduced"),
			"{text}"
		);
		assert!(text.contains("--mirror"), "{text}");
	}
}
