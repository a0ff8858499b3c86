//! What a misbehaving node reads from the chain and from its own keystore.

use assay_node::service::Handles;
use assay_primitives::{
	api::{AssayApi as _, JobInfo, ParticipantStatus},
	key::{self, WorkerKey, WorkerSignature},
	Answer, JobId, OutcomeDigest,
};
use assay_runtime::{AccountId, Balance, BlockNumber, Hash, Runtime};
use codec::Decode;
use sc_client_api::{StorageKey, StorageProvider};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;

/// A job as the runtime API returns it.
pub type Job = JobInfo<AccountId, Balance, BlockNumber>;

/// The chain at one block, and the keys of this node.
pub struct ChainView {
	pub handles: Handles,
	pub at: Hash,
}

impl ChainView {
	/// Returns a job, or `None` if it does not exist or cannot be read.
	pub fn job(&self, job: JobId) -> Option<Job> {
		self.handles.client.runtime_api().job(self.at, job).ok()?
	}

	/// Returns the answer with this digest that a worker of `job` has revealed.
	pub fn answer(&self, job: JobId, digest: OutcomeDigest) -> Option<Answer> {
		let key = StorageKey(pallet_jobs::Answers::<Runtime>::hashed_key_for(job, digest));
		let answer = self.handles.client.storage(self.at, &key).ok()??;
		Answer::decode(&mut &answer.0[..]).ok()
	}

	/// Returns the number of jobs accepted so far.
	pub fn job_count(&self) -> u64 {
		let stats = self.handles.client.runtime_api().stats(self.at);
		stats.map_or(0, |stats| stats.requested)
	}

	/// Returns the key of `worker`, if this node holds it.
	pub fn key_of(&self, worker: &AccountId) -> Option<WorkerKey> {
		let info = self
			.handles
			.client
			.runtime_api()
			.worker(self.at, worker.clone())
			.ok()??;
		self.keys().contains(&info.key).then_some(info.key)
	}

	/// Returns every worker key of this node.
	pub fn keys(&self) -> Vec<WorkerKey> {
		let keys = self.handles.keystore.ed25519_public_keys(key::WORKER_KEY_TYPE);
		keys.into_iter().map(Into::into).collect()
	}

	/// Signs with a key of this node.
	pub fn sign(&self, key: &WorkerKey, message: &[u8]) -> Option<WorkerSignature> {
		let signature = self
			.handles
			.keystore
			.ed25519_sign(key::WORKER_KEY_TYPE, key.as_ref(), message)
			.ok()??;
		Some(signature.into())
	}

	/// Returns the number of this block; that of the best one if this one is unknown.
	pub fn number(&self) -> BlockNumber {
		let number = self.handles.client.number(self.at).ok().flatten();
		number.unwrap_or_else(|| self.handles.client.info().best_number)
	}

	/// Returns the genesis hash, which binds signatures to this chain.
	pub fn genesis(&self) -> Hash {
		self.handles.client.info().genesis_hash
	}

	/// Returns whether a worker of this node has committed to `answer` in `job`.
	pub fn has_committed_to(&self, answer: &Answer, job: &Job) -> bool {
		let keys = self.keys();
		let digest = answer.digest();
		job.participants.iter().any(|participant| {
			let ParticipantStatus::Committed(commitment) = participant.status else {
				return false;
			};
			let worker = &participant.worker;
			let message = key::salt_message(self.genesis(), worker);
			keys.iter()
				.filter_map(|key| self.sign(key, &message))
				.map(|secret| key::salt(&secret, job.id, job.task))
				.any(|salt| key::commitment(self.genesis(), job.id, job.task, worker, digest, salt) == commitment)
		})
	}
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use assay_primitives::{
		api::{JobPeriods, JobStatus, Participant, Role},
		terms::Fee,
		Artifact, BoundedSpec, EngineId, ModelId, Payload, TaskId,
	};

	pub fn participant(worker: AccountId, role: Role, status: ParticipantStatus) -> Participant<AccountId> {
		Participant { worker, role, status }
	}

	/// Returns a job with this number of paid checkers.
	pub fn job(checkers: u8, participants: Vec<Participant<AccountId>>) -> Job {
		Job {
			id: JobId(3),
			requester: AccountId::new([0; 32]),
			participants,
			model: ModelId::default(),
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			statement: None,
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
