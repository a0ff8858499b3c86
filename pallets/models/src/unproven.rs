//! Models that nobody has reproduced: for tests and benchmarks of what is joined to this pallet.

use super::*;
use assay_primitives::{
	api::Authority,
	metadata::Metadata,
	probe::Statement,
	traits::{OnProbed, Recipe},
	Artifact, BoundedSpec, EngineId, JobId, ModelId,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Opens a model, and lists it if it is to be `listed`, as if it had been submitted and reproduced.
	#[allow(clippy::too_many_arguments)] // Those of the call.
	pub fn open_unproven(
		owner: T::AccountId,
		spec: BoundedSpec,
		artifact: Artifact,
		engine: EngineId,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		statement: Statement,
		listed: bool,
	) -> Result<ModelId, DispatchError> {
		let recipe = Recipe { engine, artifact, spec };
		let id = Self::admit(owner, recipe, metadata, royalty, statement, |_| Ok(JobId::default()))?;
		Self::on_probed(&id, Some(Ok(())));
		if listed {
			Self::do_change(id, Change::List, Authority::ModelOrigin, None)?;
		}
		Ok(id)
	}
}
