//! The operands of a run of a depthwise convolution. Pointers are addresses in the guest's memory, of floats unless
//! stated otherwise. Strides and offsets count floats and may be negative.

/// A run along an axis on which the outputs are contiguous:
///
/// ```text
/// for i in 0..len:
///     output[i] = bias
///     for t in 0..taps: output[i] = output[i] + kernel[t] * input[offsets[t] + i * in_stride]
/// ```
///
/// Both operations are rounded, and `t` ascends.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AxisRun {
	/// Where offsets into the input start.
	pub input: u32,
	/// `len` floats, written.
	pub output: u32,
	/// `taps` floats.
	pub kernel: u32,
	/// `taps` signed words.
	pub offsets: u32,
	/// The number of elements of the kernel.
	pub taps: u32,
	/// The bits of a float.
	pub bias: u32,
	/// The number of outputs.
	pub len: u32,
	/// From the input of one output to that of the next.
	pub in_stride: i32,
}

impl AxisRun {
	/// Returns whether everything that this run reads and writes lies in `memory`.
	pub fn is_within(&self, memory: &[u8]) -> bool {
		let Some(offsets) = words(memory, self.offsets, self.taps) else {
			return false;
		};
		let (taps, len) = (self.taps.into(), self.len.into());
		let read = offsets.map(i64::from).all(|offset| {
			let floats = Floats {
				pointer: self.input,
				offset,
				len,
				stride: self.in_stride,
				width: 1,
			};
			floats.is_within(memory)
		});
		read && Floats::row(self.kernel, taps).is_within(memory) && Floats::row(self.output, len).is_within(memory)
	}
}

/// A run over `len` positions of `channels` outputs each, where the channels are contiguous:
///
/// ```text
/// for i in 0..len, c in 0..channels:
///     output[i * out_stride + c] = bias[c]
///     for t in 0..taps:
///         output[i * out_stride + c] = output[i * out_stride + c] +
///             kernel[indices[t] * k_stride + c] * input[offsets[t] + i * in_stride + c]
/// ```
///
/// Both operations are rounded, and `t` ascends.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ChannelRun {
	/// Where offsets into the input start.
	pub input: u32,
	/// Rows of `channels` floats, written.
	pub output: u32,
	/// Rows of `channels` floats, one for each index.
	pub kernel: u32,
	/// `taps` words.
	pub indices: u32,
	/// `taps` signed words.
	pub offsets: u32,
	/// The number of elements of the kernel in each channel.
	pub taps: u32,
	/// `channels` floats.
	pub bias: u32,
	/// The number of channels.
	pub channels: u32,
	/// From one row of the kernel to the next.
	pub k_stride: u32,
	/// The number of positions.
	pub len: u32,
	/// From the input of one position to that of the next.
	pub in_stride: i32,
	/// From the output of one position to that of the next.
	pub out_stride: i32,
}

impl ChannelRun {
	/// Returns whether everything that this run reads and writes lies in `memory`.
	pub fn is_within(&self, memory: &[u8]) -> bool {
		let (indices, offsets) = (
			words(memory, self.indices, self.taps),
			words(memory, self.offsets, self.taps),
		);
		let (Some(mut indices), Some(offsets)) = (indices, offsets) else {
			return false;
		};
		let (len, width) = (self.len.into(), self.channels.into());
		let kernel = indices.all(|index| {
			let offset = i64::from(index as u32) * i64::from(self.k_stride);
			Floats {
				pointer: self.kernel,
				offset,
				len: 1,
				stride: 0,
				width,
			}
			.is_within(memory)
		});
		let input = offsets.map(i64::from).all(|offset| {
			let floats = Floats {
				pointer: self.input,
				offset,
				len,
				stride: self.in_stride,
				width,
			};
			floats.is_within(memory)
		});
		let output = Floats {
			pointer: self.output,
			offset: 0,
			len,
			stride: self.out_stride,
			width,
		};
		kernel && input && output.is_within(memory) && Floats::row(self.bias, width).is_within(memory)
	}
}

/// `len` rows of `width` floats, `stride` floats from one to the next.
struct Floats {
	pointer: u32,
	offset: i64,
	len: i64,
	stride: i32,
	width: i64,
}

impl Floats {
	fn row(pointer: u32, width: i64) -> Self {
		Self {
			pointer,
			offset: 0,
			len: 1,
			stride: 0,
			width,
		}
	}

	fn is_within(&self, memory: &[u8]) -> bool {
		if self.len == 0 || self.width == 0 {
			return true;
		}
		// 128 bits hold any product of two 32-bit numbers, and sums of a few such products.
		let last = (self.len - 1) * i64::from(self.stride);
		let floats = i128::from(self.offset) + i128::from(last.min(0))
			..i128::from(self.offset) + i128::from(last.max(0)) + i128::from(self.width);
		let bytes = |floats: i128| i128::from(self.pointer) + floats * size_of::<f32>() as i128;
		bytes(floats.start) >= 0 && bytes(floats.end) <= memory.len() as i128
	}
}

/// Returns the `count` words at `pointer`, or `None` if they reach beyond `memory`.
fn words(memory: &[u8], pointer: u32, count: u32) -> Option<impl Iterator<Item = i32> + '_> {
	let bytes = memory
		.get(pointer as usize..)?
		.get(..(count as usize).checked_mul(size_of::<i32>())?)?;
	Some(bytes.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word)))
}
