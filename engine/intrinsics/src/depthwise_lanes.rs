//! Depthwise convolutions over vectors of any width.
//!
//! What is left of an axis beyond whole vectors is a vector that ends where the axis ends: the outputs it shares with the one before are
//! computed twice and are the same.

use crate::{
	depthwise::{AlongAxis, AlongChannels},
	lanes::Lanes,
	reference, Memory,
};

/// Outputs worked on at a time, in vectors.
const AT_ONCE: usize = 4;

/// Computes what [`reference::depthwise_along_axis`] does, in vectors of `L`, or of `S` where the axis is shorter.
///
/// # Safety
///
/// As for the reference; and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn along_axis<L: Lanes, S: Lanes>(memory: Memory, run: AlongAxis) {
	let len = run.len as usize;
	if run.in_stride != 1 || len < S::N {
		reference::depthwise_along_axis(memory, run);
	} else if len < L::N {
		axis::<S>(memory, run, len);
	} else {
		axis::<L>(memory, run, len);
	}
}

#[inline(always)]
unsafe fn axis<L: Lanes>(memory: Memory, run: AlongAxis, len: usize) {
	let mut i = 0;
	while i + AT_ONCE * L::N <= len {
		axis_part::<L, AT_ONCE>(memory, run, i);
		i += AT_ONCE * L::N;
	}
	while i < len {
		axis_part::<L, 1>(memory, run, i.min(len - L::N));
		i += L::N;
	}
}

#[inline(always)]
unsafe fn axis_part<L: Lanes, const V: usize>(memory: Memory, run: AlongAxis, i: usize) {
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

/// Computes what [`reference::depthwise_along_channels`] does, in vectors of `L`, or of `S` where there are fewer channels.
///
/// # Safety
///
/// As for the reference; and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn along_channels<L: Lanes, S: Lanes>(memory: Memory, run: AlongChannels) {
	let channels = run.channels as usize;
	if channels < S::N {
		reference::depthwise_along_channels(memory, run);
	} else if channels < L::N {
		channel_blocks::<S>(memory, run, channels);
	} else {
		channel_blocks::<L>(memory, run, channels);
	}
}

#[inline(always)]
unsafe fn channel_blocks<L: Lanes>(memory: Memory, run: AlongChannels, channels: usize) {
	let len = run.len as usize;
	let mut c = 0;
	while c < channels {
		let first = c.min(channels - L::N);
		let mut i = 0;
		while i + AT_ONCE <= len {
			channel_part::<L, AT_ONCE>(memory, run, first, i);
			i += AT_ONCE;
		}
		while i < len {
			channel_part::<L, 1>(memory, run, first, i);
			i += 1;
		}
		c += L::N;
	}
}

/// The outputs at `P` positions from `i` on, of the channels from `c` on.
#[inline(always)]
unsafe fn channel_part<L: Lanes, const P: usize>(memory: Memory, run: AlongChannels, c: usize, i: usize) {
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
