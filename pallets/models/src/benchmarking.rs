//! What the calls weigh, and being told how a probe ended, measured: with the largest records that can be stored, and the longest
//! history.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{format, vec};
use assay_primitives::{
	api::{Announced, Authority, ModelStatus as Status, Rejection, StatusChange},
	metadata::Metadata,
	names::{skeleton, FamilyName, VersionName, MAX_FAMILY},
	payload::MAX_ARTIFACT,
	probe::{
		BoundedManifest, BoundedPort, Flaw, Golden, Ports, Statement, MAX_AXES, MAX_GOLDEN, MAX_OPERATORS, MAX_PORTS,
	},
	task::{model_id, MAX_BINDINGS},
	traits::OnProbed,
	Artifact, ArtifactId, BoundedSpec, DType, EngineId, FaultCode, JobId, ModelId, OutcomeDigest, Payload, Tensor,
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

/// Makes what the benchmarks need and the pallet cannot make.
pub trait BenchmarkHelper {
	/// Lets workers offer as many slots for probes of models of `engine` as one probe needs. The engine is listed.
	fn prepare_probe(engine: EngineId);
}

/// Gives `account` enough for the deposit and the probe of any model, and for a family.
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

/// Somebody else, who can receive.
fn receiver<T: Config>() -> T::AccountId {
	let receiver = account("receiver", 0, 0);
	endow::<T>(&receiver);
	receiver
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

/// A text as long as may be, another for each `number`.
fn text<S: Get<u32>>(number: u32) -> BoundedVec<u8, S> {
	BoundedVec::truncate_from(format!("{number:0width$}", width = S::get() as usize).into_bytes())
}

/// As many symbols as may be, each as long as may be.
fn largest_spec() -> BoundedSpec {
	let bindings = (0..MAX_BINDINGS).map(|number| (text(number), u32::MAX)).collect();
	BoundedSpec {
		bindings: BoundedVec::truncate_from(bindings),
	}
}

/// As much as may be said.
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

/// Axes of inputs of which so many tensors as can be still travel inline.
const INPUT_AXES: u32 = 6;

/// A manifest as large as may be, and as many golden tensors as may be, inline, for the chain to check.
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
			input: Payload::Inline(inputs.try_into().expect("so many tensors of so few axes travel inline")),
			answer: OutcomeDigest::default(),
		},
	}
}

fn largest_id() -> ModelId {
	model_id(engine(), artifact().id, &largest_spec())
}

/// The largest model, so described, of this status and with as many changes behind it as are remembered.
fn described<T: Config>(metadata: Metadata, status: Status) -> ModelId {
	Engines::<T>::insert(engine(), EngineStatus::Listed);
	let (id, owner, statement) = (largest_id(), owner::<T>(), largest_statement());
	let deposit = match status {
		Status::Rejected(_) => Zero::zero(),
		_ => Pallet::<T>::deposit_for(&largest_spec(), &metadata, &statement),
	};
	T::Currency::hold(&HoldReason::Deposit.into(), &owner, deposit).expect("the owner can pay it");
	let at = frame_system::Pallet::<T>::block_number();
	let model = Model {
		owner,
		artifact: artifact(),
		engine: engine(),
		spec: largest_spec(),
		royalty: Zero::zero(),
		announced: Some(Announced {
			royalty: Zero::zero(),
			from: at,
		}),
		macs: statement.manifest.macs,
		deposit,
		status,
		submitted_at: at,
		probe: JobId::default(),
	};
	Models::<T>::insert(id, model);
	Cards::<T>::insert(id, metadata);
	Manifests::<T>::insert(id, statement.manifest);
	Goldens::<T>::insert(id, statement.golden);
	let change = StatusChange {
		at,
		by: Authority::ModelOrigin,
		status,
		reason: reason(),
	};
	History::<T>::insert(id, BoundedVec::truncate_from(vec![change; MAX_HISTORY as usize]));
	id
}

/// The largest model of this status.
fn registered<T: Config>(status: Status) -> ModelId {
	described::<T>(largest_metadata(), status)
}

/// A name as long as may be, with a skeleton as long as may be.
fn family_name() -> FamilyName {
	BoundedVec::truncate_from(vec![b'm'; MAX_FAMILY as usize])
}

fn version() -> VersionName {
	text(0)
}

/// A family of the caller, with room for one more version if it has one already.
fn claimed<T: Config>(latest: Option<VersionName>) -> T::AccountId {
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

	/// Anew, after a rejection.
	#[benchmark]
	fn submit() {
		registered::<T>(Status::Rejected(Rejection::NotReproduced));
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
		let model = registered::<T>(Status::Listed);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model);

		assert_eq!(status::<T>(), Some(Status::Retired));
	}

	#[benchmark]
	fn list() -> Result<(), BenchmarkError> {
		let model = registered::<T>(Status::Open);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn delist() -> Result<(), BenchmarkError> {
		let model = registered::<T>(Status::Listed);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Open));
		Ok(())
	}

	#[benchmark]
	fn quarantine() -> Result<(), BenchmarkError> {
		let model = registered::<T>(Status::Listed);
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Quarantined { listed: true }));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let model = registered::<T>(Status::Quarantined { listed: true });
		let origin = model_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model, reason());

		assert_eq!(status::<T>(), Some(Status::Listed));
		Ok(())
	}

	#[benchmark]
	fn force_retire() -> Result<(), BenchmarkError> {
		let model = registered::<T>(Status::Listed);
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

	/// At greater length than before.
	#[benchmark]
	fn describe() {
		let terse = Metadata {
			title: text(0),
			..Default::default()
		};
		let model = described::<T>(terse, Status::Listed);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, largest_metadata());

		assert_eq!(Cards::<T>::get(model), Some(largest_metadata()));
	}

	/// After an announcement that is due.
	#[benchmark]
	fn announce_royalty() {
		let model = registered::<T>(Status::Listed);
		let royalty = BalanceOf::<T>::max_value();

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), model, royalty);

		let announced = Models::<T>::get(model).and_then(|model| model.announced);
		assert_eq!(announced.map(|announced| announced.royalty), Some(royalty));
	}

	#[benchmark]
	fn transfer() {
		let model = registered::<T>(Status::Listed);
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
		let owner = claimed::<T>(Some(version()));
		let to = receiver::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), to.clone());

		assert_eq!(family::<T>().and_then(|family| family.owner), Some(to));
	}

	/// With versions, so that it is closed.
	#[benchmark]
	fn release_family() {
		let owner = claimed::<T>(Some(version()));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name());

		assert_eq!(family::<T>().map(|family| family.owner), Some(None));
	}

	#[benchmark]
	fn publish() {
		let model = registered::<T>(Status::Listed);
		let owner = claimed::<T>(Some(text(1)));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), version(), model, true);

		assert_eq!(family::<T>().and_then(|family| family.latest), Some(version()));
	}

	#[benchmark]
	fn point_latest() {
		let owner = claimed::<T>(Some(version()));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), family_name(), version());

		assert_eq!(family::<T>().and_then(|family| family.latest), Some(version()));
	}

	/// With a flaw, so that the deposit goes back.
	#[benchmark]
	fn on_probed() {
		let model = registered::<T>(Status::Open);
		// What is whitelisted would not be counted.
		Pallet::<T>::do_transfer(whitelisted_caller(), model, receiver::<T>()).expect("it can be transferred");
		Models::<T>::mutate(model, |model| {
			model.as_mut().expect("it is registered").status = Status::Probation
		});
		let flaw = Flaw::DoesNotLoad(FaultCode::NotOnnx);

		#[block]
		{
			Pallet::<T>::on_probed(&model, Some(Err(flaw)));
		}

		assert_eq!(status::<T>(), Some(Status::Rejected(Rejection::Flawed(flaw))));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
