//! Which results the off-chain worker watches: under load, on a slow node, and across forks.

use super::watching::{tick, watch_all, watched};
use crate::mock::*;
use assay_mocks::MockNode;
use assay_primitives::{
	host::{Poll, Unavailable},
	watch::{WatchReport, WatcherAccount, WATCH_REPORT},
	JobId,
};
use codec::Decode;
use sp_core::{offchain::StorageKind, H256};
use sp_runtime::Permill;

fn report() -> WatchReport<AccountId, u64, u64> {
	let report = sp_io::offchain::local_storage_get(StorageKind::PERSISTENT, WATCH_REPORT).unwrap();
	WatchReport::decode(&mut &report[..]).unwrap()
}

fn end(job: JobId) {
	Stages::insert(job, Stage::Ended);
}

/// Lets jobs be requested, answered rightly after `delay` blocks and settled, `per_block` of each in every block.
/// Returns how many of a thousand results were watched, in each of four parts of the time.
fn watched_of_flood(node: &MockNode, per_block: u64, delay: u64) -> [usize; 4] {
	let blocks = 2 * delay;
	node.set_ready(outcome(0));
	let from = System::block_number();
	for block in 0..blocks {
		System::set_block_number(from + block);
		for _ in 0..per_block {
			let JobId(latest) = running_job();
			let requested_before = |blocks: u64| latest.checked_sub(blocks * per_block).map(JobId);
			if let Some(answered) = requested_before(delay) {
				finish(answered);
			}
			if let Some(settled) = requested_before(delay + WINDOW + 1) {
				end(settled);
			}
		}
		assert_eq!(tick(node), vec![]);
	}
	let answered = (blocks - delay) * per_block;
	let watched = watched(node);
	[0, 1, 2, 3].map(|part| {
		let part = answered * part / 4..answered * (part + 1) / 4;
		watched.iter().filter(|job| part.contains(&job.0)).count() * 4_000 / answered as usize
	})
}

#[test]
fn a_flood_does_not_blind_the_watch() {
	build_with_node(|node| {
		// With all jobs selected, 20 a block are as many as 400 at a share of 5 %. 2,000 are live at a time, about half
		// of which can be watched.
		node.set_watch_share(Permill::one());
		for part in watched_of_flood(&node, 20, 100) {
			assert!((400..600).contains(&part), "{part} of 1,000");
		}
		let report = report();
		assert_eq!(report.share, Permill::one());
		let effective = report.effective_share.deconstruct() / 1_000;
		assert!((400..600).contains(&effective), "{effective} of 1,000");
	});
}

#[test]
fn a_load_that_the_node_can_hold_is_watched_in_full() {
	build_with_node(|node| {
		node.set_watch_share(Permill::one());
		assert_eq!(watched_of_flood(&node, 20, 40), [1_000; 4]);
		let report = report();
		assert_eq!((report.effective_share, report.missed), (Permill::one(), 0));
		assert!(report.compared > 0);
	});
}

#[test]
fn jobs_that_end_without_a_result_take_no_place() {
	build_with_node(|node| {
		watch_all(&node);
		let job = running_job();
		for block in 1..5 {
			System::set_block_number(block);
			let cancelled: Vec<_> = (0..600).map(|_| running_job()).collect();
			tick(&node);
			cancelled.into_iter().for_each(end);
			tick(&node);
		}
		finish(job);
		assert_eq!(tick(&node), vec![(job, watcher())]);
		assert_eq!(report().missed, 0);
	});
}

#[test]
fn every_job_of_a_full_block_is_considered_at_once() {
	build_with_node(|node| {
		watch_all(&node);
		node.set_ready(outcome(0));
		let jobs: Vec<_> = (0..1_000).map(|_| provisional_job()).collect();
		tick(&node);
		assert_eq!(watched(&node), jobs);
	});
}

#[test]
fn the_number_of_watched_jobs_is_bounded() {
	build_with_node(|node| {
		watch_all(&node);
		node.set_ready(outcome(0));
		let jobs: Vec<_> = (0..3_000).map(|_| running_job()).collect();
		for block in 1..10 {
			System::set_block_number(block);
			tick(&node);
		}
		let notes = sp_io::offchain::local_storage_get(StorageKind::PERSISTENT, b"assay/watch/notes").unwrap();
		assert!(notes.len() < 32 * 1_024, "{}", notes.len());
		jobs.into_iter().for_each(finish);
		tick(&node);
		assert_eq!(watched(&node).len(), 1_024);
	});
}

#[test]
fn a_slow_node_has_few_results_waiting_and_takes_them_in_no_order_of_arrival() {
	build_with_node(|node| {
		watch_all(&node);
		node.set_answer(Poll::Pending);
		let jobs: Vec<_> = (0..200).map(|_| provisional_job()).collect();
		tick(&node);
		let first = watched(&node);
		assert_eq!(first.len(), 8);
		assert!(first != jobs[..8] && first != jobs[192..]);

		// More results make those wait no longer.
		for _ in 0..200 {
			provisional_job();
		}
		System::set_block_number(2);
		tick(&node);
		assert_eq!(watched(&node), first);

		// The others follow once these are done, and more of them if the node was fast.
		node.set_ready(outcome(0));
		System::set_block_number(3);
		tick(&node);
		assert_eq!(watched(&node), first);
		node.take_polls();
		node.set_answer(Poll::Pending);
		System::set_block_number(4);
		tick(&node);
		assert_eq!(watched(&node).len(), 16);
	});
}

#[test]
fn results_whose_files_the_node_lacks_do_not_hold_up_others() {
	build_with_node(|node| {
		watch_all(&node);
		node.set_answer(Poll::Unavailable(Unavailable::NoModel));
		let jobs: Vec<_> = (0..200).map(|_| provisional_job()).collect();
		tick(&node);
		assert_eq!(watched(&node), jobs);
		node.take_polls();
		node.set_answer(Poll::Unavailable(Unavailable::Busy));
		tick(&node);
		assert_eq!(watched(&node).len(), 1, "a busy node is not asked again in this block");
	});
}

#[test]
fn after_a_reorganisation_the_results_of_the_other_fork_are_compared() {
	build_with_node(|node| {
		watch_all(&node);
		let on_fork = |number: u64, fork: u8| frame_system::BlockHash::<Test>::insert(number, H256::repeat_byte(fork));
		on_fork(1, 1);
		let before = provisional_job();
		node.set_ready(outcome(0));
		tick(&node);
		System::set_block_number(2);
		on_fork(2, 2);
		let after = provisional_job();
		assert_eq!(tick(&node), vec![]);
		assert_eq!(tick(&node), vec![]);
		assert_eq!(watched(&node), vec![before, after]);

		// On the other fork, `after` is another request, and `before` was answered later. Both results are wrong there.
		on_fork(2, 3);
		node.take_polls();
		node.set_ready(outcome(1));
		// A watcher has one challenge in the pool at a time.
		let mut challenged: Vec<_> = tick(&node).into_iter().map(|(job, _)| job).collect();
		System::set_block_number(3);
		challenged.extend(tick(&node).into_iter().map(|(job, _)| job));
		challenged.sort();
		assert_eq!(challenged, vec![before, after]);
	});
}

#[test]
fn the_node_is_notified_of_what_it_misses() {
	build_with_node(|node| {
		node.set_watch_share(Permill::from_percent(100));
		let (right, missed) = (provisional_job(), running_job());
		node.set_ready(outcome(0));
		tick(&node);
		node.set_answer(Poll::Pending);
		finish(missed);
		tick(&node);
		assert_eq!(report().watched, 2);
		assert_eq!((report().compared, report().missed), (0, 0));
		[right, missed].into_iter().for_each(end);
		System::set_block_number(2);
		tick(&node);
		let report = report();
		assert_eq!((report.at, report.watched), (2, 0));
		assert_eq!((report.compared, report.missed), (1, 1));
		assert_eq!(report.effective_share, Permill::from_percent(50));
	});
}

#[test]
fn a_result_that_others_challenged_is_not_missed() {
	build(&[], true, |node| {
		watch_all(&node);
		node.set_answer(Poll::Pending);
		let job = provisional_job();
		tick(&node);
		challenge(1, job, outcome(2)).unwrap();
		tick(&node);
		for validator in 0..2 {
			vote(validator, job, 2).unwrap();
		}
		tick(&node);
		assert_eq!((report().watched, report().missed), (0, 0));
	});
}

#[test]
fn the_node_is_notified_whether_its_watcher_can_pay_a_bond() {
	build_with_node(|node| {
		node.set_watch_share(Permill::one());
		for (bond, can_challenge) in [(100, true), (RICH * 2, false)] {
			Bond::set(bond);
			tick(&node);
			assert_eq!(report().bond, bond);
			let account = watcher();
			assert_eq!(report().accounts, vec![WatcherAccount { account, can_challenge }]);
		}
		Bond::set(100);
	});
}

#[test]
fn a_node_without_a_watcher_key_is_notified_of_that() {
	build(&[0], false, |node| {
		node.set_watch_share(Permill::one());
		tick(&node);
		assert!(report().accounts.is_empty());
	});
}
