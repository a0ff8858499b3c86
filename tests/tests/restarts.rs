//! Three nodes, killed as `kill -9` kills, at the worst moments.

use assay_primitives::{
	api::{JobStatus, RefundReason},
	JobId, ModelId,
};
use assay_runtime::{AccountId, Balance, RuntimeCall, MILLI_ASY};
use assay_tests::{assay, cli::field, files::digits, until, Network, Node, SOON};
use sp_keyring::Sr25519Keyring::{Bob, Charlie, Eve};
use std::time::Duration;

const PRICE: Balance = 10 * MILLI_ASY;
/// Slots that each worker offers.
const SLOTS: u32 = 4;

/// How often the test may be too slow to kill a node in time.
const ATTEMPTS: u32 = 5;

/// Time for the blocks of a period when one validator of three is dead, and with it a third of the slots: half a minute more
/// than it takes on average.
const DEADLINE: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whoever_is_killed() {
	let mut network = Network::start().await;
	let model = two_workers_serve_digits(&network).await;
	a_worker_that_comes_back_reveals_and_is_paid(&mut network, model).await;
	a_network_that_comes_back_ends_every_job(&mut network, model).await;
	a_worker_that_stays_away_costs_the_requester_nothing(&mut network, model).await;
}

async fn two_workers_serve_digits(network: &Network) -> ModelId {
	let file = digits("digits.onnx").into_os_string().into_string().expect("UTF-8");
	let args = [
		"model", "submit", &file, "--name", "digits", "--bind", "N=1", "--price", "0.01",
	];
	let model: ModelId = field(&assay(&network.alice, Some("//Dave"), &args).await.fine(), "model");
	let (id, slots) = (model.to_string(), SLOTS.to_string());
	for (node, suri) in [(&network.bob, "//Bob"), (&network.charlie, "//Charlie")] {
		assay(node, None, &["artifact", "put", &file]).await.fine();
		assay(node, Some(suri), &["worker", "serve", &id, "--slots", &slots])
			.await
			.fine();
	}
	model
}

/// Eve asks with this many rows; returns the jobs once they are in a block.
async fn request(node: &Node, model: ModelId, rows: u32) -> Vec<JobId> {
	let images = format!("image={}", digits("test_images.npy").display());
	let (model, rows) = (model.to_string(), format!("0..{rows}"));
	let args = [
		"job",
		"request",
		&model,
		"--input",
		&images,
		"--rows",
		&rows,
		"--no-wait",
	];
	let jobs = assay(node, Some("//Eve"), &args).await.fine();
	jobs.as_array()
		.expect("a list")
		.iter()
		.map(|job| field(job, "job"))
		.collect()
}

fn name_of(worker: &AccountId) -> &'static str {
	match worker {
		worker if *worker == Bob.to_account_id() => "bob",
		worker if *worker == Charlie.to_account_id() => "charlie",
		_ => panic!("{worker} is no worker"),
	}
}

/// Asks and kills the executor while its commitment is on its way into a block, so that it cannot reveal. Returns the job,
/// committed, and its executor. A node may be quicker than this test and have revealed already: then it is started again, and
/// asked once more.
async fn kill_between_commit_and_reveal(network: &mut Network, model: ModelId) -> (JobId, AccountId) {
	for _ in 0..ATTEMPTS {
		let (jobs, worker) = tokio::join!(
			request(&network.alice, model, 1),
			until("a commitment is in the pool", SOON, || commitment(&network.alice))
		);
		network.worker_mut(name_of(&worker)).kill();
		let alice = &network.alice;
		until("the commitment is in a block", SOON, || async {
			let status = alice.job(jobs[0]).await.status;
			(!matches!(status, JobStatus::Claiming { .. })).then_some(())
		})
		.await;
		// A reveal that got away is in a block by then.
		alice.reach(alice.height().await + 3, SOON).await;
		let job = alice.job(jobs[0]).await;
		assert_eq!(job.executor, worker);
		if matches!(job.status, JobStatus::Revealing { .. }) {
			return (job.id, worker);
		}
		network.restart_worker(name_of(&worker)).await;
	}
	panic!("the executor was killed too late {ATTEMPTS} times");
}

/// The worker whose commitment is in the node's pool.
async fn commitment(node: &Node) -> Option<AccountId> {
	node.pending()
		.await
		.into_iter()
		.find_map(|transaction| match transaction.function {
			RuntimeCall::Jobs(pallet_jobs::Call::commit { batch, .. }) => Some(batch.worker),
			_ => None,
		})
}

async fn a_worker_that_comes_back_reveals_and_is_paid(network: &mut Network, model: ModelId) {
	let (job, worker) = kill_between_commit_and_reveal(network, model).await;
	let before = (network.alice.funds(&worker).await, network.alice.worker(&worker).await);

	network.restart_worker(name_of(&worker)).await;
	let job = network.alice.ended(job, SOON).await;
	assert!(matches!(job.status, JobStatus::Settled { .. }), "{:?}", job.status);
	let after = (network.alice.funds(&worker).await, network.alice.worker(&worker).await);
	assert_eq!(after.0.free - before.0.free, PRICE * 9 / 10);
	assert_eq!(after.1.answers - before.1.answers, 1);
	assert_eq!(after.1.no_shows, 0);
	nothing_is_held(&network.alice).await;
	let verified = assay(&network.alice, None, &["verify", &job.id.to_string()])
		.await
		.fine();
	assert_eq!(verified["verified"], 1, "{verified}");
}

async fn a_network_that_comes_back_ends_every_job(network: &mut Network, model: ModelId) {
	let jobs = request(&network.alice, model, 2 * SLOTS).await;
	for node in [&network.alice, &network.bob, &network.charlie] {
		for job in &jobs {
			until("every node knows every job", SOON, || node.find_job(*job)).await;
		}
	}
	let mut live = 0;
	for job in &jobs {
		live += u32::from(!matches!(
			network.alice.job(*job).await.status,
			JobStatus::Settled { .. }
		));
	}
	let height = network.alice.height().await;
	network.kill();
	assert!(live > 0, "the network was killed too late");

	network.restart().await;
	network.alice.reach(height + 3, SOON).await;
	let mut refunded = 0;
	for job in &jobs {
		let job = network.alice.ended(*job, DEADLINE).await;
		refunded += u32::from(matches!(job.status, JobStatus::Refunded { .. }));
	}
	nothing_is_held(&network.alice).await;
	// A slot that stayed silent leaves the pool; all others are back.
	assert_eq!(network.alice.model(model).await.free_slots, 2 * SLOTS - refunded);
}

async fn a_worker_that_stays_away_costs_the_requester_nothing(network: &mut Network, model: ModelId) {
	let (job, worker) = kill_between_commit_and_reveal(network, model).await;
	let alice = &network.alice;
	let JobStatus::Revealing { deadline, .. } = alice.job(job).await.status else {
		panic!("the job does not wait for its executor")
	};
	let (eve, record) = (alice.funds(&Eve.to_account_id()).await, alice.worker(&worker).await);
	assert_eq!(eve.held, PRICE);

	let ended = alice.ended(job, DEADLINE).await;
	match ended.status {
		JobStatus::Refunded { at, reason } => assert_eq!((at, reason), (deadline + 1, RefundReason::NoReveal)),
		status => panic!("{status:?}"),
	}
	let after = alice.funds(&Eve.to_account_id()).await;
	assert_eq!((after.free, after.held), (eve.free + PRICE, 0), "the refund is in full");
	let args = ["worker", "status", &worker.to_string()];
	let status = assay(alice, None, &args).await.fine();
	assert_eq!(status["no_shows"], record.no_shows + 1, "{status}");
	assert_eq!(status["answers"], record.answers, "{status}");
	assert_eq!(alice.model(model).await.free_slots, 2 * SLOTS - 1);
}

/// Eve has no job under way, so nothing of hers may be held.
async fn nothing_is_held(node: &Node) {
	assert_eq!(node.funds(&Eve.to_account_id()).await.held, 0);
	let stats = node.stats().await;
	assert_eq!(stats.requested, stats.settled + stats.refunded);
}
