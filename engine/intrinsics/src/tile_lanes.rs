//! The tile program over vectors of any width.

use crate::{
	lanes::Lanes,
	tile::{Code, Live, Op, COLS, ROWS, STEP},
	Memory,
};

/// How many steps of a product ahead panels are fetched.
const AHEAD: usize = 16;

const FLOAT: usize = size_of::<f32>();

/// Runs `program` as [`crate::reference::tile_f32`] does. `R` rows by `V` vectors of `L` are worked on at a time, in registers; what is left
/// of the columns is one vector of `L`, if that is more than a step, or steps of `W` vectors of `S`, and then [`narrow`].
///
/// # Safety
///
/// As for the reference; and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn tile_f32<L: Lanes, S: Lanes, const R: usize, const V: usize, const W: usize>(
	memory: Memory,
	program: &[Op],
	live: Live,
) {
	const { assert!(STEP.is_multiple_of(R) && COLS.is_multiple_of(V * L::N) && STEP == W * S::N) };
	let mut done = 0;
	for row in (0..live.rows).step_by(R) {
		let mut col = 0;
		while col + V * L::N <= live.cols {
			part::<L, R, V, false>(memory, program, row, col);
			col += V * L::N;
		}
		if L::N > STEP {
			if col + L::N <= live.cols {
				part::<L, R, 1, false>(memory, program, row, col);
				col += L::N;
			}
		} else {
			while col + STEP <= live.cols {
				part::<S, R, W, false>(memory, program, row, col);
				col += STEP;
			}
		}
		done = col;
	}
	narrow::<L, S, W>(memory, program, live, done);
}

/// Runs `program` on the columns from `col` on, fewer than a vector is long: vectors lie along the rows here, one beside the other.
#[inline(always)]
unsafe fn narrow<L: Lanes, S: Lanes, const W: usize>(memory: Memory, program: &[Op], live: Live, mut col: usize) {
	while col < live.cols {
		col += match live.cols - col {
			4.. => columns::<L, S, W, 4>(memory, program, live.rows, col),
			2.. => columns::<L, S, W, 2>(memory, program, live.rows, col),
			_ => columns::<L, S, W, 1>(memory, program, live.rows, col),
		};
	}
}

/// Runs `program` on `C` columns and returns `C`.
#[inline(always)]
unsafe fn columns<L: Lanes, S: Lanes, const W: usize, const C: usize>(
	memory: Memory,
	program: &[Op],
	rows: usize,
	col: usize,
) -> usize {
	if rows == L::N {
		part::<L, C, 1, true>(memory, program, col, 0);
	} else {
		for row in (0..rows).step_by(STEP) {
			part::<S, C, W, true>(memory, program, col, row);
		}
	}
	C
}

/// Runs `program` on the accumulators from `row` and `col` on; if `TURNED`, on the transpose of the tile, whose rows are the tile's
/// columns.
#[inline(always)]
unsafe fn part<L: Lanes, const R: usize, const V: usize, const TURNED: bool>(
	memory: Memory,
	program: &[Op],
	row: usize,
	col: usize,
) {
	let (rows, cols) = if TURNED { (COLS, ROWS) } else { (ROWS, COLS) };
	let mut tile = [[L::splat(0.0); V]; R];
	for op in program {
		let Op { code, args: [x, y, z] } = if TURNED { op.turned() } else { *op };
		let scalar = || L::splat(f32::from_bits(x));
		let by_row = |r: usize| L::splat(memory.float(x, row + r));
		let by_col = |v: usize| L::load(memory.floats(x).add(col + v * L::N));
		match code {
			Code::MulAdd => {
				let (mut a, mut b) = (memory.floats(y).add(row), memory.floats(z).add(col));
				for _ in 0..x {
					L::prefetch(a.wrapping_add(AHEAD * rows));
					for v in 0..V {
						L::prefetch(b.wrapping_add(AHEAD * cols + v * L::N));
					}
					let mut columns = [L::splat(0.0); V];
					for (v, column) in columns.iter_mut().enumerate() {
						*column = L::load(b.add(v * L::N));
					}
					for (r, old) in tile.iter_mut().enumerate() {
						let factor = L::splat(a.add(r).read_unaligned());
						for (old, column) in old.iter_mut().zip(columns) {
							*old = old.add(factor.mul(column));
						}
					}
					a = a.add(rows);
					b = b.add(cols);
				}
			}
			Code::AddProducts => each(&mut tile, |old, r, v| {
				old.add(by_row(r).mul(L::load(memory.floats(y).add(col + v * L::N))))
			}),
			Code::AddTile if z as usize == FLOAT => each(&mut tile, |old, r, v| {
				old.add(L::load(memory.place(x, row + r, y, col + v * L::N, z)))
			}),
			Code::AddTile => each(&mut tile, |old, r, v| {
				old.add(L::load_apart(|c| memory.place(x, row + r, y, col + v * L::N + c, z)))
			}),
			Code::Store if z as usize == FLOAT => {
				for (r, values) in tile.into_iter().enumerate() {
					for (v, values) in values.into_iter().enumerate() {
						values.store(memory.place(x, row + r, y, col + v * L::N, z));
					}
				}
			}
			Code::Store if y as usize == FLOAT => {
				for v in 0..V {
					let column = |c| memory.place(x, row, y, col + v * L::N + c, z);
					L::store_columns(tile.map(|values| values[v]), column);
				}
			}
			Code::Store => {
				for (r, values) in tile.into_iter().enumerate() {
					for (v, values) in values.into_iter().enumerate() {
						values.store_apart(|c| memory.place(x, row + r, y, col + v * L::N + c, z));
					}
				}
			}
			Code::LeakyRelu => each(&mut tile, |old, _, _| old.if_positive(scalar().mul(old))),
			Code::ScalarMin => each(&mut tile, |old, _, _| scalar().min(old)),
			Code::ScalarMax => each(&mut tile, |old, _, _| scalar().max(old)),
			Code::ScalarAdd => each(&mut tile, |old, _, _| scalar().add(old)),
			Code::ScalarMul => each(&mut tile, |old, _, _| scalar().mul(old)),
			Code::ScalarSub => each(&mut tile, |old, _, _| scalar().sub(old)),
			Code::ScalarSubFlipped => each(&mut tile, |old, _, _| old.sub(scalar())),
			Code::RowMin => each(&mut tile, |old, r, _| by_row(r).min(old)),
			Code::RowMax => each(&mut tile, |old, r, _| by_row(r).max(old)),
			Code::RowAdd => each(&mut tile, |old, r, _| by_row(r).add(old)),
			Code::RowMul => each(&mut tile, |old, r, _| by_row(r).mul(old)),
			Code::RowSub => each(&mut tile, |old, r, _| by_row(r).sub(old)),
			Code::RowSubFlipped => each(&mut tile, |old, r, _| old.sub(by_row(r))),
			Code::ColMin => each(&mut tile, |old, _, v| by_col(v).min(old)),
			Code::ColMax => each(&mut tile, |old, _, v| by_col(v).max(old)),
			Code::ColAdd => each(&mut tile, |old, _, v| by_col(v).add(old)),
			Code::ColMul => each(&mut tile, |old, _, v| by_col(v).mul(old)),
			Code::ColSub => each(&mut tile, |old, _, v| by_col(v).sub(old)),
			Code::ColSubFlipped => each(&mut tile, |old, _, v| old.sub(by_col(v))),
		}
	}
}

#[inline(always)]
unsafe fn each<L: Lanes, const R: usize, const V: usize>(tile: &mut [[L; V]; R], op: impl Fn(L, usize, usize) -> L) {
	for (r, row) in tile.iter_mut().enumerate() {
		for (v, value) in row.iter_mut().enumerate() {
			*value = op(*value, r, v);
		}
	}
}
