//! Parameters of the protocol as tests want them: everything waits as short as it may, and chance decides nothing.

use crate::{extrinsic::send, Node};
use assay_primitives::terms::{Periods, Pricing, Security};
use assay_runtime::{
	protocol::{dynamic_params::protocol as keys, RuntimeParameters},
	Balance, Runtime, RuntimeCall, ASY,
};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::Permill;

/// Blocks to commit. A node that is fine needs two.
pub const COMMIT: u32 = 8;
/// Blocks to reveal: enough to start a node again.
pub const REVEAL: u32 = 16;
/// Blocks to vote: enough to start all nodes again, which submit anew what was lost after five.
pub const VOTE: u32 = 16;
/// Blocks for which answers to requests of these tests may be challenged, in the standard window: a watcher needs one to run the task
/// and one for each challenge. In the short one, in which models are reproduced, nobody could.
pub const WINDOW: u32 = 6;

/// The stake behind each slot.
pub const BOND: Balance = 10 * ASY;
/// What a no-show costs.
pub const FINE: Balance = ASY / 10;
/// What a challenger puts up.
pub const CHALLENGE_BOND: Balance = 2 * ASY;

/// What the protocol waits for, and what it leaves to chance.
#[derive(Clone, Debug)]
pub struct Rules {
	pub commit: u32,
	pub reveal: u32,
	pub vote: u32,
	pub window: u32,
	/// How many jobs in a million are audited.
	pub audits: u32,
}

impl Default for Rules {
	/// One job in a hundred thousand is audited. With fewer, requests without checkers would be refused even for the small fee
	/// that they cost under these rules.
	fn default() -> Self {
		Self {
			commit: COMMIT,
			reveal: REVEAL,
			vote: VOTE,
			window: WINDOW,
			audits: 10,
		}
	}
}

impl Rules {
	/// Puts these rules in force, as root. Shares, bonds and fines are those of genesis.
	pub async fn decree(&self, node: &Node) {
		let before = node.protocol().await;
		assert_eq!(before.slot_bond, BOND);
		assert_eq!(before.security.no_show_fine, FINE);
		assert_eq!(before.security.challenge_bond, CHALLENGE_BOND);
		let periods = Periods {
			commit: self.commit,
			reveal: self.reveal,
			vote: self.vote,
			windows: [1, self.window, 2 * self.window],
			..before.periods
		};
		let security = Security {
			audit: Permill::from_parts(self.audits),
			..before.security
		};
		// So small a fee that the rare audit deters.
		let pricing = Pricing {
			base: before.pricing.base / 100,
			per_block: 0,
			..before.pricing
		};
		let values = [
			keys::Parameters::Periods(keys::Periods, Some(periods.clone())),
			keys::Parameters::Security(keys::Security, Some(security.clone())),
			keys::Parameters::Pricing(keys::Pricing, Some(pricing)),
		];
		let calls = values.map(|value| {
			RuntimeCall::from(pallet_parameters::Call::<Runtime>::set_parameter {
				key_value: RuntimeParameters::Protocol(value),
			})
		});
		let call = RuntimeCall::from(pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() });
		send(node, Alice, pallet_sudo::Call::<Runtime>::sudo { call: Box::new(call) }).await;
		node.within_for_good(5, "the rules are in force", || async {
			let now = node.protocol().await;
			(now.periods == periods && now.security == security).then_some(())
		})
		.await;
	}
}
