//! A model and a job for tests.

use crate::{
	chain::{JobInfo, JobStatus, ModelInfo},
	terms::tests::FEE,
};
use assay_primitives::{
	api::{Assurance, ModelStatus},
	probe::{finding_answer, BoundedManifest, Golden},
	Artifact, BoundedSpec, DType, EngineId, Finding, JobId, ModelId, OutcomeDigest, Payload, Stated, TaskId,
};
use subxt::utils::AccountId32;

pub const ALICE: AccountId32 = AccountId32([1; 32]);
pub const BOB: AccountId32 = AccountId32([2; 32]);

/// Bob's.
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

/// Alice's, of one input.
pub fn job(status: JobStatus) -> JobInfo {
	JobInfo {
		id: JobId(7),
		requester: ALICE,
		participants: Vec::new(),
		model: ModelId::default(),
		engine: EngineId::default(),
		artifact: Artifact::of(b"onnx"),
		spec: BoundedSpec::default(),
		stated: None,
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
		stated: Some(Stated {
			manifest: Default::default(),
			answer: OutcomeDigest::default(),
		}),
		items: 2,
		..job(status)
	}
}

/// What a probe ends in that came to this.
pub fn found(finding: &Finding) -> JobStatus {
	let answer = finding_answer(finding);
	JobStatus::Settled {
		at: 9,
		digest: answer.digest(),
		answer,
		assurance: Assurance {
			engine: EngineId::default(),
			confirmations: 2,
			audited: false,
			bond_at_risk: 1,
			passing: Default::default(),
			deterrence: Default::default(),
			verdict: None,
		},
	}
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
