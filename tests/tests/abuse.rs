//! Those who would bend the registry to their own ends while others work with it: a prober that lies, somebody who submits what nobody
//! can fetch, and owners who raise a price or leave while they are asked.

use assay_primitives::{
	api::{ModelStatus, RefundReason, Rejection, Standing},
	probe::Flaw,
	terms::Window,
	JobId, ModelId,
};
use assay_runtime::{protocol::AuditFund, AccountId, Balance, Runtime, RuntimeCall, RuntimeEvent, ASY};
use assay_testing::{
	assay,
	case::{part_of, LONGEST},
	extrinsic::{send, would},
	governance::{Rules, BOND},
	market::{terms, OWNER},
	probers,
	rpc::{has_ended, Job, JobStatus},
	Draft, Market, Network, Node, FEW,
};
use pallet_jobs::Error;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, DaveStash, Eve, EveStash};

/// Models that are submitted at a time, of which few can be reproduced at a time.
const SPAM: u8 = 12;
/// The royalty of the model on the market, and what it is raised to.
const ROYALTY: Balance = ASY / 100_000;
const RAISED: Balance = ASY / 100;

/// The workers that are honest.
const HONEST: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];

#[tokio::test(flavor = "multi_thread")]
async fn neither_liars_nor_spam_nor_owners_get_the_better_of_others() {
	let none: &[&str] = &[];
	let wrong: &[&str] = &["--fault", "wrong"];
	let members = [("alice", none), ("bob", none), ("charlie", none), ("dave", wrong)];
	let network = Network::start(&members).await;
	let node = network.node("alice");
	// Nobody watches here, and what nobody can fetch is given up three times as late as an executor is.
	let rules = Rules {
		commit: 6,
		window: 2,
		..Rules::default()
	};
	let ((), market) = tokio::join!(rules.decree(node), Market::open(&network));

	who_lies_about_models_loses_its_bond(&network, &market).await;
	let spam = spam_is_refused_where_there_is_no_room(node).await;
	market.only(node, &[(Bob, 12), (Charlie, 12)]).await;
	a_price_that_rises_is_seen_coming(node, &market).await;
	who_leaves_is_paid_for_what_was_asked(node, &market).await;
	spam_costs_its_owner_and_nobody_else(node, &spam).await;
	honest_models_come_in_after_it(&network).await;
}

/// Dave is drawn for every probe, for there are three probers. He blames what is stated truly and praises what is not; all validators
/// look, and he loses a bond each time.
async fn who_lies_about_models_loses_its_bond(network: &Network, market: &Market) {
	let node = network.node("alice");
	probers::only(node, &[(Bob, 8), (Charlie, 8), (Dave, 4)]).await;
	let digits = Draft::digits();
	let (truth, lie) = (digits.twin(0), digits.twin(1).with_other_outcomes());
	assert_eq!(market.model, digits.id());
	for draft in [&truth, &lie] {
		for node in network.running() {
			draft.store(node).await;
		}
	}
	let (before, since) = (node.stats().await, node.height().await);
	let stakes = stakes(node).await;
	let calls = [&truth, &lie].map(|draft| draft.call().into());
	send(
		node,
		Eve,
		pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() },
	)
	.await;

	assert_eq!(node.judged(truth.id(), LONGEST).await, ModelStatus::Open);
	let rejected = ModelStatus::Rejected(Rejection::Flawed(Flaw::OtherOutcomes));
	assert_eq!(node.judged(lie.id(), LONGEST).await, rejected);

	let dave = Dave.to_account_id();
	let probes = [&truth, &lie].map(|draft| draft.id());
	let mut guilty = Vec::new();
	for model in probes {
		let probe = node.job(node.model(model).await.probe).await;
		let JobStatus::Settled { digest, assurance, .. } = &probe.status else {
			panic!("{probe:?}")
		};
		assert_eq!(
			assurance.verdict,
			Some(*digest),
			"they disagreed, so all validators have looked"
		);
		let standing = part_of(&probe, &dave).map(|part| part.standing);
		assert!(matches!(standing, Some(Standing::Wrong(_))), "{probe:?}");
		guilty.push((probe.id, dave.clone(), BOND));
	}
	let mut slashed = slashed(node, since).await;
	slashed.sort();
	assert_eq!(slashed, guilty);
	let now = node.stats().await;
	assert_eq!((now.wrong - before.wrong, now.no_shows), (2, before.no_shows));
	assert_eq!(
		probers::offered(node, Dave).await,
		2,
		"the slots are gone with their bonds"
	);
	for (worker, stake) in self::stakes(node).await {
		let lost = if worker == Dave { 2 * BOND } else { 0 };
		assert_eq!(stake + lost, stakes_of(&stakes, worker), "{worker}");
	}
	probers::only(node, &[(Alice, 2), (Bob, 2), (Charlie, 2)]).await;
}

/// What the workers have at stake.
async fn stakes(node: &Node) -> Vec<(Sr25519Keyring, Balance)> {
	let mut stakes = Vec::new();
	for worker in HONEST.into_iter().chain([Dave]) {
		stakes.push((worker, node.worker(&worker.to_account_id()).await.stake));
	}
	stakes
}

fn stakes_of(stakes: &[(Sr25519Keyring, Balance)], worker: Sr25519Keyring) -> Balance {
	let found = stakes.iter().find(|(who, _)| *who == worker);
	found.expect("a worker").1
}

/// Who lost how much since this block, and in which job.
async fn slashed(node: &Node, since: u32) -> Vec<(JobId, AccountId, Balance)> {
	let events = node.events(since..=node.height().await).await;
	let slash = |event| match event {
		RuntimeEvent::Jobs(pallet_jobs::Event::Slashed { job, worker, amount }) => Some((job, worker, amount)),
		_ => None,
	};
	events.into_iter().filter_map(slash).collect()
}

/// What was submitted to no good end, and what everybody had when it was.
struct Spam {
	accepted: Vec<ModelId>,
	spammer: Balance,
	stakes: Vec<(Sr25519Keyring, Balance)>,
	no_shows: u64,
}

/// Dave's other account submits a dozen models that nobody can fetch. As many are taken as there are probers for; the first that is not
/// is refused by name, and so is an honest one meanwhile, before anything is held.
async fn spam_is_refused_where_there_is_no_room(node: &Node) -> Spam {
	let drafts: Vec<_> = (0..SPAM).map(|n| Draft::invented(vec![n; 100])).collect();
	let (spammer, since) = (DaveStash.to_account_id(), node.final_height().await);
	let calls = drafts.iter().map(|draft| RuntimeCall::from(draft.call())).collect();
	send(node, DaveStash, pallet_utility::Call::<Runtime>::batch { calls }).await;
	let (taken, error) = node
		.within_for_good(FEW, "the spam is in a block", || async {
			let events = node.events(since..=node.height().await).await;
			events.into_iter().find_map(|event| match event {
				RuntimeEvent::Utility(pallet_utility::Event::BatchInterrupted { index, error }) => Some((index, error)),
				_ => None,
			})
		})
		.await;
	assert_eq!(error, Error::<Runtime>::NoFreeSlot.into());
	// Six slots, three for each probe.
	assert_eq!(taken, 2);
	let accepted: Vec<_> = drafts.iter().take(taken as usize).map(Draft::id).collect();
	for (n, draft) in drafts.iter().enumerate() {
		assert_eq!(node.find_model(draft.id()).await.is_some(), n < accepted.len());
	}
	assert_eq!(
		would(node, EveStash, honest().call()).await,
		Err(Error::<Runtime>::NoFreeSlot.into())
	);
	Spam {
		accepted,
		spammer: node.funds(&spammer).await.total(),
		stakes: stakes(node).await,
		no_shows: node.stats().await.no_shows,
	}
}

/// What nobody has submitted yet.
fn honest() -> Draft {
	Draft::digits().twin(2)
}

/// The owner raises its price while requests are under way: they pay what they were quoted, and later ones are refused unless they agree.
async fn a_price_that_rises_is_seen_coming(node: &Node, market: &Market) {
	let fee = node.quote(market.model, 1, &terms(1)).await.fee;
	assert_eq!(fee.royalty, ROYALTY);
	let before = node.stats().await;
	let jobs = market.ask(node, 1, 3).await;
	let args = ["model", "price", &market.model.to_string(), "0.01"];
	// Much of the notice may be over when the announcement is final.
	let (answer, ()) = tokio::join!(assay(node, Some("//Ferdie//stash"), &args), async {
		let announced = node.within(FEW, "the price is announced", || async {
			node.model(market.model).await.announced
		});
		assert_eq!(announced.await.royalty, RAISED);
		assert_eq!(at_most(node, market, fee.total()).await, Ok(()), "it is not due yet");
	});
	answer.fine();
	node.within_for_good(2 * FEW, "the price is due", || async {
		let fee = node.quote(market.model, 1, &terms(1)).await.fee;
		(fee.royalty == RAISED).then_some(())
	})
	.await;
	assert_eq!(
		at_most(node, market, fee.total()).await,
		Err(Error::<Runtime>::Overpriced.into())
	);
	assert_eq!(at_most(node, market, fee.total() + RAISED - ROYALTY).await, Ok(()));
	for job in settled(node, market, &jobs).await {
		assert_eq!(job.fee, fee, "what was agreed is paid");
	}
	assert_eq!(node.stats().await.paid_to_owners - before.paid_to_owners, 3 * ROYALTY);
}

/// What becomes of a request that may cost so much.
async fn at_most(node: &Node, market: &Market, max_fee: Balance) -> Result<(), sp_runtime::DispatchError> {
	let mut request = market.request(market.question(), 1);
	if let pallet_jobs::Call::request { terms, .. } = &mut request {
		terms.max_fee = max_fee;
		assert_eq!(terms.window, Window::Standard);
	}
	would(node, Eve, request).await
}

/// Waits until these jobs are settled, with the right answers.
async fn settled(node: &Node, market: &Market, jobs: &[JobId]) -> Vec<Job> {
	let mut settled = Vec::new();
	for id in jobs {
		let job = node.ended(*id, LONGEST).await;
		match &job.status {
			JobStatus::Settled { digest, .. } => assert_eq!(*digest, market.right(&job), "job {id}"),
			status => panic!("job {id}: {status:?}"),
		}
		settled.push(job);
	}
	settled
}

/// The owner retires the model while it is asked: the jobs go on, the owner is paid for them, and no more come.
async fn who_leaves_is_paid_for_what_was_asked(node: &Node, market: &Market) {
	let before = node.stats().await;
	let jobs = market.ask(node, 1, 2).await;
	let model = market.model;
	send(node, OWNER, pallet_models::Call::<Runtime>::retire { model }).await;
	let is_retired = || async { (node.status(model).await == ModelStatus::Retired).then_some(()) };
	node.within(FEW, "the model is retired", is_retired).await;
	for job in &jobs {
		let status = node.job(*job).await.status;
		assert!(!has_ended(&status), "it was retired too late: {status:?}");
	}
	node.within_for_good(FEW, "the model is retired", is_retired).await;
	assert_eq!(node.funds(&OWNER.to_account_id()).await.held, 0, "the deposit is back");
	assert_eq!(
		would(node, Eve, market.request(market.question(), 1)).await,
		Err(Error::<Runtime>::ModelNotOpen.into())
	);
	settled(node, market, &jobs).await;
	assert_eq!(node.stats().await.paid_to_owners - before.paid_to_owners, 2 * RAISED);
}

/// Nobody could fetch it, so it is rejected: the deposits go back, each probe costs one worker's pay, and no worker is to blame.
async fn spam_costs_its_owner_and_nobody_else(node: &Node, spam: &Spam) {
	let mut pay = 0;
	for model in &spam.accepted {
		let rejected = ModelStatus::Rejected(Rejection::NotReproduced);
		assert_eq!(node.judged(*model, LONGEST).await, rejected);
		let probe = node.job(node.model(*model).await.probe).await;
		assert!(
			matches!(
				&probe.status,
				JobStatus::Refunded {
					reason: RefundReason::NoClaim,
					..
				}
			),
			"{probe:?}"
		);
		pay += probe.fee.pay;
	}
	let spammer = node.funds(&DaveStash.to_account_id()).await;
	assert_eq!((spammer.held, spammer.total()), (0, spam.spammer - pay));
	assert_eq!(stakes(node).await, spam.stakes);
	assert_eq!(node.stats().await.no_shows, spam.no_shows);
	for worker in HONEST {
		assert_eq!(probers::offered(node, worker).await, 2, "{worker}");
	}
	assert!(node.funds(&AuditFund::get()).await.total() > pay);
}

async fn honest_models_come_in_after_it(network: &Network) {
	let (node, draft) = (network.node("alice"), honest());
	for node in network.running() {
		draft.store(node).await;
	}
	send(node, EveStash, draft.call()).await;
	assert_eq!(node.judged(draft.id(), LONGEST).await, ModelStatus::Open);
}
