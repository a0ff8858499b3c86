//! How models open: what independent workers can reproduce opens, everything else is rejected with a reason that anyone
//! can read, and a name keeps the meaning that it was first given.

use assay_primitives::{
	abi::ModelSpec,
	api::{Authority, ModelStatus, Rejection},
	names::{FamilyName, VersionName},
	probe::Flaw,
	JobId, ModelId, ModelRef, Payload,
};
use assay_runtime::{Balance, Runtime, RuntimeCall, ASY};
use assay_testing::{
	assay,
	cli::read_field,
	extrinsic::{dry_run, send},
	files::{breast_cancer, digits, read_rows},
	market::terms,
	parameters::MAX_JOB_BLOCKS,
	rpc::JobStatus,
	CommandOutput, Member, ModelSubmission, Network, Node, TestParameters, INCLUSION_BLOCKS,
};
use codec::Encode;
use pallet_models::{Call, Error, Pallet as Models};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::DispatchError;
use std::fs;

/// More than one or two transactions cost.
const TRANSACTION_FEES: Balance = ASY / 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_opens_if_others_reproduce_it_and_a_version_means_it_for_ever() {
	let network = Network::start(["alice", "bob", "charlie"].map(Member::new)).await;
	let node = network.node("alice");
	TestParameters::default().enact(node).await;

	let (honest, tumours) = (ModelSubmission::digits(), tumours());
	let variant = honest.variant(0);
	for submission in [&honest, &variant, &tumours] {
		for node in network.running() {
			submission.upload(node).await;
		}
	}
	false_statements_are_rejected_with_a_reason(node, &honest, &variant, &tumours).await;
	a_rejected_model_opens_once_its_statement_is_true(node, &honest, &variant, &tumours).await;
	an_open_model_cannot_be_submitted_again(node, &honest).await;
	a_family_name_means_its_latest_version(node, &honest, &variant).await;
	similar_family_names_are_refused(node).await;
	only_the_owner_publishes_and_no_version_changes(node, &honest, &variant, &tumours).await;
}

/// States the truth of the breast cancer model.
fn tumours() -> ModelSubmission {
	let file = fs::read(breast_cancer("breast-cancer.onnx")).expect("the model is in the checkout");
	let golden = read_rows(&breast_cancer("test_features.npy"), 1);
	let spec = ModelSpec {
		bindings: vec![("N".into(), 1)],
	};
	ModelSubmission::derive(file, &spec, &[golden]).expect("the model answers its golden input")
}

/// Ferdie states outcomes that the digits model does not give, claims the digits model's outcomes for its variant, and
/// understates the cost of the breast cancer model.
async fn false_statements_are_rejected_with_a_reason(
	node: &Node,
	honest: &ModelSubmission,
	variant: &ModelSubmission,
	tumours: &ModelSubmission,
) {
	let false_variant = ModelSubmission {
		statement: honest.statement.clone(),
		..variant.clone()
	};
	let cases = [
		(honest.clone().with_wrong_outcomes(), Flaw::OutcomeMismatch),
		(false_variant, Flaw::OutcomeMismatch),
		(tumours.clone().with_wrong_manifest(), Flaw::ManifestMismatch),
	];
	let ferdie = Ferdie.to_account_id();
	let (before, stats) = (node.funds(&ferdie).await, node.stats().await);
	let calls = cases
		.iter()
		.map(|(submission, _)| RuntimeCall::from(submission.submit_call()))
		.collect();
	send(node, Ferdie, pallet_utility::Call::<Runtime>::batch_all { calls }).await;

	let (mut fees, mut records) = (0, 0);
	for (submission, flaw) in &cases {
		let (id, rejected) = (submission.id(), ModelStatus::Rejected(Rejection::Flawed(*flaw)));
		assert_eq!(node.wait_for_probe(id, MAX_JOB_BLOCKS).await, rejected);
		let history: Vec<_> = node.history(id).await.into_iter().map(|c| (c.by, c.status)).collect();
		assert_eq!(history, [(Authority::Probe, rejected)]);
		let model = node.model(id).await;
		records += Models::<Runtime>::deposit_for_record(&model.spec);
		let probe = node.job(model.probe).await;
		assert!(matches!(probe.status, JobStatus::Settled { .. }), "{probe:?}");
		assert_eq!(probe.participants.len(), 3, "an executor and two checkers: {probe:?}");
		fees += probe.fee.total();

		let shown = assay(node, None, &["model", "show", &id.to_string()])
			.await
			.expect_success();
		assert_eq!(
			(&shown["status"], &shown["rejection"]),
			(&"rejected".into(), &format!("{flaw:?}").into())
		);
		assert_eq!(
			dry_run(node, Eve, request_call(id, false)).await,
			Err(pallet_jobs::Error::<Runtime>::ModelNotOpen.into())
		);
	}
	let after = node.funds(&ferdie).await;
	assert_eq!(
		after.held,
		before.held + records,
		"more is held than for the records that stay"
	);
	let paid = before.total() - after.total();
	assert!(
		paid > fees && paid < fees + TRANSACTION_FEES,
		"{paid}, the fees are {fees}"
	);
	let now = node.stats().await;
	assert_eq!(
		(now.probes - stats.probes, now.answered_items),
		(3, stats.answered_items)
	);
	assert_eq!(
		(now.slashed, now.disputes),
		(stats.slashed, stats.disputes),
		"all probers agreed"
	);
}

/// Dave submits two of the rejected models with true statements. Ferdie's deposit stays for the third.
async fn a_rejected_model_opens_once_its_statement_is_true(
	node: &Node,
	honest: &ModelSubmission,
	variant: &ModelSubmission,
	tumours: &ModelSubmission,
) {
	assert_ne!(
		honest.id(),
		variant.id(),
		"a file that differs in one byte is another model"
	);
	let calls = [honest, variant].map(|submission| submission.submit_call().into());
	send(
		node,
		Dave,
		pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() },
	)
	.await;
	node.wait_within(INCLUSION_BLOCKS, "the model is on probation again", || async {
		(node.stable_model_status(honest.id()).await == Some(ModelStatus::Probation)).then_some(())
	})
	.await;
	assert_eq!(
		dry_run(node, Eve, honest.submit_call()).await,
		refused(Error::AlreadySubmitted)
	);

	for submission in [honest, variant] {
		assert_eq!(
			node.wait_for_probe(submission.id(), MAX_JOB_BLOCKS).await,
			ModelStatus::Open
		);
		let model = node.model(submission.id()).await;
		assert_eq!(model.owner, Dave.to_account_id());
		assert_eq!(model.manifest.as_ref(), Some(&submission.statement.manifest));
		assert_eq!(model.golden.as_ref(), Some(&submission.statement.golden));
		let history: Vec<_> = node
			.history(submission.id())
			.await
			.into_iter()
			.map(|c| (c.by, c.status))
			.collect();
		assert_eq!(
			history[1..],
			[
				(Authority::Owner, ModelStatus::Probation),
				(Authority::Probe, ModelStatus::Open)
			]
		);
	}
	let rejected = node.model(tumours.id()).await;
	assert_eq!(
		node.funds(&Ferdie.to_account_id()).await.held,
		Models::<Runtime>::deposit_for_record(&rejected.spec)
	);
	assert!(
		node.funds(&Dave.to_account_id()).await.held > 0,
		"a deposit is held while a model is open"
	);
}

async fn an_open_model_cannot_be_submitted_again(node: &Node, honest: &ModelSubmission) {
	let stolen = ModelSubmission {
		royalty: ASY,
		..honest.clone()
	};
	assert_eq!(
		dry_run(node, Eve, stolen.submit_call()).await,
		refused(Error::AlreadySubmitted)
	);
	let file = digits("digits.onnx");
	let mut args = vec!["model", "submit"];
	let path = file.to_string_lossy();
	args.extend([&*path, "--title", "Mine", "--bind", "N=1"]);
	let output = assay(node, Some("//Eve"), &args).await;
	assert_eq!(output.code, 1, "{output:?}");
	assert_eq!(node.model(honest.id()).await.owner, Dave.to_account_id());
}

/// Dave publishes two versions in his family `digits`. Its name alone means the version that he has set as the latest.
async fn a_family_name_means_its_latest_version(node: &Node, honest: &ModelSubmission, variant: &ModelSubmission) {
	let (first, second) = (honest.id(), variant.id());
	let dave = |args: &'static [&'static str]| assay(node, Some("//Dave"), args);
	dave(&["family", "claim", "digits"]).await.expect_success();
	for (version, model) in [("1", first), ("2", second)] {
		let model = model.to_string();
		let mut args = vec!["family", "publish", "digits", version, &model];
		args.extend((version == "1").then_some("--latest"));
		assay(node, Some("//Dave"), &args).await.expect_success();
	}
	for (model, id) in [("digits", first), ("digits@1", first), ("digits@2", second)] {
		assert_eq!(resolve(node, model).await, Some(id), "{model}");
	}
	assert_eq!(resolve(node, "digits@3").await, None);

	for worker in ["//Alice", "//Bob", "//Charlie"] {
		let args = ["worker", "serve", "digits", "--slots", "4"];
		assay(node, Some(worker), &args).await.expect_success();
	}
	let output = request(node, &["digits"]).await;
	assert_eq!(
		output.code, 1,
		"the model is not listed, and the request does not allow that: {output:?}"
	);
	let jobs = request(node, &["digits", "--allow-unlisted", "--checkers", "1"])
		.await
		.expect_success();
	let job: JobId = read_field(&jobs[0], "job");
	let job = node.job(job).await;
	assert_eq!(job.model, first, "the record names the model, not the family");
	assert!(matches!(job.status, JobStatus::Settled { .. }), "{job:?}");

	dave(&["family", "latest", "digits", "2"]).await.expect_success();
	assert_eq!(resolve(node, "digits").await, Some(second));
	assert_eq!(
		resolve(node, "digits@1").await,
		Some(first),
		"a version keeps its meaning"
	);
	assert_eq!(
		dry_run(node, Eve, request_call(ModelRef::Latest(family("digits")), true)).await,
		Err(pallet_jobs::Error::<Runtime>::NoFreeSlot.into()),
		"nobody serves the second version"
	);
}

/// Has Eve request an answer to one image.
async fn request(node: &Node, model: &[&str]) -> CommandOutput {
	let image = format!("image={}", digits("test_images.npy").display());
	let args = [&["job", "request"], model, &["--input", &image, "--rows", "0..1"]].concat();
	assay(node, Some("//Eve"), &args).await
}

async fn similar_family_names_are_refused(node: &Node) {
	let before = (node.family("digits").await, node.funds(&Eve.to_account_id()).await.held);
	let cases = [
		("digits", Error::NameTaken),
		("d1gits", Error::NameTooSimilar),
		("dig-its", Error::NameTooSimilar),
		("cligits", Error::NameTooSimilar),
		("digit5", Error::NameTooSimilar),
		// With a Cyrillic i, with an accent, and in other forms that no name may have.
		("d\u{456}gits", Error::InvalidFamilyName),
		("dígits", Error::InvalidFamilyName),
		("Digits", Error::InvalidFamilyName),
		("digits ", Error::InvalidFamilyName),
		("digits--2", Error::InvalidFamilyName),
		("1digits", Error::InvalidFamilyName),
		("", Error::InvalidFamilyName),
	];
	for (name, error) in cases {
		let claim = Call::<Runtime>::claim_family { name: family(name) };
		assert_eq!(dry_run(node, Eve, claim).await, refused(error), "{name:?}");
	}
	let message = assay(node, Some("//Eve"), &["family", "claim", "d1gits"])
		.await
		.expect_refusal();
	assert!(message.contains("NameTooSimilar"), "{message}");
	let output = assay(node, Some("//Eve"), &["family", "claim", "dígits"]).await;
	assert_eq!(output.code, 2, "{output:?}");
	for name in ["d1gits", "dig-its"] {
		assert_eq!(
			(node.family(name).await, resolve(node, name).await),
			(None, None),
			"{name}"
		);
	}
	let after = (node.family("digits").await, node.funds(&Eve.to_account_id()).await.held);
	assert_eq!(after, before);
	// A name that is similar to no other is free.
	let claim = Call::<Runtime>::claim_family {
		name: family("digits-18"),
	};
	assert_eq!(dry_run(node, Eve, claim).await, Ok(()));
}

async fn only_the_owner_publishes_and_no_version_changes(
	node: &Node,
	honest: &ModelSubmission,
	variant: &ModelSubmission,
	tumours: &ModelSubmission,
) {
	let before = node.family("digits").await.expect("the family was claimed");
	let publish = |label: &str, model: ModelId| Call::<Runtime>::publish {
		family: family("digits"),
		version: version(label),
		model,
		latest: true,
	};
	let set_latest = |label: &str| Call::<Runtime>::set_latest {
		family: family("digits"),
		version: version(label),
	};
	assert_eq!(
		dry_run(node, Eve, publish("3", honest.id())).await,
		refused(Error::NotFamilyOwner)
	);
	assert_eq!(
		dry_run(node, Eve, set_latest("1")).await,
		refused(Error::NotFamilyOwner)
	);
	assert_eq!(
		dry_run(node, Dave, set_latest("3")).await,
		refused(Error::UnknownVersion)
	);
	assert_eq!(
		dry_run(node, Dave, publish("1", variant.id())).await,
		refused(Error::VersionTaken)
	);
	assert_eq!(
		dry_run(node, Dave, publish("latest", variant.id())).await,
		refused(Error::InvalidVersionName)
	);
	assert_eq!(
		dry_run(node, Dave, publish("3", tumours.id())).await,
		refused(Error::NotOwner),
		"the model is Ferdie's"
	);
	assert_eq!(node.family("digits").await, Some(before));
	for worker in [Alice, Bob, Charlie] {
		let record = node.worker(&worker.to_account_id()).await.record;
		assert_eq!((record.wrong, record.no_shows), (0, 0), "{worker}");
	}
}

/// Returns the result of a call that is refused with this error.
fn refused(error: Error<Runtime>) -> Result<(), DispatchError> {
	Err(error.into())
}

/// Returns the request of an answer to one image.
fn request_call(model: impl Into<ModelRef>, allow_unlisted: bool) -> pallet_jobs::Call<Runtime> {
	let mut terms = terms(0);
	terms.allow_unlisted = allow_unlisted;
	pallet_jobs::Call::request {
		model: model.into(),
		items: 1,
		input: Payload::of(read_rows(&digits("test_images.npy"), 1).encode()),
		terms,
	}
}

/// Returns the model that a name means now.
async fn resolve(node: &Node, name: &str) -> Option<ModelId> {
	let name: ModelRef = name.parse().expect("the name is valid");
	node.call_api("resolve", name).await
}

/// Makes a family name, even of bytes that are not a valid one.
fn family(name: &str) -> FamilyName {
	name.as_bytes().to_vec().try_into().expect("the name is short")
}

fn version(name: &str) -> VersionName {
	name.as_bytes().to_vec().try_into().expect("the name is short")
}
