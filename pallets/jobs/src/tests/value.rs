//! What may rest on an answer: no more than bonds can carry.

use crate::mock::*;
use assay_primitives::terms::{Terms, MAX_CHECKERS};

fn at_risk(checkers: u8, value_at_risk: u64) -> Terms<u64> {
	Terms {
		value_at_risk,
		..terms(checkers)
	}
}

#[test]
fn property_7_a_pool_that_one_party_may_own_carries_no_more_than_its_bonds() {
	build_and_execute(|| {
		// 32 bonds of 16 accounts, which may be one party's.
		let refused = ask(REQUESTER, 1, at_risk(MAX_CHECKERS, 280_000 * BOND));
		assert!(refused.is_err(), "280,000 bonds may rest on thirteen");
	});
}
