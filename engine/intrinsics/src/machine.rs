//! The implementations there are, and which of them this machine runs best.

#[cfg(target_arch = "aarch64")]
use crate::arm::neon;
#[cfg(target_arch = "x86_64")]
use crate::x86::{avx2, avx512, sse2};
use crate::{
	depthwise::{AlongAxis, AlongChannels},
	reference,
	tile::{Live, Op},
	Memory,
};

/// The implementation of a machine.
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

/// The instructions that an implementation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
	/// None in particular: the specification itself.
	Reference,
	#[cfg(target_arch = "x86_64")]
	Sse2,
	#[cfg(target_arch = "x86_64")]
	Avx2,
	#[cfg(target_arch = "x86_64")]
	Avx512,
	#[cfg(target_arch = "aarch64")]
	Neon,
}

impl Machine {
	/// All that this one can run, the best last.
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

	/// The best that this one can run.
	pub fn best() -> Self {
		Self::all().last().unwrap_or(Self::Reference)
	}

	/// Runs `program` as [`reference::tile_f32`] does.
	///
	/// # Safety
	///
	/// As for the reference; and `self` is one of [`Machine::all`].
	pub unsafe fn tile_f32(self, memory: Memory, program: &[Op], live: Live) {
		dispatch!(self, tile_f32(memory, program, live))
	}

	/// Computes what [`reference::depthwise_along_axis`] does.
	///
	/// # Safety
	///
	/// As for the reference; and `self` is one of [`Machine::all`].
	pub unsafe fn depthwise_along_axis(self, memory: Memory, run: AlongAxis) {
		dispatch!(self, depthwise_along_axis(memory, run))
	}

	/// Computes what [`reference::depthwise_along_channels`] does.
	///
	/// # Safety
	///
	/// As for the reference; and `self` is one of [`Machine::all`].
	pub unsafe fn depthwise_along_channels(self, memory: Memory, run: AlongChannels) {
		dispatch!(self, depthwise_along_channels(memory, run))
	}
}
