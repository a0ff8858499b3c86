//! Blocks keep their limits, even when full of the heaviest transactions of each kind and of all kinds together.

mod backlog;
mod calls;
mod jobs;
mod traffic;
mod tribunal;

use super::{
	chain::{apply, authorized, ballot, begin_block, go_live, open_model, signed, timestamp, Worker},
	genesis::state,
};
use crate::{configs::BlockLength, configs::BlockWeights, *};
use assay_primitives::{key::VoterPair, shares, ModelId};
use backlog::Backlog;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	storage::{with_transaction, TransactionOutcome},
	traits::{Get, Hooks},
};
use jobs::{largest_submission, Staff};
use pallet_jobs::WeightInfo as _;
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::Eve;
use sp_runtime::{DispatchError, Perbill};
use traffic::{votes_a_ballot, Kind, Traffic};
use tribunal::Tribunal;

type JobsWeight = <Runtime as pallet_jobs::Config>::WeightInfo;

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

/// Returns the weight of a share of a block.
fn limit(share: Perbill) -> u64 {
	shares::of_block(share, BlockWeights::get().max_block).ref_time()
}

/// Returns what a block is charged for a transaction.
fn charge_for(transaction: UncheckedExtrinsic) -> u64 {
	let info = transaction.get_dispatch_info();
	let base = BlockWeights::get().get(info.class).base_extrinsic;
	info.total_weight().saturating_add(base).ref_time()
}

/// Returns what is left for transactions while every hook takes its maximum weight.
fn room_beside_hooks() -> u64 {
	let hooks = shares::HOOKS.into_iter().map(limit).sum::<u64>();
	let every_block = BlockWeights::get().base_block.ref_time() + charge_for(timestamp());
	let sum = hooks + every_block;
	println!("of 1000: hooks {}, every block {}", share(hooks), share(every_block));
	max_block().saturating_sub(sum)
}

/// Schedules more for each of the next `blocks` blocks than the scheduler may do in one.
fn crowd_scheduler(blocks: BlockNumber) {
	let now = System::block_number();
	let items: Vec<_> = (0..200u32).map(|key| (key.to_le_bytes().to_vec(), vec![1])).collect();
	for block in now + 1..=now + blocks {
		for _ in 0..<Runtime as pallet_scheduler::Config>::MaxScheduledPerBlock::get() {
			let call = frame_system::Call::set_storage { items: items.clone() };
			assert_ok!(Scheduler::schedule(
				RuntimeOrigin::root(),
				block,
				None,
				0,
				Box::new(call.into())
			));
		}
	}
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
	let of_jobs = limit(shares::DUE_JOBS) + limit(shares::DRAWS);
	assert!(hooks[0] <= of_jobs, "jobs take {} of 1000", share(hooks[0]));
	let of_disputes = limit(shares::DISPUTES);
	assert!(hooks[1] <= of_disputes, "disputes take {} of 1000", share(hooks[1]));
	let before = backlog.left();

	begin_block();
	assert_eq!(apply(timestamp()), Ok(Ok(())));
	Executive::inherents_applied();
	assert_limits(0);
	let left = max_block() - System::block_weight().total().ref_time();
	assert!(left >= limit(shares::TRANSACTIONS), "{} of 1000 are left", share(left));
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
fn property_10_two_fifths_of_a_block_are_left_while_jobs_disputes_and_the_scheduler_are_full() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		System::set_block_number(1);
		go_live();
		let tribunal = Tribunal::convene();
		let staff = Staff::with_slots(Backlog::slots());
		let mut backlog = Backlog::create(&staff, &tribunal);
		crowd_scheduler(4);
		let mut taken = Vec::new();
		for _ in 0..4 {
			begin_block();
			assert_eq!(apply(timestamp()), Ok(Ok(())));
			Executive::inherents_applied();
			backlog.update();
			taken.push(share(System::block_weight().total().ref_time()));
			Executive::finalize_block();
		}
		println!("of 1000, before transactions: {taken:?}; left {:?}", backlog.left());
		assert!(taken.iter().all(|taken| *taken <= 600), "{taken:?} of 1000");
	});
}

/// Jobs end by the agenda, a limited number a block, and otherwise by transactions, of which a cancellation is the
/// lightest.
#[test]
fn property_10_records_are_removed_as_fast_as_full_blocks_can_create_them() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let (job, task) = Default::default();
		let smallest = pallet_jobs::Call::request {
			model: ModelId::default().into(),
			items: 1,
			input: crate::fixtures::input(1, 1),
			terms: jobs::terms(0),
		};
		let request = charge_for(signed(&Eve.pair(), smallest));
		let cancel = charge_for(signed(&Eve.pair(), pallet_jobs::Call::cancel { job, task }));
		let room = BlockWeights::get().get(DispatchClass::Normal).max_total;
		let room = room.expect("it is limited").ref_time();
		let due: u32 = <Runtime as pallet_jobs::Config>::DuePerBlock::get();
		let due = u64::from(due);
		let cancelled = room.saturating_sub(due * request) / (request + cancel);
		let removed = limit(shares::RECORDS) / JobsWeight::prune().ref_time();
		println!("records a block: {due} + {cancelled} created, {removed} removed");
		assert!(removed >= due + cancelled);
	});
}

#[test]
fn full_blocks_keep_their_limits_and_clear_every_backlog() {
	let mut chain = state(sp_genesis_builder::DEV_RUNTIME_PRESET);
	let (mut backlog, mut traffic) = chain.execute_with(|| {
		System::set_block_number(1);
		go_live();
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
