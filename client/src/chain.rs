//! The connection to a node, and typed reads of the chain's state.

mod types;

pub use subxt::rpcs::rpc_params;
pub use types::*;

use crate::text::printable;
use assay_primitives::{
	api,
	metadata::Metadata,
	names::FamilyName,
	probe::Statement,
	terms::{Fee, Terms},
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef,
};
use codec::{Decode, Encode};
use serde::de::DeserializeOwned;
use std::{fmt, sync::Arc, time::Duration};
use subxt::{
	backend::LegacyBackend,
	client::Blocks,
	constants::dynamic,
	rpcs::{client::RpcParams, RpcClient},
	utils::{AccountId32, H256},
	OnlineClient, SubstrateConfig,
};

/// Hashes, addresses and extensions of Assay's runtime.
pub type AssayConfig = SubstrateConfig;

/// The time to wait for a block. Many slots, so that only a network that has stopped exceeds it.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// Why the chain could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	#[error(
		"cannot reach a node at {url}: {reason}. Start one with `assay-node --dev`, or name another with --url or \
		 ASSAY_URL"
	)]
	Unreachable { url: String, reason: String },
	#[error("the node at {url} does not offer {method}: name an assay-node of this version with --url")]
	NotAssay { url: String, method: String },
	#[error("the node refused {method}: {reason}")]
	Rpc { method: String, reason: String },
	#[error(
		"the node's answer to {method} does not decode ({}): use the `assay` that was built with the node",
		one_line(.reason)
	)]
	Undecodable { method: String, reason: codec::Error },
	#[error("the node failed to answer: {0}. Run the command again, or name another node with --url")]
	Client(String),
	#[error("the node closed the connection: run the command again once the node is back")]
	Closed,
	#[error(
		"no block arrived for {} seconds: the network has stopped, or this node has lost it. Look at the node's log, \
		 or name another node with --url",
		BLOCK_TIMEOUT.as_secs()
	)]
	NoBlock,
	#[error("there is no model {0} on this chain: `assay model list` lists its models")]
	UnknownModel(ModelId),
	#[error("there is no family `{}` on this chain: `assay family list` lists its families", printable(.0))]
	UnknownFamily(FamilyName),
	#[error("{0}")]
	UnknownVersion(String),
	#[error("there is no job {0} on this chain: it was never accepted, or its record has been pruned")]
	UnknownJob(JobId),
	#[error("there is no referendum {0} on this chain: `assay gov referenda --all` lists its referenda")]
	UnknownReferendum(u32),
	#[error("there is no track {0:?}: `assay gov tracks` lists the tracks")]
	UnknownTrack(String),
}

impl ChainError {
	/// Wraps a failure of the client library.
	pub(crate) fn client(error: impl fmt::Display) -> Self {
		Self::Client(error.to_string())
	}
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
			// The client repeats its own prefix before the transport's message.
			reason: reason.rsplit("client error: ").next().unwrap_or(&reason).to_owned(),
		};
		let rpc = RpcClient::from_insecure_url(url)
			.await
			.map_err(|error| unreachable(error.to_string()))?;
		// The legacy methods say why a transaction is refused, which the newer ones leave out.
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

	/// Returns the node's address.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Returns the hash of the chain's first block, which signed messages name.
	pub fn genesis(&self) -> H256 {
		self.client.genesis_hash()
	}

	/// Returns whether `other` is connected to the same chain.
	pub fn is_same_chain(&self, other: &Self) -> bool {
		self.client.genesis_hash() == other.client.genesis_hash()
	}

	/// Returns the client for transactions and blocks.
	pub fn client(&self) -> &OnlineClient<AssayConfig> {
		&self.client
	}

	/// Makes a JSON-RPC call.
	pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<T, ChainError> {
		self.rpc.request(method, params).await.map_err(|error| match error {
			// Method not found. Where a node withholds a method from this client it says why, and that message is kept.
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
		let args = encode_hex(args.encode());
		let answer: String = match self.request("state_call", rpc_params![&method, args]).await {
			Err(ChainError::Rpc { reason, .. }) if reason.contains("is not found") => {
				return Err(ChainError::NotAssay {
					url: self.url.clone(),
					method,
				})
			}
			answer => answer?,
		};
		let undecodable = |reason| ChainError::Undecodable {
			method: method.clone(),
			reason,
		};
		let bytes = decode_hex(&answer).map_err(undecodable)?;
		codec::DecodeAll::decode_all(&mut &bytes[..]).map_err(undecodable)
	}

	/// Returns what a job of `items` inputs to `model` would cost and meet; `None` if the model is unknown or accepts
	/// no jobs.
	pub async fn quote(&self, model: ModelId, items: u32, terms: &Terms<u128>) -> Result<Option<Quote>, ChainError> {
		self.read("quote", (model, items, terms)).await
	}

	/// Returns what a submission would cost: the deposit, and the fee for reproducing the model.
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

	/// Returns the model that the name stands for now.
	pub async fn resolve(&self, model: &ModelRef) -> Result<ModelId, ChainError> {
		let name = match model {
			ModelRef::Id(id) => return Ok(*id),
			ModelRef::Latest(name) | ModelRef::Version(name, _) => name,
		};
		match self.read("resolve", model).await? {
			Some(id) => Ok(id),
			None => Err(ChainError::UnknownVersion(unknown_version(
				model,
				&self.family(name).await?,
			))),
		}
	}

	/// Returns a model by any name that it has.
	pub async fn named_model(&self, model: &ModelRef) -> Result<ModelInfo, ChainError> {
		self.model(self.resolve(model).await?).await
	}

	/// Returns a family, if it exists.
	pub async fn find_family(&self, name: &FamilyName) -> Result<Option<FamilyInfo>, ChainError> {
		self.read("family", name).await
	}

	/// Returns a family; an error if it does not exist.
	pub async fn family(&self, name: &FamilyName) -> Result<FamilyInfo, ChainError> {
		let family = self.find_family(name).await?;
		family.ok_or_else(|| ChainError::UnknownFamily(name.clone()))
	}

	/// Returns all families, sorted by name.
	pub async fn families(&self) -> Result<Vec<FamilyInfo>, ChainError> {
		let mut families: Vec<FamilyInfo> = Vec::new();
		loop {
			let after = families.last().map(|family| family.name.clone());
			let page: Vec<FamilyInfo> = self.read("families", after).await?;
			let is_full = page.len() == api::PAGE as usize;
			families.extend(page);
			if !is_full {
				families.sort_by(|a, b| a.name.cmp(&b.name));
				return Ok(families);
			}
		}
	}

	/// Returns a model, if it exists.
	pub async fn find_model(&self, model: ModelId) -> Result<Option<ModelInfo>, ChainError> {
		self.read("model", model).await
	}

	/// Returns a model; an error if it does not exist.
	pub async fn model(&self, model: ModelId) -> Result<ModelInfo, ChainError> {
		self.find_model(model).await?.ok_or(ChainError::UnknownModel(model))
	}

	/// Returns all models, in the order of their submission.
	pub async fn models(&self) -> Result<Vec<ModelInfo>, ChainError> {
		let mut models: Vec<ModelInfo> = Vec::new();
		loop {
			let page: Vec<ModelInfo> = self.read("models", models.last().map(|model| model.id)).await?;
			let is_full = page.len() == api::PAGE as usize;
			models.extend(page);
			if !is_full {
				models.sort_by_key(|model| (model.submitted_at, model.id));
				return Ok(models);
			}
		}
	}

	/// Returns a worker, if the account is one.
	pub async fn worker(&self, account: AccountId32) -> Result<Option<WorkerInfo>, ChainError> {
		self.read("worker", account).await
	}

	/// Returns a job, if its record is stored.
	pub async fn find_job(&self, job: JobId) -> Result<Option<JobInfo>, ChainError> {
		self.read("job", job).await
	}

	/// Returns a job; an error if its record is not stored.
	pub async fn job(&self, job: JobId) -> Result<JobInfo, ChainError> {
		self.find_job(job).await?.ok_or(ChainError::UnknownJob(job))
	}

	/// Returns the open dispute over a job, if there is one.
	pub async fn dispute(&self, job: JobId) -> Result<Option<DisputeInfo>, ChainError> {
		self.read("dispute", job).await
	}

	/// Returns how a validator has voted.
	pub async fn voter(&self, account: AccountId32) -> Result<api::VoterRecord, ChainError> {
		self.read("voter", account).await
	}

	/// Returns the current parameters.
	pub async fn protocol(&self) -> Result<Protocol, ChainError> {
		self.read("protocol", ()).await
	}

	/// Returns the totals since genesis.
	pub async fn stats(&self) -> Result<Stats, ChainError> {
		self.read("stats", ()).await
	}

	/// Returns the listed engines.
	pub async fn engines(&self) -> Result<Vec<EngineId>, ChainError> {
		self.read("engines", ()).await
	}

	/// Returns the latest changes of a model's status, oldest first.
	pub async fn model_history(&self, model: ModelId) -> Result<Vec<ModelChange>, ChainError> {
		self.read("model_history", model).await
	}

	/// Returns the tracks of governance.
	pub async fn tracks(&self) -> Result<Vec<TrackInfo>, ChainError> {
		self.read_governance("tracks", ()).await
	}

	/// Returns the track with this name.
	pub async fn track(&self, name: &str) -> Result<TrackInfo, ChainError> {
		let tracks = self.tracks().await?;
		let found = tracks.into_iter().find(|track| track.name == name.as_bytes());
		found.ok_or_else(|| ChainError::UnknownTrack(name.to_owned()))
	}

	/// Returns a referendum; an error if there never was one with this number.
	pub async fn referendum(&self, index: u32) -> Result<ReferendumInfo, ChainError> {
		let info: Option<_> = self.read_governance("referendum", index).await?;
		info.ok_or(ChainError::UnknownReferendum(index))
	}

	/// Returns a page of referenda with numbers below `before`, the latest first.
	pub async fn referenda(&self, before: Option<u32>) -> Result<Vec<ReferendumInfo>, ChainError> {
		self.read_governance("referenda", before).await
	}

	/// Returns what an account has at stake in votes.
	pub async fn votes(&self, account: AccountId32) -> Result<Vec<TrackVotes>, ChainError> {
		self.read_governance("votes", account).await
	}

	/// Returns the nonce of the account's next transaction, counting those in the node's pool.
	pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ChainError> {
		self.request("system_accountNextIndex", rpc_params![account.to_string()])
			.await
	}

	/// Returns the time from one block to the next.
	pub async fn block_time(&self) -> Result<Duration, ChainError> {
		let at = self.client.at_current_block().await.map_err(ChainError::client)?;
		let milliseconds = at
			.constants()
			.entry(dynamic::<u64>("Babe", "ExpectedBlockTime"))
			.map_err(ChainError::client)?;
		Ok(Duration::from_millis(milliseconds))
	}

	/// Returns the number of the best block, in whose state everything is read. (The client's own current block is the
	/// finalised one.)
	pub async fn best_block(&self) -> Result<u32, ChainError> {
		#[derive(serde::Deserialize)]
		struct Header {
			number: String,
		}
		let header: Header = self.request("chain_getHeader", rpc_params![]).await?;
		let number = header.number.trim_start_matches("0x");
		u32::from_str_radix(number, 16).map_err(|_| ChainError::Undecodable {
			method: "chain_getHeader".to_owned(),
			reason: "the block's number is not hexadecimal".into(),
		})
	}

	/// Returns the blocks for which a winning vote of conviction 1 locks its tokens.
	pub async fn locking_period(&self) -> Result<u32, ChainError> {
		let at = self.client.at_current_block().await.map_err(ChainError::client)?;
		at.constants()
			.entry(dynamic::<u32>("ConvictionVoting", "VoteLockingPeriod"))
			.map_err(ChainError::client)
	}

	/// Follows the best blocks, from the next one on.
	pub async fn best_blocks(&self) -> Result<Blocks<AssayConfig>, ChainError> {
		self.client.stream_best_blocks().await.map_err(ChainError::client)
	}
}

/// Says why a name stands for no model of a family that exists.
fn unknown_version(name: &ModelRef, family: &FamilyInfo) -> String {
	let of = printable(&family.name);
	let versions: Vec<_> = family.versions.iter().map(|(version, _)| printable(version)).collect();
	match (name, versions.as_slice()) {
		(_, []) => format!(
			"family {of} has no version yet: its owner publishes one with `assay family publish {of} VERSION MODEL`"
		),
		(ModelRef::Version(_, version), _) => format!(
			"family {of} has no version {}: its versions are {}",
			printable(version),
			versions.join(", ")
		),
		_ => format!(
			"family {of} has no latest version: name one, like {of}@{} (its versions are {})",
			versions.last().map_or("", String::as_str),
			versions.join(", ")
		),
	}
}

/// Waits for the next best block and returns its number.
pub async fn next_block(blocks: &mut Blocks<AssayConfig>) -> Result<u64, ChainError> {
	match tokio::time::timeout(BLOCK_TIMEOUT, blocks.next()).await {
		Ok(Some(block)) => Ok(block.map_err(ChainError::client)?.number()),
		Ok(None) => Err(ChainError::Closed),
		Err(_) => Err(ChainError::NoBlock),
	}
}

/// Joins the lines of an error of the codec, which has one for each level of the type.
fn one_line(error: &codec::Error) -> String {
	error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Decodes `0x…`.
pub fn decode_hex(text: &str) -> Result<Vec<u8>, codec::Error> {
	text.strip_prefix("0x")
		.and_then(|digits| hex::decode(digits).ok())
		.ok_or_else(|| "not hexadecimal".into())
}

/// Encodes as `0x…`.
pub fn encode_hex(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_unknown_version_is_reported_with_the_known_ones() {
		let family = |versions: &[&str]| FamilyInfo {
			name: FamilyName::truncate_from(b"digits".to_vec()),
			owner: Some(AccountId32([1; 32])),
			latest: None,
			versions: versions
				.iter()
				.map(|version| (version.as_bytes().to_vec().try_into().unwrap(), ModelId::default()))
				.collect(),
		};
		let message = |name: &str, versions: &[&str]| unknown_version(&name.parse().unwrap(), &family(versions));
		assert!(message("digits", &[]).contains("no version yet"));
		assert!(message("digits@3", &["1", "2"]).ends_with("no version 3: its versions are 1, 2"));
		assert!(message("digits", &["1", "2"]).contains("like digits@2"));
		let unknown = ChainError::UnknownFamily(FamilyName::truncate_from(b"digits".to_vec()));
		assert!(unknown.to_string().contains("assay family list"));
	}
}
