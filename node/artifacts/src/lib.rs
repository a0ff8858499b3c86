//! A folder of artifacts: models, and inputs and outcomes too large to travel inline.
//!
//! The id of an artifact is the BLAKE3 hash of its bytes, and only the hash is trusted: bytes are hashed before they
//! are published and again whenever they are read as a whole. A file that does not match its id counts as missing.
//!
//! ```text
//! <root>/objects/<64 hex digits>            published artifacts
//! <root>/uploads/<64 hex digits>-<length>   incomplete uploads, kept across restarts
//! <root>/writing/                           files being written, before they move to `objects`; emptied at every start
//! ```
//!
//! Publishing is a rename within one file system, so a reader sees a whole artifact or none, and a process that is
//! killed leaves nothing that a later one would trust. A folder belongs to one process at a time. Within it, a store
//! may be cloned freely.

mod error;
mod ledger;
mod store;
mod upload;

#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use store::ArtifactStore;
pub use upload::Progress;

use std::time::Duration;

/// The maximum number of bytes in a store, including incomplete uploads. Without a limit, a stranger who may upload can
/// fill the disk. If it is too small, the store refuses models that the node should serve.
pub const QUOTA: u64 = 16 * 1024 * 1024 * 1024;

/// The maximum number of incomplete uploads. Each reserves its full length of the [`QUOTA`].
pub const MAX_UPLOADS: usize = 16;

/// The time after which an upload that has received no bytes may be replaced by a new one.
pub const UPLOAD_IDLE: Duration = Duration::from_secs(600);

/// The maximum number of bytes that one call to [`ArtifactStore::put_chunk`] takes or [`ArtifactStore::read_chunk`]
/// returns.
pub const MAX_CHUNK: usize = 1024 * 1024;
