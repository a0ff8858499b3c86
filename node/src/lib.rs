//! The Assay node: a BABE and GRANDPA chain whose off-chain workers answer inference jobs.
//!
//! The node is a library, so that another program can embed it: [`command::run_with`] runs a command line, and a
//! [`Customisation`](service::Customisation) changes what the node does.

// The SDK's errors are large, and every function that returns one would need this attribute.
#![allow(clippy::result_large_err)]

mod chain_spec;
pub mod cli;
pub mod command;
mod rpc;
pub mod service;
pub mod types;
