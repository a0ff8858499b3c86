//! The specification of the intrinsics, one element at a time. Every other implementation must equal it bit for bit,
//! except for the bits of a NaN.

use crate::{
	depthwise::{AxisRun, ChannelRun},
	tile::{LiveRegion, Op, OpCode, COLS, ROWS},
	Memory,
};

/// Runs `program` on the live region of a tile of zeros.
///
/// # Safety
///
/// All operations are [within](Op::is_within) `memory`. What they store overlaps nothing else that they read or store,
/// except that an [`OpCode::AddTile`] may read exactly the places that are stored to.
pub unsafe fn tile_f32(memory: Memory, program: &[Op], live: LiveRegion) {
	let mut tile = [[0.0_f32; COLS]; ROWS];
	for Op { code, args: [x, y, z] } in program.iter().copied() {
		let scalar = f32::from_bits(x);
		match code {
			OpCode::MulAdd => {
				for i in 0..x as usize {
					update(&mut tile, live, |old, r, c| {
						let (a, b) = (memory.float(y, i * ROWS + r), memory.float(z, i * COLS + c));
						old + a * b
					});
				}
			}
			OpCode::AddProducts => update(&mut tile, live, |old, r, c| {
				old + memory.float(x, r) * memory.float(y, c)
			}),
			OpCode::AddTile => update(&mut tile, live, |old, r, c| {
				old + memory.place(x, r, y, c, z).read_unaligned()
			}),
			OpCode::Store => {
				for (r, row) in tile.iter().enumerate().take(live.rows) {
					for (c, value) in row.iter().enumerate().take(live.cols) {
						memory.place(x, r, y, c, z).write_unaligned(*value);
					}
				}
			}
			OpCode::LeakyRelu => update(&mut tile, live, |old, _, _| if old > 0.0 { old } else { scalar * old }),
			OpCode::ScalarMin => update(&mut tile, live, |old, _, _| min(scalar, old)),
			OpCode::ScalarMax => update(&mut tile, live, |old, _, _| max(scalar, old)),
			OpCode::ScalarAdd => update(&mut tile, live, |old, _, _| scalar + old),
			OpCode::ScalarMul => update(&mut tile, live, |old, _, _| scalar * old),
			OpCode::ScalarSub => update(&mut tile, live, |old, _, _| scalar - old),
			OpCode::ScalarSubFlipped => update(&mut tile, live, |old, _, _| old - scalar),
			OpCode::RowMin => update(&mut tile, live, |old, r, _| min(memory.float(x, r), old)),
			OpCode::RowMax => update(&mut tile, live, |old, r, _| max(memory.float(x, r), old)),
			OpCode::RowAdd => update(&mut tile, live, |old, r, _| memory.float(x, r) + old),
			OpCode::RowMul => update(&mut tile, live, |old, r, _| memory.float(x, r) * old),
			OpCode::RowSub => update(&mut tile, live, |old, r, _| memory.float(x, r) - old),
			OpCode::RowSubFlipped => update(&mut tile, live, |old, r, _| old - memory.float(x, r)),
			OpCode::ColMin => update(&mut tile, live, |old, _, c| min(memory.float(x, c), old)),
			OpCode::ColMax => update(&mut tile, live, |old, _, c| max(memory.float(x, c), old)),
			OpCode::ColAdd => update(&mut tile, live, |old, _, c| memory.float(x, c) + old),
			OpCode::ColMul => update(&mut tile, live, |old, _, c| memory.float(x, c) * old),
			OpCode::ColSub => update(&mut tile, live, |old, _, c| memory.float(x, c) - old),
			OpCode::ColSubFlipped => update(&mut tile, live, |old, _, c| old - memory.float(x, c)),
		}
	}
}

/// Replaces each accumulator of the live region by `op` of its value, row and column.
fn update(tile: &mut [[f32; COLS]; ROWS], live: LiveRegion, op: impl Fn(f32, usize, usize) -> f32) {
	for (r, row) in tile.iter_mut().enumerate().take(live.rows) {
		for (c, value) in row.iter_mut().enumerate().take(live.cols) {
			*value = op(*value, r, c);
		}
	}
}

/// Computes `f32.min` of WebAssembly.
fn min(a: f32, b: f32) -> f32 {
	if a.is_nan() || b.is_nan() {
		f32::NAN
	} else if a < b || (a == b && a.is_sign_negative()) {
		a
	} else {
		b
	}
}

/// Computes `f32.max` of WebAssembly.
fn max(a: f32, b: f32) -> f32 {
	if a.is_nan() || b.is_nan() {
		f32::NAN
	} else if a > b || (a == b && a.is_sign_positive()) {
		a
	} else {
		b
	}
}

/// Computes a run of a depthwise convolution along an axis.
///
/// # Safety
///
/// The run is [within](AxisRun::is_within) `memory`, and its output overlaps nothing that it reads.
pub unsafe fn depthwise_along_axis(memory: Memory, run: AxisRun) {
	for i in 0..run.len as usize {
		let mut sum = f32::from_bits(run.bias);
		for t in 0..run.taps as usize {
			let at = memory.word(run.offsets, t) as isize + i as isize * run.in_stride as isize;
			sum += memory.float(run.kernel, t) * memory.floats(run.input).offset(at).read_unaligned();
		}
		memory.floats_mut(run.output).add(i).write_unaligned(sum);
	}
}

/// Computes a run of a depthwise convolution over positions with contiguous channels.
///
/// # Safety
///
/// The run is [within](ChannelRun::is_within) `memory`, and its output overlaps nothing that it reads.
pub unsafe fn depthwise_along_channels(memory: Memory, run: ChannelRun) {
	for i in 0..run.len as isize {
		let (input, output) = (i * run.in_stride as isize, i * run.out_stride as isize);
		for c in 0..run.channels as usize {
			let mut sum = memory.float(run.bias, c);
			for t in 0..run.taps as usize {
				let kernel = memory.word(run.indices, t) as u32 as usize * run.k_stride as usize;
				let at = memory.word(run.offsets, t) as isize + input;
				sum +=
					memory.float(run.kernel, kernel + c) * memory.floats(run.input).offset(at).add(c).read_unaligned();
			}
			memory.floats_mut(run.output).offset(output).add(c).write_unaligned(sum);
		}
	}
}
