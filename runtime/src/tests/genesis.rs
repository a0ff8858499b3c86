//! The presets, as a node builds them.

use crate::{genesis_presets::*, *};
use sp_runtime::BuildStorage;

/// Returns the state of the preset with this id.
pub fn state(id: &str) -> sp_io::TestExternalities {
	let patch = get_preset(&id.into()).expect("the preset exists");
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut config, serde_json::from_slice(&patch).unwrap());
	let config: RuntimeGenesisConfig = serde_json::from_value(config).unwrap();
	sp_io::TestExternalities::new(config.build_storage().unwrap())
}

/// Merges a JSON patch (RFC 7386), as far as presets use it.
fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

#[test]
fn every_preset_builds_and_its_invariants_hold() {
	for name in preset_names() {
		state(name.as_ref()).execute_with(|| {
			Models::do_try_state().unwrap();
			Workers::do_try_state().unwrap();
			Jobs::do_try_state().unwrap();
			Disputes::do_try_state().unwrap();
		});
	}
}

#[test]
fn the_local_preset_has_three_validators_that_are_workers() {
	state(LOCAL_RUNTIME_PRESET).execute_with(|| {
		assert_eq!(Session::validators().len(), 3);
		assert_eq!(Babe::authorities().len(), 3);
		assert_eq!(Grandpa::grandpa_authorities().len(), 3);
		assert_eq!(pallet_workers::Workers::<Runtime>::iter().count(), 3);
	});
}

#[test]
fn an_equivocation_of_a_genesis_validator_can_be_proven() {
	use frame_support::traits::KeyOwnerProofSystem;
	state(LOCAL_RUNTIME_PRESET).execute_with(|| {
		let (babe, _) = Babe::authorities().first().cloned().unwrap();
		let proof = Historical::prove((sp_consensus_babe::KEY_TYPE, babe.clone())).unwrap();
		assert!(Historical::check_proof((sp_consensus_babe::KEY_TYPE, babe), proof).is_some());
	});
}

#[test]
fn without_a_preset_there_is_no_sudo_key() {
	let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	sp_io::TestExternalities::new(storage).execute_with(|| assert!(pallet_sudo::Key::<Runtime>::get().is_none()));
}
