//! The `assay_*` methods: they transfer artifacts in chunks, name the engine, and make keys for workers and watchers.

use assay_artifacts::{ArtifactStore, StoreError, MAX_CHUNK};
use assay_engine::Engine;
use assay_primitives::{key, Artifact, ArtifactId, EngineId};
use jsonrpsee::{
	proc_macros::rpc,
	types::{error::METHOD_NOT_FOUND_CODE, ErrorObject, ErrorObjectOwned},
	Extensions, RpcModule,
};
use sc_rpc_api::{check_if_safe, UnsafeRpcError};
use serde::Serialize;
use sp_core::{Bytes, H256};
use sp_keystore::KeystorePtr;

/// Error codes. They are outside the SDK's range (1000 to 8999).
mod code {
	pub const STORE: i32 = 9001;
	/// The error's data is the offset at which the upload continues.
	pub const WRONG_OFFSET: i32 = 9002;
	pub const KEYSTORE: i32 = 9003;
}

/// The progress of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UploadProgress {
	/// Bytes that the node has received, from the start of the artifact.
	pub received: u64,
	/// Whether the node has the whole artifact and has checked its hash.
	pub complete: bool,
}

/// A worker key of this node, with what registration needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenKey {
	/// The ed25519 public key.
	pub key: Bytes,
	/// The key's signature, which proves that it agrees to serve the account.
	pub proof: Bytes,
}

/// The reasons for which a method fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("{0}")]
	Store(#[from] StoreError),
	#[error("the node cannot read or write its artifact store: the node's log has the cause")]
	Disk,
	#[error("the node's keystore failed: {0}")]
	Keystore(String),
	#[error("{0}: call your own node, either from its machine or after starting it with `--rpc-methods unsafe`")]
	Unsafe(#[from] UnsafeRpcError),
}

impl From<Error> for ErrorObjectOwned {
	fn from(error: Error) -> Self {
		let message = error.to_string();
		let (code, data) = match error {
			Error::Store(StoreError::WrongOffset { expected }) => (code::WRONG_OFFSET, Some(expected)),
			Error::Store(_) | Error::Disk => (code::STORE, None),
			Error::Keystore(_) => (code::KEYSTORE, None),
			Error::Unsafe(_) => (METHOD_NOT_FOUND_CODE, None),
		};
		ErrorObject::owned(code, message, data)
	}
}

/// Hides the paths of this machine from the caller. They go to the log, for the operator.
fn redact(error: StoreError) -> Error {
	match error {
		StoreError::Io { .. } => {
			log::error!("The artifact store failed: {error}");
			Error::Disk
		}
		error => Error::Store(error),
	}
}

#[rpc(server)]
trait AssayRpc {
	/// Stores the next chunk of an artifact: `bytes` at `offset` of the `len` bytes whose BLAKE3 hash is `id`. Chunks
	/// must arrive in order, each of at most [`MAX_CHUNK`] bytes. The error for a wrong offset holds the right one in
	/// its data, so a client can resume an upload. If the node already has the artifact, the upload is complete at
	/// once.
	#[method(name = "assay_putArtifact", blocking)]
	fn put_artifact(&self, id: ArtifactId, len: u64, offset: u64, bytes: Bytes) -> Result<UploadProgress, Error>;

	/// Returns `len` bytes, at most [`MAX_CHUNK`], at `offset` of an artifact, or fewer where it ends. Returns `null`
	/// if the node does not have it.
	#[method(name = "assay_getArtifact", blocking)]
	fn get_artifact(&self, id: ArtifactId, offset: u64, len: u32) -> Result<Option<Bytes>, Error>;

	/// Returns the length of an artifact in bytes, or `null` if the node does not have it.
	#[method(name = "assay_hasArtifact", blocking)]
	fn has_artifact(&self, id: ArtifactId) -> Result<Option<u64>, Error>;

	/// Returns the id of the engine that this node runs.
	#[method(name = "assay_engine")]
	fn engine(&self) -> Result<EngineId, Error>;

	/// Makes a worker key in the node's keystore, and proves that it agrees to serve `account` on this chain. Every
	/// call makes a new key. Unsafe, because it writes to the keystore.
	#[method(name = "assay_workerKey", blocking, with_extensions)]
	fn worker_key(&self, account: H256) -> Result<ProvenKey, Error>;

	/// Makes a watcher key in the node's keystore and returns the sr25519 public key, which is also the id of its
	/// account. The node challenges wrong results from this account once the account can pay the bond; see `--watch`.
	/// Every call makes a new key. Unsafe, because it writes to the keystore.
	#[method(name = "assay_watcherKey", blocking, with_extensions)]
	fn watcher_key(&self) -> Result<Bytes, Error>;
}

struct Methods {
	artifacts: ArtifactStore,
	keystore: KeystorePtr,
	genesis: H256,
}

/// Creates the methods for a node's artifacts and keys, on the chain with this genesis.
pub fn create(artifacts: ArtifactStore, keystore: KeystorePtr, genesis: H256) -> RpcModule<impl Send + Sync> {
	Methods {
		artifacts,
		keystore,
		genesis,
	}
	.into_rpc()
}

impl AssayRpcServer for Methods {
	fn put_artifact(&self, id: ArtifactId, len: u64, offset: u64, bytes: Bytes) -> Result<UploadProgress, Error> {
		let progress = self
			.artifacts
			.put_chunk(Artifact { id, len }, offset, &bytes)
			.map_err(redact)?;
		Ok(UploadProgress {
			received: progress.received,
			complete: progress.complete,
		})
	}

	fn get_artifact(&self, id: ArtifactId, offset: u64, len: u32) -> Result<Option<Bytes>, Error> {
		if len as usize > MAX_CHUNK {
			return Err(StoreError::ChunkTooLarge(len as usize).into());
		}
		let chunk = self.artifacts.read_chunk(id, offset, len).map_err(redact)?;
		Ok(chunk.map(Bytes))
	}

	fn has_artifact(&self, id: ArtifactId) -> Result<Option<u64>, Error> {
		Ok(self.artifacts.len(id))
	}

	fn engine(&self) -> Result<EngineId, Error> {
		Ok(Engine::builtin_id())
	}

	fn worker_key(&self, ext: &Extensions, account: H256) -> Result<ProvenKey, Error> {
		check_if_safe(ext)?;
		let failed = |error: sp_keystore::Error| Error::Keystore(error.to_string());
		let key = self
			.keystore
			.ed25519_generate_new(key::WORKER_KEY_TYPE, None)
			.map_err(failed)?;
		let proof = self
			.keystore
			.ed25519_sign(key::WORKER_KEY_TYPE, &key, &key::owner_message(self.genesis, &account))
			.map_err(failed)?
			.ok_or_else(|| Error::Keystore("it does not have the key it just made".into()))?;
		Ok(ProvenKey {
			key: Bytes(key.to_vec()),
			proof: Bytes(proof.to_vec()),
		})
	}

	fn watcher_key(&self, ext: &Extensions) -> Result<Bytes, Error> {
		check_if_safe(ext)?;
		let key = self
			.keystore
			.sr25519_generate_new(key::WATCHER_KEY_TYPE, None)
			.map_err(|error| Error::Keystore(error.to_string()))?;
		Ok(Bytes(key.to_vec()))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::key::{WorkerKey, WorkerSignature};
	use sc_rpc_api::DenyUnsafe;
	use serde_json::{json, Value};
	use sp_keystore::testing::MemoryKeystore;
	use sp_runtime::RuntimeAppPublic;
	use std::sync::Arc;
	use tempfile::TempDir;

	const GENESIS: H256 = H256::repeat_byte(7);

	struct Node {
		methods: jsonrpsee::Methods,
		keystore: KeystorePtr,
		_folder: TempDir,
	}

	impl Node {
		fn new(deny_unsafe: DenyUnsafe) -> Self {
			let folder = tempfile::tempdir().expect("a temporary folder");
			let artifacts = ArtifactStore::open(folder.path()).expect("a fresh store");
			let keystore: KeystorePtr = Arc::new(MemoryKeystore::new());
			let mut module = create(artifacts, keystore.clone(), GENESIS);
			module.extensions_mut().insert(deny_unsafe);
			Self {
				methods: module.into(),
				keystore,
				_folder: folder,
			}
		}

		async fn call(&self, method: &str, params: Value) -> Result<Value, ErrorObjectOwned> {
			let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
			let (response, _) = self
				.methods
				.raw_json_request(&request.to_string(), 1)
				.await
				.expect("a valid request");
			let mut response: Value = serde_json::from_str(&response).expect("a response is JSON");
			match response.get("error") {
				Some(error) => Err(serde_json::from_value(error.clone()).expect("a JSON-RPC error")),
				None => Ok(response["result"].take()),
			}
		}

		async fn put(&self, artifact: Artifact, offset: u64, bytes: &[u8]) -> Result<Value, ErrorObjectOwned> {
			let bytes = Bytes(bytes.to_vec());
			self.call("assay_putArtifact", json!([artifact.id, artifact.len, offset, bytes]))
				.await
		}
	}

	#[tokio::test]
	async fn an_artifact_put_in_chunks_comes_back_in_chunks() {
		let node = Node::new(DenyUnsafe::Yes);
		let bytes: Vec<u8> = (0..=255).collect();
		let artifact = Artifact::of(&bytes);

		let progress = node.put(artifact, 0, &bytes[..100]).await.expect("the first chunk");
		assert_eq!(progress, json!({ "received": 100, "complete": false }));
		assert_eq!(
			node.call("assay_hasArtifact", json!([artifact.id]))
				.await
				.expect("a length"),
			Value::Null
		);

		let progress = node.put(artifact, 100, &bytes[100..]).await.expect("the last chunk");
		assert_eq!(progress, json!({ "received": 256, "complete": true }));
		assert_eq!(
			node.call("assay_hasArtifact", json!([artifact.id]))
				.await
				.expect("a length"),
			json!(256)
		);

		let chunk = node
			.call("assay_getArtifact", json!([artifact.id, 200, 100]))
			.await
			.expect("a chunk");
		assert_eq!(chunk, json!(Bytes(bytes[200..].to_vec())));
	}

	#[tokio::test]
	async fn a_chunk_out_of_order_is_refused_and_the_upload_continues() {
		let node = Node::new(DenyUnsafe::Yes);
		let artifact = Artifact::of(b"onnx");
		node.put(artifact, 0, b"on").await.expect("the first chunk");

		let error = node.put(artifact, 3, b"x").await.expect_err("a gap");
		assert_eq!(error.code(), code::WRONG_OFFSET);
		assert_eq!(error.data().expect("the right offset").get(), "2");

		let progress = node.put(artifact, 2, b"nx").await.expect("the last chunk");
		assert_eq!(progress["complete"], json!(true));
	}

	#[tokio::test]
	async fn bytes_that_do_not_match_their_hash_are_refused() {
		let node = Node::new(DenyUnsafe::Yes);
		let named = Artifact::of(b"true");
		let error = node.put(named, 0, b"fake").await.expect_err("the hash differs");
		assert_eq!(error.code(), code::STORE);
		assert_eq!(
			node.call("assay_hasArtifact", json!([named.id]))
				.await
				.expect("a length"),
			Value::Null
		);
	}

	#[tokio::test]
	async fn chunks_above_the_limit_are_refused_in_both_directions() {
		let node = Node::new(DenyUnsafe::Yes);
		let bytes = vec![0; MAX_CHUNK + 1];
		let artifact = Artifact::of(&bytes);
		let error = node.put(artifact, 0, &bytes).await.expect_err("too large");
		assert_eq!(error.code(), code::STORE);
		let error = node
			.call("assay_getArtifact", json!([artifact.id, 0, MAX_CHUNK + 1]))
			.await
			.expect_err("too large");
		assert_eq!(error.code(), code::STORE);
	}

	#[tokio::test]
	async fn an_unknown_artifact_is_null() {
		let node = Node::new(DenyUnsafe::Yes);
		let id = ArtifactId::of(b"never seen");
		assert_eq!(
			node.call("assay_getArtifact", json!([id, 0, 1])).await.expect("null"),
			Value::Null
		);
	}

	#[tokio::test]
	async fn a_worker_key_agrees_to_serve_only_its_account() {
		let node = Node::new(DenyUnsafe::No);
		let account = H256::repeat_byte(1);
		let proven = node.call("assay_workerKey", json!([account])).await.expect("a key");
		let field = |name: &str| -> Bytes { serde_json::from_value(proven[name].clone()).expect("hexadecimal") };
		let key = WorkerKey::try_from(&field("key")[..]).expect("an ed25519 key");
		let proof = WorkerSignature::try_from(&field("proof")[..]).expect("an ed25519 signature");

		assert!(key.verify(&key::owner_message(GENESIS, &account), &proof));
		assert!(!key.verify(&key::owner_message(GENESIS, &H256::repeat_byte(2)), &proof));
	}

	#[tokio::test]
	async fn a_watcher_key_stays_in_the_keystore_and_its_account_is_returned() {
		let node = Node::new(DenyUnsafe::No);
		let mut made = Vec::new();
		for _ in 0..2 {
			let key = node.call("assay_watcherKey", json!([])).await.expect("a key");
			let key: Bytes = serde_json::from_value(key).expect("hexadecimal");
			made.push(key.0);
		}
		let mut stored: Vec<_> = node
			.keystore
			.sr25519_public_keys(key::WATCHER_KEY_TYPE)
			.into_iter()
			.map(|key| key.to_vec())
			.collect();
		made.sort();
		stored.sort();
		assert_eq!(made, stored);
		assert_ne!(made[0], made[1]);
	}

	#[tokio::test]
	async fn an_unsafe_call_from_outside_makes_no_key() {
		let node = Node::new(DenyUnsafe::Yes);
		for (method, params) in [
			("assay_workerKey", json!([H256::zero()])),
			("assay_watcherKey", json!([])),
		] {
			let error = node.call(method, params).await.expect_err("denied");
			assert!(error.message().contains("unsafe"), "{}", error.message());
		}
	}
}
