//! Depthwise convolutions, as routines that tract calls.

use super::is_offered;
use assay_intrinsics::{
	caps::DEPTHWISE_F32,
	depthwise::{AxisRun, ChannelRun},
	local,
};
use tract_linalg::{
	isa::{Arch, IsaReq},
	routines::{Func, Routine, RoutineFactory},
};

inventory::submit! {
	Routine {
		func: Func::DepthwiseW,
		arch: Some(Arch::Wasm32Simd128),
		isa: IsaReq::ANY,
		boost: super::BOOST,
		round_trip: false,
		factory: RoutineFactory::DepthwiseWF32 { name: "assay_depthwise_w_f32", run: along_axis },
	}
}

inventory::submit! {
	Routine {
		func: Func::DepthwiseC,
		arch: Some(Arch::Wasm32Simd128),
		isa: IsaReq::ANY,
		boost: super::BOOST,
		round_trip: false,
		factory: RoutineFactory::DepthwiseCF32 { name: "assay_depthwise_c_f32", run: along_channels },
	}
}

unsafe fn along_axis(
	input: *const f32,
	output: *mut f32,
	taps: &[f32],
	offsets: &[isize],
	bias: f32,
	len: usize,
	in_stride: isize,
) {
	let run = AxisRun {
		input: input as u32,
		output: output as u32,
		kernel: taps.as_ptr() as u32,
		offsets: offsets.as_ptr() as u32,
		taps: taps.len() as u32,
		bias: bias.to_bits(),
		len: len as u32,
		in_stride: in_stride as i32,
	};
	if !is_offered(DEPTHWISE_F32) {
		return local::depthwise_along_axis(run);
	}
	super::depthwise_along_axis(
		run.input,
		run.output,
		run.kernel,
		run.offsets,
		run.taps,
		bias,
		run.len,
		run.in_stride,
	);
}

#[allow(clippy::too_many_arguments, reason = "the signature is tract's")]
unsafe fn along_channels(
	input: *const f32,
	output: *mut f32,
	kernel: *const f32,
	indices: &[usize],
	offsets: &[isize],
	bias: *const f32,
	channels: usize,
	k_stride: usize,
	len: usize,
	in_stride: isize,
	out_stride: isize,
) {
	let run = ChannelRun {
		input: input as u32,
		output: output as u32,
		kernel: kernel as u32,
		indices: indices.as_ptr() as u32,
		offsets: offsets.as_ptr() as u32,
		taps: offsets.len() as u32,
		bias: bias as u32,
		channels: channels as u32,
		k_stride: k_stride as u32,
		len: len as u32,
		in_stride: in_stride as i32,
		out_stride: out_stride as i32,
	};
	if !is_offered(DEPTHWISE_F32) {
		return local::depthwise_along_channels(run);
	}
	super::depthwise_along_channels(
		run.input,
		run.output,
		run.kernel,
		run.indices,
		run.offsets,
		run.taps,
		run.bias,
		run.channels,
		run.k_stride,
		run.len,
		run.in_stride,
		run.out_stride,
	);
}
