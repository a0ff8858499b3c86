//! Local networks of real nodes for people: the demo and the throughput benchmark. `scripts/demo.sh` and
//! `scripts/bench.sh` build the programs and run this one.

mod demo;
mod inputs;
mod narration;
mod throughput;

use assay_client::json::{Job, RequestedJob};
use assay_testing::{assay, assay_with_progress, Member, Network, Node};
use clap::{Parser, Subcommand};
use futures::future::join_all;
use std::{
	fmt, panic,
	process::{self, ExitCode},
};
use tokio::signal::unix::{signal, SignalKind};

#[derive(Debug, Parser)]
#[command(about = "Runs a local network of real nodes")]
struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Opens a model, answers a hundred questions with it, catches a worker that lies, and re-derives every answer
	Demo(demo::Options),
	/// Measures answers per second, and blocks from a request to its answer
	Throughput(throughput::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
	// The support crate panics where it cannot go on, with a message for people.
	panic::set_hook(Box::new(|info| {
		let message = info.payload_as_str().unwrap_or("unexpected failure");
		eprintln!("error: {message}");
	}));
	let cli = Cli::parse();
	let run = async {
		match cli.command {
			Command::Demo(options) => demo::run(options).await,
			Command::Throughput(options) => throughput::run(options).await,
		}
	};
	// Dropping `run` kills its nodes.
	tokio::select! {
		result = run => match result {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				eprintln!("error: {error:#}");
				ExitCode::FAILURE
			}
		},
		code = interrupted() => code,
	}
}

/// Waits for the signal to end, and returns the exit code of a program that it has ended.
async fn interrupted() -> ExitCode {
	let listen = |kind| {
		signal(kind).unwrap_or_else(|error| {
			eprintln!("error: signals cannot be handled: {error}");
			process::exit(1)
		})
	};
	let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
	tokio::select! {
		_ = interrupt.recv() => ExitCode::from(130),
		_ = terminate.recv() => ExitCode::from(143),
	}
}

/// Tells people what happens next.
fn say(what: impl fmt::Display) {
	eprintln!("\x1b[1m==>\x1b[0m {what}");
}

/// Makes a validator that watches as much as validators do by default.
fn validator(name: &'static str) -> Member {
	Member::new(name).with(&["--watch", "5"])
}

/// Starts a network of Alice, Bob and Charlie, who validate and work.
async fn start_validators() -> Network {
	Network::start(["alice", "bob", "charlie"].map(validator)).await
}

/// Has each of these development accounts offer this many slots for a model.
async fn serve(node: &Node, model: &str, slots: u32, workers: &[&str]) {
	let slots = slots.to_string();
	let offers = workers.iter().copied().map(|worker| {
		let slots = &slots;
		async move {
			let args = ["worker", "serve", model, "--slots", slots];
			assay(node, Some(worker), &args).await.expect_success();
		}
	});
	join_all(offers).await;
}

/// Has Eve request jobs. Returns those that her requests became, and reports the first request that failed.
async fn request(node: &Node, args: &[&str]) -> Vec<Job> {
	let args = [&["job", "request"], args].concat();
	let requests: Vec<RequestedJob> = assay_with_progress(node, Some("//Eve"), &args).await.parse();
	let (mut jobs, mut failed) = (Vec::new(), Vec::new());
	for request in requests {
		match request {
			RequestedJob::Placed(job) => jobs.push(*job),
			RequestedJob::Failed(request) => failed.push(request.error),
		}
	}
	if let Some(error) = failed.first() {
		say(format!("{} requests became no jobs: {error}", failed.len()));
	}
	jobs
}
