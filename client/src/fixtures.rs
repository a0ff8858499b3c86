//! Models and jobs for tests.

use crate::{
	chain::{JobInfo, JobStatus, ModelInfo, Protocol},
	terms::tests::FEE,
};
use assay_primitives::{
	api::{Assurance, ModelStatus},
	probe::{encode_finding, BoundedManifest, Golden},
	Artifact, BoundedSpec, DType, EngineId, Finding, JobId, ModelId, OutcomeDigest, Payload, StatementDigest, TaskId,
};
use codec::{Decode, Encode};
use subxt::utils::AccountId32;

pub const ALICE: AccountId32 = AccountId32([1; 32]);
pub const BOB: AccountId32 = AccountId32([2; 32]);

/// A model of Bob's.
pub fn model(status: ModelStatus) -> ModelInfo {
	let manifest = BoundedManifest {
		inputs: Default::default(),
		outputs: Default::default(),
		opset: 17,
		operators: Default::default(),
		parameters: 0,
		macs: 1,
		peak_bytes: 0,
	};
	let golden = Golden {
		items: 2,
		input: Payload::of(Vec::new()),
		answer: OutcomeDigest::default(),
	};
	ModelInfo {
		id: ModelId::default(),
		owner: BOB,
		engine: EngineId::default(),
		artifact: Artifact::of(b"onnx"),
		spec: BoundedSpec::default(),
		metadata: Default::default(),
		manifest: Some(manifest),
		golden: Some(golden),
		macs: 1,
		royalty: 1,
		announced: None,
		probe: JobId(7),
		status,
		submitted_at: 1,
		free_slots: 1,
	}
}

/// A job of Alice's, with one input.
pub fn job(status: JobStatus) -> JobInfo {
	JobInfo {
		id: JobId(7),
		requester: ALICE,
		participants: Vec::new(),
		model: ModelId::default(),
		engine: EngineId::default(),
		artifact: Artifact::of(b"onnx"),
		spec: BoundedSpec::default(),
		statement: None,
		task: TaskId::default(),
		items: 1,
		input: Payload::of(vec![0]),
		fee: FEE,
		value_at_risk: 0,
		periods: Default::default(),
		requested_at: 1,
		status,
	}
}

/// A probe with two golden inputs.
pub fn probe(status: JobStatus) -> JobInfo {
	JobInfo {
		statement: Some(StatementDigest {
			manifest: Default::default(),
			answer: OutcomeDigest::default(),
		}),
		items: 2,
		..job(status)
	}
}

/// The status of a settled probe with this finding.
pub fn settled_finding(finding: &Finding) -> JobStatus {
	let answer = encode_finding(finding);
	JobStatus::Settled {
		at: 9,
		digest: answer.digest(),
		answer,
		assurance: Assurance {
			engine: EngineId::default(),
			confirmations: 2,
			audited: false,
			bond_at_risk: 1,
			backing: Default::default(),
			evasion_probability: Default::default(),
			deterrence: Default::default(),
			verdict: None,
		},
	}
}

/// The parameters of a chain. Shares can only be made by decoding them.
pub fn protocol() -> Protocol {
	let pricing = (
		1_000_000_000u128,
		10_000_000_000u128,
		70_000_000u128,
		120_000u32,
		10_000u32,
	);
	let periods = (20u32, 100u32, 40u32, 3_000_000_000u64, [23u32, 100, 1200]);
	let slash = (500_000u32, 200_000u32, 200_000u32);
	let security = (
		333_333u32,
		100_000u32,
		333_333u32,
		900_000u32,
		slash,
		100_000_000_000u128,
		2_000_000_000_000u128,
	);
	let limits = (1_000_000_000u128, 403_200u32, false);
	let parts = (pricing, periods, security, 10_000_000_000_000u128, 0u128, limits);
	Protocol::decode(&mut &parts.encode()[..]).unwrap()
}

/// All element types.
pub const DTYPES: [DType; 12] = [
	DType::F32,
	DType::U8,
	DType::I8,
	DType::U16,
	DType::I16,
	DType::I32,
	DType::I64,
	DType::Bool,
	DType::F16,
	DType::F64,
	DType::U32,
	DType::U64,
];
