//! The digits model with workers, and Ferdie, who requests answers.

use crate::{
	assay,
	cli::read_field,
	extrinsic::{send, worker_pair},
	files::{digits, read_rows, text},
	parameters::MAX_JOB_BLOCKS,
	rpc::{Job, JobStatus, Terms},
	slots::{self, Offers},
	Network, Node, INCLUSION_BLOCKS,
};
use assay_primitives::{
	key::owner_message, terms::Window, Artifact, ArtifactId, JobId, ModelId, OutcomeDigest, Payload,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY};
use codec::Encode;
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie, FerdieStash};
use std::collections::BTreeMap;

/// The account that requests jobs.
pub const REQUESTER: Sr25519Keyring = Ferdie;
/// The owner of the model.
pub const OWNER: Sr25519Keyring = FerdieStash;
/// The key that `assay` signs with for the owner.
const OWNER_SURI: &str = "//Ferdie//stash";
/// The accounts that may be workers, each with a node of the same name.
pub const POTENTIAL_WORKERS: [Sr25519Keyring; 5] = [Alice, Bob, Charlie, Dave, Eve];
/// The stake of Dave and Eve.
const STAKE: Balance = 1_000 * ASY;
/// How many different inputs are requested.
const INPUTS: usize = 12;

/// An open model, whose file every node has. The workers of genesis have reproduced it.
pub struct Market {
	pub model: ModelId,
	/// The accounts that may serve the model: those that have a node.
	pub workers: Vec<Sr25519Keyring>,
	inputs: Vec<Payload>,
	/// The right answer to each input.
	expected: BTreeMap<ArtifactId, OutcomeDigest>,
}

impl Market {
	/// Submits the model, with its file for every node, and waits until it is open. Makes Dave and Eve workers if they
	/// have a node.
	pub async fn open(network: &Network) -> Self {
		let names = network.names();
		let has_node = |known: &Sr25519Keyring| names.contains(&node_name(*known).as_str());
		let workers: Vec<_> = POTENTIAL_WORKERS.into_iter().filter(has_node).collect();
		let newcomers: Vec<_> = [Dave, Eve].into_iter().filter(has_node).collect();

		// Everything is submitted before the first wait, so that one block includes it all.
		let node = network.node("alice");
		for worker in &newcomers {
			register(node, *worker).await;
		}
		let file = text(digits("digits.onnx"));
		let model = submit_model(network, &file).await;
		for worker in &newcomers {
			node.wait_until_stable(INCLUSION_BLOCKS, &format!("{worker} is a worker"), || async {
				node.find_worker(&worker.to_account_id()).await.map(|_| ())
			})
			.await;
		}

		let inputs: Vec<_> = read_rows(&digits("test_images.npy"), INPUTS)
			.into_iter()
			.map(|tensor| Payload::of(vec![tensor].encode()))
			.collect();
		let contents = inputs.iter().map(Payload::content);
		let expected = contents.zip(derive_answers(node, &file).await).collect();
		Self {
			model,
			workers,
			inputs,
			expected,
		}
	}

	/// Returns the digest of the right answer to a job.
	pub fn expected_digest(&self, job: &Job) -> OutcomeDigest {
		self.expected[&job.input.content()]
	}

	/// Has these workers offer this many slots each, and no other worker any. No job may be under way.
	pub async fn offer_only(&self, node: &Node, offers: &Offers) {
		slots::offer_only(node, self.model, &self.workers, offers).await;
		let all: u32 = offers.iter().map(|(_, slots)| slots).sum();
		node.wait_within(INCLUSION_BLOCKS, &format!("all {all} slots are free"), || async {
			(node.model(self.model).await.free_slots == all).then_some(())
		})
		.await;
	}

	/// Has these workers offer this many slots each.
	pub async fn offer(&self, node: &Node, offers: &Offers) {
		slots::offer(node, self.model, offers).await;
	}

	/// Returns the slots that `worker` offers now.
	pub async fn offered_slots(&self, node: &Node, worker: Sr25519Keyring) -> u32 {
		slots::offered_slots(node, self.model, worker).await
	}

	/// Requests `count` jobs with this many checkers each. Returns them once they are in the best block.
	pub async fn request_jobs(&self, node: &Node, checkers: u8, count: usize) -> Vec<JobId> {
		let first = node.stats().await.requested;
		let inputs = self.inputs.iter().cycle().take(count);
		let calls = inputs
			.map(|input| self.request_call(input.clone(), checkers).into())
			.collect();
		send(node, REQUESTER, pallet_utility::Call::<Runtime>::batch_all { calls }).await;
		let jobs: Vec<_> = (first..).take(count).map(JobId).collect();
		for job in &jobs {
			let what = format!("job {job} is accepted");
			let found = node.wait_within(INCLUSION_BLOCKS, &what, || node.find_job(*job)).await;
			assert_eq!(found.requester, REQUESTER.to_account_id());
		}
		jobs
	}

	/// Requests one job with the short window, and waits until it is settled with the right answer.
	pub async fn settle_one(&self, node: &Node, allow_unlisted: bool) {
		let job = JobId(node.stats().await.requested);
		let request = pallet_jobs::Call::<Runtime>::request {
			model: self.model.into(),
			items: 1,
			input: self.input(),
			terms: Terms {
				window: Window::Short,
				allow_unlisted,
				..terms(0)
			},
		};
		send(node, REQUESTER, request).await;
		let what = format!("job {job} is accepted");
		node.wait_within(INCLUSION_BLOCKS, &what, || node.find_job(job)).await;
		let job = node.wait_for_end(job, MAX_JOB_BLOCKS).await;
		match &job.status {
			JobStatus::Settled { digest, .. } => assert_eq!(*digest, self.expected_digest(&job)),
			status => panic!("{status:?}"),
		}
	}

	/// Returns the call that requests a job.
	pub fn request_call(&self, input: Payload, checkers: u8) -> pallet_jobs::Call<Runtime> {
		pallet_jobs::Call::request {
			model: self.model.into(),
			items: 1,
			input,
			terms: terms(checkers),
		}
	}

	/// Returns the call that requests a job whose input is an artifact, and the bytes of the input: only a node that
	/// has them can run the job. No other request has this input.
	pub fn artifact_request(&self) -> (pallet_jobs::Call<Runtime>, Vec<u8>) {
		let mut images = read_rows(&digits("test_images.npy"), INPUTS + 1);
		let bytes = images.split_off(INPUTS).encode();
		let request = self.request_call(Payload::Artifact(Artifact::of(&bytes)), 0);
		(request, bytes)
	}

	/// Returns the first of the inputs.
	pub fn input(&self) -> Payload {
		self.nth_input(0)
	}

	/// Returns the `n`th of the inputs, counted from zero.
	pub fn nth_input(&self, n: usize) -> Payload {
		self.inputs[n].clone()
	}
}

/// Returns the terms of the requests in these tests.
pub fn terms(checkers: u8) -> Terms {
	Terms {
		checkers,
		max_fee: ASY,
		value_at_risk: 0,
		window: Window::Standard,
		allow_unlisted: true,
	}
}

/// Returns the name of a development account's node.
pub fn node_name(known: Sr25519Keyring) -> String {
	known.to_string().to_lowercase()
}

/// Submits the model in this file as its owner, and waits until it is open.
async fn submit_model(network: &Network, file: &str) -> ModelId {
	let images = images();
	let mut args = vec!["model", "submit", file, "--title", "Digits", "--bind", "N=1"];
	args.extend(["--royalty", "0.00001", "--input", &images, "--rows", "0..2"]);
	let others = network.running().skip(1).flat_map(|node| ["--mirror", node.url()]);
	args.extend(others);
	let node = network.running().next().expect("a network has nodes");
	read_field(&assay(node, Some(OWNER_SURI), &args).await.expect_success(), "model")
}

/// Returns the value of `--input` for the digits model.
fn images() -> String {
	format!("image={}", text(digits("test_images.npy")))
}

/// Derives the answer to each of the inputs on this machine.
async fn derive_answers(node: &Node, file: &str) -> Vec<OutcomeDigest> {
	let (images, rows) = (images(), format!("0..{INPUTS}"));
	let args = ["infer", file, "--bind", "N=1", "--input", &images, "--rows", &rows];
	let derived = assay(node, None, &args).await.expect_success();
	let derived = derived.as_array().expect("several rows make a list");
	derived.iter().map(|derived| read_field(derived, "digest")).collect()
}

/// Makes a development account a worker, with the key of its node.
async fn register(node: &Node, worker: Sr25519Keyring) {
	let pair = worker_pair(&worker.to_seed());
	let proof = pair.sign(&owner_message(node.genesis().await, &worker.to_account_id()));
	let call = pallet_workers::Call::<Runtime>::register {
		stake: STAKE,
		key: pair.public(),
		proof,
	};
	send(node, worker, RuntimeCall::from(call)).await;
}
