//! `assay model`

mod about;
mod probation;
mod report;
mod submit;

use super::{finish, parse_account};
use crate::{
	amount::Amount,
	args::{Context, DescribeModel, Model},
	artifacts::Mirrored,
	calls,
	output::Verdict,
};
use assay_primitives::ModelRef;
use serde_json::json;

pub use report::{announced_json, announced_line};

/// The registry of models.
pub async fn run(command: Model, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Model::Submit(args) => submit::run(*args, context).await,
		Model::List => list(context).await,
		Model::Show { model } => show(&model, context).await,
		Model::History { model } => history(&model, context).await,
		Model::Describe(args) => describe(*args, context).await,
		Model::Price { model, royalty } => price(&model, royalty, context).await,
		Model::Transfer { model, account } => transfer(&model, &account, context).await,
		Model::Retire { model } => retire(&model, context).await,
	}
}

async fn list(context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let (models, protocol, families) = (chain.models().await?, chain.protocol().await?, chain.families().await?);
	let human = match models.as_slice() {
		[] => "no models yet: `assay model submit` registers one".to_owned(),
		models => models
			.iter()
			.map(|info| report::line(info, &protocol, &families))
			.collect::<Vec<_>>()
			.join("\n"),
	};
	let json = models.iter().map(|info| report::to_json(info, &protocol, &families));
	context.output.result(human, &json.collect());
	Ok(Verdict::Fine)
}

async fn show(model: &ModelRef, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let (info, protocol, families) = (
		chain.named_model(model).await?,
		chain.protocol().await?,
		chain.families().await?,
	);
	let history = chain.model_history(info.id).await?;
	let mut value = report::to_json(&info, &protocol, &families);
	value["history"] = history.iter().map(report::change_json).collect();
	context
		.output
		.result(report::text(&info, &protocol, &families, &history), &value);
	Ok(Verdict::Fine)
}

async fn history(model: &ModelRef, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let info = chain.named_model(model).await?;
	let history = chain.model_history(info.id).await?;
	context.output.result(
		report::history_text(&info, &history),
		&history.iter().map(report::change_json).collect(),
	);
	Ok(Verdict::Fine)
}

async fn describe(args: DescribeModel, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let info = chain.named_model(&args.model).await?;
	let (metadata, card) = about::metadata(info.metadata.clone(), args.title.as_deref(), &args.about)?;
	if let Some(bytes) = card {
		let stores = Mirrored::connect(&chain, &args.mirrors.urls).await?;
		stores.upload(&bytes, &context.output).await?;
	}
	let done = format!(
		"{} is described anew: `assay model show {}` shows how",
		info.id, info.id
	);
	let value = json!({ "model": info.id, "metadata": report::metadata_json(&metadata) });
	finish(
		context,
		&chain,
		&calls::describe_model(info.id, &metadata),
		&done,
		value,
	)
	.await
}

async fn price(model: &ModelRef, royalty: Amount, context: &Context) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let id = chain.resolve(model).await?;
	let spinner = context.output.spinner("waiting until it is final");
	calls::execute(&chain, &signer, &calls::announce_royalty(id, royalty.0)).await?;
	spinner.finish_and_clear();
	let info = chain.model(id).await?;
	let now = Amount(info.royalty);
	let human = match &info.announced {
		Some(announced) => format!(
			"requests pay {royalty} ASY for each input from block {} on, and {now} ASY until then",
			announced.from
		),
		None => format!("requests pay {now} ASY for each input"),
	};
	let value = json!({ "model": id, "royalty": now.to_string(), "announced": announced_json(&info) });
	context.output.result(human, &value);
	Ok(Verdict::Fine)
}

async fn transfer(model: &ModelRef, account: &str, context: &Context) -> anyhow::Result<Verdict> {
	let to = parse_account(account)?;
	let chain = context.chain().await?;
	let id = chain.resolve(model).await?;
	let done = format!("{id} belongs to {to} now, with its royalties and its deposit");
	let value = json!({ "model": id, "owner": to.to_string() });
	finish(context, &chain, &calls::transfer_model(id, to), &done, value).await
}

async fn retire(model: &ModelRef, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let id = chain.resolve(model).await?;
	let done = format!("{id} is retired; what it has answered stays verifiable");
	let value = json!({ "model": id, "status": "retired" });
	finish(context, &chain, &calls::retire_model(id), &done, value).await
}
