//! A runtime of this pallet and balances alone.

use crate as pallet_models;
use crate::{BalanceOf, Config, Metadata};
use assay_primitives::{task::model_id, traits::OnQuarantine, Artifact, BoundedSpec, EngineId, ModelId, ModelSpec};
use frame_support::{derive_impl, ord_parameter_types, parameter_types, traits::fungible::InspectHold};
use frame_system::EnsureSignedBy;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Models: pallet_models,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	pub const DepositBase: u64 = 1_000;
	pub const DepositPerByte: u64 = 1;
}

ord_parameter_types! {
	pub const Registrar: u64 = REGISTRAR;
	pub const Guard: u64 = GUARD;
	pub const Engineer: u64 = ENGINEER;
}

parameter_types! {
	/// Models that were put in quarantine.
	pub static Stopped: Vec<ModelId> = vec![];
	/// Whether no quarantine is taken.
	pub static IsBusy: bool = false;
}

/// Takes note of quarantines, or refuses them.
pub struct Busy;

impl OnQuarantine for Busy {
	fn on_quarantine(model: &ModelId) -> DispatchResult {
		frame_support::ensure!(!IsBusy::get(), DispatchError::Exhausted);
		Stopped::mutate(|stopped| stopped.push(*model));
		Ok(())
	}
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ModelDepositBase = DepositBase;
	type ModelDepositPerByte = DepositPerByte;
	type ModelOrigin = EnsureSignedBy<Registrar, u64>;
	type QuarantineOrigin = EnsureSignedBy<Guard, u64>;
	type OnQuarantine = Busy;
	type EngineOrigin = EnsureSignedBy<Engineer, u64>;
	type WeightInfo = ();
}

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
/// Has next to nothing.
pub const POOR: u64 = 3;

/// Stands for the model origin.
pub const REGISTRAR: u64 = 11;
/// Stands for the quarantine origin.
pub const GUARD: u64 = 12;
/// Stands for the engine origin.
pub const ENGINEER: u64 = 13;

pub const ENDOWMENT: u64 = 1_000_000;

pub const ENGINE: EngineId = EngineId(H256::repeat_byte(1));
pub const OTHER_ENGINE: EngineId = EngineId(H256::repeat_byte(2));

/// A chain in block 1 with two engines.
pub fn new_test_ext() -> TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(ALICE, ENDOWMENT), (BOB, ENDOWMENT), (POOR, 10)],
			..Default::default()
		},
		models: pallet_models::GenesisConfig {
			engines: vec![ENGINE, OTHER_ENGINE],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` and checks all invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Models::do_try_state().unwrap();
	});
}

/// What a test submits, if it changes nothing.
#[derive(Clone)]
pub struct Submission {
	pub spec: BoundedSpec,
	pub artifact: Artifact,
	pub engine: EngineId,
	pub metadata: Metadata,
	pub royalty: BalanceOf<Test>,
	pub macs: u64,
}

impl Default for Submission {
	fn default() -> Self {
		Self {
			spec: spec(&[("batch", 1)]),
			artifact: Artifact::of(b"some onnx"),
			engine: ENGINE,
			metadata: metadata(b"digits", b"reads digits"),
			royalty: 50,
			macs: 7_000,
		}
	}
}

impl Submission {
	pub fn id(&self) -> ModelId {
		model_id(self.engine, self.artifact.id, &self.spec)
	}

	pub fn submit(self, owner: u64) -> sp_runtime::DispatchResult {
		let Self {
			spec,
			artifact,
			engine,
			metadata,
			royalty,
			macs,
		} = self;
		Models::submit(
			RuntimeOrigin::signed(owner),
			spec,
			artifact,
			engine,
			metadata,
			royalty,
			macs,
		)
	}
}

pub fn spec(bindings: &[(&str, u32)]) -> BoundedSpec {
	let bindings = bindings
		.iter()
		.map(|(symbol, extent)| (symbol.to_string(), *extent))
		.collect();
	BoundedSpec::try_from(&ModelSpec { bindings }).unwrap()
}

pub fn metadata(name: &[u8], description: &[u8]) -> Metadata {
	Metadata {
		name: name.to_vec().try_into().unwrap(),
		description: description.to_vec().try_into().unwrap(),
	}
}

pub fn held(owner: u64) -> u64 {
	Balances::balance_on_hold(&pallet_models::HoldReason::Deposit.into(), &owner)
}
