//! The Assay node: a BABE and GRANDPA chain whose off-chain workers answer inference jobs.

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
