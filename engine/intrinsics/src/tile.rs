//! The program that computes a tile of a matrix product.

/// Rows of a tile: the width of the panels of A.
pub const ROWS: usize = 16;

/// Columns of a tile: the width of the panels of B.
pub const COLS: usize = 32;

/// The number of rows that are computed is a multiple of this.
pub const STEP: usize = 8;

/// The part of a tile that a program runs on: the first `rows` rows and `cols` columns. Nothing outside it is computed
/// or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveRegion {
	/// A multiple of [`STEP`], at most [`ROWS`].
	pub rows: usize,
	/// At most [`COLS`].
	pub cols: usize,
}

impl LiveRegion {
	/// The whole tile.
	pub const FULL: Self = Self { rows: ROWS, cols: COLS };

	/// Returns whether a tile has such a region.
	pub fn is_valid(self) -> bool {
		self.rows <= ROWS && self.rows.is_multiple_of(STEP) && self.cols <= COLS
	}
}

/// The kind of an operation on a tile of [`ROWS`] by [`COLS`] float accumulators. `tile[r][c]` is one accumulator, and
/// each formula holds for all of them. Pointers are addresses in the guest's memory; strides are in bytes and may be
/// negative. No two operations are ever fused into one rounding.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpCode {
	/// `for i in 0..k: tile[r][c] = tile[r][c] + a[i * ROWS + r] * b[i * COLS + c]`, both operations rounded, `i`
	/// ascending. Arguments: k, a, b.
	MulAdd,
	/// `tile[r][c] = tile[r][c] + rows[r] * cols[c]`, both rounded. Arguments: rows, cols.
	AddProducts,
	/// `tile[r][c] = tile[r][c] + *(p + r * row_stride + c * col_stride)`. Arguments: p, `row_stride`, `col_stride`.
	AddTile,
	/// `*(p + r * row_stride + c * col_stride) = tile[r][c]`. Arguments: p, `row_stride`, `col_stride`.
	Store,
	/// `tile[r][c] = if tile[r][c] > 0 { tile[r][c] } else { x * tile[r][c] }`. Argument: the bits of x.
	LeakyRelu,
	/// `tile[r][c] = min(x, tile[r][c])`, where -0 is less than +0 and a NaN on either side gives NaN. Argument: the
	/// bits of x.
	ScalarMin,
	/// `tile[r][c] = max(x, tile[r][c])`, with zeros and NaN as in `ScalarMin`. Argument: the bits of x.
	ScalarMax,
	/// `tile[r][c] = x + tile[r][c]`. Argument: the bits of x.
	ScalarAdd,
	/// `tile[r][c] = x * tile[r][c]`. Argument: the bits of x.
	ScalarMul,
	/// `tile[r][c] = x - tile[r][c]`. Argument: the bits of x.
	ScalarSub,
	/// `tile[r][c] = tile[r][c] - x`. Argument: the bits of x.
	ScalarSubFlipped,
	/// `ScalarMin` with x = `rows[r]`. Argument: rows.
	RowMin,
	/// `ScalarMax` with x = `rows[r]`. Argument: rows.
	RowMax,
	/// `ScalarAdd` with x = `rows[r]`. Argument: rows.
	RowAdd,
	/// `ScalarMul` with x = `rows[r]`. Argument: rows.
	RowMul,
	/// `ScalarSub` with x = `rows[r]`. Argument: rows.
	RowSub,
	/// `ScalarSubFlipped` with x = `rows[r]`. Argument: rows.
	RowSubFlipped,
	/// `ScalarMin` with x = `cols[c]`. Argument: cols.
	ColMin,
	/// `ScalarMax` with x = `cols[c]`. Argument: cols.
	ColMax,
	/// `ScalarAdd` with x = `cols[c]`. Argument: cols.
	ColAdd,
	/// `ScalarMul` with x = `cols[c]`. Argument: cols.
	ColMul,
	/// `ScalarSub` with x = `cols[c]`. Argument: cols.
	ColSub,
	/// `ScalarSubFlipped` with x = `cols[c]`. Argument: cols.
	ColSubFlipped,
}

impl OpCode {
	/// All kinds, in the order of their numbers.
	pub(crate) const ALL: [Self; 23] = [
		Self::MulAdd,
		Self::AddProducts,
		Self::AddTile,
		Self::Store,
		Self::LeakyRelu,
		Self::ScalarMin,
		Self::ScalarMax,
		Self::ScalarAdd,
		Self::ScalarMul,
		Self::ScalarSub,
		Self::ScalarSubFlipped,
		Self::RowMin,
		Self::RowMax,
		Self::RowAdd,
		Self::RowMul,
		Self::RowSub,
		Self::RowSubFlipped,
		Self::ColMin,
		Self::ColMax,
		Self::ColAdd,
		Self::ColMul,
		Self::ColSub,
		Self::ColSubFlipped,
	];

	/// Exchanges rows and columns.
	#[inline(always)]
	fn transposed(self) -> Self {
		match self {
			Self::RowMin => Self::ColMin,
			Self::RowMax => Self::ColMax,
			Self::RowAdd => Self::ColAdd,
			Self::RowMul => Self::ColMul,
			Self::RowSub => Self::ColSub,
			Self::RowSubFlipped => Self::ColSubFlipped,
			Self::ColMin => Self::RowMin,
			Self::ColMax => Self::RowMax,
			Self::ColAdd => Self::RowAdd,
			Self::ColMul => Self::RowMul,
			Self::ColSub => Self::RowSub,
			Self::ColSubFlipped => Self::RowSubFlipped,
			code => code,
		}
	}
}

/// An operation as it crosses from guest to host: four little-endian words, the first of which is an [`OpCode`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
	/// What the operation computes.
	pub code: OpCode,
	/// Its arguments, as the [`OpCode`] says; arguments that it does not take are ignored.
	pub args: [u32; 3],
}

/// The size of an [`Op`] in memory, in bytes.
pub const OP_SIZE: usize = 16;

impl Op {
	/// An operation that does nothing.
	pub const NONE: Self = Self {
		code: OpCode::MulAdd,
		args: [0; 3],
	};

	/// Returns the operation that does to the transpose of a tile what this one does to the tile.
	#[inline(always)]
	pub fn transposed(&self) -> Self {
		let [x, y, z] = self.args;
		let (code, args) = match self.code {
			OpCode::MulAdd | OpCode::AddTile | OpCode::Store => (self.code, [x, z, y]),
			OpCode::AddProducts => (self.code, [y, x, z]),
			code => (code.transposed(), self.args),
		};
		Self { code, args }
	}

	/// Reads an operation. Returns `None` if the first word is not an [`OpCode`].
	pub fn decode(bytes: &[u8; OP_SIZE]) -> Option<Self> {
		let (words, _) = bytes.as_chunks::<4>();
		let [code, args @ ..] = [words[0], words[1], words[2], words[3]].map(u32::from_le_bytes);
		let code = *OpCode::ALL.get(code as usize)?;
		Some(Self { code, args })
	}

	/// Returns whether everything that this operation reads and writes lies in a memory of `len` bytes.
	pub fn is_within(&self, len: usize) -> bool {
		const FLOAT: i128 = size_of::<f32>() as i128;
		let len = len as i128;
		let floats = |pointer: u32, count: i128| i128::from(pointer) + count * FLOAT <= len;
		let [x, y, z] = self.args;
		let (rows, cols) = (ROWS as i128, COLS as i128);
		match self.code {
			OpCode::MulAdd => floats(y, i128::from(x) * rows) && floats(z, i128::from(x) * cols),
			OpCode::AddProducts => floats(x, rows) && floats(y, cols),
			OpCode::AddTile | OpCode::Store => {
				let reach = |stride: u32, count: i128| i128::from(stride as i32) * (count - 1);
				let (down, right) = (reach(y, rows), reach(z, cols));
				let first = i128::from(x) + down.min(0) + right.min(0);
				let last = i128::from(x) + down.max(0) + right.max(0);
				first >= 0 && last + FLOAT <= len
			}
			OpCode::RowMin
			| OpCode::RowMax
			| OpCode::RowAdd
			| OpCode::RowMul
			| OpCode::RowSub
			| OpCode::RowSubFlipped => floats(x, rows),
			OpCode::ColMin
			| OpCode::ColMax
			| OpCode::ColAdd
			| OpCode::ColMul
			| OpCode::ColSub
			| OpCode::ColSubFlipped => floats(x, cols),
			_ => true,
		}
	}
}
