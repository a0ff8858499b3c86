//! Reading the chain from a node, without any of the code that clients use.

use crate::Node;
use assay_primitives::{
	api::{
		self, DisputeInfo, FamilyInfo, JobInfo, ModelInfo, ModelStatus, Stats, StatusChange, VoterRecord, WorkerInfo,
	},
	governance::ReferendumInfo,
	names::FamilyName,
	terms, EngineId, JobId, ModelId,
};
use assay_runtime::{AccountId, Balance, BlockNumber, Hash, Nonce, Runtime, RuntimeEvent, UncheckedExtrinsic};
use codec::{Decode, DecodeAll, Encode};
use serde::de::DeserializeOwned;
use subxt::rpcs::{client::RpcParams, rpc_params, Error};

/// The storage key of a block's events in every runtime: Twox-128 of `System`, and of `Events`.
const EVENTS: &str = "26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";

/// A block with this many on top is stable: in a network that may be slow but is not partitioned, no fork undoes it.
const STABLE_DEPTH: u32 = 4;

pub type Job = JobInfo<AccountId, Balance, BlockNumber>;
pub type Model = ModelInfo<AccountId, Balance, BlockNumber>;
pub type Worker = WorkerInfo<Balance, BlockNumber>;
pub type Family = FamilyInfo<AccountId>;
pub type Referendum = ReferendumInfo<AccountId, Balance, BlockNumber>;
pub type JobStatus = api::JobStatus<Balance, BlockNumber>;
pub type Dispute = DisputeInfo<AccountId, Balance, BlockNumber>;
pub type Quote = api::Quote<Balance>;
pub type Protocol = api::Protocol<Balance>;
pub type Terms = terms::Terms<Balance>;

/// The balance of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
	pub free: Balance,
	/// Stakes, deposits, the fees of jobs under way and the bonds of challenges.
	pub held: Balance,
}

impl Funds {
	/// Returns the sum of both.
	pub fn total(&self) -> Balance {
		self.free + self.held
	}
}

/// The JSON-RPC error with which the pool has refused a transaction.
#[derive(Debug)]
pub struct PoolError {
	pub code: i32,
	pub reason: String,
}

impl Node {
	/// Makes a JSON-RPC call. Panics if it fails.
	pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> T {
		self.rpc()
			.request(method, params)
			.await
			.unwrap_or_else(|error| panic!("{method}: {error}"))
	}

	/// Calls `AssayApi_{method}` in the state of the best block.
	pub async fn call_api<T: Decode>(&self, method: &str, args: impl Encode) -> T {
		self.call(&format!("AssayApi_{method}"), args, None).await
	}

	/// Calls a function of the runtime in the state of this block, or of the best one.
	async fn call<T: Decode>(&self, function: &str, args: impl Encode, at: Option<Hash>) -> T {
		let answer: String = self.request("state_call", rpc_params![function, hex(&args), at]).await;
		T::decode_all(&mut &unhex(&answer)[..]).unwrap_or_else(|error| panic!("{function}: {error}"))
	}

	/// Returns a job. Panics if there is none with this id.
	pub async fn job(&self, id: JobId) -> Job {
		self.find_job(id)
			.await
			.unwrap_or_else(|| panic!("there is no job {id}"))
	}

	/// Returns a job, if there is one with this id.
	pub async fn find_job(&self, id: JobId) -> Option<Job> {
		self.call_api("job", id).await
	}

	/// Returns a job in the state of the last final block, if it has one with this id.
	pub async fn final_job(&self, id: JobId) -> Option<Job> {
		self.call("AssayApi_job", id, Some(self.final_head().await)).await
	}

	/// Waits at most this many blocks until the job has ended in a stable block, and returns it.
	pub async fn wait_for_end(&self, id: JobId, blocks: u32) -> Job {
		self.wait_within(blocks + STABLE_DEPTH, &format!("job {id} has ended"), || async {
			let job: Option<Job> = self.call("AssayApi_job", id, Some(self.stable_block().await)).await;
			job.filter(|job| has_ended(&job.status))
		})
		.await
	}

	/// Returns the dispute over a job while it is open.
	pub async fn dispute(&self, id: JobId) -> Option<Dispute> {
		self.call_api("dispute", id).await
	}

	/// Returns how a validator has voted.
	pub async fn voter(&self, account: &AccountId) -> VoterRecord {
		self.call_api("voter", account).await
	}

	/// Returns the quote of a request. Panics if the model is not open.
	pub async fn quote(&self, model: ModelId, items: u32, terms: &Terms) -> Quote {
		let quote: Option<Quote> = self.call_api("quote", (model, items, terms)).await;
		quote.unwrap_or_else(|| panic!("model {model} is not open"))
	}

	/// Returns the current parameters.
	pub async fn protocol(&self) -> Protocol {
		self.call_api("protocol", ()).await
	}

	/// Returns a model. Panics if there is none with this id.
	pub async fn model(&self, id: ModelId) -> Model {
		self.find_model(id)
			.await
			.unwrap_or_else(|| panic!("there is no model {id}"))
	}

	/// Returns a model, if there is one with this id.
	pub async fn find_model(&self, id: ModelId) -> Option<Model> {
		self.call_api("model", id).await
	}

	/// Returns the status of a model. Panics if there is none with this id.
	pub async fn model_status(&self, id: ModelId) -> ModelStatus {
		self.model(id).await.status
	}

	/// Returns the status of a model in the last stable block, if there is one with this id.
	pub async fn stable_model_status(&self, id: ModelId) -> Option<ModelStatus> {
		let model: Option<Model> = self.call("AssayApi_model", id, Some(self.stable_block().await)).await;
		model.map(|model| model.status)
	}

	/// Waits at most this many blocks until the probe of a model has ended in a stable block. Returns the model's
	/// status.
	pub async fn wait_for_probe(&self, id: ModelId, blocks: u32) -> ModelStatus {
		self.wait_within(
			blocks + STABLE_DEPTH,
			&format!("the probe of model {id} has ended"),
			|| async {
				let status = self.stable_model_status(id).await?;
				(status != ModelStatus::Probation).then_some(status)
			},
		)
		.await
	}

	/// Returns the latest changes of a model's status, oldest first.
	pub async fn history(&self, id: ModelId) -> Vec<StatusChange<BlockNumber>> {
		self.call_api("model_history", id).await
	}

	/// Returns a family, if there is one with this name.
	pub async fn family(&self, name: &str) -> Option<Family> {
		let name = FamilyName::try_from(name.as_bytes().to_vec()).expect("the name is short");
		self.call_api("family", name).await
	}

	/// Returns a referendum. Panics if there is none with this index.
	pub async fn referendum(&self, index: u32) -> Referendum {
		let found: Option<Referendum> = self.call("GovernanceApi_referendum", index, None).await;
		found.unwrap_or_else(|| panic!("there is no referendum {index}"))
	}

	/// Returns a worker. Panics if the account is not one.
	pub async fn worker(&self, account: &AccountId) -> Worker {
		self.find_worker(account)
			.await
			.unwrap_or_else(|| panic!("{account} is not a worker"))
	}

	/// Returns a worker, if the account is one.
	pub async fn find_worker(&self, account: &AccountId) -> Option<Worker> {
		self.call_api("worker", account).await
	}

	/// Returns the totals since genesis.
	pub async fn stats(&self) -> Stats<Balance> {
		self.call_api("stats", ()).await
	}

	/// Returns the listed engines.
	pub async fn engines(&self) -> Vec<EngineId> {
		self.call_api("engines", ()).await
	}

	/// Returns the version of the runtime in the best block.
	pub async fn spec_version(&self) -> u32 {
		let version: serde_json::Value = self.request("state_getRuntimeVersion", rpc_params![]).await;
		let version = version["specVersion"]
			.as_u64()
			.and_then(|version| version.try_into().ok());
		version.expect("a runtime has a version")
	}

	/// Returns the balance of an account in the best block.
	pub async fn funds(&self, account: &AccountId) -> Funds {
		type Info = frame_system::AccountInfo<Nonce, <Runtime as frame_system::Config>::AccountData>;
		let key = frame_system::Account::<Runtime>::hashed_key_for(account);
		let Some(info) = self.storage::<Info>(&key, None).await else {
			return Funds { free: 0, held: 0 };
		};
		Funds {
			free: info.data.free,
			held: info.data.reserved,
		}
	}

	/// Returns the total issuance in the best block.
	pub async fn issuance(&self) -> Balance {
		let key = pallet_balances::TotalIssuance::<Runtime>::hashed_key();
		self.storage(&key, None).await.expect("there are tokens")
	}

	/// Returns the events of these blocks of the best chain, in order.
	pub async fn events(&self, blocks: impl IntoIterator<Item = BlockNumber>) -> Vec<RuntimeEvent> {
		let (key, mut events) = (unhex(EVENTS), Vec::new());
		for number in blocks {
			let block = self.hash_of(number).await;
			let records: Option<Vec<frame_system::EventRecord<RuntimeEvent, Hash>>> =
				self.storage(&key, Some(block)).await;
			events.extend(records.into_iter().flatten().map(|record| record.event));
		}
		events
	}

	/// Returns the transactions in these blocks of the best chain, in order.
	pub async fn transactions(&self, blocks: impl IntoIterator<Item = BlockNumber>) -> Vec<UncheckedExtrinsic> {
		let mut transactions = Vec::new();
		for number in blocks {
			let block: serde_json::Value = self
				.request("chain_getBlock", rpc_params![self.hash_of(number).await])
				.await;
			let extrinsics = block["block"]["extrinsics"].as_array().expect("a block has extrinsics");
			let texts = extrinsics.iter().filter_map(|extrinsic| extrinsic.as_str());
			transactions.extend(texts.map(decode_transaction));
		}
		transactions
	}

	/// Returns the value of a storage key in this block, or in the best one.
	pub async fn storage<T: Decode>(&self, key: &[u8], at: Option<Hash>) -> Option<T> {
		let value: Option<String> = self
			.request("state_getStorage", rpc_params![format!("0x{}", ::hex::encode(key)), at])
			.await;
		Some(T::decode_all(&mut &unhex(&value?)[..]).expect("the value has the type of this runtime"))
	}

	/// Returns the nonce of the account's next transaction.
	pub async fn nonce(&self, account: &AccountId) -> Nonce {
		self.request("system_accountNextIndex", rpc_params![account]).await
	}

	/// Returns the number of the best block.
	pub async fn height(&self) -> BlockNumber {
		self.number_of(None).await
	}

	/// Returns the number of the last final block.
	pub async fn final_height(&self) -> BlockNumber {
		self.number_of(Some(self.final_head().await)).await
	}

	async fn final_head(&self) -> Hash {
		self.request("chain_getFinalizedHead", rpc_params![]).await
	}

	/// Returns the number of this block, or of the best one.
	async fn number_of(&self, block: Option<Hash>) -> BlockNumber {
		let header: serde_json::Value = self.request("chain_getHeader", rpc_params![block]).await;
		let number = header["number"].as_str().and_then(|number| number.strip_prefix("0x"));
		number
			.and_then(|number| BlockNumber::from_str_radix(number, 16).ok())
			.expect("a header has a number")
	}

	/// Returns the hash of the best block.
	pub async fn best_hash(&self) -> Hash {
		self.request("chain_getBlockHash", rpc_params![]).await
	}

	/// Returns the number of the last block that no reorganisation undoes: the last final one, or one with a few blocks
	/// on top of it, since no block becomes final while too many validators are missing.
	pub async fn stable_height(&self) -> BlockNumber {
		let deep = self.height().await.saturating_sub(STABLE_DEPTH);
		self.final_height().await.max(deep)
	}

	async fn stable_block(&self) -> Hash {
		self.hash_of(self.stable_height().await).await
	}

	/// Returns the hash of a block of the best chain.
	pub async fn hash_of(&self, number: BlockNumber) -> Hash {
		self.request("chain_getBlockHash", rpc_params![number]).await
	}

	/// Returns the hash of the genesis block.
	pub async fn genesis(&self) -> Hash {
		self.hash_of(0).await
	}

	/// Returns the number of nodes that this one is connected to.
	pub async fn peers(&self) -> u64 {
		let health: serde_json::Value = self.request("system_health", rpc_params![]).await;
		health["peers"].as_u64().expect("a number of peers")
	}

	/// Returns the transactions that are ready in the pool.
	pub async fn pending_transactions(&self) -> Vec<UncheckedExtrinsic> {
		let pending: Vec<String> = self.request("author_pendingExtrinsics", rpc_params![]).await;
		pending.iter().map(|text| decode_transaction(text)).collect()
	}

	/// Submits a transaction to the pool.
	pub async fn submit(&self, transaction: &UncheckedExtrinsic) -> Result<Hash, PoolError> {
		self.rpc()
			.request("author_submitExtrinsic", rpc_params![hex(transaction)])
			.await
			.map_err(|error| match error {
				Error::User(user) => PoolError {
					code: user.code,
					reason: format!(
						"{}: {}",
						user.message,
						user.data.map_or_else(String::new, |data| data.to_string())
					),
				},
				error => panic!("author_submitExtrinsic: {error}"),
			})
	}
}

/// Returns whether the job is settled or refunded.
pub fn has_ended(status: &JobStatus) -> bool {
	matches!(status, JobStatus::Settled { .. } | JobStatus::Refunded { .. })
}

fn decode_transaction(text: &str) -> UncheckedExtrinsic {
	UncheckedExtrinsic::decode_all(&mut &unhex(text)[..]).expect("a node has transactions of this runtime")
}

fn hex(value: &impl Encode) -> String {
	format!("0x{}", ::hex::encode(value.encode()))
}

fn unhex(text: &str) -> Vec<u8> {
	::hex::decode(text.trim_start_matches("0x")).expect("a node answers in hexadecimal")
}
