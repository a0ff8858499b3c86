//! `assay model submit`

use super::{
	about::metadata,
	probation::{self, Ended},
};
use crate::{
	amount::Amount,
	args::{Context, Submit},
	artifacts::Mirrored,
	calls::{self, Events, Signer},
	chain::Chain,
	commands::{describe, family, read_file},
	engine::{self, Runner},
	error::usage,
	findings::{next_step, rejection_name, rejection_text, status_name},
	golden::GoldenInputs,
	inputs::Inputs,
	output::{table, Output, Verdict},
	terms::{fee_json, fee_lines, one_answer},
	values,
};
use anyhow::bail;
use assay_engine::Engine;
use assay_primitives::{
	api::ModelStatus, metadata::Metadata, payload::MAX_INLINE, probe::Statement, task::model_id, terms::Fee, Artifact,
	BoundedSpec, EngineId, JobId, Manifest, ModelId, ModelSpec,
};
use codec::Decode;
use serde_json::{json, Value};
use subxt::utils::AccountId32;

/// Registers a model: states what it is, pays, and waits until others have reproduced it.
pub async fn run(args: Submit, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let signer = context.signer()?;
	// What faults here faults everywhere: it is refused before a node is even asked.
	let (draft, files) = Draft::prepare(&args, output)?;
	let chain = context.chain().await?;
	let before = draft.admit(&chain).await?;
	if let Some((name, version)) = args.naming.wanted() {
		family::check(&chain, name, version, &signer.account).await?;
	}
	let costs = draft.costs(&chain, args.max_fee).await?;
	let stores = Mirrored::connect(&chain, &args.mirrors.urls).await?;

	let about = format!("{}\n", draft.text(&costs));
	if args.yes {
		output.note(about);
	} else if !output.agreed(about, "Submit?")? {
		bail!("nothing was submitted, stored or paid");
	}
	for bytes in &files {
		stores.upload(bytes, output).await?;
	}
	let spinner = output.spinner("submitting, until it is final");
	let call = calls::submit_model(
		&draft.spec,
		draft.artifact,
		draft.engine,
		&draft.metadata,
		args.royalty.0,
		&draft.statement,
		costs.max_fee,
	);
	let events = calls::execute(&chain, &signer, &call).await?;
	spinner.finish_and_clear();
	if args.no_wait {
		let next = format!(
			"`assay model show {}` tells when others have reproduced it",
			draft.model
		);
		output.note(format!("submitted: {next}"));
		let mut value = draft.to_json(&costs);
		value["status"] = json!(status_name(ModelStatus::Probation));
		value["probe"] = json!(probe(&events));
		output.result(draft.model, &value);
		return Ok(Verdict::Fine);
	}

	let ended = probation::wait(&chain, draft.model, before, output).await?;
	output.note(ended.text());
	let mut value = draft.to_json(&costs);
	value["status"] = json!(status_name(ended.info.status));
	value["probe"] = json!(ended.info.probe);
	let is_open = ended.info.status.may_be_asked();
	if let ModelStatus::Rejected(rejection) = ended.info.status {
		value["rejection"] = json!(rejection_name(rejection));
		value["reason"] = json!(rejection_text(rejection));
		value["next"] = json!(next_step(rejection, ended.info.probe));
	}
	if is_open {
		let fees = fees(&chain, &ended).await?;
		output.note(format!(
			"once a worker serves it, one answer costs {} ASY without checkers, {} with one, {} with two",
			fees[0], fees[1], fees[2]
		));
		value["fees"] = json!(fees.map(|fee| fee.to_string()));
	}
	let is_named = !is_open || name(&chain, &signer, &args, draft.model, output, &mut value).await;
	output.result(draft.model, &value);
	Ok(match is_open && is_named {
		true => Verdict::Fine,
		false => Verdict::Refused,
	})
}

/// What is to be submitted.
struct Draft {
	model: ModelId,
	engine: EngineId,
	artifact: Artifact,
	spec: BoundedSpec,
	metadata: Metadata,
	statement: Statement,
}

/// What a submission takes.
struct Costs {
	deposit: u128,
	fee: Fee<u128>,
	/// The most that reproducing the model may cost.
	max_fee: u128,
}

impl Draft {
	/// Reads the model and has the engine of this machine find out what can be stated of it. Returns the files that nodes must have,
	/// too.
	fn prepare(args: &Submit, output: &Output) -> anyhow::Result<(Self, Vec<Vec<u8>>)> {
		let (metadata, card) = metadata(Metadata::default(), Some(&args.title), &args.about)?;
		let onnx = read_file(&args.file)?;
		let spec = values::spec(&args.bindings);
		let bounded = BoundedSpec::try_from(&spec).map_err(|error| usage(format!("--bind: {error}")))?;
		let given = match args.inputs.as_slice() {
			[] => None,
			files => Some(Inputs::read(files)?.cases(args.rows.as_ref())?),
		};
		let (onnx, golden, statement) = state(onnx, &spec, given, output)?;
		let (engine, artifact) = (Engine::builtin_id(), Artifact::of(&onnx));
		let draft = Self {
			model: model_id(engine, artifact.id, &bounded),
			engine,
			artifact,
			spec: bounded,
			metadata,
			statement,
		};
		let golden = (golden.packed.len() > MAX_INLINE as usize).then_some(golden.packed);
		Ok((draft, [Some(onnx), card, golden].into_iter().flatten().collect()))
	}

	/// Refuses what the chain would. Returns the probe after which the model was rejected before, if it was.
	async fn admit(&self, chain: &Chain) -> anyhow::Result<Option<JobId>> {
		let (engine, model) = (self.engine, self.model);
		if !chain.engines().await?.contains(&engine) {
			bail!("the network does not stand behind engine {engine}, which this assay has: use the assay built with its engine");
		}
		match chain.find_model(model).await? {
			None => Ok(None),
			Some(info) if matches!(info.status, ModelStatus::Rejected(_)) => Ok(Some(info.probe)),
			Some(info) => bail!(
				"this file is model {model} already ({}): see `assay model show {model}`",
				status_name(info.status)
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
				"to reproduce the model costs {} ASY, more than --max-fee {limit}: raise it, or leave it away",
				Amount(total)
			),
			limit => Ok(Costs {
				deposit,
				fee,
				max_fee: limit.map_or(total, |limit| limit.0),
			}),
		}
	}

	/// What is stated and what it takes, for people.
	fn text(&self, costs: &Costs) -> String {
		let golden = &self.statement.golden;
		let mut lines = vec![("model", self.model.to_string())];
		lines.extend(describe::lines(&Manifest::from(&self.statement.manifest)));
		lines.extend([
			(
				"golden",
				format!("{} inputs, whose outcomes are {}", golden.items, golden.answer),
			),
			(
				"deposit",
				format!(
					"{} ASY, held until the model is retired or rejected",
					Amount(costs.deposit)
				),
			),
		]);
		lines.extend(fee_lines(&costs.fee));
		lines.push((
			"",
			"is for those who reproduce the model, whether or not they find it as stated".to_owned(),
		));
		table(lines)
	}

	fn to_json(&self, costs: &Costs) -> Value {
		let golden = &self.statement.golden;
		json!({
			"model": self.model,
			"artifact": self.artifact,
			"engine": self.engine,
			"macs": self.statement.manifest.macs,
			"manifest": describe::to_json(&Manifest::from(&self.statement.manifest)),
			"golden": { "items": golden.items, "input": golden.input.content(), "answer": golden.answer },
			"deposit": Amount(costs.deposit).to_string(),
			"probe_fee": Amount(costs.fee.total()).to_string(),
			"probe_fee_parts": fee_json(&costs.fee),
			"name": null,
		})
	}
}

/// Has the engine find out what can be stated of a model. Gives its file back.
fn state(
	onnx: Vec<u8>,
	spec: &ModelSpec,
	given: Option<Vec<Inputs>>,
	output: &Output,
) -> anyhow::Result<(Vec<u8>, GoldenInputs, Statement)> {
	let engine = engine::start(output)?;
	let mut runner = Runner::new(&engine, spec.clone(), onnx);
	let manifest = runner.manifest()?;
	let onnx = runner.into_onnx();
	let golden = GoldenInputs::new(given, &manifest.inputs)?;
	let spinner = output.spinner("running the golden inputs");
	let statement = engine::statement(&engine, spec, &onnx, golden.items(), golden.packed.clone());
	spinner.finish_and_clear();
	let statement = statement.map_err(|unfit| golden.refuse(unfit))?;
	Ok((onnx, golden, statement))
}

/// The job in which the model is reproduced.
fn probe(events: &Events) -> Option<JobId> {
	events
		.iter()
		.filter_map(Result::ok)
		.find(|event| event.pallet_name() == "Models" && event.event_name() == "Submitted")
		.and_then(|event| <(ModelId, AccountId32, JobId)>::decode(&mut event.field_bytes()).ok())
		.map(|(.., probe)| probe)
}

/// What one answer costs with no, one and two checkers.
async fn fees(chain: &Chain, ended: &Ended) -> anyhow::Result<[Amount; 3]> {
	let pricing = chain.protocol().await?.pricing;
	let info = &ended.info;
	Ok([0, 1, 2].map(|checkers| one_answer(&pricing, info.macs, info.royalty, checkers)))
}

/// Publishes the model under the name that it is to have, and says so. The model is open even where that fails.
async fn name(
	chain: &Chain,
	signer: &Signer,
	args: &Submit,
	model: ModelId,
	output: &Output,
	value: &mut Value,
) -> bool {
	let Some((name, version)) = args.naming.wanted() else {
		return true;
	};
	let spinner = output.spinner("publishing, until it is final");
	let published = family::publish(chain, signer, name, version, model, args.naming.latest).await;
	spinner.finish_and_clear();
	match published {
		Ok(full) => {
			output.note(family::published_text(&full, name, args.naming.latest));
			value["name"] = json!(full);
			true
		}
		Err(error) => {
			let error =
				format!("the model is open, but it has no name: {error:#}. `assay family publish` gives it one");
			output.note(&error);
			value["error"] = json!(error);
			false
		}
	}
}
