//! A runtime of this pallet and balances, with a committee that returns whatever finding a test wants.

use crate as pallet_models;
use crate::{BalanceOf, Call, Config, HoldReason, ModelOf, Models as Registered, MAX_HISTORY};
use assay_primitives::{
	api::{ModelStatus, StatusChange},
	metadata::Metadata,
	probe::{BoundedManifest, Finding, Golden, Probe, Statement},
	task::model_id,
	terms::Fee,
	traits::{ModelRegistry, OnProbed, OnQuarantine, Prober},
	Artifact, BoundedSpec, DType, EngineId, JobId, Manifest, ModelId, ModelRef, ModelSpec, OutcomeDigest, Payload,
	Port, Tensor,
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	assert_ok, derive_impl, ensure, ord_parameter_types, parameter_types,
	traits::{
		fungible::{InspectHold, Mutate},
		tokens::Preservation,
		ConstU64, UnfilteredDispatchable,
	},
};
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
	type ExistentialDeposit = ConstU64<EXISTENTIAL>;
}

pub const EXISTENTIAL: u64 = 5;
pub const BASE: u64 = 1_000;
pub const PER_BYTE: u64 = 2;
/// What each block of a probe in vain costs.
pub const FAILED_PROBE: u64 = 3;
pub const FAMILY_DEPOSIT: u64 = 700;
pub const VERSION_DEPOSIT: u64 = 40;
/// Blocks from the announcement of a royalty until requests pay it.
pub const NOTICE: u64 = 20;

ord_parameter_types! {
	pub const Registrar: u64 = REGISTRAR;
	pub const Guard: u64 = GUARD;
	pub const Engineer: u64 = ENGINEER;
}

parameter_types! {
	/// The models that were quarantined.
	pub static Stopped: Vec<ModelId> = vec![];
	/// Whether quarantines are refused.
	pub static IsBusy: bool = false;
	/// The probes that have begun and not ended, with their jobs.
	pub static Probes: Vec<(JobId, Probe)> = vec![];
	/// The number of probes that have begun.
	pub static Begun: u64 = 0;
}

/// Records quarantines, or refuses them.
pub struct Busy;

impl OnQuarantine for Busy {
	fn on_quarantine(model: &ModelId) -> DispatchResult {
		ensure!(!IsBusy::get(), DispatchError::Exhausted);
		Stopped::mutate(|stopped| stopped.push(*model));
		Ok(())
	}
}

/// Stands in for the workers of a probe. It is paid at once, into [`POT`], and its finding is the argument of
/// [`conclude`].
pub struct Committee;

/// The error for a `max_fee` below the fee of the probe.
pub const OVERPRICED: DispatchError = DispatchError::Unavailable;

impl Prober<u64, u64> for Committee {
	fn probe(owner: &u64, probe: Probe, max_fee: u64) -> Result<JobId, DispatchError> {
		let fee = Self::quote(&probe).total();
		ensure!(fee <= max_fee, OVERPRICED);
		<Balances as Mutate<_>>::transfer(owner, &POT, fee, Preservation::Preserve)?;
		let job = JobId(Begun::get());
		Begun::set(job.0 + 1);
		Probes::mutate(|probes| probes.push((job, probe)));
		Ok(job)
	}

	fn quote(probe: &Probe) -> Fee<u64> {
		Fee {
			pay: 10 * u64::from(probe.items),
			workers: 3,
			..Default::default()
		}
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_models::BenchmarkHelper for Committee {
	fn prepare_probe(_: EngineId) {}
}

/// Ends the latest probe of `model`, which must have begun.
pub fn conclude(model: ModelId, finding: Option<Finding>) {
	let mut probes = Probes::get().into_iter().rev();
	let (job, _) = probes
		.find(|(_, probe)| probe.model == model)
		.expect("the model is probed");
	conclude_job(job, finding);
}

/// Ends the probe that is job `job`.
pub fn conclude_job(job: JobId, finding: Option<Finding>) {
	let place = Probes::get().iter().position(|(begun, _)| *begun == job);
	let (_, probe) = Probes::mutate(|probes| probes.remove(place.expect("the probe has begun")));
	Models::on_probed(job, &probe.model, finding);
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ModelDepositBase = ConstU64<BASE>;
	type ModelDepositPerByte = ConstU64<PER_BYTE>;
	type FailedProbePrice = ConstU64<FAILED_PROBE>;
	type FamilyDeposit = ConstU64<FAMILY_DEPOSIT>;
	type VersionDeposit = ConstU64<VERSION_DEPOSIT>;
	type RoyaltyNotice = ConstU64<NOTICE>;
	type Prober = Committee;
	type ModelOrigin = EnsureSignedBy<Registrar, u64>;
	type QuarantineOrigin = EnsureSignedBy<Guard, u64>;
	type OnQuarantine = Busy;
	type EngineOrigin = EnsureSignedBy<Engineer, u64>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Committee;
}

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
/// Owns next to nothing.
pub const POOR: u64 = 3;
/// Has no account.
pub const NOBODY: u64 = 4;
/// Receives the fees of probes.
pub const POT: u64 = 5;

/// Has the model origin.
pub const REGISTRAR: u64 = 11;
/// Has the quarantine origin.
pub const GUARD: u64 = 12;
/// Has the engine origin.
pub const ENGINEER: u64 = 13;

pub const ENDOWMENT: u64 = 1_000_000;
/// The fee of a probe with one golden input.
pub const PROBE_FEE: u64 = 30;

pub const ENGINE: EngineId = EngineId(H256::repeat_byte(1));
pub const OTHER_ENGINE: EngineId = EngineId(H256::repeat_byte(2));

/// Builds a chain in block 1 with two engines.
pub fn new_test_ext() -> TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![
				(ALICE, ENDOWMENT),
				(BOB, ENDOWMENT),
				(POOR, 2 * EXISTENTIAL),
				(POT, EXISTENTIAL),
			],
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
	Probes::take();
	Begun::set(0);
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

/// Runs `test` on an open model of Alice's.
pub fn with_model(test: impl FnOnce(ModelId)) {
	build_and_execute(|| test(Submission::default().open(ALICE)));
}

/// Dispatches as an extrinsic would: a call takes effect as a whole or not at all.
pub fn dispatch(who: u64, call: Call<Test>) -> DispatchResult {
	let call = RuntimeCall::Models(call);
	call.dispatch_bypass_filter(RuntimeOrigin::signed(who))
		.map(drop)
		.map_err(|error| error.error)
}

/// A submission. The default is valid.
#[derive(Clone, Debug)]
pub struct Submission {
	pub spec: BoundedSpec,
	pub artifact: Artifact,
	pub engine: EngineId,
	pub metadata: Metadata,
	pub royalty: BalanceOf<Test>,
	pub statement: Statement,
	pub max_fee: u64,
}

impl Default for Submission {
	fn default() -> Self {
		Self {
			spec: spec(&[("batch", 1)]),
			artifact: Artifact::of(b"some onnx"),
			engine: ENGINE,
			metadata: metadata(b"Digits", b"reads digits"),
			royalty: 50,
			statement: statement(1),
			max_fee: u64::MAX,
		}
	}
}

impl Submission {
	/// Binds the batch dimension to this extent, which makes it a different model.
	pub fn batch(extent: u32) -> Self {
		Self {
			spec: spec(&[("batch", extent)]),
			..Default::default()
		}
	}

	pub fn id(&self) -> ModelId {
		model_id(self.engine, self.artifact.id, &self.spec)
	}

	pub fn call(&self) -> Call<Test> {
		let Self {
			spec,
			artifact,
			engine,
			metadata,
			royalty,
			statement,
			max_fee,
		} = self.clone();
		Call::submit {
			spec,
			artifact,
			engine,
			metadata,
			royalty,
			statement,
			max_fee,
		}
	}

	pub fn submit(&self, owner: u64) -> DispatchResult {
		dispatch(owner, self.call())
	}

	/// Returns the deposit of this submission.
	pub fn quote(&self) -> (u64, Fee<u64>) {
		let Self {
			spec,
			artifact,
			engine,
			metadata,
			statement,
			..
		} = self.clone();
		Models::submission_quote(engine, artifact, spec, metadata, statement)
	}

	/// Submits the model and opens it by a successful probe.
	pub fn open(&self, owner: u64) -> ModelId {
		assert_ok!(self.submit(owner));
		conclude(self.id(), Some(Ok(())));
		self.id()
	}

	pub fn record(&self) -> ModelOf<Test> {
		record(self.id())
	}
}

pub fn spec(bindings: &[(&str, u32)]) -> BoundedSpec {
	let bindings = bindings
		.iter()
		.map(|(symbol, extent)| (symbol.to_string(), *extent))
		.collect();
	BoundedSpec::try_from(&ModelSpec { bindings }).unwrap()
}

pub fn metadata(title: &[u8], description: &[u8]) -> Metadata {
	Metadata {
		title: title.to_vec().try_into().unwrap(),
		description: description.to_vec().try_into().unwrap(),
		..Default::default()
	}
}

/// Returns the manifest of a graph that maps four numbers to two.
pub fn manifest() -> BoundedManifest {
	let port = |name: &str, width| Port {
		name: name.into(),
		dtype: DType::F32,
		shape: vec![1, width],
	};
	let manifest = Manifest {
		inputs: vec![port("x", 4)],
		outputs: vec![port("y", 2)],
		opset: 17,
		operators: vec!["Gemm".into()],
		parameters: 10,
		macs: 7_000,
		peak_bytes: 1 << 20,
	};
	BoundedManifest::try_from(&manifest).unwrap()
}

/// Returns an input of four numbers.
pub fn input() -> Vec<Tensor> {
	vec![Tensor {
		dtype: DType::F32,
		shape: vec![1, 4],
		data: vec![0; 16],
	}]
}

/// Returns a statement with `items` golden inputs.
pub fn statement(items: u32) -> Statement {
	let bytes = match items {
		1 => input().encode(),
		_ => vec![input(); items as usize].encode(),
	};
	Statement {
		manifest: manifest(),
		golden: Golden {
			items,
			input: Payload::of(bytes),
			answer: OutcomeDigest(H256::repeat_byte(8)),
		},
	}
}

pub fn record(model: ModelId) -> ModelOf<Test> {
	Registered::<Test>::get(model).unwrap()
}

pub fn status(model: ModelId) -> ModelStatus {
	record(model).status
}

pub fn accepts_jobs(model: ModelId) -> bool {
	Models::terms(&model).is_some()
}

pub fn resolve(model: ModelRef) -> Option<ModelId> {
	<Models as ModelRegistry<u64, u64>>::resolve(&model)
}

/// Returns the deposit for the record and the history of a model with this spec.
pub fn record_deposit(spec: &BoundedSpec) -> u64 {
	let record = ModelOf::<Test>::max_encoded_len() - BoundedSpec::max_encoded_len() + spec.encoded_size();
	let change = StatusChange::<u64>::max_encoded_len() - H256::max_encoded_len();
	// The length of the history takes a byte.
	let history = MAX_HISTORY as usize * change + 1;
	PER_BYTE * (record + history) as u64
}

/// Returns the deposits of an owner's models.
pub fn held(owner: u64) -> u64 {
	Balances::balance_on_hold(&HoldReason::ModelDeposit.into(), &owner)
}

/// Returns the deposits of an owner's families.
pub fn held_for_families(owner: u64) -> u64 {
	Balances::balance_on_hold(&HoldReason::FamilyDeposit.into(), &owner)
}
