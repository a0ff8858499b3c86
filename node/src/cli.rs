//! The command line.

#[cfg(feature = "faults")]
use crate::faults::FaultOptions;
use sc_cli::RunCmd;
use sp_runtime::Permill;
use std::{
	env,
	num::NonZeroUsize,
	path::{Path, PathBuf},
};

/// What the SDK says of `--offchain-worker` is about other chains: here the off-chain worker is how a node serves models, and
/// serving has nothing to do with validating.
const OFFCHAIN_WORKER_HELP: &str =
	"When to run the off-chain worker, which answers the jobs of the workers whose keys this \
	node holds, votes in disputes with its validator's, and watches. Without such a key, and without `--watch`, it does nothing";

/// The share of provisional results that a validator watches unless it is told otherwise.
const VALIDATORS_WATCH: Permill = Permill::from_percent(5);

#[derive(Debug, clap::Parser)]
#[command(mut_arg("enabled", |arg| arg.default_value("always").help(OFFCHAIN_WORKER_HELP)))]
pub struct Cli {
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	#[command(flatten)]
	pub run: RunCmd,

	#[command(flatten)]
	pub inference: InferenceOptions,
}

/// What a node brings to inference.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Inference")]
pub struct InferenceOptions {
	/// Threads that run models. Each holds one running model's memory, up to 1 GiB.
	///
	/// By default all cores but one, which is left to the chain, and at least one.
	#[arg(long, value_name = "N")]
	pub worker_threads: Option<NonZeroUsize>,

	/// Where models and large inputs and outcomes are kept, each named by its BLAKE3 hash.
	///
	/// Two running nodes must not share one. By default the folder `artifacts` in the base path, so that `--dev`, whose base path
	/// is temporary, leaves nothing behind.
	#[arg(long, value_name = "PATH")]
	pub artifacts: Option<PathBuf>,

	/// Where the engine is kept in compiled form, which saves the seconds its compilation takes at each start.
	///
	/// The folder must not be writable by others: what it holds is run. By default `$XDG_CACHE_HOME/assay/engine`, or
	/// `~/.cache/assay/engine`.
	#[arg(long, value_name = "PATH")]
	pub engine_cache: Option<PathBuf>,

	/// The share, in percent, of provisional results that this node runs again by itself: `5`, `0.5`, `100`. It challenges a wrong
	/// one, and so earns a part of the bond of whoever gave it.
	///
	/// The bond of a challenge comes from the account of the node's watcher key, which is `--alice`'s or the like on a development
	/// chain, or made by the method `assay_watcherKey`; the account needs funds. Models and inputs that are not in the node's store
	/// are not watched. By default 5 for a validator and 0 for every other node.
	#[arg(long, value_name = "SHARE", value_parser = percentage)]
	pub watch: Option<Permill>,

	#[cfg(feature = "faults")]
	#[command(flatten)]
	pub faults: FaultOptions,
}

/// Reads a percentage, with up to four decimals, exactly.
fn percentage(text: &str) -> Result<Permill, String> {
	let wrong = || format!("`{text}` is no percentage between 0 and 100, like 5 or 0.5, with up to four decimals");
	let number = text.strip_suffix('%').unwrap_or(text);
	let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
	let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
	if !is_number(whole) || !is_number(decimals) || whole.len() > 3 || decimals.len() > 4 {
		return Err(wrong());
	}
	// Four decimals of a percent are parts per million.
	let parts: u32 = format!("{whole}{decimals:0<4}").parse().map_err(|_| wrong())?;
	(parts <= 1_000_000)
		.then(|| Permill::from_parts(parts))
		.ok_or_else(wrong)
}

impl InferenceOptions {
	/// The folder of artifacts of a node with this base path.
	pub fn artifacts(&self, base_path: &Path) -> PathBuf {
		self.artifacts.clone().unwrap_or_else(|| base_path.join("artifacts"))
	}

	/// The share of provisional results to watch.
	pub fn watch(&self, is_validator: bool) -> Permill {
		let by_default = if is_validator {
			VALIDATORS_WATCH
		} else {
			Permill::zero()
		};
		self.watch.unwrap_or(by_default)
	}

	/// The folder of the compiled engine; `None` where the user has no cache folder.
	pub fn engine_cache(&self) -> Option<PathBuf> {
		let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
		self.engine_cache.clone().or_else(|| {
			let cache = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))?;
			Some(cache.join("assay/engine"))
		})
	}
}

#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Make, inspect and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Print a chain's specification, with this node as its boot node.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Write a chain's specification to a file.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Execute a block again and check it.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state at a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the chain's database. Keys and artifacts stay.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take the chain back by some blocks, at most to the last finalised one.
	Revert(sc_cli::RevertCmd),

	/// Print what the chain's database holds.
	ChainInfo(sc_cli::ChainInfoCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{CommandFactory, Parser};
	use sc_cli::OffchainWorkerEnabled;

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn the_offchain_worker_runs_unless_it_is_refused() {
		let enabled = |args: &[&str]| Cli::parse_from(args).run.offchain_worker_params.enabled;
		assert!(matches!(enabled(&["assay-node"]), OffchainWorkerEnabled::Always));
		assert!(matches!(
			enabled(&["assay-node", "--offchain-worker", "never"]),
			OffchainWorkerEnabled::Never
		));
	}

	#[test]
	fn artifacts_live_in_the_base_path_unless_told_otherwise() {
		let artifacts = |args: &[&str]| Cli::parse_from(args).inference.artifacts(Path::new("/base"));
		assert_eq!(artifacts(&["assay-node"]), Path::new("/base/artifacts"));
		assert_eq!(artifacts(&["assay-node", "--artifacts", "/store"]), Path::new("/store"));
	}

	#[test]
	fn validators_watch_a_little_and_others_nothing_unless_told_otherwise() {
		let watch = |args: &[&str], is_validator| {
			let cli = Cli::try_parse_from([&["assay-node"], args].concat())?;
			Ok::<_, clap::Error>(cli.inference.watch(is_validator).deconstruct())
		};
		assert_eq!(watch(&[], true).unwrap(), 50_000);
		assert_eq!(watch(&[], false).unwrap(), 0);
		let shares = [
			("0", 0),
			("100", 1_000_000),
			("0.5", 5_000),
			("12.3456", 123_456),
			("7%", 70_000),
			("099.9", 999_000),
		];
		for (share, parts) in shares {
			for is_validator in [true, false] {
				assert_eq!(watch(&["--watch", share], is_validator).unwrap(), parts, "{share}");
			}
		}
		for wrong in [
			"", "-1", "+1", "101", "100.0001", "1000", "0.00001", "1.", ".5", "half", "1e1", "5%%", "٣",
		] {
			assert!(watch(&["--watch", wrong], true).is_err(), "{wrong}");
		}
	}

	#[test]
	fn no_worker_threads_is_an_error() {
		assert!(Cli::try_parse_from(["assay-node", "--worker-threads", "0"]).is_err());
	}
}
