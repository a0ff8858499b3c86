//! `assay model`

mod metadata;
mod submit;

use super::{execute, finish, parse_account};
use crate::{
	args::{Context, DescribeModel, Model as Command},
	output::{ExitStatus, Text},
	text::{list, model as text},
};
use assay_client::{
	artifacts::Mirrors,
	calls,
	json::{
		Announced, DescribedModel, Metadata, Model, ModelStatus, PricedModel, RetiredModel, StatusChange,
		TransferredModel,
	},
	Amount,
};
use assay_primitives::{api, ModelRef};

/// Submits, lists, shows and changes models.
pub async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Submit(args) => submit::run(*args, context).await,
		Command::List => show_all(context).await,
		Command::Show { model } => show(&model, context).await,
		Command::History { model } => history(&model, context).await,
		Command::Describe(args) => describe(*args, context).await,
		Command::Price { model, royalty } => price(&model, royalty, context).await,
		Command::Transfer { model, account } => transfer(&model, &account, context).await,
		Command::Retire { model } => retire(&model, context).await,
	}
}

async fn show_all(context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let (models, protocol, families) = (chain.models().await?, chain.protocol().await?, chain.families().await?);
	let models: Vec<_> = models
		.iter()
		.map(|info| Model::new(info, &protocol, &families))
		.collect();
	context.output.results(&models, |models| {
		list(models, "no models yet: `assay model submit` submits one", text::line)
	});
	Ok(ExitStatus::Success)
}

async fn show(model: &ModelRef, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.named_model(model).await?;
	let model = Model::new(&info, &chain.protocol().await?, &chain.families().await?);
	let model = model.with_history(&chain.model_history(info.id).await?);
	context.output.document(&model);
	Ok(ExitStatus::Success)
}

async fn history(model: &ModelRef, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.named_model(model).await?;
	let changes = chain.model_history(info.id).await?;
	let changes: Vec<_> = changes.iter().map(StatusChange::new).collect();
	let model = Model::new(&info, &chain.protocol().await?, &[]);
	context
		.output
		.results(&changes, |changes| text::history(&model, changes));
	Ok(ExitStatus::Success)
}

async fn describe(args: DescribeModel, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.named_model(&args.model).await?;
	let (metadata, card) = metadata::metadata(info.metadata.clone(), args.title.as_deref(), &args.about)?;
	if let Some(bytes) = card {
		let mirrors = Mirrors::connect(&chain, &args.mirrors.urls).await?;
		mirrors.upload(&bytes, &context.output).await?;
	}
	let done = format!(
		"the metadata of {0} is changed: `assay model show {0}` shows it",
		info.id
	);
	let document = DescribedModel {
		model: info.id,
		metadata: Metadata::new(&metadata),
	};
	let call = calls::set_model_metadata(info.id, &metadata);
	finish(context, &chain, &call, &document, done).await
}

async fn price(model: &ModelRef, royalty: Amount, context: &Context) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let id = chain.resolve(model).await?;
	let call = calls::announce_royalty(id, royalty.0);
	execute(context, &chain, &signer, &call, "waiting until it is final").await?;
	let info = chain.model(id).await?;
	context.output.document(&PricedModel {
		model: id,
		royalty: Amount(info.royalty),
		announced: info.announced.as_ref().map(Announced::new),
	});
	Ok(ExitStatus::Success)
}

impl Text for PricedModel {
	fn text(&self) -> String {
		let now = self.royalty;
		match &self.announced {
			Some(Announced { royalty, effective_at }) => format!(
				"requests pay {royalty} ASY for each input from block {effective_at} on, and {now} ASY until then"
			),
			None => format!("requests pay {now} ASY for each input"),
		}
	}
}

async fn transfer(model: &ModelRef, account: &str, context: &Context) -> anyhow::Result<ExitStatus> {
	let owner = parse_account(account)?;
	let chain = context.chain().await?;
	let model = chain.resolve(model).await?;
	let done = format!("{model} belongs to {owner} now, with its royalties and its deposit");
	let call = calls::transfer_model(model, owner);
	finish(context, &chain, &call, &TransferredModel { model, owner }, done).await
}

async fn retire(model: &ModelRef, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.named_model(model).await?;
	let model = info.id;
	// A model that is retired in quarantine stays stopped.
	let status = match info.status {
		api::ModelStatus::Quarantined { .. } => ModelStatus::Barred,
		_ => ModelStatus::Retired,
	};
	let done = format!("{model} is {status}; its answers stay verifiable");
	let document = RetiredModel { model, status };
	finish(context, &chain, &calls::retire_model(model), &document, done).await
}
