//! Token holders decide, each time by a referendum that is proposed and voted on with the `assay` command. Each time,
//! what they decided happens, and nothing else.

use assay_engine::Engine;
use assay_primitives::{
	api::{Authority, ModelStatus, RefundReason},
	probe::probe_pool,
	EngineId, JobId, ModelId, OutcomeDigest,
};
use assay_runtime::{
	governance::pallet_custom_origins::Origin,
	protocol::{dynamic_params::protocol as keys, AuditFund, RuntimeParameters},
	Balance, Runtime, RuntimeCall, ASY,
};
use assay_testing::{
	extrinsic::{dry_run, send},
	market::REQUESTER,
	parameters::{CHALLENGE_BOND, MAX_JOB_BLOCKS, NO_SHOW_FINE},
	referenda::{give_majority, propose, propose_and_approve, propose_call, Dispatch},
	rpc::{has_ended, Job, JobStatus},
	Market, Member, ModelSubmission, Network, Node, OpenDispute, TestParameters, INCLUSION_BLOCKS,
};
use codec::Encode;
use frame_support::traits::Bounded;
use pallet_jobs::Error;
use pallet_referenda::BoundedCallOf;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, DaveStash, Eve, EveStash};
use sp_runtime::{
	traits::{BadOrigin, BlakeTwo256, Hash},
	DispatchError,
};
use std::fs;

/// The reason for the quarantine.
const REASON: &str = "it finds an 8 in everything";
/// The balance of each development account in genesis.
const ENDOWMENT: Balance = 1_000_000 * ASY;
/// The fine for a no-show that token holders vote for.
const VOTED_FINE: Balance = 2 * NO_SHOW_FINE;

#[tokio::test(flavor = "multi_thread")]
async fn token_holders_decide_and_nothing_else_happens() {
	let network = Network::start(["alice", "bob", "charlie"].map(Member::new)).await;
	let node = network.node("alice");
	// Jobs stay in flight, and disputes open, for longer than a referendum takes.
	let parameters = TestParameters {
		commit: 60,
		window: 120,
		vote: 160,
		..TestParameters::default()
	};
	parameters.enact(node).await;
	let (market, other) = tokio::join!(Market::open(&network), open_other_model(&network));
	give_majority(node).await;
	market.offer_only(node, &[(Alice, 2)]).await;
	serve(node, other, Charlie).await;
	let engine = make_second_engine(node);
	assert_eq!(
		dry_run(node, Eve, submit_on(engine.id)).await,
		Err(pallet_models::Error::<Runtime>::UnknownEngine.into())
	);
	assert_eq!(
		request_listed(node, &market).await,
		Err(Error::<Runtime>::ModelNotListed.into())
	);
	let before = node.protocol().await;
	assert_eq!(before.security.no_show_fine, NO_SHOW_FINE);

	// The last two proposals must fail: nobody notes the preimage of one, and the origin of the other may not make its
	// call.
	let hash = BlakeTwo256::hash(b"no call");
	let id = market.model.to_string();
	let (list_args, list_engine_args) = (["list", &id], ["engine", "list", &engine.path]);
	let answered = market.request_jobs(node, 0, 1).await[0];
	let (list, list_engine, fine, missing, usurping, dispute) = tokio::join!(
		propose(node, "//Alice//stash", &list_args),
		propose(node, "//Bob//stash", &list_engine_args),
		propose(node, "//Charlie//stash", &["param", "security.no_show_fine", "0.2"]),
		propose_call(node, DaveStash, Origin::ModelAdmin, Bounded::Lookup { hash, len: 7 }),
		propose_call(node, EveStash, Origin::ModelAdmin, inline(default_security())),
		OpenDispute::open(node, &market, REQUESTER, Dave),
	);
	// One account votes on all of them at once.
	tokio::join!(
		list.approve(node),
		missing.approve(node),
		usurping.approve(node),
		fine.approve(node),
		list_engine.approve(node),
	);

	list.wait_for_success(node).await;
	assert_eq!(node.model_status(market.model).await, ModelStatus::Listed);
	assert_eq!(node.model_status(other).await, ModelStatus::Open);
	assert_eq!(missing.wait_for_enactment(node).await, Dispatch::CallUnavailable);
	assert_eq!(
		usurping.wait_for_enactment(node).await,
		Dispatch::Executed(Err(BadOrigin.into()))
	);
	assert_eq!(node.protocol().await.security, before.security);

	let in_flight = InFlight::gather(node, &market, other, answered, dispute).await;
	a_quarantine_ends_what_is_in_flight(&network, &market, in_flight).await;
	a_release_makes_the_model_listed_again(node, &market).await;

	fine.wait_for_success(node).await;
	let after = node.protocol().await;
	assert_eq!(after.security.no_show_fine, VOTED_FINE);
	assert_eq!((after.pricing, after.periods), (before.pricing, before.periods));
	list_engine.wait_for_success(node).await;
	a_second_engine_is_listed_and_the_first_still_serves(node, &engine, &market).await;
}

/// Opens a model that no referendum is about.
async fn open_other_model(network: &Network) -> ModelId {
	let (node, submission) = (network.node("alice"), ModelSubmission::digits().variant(0));
	for node in network.running() {
		submission.upload(node).await;
	}
	send(node, Eve, submission.submit_call()).await;
	assert_eq!(
		node.wait_for_probe(submission.id(), MAX_JOB_BLOCKS).await,
		ModelStatus::Open
	);
	submission.id()
}

async fn serve(node: &Node, model: ModelId, worker: Sr25519Keyring) {
	send(node, worker, pallet_workers::Call::<Runtime>::serve { model, slots: 1 }).await;
	node.wait_until_stable(INCLUSION_BLOCKS, "the model is served", || async {
		(node.model(model).await.free_slots == 1).then_some(())
	})
	.await;
}

/// Returns the result of a request that allows listed models only.
async fn request_listed(node: &Node, market: &Market) -> Result<(), DispatchError> {
	let mut request = market.request_call(market.input(), 0);
	if let pallet_jobs::Call::request { terms, .. } = &mut request {
		terms.allow_unlisted = false;
	}
	dry_run(node, Dave, request).await
}

/// Returns a call as it is in a proposal.
fn inline(call: RuntimeCall) -> BoundedCallOf<Runtime, ()> {
	Bounded::Inline(call.encode().try_into().expect("the call is short"))
}

/// Returns a call that only the origin of the parameter track may make.
fn default_security() -> RuntimeCall {
	let key_value = RuntimeParameters::Protocol(keys::Parameters::Security(keys::Security, None));
	assay_runtime::parameters::pallet::Call::<Runtime>::set_parameter { key_value }.into()
}

/// What is under way when the quarantine is enacted.
struct InFlight {
	/// A job whose answer may be challenged.
	answered: JobId,
	/// A job before the tribunal.
	dispute: OpenDispute,
	/// A job to which nobody has committed an answer.
	claiming: JobId,
	/// A job of another model.
	elsewhere: JobId,
}

impl InFlight {
	async fn gather(node: &Node, market: &Market, other: ModelId, answered: JobId, dispute: OpenDispute) -> Self {
		let status = node.job(answered).await.status;
		assert!(matches!(status, JobStatus::Provisional { .. }), "{status:?}");
		market.offer(node, &[(Bob, 1)]).await;
		// Bob's node does not have the input.
		let claiming = JobId(node.stats().await.requested);
		send(node, REQUESTER, market.artifact_request().0).await;
		node.wait_within(INCLUSION_BLOCKS, "Bob's job is accepted", || node.find_job(claiming))
			.await;
		Self {
			answered,
			dispute,
			claiming,
			elsewhere: request_other(node, market, other).await,
		}
	}
}

async fn a_quarantine_ends_what_is_in_flight(network: &Network, market: &Market, jobs: InFlight) {
	let InFlight {
		answered,
		dispute,
		claiming,
		elsewhere,
	} = jobs;
	let node = network.node("alice");
	let (requester, fund) = (REQUESTER.to_account_id(), AuditFund::get());
	let (before, funded) = (node.funds(&requester).await, node.funds(&fund).await.total());
	let quarantine_args = ["quarantine", &market.model.to_string(), "--reason", REASON];
	let quarantine = propose_and_approve(node, &quarantine_args).await;
	for job in [answered, claiming, elsewhere] {
		let status = node.job(job).await.status;
		assert!(!has_ended(&status), "job {job} has ended too early: {status:?}");
	}
	quarantine.wait_for_success(node).await;
	assert_eq!(
		node.model_status(market.model).await,
		ModelStatus::Quarantined { listed: true }
	);
	let last = node.history(market.model).await.pop().expect("its status has changed");
	let reason = BlakeTwo256::hash(REASON.as_bytes());
	assert_eq!((last.by, last.reason), (Authority::QuarantineOrigin, Some(reason)));
	assert_eq!(
		dry_run(node, Eve, market.request_call(market.input(), 0)).await,
		Err(Error::<Runtime>::ModelNotOpen.into())
	);

	for job in [answered, claiming] {
		let job = node.wait_for_end(job, INCLUSION_BLOCKS).await;
		assert_eq!(refund(&job), Some((RefundReason::Quarantined, None)), "{job:?}");
	}
	let pay = node.job(answered).await.fee.pay;
	assert_eq!(node.funds(&fund).await.total(), funded, "the fund has paid");
	let now = node.funds(&requester).await;
	assert_eq!(
		(now.total(), now.held),
		(before.total() - pay, dispute.job.fee.total()),
		"the worker that had answered is paid out of the fee, and nobody else"
	);
	dispute.assert_still_open(node).await;
	let status = node.job(elsewhere).await.status;
	assert!(!has_ended(&status), "{status:?}");

	// The tribunal goes on: those who were right are paid, and those who were wrong pay.
	dispute.resolve(&[network.node("bob"), network.node("charlie")]).await;
	// Bob's node may be a block ahead of Alice's, which is asked for balances below.
	let ended = node.wait_for_end(dispute.job.id, INCLUSION_BLOCKS).await;
	let JobStatus::Provisional { digest, .. } = dispute.job.status else {
		panic!("a challenged result is provisional")
	};
	assert_eq!(
		refund(&ended),
		Some((RefundReason::Quarantined, Some(digest))),
		"{ended:?}"
	);
	assert_eq!(node.funds(&fund).await.total(), funded);
	let now = node.funds(&requester).await;
	assert_eq!((now.total(), now.held), (before.total() - pay - ended.fee.pay, 0));
	let record = node.voter(&Alice.to_account_id()).await;
	assert_eq!((record.with_verdict, record.against_verdict), (1, 0));
	let challenger = node.funds(&Dave.to_account_id()).await;
	assert_eq!(challenger.held, 0);
	// A challenge pays no fee.
	assert_eq!(challenger.free, ENDOWMENT - CHALLENGE_BOND);
	let stats = node.stats().await;
	assert_eq!((stats.slashed, stats.no_shows), (0, 0));
}

/// Returns why a job was refunded, and the tribunal's verdict.
fn refund(job: &Job) -> Option<(RefundReason, Option<OutcomeDigest>)> {
	match job.status {
		JobStatus::Refunded { reason, verdict, .. } => Some((reason, verdict)),
		_ => None,
	}
}

/// Has Eve request a job of the other model.
async fn request_other(node: &Node, market: &Market, other: ModelId) -> JobId {
	let mut request = market.request_call(market.input(), 0);
	if let pallet_jobs::Call::request { model, .. } = &mut request {
		*model = other.into();
	}
	let job = JobId(node.stats().await.requested);
	send(node, Eve, request).await;
	node.wait_within(INCLUSION_BLOCKS, "the job of the other model is accepted", || {
		node.find_job(job)
	})
	.await;
	job
}

/// Requests that allow listed models only are accepted again.
async fn a_release_makes_the_model_listed_again(node: &Node, market: &Market) {
	let release = propose_and_approve(node, &["release", &market.model.to_string()]).await;
	release.wait_for_success(node).await;
	assert_eq!(node.model_status(market.model).await, ModelStatus::Listed);
	market.offer_only(node, &[(Alice, 2)]).await;
	assert_eq!(request_listed(node, market).await, Ok(()));
	market.settle_one(node, false).await;
}

/// An engine that differs from the first one only in its name.
struct SecondEngine {
	path: String,
	id: EngineId,
}

/// Writes the engine to a file in the node's folder.
fn make_second_engine(node: &Node) -> SecondEngine {
	// A custom section of WebAssembly: its id, its length, the length of its name, its name.
	let mut blob = Engine::builtin_blob().to_vec();
	blob.extend([0, 7, 6]);
	blob.extend(b"second");
	let path = node.folder().join("second.wasm");
	fs::write(&path, &blob).expect("the node's folder is writable");
	SecondEngine {
		path: path.to_string_lossy().into_owned(),
		id: EngineId::of(&blob),
	}
}

/// Returns a submission of the digits model for this engine.
fn submit_on(engine: EngineId) -> pallet_models::Call<Runtime> {
	let mut call = ModelSubmission::digits().submit_call();
	if let pallet_models::Call::submit { engine: named, .. } = &mut call {
		*named = engine;
	}
	call
}

async fn a_second_engine_is_listed_and_the_first_still_serves(node: &Node, second: &SecondEngine, market: &Market) {
	let engines = node.engines().await;
	assert!(
		engines.contains(&second.id) && engines.contains(&Engine::builtin_id()),
		"{engines:?}"
	);
	assert_eq!(engines.len(), 2);
	// Its models have other ids, and nobody probes them yet.
	assert_eq!(
		dry_run(node, Eve, submit_on(second.id)).await,
		Err(Error::<Runtime>::NoFreeSlot.into())
	);
	let model = probe_pool(second.id);
	let serve = pallet_workers::Call::<Runtime>::serve { model, slots: 1 };
	assert_eq!(dry_run(node, Alice, serve).await, Ok(()));
	assert_eq!(
		dry_run(node, Dave, market.request_call(market.input(), 0)).await,
		Ok(())
	);
}
