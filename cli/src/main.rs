//! The `assay` command, a thin shell over [`assay_client`]: it parses arguments, shows progress, and prints what the
//! library reports as text or, with `--json`, as JSON.
//!
//! Results go to standard output, progress and notes to standard error. Exit status: 0 for success, 1 if something was
//! refused or an answer differs, 2 if the command line was wrong.

mod answered;
mod args;
mod commands;
mod error;
#[cfg(test)]
mod fixtures;
mod local;
mod output;
mod text;
mod values;

use args::{Cli, Command, Context};
use clap::Parser;
use output::{ExitStatus, Output};
use std::process::ExitCode;

fn main() -> ExitCode {
	let Cli { global, command } = Cli::parse();
	let context = Context {
		output: Output::new(global.json),
		global,
	};
	let result = tokio::runtime::Runtime::new()
		.map_err(anyhow::Error::from)
		.and_then(|runtime| runtime.block_on(run(command, &context)));
	match result {
		Ok(ExitStatus::Success) => ExitCode::SUCCESS,
		Ok(ExitStatus::Refused) => ExitCode::from(1),
		Err(error) => {
			context.output.error(&error);
			ExitCode::from(if error.is::<error::Usage>() { 2 } else { 1 })
		}
	}
}

async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Infer(args) => commands::infer::run(args, context),
		Command::Describe(args) => commands::describe::run(args, context),
		Command::Model(command) => commands::model::run(command, context).await,
		Command::Family(command) => commands::family::run(command, context).await,
		Command::Worker(command) => commands::worker::run(command, context).await,
		Command::Quote(args) => commands::quote::run(args, context).await,
		Command::Job(command) => commands::job::run(command, context).await,
		Command::Dispute(command) => commands::dispute::run(command, context).await,
		Command::Gov(command) => commands::gov::run(command, context).await,
		Command::Verify(args) => commands::verify::run(args, context).await,
		Command::Artifact(command) => commands::artifact::run(command, context).await,
		Command::Stats => commands::stats::run(context).await,
		Command::Protocol => commands::protocol::run(context).await,
	}
}
