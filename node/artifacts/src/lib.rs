//! A folder of artifacts: models, and inputs and outcomes too large to travel inline.
//!
//! An artifact is named by the BLAKE3 hash of its bytes, and the name is the only thing trusted: bytes are hashed before they are
//! published and again whenever they are read whole. A file that no longer matches its name counts as absent.
//!
//! ```text
//! <root>/objects/<64 hex digits>            published artifacts
//! <root>/uploads/<64 hex digits>-<length>   uploads that are not complete, kept across restarts
//! <root>/writing/                           files on their way to `objects`; emptied at every start
//! ```
//!
//! Publishing is a rename within one file system, so a reader sees a whole artifact or none, and a process killed at any moment
//! leaves nothing that a later one would believe. One process at a time owns a folder; within it a store is freely cloned.

mod error;
mod store;
mod upload;

#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use store::ArtifactStore;
pub use upload::Progress;

use std::time::Duration;

/// The most bytes a store keeps, uploads under way included. Without a bound a stranger who may upload fills the disk; too
/// small a one refuses models that the node wants to serve.
pub const QUOTA: u64 = 16 * 1024 * 1024 * 1024;

/// The most uploads under way at once. Each reserves its full length of the [`QUOTA`].
pub const MAX_UPLOADS: usize = 16;

/// An upload that has not grown for this long may be dropped in favour of a new one.
pub const UPLOAD_IDLE: Duration = Duration::from_secs(600);

/// The most bytes that one call to [`ArtifactStore::put_chunk`] takes or [`ArtifactStore::read_chunk`] returns.
pub const MAX_CHUNK: usize = 1024 * 1024;
