//! Models and families.

use super::shared::Mirrors;
use crate::values::{self, Binding, Rows};
use assay_client::{inputs::InputFile, Amount};
use assay_primitives::{
	names::{FamilyName, VersionName},
	ModelRef,
};
use clap::{Args, Subcommand};
use std::{ffi::OsString, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Model {
	/// Submit a model: derive its statement on this machine, and wait until others have reproduced it
	#[command(after_help = "Examples:\n  \
		assay model submit digits.onnx --title Digits --bind N=1 --royalty 0.01 --suri //Alice\n  \
		assay model submit digits.onnx --title Digits --input image=images.npy --rows 0..8 \\\n    \
		--family digits --version 1 --latest --suri //Alice\n\n\
		The engine runs on this machine first: it derives the manifest and the outcomes of the golden inputs, and \
		what would be rejected is refused before anything is paid. Then the model is on probation: workers are drawn \
		that derive both again. If they agree with your statement, the model opens and the exit status is 0; \
		otherwise the deposit is released and the exit status is 1.\n\n\
		Golden inputs are up to 16 inputs from --input and --rows. Without --input two are generated, always the same \
		for the same model: floats from 0 up to but not including 1, integers and bools of 0 or 1. The model must \
		answer all of them: give your own if it does not answer such numbers.\n\n\
		You are asked before paying, if standard input is a terminal and --yes is not given. Scripts are not asked.\n\n\
		The model's id goes to standard output and everything else to standard error: model=$(assay model submit …)")]
	Submit(Box<Submit>),
	/// List all models
	#[command(after_help = "Example:\n  assay model list")]
	List,
	/// Show one model: its names, status, price, inputs and outputs
	#[command(after_help = "Examples:\n  assay model show digits\n  assay model show 0x1f0c…")]
	Show {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
	/// Show how a model's status has changed, who changed it, and why
	#[command(after_help = "Example:\n  assay model history digits@1")]
	History {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
	/// Change the metadata of your model. What is not given is kept; an empty text or file name removes it
	#[command(
		after_help = "Example:\n  assay model describe digits --tag images --tag mnist --card README.md --suri //Alice"
	)]
	Describe(Box<Describe>),
	/// Announce a new royalty for your model. Requests pay it from the block that is printed
	#[command(after_help = "Example:\n  assay model price digits 0.02 --suri //Alice")]
	Price {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
		/// What you get for each input, in ASY
		royalty: Amount,
	},
	/// Transfer your model to another account, with its royalties and its deposit
	#[command(after_help = "Example:\n  assay model transfer digits@1 5FHneW46… --suri //Alice")]
	Transfer {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
		/// SS58 address or 0x public key of the new owner
		account: String,
	},
	/// Retire your model: it accepts no new jobs, and anybody may submit it again. Its history stays readable
	#[command(after_help = "Example:\n  assay model retire 0x1f0c… --suri //Alice")]
	Retire {
		/// The model: its id, `family` or `family@version`
		model: ModelRef,
	},
}

/// The metadata of a model, besides its title.
#[derive(Debug, Default, Args)]
pub struct About {
	/// What it is, in a few sentences: 512 bytes at most
	#[arg(long, value_name = "TEXT")]
	pub description: Option<String>,
	/// What it is for, in the terms of model hubs, like image-classification
	#[arg(long)]
	pub task: Option<String>,
	/// An SPDX licence expression, like Apache-2.0
	#[arg(long, value_name = "SPDX")]
	pub licence: Option<String>,
	/// A word to find it by; repeat for each, 8 at most
	#[arg(long = "tag", value_name = "WORD")]
	pub tags: Option<Vec<String>>,
	/// A link to more information, like a paper; repeat for each, 4 at most
	#[arg(long = "link", value_name = "URL")]
	pub links: Option<Vec<String>>,
	/// What it was trained on: 256 bytes at most
	#[arg(long, value_name = "TEXT")]
	pub training_data: Option<String>,
	/// The long description: a file in Markdown, which is stored with the model
	#[arg(long, value_name = "FILE.md")]
	pub card: Option<OsString>,
}

/// The name of a model.
#[derive(Clone, Debug, Args)]
pub struct Naming {
	/// Publish the model in this family once it is open; claims the family first if it does not exist
	#[arg(long, value_name = "NAME", requires = "version", value_parser = values::family)]
	pub family: Option<FamilyName>,
	/// Publish it as this version, which stands for this model forever
	#[arg(long, requires = "family", value_parser = values::version)]
	pub version: Option<VersionName>,
	/// Make it the latest version, so that the family's name alone stands for it
	#[arg(long, requires = "family")]
	pub latest: bool,
}

impl Naming {
	/// Returns the family and the version, if the model is to have a name.
	pub fn family_and_version(&self) -> Option<(&FamilyName, &VersionName)> {
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
	/// What you get for each input, in ASY, besides what the workers get
	#[arg(long, value_name = "ASY", default_value = "0")]
	pub royalty: Amount,
	/// A value for a symbolic dimension of the model
	#[arg(long = "bind", value_name = "SYMBOL=EXTENT")]
	pub bindings: Vec<Binding>,
	/// A tensor for one input of the model, to make golden inputs of; once for each input
	#[arg(long = "input", short, value_name = "NAME=FILE.npy", value_parser = values::input_file)]
	pub inputs: Vec<InputFile>,
	/// A golden input for each row A up to but not including B of the files' leading axis, which is kept as extent 1.
	/// Without it, a file is the whole tensor
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
	/// Return once the submission is final: `assay model show` shows when the model is open
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
	/// Claim a name for a family of models. Nobody else can claim it, nor one that looks like it, until you release it
	#[command(after_help = "Example:\n  assay family claim digits --suri //Alice\n\n\
		A name has 2 to 48 characters: a-z, 0-9 and single hyphens, beginning with a letter. A deposit is held until \
		 you release it.")]
	Claim {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
	},
	/// Publish an open model as a version of your family. FAMILY@VERSION stands for this model forever
	#[command(after_help = "Example:\n  assay family publish digits 1.1 0x1f0c… --latest --suri //Alice")]
	Publish(Publish),
	/// Set the latest version, which FAMILY alone stands for
	#[command(after_help = "Example:\n  assay family latest digits 1.1 --suri //Alice")]
	Latest {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// One of its versions
		#[arg(value_parser = values::version)]
		version: VersionName,
	},
	/// Transfer a family to another account, with its deposit. The owners of its models stay the same
	#[command(after_help = "Example:\n  assay family transfer digits 5FHneW46… --suri //Alice")]
	Transfer {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// SS58 address or 0x public key of the new owner
		account: String,
	},
	/// Release a family. Without versions, its deposit is released and anybody may claim its name. With versions, it is
	/// closed: they keep their models forever, no more can be added, and the deposit is burned. You are asked before
	/// that on a terminal
	#[command(after_help = "Example:\n  assay family release digits --suri //Alice")]
	Release {
		/// The family's name
		#[arg(value_parser = values::family)]
		name: FamilyName,
		/// Do not ask
		#[arg(long)]
		yes: bool,
	},
	/// Show a family: its owner, its versions, and the latest of them
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
	/// The version's name: 1 to 24 characters of a-z, 0-9, `.` and `-`
	#[arg(value_parser = values::version)]
	pub version: VersionName,
	/// The model: its id, `family` or `family@version`
	pub model: ModelRef,
	/// Make it the latest version too
	#[arg(long)]
	pub latest: bool,
}
