//! What the calls weigh, measured: with the largest record that can be stored, and the longest history.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{format, vec};
use assay_primitives::{
	api::{Authority, ModelStatus as Status, StatusChange},
	payload::MAX_ARTIFACT,
	task::{model_id, MAX_BINDINGS, MAX_SYMBOL},
	Artifact, ArtifactId, BoundedSpec, EngineId, ModelId,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Unbalanced},
		tokens::Precision,
		EnsureOrigin, Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::traits::{Saturating, Zero};

/// Multiply-accumulates of the models submitted here.
const MACS: u64 = 1_000_000;

/// An account that can pay the deposit of any model.
fn owner<T: Config>() -> T::AccountId {
	let owner: T::AccountId = whitelisted_caller();
	// A record is under 4 KiB.
	let amount = T::Currency::minimum_balance()
		.saturating_add(T::ModelDepositBase::get())
		.saturating_add(T::ModelDepositPerByte::get().saturating_mul(4_096u32.into()))
		.saturating_mul(2u32.into());
	T::Currency::set_total_issuance(T::Currency::total_issuance().saturating_add(amount));
	T::Currency::increase_balance(&owner, amount, Precision::Exact).expect("the account can be made");
	owner
}

/// A listed engine.
fn engine() -> EngineId {
	EngineId::of(b"benchmark")
}

fn artifact() -> Artifact {
	Artifact {
		id: ArtifactId::of(b"benchmark"),
		len: MAX_ARTIFACT,
	}
}

/// As many symbols as may be, each as long as may be.
fn largest_spec() -> BoundedSpec {
	let bindings = (0..MAX_BINDINGS)
		.map(|number| {
			let symbol = format!("{number:0width$}", width = MAX_SYMBOL as usize).into_bytes();
			(BoundedVec::truncate_from(symbol), u32::MAX)
		})
		.collect();
	BoundedSpec {
		bindings: BoundedVec::truncate_from(bindings),
	}
}

fn largest_metadata() -> Metadata {
	Metadata {
		name: BoundedVec::truncate_from(vec![b'n'; MAX_NAME as usize]),
		description: BoundedVec::truncate_from(vec![b'd'; MAX_DESCRIPTION as usize]),
	}
}

fn largest_id() -> ModelId {
	model_id(engine(), artifact().id, &largest_spec())
}

/// The largest model, of this status and with as many changes behind it as are remembered.
fn changed<T: Config>(status: Status) -> Result<ModelId, BenchmarkError> {
	Engines::<T>::insert(engine(), EngineStatus::Listed);
	Pallet::<T>::do_submit(
		owner::<T>(),
		largest_spec(),
		artifact(),
		engine(),
		largest_metadata(),
		BalanceOf::<T>::zero(),
		MACS,
	)?;
	let id = largest_id();
	Models::<T>::mutate(id, |model| {
		if let Some(model) = model {
			model.status = status;
		}
	});
	let change = StatusChange {
		at: frame_system::Pallet::<T>::block_number(),
		by: Authority::ModelOrigin,
		status,
		reason: reason(),
	};
	History::<T>::insert(id, BoundedVec::truncate_from(vec![change; MAX_HISTORY as usize]));
	Ok(id)
}

fn reason() -> Option<H256> {
	Some(H256::repeat_byte(1))
}

fn model_origin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::ModelOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn engine_origin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::EngineOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn status<T: Config>() -> Option<Status> {
	Models::<T>::get(largest_id()).map(|model| model.status)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn submit() {
		let owner = owner::<T>();
		Engines::<T>::insert(engine(), EngineStatus::Listed);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(owner),
			largest_spec(),
			artifact(),
			engine(),
			largest_metadata(),
			BalanceOf::<T>::zero(),
			MACS,
		);

		assert!(Models::<T>::contains_key(largest_id()));
	}

	#[benchmark]
	fn retire() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Listed)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model);

		assert_eq!(status::<T>(), Some(Status::Retired));
		Ok(())
	}

	#[benchmark]
	fn list() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Open)?;
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn delist() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Listed)?;
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Open));
		Ok(())
	}

	#[benchmark]
	fn quarantine() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Listed)?;
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Quarantined { listed: true }));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Quarantined { listed: true })?;
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn force_retire() -> Result<(), BenchmarkError> {
		let model = changed::<T>(Status::Listed)?;
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Retired));
		Ok(())
	}

	#[benchmark]
	fn list_engine() -> Result<(), BenchmarkError> {
		let origin = engine_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, engine(), reason());

		assert_eq!(Engines::<T>::get(engine()), Some(EngineStatus::Listed));
		Ok(())
	}

	#[benchmark]
	fn retire_engine() -> Result<(), BenchmarkError> {
		Engines::<T>::insert(engine(), EngineStatus::Listed);
		let origin = engine_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, engine(), 10u32.into(), reason());

		assert!(matches!(
			Engines::<T>::get(engine()),
			Some(EngineStatus::Retired { .. })
		));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
