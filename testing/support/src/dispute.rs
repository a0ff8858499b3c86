//! A dispute that stays open for as long as a test wants.

use crate::{
	extrinsic::{send, send_challenge},
	models::upload,
	rpc::{Job, JobStatus},
	Market, Node,
};
use assay_primitives::{Answer, FaultCode, JobId, Outcome};
use sp_keyring::Sr25519Keyring;
use std::fs;

/// Blocks from a request to a provisional result in a final block: up to ten for the job, and the rest for finality.
const PROVISIONAL_BLOCKS: u32 = 18;
/// Blocks within which one or two transactions are in a final block: a few more than
/// [`INCLUSION_BLOCKS`](crate::INCLUSION_BLOCKS), since finality is about two blocks behind.
const FINALITY_BLOCKS: u32 = 10;

/// A right result that somebody challenges, of a job whose input only one node has: no other validator can run it.
pub struct OpenDispute {
	/// The job when it was challenged.
	pub job: Job,
	input: Vec<u8>,
}

impl OpenDispute {
	/// Has `requester` request a job, and `challenger` challenge its result. Only the worker of `node`, which is one of
	/// three validators, may have free slots.
	pub async fn open(node: &Node, market: &Market, requester: Sr25519Keyring, challenger: Sr25519Keyring) -> Self {
		let (request, input) = market.artifact_request();
		upload_bytes(node, &input).await;
		let id = JobId(node.stats().await.requested);
		send(node, requester, request).await;
		// In a final block: after a reorganisation, the challenge could come before what it challenges.
		let job = node
			.wait_within(PROVISIONAL_BLOCKS, "the answer is provisional", || async {
				let job = node.final_job(id).await?;
				matches!(job.status, JobStatus::Provisional { .. }).then_some(job)
			})
			.await;
		let (answer, _) = Answer::of(&[Outcome::Fault(FaultCode::Trap)]);
		send_challenge(node, challenger, &job, answer.digest()).await;
		node.wait_within(FINALITY_BLOCKS, "the result is disputed", || async {
			let job = node.final_job(id).await?;
			matches!(job.status, JobStatus::Disputed { .. }).then_some(())
		})
		.await;
		Self { job, input }
	}

	/// Asserts that the dispute is still open.
	pub async fn assert_still_open(&self, node: &Node) {
		let job = node.job(self.job.id).await;
		assert!(matches!(job.status, JobStatus::Disputed { .. }), "{job:?}");
	}

	/// Gives the input to these nodes, and waits for the verdict.
	pub async fn resolve(&self, nodes: &[&Node]) -> Job {
		for node in nodes {
			upload_bytes(node, &self.input).await;
		}
		nodes[0].wait_for_end(self.job.id, 2 * FINALITY_BLOCKS).await
	}
}

async fn upload_bytes(node: &Node, bytes: &[u8]) {
	let path = node.folder().join("input");
	fs::write(&path, bytes).expect("the node's folder is writable");
	upload(node, &path).await;
}
