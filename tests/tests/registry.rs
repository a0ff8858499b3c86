//! How models come in: what strangers can reproduce opens, whatever else is stated is rejected for a reason that all can read, and
//! names mean what they were first given to.

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
	case::LONGEST,
	cli::field,
	extrinsic::{send, would},
	files::{digits, root, rows},
	governance::Rules,
	market::terms,
	rpc::JobStatus,
	Draft, Network, Node, FEW,
};
use codec::Encode;
use pallet_models::{Call, Error};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::DispatchError;
use std::fs;

/// What a transaction or two cost at most.
const TRANSACTIONS: Balance = ASY / 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_what_strangers_reproduce_and_a_name_means_it_for_ever() {
	let none: &[&str] = &[];
	let network = Network::start(&[("alice", none), ("bob", none), ("charlie", none)]).await;
	let node = network.node("alice");
	Rules::default().decree(node).await;

	let (honest, tumours) = (Draft::digits(), tumours());
	let twin = honest.twin(0);
	for draft in [&honest, &twin, &tumours] {
		for node in network.running() {
			draft.store(node).await;
		}
	}
	what_is_stated_falsely_is_rejected_for_a_reason(node, &honest, &twin, &tumours).await;
	what_was_rejected_opens_once_it_is_stated_truly(node, &honest, &twin).await;
	what_is_on_the_market_cannot_be_submitted_again(node, &honest).await;
	a_family_is_asked_by_its_name(node, &honest, &twin).await;
	nobody_takes_a_name_that_looks_like_it(node).await;
	nobody_else_publishes_in_it_and_no_version_changes(node, &honest, &twin, &tumours).await;
}

/// The breast cancer model, of which all is true.
fn tumours() -> Draft {
	let folder = root().join("models/breast-cancer");
	let file = fs::read(folder.join("breast-cancer.onnx")).expect("a readable file");
	let golden = rows(&folder.join("test_features.npy"), 1);
	let spec = ModelSpec {
		bindings: vec![("N".into(), 1)],
	};
	Draft::of(file, &spec, &[golden]).expect("the model answers its golden input")
}

/// Ferdie states of one model outcomes that it does not have, of its twin those of the first, and of a third that it is cheap.
async fn what_is_stated_falsely_is_rejected_for_a_reason(node: &Node, honest: &Draft, twin: &Draft, tumours: &Draft) {
	let false_twin = Draft {
		statement: honest.statement.clone(),
		..twin.clone()
	};
	let cases = [
		(honest.clone().with_other_outcomes(), Flaw::OtherOutcomes),
		(false_twin, Flaw::OtherOutcomes),
		(tumours.clone().with_other_manifest(), Flaw::OtherManifest),
	];
	let ferdie = Ferdie.to_account_id();
	let (before, stats) = (node.funds(&ferdie).await, node.stats().await);
	let calls = cases.iter().map(|(draft, _)| RuntimeCall::from(draft.call())).collect();
	send(node, Ferdie, pallet_utility::Call::<Runtime>::batch_all { calls }).await;

	let mut fees = 0;
	for (draft, flaw) in &cases {
		let (id, rejected) = (draft.id(), ModelStatus::Rejected(Rejection::Flawed(*flaw)));
		assert_eq!(node.judged(id, LONGEST).await, rejected);
		let history: Vec<_> = node.history(id).await.into_iter().map(|c| (c.by, c.status)).collect();
		assert_eq!(history, [(Authority::Committee, rejected)]);
		let probe = node.job(node.model(id).await.probe).await;
		assert!(matches!(probe.status, JobStatus::Settled { .. }), "{probe:?}");
		assert_eq!(probe.participants.len(), 3, "an executor and two checkers: {probe:?}");
		fees += probe.fee.total();

		let shown = assay(node, None, &["model", "show", &id.to_string()]).await.fine();
		assert_eq!(
			(&shown["status"], &shown["rejection"]),
			(&"rejected".into(), &format!("{flaw:?}").into())
		);
		assert_eq!(
			would(node, Eve, question(id, false)).await,
			Err(pallet_jobs::Error::<Runtime>::ModelNotOpen.into())
		);
	}
	let after = node.funds(&ferdie).await;
	assert_eq!(after.held, before.held, "the deposits are back");
	let paid = before.free - after.free;
	assert!(paid > fees && paid < fees + TRANSACTIONS, "{paid}, the fees are {fees}");
	let now = node.stats().await;
	assert_eq!((now.probes - stats.probes, now.answered), (3, stats.answered));
	assert_eq!(
		(now.slashed, now.disputes),
		(stats.slashed, stats.disputes),
		"all agreed"
	);
}

/// Dave states the truth of what was Ferdie's.
async fn what_was_rejected_opens_once_it_is_stated_truly(node: &Node, honest: &Draft, twin: &Draft) {
	assert_ne!(
		honest.id(),
		twin.id(),
		"a file that differs in one byte is another model"
	);
	let calls = [honest, twin].map(|draft| draft.call().into());
	send(
		node,
		Dave,
		pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() },
	)
	.await;
	node.within(FEW, "the model is on probation again", || async {
		(node.lasting_status(honest.id()).await == Some(ModelStatus::Probation)).then_some(())
	})
	.await;
	assert_eq!(would(node, Eve, honest.call()).await, refused(Error::AlreadySubmitted));

	for draft in [honest, twin] {
		assert_eq!(node.judged(draft.id(), LONGEST).await, ModelStatus::Open);
		let model = node.model(draft.id()).await;
		assert_eq!(model.owner, Dave.to_account_id());
		assert_eq!(model.manifest.as_ref(), Some(&draft.statement.manifest));
		assert_eq!(model.golden.as_ref(), Some(&draft.statement.golden));
		let history: Vec<_> = node
			.history(draft.id())
			.await
			.into_iter()
			.map(|c| (c.by, c.status))
			.collect();
		assert_eq!(
			history[1..],
			[
				(Authority::Owner, ModelStatus::Probation),
				(Authority::Committee, ModelStatus::Open)
			]
		);
	}
	assert_eq!(node.funds(&Ferdie.to_account_id()).await.held, 0);
	assert!(
		node.funds(&Dave.to_account_id()).await.held > 0,
		"a deposit is held while a model is on the market"
	);
}

async fn what_is_on_the_market_cannot_be_submitted_again(node: &Node, honest: &Draft) {
	let stolen = Draft {
		royalty: ASY,
		..honest.clone()
	};
	assert_eq!(would(node, Eve, stolen.call()).await, refused(Error::AlreadySubmitted));
	let file = digits("digits.onnx");
	let mut args = vec!["model", "submit"];
	let path = file.to_string_lossy();
	args.extend([&*path, "--title", "Mine", "--bind", "N=1"]);
	let answer = assay(node, Some("//Eve"), &args).await;
	assert_eq!(answer.code, 1, "{answer:?}");
	assert_eq!(node.model(honest.id()).await.owner, Dave.to_account_id());
}

/// `digits` is a family of Dave's: first of one version, then of two, and its name alone means what he points to.
async fn a_family_is_asked_by_its_name(node: &Node, honest: &Draft, twin: &Draft) {
	let (first, second) = (honest.id(), twin.id());
	let dave = |args: &'static [&'static str]| assay(node, Some("//Dave"), args);
	dave(&["family", "claim", "digits"]).await.fine();
	for (version, model) in [("1", first), ("2", second)] {
		let model = model.to_string();
		let mut args = vec!["family", "publish", "digits", version, &model];
		args.extend((version == "1").then_some("--latest"));
		assay(node, Some("//Dave"), &args).await.fine();
	}
	for (model, id) in [("digits", first), ("digits@1", first), ("digits@2", second)] {
		assert_eq!(meant(node, model).await, Some(id), "{model}");
	}
	assert_eq!(meant(node, "digits@3").await, None);

	for worker in ["//Alice", "//Bob", "//Charlie"] {
		let args = ["worker", "serve", "digits", "--slots", "4"];
		assay(node, Some(worker), &args).await.fine();
	}
	let answer = ask(node, &["digits"]).await;
	assert_eq!(
		answer.code, 1,
		"nobody has voted for it, and nobody has said that this will do: {answer:?}"
	);
	let jobs = ask(node, &["digits", "--allow-unlisted", "--checkers", "1"])
		.await
		.fine();
	let job: JobId = field(&jobs[0], "job");
	let job = node.job(job).await;
	assert_eq!(job.model, first, "a record names exactly what was asked");
	assert!(matches!(job.status, JobStatus::Settled { .. }), "{job:?}");

	dave(&["family", "latest", "digits", "2"]).await.fine();
	assert_eq!(meant(node, "digits").await, Some(second));
	assert_eq!(
		meant(node, "digits@1").await,
		Some(first),
		"versions mean what they meant"
	);
	assert_eq!(
		would(node, Eve, question(ModelRef::Latest(family("digits")), true)).await,
		Err(pallet_jobs::Error::<Runtime>::NoFreeSlot.into()),
		"nobody serves the second version"
	);
}

/// What Eve is told when she asks about one image.
async fn ask(node: &Node, model: &[&str]) -> assay_testing::Answer {
	let image = format!("image={}", digits("test_images.npy").display());
	let args = [&["job", "request"], model, &["--input", &image, "--rows", "0..1"]].concat();
	assay(node, Some("//Eve"), &args).await
}

async fn nobody_takes_a_name_that_looks_like_it(node: &Node) {
	let before = (node.family("digits").await, node.funds(&Eve.to_account_id()).await.held);
	let cases = [
		("digits", Error::NameTaken),
		("d1gits", Error::LooksAlike),
		("dig-its", Error::LooksAlike),
		("cligits", Error::LooksAlike),
		("digit5", Error::LooksAlike),
		// With a Cyrillic i, with an accent, and in other ways that no name is written.
		("d\u{456}gits", Error::NotAFamilyName),
		("dígits", Error::NotAFamilyName),
		("Digits", Error::NotAFamilyName),
		("digits ", Error::NotAFamilyName),
		("digits--2", Error::NotAFamilyName),
		("1digits", Error::NotAFamilyName),
		("", Error::NotAFamilyName),
	];
	for (name, error) in cases {
		let claim = Call::<Runtime>::claim_family { name: family(name) };
		assert_eq!(would(node, Eve, claim).await, refused(error), "{name:?}");
	}
	let message = assay(node, Some("//Eve"), &["family", "claim", "d1gits"])
		.await
		.refusal();
	assert!(message.contains("LooksAlike"), "{message}");
	let answer = assay(node, Some("//Eve"), &["family", "claim", "dígits"]).await;
	assert_eq!(answer.code, 2, "{answer:?}");
	for name in ["d1gits", "dig-its"] {
		assert_eq!(
			(node.family(name).await, meant(node, name).await),
			(None, None),
			"{name}"
		);
	}
	let after = (node.family("digits").await, node.funds(&Eve.to_account_id()).await.held);
	assert_eq!(after, before);
	// What looks like no other name is free.
	let claim = Call::<Runtime>::claim_family {
		name: family("digits-18"),
	};
	assert_eq!(would(node, Eve, claim).await, Ok(()));
}

async fn nobody_else_publishes_in_it_and_no_version_changes(
	node: &Node,
	honest: &Draft,
	twin: &Draft,
	tumours: &Draft,
) {
	let before = node.family("digits").await.expect("it was claimed");
	let publish = |label: &str, model: ModelId| Call::<Runtime>::publish {
		name: family("digits"),
		version: version(label),
		model,
		latest: true,
	};
	let point = |label: &str| Call::<Runtime>::point_latest {
		name: family("digits"),
		version: version(label),
	};
	assert_eq!(
		would(node, Eve, publish("3", honest.id())).await,
		refused(Error::NotFamilyOwner)
	);
	assert_eq!(would(node, Eve, point("1")).await, refused(Error::NotFamilyOwner));
	assert_eq!(would(node, Dave, point("3")).await, refused(Error::UnknownVersion));
	assert_eq!(
		would(node, Dave, publish("1", twin.id())).await,
		refused(Error::VersionTaken)
	);
	assert_eq!(
		would(node, Dave, publish("latest", twin.id())).await,
		refused(Error::NotAVersionName)
	);
	assert_eq!(
		would(node, Dave, publish("3", tumours.id())).await,
		refused(Error::NotOwner),
		"it was Ferdie who submitted it"
	);
	assert_eq!(node.family("digits").await, Some(before));
	for worker in [Alice, Bob, Charlie] {
		let record = node.worker(&worker.to_account_id()).await.record;
		assert_eq!((record.wrong, record.no_shows), (0, 0), "{worker}");
	}
}

/// What a call comes to that is refused so.
fn refused(error: Error<Runtime>) -> Result<(), DispatchError> {
	Err(error.into())
}

/// An image, asked of a model.
fn question(model: impl Into<ModelRef>, allow_unlisted: bool) -> pallet_jobs::Call<Runtime> {
	let mut terms = terms(0);
	terms.allow_unlisted = allow_unlisted;
	pallet_jobs::Call::request {
		model: model.into(),
		items: 1,
		input: Payload::of(rows(&digits("test_images.npy"), 1).encode()),
		terms,
	}
}

/// What a model is called means now.
async fn meant(node: &Node, name: &str) -> Option<ModelId> {
	let name: ModelRef = name.parse().expect("a name");
	node.read("resolve", name).await
}

/// Bytes that may be no name at all.
fn family(name: &str) -> FamilyName {
	name.as_bytes().to_vec().try_into().expect("few bytes")
}

fn version(name: &str) -> VersionName {
	name.as_bytes().to_vec().try_into().expect("few bytes")
}
