//! Takes any bytes as the message to `run`. The first two choose the model, which is loaded once and stays warm.

#![no_main]

use assay_fuzz::{
	call_result::CallResult,
	clock,
	exercise::{bind_symbols, ModelHost},
	mutate::{messages, pool},
	oracle::{Oracle, TestInput, EXPENSIVE},
	report,
	sandbox::{Call, Instance},
	settings::settings,
	shipped::TimedHost,
};
use assay_primitives::{Manifest, ModelSpec, Port};
use codec::{DecodeAll, Encode};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

/// The number of bytes that choose the model.
const CHOICE_BYTES: usize = 2;

/// A model to run.
struct Subject {
	name: String,
	onnx: Vec<u8>,
	spec: ModelSpec,
	/// A warm instance, loaded when first needed, and again after a call that did not return.
	warm: Option<Instance>,
	/// Whether the model does not load: some seeds are meant to be refused.
	is_refused: bool,
	/// The inputs of the model, once it has been loaded.
	ports: Option<Vec<Port>>,
}

struct State {
	oracle: Oracle,
	subjects: Vec<Subject>,
}

thread_local! {
	static STATE: RefCell<State> = {
		let oracle = Oracle::new();
		clock::start(vec![oracle.instrumented.engine().clone()], settings().budget);
		let subjects = pool::files().into_iter().map(|(name, onnx)| Subject {
			name,
			spec: bind_symbols(&onnx),
			onnx,
			warm: None,
			is_refused: false,
			ports: None,
		});
		RefCell::new(State {
			subjects: subjects.collect(),
			oracle,
		})
	};
}

/// Splits `input` into the number of the model that it chooses among `models`, and the message.
fn split(input: &[u8], models: usize) -> Option<(usize, &[u8])> {
	let (choice, message) = input.split_first_chunk::<CHOICE_BYTES>()?;
	Some((usize::from(u16::from_le_bytes(*choice)) % models, message))
}

impl Subject {
	/// Returns a warm instance, if the model loads.
	fn warm(&mut self, oracle: &Oracle) -> Option<&mut Instance> {
		if self.is_refused {
			return None;
		}
		if self.warm.as_ref().is_none_or(|instance| instance.is_broken) {
			let mut instance = oracle.instrumented.instance();
			let load = instance.call(Call::Load, &(&self.spec, &self.onnx).encode());
			let CallResult::Answer(_) = load else {
				self.is_refused = true;
				return None;
			};
			if let CallResult::Answer(manifest) = instance.describe() {
				self.ports = Manifest::decode_all(&mut &manifest[..])
					.ok()
					.map(|manifest| manifest.inputs);
			}
			// What loading reaches is not attributed to this input.
			instance.reset_counters();
			self.warm = Some(instance);
		}
		self.warm.as_mut()
	}
}

fuzz_target!(|input: &[u8]| -> Corpus { STATE.with_borrow_mut(|state| check(state, input)) });

/// Runs the message in `input`, and compares with the shipped engine.
fn check(state: &mut State, input: &[u8]) -> Corpus {
	let oracle = &mut state.oracle;
	let Some((choice, message)) = split(input, state.subjects.len()) else {
		return Corpus::Reject;
	};
	let subject = &mut state.subjects[choice];
	let test = TestInput {
		extension: "run",
		bytes: input,
		more: subject.name.clone(),
	};
	let start = clock::processor_time();
	let Some(instance) = subject.warm(oracle) else {
		return Corpus::Reject;
	};
	let run = instance.call(Call::Run, message);
	instance.report_counters();
	let (edges, trap) = (instance.edges(), instance.trap.take());
	let time = clock::processor_time() - start;
	test.check_instrumented("run", &run);
	trap.iter().for_each(|place| test.save_trap(place));
	if oracle.needs_shipped([&run]) {
		let start = clock::processor_time();
		let fresh = oracle.shipped.execute(&subject.spec, &subject.onnx, message);
		test.check_time("load and run", clock::processor_time() - start);
		test.check_shipped("run", &fresh);
		test.compare("run", &run, &fresh);
		// An instance that has run other inputs before.
		let mut host: TimedHost = oracle.shipped.host();
		host.load(&subject.spec, &subject.onnx);
		host.run(&[]);
		host.run(message);
		if !host.is_broken() {
			test.compare_warm(&host.run(message), &fresh);
		}
	}
	report::finish_input(edges);
	if time < EXPENSIVE {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	let input = change(&data[..size], &mut random).filter(|input| input.len() <= max_size);
	match input.filter(|_| random.u8(0..4) != 0) {
		Some(input) => {
			data[..input.len()].copy_from_slice(&input);
			input.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});

/// Returns a changed input, sometimes for another model.
fn change(input: &[u8], random: &mut fastrand::Rng) -> Option<Vec<u8>> {
	STATE.with_borrow_mut(|state| {
		let (chosen, message) = split(input, state.subjects.len())?;
		let (choice, message) = match random.u8(0..8) {
			0 => (random.usize(0..state.subjects.len()), &[][..]),
			_ => (chosen, message),
		};
		let subject = &mut state.subjects[choice];
		if subject.ports.is_none() {
			subject.warm(&state.oracle)?;
		}
		let message = messages::change_run(message, subject.ports.as_ref()?, random)?;
		Some([&(choice as u16).to_le_bytes(), &message[..]].concat())
	})
}
