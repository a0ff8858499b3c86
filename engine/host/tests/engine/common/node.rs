//! The inference service of a node, and tasks for it.

use super::{digits, engine, floats, spec, AMPLE};
use assay_artifacts::ArtifactStore;
use assay_engine::{Engine, InferenceService, ServiceConfig};
use assay_primitives::{
	host::{Poll, PollContext, Purpose},
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

/// A service with its store and metrics.
pub struct Node {
	pub service: Arc<InferenceService>,
	pub store: ArtifactStore,
	registry: Registry,
	folder: TempDir,
}

impl Node {
	/// Starts a service whose configuration `change` adapts.
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

	/// Polls `task` for a claim.
	pub fn poll(&self, task: &Task) -> Poll {
		self.poll_for(Purpose::Claim, task)
	}

	/// Polls `task` for a purpose.
	pub fn poll_for(&self, purpose: Purpose, task: &Task) -> Poll {
		self.service.poll(task.clone(), PollContext { job: JobId(0), purpose })
	}

	/// Polls `task` until it is no longer pending.
	pub fn settle(&self, task: &Task) -> Poll {
		let started = Instant::now();
		loop {
			match self.poll(task) {
				Poll::Pending => assert!(started.elapsed() < AMPLE, "the task is still pending"),
				poll => return poll,
			}
			std::thread::yield_now();
		}
	}

	/// Waits for the answer to `task`.
	pub fn answer(&self, task: &Task) -> Answer {
		match self.settle(task) {
			Poll::Ready(answer) => answer,
			poll => panic!("no answer: {poll:?}"),
		}
	}

	/// Waits for the outcome of `task`, which has one input.
	pub fn outcome(&self, task: &Task) -> Outcome {
		self.open(&self.answer(task))
	}

	/// Reads and decodes the outcome that `answer` commits to.
	pub fn open<T: Decode>(&self, answer: &Answer) -> T {
		let bytes = match &answer.outcome {
			Payload::Inline(bytes) => bytes.to_vec(),
			Payload::Artifact(artifact) => self.store.get(artifact.id).unwrap().unwrap(),
		};
		T::decode(&mut &bytes[..]).unwrap()
	}

	/// Returns a task of one input. Stores its model, and its input if that is too large to travel inline.
	pub fn task(&self, spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
		self.store.put(onnx).unwrap();
		if inputs.encoded_size() > MAX_INLINE as usize {
			self.store.put(&inputs.encode()).unwrap();
		}
		task(spec, onnx, inputs)
	}

	/// Does the same as [`Self::task`], with several inputs.
	pub fn batch(&self, spec: &ModelSpec, onnx: &[u8], inputs: &[Vec<Tensor>]) -> Task {
		self.task_of(spec, onnx, inputs.len(), inputs.encode())
	}

	/// Does the same as [`Self::task`], with `items` inputs packed in `packed`.
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

	/// Returns the value of a counter, or the count of a histogram, summed over its labels.
	pub fn metric(&self, name: &str) -> f64 {
		let families = self.registry.gather();
		let family = families.iter().find(|family| family.get_name() == name).unwrap();
		let metrics = family.get_metric().iter();
		metrics
			.map(|metric| metric.get_counter().get_value() + metric.get_histogram().get_sample_count() as f64)
			.sum()
	}

	/// Returns the folder of the store.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// Returns a batch that takes this machine at least `time`, most of it for inputs after the first.
	pub fn slow_batch(&self, time: Duration) -> Task {
		/// The number of images in one input.
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

/// Returns a task of one input.
pub fn task(spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
	Task {
		engine: Engine::builtin_id(),
		artifact: Artifact::of(onnx),
		spec: BoundedSpec::try_from(spec).unwrap(),
		items: 1,
		input: Payload::of(inputs.encode()),
		statement: None,
	}
}
