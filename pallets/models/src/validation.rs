//! Checks submissions without reading state.

use super::*;
use assay_primitives::{
	metadata::Metadata,
	payload::MAX_ARTIFACT,
	probe::{inputs_fit, Golden, Statement, MAX_GOLDEN},
	traits::ModelSource,
	Artifact, Payload,
};
use frame_support::pallet_prelude::*;

impl<T: Config> Pallet<T> {
	/// Checks that a submission is complete and unambiguous. A probe finds out whether it is true.
	pub(crate) fn ensure_valid_submission(
		source: &ModelSource,
		metadata: &Metadata,
		statement: &Statement,
	) -> DispatchResult {
		let spec = &source.spec;
		let bound = spec.bindings.iter().all(|(_, extent)| *extent > 0);
		ensure!(spec.is_canonical() && bound, Error::<T>::InvalidSpec);
		ensure!(source.artifact.len > 0, Error::<T>::EmptyModel);
		ensure!(source.artifact.len <= MAX_ARTIFACT, Error::<T>::ModelTooLarge);
		Self::ensure_valid_metadata(metadata)?;
		ensure!(statement.manifest.is_utf8(), Error::<T>::ManifestNotUtf8);
		Self::ensure_valid_golden(statement)
	}

	/// Checks that people can read the metadata of a model.
	pub(crate) fn ensure_valid_metadata(metadata: &Metadata) -> DispatchResult {
		ensure!(!metadata.title.is_empty(), Error::<T>::MissingTitle);
		ensure!(metadata.is_utf8(), Error::<T>::MetadataNotUtf8);
		ensure!(
			metadata.card.as_ref().is_none_or(Artifact::is_storable),
			Error::<T>::InvalidCardLength
		);
		Ok(())
	}

	/// Checks that the golden inputs are inputs of the model, as far as the chain sees them.
	fn ensure_valid_golden(statement: &Statement) -> DispatchResult {
		let Statement {
			manifest,
			golden: Golden { items, input, .. },
		} = statement;
		ensure!((1..=MAX_GOLDEN).contains(items), Error::<T>::InvalidGoldenCount);
		match input {
			Payload::Inline(bytes) => ensure!(
				inputs_fit(&manifest.inputs, *items, bytes),
				Error::<T>::GoldenInputMismatch
			),
			Payload::Artifact(artifact) => ensure!(artifact.is_storable(), Error::<T>::InvalidGoldenLength),
		}
		Ok(())
	}
}
