//! What a tile of a matrix product is computed by.

/// Rows of a tile: of the panels of A.
pub const ROWS: usize = 16;

/// Columns of a tile: of the panels of B.
pub const COLS: usize = 32;

/// The rows of a tile that are computed are a multiple of this.
pub const STEP: usize = 8;

/// The part of a tile that a program is run on: its first `rows` rows, a multiple of [`STEP`], and `cols` columns. Of the rest nothing is
/// computed or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
	pub rows: usize,
	pub cols: usize,
}

impl Live {
	/// All of it.
	pub const ALL: Self = Self { rows: ROWS, cols: COLS };

	/// Whether there is such a part.
	pub fn is_valid(self) -> bool {
		self.rows <= ROWS && self.rows.is_multiple_of(STEP) && self.cols <= COLS
	}
}

/// One operation on a tile of [`ROWS`] by [`COLS`] float accumulators. Pointers are addresses in the guest's memory, strides are in
/// bytes and may be negative, `tile[r][c]` is one accumulator; each line holds for all of them. No two operations are ever fused into
/// one rounding.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
	/// `for i in 0..k: tile[r][c] = tile[r][c] + a[i * ROWS + r] * b[i * COLS + c]`, both operations rounded, `i` ascending.
	/// Arguments: k, a, b.
	MulAdd,
	/// `tile[r][c] = tile[r][c] + rows[r] * cols[c]`, both rounded. Arguments: rows, cols.
	AddProducts,
	/// `tile[r][c] = tile[r][c] + *(p + r * row_stride + c * col_stride)`. Arguments: p, `row_stride`, `col_stride`.
	AddTile,
	/// `*(p + r * row_stride + c * col_stride) = tile[r][c]`. Arguments: p, `row_stride`, `col_stride`.
	Store,
	/// `tile[r][c] = if tile[r][c] > 0 { tile[r][c] } else { x * tile[r][c] }`. Argument: the bits of x.
	LeakyRelu,
	/// `tile[r][c] = min(x, tile[r][c])`, where -0 is less than +0 and a NaN on either side gives NaN. Argument: the bits of x.
	ScalarMin,
	/// `tile[r][c] = max(x, tile[r][c])`, likewise.
	ScalarMax,
	/// `tile[r][c] = x + tile[r][c]`.
	ScalarAdd,
	/// `tile[r][c] = x * tile[r][c]`.
	ScalarMul,
	/// `tile[r][c] = x - tile[r][c]`.
	ScalarSub,
	/// `tile[r][c] = tile[r][c] - x`.
	ScalarSubFlipped,
	/// As `ScalarMin`, with x = `rows[r]`. Argument: rows.
	RowMin,
	RowMax,
	RowAdd,
	RowMul,
	RowSub,
	RowSubFlipped,
	/// As `ScalarMin`, with x = `cols[c]`. Argument: cols.
	ColMin,
	ColMax,
	ColAdd,
	ColMul,
	ColSub,
	ColSubFlipped,
}

impl Code {
	/// In the order of their numbers.
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

	/// With rows for columns and columns for rows.
	#[inline(always)]
	fn turned(self) -> Self {
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

/// An operation as it crosses from guest to host: four little-endian words, the first of them a [`Code`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
	pub code: Code,
	pub args: [u32; 3],
}

/// Bytes of an [`Op`] in memory.
pub const OP: usize = 16;

impl Op {
	/// Does nothing.
	pub const NONE: Self = Self {
		code: Code::MulAdd,
		args: [0; 3],
	};

	/// What does to the transpose of a tile what this does to the tile.
	#[inline(always)]
	pub fn turned(&self) -> Self {
		let [x, y, z] = self.args;
		let (code, args) = match self.code {
			Code::MulAdd | Code::AddTile | Code::Store => (self.code, [x, z, y]),
			Code::AddProducts => (self.code, [y, x, z]),
			code => (code.turned(), self.args),
		};
		Self { code, args }
	}

	/// Reads an operation; `None` if it is none.
	pub fn decode(bytes: &[u8; OP]) -> Option<Self> {
		let (words, _) = bytes.as_chunks::<4>();
		let [code, args @ ..] = [words[0], words[1], words[2], words[3]].map(u32::from_le_bytes);
		let code = *Code::ALL.get(code as usize)?;
		Some(Self { code, args })
	}

	/// Whether all that this operation reads and writes lies in a memory of `len` bytes.
	pub fn is_within(&self, len: usize) -> bool {
		const FLOAT: i128 = size_of::<f32>() as i128;
		let len = len as i128;
		let floats = |pointer: u32, count: i128| i128::from(pointer) + count * FLOAT <= len;
		let [x, y, z] = self.args;
		let (rows, cols) = (ROWS as i128, COLS as i128);
		match self.code {
			Code::MulAdd => floats(y, i128::from(x) * rows) && floats(z, i128::from(x) * cols),
			Code::AddProducts => floats(x, rows) && floats(y, cols),
			Code::AddTile | Code::Store => {
				let reach = |stride: u32, count: i128| i128::from(stride as i32) * (count - 1);
				let (down, right) = (reach(y, rows), reach(z, cols));
				let first = i128::from(x) + down.min(0) + right.min(0);
				let last = i128::from(x) + down.max(0) + right.max(0);
				first >= 0 && last + FLOAT <= len
			}
			Code::RowMin | Code::RowMax | Code::RowAdd | Code::RowMul | Code::RowSub | Code::RowSubFlipped => {
				floats(x, rows)
			}
			Code::ColMin | Code::ColMax | Code::ColAdd | Code::ColMul | Code::ColSub | Code::ColSubFlipped => {
				floats(x, cols)
			}
			_ => true,
		}
	}
}
