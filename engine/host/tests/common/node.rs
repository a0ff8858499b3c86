//! A node's inference, and tasks for it.

use super::{digits, engine, floats, spec, AMPLE};
use assay_artifacts::ArtifactStore;
use assay_engine::{Engine, InferenceService, ServiceConfig};
use assay_primitives::{
	host::{Poll, Purpose, Role},
	Answer, Artifact, BoundedSpec, JobId, ModelSpec, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::{Decode, Encode};
use std::{
	path::Path,
	sync::Arc,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tempfile::TempDir;

pub struct Node {
	pub service: Arc<InferenceService>,
	pub store: ArtifactStore,
	registry: Registry,
	folder: TempDir,
}

impl Node {
	pub fn start(change: impl FnOnce(&mut ServiceConfig)) -> Self {
		let folder = TempDir::new().unwrap();
		let store = ArtifactStore::open(folder.path()).unwrap();
		let registry = Registry::new();
		let mut config = ServiceConfig {
			cache_dir: Some(super::cache_dir().into()),
			deadline: AMPLE,
			..ServiceConfig::default()
		};
		change(&mut config);
		Self {
			service: InferenceService::start(config, store.clone(), Some(&registry)).unwrap(),
			store,
			registry,
			folder,
		}
	}

	pub fn poll(&self, task: &Task) -> Poll {
		self.poll_as(Role::Claim, task)
	}

	pub fn poll_as(&self, role: Role, task: &Task) -> Poll {
		self.service.poll(task.clone(), Purpose { job: JobId(0), role })
	}

	/// Polls as a worker does, only faster, until there is news.
	pub fn settle(&self, task: &Task) -> Poll {
		let started = Instant::now();
		loop {
			match self.poll(task) {
				Poll::Pending => assert!(started.elapsed() < AMPLE, "no news of the task"),
				poll => return poll,
			}
			std::thread::yield_now();
		}
	}

	pub fn answer(&self, task: &Task) -> Answer {
		match self.settle(task) {
			Poll::Ready(answer) => answer,
			poll => panic!("no answer: {poll:?}"),
		}
	}

	pub fn outcome(&self, task: &Task) -> Outcome {
		self.open(&self.answer(task))
	}

	pub fn open<T: Decode>(&self, answer: &Answer) -> T {
		let bytes = match &answer.outcome {
			Payload::Inline(bytes) => bytes.to_vec(),
			Payload::Artifact(artifact) => self.store.get(artifact.id).unwrap().unwrap(),
		};
		T::decode(&mut &bytes[..]).unwrap()
	}

	/// A task whose model, and whose input if it is large, this node has.
	pub fn task(&self, spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
		self.store.put(onnx).unwrap();
		if inputs.encoded_size() > MAX_INLINE as usize {
			self.store.put(&inputs.encode()).unwrap();
		}
		task(spec, onnx, inputs)
	}

	/// As [`Self::task`], with several inputs.
	pub fn batch(&self, spec: &ModelSpec, onnx: &[u8], inputs: &[Vec<Tensor>]) -> Task {
		self.task_of(spec, onnx, inputs.len(), inputs.encode())
	}

	pub fn task_of(&self, spec: &ModelSpec, onnx: &[u8], items: usize, packed: Vec<u8>) -> Task {
		if packed.len() > MAX_INLINE as usize {
			self.store.put(&packed).unwrap();
		}
		Task {
			items: items as u32,
			input: Payload::of(packed),
			..self.task(spec, onnx, &[])
		}
	}

	pub fn metric(&self, name: &str) -> f64 {
		let families = self.registry.gather();
		let family = families.iter().find(|family| family.get_name() == name).unwrap();
		let metrics = family.get_metric().iter();
		metrics
			.map(|metric| metric.get_counter().get_value() + metric.get_histogram().get_sample_count() as f64)
			.sum()
	}

	/// Where the store is.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// A batch that takes this machine `time` at least, most of it in inputs after the first.
	pub fn slow_batch(&self, time: Duration) -> Task {
		/// Images of one input.
		const IMAGES: u32 = 2048;
		let (spec, onnx) = (spec(&[("N", IMAGES)]), digits("digits.onnx"));
		let input = |n: usize| {
			vec![Tensor {
				shape: vec![IMAGES, 1, 8, 8],
				..floats(&vec![n as f32; IMAGES as usize * 64])
			}]
		};
		let mut model = engine().load(&spec, &onnx, AMPLE).unwrap();
		let mut run = |n| {
			let started = Instant::now();
			model.run(&input(n), AMPLE).unwrap();
			started.elapsed()
		};
		let fastest = (0..3).map(&mut run).min().unwrap();
		let items = 2 + time.div_duration_f64(fastest) as usize;
		let inputs: Vec<_> = (0..items).map(input).collect();
		self.batch(&spec, &onnx, &inputs)
	}
}

/// A task of one input.
pub fn task(spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
	Task {
		engine: Engine::builtin_id(),
		artifact: Artifact::of(onnx),
		spec: BoundedSpec::try_from(spec).unwrap(),
		items: 1,
		input: Payload::of(inputs.encode()),
		stated: None,
	}
}
