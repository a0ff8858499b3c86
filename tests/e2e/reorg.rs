//! A fork across commit and reveal: Alice, cut off from the others, commits to answers and reveals them on a chain that
//! loses. On the chain that wins she has done neither yet. One request has the same number on both chains; there she
//! must do both again, with the same commitment, since that chain has a deadline too. Two others have swapped numbers;
//! there she must commit to other answers, and what she did on her own chain must count for nothing.
//!
//! Alice alone makes about a third of the blocks that Bob and Charlie make. They go on until BABE prefers their chain:
//! the one with more primary blocks.

use assay_primitives::{JobId, Payload};
use assay_runtime::{RuntimeCall, UncheckedExtrinsic};
use assay_testing::{
	extrinsic::sign, market::REQUESTER, rpc::JobStatus, Market, Member, Network, Node, PendingJobs, TestParameters,
};
use codec::{Decode, DecodeAll};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::{generic::DigestItem, ConsensusEngineId};
use subxt::rpcs::rpc_params;

/// Makes a node author blocks even without peers.
const AUTHOR_ALONE: &[&str] = &["--force-authoring"];

/// Blocks within which the majority's chain must overtake Alice's: it gains about one primary block in ten.
const OVERTAKE_BLOCKS: u32 = 100;

const BABE: ConsensusEngineId = *b"BABE";

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_across_commit_and_reveal_costs_nobody_anything() {
	let members = ["alice", "bob", "charlie"].map(|name| Member::new(name).with(AUTHOR_ALONE));
	let mut network = Network::start(members).await;
	// Long enough for Alice to return in time.
	let parameters = TestParameters {
		commit: 2 * OVERTAKE_BLOCKS,
		..TestParameters::default()
	};
	let ((), market) = tokio::join!(parameters.enact(network.node("alice")), Market::open(&network));
	market.offer_only(network.node("alice"), &[(Alice, 3)]).await;
	let answers = network
		.node("alice")
		.worker(&Alice.to_account_id())
		.await
		.record
		.answers;

	// One by one, so that Bob and Charlie stay together.
	network.kill("alice");
	network.restart_beside("charlie", "bob").await;
	network.restart_alone("alice").await;

	let (alice, bob) = (network.node("alice"), network.node("bob"));
	let first = bob.stats().await.requested;
	let jobs: Vec<_> = (first..first + 3).map(JobId).collect();
	// The first request is the same transaction on both sides; the other two are swapped.
	let inputs = [0, 1, 2].map(|n| market.nth_input(n));
	let [same, one, other] = inputs.clone();
	request_all(alice, &market, inputs).await;
	request_all(bob, &market, [same, other, one]).await;
	alice
		.wait_within(30, "Alice has revealed on her chain", || async {
			for job in &jobs {
				let status = alice.find_job(*job).await?.status;
				if !matches!(status, JobStatus::Provisional { .. } | JobStatus::Settled { .. }) {
					return None;
				}
			}
			Some(())
		})
		.await;
	bob.wait_within(30, "the others have the jobs", || bob.find_job(jobs[2]))
		.await;
	assert_eq!(alice.peers().await, 0, "Alice's node has peers");
	let fork = last_common(alice, bob).await;
	let submissions = submissions_about(alice, fork, &jobs[1..]).await;
	// She has committed and revealed.
	assert!(submissions.len() >= 2);
	for submission in &submissions {
		assert!(
			bob.submit(submission).await.is_err(),
			"valid on the other chain: {submission:?}"
		);
	}
	bob.wait_within(OVERTAKE_BLOCKS, "BABE prefers the majority's chain", || async {
		let (alices, majoritys) = (count_primaries(alice, fork).await, count_primaries(bob, fork).await);
		(majoritys > alices).then_some(())
	})
	.await;
	for (job, is_same) in jobs.iter().zip([true, false, false]) {
		let (alices, majoritys) = (alice.job(*job).await, bob.job(*job).await);
		assert_eq!(alices.task == majoritys.task, is_same, "job {job}");
		let status = majoritys.status;
		assert!(matches!(status, JobStatus::Claiming { .. }), "{status:?}");
	}
	let abandoned = alice.hash_of(fork + 1).await;

	network.restart("alice").await;
	let (alice, bob) = (network.node("alice"), network.node("bob"));
	alice
		.wait_within(10, "Alice has abandoned her chain", || async {
			let hash = bob.hash_of(fork + 1).await;
			(alice.hash_of(fork + 1).await == hash && hash != abandoned).then_some(())
		})
		.await;
	let pending = PendingJobs::adopt(alice, &market, jobs).await;
	let ended = pending.wait_for_end(alice, &market).await;
	ended.assert_settled();
	ended.assert_uneventful();
	let record = &ended.after.records[&Alice.to_account_id()];
	assert_eq!((record.answers - answers, record.no_shows, record.wrong), (3, 0, 0));
	for settled in &ended.jobs {
		bob.wait_within(10, "Bob's node has the same job", || async {
			(bob.find_job(settled.id).await? == *settled).then_some(())
		})
		.await;
	}
}

/// Requests an answer to each of these inputs, in this order.
async fn request_all(node: &Node, market: &Market, inputs: [Payload; 3]) {
	let genesis = node.genesis().await;
	let mut nonce = node.nonce(&REQUESTER.to_account_id()).await;
	for input in inputs {
		let request = sign(REQUESTER, nonce, genesis, market.request_call(input, 0));
		node.submit(&request).await.expect("the request is valid");
		nonce += 1;
	}
}

/// Returns the submissions of workers above block `fork` that take a step in one of these jobs.
async fn submissions_about(node: &Node, fork: u32, jobs: &[JobId]) -> Vec<UncheckedExtrinsic> {
	let transactions = node.transactions(fork + 1..=node.height().await).await;
	let is_about = |transaction: &UncheckedExtrinsic| match &transaction.function {
		RuntimeCall::Jobs(pallet_jobs::Call::submit { submission, .. }) => {
			submission.steps.iter().any(|step| jobs.contains(&step.job()))
		}
		_ => false,
	};
	transactions.into_iter().filter(is_about).collect()
}

/// Returns the number of the last block that both nodes have on their best chains.
async fn last_common(one: &Node, other: &Node) -> u32 {
	let mut number = one.height().await.min(other.height().await);
	while one.hash_of(number).await != other.hash_of(number).await {
		number -= 1;
	}
	number
}

/// Counts the primary blocks above block `fork` of the node's best chain.
async fn count_primaries(node: &Node, fork: u32) -> usize {
	let mut count = 0;
	for number in fork + 1..=node.height().await {
		count += usize::from(is_primary(node, number).await);
	}
	count
}

/// Returns whether a block is a primary one: authored in a slot that its author won by chance.
async fn is_primary(node: &Node, number: u32) -> bool {
	let hash = node.hash_of(number).await;
	let header: serde_json::Value = node.request("chain_getHeader", rpc_params![hash]).await;
	let logs = header["digest"]["logs"]
		.as_array()
		.expect("a digest has a list of logs");
	let bytes = |log: &serde_json::Value| {
		let text = log.as_str().expect("a log is in hexadecimal").trim_start_matches("0x");
		hex::decode(text).expect("a log is in hexadecimal")
	};
	logs.iter()
		.filter_map(|log| DigestItem::decode_all(&mut &bytes(log)[..]).ok())
		.any(|item| match item {
			// The first byte is the kind of claim: 1 is a primary one.
			DigestItem::PreRuntime(BABE, claim) => u8::decode(&mut &claim[..]) == Ok(1),
			_ => false,
		})
}
