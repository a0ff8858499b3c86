//! Times the engine on one model and prints JSON:
//! `engine_bench MODEL.onnx [SYMBOL=EXTENT ...] [--runs N] [--cache FOLDER]`.
//!
//! Inputs are ones. All times are in milliseconds.

use assay_inference::Engine;
use assay_primitives::{DType, ModelSpec, Port, Tensor};
use std::{
	error::Error,
	path::PathBuf,
	time::{Duration, Instant},
};

const DEADLINE: Duration = Duration::from_secs(600);

fn main() -> Result<(), Box<dyn Error>> {
	let mut spec = ModelSpec::default();
	let (mut file, mut runs, mut cache) = (None, 20_usize, None);
	let mut arguments = std::env::args().skip(1);
	while let Some(argument) = arguments.next() {
		let mut value = || arguments.next().ok_or("a value is missing");
		match (argument.as_str(), argument.split_once('=')) {
			("--runs", _) => runs = value()?.parse()?,
			("--cache", _) => cache = Some(PathBuf::from(value()?)),
			(_, Some((symbol, extent))) => spec.bindings.push((symbol.into(), extent.parse()?)),
			_ => file = Some(PathBuf::from(argument)),
		}
	}
	let onnx = std::fs::read(file.ok_or("which model?")?)?;

	let (engine, open) = timed(|| Engine::builtin(cache.as_deref()));
	let engine = engine?;
	let (model, first_load) = timed(|| engine.load(&spec, &onnx, DEADLINE));
	let mut model = model?;
	let mut loads = Vec::new();
	for _ in 0..runs.min(5) {
		let (again, time) = timed(|| engine.load(&spec, &onnx, DEADLINE));
		again?;
		loads.push(time);
	}
	let manifest = model.manifest(DEADLINE)?;
	let inputs: Vec<_> = manifest.inputs.iter().map(ones).collect();
	let mut times = Vec::new();
	for _ in 0..runs.max(1) {
		let (outputs, time) = timed(|| model.run(&inputs, DEADLINE));
		outputs?;
		times.push(time);
	}
	let [load, run] = [loads, times].map(Summary::of);
	println!(
		"{{\"blob_bytes\": {}, \"engine_open_ms\": {open:.3}, \"first_load_ms\": {first_load:.3}, \"load_ms\": {load}, \
		\"run_ms\": {run}, \"macs\": {}, \"memory_bytes\": {}}}",
		Engine::builtin_blob().len(),
		manifest.macs,
		model.size(),
	);
	Ok(())
}

/// The value of `work`, and the milliseconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
	let started = Instant::now();
	let value = work();
	(value, started.elapsed().as_secs_f64() * 1000.0)
}

/// A tensor of ones.
fn ones(port: &Port) -> Tensor {
	let one: &[u8] = match port.dtype {
		DType::F16 => &[0x00, 0x3c],
		DType::F32 => &[0, 0, 0x80, 0x3f],
		DType::F64 => &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
		integer => &[1, 0, 0, 0, 0, 0, 0, 0][..integer.size()],
	};
	let elements = port.shape.iter().map(|extent| *extent as usize).product();
	Tensor {
		dtype: port.dtype,
		shape: port.shape.clone(),
		data: one.repeat(elements),
	}
}

/// The least and the median of some times.
struct Summary {
	best: f64,
	median: f64,
}

impl Summary {
	fn of(mut times: Vec<f64>) -> Self {
		times.sort_by(f64::total_cmp);
		Self {
			best: times.first().copied().unwrap_or(f64::NAN),
			median: times.get(times.len() / 2).copied().unwrap_or(f64::NAN),
		}
	}
}

impl std::fmt::Display for Summary {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{{\"best\": {:.4}, \"median\": {:.4}}}", self.best, self.median)
	}
}
