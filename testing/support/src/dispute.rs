//! A dispute that lasts for as long as a test wants.

use crate::{
	draft::put,
	extrinsic::send,
	rpc::{Job, JobStatus},
	Market, Node,
};
use assay_primitives::{Answer, FaultCode, JobId, Outcome};
use assay_runtime::Runtime;
use sp_keyring::Sr25519Keyring;
use std::fs;

/// Blocks from a request to a provisional result that is final, with some to spare.
const PROMPT: u32 = 18;
/// Blocks for a transaction or two to be final.
const FEW: u32 = 10;

/// A right result that somebody contests, of a job whose input only one node has: no other validator can look.
pub struct Standoff {
	/// As it was when it was contested.
	pub job: Job,
	input: Vec<u8>,
}

impl Standoff {
	/// Has `requester` ask, and `challenger` contest. Only the worker of `node`, one of three validators, may have free slots.
	pub async fn begin(node: &Node, market: &Market, requester: Sr25519Keyring, challenger: Sr25519Keyring) -> Self {
		let (request, input) = market.by_name();
		store(node, &input).await;
		let id = JobId(node.stats().await.requested);
		send(node, requester, request).await;
		// For good, or a reorganisation could put the challenge before what it contests.
		let job = node
			.within(PROMPT, "the answer is provisional", || async {
				let job = node.final_job(id).await?;
				matches!(job.status, JobStatus::Provisional { .. }).then_some(job)
			})
			.await;
		let (answer, _) = Answer::of(&[Outcome::Fault(FaultCode::Trap)]);
		let challenge = pallet_disputes::Call::<Runtime>::challenge { job: id, answer };
		send(node, challenger, challenge).await;
		node.within(FEW, "the result is disputed", || async {
			let job = node.final_job(id).await?;
			matches!(job.status, JobStatus::Disputed { .. }).then_some(())
		})
		.await;
		Self { job, input }
	}

	/// Panics unless it lasts still.
	pub async fn assert_lasts(&self, node: &Node) {
		let job = node.job(self.job.id).await;
		assert!(matches!(job.status, JobStatus::Disputed { .. }), "{job:?}");
	}

	/// Lets these nodes look too, and waits for the verdict.
	pub async fn end(&self, nodes: &[&Node]) -> Job {
		for node in nodes {
			store(node, &self.input).await;
		}
		nodes[0].ended(self.job.id, 2 * FEW).await
	}
}

async fn store(node: &Node, bytes: &[u8]) {
	let path = node.folder().join("input");
	fs::write(&path, bytes).expect("a writable folder");
	put(node, &path).await;
}
