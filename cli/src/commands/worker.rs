//! `assay worker`

use super::{account, finish};
use crate::{
	amount::Amount,
	args::{Context, Pool, Worker},
	calls::{self, Call},
	chain::{rpc_params, unhex, Chain, ModelInfo, WorkerInfo},
	output::{printable, table, Verdict},
};
use anyhow::bail;
use assay_engine::Engine;
use assay_primitives::{api::SlotsInfo, probe::probe_pool, EngineId, ModelId};
use serde::Deserialize;
use serde_json::{json, Value};
use std::fmt;
use subxt::utils::AccountId32;

/// A worker's capacity.
pub async fn run(command: Worker, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Worker::Register { stake, key_url } => register(stake, key_url, context).await,
		Worker::Serve { pool, slots } => {
			let chain = context.chain().await?;
			let served = Served::of(&pool, &chain).await?;
			let done = format!("serving {served} with {slots} slots");
			finish(
				context,
				&chain,
				&calls::serve(served.pool(), slots),
				&done,
				served.json("slots", slots),
			)
			.await
		}
		Worker::Stop(pool) => {
			let chain = context.chain().await?;
			let served = Served::of(&pool, &chain).await?;
			let done = format!("no longer serving {served}; jobs under way go on");
			finish(
				context,
				&chain,
				&calls::stop_serving(served.pool()),
				&done,
				served.json("slots", 0),
			)
			.await
		}
		Worker::Bond { amount } => {
			let done = format!("{amount} ASY more at stake");
			call(
				context,
				&calls::bond_more(amount.0),
				&done,
				json!({ "bonded": amount.to_string() }),
			)
			.await
		}
		Worker::Unbond { amount } => {
			let done =
				format!("{amount} ASY on their way out: `assay worker status` shows from when they can be withdrawn");
			call(
				context,
				&calls::unbond(amount.0),
				&done,
				json!({ "unbonding": amount.to_string() }),
			)
			.await
		}
		Worker::Withdraw => call(context, &calls::withdraw(), "withdrawn", json!({ "withdrawn": true })).await,
		Worker::Status { account } => status(account, context).await,
	}
}

/// Makes one call and says so.
async fn call(context: &Context, call: &Call, done: &str, value: Value) -> anyhow::Result<Verdict> {
	finish(context, &context.chain().await?, call, done, value).await
}

/// What slots are for.
#[derive(Debug)]
enum Served {
	Model { id: ModelId, title: String },
	Probes(EngineId),
}

impl Served {
	/// What is named on the command line.
	async fn of(pool: &Pool, chain: &Chain) -> anyhow::Result<Self> {
		match &pool.model {
			Some(model) => Ok(Self::model(&chain.named_model(model).await?)),
			None => Ok(Self::Probes(Engine::builtin_id())),
		}
	}

	/// What a worker's slots are in. No pool but those of probes is that of no model.
	async fn find(pool: ModelId, chain: &Chain) -> anyhow::Result<Self> {
		match chain.find_model(pool).await? {
			Some(model) => Ok(Self::model(&model)),
			None => Ok(Self::Probes(EngineId(pool.0))),
		}
	}

	fn model(info: &ModelInfo) -> Self {
		Self::Model {
			id: info.id,
			title: printable(&info.metadata.title),
		}
	}

	fn pool(&self) -> ModelId {
		match self {
			Self::Model { id, .. } => *id,
			Self::Probes(engine) => probe_pool(*engine),
		}
	}

	/// With so many slots, called as they are there.
	fn json(&self, called: &str, slots: u32) -> Value {
		let probes_of = match self {
			Self::Model { .. } => None,
			Self::Probes(engine) => Some(engine),
		};
		json!({ "model": self.pool(), "probes_of": probes_of, called: slots })
	}
}

impl fmt::Display for Served {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Model { id, title } => write!(f, "{title} ({id})"),
			Self::Probes(engine) => write!(f, "probes of engine {engine}"),
		}
	}
}

/// A key of the worker's node and its agreement to serve the account, in hexadecimal.
#[derive(Deserialize)]
struct ProvenKey {
	key: String,
	proof: String,
}

impl ProvenKey {
	fn decode(&self) -> Option<([u8; 32], [u8; 64])> {
		Some((
			unhex(&self.key).ok()?.try_into().ok()?,
			unhex(&self.proof).ok()?.try_into().ok()?,
		))
	}
}

async fn register(stake: Amount, key_url: Option<String>, context: &Context) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	if chain.worker(signer.account).await?.is_some() {
		bail!(
			"{} is a worker already: add stake with `assay worker bond`",
			signer.account
		);
	}
	let node = match &key_url {
		Some(url) => Chain::connect(url).await?,
		None => chain.clone(),
	};
	// A key proves itself to one chain only, so a node of another chain is told now, not by a puzzling refusal.
	if node.client().genesis_hash() != chain.client().genesis_hash() {
		bail!("the node of --key-url is on another chain than the node of --url");
	}
	let account = format!("0x{}", hex::encode(signer.account.0));
	let proven: ProvenKey = node.request("assay_workerKey", rpc_params![account]).await?;
	let Some((key, proof)) = proven.decode() else {
		bail!(
			"the node's answer to assay_workerKey is no ed25519 key and signature: use the assay built with the node"
		);
	};
	let done = format!(
		"{} is a worker with {stake} ASY at stake; offer slots with `assay worker serve`",
		signer.account
	);
	let value = json!({ "worker": signer.account.to_string(), "stake": stake.to_string(), "key": proven.key });
	call(context, &calls::register_worker(stake.0, key, proof), &done, value).await
}

async fn status(name: Option<String>, context: &Context) -> anyhow::Result<Verdict> {
	let account = account(name, context)?;
	let chain = context.chain().await?;
	let Some(worker) = chain.worker(account).await? else {
		bail!("{account} is not a worker: `assay worker register` makes it one");
	};
	let mut slots = Vec::with_capacity(worker.slots.len());
	for of in &worker.slots {
		slots.push((Served::find(of.model, &chain).await?, of));
	}
	context
		.output
		.result(text(&account, &worker, &slots), &to_json(&account, &worker, &slots));
	Ok(Verdict::Fine)
}

fn text(account: &AccountId32, worker: &WorkerInfo, slots: &[(Served, &SlotsInfo)]) -> String {
	let mut lines = vec![
		("worker", account.to_string()),
		("key", format!("0x{}", hex::encode(&worker.key))),
		("stake", format!("{} ASY", Amount(worker.stake))),
	];
	lines.extend(worker.unbonding.iter().map(|(amount, from)| {
		(
			"unbonding",
			format!("{} ASY, to be withdrawn from block {from}", Amount(*amount)),
		)
	}));
	let record = &worker.record;
	lines.extend([
		(
			"answers",
			format!("{}, {} of them audits", record.answers, record.audits),
		),
		("no-shows", record.no_shows.to_string()),
		("wrong", format!("{} found wrong or not revealed", record.wrong)),
		(
			"disputes",
			format!("{} won, {} lost", record.disputes_won, record.disputes_lost),
		),
	]);
	lines.extend(slots.iter().map(|(served, slots)| {
		(
			"serves",
			format!("{served} with {} slots, {} busy", slots.offered, slots.busy),
		)
	}));
	table(lines)
}

fn to_json(account: &AccountId32, worker: &WorkerInfo, slots: &[(Served, &SlotsInfo)]) -> Value {
	let pool = |(served, slots): &(Served, &SlotsInfo)| {
		let mut value = served.json("offered", slots.offered);
		value["busy"] = json!(slots.busy);
		value
	};
	json!({
		"worker": account.to_string(),
		"key": format!("0x{}", hex::encode(&worker.key)),
		"stake": Amount(worker.stake).to_string(),
		"unbonding": worker.unbonding.iter()
			.map(|(amount, from)| json!({ "amount": Amount(*amount).to_string(), "from_block": from }))
			.collect::<Value>(),
		"answers": worker.record.answers,
		"audits": worker.record.audits,
		"no_shows": worker.record.no_shows,
		"wrong": worker.record.wrong,
		"disputes_won": worker.record.disputes_won,
		"disputes_lost": worker.record.disputes_lost,
		"slots": slots.iter().map(pool).collect::<Value>(),
	})
}
