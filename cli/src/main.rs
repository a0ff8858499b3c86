//! The `assay` command: runs models with the canonical engine on this machine, makes every call of the chain, and re-derives
//! what others have answered.
//!
//! Results go to standard output, progress and notes to standard error. Exit codes: 0 fine, 1 refused or differs, 2 usage.

mod amount;
mod args;
mod artifacts;
mod cache;
mod calls;
mod chain;
mod commands;
mod engine;
mod error;
mod findings;
#[cfg(test)]
mod fixtures;
mod golden;
mod governance;
mod hints;
mod inputs;
mod labels;
mod npy;
mod outcomes;
mod output;
mod report;
mod requests;
mod tensors;
mod terms;
mod values;

use args::{Cli, Command, Context};
use clap::Parser;
use output::{Output, Verdict};
use std::process::ExitCode;

fn main() -> ExitCode {
	let Cli { global, command } = Cli::parse();
	let context = Context {
		output: Output::new(global.json),
		global,
	};
	let result = tokio::runtime::Runtime::new()
		.map_err(anyhow::Error::from)
		.and_then(|runtime| runtime.block_on(dispatch(command, &context)));
	match result {
		Ok(Verdict::Fine) => ExitCode::SUCCESS,
		Ok(Verdict::Refused) => ExitCode::from(1),
		Err(error) => {
			context.output.error(&error);
			ExitCode::from(if error.is::<error::Usage>() { 2 } else { 1 })
		}
	}
}

async fn dispatch(command: Command, context: &Context) -> anyhow::Result<Verdict> {
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
