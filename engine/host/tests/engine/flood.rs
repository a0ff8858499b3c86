//! A node that is flooded with hostile tasks still serves others.

use crate::common::{digits, engine, fixture, floats, images, models::kinds, node::Node, spec, AMPLE};
use assay_primitives::{
	host::{Poll, Purpose, Unavailable},
	FaultCode, ModelSpec, Outcome, Task, Tensor,
};
use codec::Encode;
use std::{
	process::Command,
	time::{Duration, Instant},
};

/// The time limit for one input. Endless inputs take all of it.
const DEADLINE: Duration = Duration::from_secs(1);
/// The time by which a thread may be late on a busy machine.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// Returns a task that outlives any deadline, in the run or in the load. No two are equal.
fn endless(node: &Node, n: usize) -> Task {
	let (name, elements) = if n.is_multiple_of(2) {
		("slow", 2048)
	} else {
		("slow_load", 1)
	};
	let input = Tensor {
		shape: if elements == 1 { vec![1] } else { vec![elements, 1] },
		..floats(&vec![n as f32; elements as usize])
	};
	node.task(&ModelSpec::default(), &fixture(name), &[input])
}

/// Returns a task that ends in a fault, sooner or later, or at the deadline.
fn faulty(node: &Node, n: usize) -> Task {
	let none = ModelSpec::default();
	let x = floats(&[n as f32]);
	match n % 6 {
		0 => node.task(&none, &fixture("memory_live"), &[floats(&[n as f32; 1024])]),
		1 => node.task(&none, &fixture("memory_bomb"), &[x]),
		2 => node.task(&none, &[&b"not a model"[..], &n.to_le_bytes()].concat(), &[x]),
		3 => endless(node, n / 6),
		4 => {
			let traps = kinds().iter().find(|kind| kind.name == "quotients").unwrap();
			node.task(&traps.spec, &traps.onnx, &traps.input(3 * n as u32))
		}
		_ => node.task(&spec(&[("N", 1)]), &digits("digits.onnx"), &[x]),
	}
}

/// Returns honest tasks with their outcomes.
fn honest(node: &Node, count: usize) -> Vec<(Task, Outcome)> {
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let images = images().0.into_iter().take(count);
	let tasks = images.map(|image| {
		let outcome = engine()
			.execute(&spec, &onnx, &vec![image.clone()].encode(), AMPLE)
			.unwrap();
		assert!(matches!(outcome, Outcome::Answer(_)));
		(node.task(&spec, &onnx, &[image]), outcome)
	});
	tasks.collect()
}

/// Runs the test with this full name in a process of its own, and asserts that it passes there.
fn run_alone(name: &str) {
	let program = std::env::current_exe().unwrap();
	let output = Command::new(program)
		.args(["--exact", name])
		.env(ALONE, "1")
		.output()
		.unwrap();
	let text = String::from_utf8_lossy(&output.stdout);
	assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Returns the resident memory of this process in bytes: now, and at its peak.
fn memory() -> [u64; 2] {
	let status = std::fs::read_to_string("/proc/self/status").unwrap();
	["VmRSS:", "VmHWM:"].map(|name| {
		let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
		1024 * line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
	})
}

#[test]
fn watching_endless_tasks_delays_a_claim_by_one_deadline_at_most() {
	/// Half a minute of work for two threads.
	const ENDLESS: usize = 60;
	let node = Node::start(|config| (config.threads, config.deadline) = (2, DEADLINE));
	let honest = honest(&node, 24);
	let endless: Vec<_> = (0..ENDLESS).map(|n| endless(&node, n)).collect();
	for task in &endless {
		assert_eq!(node.poll_for(Purpose::Watch, task), Poll::Pending);
	}
	let started = Instant::now();
	for (task, _) in &honest {
		assert_eq!(node.poll_for(Purpose::Claim, task), Poll::Pending);
	}
	for (task, outcome) in &honest {
		assert_eq!(node.outcome(task), *outcome);
	}
	let waited = started.elapsed();
	assert!(waited < DEADLINE + MAX_DELAY, "{waited:?}");
	// Most of the endless tasks are still waiting.
	let ended = node.metric("assay_inference_results_total") as usize - honest.len();
	assert!(ended < ENDLESS / 2, "{ended} endless tasks have ended");
}

#[test]
fn a_task_ends_at_its_deadline() {
	let node = Node::start(|config| (config.threads, config.deadline) = (1, DEADLINE));
	// After this the engine is compiled and the caches are warm.
	assert_eq!(node.settle(&endless(&node, 0)), Poll::Unavailable(Unavailable::Failed));
	for n in 1..5 {
		let task = endless(&node, n);
		let started = Instant::now();
		assert_eq!(node.settle(&task), Poll::Unavailable(Unavailable::Failed));
		let took = started.elapsed();
		assert!(took >= DEADLINE && took < DEADLINE + MAX_DELAY, "{took:?}");
	}
}

#[test]
fn a_full_queue_reports_busy_until_a_task_ends() {
	const BOUND: usize = 3;
	let node = Node::start(|config| {
		(config.threads, config.deadline, config.queue_bound) = (1, DEADLINE, BOUND);
	});
	let (honest, outcome) = honest(&node, 1).remove(0);
	let running = endless(&node, 0);
	assert_eq!(node.poll(&running), Poll::Pending);
	// Once it runs, the queue is empty.
	while node.metric("assay_inference_warm_misses_total") == 0.0 {
		std::thread::yield_now();
	}
	let waiting: Vec<_> = (1..=BOUND).map(|n| endless(&node, n)).collect();
	for task in &waiting {
		assert_eq!(node.poll(task), Poll::Pending);
	}
	let busy = Poll::Unavailable(Unavailable::Busy);
	for task in [&endless(&node, BOUND + 1), &honest] {
		assert_eq!(node.poll(task), busy);
		// A rejected task is not cached as failed.
		assert_eq!(node.poll(task), busy);
	}
	// A task that is already running needs no room in the queue.
	assert_eq!(node.poll(&running), Poll::Pending);
	let started = Instant::now();
	while node.poll(&honest) == busy {
		assert!(started.elapsed() < DEADLINE + MAX_DELAY);
		std::thread::yield_now();
	}
	assert_eq!(node.outcome(&honest), outcome);
}

/// Set in the environment of a process that runs the next test alone.
const ALONE: &str = "ASSAY_TEST_RUNS_ALONE";

#[test]
fn hostile_tasks_of_every_kind_leave_the_node_usable_and_its_memory_bounded() {
	// The memory is that of the whole process, in which other tests may be running.
	if std::env::var_os(ALONE).is_none() {
		return run_alone("flood::hostile_tasks_of_every_kind_leave_the_node_usable_and_its_memory_bounded");
	}
	const HOSTILE: usize = 48;
	const THREADS: usize = 2;
	/// Memory other than that of the guests, in bytes: code, files, messages.
	const OTHER: u64 = 512 << 20;
	let node = Node::start(|config| {
		(config.threads, config.deadline, config.warm_bytes) = (THREADS, 2 * DEADLINE, 64 << 20);
	});
	let honest = honest(&node, 64);
	assert_eq!(node.outcome(&honest[0].0), honest[0].1);
	let [before, _] = memory();
	std::thread::scope(|scope| {
		for feeder in 0..4 {
			let node = &node;
			scope.spawn(move || {
				for n in (feeder..HOSTILE).step_by(4) {
					match node.settle(&faulty(node, n)) {
						Poll::Ready(answer) => {
							let Outcome::Fault(fault) = node.open(&answer) else {
								panic!("hostile task {n} has an answer")
							};
							let expected = match n % 6 {
								0 | 1 => FaultCode::OutOfMemory,
								2 => FaultCode::NotOnnx,
								4 => FaultCode::Trap,
								5 => FaultCode::WrongInput,
								_ => panic!("endless task {n} has the fault {fault:?}"),
							};
							assert_eq!(fault, expected, "{n}");
						}
						// Endless tasks always, and those that fill memory if the machine is slow.
						poll => assert_eq!((poll, n % 3), (Poll::Unavailable(Unavailable::Failed), 0), "{n}"),
					}
				}
			});
		}
		// Meanwhile honest tasks are answered, and none waits longer than for the tasks before it.
		for (task, outcome) in &honest[1..] {
			let started = Instant::now();
			assert_eq!(node.outcome(task), *outcome);
			let waited = started.elapsed();
			assert!(waited < 4 * DEADLINE + MAX_DELAY, "{waited:?}");
		}
	});
	let [after, peak] = memory();
	let limit = THREADS as u64 * u64::from(assay_primitives::abi::MEMORY_LIMIT);
	assert!(
		peak < before + limit + OTHER,
		"{peak} bytes at the peak, {before} before"
	);
	assert!(after < before + OTHER, "{after} bytes after, {before} before");
	assert!(node.metric("assay_inference_warm_hits_total") > 0.0);
}

#[test]
fn warm_models_take_no_more_memory_than_their_limit() {
	let names = ["digits", "large", "gates"];
	let kinds: Vec<_> = names
		.iter()
		.map(|name| kinds().iter().find(|kind| kind.name == *name).unwrap())
		.collect();
	let sizes = kinds.iter().map(|kind| {
		let mut model = engine().load(&kind.spec, &kind.onnx, AMPLE).unwrap();
		model.run(&kind.input(0), AMPLE).unwrap();
		model.size()
	});
	let all: u64 = sizes.sum();
	let hits = |warm_bytes: u64| {
		let node = Node::start(|config| (config.threads, config.warm_bytes) = (1, warm_bytes));
		for n in 0..4 {
			for kind in &kinds {
				let outcome = node.outcome(&node.task(&kind.spec, &kind.onnx, &kind.input(n)));
				assert!(matches!(outcome, Outcome::Answer(_)));
			}
		}
		node.metric("assay_inference_warm_hits_total")
	};
	assert_eq!(hits(all), 9.0);
	// With one byte less, each model is evicted before it is used again.
	assert_eq!(hits(all - 1), 0.0);
}
