//! Checks that implementations give the bits of the specification, on made-up inputs. A node makes a short check before
//! it trusts its own processor; tests make a thorough one with the `check_*` functions, whose errors describe the first
//! difference.

use crate::{
	generate::{Random, FLOATS},
	machine::Machine,
	reference,
	tile::{Op, OpCode, COLS, ROWS},
	Memory,
};

/// The number of seeds that a thorough check tries.
pub const SEEDS: u64 = 5_000;

/// The number of seeds that a node tries at start: enough for each operation to occur a few times, within a few
/// milliseconds.
const STARTUP_SEEDS: u64 = 64;

impl Machine {
	/// Returns the fastest of [`Machine::all`] that has just given the right bits; at worst the specification itself.
	pub fn trusted() -> Self {
		let mut machines: Vec<_> = Self::all().collect();
		while let Some(machine) = machines.pop() {
			if (0..STARTUP_SEEDS).all(|seed| machine.agrees(seed)) {
				return machine;
			}
		}
		Self::Reference
	}

	/// Returns whether this gives the bits of the specification on inputs made from `seed`. Any NaN equals any other.
	pub fn agrees(self, seed: u64) -> bool {
		let mut random = Random::new(seed);
		let mut expected = random.memory();
		let mut actual = expected.clone();
		let memory = |floats: &mut Vec<f32>| Memory(floats.as_mut_ptr().cast());
		// SAFETY: everything that is made up lies within the memory, and results lie apart from the rest.
		unsafe {
			match random.below(4) {
				0 => {
					let run = random.axis_run(&mut [&mut expected, &mut actual]);
					reference::depthwise_along_axis(memory(&mut expected), run);
					self.depthwise_along_axis(memory(&mut actual), run);
				}
				1 => {
					let run = random.channel_run(&mut [&mut expected, &mut actual]);
					reference::depthwise_along_channels(memory(&mut expected), run);
					self.depthwise_along_channels(memory(&mut actual), run);
				}
				_ => {
					let (program, live) = random.program();
					reference::tile_f32(memory(&mut expected), &program, live);
					self.tile_f32(memory(&mut actual), &program, live);
				}
			}
		}
		let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
		expected.iter().zip(&actual).all(same)
	}
}

/// Checks that every implementation that this machine can run gives the bits of the specification, on inputs made from
/// as many `seeds`.
pub fn check_machines(seeds: u64) -> Result<(), String> {
	for machine in Machine::all() {
		if let Some(seed) = (0..seeds).find(|seed| !machine.agrees(*seed)) {
			return Err(format!("{machine:?} differs from the specification on seed {seed}"));
		}
	}
	Ok(())
}

/// Checks that the inputs made from as many `seeds` lie within their memory, which [`Machine::agrees`] relies on.
pub fn check_generated_inputs(seeds: u64) -> Result<(), String> {
	for seed in 0..seeds {
		let mut random = Random::new(seed);
		let mut memory = vec![0.0; FLOATS];
		let (program, live) = random.program();
		if !live.is_valid() {
			return Err(format!("seed {seed} gives a tile without the region {live:?}"));
		}
		if let Some(op) = program.iter().find(|op| !op.is_within(FLOATS * size_of::<f32>())) {
			return Err(format!(
				"seed {seed} gives an operation that is not within the memory: {op:?}"
			));
		}
		let (axis, channels) = (
			random.axis_run(&mut [&mut memory]),
			random.channel_run(&mut [&mut memory]),
		);
		let bytes: Vec<u8> = memory.iter().flat_map(|float| float.to_le_bytes()).collect();
		if !axis.is_within(&bytes) {
			return Err(format!(
				"seed {seed} gives a run that is not within the memory: {axis:?}"
			));
		}
		if !channels.is_within(&bytes) {
			return Err(format!(
				"seed {seed} gives a run that is not within the memory: {channels:?}"
			));
		}
	}
	Ok(())
}

/// Checks that [`Op::is_within`] accepts operations up to the last byte of a memory, and rejects those that reach
/// beyond it.
pub fn check_bounds() -> Result<(), String> {
	let op = |code, args| Op { code, args };
	let len = 4096;
	let tile = (ROWS * COLS * size_of::<f32>()) as u32;
	let within = [
		op(OpCode::MulAdd, [32, len as u32 - 32 * 64, 0]),
		op(OpCode::MulAdd, [32, 0, 0]),
		op(OpCode::Store, [len as u32 - tile, COLS as u32 * 4, 4]),
		op(
			OpCode::Store,
			[len as u32 - 4, -(COLS as i32 * 4) as u32, -4_i32 as u32],
		),
		op(OpCode::RowAdd, [len as u32 - 64, 0, 0]),
		op(OpCode::ColAdd, [len as u32 - 128, 0, 0]),
		op(OpCode::ScalarAdd, [u32::MAX, 0, 0]),
	];
	if let Some(op) = within.iter().find(|op| !op.is_within(len)) {
		return Err(format!("{op:?} is within {len} bytes, and rejected"));
	}
	let beyond = [
		op(OpCode::MulAdd, [32, len as u32 - 32 * 64 + 1, 0]),
		op(OpCode::MulAdd, [33, 0, 0]),
		op(OpCode::MulAdd, [u32::MAX, 0, 0]),
		op(OpCode::MulAdd, [1, u32::MAX, 0]),
		op(OpCode::Store, [len as u32 - tile + 1, COLS as u32 * 4, 4]),
		op(OpCode::Store, [0, COLS as u32 * 4, -4_i32 as u32]),
		op(OpCode::Store, [0, i32::MAX as u32, i32::MAX as u32]),
		op(OpCode::AddTile, [u32::MAX, 4, 4]),
		op(OpCode::RowAdd, [len as u32 - 63, 0, 0]),
		op(OpCode::ColAdd, [len as u32 - 127, 0, 0]),
		op(OpCode::AddProducts, [0, u32::MAX, 0]),
	];
	if let Some(op) = beyond.iter().find(|op| op.is_within(len)) {
		return Err(format!("{op:?} reaches beyond {len} bytes, and is accepted"));
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_machine_gives_the_bits_of_the_specification() {
		assert_eq!(check_machines(SEEDS), Ok(()));
	}

	#[test]
	fn generated_inputs_lie_within_their_memory() {
		assert_eq!(check_generated_inputs(SEEDS), Ok(()));
	}

	#[test]
	fn operations_that_reach_beyond_the_memory_are_rejected() {
		assert_eq!(check_bounds(), Ok(()));
	}
}
