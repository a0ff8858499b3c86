//! How the runtime's off-chain worker asks the node to run a task.
//!
//! [`poll`] is idempotent: an unknown task is queued and the call returns at once, a known one reports how far it is. [`wait`] gives
//! what is queued a moment, so that a small model's answer is not a block late, and the other nodes one to import the block that a
//! submission rests on. The node registers [`InferenceExt`] for off-chain calls only; everywhere else the answer is [`Unavailable::NotHere`], and block
//! execution can never reach the engine.

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

/// Room for any [`Poll`]: the largest inline outcome and the tags around it.
const MAX_POLL: usize = MAX_INLINE as usize + 128;

/// Milliseconds after the import of a block in which nothing is submitted that rests on it: a pool that has not imported the block would
/// refuse the submission for good. A quarter of a block's time, so that the next author still gets it in time.
pub const GRACE: u32 = 750;
/// Milliseconds that the node gets in all to answer what it was asked for a block: more than most models take.
pub const PATIENCE: u32 = 1_000;

/// For what a task is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Purpose {
	pub job: JobId,
	pub role: Role,
}

/// In which role a node runs a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Role {
	/// To bind itself to the answer that the job may be settled with.
	Claim,
	/// To bind itself to what an executor's answer is compared with.
	Check,
	/// To open what it is bound to.
	Reveal,
	/// To vote in the tribunal.
	Vote,
	/// To find out whether a provisional result is right, unasked.
	Watch,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Poll {
	/// Queued or running: [`wait`], or ask again at the next block.
	Pending,
	/// The answer. If its bytes are an artifact, this node's store holds it.
	Ready(Answer),
	Unavailable(Unavailable),
}

/// Why this node has no answer. Never an answer itself: another node may have one, or this one later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Unavailable {
	/// No inference on this node, or not in this context.
	NotHere,
	/// The node has another engine than the task names.
	UnknownEngine,
	/// The model's file is not in the node's artifact store.
	NoModel,
	/// The input is not in the node's artifact store.
	NoInput,
	/// The queue is full.
	Busy,
	/// The deadline passed, or the machine failed.
	Failed,
}

/// What the node offers to [`poll`].
#[cfg(feature = "std")]
pub trait Provider: Send {
	/// See [`poll`]. Must return at once.
	fn poll(&self, task: Task, purpose: Purpose) -> Poll;

	/// See [`wait`].
	fn wait(&self, grace: Duration, patience: Duration);

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
	/// Writes SCALE([`Poll`]) for SCALE(([`Task`], [`Purpose`])) to `out` and returns its length, or 0 where there is no inference.
	fn poll(&mut self, request: PassFatPointerAndRead<&[u8]>, out: PassFatPointerAndWrite<&mut [u8]>) -> u32 {
		use sp_externalities::ExternalitiesExt;
		let Some(provider) = self.extension::<InferenceExt>() else {
			return 0;
		};
		let Ok((task, purpose)) = <(Task, Purpose)>::decode(&mut &request[..]) else {
			return 0;
		};
		let answer = provider.0.poll(task, purpose).encode();
		match out.get_mut(..answer.len()) {
			Some(out) => {
				out.copy_from_slice(&answer);
				answer.len() as u32
			}
			None => 0,
		}
	}

	/// Waits as [`wait`](super::wait) says, so many milliseconds.
	fn wait(&mut self, grace: u32, patience: u32) {
		use sp_externalities::ExternalitiesExt;
		if let Some(provider) = self.extension::<InferenceExt>() {
			let millis = |millis: u32| Duration::from_millis(millis.into());
			provider.0.wait(millis(grace), millis(patience));
		}
	}

	/// The share of provisional results to watch, in parts per million; 0 where there is no inference.
	fn watch_share(&mut self) -> u32 {
		use sp_externalities::ExternalitiesExt;
		self.extension::<InferenceExt>()
			.map_or(0, |provider| provider.0.watch_share().deconstruct())
	}
}

/// Asks the node how far `task` is, and sets it going if it is new.
pub fn poll(task: &Task, purpose: Purpose) -> Poll {
	let mut out = vec![0u8; MAX_POLL];
	let len = inference::poll(&(task, purpose).encode(), &mut out) as usize;
	out.get(..len)
		.filter(|answer| !answer.is_empty())
		.and_then(|mut answer| Poll::decode(&mut answer).ok())
		.unwrap_or(Poll::Unavailable(Unavailable::NotHere))
}

/// Waits for [`GRACE`], then until no task is pending that was asked for because of a duty, or [`PATIENCE`] is over. Where there is no
/// inference it returns at once.
pub fn wait() {
	inference::wait(GRACE, PATIENCE);
}

/// The share of provisional results that this node re-executes and, where one is wrong, challenges.
pub fn watch_share() -> Permill {
	Permill::from_parts(inference::watch_share())
}
