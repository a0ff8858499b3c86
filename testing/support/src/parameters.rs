//! Parameters of the protocol as tests want them: every period as short as it may be, and nothing left to chance.

use crate::{extrinsic::send, Node, INCLUSION_BLOCKS};
use assay_primitives::terms::{Periods, Pricing, Security};
use assay_runtime::{
	parameters::pallet::Call,
	protocol::{dynamic_params::protocol as keys, RuntimeParameters},
	Balance, Runtime, RuntimeCall, ASY,
};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::Permill;

/// Blocks to commit. An undisturbed node needs two.
pub const COMMIT_PERIOD: u32 = 8;
/// Blocks to reveal: enough to restart a node.
pub const REVEAL_PERIOD: u32 = 16;
/// Blocks to vote: enough to restart all nodes, which submit again after five blocks what was lost.
pub const VOTE_PERIOD: u32 = 16;
/// The standard window, in blocks, for which the jobs of these tests may be challenged: a watcher needs one block to
/// run the task and one for each challenge. The short window, which probes of models have, is too short for anybody.
pub const CHALLENGE_WINDOW: u32 = 6;

/// The maximum number of blocks that a job takes under [`TestParameters`]: three executors, a draw, three rounds of
/// checkers with their draws, the reveals, the window, and the votes of a dispute; and ten blocks for submissions that
/// were lost and sent again.
pub const MAX_JOB_BLOCKS: u32 = 6 * COMMIT_PERIOD + 4 * 2 + REVEAL_PERIOD + CHALLENGE_WINDOW + VOTE_PERIOD + 10;

/// The stake behind each slot.
pub const SLOT_BOND: Balance = 10 * ASY;
/// The fine for a no-show.
pub const NO_SHOW_FINE: Balance = ASY / 10;
/// The bond of a challenge.
pub const CHALLENGE_BOND: Balance = 2 * ASY;

/// The parameters that tests set. All others are those of genesis.
#[derive(Clone, Debug)]
pub struct TestParameters {
	/// Blocks to commit.
	pub commit: u32,
	/// Blocks to reveal.
	pub reveal: u32,
	/// Blocks to vote in a dispute.
	pub vote: u32,
	/// Blocks of the standard challenge window.
	pub window: u32,
	/// How many jobs in a million are audited.
	pub audits: u32,
}

impl Default for TestParameters {
	/// Audits one job in eight thousand. With fewer audits, requests without checkers would be refused in spite of the
	/// small fee that they cost under these parameters.
	fn default() -> Self {
		Self {
			commit: COMMIT_PERIOD,
			reveal: REVEAL_PERIOD,
			vote: VOTE_PERIOD,
			window: CHALLENGE_WINDOW,
			audits: 125,
		}
	}
}

impl TestParameters {
	/// Sets the parameters, as root, and waits until they are in force.
	pub async fn enact(&self, node: &Node) {
		let before = node.protocol().await;
		assert_eq!(before.slot_bond, SLOT_BOND);
		assert_eq!(before.security.no_show_fine, NO_SHOW_FINE);
		assert_eq!(before.security.challenge_bond, CHALLENGE_BOND);
		let periods = Periods {
			commit: self.commit,
			reveal: self.reveal,
			vote: self.vote,
			windows: [1, self.window, 2 * self.window],
			..before.periods
		};
		let security = Security {
			audit_rate: Permill::from_parts(self.audits),
			..before.security
		};
		// The fee is so small that even rare audits deter.
		let pricing = Pricing {
			base: before.pricing.base / 100,
			per_block: before.pricing.per_block / 100,
			..before.pricing
		};
		let values = [
			keys::Parameters::Periods(keys::Periods, Some(periods.clone())),
			keys::Parameters::Security(keys::Security, Some(security.clone())),
			keys::Parameters::Pricing(keys::Pricing, Some(pricing)),
		];
		let calls = values.map(|value| {
			RuntimeCall::from(Call::<Runtime>::set_parameter {
				key_value: RuntimeParameters::Protocol(value),
			})
		});
		let call = RuntimeCall::from(pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() });
		send(node, Alice, pallet_sudo::Call::<Runtime>::sudo { call: Box::new(call) }).await;
		node.wait_until_stable(INCLUSION_BLOCKS, "the parameters are in force", || async {
			let now = node.protocol().await;
			(now.periods == periods && now.security == security).then_some(())
		})
		.await;
	}
}
