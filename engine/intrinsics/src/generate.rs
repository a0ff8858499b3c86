//! Made-up memories, programs and runs, drawn from a seed.

use crate::{
	depthwise::{AxisRun, ChannelRun},
	tile::{LiveRegion, Op, OpCode, COLS, ROWS, STEP},
};

/// Floats of a made-up memory. The second half is for results.
pub(crate) const FLOATS: usize = 1 << 14;

/// The first float of the results.
const RESULTS: usize = FLOATS / 2;

/// The generator xorshift64 of Marsaglia, "Xorshift RNGs" (2003).
pub(crate) struct Random(u64);

impl Random {
	/// Creates a generator. Nearby seeds give unlike sequences.
	pub(crate) fn new(seed: u64) -> Self {
		Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
	}

	/// Draws the contents of a memory.
	pub(crate) fn memory(&mut self) -> Vec<f32> {
		let mut memory = vec![0.0; FLOATS];
		memory.fill_with(|| self.float());
		memory
	}

	fn next(&mut self) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		self.0
	}

	/// Draws a number less than `bound`.
	pub(crate) fn below(&mut self, bound: usize) -> usize {
		(self.next() >> 32) as usize % bound
	}

	/// Draws a float: mostly numbers of moderate size, sometimes zeros, infinities, NaNs, subnormals and any other
	/// bits.
	fn float(&mut self) -> f32 {
		let bits = self.next() as u32;
		let (sign, mantissa) = (bits & 0x8000_0000, bits & 0x007f_ffff);
		match self.below(64) {
			0 => f32::from_bits(sign),
			1 => f32::from_bits(sign | f32::INFINITY.to_bits()),
			2 => f32::from_bits(bits | f32::NAN.to_bits()),
			3..8 => f32::from_bits(sign | mantissa),
			8..12 => f32::from_bits(bits),
			_ => f32::from_bits(sign | (120 + self.below(14) as u32) << 23 | mantissa),
		}
	}

	/// Draws the address of `floats` floats in front of the results.
	fn input(&mut self, floats: usize) -> u32 {
		(self.below(RESULTS - floats) * size_of::<f32>()) as u32
	}

	/// Draws a run along an axis, and writes its offsets into all `memories`.
	pub(crate) fn axis_run(&mut self, memories: &mut [&mut Vec<f32>]) -> AxisRun {
		let (taps, len) = (self.below(12), self.below(100));
		let in_stride = [1, 1, 1, 2, 3, -1][self.below(6)];
		let reach = 3 * len + 64;
		AxisRun {
			input: (reach * size_of::<f32>()) as u32,
			output: (RESULTS * size_of::<f32>()) as u32,
			kernel: self.input(taps),
			offsets: self.words(memories, 0, taps, |random| random.below(64) as i32 - 32),
			taps: taps as u32,
			bias: self.float().to_bits(),
			len: len as u32,
			in_stride,
		}
	}

	/// Draws a run over channels, and writes its indices and offsets into all `memories`.
	pub(crate) fn channel_run(&mut self, memories: &mut [&mut Vec<f32>]) -> ChannelRun {
		let (taps, len, channels) = (self.below(10), self.below(11), self.below(70));
		let in_stride = [channels as i32, 2 * channels as i32, -(channels as i32)][self.below(3)];
		let reach = 2 * len * channels + 64;
		ChannelRun {
			input: (reach * size_of::<f32>()) as u32,
			output: (RESULTS * size_of::<f32>()) as u32,
			kernel: self.input(10 * 80 + channels),
			indices: self.words(memories, 0, taps, |random| random.below(10) as i32),
			offsets: self.words(memories, 1, taps, |random| random.below(64) as i32 - 32),
			taps: taps as u32,
			bias: self.input(channels),
			channels: channels as u32,
			k_stride: (channels + self.below(80 - channels)) as u32,
			len: len as u32,
			in_stride,
			out_stride: channels as i32,
		}
	}

	/// Draws `count` words, writes them near the end of all `memories`, in slot `slot`, and returns their address.
	fn words(
		&mut self,
		memories: &mut [&mut Vec<f32>],
		slot: usize,
		count: usize,
		word: impl Fn(&mut Self) -> i32,
	) -> u32 {
		let first = FLOATS - 64 * (slot + 1);
		for at in first..first + count {
			let word = f32::from_bits(word(self) as u32);
			for memory in memories.iter_mut() {
				memory[at] = word;
			}
		}
		(first * size_of::<f32>()) as u32
	}

	/// Draws a program, which ends with its only store, and the region that it runs on.
	pub(crate) fn program(&mut self) -> (Vec<Op>, LiveRegion) {
		let live = LiveRegion {
			rows: STEP * self.below(ROWS / STEP + 1),
			cols: self.below(COLS + 1),
		};
		let mut program: Vec<_> = (0..1 + self.below(4)).map(|_| self.op()).collect();
		program.push(self.store());
		(program, live)
	}

	fn op(&mut self) -> Op {
		let code = match self.below(3) {
			0 => OpCode::MulAdd,
			_ => OpCode::ALL[self.below(OpCode::ALL.len())],
		};
		// The only store is at the end.
		let code = if code == OpCode::Store { OpCode::AddTile } else { code };
		let args = match code {
			OpCode::MulAdd => {
				let k = self.below(100);
				[k as u32, self.input(k * ROWS), self.input(k * COLS)]
			}
			OpCode::AddProducts => [self.input(ROWS), self.input(COLS), 0],
			OpCode::AddTile | OpCode::Store => {
				let [row_stride, col_stride] = self.strides();
				[(RESULTS / 2 * size_of::<f32>()) as u32, row_stride, col_stride]
			}
			OpCode::LeakyRelu
			| OpCode::ScalarMin
			| OpCode::ScalarMax
			| OpCode::ScalarAdd
			| OpCode::ScalarMul
			| OpCode::ScalarSub
			| OpCode::ScalarSubFlipped => [self.float().to_bits(), 0, 0],
			_ => [self.input(COLS), 0, 0],
		};
		Op { code, args }
	}

	fn store(&mut self) -> Op {
		let [row_stride, col_stride] = self.strides();
		let middle = RESULTS + RESULTS / 2;
		Op {
			code: OpCode::Store,
			args: [(middle * size_of::<f32>()) as u32, row_stride, col_stride],
		}
	}

	/// Draws a stride of rows and one of columns, such that no two accumulators share a place.
	fn strides(&mut self) -> [u32; 2] {
		const FLOAT: i32 = size_of::<f32>() as i32;
		let (rows, cols) = (FLOAT * ROWS as i32, FLOAT * COLS as i32);
		[
			[cols, FLOAT],
			[cols + 12, FLOAT],
			[FLOAT, rows],
			[-cols, FLOAT],
			[FLOAT, rows + 4],
			[-FLOAT, -rows],
		][self.below(6)]
		.map(|stride| stride as u32)
	}
}
