//! Any bytes as the message to `run`. The first two choose the model, which is loaded once and stays warm.

#![no_main]

use assay_fuzz::{
	clock,
	ending::Ending,
	judge::{Evidence, Judge, DEAR},
	mutate::{messages, pool},
	report,
	sandbox::{Call, Instance},
	settings::settings,
	shipped::Timed,
	story::{bound, Host},
};
use assay_primitives::{Manifest, ModelSpec, Port};
use codec::{DecodeAll, Encode};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

/// Bytes that choose the model.
const CHOICE: usize = 2;

/// A model to run.
struct Subject {
	name: String,
	onnx: Vec<u8>,
	spec: ModelSpec,
	/// Made when first needed, and again after a call that did not return.
	warm: Option<Instance>,
	/// Whether it does not load: some seeds are there to be refused.
	is_refused: bool,
	/// Known once it has been loaded.
	ports: Option<Vec<Port>>,
}

struct State {
	judge: Judge,
	subjects: Vec<Subject>,
}

thread_local! {
	static STATE: RefCell<State> = {
		let judge = Judge::new();
		clock::start(vec![judge.counted.engine().clone()], settings().budget);
		let subjects = pool::files().into_iter().map(|(name, onnx)| Subject {
			name,
			spec: bound(&onnx),
			onnx,
			warm: None,
			is_refused: false,
			ports: None,
		});
		RefCell::new(State {
			subjects: subjects.collect(),
			judge,
		})
	};
}

/// The number of the model that `input` chooses among `models`, and its message.
fn split(input: &[u8], models: usize) -> Option<(usize, &[u8])> {
	let (choice, message) = input.split_first_chunk::<CHOICE>()?;
	Some((usize::from(u16::from_le_bytes(*choice)) % models, message))
}

impl Subject {
	/// The instance, if the model loads.
	fn warm(&mut self, judge: &Judge) -> Option<&mut Instance> {
		if self.is_refused {
			return None;
		}
		if self.warm.as_ref().is_none_or(|instance| instance.broken) {
			let mut instance = judge.counted.instance();
			let load = instance.call(Call::Load, &(&self.spec, &self.onnx).encode());
			let Ending::Answer(_) = load else {
				self.is_refused = true;
				return None;
			};
			if let Ending::Answer(manifest) = instance.describe() {
				self.ports = Manifest::decode_all(&mut &manifest[..])
					.ok()
					.map(|manifest| manifest.inputs);
			}
			// Loading is no part of what this input reaches.
			instance.clear();
			self.warm = Some(instance);
		}
		self.warm.as_mut()
	}
}

fuzz_target!(|input: &[u8]| -> Corpus { STATE.with_borrow_mut(|state| judged(state, input)) });

fn judged(state: &mut State, input: &[u8]) -> Corpus {
	let judge = &mut state.judge;
	let Some((choice, message)) = split(input, state.subjects.len()) else {
		return Corpus::Reject;
	};
	let subject = &mut state.subjects[choice];
	let evidence = Evidence {
		extension: "run",
		bytes: input,
		more: subject.name.clone(),
	};
	let start = clock::used();
	let Some(instance) = subject.warm(judge) else {
		return Corpus::Reject;
	};
	let run = instance.call(Call::Run, message);
	instance.count();
	let (edges, trap) = (instance.edges(), instance.trap.take());
	let took = clock::used() - start;
	evidence.check("run", &run);
	trap.iter().for_each(|place| evidence.trap(place));
	if judge.asks([&run]) {
		let start = clock::used();
		let fresh = judge.shipped.execute(&subject.spec, &subject.onnx, message);
		evidence.slow("load and run", clock::used() - start);
		evidence.check_shipped("run", &fresh);
		evidence.compare("run", &run, &fresh);
		// An instance that has run something else before.
		let mut host: Timed = judge.shipped.host();
		host.load(&subject.spec, &subject.onnx);
		host.run(&[]);
		host.run(message);
		if !host.is_broken() {
			evidence.compare_warm(&host.run(message), &fresh);
		}
	}
	report::input(edges);
	if took < DEAR {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	let input = changed(&data[..size], &mut random).filter(|input| input.len() <= max_size);
	match input.filter(|_| random.u8(0..4) != 0) {
		Some(input) => {
			data[..input.len()].copy_from_slice(&input);
			input.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});

/// A changed input, for another model now and then.
fn changed(input: &[u8], random: &mut fastrand::Rng) -> Option<Vec<u8>> {
	STATE.with_borrow_mut(|state| {
		let (chosen, message) = split(input, state.subjects.len())?;
		let (choice, message) = match random.u8(0..8) {
			0 => (random.usize(0..state.subjects.len()), &[][..]),
			_ => (chosen, message),
		};
		let subject = &mut state.subjects[choice];
		if subject.ports.is_none() {
			subject.warm(&state.judge)?;
		}
		let message = messages::run(message, subject.ports.as_ref()?, random)?;
		Some([&(choice as u16).to_le_bytes(), &message[..]].concat())
	})
}
