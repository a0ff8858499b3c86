//! `assay job challenge`

use crate::{
	args::{Challenge as Args, Context},
	local::start_engine,
	output::{ExitStatus, Output, Text},
};
use anyhow::bail;
use assay_client::{
	artifacts::{self, Mirrors},
	calls::{self, NewChallenge},
	chain::{JobInfo, JobStatus},
	engine::{self, Runner},
	json::{Challenge, JobStatusName},
	tx::{self, find_event, Events},
	AccountId32, Amount, Chain,
};
use assay_primitives::{
	api::{ParticipantStatus, Role},
	Answer, JobId, ModelSpec, OutcomeDigest, Payload,
};

/// Re-derives a job, and challenges its answer if it differs.
pub async fn run(args: Args, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let info = chain.job(args.job).await?;
	let Some(on_chain) = challengeable_answer(&info) else {
		bail!(
			"job {0} is {1}, and only a provisional answer can be challenged, until its window ends: `assay job show \
				 {0}` shows its status",
			info.id,
			JobStatusName::from(&info.status)
		);
	};
	let (answer, bytes) = derive(&chain, &info, output).await?;
	let mut challenge = Challenge {
		job: info.id,
		challenged: false,
		answer: on_chain,
		derived: answer.digest(),
		bond: None,
		deadline: None,
	};
	if challenge.derived != on_chain {
		let mirrors = Mirrors::connect(&chain, &args.mirrors.urls).await?;
		if let Payload::Artifact(_) = &answer.outcome {
			mirrors.upload(&bytes, output).await?;
		}
		let new = NewChallenge {
			challenger: signer.account,
			at: chain.best_block().await?,
			job: info.id,
			task: info.task,
			digest: challenge.derived,
		};
		let signature = signer.sign(&new.message(chain.genesis()));
		let spinner = output.spinner("challenging, until it is final");
		let events = tx::execute_authorized(&chain, &calls::challenge(&new, &signature)).await?;
		spinner.finish_and_clear();
		challenge.challenged = true;
		challenge.bond = Some(match held_bond(&events, info.id) {
			Some(bond) => bond,
			None => Amount(chain.protocol().await?.security.challenge_bond),
		});
		challenge.deadline = Some(chain.dispute(info.id).await?.map(|dispute| dispute.deadline));
	}
	output.document(&challenge);
	Ok(ExitStatus::Success)
}

/// Returns the digest of the answer that a challenge would be about: the provisional one, or the executor's where
/// others have challenged it already.
fn challengeable_answer(info: &JobInfo) -> Option<OutcomeDigest> {
	match &info.status {
		JobStatus::Provisional { digest, .. } => Some(*digest),
		JobStatus::Disputed { .. } => info.participants.iter().find_map(|p| match (p.role, &p.status) {
			(Role::Executor, ParticipantStatus::Revealed(digest)) => Some(*digest),
			_ => None,
		}),
		_ => None,
	}
}

/// Derives the right answer to the job on this machine. Returns the answer and its bytes.
async fn derive(chain: &Chain, info: &JobInfo, output: &Output) -> anyhow::Result<(Answer, Vec<u8>)> {
	engine::check_id(info.engine)?;
	let onnx = artifacts::fetch(chain, info.artifact.id, output).await?;
	let input = artifacts::resolve(chain, &info.input, output).await?;
	let engine = start_engine(output)?;
	let spinner = output.spinner("re-deriving the answer");
	let answer = Runner::new(&engine, ModelSpec::from(&info.spec), onnx).answer(info, &input);
	spinner.finish_and_clear();
	Ok(answer?)
}

/// Returns the bond that the challenge of `job` took.
fn held_bond(events: &Events, job: JobId) -> Option<Amount> {
	let (challenged, .., bond): (JobId, AccountId32, OutcomeDigest, u128) =
		find_event(events, "Disputes", "Challenged")?;
	(challenged == job).then_some(Amount(bond))
}

impl Text for Challenge {
	fn text(&self) -> String {
		let Self {
			job, answer, derived, ..
		} = self;
		if !self.challenged {
			return format!("nothing to challenge: this machine derives the answer that job {job} has, {derived}");
		}
		let bond = self.bond.unwrap_or_default();
		let until = match self.deadline {
			Some(Some(block)) => format!(" until block {block}"),
			_ => String::new(),
		};
		format!(
			"job {job} is challenged: its answer is {answer}, and this machine derives {derived}\n\
			 {bond} ASY are held as a bond. Validators run the job again and vote{until}. If they confirm your \
			 answer, the bond is \
			 returned with a share of what is slashed; if they confirm the other, a part of it is \
			 burned and the rest goes to the workers you accused; if too few vote, \
			 another round follows\n`assay dispute show {job}` shows the votes, `assay job watch {job}` waits for the \
			 end"
		)
	}
}
