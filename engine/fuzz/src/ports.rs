//! Inputs for a model, generated for its ports.

use assay_primitives::{DType, Port, Tensor};
use fastrand::Rng;

/// The maximum size of all inputs together in bytes: more are not worth a fuzzer's time.
const MAX_INPUT_BYTES: usize = 16 << 20;

/// The values of the elements of an input.
#[derive(Clone, Copy)]
pub enum Filling {
	Zeros,
	Ones,
	/// Small values of both signs, from a fixed seed.
	Random,
	/// Also edge cases of arithmetic: infinities, NaN, the ends of a type's range.
	Hostile,
}

/// Generates tensors that fit `ports`. Returns `None` if they are too large.
pub fn fill(ports: &[Port], filling: Filling, random: &mut Rng) -> Option<Vec<Tensor>> {
	let mut bytes = 0_usize;
	let tensors = ports.iter().map(|port| {
		let mut tensor = Tensor {
			dtype: port.dtype,
			shape: port.shape.clone(),
			data: Vec::new(),
		};
		let len = tensor.expected_len()?;
		bytes = bytes.saturating_add(len);
		if bytes > MAX_INPUT_BYTES {
			return None;
		}
		while tensor.data.len() < len {
			push_element(&mut tensor.data, port.dtype, filling, random);
		}
		Some(tensor)
	});
	tensors.collect()
}

/// Appends one element to `data`.
pub fn push_element(data: &mut Vec<u8>, dtype: DType, filling: Filling, random: &mut Rng) {
	let (float, int) = match filling {
		Filling::Zeros => (0.0, 0),
		Filling::Ones => (1.0, 1),
		Filling::Random => (random.f64() * 4.0 - 2.0, random.i64(0..4)),
		Filling::Hostile => (hostile_float(random), hostile_int(random)),
	};
	match dtype {
		DType::F32 => data.extend((float as f32).to_le_bytes()),
		DType::F64 => data.extend(float.to_le_bytes()),
		DType::F16 => data.extend(to_half(float as f32).to_le_bytes()),
		DType::Bool => data.push((int & 1) as u8),
		DType::U8 | DType::I8 => data.push(int as u8),
		DType::U16 | DType::I16 => data.extend((int as u16).to_le_bytes()),
		DType::U32 | DType::I32 => data.extend((int as u32).to_le_bytes()),
		DType::U64 | DType::I64 => data.extend(int.to_le_bytes()),
	}
}

/// Returns a float that is an edge case, or a random one.
pub fn hostile_float(random: &mut Rng) -> f64 {
	const VALUES: &[f64] = &[
		0.0,
		-0.0,
		1.0,
		-1.0,
		0.5,
		-0.5,
		1.5,
		2.5,
		-2.5,
		127.0,
		-128.0,
		255.0,
		256.0,
		65504.0,
		65536.0,
		2147483647.0,
		2147483648.0,
		-2147483649.0,
		9.2e18,
		-9.3e18,
		1e-45,
		1e-38,
		3.4e38,
		1e300,
		88.8,
		-103.9,
		f64::INFINITY,
		f64::NEG_INFINITY,
		f64::NAN,
	];
	match random.u8(0..4) {
		0 => f64::from(f32::from_bits(random.u32(..))),
		1 => random.f64() * 8.0 - 4.0,
		_ => VALUES[random.usize(0..VALUES.len())],
	}
}

/// Returns an integer that is an edge case, or a random one.
pub fn hostile_int(random: &mut Rng) -> i64 {
	const VALUES: &[i64] = &[
		0,
		1,
		-1,
		2,
		-2,
		3,
		4,
		-4,
		5,
		7,
		8,
		15,
		16,
		17,
		31,
		32,
		33,
		63,
		64,
		127,
		128,
		-128,
		-129,
		255,
		256,
		1000,
		1 << 15,
		(1 << 16) - 1,
		1 << 16,
		1 << 24,
		1 << 28,
		1 << 29,
		1 << 30,
		i32::MAX as i64,
		1 << 31,
		i32::MIN as i64,
		u32::MAX as i64,
		1 << 32,
		(1 << 32) + 1,
		1 << 33,
		1 << 53,
		1 << 62,
		i64::MAX,
		i64::MIN,
		i64::MIN + 1,
	];
	match random.u8(0..8) {
		0 => random.i64(..),
		1..=3 => random.i64(-4..9),
		_ => VALUES[random.usize(0..VALUES.len())],
	}
}

/// Rounds `float` to float16, towards zero.
fn to_half(float: f32) -> u16 {
	let bits = float.to_bits();
	let sign = (bits >> 16) as u16 & 0x8000;
	let magnitude = bits & 0x7fff_ffff;
	let half = match magnitude {
		0x7f80_0001.. => 0x7e00,
		0x4780_0000.. => 0x7c00,
		0x3880_0000.. => ((magnitude - 0x3800_0000) >> 13) as u16,
		// One subnormal number is enough.
		0x3300_0000.. => 1,
		_ => 0,
	};
	sign | half
}
