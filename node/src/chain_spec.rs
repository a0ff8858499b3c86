//! The chains that this node knows by name, and chain specification files.

use assay_engine::Engine;
use assay_primitives::probe::probe_pool;
use assay_runtime::{
	genesis_presets::{self, LOCAL_RUNTIME_PRESET},
	opaque::Block,
	WASM_BINARY,
};
use sc_chain_spec::{ChainSpecExtension, GenericChainSpec, Properties};
use sc_client_api::{BadBlocks, ForkBlocks};
use sc_service::ChainType;
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use std::path::PathBuf;

/// The fields of a specification file beyond the SDK's own.
#[derive(Clone, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Blocks with known hashes.
	pub fork_blocks: ForkBlocks<Block>,
	/// Blocks that this node never accepts.
	pub bad_blocks: BadBlocks<Block>,
	/// A finalised block from which a light client can start. `sync_state_genSyncSpec` fills it in.
	pub light_sync_state: LightSyncStateExtension,
}

/// The slots for probes of models that each genesis worker offers.
const PROBE_SLOTS: u32 = 8;

/// A chain specification, with the host functions that building the genesis needs beyond the SDK's.
pub type ChainSpec = GenericChainSpec<Extensions, assay_primitives::host::inference::HostFunctions>;

/// Returns the specification for `--chain NAME`.
pub fn load(name: &str) -> Result<ChainSpec, String> {
	match name {
		"" => Err("no chain given: use `--dev`, `--chain local`, or `--chain FILE` with a specification file".into()),
		"dev" => development(),
		"local" => local(),
		path => ChainSpec::from_json_file(PathBuf::from(path)).map_err(|error| {
			format!("{error}. `--chain` takes `dev`, `local` or the path of a chain specification file")
		}),
	}
}

/// Returns the chain with one validator, Alice, who is also a worker.
fn development() -> Result<ChainSpec, String> {
	build(
		"Assay Development",
		"assay_dev",
		ChainType::Development,
		DEV_RUNTIME_PRESET,
	)
}

/// Returns the chain with three validators, Alice, Bob and Charlie, who are also workers.
fn local() -> Result<ChainSpec, String> {
	build("Assay Local", "assay_local", ChainType::Local, LOCAL_RUNTIME_PRESET)
}

fn build(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = WASM_BINARY.ok_or("this node was built without a runtime: build it again without SKIP_WASM_BUILD")?;
	let config = preset_config(preset)?;
	let engine = engine_config(&config);
	Ok(ChainSpec::builder(code, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_protocol_id("assay")
		.with_properties(properties())
		.with_genesis_config_patch(config)
		.with_genesis_config_patch(engine)
		.build())
}

/// Returns a preset's configuration. It asks the native runtime, because the Wasm runtime would be compiled once more
/// at every start.
fn preset_config(preset: &str) -> Result<Value, String> {
	let config =
		genesis_presets::get_preset(&preset.into()).ok_or_else(|| format!("the runtime has no preset `{preset}`"))?;
	serde_json::from_slice(&config).map_err(|error| format!("the runtime's preset `{preset}` is not JSON: {error}"))
}

/// Returns the genesis configuration that depends on the engine: the engine itself, and the slots that the workers of
/// `preset` offer for probes of its models. The node adds it, because the runtime does not know the engine that the
/// node was built with.
fn engine_config(preset: &Value) -> Value {
	let engine = Engine::builtin_id();
	let workers = preset["workers"]["workers"].as_array().into_iter().flatten();
	let serving: Vec<_> = workers
		.map(|worker| json!([worker[0], probe_pool(engine), PROBE_SLOTS]))
		.collect();
	json!({ "models": { "engines": [engine] }, "workers": { "serving": serving } })
}

fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), "ASY".into());
	properties.insert("tokenDecimals".into(), 12.into());
	properties.insert("ss58Format".into(), 42.into());
	properties
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::BuildStorage;

	/// Returns the specification as an operator sees it.
	fn exported(spec: &ChainSpec) -> Value {
		serde_json::from_str(&spec.as_json(false).expect("the genesis resolves")).expect("a specification is JSON")
	}

	#[test]
	fn named_chains_start_with_the_built_in_engine() {
		for name in ["dev", "local"] {
			let spec = load(name).expect("a known chain");
			let patch = &exported(&spec)["genesis"]["runtimeGenesis"]["patch"];
			assert_eq!(patch["models"]["engines"], json!([Engine::builtin_id()]), "{name}");
			assert!(!spec
				.build_storage()
				.expect("the runtime accepts its genesis")
				.top
				.is_empty());
		}
	}

	#[test]
	fn the_workers_of_named_chains_offer_probe_slots_at_genesis() {
		for (name, count) in [("dev", 1), ("local", 3)] {
			let spec = load(name).expect("a known chain");
			let config = &exported(&spec)["genesis"]["runtimeGenesis"]["patch"]["workers"];
			let list = |field: &str| config[field].as_array().cloned().expect("a list");
			let (workers, serving) = (list("workers"), list("serving"));
			assert_eq!((workers.len(), serving.len()), (count, count), "{name}");
			for (worker, serving) in workers.iter().zip(&serving) {
				assert_eq!(serving, &json!([worker[0], Engine::builtin_id(), PROBE_SLOTS]));
				assert!(worker[0].is_string());
			}
		}
	}

	#[test]
	fn the_specification_names_the_token_for_wallets() {
		let spec = exported(&load("dev").expect("a known chain"));
		assert_eq!(
			spec["properties"],
			json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "ASY" })
		);
	}

	#[test]
	fn an_unknown_chain_is_an_error_that_names_the_known_ones() {
		for name in ["", "lokal"] {
			let error = load(name).err().expect("no such chain");
			assert!(error.contains("local"), "{error}");
		}
	}
}
