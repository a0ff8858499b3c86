use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status},
	payload::MAX_ARTIFACT,
	task::model_id,
	Artifact, BoundedSpec, EngineId, ModelId,
};
use frame_support::{pallet_prelude::*, traits::fungible::hold::Mutate};
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit(
		owner: T::AccountId,
		spec: BoundedSpec,
		artifact: Artifact,
		engine: EngineId,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		macs: u64,
	) -> DispatchResult {
		Self::ensure_well_formed(&spec, &artifact, &metadata)?;
		ensure!(macs > 0, Error::<T>::NoWork);
		Self::ensure_listed_engine(engine)?;
		let id = model_id(engine, artifact.id, &spec);
		ensure!(!Models::<T>::contains_key(id), Error::<T>::AlreadySubmitted);

		let mut model = Model {
			owner: owner.clone(),
			artifact,
			engine,
			spec,
			metadata,
			royalty,
			macs,
			deposit: Zero::zero(),
			status: Status::Open,
			submitted_at: frame_system::Pallet::<T>::block_number(),
		};
		model.deposit = Self::deposit_for(&model);
		T::Currency::hold(&HoldReason::Deposit.into(), &owner, model.deposit)?;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::Submitted { model: id, owner });
		Ok(())
	}

	pub(crate) fn do_retire(owner: T::AccountId, id: ModelId) -> DispatchResult {
		let model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		ensure!(model.owner == owner, Error::<T>::NotOwner);
		Self::do_change(id, Change::Retire, Authority::Owner, None)
	}

	/// What can be said of a model without any state.
	pub(crate) fn ensure_well_formed(spec: &BoundedSpec, artifact: &Artifact, metadata: &Metadata) -> DispatchResult {
		let bound = spec.bindings.iter().all(|(_, extent)| *extent > 0);
		ensure!(spec.is_canonical() && bound, Error::<T>::NotCanonical);
		ensure!(artifact.len > 0, Error::<T>::Empty);
		ensure!(artifact.len <= MAX_ARTIFACT, Error::<T>::TooLarge);
		ensure!(!metadata.name.is_empty(), Error::<T>::Unnamed);
		let is_utf8 = |text: &[u8]| core::str::from_utf8(text).is_ok();
		ensure!(
			is_utf8(&metadata.name) && is_utf8(&metadata.description),
			Error::<T>::NotUtf8
		);
		Ok(())
	}

	/// The deposit for keeping `model`: its encoded size counts, with the status that it is submitted in.
	pub(crate) fn deposit_for(model: &ModelOf<T>) -> BalanceOf<T> {
		// A record is under 2 KiB, so its size fits any integer.
		let bytes = u32::try_from(model.encoded_size()).unwrap_or(u32::MAX);
		T::ModelDepositPerByte::get()
			.saturating_mul(bytes.into())
			.saturating_add(T::ModelDepositBase::get())
	}
}
