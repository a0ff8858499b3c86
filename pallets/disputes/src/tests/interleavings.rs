//! Random interleavings of every call, session and block: invariants hold after each step, no unit appears or vanishes
//! unnoticed, and every dispute ends within its bound.

use crate::{mock::*, Event, Votes, ANSWER_PERIOD};
use assay_primitives::{api::Verdict, JobId};
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect, Hooks},
};
use proptest::prelude::*;
use sp_runtime::Permill;

#[derive(Clone, Debug)]
enum Step {
	Provisional,
	Disagree,
	Challenge { who: u32, job: u64, n: u32 },
	Vote { voter: u32, jobs: Vec<u64>, n: u32 },
	NotRunnable { voter: u32, job: u64 },
	Bring { job: u64, n: u32 },
	Rule { job: u64, n: Option<u32> },
	Session { validators: Vec<u32> },
	Bond { bond: u64 },
	AnswersKnown { known: bool },
	Blocks { blocks: u64 },
}

fn step() -> impl Strategy<Value = Step> {
	let jobs = prop::collection::btree_set(0u64..10, 1..4).prop_map(|jobs| jobs.into_iter().collect());
	let validators = prop::collection::btree_set(0u32..5, 0..5).prop_map(|set| set.into_iter().collect());
	prop_oneof![
		3 => Just(Step::Provisional),
		1 => Just(Step::Disagree),
		6 => (0u32..10, 0u64..10, 0u32..3).prop_map(|(who, job, n)| Step::Challenge { who, job, n }),
		8 => (0u32..5, jobs, 0u32..3).prop_map(|(voter, jobs, n)| Step::Vote { voter, jobs, n }),
		3 => (0u32..5, 0u64..10).prop_map(|(voter, job)| Step::NotRunnable { voter, job }),
		2 => (0u64..10, 0u32..3).prop_map(|(job, n)| Step::Bring { job, n }),
		1 => (0u64..10, prop::option::of(0u32..3)).prop_map(|(job, n)| Step::Rule { job, n }),
		1 => any::<bool>().prop_map(|known| Step::AnswersKnown { known }),
		1 => (5u64..40).prop_map(|blocks| Step::Blocks { blocks }),
		1 => validators.prop_map(|validators| Step::Session { validators }),
		1 => (0u64..400).prop_map(|bond| Step::Bond { bond }),
		3 => Just(Step::Blocks { blocks: 1 }),
	]
}

fn take(step: Step) {
	match step {
		Step::Provisional => {
			provisional_job();
		}
		Step::Disagree => {
			disputed_job();
		}
		Step::Challenge { who, job, n } => {
			let _ = challenge(who, JobId(job), outcome(n));
		}
		Step::Vote { voter, jobs, n } => {
			let votes: Vec<_> = jobs.into_iter().map(|job| (JobId(job), outcome(n).digest())).collect();
			let _ = submit(vote_call(voter, &votes));
		}
		Step::NotRunnable { voter, job } => {
			let _ = vote_not_runnable(voter, JobId(job));
		}
		Step::Bring { job, n } => {
			let _ = bring(JobId(job), outcome(n));
		}
		Step::Rule { job, n } => {
			let _ = rule(JobId(job), n.map_or(Verdict::NotRunnable, right_is));
		}
		Step::AnswersKnown { known } => AnswersKnown::set(known),
		Step::Session { validators } => session(validators),
		Step::Bond { bond } => Bond::set(bond),
		Step::Blocks { blocks } => run_to(System::block_number() + blocks),
	}
}

/// Returns the balance of all accounts of these tests together.
fn wealth() -> u64 {
	(0..70).map(|who| Balances::total_balance(&account(who))).sum::<u64>() + Balances::total_balance(&watcher())
}

proptest! {
	#[test]
	fn property_6_every_interleaving_keeps_the_invariants_and_books_and_ends_every_dispute(
		steps in prop::collection::vec(step(), 1..100),
		paid in any::<bool>(),
	) {
		build_and_execute(|| {
			let digest = outcome(0).digest();
			Burn::set(Permill::from_percent(30));
			// Two accounts can receive, one does not exist.
			let workers = if paid { vec![10, 60, 11] } else { vec![] };
			Workers::set(workers.into_iter().map(|n| (account(n), digest)).collect());
			let issuance = Balances::total_issuance();
			let mut forfeited = 0;
			for step in steps {
				take(step);
				Disputes::do_try_state().unwrap();
				forfeited += events().into_iter().map(|event| match event {
					Event::BondForfeited { amount, .. } => amount,
					_ => 0,
				}).sum::<u64>();
				let burned = issuance - Balances::total_issuance();
				assert_eq!(wealth(), Balances::total_issuance(), "the issuance is not the sum of all balances");
				assert!(burned <= forfeited, "more is burned than was forfeited");
				assert!(paid || burned == forfeited, "a bond that nobody can receive is not burned");
			}
			// The validators do not agree, or nobody brings the answer: a referendum decides, or time passes.
			run_to(System::block_number() + u64::from(ANSWER_PERIOD) + 50);
			let undecided: Vec<_> = crate::Disputes::<Test>::iter_keys().collect();
			for job in undecided {
				assert_ok!(rule(job, Verdict::NotRunnable));
			}
			assert_eq!(crate::Disputes::<Test>::iter().count(), 0);
			assert_eq!(Votes::<Test>::iter().count(), 0);
			assert!((0..70).all(|who| held(&account(who)) == 0), "a bond is stuck");
			assert!(Stages::iter_values().all(|stage| stage != Stage::Disputed), "a job has no ruling");
			Disputes::offchain_worker(System::block_number());
		});
	}
}
