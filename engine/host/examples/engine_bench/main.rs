//! Measures the engine for `scripts/bench.sh engine`, and prints JSON. Times are in milliseconds.
//!
//! ```text
//! engine_bench open [ENGINE]                                    measures how long the engine takes to open
//! engine_bench model [ENGINE] MODEL [--loads N] [--answer FILE]    measures in rounds, read from standard input
//! engine_bench service [ENGINE] MODEL... [--threads N] [--mixed N]
//!
//! ENGINE    [--cache FOLDER] [--no-intrinsics]
//! MODEL     --model FILE.onnx --inputs FILE [--bind SYMBOL=EXTENT]...
//! ```
//!
//! A file of inputs is SCALE of `Vec<Vec<Tensor>>`: the input tensors of each run.

mod model;
mod process;
mod service;

use assay_engine::{Engine, EngineError};
use assay_primitives::{ModelSpec, Tensor};
use codec::DecodeAll;
use std::{
	error::Error,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// Longer than any measurement here takes.
const DEADLINE: Duration = Duration::from_secs(600);

/// The parsed command line.
struct Arguments {
	models: Vec<Subject>,
	cache: Option<PathBuf>,
	intrinsics: bool,
	loads: usize,
	answer: Option<PathBuf>,
	threads: usize,
	mixed: usize,
}

/// A model to measure.
#[derive(Default)]
struct Subject {
	file: PathBuf,
	spec: ModelSpec,
	inputs: Vec<Vec<Tensor>>,
}

fn main() -> Result<(), Box<dyn Error>> {
	let mut arguments = std::env::args().skip(1);
	let what = arguments.next();
	let arguments = parse(arguments)?;
	match what.as_deref() {
		Some("open") => {
			let (engine, open) = timed(|| open(arguments.cache.as_deref(), arguments.intrinsics));
			engine?;
			let blob = Engine::builtin_blob().len();
			println!("{{\"blob_bytes\": {blob}, \"open_ms\": {open}}}");
			Ok(())
		}
		Some("model") => model::measure(&arguments),
		Some("service") => service::measure(arguments),
		_ => Err("name what to measure: open, model or service".into()),
	}
}

/// Parses the arguments that follow the name of the measurement.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
	let mut parsed = Arguments {
		models: Vec::new(),
		cache: None,
		intrinsics: true,
		loads: 1,
		answer: None,
		threads: 2,
		mixed: 20,
	};
	while let Some(argument) = arguments.next() {
		let mut value = || {
			arguments
				.next()
				.ok_or(format!("{argument} takes a value, which is missing"))
		};
		let subject = parsed
			.models
			.last_mut()
			.ok_or("--inputs and --bind must come after --model");
		match argument.as_str() {
			"--model" => parsed.models.push(Subject {
				file: value()?.into(),
				..Subject::default()
			}),
			"--inputs" => subject?.inputs = DecodeAll::decode_all(&mut &std::fs::read(value()?)?[..])?,
			"--bind" => {
				let value = value()?;
				let (symbol, extent) = value
					.split_once('=')
					.ok_or(format!("--bind takes SYMBOL=EXTENT, such as N=1, not {value}"))?;
				subject?.spec.bindings.push((symbol.into(), extent.parse()?));
			}
			"--cache" => parsed.cache = Some(value()?.into()),
			"--no-intrinsics" => parsed.intrinsics = false,
			"--loads" => parsed.loads = value()?.parse()?,
			"--answer" => parsed.answer = Some(value()?.into()),
			"--threads" => parsed.threads = value()?.parse()?,
			"--mixed" => parsed.mixed = value()?.parse()?,
			_ => return Err(format!("{argument} is not an option of engine_bench").into()),
		}
	}
	Ok(parsed)
}

/// Opens the engine, with or without the host's intrinsics.
fn open(cache: Option<&Path>, intrinsics: bool) -> Result<Engine, EngineError> {
	if intrinsics {
		Engine::builtin(cache)
	} else {
		Engine::with_intrinsics(cache, None)
	}
}

/// Runs `work`. Returns its value, and the time in milliseconds that it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
	let started = Instant::now();
	let value = work();
	(value, started.elapsed().as_secs_f64() * 1000.0)
}
