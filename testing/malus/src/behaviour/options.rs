//! The command line of dishonesty.

use assay_runtime::AccountId;
use sp_core::{crypto::Ss58Codec, sr25519, Pair};

/// In what way a node is dishonest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
	/// Gives wrong answers, the same one to the same task.
	Wrong,
	/// Gives a wrong answer where, as it claims, nobody is bound to check it.
	WrongUnaudited,
	/// Does not claim.
	SilentClaim,
	/// Does not check.
	SilentCheck,
	/// Commits and does not reveal.
	SilentReveal,
	/// Passes the executor's commitment off as its own instead of checking.
	Copy,
	/// With others (`--cartel`), claims the same wrong answer, and confirms it where nobody else is asked.
	Cartel,
	/// Votes for the executor's answer without running anything.
	LazyVote,
	/// Submits hundreds of invalid submissions in each block.
	Flood,
}

/// Dishonesty on purpose, for tests.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Fault injection")]
pub struct FaultOptions {
	/// Be dishonest in this way, and honest in every other. On development and local chains only.
	#[arg(long, value_name = "NAME", value_enum)]
	pub fault: Option<Fault>,

	/// The accounts of all members of the cartel, this node's among them: SS58 addresses, or seeds like `//Dave`.
	#[arg(long, value_name = "ACCOUNT,...", value_delimiter = ',', value_parser = account)]
	#[arg(requires = "fault", required_if_eq("fault", "cartel"))]
	pub cartel: Vec<AccountId>,
}

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
	use crate::cli::Cli;
	use clap::{Parser, ValueEnum};

	fn options(args: &[&str]) -> Result<FaultOptions, clap::Error> {
		let args = [&["assay-node"], args].concat();
		Cli::try_parse_from(args).map(|cli| cli.inference.faults)
	}

	#[test]
	fn nodes_are_honest_unless_told_otherwise() {
		assert_eq!(options(&[]).unwrap().fault, None);
		assert_eq!(options(&["--fault", "lazy-vote"]).unwrap().fault, Some(Fault::LazyVote));
		assert!(options(&["--fault", "kind"]).is_err());
		let names = Fault::value_variants()
			.iter()
			.filter_map(|fault| fault.to_possible_value());
		let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
		assert_eq!(
			names.join(" "),
			"wrong wrong-unaudited silent-claim silent-check silent-reveal copy cartel lazy-vote flood"
		);
	}

	#[test]
	fn a_cartel_has_members_by_address_or_seed() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let members = options(&["--fault", "cartel", "--cartel", &format!("{alice},//Dave")])
			.unwrap()
			.cartel;
		assert_eq!(members, [account("//Alice").unwrap(), account("//Dave").unwrap()]);
		assert!(options(&["--fault", "cartel"]).is_err());
		assert!(options(&["--fault", "cartel", "--cartel", "Dave"]).is_err());
		assert!(options(&["--cartel", "//Dave"]).is_err());
	}
}
