//! Arguments that several commands share.

use crate::values::{input_file, Rows};
use assay_client::inputs::InputFile;
use clap::Args;
use std::path::PathBuf;

/// The inputs of a model.
#[derive(Debug, Args)]
pub struct InputArgs {
	/// A tensor for one input of the model; once for each input
	#[arg(long = "input", short, value_name = "NAME=FILE.npy", value_parser = input_file)]
	pub inputs: Vec<InputFile>,
	/// Run the model once for each row A up to but not including B of the files' leading axis, which is kept as extent
	/// 1. Without it, a file is the whole tensor
	#[arg(long, value_name = "A..B")]
	pub rows: Option<Rows>,
	/// The correct class of each row, an integer: marks an answer as correct if the largest element of the model's
	/// first output is at that index, and shows the accuracy
	#[arg(long, value_name = "FILE.npy", requires = "rows")]
	pub labels: Option<PathBuf>,
}

/// Further nodes to store files in.
#[derive(Debug, Args)]
pub struct Mirrors {
	/// Another node to store files in, besides --url; repeat for each. Workers must be able to fetch the files that
	/// they run
	#[arg(long = "mirror", value_name = "URL")]
	pub urls: Vec<String>,
}
