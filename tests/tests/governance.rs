//! Token holders decide, each time by a referendum that is proposed and voted on with the `assay` command, and each time nothing
//! happens but what was decided.

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
	case::LONGEST,
	dispute::Standoff,
	extrinsic::{send, would},
	governance::{Rules, CHALLENGE_BOND, FINE},
	market::REQUESTER,
	referenda::{carry, empower, propose, propose_call, Effect},
	rpc::{has_ended, Job, JobStatus},
	Draft, Market, Network, Node, FEW,
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

/// Why the model is stopped.
const REASON: &str = "it finds an 8 in everything";
/// What everybody begins with.
const ENDOWMENT: Balance = 1_000_000 * ASY;
/// What a no-show is to cost.
const FINED: Balance = 2 * FINE;

#[tokio::test(flavor = "multi_thread")]
async fn token_holders_decide_and_nothing_else_happens() {
	let none: &[&str] = &[];
	let network = Network::start(&[("alice", none), ("bob", none), ("charlie", none)]).await;
	let node = network.node("alice");
	// Jobs stay in flight, and disputes open, for as long as a vote takes.
	let rules = Rules {
		commit: 60,
		window: 120,
		vote: 160,
		..Rules::default()
	};
	rules.decree(node).await;
	let (market, other) = tokio::join!(Market::open(&network), another_model(&network));
	empower(node).await;
	market.only(node, &[(Alice, 2)]).await;
	serve(node, other, Charlie).await;
	let engine = second_engine(node);
	assert_eq!(
		would(node, Eve, on(engine.id)).await,
		Err(pallet_models::Error::<Runtime>::UnknownEngine.into())
	);
	assert_eq!(unlisted(node, &market).await, Err(Error::<Runtime>::Unlisted.into()));
	let before = node.protocol().await;
	assert_eq!(before.security.no_show_fine, FINE);

	// One of the last two nobody leaves on chain, and the other the track of models may not make.
	let hash = BlakeTwo256::hash(b"no call");
	let id = market.model.to_string();
	let (what_model, what_engine) = (["list", &id], ["engine", "list", &engine.path]);
	let answered = market.ask(node, 0, 1).await[0];
	let (list, list_engine, fine, missing, usurping, dispute) = tokio::join!(
		propose(node, "//Alice//stash", &what_model),
		propose(node, "//Bob//stash", &what_engine),
		propose(node, "//Charlie//stash", &["param", "security.no_show_fine", "0.2"]),
		propose_call(node, DaveStash, Origin::ModelAdmin, Bounded::Lookup { hash, len: 7 }),
		propose_call(node, EveStash, Origin::ModelAdmin, inline(default_security())),
		Standoff::begin(node, &market, REQUESTER, Dave),
	);
	// All at once, by one account.
	tokio::join!(
		list.approve(node),
		missing.approve(node),
		usurping.approve(node),
		fine.approve(node),
		list_engine.approve(node),
	);

	list.takes_effect(node).await;
	assert_eq!(node.status(market.model).await, ModelStatus::Listed);
	assert_eq!(node.status(other).await, ModelStatus::Open);
	assert_eq!(missing.enacted(node).await, Effect::Missing);
	assert_eq!(usurping.enacted(node).await, Effect::Made(Err(BadOrigin.into())));
	assert_eq!(node.protocol().await.security, before.security);

	let in_flight = InFlight::gather(node, &market, other, answered, dispute).await;
	a_quarantine_ends_what_is_in_flight(&network, &market, in_flight).await;
	a_release_makes_it_what_it_was(node, &market).await;

	fine.takes_effect(node).await;
	let after = node.protocol().await;
	assert_eq!(after.security.no_show_fine, FINED);
	assert_eq!((after.pricing, after.periods), (before.pricing, before.periods));
	list_engine.takes_effect(node).await;
	a_second_engine_is_known_and_the_first_serves_on(node, &engine, &market).await;
}

/// A model that no vote is about.
async fn another_model(network: &Network) -> ModelId {
	let (node, draft) = (network.node("alice"), Draft::digits().twin(0));
	for node in network.running() {
		draft.store(node).await;
	}
	send(node, Eve, draft.call()).await;
	assert_eq!(node.judged(draft.id(), LONGEST).await, ModelStatus::Open);
	draft.id()
}

async fn serve(node: &Node, model: ModelId, worker: Sr25519Keyring) {
	send(node, worker, pallet_workers::Call::<Runtime>::serve { model, slots: 1 }).await;
	node.within_for_good(FEW, "the model is served", || async {
		(node.model(model).await.free_slots == 1).then_some(())
	})
	.await;
}

/// What becomes of a request for a model that token holders must have voted for.
async fn unlisted(node: &Node, market: &Market) -> Result<(), DispatchError> {
	let mut request = market.request(market.question(), 0);
	if let pallet_jobs::Call::request { terms, .. } = &mut request {
		terms.allow_unlisted = false;
	}
	would(node, Dave, request).await
}

/// A call as a proposal carries it.
fn inline(call: RuntimeCall) -> BoundedCallOf<Runtime, ()> {
	Bounded::Inline(call.encode().try_into().expect("a short call"))
}

/// What only the track of parameters may do.
fn default_security() -> RuntimeCall {
	let key_value = RuntimeParameters::Protocol(keys::Parameters::Security(keys::Security, None));
	pallet_parameters::Call::<Runtime>::set_parameter { key_value }.into()
}

/// What is under way when the vote has passed.
struct InFlight {
	/// An answer that may be challenged.
	answered: JobId,
	/// Before the tribunal.
	dispute: Standoff,
	/// Nobody is bound to an answer.
	claiming: JobId,
	/// About another model.
	elsewhere: JobId,
}

impl InFlight {
	async fn gather(node: &Node, market: &Market, other: ModelId, answered: JobId, dispute: Standoff) -> Self {
		let status = node.job(answered).await.status;
		assert!(matches!(status, JobStatus::Provisional { .. }), "{status:?}");
		market.offer(node, &[(Bob, 1)]).await;
		// Bob's node lacks the input.
		let claiming = JobId(node.stats().await.requested);
		send(node, REQUESTER, market.by_name().0).await;
		node.within(FEW, "Bob is asked", || node.find_job(claiming)).await;
		Self {
			answered,
			dispute,
			claiming,
			elsewhere: ask_other(node, market, other).await,
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
	let what = ["quarantine", &market.model.to_string(), "--reason", REASON];
	let quarantine = carry(node, &what).await;
	for job in [answered, claiming, elsewhere] {
		let status = node.job(job).await.status;
		assert!(!has_ended(&status), "job {job} has ended too early: {status:?}");
	}
	quarantine.takes_effect(node).await;
	assert_eq!(
		node.status(market.model).await,
		ModelStatus::Quarantined { listed: true }
	);
	let last = node.history(market.model).await.pop().expect("its status has changed");
	let reason = BlakeTwo256::hash(REASON.as_bytes());
	assert_eq!((last.by, last.reason), (Authority::QuarantineOrigin, Some(reason)));
	assert_eq!(
		would(node, Eve, market.request(market.question(), 0)).await,
		Err(Error::<Runtime>::ModelNotOpen.into())
	);

	for job in [answered, claiming] {
		let job = node.ended(job, FEW).await;
		assert_eq!(refund(&job), Some((RefundReason::Quarantined, None)), "{job:?}");
	}
	let pay = node.job(answered).await.fee.pay;
	assert_eq!(
		node.funds(&fund).await.total(),
		funded - pay,
		"who was bound is paid out of the fund, and nobody else"
	);
	let now = node.funds(&requester).await;
	assert_eq!((now.total(), now.held), (before.total(), dispute.job.fee.total()));
	dispute.assert_lasts(node).await;
	let status = node.job(elsewhere).await.status;
	assert!(!has_ended(&status), "{status:?}");

	// The tribunal goes on: whoever was right is paid, and who was wrong pays.
	dispute.end(&[network.node("bob"), network.node("charlie")]).await;
	// Bob may be a block ahead of the node that is asked for funds below.
	let ended = node.ended(dispute.job.id, FEW).await;
	let JobStatus::Provisional { digest, .. } = dispute.job.status else {
		panic!("it was contested")
	};
	assert_eq!(
		refund(&ended),
		Some((RefundReason::Quarantined, Some(digest))),
		"{ended:?}"
	);
	assert_eq!(node.funds(&fund).await.total(), funded - pay - ended.fee.pay);
	let now = node.funds(&requester).await;
	assert_eq!((now.total(), now.held), (before.total(), 0));
	let record = node.voter(&Alice.to_account_id()).await;
	assert_eq!((record.with_verdict, record.against_verdict), (1, 0));
	let challenger = node.funds(&Dave.to_account_id()).await;
	assert_eq!(challenger.held, 0);
	assert!(challenger.free < ENDOWMENT - CHALLENGE_BOND, "{challenger:?}");
	let stats = node.stats().await;
	assert_eq!((stats.slashed, stats.no_shows), (0, 0));
}

/// Why a job was refunded, and what the tribunal had found.
fn refund(job: &Job) -> Option<(RefundReason, Option<OutcomeDigest>)> {
	match job.status {
		JobStatus::Refunded { reason, verdict, .. } => Some((reason, verdict)),
		_ => None,
	}
}

/// Eve asks the other model.
async fn ask_other(node: &Node, market: &Market, other: ModelId) -> JobId {
	let mut request = market.request(market.question(), 0);
	if let pallet_jobs::Call::request { model, .. } = &mut request {
		*model = other.into();
	}
	let job = JobId(node.stats().await.requested);
	send(node, Eve, request).await;
	node.within(FEW, "the other model is asked", || node.find_job(job))
		.await;
	job
}

/// It may be asked again by those who want it listed.
async fn a_release_makes_it_what_it_was(node: &Node, market: &Market) {
	let release = carry(node, &["release", &market.model.to_string()]).await;
	release.takes_effect(node).await;
	assert_eq!(node.status(market.model).await, ModelStatus::Listed);
	market.only(node, &[(Alice, 2)]).await;
	assert_eq!(unlisted(node, market).await, Ok(()));
	market.answer_one(node, false).await;
}

/// An engine that is the first but for its name.
struct SecondEngine {
	path: String,
	id: EngineId,
}

fn second_engine(node: &Node) -> SecondEngine {
	// A custom section: its id, its length, the length of its name, its name.
	let mut blob = Engine::builtin_blob().to_vec();
	blob.extend([0, 7, 6]);
	blob.extend(b"second");
	let path = node.folder().join("second.wasm");
	fs::write(&path, &blob).expect("a writable folder");
	SecondEngine {
		path: path.to_string_lossy().into_owned(),
		id: EngineId::of(&blob),
	}
}

/// A submission that names this engine.
fn on(engine: EngineId) -> pallet_models::Call<Runtime> {
	let mut call = Draft::digits().call();
	if let pallet_models::Call::submit { engine: named, .. } = &mut call {
		*named = engine;
	}
	call
}

async fn a_second_engine_is_known_and_the_first_serves_on(node: &Node, second: &SecondEngine, market: &Market) {
	let engines = node.engines().await;
	assert!(
		engines.contains(&second.id) && engines.contains(&Engine::builtin_id()),
		"{engines:?}"
	);
	assert_eq!(engines.len(), 2);
	// Its models are known by other ids, and nobody probes them yet.
	assert_eq!(
		would(node, Eve, on(second.id)).await,
		Err(Error::<Runtime>::NoFreeSlot.into())
	);
	let model = probe_pool(second.id);
	let serve = pallet_workers::Call::<Runtime>::serve { model, slots: 1 };
	assert_eq!(would(node, Alice, serve).await, Ok(()));
	assert_eq!(would(node, Dave, market.request(market.question(), 0)).await, Ok(()));
}
