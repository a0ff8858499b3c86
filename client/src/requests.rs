//! Many requests to one model, sent as its slots become free.
//!
//! The chain refuses a request when too few slots are free, and charges its transaction fee even then. So no more
//! requests are sent than the best block has free slots for, counting those that are still on their way into a block. A
//! request that loses its slots to somebody else in the meantime is sent again.

mod request;

pub use request::{JobInput, Placed, Request, Wait};

use crate::{
	calls,
	chain::{next_block, Chain, ChainError, ModelInfo},
	terms::capacity,
	tx::{self, InBlock, Signer, Submitted, TxError},
};
use assay_primitives::{terms::Terms, JobId, ModelId, ModelRef};
use codec::Decode;
use futures::{stream, StreamExt, TryStreamExt};
use request::{Stage, TxEvent};
use subxt::tx::TransactionStatus;
use tokio::sync::mpsc;

/// Blocks to wait for a free slot before giving up: a minute.
const SLOT_TIMEOUT: u32 = 20;
/// Job records that are read concurrently.
const CONCURRENT_READS: usize = 16;

/// Why the end of the requests was not seen.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
	#[error("{error}. These jobs continue without this command: `assay job show` shows each of {}", list(.jobs))]
	Lost { jobs: Vec<JobId>, error: TxError },
	#[error(transparent)]
	Tx(#[from] TxError),
}

fn list(jobs: &[JobId]) -> String {
	jobs.iter().map(JobId::to_string).collect::<Vec<_>>().join(", ")
}

/// The progress of the requests, once a block.
pub struct Snapshot<'a> {
	pub requests: &'a [Request],
	/// Requests for which there is nothing left to wait for.
	pub done: usize,
	/// Blocks since a slot was free or a request was in progress.
	pub idle_blocks: u32,
}

/// Requests to one model by one account.
pub struct Requests<'a> {
	chain: &'a Chain,
	signer: &'a Signer,
	/// The name by which the requests refer to the model.
	name: ModelRef,
	/// The model that the name stood for when they were prepared.
	model: ModelId,
	/// The terms of all requests, except the maximum fee of each.
	terms: Terms<u128>,
	requests: Vec<Request>,
	/// The next transaction's nonce, counted here because the node counts only transactions that have reached it.
	/// `None` until it is needed.
	nonce: Option<u64>,
	/// Blocks since a slot was free or a request was in progress.
	idle_blocks: u32,
}

impl<'a> Requests<'a> {
	/// Prepares one request for each of `inputs`, to the model that `name` stands for: now `model`. Artifacts among the
	/// inputs must be in the node's store.
	pub fn new(
		chain: &'a Chain,
		signer: &'a Signer,
		name: ModelRef,
		model: &ModelInfo,
		terms: Terms<u128>,
		inputs: Vec<JobInput>,
	) -> Self {
		Self {
			chain,
			signer,
			model: model.id,
			terms,
			requests: inputs
				.into_iter()
				.map(|input| Request::new(&name, model, input))
				.collect(),
			name,
			nonce: None,
			idle_blocks: 0,
		}
	}

	/// Sends all requests and waits; calls `on_block` once a block. Returns each request's job, or why there is none,
	/// in the order of the inputs.
	pub async fn run(
		mut self,
		wait: Wait,
		on_block: impl FnMut(&Snapshot),
	) -> Result<Vec<Result<Placed, String>>, RequestError> {
		if let Err(error) = self.drive(wait, on_block).await {
			let jobs: Vec<_> = self.requests.iter().filter_map(Request::job).collect();
			return Err(match jobs.is_empty() {
				true => error.into(),
				// They are paid for, whatever happened to the connection.
				false => RequestError::Lost { jobs, error },
			});
		}
		Ok(self.requests.into_iter().map(Request::into_result).collect())
	}

	/// Sends and watches until there is nothing left to wait for.
	async fn drive(&mut self, wait: Wait, mut on_block: impl FnMut(&Snapshot)) -> Result<(), TxError> {
		let (sender, mut events) = mpsc::unbounded_channel();
		let mut blocks = self.chain.best_blocks().await?;
		loop {
			self.send(&sender).await?;
			self.read_jobs().await?;
			let done = self.requests.iter().filter(|request| request.is_done(wait)).count();
			on_block(&Snapshot {
				requests: &self.requests,
				done,
				idle_blocks: self.idle_blocks,
			});
			if done == self.requests.len() {
				return Ok(());
			}
			// Events are handled as they arrive; sending and reading wait for the next block, since only a block
			// changes anything.
			loop {
				tokio::select! {
					Some((index, event)) = events.recv() => self.handle(index, event),
					block = next_block(&mut blocks) => { block?; break }
				}
			}
		}
	}

	fn count(&self, predicate: fn(&Request) -> bool) -> usize {
		self.requests.iter().filter(|request| predicate(request)).count()
	}

	/// Sends as many waiting requests as the model has free slots for.
	async fn send(&mut self, sender: &mpsc::UnboundedSender<(usize, TxEvent)>) -> Result<(), TxError> {
		if self.count(Request::is_waiting) == 0 {
			return Ok(());
		}
		let Some(quote) = self.chain.quote(self.model, 1, &self.terms).await? else {
			self.give_up("the model no longer accepts jobs: `assay model show` shows why");
			return Ok(());
		};
		let checkers = self.terms.checkers;
		let room = (capacity(&quote, checkers) as usize).saturating_sub(self.count(Request::is_sent));
		self.idle_blocks = match room > 0 || self.count(Request::is_in_progress) > 0 {
			true => 0,
			false => self.idle_blocks + 1,
		};
		if self.idle_blocks > SLOT_TIMEOUT {
			self.give_up(&format!(
				"too few slots were free for a minute: the job needs {} workers; {} can be drawn as checkers now, and \
				 {} slots are free. `assay model show` shows the model's free slots, `assay quote` the \
				 minimum of --checkers",
				1 + u32::from(checkers),
				quote.available_workers,
				quote.free_slots,
			));
		}
		let waiting = |(index, request): (usize, &Request)| request.is_waiting().then_some(index);
		let next: Vec<_> = self
			.requests
			.iter()
			.enumerate()
			.filter_map(waiting)
			.take(room)
			.collect();
		for index in next {
			// A failure may end the waiting of all.
			if self.requests[index].is_waiting() {
				self.send_one(index, sender).await?;
			}
		}
		Ok(())
	}

	async fn send_one(
		&mut self,
		index: usize,
		sender: &mpsc::UnboundedSender<(usize, TxEvent)>,
	) -> Result<(), TxError> {
		let JobInput { items, input, max_fee } = &self.requests[index].input;
		let terms = Terms {
			max_fee: *max_fee,
			..self.terms.clone()
		};
		let call = calls::request(&self.name, *items, input, &terms);
		match tx::submit(self.chain, self.signer, &call, self.nonce).await {
			Ok((submitted, nonce)) => {
				self.nonce = Some(nonce + 1);
				self.requests[index].on_sent();
				tokio::spawn(watch(index, submitted, sender.clone()));
				Ok(())
			}
			// With nothing in progress there is nothing to report but this.
			Err(error) if self.requests.iter().all(Request::is_waiting) => Err(error),
			Err(error) => {
				self.give_up(&error.to_string());
				Ok(())
			}
		}
	}

	/// Fails all requests that are not sent.
	fn give_up(&mut self, reason: &str) {
		for request in &mut self.requests {
			if request.is_waiting() {
				request.stage = Stage::Failed(reason.to_owned());
			}
		}
	}

	fn handle(&mut self, index: usize, event: TxEvent) {
		if matches!(event, TxEvent::Failed(_)) {
			// Its nonce may be free again.
			self.nonce = None;
		}
		self.requests[index].on_event(event);
	}

	/// Updates the records of open jobs from the best block.
	async fn read_jobs(&mut self) -> Result<(), ChainError> {
		let chain = self.chain;
		let open = |(index, request): (usize, &Request)| request.open_job().map(|job| (index, job));
		let open: Vec<_> = self.requests.iter().enumerate().filter_map(open).collect();
		let records: Vec<_> = stream::iter(open)
			.map(|(index, job)| async move { Ok::<_, ChainError>((index, chain.find_job(job).await?)) })
			.buffer_unordered(CONCURRENT_READS)
			.try_collect()
			.await?;
		for (index, record) in records {
			self.requests[index].on_record(record, self.signer.account);
		}
		Ok(())
	}
}

/// Reports on one transaction until it is final or has failed.
async fn watch(index: usize, mut submitted: Submitted, sender: mpsc::UnboundedSender<(usize, TxEvent)>) {
	while let Some(status) = submitted.next().await {
		let event = match status {
			Ok(TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block)) => {
				match job_in(&block).await {
					Ok(job) => TxEvent::Placed(job),
					Err(error) => TxEvent::Failed(error),
				}
			}
			Ok(TransactionStatus::NoLongerInBestBlock) => TxEvent::Retracted,
			Ok(TransactionStatus::Validated | TransactionStatus::Broadcasted) => continue,
			Ok(
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message },
			) => TxEvent::Failed(TxError::Lost(message)),
			Err(error) => TxEvent::Failed(TxError::Lost(error.to_string())),
		};
		// A failure ends the watch: reported again when the block is final, it would count as the failure of a second
		// try. And nobody receives events once all requests are done.
		let is_last = matches!(event, TxEvent::Failed(_));
		if sender.send((index, event)).is_err() || is_last {
			return;
		}
	}
}

/// Returns the job that a request in a block became.
async fn job_in(block: &InBlock) -> Result<JobId, TxError> {
	let events = tx::events(block).await?;
	let requested = events
		.iter()
		.filter_map(Result::ok)
		.find(|event| event.pallet_name() == "Jobs" && event.event_name() == "Requested")
		// The job is the event's first field.
		.and_then(|event| JobId::decode(&mut event.field_bytes()).ok());
	requested.ok_or_else(|| TxError::Unknown("the block contains the request, but no job for it".to_owned()))
}

#[cfg(test)]
mod tests;
