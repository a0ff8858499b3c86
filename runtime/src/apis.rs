//! The runtime APIs for the node and its clients.

use crate::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{
		DisputeInfo, FamilyInfo, JobInfo, ModelInfo, Protocol, Quote, Stats, StatusChange, VoterRecord, WorkerInfo,
		PAGE,
	},
	governance::{ReferendumInfo, TrackInfo, TrackVotes},
	metadata::Metadata,
	names::FamilyName,
	probe::Statement,
	terms::{Fee, Terms},
	traits::{ModelRegistry, WorkerPool},
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef,
};
use frame_support::genesis_builder_helper::{build_state, get_preset};
use pallet_grandpa::AuthorityId as GrandpaId;
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}
		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}
		fn initialize_block(header: &<Block as BlockT>::Header) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}
		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}
		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}
		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}
		fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}
		fn check_inherents(block: <Block as BlockT>::LazyBlock, data: InherentData) -> CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}
		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch_config = Babe::epoch_config().unwrap_or(BABE_GENESIS_EPOCH_CONFIG);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: EPOCH_DURATION,
				c: epoch_config.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch_config.allowed_slots,
			}
		}
		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}
		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}
		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}
		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			use codec::Encode;
			use frame_support::traits::KeyOwnerProofSystem;
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority))
				.map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Babe::submit_unsigned_equivocation_report(equivocation, key_owner.decode()?)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}
		fn current_set_id() -> sp_consensus_grandpa::SetId {
			Grandpa::current_set_id()
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			key_owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(equivocation, key_owner.decode()?)
		}
		fn generate_key_ownership_proof(
			_set: sp_consensus_grandpa::SetId,
			authority: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			use codec::Encode;
			use frame_support::traits::KeyOwnerProofSystem;
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
		fn query_info(uxt: <Block as BlockT>::Extrinsic, len: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(uxt, len)
		}
		fn query_fee_details(uxt: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(uxt, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall>
		for Runtime
	{
		fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}
		fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}
		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis_presets::get_preset)
		}
		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis_presets::preset_names()
		}
	}

	impl assay_primitives::api::AssayApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn resolve(model: ModelRef) -> Option<ModelId> {
			<Models as ModelRegistry<AccountId, Balance>>::resolve(&model)
		}
		fn family(name: FamilyName) -> Option<FamilyInfo<AccountId>> {
			Models::family(name)
		}
		fn families(after: Option<FamilyName>) -> Vec<FamilyInfo<AccountId>> {
			Models::families(after, PAGE)
		}
		fn submission_quote(
			engine: EngineId,
			artifact: Artifact,
			spec: BoundedSpec,
			metadata: Metadata,
			statement: Statement,
		) -> (Balance, Fee<Balance>) {
			Models::submission_quote(engine, artifact, spec, metadata, statement)
		}
		fn quote(model: ModelId, items: u32, terms: Terms<Balance>) -> Option<Quote<Balance>> {
			Jobs::quote(model, items, terms)
		}
		fn model(model: ModelId) -> Option<ModelInfo<AccountId, Balance, BlockNumber>> {
			Models::info(model, <Workers as WorkerPool<AccountId, Balance>>::free_slots)
		}
		fn models(after: Option<ModelId>) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>> {
			Models::page(after, PAGE, <Workers as WorkerPool<AccountId, Balance>>::free_slots)
		}
		fn worker(account: AccountId) -> Option<WorkerInfo<Balance, BlockNumber>> {
			Workers::info(&account)
		}
		fn job(job: JobId) -> Option<JobInfo<AccountId, Balance, BlockNumber>> {
			Jobs::job(job)
		}
		fn dispute(job: JobId) -> Option<DisputeInfo<AccountId, Balance, BlockNumber>> {
			Disputes::dispute(job)
		}
		fn voter(account: AccountId) -> VoterRecord {
			Disputes::voter(account)
		}
		fn protocol() -> Protocol<Balance> {
			crate::protocol::current_parameters()
		}
		fn stats() -> Stats<Balance> {
			Jobs::stats()
		}
		fn engines() -> Vec<EngineId> {
			Models::engines()
		}
		fn model_history(model: ModelId) -> Vec<StatusChange<BlockNumber>> {
			Models::history(model)
		}
	}

	impl assay_primitives::governance::GovernanceApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn tracks() -> Vec<TrackInfo<Balance, BlockNumber>> {
			governance::view::tracks()
		}
		fn referendum(index: u32) -> Option<ReferendumInfo<AccountId, Balance, BlockNumber>> {
			governance::view::referendum(index)
		}
		fn referenda(before: Option<u32>) -> Vec<ReferendumInfo<AccountId, Balance, BlockNumber>> {
			governance::view::referenda(before)
		}
		fn votes(account: AccountId) -> Vec<TrackVotes<AccountId, Balance, BlockNumber>> {
			governance::view::votes(&account)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (
			Vec<frame_benchmarking::BenchmarkList>,
			Vec<frame_support::traits::StorageInfo>,
		) {
			crate::benchmarks::metadata(extra)
		}
		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarks::dispatch(config)
		}
	}
}
