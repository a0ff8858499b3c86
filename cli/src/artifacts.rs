//! Artifacts to a node and from a node. Nothing is used whose hash was not checked here.

use crate::{
	cache::Cache,
	chain::{rpc_params, unhex, Chain, ChainError},
	output::Output,
};
use anyhow::{bail, Context as _};
use assay_primitives::{payload::MAX_ARTIFACT, Artifact, ArtifactId, Payload};
use serde::Deserialize;

/// Bytes that travel in one call: the most a node takes.
const CHUNK: usize = 1024 * 1024;

/// The node's answer to a chunk.
#[derive(Deserialize)]
struct Progress {
	received: u64,
	complete: bool,
}

/// Nodes that are to have the same artifacts.
pub struct Mirrored(Vec<Chain>);

impl Mirrored {
	/// The node of `chain` and those at `urls`, which must be on the same chain.
	pub async fn connect(chain: &Chain, urls: &[String]) -> anyhow::Result<Self> {
		let mut nodes = vec![chain.clone()];
		for url in urls {
			let node = Chain::connect(url).await?;
			if node.client().genesis_hash() != chain.client().genesis_hash() {
				bail!("the node of --mirror {url} is on another chain than the node of --url");
			}
			nodes.push(node);
		}
		Ok(Self(nodes))
	}

	/// Stores `bytes` in each of the nodes, unless it has them.
	pub async fn upload(&self, bytes: &[u8], output: &Output) -> anyhow::Result<()> {
		for node in &self.0 {
			upload(node, bytes, output).await?;
		}
		Ok(())
	}
}

/// Stores `bytes` in the node, unless it has them.
pub async fn upload(chain: &Chain, bytes: &[u8], output: &Output) -> anyhow::Result<Artifact> {
	let artifact = Artifact::of(bytes);
	if artifact.len > MAX_ARTIFACT {
		bail!(
			"{} bytes are more than the {MAX_ARTIFACT} an artifact may have",
			artifact.len
		);
	}
	if length(chain, artifact.id).await?.is_some() {
		return Ok(artifact);
	}
	let bar = output.byte_bar(artifact.len, "uploading");
	let mut offset = 0;
	while let Some(rest) = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)) {
		let chunk = format!("0x{}", hex::encode(&rest[..rest.len().min(CHUNK)]));
		let params = rpc_params![artifact.id, artifact.len, offset, chunk];
		match chain.request("assay_putArtifact", params).await {
			Ok(Progress { complete: true, .. }) => {
				bar.finish_and_clear();
				return Ok(artifact);
			}
			Ok(Progress { received, .. }) if received > offset => offset = received,
			Ok(_) => break,
			// An earlier upload of the same bytes was cut short, or another is under way: go on where it stands.
			Err(ChainError::Rpc { reason, .. }) if goes_on_at(&reason).is_some_and(|at| at != offset) => {
				offset = goes_on_at(&reason).unwrap_or(0);
			}
			Err(error) => return Err(error.into()),
		}
		bar.set_position(offset);
	}
	bail!(
		"the node takes the bytes of artifact {} and does not get on with it",
		artifact.id
	)
}

/// Where the node says an upload stands that this one does not fit.
fn goes_on_at(reason: &str) -> Option<u64> {
	reason.strip_prefix("this upload goes on at byte ")?.parse().ok()
}

/// The length of an artifact in the node, if it has it.
async fn length(chain: &Chain, id: ArtifactId) -> anyhow::Result<Option<u64>> {
	Ok(chain.request("assay_hasArtifact", rpc_params![id]).await?)
}

/// Gets an artifact from the cache or the node, and checks that it is what `id` says.
pub async fn fetch(chain: &Chain, id: ArtifactId, output: &Output) -> anyhow::Result<Vec<u8>> {
	let cache = Cache::of_user();
	if let Some(bytes) = cache.get(id) {
		return Ok(bytes);
	}
	let missing = || format!("the node does not have artifact {id}: ask one that does (--url), or put it there");
	let len = length(chain, id).await?.with_context(missing)?;
	if len > MAX_ARTIFACT {
		bail!("the node says artifact {id} has {len} bytes, more than any may have");
	}
	let bar = output.byte_bar(len, "fetching");
	let mut bytes = Vec::new();
	while (bytes.len() as u64) < len {
		let params = rpc_params![id, bytes.len(), CHUNK];
		let chunk: Option<String> = chain.request("assay_getArtifact", params).await?;
		let chunk = unhex(&chunk.with_context(missing)?)?;
		if chunk.is_empty() || chunk.len() > CHUNK {
			bail!("the node sends artifact {id} in pieces of {} bytes", chunk.len());
		}
		bytes.extend(chunk);
		bar.set_position(bytes.len() as u64);
	}
	bar.finish_and_clear();
	if ArtifactId::of(&bytes) != id {
		bail!("the node sent other bytes under the name of artifact {id}: do not trust this node with it");
	}
	cache.put(id, &bytes);
	Ok(bytes)
}

/// The bytes of a payload. Inline ones travel with it.
pub async fn resolve(chain: &Chain, payload: &Payload, output: &Output) -> anyhow::Result<Vec<u8>> {
	match payload {
		Payload::Inline(bytes) => Ok(bytes.to_vec()),
		Payload::Artifact(artifact) => fetch(chain, artifact.id, output).await,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_upload_goes_on_where_the_node_says() {
		let error = assay_artifacts::StoreError::WrongOffset { expected: 1_048_576 };
		assert_eq!(goes_on_at(&error.to_string()), Some(1_048_576));
		assert_eq!(goes_on_at("the artifact store is full"), None);
	}
}
