//! What is asked on chain, and on which terms.

use super::InputArgs;
use crate::{
	amount::Amount,
	values::{job_id, Jobs},
};
use assay_primitives::{
	batch::MAX_ITEMS,
	terms::{Terms, Window, MAX_CHECKERS},
	JobId, ModelRef,
};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// How long a provisional result may be challenged. `assay protocol` tells the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tier {
	Short,
	Standard,
	Long,
}

impl From<Tier> for Window {
	fn from(tier: Tier) -> Self {
		match tier {
			Tier::Short => Self::Short,
			Tier::Standard => Self::Standard,
			Tier::Long => Self::Long,
		}
	}
}

/// What the requester agrees to.
#[derive(Debug, Args)]
pub struct TermsArgs {
	/// Workers that repeat the executor's work, drawn after it is bound to its answer, and paid like it; 12 at most
	#[arg(long, value_name = "C", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=i64::from(MAX_CHECKERS)))]
	pub checkers: u8,
	/// What somebody could gain beyond the fee if a wrong answer passed. The request is refused unless cheating loses even so
	#[arg(long, value_name = "ASY", default_value = "0")]
	pub value_at_risk: Amount,
	/// How long a provisional result may be challenged
	#[arg(long, value_enum, default_value_t = Tier::Short)]
	pub window: Tier,
	/// Inputs that one job carries; 256 at most. The last job may carry fewer
	#[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ITEMS)))]
	pub batch: u32,
	/// A model will do that token holders have not voted for: it is what its owner states, and nobody else stands behind it
	#[arg(long)]
	pub allow_unlisted: bool,
}

impl TermsArgs {
	/// The terms of a request that may cost `max_fee`.
	pub fn terms(&self, max_fee: u128) -> Terms<u128> {
		Terms {
			checkers: self.checkers,
			max_fee,
			value_at_risk: self.value_at_risk.0,
			window: self.window.into(),
			allow_unlisted: self.allow_unlisted,
		}
	}
}

#[derive(Debug, Args)]
#[command(
	after_help = "Examples:\n  assay quote digits --checkers 2\n  assay quote digits@1 --value-at-risk 100 --window long --batch 32\n\n\
	Exit code 1 if a request on these terms would be refused now."
)]
pub struct Quote {
	/// The model: its id, `family` for the latest version, or `family@version`
	pub model: ModelRef,
	#[command(flatten)]
	pub terms: TermsArgs,
}

#[derive(Debug, Subcommand)]
pub enum Job {
	/// Ask a model and wait for the answers
	#[command(
		after_help = "Examples:\n  assay job request digits --input x=image.npy --allow-unlisted --suri //Bob\n  \
		assay job request digits@1 --input x=images.npy --rows 0..100 --checkers 2 --json --suri //Bob\n  \
		assay job request 0x1f0c… --input x=images.npy --rows 0..1000 --batch 256 --provisional --suri //Bob\n\n\
		Requests are paced: no more are under way than the model has free slots."
	)]
	Request(Request),
	/// Wait until a job has ended, then show it
	#[command(after_help = "Example:\n  assay job watch 7")]
	Watch(Watch),
	/// Show a job as it stands, who took part in it, and why to believe its answer
	#[command(after_help = "Examples:\n  assay job show 7 --out answers\n  assay job show 7 --item 3")]
	Show(Show),
	/// Take a job back before anybody is bound to an answer. The executor drawn is paid, the rest goes back
	#[command(after_help = "Example:\n  assay job cancel 7 --suri //Bob")]
	Cancel {
		/// The job's number
		#[arg(value_parser = job_id)]
		job: JobId,
	},
	/// Re-derive a provisional job here and, if its answer is wrong, challenge it
	#[command(after_help = "Example:\n  assay job challenge 7 --suri //Eve\n\n\
		A bond is held until validators have decided. Whoever is right gets it back, with a share of what the liars lose; whoever is\n\
		wrong loses it. If the answer is right, nothing is sent and the exit code is 0.")]
	Challenge(Challenge),
	/// Write a proof that shows one outcome of a job without the others
	#[command(
		after_help = "Example:\n  assay job prove 7 --item 3 --out outcome.json\n  assay verify --proof outcome.json"
	)]
	Prove(Prove),
}

/// Where else to store files.
#[derive(Debug, Args)]
pub struct Mirrors {
	/// Another node to store files in, besides --url; repeat for each. Workers must be able to fetch what they are to run
	#[arg(long = "mirror", value_name = "URL")]
	pub urls: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Request {
	/// The model: its id, `family` for the latest version, or `family@version`
	pub model: ModelRef,
	#[command(flatten)]
	pub input: InputArgs,
	#[command(flatten)]
	pub terms: TermsArgs,
	/// The most one job may cost, in ASY; today's fee if not given
	#[arg(long, value_name = "ASY")]
	pub max_fee: Option<Amount>,
	#[command(flatten)]
	pub mirrors: Mirrors,
	/// Return once the requests are in a block
	#[arg(long, conflicts_with = "provisional")]
	pub no_wait: bool,
	/// Return once every job is provisional: answered, and open to challenge still
	#[arg(long)]
	pub provisional: bool,
	/// Do not compare the inputs with the model's before paying; they go in the order given. The chain refuses wrong ones that
	/// travel inline; a larger one settles as a fault and costs the fee
	#[arg(long)]
	pub unchecked: bool,
	/// Write the outputs here, as job-ID-OUTPUT.npy or with --batch as job-ID-item-I-OUTPUT.npy
	#[arg(long, value_name = "DIR", conflicts_with = "no_wait")]
	pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Show {
	/// The job's number
	#[arg(value_parser = job_id)]
	pub job: JobId,
	/// Show the outcome of this one of the job's inputs, counted from 0
	#[arg(long, value_name = "I")]
	pub item: Option<u32>,
	/// Write the outputs here, as job-ID-OUTPUT.npy or for a job of several inputs as job-ID-item-I-OUTPUT.npy
	#[arg(long, value_name = "DIR")]
	pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Watch {
	#[command(flatten)]
	pub show: Show,
	/// Return once the job is provisional: answered, and open to challenge still
	#[arg(long)]
	pub provisional: bool,
}

#[derive(Debug, Args)]
pub struct Challenge {
	/// The job's number
	#[arg(value_parser = job_id)]
	pub job: JobId,
	#[command(flatten)]
	pub mirrors: Mirrors,
}

#[derive(Debug, Args)]
pub struct Prove {
	/// The job's number
	#[arg(value_parser = job_id)]
	pub job: JobId,
	/// Which of the job's inputs, counted from 0
	#[arg(long, value_name = "I", default_value_t = 0)]
	pub item: u32,
	/// Where to write the proof, as JSON
	#[arg(long, value_name = "FILE")]
	pub out: PathBuf,
}

#[derive(Debug, Args)]
#[command(
	after_help = "Examples:\n  assay verify 7\n  assay verify 0..100 --json\n  assay verify --proof outcome.json\n\n\
	Nothing the node says about the answer is believed: the model and the input are checked against their hashes, the ids are\n\
	recomputed, and the built-in engine runs the task again. Provisional jobs are verified like settled ones. Exit code 1 if any\n\
	answer differs or could not be checked.\n\n\
	With --proof nothing is run: the outcome in the file is checked to be part of the answer that the chain has."
)]
pub struct Verify {
	/// Jobs, each a number or a range A..B without B
	#[arg(required_unless_present = "proof", value_name = "JOB")]
	pub jobs: Vec<Jobs>,
	/// A proof that `assay job prove` wrote
	#[arg(long, value_name = "FILE", conflicts_with = "jobs")]
	pub proof: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Dispute {
	/// Show the dispute over a job: the votes so far and who challenged
	#[command(after_help = "Example:\n  assay dispute show 7")]
	Show {
		/// The job's number
		#[arg(value_parser = job_id)]
		job: JobId,
	},
	/// Show how a validator has voted
	#[command(after_help = "Example:\n  assay dispute voter 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
	Voter {
		/// SS58 address or 0x public key of the validator; the signer if not given
		account: Option<String>,
	},
}
