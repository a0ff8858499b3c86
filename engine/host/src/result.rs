//! The result of running a task.

use assay_artifacts::{ArtifactStore, StoreError};
use assay_primitives::{probe::encode_finding, Answer, Finding, Outcome, MAX_INLINE};

/// The result of a task.
pub(crate) enum TaskResult {
	/// The outcomes of its inputs, in their order.
	Outcomes(Vec<Outcome>),
	/// The finding of a probe.
	Finding(Finding),
}

impl TaskResult {
	/// Returns the answer that commits to this result. What is too large to travel inline is put into `store`, where
	/// peers fetch it.
	pub(crate) fn publish(&self, store: &ArtifactStore) -> Result<Answer, StoreError> {
		let outcomes = match self {
			Self::Outcomes(outcomes) => outcomes,
			Self::Finding(finding) => return Ok(encode_finding(finding)),
		};
		let (answer, bytes) = Answer::of(outcomes);
		if bytes.len() > MAX_INLINE as usize {
			store.put(&bytes)?;
		}
		Ok(answer)
	}
}
