//! Several models at once, on the service of a node.

use crate::{process, timed, Arguments, Subject, DEADLINE};
use assay_artifacts::ArtifactStore;
use assay_engine::{Engine, InferenceService, ServiceConfig};
use assay_primitives::{
	host::{Poll, PollContext, Purpose},
	Artifact, BoundedSpec, JobId, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::{DecodeAll, Encode};
use std::{error::Error, fs, sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// The inference service of a node.
struct Node {
	service: Arc<InferenceService>,
	store: ArtifactStore,
	registry: Registry,
}

/// The measurement of a number of tasks.
struct Round {
	answers: usize,
	seconds: f64,
	/// The number of inputs whose model had to be loaded.
	loads: f64,
}

/// Runs a few tasks on each model, so that as many instances of it are warm as there are threads. Then measures tasks
/// on all models in turn, and then on each alone. No input is used twice, since answers are cached.
pub fn measure(arguments: Arguments) -> Result<(), Box<dyn Error>> {
	let folder = tempfile::tempdir()?;
	let store = ArtifactStore::open(folder.path())?;
	let registry = Registry::new();
	let mut tasks = Vec::new();
	for subject in arguments.models {
		tasks.push(prepare(&store, &subject)?.into_iter());
	}
	let config = ServiceConfig {
		threads: arguments.threads,
		queue_bound: tasks.iter().map(ExactSizeIterator::len).sum(),
		cache_dir: arguments.cache,
		deadline: DEADLINE,
		..ServiceConfig::default()
	};
	let node = Node {
		service: InferenceService::start(config, store.clone(), Some(&registry))?,
		store,
		registry,
	};

	for tasks in &mut tasks {
		node.run(tasks.take(2 * arguments.threads).collect())?;
	}
	let turns = (0..arguments.mixed).flat_map(|_| tasks.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>());
	let mixed = node.run(turns.collect())?;
	let mut alone = Vec::new();
	for tasks in tasks {
		alone.push(node.run(tasks.collect())?);
	}
	println!(
		"{{\"threads\": {}, \"mixed\": {mixed}, \"alone\": [{}], \"peak_bytes\": {}}}",
		arguments.threads,
		alone.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
		process::peak()?,
	);
	Ok(())
}

/// Creates a task for each input of `subject`. Stores the model, and inputs that are too large to travel inline.
fn prepare(store: &ArtifactStore, subject: &Subject) -> Result<Vec<Task>, Box<dyn Error>> {
	let onnx = fs::read(&subject.file)?;
	store.put(&onnx)?;
	let artifact = Artifact::of(&onnx);
	let spec = BoundedSpec::try_from(&subject.spec).map_err(|_| "the model has too many bindings")?;
	let task = |inputs: &Vec<Tensor>| -> Result<_, Box<dyn Error>> {
		let input = inputs.encode();
		if input.len() > MAX_INLINE as usize {
			store.put(&input)?;
		}
		Ok(Task {
			engine: Engine::builtin_id(),
			artifact,
			spec: spec.clone(),
			items: 1,
			input: Payload::of(input),
			statement: None,
		})
	};
	subject.inputs.iter().map(task).collect()
}

impl Node {
	/// Polls all `tasks` at once, and waits for their answers.
	fn run(&self, tasks: Vec<Task>) -> Result<Round, Box<dyn Error>> {
		let loads = self.loads()?;
		let (_, milliseconds) = timed(|| {
			for task in &tasks {
				self.poll(task);
			}
			self.service.wait(Duration::ZERO, DEADLINE);
		});
		for task in &tasks {
			let Poll::Ready(answer) = self.poll(task) else {
				return Err(format!("task {} has no answer", task.id()).into());
			};
			let outcome = match answer.outcome {
				Payload::Inline(bytes) => bytes.to_vec(),
				Payload::Artifact(artifact) => self
					.store
					.get(artifact.id)?
					.ok_or(format!("the store lacks {}, the outcome of a task", artifact.id))?,
			};
			if let Outcome::Fault(fault) = Outcome::decode_all(&mut &outcome[..])? {
				return Err(format!("task {} results in the fault {fault:?}", task.id()).into());
			}
		}
		Ok(Round {
			answers: tasks.len(),
			seconds: milliseconds / 1000.0,
			loads: self.loads()? - loads,
		})
	}

	fn poll(&self, task: &Task) -> Poll {
		let context = PollContext {
			job: JobId(0),
			purpose: Purpose::Claim,
		};
		self.service.poll(task.clone(), context)
	}

	/// Returns the number of inputs whose model had to be loaded since the service started.
	fn loads(&self) -> Result<f64, Box<dyn Error>> {
		let families = self.registry.gather();
		let misses = families
			.iter()
			.find(|family| family.get_name() == "assay_inference_warm_misses_total")
			.and_then(|family| family.get_metric().first())
			.ok_or("the service has no metric assay_inference_warm_misses_total")?;
		Ok(misses.get_counter().get_value())
	}
}

impl std::fmt::Display for Round {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let Self {
			answers,
			seconds,
			loads,
		} = self;
		write!(
			f,
			"{{\"answers\": {answers}, \"seconds\": {seconds}, \"loads\": {loads}}}"
		)
	}
}
