//! A fork across commit and reveal: Alice, cut off from the others, is bound to an answer and reveals it on a chain that loses. On
//! the one that wins she has done neither yet, and must do both again, with the same commitment, for there is a deadline there too.
//!
//! Alice alone makes about a third of the blocks that Bob and Charlie make. They are let go on until their chain is the one that
//! BABE prefers: the one with more primary blocks.

use assay_primitives::JobId;
use assay_testing::{
	extrinsic::signed, governance::Rules, market::REQUESTER, rpc::JobStatus, Case, Market, Network, Node,
};
use codec::{Decode, DecodeAll};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::{generic::DigestItem, ConsensusEngineId};
use subxt::rpcs::rpc_params;

/// A node with no peer makes blocks all the same.
const ALONE: &[&str] = &["--force-authoring"];

/// Blocks of the majority's chain in which it should have overtaken Alice's: it gains about one primary block in ten.
const PATIENCE: u32 = 100;

const BABE: ConsensusEngineId = *b"BABE";

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_across_commit_and_reveal_costs_nobody_anything() {
	let mut network = Network::start(&[("alice", ALONE), ("bob", ALONE), ("charlie", ALONE)]).await;
	// Long enough for Alice to come back in time.
	let rules = Rules {
		commit: 2 * PATIENCE,
		..Rules::default()
	};
	let ((), market) = tokio::join!(rules.decree(network.node("alice")), Market::open(&network));
	market.only(network.node("alice"), &[(Alice, 1)]).await;
	let answers = network
		.node("alice")
		.worker(&Alice.to_account_id())
		.await
		.record
		.answers;

	// One by one, so that Bob and Charlie stay together.
	network.kill("alice");
	network.restart_beside("charlie", "bob").await;
	network.restart_alone("alice", ALONE).await;

	// The same transaction is good on both sides, and makes the same job.
	let job = JobId(network.node("bob").stats().await.requested);
	let request = {
		let bob = network.node("bob");
		let nonce = bob.nonce(&REQUESTER.to_account_id()).await;
		let call = market.request(market.question(), 0);
		signed(REQUESTER, nonce, bob.genesis().await, call)
	};
	for node in [network.node("alice"), network.node("bob")] {
		node.submit(&request).await.expect("the request is good");
	}
	let (alice, bob) = (network.node("alice"), network.node("bob"));
	alice
		.within(30, "Alice has revealed, on her chain", || async {
			let status = alice.find_job(job).await?.status;
			matches!(status, JobStatus::Provisional { .. } | JobStatus::Settled { .. }).then_some(())
		})
		.await;
	bob.within(30, "the others know of the job", || bob.find_job(job)).await;
	assert_eq!(alice.peers().await, 0, "Alice is not alone");
	let fork = last_common(alice, bob).await;
	bob.within(PATIENCE, "the majority's chain is the better one", || async {
		let (alices, theirs) = (primaries(alice, fork).await, primaries(bob, fork).await);
		(theirs > alices).then_some(())
	})
	.await;
	let status = bob.job(job).await.status;
	assert!(matches!(status, JobStatus::Claiming { .. }), "{status:?}");
	let abandoned = alice.hash_of(fork + 1).await;

	network.restart_with("alice", ALONE).await;
	let (alice, bob) = (network.node("alice"), network.node("bob"));
	alice
		.within(10, "Alice has given up her chain", || async {
			let hash = bob.hash_of(fork + 1).await;
			(alice.hash_of(fork + 1).await == hash && hash != abandoned).then_some(())
		})
		.await;
	let case = Case::resume(alice, &market, vec![job]).await;
	let closed = case.close(alice, &market).await;
	closed.assert_settled();
	closed.assert_peaceful();
	let settled = closed.job().clone();
	let record = &closed.after.records[&Alice.to_account_id()];
	assert_eq!((record.answers - answers, record.no_shows, record.wrong), (1, 0, 0));
	bob.within(10, "all agree", || async {
		(bob.find_job(job).await? == settled).then_some(())
	})
	.await;
}

/// The last block that both nodes have on their best chains.
async fn last_common(one: &Node, other: &Node) -> u32 {
	let mut number = one.height().await.min(other.height().await);
	while one.hash_of(number).await != other.hash_of(number).await {
		number -= 1;
	}
	number
}

/// Primary blocks above block `fork` of the node's best chain.
async fn primaries(node: &Node, fork: u32) -> usize {
	let mut count = 0;
	for number in fork + 1..=node.height().await {
		count += usize::from(is_primary(node, number).await);
	}
	count
}

/// Whether a block was made in a slot that chance gave to its author.
async fn is_primary(node: &Node, number: u32) -> bool {
	let hash = node.hash_of(number).await;
	let header: serde_json::Value = node.request("chain_getHeader", rpc_params![hash]).await;
	let logs = header["digest"]["logs"].as_array().expect("a list");
	let bytes = |log: &serde_json::Value| {
		let text = log.as_str().expect("hexadecimal").trim_start_matches("0x");
		hex::decode(text).expect("hexadecimal")
	};
	logs.iter()
		.filter_map(|log| DigestItem::decode_all(&mut &bytes(log)[..]).ok())
		.any(|item| match item {
			// The first byte tells the kind of claim: 1 is a primary one.
			DigestItem::PreRuntime(BABE, claim) => u8::decode(&mut &claim[..]) == Ok(1),
			_ => false,
		})
}
