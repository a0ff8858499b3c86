//! The engine's imports: exact arithmetic on its memory, which native code does faster than WebAssembly.

use crate::sandbox::Host;
use assay_intrinsics::{
	caps,
	depthwise::{AxisRun, ChannelRun},
	machine::Machine,
	tile::{LiveRegion, Op, OP_SIZE},
	Memory,
};
use std::sync::OnceLock;
use wasmtime::{Caller, Linker, Trap};

/// The module that the engine imports from.
const MODULE: &str = "assay";

/// Returns the fastest implementation of the intrinsics for this machine, among those that passed a self-test.
pub(crate) fn best() -> Machine {
	static BEST: OnceLock<Machine> = OnceLock::new();
	*BEST.get_or_init(|| {
		let machine = Machine::trusted();
		if machine != Machine::best() {
			log::error!(
				"The processor gives wrong results with {:?}, so the engine uses {machine:?}, which is slower",
				Machine::best()
			);
		}
		machine
	})
}

/// Defines the engine's imports, computed by `machine`. Without one, they tell the engine to compute everything itself.
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
				LiveRegion {
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
			let run = AxisRun {
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
			// SAFETY: all operands are within the memory, which is borrowed mutably here.
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
			let run = ChannelRun {
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
			// SAFETY: all operands are within the memory, which is borrowed mutably here.
			unsafe { machine.depthwise_along_channels(Memory(memory.as_mut_ptr()), run) };
			Ok(())
		},
	)?;
	Ok(())
}

/// Returns the memory of the calling instance.
fn memory<'a>(caller: &'a mut Caller<Host>) -> wasmtime::Result<&'a mut [u8]> {
	let memory = caller
		.data()
		.memory
		.ok_or_else(|| wasmtime::Error::from(Trap::MemoryOutOfBounds))?;
	Ok(memory.data_mut(caller))
}

/// Runs the program of `len` operations at `program`. Returns `None` if it is not a valid program or accesses bytes
/// outside the memory.
fn tile_f32(machine: Machine, memory: &mut [u8], program: u32, len: u32, live: LiveRegion) -> Option<()> {
	let program = memory
		.get(program as usize..)?
		.get(..(len as usize).checked_mul(OP_SIZE)?)?;
	let ops = program.as_chunks::<OP_SIZE>().0;
	// Most programs are short and need no allocation.
	let mut short = [Op::NONE; 8];
	let long;
	let ops = match short.get_mut(..ops.len()) {
		Some(short) => {
			for (op, bytes) in short.iter_mut().zip(ops) {
				*op = Op::decode(bytes)?;
			}
			&short[..]
		}
		None => {
			long = ops.iter().map(Op::decode).collect::<Option<Vec<_>>>()?;
			&long[..]
		}
	};
	if !live.is_valid() || !ops.iter().all(|op| op.is_within(memory.len())) {
		return None;
	}
	// SAFETY: all operands are within the memory, which is borrowed mutably here.
	unsafe { machine.tile_f32(Memory(memory.as_mut_ptr()), ops, live) };
	Some(())
}
