//! The specification of the intrinsics, one element at a time: what every other implementation must equal bit for bit, but for the
//! bits of a NaN.

use crate::{
	depthwise::{AlongAxis, AlongChannels},
	tile::{Code, Live, Op, COLS, ROWS},
	Memory,
};

/// Runs `program` on the live part of a tile of zeros.
///
/// # Safety
///
/// All operations are [within](Op::is_within) `memory`. What they store overlaps nothing that they read or store otherwise, but that an
/// [`Code::AddTile`] may read the very places that are stored to.
pub unsafe fn tile_f32(memory: Memory, program: &[Op], live: Live) {
	let mut tile = [[0.0_f32; COLS]; ROWS];
	for Op { code, args: [x, y, z] } in program.iter().copied() {
		let scalar = f32::from_bits(x);
		match code {
			Code::MulAdd => {
				for i in 0..x as usize {
					each(&mut tile, live, |old, r, c| {
						let (a, b) = (memory.float(y, i * ROWS + r), memory.float(z, i * COLS + c));
						old + a * b
					});
				}
			}
			Code::AddProducts => each(&mut tile, live, |old, r, c| {
				old + memory.float(x, r) * memory.float(y, c)
			}),
			Code::AddTile => each(&mut tile, live, |old, r, c| {
				old + memory.place(x, r, y, c, z).read_unaligned()
			}),
			Code::Store => {
				for (r, row) in tile.iter().enumerate().take(live.rows) {
					for (c, value) in row.iter().enumerate().take(live.cols) {
						memory.place(x, r, y, c, z).write_unaligned(*value);
					}
				}
			}
			Code::LeakyRelu => each(&mut tile, live, |old, _, _| if old > 0.0 { old } else { scalar * old }),
			Code::ScalarMin => each(&mut tile, live, |old, _, _| min(scalar, old)),
			Code::ScalarMax => each(&mut tile, live, |old, _, _| max(scalar, old)),
			Code::ScalarAdd => each(&mut tile, live, |old, _, _| scalar + old),
			Code::ScalarMul => each(&mut tile, live, |old, _, _| scalar * old),
			Code::ScalarSub => each(&mut tile, live, |old, _, _| scalar - old),
			Code::ScalarSubFlipped => each(&mut tile, live, |old, _, _| old - scalar),
			Code::RowMin => each(&mut tile, live, |old, r, _| min(memory.float(x, r), old)),
			Code::RowMax => each(&mut tile, live, |old, r, _| max(memory.float(x, r), old)),
			Code::RowAdd => each(&mut tile, live, |old, r, _| memory.float(x, r) + old),
			Code::RowMul => each(&mut tile, live, |old, r, _| memory.float(x, r) * old),
			Code::RowSub => each(&mut tile, live, |old, r, _| memory.float(x, r) - old),
			Code::RowSubFlipped => each(&mut tile, live, |old, r, _| old - memory.float(x, r)),
			Code::ColMin => each(&mut tile, live, |old, _, c| min(memory.float(x, c), old)),
			Code::ColMax => each(&mut tile, live, |old, _, c| max(memory.float(x, c), old)),
			Code::ColAdd => each(&mut tile, live, |old, _, c| memory.float(x, c) + old),
			Code::ColMul => each(&mut tile, live, |old, _, c| memory.float(x, c) * old),
			Code::ColSub => each(&mut tile, live, |old, _, c| memory.float(x, c) - old),
			Code::ColSubFlipped => each(&mut tile, live, |old, _, c| old - memory.float(x, c)),
		}
	}
}

fn each(tile: &mut [[f32; COLS]; ROWS], live: Live, op: impl Fn(f32, usize, usize) -> f32) {
	for (r, row) in tile.iter_mut().enumerate().take(live.rows) {
		for (c, value) in row.iter_mut().enumerate().take(live.cols) {
			*value = op(*value, r, c);
		}
	}
}

/// `f32.min` of WebAssembly.
fn min(a: f32, b: f32) -> f32 {
	if a.is_nan() || b.is_nan() {
		f32::NAN
	} else if a < b || (a == b && a.is_sign_negative()) {
		a
	} else {
		b
	}
}

/// `f32.max` of WebAssembly.
fn max(a: f32, b: f32) -> f32 {
	if a.is_nan() || b.is_nan() {
		f32::NAN
	} else if a > b || (a == b && a.is_sign_positive()) {
		a
	} else {
		b
	}
}

/// Computes one run of a depthwise convolution.
///
/// # Safety
///
/// It is [within](AlongAxis::is_within) `memory`, and its output overlaps nothing that it reads.
pub unsafe fn depthwise_along_axis(memory: Memory, run: AlongAxis) {
	for i in 0..run.len as usize {
		let mut sum = f32::from_bits(run.bias);
		for t in 0..run.taps as usize {
			let at = memory.word(run.offsets, t) as isize + i as isize * run.in_stride as isize;
			sum += memory.float(run.kernel, t) * memory.floats(run.input).offset(at).read_unaligned();
		}
		memory.floats_mut(run.output).add(i).write_unaligned(sum);
	}
}

/// Computes one run of a depthwise convolution.
///
/// # Safety
///
/// It is [within](AlongChannels::is_within) `memory`, and its output overlaps nothing that it reads.
pub unsafe fn depthwise_along_channels(memory: Memory, run: AlongChannels) {
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
