//! `assay job prove` and `assay verify --proof`: one outcome of an answer, shown without the others.

use super::job::check_item;
use crate::{
	args::{Context, Prove},
	chain::{unhex, JobInfo},
	error::usage,
	outcomes::{self, answer_of, digest_alone},
	output::{table, Verdict},
	report::status_name,
	tensors,
};
use anyhow::{bail, Context as _};
use assay_primitives::{batch::OutcomeProof, Answer, JobId, Outcome, OutcomeDigest};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::path::Path;
use subxt::utils::H256;

/// The most bytes of a file that is taken for a proof: an artifact's in hexadecimal, and the hashes beside it.
const MAX_FILE: u64 = 2 * assay_primitives::payload::MAX_ARTIFACT + 64 * 1024;

/// One outcome of a job, and what shows that it is part of the job's answer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
	job: JobId,
	/// The root over all outcomes of the job; none for a job of one input.
	root: Option<H256>,
	proof: OutcomeProof,
	/// SCALE of the outcome, in hexadecimal.
	outcome: String,
}

impl Shown {
	/// Shows `item` of `outcomes`, which are packed in `answer` to `job`.
	fn new(job: JobId, answer: &Answer, outcomes: &[Outcome], item: u32) -> Option<Self> {
		Some(Self {
			job,
			root: answer.root,
			outcome: format!("0x{}", hex::encode(outcomes.get(item as usize)?.encode())),
			proof: OutcomeProof::new(outcomes, item, &answer.outcome)?,
		})
	}

	fn outcome(&self) -> Option<Outcome> {
		Outcome::decode_all(&mut &unhex(&self.outcome).ok()?[..]).ok()
	}

	/// Whether `outcome` is what the proof says of an answer of this digest to so many inputs.
	fn verifies(&self, outcome: &Outcome, items: u32, digest: OutcomeDigest) -> bool {
		// The number of inputs is part of what places an outcome in the tree, and only the chain's is known to be right.
		self.proof.items == items
			&& match self.root {
				Some(root) => items > 1 && self.proof.verifies(outcome, root, digest),
				None => items == 1 && self.proof.item == 0 && digest_alone(outcome) == digest,
			}
	}
}

/// Writes the proof of one outcome of a job.
pub async fn prove(args: Prove, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let info = chain.job(args.job).await?;
	check_item(&info, Some(args.item))?;
	let outcomes = outcomes::read(&chain, &info, &context.output).await?;
	let (answer, _) = answer_of(&info.status).context("the job has no answer")?;
	let shown = Shown::new(info.id, answer, &outcomes, args.item).context("the answer has no such outcome")?;
	let text = serde_json::to_string_pretty(&shown)?;
	std::fs::write(&args.out, text + "\n").with_context(|| format!("cannot write {}", args.out.display()))?;
	context.output.result(
		format!(
			"{} shows item {} of job {}: check it with `assay verify --proof {}`",
			args.out.display(),
			args.item,
			info.id,
			args.out.display()
		),
		&json!({ "job": info.id, "item": args.item, "items": info.items, "file": args.out }),
	);
	Ok(Verdict::Fine)
}

/// Checks a proof against the digest that the chain has. Nothing is run.
pub async fn verify(file: &Path, context: &Context) -> anyhow::Result<Verdict> {
	let (shown, outcome) = read(file)?;
	let info = context.chain().await?.job(shown.job).await?;
	let Some((_, digest)) = answer_of(&info.status) else {
		bail!(
			"job {} has no answer now, it is {}: there is nothing to check the proof against",
			info.id,
			status_name(&info.status)
		);
	};
	let holds = shown.verifies(&outcome, info.items, digest);
	context.output.result(
		text(&shown, &info, &outcome, digest, holds),
		&to_json(&shown, &info, &outcome, digest, holds),
	);
	Ok(if holds { Verdict::Fine } else { Verdict::Refused })
}

fn read(file: &Path) -> anyhow::Result<(Shown, Outcome)> {
	let wrong = |reason: String| usage(format!("{}: {reason}", file.display()));
	let len = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
	if len > MAX_FILE {
		return Err(wrong(format!("{len} bytes are too many for a proof")));
	}
	let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
	let shown: Shown = serde_json::from_str(&text)
		.map_err(|error| wrong(format!("not a proof that `assay job prove` wrote: {error}")))?;
	let outcome = shown
		.outcome()
		.ok_or_else(|| wrong("its outcome does not decode: write the proof again with `assay job prove`".into()))?;
	Ok((shown, outcome))
}

fn text(shown: &Shown, info: &JobInfo, outcome: &Outcome, digest: OutcomeDigest, holds: bool) -> String {
	let found = match holds {
		true => format!(
			"proven: it is part of the answer that is {} on chain",
			status_name(&info.status)
		),
		false => "NOT PROVEN: it is no part of the answer on chain".to_owned(),
	};
	let mut lines = vec![
		(
			"job",
			format!("{}, item {} of {}", info.id, shown.proof.item, info.items),
		),
		("answer", digest.to_string()),
		("outcome", digest_alone(outcome).to_string()),
	];
	match outcome {
		Outcome::Answer(outputs) => lines.extend(outputs.iter().enumerate().map(|(index, tensor)| {
			let name = tensors::output_name(None, index);
			("", format!("{name} {}", tensors::summary(tensor)))
		})),
		Outcome::Fault(code) => lines.push(("", format!("fault {code:?}: {}", code.explanation().trim()))),
	}
	lines.push(("verdict", found));
	table(lines)
}

fn to_json(shown: &Shown, info: &JobInfo, outcome: &Outcome, digest: OutcomeDigest, holds: bool) -> Value {
	let (outputs, fault) = match outcome {
		Outcome::Answer(outputs) => {
			let spell = |(index, tensor)| tensors::to_json(&tensors::output_name(None, index), tensor);
			(outputs.iter().enumerate().map(spell).collect(), Value::Null)
		}
		Outcome::Fault(code) => (Value::Null, json!(format!("{code:?}"))),
	};
	json!({
		"job": info.id,
		"item": shown.proof.item,
		"items": info.items,
		"status": status_name(&info.status),
		"answer": digest,
		"digest": digest_alone(outcome),
		"proven": holds,
		"outputs": outputs,
		"fault": fault,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{FaultCode, Tensor};

	fn outcomes() -> Vec<Outcome> {
		let answer = Outcome::Answer(vec![Tensor {
			dtype: assay_primitives::DType::U8,
			shape: vec![1],
			data: vec![7],
		}]);
		vec![
			answer,
			Outcome::Fault(FaultCode::Trap),
			Outcome::Fault(FaultCode::RunFailed),
		]
	}

	fn shown(outcomes: &[Outcome], item: u32) -> (Shown, OutcomeDigest) {
		let (answer, _) = Answer::of(outcomes);
		let shown = Shown::new(JobId(7), &answer, outcomes, item).unwrap();
		(shown, answer.digest())
	}

	#[test]
	fn a_proof_survives_its_file_and_shows_its_outcome_only() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("proof.json");
		for item in 0..3 {
			let (written, digest) = shown(&outcomes(), item);
			std::fs::write(&path, serde_json::to_string(&written).unwrap()).unwrap();
			let (shown, outcome) = read(&path).unwrap();
			assert_eq!((&shown, &outcome), (&written, &outcomes()[item as usize]));
			assert!(shown.verifies(&outcome, 3, digest));
			assert!(!shown.verifies(&outcomes()[(item as usize + 1) % 3], 3, digest));
			assert!(
				!shown.verifies(&outcome, 4, digest),
				"the job has as many inputs as the chain says"
			);
			assert!(!shown.verifies(&outcome, 3, outcome.digest()));
		}
	}

	#[test]
	fn a_single_outcome_is_the_answer() {
		let (shown, digest) = shown(&outcomes()[..1], 0);
		assert_eq!(shown.root, None);
		assert!(shown.verifies(&outcomes()[0], 1, digest));
		assert!(!shown.verifies(&outcomes()[1], 1, digest));
		assert!(!shown.verifies(&outcomes()[0], 2, digest));
	}

	#[test]
	fn what_is_no_proof_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("proof.json");
		let (good, _) = shown(&outcomes(), 0);
		let mut bad = serde_json::to_value(&good).unwrap();
		bad["outcome"] = json!("0x09");
		for text in ["", "{}", "[1]", &bad.to_string()] {
			std::fs::write(&path, text).unwrap();
			assert!(read(&path).unwrap_err().is::<crate::error::Usage>(), "{text}");
		}
		assert!(Shown::new(JobId(7), &Answer::of(&outcomes()).0, &outcomes(), 3).is_none());
	}
}
