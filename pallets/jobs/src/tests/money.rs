//! Payments if an account is poor, empty, missing or the same as another.

use crate::{mock::*, Jobs as JobsMap, Totals};
use assay_primitives::traits::ModelTerms;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	tokens::{Fortitude, Precision, Preservation},
};
use sp_runtime::Permill;

/// Transfers everything except `left` from the audit fund to the challenger.
fn drain_fund(left: u64) {
	Balances::transfer(&FUND, &CHALLENGER, ENDOWMENT - left, Preservation::Expendable).unwrap();
	assert_eq!(Balances::total_balance(&FUND), left);
}

#[test]
fn an_auditor_is_paid_as_far_as_the_fund_reaches() {
	for (left, paid) in [(DEPOSIT, 0), (DEPOSIT + 50, 50), (DEPOSIT + PAY, PAY)] {
		build_and_execute(|| {
			drain_fund(left);
			let id = request_audited(0, Permill::one());
			settled(id);
			let [executor, auditor] = workers(id)[..] else {
				panic!("an executor and an auditor");
			};
			assert_eq!(free_balance(executor), ENDOWMENT + PAY);
			assert_eq!(free_balance(auditor), ENDOWMENT + paid);
			assert_eq!(free_balance(FUND), left - paid + LEVY);
			assert_eq!(Totals::<Test>::get().paid_to_workers, PAY + paid);
		});
	}
}

#[test]
fn an_empty_fund_does_not_stop_audits_and_is_filled_by_the_levy() {
	build_and_execute(|| {
		drain_fund(0);
		let id = request_audited(0, Permill::one());
		settled(id);
		assert!(assurance(id).audited);
		assert_eq!(free_balance(FUND), LEVY);
	});
}

#[test]
fn a_levy_that_the_fund_cannot_receive_is_refunded() {
	build_and_execute(|| {
		drain_fund(0);
		Prices::mutate(|prices| prices.audit_levy = Permill::from_percent(1));
		let id = request(0);
		settled(id);
		assert_eq!(free_balance(FUND), 0);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - PAY - BURN - ROYALTY);
	});
}

#[test]
fn a_royalty_that_the_owner_cannot_receive_is_refunded() {
	build_and_execute(|| {
		TermsOfModel::set(Some(ModelTerms {
			owner: POOR,
			..model_terms()
		}));
		settled(request(1));
		assert_eq!(Balances::total_balance(&POOR), 0);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1) + ROYALTY);
		assert_eq!(Totals::<Test>::get().paid_to_owners, 0);
	});
}

#[test]
fn a_royalty_that_is_large_enough_creates_the_owners_account() {
	build_and_execute(|| {
		TermsOfModel::set(Some(ModelTerms {
			owner: POOR,
			royalty: DEPOSIT,
			..model_terms()
		}));
		settled(request(0));
		assert_eq!(free_balance(POOR), DEPOSIT);
	});
}

#[test]
fn one_account_may_be_requester_executor_and_owner() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 1)]);
		TermsOfModel::set(Some(ModelTerms {
			owner: WORKER,
			..model_terms()
		}));
		let id = crate::NextJob::<Test>::get();
		ask(WORKER, 1, terms(0)).unwrap();
		JobsMap::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
		settled(id);
		assert_eq!(free_balance(WORKER), ENDOWMENT - LEVY - BURN);
		assert_eq!(held(WORKER), 0);
		let totals = Totals::<Test>::get();
		assert_eq!((totals.paid_to_workers, totals.paid_to_owners), (PAY, ROYALTY));
	});
}

#[test]
fn the_fund_may_request_and_pay_its_own_auditor() {
	build_and_execute(|| {
		let id = crate::NextJob::<Test>::get();
		ask(FUND, 1, terms(0)).unwrap();
		JobsMap::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::one());
		settled(id);
		assert_eq!(free_balance(FUND), ENDOWMENT - 2 * PAY - BURN - ROYALTY);
		assert_eq!(held(FUND), 0);
	});
}

#[test]
fn a_model_without_a_price_is_answered_for_free() {
	build_and_execute(|| {
		Prices::mutate(|prices| (prices.base, prices.per_giga_mac) = (0, 0));
		TermsOfModel::set(Some(ModelTerms {
			royalty: 0,
			..model_terms()
		}));
		let id = request(1);
		assert_eq!(held(REQUESTER), 0);
		settled(id);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT);
		assert_eq!(Totals::<Test>::get().burned, 0);
	});
}

#[test]
fn a_requester_that_spends_everything_else_is_not_reaped_and_still_pays_and_is_refunded() {
	build_and_execute(|| {
		let (paid, refunded) = (request(1), request(1));
		let rest = Balances::reducible_balance(&REQUESTER, Preservation::Expendable, Fortitude::Polite);
		Balances::transfer(&REQUESTER, &CHALLENGER, rest, Preservation::Expendable).unwrap();
		assert!(free_balance(REQUESTER) <= DEPOSIT);
		let left = free_balance(REQUESTER);
		settled(paid);
		run(40);
		assert!(matches!(state(refunded), crate::JobState::Refunded { .. }));
		assert_eq!(free_balance(REQUESTER), left + fee(1));
		assert_eq!(free_balance(executor(paid)), ENDOWMENT + PAY);
	});
}

#[test]
fn a_requester_that_cannot_pay_is_refused_and_nothing_is_drawn_or_promised() {
	build_and_execute(|| {
		let all = free_balance(REQUESTER) - DEPOSIT;
		Balances::transfer(&REQUESTER, &CHALLENGER, all, Preservation::Preserve).unwrap();
		assert!(ask(REQUESTER, 1, terms(1)).is_err());
		check_idle();
	});
}

#[test]
fn one_job_does_not_release_the_fee_of_another() {
	build_and_execute(|| {
		let (first, second) = (request(1), request(2));
		settled(first);
		assert_eq!(held(REQUESTER), fee(2));
		revealed(second, &[wrong(1), right()]);
		let third = request(1);
		rule(second, verdict(Some(right().digest())));
		assert_eq!(held(REQUESTER), fee(1));
		run(40);
		assert!(matches!(state(third), crate::JobState::Refunded { .. }));
		assert_eq!(held(REQUESTER), 0);
	});
}

#[test]
fn the_burned_total_counts_exactly_what_is_burned() {
	build_and_execute(|| {
		let before = Balances::total_issuance();
		settled(request(2));
		assert_eq!(before - Balances::total_issuance(), 3 * BURN);
		// A burn elsewhere does not count, and `check` would notice it.
		assert!(Balances::burn_from(&POOR, 1, Preservation::Expendable, Precision::Exact, Fortitude::Polite).is_err());
	});
}
