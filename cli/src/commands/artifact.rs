//! `assay artifact`

use crate::{
	args::{Artifact, Context},
	local::{read_file, write_file},
	output::ExitStatus,
};
use assay_client::{
	artifacts,
	json::{FetchedArtifact, StoredArtifact},
};

/// Stores files in a node and fetches them.
pub async fn run(command: Artifact, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	match command {
		Artifact::Put { file } => {
			let bytes = read_file(&file)?;
			let artifact = artifacts::upload(&context.chain().await?, &bytes, output).await?;
			output.result(&StoredArtifact::new(artifact), |stored| stored.id.to_string());
		}
		Artifact::Get { id, out } => {
			let bytes = artifacts::fetch(&context.chain().await?, id, output).await?;
			write_file(&out, &bytes)?;
			let fetched = FetchedArtifact {
				id,
				len: bytes.len() as u64,
				file: out,
			};
			output.result(&fetched, |fetched| {
				format!("{} bytes in {}", fetched.len, fetched.file.display())
			});
		}
	}
	Ok(ExitStatus::Success)
}
