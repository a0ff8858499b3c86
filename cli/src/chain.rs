//! The connection to a node, and everything that is read from the chain.

use crate::output::printable;
use assay_primitives::{
	api, governance,
	metadata::Metadata,
	names::FamilyName,
	probe::Statement,
	terms::{Fee, Terms},
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef,
};
use codec::{Decode, Encode};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use subxt::{
	backend::LegacyBackend,
	client::Blocks,
	constants::dynamic,
	rpcs::{client::RpcParams, RpcClient},
	utils::AccountId32,
	OnlineClient, SubstrateConfig,
};

pub use subxt::rpcs::rpc_params;

/// Hashes, addresses and extensions as Assay's runtime has them.
pub type AssayConfig = SubstrateConfig;
pub type ModelInfo = api::ModelInfo<AccountId32, u128, u32>;
pub type FamilyInfo = api::FamilyInfo<AccountId32>;
pub type JobInfo = api::JobInfo<AccountId32, u128, u32>;
pub type JobStatus = api::JobStatus<u128, u32>;
pub type Participant = api::Participant<AccountId32>;
pub type Assurance = api::Assurance<u128>;
pub type DisputeInfo = api::DisputeInfo<AccountId32, u128, u32>;
pub type Protocol = api::Protocol<u128>;
pub type WorkerInfo = api::WorkerInfo<u128, u32>;
pub type Quote = api::Quote<u128>;
pub type Stats = api::Stats<u128>;
pub type ModelChange = api::StatusChange<u32>;
pub type TrackInfo = governance::TrackInfo<u128, u32>;
pub type ReferendumInfo = governance::ReferendumInfo<AccountId32, u128, u32>;
pub type ReferendumStatus = governance::ReferendumStatus<AccountId32, u128, u32>;
pub type Ongoing = governance::Ongoing<AccountId32, u128, u32>;
pub type TrackVotes = governance::TrackVotes<AccountId32, u128, u32>;

/// How long to wait for a block: many slots, so that only a network at rest exceeds it.
const BLOCK_PATIENCE: Duration = Duration::from_secs(60);

/// Why the chain could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	#[error("cannot reach a node at {url}: {reason}. Start one with `assay-node --dev`, or name another with --url or ASSAY_URL")]
	Unreachable { url: String, reason: String },
	#[error("the node at {url} does not offer {method}: is it an assay-node of this version?")]
	NotAssay { url: String, method: String },
	#[error("the node refused {method}: {reason}")]
	Rpc { method: String, reason: String },
	#[error("the node's answer to {method} does not decode ({reason}): use the `assay` that was built with the node")]
	Garbled { method: String, reason: codec::Error },
	#[error("no model {0} on this chain: `assay model list` shows those there are")]
	UnknownModel(ModelId),
	#[error("no family is called {} on this chain: `assay family list` shows those there are", printable(.0))]
	UnknownFamily(FamilyName),
	#[error("{0}")]
	NotInFamily(String),
	#[error("no job {0} on this chain: it never was, or its record has been pruned")]
	UnknownJob(JobId),
	#[error("no referendum {0} on this chain: `assay gov referenda --all` lists them")]
	UnknownReferendum(u32),
	#[error("no track is called {0:?}: `assay gov tracks` shows those there are")]
	UnknownTrack(String),
}

/// A connection to a node.
#[derive(Clone, Debug)]
pub struct Chain {
	url: String,
	rpc: RpcClient,
	client: OnlineClient<AssayConfig>,
}

impl Chain {
	/// Connects to the node at `url`, a WebSocket address.
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		let unreachable = |reason: String| ChainError::Unreachable {
			url: url.to_owned(),
			// The client wraps its transport's words several times in its own.
			reason: reason.rsplit("client error: ").next().unwrap_or(&reason).to_owned(),
		};
		let rpc = RpcClient::from_insecure_url(url)
			.await
			.map_err(|error| unreachable(error.to_string()))?;
		// The legacy methods tell why a transaction is refused, which the newer ones leave out.
		let backend = LegacyBackend::<AssayConfig>::builder().build(rpc.clone());
		let client = OnlineClient::from_backend(Arc::new(backend))
			.await
			.map_err(|error| unreachable(error.to_string()))?;
		Ok(Self {
			url: url.to_owned(),
			rpc,
			client,
		})
	}

	/// For transactions and blocks.
	pub fn client(&self) -> &OnlineClient<AssayConfig> {
		&self.client
	}

	/// Makes a JSON-RPC call.
	pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<T, ChainError> {
		self.rpc.request(method, params).await.map_err(|error| match error {
			// Method not found. The node explains a method that it offers to others, so its words are kept where it has any.
			subxt::rpcs::Error::User(user) if user.code == -32601 && user.message == "Method not found" => {
				ChainError::NotAssay {
					url: self.url.clone(),
					method: method.to_owned(),
				}
			}
			subxt::rpcs::Error::User(user) => ChainError::Rpc {
				method: method.to_owned(),
				reason: user.message,
			},
			error => ChainError::Rpc {
				method: method.to_owned(),
				reason: error.to_string(),
			},
		})
	}

	/// Calls `AssayApi_{method}` in the state of the best block.
	async fn read<T: Decode>(&self, method: &str, args: impl Encode) -> Result<T, ChainError> {
		self.state_call(format!("AssayApi_{method}"), args).await
	}

	/// Calls `GovernanceApi_{method}` in the state of the best block.
	async fn read_governance<T: Decode>(&self, method: &str, args: impl Encode) -> Result<T, ChainError> {
		self.state_call(format!("GovernanceApi_{method}"), args).await
	}

	async fn state_call<T: Decode>(&self, method: String, args: impl Encode) -> Result<T, ChainError> {
		let args = format!("0x{}", hex::encode(args.encode()));
		let answer: String = match self.request("state_call", rpc_params![&method, args]).await {
			Err(ChainError::Rpc { reason, .. }) if reason.contains("is not found") => {
				return Err(ChainError::NotAssay {
					url: self.url.clone(),
					method,
				})
			}
			answer => answer?,
		};
		let garbled = |reason| ChainError::Garbled {
			method: method.clone(),
			reason,
		};
		let bytes = unhex(&answer).map_err(garbled)?;
		codec::DecodeAll::decode_all(&mut &bytes[..]).map_err(garbled)
	}

	/// What a request of so many inputs to `model` would cost and meet; `None` if it is unknown or not open.
	pub async fn quote(&self, model: ModelId, items: u32, terms: &Terms<u128>) -> Result<Option<Quote>, ChainError> {
		self.read("quote", (model, items, terms)).await
	}

	/// What a submission would cost: the deposit, and the fee for reproducing the model.
	pub async fn submission_quote(
		&self,
		engine: EngineId,
		artifact: Artifact,
		spec: &BoundedSpec,
		metadata: &Metadata,
		statement: &Statement,
	) -> Result<(u128, Fee<u128>), ChainError> {
		self.read("submission_quote", (engine, artifact, spec, metadata, statement))
			.await
	}

	/// The model that is meant now.
	pub async fn resolve(&self, model: &ModelRef) -> Result<ModelId, ChainError> {
		let name = match model {
			ModelRef::Id(id) => return Ok(*id),
			ModelRef::Latest(name) | ModelRef::Version(name, _) => name,
		};
		match self.read("resolve", model).await? {
			Some(id) => Ok(id),
			None => Err(ChainError::NotInFamily(not_in_family(model, &self.family(name).await?))),
		}
	}

	/// A model that must exist, however it is named.
	pub async fn named_model(&self, model: &ModelRef) -> Result<ModelInfo, ChainError> {
		self.model(self.resolve(model).await?).await
	}

	/// A family, if it exists.
	pub async fn find_family(&self, name: &FamilyName) -> Result<Option<FamilyInfo>, ChainError> {
		self.read("family", name).await
	}

	/// A family that must exist.
	pub async fn family(&self, name: &FamilyName) -> Result<FamilyInfo, ChainError> {
		let family = self.find_family(name).await?;
		family.ok_or_else(|| ChainError::UnknownFamily(name.clone()))
	}

	/// All families, in the order of their names.
	pub async fn families(&self) -> Result<Vec<FamilyInfo>, ChainError> {
		let mut families: Vec<FamilyInfo> = Vec::new();
		loop {
			let after = families.last().map(|family| family.name.clone());
			let page: Vec<FamilyInfo> = self.read("families", after).await?;
			let whole = page.len() == api::PAGE as usize;
			families.extend(page);
			if !whole {
				families.sort_by(|a, b| a.name.cmp(&b.name));
				return Ok(families);
			}
		}
	}

	/// A model, if it exists.
	pub async fn find_model(&self, model: ModelId) -> Result<Option<ModelInfo>, ChainError> {
		self.read("model", model).await
	}

	/// A model that must exist.
	pub async fn model(&self, model: ModelId) -> Result<ModelInfo, ChainError> {
		self.find_model(model).await?.ok_or(ChainError::UnknownModel(model))
	}

	/// All models, in the order of their submission.
	pub async fn models(&self) -> Result<Vec<ModelInfo>, ChainError> {
		let mut models: Vec<ModelInfo> = Vec::new();
		loop {
			let page: Vec<ModelInfo> = self.read("models", models.last().map(|model| model.id)).await?;
			let whole = page.len() == api::PAGE as usize;
			models.extend(page);
			if !whole {
				models.sort_by_key(|model| (model.submitted_at, model.id));
				return Ok(models);
			}
		}
	}

	/// A worker, if the account is one.
	pub async fn worker(&self, account: AccountId32) -> Result<Option<WorkerInfo>, ChainError> {
		self.read("worker", account).await
	}

	/// A job, if its record is there.
	pub async fn find_job(&self, job: JobId) -> Result<Option<JobInfo>, ChainError> {
		self.read("job", job).await
	}

	/// A job that must be there.
	pub async fn job(&self, job: JobId) -> Result<JobInfo, ChainError> {
		self.find_job(job).await?.ok_or(ChainError::UnknownJob(job))
	}

	/// The dispute over a job, if there is one now.
	pub async fn dispute(&self, job: JobId) -> Result<Option<DisputeInfo>, ChainError> {
		self.read("dispute", job).await
	}

	/// How a validator has voted.
	pub async fn voter(&self, account: AccountId32) -> Result<api::VoterRecord, ChainError> {
		self.read("voter", account).await
	}

	/// The parameters in force.
	pub async fn protocol(&self) -> Result<Protocol, ChainError> {
		self.read("protocol", ()).await
	}

	/// Totals since genesis.
	pub async fn stats(&self) -> Result<Stats, ChainError> {
		self.read("stats", ()).await
	}

	/// The engines the network stands behind.
	pub async fn engines(&self) -> Result<Vec<EngineId>, ChainError> {
		self.read("engines", ()).await
	}

	/// The latest changes of a model's status, oldest first.
	pub async fn model_history(&self, model: ModelId) -> Result<Vec<ModelChange>, ChainError> {
		self.read("model_history", model).await
	}

	/// The tracks of governance.
	pub async fn tracks(&self) -> Result<Vec<TrackInfo>, ChainError> {
		self.read_governance("tracks", ()).await
	}

	/// The track called `name`.
	pub async fn track(&self, name: &str) -> Result<TrackInfo, ChainError> {
		let tracks = self.tracks().await?;
		let found = tracks.into_iter().find(|track| track.name == name.as_bytes());
		found.ok_or_else(|| ChainError::UnknownTrack(name.to_owned()))
	}

	/// A referendum that must have been.
	pub async fn referendum(&self, index: u32) -> Result<ReferendumInfo, ChainError> {
		let info: Option<_> = self.read_governance("referendum", index).await?;
		info.ok_or(ChainError::UnknownReferendum(index))
	}

	/// The latest referenda before `before`, a page of them, the latest first.
	pub async fn referenda(&self, before: Option<u32>) -> Result<Vec<ReferendumInfo>, ChainError> {
		self.read_governance("referenda", before).await
	}

	/// What an account has at stake in votes.
	pub async fn votes(&self, account: AccountId32) -> Result<Vec<TrackVotes>, ChainError> {
		self.read_governance("votes", account).await
	}

	/// The nonce of the account's next transaction, those in the node's pool counted.
	pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ChainError> {
		self.request("system_accountNextIndex", rpc_params![account.to_string()])
			.await
	}

	/// The time from one block to the next.
	pub async fn block_time(&self) -> anyhow::Result<Duration> {
		let at = self.client.at_current_block().await?;
		let milliseconds = at.constants().entry(dynamic::<u64>("Babe", "ExpectedBlockTime"))?;
		Ok(Duration::from_millis(milliseconds))
	}

	/// The number of the best block, in whose state everything is read. The client's own current block is the finalised one.
	pub async fn now(&self) -> Result<u32, ChainError> {
		#[derive(serde::Deserialize)]
		struct Header {
			number: String,
		}
		let header: Header = self.request("chain_getHeader", rpc_params![]).await?;
		let number = header.number.trim_start_matches("0x");
		u32::from_str_radix(number, 16).map_err(|_| ChainError::Garbled {
			method: "chain_getHeader".to_owned(),
			reason: "a block's number is hexadecimal".into(),
		})
	}

	/// Blocks for which a vote of conviction 1 binds those who win.
	pub async fn locking_period(&self) -> anyhow::Result<u32> {
		let at = self.client.at_current_block().await?;
		Ok(at
			.constants()
			.entry(dynamic::<u32>("ConvictionVoting", "VoteLockingPeriod"))?)
	}

	/// Best blocks, from the next one on.
	pub async fn best_blocks(&self) -> anyhow::Result<Blocks<AssayConfig>> {
		Ok(self.client.stream_best_blocks().await?)
	}
}

/// Why a name means nothing in a family that there is.
fn not_in_family(name: &ModelRef, family: &FamilyInfo) -> String {
	let of = printable(&family.name);
	let versions: Vec<_> = family.versions.iter().map(|(version, _)| printable(version)).collect();
	match (name, versions.as_slice()) {
		(_, []) => format!("family {of} has no version yet: its owner publishes one with `assay family publish`"),
		(ModelRef::Version(_, version), _) => format!(
			"family {of} has no version {}: it has {}",
			printable(version),
			versions.join(", ")
		),
		_ => format!(
			"family {of} has no latest version: name one, like {of}@{} (it has {})",
			versions.last().map_or("", String::as_str),
			versions.join(", ")
		),
	}
}

/// Waits for the next best block and returns its number.
pub async fn next_block(blocks: &mut Blocks<AssayConfig>) -> anyhow::Result<u64> {
	match tokio::time::timeout(BLOCK_PATIENCE, blocks.next()).await {
		Ok(Some(block)) => Ok(block?.number()),
		Ok(None) => anyhow::bail!("the node closed the connection: run the command again once it is back"),
		Err(_) => anyhow::bail!(
			"no block for {} seconds: has the network stopped, or lost this node?",
			BLOCK_PATIENCE.as_secs()
		),
	}
}

/// The bytes behind `0x…`.
pub fn unhex(text: &str) -> Result<Vec<u8>, codec::Error> {
	text.strip_prefix("0x")
		.and_then(|digits| hex::decode(digits).ok())
		.ok_or_else(|| "not hexadecimal".into())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_name_that_means_nothing_is_told_with_what_would() {
		let family = |versions: &[&str]| FamilyInfo {
			name: FamilyName::truncate_from(b"digits".to_vec()),
			owner: Some(AccountId32([1; 32])),
			latest: None,
			versions: versions
				.iter()
				.map(|version| (version.as_bytes().to_vec().try_into().unwrap(), ModelId::default()))
				.collect(),
		};
		let told = |name: &str, versions: &[&str]| not_in_family(&name.parse().unwrap(), &family(versions));
		assert!(told("digits", &[]).contains("no version yet"));
		assert!(told("digits@3", &["1", "2"]).ends_with("no version 3: it has 1, 2"));
		assert!(told("digits", &["1", "2"]).contains("like digits@2"));
		let unknown = ChainError::UnknownFamily(FamilyName::truncate_from(b"digits".to_vec()));
		assert!(unknown.to_string().contains("assay family list"));
	}
}
