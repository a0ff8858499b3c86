//! Referenda of token holders, through the `assay` command wherever it has a subcommand for them.

use crate::{assay, cli::read_field, extrinsic::send, Node, INCLUSION_BLOCKS};
use assay_primitives::governance::ReferendumStatus;
use assay_runtime::{BlockNumber, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, ASY};
use frame_support::traits::schedule::DispatchTime;
use pallet_referenda::BoundedCallOf;
use sp_keyring::Sr25519Keyring::{self, AliceStash, Bob, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchResult,
};

/// The account that votes.
const VOTER: Sr25519Keyring = Bob;
/// The key that `assay` signs the votes with.
const VOTER_SURI: &str = "//Bob";
/// The accounts that give the voter its majority.
const DONORS: [Sr25519Keyring; 6] = [AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash];
/// What each of them gives. With the voter's own tokens it is more than half of all.
const DONATION: u128 = 900_000 * ASY;
/// What the voter votes with, in ASY.
const VOTE_AMOUNT: &str = "6300000";

/// Blocks from a vote that reaches all thresholds at once to the enactment: more than the slowest track of the local
/// preset takes.
const ENACTMENT_BLOCKS: u32 = 40;

/// A referendum.
#[derive(Clone, Copy, Debug)]
pub struct Proposal {
	pub index: u32,
	/// The last final block before it was submitted.
	since: BlockNumber,
}

/// The enactment of a referendum that was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
	/// Its call was dispatched, with this result.
	Executed(DispatchResult),
	/// Nobody had noted the preimage of its call.
	CallUnavailable,
}

/// Gives Bob more than half of all tokens, so that what he votes for is enacted as fast as the tracks allow.
pub async fn give_majority(node: &Node) {
	for donor in DONORS {
		let call = pallet_balances::Call::<Runtime>::transfer_keep_alive {
			dest: VOTER.to_account_id().into(),
			value: DONATION,
		};
		send(node, donor, RuntimeCall::from(call)).await;
	}
	let half = node.issuance().await / 2;
	node.wait_until_stable(INCLUSION_BLOCKS, "Bob has more than half of all tokens", || async {
		(node.funds(&VOTER.to_account_id()).await.free > half).then_some(())
	})
	.await;
}

/// Proposes something that `assay gov propose` knows, as the account of this seed, and places the decision deposit.
pub async fn propose(node: &Node, proposer: &str, what: &[&str]) -> Proposal {
	let since = node.final_height().await;
	let args = [&["gov", "propose"], what].concat();
	let shown = assay(node, Some(proposer), &args).await.expect_success();
	let index = read_field(&shown, "referendum");
	Proposal { index, since }
}

/// Proposes a call that the command does not know, on the track of `origin`, and places the decision deposit.
pub async fn propose_call(
	node: &Node,
	proposer: Sr25519Keyring,
	origin: impl Into<OriginCaller>,
	call: BoundedCallOf<Runtime, ()>,
) -> Proposal {
	// In a final block: the best chain may become a shorter one.
	let since = node.final_height().await;
	let submit = pallet_referenda::Call::<Runtime>::submit {
		proposal_origin: Box::new(origin.into()),
		proposal: call.clone(),
		enactment_moment: DispatchTime::After(0),
	};
	send(node, proposer, submit).await;
	// In a final block: after a reorganisation, another referendum may have this index.
	let index = node
		.wait_within(2 * INCLUSION_BLOCKS, "the referendum is submitted", || async {
			let events = node.events(since + 1..=node.final_height().await).await;
			events.into_iter().find_map(|event| match event {
				RuntimeEvent::Referenda(pallet_referenda::Event::Submitted { index, proposal, .. }) => {
					(proposal == call).then_some(index)
				}
				_ => None,
			})
		})
		.await;
	let deposit = pallet_referenda::Call::<Runtime>::place_decision_deposit { index };
	send(node, proposer, RuntimeCall::from(deposit)).await;
	Proposal { index, since }
}

/// Proposes something as Bob, and has him vote for it.
pub async fn propose_and_approve(node: &Node, what: &[&str]) -> Proposal {
	let proposal = propose(node, VOTER_SURI, what).await;
	proposal.approve(node).await;
	proposal
}

impl Proposal {
	/// Has Bob vote for it.
	pub async fn approve(self, node: &Node) {
		let index = self.index.to_string();
		let args = ["gov", "vote", &index, "aye", "--amount", VOTE_AMOUNT];
		let shown = assay(node, Some(VOTER_SURI), &args).await.expect_success();
		assert_eq!(shown["referendum"], self.index, "{shown}");
	}

	/// Waits until it has been approved and its enactment period is over. Returns what happened to its call.
	pub async fn wait_for_enactment(self, node: &Node) -> Dispatch {
		let what = format!("referendum {} is enacted", self.index);
		node.wait_until_stable(ENACTMENT_BLOCKS, &what, || async {
			match node.referendum(self.index).await.status {
				ReferendumStatus::Approved { enacted_at: None, .. } => Some(()),
				ReferendumStatus::Approved { .. } | ReferendumStatus::Ongoing(_) => None,
				status => panic!("referendum {}: {status:?}", self.index),
			}
		})
		.await;
		let events = node.events(self.since..=node.height().await).await;
		// The name that pallet-referenda gives it in the scheduler.
		let name = BlakeTwo256::hash_of(&(*b"assembly", "enactment", self.index)).0;
		let dispatches: Vec<_> = events
			.into_iter()
			.filter_map(|event| match event {
				RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id, result, .. }) if id == Some(name) => {
					Some(Dispatch::Executed(result))
				}
				RuntimeEvent::Scheduler(pallet_scheduler::Event::CallUnavailable { id, .. }) if id == Some(name) => {
					Some(Dispatch::CallUnavailable)
				}
				_ => None,
			})
			.collect();
		match dispatches.as_slice() {
			[dispatch] => *dispatch,
			_ => panic!(
				"the call of referendum {} was not dispatched exactly once: {dispatches:?}",
				self.index
			),
		}
	}

	/// Waits until it is enacted. Panics if its call failed.
	pub async fn wait_for_success(self, node: &Node) {
		assert_eq!(
			self.wait_for_enactment(node).await,
			Dispatch::Executed(Ok(())),
			"referendum {}",
			self.index
		);
	}
}
