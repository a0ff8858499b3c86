//! Probes: an owner's statement about a model is reproduced, or the flaw is named.

use crate::common::{
	digits, engine, fixture, floats, images,
	node::{task, Node},
	onnx::{self, node, pair, part},
	spec, AMPLE,
};
use assay_engine::{
	probe::{self, StatementError},
	NoAnswer,
};
use assay_primitives::{
	host::{Poll, Purpose, Unavailable},
	probe::{decode_finding, encode_finding, manifest_digest, Flaw, Statement, MAX_PORT_NAME},
	FaultCode, Finding, ModelSpec, Outcome, OutcomeDigest, Payload, StatementDigest, Task, Tensor,
};
use codec::Encode;
use std::time::Duration;

/// A file with its spec and its packed golden inputs.
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

	/// Returns the digits model with the first `items` of its images.
	fn digits(items: usize) -> Self {
		let golden: Vec<_> = images().0.into_iter().take(items).map(|image| vec![image]).collect();
		Self::new(spec(&[("N", 1)]), digits("digits.onnx"), &golden)
	}

	/// Derives the true statement.
	fn statement(&self) -> Result<Statement, StatementError> {
		probe::derive_statement(engine(), &self.spec, &self.onnx, self.items, self.input.clone(), AMPLE)
	}

	/// Returns the digest of the true statement.
	fn statement_digest(&self) -> StatementDigest {
		self.statement().unwrap().digest()
	}

	/// Returns a statement with the true manifest and false outcomes.
	fn half_true_statement(&self) -> StatementDigest {
		let mut model = engine().load(&self.spec, &self.onnx, AMPLE).unwrap();
		StatementDigest {
			manifest: manifest_digest(&model.describe(AMPLE).unwrap().encode()),
			..false_statement()
		}
	}

	/// Compares the model with a statement, within `deadline`.
	fn finding_within(&self, statement: &StatementDigest, deadline: Duration) -> Result<Finding, NoAnswer> {
		probe::derive_finding(
			engine(),
			&self.spec,
			&self.onnx,
			self.items,
			&self.input,
			statement,
			deadline,
		)
	}

	fn finding(&self, statement: &StatementDigest) -> Finding {
		self.finding_within(statement, AMPLE).unwrap()
	}

	/// Returns the probe of the model, and the ordinary task with the same inputs. Stores their files on `node`.
	fn tasks(&self, node: &Node, statement: StatementDigest) -> (Task, Task) {
		let ordinary = node.task_of(&self.spec, &self.onnx, self.items as usize, self.input.clone());
		let probe = Task {
			statement: Some(statement),
			..ordinary.clone()
		};
		(probe, ordinary)
	}
}

/// Returns a model of two inputs, with one golden input.
fn add() -> Submission {
	Submission::new(ModelSpec::default(), fixture("add"), &[vec![floats(&[1.0; 4]); 2]])
}

/// Returns a statement that is true of no model.
fn false_statement() -> StatementDigest {
	StatementDigest {
		manifest: Default::default(),
		answer: OutcomeDigest::default(),
	}
}

#[test]
fn a_true_statement_is_reproduced() {
	for submission in [add(), Submission::digits(1), Submission::digits(16)] {
		let statement = submission.statement().unwrap();
		assert_eq!(submission.finding(&statement.digest()), Ok(()));
		// It equals what the engine itself says.
		let mut model = engine().load(&submission.spec, &submission.onnx, AMPLE).unwrap();
		assert_eq!(statement.manifest.encode(), model.describe(AMPLE).unwrap().encode());
		assert!(statement.manifest.peak_bytes >= model.size());
		assert_eq!(statement.golden.input, Payload::of(submission.input));
	}
}

#[test]
fn a_model_that_does_not_load_is_flawed_by_its_fault() {
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
		assert_eq!(
			submission.finding(&false_statement()),
			Err(Flaw::DoesNotLoad(fault)),
			"{name}"
		);
		assert_eq!(
			submission.statement(),
			Err(StatementError::DoesNotLoad(fault)),
			"{name}"
		);
	}
}

#[test]
fn another_manifest_is_a_mismatch_and_no_input_is_run() {
	// The same file under other bindings, and a model that would run forever.
	let statement = Submission::digits(1).statement_digest();
	let other = Submission {
		spec: spec(&[("N", 2)]),
		..Submission::digits(1)
	};
	assert_eq!(other.finding(&statement), Err(Flaw::ManifestMismatch));
	assert_eq!(slow().finding(&statement), Err(Flaw::ManifestMismatch));
}

/// Returns a model that runs longer than any deadline.
fn slow() -> Submission {
	let input = Tensor {
		shape: vec![2048, 1],
		..floats(&[1.0; 2048])
	};
	Submission::new(ModelSpec::default(), fixture("slow"), &[vec![input]])
}

#[test]
fn a_manifest_that_the_chain_does_not_store_is_a_mismatch() {
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
	let statement = submission(MAX_PORT_NAME).statement_digest();
	assert_eq!(submission(MAX_PORT_NAME).finding(&statement), Ok(()));
	let long = submission(MAX_PORT_NAME + 1);
	assert!(matches!(long.statement(), Err(StatementError::ManifestTooLarge(_))));
	assert_eq!(long.finding(&statement), Err(Flaw::ManifestMismatch));
}

#[test]
fn a_golden_input_without_an_answer_is_a_flaw() {
	use FaultCode::*;
	let statement = add().statement_digest();
	let good = vec![floats(&[1.0; 4]); 2];
	let with = |golden: &[Vec<Tensor>]| Submission::new(ModelSpec::default(), fixture("add"), golden);
	let submission = with(&[good.clone(), good[..1].to_vec(), vec![]]);
	assert_eq!(submission.finding(&statement), Err(Flaw::GoldenFault(WrongInput)));
	assert_eq!(
		submission.statement(),
		Err(StatementError::GoldenFault {
			item: 1,
			fault: WrongInput
		})
	);
	// Bytes that are not inputs at all, and inputs of another number.
	let noise = Submission {
		input: vec![0xff; 64],
		..add()
	};
	assert_eq!(noise.finding(&statement), Err(Flaw::GoldenFault(MalformedMessage)));
	let fewer = Submission {
		items: 3,
		..with(&[good.clone(), good])
	};
	assert_eq!(fewer.finding(&statement), Err(Flaw::GoldenFault(WrongInput)));

	let bomb = Submission::new(
		ModelSpec::default(),
		fixture("memory_live"),
		&[vec![floats(&[1.0; 1024])]],
	);
	let fault = StatementError::GoldenFault {
		item: 0,
		fault: OutOfMemory,
	};
	assert_eq!(bomb.statement(), Err(fault));
}

#[test]
fn other_outcomes_are_a_mismatch() {
	let submission = Submission::digits(3);
	let statement = submission.statement_digest();
	let wrong = StatementDigest {
		answer: OutcomeDigest::default(),
		..statement
	};
	assert_eq!(submission.finding(&wrong), Err(Flaw::OutcomeMismatch));
	// The outcomes of other inputs.
	assert_eq!(Submission::digits(2).finding(&statement), Err(Flaw::OutcomeMismatch));
}

#[test]
fn a_deadline_that_passes_is_not_a_finding() {
	let deadline = Duration::from_millis(400);
	let loading = Submission::new(ModelSpec::default(), fixture("slow_load"), &[vec![floats(&[1.0])]]);
	assert_eq!(
		loading.finding_within(&false_statement(), deadline),
		Err(NoAnswer::TimedOut)
	);

	let statement = slow().half_true_statement();
	assert_eq!(slow().finding_within(&statement, deadline), Err(NoAnswer::TimedOut));

	let node = Node::start(|config| config.deadline = deadline);
	for submission in [loading, slow()] {
		let (probe, _) = submission.tasks(&node, statement);
		assert_eq!(node.settle(&probe), Poll::Unavailable(Unavailable::Failed));
	}
}

#[test]
fn a_node_finds_every_flaw() {
	let node = Node::start(|_| {});
	let (add, digits) = (add(), Submission::digits(4));
	let other_outcomes = StatementDigest {
		answer: OutcomeDigest::default(),
		..digits.statement_digest()
	};
	let no_inputs = Submission {
		items: 2,
		..Submission::digits(4)
	};
	let refused = Submission::new(ModelSpec::default(), fixture("loop"), &[vec![]]);
	let cases = [
		(&digits, digits.statement_digest(), Ok(())),
		(
			&refused,
			false_statement(),
			Err(Flaw::DoesNotLoad(FaultCode::ControlFlow)),
		),
		(&digits, add.statement_digest(), Err(Flaw::ManifestMismatch)),
		(
			&no_inputs,
			digits.statement_digest(),
			Err(Flaw::GoldenFault(FaultCode::WrongInput)),
		),
		(&digits, other_outcomes, Err(Flaw::OutcomeMismatch)),
	];
	for (submission, statement, finding) in cases {
		assert_eq!(submission.finding(&statement), finding);
		let (probe, _) = submission.tasks(&node, statement);
		assert_eq!(node.answer(&probe), encode_finding(&finding));
	}
	// Golden inputs do not count as inputs of tasks, and those of an ordinary task do.
	let (_, ordinary) = digits.tasks(&node, false_statement());
	node.answer(&ordinary);
	assert_eq!(node.metric("assay_inference_results_total"), 6.0);
	assert_eq!(node.metric("assay_inference_items_total"), 4.0);
}

#[test]
fn a_finding_does_not_depend_on_what_the_node_ran_before() {
	let node = Node::start(|config| config.threads = 1);
	let submission = Submission::digits(4);
	let (probe, ordinary) = submission.tasks(&node, submission.statement_digest());
	// After this, a warm instance has more memory than a freshly loaded one.
	let large = Submission::digits(200);
	let (_, large) = large.tasks(&node, false_statement());
	node.answer(&large);
	assert_eq!(decode_finding(&node.answer(&probe)), Some(Ok(())));
	// The instance of the probe is kept warm for others.
	let misses = node.metric("assay_inference_warm_misses_total");
	assert!(matches!(
		node.open::<Vec<Outcome>>(&node.answer(&ordinary))[..],
		[Outcome::Answer(_), ..]
	));
	assert_eq!(node.metric("assay_inference_warm_misses_total"), misses);
}

#[test]
fn a_probe_and_an_ordinary_task_share_neither_id_nor_answer() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(1);
	let statement = submission.statement_digest();
	let (probe, ordinary) = submission.tasks(&node, statement);
	let (other, _) = submission.tasks(
		&node,
		StatementDigest {
			answer: OutcomeDigest::default(),
			..statement
		},
	);
	assert_eq!(probe.model(), ordinary.model());
	assert_ne!(probe.id(), ordinary.id());
	assert_ne!(probe.id(), other.id());
	for task in [&probe, &ordinary, &other] {
		node.poll(task);
	}
	assert_eq!(node.answer(&ordinary).digest(), statement.answer);
	assert_eq!(decode_finding(&node.answer(&probe)), Some(Ok(())));
	assert_eq!(decode_finding(&node.answer(&other)), Some(Err(Flaw::OutcomeMismatch)));
}

#[test]
fn a_probe_without_its_file_or_its_inputs_waits_for_them() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(100);
	let probe = Task {
		items: submission.items,
		input: Payload::of(submission.input.clone()),
		statement: Some(submission.statement_digest()),
		..task(&submission.spec, &submission.onnx, &[])
	};
	assert_eq!(node.poll(&probe), Poll::Unavailable(Unavailable::NoModel));
	node.store.put(&submission.onnx).unwrap();
	assert_eq!(node.poll(&probe), Poll::Unavailable(Unavailable::NoInput));
	node.store.put(&submission.input).unwrap();
	assert_eq!(decode_finding(&node.answer(&probe)), Some(Ok(())));
}

#[test]
fn a_file_whose_length_differs_from_the_statement_is_missing() {
	let node = Node::start(|_| {});
	let submission = Submission::digits(1);
	let (probe, _) = submission.tasks(&node, submission.statement_digest());
	let mut cheap = probe.clone();
	cheap.artifact.len = 1;
	assert_eq!(node.poll(&cheap), Poll::Unavailable(Unavailable::NoModel));
	// Even once the finding about the file is cached.
	assert_eq!(decode_finding(&node.answer(&probe)), Some(Ok(())));
	assert_eq!(node.poll(&cheap), Poll::Unavailable(Unavailable::NoModel));
}

#[test]
fn a_task_of_a_higher_priority_runs_between_the_golden_inputs() {
	let node = Node::start(|config| config.threads = 1);
	let slow = node.slow_batch(Duration::from_secs(4));
	let model = Submission::new(ModelSpec::from(&slow.spec), digits("digits.onnx"), &[]);
	let probe = Task {
		statement: Some(model.half_true_statement()),
		..slow
	};
	let submission = add();
	let (voted, _) = submission.tasks(&node, submission.statement_digest());
	assert_eq!(node.poll_for(Purpose::Claim, &probe), Poll::Pending);
	// Wait until it is running its first input.
	while node.metric("assay_inference_warm_hits_total") == 0.0 {
		std::thread::yield_now();
	}
	assert_eq!(node.poll_for(Purpose::Vote, &voted), Poll::Pending);
	assert_eq!(decode_finding(&node.answer(&voted)), Some(Ok(())));
	assert_eq!(node.poll_for(Purpose::Watch, &probe), Poll::Pending);
	assert_eq!(decode_finding(&node.answer(&probe)), Some(Err(Flaw::OutcomeMismatch)));
}
