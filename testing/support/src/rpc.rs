//! What a node says of its chain, read without any of the code that clients use.

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
use std::time::Duration;
use subxt::rpcs::{client::RpcParams, rpc_params, Error};

/// Where every runtime keeps the events of a block: Twox-128 of `System`, and of `Events`.
const EVENTS: &str = "26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";

/// Blocks on top of one that no fork undoes of a network that is slow and not divided.
const DEEP: u32 = 4;

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

/// What an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
	pub free: Balance,
	/// Stakes, deposits, the fees of jobs under way and the bonds of challenges.
	pub held: Balance,
}

impl Funds {
	/// All of it.
	pub fn total(&self) -> Balance {
		self.free + self.held
	}
}

/// Why the pool did not take a transaction: the code and the words of JSON-RPC.
#[derive(Debug)]
pub struct NotTaken {
	pub code: i32,
	pub reason: String,
}

impl Node {
	/// Makes a JSON-RPC call that must succeed.
	pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> T {
		self.rpc()
			.request(method, params)
			.await
			.unwrap_or_else(|error| panic!("{method}: {error}"))
	}

	/// Calls `AssayApi_{method}` in the state of the best block.
	pub async fn read<T: Decode>(&self, method: &str, args: impl Encode) -> T {
		self.call(&format!("AssayApi_{method}"), args, None).await
	}

	/// Calls a function of the runtime in the state of the best block or of another one.
	async fn call<T: Decode>(&self, function: &str, args: impl Encode, at: Option<Hash>) -> T {
		let answer: String = self.request("state_call", rpc_params![function, hex(&args), at]).await;
		T::decode_all(&mut &unhex(&answer)[..]).unwrap_or_else(|error| panic!("{function}: {error}"))
	}

	/// A job that must be there.
	pub async fn job(&self, id: JobId) -> Job {
		self.find_job(id)
			.await
			.unwrap_or_else(|| panic!("there is no job {id}"))
	}

	/// A job, if its record is there.
	pub async fn find_job(&self, id: JobId) -> Option<Job> {
		self.read("job", id).await
	}

	/// A job, if its record is there, as it is on every chain that may yet win.
	pub async fn final_job(&self, id: JobId) -> Option<Job> {
		self.call("AssayApi_job", id, Some(self.final_head().await)).await
	}

	/// Waits until the job has ended for good, for so many blocks at most, and returns it.
	pub async fn ended(&self, id: JobId, blocks: u32) -> Job {
		self.within(blocks + DEEP, &format!("job {id} has ended"), || async {
			let job: Option<Job> = self.call("AssayApi_job", id, Some(self.lasting_block().await)).await;
			job.filter(|job| has_ended(&job.status))
		})
		.await
	}

	/// The dispute over a job, while it is open.
	pub async fn dispute(&self, id: JobId) -> Option<Dispute> {
		self.read("dispute", id).await
	}

	/// How a validator has voted.
	pub async fn voter(&self, account: &AccountId) -> VoterRecord {
		self.read("voter", account).await
	}

	/// What a request would cost and meet. The model must be open.
	pub async fn quote(&self, model: ModelId, items: u32, terms: &Terms) -> Quote {
		let quote: Option<Quote> = self.read("quote", (model, items, terms)).await;
		quote.unwrap_or_else(|| panic!("model {model} is not open"))
	}

	/// The parameters in force.
	pub async fn protocol(&self) -> Protocol {
		self.read("protocol", ()).await
	}

	/// A model that must be there.
	pub async fn model(&self, id: ModelId) -> Model {
		self.find_model(id)
			.await
			.unwrap_or_else(|| panic!("there is no model {id}"))
	}

	/// A model, if it is registered.
	pub async fn find_model(&self, id: ModelId) -> Option<Model> {
		self.read("model", id).await
	}

	/// What a model is now that must be there.
	pub async fn status(&self, id: ModelId) -> ModelStatus {
		self.model(id).await.status
	}

	/// What a model is for good, if it is registered.
	pub async fn lasting_status(&self, id: ModelId) -> Option<ModelStatus> {
		let model: Option<Model> = self.call("AssayApi_model", id, Some(self.lasting_block().await)).await;
		model.map(|model| model.status)
	}

	/// Waits until others have come to a finding on a model, or to none, for so many blocks at most. Returns what it is then, for good.
	pub async fn judged(&self, id: ModelId, blocks: u32) -> ModelStatus {
		self.within(blocks + DEEP, &format!("model {id} is judged"), || async {
			let status = self.lasting_status(id).await?;
			(status != ModelStatus::Probation).then_some(status)
		})
		.await
	}

	/// The latest changes of a model's status, oldest first.
	pub async fn history(&self, id: ModelId) -> Vec<StatusChange<BlockNumber>> {
		self.read("model_history", id).await
	}

	/// A family, if there is one of this name.
	pub async fn family(&self, name: &str) -> Option<Family> {
		let name = FamilyName::try_from(name.as_bytes().to_vec()).expect("a short name");
		self.read("family", name).await
	}

	/// A referendum that must be there.
	pub async fn referendum(&self, index: u32) -> Referendum {
		let found: Option<Referendum> = self.call("GovernanceApi_referendum", index, None).await;
		found.unwrap_or_else(|| panic!("there is no referendum {index}"))
	}

	/// A worker that must be there.
	pub async fn worker(&self, account: &AccountId) -> Worker {
		self.find_worker(account)
			.await
			.unwrap_or_else(|| panic!("{account} is no worker"))
	}

	/// A worker, if it is registered.
	pub async fn find_worker(&self, account: &AccountId) -> Option<Worker> {
		self.read("worker", account).await
	}

	/// Totals since genesis.
	pub async fn stats(&self) -> Stats<Balance> {
		self.read("stats", ()).await
	}

	/// The engines that models may name.
	pub async fn engines(&self) -> Vec<EngineId> {
		self.read("engines", ()).await
	}

	/// The version of the runtime in force.
	pub async fn spec_version(&self) -> u32 {
		let version: serde_json::Value = self.request("state_getRuntimeVersion", rpc_params![]).await;
		let version = version["specVersion"]
			.as_u64()
			.and_then(|version| version.try_into().ok());
		version.expect("a runtime has a version")
	}

	/// What an account has in the best block.
	pub async fn funds(&self, account: &AccountId) -> Funds {
		type Info = frame_system::AccountInfo<Nonce, <Runtime as frame_system::Config>::AccountData>;
		let key = frame_system::Account::<Runtime>::hashed_key_for(account);
		let Some(info) = self.stored::<Info>(&key, None).await else {
			return Funds { free: 0, held: 0 };
		};
		Funds {
			free: info.data.free,
			held: info.data.reserved,
		}
	}

	/// All tokens there are in the best block.
	pub async fn issuance(&self) -> Balance {
		let key = pallet_balances::TotalIssuance::<Runtime>::hashed_key();
		self.stored(&key, None).await.expect("there are tokens")
	}

	/// What happened on the best chain in these blocks, in order.
	pub async fn events(&self, blocks: impl IntoIterator<Item = BlockNumber>) -> Vec<RuntimeEvent> {
		let (key, mut events) = (unhex(EVENTS), Vec::new());
		for number in blocks {
			let block = self.hash_of(number).await;
			let records: Option<Vec<frame_system::EventRecord<RuntimeEvent, Hash>>> =
				self.stored(&key, Some(block)).await;
			events.extend(records.into_iter().flatten().map(|record| record.event));
		}
		events
	}

	/// What the state has under this key, in the best block or another one.
	pub async fn stored<T: Decode>(&self, key: &[u8], at: Option<Hash>) -> Option<T> {
		let value: Option<String> = self
			.request("state_getStorage", rpc_params![format!("0x{}", ::hex::encode(key)), at])
			.await;
		Some(T::decode_all(&mut &unhex(&value?)[..]).expect("the value as the runtime has it"))
	}

	/// The nonce of the account's next transaction.
	pub async fn nonce(&self, account: &AccountId) -> Nonce {
		self.request("system_accountNextIndex", rpc_params![account]).await
	}

	/// The number of the best block.
	pub async fn height(&self) -> BlockNumber {
		self.number_of(None).await
	}

	/// The number of the last block that is on every chain that may yet win.
	pub async fn final_height(&self) -> BlockNumber {
		self.number_of(Some(self.final_head().await)).await
	}

	async fn final_head(&self) -> Hash {
		self.request("chain_getFinalizedHead", rpc_params![]).await
	}

	/// The number of the best block or of another one.
	async fn number_of(&self, block: Option<Hash>) -> BlockNumber {
		let header: serde_json::Value = self.request("chain_getHeader", rpc_params![block]).await;
		let number = header["number"].as_str().and_then(|number| number.strip_prefix("0x"));
		number
			.and_then(|number| BlockNumber::from_str_radix(number, 16).ok())
			.expect("a header has a number")
	}

	/// The best block.
	pub async fn best(&self) -> Hash {
		self.request("chain_getBlockHash", rpc_params![]).await
	}

	/// The number of the last block that stays. Where a validator is missing, and none becomes final, it is one with many on top.
	pub async fn lasting_height(&self) -> BlockNumber {
		let deep = self.height().await.saturating_sub(DEEP);
		self.final_height().await.max(deep)
	}

	async fn lasting_block(&self) -> Hash {
		self.hash_of(self.lasting_height().await).await
	}

	/// Waits until the best block is block `number` or a later one.
	pub async fn reach(&self, number: BlockNumber, limit: Duration) {
		crate::until(&format!("block {number}"), limit, || async {
			(self.height().await >= number).then_some(())
		})
		.await;
	}

	/// Waits until the best chain has grown by so many blocks.
	pub async fn pass(&self, blocks: u32) {
		let number = self.height().await + blocks;
		self.within(blocks, &format!("block {number}"), || async {
			(self.height().await >= number).then_some(())
		})
		.await;
	}

	/// The hash of a block of the best chain.
	pub async fn hash_of(&self, number: BlockNumber) -> Hash {
		self.request("chain_getBlockHash", rpc_params![number]).await
	}

	/// The hash that names the chain.
	pub async fn genesis(&self) -> Hash {
		self.hash_of(0).await
	}

	/// The number of nodes this one is connected to.
	pub async fn peers(&self) -> u64 {
		let health: serde_json::Value = self.request("system_health", rpc_params![]).await;
		health["peers"].as_u64().expect("a number of peers")
	}

	/// The transactions that are ready in the pool.
	pub async fn pending(&self) -> Vec<UncheckedExtrinsic> {
		let pending: Vec<String> = self.request("author_pendingExtrinsics", rpc_params![]).await;
		let decode = |text: &String| UncheckedExtrinsic::decode_all(&mut &unhex(text)[..]).expect("a transaction");
		pending.iter().map(decode).collect()
	}

	/// Hands a transaction to the pool.
	pub async fn submit(&self, transaction: &UncheckedExtrinsic) -> Result<Hash, NotTaken> {
		self.rpc()
			.request("author_submitExtrinsic", rpc_params![hex(transaction)])
			.await
			.map_err(|error| match error {
				Error::User(user) => NotTaken {
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

/// Whether nothing more will happen to a job.
pub fn has_ended(status: &JobStatus) -> bool {
	matches!(status, JobStatus::Settled { .. } | JobStatus::Refunded { .. })
}

fn hex(value: &impl Encode) -> String {
	format!("0x{}", ::hex::encode(value.encode()))
}

fn unhex(text: &str) -> Vec<u8> {
	::hex::decode(text.trim_start_matches("0x")).expect("a node answers in hexadecimal")
}
