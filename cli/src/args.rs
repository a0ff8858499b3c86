//! The command line.

mod gov;
mod job;
mod model;
mod worker;

pub use gov::{EngineProposal, Gov, Proposal, Propose, Side, Stake};
pub use job::{Challenge, Dispute, Job, Mirrors, Prove, Quote, Request, Show, TermsArgs, Verify};
pub use model::{About, Describe as DescribeModel, Family, Model, Publish, Submit};
pub use worker::{Pool, Worker};

use crate::{
	calls::Signer,
	chain::Chain,
	error::usage,
	labels::Labels,
	output::Output,
	values::{Binding, InputFile, Rows},
};
use assay_primitives::ArtifactId;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Ask, run and verify re-derivable AI inference.
///
/// Every answer on an Assay chain is a pure function of engine, model and input. This command computes that function on this
/// machine, offline (`infer`, `describe`), buys answers on chain (`quote`, `job`), and re-derives what others answered (`verify`).
#[derive(Debug, Parser)]
#[command(
	name = "assay",
	version,
	after_help = "Exit codes: 0 fine, 1 refused or differs, 2 usage.\n\nExample, against `assay-node --dev`:\n  \
		assay model submit digits.onnx --title Digits --family digits --version 1 --latest --royalty 0.01 --suri //Alice\n  \
		assay worker serve digits --slots 16 --suri //Alice\n  \
		assay quote digits --checkers 1 --allow-unlisted\n  \
		assay job request digits --input x=images.npy --rows 0..10 --checkers 1 --allow-unlisted --suri //Bob\n  \
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
	/// Print one JSON document instead of text
	#[arg(long, global = true)]
	pub json: bool,
	/// The node to talk to
	#[arg(
		long,
		global = true,
		env = "ASSAY_URL",
		default_value = "ws://127.0.0.1:9944",
		value_name = "URL"
	)]
	pub url: String,
	/// Who signs: a secret phrase, a 0x seed, or a development account like //Alice
	#[arg(long, global = true, env = "ASSAY_SURI", hide_env_values = true, value_name = "SURI")]
	pub suri: Option<String>,
}

/// What every command has at hand.
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

	/// The account that signs.
	pub fn signer(&self) -> anyhow::Result<Signer> {
		let suri = self.global.suri.as_deref().ok_or_else(|| {
			usage("this command signs: say as whom with --suri (like --suri //Alice on a development chain) or ASSAY_SURI")
		})?;
		Signer::from_suri(suri)
	}
}

#[derive(Debug, Subcommand)]
pub enum Command {
	/// Run a model on this machine with the canonical engine
	Infer(Infer),
	/// Show what the engine finds in a model: inputs, outputs, operators, cost
	Describe(Describe),
	/// Submit, list, show, price, hand on and retire models
	#[command(subcommand)]
	Model(Model),
	/// Name models: families for people to ask by, and the versions in them
	#[command(subcommand)]
	Family(Family),
	/// Register and run a worker's capacity
	#[command(subcommand)]
	Worker(Worker),
	/// Tell what a request would cost, whether it would be accepted, and how hard its answer would be to fake
	Quote(Quote),
	/// Buy answers, look at jobs and challenge wrong ones
	#[command(subcommand)]
	Job(Job),
	/// Look at what validators decide about disputed jobs
	#[command(subcommand)]
	Dispute(Dispute),
	/// Propose, vote and see what token holders decide
	#[command(subcommand)]
	Gov(Gov),
	/// Re-derive answered jobs on this machine and compare digests
	Verify(Verify),
	/// Put files into a node's artifact store and get them back
	#[command(subcommand)]
	Artifact(Artifact),
	/// Totals of the chain
	#[command(after_help = "Example:\n  assay stats --json")]
	Stats,
	/// The parameters in force: prices, periods, and what the protocol assumes of cheats
	#[command(after_help = "Example:\n  assay protocol --json")]
	Protocol,
}

/// Which tensors to ask with.
#[derive(Debug, Args)]
pub struct InputArgs {
	/// A tensor for one input of the model; once for each input
	#[arg(long = "input", short, value_name = "NAME=FILE.npy")]
	pub inputs: Vec<InputFile>,
	/// Ask once for each row A up to but not including B of the files' leading axis, which is kept as extent 1. Without it,
	/// a file is the whole tensor
	#[arg(long, value_name = "A..B")]
	pub rows: Option<Rows>,
	/// The right class of each row, an integer: marks an answer as correct if the greatest element of the model's first output
	/// stands at that place, and tells the accuracy
	#[arg(long, value_name = "FILE.npy", requires = "rows")]
	pub labels: Option<PathBuf>,
}

impl InputArgs {
	/// The labels of the rows, where they are given.
	pub fn labels(&self) -> anyhow::Result<Option<Labels>> {
		match (&self.labels, &self.rows) {
			(Some(path), Some(rows)) => Labels::read(path, rows).map(Some),
			_ => Ok(None),
		}
	}
}

#[derive(Debug, Args)]
#[command(
	after_help = "Example:\n  assay infer digits.onnx --input x=images.npy --rows 0..10 --out answers\n\n\
	The digest printed is the one that an honest worker settles on chain for the same engine, model and input."
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
		/// Any file of at most 256 MiB
		file: PathBuf,
	},
	/// Fetch an artifact and check that it is what its id says
	#[command(after_help = "Example:\n  assay artifact get 0x5a3e… --out digits.onnx")]
	Get {
		/// BLAKE3 of the bytes
		id: ArtifactId,
		/// Where to write them
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
	fn terms_are_bounded_as_the_chain_bounds_them() {
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
	fn a_model_is_submitted_with_a_title() {
		let submit = |options: &[&str]| match parse(&["model", "submit", "digits.onnx"], options) {
			Ok(Command::Model(Model::Submit(submit))) => Some(*submit),
			Ok(other) => panic!("{other:?}"),
			Err(_) => None,
		};
		assert!(submit(&[]).is_none() && submit(&["--name", "digits"]).is_none());
		let plain = submit(&["--title", "Digits"]).unwrap();
		assert!(plain.naming.wanted().is_none() && plain.max_fee.is_none() && !plain.yes);
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
		assert_eq!(full.naming.wanted().unwrap().1.to_vec(), b"1.0");
	}

	#[test]
	fn options_that_make_no_sense_together_are_refused() {
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
	fn only_who_says_so_allows_unlisted_models() {
		assert!(!request(&[]).unwrap().terms.terms(0).allow_unlisted);
		assert!(request(&["--allow-unlisted"]).unwrap().terms.terms(0).allow_unlisted);
	}

	#[test]
	fn a_request_returns_at_one_moment() {
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
