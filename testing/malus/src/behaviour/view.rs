//! What a dishonest node sees of the chain and of its own keys.

use super::Tools;
use assay_primitives::{
	api::{AssayApi as _, JobInfo, Standing},
	key::{self, WorkerKey, WorkerSignature},
	Answer, JobId, OutcomeDigest,
};
use assay_runtime::{AccountId, Balance, BlockNumber, Hash, Runtime};
use codec::Decode;
use sc_client_api::{StorageKey, StorageProvider};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;

/// A job as the runtime shows it.
pub type Job = JobInfo<AccountId, Balance, BlockNumber>;

/// The chain at one block.
pub struct View {
	pub tools: Tools,
	pub at: Hash,
}

impl View {
	/// A job; `None` if there is none, or it cannot be read.
	pub fn job(&self, job: JobId) -> Option<Job> {
		self.tools.client.runtime_api().job(self.at, job).ok()?
	}

	/// The answer with this digest that a worker of `job` has revealed.
	pub fn answer(&self, job: JobId, digest: OutcomeDigest) -> Option<Answer> {
		let key = StorageKey(pallet_jobs::Answers::<Runtime>::hashed_key_for(job, digest));
		let answer = self.tools.client.storage(self.at, &key).ok()??;
		Answer::decode(&mut &answer.0[..]).ok()
	}

	/// Jobs accepted so far.
	pub fn jobs(&self) -> u64 {
		let stats = self.tools.client.runtime_api().stats(self.at);
		stats.map_or(0, |stats| stats.requested)
	}

	/// The key of `worker`, if this node holds it.
	pub fn key_of(&self, worker: &AccountId) -> Option<WorkerKey> {
		let info = self.tools.client.runtime_api().worker(self.at, worker.clone()).ok()??;
		self.keys().contains(&info.key).then_some(info.key)
	}

	/// Every worker key of this node.
	pub fn keys(&self) -> Vec<WorkerKey> {
		let keys = self.tools.keystore.ed25519_public_keys(key::KEY_TYPE);
		keys.into_iter().map(Into::into).collect()
	}

	/// Signs with a key of this node.
	pub fn sign(&self, key: &WorkerKey, message: &[u8]) -> Option<WorkerSignature> {
		let signature = self
			.tools
			.keystore
			.ed25519_sign(key::KEY_TYPE, key.as_ref(), message)
			.ok()??;
		Some(signature.into())
	}

	/// What keeps signatures on this chain.
	pub fn genesis(&self) -> Hash {
		self.tools.client.info().genesis_hash
	}

	/// Whether a worker of this node has bound itself to `answer` in `job`.
	pub fn is_bound_to(&self, answer: &Answer, job: &Job) -> bool {
		let keys = self.keys();
		let digest = answer.digest();
		job.participants.iter().any(|participant| {
			let Standing::Committed(commitment) = participant.standing else {
				return false;
			};
			let worker = &participant.worker;
			let message = key::salt_message(self.genesis(), worker);
			keys.iter()
				.filter_map(|key| self.sign(key, &message))
				.map(|secret| key::salt(&secret, job.id))
				.any(|salt| key::commitment(self.genesis(), job.id, worker, digest, salt) == commitment)
		})
	}
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use assay_primitives::{
		api::{Duty, JobPeriods, JobStatus, Participant},
		terms::Fee,
		Artifact, BoundedSpec, EngineId, ModelId, Payload, TaskId,
	};

	pub fn participant(worker: AccountId, duty: Duty, standing: Standing) -> Participant<AccountId> {
		Participant { worker, duty, standing }
	}

	/// A job with so many paid checkers.
	pub fn job(checkers: u8, participants: Vec<Participant<AccountId>>) -> Job {
		Job {
			id: JobId(3),
			requester: AccountId::new([0; 32]),
			participants,
			model: ModelId::default(),
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			stated: None,
			task: TaskId::default(),
			items: 1,
			input: Payload::of(vec![]),
			fee: Fee {
				workers: checkers + 1,
				..Fee::default()
			},
			value_at_risk: 0,
			periods: JobPeriods::default(),
			requested_at: 1,
			status: JobStatus::Checking { deadline: 9 },
		}
	}
}
