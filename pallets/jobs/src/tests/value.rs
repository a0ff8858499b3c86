//! What may rest on an answer: no more than bonds can carry.

use crate::{mock::*, Error, JobState, NextJob};
use assay_primitives::{
	api::Quote,
	bounds::{Bound, MAX_EXECUTOR_SLOTS},
	terms::{Terms, MAX_CHECKERS},
	traits::{Offence, SlotUse},
	JobId,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, Permill};

fn at_risk(checkers: u8, value_at_risk: u64) -> Terms<u64> {
	Terms {
		value_at_risk,
		..terms(checkers)
	}
}

fn quote(terms: Terms<u64>) -> Quote<u64> {
	Jobs::quote(MODEL, 1, terms).unwrap()
}

fn most_at_risk(checkers: u8) -> u64 {
	quote(terms(checkers)).most_at_risk
}

/// Requests with as much at risk as is accepted, without an auditor.
fn request_most(checkers: u8) -> JobId {
	let id = NextJob::<Test>::get();
	ask(REQUESTER, 1, at_risk(checkers, most_at_risk(checkers))).unwrap();
	crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
	id
}

/// Returns what the executor of `slots` slots gets in addition: for each further one and for every block of the periods
/// to commit (twice), to reveal and to challenge, each with one for the work.
fn rent(slots: u64) -> u64 {
	3 * (slots - 1) * (2 * (5 + WORK) + (8 + WORK) + (4 + WORK))
}

#[test]
fn property_7_a_pool_that_one_party_may_own_carries_no_more_than_its_bonds() {
	build_and_execute(|| {
		// 1,600 bonds of 32 accounts, which may be one party's. A draw of twelve of them deters anything.
		let many: Vec<_> = (0..32).map(|n| (WORKER + n, 50)).collect();
		Pool::offer(&many);
		assert_noop!(
			ask(REQUESTER, 1, at_risk(MAX_CHECKERS, 250_000 * BOND)),
			Error::<Test>::BondsTooSmall
		);
		// Whoever owns the pool loses sixteen bonds of the executor and twelve of checkers, half of which is burned,
		// nine times out of ten.
		let all = 9 * (16 + 12) * BOND / 2;
		let quote = quote(terms(MAX_CHECKERS));
		assert_eq!(quote.bound, Bound::Capture);
		assert_eq!(quote.most_at_risk, all - fee(MAX_CHECKERS) - rent(16));
	});
}

#[test]
fn property_7_a_pool_carries_no_more_than_a_third_of_it_costs() {
	build_and_execute(|| {
		let pool: Vec<_> = (0..15).map(|n| (WORKER + n, 2)).chain([(115, 14)]).collect();
		Pool::offer(&pool);
		// The others have thirty bonds. With fifteen more a party would have a third.
		let quote = quote(terms(7));
		assert_eq!(quote.bound, Bound::Pool);
		assert_eq!(quote.most_at_risk, 15 * BOND - fee(7) - rent(1));
		assert_noop!(
			ask(REQUESTER, 1, at_risk(7, quote.most_at_risk + 1)),
			Error::<Test>::PoolTooSmall
		);
		assert_ok!(ask(REQUESTER, 1, at_risk(7, quote.most_at_risk)));
	});
}

#[test]
fn property_7_an_account_with_half_of_the_tickets_is_taken_for_a_cartel() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 4)));
		let even = most_at_risk(2);
		let half: Vec<_> = WORKERS
			.map(|worker| (worker, 4))
			.into_iter()
			.chain([(WORKER, 60)])
			.collect();
		Pool::offer(&half);
		assert_eq!(
			quote(terms(2)).backing.odds.malicious_share,
			Permill::from_parts(516_130)
		);
		let uneven = quote(at_risk(2, even));
		assert!(uneven.most_at_risk / u64::from(MAX_EXECUTOR_SLOTS) < even / 4);
	});
}

#[test]
fn property_7_with_nothing_at_risk_one_worker_answers_and_otherwise_nobody_foresees_the_draw() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 9)]);
		assert_noop!(ask(REQUESTER, 1, at_risk(0, 1)), Error::<Test>::TooFewWorkers);
		assert_eq!(
			(quote(terms(0)).exceeded, quote(terms(0)).bound),
			(None, Bound::Workers)
		);
		assert_ok!(ask(REQUESTER, 1, terms(0)));
		for checkers in 0..=7 {
			let enough = 2 * (u64::from(checkers) + 1);
			let pool = |workers| (0..workers).map(|n| (WORKER + n, 9)).collect::<Vec<_>>();
			Pool::offer(&pool(enough - 1));
			assert_noop!(ask(REQUESTER, 1, at_risk(checkers, 1)), Error::<Test>::TooFewWorkers);
			assert_eq!(quote(at_risk(checkers, 1)).exceeded, Some(Bound::Workers));
			Pool::offer(&pool(enough));
			assert_ok!(ask(REQUESTER, 1, at_risk(checkers, 1)));
		}
	});
}

#[test]
fn property_7_bonds_that_are_behind_other_jobs_do_not_count_twice() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 3)));
		let mut at_stake = 0;
		// All jobs at a time never count more bonds than there are, although checks share their stake with slots.
		while most_at_risk(7) > 0 {
			let id = request_most(7);
			at_stake += job(id).terms.backing().bonds();
		}
		assert!(at_stake <= 48 && NextJob::<Test>::get().0 > 3, "{at_stake}");
		assert_eq!(quote(terms(7)).bound, Bound::Capture);
	});
}

#[test]
fn property_7_the_quote_says_how_much_is_accepted_and_which_bound_is_exceeded() {
	let pools: [&[(u64, usize)]; 5] = [
		&[(100, 9), (101, 9)],
		&[(100, 1), (101, 1), (102, 1), (103, 1)],
		&[(100, 40), (101, 2), (102, 2), (103, 2)],
		&[(100, 20), (101, 20), (102, 20), (103, 20), (104, 20), (105, 20)],
		&[
			(100, 1),
			(101, 2),
			(102, 3),
			(103, 4),
			(104, 5),
			(105, 6),
			(106, 7),
			(107, 8),
		],
	];
	for pool in pools {
		for checkers in 0..=4 {
			build_and_execute(|| {
				Pool::offer(pool);
				let most = most_at_risk(checkers);
				let beyond = quote(at_risk(checkers, most + 1));
				let expected = Error::<Test>::of_bound(beyond.exceeded.unwrap());
				assert_noop!(ask(REQUESTER, 1, at_risk(checkers, most + 1)), expected);
				if most > 0 {
					assert_eq!(quote(at_risk(checkers, most)).exceeded, None);
					// Where one worker has far more than others, it may take several tries to find it.
					let asked = ask(REQUESTER, 1, at_risk(checkers, most));
					assert!(
						asked.is_ok() || asked == Err(Error::<Test>::NoCover.into()),
						"{asked:?}"
					);
				}
			});
		}
	}
}

#[test]
fn a_valuable_job_takes_as_many_slots_as_it_needs_and_pays_for_each() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let mut slots = vec![];
		let most = most_at_risk(0);
		for value in [1, most / 16, most / 4, most / 2, most] {
			let quote = quote(at_risk(0, value));
			assert_ok!(ask(REQUESTER, 1, at_risk(0, value)));
			let id = JobId(NextJob::<Test>::get().0 - 1);
			let agreed = job(id).terms;
			assert_eq!((agreed.slots, agreed.fee), (quote.backing.slots, quote.fee));
			assert_eq!(agreed.fee.total(), fee(0) + rent(agreed.slots.into()));
			let busy = Pool::get()
				.slots
				.iter()
				.filter(|slot| **slot == (executor(id), Some(id)))
				.count();
			assert_eq!(busy, usize::from(agreed.slots));
			slots.push(agreed.slots);
		}
		assert!(slots.is_sorted(), "{slots:?}");
		assert_eq!((slots[0], slots[4]), (1, MAX_EXECUTOR_SLOTS));
	});
}

#[test]
fn the_executor_gets_the_rent_with_its_pay() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let id = request_most(1);
		let rent = rent(job(id).terms.slots.into());
		assert!(rent > 0);
		settled(id);
		let [executor, checker] = workers(id)[..] else { panic!() };
		assert_eq!(free_balance(executor), ENDOWMENT + PAY + rent);
		assert_eq!(free_balance(checker), ENDOWMENT + PAY);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1) - rent);
		// One that is cancelled pays as well, or value would occupy slots for nothing.
		let before = free_balance(REQUESTER);
		let id = request_most(0);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(REQUESTER), id, task_of(id)));
		let slots = u64::from(job(id).terms.slots);
		assert_eq!(free_balance(REQUESTER), before - PAY - LEVY - BURN - self::rent(slots));
	});
}

#[test]
fn a_wrong_executor_loses_the_bonds_of_all_its_slots() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let id = request_most(1);
		let slots = u64::from(job(id).terms.slots);
		assert!(slots > 1);
		revealed(id, &[wrong(1), right()]);
		rule(id, verdict(Some(right().digest())));
		let executor = workers(id)[0];
		assert_eq!(
			Punished::get(),
			vec![(executor, id, Offence::WrongAnswer, slots * BOND)]
		);
		assert_eq!(
			free_balance(REQUESTER),
			ENDOWMENT - fee(1) + PAY + slots * BOND / 5,
			"a fifth of each bond, and neither pay nor rent of the executor"
		);
		assert!(
			Pool::get()
				.slots
				.iter()
				.filter(|(worker, _)| *worker == executor)
				.count() == 20 - slots as usize
		);
	});
}

#[test]
fn a_silent_executor_loses_one_slot_and_the_next_one_has_as_many() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let id = request_most(0);
		let (first, slots) = (executor(id), usize::from(job(id).terms.slots));
		run(7);
		assert_eq!(Punished::get(), vec![(first, id, Offence::NoShow, 1_000)]);
		let of = |worker| Pool::get().slots.into_iter().filter(move |(whose, _)| *whose == worker);
		assert_eq!(
			(of(first).count(), of(first).filter(|slot| slot.1.is_some()).count()),
			(19, 0)
		);
		assert_ne!(executor(id), first);
		assert_eq!(of(executor(id)).filter(|slot| slot.1 == Some(id)).count(), slots);
		claim(id, &right());
		run(3);
		reveal(executor(id), id, &right()).unwrap();
		let JobState::Provisional { until, .. } = state(id) else {
			panic!("{:?}", state(id));
		};
		run_to(until + 1);
		assert!(Served::get()
			.iter()
			.any(|(_, of, how)| *of == id && *how != SlotUse::Unused));
	});
}

#[test]
fn without_a_worker_that_has_enough_free_slots_a_valuable_job_is_refused() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 4)));
		let most = most_at_risk(0);
		assert_eq!(quote(at_risk(0, most)).backing.slots, 4);
		Pool::mutate(|pool| pool.slots = WORKERS.iter().flat_map(|worker| [(*worker, None); 3]).collect());
		assert_noop!(ask(REQUESTER, 1, at_risk(0, most)), Error::<Test>::NoCover);
		assert_ok!(ask(REQUESTER, 1, at_risk(0, most / 2)));
	});
}

#[test]
fn the_assurance_records_what_the_job_was_judged_by() {
	build_and_execute(|| {
		Pool::offer(&[(100, 5), (101, 9), (102, 5), (103, 5), (104, 5)]);
		let id = request_most(1);
		let expected = quote(at_risk(1, job(id).terms.value_at_risk));
		// Who comes later does not count.
		Pool::offer(&[(100, 20), (101, 20)]);
		settled(id);
		let assurance = assurance(id);
		let backing = assurance.backing;
		let (odds, capacity) = (backing.odds, backing.capacity);
		assert_eq!((capacity.tickets, capacity.workers, capacity.largest), (29, 5, 9));
		assert_eq!((capacity.mean_age, capacity.idle), (MeanAge::get(), 29));
		assert_eq!((backing.bond, backing.checkers, backing.slots), (BOND, 1, 9));
		assert_eq!(odds.reexecution, Permill::from_percent(90));
		assert_eq!(odds.malicious_share, security().malicious_share);
		assert_eq!(
			assurance.evasion_probability,
			expected.backing.odds.evasion_probability(1)
		);
		assert!(assurance.evasion_probability > odds.draw_probability(1));
		assert_eq!(assurance.bond_at_risk, (9 + 1) * BOND);
	});
}

#[test]
fn errors_name_the_bound() {
	for (bound, error) in [
		(Bound::Workers, Error::<Test>::TooFewWorkers),
		(Bound::Draw, Error::<Test>::InsufficientDeterrence),
		(Bound::Capture, Error::<Test>::BondsTooSmall),
		(Bound::Pool, Error::<Test>::PoolTooSmall),
	] {
		assert_eq!(
			DispatchError::from(Error::<Test>::of_bound(bound)),
			DispatchError::from(error)
		);
	}
}
