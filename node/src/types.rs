//! The SDK's components, with this chain's types filled in.

use assay_primitives::host;
use assay_runtime::{opaque::Block, RuntimeApi};
use sc_executor::WasmExecutor;
use sc_transaction_pool::TransactionPoolHandle;

/// The functions that the runtime may call: the SDK's and Assay's.
pub type HostFunctions = (sp_io::SubstrateHostFunctions, host::inference::HostFunctions);

pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
pub type FullBackend = sc_service::TFullBackend<Block>;
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
pub type FullPool = TransactionPoolHandle<Block, FullClient>;
