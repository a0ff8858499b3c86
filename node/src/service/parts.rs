//! What both a running node and the commands on its database are made of.

use assay_primitives::host;
use assay_runtime::{opaque::Block, RuntimeApi};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, ImportQueueParams};
use sc_consensus_grandpa::{self as grandpa, GrandpaBlockImport, GrandpaPruningFilter};
use sc_executor::WasmExecutor;
use sc_service::{Configuration, Error, PartialComponents};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotInherentDataProvider};
use sp_timestamp::InherentDataProvider as TimestampInherentDataProvider;
use std::sync::Arc;

/// What the runtime may call: the SDK's functions and ours.
pub type HostFunctions = (sp_io::SubstrateHostFunctions, host::inference::HostFunctions);

pub type Client = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
pub type Backend = sc_service::TFullBackend<Block>;
pub type SelectChain = sc_consensus::LongestChain<Backend, Block>;
pub type Pool = TransactionPoolHandle<Block, Client>;
type Parts = PartialComponents<Client, Backend, SelectChain, sc_consensus::DefaultImportQueue<Block>, Pool, Consensus>;

type GrandpaImport = GrandpaBlockImport<Backend, Block, Client, SelectChain>;
type Inherents = BabeCreateInherentDataProviders<Block>;

/// Blocks between two justifications that are kept. They are what a warp-syncing node is shown besides those at each change of
/// authorities, so few suffice.
pub const JUSTIFICATION_PERIOD: u32 = 512;

/// Trace messages that telemetry may have in flight before it drops some.
const TELEMETRY_BUFFER: usize = 16;

/// Both sides of consensus: what imports blocks, and what authors and finalises them in a node that runs.
pub struct Consensus {
	pub block_import: BabeBlockImport<Block, Client, GrandpaImport, Inherents, SelectChain>,
	pub babe_link: BabeLink<Block>,
	pub babe_worker: BabeWorkerHandle<Block>,
	pub grandpa_link: grandpa::LinkHalf<Block, Client, SelectChain>,
	/// What every block says of slot and time.
	pub inherents: Inherents,
	pub telemetry: Option<Telemetry>,
}

/// Opens the database and builds everything up to the import queue. Nothing is on the network yet.
pub fn parts(config: &Configuration) -> Result<Parts, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(TELEMETRY_BUFFER)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;
	let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

	let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
		config,
		telemetry_handle.clone(),
		sc_service::new_wasm_executor::<HostFunctions>(&config.executor),
		// Warp sync walks from justification to justification, so the blocks that carry them outlive pruning.
		vec![Arc::new(GrandpaPruningFilter)],
	)?;
	let client = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = SelectChain::new(backend.clone());

	let transaction_pool = Arc::new(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (grandpa_import, grandpa_link) = grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry_handle.clone(),
	)?;

	let babe_config = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let inherents: Inherents = Arc::new(move |_, ()| async move {
		let timestamp = TimestampInherentDataProvider::from_system_time();
		let slot = SlotInherentDataProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
		Ok((slot, timestamp))
	});

	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		grandpa_import.clone(),
		client.clone(),
		inherents.clone(),
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;
	let (import_queue, babe_worker) = sc_consensus_babe::import_queue(ImportQueueParams {
		link: babe_link.clone(),
		block_import: block_import.clone(),
		justification_import: Some(Box::new(grandpa_import)),
		client: client.clone(),
		slot_duration,
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		telemetry: telemetry_handle,
	})?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus {
			block_import,
			babe_link,
			babe_worker,
			grandpa_link,
			inherents,
			telemetry,
		},
	})
}
