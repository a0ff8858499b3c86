//! The service, used as an off-chain worker uses it.

use crate::common::{
	digits, engine, fixture, floats, images,
	node::{task, Node},
	spec, AMPLE,
};
use assay_primitives::{
	host::{Poll, Purpose, Unavailable},
	Answer, EngineId, FaultCode, ModelSpec, Outcome, Payload, Task, Tensor,
};
use codec::Encode;
use std::time::{Duration, Instant};

#[test]
fn a_polled_task_has_the_outcome_of_the_engine_and_keeps_it() {
	let node = Node::start(|config| config.threads = 2);
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let (images, _) = images();
	let tasks: Vec<_> = images[..20]
		.iter()
		.map(|image| node.task(&spec, &onnx, std::slice::from_ref(image)))
		.collect();
	for task in &tasks {
		assert_eq!(node.poll(task), Poll::Pending);
	}
	for (task, image) in tasks.iter().zip(&images) {
		let expected = engine()
			.execute(&spec, &onnx, &vec![image.clone()].encode(), AMPLE)
			.unwrap();
		assert_eq!(node.outcome(task), expected);
		assert_eq!(node.outcome(task), expected);
	}
	// Each ran once, on no more instances than there are threads.
	assert_eq!(node.metric("assay_inference_results_total"), 20.0);
	assert_eq!(node.metric("assay_inference_seconds"), 20.0);
	assert!(node.metric("assay_inference_warm_misses_total") <= 2.0);
	assert!(node.metric("assay_inference_warm_hits_total") >= 18.0);
}

#[test]
fn a_wait_ends_when_claims_have_ended_and_ignores_watched_tasks() {
	let node = Node::start(|_| {});
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let task = node.task(&spec, &onnx, &images().0[..1]);
	let wait = || node.service.wait(Duration::ZERO, AMPLE);
	// Nothing is pending.
	wait();
	assert_eq!(node.poll(&task), Poll::Pending);
	wait();
	assert!(matches!(node.poll(&task), Poll::Ready(_)));

	// A wait ignores watched tasks, and ends at its timeout if a claim takes longer.
	let slow = node.slow_batch(Duration::from_secs(3));
	assert_eq!(node.poll_for(Purpose::Watch, &slow), Poll::Pending);
	wait();
	assert_eq!(node.poll_for(Purpose::Claim, &slow), Poll::Pending);
	node.service.wait(Duration::ZERO, Duration::from_millis(1));
	assert_eq!(node.poll_for(Purpose::Claim, &slow), Poll::Pending);
}

#[test]
fn outcomes_are_the_same_without_memory_for_warm_models() {
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
	// The instance that refused the wrong input is still usable.
	assert!(matches!(outcome("add", &[x.clone(), x.clone()]), Outcome::Answer(_)));
	assert_eq!(outcome("add", &[]), Outcome::Fault(FaultCode::WrongInput));
	// An instance that ran out of memory is not used again.
	for n in 0..2 {
		let x = floats(&[n as f32; 1024]);
		assert_eq!(outcome("memory_live", &[x]), Outcome::Fault(FaultCode::OutOfMemory));
	}
}

#[test]
fn a_missing_engine_model_or_input_is_reported() {
	let node = Node::start(|_| {});
	let spec = spec(&[("N", 100), ("M", 100)]);
	let onnx = fixture("unbound_dim");
	let input = Tensor {
		shape: vec![100, 100],
		..floats(&[1.0; 10_000])
	};

	let unknown = task(&spec, &onnx, std::slice::from_ref(&input));
	assert_eq!(node.poll(&unknown), Poll::Unavailable(Unavailable::NoModel));
	node.store.put(&onnx).unwrap();
	assert_eq!(node.poll(&unknown), Poll::Unavailable(Unavailable::NoInput));
	let other = Task {
		engine: EngineId::default(),
		..unknown.clone()
	};
	assert_eq!(node.poll(&other), Poll::Unavailable(Unavailable::UnknownEngine));

	// Once both files are stored, the same task runs. Its outcome is large and becomes an artifact.
	node.store.put(&vec![input.clone()].encode()).unwrap();
	let answer = node.answer(&unknown);
	let Payload::Artifact(outcome) = answer.outcome else {
		panic!("the outcome is inline")
	};
	assert_eq!(node.open::<Outcome>(&answer), Outcome::Answer(vec![input]));
	assert_eq!(node.store.len(outcome.id), Some(outcome.len));
}

#[test]
fn a_full_queue_is_busy() {
	let node = Node::start(|config| config.queue_bound = 0);
	let task = node.task(&ModelSpec::default(), &fixture("add"), &[]);
	assert_eq!(node.poll(&task), Poll::Unavailable(Unavailable::Busy));
}

#[test]
fn a_task_that_exceeds_its_deadline_has_no_answer_and_blocks_no_other() {
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
	assert_eq!(node.poll(&slow), Poll::Pending);
	assert_eq!(node.poll(&quick), Poll::Pending);
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
fn an_outcome_whose_artifact_is_lost_is_computed_again() {
	let node = Node::start(|_| {});
	let input = Tensor {
		shape: vec![100, 100],
		..floats(&[1.0; 10_000])
	};
	let task = node.task(&spec(&[("N", 100), ("M", 100)]), &fixture("unbound_dim"), &[input]);
	let first = node.answer(&task);
	let bytes = first.outcome.content();
	std::fs::remove_file(node.folder().join("objects").join(format!("{:x}", bytes.0))).unwrap();
	assert_eq!(node.answer(&task), first);
	assert!(node.store.has(bytes));
}

#[test]
fn a_batch_has_the_outcomes_of_its_inputs_run_one_by_one() {
	// Even without memory for warm models, a task keeps its instance from one input to the next.
	let node = Node::start(|config| (config.threads, config.warm_bytes) = (1, 0));
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let inputs: Vec<_> = images().0.into_iter().take(32).map(|image| vec![image]).collect();
	let expected: Vec<_> = inputs
		.iter()
		.map(|input| engine().execute(&spec, &onnx, &input.encode(), AMPLE).unwrap())
		.collect();
	let answer = node.answer(&node.batch(&spec, &onnx, &inputs));
	assert_eq!(node.open::<Vec<Outcome>>(&answer), expected);
	assert_eq!(answer, Answer::of(&expected).0);
	assert_eq!(node.metric("assay_inference_results_total"), 1.0);
	assert_eq!(node.metric("assay_inference_items_total"), 32.0);
	assert_eq!(node.metric("assay_inference_warm_misses_total"), 1.0);
	assert_eq!(node.metric("assay_inference_warm_hits_total"), 31.0);
}

#[test]
fn a_fault_in_a_batch_affects_that_input_alone() {
	let node = Node::start(|_| {});
	let none = ModelSpec::default();
	let x = floats(&[1.0; 4]);
	let inputs = [vec![x.clone(), x.clone()], vec![x.clone()], vec![], vec![x.clone(), x]];
	let sum = Outcome::Answer(vec![floats(&[2.0; 4])]);
	let wrong = Outcome::Fault(FaultCode::WrongInput);
	let answer = node.answer(&node.batch(&none, &fixture("add"), &inputs));
	assert_eq!(
		node.open::<Vec<Outcome>>(&answer),
		[sum.clone(), wrong.clone(), wrong, sum]
	);
	// A fault of loading the model is the outcome of every input.
	let answer = node.answer(&node.batch(&none, &fixture("loop"), &inputs));
	let refused = Outcome::Fault(FaultCode::ControlFlow);
	assert_eq!(node.open::<Vec<Outcome>>(&answer), vec![refused; 4]);
}

#[test]
fn inputs_of_another_number_are_all_wrong_inputs() {
	let node = Node::start(|_| {});
	let none = ModelSpec::default();
	let good = vec![vec![floats(&[1.0; 4]); 2]; 3].encode();
	let cut_short = good[..good.len() - 1].to_vec();
	for (items, packed) in [
		(2, good.clone()),
		(4, good),
		(3, cut_short),
		(2, vec![]),
		(256, vec![0xff; 64]),
	] {
		let answer = node.answer(&node.task_of(&none, &fixture("add"), items, packed));
		let outcomes = node.open::<Vec<Outcome>>(&answer);
		assert_eq!(outcomes, vec![Outcome::Fault(FaultCode::WrongInput); items]);
	}
}

#[test]
fn a_large_answer_to_a_batch_becomes_an_artifact() {
	let node = Node::start(|_| {});
	let input = |n: u8| Tensor {
		shape: vec![20, 20],
		..floats(&[n.into(); 400])
	};
	let inputs: Vec<_> = (0..20).map(|n| vec![input(n)]).collect();
	let task = node.batch(&spec(&[("N", 20), ("M", 20)]), &fixture("unbound_dim"), &inputs);
	let answer = node.answer(&task);
	assert!(matches!(answer.outcome, Payload::Artifact(_)));
	let expected: Vec<_> = inputs.into_iter().map(Outcome::Answer).collect();
	assert_eq!(node.open::<Vec<Outcome>>(&answer), expected);
}

#[test]
fn each_input_has_a_deadline_and_the_task_has_one() {
	let deadline = Duration::from_secs(3);
	let node = Node::start(|config| {
		config.threads = 1;
		config.deadline = deadline;
	});
	let slow = node.slow_batch(2 * deadline);
	let started = Instant::now();
	let outcomes = node.open::<Vec<Outcome>>(&node.answer(&slow));
	assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Answer(_))));
	assert!(started.elapsed() > deadline);

	let node = Node::start(|config| {
		config.threads = 1;
		config.task_deadline = deadline / 2;
	});
	let slow = node.slow_batch(2 * deadline);
	assert_eq!(node.settle(&slow), Poll::Unavailable(Unavailable::Failed));
}

#[test]
fn a_task_of_a_higher_priority_runs_between_the_inputs_of_a_batch() {
	let node = Node::start(|config| config.threads = 1);
	let slow = node.slow_batch(Duration::from_secs(6));
	let quick = |n: f32| {
		node.task(
			&ModelSpec::default(),
			&fixture("add"),
			&[floats(&[n; 4]), floats(&[n; 4])],
		)
	};
	let (claimed, watched, voted) = (quick(1.0), quick(2.0), quick(3.0));
	assert_eq!(node.poll_for(Purpose::Claim, &slow), Poll::Pending);
	// Wait until it is running its first input.
	while node.metric("assay_inference_warm_misses_total") == 0.0 {
		std::thread::yield_now();
	}
	assert_eq!(node.poll_for(Purpose::Watch, &watched), Poll::Pending);
	assert_eq!(node.poll_for(Purpose::Claim, &claimed), Poll::Pending);
	assert_eq!(node.poll_for(Purpose::Vote, &voted), Poll::Pending);
	assert_eq!(node.outcome(&voted), Outcome::Answer(vec![floats(&[6.0; 4])]));
	for waiting in [&claimed, &watched, &slow] {
		assert_eq!(node.poll_for(Purpose::Watch, waiting), Poll::Pending);
	}
	assert!(matches!(node.settle(&slow), Poll::Ready(_)));
}
