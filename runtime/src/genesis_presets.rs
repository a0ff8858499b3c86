//! The presets: chains that can be started without a chain specification.
//!
//! Neither lists an engine: the node that starts the chain adds the engine that it was built with. Both are for local
//! use: Alice has the sudo key, and votes take minutes. In a genesis that sets neither, nobody has sudo rights, and
//! votes take days.

use crate::{
	protocol::AuditFund, AccountId, Balance, RuntimeGenesisConfig, SessionKeys, ASY, BABE_GENESIS_EPOCH_CONFIG, DAYS,
};
use crate::{BabeConfig, BalancesConfig, OriginsConfig, SessionConfig, SudoConfig, WorkersConfig};
use alloc::{vec, vec::Vec};
use assay_primitives::key::WorkerKey;
use core::num::NonZeroU32;
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_core::crypto::UncheckedInto;
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The name of the preset with three validators, which are also workers.
pub const LOCAL_RUNTIME_PRESET: &str = "local";

/// The balance of each well-known account.
const ENDOWMENT: Balance = 1_000_000 * ASY;
/// The balance of the audit fund.
const AUDIT_FUND: Balance = 10_000 * ASY;
/// The tempo of votes: a day of a live network takes six blocks, which is 18 seconds.
pub const LOCAL_TEMPO: u32 = DAYS / 6;
/// The stake of each worker.
const STAKE: Balance = 10_000 * ASY;

/// A well-known development account.
#[derive(Clone, Copy)]
struct DevAccount(Sr25519Keyring, Ed25519Keyring);

const ALICE: DevAccount = DevAccount(Sr25519Keyring::Alice, Ed25519Keyring::Alice);
const BOB: DevAccount = DevAccount(Sr25519Keyring::Bob, Ed25519Keyring::Bob);
const CHARLIE: DevAccount = DevAccount(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie);

impl DevAccount {
	fn account(self) -> AccountId {
		self.0.to_account_id()
	}

	fn session_keys(self) -> SessionKeys {
		SessionKeys {
			babe: self.0.public().into(),
			grandpa: self.1.public().into(),
			disputes: self.1.public().0.unchecked_into(),
		}
	}

	fn worker_key(self) -> WorkerKey {
		self.1.public().0.unchecked_into()
	}
}

fn genesis(validators: &[DevAccount], workers: &[DevAccount]) -> Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: Sr25519Keyring::well_known()
				.map(|known| (known.to_account_id(), ENDOWMENT))
				.chain([(AuditFund::get(), AUDIT_FUND)])
				.collect::<Vec<_>>(),
		},
		babe: BabeConfig {
			epoch_config: BABE_GENESIS_EPOCH_CONFIG
		},
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|v| (v.account(), v.account(), v.session_keys()))
				.collect::<Vec<_>>(),
		},
		workers: WorkersConfig {
			workers: workers
				.iter()
				.map(|w| (w.account(), STAKE, w.worker_key()))
				.collect::<Vec<_>>(),
		},
		origins: OriginsConfig {
			tempo: NonZeroU32::new(LOCAL_TEMPO).unwrap_or(NonZeroU32::MIN),
		},
		sudo: SudoConfig {
			key: Some(ALICE.account())
		},
	})
}

/// Returns the genesis patch with this id, as JSON.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		sp_genesis_builder::DEV_RUNTIME_PRESET => genesis(&[ALICE], &[ALICE]),
		LOCAL_RUNTIME_PRESET => genesis(&[ALICE, BOB, CHARLIE], &[ALICE, BOB, CHARLIE]),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// Returns the names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![
		PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET),
		PresetId::from(LOCAL_RUNTIME_PRESET),
	]
}
