//! Runs what the command line asks for.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service::{self, Customisation, Standard},
	types::FullClient,
};
use assay_runtime::opaque::Block;
use sc_cli::{Result, SubstrateCli};
use sc_service::ChainSpec;
use std::{process::ExitCode, sync::Arc};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Assay Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		"A node of Assay, a chain for AI inference. Anyone can re-derive every answer on it.\n\n\
		`assay-node --dev` runs a whole chain with one worker in one process."
			.into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the issues of the Assay repository".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Reads the command line of `assay-node` and runs it.
pub fn run() -> ExitCode {
	run_with(&Cli::from_args(), Arc::new(Standard))
}

/// Runs a command line. A node that it starts has the customisation; the other subcommands ignore it. Prints the error,
/// if any.
pub fn run_with(cli: &Cli, customisation: Arc<dyn Customisation>) -> ExitCode {
	match execute(cli, customisation) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}

fn execute(cli: &Cli, customisation: Arc<dyn Customisation>) -> Result<()> {
	match &cli.subcommand {
		None => {
			let runner = cli.create_runner(&cli.run)?;
			let options = cli.inference.clone();
			runner.run_node_until_exit(|config| async move { Ok(service::new_full(config, &options, customisation)?) })
		}
		Some(Subcommand::Key(cmd)) => cmd.run(cli),
		Some(Subcommand::BuildSpec(cmd)) => cli
			.create_runner(cmd)?
			.sync_run(|config| cmd.run(config.chain_spec, config.network)),
		Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
		Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let partial = service::new_partial(&config)?;
			Ok((cmd.run(partial.client, partial.import_queue), partial.task_manager))
		}),
		Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let partial = service::new_partial(&config)?;
			Ok((cmd.run(partial.client, config.database), partial.task_manager))
		}),
		Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let partial = service::new_partial(&config)?;
			Ok((cmd.run(partial.client, config.chain_spec), partial.task_manager))
		}),
		Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let partial = service::new_partial(&config)?;
			Ok((cmd.run(partial.client, partial.import_queue), partial.task_manager))
		}),
		Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
		Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let partial = service::new_partial(&config)?;
			// BABE and GRANDPA store data of their own, which must be reverted with the blocks.
			let revert_consensus = Box::new(|client: Arc<FullClient>, backend, blocks| {
				sc_consensus_babe::revert(client.clone(), backend, blocks)?;
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((
				cmd.run(partial.client, partial.backend, Some(revert_consensus)),
				partial.task_manager,
			))
		}),
		Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
	}
}
