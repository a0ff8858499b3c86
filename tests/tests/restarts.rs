//! Nodes killed as `kill -9` kills, at the worst moments, and nodes that share a worker. Each case closes its books
//! ([`Case::close`]), so nobody is punished for what it did not do, and nothing stays held.

use assay_primitives::{
	api::{RefundReason, Standing},
	JobId,
};
use assay_testing::{
	case::part_of,
	extrinsic::worker_pair,
	governance::Rules,
	rpc::{has_ended, JobStatus},
	Case, Closed, Market, Network, Node, FEW,
};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave};
use subxt::rpcs::rpc_params;

struct Town {
	network: Network,
	market: Market,
}

impl Town {
	async fn found(members: &[(&'static str, &[&str])]) -> Self {
		let network = Network::start(members).await;
		let rules = Rules::default();
		let ((), market) = tokio::join!(rules.decree(network.node("alice")), Market::open(&network));
		Self { network, market }
	}

	fn alice(&self) -> &Node {
		self.network.node("alice")
	}

	async fn open(&self, checkers: u8, count: usize) -> Case {
		Case::open(self.alice(), &self.market, checkers, count).await
	}

	async fn close(&self, case: Case) -> Closed {
		case.close(self.alice(), &self.market).await
	}

	async fn only(&self, offers: &[(Sr25519Keyring, u32)]) {
		self.market.only(self.alice(), offers).await;
	}

	/// Waits until the job is in a state that `wanted` knows.
	async fn when(&self, job: JobId, what: &str, wanted: fn(&JobStatus) -> bool) {
		let alice = self.alice();
		let what = format!("job {job} is {what}");
		alice
			.within(FEW, &what, || async {
				wanted(&alice.find_job(job).await?.status).then_some(())
			})
			.await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_commit_and_reveal_has_what_is_due() {
	let mut town = Town::found(&[("alice", &[]), ("bob", &[]), ("charlie", &[])]).await;
	who_comes_back_reveals_and_is_paid(&mut town).await;
	who_stays_away_loses_its_bond_and_the_requester_nothing(&mut town).await;
}

/// Asks Bob or Charlie, who is alone, and kills its node when its commitment is in a block: it cannot reveal before the draw two
/// blocks later.
async fn kill_between_commit_and_reveal(town: &mut Town, worker: Sr25519Keyring, name: &str) -> Case {
	town.only(&[(worker, 1)]).await;
	let case = town.open(0, 1).await;
	town.when(case.job(), "claimed", |status| {
		matches!(status, JobStatus::Drawing { .. })
	})
	.await;
	town.network.kill(name);
	town.when(case.job(), "to be revealed", |status| {
		matches!(status, JobStatus::Revealing { .. })
	})
	.await;
	case
}

async fn who_comes_back_reveals_and_is_paid(town: &mut Town) {
	let case = kill_between_commit_and_reveal(town, Bob, "bob").await;
	// It is not the only node that could have answered, but the only one that is bound to.
	town.alice().pass(2).await;
	town.when(case.job(), "waiting for Bob", |status| {
		matches!(status, JobStatus::Revealing { .. })
	})
	.await;
	town.network.restart("bob").await;
	let closed = town.close(case).await;
	closed.assert_settled();
	closed.assert_peaceful();
	let bob = Bob.to_account_id();
	assert_eq!(
		closed.after.records[&bob].answers - closed.before.records[&bob].answers,
		1
	);
}

async fn who_stays_away_loses_its_bond_and_the_requester_nothing(town: &mut Town) {
	let case = kill_between_commit_and_reveal(town, Charlie, "charlie").await;
	let closed = town.close(case).await;
	let charlie = Charlie.to_account_id();
	assert_eq!(closed.slashed(), [(closed.job().id, charlie.clone())]);
	let refunded = RefundReason::NoReveal;
	assert!(
		matches!(&closed.job().status, JobStatus::Refunded { reason, .. } if *reason == refunded),
		"{:?}",
		closed.job()
	);
	let silent = part_of(closed.job(), &charlie).map(|participant| participant.standing);
	assert_eq!(silent, Some(Standing::Silent));
	assert_eq!(
		town.market.offered(town.alice(), Charlie).await,
		0,
		"its slot is gone with its bond"
	);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_killed_at_once_ends_every_job_when_it_is_back() {
	let mut town = Town::found(&[("alice", &[]), ("bob", &[]), ("charlie", &[])]).await;
	// Many more than are busy at a time, or the draws would not be trusted and validators would look.
	town.only(&[(Bob, 30), (Charlie, 30)]).await;
	let case = town.open(1, 6).await;
	// All nodes know of all jobs then, and no job is further than its claim.
	town.when(case.jobs[0], "claimed", |status| {
		!matches!(status, JobStatus::Claiming { .. })
	})
	.await;
	for node in town.network.running() {
		for job in &case.jobs {
			node.within(FEW, "every node knows every job", || node.find_job(*job))
				.await;
		}
	}
	for job in &case.jobs {
		let status = town.alice().job(*job).await.status;
		assert!(!has_ended(&status), "the network was killed too late: {status:?}");
	}
	town.network.kill_all();
	town.network.restart_all().await;
	let closed = town.close(case).await;
	closed.assert_settled();
	assert_eq!((closed.slashed(), closed.disputed()), (vec![], vec![]));
	assert_eq!(
		town.alice().model(town.market.model).await.free_slots,
		60 - closed.no_shows().len() as u32
	);
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_and_answers_need_no_node_in_particular() {
	let wrong: &[&str] = &["--fault", "wrong"];
	let mut town = Town::found(&[("alice", &[]), ("bob", &[]), ("charlie", &[]), ("dave", wrong)]).await;
	two_thirds_decide_without_the_third(&mut town).await;
	a_network_killed_in_mid_dispute_decides_when_it_is_back(&mut town).await;
	two_nodes_with_one_key_answer_once(&mut town).await;
}

async fn two_thirds_decide_without_the_third(town: &mut Town) {
	town.only(&[(Bob, 1), (Dave, 1)]).await;
	town.network.kill("charlie");
	let charlie = Charlie.to_account_id();
	let before = town.alice().voter(&charlie).await;
	let case = town.open(1, 1).await;
	let closed = town.close(case).await;
	assert_decided_against_dave(&closed);
	let after = town.alice().voter(&charlie).await;
	assert_eq!(after.absent - before.absent, 1);
	for present in [Alice, Bob] {
		assert_eq!(town.alice().voter(&present.to_account_id()).await.absent, 0);
	}
	town.network.restart("charlie").await;
}

async fn a_network_killed_in_mid_dispute_decides_when_it_is_back(town: &mut Town) {
	town.only(&[(Bob, 1), (Dave, 1)]).await;
	let case = town.open(1, 1).await;
	let (alice, job) = (town.alice(), case.job());
	alice
		.within(2 * FEW, "the job is disputed", || alice.dispute(job))
		.await;
	town.network.kill_all();
	town.network.restart_all().await;
	let closed = town.close(case).await;
	assert_decided_against_dave(&closed);
}

fn assert_decided_against_dave(closed: &Closed) {
	closed.assert_settled();
	assert_eq!(closed.slashed(), [(closed.job().id, Dave.to_account_id())]);
	assert_eq!(closed.disputed(), [closed.job().id]);
	assert_eq!(closed.no_shows(), vec![]);
}

async fn two_nodes_with_one_key_answer_once(town: &mut Town) {
	town.network.restart_with("dave", &[]).await;
	let pair = worker_pair("//Bob");
	let key = format!("0x{}", hex::encode(pair.public()));
	let dave = town.network.node("dave");
	let (): () = dave
		.request("author_insertKey", rpc_params!["assy", "//Bob", &key])
		.await;
	let known: bool = dave.request("author_hasKey", rpc_params![&key, "assy"]).await;
	assert!(known, "Dave's node does not hold Bob's key");

	town.only(&[(Bob, 3)]).await;
	let case = town.open(0, 3).await;
	let closed = town.close(case).await;
	closed.assert_settled();
	closed.assert_peaceful();
	let bob = Bob.to_account_id();
	assert_eq!(
		closed.after.records[&bob].answers - closed.before.records[&bob].answers,
		3
	);

	// And either of them is enough.
	town.only(&[(Bob, 1)]).await;
	town.network.kill("bob");
	let case = town.open(0, 1).await;
	let closed = town.close(case).await;
	closed.assert_settled();
	closed.assert_peaceful();
}
