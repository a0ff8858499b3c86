//! The registry: models, and the families that name them.

use super::Mirrors;
use crate::{
	amount::Amount,
	values::{self, Binding, InputFile, Rows},
};
use assay_primitives::{
	names::{FamilyName, VersionName},
	ModelRef,
};
use clap::{Args, Subcommand};
use std::{ffi::OsString, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Model {
	/// Register a model: state what it is here, and wait until others have reproduced it
	#[command(
		after_help = "Examples:\n  assay model submit digits.onnx --title Digits --bind N=1 --royalty 0.01 --suri //Alice\n  \
		assay model submit digits.onnx --title Digits --input x=images.npy --rows 0..8 --family digits --version 1 --latest --suri //Alice\n\n\
		The engine runs here first: it derives the manifest and the outcomes of the golden inputs, and what would be rejected is refused\n\
		before anything is paid. Then the model is on probation: workers that are drawn derive both again. If they come to what you\n\
		state, the model opens and the exit code is 0; otherwise the deposit goes back and the exit code is 1.\n\n\
		Golden inputs are up to 16 inputs from --input and --rows. Without --input two are made, always the same for the same model:\n\
		floats from 0 up to but not including 1, integers and bools of 0 or 1. The model must answer all of them: give your own\n\
		where such numbers are none that it takes.\n\n\
		Before paying you are asked, if standard input is a terminal and --yes is not given. Scripts are not asked.\n\n\
		The model's id goes to standard output and all else to standard error: model=$(assay model submit …)"
	)]
	Submit(Box<Submit>),
	/// List all models
	#[command(after_help = "Example:\n  assay model list")]
	List,
	/// Show one model: what it takes and gives, what it costs, how it stands and what it is called
	#[command(after_help = "Examples:\n  assay model show digits\n  assay model show 0x1f0c…")]
	Show {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
	/// Show how a model's status has changed, by whose right, and why
	#[command(after_help = "Example:\n  assay model history digits@1")]
	History {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
	/// Change what you say of your model. What is not given stays, an empty text or file name takes it away
	#[command(
		after_help = "Example:\n  assay model describe digits --tag images --tag mnist --card README.md --suri //Alice"
	)]
	Describe(Box<Describe>),
	/// Announce another royalty for your model. Requests pay it from the block on that is told
	#[command(after_help = "Example:\n  assay model price digits 0.02 --suri //Alice")]
	Price {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
		/// What you get for each input answered, in ASY
		royalty: Amount,
	},
	/// Give your model to another account: its royalties, its deposit and all say over it
	#[command(after_help = "Example:\n  assay model transfer digits@1 5FHneW46… --suri //Alice")]
	Transfer {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
		/// SS58 address or 0x public key of the new owner
		account: String,
	},
	/// Take a model off the market. Its history stays readable
	#[command(after_help = "Example:\n  assay model retire 0x1f0c… --suri //Alice")]
	Retire {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
}

/// What people should know of a model, besides its title.
#[derive(Debug, Default, Args)]
pub struct About {
	/// What it is, in a few sentences: 512 bytes at most
	#[arg(long, value_name = "TEXT")]
	pub description: Option<String>,
	/// What it is for, as hubs call it, like image-classification
	#[arg(long)]
	pub task: Option<String>,
	/// An SPDX licence expression, like Apache-2.0
	#[arg(long, value_name = "SPDX")]
	pub licence: Option<String>,
	/// A word to find it by; repeat for each, 8 at most
	#[arg(long = "tag", value_name = "WORD")]
	pub tags: Option<Vec<String>>,
	/// Where there is more, like a paper; repeat for each, 4 at most
	#[arg(long = "link", value_name = "URL")]
	pub links: Option<Vec<String>>,
	/// What it was trained on: 256 bytes at most
	#[arg(long, value_name = "TEXT")]
	pub training_data: Option<String>,
	/// The long description, a file in Markdown, which is stored with the model
	#[arg(long, value_name = "FILE.md")]
	pub card: Option<OsString>,
}

/// What a model is to be called.
#[derive(Clone, Debug, Args)]
pub struct Naming {
	/// Publish the model in this family once it is open; claims the family first if nobody has it
	#[arg(long, value_name = "NAME", requires = "version", value_parser = values::family)]
	pub family: Option<FamilyName>,
	/// As this version, which means this model for ever
	#[arg(long, requires = "family", value_parser = values::version)]
	pub version: Option<VersionName>,
	/// And have the family's name alone mean it
	#[arg(long, requires = "family")]
	pub latest: bool,
}

impl Naming {
	/// The name, if there is to be one.
	pub fn wanted(&self) -> Option<(&FamilyName, &VersionName)> {
		self.family.as_ref().zip(self.version.as_ref())
	}
}

#[derive(Debug, Args)]
pub struct Submit {
	/// The ONNX file
	pub file: PathBuf,
	/// A short name for people: 64 bytes at most
	#[arg(long)]
	pub title: String,
	#[command(flatten)]
	pub about: About,
	/// What you get for each input answered, in ASY, on top of what the workers get
	#[arg(long, value_name = "ASY", default_value = "0")]
	pub royalty: Amount,
	/// A value for a symbolic dimension of the model
	#[arg(long = "bind", value_name = "SYMBOL=EXTENT")]
	pub bindings: Vec<Binding>,
	/// A tensor for one input of the model, to make golden inputs of; once for each input
	#[arg(long = "input", short, value_name = "NAME=FILE.npy")]
	pub inputs: Vec<InputFile>,
	/// A golden input for each row A up to but not including B of the files' leading axis, which is kept as extent 1. Without it,
	/// a file is the whole tensor
	#[arg(long, value_name = "A..B", requires = "inputs")]
	pub rows: Option<Rows>,
	#[command(flatten)]
	pub mirrors: Mirrors,
	/// The most that reproducing the model may cost, in ASY; today's fee if not given
	#[arg(long, value_name = "ASY")]
	pub max_fee: Option<Amount>,
	#[command(flatten)]
	pub naming: Naming,
	/// Do not ask before paying
	#[arg(long, short)]
	pub yes: bool,
	/// Return once the submission is final: `assay model show` tells when the model is open
	#[arg(long, conflicts_with = "family")]
	pub no_wait: bool,
}

#[derive(Debug, Args)]
pub struct Describe {
	/// The model: its id, `family` or `family@version`
	pub model: ModelRef,
	/// A short name for people: 64 bytes at most
	#[arg(long)]
	pub title: Option<String>,
	#[command(flatten)]
	pub about: About,
	#[command(flatten)]
	pub mirrors: Mirrors,
}

#[derive(Debug, Subcommand)]
pub enum Family {
	/// Take a name for a family of models, for as long as you want it. Nobody else gets it, nor one that looks like it
	#[command(after_help = "Example:\n  assay family claim digits --suri //Alice\n\n\
		A name has 2 to 48 of a-z, 0-9 and single hyphens, a letter first. A deposit is held until you release it.")]
	Claim {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
	},
	/// Give an open model a version in your family. FAMILY@VERSION means this model for ever
	#[command(after_help = "Example:\n  assay family publish digits 1.1 0x1f0c… --latest --suri //Alice")]
	Publish(Publish),
	/// Say which version FAMILY alone means
	#[command(after_help = "Example:\n  assay family latest digits 1.1 --suri //Alice")]
	Latest {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// One of its versions
		#[arg(value_parser = values::version)]
		version: VersionName,
	},
	/// Give a family to another account: who may publish in it, and the deposit. The models stay whose they are
	#[command(after_help = "Example:\n  assay family transfer digits 5FHneW46… --suri //Alice")]
	Transfer {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// SS58 address or 0x public key of the new owner
		account: String,
	},
	/// Give up a family. Without versions its deposit goes back and anybody may claim its name; with some it is closed: they mean what
	/// they mean for ever, no more are added, and the deposit is burned. A terminal is asked before that
	#[command(after_help = "Example:\n  assay family release digits --suri //Alice")]
	Release {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// Do not ask
		#[arg(long)]
		yes: bool,
	},
	/// Show a family: whose it is, its versions, and which is the latest
	#[command(after_help = "Example:\n  assay family show digits")]
	Show {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
	},
	/// List all families
	#[command(after_help = "Example:\n  assay family list")]
	List,
}

#[derive(Debug, Args)]
pub struct Publish {
	/// The family's name
	#[arg(value_parser = values::family)]
	pub name: FamilyName,
	/// The version's name: 1 to 24 of a-z, 0-9, `.` and `-`
	#[arg(value_parser = values::version)]
	pub version: VersionName,
	/// The model: its id, or what it is called already
	pub model: ModelRef,
	/// Have the family's name alone mean it, too
	#[arg(long)]
	pub latest: bool,
}
