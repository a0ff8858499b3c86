//! One node that is a whole chain, and what its users get from it: answers that anyone derives, refusals that say why, faults by
//! name, and no harm from files that are meant to harm.

use assay_primitives::{
	api::{ModelStatus, Rejection},
	probe::{Flaw, Golden},
	FaultCode, JobId, ModelId, Payload,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY, MILLI_ASY};
use assay_testing::{
	assay,
	case::LONGEST,
	cli::field,
	draft::floats,
	extrinsic::{send, would},
	files::{digits, fixture, root},
	governance::Rules,
	market::terms,
	probers, Draft, Node,
};
use serde_json::Value;
use sp_keyring::Sr25519Keyring::{Alice, Eve, Ferdie};
use std::fs;
use FaultCode::*;

const ROYALTY: Balance = 10 * MILLI_ASY;

/// Blocks from a request to the end of its job if nobody is late: to run the task, to be drawn, to reveal, and the short window.
const PROMPT: u64 = 10;

/// Files that no engine loads, and what it says of each.
const HOSTILE: [(&str, FaultCode); 11] = [
	("truncated.onnx", NotOnnx),
	("not_onnx.onnx", NotOnnx),
	("nested.onnx", NotOnnx),
	("external_data.onnx", ExternalData),
	("unbound_dim.onnx", UnboundDimension),
	("control_flow.onnx", ControlFlow),
	("random_normal.onnx", RandomOperator),
	("unsupported_op.onnx", UnsupportedOperator),
	("string_type.onnx", UnsupportedType),
	("cycle.onnx", InvalidGraph),
	("missing_tensor.onnx", InvalidGraph),
];

#[tokio::test(flavor = "multi_thread")]
async fn one_node_answers_what_anyone_derives_and_names_every_fault() {
	let node = Node::dev(&[]).await;
	// With so high a royalty, audits must be as frequent as they are by default, or nobody is deterred.
	let audits = node.protocol().await.security.audit.deconstruct();
	let rules = Rules {
		audits,
		..Rules::default()
	};
	rules.decree(&node).await;
	let model = digits_are_open(&node).await;
	let unserved = a_model_that_nobody_serves(&node).await;
	// The command waits a minute for a slot before it gives up: time for everything else.
	let (_, ()) = tokio::join!(
		a_request_without_a_slot_is_refused_with_a_hint(&node, unserved),
		async {
			let first = answers_are_those_derived_offline(&node, model).await;
			batches_are_answered_input_by_input(&node, model).await;
			wrong_inputs_are_refused_before_paying(&node, model).await;
			wrong_inputs_that_the_chain_does_not_see_settle_as_faults(&node, model).await;
			hostile_files_have_named_faults(&node).await;
			hostile_files_are_rejected_for_their_faults(&node).await;
			answers_are_those_derived_offline(&node, model).await;
			a_retired_model_takes_no_requests_and_keeps_its_history(&node, model, first).await;
		}
	);
}

fn text(path: std::path::PathBuf) -> String {
	path.into_os_string()
		.into_string()
		.expect("the checkout's path is UTF-8")
}

fn input(name: &str, file: &str) -> String {
	format!("{name}={}", text(digits(file)))
}

/// Dave submits the digits model, and Alice reproduces it; then she offers eight slots.
async fn digits_are_open(node: &Node) -> ModelId {
	let (file, images) = (text(digits("digits.onnx")), input("image", "test_images.npy"));
	let mut args = vec!["model", "submit", &file, "--title", "Digits", "--bind", "N=1"];
	args.extend(["--royalty", "0.01", "--input", &images, "--rows", "0..4"]);
	let model: ModelId = field(&assay(node, Some("//Dave"), &args).await.fine(), "model");
	assert_eq!(node.status(model).await, ModelStatus::Open);
	assert_eq!(golden(node, model).await.items, 4);
	let args = ["worker", "serve", &model.to_string(), "--slots", "8"];
	assay(node, Some("//Alice"), &args).await.fine();
	assert_eq!(node.model(model).await.royalty, ROYALTY);
	assert_eq!(node.model(model).await.free_slots, 8);
	model
}

/// What others have reproduced the model with.
async fn golden(node: &Node, model: ModelId) -> Golden {
	node.model(model).await.golden.expect("it has not ended")
}

/// The golden inputs are those that the command makes.
async fn a_model_that_nobody_serves(node: &Node) -> ModelId {
	let file = text(root().join("models/breast-cancer/breast-cancer.onnx"));
	let args = ["model", "submit", &file, "--title", "Unserved", "--bind", "N=1"];
	field(&assay(node, Some("//Dave"), &args).await.fine(), "model")
}

async fn a_request_without_a_slot_is_refused_with_a_hint(node: &Node, model: ModelId) {
	let before = node.funds(&Ferdie.to_account_id()).await;
	let golden = golden(node, model).await;
	assert!(
		matches!(golden.input, Payload::Inline(_)),
		"the command makes small golden inputs"
	);
	let call = pallet_jobs::Call::<Runtime>::request {
		model: model.into(),
		items: golden.items,
		input: golden.input,
		terms: terms(0),
	};
	assert_eq!(
		would(node, Ferdie, call).await,
		Err(pallet_jobs::Error::<Runtime>::NoFreeSlot.into())
	);

	let file = text(root().join("models/breast-cancer/test_features.npy"));
	let input = format!("features={file}");
	let mut args = vec!["job", "request"];
	let id = model.to_string();
	args.extend([&id, "--allow-unlisted", "--input", &input, "--rows", "0..1"]);
	let answer = assay(node, Some("//Ferdie"), &args).await;
	assert_eq!(answer.code, 1, "{answer:?}");
	let message: String = field(&answer.json[0], "error");
	assert!(
		message.contains("slot") && message.contains("assay model show"),
		"{message}"
	);
	assert_eq!(node.funds(&Ferdie.to_account_id()).await, before);
}

/// What Eve is told when she asks the model with these options.
async fn request(node: &Node, model: ModelId, options: &[&str]) -> assay_testing::Answer {
	let model = model.to_string();
	let args = [&["job", "request", &model, "--allow-unlisted"], options].concat();
	assay(node, Some("//Eve"), &args).await
}

/// Returns one of the jobs.
async fn answers_are_those_derived_offline(node: &Node, model: ModelId) -> JobId {
	let (before, eve) = (node.stats().await, node.funds(&Eve.to_account_id()).await);
	let answered = node.worker(&Alice.to_account_id()).await.record.answers;
	let fee = node.quote(model, 1, &terms(0)).await.fee;

	let images = input("image", "test_images.npy");
	let jobs = request(node, model, &["--input", &images, "--rows", "0..8"])
		.await
		.fine();
	let derived = derive(node).await;
	let jobs = jobs.as_array().expect("a list");
	assert_eq!((jobs.len(), derived.len()), (8, 8));
	for (row, (job, derived)) in jobs.iter().zip(&derived).enumerate() {
		assert_eq!(job["row"], row, "{job}");
		assert_eq!(job["status"], "settled", "{job}");
		assert_eq!(job["digest"], derived["digest"], "row {row}");
		assert_eq!(job["outputs"], derived["outputs"], "row {row}");
	}
	assert_ne!(jobs[0]["digest"], jobs[1]["digest"]);
	let latency: Vec<u64> = jobs.iter().map(|job| field(job, "latency_blocks")).collect();
	assert!(latency.iter().all(|blocks| *blocks <= PROMPT), "{latency:?}");
	assert_verified(node, jobs).await;

	let after = node.stats().await;
	assert_eq!(after.settled - before.settled, 8);
	assert_eq!(after.answered - before.answered, 8);
	assert_eq!(after.paid_to_workers - before.paid_to_workers, 8 * fee.pay);
	assert_eq!(after.paid_to_owners - before.paid_to_owners, 8 * ROYALTY);
	assert_eq!(after.burned - before.burned, 8 * fee.burn);
	assert_eq!(node.worker(&Alice.to_account_id()).await.record.answers - answered, 8);
	assert_eq!(node.model(model).await.free_slots, 8);
	let paid = node.funds(&Eve.to_account_id()).await;
	assert_eq!(paid.held, 0);
	// Eight answers and the fees of eight transactions.
	let cost = eve.free - paid.free;
	assert!(cost > 8 * fee.total() && cost < 8 * fee.total() + ASY, "{cost}");
	field(&jobs[0], "job")
}

/// What this machine answers to the first eight images.
async fn derive(node: &Node) -> Vec<Value> {
	let (file, images) = (text(digits("digits.onnx")), input("image", "test_images.npy"));
	let args = ["infer", &file, "--bind", "N=1", "--input", &images, "--rows", "0..8"];
	let derived = assay(node, None, &args).await.fine();
	derived.as_array().expect("a list").clone()
}

async fn assert_verified(node: &Node, jobs: &[Value]) {
	let ids: Vec<String> = jobs.iter().map(|job| job["job"].to_string()).collect();
	let args: Vec<&str> = ["verify"].into_iter().chain(ids.iter().map(String::as_str)).collect();
	let verified = assay(node, None, &args).await.fine();
	assert_eq!(
		(&verified["verified"], &verified["differs"]),
		(&ids.len().into(), &0.into()),
		"{verified}"
	);
}

/// Eight inputs in two jobs: each outcome is the one that the input has alone, and can be shown alone.
async fn batches_are_answered_input_by_input(node: &Node, model: ModelId) {
	let before = node.stats().await;
	let first = JobId(before.requested);
	let images = input("image", "test_images.npy");
	let options = ["--input", &images, "--rows", "0..8", "--batch", "5"];
	let jobs = request(node, model, &options).await.fine();
	let after = node.stats().await;
	assert_eq!(
		(after.settled - before.settled, after.answered - before.answered),
		(2, 8)
	);

	let derived = derive(node).await;
	let jobs = jobs.as_array().expect("a list");
	let sizes: Vec<u64> = jobs.iter().map(|job| field(job, "items")).collect();
	assert_eq!(sizes, [5, 3]);
	let outcomes: Vec<_> = jobs
		.iter()
		.flat_map(|job| job["outcomes"].as_array().expect("a list"))
		.collect();
	assert_eq!(outcomes.len(), derived.len());
	for (row, (outcome, derived)) in outcomes.into_iter().zip(&derived).enumerate() {
		assert_eq!(outcome["row"], row, "{outcome}");
		assert_eq!(outcome["digest"], derived["digest"], "row {row}");
		assert_eq!(outcome["outputs"], derived["outputs"], "row {row}");
	}
	assert_verified(node, jobs).await;

	let proof = text(node.folder().join("outcome.json"));
	let args = ["job", "prove", &first.to_string(), "--item", "3", "--out", &proof];
	assay(node, None, &args).await.fine();
	assay(node, None, &["verify", "--proof", &proof]).await.fine();
	let other = fs::read_to_string(&proof).expect("a proof");
	let other = other.replacen("\"item\": 3", "\"item\": 2", 1);
	fs::write(&proof, other).expect("a writable folder");
	let answer = assay(node, None, &["verify", "--proof", &proof]).await;
	assert_eq!(answer.code, 1, "an outcome is shown in another's place: {answer:?}");
}

async fn wrong_inputs_are_refused_before_paying(node: &Node, model: ModelId) {
	let before = node.funds(&Eve.to_account_id()).await;
	for (input, reason) in [
		// All images as one tensor: the command says how to ask for each.
		(input("image", "test_images.npy"), "--rows 0..360"),
		(input("image", "test_labels.npy"), "float32 [1, 1, 8, 8]"),
		(input("picture", "test_images.npy"), "no input \"picture\""),
	] {
		let message = request(node, model, &["--input", &input]).await.refusal();
		assert!(message.contains(reason), "{message}");
	}
	assert_eq!(node.funds(&Eve.to_account_id()).await, before);

	// The chain itself refuses what the command does not look at: no fee is held, but that of a transaction is paid.
	let labels = input("image", "test_labels.npy");
	let answer = request(node, model, &["--unchecked", "--input", &labels]).await;
	assert_eq!(answer.code, 1, "{answer:?}");
	assert!(answer.json.to_string().contains("WrongInput"), "{answer:?}");
	let after = node.funds(&Eve.to_account_id()).await;
	assert_eq!(after.held, 0);
	assert!(before.free - after.free < ASY / 10, "{before:?}, {after:?}");
}

/// What is too large to be inline.
async fn wrong_inputs_that_the_chain_does_not_see_settle_as_faults(node: &Node, model: ModelId) {
	let images = input("image", "test_images.npy");
	let answer = request(node, model, &["--unchecked", "--input", &images]).await;
	assert_eq!(answer.code, 1, "{answer:?}");
	let job = &answer.json[0];
	assert_eq!(
		(&job["status"], &job["fault"]),
		(&"settled".into(), &"WrongInput".into()),
		"{job}"
	);
	let verified = assay(node, None, &["verify", &job["job"].to_string()]).await.fine();
	assert_eq!(
		verified["verified"], 1,
		"a fault is an answer that anyone derives: {verified}"
	);
}

async fn hostile_files_have_named_faults(node: &Node) {
	for (name, fault) in HOSTILE.into_iter().chain([("empty.onnx", NotOnnx)]) {
		let message = assay(node, None, &["describe", &text(fixture(name))]).await.refusal();
		assert!(message.contains(&format!("{fault:?}")), "{name}: {message}");
	}
}

/// Alice, who is warned by every command, submits what she should not.
async fn hostile_files_are_rejected_for_their_faults(node: &Node) {
	let read = |name: &str| fs::read(fixture(name)).expect("a fixture");
	let bomb = Draft::loaded(read("memory_live.onnx"), &[vec![floats(&[1.0; 1024])]]);
	let cases: Vec<_> = HOSTILE
		.into_iter()
		.map(|(name, fault)| (name, Draft::invented(read(name)), Flaw::DoesNotLoad(fault)))
		.chain([("memory_live.onnx", bomb, Flaw::GoldenFault(OutOfMemory))])
		.collect();
	for (_, draft, _) in &cases {
		draft.store(node).await;
	}
	probers::only(node, &[(Alice, 2 * cases.len() as u32)]).await;
	let (held, before) = (node.funds(&Alice.to_account_id()).await.held, node.stats().await);
	let calls = cases
		.iter()
		.map(|(_, draft, _)| RuntimeCall::from(draft.call()))
		.collect();
	send(node, Alice, pallet_utility::Call::<Runtime>::batch_all { calls }).await;

	let mut probes = Vec::new();
	for (name, draft, flaw) in &cases {
		let status = node.judged(draft.id(), LONGEST).await;
		assert_eq!(status, ModelStatus::Rejected(Rejection::Flawed(*flaw)), "{name}");
		probes.push(node.model(draft.id()).await.probe.to_string());
	}
	let shown: Value = assay(node, None, &["model", "show", &cases[0].1.id().to_string()])
		.await
		.fine();
	assert_eq!(
		(&shown["status"], &shown["rejection"]),
		(&"rejected".into(), &"DoesNotLoad".into()),
		"{shown}"
	);
	assert_eq!(
		node.funds(&Alice.to_account_id()).await.held,
		held,
		"a deposit is still held"
	);
	let after = node.stats().await;
	assert_eq!((after.wrong, after.no_shows), (before.wrong, before.no_shows));

	let args: Vec<_> = ["verify"]
		.into_iter()
		.chain(probes.iter().map(String::as_str))
		.collect();
	let verified = assay(node, None, &args).await.fine();
	assert_eq!(verified["verified"], cases.len(), "{verified}");
}

async fn a_retired_model_takes_no_requests_and_keeps_its_history(node: &Node, model: ModelId, answered: JobId) {
	let name = model.to_string();
	let message = assay(node, Some("//Eve"), &["model", "retire", &name]).await.refusal();
	assert!(message.contains("NotOwner"), "{message}");
	assay(node, Some("//Dave"), &["model", "retire", &name]).await.fine();

	let images = input("image", "test_images.npy");
	let answer = request(node, model, &["--input", &images, "--rows", "0..1"]).await;
	let message = answer.refusal();
	assert!(message.contains("retired"), "{message}");
	let shown: Value = assay(node, None, &["model", "show", &name]).await.fine();
	assert_eq!(shown["status"], "retired");
	let verified = assay(node, None, &["verify", &answered.to_string()]).await.fine();
	assert_eq!(verified["verified"], 1, "{verified}");
}
