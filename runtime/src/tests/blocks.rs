//! Blocks keep their limits, even when full of the heaviest transactions of each kind and of all kinds together.

mod backlog;
mod calls;
mod jobs;
mod traffic;
mod tribunal;

use super::{
	chain::{apply, authorized, ballot, begin_block, open_model, timestamp, Worker},
	genesis::state,
};
use crate::{configs::BlockLength, configs::BlockWeights, *};
use assay_primitives::key::VoterPair;
use backlog::Backlog;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	storage::{with_transaction, TransactionOutcome},
	traits::{Get, Hooks},
};
use jobs::{largest_submission, Staff};
use pallet_disputes::{WeightInfo as _, MAX_CHALLENGES};
use pallet_jobs::{WeightInfo as _, MAX_PARTICIPANTS, MAX_VISITS};
use sp_core::Pair;
use sp_runtime::DispatchError;
use traffic::{votes_a_ballot, Kind, Traffic};
use tribunal::Tribunal;

type JobsWeight = <Runtime as pallet_jobs::Config>::WeightInfo;
type DisputesWeight = <Runtime as pallet_disputes::Config>::WeightInfo;

const NORMAL: [Kind; 5] = [
	Kind::Ballot,
	Kind::Submission,
	Kind::Serve,
	Kind::Request,
	Kind::Transfer,
];

fn max_block() -> u64 {
	BlockWeights::get().max_block.ref_time()
}

/// Returns a weight in thousandths of a block.
fn share(weight: u64) -> u64 {
	weight * 1_000 / max_block()
}

/// Returns the weight of a hook in the next block.
fn weight_of<Hook: Hooks<BlockNumber>>() -> u64 {
	let next = System::block_number() + 1;
	let weight = with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(Hook::on_initialize(next))));
	weight.expect("transactions are not nested deep here").ref_time()
}

/// Returns the maximum weight of the draws at the end of a block.
fn limit_of_draws() -> u64 {
	let draws: u32 = <Runtime as pallet_jobs::Config>::MaxDraws::get();
	let draws = JobsWeight::draw(1).saturating_mul(draws.into());
	draws.saturating_add(JobsWeight::beacon()).ref_time()
}

/// Returns the maximum weight of deadlines, quarantines and old records: a quarter of a block, and a separate part for
/// records; the last one of each, and those that are only read, come on top.
fn limit_of_jobs_due() -> u64 {
	let most = <Runtime as pallet_jobs::Config>::DuePerBlock::get();
	let last = [
		JobsWeight::settle(MAX_PARTICIPANTS),
		JobsWeight::punish_silence(MAX_PARTICIPANTS),
		JobsWeight::replace_checkers(MAX_PARTICIPANTS),
		JobsWeight::replace_executor(),
	];
	let last = last
		.into_iter()
		.map(|weight| weight.ref_time())
		.max()
		.unwrap_or_default();
	let others = [
		JobsWeight::service_agendas(most),
		JobsWeight::void_job(MAX_PARTICIPANTS),
		JobsWeight::sweep(MAX_VISITS),
		JobsWeight::prune(),
		// The next one, which stays, has to be read as well.
		JobsWeight::prune(),
		JobsWeight::skip_ended_jobs(MAX_VISITS),
	];
	max_block() / 4 + max_block() / 32 + last + others.into_iter().map(|weight| weight.ref_time()).sum::<u64>()
}

fn limit_of_jobs() -> u64 {
	limit_of_jobs_due() + limit_of_draws()
}

/// Returns the maximum weight of disputes whose round ends: a quarter of a block, and the last one on top.
fn limit_of_disputes() -> u64 {
	let most = <Runtime as pallet_disputes::Config>::DuePerBlock::get();
	let voters = <Runtime as pallet_disputes::Config>::MaxValidators::get();
	let last =
		DisputesWeight::decide(voters, MAX_CHALLENGES).saturating_add(JobsWeight::apply_ruling(MAX_PARTICIPANTS));
	let others = DisputesWeight::service_agendas(most, most)
		.saturating_add(DisputesWeight::begin_round(voters))
		.saturating_add(DisputesWeight::count_room());
	max_block() / 4 + last.saturating_add(others).ref_time()
}

/// Returns what a block is charged for a transaction.
fn charge_for(transaction: UncheckedExtrinsic) -> u64 {
	let info = transaction.get_dispatch_info();
	let base = BlockWeights::get().get(info.class).base_extrinsic;
	info.total_weight().saturating_add(base).ref_time()
}

/// Returns what is left for transactions while every hook takes its maximum weight.
fn room_beside_hooks() -> u64 {
	let taken = [
		("base", BlockWeights::get().base_block.ref_time()),
		("timestamp", charge_for(timestamp())),
		("jobs due", limit_of_jobs_due()),
		("draws", limit_of_draws()),
		("disputes", limit_of_disputes()),
	];
	let sum = taken.iter().map(|(_, weight)| weight).sum();
	println!(
		"of 1000: {:?}, all {}",
		taken.map(|(name, weight)| (name, share(weight))),
		share(sum)
	);
	max_block().saturating_sub(sum)
}

/// Asserts that the block is within its limits so far. Operational transactions may also use what is reserved for them.
fn assert_limits(reserved: u64) {
	let (limits, taken) = (BlockWeights::get(), System::block_weight());
	let normal = limits.get(DispatchClass::Normal).max_total.expect("it is limited");
	assert!(taken.get(DispatchClass::Normal).all_lte(normal), "{taken:?}");
	assert!(taken.total().ref_time() <= max_block() + reserved, "{taken:?}");
	let lengths = BlockLength::get().max;
	let class = match reserved {
		0 => DispatchClass::Normal,
		_ => DispatchClass::Operational,
	};
	assert!(System::block_size() <= *lengths.get(class));
}

fn assert_invariants() {
	Models::do_try_state().unwrap();
	Workers::do_try_state().unwrap();
	Jobs::do_try_state().unwrap();
	Disputes::do_try_state().unwrap();
}

/// Makes one block, filled with transactions of `kinds`.
fn make_block(backlog: &mut Backlog, traffic: &mut Traffic, kinds: &[Kind]) {
	let hooks = [weight_of::<Jobs>(), weight_of::<Disputes>()];
	assert!(hooks[0] <= limit_of_jobs(), "jobs take {} of 1000", share(hooks[0]));
	assert!(
		hooks[1] <= limit_of_disputes(),
		"disputes take {} of 1000",
		share(hooks[1])
	);
	let before = backlog.left();

	begin_block();
	assert_eq!(apply(timestamp()), Ok(Ok(())));
	assert_limits(0);
	let due = backlog.due();
	backlog.update();
	let done: Vec<_> = before
		.iter()
		.zip(backlog.left())
		.map(|(before, left)| before - left)
		.collect();
	assert!(done[0] > 0 || due[0] == 0, "no job was acted on");
	assert!(done[1] > 0 || due[1] == 0, "no dispute ended");
	let mut taken = traffic.fill(kinds, || assert_limits(0));
	let full = share(System::block_weight().total().ref_time());
	if !kinds.is_empty() {
		let reserved = BlockWeights::get().get(DispatchClass::Operational).reserved;
		let reserved = reserved.expect("it is limited").ref_time();
		taken.extend(traffic.fill(&[Kind::Operational], || assert_limits(reserved)));
	}
	println!(
		"hooks of jobs {}, of disputes {}; all {full}, with operational {} of 1000; {} KiB; done {done:?}; {taken:?}",
		share(hooks[0]),
		share(hooks[1]),
		share(System::block_weight().total().ref_time()),
		System::block_size() / 1024,
	);
	Executive::finalize_block();
}

#[test]
fn the_largest_submission_fits_beside_all_hooks_at_their_worst() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let model = open_model(b"a model");
		let worker = Worker::register(0).serve(model);
		let submission = charge_for(authorized(largest_submission(&worker, model)));
		let room = room_beside_hooks();
		assert!(submission <= room, "{} of {}", share(submission), share(room));
	});
}

#[test]
fn the_ballot_of_a_node_fits_beside_all_hooks_at_their_worst() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let voter = VoterPair::from_string("//Alice", None).unwrap();
		let votes = vec![Default::default(); votes_a_ballot() as usize];
		let ballot = charge_for(authorized(ballot(&voter, votes)));
		let room = room_beside_hooks();
		assert!(ballot <= room, "{} of {}", share(ballot), share(room));
	});
}

#[test]
fn full_blocks_keep_their_limits_and_clear_every_backlog() {
	let mut chain = state(sp_genesis_builder::DEV_RUNTIME_PRESET);
	let (mut backlog, mut traffic) = chain.execute_with(|| {
		System::set_block_number(1);
		let tribunal = Tribunal::convene();
		let staff = Staff::with_slots(Backlog::slots() + Traffic::slots());
		let backlog = Backlog::create(&staff, &tribunal);
		let traffic = Traffic::new(&staff, &tribunal);
		assert_invariants();
		(backlog, traffic)
	});
	// The maximum number of blocks, if each does one thing, and one block before them.
	let most = backlog.left().into_iter().max().unwrap_or_default() + 1;
	for number in 0..=most {
		chain.commit_all().expect("nothing is left open");
		if chain.execute_with(|| backlog.left()) == [0; 4] {
			break;
		}
		assert!(number < most, "{:?} are left", backlog.left());
		let kinds: &[Kind] = if number <= 3 { &NORMAL } else { &[] };
		chain.execute_with(|| {
			make_block(&mut backlog, &mut traffic, kinds);
			assert_invariants();
		});
	}
}
