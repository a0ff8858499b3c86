//! A chain of this pallet and pallet-workers.

use crate::{self as pallet_jobs, mock, JobState, Step, Submission};
use assay_mocks::impl_create_transactions;
use assay_primitives::{
	key::{owner_message, WorkerKey, WorkerPair},
	terms::{Terms, Window},
	JobId,
};
use frame_support::{
	derive_impl,
	traits::{ConstU32, ConstU64, Hooks},
};
use mock::{MODEL, REQUESTER};
use proptest::prelude::*;
use sp_core::{Pair, H256};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable},
	BuildStorage, Permill,
};
use std::ops::RangeInclusive;

/// The workers at genesis.
pub const WORKERS: RangeInclusive<u64> = 101..=108;
/// Workers with much stake and no slots.
pub const RICH: RangeInclusive<u64> = 201..=208;
/// The slots of each worker at genesis.
const SLOTS: u32 = 2;
const BOND: u64 = 1_000_000;
const ENDOWMENT: u64 = 1_000 * BOND;

type TxExtension = frame_system::AuthorizeCall<Chain>;
type Extrinsic = sp_runtime::testing::TestXt<RuntimeCall, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, Extrinsic>;

frame_support::construct_runtime!(
	pub enum Chain {
		System: frame_system,
		Balances: pallet_balances,
		Workers: pallet_workers,
		Jobs: pallet_jobs,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Chain {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Chain {
	type AccountStore = System;
}

impl pallet_workers::Config for Chain {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = mock::Registry;
	type SlotBond = ConstU64<BOND>;
	type MinStake = ConstU64<BOND>;
	type UnbondingPeriod = ConstU64<2>;
	type MaxSlots = ConstU32<32>;
	type MaxModels = ConstU32<4>;
	type TicketAge = ConstU32<8>;
	type TicketsPerBlock = ConstU32<50>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = mock::Registry;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_workers::BenchmarkHelper for mock::Registry {
	fn open_model() -> assay_primitives::ModelId {
		MODEL
	}
}

impl crate::Config for Chain {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = mock::Registry;
	type Workers = Workers;
	type Tribunal = mock::MockTribunal;
	type ChallengeLane = mock::Lane;
	type Beacon = mock::Beacon;
	type Pricing = mock::Prices;
	type Periods = mock::Times;
	type Security = mock::Threats;
	type AuditFund = mock::AuditFund;
	type OnJobEnded = mock::Recorder;
	type OnProbed = mock::Recorder;
	type RecordPeriod = ConstU64<50>;
	type DuePerBlock = ConstU32<64>;
	type MaxDraws = ConstU32<64>;
	type WeightInfo = crate::weights::SubstrateWeight<Chain>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = mock::Pool;
}

impl_create_transactions!(Chain, RuntimeCall, Extrinsic, TxExtension, TxExtension::new());

fn pair(account: u64) -> WorkerPair {
	WorkerPair::from_seed(&blake2_256(&account.to_le_bytes()))
}

fn key(account: u64) -> WorkerKey {
	pair(account).public()
}

/// Returns a chain in block 1.
pub fn new_chain() -> TestExternalities {
	let all = WORKERS.chain(RICH);
	let accounts = all.clone().chain([REQUESTER, mock::FUND, mock::OWNER]);
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: accounts.map(|account| (account, ENDOWMENT)).collect(),
			..Default::default()
		},
		workers: pallet_workers::GenesisConfig {
			workers: all.map(|worker| (worker, 100 * BOND, key(worker))).collect(),
			serving: WORKERS.map(|worker| (worker, MODEL, SLOTS)).collect(),
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| {
		mock::Threats::set(mock::security());
		mock::Times::set(mock::periods());
		set_beacon(0);
		System::set_block_number(1);
	});
	ext
}

/// Changes the beacon of all blocks from the current one on.
pub fn set_beacon(beacon: u64) {
	mock::BeaconSeed::set(beacon);
}

/// Ends the block and starts the next one.
pub fn next_block() {
	let now = System::block_number();
	Jobs::on_finalize(now);
	System::set_block_number(now + 1);
	Workers::on_initialize(now + 1);
	Jobs::on_initialize(now + 1);
}

pub fn check() {
	Workers::do_try_state().unwrap();
	Jobs::do_try_state().unwrap();
}

/// What anybody does. It may be refused.
#[derive(Clone, Debug)]
pub enum Act {
	Serve(u64, u32),
	Stop(u64),
	Unbond(u64, u64),
	BondMore(u64, u64),
	Withdraw(u64),
	Register(u64),
	/// Requests a job with this number of checkers.
	Request(u8),
	/// All participants of this job that are to commit do.
	Commit(u64),
	Cancel(u64),
	NextBlock,
}

pub fn any_act() -> impl Strategy<Value = Act> {
	let worker = || prop_oneof![3 => WORKERS, 1 => RICH];
	prop_oneof![
		6 => (worker(), 0u32..33).prop_map(|(worker, slots)| Act::Serve(worker, slots)),
		4 => worker().prop_map(Act::Stop),
		4 => (worker(), 0..100 * BOND).prop_map(|(worker, amount)| Act::Unbond(worker, amount)),
		1 => (worker(), 1..BOND).prop_map(|(worker, amount)| Act::BondMore(worker, amount)),
		2 => worker().prop_map(Act::Withdraw),
		1 => worker().prop_map(Act::Register),
		6 => (0u8..5).prop_map(Act::Request),
		6 => (0u64..40).prop_map(Act::Commit),
		1 => (0u64..40).prop_map(Act::Cancel),
	]
}

fn dispatch(origin: u64, call: impl Into<RuntimeCall>) {
	let _ = call.into().dispatch(RuntimeOrigin::signed(origin));
}

fn request(checkers: u8) {
	let call = crate::Call::request {
		model: MODEL.into(),
		items: 1,
		input: mock::input(1),
		terms: Terms {
			checkers,
			max_fee: u64::MAX,
			value_at_risk: 0,
			window: Window::Short,
			allow_unlisted: false,
		},
	};
	dispatch(REQUESTER, call);
}

/// Lets the participants of a job commit that are to.
fn commit(id: JobId) {
	let Some(job) = crate::Jobs::<Chain>::get(id) else {
		return;
	};
	for participant in job.participants {
		let step = Step::Commit {
			job: id,
			task: job.task,
			commitment: H256::repeat_byte(1),
		};
		let submission = Submission {
			worker: participant.worker,
			at: System::block_number(),
			steps: vec![step].try_into().unwrap(),
		};
		let _ = Jobs::do_submit(submission);
	}
}

pub fn act(act: Act) {
	use pallet_workers::Call;
	match act {
		Act::Serve(worker, slots) => dispatch(worker, Call::serve { model: MODEL, slots }),
		Act::Stop(worker) => dispatch(worker, Call::stop_serving { model: MODEL }),
		Act::Unbond(worker, amount) => dispatch(worker, Call::unbond { amount }),
		Act::BondMore(worker, amount) => dispatch(worker, Call::bond_more { amount }),
		Act::Withdraw(worker) => dispatch(worker, Call::withdraw {}),
		Act::Register(worker) => {
			let proof = pair(worker).sign(&owner_message(System::block_hash(0), &worker));
			let call = Call::register {
				stake: 50 * BOND,
				key: key(worker),
				proof,
			};
			dispatch(worker, call)
		}
		Act::Request(checkers) => request(checkers),
		Act::Commit(job) => commit(JobId(job)),
		Act::Cancel(job) => {
			let job = JobId(job);
			let task = crate::Jobs::<Chain>::get(job).map(|job| job.task).unwrap_or_default();
			dispatch(REQUESTER, crate::Call::cancel { job, task })
		}
		Act::NextBlock => next_block(),
	}
}

/// Requests jobs until one is accepted with as many checkers as possible, and lets its executor claim.
pub fn claimed_job(checkers: u8) -> JobId {
	for checkers in (0..=checkers).rev() {
		let id = crate::NextJob::<Chain>::get();
		request(checkers);
		let Some(mut job) = crate::Jobs::<Chain>::get(id) else {
			continue;
		};
		job.terms.odds.audit_rate = Permill::from_percent(50);
		crate::Jobs::<Chain>::insert(id, job);
		commit(id);
		return id;
	}
	JobId(u64::MAX)
}

/// Who was drawn for a job.
#[derive(Debug, Default, PartialEq)]
pub struct Drawn {
	pub workers: Vec<u64>,
	pub audited: bool,
	pub is_complete: bool,
}

pub fn drawn_for(id: JobId) -> Drawn {
	let Some(job) = crate::Jobs::<Chain>::get(id) else {
		return Default::default();
	};
	Drawn {
		workers: job.participants.iter().map(|p| p.worker).collect(),
		audited: job.audited,
		is_complete: !job.is_understaffed() && !matches!(job.state, JobState::Claiming { .. }),
	}
}
