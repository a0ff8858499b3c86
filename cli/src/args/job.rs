//! Requests, jobs and disputes.

use super::shared::{InputArgs, Mirrors};
use crate::values::{job_id, Jobs};
use assay_client::Amount;
use assay_primitives::{
	batch::MAX_ITEMS,
	terms::{Terms, Window, MAX_CHECKERS},
	JobId, ModelRef,
};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// How long a provisional answer can be challenged. `assay protocol` shows the blocks.
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

/// The terms of a request.
#[derive(Debug, Args)]
pub struct TermsArgs {
	/// The number of checkers, which repeat the executor's work. They are drawn after it has committed to its answer,
	/// and paid the same; 12 at most
	#[arg(
		long,
		value_name = "C",
		default_value_t = 0,
		value_parser = clap::value_parser!(u8).range(..=i64::from(MAX_CHECKERS))
	)]
	pub checkers: u8,
	/// The gain beyond the fee that a wrong answer could bring to somebody. The request is refused unless cheating
	/// still loses on average
	#[arg(long, value_name = "ASY", default_value = "0")]
	pub value_at_risk: Amount,
	/// How long a provisional answer can be challenged
	#[arg(long, value_enum, default_value_t = Tier::Short)]
	pub window: Tier,
	/// Inputs of one job; 256 at most. The last job may have fewer
	#[arg(
		long,
		value_name = "N",
		default_value_t = 1,
		value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ITEMS))
	)]
	pub batch: u32,
	/// Accept a model that token holders have not voted to endorse: others have only reproduced what its owner states
	#[arg(long)]
	pub allow_unlisted: bool,
}

impl TermsArgs {
	/// Returns the terms of a request that may cost `max_fee`.
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
	after_help = "Examples:\n  assay quote digits --checkers 2\n  assay quote digits@1 --value-at-risk 100 --window \
		 long --batch 32\n\n\
	The exit status is 1 if a request on these terms would be refused now."
)]
pub struct Quote {
	/// The model: its id, `family` for the latest version, or `family@version`
	pub model: ModelRef,
	#[command(flatten)]
	pub terms: TermsArgs,
}

#[derive(Debug, Subcommand)]
pub enum Job {
	/// Request jobs and wait for the answers
	#[command(
		after_help = "Examples:\n  assay job request digits --input image=image.npy --allow-unlisted --suri //Bob\n  \
		assay job request digits@1 --input image=images.npy --rows 0..100 --checkers 2 --json --suri //Bob\n  \
		assay job request 0x1f0c… --input image=images.npy --rows 0..1000 --batch 256 --provisional --suri //Bob\n\n\
		Requests are paced: no more are in progress than the model has free slots."
	)]
	Request(Request),
	/// Wait until a job has ended, then show it
	#[command(after_help = "Example:\n  assay job watch 7")]
	Watch(Watch),
	/// Show a job: its status, its workers, and why to believe its answer
	#[command(after_help = "Examples:\n  assay job show 7 --out answers\n  assay job show 7 --item 3")]
	Show(Show),
	/// Cancel a job before anybody has committed to an answer. The executor is paid, the rest of the fee is refunded
	#[command(after_help = "Example:\n  assay job cancel 7 --suri //Bob")]
	Cancel {
		/// The job's number
		#[arg(value_parser = job_id)]
		job: JobId,
	},
	/// Re-derive the answer of a provisional job on this machine, and challenge it if it differs
	#[command(after_help = "Example:\n  assay job challenge 7 --suri //Eve\n\n\
		A bond is held until validators have decided. If you are right, you get it back with a share of what is \
		slashed; if you are wrong, you lose it. If the answer is right, nothing is sent and the exit status is 0.")]
	Challenge(Challenge),
	/// Write a proof of one outcome of a job, without the others
	#[command(
		after_help = "Example:\n  assay job prove 7 --item 3 --out outcome.json\n  assay verify --proof outcome.json"
	)]
	Prove(Prove),
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
	/// Return once every job is provisional: answered, but not final
	#[arg(long)]
	pub provisional: bool,
	/// Do not check the inputs against the model before paying, and send them in the order given. The chain refuses
	/// wrong inputs that are inline; a larger one settles as a fault and costs the fee
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
	/// Show the outcome of this input of the job, counted from 0
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
	/// Return once the job is provisional: answered, but not final
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
	/// The input of the job to prove, counted from 0
	#[arg(long, value_name = "I", default_value_t = 0)]
	pub item: u32,
	/// Where to write the proof, as JSON
	#[arg(long, value_name = "FILE")]
	pub out: PathBuf,
}

#[derive(Debug, Args)]
#[command(
	after_help = "Examples:\n  assay verify 7\n  assay verify 0..100 --json\n  assay verify --proof outcome.json\n\n\
	Nothing that the node says about the answer is trusted: the model and the input are checked against their \
	hashes, the ids are recomputed, and the built-in engine runs the task again. Provisional jobs are verified like \
	settled ones. The exit status is 1 if any answer differs or could not be checked.\n\n\
	With --proof nothing is run: the outcome in the file is checked to be part of the answer on chain."
)]
pub struct Verify {
	/// Jobs: numbers, or ranges A..B that exclude B
	#[arg(required_unless_present = "proof", value_name = "JOB")]
	pub jobs: Vec<Jobs>,
	/// A proof that `assay job prove` wrote
	#[arg(long, value_name = "FILE", conflicts_with = "jobs")]
	pub proof: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Dispute {
	/// Show the dispute over a job: the votes and the challenges
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
