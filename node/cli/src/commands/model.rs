//! `assay model`

use super::read_file;
use crate::{
	amount::Amount,
	args::{Context, Model, Submit},
	artifacts, calls,
	chain::{ModelChange, ModelInfo, Protocol},
	engine::{self, Runner},
	error::usage,
	output::{table, Verdict},
	terms::one_answer,
	values,
};
use anyhow::bail;
use assay_inference::Engine;
use assay_primitives::{
	api::{Authority, ModelStatus},
	task::model_id,
	BoundedSpec, ModelId, ModelSpec,
};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// The registry of models.
pub async fn run(command: Model, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Model::Submit(args) => submit(args, context).await,
		Model::List => list(context).await,
		Model::Show { model } => {
			let chain = context.chain().await?;
			let (info, protocol) = (chain.model(model).await?, chain.protocol().await?);
			let history = chain.model_history(model).await?;
			let mut value = to_json(&info, &protocol);
			value["history"] = history.iter().map(change_json).collect();
			context.output.result(text(&info, &protocol, &history), &value);
			Ok(Verdict::Fine)
		}
		Model::Retire { model } => retire(model, context).await,
	}
}

async fn submit(args: Submit, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	if args.name.is_empty() || args.name.len() > 64 || args.description.len() > 512 {
		return Err(usage("--name takes 1 to 64 bytes, --description at most 512"));
	}
	let signer = context.signer()?;
	let onnx = read_file(&args.file)?;
	let spec = values::spec(&args.bindings);
	let bounded = BoundedSpec::try_from(&spec).map_err(|error| usage(format!("--bind: {error}")))?;

	// What faults here faults everywhere: refuse before anything is paid.
	let started = engine::start(output)?;
	let mut runner = Runner::new(&started, spec, onnx);
	// A model that multiplies nothing still takes its worker's time.
	let macs = runner.manifest()?.macs.max(1);
	let onnx = runner.into_onnx();

	let chain = context.chain().await?;
	let engine = Engine::builtin_id();
	if !chain.engines().await?.contains(&engine) {
		bail!("the network does not stand behind engine {engine}, which this assay has: use the assay built with its engine");
	}
	let artifact = artifacts::upload(&chain, &onnx, output).await?;
	let model = model_id(engine, artifact.id, &bounded);
	if chain.find_model(model).await?.is_some() {
		bail!("this file is model {model} already: see `assay model show {model}`");
	}
	let spinner = output.spinner("submitting");
	let metadata = (args.name.as_str(), args.description.as_str());
	let call = calls::submit_model(&bounded, artifact, engine, metadata, args.royalty.0, macs);
	calls::execute(&chain, &signer, &call).await?;
	spinner.finish_and_clear();
	let pricing = chain.protocol().await?.pricing;
	let fees = [0, 1, 2].map(|checkers| one_answer(&pricing, macs, args.royalty.0, checkers));
	output.note(format!(
		"{} is open for requests once a worker serves it. One answer takes {macs} multiply-adds and costs {} ASY without checkers, \
		 {} with one, {} with two",
		args.name, fees[0], fees[1], fees[2]
	));
	output.result(
		model,
		&json!({
			"model": model,
			"artifact": artifact,
			"engine": engine,
			"royalty": args.royalty.to_string(),
			"macs": macs,
			"fees": fees.map(|fee| fee.to_string()),
		}),
	);
	Ok(Verdict::Fine)
}

async fn list(context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let (models, protocol) = (chain.models().await?, chain.protocol().await?);
	let human = if models.is_empty() {
		"no models yet: `assay model submit` registers one".to_owned()
	} else {
		models
			.iter()
			.map(|info| line(info, &protocol))
			.collect::<Vec<_>>()
			.join("\n")
	};
	context
		.output
		.result(human, &models.iter().map(|info| to_json(info, &protocol)).collect());
	Ok(Verdict::Fine)
}

async fn retire(model: ModelId, context: &Context) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let spinner = context.output.spinner("retiring");
	calls::execute(&chain, &signer, &calls::retire_model(model)).await?;
	spinner.finish_and_clear();
	context.output.result(
		format!("{model} is retired; what it has answered stays verifiable"),
		&json!({ "model": model, "status": "retired" }),
	);
	Ok(Verdict::Fine)
}

pub(super) const fn status_name(status: ModelStatus) -> &'static str {
	match status {
		ModelStatus::Open => "open",
		ModelStatus::Listed => "listed",
		ModelStatus::Quarantined { .. } => "quarantined",
		ModelStatus::Retired => "retired",
	}
}

fn bindings(info: &ModelInfo) -> Vec<(String, u32)> {
	ModelSpec::from(&info.spec).bindings
}

/// What one answer costs without checkers.
fn fee(info: &ModelInfo, protocol: &Protocol) -> Amount {
	one_answer(&protocol.pricing, info.macs, info.royalty, 0)
}

fn line(info: &ModelInfo, protocol: &Protocol) -> String {
	let name = printable(&info.name);
	format!(
		"{}  {name:<20} {:>11}  {} ASY an answer  {} slots free",
		info.id,
		status_name(info.status),
		fee(info, protocol),
		info.free_slots
	)
}

/// By whose right a status changed.
const fn authority_name(by: Authority) -> &'static str {
	match by {
		Authority::Owner => "owner",
		Authority::ModelOrigin => "vote",
		Authority::QuarantineOrigin => "fast vote",
	}
}

fn change_text(change: &ModelChange) -> String {
	let reason = change
		.reason
		.map_or_else(String::new, |hash| format!(", for the reason {hash:?}"));
	format!(
		"{} in block {} by {}{reason}",
		status_name(change.status),
		change.at,
		authority_name(change.by)
	)
}

fn change_json(change: &ModelChange) -> Value {
	json!({
		"status": status_name(change.status),
		"at": change.at,
		"by": authority_name(change.by),
		"reason": change.reason.map(|hash| format!("{hash:?}")),
	})
}

fn text(info: &ModelInfo, protocol: &Protocol, history: &[ModelChange]) -> String {
	let bindings: Vec<_> = bindings(info)
		.iter()
		.map(|(symbol, extent)| format!("{symbol}={extent}"))
		.collect();
	let mut lines = vec![
		("model", info.id.to_string()),
		("name", printable(&info.name)),
		("description", printable(&info.description)),
		("status", status_name(info.status).to_owned()),
		(
			"fee",
			format!("{} ASY for one answer without checkers", fee(info, protocol)),
		),
		("royalty", format!("{} ASY of it to the owner", Amount(info.royalty))),
		("multiply-adds", info.macs.to_string()),
		("slots free", info.free_slots.to_string()),
		("owner", info.owner.to_string()),
		("submitted", format!("in block {}", info.submitted_at)),
		(
			"artifact",
			format!("{} ({} bytes)", info.artifact.id, info.artifact.len),
		),
		("engine", info.engine.to_string()),
	];
	lines.extend(history.iter().map(|change| ("became", change_text(change))));
	if !bindings.is_empty() {
		lines.push(("bindings", bindings.join(" ")));
	}
	table(lines)
}

fn to_json(info: &ModelInfo, protocol: &Protocol) -> Value {
	json!({
		"model": info.id,
		"name": String::from_utf8_lossy(&info.name),
		"description": String::from_utf8_lossy(&info.description),
		"status": status_name(info.status),
		"royalty": Amount(info.royalty).to_string(),
		"macs": info.macs,
		"fee": fee(info, protocol).to_string(),
		"free_slots": info.free_slots,
		"owner": info.owner.to_string(),
		"submitted_at": info.submitted_at,
		"artifact": info.artifact,
		"engine": info.engine,
		"bindings": bindings(info).into_iter().collect::<BTreeMap<_, _>>(),
	})
}

/// Somebody else's text, without what would move the cursor.
fn printable(text: &[u8]) -> String {
	String::from_utf8_lossy(text)
		.chars()
		.map(|c| if c.is_control() { ' ' } else { c })
		.collect()
}
