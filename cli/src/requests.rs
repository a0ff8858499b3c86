//! Many requests to one model, sent as its slots allow.
//!
//! A request is refused when too few slots are free, and costs its transaction fee even then. So no more requests are sent than
//! there were slots for in the best block, those counted that are still on their way into one. A request that loses its slots to
//! somebody else in the meantime is sent again.

mod ask;

pub use ask::{Placed, Question};

use crate::{
	calls::{self, CallError, InBlock, Progress, Signer},
	chain::{next_block, Chain, ModelInfo},
	output::Output,
	terms::slots,
};
use ask::{Ask, News, Stage};
use assay_primitives::{terms::Terms, JobId, ModelId, ModelRef};
use codec::Decode;
use futures::{stream, StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use subxt::tx::TransactionStatus;
use tokio::sync::mpsc;

/// Blocks to wait for the first free slot before giving up: a minute.
const SLOT_PATIENCE: u32 = 20;
/// Job records read at a time.
const READS: usize = 16;

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
	/// That every request is in a block.
	Placed,
	/// That every job has an answer, though it may be challenged still.
	Provisional,
	/// That every job has ended.
	Ended,
}

/// Requests to one model by one account.
pub struct Requests<'a> {
	chain: &'a Chain,
	signer: &'a Signer,
	/// As the requests name it.
	name: ModelRef,
	/// What that meant when they were prepared.
	model: ModelId,
	/// On which they all are made, but for the fee of each.
	terms: Terms<u128>,
	asks: Vec<Ask>,
	/// The next transaction's nonce, counted here because the node counts only what has reached it. `None` until asked for.
	nonce: Option<u64>,
	/// Blocks since there was last room for a request or one of ours was under way.
	idle: u32,
}

impl<'a> Requests<'a> {
	/// One request for each question, of the model that `name` means: now `model`. Artifacts among the inputs must be in the node's
	/// store.
	pub fn new(
		chain: &'a Chain,
		signer: &'a Signer,
		name: ModelRef,
		model: &ModelInfo,
		terms: Terms<u128>,
		questions: Vec<Question>,
	) -> Self {
		Self {
			chain,
			signer,
			model: model.id,
			terms,
			asks: questions
				.into_iter()
				.map(|question| Ask::new(&name, model, question))
				.collect(),
			name,
			nonce: None,
			idle: 0,
		}
	}

	/// Sends all requests and waits. Returns each request's job, or why there is none, in the order of the questions.
	pub async fn run(mut self, wait: Wait, output: &Output) -> anyhow::Result<Vec<Result<Placed, String>>> {
		if let Err(error) = self.drive(wait, output).await {
			let jobs: Vec<_> = self
				.asks
				.iter()
				.filter_map(Ask::job)
				.map(|job| job.to_string())
				.collect();
			return Err(match jobs.is_empty() {
				true => error,
				// They are paid for, whatever became of the connection.
				false => error.context(format!(
					"lost sight of jobs that go on without this command: `assay job show` tells of {}",
					jobs.join(", ")
				)),
			});
		}
		Ok(self.asks.into_iter().map(Ask::result).collect())
	}

	/// Sends and watches until there is nothing left to wait for.
	async fn drive(&mut self, wait: Wait, output: &Output) -> anyhow::Result<()> {
		let (sender, mut news) = mpsc::unbounded_channel();
		let mut blocks = self.chain.best_blocks().await?;
		let bar = output.bar(self.asks.len() as u64, "jobs");
		loop {
			self.send(&sender).await?;
			self.read_jobs().await?;
			let done = self.asks.iter().filter(|ask| ask.is_done(wait)).count();
			bar.set_position(done as u64);
			bar.set_message(self.summary());
			if self.idle == 1 {
				output.note("too few slots are free: waiting a minute at most");
			}
			if done == self.asks.len() {
				bar.finish_and_clear();
				return Ok(());
			}
			// News is taken in as it comes; sending and reading wait for the next block, since only a block changes anything.
			loop {
				tokio::select! {
					Some((index, item)) = news.recv() => self.take_in(index, item),
					block = next_block(&mut blocks) => { block?; break }
				}
			}
		}
	}

	fn count(&self, wanted: fn(&Ask) -> bool) -> usize {
		self.asks.iter().filter(|ask| wanted(ask)).count()
	}

	/// How many requests are at which stage; of a single one, what it waits for.
	fn summary(&self) -> String {
		if let [ask] = self.asks.as_slice() {
			return match self.idle {
				0 => ask.text(),
				idle => format!("no room for {idle} blocks"),
			};
		}
		let mut stages = BTreeMap::<_, u32>::new();
		for ask in &self.asks {
			*stages.entry(ask.stage_name()).or_default() += 1;
		}
		let stages: Vec<_> = stages
			.iter()
			.map(|((_, stage), count)| format!("{count} {stage}"))
			.collect();
		stages.join(", ")
	}

	/// Sends as many waiting requests as there is room for.
	async fn send(&mut self, sender: &mpsc::UnboundedSender<(usize, News)>) -> anyhow::Result<()> {
		if self.count(Ask::is_waiting) == 0 {
			return Ok(());
		}
		let Some(quote) = self.chain.quote(self.model, 1, &self.terms).await? else {
			self.give_up("the model was taken off the market");
			return Ok(());
		};
		let checkers = self.terms.checkers;
		let room = match quote.servers > checkers.into() {
			true => (quote.free_slots / slots(&quote, checkers)) as usize,
			false => 0,
		};
		let room = room.saturating_sub(self.count(Ask::is_sent));
		self.idle = match room > 0 || self.count(Ask::is_under_way) > 0 {
			true => 0,
			false => self.idle + 1,
		};
		if self.idle > SLOT_PATIENCE {
			self.give_up(&format!(
				"no slot was free for a minute, or too few: {} workers have {} free slots between them, {} workers are needed. Ask fewer \
				 --checkers, or see whether more workers serve this model (`assay model show`)",
				quote.servers,
				quote.free_slots,
				1 + u32::from(checkers)
			));
		}
		let waiting = |(index, ask): (usize, &Ask)| ask.is_waiting().then_some(index);
		let next: Vec<_> = self.asks.iter().enumerate().filter_map(waiting).take(room).collect();
		for index in next {
			// One failure may end the waiting of all.
			if self.asks[index].is_waiting() {
				self.send_one(index, sender).await?;
			}
		}
		Ok(())
	}

	async fn send_one(&mut self, index: usize, sender: &mpsc::UnboundedSender<(usize, News)>) -> anyhow::Result<()> {
		let Question { items, input, max_fee } = &self.asks[index].question;
		let terms = Terms {
			max_fee: *max_fee,
			..self.terms.clone()
		};
		let call = calls::request(&self.name, *items, input, &terms);
		match calls::submit(self.chain, self.signer, &call, self.nonce).await {
			Ok((progress, nonce)) => {
				self.nonce = Some(nonce + 1);
				self.asks[index].sent();
				tokio::spawn(watch(index, progress, sender.clone()));
				Ok(())
			}
			// With nothing under way there is nothing to report but this.
			Err(error) if self.asks.iter().all(Ask::is_waiting) => Err(error),
			Err(error) => {
				self.give_up(&format!("{error:#}"));
				Ok(())
			}
		}
	}

	/// Sends no more.
	fn give_up(&mut self, reason: &str) {
		for ask in &mut self.asks {
			if ask.is_waiting() {
				ask.stage = Stage::Failed(reason.to_owned());
			}
		}
	}

	fn take_in(&mut self, index: usize, news: News) {
		if matches!(news, News::Failed(_)) {
			// Its nonce may be free again.
			self.nonce = None;
		}
		self.asks[index].hear(news);
	}

	/// Brings the records of jobs under way up to the best block.
	async fn read_jobs(&mut self) -> anyhow::Result<()> {
		let chain = self.chain;
		let open = |(index, ask): (usize, &Ask)| ask.open_job().map(|job| (index, job));
		let open: Vec<_> = self.asks.iter().enumerate().filter_map(open).collect();
		let records: Vec<_> = stream::iter(open)
			.map(|(index, job)| async move { anyhow::Ok((index, chain.find_job(job).await?)) })
			.buffer_unordered(READS)
			.try_collect()
			.await?;
		for (index, record) in records {
			self.asks[index].see(record, self.signer.account);
		}
		Ok(())
	}
}

/// Reports on one transaction until it is final or has failed.
async fn watch(index: usize, mut progress: Progress, sender: mpsc::UnboundedSender<(usize, News)>) {
	while let Some(status) = progress.next().await {
		let news = match status {
			Ok(TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block)) => {
				match job_of(&block).await {
					Ok(job) => News::Placed(job),
					Err(error) => News::Failed(error),
				}
			}
			Ok(TransactionStatus::NoLongerInBestBlock) => News::Retracted,
			Ok(TransactionStatus::Validated | TransactionStatus::Broadcasted) => continue,
			Ok(
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message },
			) => News::Failed(CallError::Lost(message)),
			Err(error) => News::Failed(CallError::Lost(error.to_string())),
		};
		// A failure ends the watch: told again when the block is final, it would be taken for that of a second try. And nobody
		// listens once all is done.
		let is_last = matches!(news, News::Failed(_));
		if sender.send((index, news)).is_err() || is_last {
			return;
		}
	}
}

/// The job that a request became.
async fn job_of(block: &InBlock) -> Result<JobId, CallError> {
	let events = calls::events(block).await?;
	let requested = events
		.iter()
		.filter_map(Result::ok)
		.find(|event| event.pallet_name() == "Jobs" && event.event_name() == "Requested")
		// The job is the event's first field.
		.and_then(|event| JobId::decode(&mut event.field_bytes()).ok());
	requested.ok_or_else(|| CallError::Unclear("the block holds the request and no job for it".to_owned()))
}
