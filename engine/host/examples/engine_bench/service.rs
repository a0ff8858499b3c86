//! Several models at once, behind the service of a node.

use crate::{process, timed, Arguments, Subject, DEADLINE};
use assay_artifacts::ArtifactStore;
use assay_engine::{Engine, InferenceService, ServiceConfig};
use assay_primitives::{
	host::{Poll, Purpose, Role},
	Artifact, BoundedSpec, JobId, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::{DecodeAll, Encode};
use std::{error::Error, fs, sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// A node's inference.
struct Node {
	service: Arc<InferenceService>,
	store: ArtifactStore,
	registry: Registry,
}

/// Answers to a number of tasks.
struct Round {
	answers: usize,
	seconds: f64,
	/// Inputs that had to load their model.
	loads: f64,
}

/// Asks every model for a few answers, so that as many instances of it are warm as there are threads; then all models in turn; then
/// each alone. No input is asked twice, since answers are remembered.
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
		node.answer(tasks.take(2 * arguments.threads).collect())?;
	}
	let turns = (0..arguments.mixed).flat_map(|_| tasks.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>());
	let mixed = node.answer(turns.collect())?;
	let mut alone = Vec::new();
	for tasks in tasks {
		alone.push(node.answer(tasks.collect())?);
	}
	println!(
		"{{\"threads\": {}, \"mixed\": {mixed}, \"alone\": [{}], \"peak_bytes\": {}}}",
		arguments.threads,
		alone.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
		process::peak()?,
	);
	Ok(())
}

/// A task for each input of `subject`. What is too large to travel with a task is put into the store, as is the model.
fn prepare(store: &ArtifactStore, subject: &Subject) -> Result<Vec<Task>, Box<dyn Error>> {
	let onnx = fs::read(&subject.file)?;
	store.put(&onnx)?;
	let artifact = Artifact::of(&onnx);
	let spec = BoundedSpec::try_from(&subject.spec).map_err(|_| "too many bindings")?;
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
			stated: None,
		})
	};
	subject.inputs.iter().map(task).collect()
}

impl Node {
	/// Asks for all of `tasks` at once, and waits for the answers.
	fn answer(&self, tasks: Vec<Task>) -> Result<Round, Box<dyn Error>> {
		let loads = self.loads()?;
		let (_, milliseconds) = timed(|| {
			for task in &tasks {
				self.poll(task);
			}
			self.service.wait(Duration::ZERO, DEADLINE);
		});
		for task in &tasks {
			let Poll::Ready(answer) = self.poll(task) else {
				return Err("a task has no answer".into());
			};
			let outcome = match answer.outcome {
				Payload::Inline(bytes) => bytes.to_vec(),
				Payload::Artifact(artifact) => self.store.get(artifact.id)?.ok_or("an answer is not in the store")?,
			};
			if let Outcome::Fault(fault) = Outcome::decode_all(&mut &outcome[..])? {
				return Err(format!("a task came to the fault {fault:?}").into());
			}
		}
		Ok(Round {
			answers: tasks.len(),
			seconds: milliseconds / 1000.0,
			loads: self.loads()? - loads,
		})
	}

	fn poll(&self, task: &Task) -> Poll {
		let purpose = Purpose {
			job: JobId(0),
			role: Role::Claim,
		};
		self.service.poll(task.clone(), purpose)
	}

	/// Inputs that had to load their model since the service started.
	fn loads(&self) -> Result<f64, Box<dyn Error>> {
		let families = self.registry.gather();
		let misses = families
			.iter()
			.find(|family| family.get_name() == "assay_engine_warm_misses_total")
			.and_then(|family| family.get_metric().first())
			.ok_or("the service does not count its loads")?;
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
