//! `assay worker`

use super::{account, execute, finish};
use crate::{
	args::{Context, Pool, Worker as Command},
	output::{ExitStatus, Text},
	text::{count, table},
};
use anyhow::{bail, Context as _};
use assay_client::{
	calls::{self, Call},
	chain::{decode_hex, encode_hex, rpc_params},
	json::{BondedStake, OfferedSlots, RegisteredWorker, UnbondingStake, WithdrawnStake, Worker, WorkerSlots},
	text::printable,
	tx::find_event,
	AccountId32, Amount, Chain,
};
use assay_engine::Engine;
use assay_primitives::{probe::probe_pool, EngineId, ModelId};
use serde::{Deserialize, Serialize};

/// Registers a worker, offers its slots and manages its stake.
pub async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Register { stake, key_url } => register(stake, key_url, context).await,
		Command::Serve { pool, slots } => {
			let chain = context.chain().await?;
			let offer = offered(&pool, slots, &chain).await?;
			let done = format!(
				"serving {} with {}",
				served(&offer.title, offer.model, offer.probes_of),
				count(slots, "slot")
			);
			finish(context, &chain, &calls::serve(offer.model, slots), &offer, done).await
		}
		Command::Stop(pool) => {
			let chain = context.chain().await?;
			let offer = offered(&pool, 0, &chain).await?;
			let done = format!(
				"no longer serving {}; jobs in progress continue",
				served(&offer.title, offer.model, offer.probes_of)
			);
			finish(context, &chain, &calls::stop_serving(offer.model), &offer, done).await
		}
		Command::Bond { amount } => {
			let done = format!("added {amount} ASY to the stake");
			let document = BondedStake { bonded: amount };
			call(context, &calls::bond_more(amount.0), &document, done).await
		}
		Command::Unbond { amount } => {
			let done = format!("{amount} ASY are unbonding: `assay worker status` shows when they can be withdrawn");
			let document = UnbondingStake { unbonding: amount };
			call(context, &calls::unbond(amount.0), &document, done).await
		}
		Command::Withdraw => withdraw(context).await,
		Command::Status { account } => status(account, context).await,
	}
}

/// Connects, makes one call and prints `document`, whose text is `done`.
async fn call(context: &Context, call: &Call, document: &impl Serialize, done: String) -> anyhow::Result<ExitStatus> {
	finish(context, &context.chain().await?, call, document, done).await
}

async fn withdraw(context: &Context) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let events = execute(
		context,
		&chain,
		&signer,
		&calls::withdraw(),
		"waiting until it is final",
	)
	.await?;
	let withdrawn: Option<(AccountId32, u128)> = find_event(&events, "Workers", "Withdrawn");
	let (_, amount) = withdrawn.context("the block has no Workers.Withdrawn event: use the `assay` of this network")?;
	let withdrawn = Amount(amount);
	context
		.output
		.result(&WithdrawnStake { withdrawn }, |_| format!("withdrew {withdrawn} ASY"));
	Ok(ExitStatus::Success)
}

/// Resolves the model, or the probes, for which the command line offers slots.
async fn offered(pool: &Pool, slots: u32, chain: &Chain) -> anyhow::Result<OfferedSlots> {
	Ok(match &pool.model {
		Some(model) => {
			let info = chain.named_model(model).await?;
			OfferedSlots {
				model: info.id,
				title: Some(title(&info.metadata.title)),
				probes_of: None,
				slots,
			}
		}
		None => OfferedSlots {
			model: probe_pool(Engine::builtin_id()),
			title: None,
			probes_of: Some(Engine::builtin_id()),
			slots,
		},
	})
}

fn title(title: &[u8]) -> String {
	String::from_utf8_lossy(title).into_owned()
}

/// Describes what slots are for.
fn served(title: &Option<String>, model: ModelId, probes_of: Option<EngineId>) -> String {
	match probes_of {
		Some(engine) => format!("probes of engine {engine}"),
		None => {
			let title = title.as_deref().unwrap_or_default();
			format!("{} ({model})", printable(title.as_bytes()))
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
			decode_hex(&self.key).ok()?.try_into().ok()?,
			decode_hex(&self.proof).ok()?.try_into().ok()?,
		))
	}
}

async fn register(stake: Amount, key_url: Option<String>, context: &Context) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	if chain.worker(signer.account).await?.is_some() {
		bail!(
			"{} is a worker already: add stake with `assay worker bond AMOUNT`",
			signer.account
		);
	}
	let node = match &key_url {
		Some(url) => Chain::connect(url).await?,
		None => chain.clone(),
	};
	// A key is proven to one chain only. A node of another chain would result in a refusal that is hard to understand.
	if !node.is_same_chain(&chain) {
		bail!(
			"the node of --key-url {} is on another chain than the node of --url {}: name the worker's own node on \
				 the same chain",
			node.url(),
			chain.url()
		);
	}
	let account = encode_hex(signer.account.0);
	let proven: ProvenKey = node.request("assay_workerKey", rpc_params![account]).await?;
	let Some((key, proof)) = proven.decode() else {
		bail!(
			"the answer of the node at {} to assay_workerKey is not an ed25519 key and signature: use the `assay` that \
			 was built with the node",
			node.url()
		);
	};
	let call = calls::register_worker(stake.0, key, proof);
	execute(context, &chain, &signer, &call, "waiting until it is final").await?;
	context.output.document(&RegisteredWorker {
		worker: signer.account,
		stake,
		key: proven.key,
	});
	Ok(ExitStatus::Success)
}

impl Text for RegisteredWorker {
	fn text(&self) -> String {
		format!(
			"{} is a worker with a stake of {} ASY: offer slots with `assay worker serve`",
			self.worker, self.stake
		)
	}
}

async fn status(given: Option<String>, context: &Context) -> anyhow::Result<ExitStatus> {
	let account = account(given, context)?;
	let chain = context.chain().await?;
	let Some(worker) = chain.worker(account).await? else {
		bail!("{account} is not a worker: register it with `assay worker register --stake ASY`");
	};
	let mut slots = Vec::with_capacity(worker.slots.len());
	for pool in &worker.slots {
		// A pool without a model is one of probes.
		let model = chain.find_model(pool.model).await?;
		slots.push(WorkerSlots {
			model: pool.model,
			probes_of: model.is_none().then_some(EngineId(pool.model.0)),
			title: model.map(|info| title(&info.metadata.title)),
			offered: pool.offered,
			busy: pool.busy,
		});
	}
	context.output.document(&Worker::new(account, &worker, slots));
	Ok(ExitStatus::Success)
}

impl Text for Worker {
	fn text(&self) -> String {
		let mut lines = vec![
			("worker", self.worker.to_string()),
			("key", self.key.clone()),
			("stake", format!("{} ASY", self.stake)),
		];
		lines.extend(self.unbonding.iter().map(|chunk| {
			(
				"unbonding",
				format!(
					"{} ASY, which can be withdrawn from block {}",
					chunk.amount, chunk.matures_at
				),
			)
		}));
		lines.extend([
			("answers", format!("{}, {} of them audits", self.answers, self.audits)),
			("no-shows", self.no_shows.to_string()),
			("wrong", format!("{} found wrong or not revealed", self.slashed_answers)),
			(
				"disputes",
				format!("{} won, {} lost", self.disputes_won, self.disputes_lost),
			),
		]);
		lines.extend(self.slots.iter().map(|slots| {
			let served = served(&slots.title, slots.model, slots.probes_of);
			(
				"serves",
				format!("{served} with {}, {} busy", count(slots.offered, "slot"), slots.busy),
			)
		}));
		table(lines)
	}
}
