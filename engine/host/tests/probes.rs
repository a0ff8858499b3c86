//! Probes: what an owner states of a model is reproduced, or the flaw has a name.

mod common;

use assay_engine::{
	probe::{self, Unfit},
	NoAnswer,
};
use assay_primitives::{
	host::{Poll, Role, Unavailable},
	probe::{finding_answer, finding_of, manifest_digest, Flaw, Statement, MAX_PORT_NAME},
	FaultCode, Finding, ModelSpec, Outcome, OutcomeDigest, Payload, Stated, Task, Tensor,
};
use codec::Encode;
use common::{
	digits, engine, fixture, floats, images,
	node::{task, Node},
	onnx::{self, node, pair, part},
	spec, AMPLE,
};
use std::time::Duration;

/// A file with its spec, and golden inputs, packed.
struct Submission {
	spec: ModelSpec,
	onnx: Vec<u8>,
	items: u32,
	input: Vec<u8>,
}

impl Submission {
	fn new(spec: ModelSpec, onnx: Vec<u8>, golden: &[Vec<Tensor>]) -> Self {
		let (items, input) = match golden {
			[single] => (1, single.encode()),
			_ => (golden.len() as u32, golden.encode()),
		};
		Self {
			spec,
			onnx,
			items,
			input,
		}
	}

	/// The digits model with so many of its images.
	fn digits(items: usize) -> Self {
		let golden: Vec<_> = images().0.into_iter().take(items).map(|image| vec![image]).collect();
		Self::new(spec(&[("N", 1)]), digits("digits.onnx"), &golden)
	}

	fn statement(&self) -> Result<Statement, Unfit> {
		probe::statement(engine(), &self.spec, &self.onnx, self.items, self.input.clone(), AMPLE)
	}

	/// What is true of it.
	fn stated(&self) -> Stated {
		self.statement().unwrap().stated()
	}

	/// Its manifest, and outcomes that are not its.
	fn manifest_alone(&self) -> Stated {
		let mut model = engine().load(&self.spec, &self.onnx, AMPLE).unwrap();
		Stated {
			manifest: manifest_digest(&model.manifest(AMPLE).unwrap().encode()),
			..nonsense()
		}
	}

	fn finding_within(&self, stated: &Stated, deadline: Duration) -> Result<Finding, NoAnswer> {
		probe::finding(
			engine(),
			&self.spec,
			&self.onnx,
			self.items,
			&self.input,
			stated,
			deadline,
		)
	}

	fn finding(&self, stated: &Stated) -> Finding {
		self.finding_within(stated, AMPLE).unwrap()
	}

	/// The probe, and the ordinary task with the same inputs. The node has what they need.
	fn tasks(&self, node: &Node, stated: Stated) -> (Task, Task) {
		let ordinary = node.task_of(&self.spec, &self.onnx, self.items as usize, self.input.clone());
		let probe = Task {
			stated: Some(stated),
			..ordinary.clone()
		};
		(probe, ordinary)
	}
}

/// A model of two numbers, and a golden input.
fn add() -> Submission {
	Submission::new(ModelSpec::default(), fixture("add"), &[vec![floats(&[1.0; 4]); 2]])
}

/// What nothing is.
fn nonsense() -> Stated {
	Stated {
		manifest: Default::default(),
		answer: OutcomeDigest::default(),
	}
}

#[test]
fn a_true_statement_is_reproduced() {
	for submission in [add(), Submission::digits(1), Submission::digits(16)] {
		let statement = submission.statement().unwrap();
		assert_eq!(submission.finding(&statement.stated()), Ok(()));
		// And it is what the engine says when it is asked directly.
		let mut model = engine().load(&submission.spec, &submission.onnx, AMPLE).unwrap();
		assert_eq!(statement.manifest.encode(), model.manifest(AMPLE).unwrap().encode());
		assert!(statement.manifest.peak_bytes >= model.size());
		assert_eq!(statement.golden.input, Payload::of(submission.input));
	}
}

#[test]
fn what_does_not_load_is_so_by_its_fault() {
	use FaultCode::*;
	let cases = [
		(ModelSpec::default(), "not_onnx", NotOnnx),
		(ModelSpec::default(), "loop", ControlFlow),
		(ModelSpec::default(), "random_normal", RandomOperator),
		(ModelSpec::default(), "unbound_dim", UnboundDimension),
		(spec(&[("N", 1)]), "add", UnknownBinding),
		(spec(&[("N", u32::MAX), ("M", u32::MAX)]), "unbound_dim", OutOfMemory),
	];
	for (spec, name, fault) in cases {
		let submission = Submission::new(spec, fixture(name), &[vec![]]);
		assert_eq!(submission.finding(&nonsense()), Err(Flaw::DoesNotLoad(fault)), "{name}");
		assert_eq!(submission.statement(), Err(Unfit::DoesNotLoad(fault)), "{name}");
	}
}

#[test]
fn another_manifest_is_found_and_nothing_is_run() {
	// The same file under other bindings, and an input that it would run for ever on.
	let stated = Submission::digits(1).stated();
	let other = Submission {
		spec: spec(&[("N", 2)]),
		..Submission::digits(1)
	};
	assert_eq!(other.finding(&stated), Err(Flaw::OtherManifest));
	assert_eq!(slow().finding(&stated), Err(Flaw::OtherManifest));
}

/// A model that runs much longer than anybody waits.
fn slow() -> Submission {
	let input = Tensor {
		shape: vec![2048, 1],
		..floats(&[1.0; 2048])
	};
	Submission::new(ModelSpec::default(), fixture("slow"), &[vec![input]])
}

#[test]
fn a_manifest_that_the_chain_does_not_keep_is_another() {
	let submission = |len: u32| {
		let name = "x".repeat(len as usize);
		let graph = [
			part(1, node("Identity", &[&name], "y")),
			part(2, "g"),
			part(11, pair(&name)),
			part(12, pair("y")),
		];
		Submission::new(ModelSpec::default(), onnx::file(&graph), &[vec![floats(&[1.0, 2.0])]])
	};
	let stated = submission(MAX_PORT_NAME).stated();
	assert_eq!(submission(MAX_PORT_NAME).finding(&stated), Ok(()));
	let long = submission(MAX_PORT_NAME + 1);
	assert!(matches!(long.statement(), Err(Unfit::TooLarge(_))));
	assert_eq!(long.finding(&stated), Err(Flaw::OtherManifest));
}

#[test]
fn a_golden_input_without_an_answer_is_the_flaw() {
	use FaultCode::*;
	let stated = add().stated();
	let good = vec![floats(&[1.0; 4]); 2];
	let with = |golden: &[Vec<Tensor>]| Submission::new(ModelSpec::default(), fixture("add"), golden);
	let submission = with(&[good.clone(), good[..1].to_vec(), vec![]]);
	assert_eq!(submission.finding(&stated), Err(Flaw::GoldenFault(WrongInput)));
	assert_eq!(
		submission.statement(),
		Err(Unfit::GoldenFault {
			item: 1,
			fault: WrongInput
		})
	);
	// What are no inputs at all, or not so many.
	let noise = Submission {
		input: vec![0xff; 64],
		..add()
	};
	assert_eq!(noise.finding(&stated), Err(Flaw::GoldenFault(MalformedMessage)));
	let fewer = Submission {
		items: 3,
		..with(&[good.clone(), good])
	};
	assert_eq!(fewer.finding(&stated), Err(Flaw::GoldenFault(WrongInput)));

	let bomb = Submission::new(
		ModelSpec::default(),
		fixture("memory_live"),
		&[vec![floats(&[1.0; 1024])]],
	);
	let fault = Unfit::GoldenFault {
		item: 0,
		fault: OutOfMemory,
	};
	assert_eq!(bomb.statement(), Err(fault));
}

#[test]
fn other_outcomes_are_found() {
	let submission = Submission::digits(3);
	let stated = submission.stated();
	let wrong = Stated {
		answer: OutcomeDigest::default(),
		..stated
	};
	assert_eq!(submission.finding(&wrong), Err(Flaw::OtherOutcomes));
	// The outcomes of other inputs.
	assert_eq!(Submission::digits(2).finding(&stated), Err(Flaw::OtherOutcomes));
}

#[test]
fn a_deadline_that_passes_is_no_finding() {
	let patience = Duration::from_millis(400);
	let loading = Submission::new(ModelSpec::default(), fixture("slow_load"), &[vec![floats(&[1.0])]]);
	assert_eq!(loading.finding_within(&nonsense(), patience), Err(NoAnswer::TimedOut));

	let stated = slow().manifest_alone();
	assert_eq!(slow().finding_within(&stated, patience), Err(NoAnswer::TimedOut));

	let node = Node::start(|config| config.deadline = patience);
	for submission in [loading, slow()] {
		let (probe, _) = submission.tasks(&node, stated);
		assert_eq!(node.settle(&probe), Poll::Unavailable(Unavailable::Failed));
	}
}

#[test]
fn a_node_finds_every_flaw() {
	let node = Node::start(|_| {});
	let (add, digits) = (add(), Submission::digits(4));
	let other_outcomes = Stated {
		answer: OutcomeDigest::default(),
		..digits.stated()
	};
	let no_inputs = Submission {
		items: 2,
		..Submission::digits(4)
	};
	let refused = Submission::new(ModelSpec::default(), fixture("loop"), &[vec![]]);
	let cases = [
		(&digits, digits.stated(), Ok(())),
		(&refused, nonsense(), Err(Flaw::DoesNotLoad(FaultCode::ControlFlow))),
		(&digits, add.stated(), Err(Flaw::OtherManifest)),
		(
			&no_inputs,
			digits.stated(),
			Err(Flaw::GoldenFault(FaultCode::WrongInput)),
		),
		(&digits, other_outcomes, Err(Flaw::OtherOutcomes)),
	];
	for (submission, stated, finding) in cases {
		assert_eq!(submission.finding(&stated), finding);
		let (probe, _) = submission.tasks(&node, stated);
		assert_eq!(node.answer(&probe), finding_answer(&finding));
	}
	// Golden inputs are nobody's questions.
	let (_, ordinary) = digits.tasks(&node, nonsense());
	node.answer(&ordinary);
	assert_eq!(node.metric("assay_engine_results_total"), 6.0);
	assert_eq!(node.metric("assay_engine_items_total"), 4.0);
}

#[test]
fn a_node_finds_the_same_whatever_it_ran_before() {
	let node = Node::start(|config| config.threads = 1);
	let submission = Submission::digits(4);
	let (probe, ordinary) = submission.tasks(&node, submission.stated());
	// An instance whose memory has grown since it was loaded is warm by now.
	let large = Submission::digits(200);
	let (_, large) = large.tasks(&node, nonsense());
	node.answer(&large);
	assert_eq!(finding_of(&node.answer(&probe)), Some(Ok(())));
	// Its own instance is left for others.
	let misses = node.metric("assay_engine_warm_misses_total");
	assert!(matches!(
		node.open::<Vec<Outcome>>(&node.answer(&ordinary))[..],
		[Outcome::Answer(_), ..]
	));
	assert_eq!(node.metric("assay_engine_warm_misses_total"), misses);
}

#[test]
fn a_probe_and_an_ordinary_task_share_neither_name_nor_answer() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(1);
	let stated = submission.stated();
	let (probe, ordinary) = submission.tasks(&node, stated);
	let (other, _) = submission.tasks(
		&node,
		Stated {
			answer: OutcomeDigest::default(),
			..stated
		},
	);
	assert_eq!(probe.model(), ordinary.model());
	assert_ne!(probe.id(), ordinary.id());
	assert_ne!(probe.id(), other.id());
	for task in [&probe, &ordinary, &other] {
		node.poll(task);
	}
	assert_eq!(node.answer(&ordinary).digest(), stated.answer);
	assert_eq!(finding_of(&node.answer(&probe)), Some(Ok(())));
	assert_eq!(finding_of(&node.answer(&other)), Some(Err(Flaw::OtherOutcomes)));
}

#[test]
fn a_probe_without_its_file_or_its_inputs_waits_for_them() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(100);
	let probe = Task {
		items: submission.items,
		input: Payload::of(submission.input.clone()),
		stated: Some(submission.stated()),
		..task(&submission.spec, &submission.onnx, &[])
	};
	assert_eq!(node.poll(&probe), Poll::Unavailable(Unavailable::NoModel));
	node.store.put(&submission.onnx).unwrap();
	assert_eq!(node.poll(&probe), Poll::Unavailable(Unavailable::NoInput));
	node.store.put(&submission.input).unwrap();
	assert_eq!(finding_of(&node.answer(&probe)), Some(Ok(())));
}

#[test]
fn a_file_of_another_length_than_is_stated_is_not_the_one_that_is_stated() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(1);
	let (probe, _) = submission.tasks(&node, submission.stated());
	let mut cheap = probe.clone();
	cheap.artifact.len = 1;
	assert_eq!(node.poll(&cheap), Poll::Unavailable(Unavailable::NoModel));
	// Whatever is known of the file.
	assert_eq!(finding_of(&node.answer(&probe)), Some(Ok(())));
	assert_eq!(node.poll(&cheap), Poll::Unavailable(Unavailable::NoModel));
}

#[test]
fn what_is_more_urgent_runs_between_the_golden_inputs() {
	let node = Node::start(|config| config.threads = 1);
	let slow = node.slow_batch(Duration::from_secs(4));
	let model = Submission::new(ModelSpec::from(&slow.spec), digits("digits.onnx"), &[]);
	let probe = Task {
		stated: Some(model.manifest_alone()),
		..slow
	};
	let submission = add();
	let (voted, _) = submission.tasks(&node, submission.stated());
	assert_eq!(node.poll_as(Role::Claim, &probe), Poll::Pending);
	// Until it is at its first input.
	while node.metric("assay_engine_warm_hits_total") == 0.0 {
		std::thread::yield_now();
	}
	assert_eq!(node.poll_as(Role::Vote, &voted), Poll::Pending);
	assert_eq!(finding_of(&node.answer(&voted)), Some(Ok(())));
	assert_eq!(node.poll_as(Role::Watch, &probe), Poll::Pending);
	assert_eq!(finding_of(&node.answer(&probe)), Some(Err(Flaw::OtherOutcomes)));
}
