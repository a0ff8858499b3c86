//! Waiting until a model has been reproduced, and what came of it.

use crate::{
	chain::{next_block, Chain, JobInfo, JobStatus, ModelInfo},
	findings::{next_step, rejection_text, status_text as model_status_text},
	output::{printable, Output},
	report::{status_name, status_text},
};
use anyhow::{ensure, Context as _};
use assay_primitives::{api::ModelStatus, JobId, ModelId};

/// Blocks for which a model may be missing from the best chain, as it is around a reorganisation, before it counts as lost.
const MISSING_PATIENCE: u32 = 20;
/// The steps of a probe that is not disputed.
const STEPS: u64 = 5;

/// How a probation ended.
pub struct Ended {
	pub info: ModelInfo,
	/// The probe, if its record is there.
	pub probe: Option<JobInfo>,
}

/// Waits until `model` is on probation no longer. `before` is the probe after which it was rejected before, if it was.
pub async fn wait(chain: &Chain, model: ModelId, before: Option<JobId>, output: &Output) -> anyhow::Result<Ended> {
	let ended = watch(chain, model, before, output).await;
	ended.with_context(|| {
		format!(
			"lost sight of a probation that goes on without this command: `assay model show {model}` tells how it ends"
		)
	})
}

async fn watch(chain: &Chain, model: ModelId, before: Option<JobId>, output: &Output) -> anyhow::Result<Ended> {
	let mut blocks = chain.best_blocks().await?;
	let bar = output.bar(STEPS, "probation");
	let mut missing = 0;
	loop {
		// Around a reorganisation the model may be what it was before it was submitted.
		let found = chain.find_model(model).await?;
		match found.filter(|info| Some(info.probe) != before) {
			Some(info) => {
				missing = 0;
				let probe = chain.find_job(info.probe).await?;
				if info.status != ModelStatus::Probation {
					bar.finish_and_clear();
					return Ok(Ended { info, probe });
				}
				if let Some(job) = &probe {
					bar.set_position(step(&job.status));
					bar.set_message(format!("job {} {}", job.id, status_name(&job.status)));
				}
			}
			None => missing += 1,
		}
		ensure!(
			missing <= MISSING_PATIENCE,
			"model {model} is no longer on the best chain"
		);
		next_block(&mut blocks).await?;
	}
}

/// How many steps are done.
const fn step(status: &JobStatus) -> u64 {
	match status {
		JobStatus::Claiming { .. } => 0,
		JobStatus::Drawing { .. } => 1,
		JobStatus::Checking { .. } => 2,
		JobStatus::Revealing { .. } => 3,
		JobStatus::Provisional { .. } | JobStatus::Disputed { .. } => 4,
		JobStatus::Settled { .. } | JobStatus::Refunded { .. } => STEPS,
	}
}

impl Ended {
	/// What happened, and where there is anything to do, what.
	pub fn text(&self) -> String {
		let Self { info, probe } = self;
		let title = printable(&info.metadata.title);
		match info.status {
			ModelStatus::Rejected(rejection) => {
				let refund = match probe {
					Some(
						job @ JobInfo {
							status: JobStatus::Refunded { .. },
							..
						},
					) => {
						format!(" (job {} was {})", job.id, status_text(job))
					}
					_ => String::new(),
				};
				format!(
					"{title} is rejected: {}{refund}. The deposit is yours again. What to do next: {}",
					rejection_text(rejection),
					next_step(rejection, info.probe)
				)
			}
			status => format!("{title} is {}. {}", model_status_text(status), self.reproduced_text())
				.trim_end()
				.to_owned(),
		}
	}

	/// Who reproduced it.
	fn reproduced_text(&self) -> String {
		let Some(JobInfo {
			id,
			status: JobStatus::Settled { assurance, .. },
			..
		}) = &self.probe
		else {
			return String::new();
		};
		let workers = match assurance.confirmations {
			0 => "one worker".to_owned(),
			others => format!("{} workers, each for itself,", u32::from(others) + 1),
		};
		let validators = match assurance.verdict {
			Some(_) => " and the validators",
			None => "",
		};
		format!("It was reproduced by {workers}{validators} in job {id}")
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{found, model, probe};
	use assay_primitives::{
		api::{RefundReason, Rejection},
		probe::Flaw,
	};

	fn told(status: ModelStatus, probe: JobInfo) -> String {
		let mut info = model(status);
		info.metadata.title = b"Digits".to_vec().try_into().unwrap();
		let probe = Some(probe);
		Ended { info, probe }.text()
	}

	#[test]
	fn an_open_model_was_reproduced_by_somebody() {
		let text = told(ModelStatus::Open, probe(found(&Ok(()))));
		assert!(
			text.starts_with("Digits is open") && text.contains("--allow-unlisted"),
			"{text}"
		);
		assert!(
			text.ends_with("reproduced by 3 workers, each for itself, in job 7"),
			"{text}"
		);
	}

	#[test]
	fn a_flaw_is_told_with_what_to_do() {
		let flaw = Flaw::OtherOutcomes;
		let text = told(ModelStatus::Rejected(Rejection::Flawed(flaw)), probe(found(&Err(flaw))));
		assert!(
			text.contains("Digits is rejected: the golden inputs have other outcomes"),
			"{text}"
		);
		assert!(
			text.contains("deposit is yours again") && text.contains("assay verify 7"),
			"{text}"
		);
	}

	#[test]
	fn where_nobody_came_to_a_finding_it_is_told_how_far_they_got() {
		let refunded = probe(JobStatus::Refunded {
			at: 9,
			reason: RefundReason::NoClaim,
			verdict: None,
		});
		let text = told(ModelStatus::Rejected(Rejection::NotReproduced), refunded);
		assert!(
			text.contains("refunded in block 9: nobody who was drawn could reproduce"),
			"{text}"
		);
		assert!(text.contains("--mirror"), "{text}");
	}

	#[test]
	fn the_steps_of_a_probe_are_counted_in_their_order() {
		let steps = [
			JobStatus::Claiming { deadline: 1 },
			JobStatus::Drawing { since: 1 },
			JobStatus::Checking { deadline: 1 },
			JobStatus::Revealing { deadline: 1 },
			JobStatus::Disputed { since: 1 },
			found(&Ok(())),
		]
		.map(|status| step(&status));
		assert_eq!(steps, [0, 1, 2, 3, 4, STEPS]);
	}
}
