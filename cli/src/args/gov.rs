//! Proposals and votes of token holders.

use assay_client::{governance::Conviction, Amount};
use assay_primitives::ModelRef;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Gov {
	/// Propose something to token holders, and place the deposits
	#[command(
		after_help = "Examples:\n  assay gov propose list 0x1f0c… --reason \"reviewed, see forum/7\" --suri //Bob\n  \
		assay gov propose quarantine 0x1f0c… --suri //Bob\n  \
		assay gov propose engine list engine.wasm --suri //Bob\n  \
		assay gov propose param security.no_show_fine 0.2 --suri //Bob\n  \
		assay gov propose upgrade runtime.wasm --suri //Bob\n\n\
		Each goes to the track that may decide it: `assay gov tracks` shows their deposits and periods."
	)]
	Propose(Propose),
	/// List the tracks: what their decisions cost and how long they take on this chain
	#[command(after_help = "Example:\n  assay gov tracks")]
	Tracks,
	/// List referenda, the latest first
	#[command(after_help = "Example:\n  assay gov referenda --all")]
	Referenda {
		/// Include those that are decided
		#[arg(long)]
		all: bool,
	},
	/// Show a referendum: what it would do, its votes, and what happens next
	#[command(after_help = "Example:\n  assay gov show 3")]
	Show {
		/// The referendum's number
		referendum: u32,
	},
	/// Place the decision deposit of a referendum, without which it is not decided
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
	/// Delegate your votes on a track to another account
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
	/// End a delegation
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
	/// Unlock the tokens that your votes no longer lock
	#[command(after_help = "Example:\n  assay gov unlock --suri //Bob\n\n\
		Votes on decided referenda are removed. Votes that won with conviction lock their tokens until their time is \
		 over.")]
	Unlock,
	/// Apply an upgrade that a referendum has authorised
	#[command(after_help = "Example:\n  assay gov upgrade runtime.wasm --suri //Bob")]
	Upgrade {
		/// The Wasm of the runtime that was voted on
		file: PathBuf,
	},
}

/// With how many tokens to vote, and for how long to lock them.
#[derive(Debug, Args)]
pub struct Stake {
	/// Tokens to vote with. They stay yours, and cannot be moved while they are locked
	#[arg(long, value_name = "ASY")]
	pub amount: Amount,
	/// With 0, a vote counts a tenth and locks its tokens no longer than the vote lasts; with 1 to 6 it counts 1 to 6
	/// times, and locks the tokens for 1, 2, 4, 8, 16 or 32 periods if it wins
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
	/// Do not place the decision deposit; anybody can with `assay gov deposit`
	#[arg(long, global = true)]
	pub no_deposit: bool,
	/// The reason. Its hash goes on chain with the decision; publish the text where people will find it
	#[arg(long, global = true, value_name = "TEXT")]
	pub reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Proposal {
	/// List a model: token holders endorse it
	List {
		/// The model: its id, `family` or `family@version`. The vote is about the model that this stands for now
		model: ModelRef,
	},
	/// Take a model off the list
	Delist {
		/// The model
		model: ModelRef,
	},
	/// Quarantine a model, so that it accepts no jobs and those in flight end: the fast track
	Quarantine {
		/// The model
		model: ModelRef,
	},
	/// Release a model from quarantine, or a barred one, which can then be submitted again
	Release {
		/// The model
		model: ModelRef,
	},
	/// Bar a model for good: it accepts no jobs, those in flight end, and nobody can submit it again
	Bar {
		/// The model
		model: ModelRef,
	},
	/// List or retire an engine
	#[command(subcommand)]
	Engine(EngineProposal),
	/// Change a parameter of the protocol
	Param {
		/// Its name, as in `assay protocol --json`, like security.no_show_fine
		name: String,
		/// Its new value, in the form of `assay protocol --json`
		value: String,
	},
	/// Upgrade the runtime. Once that is approved, `assay gov upgrade` applies it
	Upgrade {
		/// The Wasm of the runtime
		file: PathBuf,
	},
}

#[derive(Debug, Subcommand)]
pub enum EngineProposal {
	/// List it: models may name it
	List {
		/// Its id, or the file of its blob
		engine: String,
	},
	/// Retire it: no further model may name it
	Retire {
		/// Its id, or the file of its blob
		engine: String,
		/// Blocks for which models that name it still accept jobs
		#[arg(long, value_name = "BLOCKS")]
		notice: u32,
	},
}
