//! The node's JSON-RPC: the SDK's methods and Assay's.

mod assay;

use crate::types::{FullBackend, FullClient, FullPool, FullSelectChain};
use assay_artifacts::ArtifactStore;
use assay_runtime::{opaque::Block, BlockNumber, Hash};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::{
	dev::{Dev, DevApiServer},
	SubscriptionTaskExecutor,
};
use sc_service::ChainSpec;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_blockchain::HeaderBackend;
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc};
use substrate_frame_rpc_system::{System, SystemApiServer};

/// The components that the methods use.
pub struct FullDeps {
	pub client: Arc<FullClient>,
	pub pool: Arc<FullPool>,
	pub select_chain: FullSelectChain,
	pub chain_spec: Box<dyn ChainSpec>,
	pub keystore: KeystorePtr,
	pub babe_worker: BabeWorkerHandle<Block>,
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	pub voter_state: SharedVoterState,
	pub justifications: GrandpaJustificationStream<Block>,
	pub finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
	pub artifacts: ArtifactStore,
}

/// Builds the module of all methods. `executor` runs their subscriptions.
pub fn create_full(
	deps: &FullDeps,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
	let client = &deps.client;
	let mut module = RpcModule::new(());

	module.merge(System::<_, _, Block>::new(client.clone(), deps.pool.clone()).into_rpc())?;
	module.merge(TransactionPayment::<_, Block>::new(client.clone()).into_rpc())?;
	module.merge(Dev::<Block, _>::new(client.clone()).into_rpc())?;
	module.merge(
		Babe::new(
			client.clone(),
			deps.babe_worker.clone(),
			deps.keystore.clone(),
			deps.select_chain.clone(),
		)
		.into_rpc(),
	)?;
	module.merge(
		Grandpa::new(
			executor,
			deps.authority_set.clone(),
			deps.voter_state.clone(),
			deps.justifications.clone(),
			deps.finality_proofs.clone(),
		)
		.into_rpc(),
	)?;
	module.merge(
		SyncState::new(
			deps.chain_spec.cloned_box(),
			client.clone(),
			deps.authority_set.clone(),
			deps.babe_worker.clone(),
		)?
		.into_rpc(),
	)?;
	module.merge(assay::create(
		deps.artifacts.clone(),
		deps.keystore.clone(),
		client.info().genesis_hash,
	))?;

	Ok(module)
}
