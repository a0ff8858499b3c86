//! The implementations of the intrinsics, and which of them this machine can run.

#[cfg(target_arch = "aarch64")]
use crate::arm::neon;
#[cfg(target_arch = "x86_64")]
use crate::x86::{avx2, avx512, sse2};
use crate::{
	depthwise::{AxisRun, ChannelRun},
	reference,
	tile::{LiveRegion, Op},
	Memory,
};

/// Calls the implementation of `$machine`.
macro_rules! dispatch {
	($machine:expr, $name:ident($($argument:expr),*)) => {
		match $machine {
			Machine::Reference => reference::$name($($argument),*),
			#[cfg(target_arch = "x86_64")]
			Machine::Sse2 => sse2::$name($($argument),*),
			#[cfg(target_arch = "x86_64")]
			Machine::Avx2 => avx2::$name($($argument),*),
			#[cfg(target_arch = "x86_64")]
			Machine::Avx512 => avx512::$name($($argument),*),
			#[cfg(target_arch = "aarch64")]
			Machine::Neon => neon::$name($($argument),*),
		}
	};
}

/// An implementation of the intrinsics, named after the instructions it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
	/// The specification itself, which needs no particular instructions.
	Reference,
	/// Every x86-64 processor: vectors of four floats.
	#[cfg(target_arch = "x86_64")]
	Sse2,
	/// Vectors of eight floats.
	#[cfg(target_arch = "x86_64")]
	Avx2,
	/// Vectors of sixteen floats.
	#[cfg(target_arch = "x86_64")]
	Avx512,
	/// 64-bit ARM: vectors of four floats.
	#[cfg(target_arch = "aarch64")]
	Neon,
}

impl Machine {
	/// Lists the implementations that this machine can run, the fastest last.
	pub fn all() -> impl Iterator<Item = Self> {
		let all = [
			(Self::Reference, true),
			#[cfg(target_arch = "x86_64")]
			(Self::Sse2, true),
			#[cfg(target_arch = "x86_64")]
			(Self::Avx2, is_x86_feature_detected!("avx2")),
			#[cfg(target_arch = "x86_64")]
			(Self::Avx512, is_x86_feature_detected!("avx512f")),
			#[cfg(target_arch = "aarch64")]
			(Self::Neon, std::arch::is_aarch64_feature_detected!("neon")),
		];
		all.into_iter()
			.filter_map(|(machine, is_here)| is_here.then_some(machine))
	}

	/// Returns the fastest implementation that this machine can run.
	pub fn best() -> Self {
		Self::all().last().unwrap_or(Self::Reference)
	}

	/// Runs `program` as [`reference::tile_f32`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold, and `self` is one of [`Machine::all`].
	pub unsafe fn tile_f32(self, memory: Memory, program: &[Op], live: LiveRegion) {
		dispatch!(self, tile_f32(memory, program, live))
	}

	/// Computes what [`reference::depthwise_along_axis`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold, and `self` is one of [`Machine::all`].
	pub unsafe fn depthwise_along_axis(self, memory: Memory, run: AxisRun) {
		dispatch!(self, depthwise_along_axis(memory, run))
	}

	/// Computes what [`reference::depthwise_along_channels`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold, and `self` is one of [`Machine::all`].
	pub unsafe fn depthwise_along_channels(self, memory: Memory, run: ChannelRun) {
		dispatch!(self, depthwise_along_channels(memory, run))
	}
}
