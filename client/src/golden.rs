//! Golden inputs: the inputs of a model whose outcomes its owner states.

use crate::{
	engine::EngineError,
	inputs::{self, pack, InputError, Inputs},
};
use assay_engine::probe::StatementError;
use assay_primitives::{payload::MAX_ARTIFACT, probe::MAX_GOLDEN, DType, Port, Tensor};

/// The number of golden inputs that are generated where none are given.
const GENERATED: u64 = 2;
/// The seed of generated inputs, always the same. Any number would do.
const SEED: u64 = 0x6173_7361_7921;

/// Why there are no golden inputs, or no statement about them.
#[derive(Debug, thiserror::Error)]
pub enum GoldenError {
	#[error(transparent)]
	Input(#[from] InputError),
	#[error("a model may have {MAX_GOLDEN} golden inputs, not {0}: give fewer --rows")]
	TooMany(usize),
	#[error(
		"the golden inputs have {0} bytes, and an artifact may have {MAX_ARTIFACT}: give fewer with --input and --rows"
	)]
	TooLarge(usize),
	#[error(
		"{GENERATED} generated inputs exceed the {MAX_ARTIFACT} bytes of an artifact: give one input with --input \
		 {port}=FILE.npy"
	)]
	PortsTooLarge { port: String },
	#[error("{}. {}", .error.to_string().trim_end_matches('.'), remedy(*.generated))]
	Fault { error: StatementError, generated: bool },
	#[error(transparent)]
	Statement(StatementError),
	#[error(transparent)]
	Engine(#[from] EngineError),
}

/// Says what to do about a golden input without an answer.
fn remedy(generated: bool) -> &'static str {
	match generated {
		true => "The input was generated: give inputs that the model answers, with --input NAME=FILE.npy",
		false => "Give other inputs: each golden input needs an answer",
	}
}

/// The golden inputs of a model, one or more.
pub struct GoldenInputs {
	items: u32,
	/// Their bytes, packed.
	pub packed: Vec<u8>,
	/// Whether they were generated here.
	generated: bool,
}

impl GoldenInputs {
	/// Takes the inputs that were given; if there are none, generates some.
	pub fn new(given: Option<Vec<Inputs>>, ports: &[Port]) -> Result<Self, GoldenError> {
		let generated = given.is_none();
		let all = match given {
			Some(cases) => cases
				.into_iter()
				.map(|case| case.fit(ports))
				.collect::<Result<Vec<_>, _>>()?,
			None => generate(ports)?,
		};
		let items = match u32::try_from(all.len()) {
			Ok(items @ 1..=MAX_GOLDEN) => items,
			_ => return Err(GoldenError::TooMany(all.len())),
		};
		let packed = pack(&all);
		match packed.len() as u64 <= MAX_ARTIFACT {
			true => Ok(Self {
				items,
				packed,
				generated,
			}),
			false => Err(GoldenError::TooLarge(packed.len())),
		}
	}

	/// Returns how many there are.
	pub const fn items(&self) -> u32 {
		self.items
	}

	/// Explains why there is no statement about a model with these inputs.
	pub fn explain(&self, error: StatementError) -> GoldenError {
		match error {
			StatementError::GoldenFault { .. } => GoldenError::Fault {
				error,
				generated: self.generated,
			},
			StatementError::DoesNotLoad(code) => EngineError::Refused(code).into(),
			StatementError::NoAnswer(reason) => EngineError::from(reason).into(),
			error => GoldenError::Statement(error),
		}
	}
}

/// Generates inputs: floats from 0 up to but not including 1, integers and bools of 0 or 1, so that an integer that is
/// an index is a valid one.
fn generate(ports: &[Port]) -> Result<Vec<Vec<Tensor>>, GoldenError> {
	let bytes = ports
		.iter()
		.try_fold(0u64, |sum, port| sum.checked_add(inputs::byte_len(port)?));
	if bytes.is_none_or(|bytes| bytes > MAX_ARTIFACT / GENERATED) {
		return Err(GoldenError::PortsTooLarge {
			port: ports
				.first()
				.map_or_else(|| "NAME".to_owned(), |port| port.name.clone()),
		});
	}
	let mut random = SplitMix64(SEED);
	let mut tensor = |port: &Port| Tensor {
		dtype: port.dtype,
		shape: port.shape.clone(),
		data: random.elements(port),
	};
	Ok((0..GENERATED)
		.map(|_| ports.iter().map(&mut tensor).collect())
		.collect())
}

/// A generator whose sequence never changes, unlike that of a library.
struct SplitMix64(u64);

impl SplitMix64 {
	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	/// Returns the bytes of a tensor for the port, whose size the caller has checked. Floats get as many random bits as
	/// every float from 0 to 1 can represent.
	fn elements(&mut self, port: &Port) -> Vec<u8> {
		let len = inputs::byte_len(port).unwrap_or(0) as usize;
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

/// Returns `n / 2^11` as IEEE 754 binary16, for `n` below 2^11.
fn half(n: u16) -> u16 {
	match n.checked_ilog2() {
		None => 0,
		// The leading bit is implicit.
		Some(exponent) => ((exponent as u16 + 4) << 10) | ((n << (10 - exponent)) & 0x3ff),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		fixtures::DTYPES,
		inputs::InputFile,
		npy,
		tensors::{self, Element},
	};
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
		let made = generate(&ports).unwrap();
		assert_eq!(made, generate(&ports).unwrap());
		assert_eq!(made.len() as u64, GENERATED);
		assert_ne!(made[0], made[1], "two equal inputs would count as one");
		// Every release must make the same statement.
		let packed = GoldenInputs::new(None, &ports).unwrap().packed;
		let name = assay_primitives::ArtifactId::of(&packed).to_string();
		assert_eq!(
			name,
			"0x01141b4455941b20ec813dfa11e724ce1a07244432e091d517aa85dec80466f1"
		);
	}

	#[test]
	fn generated_inputs_fit_their_ports_and_are_small() {
		let ports = DTYPES.map(|dtype| port(dtype.name(), dtype, &[50]));
		for tensors in generate(&ports).unwrap() {
			for (tensor, port) in tensors.iter().zip(&ports) {
				assert_eq!(Some(tensor.data.len()), tensor.expected_len());
				let values: Vec<f64> = tensors::elements(tensor)
					.map(|element| match element {
						Element::Bool(value) => f64::from(u8::from(value)),
						Element::Number(value) => value.as_f64().unwrap(),
						Element::NonFinite(value) => panic!("{value}"),
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
	fn a_scalar_and_an_empty_port_are_generated_too() {
		let made = generate(&[port("x", DType::F32, &[]), port("y", DType::F32, &[0, 7])]).unwrap();
		assert_eq!((made[0][0].data.len(), made[0][1].data.len()), (4, 0));
	}

	#[test]
	fn inputs_larger_than_an_artifact_are_refused() {
		let error = generate(&[port("x", DType::F32, &[u32::MAX, u32::MAX])])
			.unwrap_err()
			.to_string();
		assert!(error.contains("--input x=FILE.npy"), "{error}");
		assert!(
			generate(&[port("x", DType::U8, &[200 << 20])]).is_err(),
			"one would fit, two do not"
		);
	}

	#[test]
	fn more_inputs_than_the_chain_accepts_are_refused() {
		let inputs = |count: u32| {
			let folder = tempfile::tempdir().unwrap();
			let path = folder.path().join("x.npy");
			let tensor = Tensor {
				dtype: DType::U8,
				shape: vec![count],
				data: vec![7; count as usize],
			};
			npy::write(&path, &tensor).unwrap();
			let file = InputFile { name: "x".into(), path };
			let cases = Inputs::read(&[file]).unwrap().cases(Some(&(0..count))).unwrap();
			GoldenInputs::new(Some(cases), &[port("x", DType::U8, &[1])])
		};
		assert_eq!(inputs(MAX_GOLDEN).unwrap().items(), MAX_GOLDEN);
		assert!(inputs(MAX_GOLDEN + 1).err().unwrap().to_string().contains("--rows"));
	}

	#[test]
	fn a_golden_input_that_faults_is_refused_with_the_remedy() {
		let message = |generated| {
			let fault = FaultCode::RunFailed;
			let golden = GoldenInputs {
				items: 2,
				packed: Vec::new(),
				generated,
			};
			golden
				.explain(StatementError::GoldenFault { item: 1, fault })
				.to_string()
		};
		assert!(message(true).contains("golden input 1") && message(true).contains("--input NAME=FILE.npy"));
		assert!(message(false).contains("RunFailed") && message(false).ends_with("needs an answer"));
	}
}
