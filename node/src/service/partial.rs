//! The components that a running node and the subcommands on its database share.

use crate::types::{FullBackend, FullClient, FullPool, FullSelectChain, HostFunctions};
use assay_runtime::{opaque::Block, RuntimeApi};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, ImportQueueParams};
use sc_consensus_grandpa::{self as grandpa, GrandpaBlockImport, GrandpaPruningFilter};
use sc_service::{Configuration, Error, PartialComponents};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotInherentDataProvider};
use sp_timestamp::InherentDataProvider as TimestampInherentDataProvider;
use std::sync::Arc;

type Partial = PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	FullPool,
	ConsensusComponents,
>;

type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type InherentDataProviders = BabeCreateInherentDataProviders<Block>;

/// Blocks between two GRANDPA justifications that a node stores. It also stores the one at each change of authorities,
/// and a node that warp-syncs needs few others.
pub const JUSTIFICATION_PERIOD: u32 = 512;

/// Telemetry messages that may wait to be sent. The node drops any beyond these.
const TELEMETRY_BUFFER: usize = 16;

/// The components that import, author and finalise blocks.
pub struct ConsensusComponents {
	pub block_import: BabeBlockImport<Block, FullClient, GrandpaImport, InherentDataProviders, FullSelectChain>,
	pub babe_link: BabeLink<Block>,
	pub babe_worker: BabeWorkerHandle<Block>,
	pub grandpa_link: grandpa::LinkHalf<Block, FullClient, FullSelectChain>,
	/// Provides the slot and the timestamp of each block.
	pub inherent_data_providers: InherentDataProviders,
	pub telemetry: Option<Telemetry>,
}

/// Opens the database and builds everything up to the import queue. The node is not on the network yet.
pub fn new_partial(config: &Configuration) -> Result<Partial, Error> {
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
		// Warp sync goes from justification to justification, so blocks with a justification are not pruned.
		vec![Arc::new(GrandpaPruningFilter)],
	)?;
	let client = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = FullSelectChain::new(backend.clone());

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
	let inherent_data_providers: InherentDataProviders = Arc::new(move |_, ()| async move {
		let timestamp = TimestampInherentDataProvider::from_system_time();
		let slot = SlotInherentDataProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
		Ok((slot, timestamp))
	});

	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		grandpa_import.clone(),
		client.clone(),
		inherent_data_providers.clone(),
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
		other: ConsensusComponents {
			block_import,
			babe_link,
			babe_worker,
			grandpa_link,
			inherent_data_providers,
			telemetry,
		},
	})
}
