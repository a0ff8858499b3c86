//! Abuse of the registry while others work with it: a prober that lies, an account that submits models whose files
//! nobody can fetch, and an owner that raises its price or retires its model while jobs are under way.

use assay_primitives::{
	api::{ModelStatus, ParticipantStatus, RefundReason, Rejection},
	probe::Flaw,
	terms::Window,
	JobId, ModelId,
};
use assay_runtime::{protocol::AuditFund, AccountId, Balance, Runtime, RuntimeCall, RuntimeEvent, ASY};
use assay_testing::{
	assay,
	extrinsic::{dry_run, send},
	jobs::find_participant,
	market::{terms, OWNER},
	parameters::{MAX_JOB_BLOCKS, SLOT_BOND},
	probers,
	rpc::{has_ended, Job, JobStatus},
	Market, Member, ModelSubmission, Network, Node, TestParameters, INCLUSION_BLOCKS,
};
use frame_support::traits::Get;
use pallet_jobs::Error;
use pallet_models::Pallet as Models;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, DaveStash, Eve, EveStash};

/// How many models the spammer submits in one batch: many more than can be probed at a time.
const SPAM_MODELS: u8 = 12;
/// The royalty of the market's model.
const ROYALTY: Balance = ASY / 100_000;
/// The royalty to which its owner raises it.
const RAISED_ROYALTY: Balance = ASY / 100;

/// The honest workers.
const HONEST: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];

#[tokio::test(flavor = "multi_thread")]
async fn liars_spammers_and_owners_gain_nothing_from_abuse() {
	let members = [
		Member::new("alice"),
		Member::new("bob"),
		Member::new("charlie"),
		Member::new("dave").misbehaving("wrong"),
	];
	let network = Network::start(members).await;
	let node = network.node("alice");
	// Shorter than by default: nobody watches here, and a model whose file nobody can fetch is rejected only after
	// three such commit periods.
	let parameters = TestParameters {
		commit: 6,
		window: 2,
		..TestParameters::default()
	};
	let ((), market) = tokio::join!(parameters.enact(node), Market::open(&network));

	a_prober_that_lies_loses_its_bonds(&network, &market).await;
	let spam = spam_beyond_the_free_probers_is_refused(node).await;
	market.offer_only(node, &[(Bob, 12), (Charlie, 12)]).await;
	a_higher_price_takes_effect_only_after_notice(node, &market).await;
	an_owner_that_retires_its_model_is_paid_for_the_jobs_under_way(node, &market).await;
	spam_costs_the_spammer_and_nobody_else(node, &spam).await;
	an_honest_model_opens_after_the_spam(&network).await;
}

/// Dave is drawn for every probe, since there are three probers. He rejects a true statement and confirms a false one.
/// Each time, all validators re-execute the probe, and he loses a bond.
async fn a_prober_that_lies_loses_its_bonds(network: &Network, market: &Market) {
	let node = network.node("alice");
	probers::offer_only(node, &[(Bob, 8), (Charlie, 8), (Dave, 4)]).await;
	let digits = ModelSubmission::digits();
	let (truth, lie) = (digits.variant(0), digits.variant(1).with_wrong_outcomes());
	assert_eq!(market.model, digits.id());
	for submission in [&truth, &lie] {
		for node in network.running() {
			submission.upload(node).await;
		}
	}
	let (before, since) = (node.stats().await, node.height().await);
	let stakes = stakes(node).await;
	let calls = [&truth, &lie].map(|submission| submission.submit_call().into());
	send(
		node,
		Eve,
		pallet_utility::Call::<Runtime>::batch_all { calls: calls.into() },
	)
	.await;

	assert_eq!(node.wait_for_probe(truth.id(), MAX_JOB_BLOCKS).await, ModelStatus::Open);
	let rejected = ModelStatus::Rejected(Rejection::Flawed(Flaw::OutcomeMismatch));
	assert_eq!(node.wait_for_probe(lie.id(), MAX_JOB_BLOCKS).await, rejected);

	let dave = Dave.to_account_id();
	let probes = [&truth, &lie].map(|submission| submission.id());
	let mut guilty = Vec::new();
	for model in probes {
		let probe = node.job(node.model(model).await.probe).await;
		let JobStatus::Settled { digest, assurance, .. } = &probe.status else {
			panic!("{probe:?}")
		};
		assert_eq!(
			assurance.verdict,
			Some(*digest),
			"the probers disagreed, so all validators have re-executed the probe"
		);
		let status = find_participant(&probe, &dave).map(|participant| participant.status);
		assert!(matches!(status, Some(ParticipantStatus::Wrong(_))), "{probe:?}");
		guilty.push((probe.id, dave.clone(), SLOT_BOND));
	}
	let mut slashes = slashes(node, since).await;
	slashes.sort();
	assert_eq!(slashes, guilty);
	let after = node.stats().await;
	assert_eq!((after.wrong - before.wrong, after.no_shows), (2, before.no_shows));
	assert_eq!(
		probers::offered_slots(node, Dave).await,
		2,
		"each slot is lost with its bond"
	);
	for (worker, stake) in self::stakes(node).await {
		let lost = if worker == Dave { 2 * SLOT_BOND } else { 0 };
		assert_eq!(stake + lost, stake_of(&stakes, worker), "{worker}");
	}
	probers::offer_only(node, &[(Alice, 2), (Bob, 2), (Charlie, 2)]).await;
}

/// Returns the stakes of all workers.
async fn stakes(node: &Node) -> Vec<(Sr25519Keyring, Balance)> {
	let mut stakes = Vec::new();
	for worker in HONEST.into_iter().chain([Dave]) {
		stakes.push((worker, node.worker(&worker.to_account_id()).await.stake));
	}
	stakes
}

fn stake_of(stakes: &[(Sr25519Keyring, Balance)], worker: Sr25519Keyring) -> Balance {
	let found = stakes.iter().find(|(who, _)| *who == worker);
	found.expect("the account is a worker").1
}

/// Returns all slashes since this block: job, worker, and amount.
async fn slashes(node: &Node, since: u32) -> Vec<(JobId, AccountId, Balance)> {
	let events = node.events(since..=node.height().await).await;
	let slash = |event| match event {
		RuntimeEvent::Jobs(pallet_jobs::Event::Slashed { job, worker, amount }) => Some((job, worker, amount)),
		_ => None,
	};
	events.into_iter().filter_map(slash).collect()
}

/// Models that nobody can reproduce, and the balances when they were submitted.
struct Spam {
	accepted: Vec<ModelId>,
	spammer: Balance,
	stakes: Vec<(Sr25519Keyring, Balance)>,
	no_shows: u64,
}

/// Dave's other account submits a dozen models whose files nobody can fetch. As many are accepted as there are free
/// probers. The next one is refused with `NoFreeSlot`, as is an honest one in the meantime, before any deposit is held.
async fn spam_beyond_the_free_probers_is_refused(node: &Node) -> Spam {
	let submissions: Vec<_> = (0..SPAM_MODELS)
		.map(|n| ModelSubmission::fabricated(vec![n; 100]))
		.collect();
	let (spammer, since) = (DaveStash.to_account_id(), node.final_height().await);
	let calls = submissions
		.iter()
		.map(|submission| RuntimeCall::from(submission.submit_call()))
		.collect();
	send(node, DaveStash, pallet_utility::Call::<Runtime>::batch { calls }).await;
	let (accepted, error) = node
		.wait_until_stable(INCLUSION_BLOCKS, "the spam is in a block", || async {
			let events = node.events(since..=node.height().await).await;
			events.into_iter().find_map(|event| match event {
				RuntimeEvent::Utility(pallet_utility::Event::BatchInterrupted { index, error }) => Some((index, error)),
				_ => None,
			})
		})
		.await;
	assert_eq!(error, Error::<Runtime>::NoFreeSlot.into());
	// Six slots, whose workers promise six checks: two for each probe.
	assert_eq!(accepted, 3);
	let accepted: Vec<_> = submissions
		.iter()
		.take(accepted as usize)
		.map(ModelSubmission::id)
		.collect();
	for (n, submission) in submissions.iter().enumerate() {
		assert_eq!(node.find_model(submission.id()).await.is_some(), n < accepted.len());
	}
	assert_eq!(
		dry_run(node, EveStash, honest().submit_call()).await,
		Err(Error::<Runtime>::NoFreeSlot.into())
	);
	Spam {
		accepted,
		spammer: node.funds(&spammer).await.total(),
		stakes: stakes(node).await,
		no_shows: node.stats().await.no_shows,
	}
}

/// Returns a true submission that nobody has made yet.
fn honest() -> ModelSubmission {
	ModelSubmission::digits().variant(2)
}

/// The owner raises its price while jobs are under way: they cost what they were quoted, and later requests are refused
/// unless they accept the higher price.
async fn a_higher_price_takes_effect_only_after_notice(node: &Node, market: &Market) {
	let fee = node.quote(market.model, 1, &terms(1)).await.fee;
	assert_eq!(fee.royalty, ROYALTY);
	let before = node.stats().await;
	let jobs = market.request_jobs(node, 1, 3).await;
	let args = ["model", "price", &market.model.to_string(), "0.01"];
	// Most of the notice period may be over once the announcement is final.
	let (output, ()) = tokio::join!(assay(node, Some("//Ferdie//stash"), &args), async {
		let announced = node.wait_within(INCLUSION_BLOCKS, "the price is announced", || async {
			node.model(market.model).await.announced
		});
		assert_eq!(announced.await.royalty, RAISED_ROYALTY);
		assert_eq!(
			request_at_most(node, market, fee.total()).await,
			Ok(()),
			"the old price holds during the notice period"
		);
	});
	output.expect_success();
	node.wait_until_stable(2 * INCLUSION_BLOCKS, "the higher price is in force", || async {
		let fee = node.quote(market.model, 1, &terms(1)).await.fee;
		(fee.royalty == RAISED_ROYALTY).then_some(())
	})
	.await;
	assert_eq!(
		request_at_most(node, market, fee.total()).await,
		Err(Error::<Runtime>::MaxFeeExceeded.into())
	);
	assert_eq!(
		request_at_most(node, market, fee.total() + RAISED_ROYALTY - ROYALTY).await,
		Ok(())
	);
	for job in wait_until_settled(node, market, &jobs).await {
		assert_eq!(job.fee, fee, "a job costs what its requester was quoted");
	}
	assert_eq!(node.stats().await.paid_to_owners - before.paid_to_owners, 3 * ROYALTY);
}

/// Returns the result of a request with this maximum fee.
async fn request_at_most(node: &Node, market: &Market, max_fee: Balance) -> Result<(), sp_runtime::DispatchError> {
	let mut request = market.request_call(market.input(), 1);
	if let pallet_jobs::Call::request { terms, .. } = &mut request {
		terms.max_fee = max_fee;
		assert_eq!(terms.window, Window::Standard);
	}
	dry_run(node, Eve, request).await
}

/// Waits until these jobs are settled with the right answers.
async fn wait_until_settled(node: &Node, market: &Market, jobs: &[JobId]) -> Vec<Job> {
	let mut settled = Vec::new();
	for id in jobs {
		let job = node.wait_for_end(*id, MAX_JOB_BLOCKS).await;
		match &job.status {
			JobStatus::Settled { digest, .. } => assert_eq!(*digest, market.expected_digest(&job), "job {id}"),
			status => panic!("job {id}: {status:?}"),
		}
		settled.push(job);
	}
	settled
}

/// The owner retires the model while jobs are under way: they go on, the owner is paid for them, and no new ones are
/// accepted.
async fn an_owner_that_retires_its_model_is_paid_for_the_jobs_under_way(node: &Node, market: &Market) {
	let before = node.stats().await;
	let jobs = market.request_jobs(node, 1, 2).await;
	let model = market.model;
	send(node, OWNER, pallet_models::Call::<Runtime>::retire { model }).await;
	let is_retired = || async { (node.model_status(model).await == ModelStatus::Retired).then_some(()) };
	node.wait_within(INCLUSION_BLOCKS, "the model is retired", is_retired)
		.await;
	for job in &jobs {
		let status = node.job(*job).await.status;
		assert!(!has_ended(&status), "the model was retired too late: {status:?}");
	}
	node.wait_until_stable(INCLUSION_BLOCKS, "the model is retired", is_retired)
		.await;
	assert_eq!(
		node.funds(&OWNER.to_account_id()).await.held,
		Models::<Runtime>::deposit_for_record(&node.model(model).await.spec),
		"more is held than for the record that stays"
	);
	assert_eq!(
		dry_run(node, Eve, market.request_call(market.input(), 1)).await,
		Err(Error::<Runtime>::ModelNotOpen.into())
	);
	wait_until_settled(node, market, &jobs).await;
	assert_eq!(
		node.stats().await.paid_to_owners - before.paid_to_owners,
		2 * RAISED_ROYALTY
	);
}

/// Nobody can fetch the files, so the models are rejected. The deposits are released except those for the records, each
/// probe costs one worker's pay and the price of its blocks, and no worker is fined or slashed.
async fn spam_costs_the_spammer_and_nobody_else(node: &Node, spam: &Spam) {
	let price: Balance = <Runtime as pallet_models::Config>::FailedProbePrice::get();
	let (mut pay, mut burned, mut records) = (0, 0, 0);
	for model in &spam.accepted {
		let rejected = ModelStatus::Rejected(Rejection::NotReproduced);
		assert_eq!(node.wait_for_probe(*model, MAX_JOB_BLOCKS).await, rejected);
		let model = node.model(*model).await;
		let probe = node.job(model.probe).await;
		let JobStatus::Refunded {
			at,
			reason: RefundReason::NoClaim,
			..
		} = probe.status
		else {
			panic!("{probe:?}");
		};
		pay += probe.fee.pay;
		burned += price * Balance::from(at - model.submitted_at);
		records += Models::<Runtime>::deposit_for_record(&model.spec);
	}
	let spammer = node.funds(&DaveStash.to_account_id()).await;
	assert_eq!((spammer.held, spammer.total()), (records, spam.spammer - pay - burned));
	assert_eq!(stakes(node).await, spam.stakes);
	assert_eq!(node.stats().await.no_shows, spam.no_shows);
	for worker in HONEST {
		assert_eq!(probers::offered_slots(node, worker).await, 2, "{worker}");
	}
	assert!(node.funds(&AuditFund::get()).await.total() > pay);
}

async fn an_honest_model_opens_after_the_spam(network: &Network) {
	let (node, submission) = (network.node("alice"), honest());
	for node in network.running() {
		submission.upload(node).await;
	}
	send(node, EveStash, submission.submit_call()).await;
	assert_eq!(
		node.wait_for_probe(submission.id(), MAX_JOB_BLOCKS).await,
		ModelStatus::Open
	);
}
