//! What can be said of a submission without any state.

use super::*;
use assay_primitives::{
	metadata::Metadata,
	payload::MAX_ARTIFACT,
	probe::{fit, Golden, Statement, MAX_GOLDEN},
	traits::Recipe,
	Artifact, Payload,
};
use frame_support::pallet_prelude::*;

impl<T: Config> Pallet<T> {
	/// Whether a submission is complete and means one thing. Whether it is true is for a probe to find out.
	pub(crate) fn ensure_well_formed(recipe: &Recipe, metadata: &Metadata, statement: &Statement) -> DispatchResult {
		let spec = &recipe.spec;
		let bound = spec.bindings.iter().all(|(_, extent)| *extent > 0);
		ensure!(spec.is_canonical() && bound, Error::<T>::NotCanonical);
		ensure!(recipe.artifact.len > 0, Error::<T>::Empty);
		ensure!(recipe.artifact.len <= MAX_ARTIFACT, Error::<T>::TooLarge);
		Self::ensure_readable(metadata)?;
		ensure!(statement.manifest.is_utf8(), Error::<T>::ManifestNotUtf8);
		Self::ensure_golden(statement)
	}

	/// Whether people can read what is said of a model.
	pub(crate) fn ensure_readable(metadata: &Metadata) -> DispatchResult {
		ensure!(!metadata.title.is_empty(), Error::<T>::Untitled);
		ensure!(metadata.is_utf8(), Error::<T>::NotUtf8);
		ensure!(metadata.card.as_ref().is_none_or(storable), Error::<T>::WrongCard);
		Ok(())
	}

	/// Whether the golden inputs are inputs of the model, as far as the chain sees them.
	fn ensure_golden(statement: &Statement) -> DispatchResult {
		let Statement {
			manifest,
			golden: Golden { items, input, .. },
		} = statement;
		ensure!((1..=MAX_GOLDEN).contains(items), Error::<T>::WrongGoldenCount);
		match input {
			Payload::Inline(bytes) => ensure!(fit(&manifest.inputs, *items, bytes), Error::<T>::GoldenDoesNotFit),
			Payload::Artifact(artifact) => ensure!(storable(artifact), Error::<T>::WrongGoldenLength),
		}
		Ok(())
	}
}

/// Whether nodes store a file of this length.
fn storable(artifact: &Artifact) -> bool {
	(1..=MAX_ARTIFACT).contains(&artifact.len)
}
