//! What the calls weigh, measured: `submit` with the largest record that can be stored.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{format, vec};
use assay_primitives::{
	payload::MAX_ARTIFACT,
	task::{model_id, MAX_BINDINGS, MAX_SYMBOL},
	Artifact, ArtifactId, BoundedSpec, EngineId, ModelId,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Unbalanced},
		tokens::Precision,
		Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
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

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn submit() {
		let owner = owner::<T>();
		Engines::<T>::insert(engine(), ());

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
		let owner = owner::<T>();
		Engines::<T>::insert(engine(), ());
		Pallet::<T>::do_submit(
			owner.clone(),
			largest_spec(),
			artifact(),
			engine(),
			largest_metadata(),
			BalanceOf::<T>::zero(),
			MACS,
		)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), largest_id());

		let model = Models::<T>::get(largest_id()).ok_or("the record stays")?;
		assert_eq!(model.status, Status::Retired);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
