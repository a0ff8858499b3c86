//! How the runtime's off-chain workers ask the node to run a task.
//!
//! [`poll`] is idempotent: it queues an unknown task and returns at once, and reports the progress of a known one.
//! [`wait`] gives the queue a moment, so that a small model's answer is not a block late, and gives other nodes time to
//! import the block on which a submission is based. The node registers [`InferenceExt`] for off-chain calls only.
//! Everywhere else the answer is [`Unavailable::NoProvider`], and block execution can never reach the engine.

use crate::{batch::Answer, JobId, Task, MAX_INLINE};
use alloc::vec;
use codec::{Decode, Encode};
#[cfg(not(substrate_runtime))]
use core::time::Duration;
use sp_runtime::Permill;
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite},
	runtime_interface,
};

/// Room for any [`Poll`], in bytes: the largest inline outcome and the tags around it.
const MAX_POLL: usize = MAX_INLINE as usize + 128;

/// Milliseconds after the import of a block in which nothing based on that block is submitted: a pool that has not
/// imported the block would refuse the submission for good. A quarter of the block time, so that the next author still
/// gets it in time.
pub const SUBMIT_DELAY: u32 = 750;
/// Milliseconds after the import of a block in which the node may answer in time for that block: more than most models
/// take.
pub const ANSWER_TIMEOUT: u32 = 1_000;

/// Why the node is asked to run a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PollContext {
	pub job: JobId,
	pub purpose: Purpose,
}

/// What the node needs the answer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Purpose {
	/// To commit to the answer that may settle the job.
	Claim,
	/// To commit to an answer that the executor's is compared with.
	Check,
	/// To open a commitment.
	Reveal,
	/// To vote in a dispute.
	Vote,
	/// To check a provisional result that this node watches.
	Watch,
}

/// The progress of a task.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Poll {
	/// Queued or running: [`wait`], or ask again at the next block.
	Pending,
	/// The answer. If its bytes are an artifact, this node's store holds it.
	Ready(Answer),
	Unavailable(Unavailable),
}

/// Why this node has no answer. Never an answer itself: another node may have one, or this one may later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Unavailable {
	/// This node does not run inference, or not for this caller.
	NoProvider,
	/// The task names an engine that the node does not have.
	UnknownEngine,
	/// The node's artifact store lacks the model's file.
	NoModel,
	/// The node's artifact store lacks the input.
	NoInput,
	/// The queue is full.
	Busy,
	/// The deadline passed, or the machine failed.
	Failed,
}

/// What the node implements for this interface.
#[cfg(feature = "std")]
pub trait Provider: Send {
	/// See [`poll`]. Must return at once.
	fn poll(&self, task: Task, context: PollContext) -> Poll;

	/// See [`wait`].
	fn wait(&self, delay: Duration, timeout: Duration);

	/// See [`watch_share`].
	fn watch_share(&self) -> Permill;
}

#[cfg(feature = "std")]
sp_externalities::decl_extension! {
	/// Gives off-chain calls access to the node's inference service.
	pub struct InferenceExt(alloc::boxed::Box<dyn Provider>);
}

/// The raw host call; use [`poll`].
#[runtime_interface]
pub trait Inference {
	/// Writes SCALE([`Poll`]) for SCALE(([`Task`], [`PollContext`])) to `out` and returns its length, or 0 without a
	/// provider.
	fn poll(&mut self, request: PassFatPointerAndRead<&[u8]>, out: PassFatPointerAndWrite<&mut [u8]>) -> u32 {
		use sp_externalities::ExternalitiesExt;
		let Some(provider) = self.extension::<InferenceExt>() else {
			return 0;
		};
		let Ok((task, context)) = <(Task, PollContext)>::decode(&mut &request[..]) else {
			return 0;
		};
		let answer = provider.0.poll(task, context).encode();
		match out.get_mut(..answer.len()) {
			Some(out) => {
				out.copy_from_slice(&answer);
				answer.len() as u32
			}
			None => 0,
		}
	}

	/// Waits as [`wait`](super::wait) does. Both times are in milliseconds.
	fn wait(&mut self, delay: u32, timeout: u32) {
		use sp_externalities::ExternalitiesExt;
		if let Some(provider) = self.extension::<InferenceExt>() {
			let millis = |millis: u32| Duration::from_millis(millis.into());
			provider.0.wait(millis(delay), millis(timeout));
		}
	}

	/// Returns the share of provisional results to watch, in parts per million; 0 without a provider.
	fn watch_share(&mut self) -> u32 {
		use sp_externalities::ExternalitiesExt;
		self.extension::<InferenceExt>()
			.map_or(0, |provider| provider.0.watch_share().deconstruct())
	}
}

/// Returns the progress of `task`, and queues it if it is new.
pub fn poll(task: &Task, context: PollContext) -> Poll {
	let mut out = vec![0u8; MAX_POLL];
	let len = inference::poll(&(task, context).encode(), &mut out) as usize;
	out.get(..len)
		.filter(|answer| !answer.is_empty())
		.and_then(|mut answer| Poll::decode(&mut answer).ok())
		.unwrap_or(Poll::Unavailable(Unavailable::NoProvider))
}

/// Waits for [`SUBMIT_DELAY`], and then until no task is pending that was polled for anything but [`Purpose::Watch`],
/// or until [`ANSWER_TIMEOUT`]. Returns at once without a provider.
pub fn wait() {
	inference::wait(SUBMIT_DELAY, ANSWER_TIMEOUT);
}

/// Returns the share of provisional results that this node re-executes and, where one is wrong, challenges.
pub fn watch_share() -> Permill {
	Permill::from_parts(inference::watch_share())
}
