//! One model on one thread.

use crate::{open, process, timed, Arguments, DEADLINE};
use assay_primitives::Outcome;
use codec::Encode;
use std::{error::Error, fs, io};

/// Loads the model and runs it on its first input in rounds, which alternate with those of other programs: each line of
/// standard input is the number of runs in a round. One more run at the start of each round is not counted, since the
/// other programs have evicted the caches. Prints an empty list once the model is loaded, the times of each round as a
/// list on a line, and everything else as an object at the end of the input.
///
/// Peak memory is measured with one loaded model. Only then is the model loaded again, each time after the previous one
/// is dropped.
pub fn measure(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
	let [subject] = &arguments.models[..] else {
		return Err(format!("this measures one --model, not {}", arguments.models.len()).into());
	};
	let inputs = subject.inputs.first().ok_or("the file of --inputs has no input")?;
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
	for round in io::stdin().lines() {
		let runs: usize = round?.parse()?;
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
	let macs = model.describe(DEADLINE)?.macs;
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
