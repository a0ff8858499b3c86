//! A network with a market.

use crate::{slots::Offers, EndedJobs, Market, Member, Network, Node, PendingJobs, TestParameters};
use assay_primitives::api::VoterRecord;
use sp_keyring::Sr25519Keyring;

/// A network that has the default [`TestParameters`], with a market whose every read goes through Alice's node.
pub struct TestNetwork {
	pub network: Network,
	pub market: Market,
}

impl TestNetwork {
	/// Starts these nodes, Alice's among them, sets the parameters, and opens the market.
	pub async fn start(members: impl IntoIterator<Item = Member>) -> Self {
		let network = Network::start(members).await;
		let parameters = TestParameters::default();
		let ((), market) = tokio::join!(parameters.enact(network.node("alice")), Market::open(&network));
		Self { network, market }
	}

	/// Returns Alice's node.
	pub fn alice(&self) -> &Node {
		self.network.node("alice")
	}

	/// Has these workers offer this many slots each, and no other worker any.
	pub async fn offer_only(&self, offers: &Offers) {
		self.market.offer_only(self.alice(), offers).await;
	}

	/// Requests `count` jobs with this many checkers each.
	pub async fn request(&self, checkers: u8, count: usize) -> PendingJobs {
		PendingJobs::request(self.alice(), &self.market, checkers, count).await
	}

	/// Waits until these jobs have ended, and checks what no misbehaviour may change.
	pub async fn wait_for_end(&self, jobs: PendingJobs) -> EndedJobs {
		jobs.wait_for_end(self.alice(), &self.market).await
	}

	/// Requests `count` jobs with this many checkers each, waits until they have ended, and checks what no misbehaviour
	/// may change.
	pub async fn run_jobs(&self, checkers: u8, count: usize) -> EndedJobs {
		self.wait_for_end(self.request(checkers, count).await).await
	}

	/// Returns how a validator has voted.
	pub async fn voter(&self, validator: Sr25519Keyring) -> VoterRecord {
		self.alice().voter(&validator.to_account_id()).await
	}
}
