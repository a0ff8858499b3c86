//! The tile program with vectors of any width.

use crate::{
	lanes::Lanes,
	tile::{LiveRegion, Op, OpCode, COLS, ROWS, STEP},
	Memory,
};

/// The number of steps of a product by which the panels are prefetched.
const PREFETCH_DISTANCE: usize = 16;

const FLOAT: usize = size_of::<f32>();

/// Runs `program` as [`crate::reference::tile_f32`] does, on `R` rows by `V` vectors of `L` at a time, which fit the
/// registers. The columns that are left over take one vector of `L`, if that is longer than [`STEP`], or else steps of
/// `W` vectors of `S`; [`run_last_columns`] does the rest.
///
/// # Safety
///
/// The conditions of the reference hold, and the machine has the instructions of `L` and `S`.
#[inline(always)]
pub unsafe fn tile_f32<L: Lanes, S: Lanes, const R: usize, const V: usize, const W: usize>(
	memory: Memory,
	program: &[Op],
	live: LiveRegion,
) {
	const { assert!(STEP.is_multiple_of(R) && COLS.is_multiple_of(V * L::N) && STEP == W * S::N) };
	let mut done = 0;
	for row in (0..live.rows).step_by(R) {
		let mut col = 0;
		while col + V * L::N <= live.cols {
			run_accumulators::<L, R, V, false>(memory, program, row, col);
			col += V * L::N;
		}
		if L::N > STEP {
			if col + L::N <= live.cols {
				run_accumulators::<L, R, 1, false>(memory, program, row, col);
				col += L::N;
			}
		} else {
			while col + STEP <= live.cols {
				run_accumulators::<S, R, W, false>(memory, program, row, col);
				col += STEP;
			}
		}
		done = col;
	}
	run_last_columns::<L, S, W>(memory, program, live, done);
}

/// Runs `program` on the columns from `col` on, which are fewer than a vector has lanes. Here the vectors lie along the
/// rows.
#[inline(always)]
unsafe fn run_last_columns<L: Lanes, S: Lanes, const W: usize>(
	memory: Memory,
	program: &[Op],
	live: LiveRegion,
	mut col: usize,
) {
	while col < live.cols {
		col += match live.cols - col {
			4.. => run_columns::<L, S, W, 4>(memory, program, live.rows, col),
			2.. => run_columns::<L, S, W, 2>(memory, program, live.rows, col),
			_ => run_columns::<L, S, W, 1>(memory, program, live.rows, col),
		};
	}
}

/// Runs `program` on `C` columns from `col` on, with vectors along the rows, and returns `C`.
#[inline(always)]
unsafe fn run_columns<L: Lanes, S: Lanes, const W: usize, const C: usize>(
	memory: Memory,
	program: &[Op],
	rows: usize,
	col: usize,
) -> usize {
	if rows == L::N {
		run_accumulators::<L, C, 1, true>(memory, program, col, 0);
	} else {
		for row in (0..rows).step_by(STEP) {
			run_accumulators::<S, C, W, true>(memory, program, col, row);
		}
	}
	C
}

/// Runs `program` on `R` rows by `V` vectors of accumulators from `row` and `col` on. If `TRANSPOSED`, the tile is
/// transposed: its columns count as rows.
#[inline(always)]
unsafe fn run_accumulators<L: Lanes, const R: usize, const V: usize, const TRANSPOSED: bool>(
	memory: Memory,
	program: &[Op],
	row: usize,
	col: usize,
) {
	let (rows, cols) = if TRANSPOSED { (COLS, ROWS) } else { (ROWS, COLS) };
	let mut tile = [[L::splat(0.0); V]; R];
	for op in program {
		let Op { code, args: [x, y, z] } = if TRANSPOSED { op.transposed() } else { *op };
		let scalar = || L::splat(f32::from_bits(x));
		let by_row = |r: usize| L::splat(memory.float(x, row + r));
		let by_col = |v: usize| L::load(memory.floats(x).add(col + v * L::N));
		match code {
			OpCode::MulAdd => {
				let (mut a, mut b) = (memory.floats(y).add(row), memory.floats(z).add(col));
				for _ in 0..x {
					L::prefetch(a.wrapping_add(PREFETCH_DISTANCE * rows));
					for v in 0..V {
						L::prefetch(b.wrapping_add(PREFETCH_DISTANCE * cols + v * L::N));
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
			OpCode::AddProducts => update(&mut tile, |old, r, v| {
				old.add(by_row(r).mul(L::load(memory.floats(y).add(col + v * L::N))))
			}),
			OpCode::AddTile if z as usize == FLOAT => update(&mut tile, |old, r, v| {
				old.add(L::load(memory.place(x, row + r, y, col + v * L::N, z)))
			}),
			OpCode::AddTile => update(&mut tile, |old, r, v| {
				old.add(L::gather(|c| memory.place(x, row + r, y, col + v * L::N + c, z)))
			}),
			OpCode::Store if z as usize == FLOAT => {
				for (r, values) in tile.into_iter().enumerate() {
					for (v, values) in values.into_iter().enumerate() {
						values.store(memory.place(x, row + r, y, col + v * L::N, z));
					}
				}
			}
			OpCode::Store if y as usize == FLOAT => {
				for v in 0..V {
					let column = |c| memory.place(x, row, y, col + v * L::N + c, z);
					L::store_transposed(tile.map(|values| values[v]), column);
				}
			}
			OpCode::Store => {
				for (r, values) in tile.into_iter().enumerate() {
					for (v, values) in values.into_iter().enumerate() {
						values.scatter(|c| memory.place(x, row + r, y, col + v * L::N + c, z));
					}
				}
			}
			OpCode::LeakyRelu => update(&mut tile, |old, _, _| old.if_positive(scalar().mul(old))),
			OpCode::ScalarMin => update(&mut tile, |old, _, _| scalar().min(old)),
			OpCode::ScalarMax => update(&mut tile, |old, _, _| scalar().max(old)),
			OpCode::ScalarAdd => update(&mut tile, |old, _, _| scalar().add(old)),
			OpCode::ScalarMul => update(&mut tile, |old, _, _| scalar().mul(old)),
			OpCode::ScalarSub => update(&mut tile, |old, _, _| scalar().sub(old)),
			OpCode::ScalarSubFlipped => update(&mut tile, |old, _, _| old.sub(scalar())),
			OpCode::RowMin => update(&mut tile, |old, r, _| by_row(r).min(old)),
			OpCode::RowMax => update(&mut tile, |old, r, _| by_row(r).max(old)),
			OpCode::RowAdd => update(&mut tile, |old, r, _| by_row(r).add(old)),
			OpCode::RowMul => update(&mut tile, |old, r, _| by_row(r).mul(old)),
			OpCode::RowSub => update(&mut tile, |old, r, _| by_row(r).sub(old)),
			OpCode::RowSubFlipped => update(&mut tile, |old, r, _| old.sub(by_row(r))),
			OpCode::ColMin => update(&mut tile, |old, _, v| by_col(v).min(old)),
			OpCode::ColMax => update(&mut tile, |old, _, v| by_col(v).max(old)),
			OpCode::ColAdd => update(&mut tile, |old, _, v| by_col(v).add(old)),
			OpCode::ColMul => update(&mut tile, |old, _, v| by_col(v).mul(old)),
			OpCode::ColSub => update(&mut tile, |old, _, v| by_col(v).sub(old)),
			OpCode::ColSubFlipped => update(&mut tile, |old, _, v| old.sub(by_col(v))),
		}
	}
}

/// Replaces each vector of accumulators by `op` of its value, row and place within the row.
#[inline(always)]
unsafe fn update<L: Lanes, const R: usize, const V: usize>(tile: &mut [[L; V]; R], op: impl Fn(L, usize, usize) -> L) {
	for (r, row) in tile.iter_mut().enumerate() {
		for (v, value) in row.iter_mut().enumerate() {
			*value = op(*value, r, v);
		}
	}
}
