//! Waiting until a submitted model has been reproduced or rejected.

use crate::chain::{next_block, Chain, ChainError, JobInfo, ModelInfo};
use assay_primitives::{api::ModelStatus, JobId, ModelId};

/// Blocks for which a model may be missing from the best chain, as it is around a reorganisation, before it counts as
/// lost.
const MISSING_TIMEOUT: u32 = 20;

/// Why the end of a probation was not seen. The probation itself continues.
#[derive(Debug, thiserror::Error)]
pub enum ProbationError {
	#[error(
		"model {0} is no longer on the best chain: `assay model show {0}` shows whether it comes back, else submit \
		 it again"
	)]
	Missing(ModelId),
	#[error(
		"the connection was lost while the probation continues ({error}): `assay model show {model}` shows how it ends"
	)]
	Lost { model: ModelId, error: ChainError },
}

/// A probation that has ended.
pub struct Ended {
	pub model: ModelInfo,
	/// The probe, if its record is stored.
	pub probe: Option<JobInfo>,
}

/// Waits until `model` is no longer on probation, and calls `on_probe` with its probe at each block. `former_probe` is
/// its probe before it was submitted again, if it was rejected or retired.
pub async fn wait(
	chain: &Chain,
	model: ModelId,
	former_probe: Option<JobId>,
	mut on_probe: impl FnMut(&JobInfo),
) -> Result<Ended, ProbationError> {
	let lost = |error| ProbationError::Lost { model, error };
	let mut blocks = chain.best_blocks().await.map_err(lost)?;
	let mut missing = 0;
	loop {
		// Around a reorganisation the model may have the status that it had before it was submitted.
		let found = chain.find_model(model).await.map_err(lost)?;
		match found.filter(|info| Some(info.probe) != former_probe) {
			Some(info) => {
				missing = 0;
				let probe = chain.find_job(info.probe).await.map_err(lost)?;
				if info.status != ModelStatus::Probation {
					return Ok(Ended { model: info, probe });
				}
				if let Some(job) = &probe {
					on_probe(job);
				}
			}
			None => missing += 1,
		}
		if missing > MISSING_TIMEOUT {
			return Err(ProbationError::Missing(model));
		}
		next_block(&mut blocks).await.map_err(lost)?;
	}
}
