//! What token holders propose, and how they vote on it.

use crate::{amount::Amount, governance::Conviction};
use assay_primitives::ModelRef;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Gov {
	/// Propose something to token holders, and pay the deposits that it takes
	#[command(
		after_help = "Examples:\n  assay gov propose list 0x1f0c… --reason \"reviewed, see forum/7\" --suri //Bob\n  \
		assay gov propose quarantine 0x1f0c… --suri //Bob\n  \
		assay gov propose engine list engine.wasm --suri //Bob\n  \
		assay gov propose param security.no_show_fine 0.2 --suri //Bob\n  \
		assay gov propose upgrade runtime.wasm --suri //Bob\n\n\
		Each goes to the track that may do it: `assay gov tracks` tells their deposits and periods."
	)]
	Propose(Propose),
	/// The tracks: what their decisions cost and how long they take on this chain
	#[command(after_help = "Example:\n  assay gov tracks")]
	Tracks,
	/// List referenda, the latest first
	#[command(after_help = "Example:\n  assay gov referenda --all")]
	Referenda {
		/// Those that are decided, too
		#[arg(long)]
		all: bool,
	},
	/// Show a referendum: what it would do, how the votes are, and what happens next
	#[command(after_help = "Example:\n  assay gov show 3")]
	Show {
		/// The referendum's number
		referendum: u32,
	},
	/// Pay the decision deposit of a referendum, without which it is not decided
	#[command(after_help = "Example:\n  assay gov deposit 3 --suri //Bob")]
	Deposit {
		/// The referendum's number
		referendum: u32,
	},
	/// Vote on a referendum, or change a vote
	#[command(after_help = "Examples:\n  assay gov vote 3 aye --amount 1000 --suri //Bob\n  \
		assay gov vote 3 nay --amount 1000 --conviction 4 --suri //Bob")]
	Vote {
		/// The referendum's number
		referendum: u32,
		/// For or against
		side: Side,
		#[command(flatten)]
		stake: Stake,
	},
	/// Let another account vote with your tokens on a track
	#[command(after_help = "Example:\n  assay gov delegate 5FHneW46… --track model --amount 1000 --suri //Bob")]
	Delegate {
		/// SS58 address or 0x public key
		to: String,
		/// The track's name, as `assay gov tracks` shows it
		#[arg(long)]
		track: String,
		#[command(flatten)]
		stake: Stake,
	},
	/// Take a delegation back
	#[command(after_help = "Example:\n  assay gov undelegate --track model --suri //Bob")]
	Undelegate {
		/// The track's name, as `assay gov tracks` shows it
		#[arg(long)]
		track: String,
	},
	/// Show what an account has at stake in votes
	#[command(after_help = "Example:\n  assay gov votes --suri //Bob")]
	Votes {
		/// SS58 address or 0x public key; the signer if not given
		account: Option<String>,
	},
	/// Free the tokens that are bound by votes no longer
	#[command(after_help = "Example:\n  assay gov unlock --suri //Bob\n\n\
		Votes on referenda that are decided are removed. What was won with conviction stays bound until its time is over.")]
	Unlock,
	/// Put an upgrade that a referendum has authorised into effect
	#[command(after_help = "Example:\n  assay gov upgrade runtime.wasm --suri //Bob")]
	Upgrade {
		/// The runtime that was voted on
		file: PathBuf,
	},
}

/// With how many tokens to vote, and for how long to bind them.
#[derive(Debug, Args)]
pub struct Stake {
	/// Tokens to vote with. They stay yours, and cannot be moved while they are bound
	#[arg(long, value_name = "ASY")]
	pub amount: Amount,
	/// 0 binds for no longer than the vote and counts a tenth; 1 to 6 count so many times, and bind winners for 1, 2, 4, 8, 16, 32
	/// periods
	#[arg(long, default_value = "1", value_name = "0..6")]
	pub conviction: Conviction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
	Aye,
	Nay,
}

#[derive(Debug, Args)]
pub struct Propose {
	#[command(subcommand)]
	pub what: Proposal,
	/// Leave the decision deposit to somebody else (`assay gov deposit`)
	#[arg(long, global = true)]
	pub no_deposit: bool,
	/// Why. Its hash goes on chain with what is decided; publish the text where people will find it
	#[arg(long, global = true, value_name = "TEXT")]
	pub reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Proposal {
	/// That token holders stand behind a model
	List {
		/// The model: its id, `family` or `family@version`. The vote is about what this means now
		model: ModelRef,
	},
	/// That they no longer do
	Delist {
		/// The model
		model: ModelRef,
	},
	/// That no new job may ask a model, from now on: the fast track
	Quarantine {
		/// The model
		model: ModelRef,
	},
	/// That a quarantined model may be asked again
	Release {
		/// The model
		model: ModelRef,
	},
	/// That a model ends, whatever its owner says
	Retire {
		/// The model
		model: ModelRef,
	},
	/// That models may name an engine, or no longer
	#[command(subcommand)]
	Engine(EngineProposal),
	/// That a parameter of the protocol changes
	Param {
		/// Which, as `assay protocol --json` names it, like security.no_show_fine
		name: String,
		/// Its value, in the form in which `assay protocol --json` shows it
		value: String,
	},
	/// That the chain gets this runtime. Once that is decided, `assay gov upgrade` puts it into effect
	Upgrade {
		/// The runtime's Wasm
		file: PathBuf,
	},
}

#[derive(Debug, Subcommand)]
pub enum EngineProposal {
	/// Models may name it
	List {
		/// Its id, or the file of its blob
		engine: String,
	},
	/// No further model may name it
	Retire {
		/// Its id, or the file of its blob
		engine: String,
		/// Blocks for which models that name it may still be asked
		#[arg(long, value_name = "BLOCKS")]
		notice: u32,
	},
}
