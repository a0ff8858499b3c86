//! Any bytes as the whole message to `load`.

#![no_main]

use assay_fuzz::{
	clock,
	ending::Ending,
	judge::{Evidence, Judge},
	mutate, report,
	sandbox::{Call, Instance, Sandbox},
	settings::settings,
};
use assay_engine::Engine;
use assay_primitives::FaultCode;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

thread_local! {
	static STATE: RefCell<(Judge, Sandbox)> = {
		let judge = Judge::new();
		let plain = Sandbox::new(Engine::builtin_blob());
		let engines = [&judge.counted, &plain].map(|sandbox| sandbox.engine().clone());
		clock::start(engines.into(), settings().budget);
		RefCell::new((judge, plain))
	};
}

fuzz_target!(|message: &[u8]| -> Corpus { STATE.with_borrow_mut(|(judge, plain)| judged(judge, plain, message)) });

fn judged(judge: &mut Judge, plain: &Sandbox, message: &[u8]) -> Corpus {
	let evidence = Evidence {
		extension: "message",
		bytes: message,
		more: String::new(),
	};
	let start = clock::used();
	let mut instance = judge.counted.instance();
	let (load, again) = twice(&mut instance, message);
	instance.count();
	evidence.check("load", &load);
	instance.trap.iter().for_each(|place| evidence.trap(place));
	let took = clock::used() - start;
	// There may be no room for a second message.
	let refused = [FaultCode::MalformedMessage, FaultCode::OutOfMemory].map(Ending::Fault);
	if again
		.as_ref()
		.is_some_and(|again| again.is_outcome() && !refused.contains(again))
	{
		evidence.finding("an instance takes a second model");
	}
	if judge.asks([&load]) {
		let start = clock::used();
		let (shipped, shipped_again) = twice(&mut plain.instance(), message);
		evidence.slow("load", (clock::used() - start) / 2);
		evidence.check_shipped("load", &shipped);
		evidence.compare("load", &load, &shipped);
		if let (Some(again), Some(shipped_again)) = (again, shipped_again) {
			evidence.compare("load again", &again, &shipped_again);
		}
	}
	report::input(instance.edges());
	if took < assay_fuzz::judge::DEAR {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
}

/// Loads, and once more if the instance has not trapped.
fn twice(instance: &mut Instance, message: &[u8]) -> (Ending, Option<Ending>) {
	let load = instance.call(Call::Load, message);
	let again = matches!(load, Ending::Answer(_)).then(|| instance.call(Call::Load, message));
	(load, again)
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	let message = mutate::messages::load(&data[..size], max_size, &mut random);
	match message.filter(|_| random.u8(0..3) != 0) {
		Some(message) => {
			data[..message.len()].copy_from_slice(&message);
			message.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});
