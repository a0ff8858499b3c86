//! One node that is a whole chain, and what its users get from it: answers that anyone can derive, refusals that say
//! why, named faults, and no harm from hostile files.

use assay_primitives::{
	api::{ModelStatus, Rejection},
	probe::{Flaw, Golden},
	terms::{Terms, Window},
	FaultCode, JobId, ModelId, Payload,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY, MILLI_ASY};
use assay_testing::{
	assay,
	cli::read_field,
	extrinsic::{dry_run, send},
	files::{breast_cancer, digits, fixture, text},
	market::terms,
	models::float_vector,
	parameters::MAX_JOB_BLOCKS,
	probers, CommandOutput, ModelSubmission, Node, TestParameters,
};
use serde_json::Value;
use sp_keyring::Sr25519Keyring::{Alice, Eve, Ferdie};
use std::fs;
use FaultCode::*;

const ROYALTY: Balance = 10 * MILLI_ASY;

/// The maximum number of blocks from a request to the end of its job if nobody is late: to claim, to draw, to reveal,
/// and the window.
const MAX_LATENCY: u64 = 10;

/// Files that the engine refuses, with the fault of each.
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
async fn one_node_gives_answers_that_anyone_derives_and_names_every_fault() {
	let node = Node::dev(&[]).await;
	// The royalty is so high that cheating would pay if audits were rarer than by default.
	let audits = node.protocol().await.security.audit_rate.deconstruct();
	let parameters = TestParameters {
		audits,
		..TestParameters::default()
	};
	parameters.enact(&node).await;
	let model = open_digits(&node).await;
	let unserved = open_unserved_model(&node).await;
	// The command waits a minute for a slot before it gives up; everything else goes on in the meantime.
	let (_, ()) = tokio::join!(
		a_request_without_a_slot_is_refused_with_a_hint(&node, unserved),
		async {
			let first = answers_are_those_derived_offline(&node, model).await;
			batches_are_answered_input_by_input(&node, model).await;
			wrong_inputs_are_refused_before_anything_is_paid(&node, model).await;
			wrong_inputs_that_the_chain_does_not_see_settle_as_faults(&node, model).await;
			hostile_files_have_named_faults(&node).await;
			hostile_files_are_rejected_for_their_faults(&node).await;
			answers_are_those_derived_offline(&node, model).await;
			a_retired_model_takes_no_requests_and_keeps_its_history(&node, model, first).await;
		}
	);
}

/// Returns the value of `--input` for a file of the digits model.
fn input(name: &str, file: &str) -> String {
	format!("{name}={}", text(digits(file)))
}

/// Has Dave submit the digits model, which Alice reproduces. Then she offers eight slots.
async fn open_digits(node: &Node) -> ModelId {
	let (file, images) = (text(digits("digits.onnx")), input("image", "test_images.npy"));
	let mut args = vec!["model", "submit", &file, "--title", "Digits", "--bind", "N=1"];
	args.extend(["--royalty", "0.01", "--input", &images, "--rows", "0..4"]);
	let model: ModelId = read_field(&assay(node, Some("//Dave"), &args).await.expect_success(), "model");
	assert_eq!(node.model_status(model).await, ModelStatus::Open);
	assert_eq!(golden(node, model).await.items, 4);
	let args = ["worker", "serve", &model.to_string(), "--slots", "8"];
	assay(node, Some("//Alice"), &args).await.expect_success();
	assert_eq!(node.model(model).await.royalty, ROYALTY);
	assert_eq!(node.model(model).await.free_slots, 8);
	model
}

/// Returns the golden inputs of an open model.
async fn golden(node: &Node, model: ModelId) -> Golden {
	node.model(model).await.golden.expect("an open model has golden inputs")
}

/// Has Dave submit a model that nobody serves, with golden inputs that the command makes.
async fn open_unserved_model(node: &Node) -> ModelId {
	let file = text(breast_cancer("breast-cancer.onnx"));
	let args = ["model", "submit", &file, "--title", "Unserved", "--bind", "N=1"];
	read_field(&assay(node, Some("//Dave"), &args).await.expect_success(), "model")
}

async fn a_request_without_a_slot_is_refused_with_a_hint(node: &Node, model: ModelId) {
	let before = node.funds(&Ferdie.to_account_id()).await;
	let golden = golden(node, model).await;
	assert!(
		matches!(golden.input, Payload::Inline(_)),
		"the command makes golden inputs that are small enough to be inline"
	);
	let call = pallet_jobs::Call::<Runtime>::request {
		model: model.into(),
		items: golden.items,
		input: golden.input,
		terms: terms(0),
	};
	assert_eq!(
		dry_run(node, Ferdie, call).await,
		Err(pallet_jobs::Error::<Runtime>::NoFreeSlot.into())
	);

	let file = text(breast_cancer("test_features.npy"));
	let input = format!("features={file}");
	let mut args = vec!["job", "request"];
	let id = model.to_string();
	args.extend([&id, "--allow-unlisted", "--input", &input, "--rows", "0..1"]);
	let output = assay(node, Some("//Ferdie"), &args).await;
	assert_eq!(output.code, 1, "{output:?}");
	let message: String = read_field(&output.json[0], "error");
	assert!(
		message.contains("slot") && message.contains("assay model show"),
		"{message}"
	);
	assert_eq!(node.funds(&Ferdie.to_account_id()).await, before);
}

/// Has Eve request jobs of the model, with these options.
async fn request(node: &Node, model: ModelId, options: &[&str]) -> CommandOutput {
	let model = model.to_string();
	let args = [&["job", "request", &model, "--allow-unlisted"], options].concat();
	assay(node, Some("//Eve"), &args).await
}

/// Eight images in eight jobs. Returns one of the jobs.
async fn answers_are_those_derived_offline(node: &Node, model: ModelId) -> JobId {
	let (before, eve) = (node.stats().await, node.funds(&Eve.to_account_id()).await);
	let answered = node.worker(&Alice.to_account_id()).await.record.answers;
	// The command asks for the short window unless told otherwise.
	let short = Terms {
		window: Window::Short,
		..terms(0)
	};
	let fee = node.quote(model, 1, &short).await.fee;

	let images = input("image", "test_images.npy");
	let jobs = request(node, model, &["--input", &images, "--rows", "0..8"])
		.await
		.expect_success();
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
	let latency: Vec<u64> = jobs.iter().map(|job| read_field(job, "latency_blocks")).collect();
	assert!(latency.iter().all(|blocks| *blocks <= MAX_LATENCY), "{latency:?}");
	assert_verified(node, jobs).await;

	let after = node.stats().await;
	assert_eq!(after.settled - before.settled, 8);
	assert_eq!(after.answered_items - before.answered_items, 8);
	assert_eq!(after.paid_to_workers - before.paid_to_workers, 8 * fee.pay);
	assert_eq!(after.paid_to_owners - before.paid_to_owners, 8 * ROYALTY);
	assert_eq!(after.burned - before.burned, 8 * fee.burn);
	assert_eq!(node.worker(&Alice.to_account_id()).await.record.answers - answered, 8);
	assert_eq!(node.model(model).await.free_slots, 8);
	let paid = node.funds(&Eve.to_account_id()).await;
	assert_eq!(paid.held, 0);
	// The fees of eight jobs and of eight transactions.
	let cost = eve.free - paid.free;
	assert!(cost > 8 * fee.total() && cost < 8 * fee.total() + ASY, "{cost}");
	read_field(&jobs[0], "job")
}

/// Derives the answers to the first eight images on this machine.
async fn derive(node: &Node) -> Vec<Value> {
	let (file, images) = (text(digits("digits.onnx")), input("image", "test_images.npy"));
	let args = ["infer", &file, "--bind", "N=1", "--input", &images, "--rows", "0..8"];
	let derived = assay(node, None, &args).await.expect_success();
	derived.as_array().expect("a list").clone()
}

async fn assert_verified(node: &Node, jobs: &[Value]) {
	let ids: Vec<String> = jobs.iter().map(|job| job["job"].to_string()).collect();
	let args: Vec<&str> = ["verify"].into_iter().chain(ids.iter().map(String::as_str)).collect();
	let verified = assay(node, None, &args).await.expect_success();
	assert_eq!(
		(&verified["equal"], &verified["differs"]),
		(&ids.len().into(), &0.into()),
		"{verified}"
	);
}

/// Eight inputs in two jobs: each outcome is the one that its input has alone, and can be proved alone.
async fn batches_are_answered_input_by_input(node: &Node, model: ModelId) {
	let before = node.stats().await;
	let first = JobId(before.requested);
	let images = input("image", "test_images.npy");
	let options = ["--input", &images, "--rows", "0..8", "--batch", "5"];
	let jobs = request(node, model, &options).await.expect_success();
	let after = node.stats().await;
	assert_eq!(
		(
			after.settled - before.settled,
			after.answered_items - before.answered_items
		),
		(2, 8)
	);

	let derived = derive(node).await;
	let jobs = jobs.as_array().expect("a list");
	let sizes: Vec<u64> = jobs.iter().map(|job| read_field(job, "items")).collect();
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
	assay(node, None, &args).await.expect_success();
	assay(node, None, &["verify", "--proof", &proof]).await.expect_success();
	let other = fs::read_to_string(&proof).expect("the command wrote a proof");
	let other = other.replacen("\"item\": 3", "\"item\": 2", 1);
	fs::write(&proof, other).expect("the node's folder is writable");
	let output = assay(node, None, &["verify", "--proof", &proof]).await;
	assert_eq!(
		output.code, 1,
		"an outcome was proved in the place of another: {output:?}"
	);
}

async fn wrong_inputs_are_refused_before_anything_is_paid(node: &Node, model: ModelId) {
	let before = node.funds(&Eve.to_account_id()).await;
	for (input, reason) in [
		// All images as one tensor: the command says how to request an answer to each.
		(input("image", "test_images.npy"), "--rows 0..360"),
		(input("image", "test_labels.npy"), "float32 [1, 1, 8, 8]"),
		(input("picture", "test_images.npy"), "no input \"picture\""),
	] {
		let message = request(node, model, &["--input", &input]).await.expect_refusal();
		assert!(message.contains(reason), "{message}");
	}
	assert_eq!(node.funds(&Eve.to_account_id()).await, before);

	// The chain itself refuses what the command does not check: no fee is held, and only that of a transaction is paid.
	let labels = input("image", "test_labels.npy");
	let output = request(node, model, &["--unchecked", "--input", &labels]).await;
	assert_eq!(output.code, 1, "{output:?}");
	assert!(output.json.to_string().contains("InvalidInput"), "{output:?}");
	let after = node.funds(&Eve.to_account_id()).await;
	assert_eq!(after.held, 0);
	assert!(before.free - after.free < ASY / 10, "{before:?}, {after:?}");
}

/// The chain does not see inputs that are too large to be inline.
async fn wrong_inputs_that_the_chain_does_not_see_settle_as_faults(node: &Node, model: ModelId) {
	let images = input("image", "test_images.npy");
	let output = request(node, model, &["--unchecked", "--input", &images]).await;
	assert_eq!(output.code, 1, "{output:?}");
	let job = &output.json[0];
	assert_eq!(
		(&job["status"], &job["fault"]),
		(&"settled".into(), &"WrongInput".into()),
		"{job}"
	);
	let verified = assay(node, None, &["verify", &job["job"].to_string()])
		.await
		.expect_success();
	assert_eq!(
		verified["equal"], 1,
		"a fault is an answer that anyone can derive: {verified}"
	);
}

async fn hostile_files_have_named_faults(node: &Node) {
	for (name, fault) in HOSTILE.into_iter().chain([("empty.onnx", NotOnnx)]) {
		let message = assay(node, None, &["describe", &text(fixture(name))])
			.await
			.expect_refusal();
		assert!(message.contains(&format!("{fault:?}")), "{name}: {message}");
	}
}

/// Alice submits hostile files without the command, which would refuse to.
async fn hostile_files_are_rejected_for_their_faults(node: &Node) {
	let read = |name: &str| fs::read(fixture(name)).expect("the fixture is in the checkout");
	let bomb = ModelSubmission::with_fabricated_outcomes(read("memory_live.onnx"), &[vec![float_vector(&[1.0; 1024])]]);
	let cases: Vec<_> = HOSTILE
		.into_iter()
		.map(|(name, fault)| (name, ModelSubmission::fabricated(read(name)), Flaw::DoesNotLoad(fault)))
		.chain([("memory_live.onnx", bomb, Flaw::GoldenFault(OutOfMemory))])
		.collect();
	for (_, submission, _) in &cases {
		submission.upload(node).await;
	}
	probers::offer_only(node, &[(Alice, 2 * cases.len() as u32)]).await;
	let (held, before) = (node.funds(&Alice.to_account_id()).await.held, node.stats().await);
	let calls = cases
		.iter()
		.map(|(_, submission, _)| RuntimeCall::from(submission.submit_call()))
		.collect();
	send(node, Alice, pallet_utility::Call::<Runtime>::batch_all { calls }).await;

	let (mut probes, mut records) = (Vec::new(), 0);
	for (name, submission, flaw) in &cases {
		let status = node.wait_for_probe(submission.id(), MAX_JOB_BLOCKS).await;
		assert_eq!(status, ModelStatus::Rejected(Rejection::Flawed(*flaw)), "{name}");
		let model = node.model(submission.id()).await;
		records += pallet_models::Pallet::<Runtime>::deposit_for_record(&model.spec);
		probes.push(model.probe.to_string());
	}
	let shown: Value = assay(node, None, &["model", "show", &cases[0].1.id().to_string()])
		.await
		.expect_success();
	assert_eq!(
		(&shown["status"], &shown["rejection"]),
		(&"rejected".into(), &"DoesNotLoad".into()),
		"{shown}"
	);
	assert_eq!(
		node.funds(&Alice.to_account_id()).await.held,
		held + records,
		"more is held than for the records that stay"
	);
	let after = node.stats().await;
	assert_eq!((after.wrong, after.no_shows), (before.wrong, before.no_shows));

	let args: Vec<_> = ["verify"]
		.into_iter()
		.chain(probes.iter().map(String::as_str))
		.collect();
	let verified = assay(node, None, &args).await.expect_success();
	assert_eq!(verified["equal"], cases.len(), "{verified}");
}

async fn a_retired_model_takes_no_requests_and_keeps_its_history(node: &Node, model: ModelId, answered: JobId) {
	let name = model.to_string();
	let message = assay(node, Some("//Eve"), &["model", "retire", &name])
		.await
		.expect_refusal();
	assert!(message.contains("NotOwner"), "{message}");
	assay(node, Some("//Dave"), &["model", "retire", &name])
		.await
		.expect_success();

	let images = input("image", "test_images.npy");
	let output = request(node, model, &["--input", &images, "--rows", "0..1"]).await;
	let message = output.expect_refusal();
	assert!(message.contains("retired"), "{message}");
	let shown: Value = assay(node, None, &["model", "show", &name]).await.expect_success();
	assert_eq!(shown["status"], "retired");
	let verified = assay(node, None, &["verify", &answered.to_string()])
		.await
		.expect_success();
	assert_eq!(verified["equal"], 1, "{verified}");
}
