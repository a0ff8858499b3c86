//! How the runtime's off-chain worker asks the node to run a task.
//!
//! [`poll`] is idempotent: an unknown task is queued and the call returns at once, a known one reports how far it is. The node
//! registers [`InferenceExt`] for off-chain calls only; everywhere else the answer is [`Unavailable::NotHere`], and block
//! execution can never reach the engine.

use crate::{Payload, Task, MAX_INLINE};
use alloc::vec;
use codec::{Decode, Encode};
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite},
	runtime_interface,
};

/// Room for any [`Poll`]: the largest inline outcome and the tags around it.
const MAX_POLL: usize = MAX_INLINE as usize + 64;

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Poll {
	/// Queued or running: ask again at the next block.
	Pending,
	/// The SCALE-encoded [`Outcome`](crate::Outcome). If it is an artifact, this node's store holds it.
	Ready(Payload),
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
	fn poll(&self, task: Task) -> Poll;
}

#[cfg(feature = "std")]
sp_externalities::decl_extension! {
	/// Gives off-chain calls access to the node's inference service.
	pub struct InferenceExt(alloc::boxed::Box<dyn Provider>);
}

/// The raw host call; use [`poll`].
#[runtime_interface]
pub trait Inference {
	/// Writes SCALE([`Poll`]) for SCALE([`Task`]) to `out` and returns its length, or 0 where there is no inference.
	fn poll(&mut self, task: PassFatPointerAndRead<&[u8]>, out: PassFatPointerAndWrite<&mut [u8]>) -> u32 {
		use sp_externalities::ExternalitiesExt;
		let Some(provider) = self.extension::<InferenceExt>() else {
			return 0;
		};
		let Ok(task) = Task::decode(&mut &task[..]) else {
			return 0;
		};
		let answer = provider.0.poll(task).encode();
		match out.get_mut(..answer.len()) {
			Some(out) => {
				out.copy_from_slice(&answer);
				answer.len() as u32
			}
			None => 0,
		}
	}
}

/// Asks the node how far `task` is, and sets it going if it is new.
pub fn poll(task: &Task) -> Poll {
	let mut out = vec![0u8; MAX_POLL];
	let len = inference::poll(&task.encode(), &mut out) as usize;
	out.get(..len)
		.filter(|answer| !answer.is_empty())
		.and_then(|mut answer| Poll::decode(&mut answer).ok())
		.unwrap_or(Poll::Unavailable(Unavailable::NotHere))
}
