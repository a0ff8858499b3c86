//! The chains this node knows by name, and chain specification files.

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

/// What a specification file may hold beyond the SDK's own fields.
#[derive(Clone, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Blocks with known hashes.
	pub fork_blocks: ForkBlocks<Block>,
	/// Blocks that are never accepted.
	pub bad_blocks: BadBlocks<Block>,
	/// A finalised block from which a light client may start; `sync_state_genSyncSpec` fills it in.
	pub light_sync_state: LightSyncStateExtension,
}

/// How many probes of models each worker of a chain's first block takes at a time.
const PROBE_SLOTS: u32 = 8;

/// A chain specification. The host functions are those that genesis needs beyond the SDK's.
pub type ChainSpec = GenericChainSpec<Extensions, assay_primitives::host::inference::HostFunctions>;

/// The specification that `--chain NAME` means.
pub fn load(name: &str) -> Result<ChainSpec, String> {
	match name {
		"" => Err("which chain? Say `--dev`, `--chain local`, or `--chain FILE` with a specification file".into()),
		"dev" => development(),
		"local" => local(),
		path => ChainSpec::from_json_file(PathBuf::from(path)).map_err(|error| {
			format!("{error}. `--chain` takes `dev`, `local` or the path of a chain specification file")
		}),
	}
}

/// One validator, Alice, who is a worker as well.
fn development() -> Result<ChainSpec, String> {
	build(
		"Assay Development",
		"assay_dev",
		ChainType::Development,
		DEV_RUNTIME_PRESET,
	)
}

/// Three validators: Alice, Bob and Charlie.
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

/// The preset's configuration, asked of the native runtime: asking its Wasm would compile it once more at every start.
fn preset_config(preset: &str) -> Result<Value, String> {
	let config =
		genesis_presets::get_preset(&preset.into()).ok_or_else(|| format!("the runtime has no preset `{preset}`"))?;
	serde_json::from_slice(&config).map_err(|error| format!("the runtime's preset `{preset}` is not JSON: {error}"))
}

/// The node brings the engine that its chains start with, for the runtime cannot know what a node was built with. So it is the node, too,
/// that has the workers of `preset` offer slots for probes of models of this engine.
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

	/// The specification as an operator sees it.
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
	fn the_workers_of_named_chains_take_probes_from_the_first_block() {
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
	fn wallets_learn_the_token() {
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
