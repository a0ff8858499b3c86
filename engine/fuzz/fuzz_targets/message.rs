//! Takes any bytes as the whole message to `load`.

#![no_main]

use assay_engine::Engine;
use assay_fuzz::{
	call_result::CallResult,
	clock, mutate,
	oracle::{Oracle, TestInput, EXPENSIVE},
	report,
	sandbox::{Call, Instance, Sandbox},
	settings::settings,
};
use assay_primitives::FaultCode;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

thread_local! {
	static STATE: RefCell<(Oracle, Sandbox)> = {
		let oracle = Oracle::new();
		let shipped_guest = Sandbox::new(Engine::builtin_blob());
		let engines = [&oracle.instrumented, &shipped_guest].map(|sandbox| sandbox.engine().clone());
		clock::start(engines.into(), settings().budget);
		RefCell::new((oracle, shipped_guest))
	};
}

fuzz_target!(|message: &[u8]| -> Corpus {
	STATE.with_borrow_mut(|(oracle, shipped_guest)| check(oracle, shipped_guest, message))
});

/// Loads `message` twice, and compares with the shipped guest.
fn check(oracle: &mut Oracle, shipped_guest: &Sandbox, message: &[u8]) -> Corpus {
	let test = TestInput {
		extension: "message",
		bytes: message,
		more: String::new(),
	};
	let start = clock::processor_time();
	let mut instance = oracle.instrumented.instance();
	let (load, again) = load_twice(&mut instance, message);
	instance.report_counters();
	test.check_instrumented("load", &load);
	instance.trap.iter().for_each(|place| test.save_trap(place));
	let time = clock::processor_time() - start;
	// There may be no memory for a second message.
	let refused = [FaultCode::MalformedMessage, FaultCode::OutOfMemory].map(CallResult::Fault);
	if again
		.as_ref()
		.is_some_and(|again| again.is_outcome() && !refused.contains(again))
	{
		test.save_defect("an instance accepts a second model");
	}
	if oracle.needs_shipped([&load]) {
		let start = clock::processor_time();
		let (shipped, shipped_again) = load_twice(&mut shipped_guest.instance(), message);
		test.check_time("load", (clock::processor_time() - start) / 2);
		test.check_shipped("load", &shipped);
		test.compare("load", &load, &shipped);
		if let (Some(again), Some(shipped_again)) = (again, shipped_again) {
			test.compare("load again", &again, &shipped_again);
		}
	}
	report::finish_input(instance.edges());
	if time < EXPENSIVE {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
}

/// Loads `message`, and loads it again if it was accepted.
fn load_twice(instance: &mut Instance, message: &[u8]) -> (CallResult, Option<CallResult>) {
	let load = instance.call(Call::Load, message);
	let again = matches!(load, CallResult::Answer(_)).then(|| instance.call(Call::Load, message));
	(load, again)
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	let message = mutate::messages::change_load(&data[..size], max_size, &mut random);
	match message.filter(|_| random.u8(0..3) != 0) {
		Some(message) => {
			data[..message.len()].copy_from_slice(&message);
			message.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});
