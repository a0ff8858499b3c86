//! The benchmarks that `scripts/weights.sh` runs: the list of pallets, and what their benchmarks need from other
//! pallets.

#![allow(clippy::arithmetic_side_effects, clippy::expect_used)] // A benchmark that cannot be set up must not run.

use crate::{fixtures::*, *};
use alloc::{string::String, vec};
use assay_primitives::{
	api::{Participant, ParticipantStatus, Role},
	key::{owner_message, WorkerKey},
	names::{FamilyName, VersionName},
	probe::{probe_pool, BoundedPort, MAX_PORTS, MAX_PORT_NAME, PROBE_CHECKERS},
	task::model_id,
	terms::{Terms, Window},
	traits::WorkerPool,
	Answer, Artifact, BoundedSpec, DType, EngineId, JobId, ModelId, ModelRef, Outcome, OutcomeDigest, Payload, Tensor,
};
use codec::Encode;
use frame_benchmarking::{account, define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::{
	assert_ok,
	traits::{fungible::Mutate, StorageInfo, TrackedStorageKey, WhitelistedStorageKeys},
	BoundedVec,
};
use pallet_jobs::{JobState, Jobs as JobsMap, MAX_PARTICIPANTS};
use sp_runtime::RuntimeAppPublic;

define_benchmarks!(
	[pallet_balances, Balances]
	[pallet_models, Models]
	[pallet_workers, Workers]
	[pallet_jobs, Jobs]
	[pallet_disputes, Disputes]
);

pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	use frame_support::traits::StorageInfoTrait;
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist: Vec<TrackedStorageKey> = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

/// Sets up what the benchmarks of one pallet need from the others.
pub struct Helper;

impl Helper {
	fn fund(who: &AccountId) {
		Balances::set_balance(who, 1_000_000 * ASY);
	}

	/// Registers a listed model that takes a tensor of `width` bytes.
	fn model(width: u32) -> ModelId {
		let file = width.to_le_bytes();
		let id = model_id(EngineId::default(), Artifact::of(&file).id, &BoundedSpec::default());
		if !pallet_models::Models::<Runtime>::contains_key(id) {
			let owner = account::<AccountId>("owner", 0, 0);
			Self::fund(&owner);
			open_model(owner, &file, MILLI_ASY, statement(width, 1_000_000), true);
		}
		id
	}

	/// Registers a worker that serves `model`, with its key in the keystore.
	fn worker(seed: u32, slots: u32, model: ModelId) -> (AccountId, WorkerKey) {
		let worker = account::<AccountId>("worker", seed, 0);
		Self::fund(&worker);
		let key = WorkerKey::generate_pair(None);
		let proof = key
			.sign(&owner_message(System::block_hash(0), &worker))
			.expect("the key was just made");
		let origin = RuntimeOrigin::signed(worker.clone());
		assert_ok!(Workers::register(origin.clone(), 10_000 * ASY, key.clone(), proof));
		assert_ok!(Workers::serve(origin, model, slots));
		Workers::apply_changes(BlockNumber::MAX, u32::MAX);
		(worker, key)
	}
}

impl pallet_models::BenchmarkHelper for Helper {
	fn prepare_probe(engine: EngineId) {
		for seed in 0..=u32::from(PROBE_CHECKERS) {
			Self::worker(seed, 1, probe_pool(engine));
		}
	}
}

impl pallet_workers::BenchmarkHelper for Helper {
	fn open_model() -> ModelId {
		Self::model(WIDTH)
	}
}

impl pallet_jobs::BenchmarkHelper<AccountId> for Helper {
	fn model(bytes: u32) -> (ModelId, Payload) {
		// The encoding of an input also contains the number, the shape and the type of its bytes.
		let width = bytes.saturating_sub(if bytes < 64 { 8 } else { 9 });
		(Self::model(width), input(width, 1))
	}

	fn busy_model(bytes: u32) -> (ModelId, ModelRef, u32, Payload) {
		let owner = account::<AccountId>("owner", 0, 0);
		Self::fund(&owner);
		let port = BoundedPort {
			name: BoundedVec::truncate_from(vec![b'x'; MAX_PORT_NAME as usize]),
			dtype: DType::U8,
			shape: Default::default(),
		};
		let scalar = Tensor {
			dtype: DType::U8,
			shape: vec![],
			data: vec![7],
		};
		let one = vec![scalar; MAX_PORTS as usize];
		let items = (bytes / one.encoded_size() as u32).max(1);
		let input = match items {
			1 => one.encode(),
			_ => vec![one.clone(); items as usize].encode(),
		};
		let mut statement = statement(WIDTH, 1_000);
		statement.manifest.inputs = BoundedVec::truncate_from(vec![port; MAX_PORTS as usize]);
		statement.manifest.outputs = statement.manifest.inputs.clone();
		statement.golden.input = Payload::of(one.encode());
		let model = open_model(owner.clone(), b"busy", MILLI_ASY, statement, true);
		let (family, version) = (
			FamilyName::truncate_from(b"busy".to_vec()),
			VersionName::truncate_from(b"1".to_vec()),
		);
		let owner = RuntimeOrigin::signed(owner);
		assert_ok!(Models::claim_family(owner.clone(), family.clone()));
		assert_ok!(Models::publish(owner, family.clone(), version.clone(), model, true));
		(model, ModelRef::Version(family, version), items, Payload::of(input))
	}

	fn worker(seed: u32, slots: u32, model: ModelId) -> (AccountId, WorkerKey) {
		Self::worker(seed, slots, model)
	}

	fn fund(who: &AccountId) {
		Self::fund(who);
	}
}

impl pallet_disputes::BenchmarkHelper for Helper {
	/// Creates a job with the maximum number of participants, which all agree.
	fn provisional_job() -> (JobId, OutcomeDigest) {
		let model = Self::model(WIDTH);
		if Workers::available_workers(&model) == 0 {
			for seed in 0..MAX_PARTICIPANTS {
				Self::worker(seed, 256, model);
			}
		}
		let requester = account::<AccountId>("requester", 0, 0);
		Self::fund(&requester);
		let id = pallet_jobs::NextJob::<Runtime>::get();
		let terms = Terms {
			checkers: 12,
			max_fee: ASY,
			value_at_risk: 0,
			window: Window::Long,
			allow_unlisted: false,
		};
		let input = input(WIDTH, 1);
		assert_ok!(Jobs::request(
			RuntimeOrigin::signed(requester),
			model.into(),
			1,
			input,
			terms
		));
		let (answer, _) = Answer::of(&[Outcome::Answer(vec![])]);
		let digest = answer.digest();
		JobsMap::<Runtime>::mutate(id, |job| {
			let job = job.as_mut().expect("the job was just requested");
			let taken: Vec<_> = job.participants.iter().map(|p| p.worker.clone()).collect();
			let seeds: Vec<_> = (1..MAX_PARTICIPANTS)
				.map(|n| sp_io::hashing::blake2_256(&n.to_le_bytes()).into())
				.collect();
			for (n, named) in (1..).zip(Workers::draw_checkers(&model, id, &seeds, &taken)) {
				assert!(named.is_drawn, "there are enough workers");
				let role = match n + 1 == MAX_PARTICIPANTS {
					true => Role::Auditor,
					false => Role::Checker,
				};
				let participant = Participant {
					worker: named.worker,
					role,
					status: ParticipantStatus::Drawn,
				};
				job.participants.try_push(participant).expect("there is room");
			}
			for participant in job.participants.iter_mut() {
				participant.status = ParticipantStatus::Revealed(digest);
			}
			job.audited = true;
			let now = System::block_number();
			job.state = JobState::Provisional {
				since: now,
				until: now + HOURS,
				closes_at: u64::MAX,
				digest,
			};
		});
		pallet_jobs::Answers::<Runtime>::insert(id, digest, answer);
		(id, digest)
	}
}
