//! Outcomes do not depend on history: they are the same in a warm instance, in a fresh one, and in one that is loaded
//! again after an eviction, on any number of threads and in any order.

use crate::common::{
	engine, fixture, floats,
	models::{kinds, Kind},
	node::Node,
	AMPLE,
};
use assay_primitives::{
	host::{Poll, Unavailable},
	Outcome, Task, Tensor,
};
use codec::Encode;
use parking_lot::Mutex;
use proptest::prelude::*;
use std::{
	collections::{BTreeMap, HashMap},
	sync::LazyLock,
	time::Duration,
};

const CASES: u32 = 24;
/// The number of different inputs of a model.
const INPUTS: u32 = 12;

/// A task: `items` inputs of one model, from number `first` on.
#[derive(Clone, Debug)]
struct Step {
	kind: usize,
	first: u32,
	items: u32,
}

fn step() -> impl Strategy<Value = Step> {
	let items = prop_oneof![3 => Just(1), 1 => 2..5u32];
	(0..kinds().len(), 0..INPUTS, items).prop_map(|(kind, first, items)| Step { kind, first, items })
}

impl Step {
	fn kind(&self) -> &'static Kind {
		&kinds()[self.kind]
	}

	fn inputs(&self) -> Vec<Vec<Tensor>> {
		let numbers = self.first..self.first + self.items;
		numbers.map(|n| self.kind().input(n % INPUTS)).collect()
	}

	fn task(&self, node: &Node) -> Task {
		let (kind, inputs) = (self.kind(), self.inputs());
		match &inputs[..] {
			[single] => node.task(&kind.spec, &kind.onnx, single),
			several => node.batch(&kind.spec, &kind.onnx, several),
		}
	}

	/// Returns the outcomes of fresh instances, one for each input.
	fn expected(&self) -> Vec<Outcome> {
		(self.first..self.first + self.items)
			.map(|n| fresh(self.kind, n % INPUTS))
			.collect()
	}
}

/// Returns the outcome of an instance that runs nothing else.
fn fresh(kind: usize, input: u32) -> Outcome {
	static KNOWN: LazyLock<Mutex<HashMap<(usize, u32), Outcome>>> = LazyLock::new(Mutex::default);
	let known = KNOWN.lock().get(&(kind, input)).cloned();
	known.unwrap_or_else(|| {
		let model = &kinds()[kind];
		let outcome = engine()
			.execute(&model.spec, &model.onnx, &model.input(input).encode(), AMPLE)
			.unwrap();
		KNOWN.lock().insert((kind, input), outcome.clone());
		outcome
	})
}

/// The number of times that the histories together had each kind of outcome or event.
static REACHED: LazyLock<Mutex<BTreeMap<String, u32>>> = LazyLock::new(Mutex::default);

/// Counts one kind of outcome or event.
fn reach(what: impl Into<String>) {
	*REACHED.lock().entry(what.into()).or_default() += 1;
}

/// Polls all `steps` at once on a new node, and asserts that their outcomes are those of fresh instances.
fn check_history(threads: usize, warm_bytes: u64, steps: &[Step]) {
	let node = Node::start(|config| (config.threads, config.warm_bytes) = (threads, warm_bytes));
	let tasks: Vec<_> = steps.iter().map(|step| step.task(&node)).collect();
	for task in &tasks {
		// Some steps are equal.
		assert!(matches!(node.poll(task), Poll::Pending | Poll::Ready(_)));
	}
	for (step, task) in steps.iter().zip(&tasks) {
		let answer = node.answer(task);
		let outcomes = match step.items {
			1 => vec![node.open::<Outcome>(&answer)],
			_ => node.open::<Vec<Outcome>>(&answer),
		};
		let expected = step.expected();
		assert_eq!(outcomes.len(), expected.len());
		for (outcome, expected) in outcomes.iter().zip(&expected) {
			assert_eq!(outcome.digest(), expected.digest(), "{}, {step:?}", step.kind().name);
			match outcome {
				Outcome::Answer(_) => reach("answer"),
				Outcome::Fault(fault) => reach(format!("{fault:?}")),
			}
		}
	}
	let kinds: std::collections::HashSet<_> = steps.iter().map(|step| step.kind).collect();
	let misses = node.metric("assay_inference_warm_misses_total");
	if node.metric("assay_inference_warm_hits_total") > 0.0 {
		reach("warm");
	}
	if misses > (kinds.len() * threads) as f64 {
		reach("loaded again");
	}
}

#[test]
fn outcomes_depend_only_on_engine_model_and_input() {
	let config = ProptestConfig {
		cases: CASES,
		failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
			concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/sameness.txt"),
		))),
		..Default::default()
	};
	// Memory for no instance, for two or three, and for all.
	let warm_bytes = prop::sample::select(vec![0, 5 << 20, 1 << 30]);
	let threads = prop::sample::select(vec![1, 2, 4]);
	proptest!(config, |(threads in threads, warm_bytes in warm_bytes, steps in prop::collection::vec(step(), 1..40))| {
		check_history(threads, warm_bytes, &steps);
	});
	let reached = REACHED.lock();
	eprintln!("{reached:?}");
	for what in [
		"answer",
		"Trap",
		"RunFailed",
		"WrongInput",
		"UnboundDimension",
		"warm",
		"loaded again",
	] {
		assert!(reached.contains_key(what), "no history had: {what}");
	}
}

/// A fresh instance is loaded from the file, so without the file no fault can be confirmed.
#[test]
fn a_fault_counts_only_when_a_fresh_instance_repeats_it() {
	let node = Node::start(|config| config.threads = 1);
	let onnx = fixture("add");
	let x = floats(&[1.0; 4]);
	let add = |inputs: &[Tensor]| node.task(&Default::default(), &onnx, inputs);
	let (warm, fault, answer) = (
		add(&[x.clone(), x.clone()]),
		add(&[]),
		add(&[x.clone(), floats(&[2.0; 4])]),
	);
	assert!(matches!(node.outcome(&warm), Outcome::Answer(_)));
	// While the only thread is busy, both are queued and the file is deleted.
	let busy = node.slow_batch(Duration::from_secs(2));
	assert_eq!(node.poll(&busy), Poll::Pending);
	assert_eq!(node.poll(&fault), Poll::Pending);
	assert_eq!(node.poll(&answer), Poll::Pending);
	std::fs::remove_file(node.folder().join("objects").join(format!("{:x}", fault.artifact.id.0))).unwrap();
	assert_eq!(node.settle(&fault), Poll::Unavailable(Unavailable::NoModel));
	assert_eq!(node.outcome(&answer), Outcome::Answer(vec![floats(&[3.0; 4])]));
}
