//! The node behind an off-chain worker.

use assay_primitives::{
	host::{InferenceExt, Poll, PollContext, Provider},
	Answer, Task,
};
use codec::Decode;
use parking_lot::{Mutex, RwLock};
use sp_core::offchain::{
	testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
	OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
};
use sp_io::TestExternalities;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::Permill;
use std::{sync::Arc, time::Duration};

/// A node that gives the same answer to every poll, and records the polls and the submitted transactions.
#[derive(Clone)]
pub struct MockNode {
	state: Arc<Mutex<State>>,
	pool: Arc<RwLock<PoolState>>,
	check: fn(&Task, PollContext),
}

struct State {
	answer: Poll,
	/// What becomes the answer after a wait.
	after_wait: Option<Poll>,
	polls: Vec<PollContext>,
	watch_share: Permill,
}

impl MockNode {
	/// Registers a node with `keystore` as the host of `ext`: its local storage, its pool and its inference. It answers
	/// [`Poll::Pending`] and watches nothing until that is changed. `check` sees every poll.
	pub fn register(ext: &mut TestExternalities, keystore: MemoryKeystore, check: fn(&Task, PollContext)) -> Self {
		let (offchain, _) = TestOffchainExt::with_offchain_db(ext.offchain_db());
		let (transactions, pool) = TestTransactionPoolExt::new();
		let node = Self {
			state: Arc::new(Mutex::new(State {
				answer: Poll::Pending,
				after_wait: None,
				polls: Vec::new(),
				watch_share: Permill::zero(),
			})),
			pool,
			check,
		};
		ext.register_extension(OffchainDbExt::new(offchain.clone()));
		ext.register_extension(OffchainWorkerExt::new(offchain));
		ext.register_extension(TransactionPoolExt::new(transactions));
		ext.register_extension(KeystoreExt::new(keystore));
		ext.register_extension(InferenceExt(Box::new(node.clone())));
		node
	}

	/// Answers all further polls with `answer`.
	pub fn set_answer(&self, answer: Poll) {
		self.state.lock().answer = answer;
	}

	/// Has `answer` ready for all further polls.
	pub fn set_ready(&self, answer: Answer) {
		self.set_answer(Poll::Ready(answer));
	}

	/// Has `answer` ready once the off-chain worker has waited.
	pub fn set_ready_after_wait(&self, answer: Answer) {
		self.state.lock().after_wait = Some(Poll::Ready(answer));
	}

	/// Watches this share of provisional results.
	pub fn set_watch_share(&self, share: Permill) {
		self.state.lock().watch_share = share;
	}

	/// Returns the polls since the last [`MockNode::take_polls`].
	pub fn polls(&self) -> Vec<PollContext> {
		self.state.lock().polls.clone()
	}

	/// Returns the polls since the last call, and forgets them.
	pub fn take_polls(&self) -> Vec<PollContext> {
		std::mem::take(&mut self.state.lock().polls)
	}

	/// Takes the submitted transactions out of the pool.
	pub fn take_transactions<Extrinsic: Decode>(&self) -> Vec<Extrinsic> {
		let submitted = std::mem::take(&mut self.pool.write().transactions);
		submitted
			.iter()
			.map(|bytes| Extrinsic::decode(&mut &bytes[..]).expect("a submitted transaction decodes"))
			.collect()
	}
}

impl Provider for MockNode {
	fn poll(&self, task: Task, context: PollContext) -> Poll {
		(self.check)(&task, context);
		let mut state = self.state.lock();
		state.polls.push(context);
		state.answer.clone()
	}

	fn wait(&self, _: Duration, _: Duration) {
		let mut state = self.state.lock();
		if let Some(answer) = state.after_wait.take() {
			state.answer = answer;
		}
	}

	fn watch_share(&self) -> Permill {
		self.state.lock().watch_share
	}
}
