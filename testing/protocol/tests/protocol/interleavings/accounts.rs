//! The accounts and models that steps choose from.

use assay_primitives::{probe::probe_pool, ModelId};
use assay_protocol::{
	chain::{model, ENGINE},
	runtime::AccountId,
};

pub const OWNERS: [AccountId; 2] = [10, 11];
pub const REQUESTERS: [AccountId; 3] = [12, 13, 14];
pub const CHALLENGERS: [AccountId; 3] = [15, 16, 17];
pub const VALIDATORS: [AccountId; 5] = [20, 21, 22, 23, 24];
pub const WORKERS: [AccountId; 7] = [30, 31, 32, 33, 34, 35, 36];
pub const MODELS: u8 = 3;

/// Returns an element of `all`, chosen by `number`.
pub fn choose<T: Copy>(all: &[T], number: u8) -> Option<T> {
	all.get(usize::from(number).checked_rem(all.len())?).copied()
}

/// Returns what a worker may serve: a model, or the probe pool.
pub fn servable(number: u8) -> ModelId {
	match number % (MODELS + 1) {
		MODELS => probe_pool(ENGINE),
		number => model(number),
	}
}

pub fn all_accounts() -> Vec<AccountId> {
	[&OWNERS[..], &REQUESTERS, &CHALLENGERS, &VALIDATORS, &WORKERS].concat()
}
