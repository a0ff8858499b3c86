//! Artifacts, to a node and from a node. Nothing is used before its hash was checked here.

use crate::{
	cache::Cache,
	chain::{decode_hex, encode_hex, rpc_params, Chain, ChainError},
	progress::{Progress, Transfer},
};
use assay_primitives::{payload::MAX_ARTIFACT, Artifact, ArtifactId, Payload};
use serde::Deserialize;

/// Bytes that one RPC call carries: the most a node takes.
const CHUNK: usize = 1024 * 1024;

/// Why an artifact could not be stored or fetched.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
	#[error("an artifact may have {MAX_ARTIFACT} bytes, these are {len}: make the file smaller")]
	TooLarge { len: u64 },
	#[error(
		"the node at {url} does not have artifact {id}: name a node that has it with --url, or store the file in this \
		 one with `assay artifact put FILE`"
	)]
	Missing { id: ArtifactId, url: String },
	#[error(
		"the node at {url} says that artifact {id} has {len} bytes, and an artifact may have {MAX_ARTIFACT}: name \
		 another node with --url"
	)]
	InvalidLength { id: ArtifactId, url: String, len: u64 },
	#[error(
		"the node at {url} sends artifact {id} in chunks of {len} bytes, not of 1 to {CHUNK}: name another node \
		 with --url"
	)]
	InvalidChunk { id: ArtifactId, url: String, len: usize },
	#[error("the node at {url} sent other bytes under the name of artifact {id}: name another node with --url")]
	WrongBytes { id: ArtifactId, url: String },
	#[error(
		"the node at {url} does not accept more than {received} of the {len} bytes of artifact {id}: run the \
		 command again"
	)]
	Stalled {
		id: ArtifactId,
		url: String,
		received: u64,
		len: u64,
	},
	#[error(
		"the node of --mirror {mirror} is on another chain than the node of --url {url}: name a node of the same chain"
	)]
	OtherChain { mirror: String, url: String },
	#[error(transparent)]
	Chain(#[from] ChainError),
}

/// The node's answer to a chunk.
#[derive(Deserialize)]
struct Received {
	received: u64,
	complete: bool,
}

/// Nodes that are to store the same artifacts.
pub struct Mirrors(Vec<Chain>);

impl Mirrors {
	/// Connects to the nodes at `urls`, which must be on the same chain, besides the node of `chain`.
	pub async fn connect(chain: &Chain, urls: &[String]) -> Result<Self, ArtifactError> {
		let mut nodes = vec![chain.clone()];
		for url in urls {
			let node = Chain::connect(url).await?;
			if !node.is_same_chain(chain) {
				return Err(ArtifactError::OtherChain {
					mirror: url.clone(),
					url: chain.url().to_owned(),
				});
			}
			nodes.push(node);
		}
		Ok(Self(nodes))
	}

	/// Stores `bytes` in each node that does not have them.
	pub async fn upload(&self, bytes: &[u8], progress: &dyn Progress) -> Result<(), ArtifactError> {
		for node in &self.0 {
			upload(node, bytes, progress).await?;
		}
		Ok(())
	}
}

/// Stores `bytes` in the node, unless it has them.
pub async fn upload(chain: &Chain, bytes: &[u8], progress: &dyn Progress) -> Result<Artifact, ArtifactError> {
	let artifact = Artifact::of(bytes);
	if artifact.len > MAX_ARTIFACT {
		return Err(ArtifactError::TooLarge { len: artifact.len });
	}
	if stored_length(chain, artifact.id).await?.is_some() {
		return Ok(artifact);
	}
	let meter = progress.transfer(Transfer::Upload, artifact.len);
	let mut offset = 0;
	while let Some(rest) = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)) {
		let chunk = encode_hex(&rest[..rest.len().min(CHUNK)]);
		let params = rpc_params![artifact.id, artifact.len, offset, chunk];
		match chain.request("assay_putArtifact", params).await {
			Ok(Received { complete: true, .. }) => return Ok(artifact),
			Ok(Received { received, .. }) if received > offset => offset = received,
			Ok(_) => break,
			// An earlier upload of the same bytes was interrupted, or another one is running: continue where it is.
			Err(ChainError::Rpc { reason, .. }) if expected_offset(&reason).is_some_and(|at| at != offset) => {
				offset = expected_offset(&reason).unwrap_or(0);
			}
			Err(error) => return Err(error.into()),
		}
		meter.set(offset);
	}
	Err(ArtifactError::Stalled {
		id: artifact.id,
		url: chain.url().to_owned(),
		received: offset,
		len: artifact.len,
	})
}

/// Returns the offset at which the node expects an upload to continue, where it refused a chunk for that reason.
fn expected_offset(reason: &str) -> Option<u64> {
	reason.strip_prefix("this upload continues at byte ")?.parse().ok()
}

/// Returns the length of an artifact in the node, if it has it.
async fn stored_length(chain: &Chain, id: ArtifactId) -> Result<Option<u64>, ChainError> {
	chain.request("assay_hasArtifact", rpc_params![id]).await
}

/// Returns the bytes of an artifact, from the cache or the node, once they are checked against `id`.
pub async fn fetch(chain: &Chain, id: ArtifactId, progress: &dyn Progress) -> Result<Vec<u8>, ArtifactError> {
	let cache = Cache::of_user();
	if let Some(bytes) = cache.get(id) {
		return Ok(bytes);
	}
	let url = || chain.url().to_owned();
	let missing = || ArtifactError::Missing { id, url: url() };
	let len = stored_length(chain, id).await?.ok_or_else(missing)?;
	if len > MAX_ARTIFACT {
		return Err(ArtifactError::InvalidLength { id, url: url(), len });
	}
	let meter = progress.transfer(Transfer::Download, len);
	let mut bytes = Vec::new();
	while (bytes.len() as u64) < len {
		let params = rpc_params![id, bytes.len(), CHUNK];
		let chunk: Option<String> = chain.request("assay_getArtifact", params).await?;
		let chunk = decode_hex(&chunk.ok_or_else(missing)?).map_err(|reason| ChainError::Undecodable {
			method: "assay_getArtifact".to_owned(),
			reason,
		})?;
		if chunk.is_empty() || chunk.len() > CHUNK {
			return Err(ArtifactError::InvalidChunk {
				id,
				url: url(),
				len: chunk.len(),
			});
		}
		bytes.extend(chunk);
		meter.set(bytes.len() as u64);
	}
	if ArtifactId::of(&bytes) != id {
		return Err(ArtifactError::WrongBytes { id, url: url() });
	}
	cache.put(id, &bytes);
	Ok(bytes)
}

/// Returns the bytes of a payload, fetching them where they do not travel inline.
pub async fn resolve(chain: &Chain, payload: &Payload, progress: &dyn Progress) -> Result<Vec<u8>, ArtifactError> {
	match payload {
		Payload::Inline(bytes) => Ok(bytes.to_vec()),
		Payload::Artifact(artifact) => fetch(chain, artifact.id, progress).await,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_upload_continues_where_the_node_expects() {
		let error = assay_artifacts::StoreError::WrongOffset { expected: 1_048_576 };
		assert_eq!(expected_offset(&error.to_string()), Some(1_048_576));
		assert_eq!(expected_offset("the artifact store is full"), None);
	}
}
