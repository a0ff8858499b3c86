//! Matrix products.
//!
//! tract chooses kernels by tier and, within a tier, by name. This tier has precedence over tract's own for
//! WebAssembly, and takes every product of float32 except those with a single column, which are bound by memory and not
//! by arithmetic. It has two kernels that compute the same: one takes wide panels of the right operand and narrow ones
//! of the left; the other computes transposed tiles, and so takes wide panels of the left. Storing is fastest where
//! elements along the wide panels are contiguous in the result.

use super::is_offered;
use assay_intrinsics::{
	caps::TILE_F32,
	local,
	tile::{LiveRegion, Op, OpCode, COLS, ROWS, STEP},
};
use std::{
	borrow::Cow,
	cell::{Cell, RefCell},
};
use tract_linalg::{
	isa::{Arch, IsaReq, IsaSet},
	mmm::{
		DynKernel, FusedKerSpec, FusedSpec, MMMInputFormat, MatMatMul, OutputStoreSpec, Query, ScratchSpace,
		ScratchSpaceImpl, Suitable,
	},
	mmm_routines::MmmRoutine,
	mmm_tiers::MmmTier,
	pack::PackedFormat,
};
use tract_onnx::{
	prelude::{DatumType, TractResult},
	tract_core::internal::TractErrorContext,
};

/// The kernel that takes wide panels of the left operand.
const WIDE_LEFT: &str = "assay_f32_32x16";

/// The kernel that takes wide panels of the right operand.
const WIDE_RIGHT: &str = "assay_f32_16x32";

/// The alignment of panels, in bytes.
const ALIGN: usize = 64;

/// Bytes of wide panels in a batch. All narrow panels are multiplied by one batch before the next, so that it stays in
/// the second-level cache.
const BATCH: usize = 512 * 1024;

/// Returns the number of wide panels of `k` rows in a batch.
pub(crate) fn panels_per_batch(k: usize) -> usize {
	let panel = k.saturating_mul(COLS * size_of::<f32>()).max(1);
	(BATCH / panel).max(1)
}

thread_local! {
	static PROGRAM: RefCell<Vec<Op>> = const { RefCell::new(Vec::new()) };
	/// The part of the next tile that lies within the matrix.
	static LIVE: Cell<LiveRegion> = const { Cell::new(LiveRegion::FULL) };
}

inventory::submit! {
	MmmRoutine { make: || make_kernel::<COLS, ROWS>(WIDE_LEFT) }
}

inventory::submit! {
	MmmRoutine { make: || make_kernel::<ROWS, COLS>(WIDE_RIGHT) }
}

inventory::submit! {
	MmmTier {
		arch: Some(Arch::Wasm32Simd128),
		precedence: 2,
		name: "assay",
		applies: |_| true,
		preferred: choose_kernel,
	}
}

/// Names the kernel for a product. tract allows an extractor for products of two matrices, whose operands it has
/// ordered so that the left one is the longer; its rows are mostly contiguous in the result, like the positions of an
/// image or the features of a token. In a convolution, the positions are on the right.
fn choose_kernel(_: &IsaSet, accumulator: DatumType, query: &Query, _: &[Suitable]) -> Option<&'static str> {
	let name = if query.allow_extractor { WIDE_LEFT } else { WIDE_RIGHT };
	(accumulator == DatumType::F32 && query.n != Some(1)).then_some(name)
}

fn make_kernel<const MR: usize, const NR: usize>(name: &str) -> Box<dyn MatMatMul> {
	let panel = |lanes| PackedFormat::new(DatumType::F32, lanes, ALIGN);
	let mut kernel = DynKernel::new(name, run_tile::<MR, NR>, panel(MR), panel(NR));
	kernel.arch = Some(Arch::Wasm32Simd128);
	kernel.row_major_store = true;
	Box::new(MatMulKernel::<MR, NR>(kernel))
}

/// A kernel that visits tiles in an order of its own, and computes only the part of a tile that lies within the matrix.
#[derive(Clone, Debug)]
struct MatMulKernel<const MR: usize, const NR: usize>(DynKernel<MR, NR, f32>);

impl<const MR: usize, const NR: usize> MatMulKernel<MR, NR> {
	/// Whether the panels of the left operand are the wide ones, so that tiles are transposed.
	const TRANSPOSED: bool = MR == COLS;

	/// Calls `tile` with the position of each of `down` by `right` tiles: all tiles of one batch of wide panels before
	/// those of the next.
	fn for_each_tile(
		(down, right): (usize, usize),
		k: usize,
		columns_first: bool,
		mut tile: impl FnMut(usize, usize) -> TractResult<()>,
	) -> TractResult<()> {
		if columns_first {
			return (0..right).try_for_each(|right| (0..down).try_for_each(|down| tile(down, right)));
		}
		let (narrow, wide) = if Self::TRANSPOSED { (right, down) } else { (down, right) };
		let batch = panels_per_batch(k);
		(0..wide).step_by(batch).try_for_each(|first| {
			let panels = first..wide.min(first + batch);
			(0..narrow).try_for_each(|narrow| {
				panels.clone().try_for_each(|wide| {
					if Self::TRANSPOSED {
						tile(wide, narrow)
					} else {
						tile(narrow, wide)
					}
				})
			})
		})
	}
}

impl<const MR: usize, const NR: usize> MatMatMul for MatMulKernel<MR, NR> {
	fn name(&self) -> &str {
		&self.0.name
	}

	fn mr(&self) -> usize {
		MR
	}

	fn nr(&self) -> usize {
		NR
	}

	fn arch(&self) -> Option<Arch> {
		self.0.arch
	}

	fn emulated(&self) -> bool {
		false
	}

	fn boost(&self) -> isize {
		MatMatMul::boost(&self.0)
	}

	fn preference(&self) -> isize {
		MatMatMul::preference(&self.0)
	}

	fn runnable_on(&self, isa: &IsaSet) -> bool {
		MatMatMul::runnable_on(&self.0, isa)
	}

	fn runnable(&self) -> bool {
		MatMatMul::runnable(&self.0)
	}

	fn built(&self) -> bool {
		true
	}

	fn isa(&self) -> IsaReq {
		IsaReq::ANY
	}

	fn packings(&self) -> &[(Box<dyn MMMInputFormat>, Box<dyn MMMInputFormat>)] {
		&self.0.packings
	}

	fn internal_type(&self) -> DatumType {
		DatumType::F32
	}

	unsafe fn c_view(&self, m_axis: Option<usize>, n_axis: Option<usize>) -> OutputStoreSpec {
		self.0.c_view(m_axis, n_axis)
	}

	unsafe fn c_from_data_and_strides(&self, item: usize, row_stride: isize, col_stride: isize) -> OutputStoreSpec {
		self.0.c_from_data_and_strides(item, row_stride, col_stride)
	}

	fn can_fuse(&self, spec: &FusedSpec) -> bool {
		MatMatMul::can_fuse(&self.0, spec)
	}

	fn stores(&self) -> Cow<'_, [DatumType]> {
		MatMatMul::stores(&self.0)
	}

	unsafe fn allocate_scratch_space(&self) -> Box<dyn ScratchSpace> {
		self.0.allocate_scratch_space()
	}

	unsafe fn can_use_scratch_space(&self, scratch: &dyn ScratchSpace) -> bool {
		self.0.can_use_scratch_space(scratch)
	}

	unsafe fn run_with_scratch_space(
		&self,
		m: usize,
		n: usize,
		scratch: &mut dyn ScratchSpace,
		specs: &[FusedSpec],
	) -> TractResult<()> {
		let scratch = scratch
			.downcast_mut::<ScratchSpaceImpl<f32>>()
			.context("the scratch space belongs to another kernel")?;
		scratch.prepare(&self.0, m, n, specs)?;
		// A panel that is packed in scratch space is packed only once if its column of tiles is finished before the
		// next.
		let columns_first = specs.iter().any(|spec| match spec {
			FusedSpec::AddMatMul { b, .. } => b.scratch_panel_buffer_layout().is_some(),
			_ => false,
		});
		let k = specs.iter().find_map(|spec| match spec {
			FusedSpec::AddMatMul { a, .. } => Some(a.k()),
			_ => None,
		});
		let size = (m.div_ceil(MR), n.div_ceil(NR));
		Self::for_each_tile(size, k.unwrap_or(0), columns_first, |down, right| {
			let (down_left, right_left) = (m - down * MR, n - right * NR);
			let (rows, cols) = if Self::TRANSPOSED {
				(right_left, down_left)
			} else {
				(down_left, right_left)
			};
			LIVE.set(LiveRegion {
				rows: rows.min(ROWS).next_multiple_of(STEP),
				cols: cols.min(COLS),
			});
			scratch.run(&self.0, specs, down, right)
		})
	}
}

/// Computes one tile. Returns 0, or 1 if an operation is not supported.
unsafe fn run_tile<const MR: usize, const NR: usize>(specs: &[FusedKerSpec<f32>]) -> isize {
	PROGRAM.with_borrow_mut(|program| {
		program.clear();
		for spec in specs {
			match translate(spec) {
				Step::Op(code, args) => {
					let op = Op { code, args };
					program.push(if MatMulKernel::<MR, NR>::TRANSPOSED {
						op.transposed()
					} else {
						op
					});
				}
				Step::Clear => program.clear(),
				Step::Done => break,
				Step::Unsupported => return 1,
			}
		}
		let live = LIVE.get();
		if is_offered(TILE_F32) {
			super::tile_f32(
				program.as_ptr(),
				program.len() as u32,
				live.rows as u32,
				live.cols as u32,
			);
		} else {
			local::tile_f32(program, live);
		}
		0
	})
}

/// A step that replaces one of tract's fused operations.
enum Step {
	Op(OpCode, [u32; 3]),
	/// Sets the tile to zeros.
	Clear,
	/// Ends the program.
	Done,
	Unsupported,
}

/// Translates one of tract's fused operations.
fn translate(spec: &FusedKerSpec<f32>) -> Step {
	let scalar = |code, x: f32| Step::Op(code, [x.to_bits(), 0, 0]);
	let vector = |code, pointer: *const f32| Step::Op(code, [pointer as u32, 0, 0]);
	match *spec {
		FusedKerSpec::Done => Step::Done,
		FusedKerSpec::Clear => Step::Clear,
		FusedKerSpec::AddMatMul { k, pa, pb, packing: 0 } => Step::Op(OpCode::MulAdd, [k as u32, pa as u32, pb as u32]),
		FusedKerSpec::AddRowColProducts(rows, cols) => Step::Op(OpCode::AddProducts, [rows as u32, cols as u32, 0]),
		FusedKerSpec::AddUnicast(tile) if tile.item_size == size_of::<f32>() => Step::Op(
			OpCode::AddTile,
			[
				tile.ptr as u32,
				tile.row_byte_stride as u32,
				tile.col_byte_stride as u32,
			],
		),
		FusedKerSpec::Store(tile) if tile.item_size == size_of::<f32>() => Step::Op(
			OpCode::Store,
			[
				tile.ptr as u32,
				tile.row_byte_stride as u32,
				tile.col_byte_stride as u32,
			],
		),
		FusedKerSpec::LeakyRelu(x) => scalar(OpCode::LeakyRelu, x),
		FusedKerSpec::ScalarMin(x) => scalar(OpCode::ScalarMin, x),
		FusedKerSpec::ScalarMax(x) => scalar(OpCode::ScalarMax, x),
		FusedKerSpec::ScalarAdd(x) => scalar(OpCode::ScalarAdd, x),
		FusedKerSpec::ScalarMul(x) => scalar(OpCode::ScalarMul, x),
		FusedKerSpec::ScalarSub(x) => scalar(OpCode::ScalarSub, x),
		FusedKerSpec::ScalarSubF(x) => scalar(OpCode::ScalarSubFlipped, x),
		FusedKerSpec::PerRowMin(rows) => vector(OpCode::RowMin, rows),
		FusedKerSpec::PerRowMax(rows) => vector(OpCode::RowMax, rows),
		FusedKerSpec::PerRowAdd(rows) => vector(OpCode::RowAdd, rows),
		FusedKerSpec::PerRowMul(rows) => vector(OpCode::RowMul, rows),
		FusedKerSpec::PerRowSub(rows) => vector(OpCode::RowSub, rows),
		FusedKerSpec::PerRowSubF(rows) => vector(OpCode::RowSubFlipped, rows),
		FusedKerSpec::PerColMin(cols) => vector(OpCode::ColMin, cols),
		FusedKerSpec::PerColMax(cols) => vector(OpCode::ColMax, cols),
		FusedKerSpec::PerColAdd(cols) => vector(OpCode::ColAdd, cols),
		FusedKerSpec::PerColMul(cols) => vector(OpCode::ColMul, cols),
		FusedKerSpec::PerColSub(cols) => vector(OpCode::ColSub, cols),
		FusedKerSpec::PerColSubF(cols) => vector(OpCode::ColSubFlipped, cols),
		_ => Step::Unsupported,
	}
}
