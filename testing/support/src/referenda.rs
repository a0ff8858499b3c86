//! What token holders propose and decide, through the `assay` command wherever it has words for that.

use crate::{assay, cli::field, extrinsic::send, Node, FEW};
use assay_primitives::governance::ReferendumStatus;
use assay_runtime::{BlockNumber, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, ASY};
use frame_support::traits::schedule::DispatchTime;
use pallet_referenda::BoundedCallOf;
use sp_keyring::Sr25519Keyring::{self, AliceStash, Bob, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchResult,
};

/// Who votes.
const HOLDER: Sr25519Keyring = Bob;
/// How `assay` is told to sign as the holder.
const HOLDER_SURI: &str = "//Bob";
/// Who leaves the holder what it votes with.
const OTHERS: [Sr25519Keyring; 6] = [AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash];
/// What each of them leaves. With what the holder has it is more than half of all tokens.
const LEGACY: u128 = 900_000 * ASY;
/// What the holder votes with, in ASY.
const WEIGHT: &str = "6300000";

/// Blocks from a vote that reaches all thresholds at once to the effect, on the slowest track of the local preset, with some to spare.
const ENACTED: u32 = 40;

/// A referendum.
#[derive(Clone, Copy, Debug)]
pub struct Proposal {
	pub index: u32,
	/// A final block before it was submitted.
	since: BlockNumber,
}

/// What came of a referendum that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
	/// Its call was made, and came to this.
	Made(DispatchResult),
	/// Nobody had left its call on chain.
	Missing,
}

/// Gives Bob more than half of all tokens, so that what he wants happens as fast as the tracks allow.
pub async fn empower(node: &Node) {
	for other in OTHERS {
		let call = pallet_balances::Call::<Runtime>::transfer_keep_alive {
			dest: HOLDER.to_account_id().into(),
			value: LEGACY,
		};
		send(node, other, RuntimeCall::from(call)).await;
	}
	let half = node.issuance().await / 2;
	node.within_for_good(FEW, "Bob has more than half of all tokens", || async {
		(node.funds(&HOLDER.to_account_id()).await.free > half).then_some(())
	})
	.await;
}

/// Proposes, as the account of this seed, what `assay gov propose` takes, and pays for the decision.
pub async fn propose(node: &Node, proposer: &str, what: &[&str]) -> Proposal {
	let since = node.final_height().await;
	let args = [&["gov", "propose"], what].concat();
	let shown = assay(node, Some(proposer), &args).await.fine();
	let index = field(&shown, "referendum");
	Proposal { index, since }
}

/// The same with a call that the command has no words for, on the track of `origin`.
pub async fn propose_call(
	node: &Node,
	proposer: Sr25519Keyring,
	origin: impl Into<OriginCaller>,
	call: BoundedCallOf<Runtime, ()>,
) -> Proposal {
	// The best chain may be a shorter one in a moment.
	let since = node.final_height().await;
	let submit = pallet_referenda::Call::<Runtime>::submit {
		proposal_origin: Box::new(origin.into()),
		proposal: call.clone(),
		enactment_moment: DispatchTime::After(0),
	};
	send(node, proposer, submit).await;
	// On another chain the number may be another referendum's.
	let index = node
		.within(2 * FEW, "the referendum is submitted", || async {
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

/// Proposes it as Bob, and has him vote for it.
pub async fn carry(node: &Node, what: &[&str]) -> Proposal {
	let proposal = propose(node, HOLDER_SURI, what).await;
	proposal.approve(node).await;
	proposal
}

impl Proposal {
	/// Has Bob vote for it.
	pub async fn approve(self, node: &Node) {
		let index = self.index.to_string();
		let args = ["gov", "vote", &index, "aye", "--amount", WEIGHT];
		let shown = assay(node, Some(HOLDER_SURI), &args).await.fine();
		assert_eq!(shown["referendum"], self.index, "{shown}");
	}

	/// Waits until it has passed and its time has come.
	pub async fn enacted(self, node: &Node) -> Effect {
		let what = format!("referendum {} is enacted", self.index);
		node.within_for_good(ENACTED, &what, || async {
			match node.referendum(self.index).await.status {
				ReferendumStatus::Approved { enacted_at: None, .. } => Some(()),
				ReferendumStatus::Approved { .. } | ReferendumStatus::Ongoing(_) => None,
				status => panic!("referendum {}: {status:?}", self.index),
			}
		})
		.await;
		let events = node.events(self.since..=node.height().await).await;
		// What pallet-referenda calls it in the scheduler.
		let name = BlakeTwo256::hash_of(&(*b"assembly", "enactment", self.index)).0;
		let effects: Vec<_> = events
			.into_iter()
			.filter_map(|event| match event {
				RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id, result, .. }) if id == Some(name) => {
					Some(Effect::Made(result))
				}
				RuntimeEvent::Scheduler(pallet_scheduler::Event::CallUnavailable { id, .. }) if id == Some(name) => {
					Some(Effect::Missing)
				}
				_ => None,
			})
			.collect();
		match effects.as_slice() {
			[effect] => *effect,
			_ => panic!("{what} once: {effects:?}"),
		}
	}

	/// The same, of a call that must have been made and not have failed.
	pub async fn takes_effect(self, node: &Node) {
		assert_eq!(
			self.enacted(node).await,
			Effect::Made(Ok(())),
			"referendum {}",
			self.index
		);
	}
}
