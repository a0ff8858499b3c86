//! `assay artifact`

use super::read_file;
use crate::{
	args::{Artifact, Context},
	artifacts,
	output::Verdict,
};
use anyhow::Context as _;
use serde_json::json;

/// Files to a node and back.
pub async fn run(command: Artifact, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	match command {
		Artifact::Put { file } => {
			let bytes = read_file(&file)?;
			let artifact = artifacts::upload(&context.chain().await?, &bytes, output).await?;
			output.result(artifact.id, &json!({ "id": artifact.id, "len": artifact.len }));
		}
		Artifact::Get { id, out } => {
			let bytes = artifacts::fetch(&context.chain().await?, id, output).await?;
			std::fs::write(&out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
			output.result(
				format!("{} bytes in {}", bytes.len(), out.display()),
				&json!({ "id": id, "len": bytes.len(), "file": out }),
			);
		}
	}
	Ok(Verdict::Fine)
}
