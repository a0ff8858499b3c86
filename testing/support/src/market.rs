//! The digits model with workers, and Ferdie, who asks.

use crate::{
	assay,
	case::LONGEST,
	cli::field,
	extrinsic::{send, worker_pair},
	files::{digits, rows},
	rpc::{Job, JobStatus, Terms},
	slots::{self, Offers},
	Network, Node, FEW,
};
use assay_primitives::{
	key::owner_message, terms::Window, Artifact, ArtifactId, JobId, ModelId, OutcomeDigest, Payload,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY};
use codec::Encode;
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie, FerdieStash};
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
};

/// Who asks.
pub const REQUESTER: Sr25519Keyring = Ferdie;
/// Who owns the model.
pub const OWNER: Sr25519Keyring = FerdieStash;
/// How `assay` is told to sign as the owner.
const OWNER_SURI: &str = "//Ferdie//stash";
/// Who may be a worker: each has a node that is called so.
pub const NAMED: [Sr25519Keyring; 5] = [Alice, Bob, Charlie, Dave, Eve];
/// What Dave and Eve bond.
const STAKE: Balance = 1_000 * ASY;
/// Different questions that are asked.
const ROWS: usize = 12;

/// An open model, whose file every node has. The workers of genesis have reproduced it.
pub struct Market {
	pub model: ModelId,
	/// Those who may serve it: everybody but the requester and the owner who has a node.
	pub workers: Vec<Sr25519Keyring>,
	questions: Vec<Payload>,
	/// What an honest machine answers to each question.
	right: BTreeMap<ArtifactId, OutcomeDigest>,
}

impl Market {
	/// Submits the model, with its file for every node, waits until it is open, and makes Dave and Eve workers if they have a node.
	pub async fn open(network: &Network) -> Self {
		let names = network.names();
		let has_node = |known: &Sr25519Keyring| names.contains(&name_of(*known).as_str());
		let workers: Vec<_> = NAMED.into_iter().filter(has_node).collect();
		let newcomers: Vec<_> = [Dave, Eve].into_iter().filter(has_node).collect();

		// Everything is submitted before anything is waited for, so that one block takes it all.
		let node = network.node("alice");
		for worker in &newcomers {
			register(node, *worker).await;
		}
		let file = text(digits("digits.onnx"));
		let model = submit(network, &file).await;
		for worker in &newcomers {
			node.within_for_good(FEW, &format!("{worker} is a worker"), || async {
				node.find_worker(&worker.to_account_id()).await.map(|_| ())
			})
			.await;
		}

		let questions: Vec<_> = rows(&digits("test_images.npy"), ROWS)
			.into_iter()
			.map(|tensor| Payload::of(vec![tensor].encode()))
			.collect();
		let asked = questions.iter().map(Payload::content);
		let right = asked.zip(derive(node, &file).await).collect();
		Self {
			model,
			workers,
			questions,
			right,
		}
	}

	/// What an honest machine answers to a job.
	pub fn right(&self, job: &Job) -> OutcomeDigest {
		self.right[&job.input.content()]
	}

	/// Sees to it that these workers offer so many slots, and nobody else offers any. No job may be under way.
	pub async fn only(&self, node: &Node, offers: &Offers) {
		slots::only(node, self.model, &self.workers, offers).await;
		let all: u32 = offers.iter().map(|(_, slots)| slots).sum();
		node.within(FEW, &format!("all {all} slots are free"), || async {
			(node.model(self.model).await.free_slots == all).then_some(())
		})
		.await;
	}

	/// Sees to it that these workers offer so many slots.
	pub async fn offer(&self, node: &Node, offers: &Offers) {
		slots::offer(node, self.model, offers).await;
	}

	/// The slots that `worker` offers now.
	pub async fn offered(&self, node: &Node, worker: Sr25519Keyring) -> u32 {
		slots::offered(node, self.model, worker).await
	}

	/// Asks `count` questions, with so many checkers each. Returns the jobs once they are in a block of the best chain.
	pub async fn ask(&self, node: &Node, checkers: u8, count: usize) -> Vec<JobId> {
		let first = node.stats().await.requested;
		let calls = self.questions.iter().cycle().take(count);
		let calls = calls
			.map(|question| self.request(question.clone(), checkers).into())
			.collect();
		send(node, REQUESTER, pallet_utility::Call::<Runtime>::batch_all { calls }).await;
		let jobs: Vec<_> = (first..).take(count).map(JobId).collect();
		for job in &jobs {
			let found = node
				.within(FEW, &format!("job {job} is accepted"), || node.find_job(*job))
				.await;
			assert_eq!(found.requester, REQUESTER.to_account_id());
		}
		jobs
	}

	/// Asks one question with the short window, and waits for the right answer to be settled.
	pub async fn answer_one(&self, node: &Node, allow_unlisted: bool) {
		let job = JobId(node.stats().await.requested);
		let request = pallet_jobs::Call::<Runtime>::request {
			model: self.model.into(),
			items: 1,
			input: self.question(),
			terms: Terms {
				window: Window::Short,
				allow_unlisted,
				..terms(0)
			},
		};
		send(node, REQUESTER, request).await;
		node.within(FEW, &format!("job {job} is accepted"), || node.find_job(job))
			.await;
		let job = node.ended(job, LONGEST).await;
		match &job.status {
			JobStatus::Settled { digest, .. } => assert_eq!(*digest, self.right(&job)),
			status => panic!("{status:?}"),
		}
	}

	/// A question as the requester asks it.
	pub fn request(&self, question: Payload, checkers: u8) -> pallet_jobs::Call<Runtime> {
		pallet_jobs::Call::request {
			model: self.model.into(),
			items: 1,
			input: question,
			terms: terms(checkers),
		}
	}

	/// A request whose input travels by its name, and its bytes: whoever has not been given them cannot run it. It is none of the
	/// questions that are asked otherwise.
	pub fn by_name(&self) -> (pallet_jobs::Call<Runtime>, Vec<u8>) {
		let mut images = rows(&digits("test_images.npy"), ROWS + 1);
		let bytes = images.split_off(ROWS).encode();
		let request = pallet_jobs::Call::request {
			model: self.model.into(),
			items: 1,
			input: Payload::Artifact(Artifact::of(&bytes)),
			terms: terms(0),
		};
		(request, bytes)
	}

	/// The first of the questions.
	pub fn question(&self) -> Payload {
		self.questions[0].clone()
	}
}

/// The terms of all requests here.
pub fn terms(checkers: u8) -> Terms {
	Terms {
		checkers,
		max_fee: ASY,
		value_at_risk: 0,
		window: Window::Standard,
		allow_unlisted: true,
	}
}

/// The name of the node of a development account.
pub fn name_of(known: Sr25519Keyring) -> String {
	known.to_string().to_lowercase()
}

fn text(path: PathBuf) -> String {
	path.into_os_string().into_string().expect("UTF-8")
}

/// Submits the model of this file as its owner, and waits until it is open.
async fn submit(network: &Network, file: &str) -> ModelId {
	let images = image(&digits("test_images.npy"));
	let mut args = vec!["model", "submit", file, "--title", "Digits", "--bind", "N=1"];
	args.extend(["--royalty", "0.00001", "--input", &images, "--rows", "0..2"]);
	let others = network.running().skip(1).flat_map(|node| ["--mirror", node.url()]);
	args.extend(others);
	let node = network.running().next().expect("a network has nodes");
	field(&assay(node, Some(OWNER_SURI), &args).await.fine(), "model")
}

/// The digits model's input, from this file.
fn image(path: &Path) -> String {
	format!("image={}", path.display())
}

/// What this machine answers to each of the questions.
async fn derive(node: &Node, file: &str) -> Vec<OutcomeDigest> {
	let images = image(&digits("test_images.npy"));
	let range = format!("0..{ROWS}");
	let args = ["infer", file, "--bind", "N=1", "--input", &images, "--rows", &range];
	let derived = assay(node, None, &args).await.fine();
	let derived = derived.as_array().expect("a list");
	derived.iter().map(|derived| field(derived, "digest")).collect()
}

/// Has a development account become a worker, whose key is that of its development node.
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
