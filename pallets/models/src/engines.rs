//! The engines that models may name.

use super::*;
use alloc::vec::Vec;
use assay_primitives::EngineId;
use frame_support::pallet_prelude::*;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_list_engine(engine: EngineId, reason: Option<H256>) -> DispatchResult {
		ensure!(
			Engines::<T>::get(engine) != Some(EngineStatus::Listed),
			Error::<T>::EngineAlreadyListed
		);
		Engines::<T>::insert(engine, EngineStatus::Listed);
		Self::deposit_event(Event::EngineListed { engine, reason });
		Ok(())
	}

	pub(crate) fn do_retire_engine(
		engine: EngineId,
		notice: BlockNumberFor<T>,
		reason: Option<H256>,
	) -> DispatchResult {
		Self::ensure_listed_engine(engine)?;
		let effective_at = frame_system::Pallet::<T>::block_number().saturating_add(notice);
		Engines::<T>::insert(engine, EngineStatus::Retired { effective_at });
		Self::deposit_event(Event::EngineRetired {
			engine,
			effective_at,
			reason,
		});
		Ok(())
	}

	/// Checks that new models may name `engine`.
	pub(crate) fn ensure_listed_engine(engine: EngineId) -> DispatchResult {
		match Engines::<T>::get(engine) {
			Some(EngineStatus::Listed) => Ok(()),
			Some(EngineStatus::Retired { .. }) => Err(Error::<T>::EngineRetired.into()),
			None => Err(Error::<T>::UnknownEngine.into()),
		}
	}

	/// Returns whether models that name `engine` accept jobs.
	pub(crate) fn is_engine_active(engine: EngineId) -> bool {
		match Engines::<T>::get(engine) {
			Some(EngineStatus::Listed) => true,
			Some(EngineStatus::Retired { effective_at }) => frame_system::Pallet::<T>::block_number() < effective_at,
			None => false,
		}
	}

	/// Returns the engines that models may name.
	pub fn engines() -> Vec<EngineId> {
		Engines::<T>::iter()
			.filter(|(_, status)| *status == EngineStatus::Listed)
			.map(|(engine, _)| engine)
			.collect()
	}
}
