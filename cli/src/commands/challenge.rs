//! `assay job challenge`

use crate::{
	amount::Amount,
	args::{Challenge, Context},
	artifacts::{self, Mirrored},
	calls::{self, Events},
	chain::{Chain, JobInfo, JobStatus},
	engine::{self, Runner},
	output::{Output, Verdict},
	report::status_name,
};
use anyhow::bail;
use assay_primitives::{
	api::{Duty, Standing},
	Answer, JobId, ModelSpec, OutcomeDigest, Payload,
};
use codec::Decode;
use serde_json::json;
use subxt::utils::AccountId32;

/// Re-derives a job and challenges its answer if it is a wrong one.
pub async fn run(args: Challenge, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let info = chain.job(args.job).await?;
	let Some(claimed) = claimed(&info) else {
		bail!(
			"job {} cannot be challenged now, it is {}: only a provisional answer can, until its window ends",
			info.id,
			status_name(&info.status)
		);
	};
	let (answer, bytes) = derive(&chain, &info, output).await?;
	let derived = answer.digest();
	if derived == claimed {
		output.result(
			format!(
				"nothing to challenge: this machine derives the answer that job {} has, {derived}",
				info.id
			),
			&json!({ "job": info.id, "challenged": false, "claimed": claimed, "derived": derived }),
		);
		return Ok(Verdict::Fine);
	}
	let stores = Mirrored::connect(&chain, &args.mirrors.urls).await?;
	if let Payload::Artifact(_) = &answer.outcome {
		stores.upload(&bytes, output).await?;
	}
	let spinner = output.spinner("challenging, until it is final");
	let events = calls::execute(&chain, &signer, &calls::challenge(info.id, &answer)).await?;
	spinner.finish_and_clear();
	let bond = match bond_held(&events, info.id) {
		Some(bond) => bond,
		None => Amount(chain.protocol().await?.security.challenge_bond),
	};
	let dispute = chain.dispute(info.id).await?;
	let deadline = dispute.as_ref().map(|dispute| dispute.deadline);
	let until = deadline.map_or_else(String::new, |block| format!(" until block {block}"));
	output.result(
		format!(
			"job {job} is challenged: it has {claimed}, this machine derives {derived}\n\
			 {bond} ASY are held as a bond. Validators run the job again and vote{until}: if they find your answer, the bond comes \
			 back with a share of what the liars lose; if they find the other, it goes to those you accused; if too few vote, it comes \
			 back\n`assay dispute show {job}` tells the votes, `assay job watch {job}` waits for the end",
			job = info.id
		),
		&json!({
			"job": info.id,
			"challenged": true,
			"claimed": claimed,
			"derived": derived,
			"bond": bond.to_string(),
			"deadline": deadline,
		}),
	);
	Ok(Verdict::Fine)
}

/// The answer that a challenge would be about: the provisional one, or the executor's where others have challenged it already.
fn claimed(info: &JobInfo) -> Option<OutcomeDigest> {
	match &info.status {
		JobStatus::Provisional { digest, .. } => Some(*digest),
		JobStatus::Disputed { .. } => info.participants.iter().find_map(|p| match (p.duty, &p.standing) {
			(Duty::Executor, Standing::Revealed(digest)) => Some(*digest),
			_ => None,
		}),
		_ => None,
	}
}

/// The right answer to the job and its bytes, from this machine's engine.
async fn derive(chain: &Chain, info: &JobInfo, output: &Output) -> anyhow::Result<(Answer, Vec<u8>)> {
	engine::check_id(info.engine)?;
	let onnx = artifacts::fetch(chain, info.artifact.id, output).await?;
	let input = artifacts::resolve(chain, &info.input, output).await?;
	let engine = engine::start(output)?;
	let spinner = output.spinner("re-deriving the answer");
	let answer = Runner::new(&engine, ModelSpec::from(&info.spec), onnx).answer(info, &input);
	spinner.finish_and_clear();
	answer
}

/// The bond that the challenge of `job` took.
fn bond_held(events: &Events, job: JobId) -> Option<Amount> {
	events
		.iter()
		.filter_map(Result::ok)
		.filter(|event| event.pallet_name() == "Disputes" && event.event_name() == "Challenged")
		.filter_map(|event| <(JobId, AccountId32, OutcomeDigest, u128)>::decode(&mut event.field_bytes()).ok())
		.find(|(challenged, ..)| *challenged == job)
		.map(|(.., bond)| Amount(bond))
}
