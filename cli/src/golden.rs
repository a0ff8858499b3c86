//! Golden inputs: those of a model whose outcomes its owner states.

use crate::{
	engine::{no_answer, Refused},
	inputs::{self, pack, Inputs},
};
use anyhow::{anyhow, bail, ensure};
use assay_engine::probe::Unfit;
use assay_primitives::{payload::MAX_ARTIFACT, probe::MAX_GOLDEN, DType, Port, Tensor};

/// How many golden inputs are made where none are given.
const MADE: u64 = 2;
/// From which they are made, always the same. Any number would do.
const SEED: u64 = 0x6173_7361_7921;

/// The golden inputs of a model, one or more.
pub struct GoldenInputs {
	items: u32,
	/// As they travel.
	pub packed: Vec<u8>,
	/// Whether they were made here.
	made: bool,
}

impl GoldenInputs {
	/// The inputs that were given, or if there are none some that are made.
	pub fn new(given: Option<Vec<Inputs>>, ports: &[Port]) -> anyhow::Result<Self> {
		let made = given.is_none();
		let all = match given {
			Some(cases) => cases
				.into_iter()
				.map(|case| case.fit(ports))
				.collect::<Result<Vec<_>, _>>()?,
			None => make(ports)?,
		};
		let items = match u32::try_from(all.len()) {
			Ok(items @ 1..=MAX_GOLDEN) => items,
			_ => bail!(
				"{} golden inputs are too many, {MAX_GOLDEN} are the most: name fewer --rows",
				all.len()
			),
		};
		let packed = pack(&all);
		ensure!(
			packed.len() as u64 <= MAX_ARTIFACT,
			"the golden inputs have {} bytes, more than the {MAX_ARTIFACT} of an artifact: give fewer with --input and --rows",
			packed.len()
		);
		Ok(Self { items, packed, made })
	}

	/// How many there are.
	pub const fn items(&self) -> u32 {
		self.items
	}

	/// Why nothing can be stated of a model with these inputs, and what to do about it.
	pub fn refuse(&self, unfit: Unfit) -> anyhow::Error {
		match unfit {
			Unfit::DoesNotLoad(code) => Refused(code).into(),
			Unfit::NoAnswer(reason) => no_answer(reason),
			Unfit::TooLarge(_) => unfit.into(),
			Unfit::GoldenFault { .. } => {
				let next = match self.made {
					true => "It was made here: give inputs that the model answers, --input NAME=FILE.npy",
					false => "Give others: a model is known by what it answers",
				};
				let told = unfit.to_string();
				anyhow!("{}. {next}", told.trim_end_matches('.'))
			}
		}
	}
}

/// Inputs that nobody had to think of: floats from 0 up to but not including 1, integers and bools of 0 or 1, so that an integer
/// that chooses something finds it.
fn make(ports: &[Port]) -> anyhow::Result<Vec<Vec<Tensor>>> {
	let bytes = ports
		.iter()
		.try_fold(0u64, |sum, port| sum.checked_add(inputs::len(port)?));
	ensure!(
		bytes.is_some_and(|bytes| bytes <= MAX_ARTIFACT / MADE),
		"{MADE} inputs are more than the {MAX_ARTIFACT} bytes of an artifact: give one with --input {}=FILE.npy",
		ports.first().map_or("NAME", |port| port.name.as_str())
	);
	let mut numbers = Numbers(SEED);
	let mut tensor = |port: &Port| Tensor {
		dtype: port.dtype,
		shape: port.shape.clone(),
		data: numbers.elements(port),
	};
	Ok((0..MADE).map(|_| ports.iter().map(&mut tensor).collect()).collect())
}

/// SplitMix64: a sequence that never changes, unlike those of a library.
struct Numbers(u64);

impl Numbers {
	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	/// The bytes of a tensor for the port, which the caller has found few enough. Floats have as many random bits as every float from
	/// 0 to 1 has room for.
	fn elements(&mut self, port: &Port) -> Vec<u8> {
		let len = inputs::len(port).unwrap_or(0) as usize;
		let mut data = Vec::with_capacity(len);
		while data.len() < len {
			let bits = self.next();
			match port.dtype {
				DType::F32 => data.extend(((bits >> 40) as f32 / 2f32.powi(24)).to_le_bytes()),
				DType::F64 => data.extend(((bits >> 11) as f64 / 2f64.powi(53)).to_le_bytes()),
				DType::F16 => data.extend(half((bits >> 53) as u16).to_le_bytes()),
				dtype => data.extend((bits >> 63).to_le_bytes().iter().take(dtype.size())),
			}
		}
		data
	}
}

/// IEEE 754 binary16 of `n / 2^11`, for `n` below 2^11.
fn half(n: u16) -> u16 {
	match n.checked_ilog2() {
		None => 0,
		// The leading bit is not written down.
		Some(exponent) => ((exponent as u16 + 4) << 10) | ((n << (10 - exponent)) & 0x3ff),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{fixtures::DTYPES, tensors};
	use assay_primitives::FaultCode;

	fn port(name: &str, dtype: DType, shape: &[u32]) -> Port {
		Port {
			name: name.into(),
			dtype,
			shape: shape.to_vec(),
		}
	}

	#[test]
	fn the_same_ports_have_the_same_golden_inputs() {
		let ports = [port("x", DType::F32, &[2, 3]), port("ids", DType::I64, &[4])];
		let made = make(&ports).unwrap();
		assert_eq!(made, make(&ports).unwrap());
		assert_eq!(made.len() as u64, MADE);
		assert_ne!(made[0], made[1], "two that are equal are one");
		// Statements made by one release must be those of the next.
		let packed = GoldenInputs::new(None, &ports).unwrap().packed;
		let name = assay_primitives::ArtifactId::of(&packed).to_string();
		assert_eq!(
			name,
			"0x01141b4455941b20ec813dfa11e724ce1a07244432e091d517aa85dec80466f1"
		);
	}

	#[test]
	fn made_inputs_fit_their_ports_and_are_small() {
		let ports = DTYPES.map(|dtype| port(dtype.name(), dtype, &[50]));
		for tensors in make(&ports).unwrap() {
			for (tensor, port) in tensors.iter().zip(&ports) {
				assert_eq!(Some(tensor.data.len()), tensor.expected_len());
				let values = tensors::to_json(&port.name, tensor)["values"].clone();
				let values: Vec<f64> = values
					.as_array()
					.unwrap()
					.iter()
					.map(|value| {
						value
							.as_f64()
							.unwrap_or_else(|| f64::from(u8::from(value.as_bool().unwrap())))
					})
					.collect();
				let is_float = matches!(port.dtype, DType::F16 | DType::F32 | DType::F64);
				let good = |value: &f64| {
					if is_float {
						(0.0..1.0).contains(value)
					} else {
						[0.0, 1.0].contains(value)
					}
				};
				assert!(values.iter().all(good), "{values:?}");
				assert!(values.iter().any(|value| *value != values[0]), "{values:?}");
			}
		}
	}

	#[test]
	fn halves_are_exact() {
		for (n, bits) in [(0, 0x0000), (1, 0x1000), (1024, 0x3800), (1536, 0x3a00), (2047, 0x3bff)] {
			assert_eq!(half(n), bits, "{n}");
		}
	}

	#[test]
	fn a_scalar_and_an_empty_port_are_made_too() {
		let made = make(&[port("x", DType::F32, &[]), port("y", DType::F32, &[0, 7])]).unwrap();
		assert_eq!((made[0][0].data.len(), made[0][1].data.len()), (4, 0));
	}

	#[test]
	fn what_no_artifact_holds_is_refused() {
		let error = make(&[port("x", DType::F32, &[u32::MAX, u32::MAX])])
			.unwrap_err()
			.to_string();
		assert!(error.contains("--input x=FILE.npy"), "{error}");
		assert!(
			make(&[port("x", DType::U8, &[200 << 20])]).is_err(),
			"one would fit, two do not"
		);
	}

	#[test]
	fn more_than_the_chain_takes_are_refused() {
		let inputs = |count: u32| {
			let rows = crate::values::Rows(0..count);
			let folder = tempfile::tempdir().unwrap();
			let path = folder.path().join("x.npy");
			let tensor = Tensor {
				dtype: DType::U8,
				shape: vec![count],
				data: vec![7; count as usize],
			};
			crate::npy::write(&path, &tensor).unwrap();
			let file = crate::values::InputFile { name: "x".into(), path };
			let cases = Inputs::read(&[file]).unwrap().cases(Some(&rows)).unwrap();
			GoldenInputs::new(Some(cases), &[port("x", DType::U8, &[1])])
		};
		assert_eq!(inputs(MAX_GOLDEN).unwrap().items(), MAX_GOLDEN);
		assert!(inputs(MAX_GOLDEN + 1).err().unwrap().to_string().contains("--rows"));
	}

	#[test]
	fn a_golden_input_that_faults_is_refused_with_what_to_do() {
		let told = |made| {
			let fault = FaultCode::RunFailed;
			let golden = GoldenInputs {
				items: 2,
				packed: Vec::new(),
				made,
			};
			golden.refuse(Unfit::GoldenFault { item: 1, fault }).to_string()
		};
		assert!(told(true).contains("golden input 1") && told(true).contains("--input NAME=FILE.npy"));
		assert!(told(false).contains("RunFailed") && told(false).ends_with("by what it answers"));
	}
}
