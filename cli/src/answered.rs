//! Jobs together with their outcomes.

use assay_client::{
	chain::JobInfo,
	json::{Job, JobOutcome, ReadOutcomes},
	outcomes::{self, answer_of, OutcomeError},
	tensors, Chain, Progress,
};
use assay_primitives::{Outcome, Port, Tensor};
use std::path::{Path, PathBuf};

/// A job, and its outcomes where it has an answer.
#[derive(Debug)]
pub struct AnsweredJob {
	pub info: JobInfo,
	/// One for each input. `None` if the job is a probe or has no answer.
	outcomes: Option<Result<Vec<Outcome>, OutcomeError>>,
	/// The model's outputs, where they are known.
	ports: Option<Vec<Port>>,
	/// The block since which it was provisional, where that was seen.
	provisional_at: Option<u32>,
}

impl AnsweredJob {
	/// Reads the outcomes of a job. Where they cannot be read, the reason is part of the report.
	pub async fn read(
		chain: &Chain,
		info: JobInfo,
		ports: Option<Vec<Port>>,
		provisional_at: Option<u32>,
		progress: &dyn Progress,
	) -> Self {
		let outcomes = match (answer_of(&info.status), info.statement) {
			(Some(_), None) => Some(outcomes::read(chain, &info, progress).await),
			_ => None,
		};
		Self {
			info,
			outcomes,
			ports,
			provisional_at,
		}
	}

	fn outcomes(&self) -> ReadOutcomes<'_> {
		ReadOutcomes {
			outcomes: self.outcomes.as_ref().map(|outcomes| match outcomes {
				Ok(outcomes) => Ok(outcomes.as_slice()),
				Err(error) => Err(error.to_string()),
			}),
			ports: self.ports.as_deref(),
		}
	}

	/// Returns the report on the job.
	pub fn report(&self) -> Job {
		Job::new(&self.info, self.provisional_at).with_outcomes(&self.outcomes())
	}

	/// Returns the report on one of the job's inputs.
	pub fn outcome(&self, item: u32) -> JobOutcome {
		self.outcomes().item(item)
	}

	/// Returns the output tensors for one input, if it was answered.
	pub fn outputs(&self, item: u32) -> Option<&[Tensor]> {
		match self.outcomes.as_ref()?.as_ref().ok()?.get(item as usize)? {
			Outcome::Answer(outputs) => Some(outputs),
			Outcome::Fault(_) => None,
		}
	}

	/// Writes the output tensors of one input or of all as `.npy` files into `folder`, and returns the paths.
	pub fn write(&self, folder: &Path, item: Option<u32>) -> anyhow::Result<Vec<PathBuf>> {
		let mut files = Vec::new();
		for index in (0..self.info.items).filter(|index| item.is_none_or(|item| item == *index)) {
			let prefix = match self.info.items {
				1 => format!("job-{}-", self.info.id),
				_ => format!("job-{}-item-{index}-", self.info.id),
			};
			if let Some(outputs) = self.outputs(index) {
				files.extend(tensors::write_all(folder, &prefix, self.ports.as_deref(), outputs)?);
			}
		}
		Ok(files)
	}
}
