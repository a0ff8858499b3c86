//! What a node says of its chain, read without any of the code that clients use.

use crate::{until, Node};
use assay_primitives::{
	api::{JobInfo, JobStatus, ModelInfo, Stats, WorkerInfo},
	EngineId, JobId, ModelId,
};
use assay_runtime::{AccountId, Balance, BlockNumber, Hash, Nonce, Runtime, UncheckedExtrinsic};
use codec::{Decode, DecodeAll, Encode};
use serde::de::DeserializeOwned;
use std::time::Duration;
use subxt::rpcs::{client::RpcParams, rpc_params, Error};

pub type Job = JobInfo<AccountId, Balance, BlockNumber>;
pub type Model = ModelInfo<AccountId, Balance, BlockNumber>;
pub type Worker = WorkerInfo<Balance, BlockNumber>;

/// What an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
	pub free: Balance,
	/// Stakes, deposits and the fees of jobs under way.
	pub held: Balance,
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
		let answer: String = self
			.request("state_call", rpc_params![format!("AssayApi_{method}"), hex(&args)])
			.await;
		T::decode_all(&mut &unhex(&answer)[..]).unwrap_or_else(|error| panic!("{method}: {error}"))
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

	/// Waits until the job has ended, and returns it.
	pub async fn ended(&self, id: JobId, limit: Duration) -> Job {
		until(&format!("job {id} has ended"), limit, || async {
			let job = self.find_job(id).await?;
			matches!(job.status, JobStatus::Settled { .. } | JobStatus::Refunded { .. }).then_some(job)
		})
		.await
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

	/// A worker that must be there.
	pub async fn worker(&self, account: &AccountId) -> Worker {
		let worker: Option<Worker> = self.read("worker", account).await;
		worker.unwrap_or_else(|| panic!("{account} is no worker"))
	}

	/// Totals since genesis.
	pub async fn stats(&self) -> Stats<Balance> {
		self.read("stats", ()).await
	}

	/// The engine the chain started with.
	pub async fn engine(&self) -> EngineId {
		let engines: Vec<EngineId> = self.read("engines", ()).await;
		*engines.first().expect("genesis lists an engine")
	}

	/// What an account has in the best block.
	pub async fn funds(&self, account: &AccountId) -> Funds {
		let key = frame_system::Account::<Runtime>::hashed_key_for(account);
		let value: Option<String> = self
			.request("state_getStorage", rpc_params![format!("0x{}", ::hex::encode(key))])
			.await;
		let Some(value) = value else {
			return Funds { free: 0, held: 0 };
		};
		type Info = frame_system::AccountInfo<Nonce, <Runtime as frame_system::Config>::AccountData>;
		let info = Info::decode_all(&mut &unhex(&value)[..]).expect("the account as the runtime has it");
		Funds {
			free: info.data.free,
			held: info.data.reserved,
		}
	}

	/// The nonce of the account's next transaction.
	pub async fn nonce(&self, account: &AccountId) -> Nonce {
		self.request("system_accountNextIndex", rpc_params![account]).await
	}

	/// The number of the best block.
	pub async fn height(&self) -> BlockNumber {
		let header: serde_json::Value = self.request("chain_getHeader", rpc_params![]).await;
		let number = header["number"].as_str().and_then(|number| number.strip_prefix("0x"));
		number
			.and_then(|number| BlockNumber::from_str_radix(number, 16).ok())
			.expect("a header has a number")
	}

	/// Waits until the best block is block `number` or a later one.
	pub async fn reach(&self, number: BlockNumber, limit: Duration) {
		until(&format!("block {number}"), limit, || async {
			(self.height().await >= number).then_some(())
		})
		.await;
	}

	/// The hash that names the chain.
	pub async fn genesis(&self) -> Hash {
		self.request("chain_getBlockHash", rpc_params![0]).await
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

fn hex(value: &impl Encode) -> String {
	format!("0x{}", ::hex::encode(value.encode()))
}

fn unhex(text: &str) -> Vec<u8> {
	::hex::decode(text.trim_start_matches("0x")).expect("a node answers in hexadecimal")
}
