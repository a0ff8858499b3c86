//! Depthwise convolutions with vectors of any width.
//!
//! Where the length is not a multiple of the vector's, the last vector ends where the axis ends. The outputs that it
//! shares with the vector before it are computed twice, with the same result.

use crate::{
	depthwise::{AxisRun, ChannelRun},
	lanes::Lanes,
	reference, Memory,
};

/// The number of vectors of outputs that are accumulated at a time.
const UNROLL: usize = 4;

/// Computes what [`reference::depthwise_along_axis`] does, with vectors of `L`, or of `S` where the axis is shorter
/// than `L`.
///
/// # Safety
///
/// The conditions of the reference hold, and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn along_axis<L: Lanes, S: Lanes>(memory: Memory, run: AxisRun) {
	let len = run.len as usize;
	if run.in_stride != 1 || len < S::N {
		reference::depthwise_along_axis(memory, run);
	} else if len < L::N {
		compute_axis::<S>(memory, run, len);
	} else {
		compute_axis::<L>(memory, run, len);
	}
}

/// Computes all outputs, of which there are at least as many as lanes.
#[inline(always)]
unsafe fn compute_axis<L: Lanes>(memory: Memory, run: AxisRun, len: usize) {
	let mut i = 0;
	while i + UNROLL * L::N <= len {
		compute_outputs::<L, UNROLL>(memory, run, i);
		i += UNROLL * L::N;
	}
	while i < len {
		compute_outputs::<L, 1>(memory, run, i.min(len - L::N));
		i += L::N;
	}
}

/// Computes `V` vectors of outputs from `i` on.
#[inline(always)]
unsafe fn compute_outputs<L: Lanes, const V: usize>(memory: Memory, run: AxisRun, i: usize) {
	let mut sums = [L::splat(f32::from_bits(run.bias)); V];
	for t in 0..run.taps as usize {
		let factor = L::splat(memory.float(run.kernel, t));
		let input = memory
			.floats(run.input)
			.offset(memory.word(run.offsets, t) as isize)
			.add(i);
		for (v, sum) in sums.iter_mut().enumerate() {
			*sum = sum.add(factor.mul(L::load(input.add(v * L::N))));
		}
	}
	for (v, sum) in sums.into_iter().enumerate() {
		sum.store(memory.floats_mut(run.output).add(i + v * L::N));
	}
}

/// Computes what [`reference::depthwise_along_channels`] does, with vectors of `L`, or of `S` where there are fewer
/// channels than lanes.
///
/// # Safety
///
/// The conditions of the reference hold, and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn along_channels<L: Lanes, S: Lanes>(memory: Memory, run: ChannelRun) {
	let channels = run.channels as usize;
	if channels < S::N {
		reference::depthwise_along_channels(memory, run);
	} else if channels < L::N {
		compute_channels::<S>(memory, run, channels);
	} else {
		compute_channels::<L>(memory, run, channels);
	}
}

/// Computes all positions, which have at least as many channels as there are lanes.
#[inline(always)]
unsafe fn compute_channels<L: Lanes>(memory: Memory, run: ChannelRun, channels: usize) {
	let len = run.len as usize;
	let mut c = 0;
	while c < channels {
		let first = c.min(channels - L::N);
		let mut i = 0;
		while i + UNROLL <= len {
			compute_positions::<L, UNROLL>(memory, run, first, i);
			i += UNROLL;
		}
		while i < len {
			compute_positions::<L, 1>(memory, run, first, i);
			i += 1;
		}
		c += L::N;
	}
}

/// Computes the outputs at `P` positions from `i` on, of one vector of channels from `c` on.
#[inline(always)]
unsafe fn compute_positions<L: Lanes, const P: usize>(memory: Memory, run: ChannelRun, c: usize, i: usize) {
	let mut sums = [L::load(memory.floats(run.bias).add(c)); P];
	for t in 0..run.taps as usize {
		let kernel = memory.word(run.indices, t) as u32 as usize * run.k_stride as usize;
		let factor = L::load(memory.floats(run.kernel).add(kernel + c));
		let input = memory
			.floats(run.input)
			.offset(memory.word(run.offsets, t) as isize)
			.add(c);
		for (p, sum) in sums.iter_mut().enumerate() {
			*sum = sum.add(factor.mul(L::load(input.offset((i + p) as isize * run.in_stride as isize))));
		}
	}
	for (p, sum) in sums.into_iter().enumerate() {
		let output = memory
			.floats_mut(run.output)
			.offset((i + p) as isize * run.out_stride as isize);
		sum.store(output.add(c));
	}
}
