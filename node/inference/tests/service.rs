//! The service as the off-chain worker sees it.

mod common;

use assay_artifacts::ArtifactStore;
use assay_inference::{Engine, InferenceService, ServiceConfig};
use assay_primitives::{
	host::{Poll, Unavailable},
	Artifact, BoundedSpec, EngineId, FaultCode, ModelSpec, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::{Decode, Encode};
use common::{digits, engine, fixture, floats, images, spec, AMPLE};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tempfile::TempDir;

struct Node {
	service: Arc<InferenceService>,
	store: ArtifactStore,
	registry: Registry,
	_folder: TempDir,
}

impl Node {
	fn start(change: impl FnOnce(&mut ServiceConfig)) -> Self {
		let folder = TempDir::new().unwrap();
		let store = ArtifactStore::open(folder.path()).unwrap();
		let registry = Registry::new();
		let mut config = ServiceConfig {
			cache_dir: Some(common::cache_dir().into()),
			deadline: AMPLE,
			..ServiceConfig::default()
		};
		change(&mut config);
		Self {
			service: InferenceService::start(config, store.clone(), Some(&registry)).unwrap(),
			store,
			registry,
			_folder: folder,
		}
	}

	/// Polls as a worker does, only faster, until there is news.
	fn settle(&self, task: &Task) -> Poll {
		let started = Instant::now();
		loop {
			match self.service.poll(task.clone()) {
				Poll::Pending => assert!(started.elapsed() < AMPLE, "no news of the task"),
				poll => return poll,
			}
			std::thread::yield_now();
		}
	}

	fn outcome(&self, task: &Task) -> Outcome {
		let Poll::Ready(payload) = self.settle(task) else {
			panic!("no outcome")
		};
		self.open(&payload)
	}

	fn open(&self, payload: &Payload) -> Outcome {
		let bytes = match payload {
			Payload::Inline(bytes) => bytes.to_vec(),
			Payload::Artifact(artifact) => self.store.get(artifact.id).unwrap().unwrap(),
		};
		Outcome::decode(&mut &bytes[..]).unwrap()
	}

	/// A task whose model, and whose input if it is large, this node has.
	fn task(&self, spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
		self.store.put(onnx).unwrap();
		if inputs.encoded_size() > MAX_INLINE as usize {
			self.store.put(&inputs.encode()).unwrap();
		}
		task(spec, onnx, inputs)
	}

	fn metric(&self, name: &str) -> f64 {
		let families = self.registry.gather();
		let family = families.iter().find(|family| family.get_name() == name).unwrap();
		let metrics = family.get_metric().iter();
		metrics
			.map(|metric| metric.get_counter().get_value() + metric.get_histogram().get_sample_count() as f64)
			.sum()
	}
}

fn task(spec: &ModelSpec, onnx: &[u8], inputs: &[Tensor]) -> Task {
	Task {
		engine: Engine::builtin_id(),
		artifact: Artifact::of(onnx),
		spec: BoundedSpec::try_from(spec).unwrap(),
		input: Payload::of(inputs.encode()),
	}
}

#[test]
fn a_polled_task_comes_to_the_engines_own_outcome_and_stays_there() {
	let node = Node::start(|config| config.threads = 2);
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let (images, _) = images();
	let tasks: Vec<_> = images[..20]
		.iter()
		.map(|image| node.task(&spec, &onnx, std::slice::from_ref(image)))
		.collect();
	for task in &tasks {
		assert_eq!(node.service.poll(task.clone()), Poll::Pending);
	}
	for (task, image) in tasks.iter().zip(&images) {
		let expected = engine()
			.execute(&spec, &onnx, &vec![image.clone()].encode(), AMPLE)
			.unwrap();
		assert_eq!(node.outcome(task), expected);
		assert_eq!(node.outcome(task), expected);
	}
	// Each ran once, on at most as many instances as there are threads.
	assert_eq!(node.metric("assay_inference_results_total"), 20.0);
	assert_eq!(node.metric("assay_inference_seconds"), 20.0);
	assert!(node.metric("assay_inference_warm_misses_total") <= 2.0);
	assert!(node.metric("assay_inference_warm_hits_total") >= 18.0);
}

#[test]
fn without_room_for_warm_models_the_outcomes_are_the_same() {
	let node = Node::start(|config| config.warm_bytes = 0);
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	for image in &images().0[..3] {
		let task = node.task(&spec, &onnx, std::slice::from_ref(image));
		let expected = engine()
			.execute(&spec, &onnx, &vec![image.clone()].encode(), AMPLE)
			.unwrap();
		assert_eq!(node.outcome(&task), expected);
	}
	assert_eq!(node.metric("assay_inference_warm_hits_total"), 0.0);
}

#[test]
fn faults_are_outcomes() {
	let node = Node::start(|_| {});
	let none = ModelSpec::default();
	let x = floats(&[1.0; 4]);
	let outcome = |name: &str, inputs: &[Tensor]| node.outcome(&node.task(&none, &fixture(name), inputs));
	assert_eq!(outcome("loop", &[]), Outcome::Fault(FaultCode::ControlFlow));
	assert_eq!(
		outcome("add", std::slice::from_ref(&x)),
		Outcome::Fault(FaultCode::WrongInput)
	);
	// The instance that met the wrong input is as good as ever.
	assert!(matches!(outcome("add", &[x.clone(), x.clone()]), Outcome::Answer(_)));
	assert_eq!(outcome("add", &[]), Outcome::Fault(FaultCode::WrongInput));
	// One that ran out of memory is not used again.
	for n in 0..2 {
		let x = floats(&[n as f32; 1024]);
		assert_eq!(outcome("memory_live", &[x]), Outcome::Fault(FaultCode::OutOfMemory));
	}
}

#[test]
fn what_is_missing_is_named() {
	let node = Node::start(|_| {});
	let spec = spec(&[("N", 100), ("M", 100)]);
	let onnx = fixture("unbound_dim");
	let input = Tensor {
		shape: vec![100, 100],
		..floats(&[1.0; 10_000])
	};

	let unknown = task(&spec, &onnx, std::slice::from_ref(&input));
	assert_eq!(
		node.service.poll(unknown.clone()),
		Poll::Unavailable(Unavailable::NoModel)
	);
	node.store.put(&onnx).unwrap();
	assert_eq!(
		node.service.poll(unknown.clone()),
		Poll::Unavailable(Unavailable::NoInput)
	);
	let other = Task {
		engine: EngineId::default(),
		..unknown.clone()
	};
	assert_eq!(node.service.poll(other), Poll::Unavailable(Unavailable::UnknownEngine));

	// Once both are there, the same task runs. Its outcome is large, and becomes an artifact.
	node.store.put(&vec![input.clone()].encode()).unwrap();
	let Poll::Ready(payload) = node.settle(&unknown) else {
		panic!("no outcome")
	};
	let Payload::Artifact(outcome) = payload else {
		panic!("inline")
	};
	assert_eq!(node.open(&payload), Outcome::Answer(vec![input]));
	assert_eq!(node.store.len(outcome.id), Some(outcome.len));
}

#[test]
fn a_full_queue_is_busy() {
	let node = Node::start(|config| config.queue_bound = 0);
	let task = node.task(&ModelSpec::default(), &fixture("add"), &[]);
	assert_eq!(node.service.poll(task), Poll::Unavailable(Unavailable::Busy));
}

#[test]
fn a_task_that_runs_into_its_deadline_has_no_answer_and_blocks_nobody() {
	let node = Node::start(|config| {
		config.threads = 1;
		config.deadline = Duration::from_secs(2);
	});
	let none = ModelSpec::default();
	let slow = Tensor {
		shape: vec![2048, 1],
		..floats(&[1.0; 2048])
	};
	let slow = node.task(&none, &fixture("slow"), &[slow]);
	let quick = node.task(&none, &fixture("add"), &[floats(&[1.0; 4]), floats(&[2.0; 4])]);
	assert_eq!(node.service.poll(slow.clone()), Poll::Pending);
	assert_eq!(node.service.poll(quick.clone()), Poll::Pending);
	assert_eq!(node.outcome(&quick), Outcome::Answer(vec![floats(&[3.0; 4])]));
	assert_eq!(node.settle(&slow), Poll::Unavailable(Unavailable::Failed));
}

#[test]
fn an_engine_that_cannot_be_cached_leaves_no_task_waiting() {
	let file = tempfile::NamedTempFile::new().unwrap();
	let node = Node::start(|config| config.cache_dir = Some(file.path().join("under-a-file")));
	let task = node.task(&ModelSpec::default(), &fixture("add"), &[]);
	assert_eq!(node.settle(&task), Poll::Unavailable(Unavailable::Failed));
}

#[test]
fn the_outcome_outlives_the_artifact_that_carried_it() {
	let node = Node::start(|_| {});
	let input = Tensor {
		shape: vec![100, 100],
		..floats(&[1.0; 10_000])
	};
	let task = node.task(&spec(&[("N", 100), ("M", 100)]), &fixture("unbound_dim"), &[input]);
	let Poll::Ready(first) = node.settle(&task) else {
		panic!("no outcome")
	};
	let name = format!("{:x}", first.content().0);
	std::fs::remove_file(node._folder.path().join("objects").join(name)).unwrap();
	assert_eq!(node.settle(&task), Poll::Ready(first.clone()));
	assert!(node.store.has(first.content()));
}
