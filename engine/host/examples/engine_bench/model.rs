//! One model on one thread.

use crate::{open, process, timed, Arguments, DEADLINE};
use assay_primitives::Outcome;
use codec::Encode;
use std::{error::Error, fs, io};

/// Loads the model, and asks it for its first answer over and over, in turns with others: each line of the standard input says how
/// many times. An answer before them does not count, for others have had the caches. Prints the times of each turn as a list on a
/// line, first an empty one when the model is loaded, and everything else as an object when the input has ended.
///
/// The peak of memory is that of one model loaded and asked; only then is it loaded again, each time after the one before is gone.
pub fn measure(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
	let [subject] = &arguments.models[..] else {
		return Err("one model, please".into());
	};
	let inputs = subject.inputs.first().ok_or("the model has no input")?;
	let (engine, open_ms) = timed(|| open(arguments.cache.as_deref(), arguments.intrinsics));
	let engine = engine?;
	let before = process::resident()?;
	let load = || -> Result<_, Box<dyn Error>> {
		let (model, time) = timed(|| -> Result<_, Box<dyn Error>> {
			let onnx = fs::read(&subject.file)?;
			Ok(engine.load(&subject.spec, &onnx, DEADLINE)?)
		});
		Ok((model?, time))
	};

	let (mut model, first_load) = load()?;
	println!("[]");
	let mut outputs = Vec::new();
	for turn in io::stdin().lines() {
		let runs: usize = turn?.parse()?;
		model.run(inputs, DEADLINE)?;
		let mut times = Vec::with_capacity(runs);
		for _ in 0..runs {
			let (answer, time) = timed(|| model.run(inputs, DEADLINE));
			outputs = answer?;
			times.push(time);
		}
		println!("{times:?}");
	}
	let (peak, memory) = (process::peak()?, model.size());
	if let Some(file) = &arguments.answer {
		fs::write(file, Outcome::Answer(outputs).encode())?;
	}
	let macs = model.manifest(DEADLINE)?.macs;
	drop(model);

	let mut loads = vec![first_load];
	while loads.len() < arguments.loads {
		loads.push(load()?.1);
	}
	println!(
		"{{\"open_ms\": {open_ms}, \"load_ms\": {loads:?}, \"macs\": {macs}, \"memory_bytes\": {memory}, \
		\"resident_bytes\": {before}, \"peak_bytes\": {peak}}}"
	);
	Ok(())
}
