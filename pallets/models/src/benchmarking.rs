//! Benchmarks of the calls, and of the notification that a probe has ended, with the largest records that can be stored
//! and the longest history.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{format, vec};
use assay_primitives::{
	api::{AnnouncedRoyalty, Authority, ModelStatus as Status, Rejection, StatusChange},
	metadata::Metadata,
	names::{skeleton, FamilyName, VersionName, MAX_FAMILY},
	payload::MAX_ARTIFACT,
	probe::{BoundedManifest, BoundedPort, Golden, Ports, Statement, MAX_AXES, MAX_GOLDEN, MAX_OPERATORS, MAX_PORTS},
	task::{model_id, MAX_BINDINGS},
	traits::OnProbed,
	Artifact, ArtifactId, BoundedSpec, DType, EngineId, JobId, ModelId, OutcomeDigest, Payload, Tensor,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{hold::Mutate, Inspect, Unbalanced},
		tokens::Precision,
		EnsureOrigin, Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::traits::{Bounded, Saturating, Zero};

/// Sets up what the benchmarks need and this pallet cannot set up.
pub trait BenchmarkHelper {
	/// Lets workers offer as many slots to the probe pool of `engine` as one probe needs. The engine is listed.
	fn prepare_probe(engine: EngineId);
}

/// Endows `account` with enough for the deposit and the probe of any model, and for a family.
fn endow<T: Config>(account: &T::AccountId) {
	let (deposit, fee) = Pallet::<T>::submission_quote(
		engine(),
		artifact(),
		largest_spec(),
		largest_metadata(),
		largest_statement(),
	);
	let amount = deposit
		.saturating_add(fee.total())
		.saturating_add(T::FamilyDeposit::get())
		.saturating_add(T::VersionDeposit::get())
		.saturating_add(T::Currency::minimum_balance())
		.saturating_mul(2u32.into());
	T::Currency::set_total_issuance(T::Currency::total_issuance().saturating_add(amount));
	T::Currency::increase_balance(account, amount, Precision::Exact).expect("the account can be made");
}

fn owner<T: Config>() -> T::AccountId {
	let owner: T::AccountId = whitelisted_caller();
	endow::<T>(&owner);
	owner
}

/// Returns another account, which can receive transfers.
fn receiver<T: Config>() -> T::AccountId {
	let receiver = account("receiver", 0, 0);
	endow::<T>(&receiver);
	receiver
}

/// Returns a listed engine.
fn engine() -> EngineId {
	EngineId::of(b"benchmark")
}

fn artifact() -> Artifact {
	Artifact {
		id: ArtifactId::of(b"benchmark"),
		len: MAX_ARTIFACT,
	}
}

/// Returns a text of maximum length, a different one for each `number`.
fn text<S: Get<u32>>(number: u32) -> BoundedVec<u8, S> {
	BoundedVec::truncate_from(format!("{number:0width$}", width = S::get() as usize).into_bytes())
}

/// Returns the maximum number of bindings, each with a symbol of maximum length.
fn largest_spec() -> BoundedSpec {
	let bindings = (0..MAX_BINDINGS).map(|number| (text(number), u32::MAX)).collect();
	BoundedSpec {
		bindings: BoundedVec::truncate_from(bindings),
	}
}

/// Returns metadata of maximum size.
fn largest_metadata() -> Metadata {
	Metadata {
		title: text(0),
		description: text(0),
		task: text(0),
		licence: text(0),
		tags: BoundedVec::truncate_from((0..8).map(text).collect()),
		links: BoundedVec::truncate_from((0..4).map(text).collect()),
		training_data: text(0),
		card: Some(artifact()),
	}
}

fn ports(axes: u32) -> Ports {
	let port = |number| BoundedPort {
		name: text(number),
		dtype: DType::U8,
		shape: BoundedVec::truncate_from(vec![1; axes as usize]),
	};
	BoundedVec::truncate_from((0..MAX_PORTS).map(port).collect())
}

/// Axes of each input: few enough for the maximum number of tensors to be inline.
const INPUT_AXES: u32 = 6;

/// Returns the largest manifest, and the maximum number of golden tensors, inline, so that the chain checks them.
fn largest_statement() -> Statement {
	let manifest = BoundedManifest {
		inputs: ports(INPUT_AXES),
		outputs: ports(MAX_AXES),
		opset: u64::MAX,
		operators: BoundedVec::truncate_from((0..MAX_OPERATORS).map(text).collect()),
		parameters: u64::MAX,
		macs: 1_000_000,
		peak_bytes: u64::MAX,
	};
	let tensor = Tensor {
		dtype: DType::U8,
		shape: vec![1; INPUT_AXES as usize],
		data: vec![0],
	};
	let input = vec![tensor; MAX_PORTS as usize];
	let inputs = vec![input; MAX_GOLDEN as usize].encode();
	Statement {
		manifest,
		golden: Golden {
			items: MAX_GOLDEN,
			input: Payload::Inline(inputs.try_into().expect("tensors of so few axes fit inline")),
			answer: OutcomeDigest::default(),
		},
	}
}

fn largest_id() -> ModelId {
	model_id(engine(), artifact().id, &largest_spec())
}

/// Registers the largest model with this owner, metadata and status, and a full history.
fn register_with<T: Config>(owner: T::AccountId, metadata: Metadata, status: Status) -> ModelId {
	Engines::<T>::insert(engine(), EngineStatus::Listed);
	let (id, statement) = (largest_id(), largest_statement());
	let deposit = match status.has_ended() {
		true => Pallet::<T>::deposit_for_record(&largest_spec()),
		false => Pallet::<T>::deposit_for(&largest_spec(), &metadata, &statement),
	};
	T::Currency::hold(&HoldReason::ModelDeposit.into(), &owner, deposit).expect("the owner can pay it");
	let at = frame_system::Pallet::<T>::block_number();
	let model = Model {
		owner,
		artifact: artifact(),
		engine: engine(),
		spec: largest_spec(),
		royalty: Zero::zero(),
		announced: Some(AnnouncedRoyalty {
			royalty: Zero::zero(),
			effective_at: at,
		}),
		macs: statement.manifest.macs,
		deposit,
		status,
		reproduced: true,
		submitted_at: at,
		probe: JobId::default(),
	};
	Models::<T>::insert(id, model);
	if !status.has_ended() {
		ModelMetadata::<T>::insert(id, metadata);
		Manifests::<T>::insert(id, statement.manifest);
		GoldenInputs::<T>::insert(id, statement.golden);
	}
	let change = StatusChange {
		at,
		by: Authority::ModelOrigin,
		status,
		reason: reason(),
	};
	History::<T>::insert(id, BoundedVec::truncate_from(vec![change; MAX_HISTORY as usize]));
	id
}

/// Registers the largest model of the caller with this status.
fn register<T: Config>(status: Status) -> ModelId {
	register_with::<T>(owner::<T>(), largest_metadata(), status)
}

/// Returns a name of maximum length with a skeleton of maximum length.
fn family_name() -> FamilyName {
	BoundedVec::truncate_from(vec![b'm'; MAX_FAMILY as usize])
}

fn version() -> VersionName {
	text(0)
}

/// Claims a family for the caller; with a version `latest`, and room for one more, if that is given.
fn claim<T: Config>(latest: Option<VersionName>) -> T::AccountId {
	let owner = owner::<T>();
	Pallet::<T>::do_claim_family(owner.clone(), family_name()).expect("the name is free");
	if let Some(version) = latest {
		Versions::<T>::insert(skeleton(&family_name()), &version, largest_id());
		Families::<T>::mutate(skeleton(&family_name()), |family| {
			if let Some(family) = family {
				family.versions = MAX_VERSIONS.saturating_sub(1);
				family.latest = Some(version);
			}
		});
	}
	owner
}

fn family<T: Config>() -> Option<FamilyOf<T>> {
	Families::<T>::get(skeleton(&family_name()))
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

	/// Resubmits a retired model of another owner.
	#[benchmark]
	fn submit() {
		register_with::<T>(receiver::<T>(), largest_metadata(), Status::Retired);
		endow::<T>(&whitelisted_caller());
		T::BenchmarkHelper::prepare_probe(engine());

		#[extrinsic_call]
		_(
			RawOrigin::Signed(whitelisted_caller()),
			largest_spec(),
			artifact(),
			engine(),
			largest_metadata(),
			BalanceOf::<T>::zero(),
			largest_statement(),
			BalanceOf::<T>::max_value(),
		);

		assert_eq!(status::<T>(), Some(Status::Probation));
	}

	#[benchmark]
	fn retire() {
		let model = register::<T>(Status::Listed);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model);

		assert_eq!(status::<T>(), Some(Status::Retired));
	}

	#[benchmark]
	fn list() -> Result<(), BenchmarkError> {
		let model = register::<T>(Status::Open);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn delist() -> Result<(), BenchmarkError> {
		let model = register::<T>(Status::Listed);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Open));
		Ok(())
	}

	/// Bars a model on probation.
	#[benchmark]
	fn quarantine() -> Result<(), BenchmarkError> {
		let model = register::<T>(Status::Probation);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Barred));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let model = register::<T>(Status::Quarantined { listed: true });
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn bar() -> Result<(), BenchmarkError> {
		let model = register::<T>(Status::Listed);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Barred));
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

	/// Replaces the shortest metadata with the longest.
	#[benchmark]
	fn set_metadata() {
		let terse = Metadata {
			title: text(0),
			..Default::default()
		};
		let model = register_with::<T>(owner::<T>(), terse, Status::Listed);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, largest_metadata());

		assert_eq!(ModelMetadata::<T>::get(model), Some(largest_metadata()));
	}

	/// Follows an announcement that is due.
	#[benchmark]
	fn announce_royalty() {
		let model = register::<T>(Status::Listed);
		let royalty = BalanceOf::<T>::max_value();

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, royalty);

		let announced = Models::<T>::get(model).and_then(|model| model.announced);
		assert_eq!(announced.map(|announced| announced.royalty), Some(royalty));
	}

	#[benchmark]
	fn transfer() {
		let model = register::<T>(Status::Listed);
		let to = receiver::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, to.clone());

		assert_eq!(Models::<T>::get(model).map(|model| model.owner), Some(to));
	}

	#[benchmark]
	fn claim_family() {
		let owner = owner::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name());

		assert!(family::<T>().is_some());
	}

	#[benchmark]
	fn transfer_family() {
		let owner = claim::<T>(Some(version()));
		let to = receiver::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), to.clone());

		assert_eq!(family::<T>().and_then(|family| family.owner), Some(to));
	}

	/// Closes a family with versions.
	#[benchmark]
	fn release_family() {
		let owner = claim::<T>(Some(version()));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name());

		assert_eq!(family::<T>().map(|family| family.owner), Some(None));
	}

	#[benchmark]
	fn publish() {
		let model = register::<T>(Status::Listed);
		let owner = claim::<T>(Some(text(1)));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), version(), model, true);

		assert_eq!(family::<T>().and_then(|family| family.latest), Some(version()));
	}

	#[benchmark]
	fn set_latest() {
		let owner = claim::<T>(Some(version()));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), version());

		assert_eq!(family::<T>().and_then(|family| family.latest), Some(version()));
	}

	/// Rejects a model that was not reproduced, which burns a part of its deposit and releases another.
	#[benchmark]
	fn on_probed() {
		let model = register::<T>(Status::Open);
		// The access to a whitelisted account would not be counted.
		Pallet::<T>::do_transfer(whitelisted_caller(), model, receiver::<T>()).expect("it can be transferred");
		Models::<T>::mutate(model, |model| {
			model.as_mut().expect("it is registered").status = Status::Probation
		});
		let at = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(at.saturating_add(10u32.into()));

		#[block]
		{
			Pallet::<T>::on_probed(JobId::default(), &model, None);
		}

		assert_eq!(status::<T>(), Some(Status::Rejected(Rejection::NotReproduced)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
