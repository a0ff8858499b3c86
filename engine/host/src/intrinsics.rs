//! The engine's imports: exact arithmetic on its memory that this machine does faster than WebAssembly can.

use crate::sandbox::Host;
use assay_intrinsics::{
	caps,
	depthwise::{AlongAxis, AlongChannels},
	machine::Machine,
	tile::{Live, Op, OP},
	Memory,
};
use std::sync::OnceLock;
use wasmtime::{Caller, Linker, Trap};

/// The module that the engine imports from.
const MODULE: &str = "assay";

/// The fastest way in which this machine computes the intrinsics, of those that have been seen to give the right bits.
pub(crate) fn best() -> Machine {
	static BEST: OnceLock<Machine> = OnceLock::new();
	*BEST.get_or_init(|| {
		let machine = Machine::trusted();
		if machine != Machine::best() {
			log::error!(
				"{:?} miscalculates on this machine; the engine uses {machine:?}",
				Machine::best()
			);
		}
		machine
	})
}

/// Gives the engine its imports, computed by `machine`; without one, it is told to compute for itself.
pub(crate) fn link(linker: &mut Linker<Host>, machine: Option<Machine>) -> wasmtime::Result<()> {
	let offered = if machine.is_some() { caps::ALL } else { 0 };
	linker.func_wrap(MODULE, "caps", move || offered)?;
	let machine = machine.unwrap_or(Machine::Reference);
	linker.func_wrap(
		MODULE,
		"tile_f32",
		move |mut caller: Caller<Host>, program: u32, len: u32, rows: u32, cols: u32| {
			let memory = memory(&mut caller)?;
			tile_f32(
				machine,
				memory,
				program,
				len,
				Live {
					rows: rows as usize,
					cols: cols as usize,
				},
			)
			.ok_or_else(|| wasmtime::Error::from(Trap::MemoryOutOfBounds))
		},
	)?;
	linker.func_wrap(
		MODULE,
		"depthwise_along_axis",
		move |mut caller: Caller<Host>,
		      input: u32,
		      output: u32,
		      kernel: u32,
		      offsets: u32,
		      taps: u32,
		      bias: f32,
		      len: u32,
		      in_stride: i32| {
			let run = AlongAxis {
				input,
				output,
				kernel,
				offsets,
				taps,
				bias: bias.to_bits(),
				len,
				in_stride,
			};
			let memory = memory(&mut caller)?;
			if !run.is_within(memory) {
				return Err(Trap::MemoryOutOfBounds.into());
			}
			// SAFETY: everything is within memory, which nobody else holds.
			unsafe { machine.depthwise_along_axis(Memory(memory.as_mut_ptr()), run) };
			Ok(())
		},
	)?;
	linker.func_wrap(
		MODULE,
		"depthwise_along_channels",
		move |mut caller: Caller<Host>,
		      input: u32,
		      output: u32,
		      kernel: u32,
		      indices: u32,
		      offsets: u32,
		      taps: u32,
		      bias: u32,
		      channels: u32,
		      k_stride: u32,
		      len: u32,
		      in_stride: i32,
		      out_stride: i32| {
			let run = AlongChannels {
				input,
				output,
				kernel,
				indices,
				offsets,
				taps,
				bias,
				channels,
				k_stride,
				len,
				in_stride,
				out_stride,
			};
			let memory = memory(&mut caller)?;
			if !run.is_within(memory) {
				return Err(Trap::MemoryOutOfBounds.into());
			}
			// SAFETY: everything is within memory, which nobody else holds.
			unsafe { machine.depthwise_along_channels(Memory(memory.as_mut_ptr()), run) };
			Ok(())
		},
	)?;
	Ok(())
}

/// The memory of the instance that calls.
fn memory<'a>(caller: &'a mut Caller<Host>) -> wasmtime::Result<&'a mut [u8]> {
	let memory = caller
		.data()
		.memory
		.ok_or_else(|| wasmtime::Error::from(Trap::MemoryOutOfBounds))?;
	Ok(memory.data_mut(caller))
}

/// Runs the program of `len` operations at `program`; `None` if it is no program or reaches out of memory.
fn tile_f32(machine: Machine, memory: &mut [u8], program: u32, len: u32, live: Live) -> Option<()> {
	let program = memory.get(program as usize..)?.get(..(len as usize).checked_mul(OP)?)?;
	let ops = program.as_chunks::<OP>().0;
	let mut few = [Op::NONE; 8];
	let many;
	let ops = match few.get_mut(..ops.len()) {
		Some(few) => {
			for (op, bytes) in few.iter_mut().zip(ops) {
				*op = Op::decode(bytes)?;
			}
			&few[..]
		}
		None => {
			many = ops.iter().map(Op::decode).collect::<Option<Vec<_>>>()?;
			&many[..]
		}
	};
	if !live.is_valid() || !ops.iter().all(|op| op.is_within(memory.len())) {
		return None;
	}
	// SAFETY: everything is within memory, which nobody else holds.
	unsafe { machine.tile_f32(Memory(memory.as_mut_ptr()), ops, live) };
	Some(())
}
