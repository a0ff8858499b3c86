//! The command line: the node's, and how to misbehave.

use assay_node::cli::Cli;
use assay_runtime::AccountId;
use clap::{CommandFactory, FromArgMatches};
use sc_cli::SubstrateCli;
use sp_core::{crypto::Ss58Codec, sr25519, Pair};

const DESCRIPTION: &str = "A node of Assay that misbehaves on demand, for tests and demonstrations on development and \
	local chains. It takes all options of `assay-node`, and is honest without `--behaviour`.";

#[derive(Debug, clap::Parser)]
pub struct MalusCli {
	#[command(flatten)]
	pub node: Cli,

	#[command(flatten)]
	pub behaviour: BehaviourOptions,
}

impl MalusCli {
	/// Parses the command line of this process. Exits if it is wrong, or asks for help or the version.
	pub fn from_args() -> Self {
		let matches = Self::setup().get_matches();
		Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
	}

	/// Returns the command with the name, version and subcommand rules of every Substrate node.
	fn setup() -> clap::Command {
		Cli::setup_command(Self::command())
			.about(DESCRIPTION)
			.long_about(DESCRIPTION)
	}
}

/// The way in which a node misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Behaviour {
	/// Gives wrong answers, always the same one to the same task.
	Wrong,
	/// Gives a wrong answer if no checker is paid at the time of the claim.
	WrongUnchecked,
	/// Does not claim.
	SilentClaim,
	/// Does not check.
	SilentCheck,
	/// Commits and does not reveal.
	SilentReveal,
	/// Instead of checking, submits the executor's commitment as its own.
	Copy,
	/// Claims the same wrong answer as the others of `--cartel`, and confirms it if every participant is one of them.
	Cartel,
	/// Votes for the executor's answer without running anything.
	LazyVote,
	/// Submits hundreds of invalid transactions in each block.
	Flood,
}

/// Misbehaviour on purpose.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Misbehaviour")]
pub struct BehaviourOptions {
	/// Misbehave in this way, and be honest otherwise. Allowed on development and local chains only.
	#[arg(long, value_name = "NAME", value_enum)]
	pub behaviour: Option<Behaviour>,

	/// The accounts of all members of the cartel, including this node's: SS58 addresses, or seeds like `//Dave`.
	#[arg(long, value_name = "ACCOUNT,...", value_delimiter = ',', value_parser = account)]
	#[arg(requires = "behaviour", required_if_eq("behaviour", "cartel"))]
	pub cartel: Vec<AccountId>,
}

/// Parses an SS58 address, or a seed whose account is meant.
fn account(text: &str) -> Result<AccountId, String> {
	if text.starts_with("//") {
		let pair = sr25519::Pair::from_string(text, None).map_err(|error| error.to_string())?;
		return Ok(pair.public().into());
	}
	AccountId::from_ss58check(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_node::cli::Subcommand;
	use clap::ValueEnum;

	fn parse(args: &[&str]) -> Result<MalusCli, clap::Error> {
		let matches = MalusCli::setup().try_get_matches_from([&["assay-malus"], args].concat())?;
		MalusCli::from_arg_matches(&matches)
	}

	fn options(args: &[&str]) -> Result<BehaviourOptions, clap::Error> {
		Ok(parse(args)?.behaviour)
	}

	#[test]
	fn the_command_line_is_consistent() {
		MalusCli::setup().debug_assert();
	}

	#[test]
	fn it_takes_the_options_and_subcommands_of_the_node() {
		let node = parse(&["--dev", "--worker-threads", "3", "--behaviour", "wrong"])
			.unwrap()
			.node;
		assert!(node.run.shared_params.dev);
		assert_eq!(node.inference.worker_threads.map(usize::from), Some(3));
		let node = parse(&["purge-chain", "--dev"]).unwrap().node;
		assert!(matches!(node.subcommand, Some(Subcommand::PurgeChain(_))));
	}

	#[test]
	fn nodes_are_honest_by_default() {
		assert_eq!(options(&[]).unwrap().behaviour, None);
		assert_eq!(
			options(&["--behaviour", "lazy-vote"]).unwrap().behaviour,
			Some(Behaviour::LazyVote)
		);
		assert!(options(&["--behaviour", "kind"]).is_err());
		let names = Behaviour::value_variants()
			.iter()
			.filter_map(|behaviour| behaviour.to_possible_value());
		let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
		assert_eq!(
			names.join(" "),
			"wrong wrong-unchecked silent-claim silent-check silent-reveal copy cartel lazy-vote flood"
		);
	}

	#[test]
	fn a_cartel_has_members_by_address_or_seed() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let members = options(&["--behaviour", "cartel", "--cartel", &format!("{alice},//Dave")])
			.unwrap()
			.cartel;
		assert_eq!(members, [account("//Alice").unwrap(), account("//Dave").unwrap()]);
		assert!(options(&["--behaviour", "cartel"]).is_err());
		assert!(options(&["--behaviour", "cartel", "--cartel", "Dave"]).is_err());
		assert!(options(&["--cartel", "//Dave"]).is_err());
	}
}
