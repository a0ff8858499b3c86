//! Builds the node's components and starts its tasks.

mod customisation;
mod partial;
mod watcher;

use crate::{cli::InferenceOptions, rpc};
use assay_artifacts::ArtifactStore;
use assay_engine::{InferenceService, ServiceConfig};
use assay_primitives::key;
use assay_runtime::{opaque::Block, AccountId, Hash};
use sc_client_api::Backend as _;
use sc_consensus_babe::SlotProportion;
use sc_consensus_grandpa::{self as grandpa, SharedVoterState};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkBackend};
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{
	BuildNetworkParams, Configuration, Error, PartialComponents, SpawnTasksParams, TaskManager, WarpSyncConfig,
};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_blockchain::HeaderBackend;
use sp_externalities::Extension;
use sp_keystore::KeystorePtr;
use std::{num::NonZeroUsize, sync::Arc, time::Duration};
use watcher::Monitor;

pub use customisation::{Customisation, Handles, Standard};
pub use partial::{new_partial, ConsensusComponents};

/// The time that a GRANDPA vote is expected to need to cross the network.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// The share of a slot that the author has to build the block. Others need the rest to receive and execute it.
const PROPOSAL_SHARE: f32 = 0.5;

/// Starts a node with this customisation. The node runs until the returned task manager is dropped.
pub fn new_full(
	config: Configuration,
	options: &InferenceOptions,
	customisation: Arc<dyn Customisation>,
) -> Result<TaskManager, Error> {
	if !matches!(config.network.network_backend, NetworkBackendType::Litep2p) {
		return Err(Error::Other(
			"this node supports litep2p only: leave out `--network-backend`".into(),
		));
	}
	customisation.check(&config)?;

	let PartialComponents {
		client,
		backend,
		mut task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other:
			ConsensusComponents {
				block_import,
				babe_link,
				babe_worker,
				grandpa_link,
				inherent_data_providers,
				mut telemetry,
			},
	} = new_partial(&config)?;

	let keystore = keystore_container.keystore();
	if let Some(seed) = &config.dev_key_seed {
		insert_dev_keys(&keystore, seed)?;
	}

	let artifacts_path = options.artifacts(config.base_path.path());
	let artifacts = ArtifactStore::open(&artifacts_path)
		.map_err(|error| Error::Other(format!("cannot open the artifact store {artifacts_path:?}: {error}")))?;

	let registry = config.prometheus_registry().cloned();
	let genesis = client.info().genesis_hash;
	let grandpa_protocol = grandpa::protocol_standard_name(&genesis, &config.chain_spec);

	let metrics =
		<Litep2pNetworkBackend as NetworkBackend<Block, Hash>>::register_notification_metrics(registry.as_ref());
	let mut net_config = sc_network::config::FullNetworkConfiguration::<Block, _, Litep2pNetworkBackend>::new(
		&config.network,
		registry.clone(),
	);
	let (grandpa_config, grandpa_notifications) = grandpa::grandpa_peers_set_config::<Block, Litep2pNetworkBackend>(
		grandpa_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(grandpa_config);

	let warp_proofs = grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	);
	let (network, system_rpc_tx, tx_handler_controller, sync, _) = sc_service::build_network(BuildNetworkParams {
		config: &config,
		net_config,
		client: client.clone(),
		transaction_pool: transaction_pool.clone(),
		spawn_handle: task_manager.spawn_handle(),
		spawn_essential_handle: task_manager.spawn_essential_handle(),
		import_queue,
		block_announce_validator_builder: None,
		warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_proofs))),
		block_relay: None,
		metrics,
		gap_sync_body_policy: None,
	})?;

	let role = config.role;
	let force_authoring = config.force_authoring;
	let node_name = config.network.node_name.clone();
	let votes = !config.disable_grandpa;

	let handles = Handles {
		client: client.clone(),
		pool: transaction_pool.clone(),
		keystore: keystore.clone(),
		artifacts: artifacts.clone(),
		spawn_handle: task_manager.spawn_handle(),
	};

	if config.offchain_worker.enabled {
		let watch_share = options.watch(role.is_authority());
		if !watch_share.is_zero() {
			let keys = keystore.sr25519_public_keys(key::WATCHER_KEY_TYPE);
			let accounts: Vec<_> = keys.into_iter().map(AccountId::from).collect();
			let monitor = Monitor::start(watch_share, &accounts, config.rpc.port, registry.as_ref())
				.map_err(|error| Error::Other(format!("cannot register the metrics of the watch: {error}")))?;
			if let Some(reports) = backend.offchain_storage() {
				let spawn_handle = task_manager.spawn_handle();
				spawn_handle.spawn("watch-monitor", Some("offchain-worker"), monitor.run(reports));
			}
		}
		let service = InferenceService::start(inference_config(options), artifacts.clone(), registry.as_ref())
			.map_err(|error| Error::Other(format!("cannot start the inference service: {error}")))?;
		let (customisation, handles) = (customisation.clone(), handles.clone());
		let inference = move |at| customisation.wrap_inference(&handles, at, service.extension(watch_share));
		let offchain_worker = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore.clone()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
			network_provider: Arc::new(network.clone()),
			is_validator: role.is_authority(),
			// Our runtime makes no HTTP requests.
			enable_http_requests: false,
			custom_extensions: move |at| vec![Box::new(inference(at)) as Box<dyn Extension>],
		})?;
		task_manager.spawn_handle().spawn(
			"offchain-worker",
			Some("offchain-worker"),
			offchain_worker.run(client.clone(), task_manager.spawn_handle()),
		);
	}

	let voter_state = SharedVoterState::empty();
	let rpc_deps = rpc::FullDeps {
		client: client.clone(),
		pool: transaction_pool.clone(),
		select_chain: select_chain.clone(),
		chain_spec: config.chain_spec.cloned_box(),
		keystore: keystore.clone(),
		babe_worker,
		authority_set: grandpa_link.shared_authority_set().clone(),
		voter_state: voter_state.clone(),
		justifications: grandpa_link.justification_stream(),
		finality_proofs: grandpa::FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(grandpa_link.shared_authority_set().clone()),
		),
		artifacts,
	};
	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client: client.clone(),
		backend,
		task_manager: &mut task_manager,
		keystore: keystore.clone(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder: Box::new(move |executor| Ok(rpc::create_full(&rpc_deps, executor)?)),
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	let telemetry = telemetry.map(|telemetry| telemetry.handle());

	if role.is_authority() {
		let proposer = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			registry.as_ref(),
			telemetry.clone(),
		);
		let author = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
			keystore: keystore.clone(),
			client,
			select_chain,
			env: proposer,
			block_import,
			sync_oracle: sync.clone(),
			justification_sync_link: sync.clone(),
			create_inherent_data_providers: inherent_data_providers,
			force_authoring,
			backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging::default()),
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
			max_block_proposal_slot_portion: None,
			telemetry: telemetry.clone(),
		})?;
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("babe-proposer", Some("block-authoring"), author);
	}

	if votes {
		let voter = grandpa::run_grandpa_voter(grandpa::GrandpaParams {
			config: grandpa::Config {
				gossip_duration: GOSSIP_DURATION,
				justification_generation_period: partial::JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: role,
				name: Some(node_name),
				// A node that is not an authority must not vote, even if it holds an authority's keys.
				keystore: role.is_authority().then_some(keystore),
				telemetry: telemetry.clone(),
				protocol_name: grandpa_protocol,
			},
			link: grandpa_link,
			network,
			sync: Arc::new(sync),
			notification_service: grandpa_notifications,
			voting_rule: grandpa::VotingRulesBuilder::default().build(),
			prometheus_registry: registry,
			shared_voter_state: voter_state,
			telemetry,
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
		})?;
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, voter);
	}

	customisation.on_started(&handles);
	Ok(task_manager)
}

/// Inserts the worker key and the watcher key of a development account. The SDK inserts the validator's keys with all
/// session keys when it starts its tasks.
fn insert_dev_keys(keystore: &KeystorePtr, seed: &str) -> Result<(), Error> {
	let failed = |error| Error::Other(format!("cannot insert the keys of {seed}: {error}"));
	keystore
		.ed25519_generate_new(key::WORKER_KEY_TYPE, Some(seed))
		.map_err(failed)?;
	keystore
		.sr25519_generate_new(key::WATCHER_KEY_TYPE, Some(seed))
		.map_err(failed)?;
	Ok(())
}

fn inference_config(options: &InferenceOptions) -> ServiceConfig {
	let defaults = ServiceConfig::default();
	ServiceConfig {
		threads: options.worker_threads.map_or(defaults.threads, NonZeroUsize::get),
		cache_dir: options.engine_cache(),
		..defaults
	}
}
