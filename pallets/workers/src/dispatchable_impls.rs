//! What the calls do.

use super::*;
use assay_primitives::{
	key::{owner_message, WorkerKey, WorkerSignature},
	traits::ModelRegistry,
	ModelId,
};
use frame_support::{
	dispatch::WithPostDispatchInfo,
	pallet_prelude::*,
	traits::{fungible::hold::Mutate, tokens::Precision},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{RuntimeAppPublic, Saturating};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		worker: T::AccountId,
		stake: BalanceOf<T>,
		key: WorkerKey,
		proof: WorkerSignature,
	) -> DispatchResult {
		Self::ensure_key_consents(&worker, &key, &proof)?;
		Self::insert_worker(&worker, stake, key.clone())?;
		Self::deposit_event(Event::Registered { worker, stake, key });
		Ok(())
	}

	/// Registers a worker, without a proof that `key` agrees to serve it.
	pub(crate) fn insert_worker(worker: &T::AccountId, stake: BalanceOf<T>, key: WorkerKey) -> DispatchResult {
		ensure!(!Workers::<T>::contains_key(worker), Error::<T>::AlreadyRegistered);
		ensure!(!KeyOwners::<T>::contains_key(&key), Error::<T>::KeyTaken);
		ensure!(stake >= T::MinStake::get(), Error::<T>::BelowMinStake);

		T::Currency::hold(&HoldReason::Stake.into(), worker, stake)?;
		KeyOwners::<T>::insert(&key, worker);
		let record = Worker {
			key,
			stake,
			unbonding: Default::default(),
			committed: 0,
			listed: 0,
			models: 0,
		};
		Workers::<T>::insert(worker, record);
		Ok(())
	}

	pub(crate) fn do_bond_more(worker: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let mut record = Workers::<T>::get(&worker).ok_or(Error::<T>::NotRegistered)?;
		// Only penalties leave less than the minimum, and a penalised worker may add any amount.
		ensure!(
			!record.stake.is_zero() || amount >= T::MinStake::get(),
			Error::<T>::BelowMinStake
		);
		record.stake = record.stake.saturating_add(amount);

		T::Currency::hold(&HoldReason::Stake.into(), &worker, amount)?;
		Workers::<T>::insert(&worker, record);
		Self::deposit_event(Event::Bonded { worker, amount });
		Ok(())
	}

	pub(crate) fn do_unbond(worker: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let mut record = Workers::<T>::get(&worker).ok_or(Error::<T>::NotRegistered)?;
		record.stake = record.stake.checked_sub(&amount).ok_or(Error::<T>::InsufficientStake)?;
		ensure!(
			record.stake >= Self::required_stake(record.committed.max(record.listed)),
			Error::<T>::StakeInUse
		);
		ensure!(
			record.stake.is_zero() || record.stake >= T::MinStake::get(),
			Error::<T>::BelowMinStake
		);

		let matures_at = frame_system::Pallet::<T>::block_number().saturating_add(T::UnbondingPeriod::get());
		match record.unbonding.last_mut() {
			Some(chunk) if chunk.matures_at == matures_at => chunk.amount = chunk.amount.saturating_add(amount),
			_ => record
				.unbonding
				.try_push(Chunk { amount, matures_at })
				.map_err(|_| Error::<T>::TooManyChunks)?,
		}
		Workers::<T>::insert(&worker, record);
		Self::deposit_event(Event::Unbonded {
			worker,
			amount,
			matures_at,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(worker: T::AccountId) -> DispatchResult {
		let mut record = Workers::<T>::get(&worker).ok_or(Error::<T>::NotRegistered)?;
		let now = frame_system::Pallet::<T>::block_number();
		let mut amount = BalanceOf::<T>::zero();
		record.unbonding.retain(|chunk| {
			let matured = chunk.matures_at <= now;
			if matured {
				amount = amount.saturating_add(chunk.amount);
			}
			!matured
		});
		ensure!(!amount.is_zero(), Error::<T>::NothingToWithdraw);
		let duties = WorkerSlots::<T>::iter_prefix_values(&worker).fold(0u32, |sum, slots| {
			sum.saturating_add(slots.in_use()).saturating_add(slots.checks)
		});
		ensure!(record.funds() >= Self::required_stake(duties), Error::<T>::DutiesOpen);

		T::Currency::release(&HoldReason::Stake.into(), &worker, amount, Precision::Exact)?;
		Self::deposit_event(Event::Withdrawn {
			worker: worker.clone(),
			amount,
		});
		Self::store_or_remove(&worker, record);
		Ok(())
	}

	pub(crate) fn do_set_key(worker: T::AccountId, key: WorkerKey, proof: WorkerSignature) -> DispatchResult {
		let mut record = Workers::<T>::get(&worker).ok_or(Error::<T>::NotRegistered)?;
		ensure!(!KeyOwners::<T>::contains_key(&key), Error::<T>::KeyTaken);
		Self::ensure_key_consents(&worker, &key, &proof)?;

		KeyOwners::<T>::remove(&record.key);
		KeyOwners::<T>::insert(&key, &worker);
		record.key = key.clone();
		Workers::<T>::insert(&worker, record);
		Self::deposit_event(Event::KeySet { worker, key });
		Ok(())
	}

	pub(crate) fn do_serve(worker: T::AccountId, model: ModelId, slots: u32) -> DispatchResultWithPostInfo {
		ensure!(
			T::Models::is_servable(&model),
			Error::<T>::ModelNotOpen.with_weight(T::WeightInfo::serve(0))
		);
		Self::do_offer(worker, model, slots)
	}

	pub(crate) fn do_stop_serving(worker: T::AccountId, model: ModelId) -> DispatchResultWithPostInfo {
		Self::do_offer(worker, model, 0)
	}

	/// Sets the number of slots offered, and charges for those that entered or left the pool.
	fn do_offer(worker: T::AccountId, model: ModelId, slots: u32) -> DispatchResultWithPostInfo {
		let moved =
			Self::set_offered(&worker, &model, slots).map_err(|error| error.with_weight(T::WeightInfo::serve(0)))?;
		Self::deposit_event(Event::SlotsOffered { worker, model, slots });
		Ok(Some(T::WeightInfo::serve(moved)).into())
	}

	/// Checks that `key` has agreed to serve `worker` on this chain.
	fn ensure_key_consents(worker: &T::AccountId, key: &WorkerKey, proof: &WorkerSignature) -> DispatchResult {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		ensure!(
			key.verify(&owner_message(genesis, worker), proof),
			Error::<T>::InvalidProof
		);
		Ok(())
	}
}
