//! What the node answers over JSON-RPC besides the SDK's own methods.

pub mod assay;

use crate::service::{Backend, Client, Pool, SelectChain};
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

/// What the methods work on.
pub struct Dependencies {
	pub client: Arc<Client>,
	pub pool: Arc<Pool>,
	pub select_chain: SelectChain,
	pub chain_spec: Box<dyn ChainSpec>,
	pub keystore: KeystorePtr,
	pub babe_worker: BabeWorkerHandle<Block>,
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	pub voter_state: SharedVoterState,
	pub justifications: GrandpaJustificationStream<Block>,
	pub finality_proofs: Arc<FinalityProofProvider<Backend, Block>>,
	pub artifacts: ArtifactStore,
}

impl Dependencies {
	/// All methods. `executor` runs their subscriptions.
	pub fn module(&self, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
		let client = &self.client;
		let mut module = RpcModule::new(());

		module.merge(System::<_, _, Block>::new(client.clone(), self.pool.clone()).into_rpc())?;
		module.merge(TransactionPayment::<_, Block>::new(client.clone()).into_rpc())?;
		module.merge(Dev::<Block, _>::new(client.clone()).into_rpc())?;
		module.merge(
			Babe::new(
				client.clone(),
				self.babe_worker.clone(),
				self.keystore.clone(),
				self.select_chain.clone(),
			)
			.into_rpc(),
		)?;
		module.merge(
			Grandpa::new(
				executor,
				self.authority_set.clone(),
				self.voter_state.clone(),
				self.justifications.clone(),
				self.finality_proofs.clone(),
			)
			.into_rpc(),
		)?;
		module.merge(
			SyncState::new(
				self.chain_spec.cloned_box(),
				client.clone(),
				self.authority_set.clone(),
				self.babe_worker.clone(),
			)?
			.into_rpc(),
		)?;
		module.merge(assay::methods(
			self.artifacts.clone(),
			self.keystore.clone(),
			client.info().genesis_hash,
		))?;

		Ok(module)
	}
}
