//! One node that is a whole chain, and what its users get from it: answers that anyone derives, refusals that say why, faults by
//! name, and no harm from files that are meant to harm.

use assay_primitives::{
	task::model_id, Artifact, BoundedSpec, DType, FaultCode, JobId, ModelId, Outcome, Payload, Tensor,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY, MILLI_ASY};
use assay_tests::{
	assay,
	case::LONGEST,
	cli::field,
	extrinsic,
	files::{digits, fixture, root},
	governance::{Rules, WINDOW},
	market::terms,
	rpc::JobStatus,
	Node,
};
use codec::{Decode, Encode};
use serde_json::Value;
use sp_keyring::Sr25519Keyring::{self, Alice, Eve, Ferdie};
use sp_runtime::DispatchError;
use std::fs;
use subxt::rpcs::rpc_params;
use FaultCode::*;

const ROYALTY: Balance = 10 * MILLI_ASY;

/// Blocks from a request to the end of its job if nobody is late: to run the task, to be drawn, to reveal, and the window.
const PROMPT: u64 = 9 + WINDOW as u64;

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
			answers_are_those_derived_offline(&node, model).await;
			batches_are_answered_input_by_input(&node, model).await;
			wrong_inputs_are_refused_before_paying(&node, model).await;
			wrong_inputs_forced_through_settle_as_faults(&node, model).await;
			hostile_files_have_named_faults(&node).await;
			hostile_files_on_chain_do_no_harm(&node).await;
			answers_are_those_derived_offline(&node, model).await;
			a_retired_model_takes_no_requests_and_keeps_its_history(&node, model).await;
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

/// Dave submits the digits model; Alice offers eight slots.
async fn digits_are_open(node: &Node) -> ModelId {
	let file = text(digits("digits.onnx"));
	let args = [
		"model",
		"submit",
		&file,
		"--name",
		"digits",
		"--bind",
		"N=1",
		"--royalty",
		"0.01",
	];
	let model: ModelId = field(&assay(node, Some("//Dave"), &args).await.fine(), "model");
	let args = ["worker", "serve", &model.to_string(), "--slots", "8"];
	assay(node, Some("//Alice"), &args).await.fine();
	assert_eq!(node.model(model).await.royalty, ROYALTY);
	assert_eq!(node.model(model).await.free_slots, 8);
	model
}

async fn a_model_that_nobody_serves(node: &Node) -> ModelId {
	let file = text(root().join("models/breast-cancer/breast-cancer.onnx"));
	let args = ["model", "submit", &file, "--name", "unserved", "--bind", "N=1"];
	field(&assay(node, Some("//Dave"), &args).await.fine(), "model")
}

async fn a_request_without_a_slot_is_refused_with_a_hint(node: &Node, model: ModelId) {
	let before = node.funds(&Ferdie.to_account_id()).await;
	let call = pallet_jobs::Call::request {
		model,
		items: 1,
		input: Payload::of(Vec::new()),
		terms: terms(0),
	};
	assert_eq!(
		dry_run(node, Ferdie, call.into()).await,
		Err(pallet_jobs::Error::<Runtime>::NoFreeSlot.into())
	);

	let file = text(root().join("models/breast-cancer/test_features.npy"));
	let args = [
		"job",
		"request",
		&model.to_string(),
		"--input",
		&format!("features={file}"),
		"--rows",
		"0..1",
	];
	let answer = assay(node, Some("//Ferdie"), &args).await;
	assert_eq!(answer.code, 1, "{answer:?}");
	let message: String = field(&answer.json[0], "error");
	assert!(
		message.contains("slot") && message.contains("assay model show"),
		"{message}"
	);
	assert_eq!(node.funds(&Ferdie.to_account_id()).await, before);
}

/// What the call would come to in the next block.
async fn dry_run(node: &Node, signer: Sr25519Keyring, call: RuntimeCall) -> Result<(), DispatchError> {
	let (nonce, genesis) = (node.nonce(&signer.to_account_id()).await, node.genesis().await);
	let transaction = extrinsic::signed(signer, nonce, genesis, call);
	let encoded = format!("0x{}", hex::encode(transaction.encode()));
	let answer: String = node.request("system_dryRun", rpc_params![encoded]).await;
	let answer = hex::decode(answer.trim_start_matches("0x")).expect("hexadecimal");
	sp_runtime::ApplyExtrinsicResult::decode(&mut &answer[..])
		.expect("the outcome of a transaction")
		.expect("the transaction is valid")
}

async fn answers_are_those_derived_offline(node: &Node, model: ModelId) {
	let (before, eve) = (node.stats().await, node.funds(&Eve.to_account_id()).await);
	let answered = node.worker(&Alice.to_account_id()).await.record.answers;
	let fee = node.quote(model, 1, &terms(0)).await.fee;

	let images = input("image", "test_images.npy");
	let args = [
		"job",
		"request",
		&model.to_string(),
		"--input",
		&images,
		"--rows",
		"0..8",
	];
	let jobs = assay(node, Some("//Eve"), &args).await.fine();
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
	let args = [
		"job",
		"request",
		&model.to_string(),
		"--input",
		&images,
		"--rows",
		"0..8",
		"--batch",
		"5",
	];
	let jobs = assay(node, Some("//Eve"), &args).await.fine();
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
		let args = ["job", "request", &model.to_string(), "--input", &input];
		let message = assay(node, Some("//Eve"), &args).await.refusal();
		assert!(message.contains(reason), "{message}");
	}
	assert_eq!(node.funds(&Eve.to_account_id()).await, before);
}

async fn wrong_inputs_forced_through_settle_as_faults(node: &Node, model: ModelId) {
	// Of wrong type and inline, and too large to be inline.
	for file in ["test_labels.npy", "test_images.npy"] {
		let args = [
			"job",
			"request",
			&model.to_string(),
			"--unchecked",
			"--input",
			&input("image", file),
		];
		let answer = assay(node, Some("//Eve"), &args).await;
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
}

async fn hostile_files_have_named_faults(node: &Node) {
	for (name, fault) in HOSTILE.into_iter().chain([("empty.onnx", NotOnnx)]) {
		let message = assay(node, None, &["describe", &text(fixture(name))]).await.refusal();
		assert!(message.contains(&format!("{fault:?}")), "{name}: {message}");
	}
}

/// Alice, who is warned by every command, registers what she should not, serves it and asks it.
async fn hostile_files_on_chain_do_no_harm(node: &Node) {
	let one = Tensor {
		dtype: DType::F32,
		shape: vec![1],
		data: 1f32.to_le_bytes().to_vec(),
	};
	let bomb = ("memory_bomb.onnx", OutOfMemory, vec![one]);
	let cases: Vec<_> = HOSTILE
		.into_iter()
		.map(|(name, fault)| (name, fault, Vec::new()))
		.chain([bomb])
		.collect();

	let engine = node.engine().await;
	let mut calls: Vec<RuntimeCall> = Vec::new();
	for (name, _, input) in &cases {
		let path = fixture(name);
		assay(node, None, &["artifact", "put", &text(path.clone())])
			.await
			.fine();
		let artifact = Artifact::of(&fs::read(path).expect("a fixture"));
		let spec = BoundedSpec::default();
		let metadata = pallet_models::Metadata {
			name: name.as_bytes().to_vec().try_into().expect("a short name"),
			description: Default::default(),
		};
		let model = model_id(engine, artifact.id, &spec);
		calls.push(
			pallet_models::Call::submit {
				spec,
				artifact,
				engine,
				metadata,
				royalty: ROYALTY,
				macs: 1,
			}
			.into(),
		);
		calls.push(pallet_workers::Call::serve { model, slots: 1 }.into());
		calls.push(
			pallet_jobs::Call::request {
				model,
				items: 1,
				input: Payload::of(input.encode()),
				terms: terms(0),
			}
			.into(),
		);
	}
	let first = node.stats().await.requested;
	extrinsic::send(node, Alice, pallet_utility::Call::batch_all { calls }).await;

	for (id, (name, fault, _)) in (first..).zip(&cases) {
		let job = node
			.within(5, &format!("{name} is asked"), || node.find_job(JobId(id)))
			.await;
		assert_eq!(job.requester, Alice.to_account_id());
		let job = node.ended(JobId(id), LONGEST).await;
		let JobStatus::Settled { answer, .. } = &job.status else {
			panic!("{name}: {:?}", job.status)
		};
		let Payload::Inline(outcome) = &answer.outcome else {
			panic!("{name}: a fault is small")
		};
		assert_eq!(Outcome::decode(&mut &outcome[..]), Ok(Outcome::Fault(*fault)), "{name}");
	}
	let args = ["verify", &format!("{first}..{}", first + cases.len() as u64)];
	let verified = assay(node, None, &args).await.fine();
	assert_eq!(verified["verified"], cases.len(), "{verified}");
}

async fn a_retired_model_takes_no_requests_and_keeps_its_history(node: &Node, model: ModelId) {
	let name = model.to_string();
	let message = assay(node, Some("//Eve"), &["model", "retire", &name]).await.refusal();
	assert!(message.contains("NotOwner"), "{message}");
	assay(node, Some("//Dave"), &["model", "retire", &name]).await.fine();

	let args = [
		"job",
		"request",
		&name,
		"--input",
		&input("image", "test_images.npy"),
		"--rows",
		"0..1",
	];
	let message = assay(node, Some("//Eve"), &args).await.refusal();
	assert!(message.contains("retired"), "{message}");
	let shown: Value = assay(node, None, &["model", "show", &name]).await.fine();
	assert_eq!(shown["status"], "retired");
	let verified = assay(node, None, &["verify", "0"]).await.fine();
	assert_eq!(verified["verified"], 1, "{verified}");
}
