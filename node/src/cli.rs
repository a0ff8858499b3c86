//! The command line of the node.

use sc_cli::RunCmd;
use sp_runtime::Permill;
use std::{
	env,
	num::NonZeroUsize,
	path::{Path, PathBuf},
};

/// Replaces the SDK's help for `--offchain-worker`, which ties it to validating. Here it is how a node serves models,
/// whether or not the node validates.
const OFFCHAIN_WORKER_HELP: &str =
	"When to run the off-chain worker. It answers the jobs of the workers whose keys this node holds, votes in \
	disputes with the validator's key, and watches results. Without such a key and without `--watch` it does nothing";

/// The share of provisional results that a validator watches by default.
const VALIDATOR_WATCH_SHARE: Permill = Permill::from_percent(5);

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

/// Options for inference.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Inference")]
pub struct InferenceOptions {
	/// The number of threads that run models. Each holds the memory of one running model, up to 1 GiB.
	///
	/// By default one fewer than there are cores, since the chain needs one, but at least one.
	#[arg(long, value_name = "N")]
	pub worker_threads: Option<NonZeroUsize>,

	/// The folder for models and for large inputs and outcomes. Each file is named by its BLAKE3 hash.
	///
	/// Two running nodes must not share a folder. By default it is `artifacts` in the base path. The base path of
	/// `--dev` is temporary, so `--dev` leaves nothing behind.
	#[arg(long, value_name = "PATH")]
	pub artifacts: Option<PathBuf>,

	/// The folder for the compiled engine, which saves the seconds that compiling it takes at each start.
	///
	/// Nobody else may be able to write to the folder, because the node runs what is in it. By default it is
	/// `$XDG_CACHE_HOME/assay/engine`, or `~/.cache/assay/engine`.
	#[arg(long, value_name = "PATH")]
	pub engine_cache: Option<PathBuf>,

	/// The share of provisional results that this node re-executes, in percent: for example `5`, `0.5` or `100`. The
	/// node challenges each wrong result, and so earns a part of the bond of whoever revealed it.
	///
	/// The account of the node's watcher key pays the bond of a challenge, so it needs funds. On a development chain,
	/// options like `--alice` insert a watcher key; elsewhere, the RPC method `assay_watcherKey` makes one. The log
	/// names the account, and says whether it can pay.
	///
	/// The node cannot re-execute results whose model or input is missing from its store, nor more than its threads
	/// can run in time. The log and the metric `assay_watcher_effective_share` say what share is left. The default is
	/// 5 for a validator and 0 for every other node.
	#[arg(long, value_name = "SHARE", value_parser = percentage)]
	pub watch: Option<Permill>,
}

/// Parses a percentage of up to four decimals, without rounding.
fn percentage(text: &str) -> Result<Permill, String> {
	let wrong = || format!("`{text}` is not a percentage: use 0 to 100 with at most four decimals, like 5 or 0.5");
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
	/// Returns the artifact folder of a node with this base path.
	pub fn artifacts(&self, base_path: &Path) -> PathBuf {
		self.artifacts.clone().unwrap_or_else(|| base_path.join("artifacts"))
	}

	/// Returns the share of provisional results to watch.
	pub fn watch(&self, is_validator: bool) -> Permill {
		let default = if is_validator {
			VALIDATOR_WATCH_SHARE
		} else {
			Permill::zero()
		};
		self.watch.unwrap_or(default)
	}

	/// Returns the folder of the compiled engine, or `None` if the user has no cache folder.
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

	/// Re-execute a block and check it.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state at a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Delete the chain's database. Keys and artifacts stay.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain by a number of blocks, at most to the last finalised one.
	Revert(sc_cli::RevertCmd),

	/// Print facts about the chain's database.
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
	fn the_offchain_worker_runs_by_default() {
		let enabled = |args: &[&str]| Cli::parse_from(args).run.offchain_worker_params.enabled;
		assert!(matches!(enabled(&["assay-node"]), OffchainWorkerEnabled::Always));
		assert!(matches!(
			enabled(&["assay-node", "--offchain-worker", "never"]),
			OffchainWorkerEnabled::Never
		));
	}

	#[test]
	fn artifacts_are_in_the_base_path_by_default() {
		let artifacts = |args: &[&str]| Cli::parse_from(args).inference.artifacts(Path::new("/base"));
		assert_eq!(artifacts(&["assay-node"]), Path::new("/base/artifacts"));
		assert_eq!(artifacts(&["assay-node", "--artifacts", "/store"]), Path::new("/store"));
	}

	#[test]
	fn validators_watch_five_percent_by_default_and_other_nodes_nothing() {
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
	fn zero_worker_threads_are_refused() {
		assert!(Cli::try_parse_from(["assay-node", "--worker-threads", "0"]).is_err());
	}
}
