//! The command line.

#[cfg(test)]
mod documents;
mod gov;
mod job;
mod model;
mod shared;
mod worker;

pub use gov::{EngineProposal, Gov, Proposal, Propose, Side, Stake};
pub use job::{Challenge, Dispute, Job, Prove, Quote, Request, Show, TermsArgs, Verify};
pub use model::{About, Describe as DescribeModel, Family, Model, Publish, Submit};
pub use shared::InputArgs;
pub use worker::{Pool, Worker};

use crate::{error::usage, output::Output, values::Binding};
use assay_client::{Chain, Signer};
use assay_primitives::ArtifactId;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Request, run and verify re-derivable AI inference.
///
/// Every answer on an Assay chain is a pure function of engine, model and input. This command computes that function on
/// this machine, offline (`infer`, `describe`), buys answers on chain (`quote`, `job`), and re-derives the answers of
/// others (`verify`).
#[derive(Debug, Parser)]
#[command(
	name = "assay",
	version,
	after_help = "Exit status: 0 success, 1 refused or differs, 2 usage.\n\nExample, against `assay-node --dev`:\n  \
		assay model submit digits.onnx --title Digits --bind N=1 --family digits --version 1 --latest \
		 --suri //Alice\n  \
		assay worker serve digits --slots 16 --suri //Alice\n  \
		assay quote digits --checkers 1 --allow-unlisted\n  \
		assay job request digits --input image=images.npy --rows 0..10 --checkers 1 --allow-unlisted --suri //Bob\n  \
		assay verify 0..10"
)]
pub struct Cli {
	#[command(flatten)]
	pub global: Global,
	#[command(subcommand)]
	pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub struct Global {
	/// Print JSON instead of text (docs/json.md describes it)
	#[arg(long, global = true, help_heading = "Global options")]
	pub json: bool,
	/// The node to connect to
	#[arg(
		long,
		global = true,
		env = "ASSAY_URL",
		default_value = "ws://127.0.0.1:9944",
		value_name = "URL",
		help_heading = "Global options"
	)]
	pub url: String,
	/// The account that signs: a secret phrase, a 0x seed, or a development account like //Alice
	#[arg(
		long,
		global = true,
		env = "ASSAY_SURI",
		hide_env_values = true,
		value_name = "SURI",
		help_heading = "Global options"
	)]
	pub suri: Option<String>,
}

/// The context of a command: the global options, and the output.
#[derive(Debug)]
pub struct Context {
	pub global: Global,
	pub output: Output,
}

impl Context {
	/// Connects to the node.
	pub async fn chain(&self) -> anyhow::Result<Chain> {
		Ok(Chain::connect(&self.global.url).await?)
	}

	/// Returns the account that signs.
	pub fn signer(&self) -> anyhow::Result<Signer> {
		let suri = self.global.suri.as_deref().ok_or_else(|| {
			usage(
				"this command signs: name the account with --suri (like --suri //Alice on a development chain) or \
				 ASSAY_SURI",
			)
		})?;
		Signer::from_suri(suri).map_err(|error| usage(format!("--suri or ASSAY_SURI is {error}")))
	}
}

#[derive(Debug, Subcommand)]
pub enum Command {
	/// Run a model on this machine with the canonical engine
	Infer(Infer),
	/// Show what the engine derives from a model: inputs, outputs, operators, cost
	Describe(Describe),
	/// Submit, list, show, describe, price, transfer and retire models
	#[command(subcommand)]
	Model(Model),
	/// Name models: claim families and publish versions in them
	#[command(subcommand)]
	Family(Family),
	/// Register a worker, offer its slots and manage its stake
	#[command(subcommand)]
	Worker(Worker),
	/// Show what a job would cost, whether the chain would accept it, and how well cheating is deterred
	Quote(Quote),
	/// Request answers, show jobs, and challenge wrong answers
	#[command(subcommand)]
	Job(Job),
	/// Show disputes and how validators vote
	#[command(subcommand)]
	Dispute(Dispute),
	/// Propose, vote, delegate, and show referenda
	#[command(subcommand)]
	Gov(Gov),
	/// Re-derive answered jobs on this machine and compare digests
	Verify(Verify),
	/// Store files in a node and fetch them
	#[command(subcommand)]
	Artifact(Artifact),
	/// Show the totals since genesis
	#[command(after_help = "Example:\n  assay stats --json")]
	Stats,
	/// Show the parameters: prices, periods, and what the protocol assumes about cheats
	#[command(after_help = "Example:\n  assay protocol --json")]
	Protocol,
}

#[derive(Debug, Args)]
#[command(
	after_help = "Example:\n  assay infer digits.onnx --input image=images.npy --rows 0..10 --out answers\n\n\
	The digest is the one that an honest worker settles on chain for the same engine, model and input."
)]
pub struct Infer {
	/// The ONNX file
	pub model: PathBuf,
	#[command(flatten)]
	pub input: InputArgs,
	/// A value for a symbolic dimension of the model
	#[arg(long = "bind", value_name = "SYMBOL=EXTENT")]
	pub bindings: Vec<Binding>,
	/// Write the outputs here, as OUTPUT.npy or with --rows as row-N-OUTPUT.npy
	#[arg(long, value_name = "DIR")]
	pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  assay describe digits.onnx --bind N=1")]
pub struct Describe {
	/// The ONNX file
	pub model: PathBuf,
	/// A value for a symbolic dimension of the model
	#[arg(long = "bind", value_name = "SYMBOL=EXTENT")]
	pub bindings: Vec<Binding>,
}

#[derive(Debug, Subcommand)]
pub enum Artifact {
	/// Store a file in the node and print its id
	#[command(after_help = "Example:\n  assay artifact put digits.onnx")]
	Put {
		/// A file of at most 256 MiB
		file: PathBuf,
	},
	/// Fetch an artifact and check it against its id
	#[command(after_help = "Example:\n  assay artifact get 0x5a3e… --out digits.onnx")]
	Get {
		/// BLAKE3 of the bytes
		id: ArtifactId,
		/// Where to write the bytes
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	fn request(options: &[&str]) -> Result<Request, clap::error::ErrorKind> {
		let model = "1f".repeat(32);
		let all = ["assay", "job", "request", &model]
			.into_iter()
			.chain(options.iter().copied());
		match Cli::try_parse_from(all).map_err(|error| error.kind())?.command {
			Command::Job(Job::Request(request)) => Ok(request),
			other => panic!("{other:?}"),
		}
	}

	#[test]
	fn terms_have_the_bounds_of_the_chain() {
		let terms = |options: &[&str]| request(options).map(|request| request.terms.terms(7));
		let plain = terms(&[]).unwrap();
		assert_eq!((plain.checkers, plain.max_fee, plain.value_at_risk), (0, 7, 0));
		let most = terms(&["--checkers", "12", "--value-at-risk", "0.5", "--window", "long"]).unwrap();
		assert_eq!((most.checkers, most.value_at_risk), (12, 500_000_000_000));
		assert_eq!(most.window, assay_primitives::terms::Window::Long);
		for wrong in [
			["--checkers", "13"],
			["--batch", "0"],
			["--batch", "257"],
			["--window", "ever"],
		] {
			assert!(request(&wrong).is_err(), "{wrong:?}");
		}
		assert_eq!(request(&["--batch", "256"]).unwrap().terms.batch, 256);
	}

	fn parse<'a>(words: &[&'a str], options: &[&'a str]) -> Result<Command, clap::error::ErrorKind> {
		let all = ["assay"].iter().chain(words).chain(options);
		Cli::try_parse_from(all)
			.map(|cli| cli.command)
			.map_err(|error| error.kind())
	}

	#[test]
	fn a_model_needs_a_title() {
		let submit = |options: &[&str]| match parse(&["model", "submit", "digits.onnx"], options) {
			Ok(Command::Model(Model::Submit(submit))) => Some(*submit),
			Ok(other) => panic!("{other:?}"),
			Err(_) => None,
		};
		assert!(submit(&[]).is_none() && submit(&["--name", "digits"]).is_none());
		let plain = submit(&["--title", "Digits"]).unwrap();
		assert!(plain.naming.family_and_version().is_none() && plain.max_fee.is_none() && !plain.yes);
		let full = [
			"--title",
			"Digits",
			"--tag",
			"a",
			"--tag",
			"b",
			"--input",
			"x=x.npy",
			"--rows",
			"0..4",
			"--mirror",
			"ws://a",
			"--family",
			"digits",
			"--version",
			"1.0",
			"--latest",
			"--card",
			"README.md",
			"--yes",
		];
		let full = submit(&full).unwrap();
		assert_eq!(full.about.tags.unwrap(), ["a", "b"]);
		assert_eq!(full.naming.family_and_version().unwrap().1.to_vec(), b"1.0");
	}

	#[test]
	fn options_that_contradict_each_other_are_refused() {
		let submit = |options: &[&str]| parse(&["model", "submit", "digits.onnx", "--title", "Digits"], options);
		for wrong in [
			&["--family", "digits"][..],
			&["--version", "1"],
			&["--latest"],
			&["--rows", "0..4"],
			&["--family", "Digits", "--version", "1"],
			&["--family", "digits", "--version", "latest"],
			&["--family", "digits", "--version", "1", "--no-wait"],
		] {
			assert!(submit(wrong).is_err(), "{wrong:?}");
		}
		assert!(submit(&["--no-wait"]).is_ok());
	}

	#[test]
	fn a_worker_serves_a_model_or_probes() {
		let serve = |options: &[&str]| parse(&["worker", "serve", "--slots", "8"], options);
		assert!(serve(&["digits@1"]).is_ok() && serve(&["--probes"]).is_ok());
		assert!(serve(&[]).is_err() && serve(&["digits", "--probes"]).is_err());
		assert!(parse(&["worker", "stop"], &["--probes"]).is_ok() && parse(&["worker", "stop"], &[]).is_err());
	}

	#[test]
	fn models_are_named_by_id_family_or_version() {
		let id = "1f".repeat(32);
		for model in [id.as_str(), "digits", "digits@latest", "digits@1.0-rc1"] {
			for words in [
				&["quote"][..],
				&["model", "show"],
				&["model", "history"],
				&["model", "retire"],
				&["worker", "serve", "--slots", "1"],
				&["job", "request", "--allow-unlisted"],
				&["gov", "propose", "list"],
				&["gov", "propose", "quarantine"],
			] {
				assert!(parse(words, &[model]).is_ok(), "{words:?} {model}");
			}
		}
		assert!(parse(&["quote"], &["Digits"]).is_err() && parse(&["quote"], &["digits@"]).is_err());
	}

	#[test]
	fn unlisted_models_are_allowed_only_with_the_flag() {
		assert!(!request(&[]).unwrap().terms.terms(0).allow_unlisted);
		assert!(request(&["--allow-unlisted"]).unwrap().terms.terms(0).allow_unlisted);
	}

	#[test]
	fn a_request_waits_for_one_thing() {
		assert!(request(&["--provisional"]).is_ok() && request(&["--no-wait"]).is_ok());
		assert!(request(&["--provisional", "--no-wait"]).is_err());
	}

	#[test]
	fn verify_takes_jobs_or_a_proof() {
		let parse =
			|options: &[&str]| Cli::try_parse_from(["assay", "verify"].into_iter().chain(options.iter().copied()));
		assert!(parse(&["7"]).is_ok() && parse(&["--proof", "x.json"]).is_ok());
		assert!(parse(&[]).is_err() && parse(&["7", "--proof", "x.json"]).is_err());
	}
}
