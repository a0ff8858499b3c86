//! The Assay chain as a Rust library: what the `assay` command, the tests and other programs call.
//!
//! | to | see |
//! |---|---|
//! | read the chain | [`Chain`] |
//! | make a call and wait until it is final | [`calls`], [`tx`] |
//! | request many answers within a model's free slots | [`requests`] |
//! | prepare inputs, read outputs | [`npy`], [`inputs`], [`tensors`], [`labels`] |
//! | move files between this machine and nodes | [`artifacts`] |
//! | run the canonical engine here, and re-derive what others answered | [`engine`], [`verify`], [`proof`] |
//! | submit, name and publish models | [`golden`], [`probation`], [`families`] |
//! | propose and vote | [`governance`] |
//! | print or parse documents in the command's JSON | [`json`] |
//!
//! Each area has one error type. Its messages name what was wrong and what to do next, by commands of `assay`. The
//! library prints nothing: long tasks report to a [`Progress`].

pub mod amount;
pub mod artifacts;
pub mod cache;
pub mod calls;
pub mod chain;
pub mod engine;
pub mod families;
#[cfg(test)]
mod fixtures;
pub mod golden;
pub mod governance;
pub mod inputs;
pub mod json;
pub mod labels;
pub mod npy;
pub mod outcomes;
pub mod probation;
pub mod progress;
pub mod proof;
pub mod refusal;
pub mod requests;
pub mod tensors;
pub mod terms;
pub mod text;
pub mod tx;
pub mod verify;

pub use amount::Amount;
pub use chain::{Chain, ChainError};
pub use progress::Progress;
pub use subxt::utils::AccountId32;
pub use tx::{Signer, TxError};
