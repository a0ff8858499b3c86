//! The matrix product.
//!
//! tract chooses kernels by tiers and, within one, by name. This tier stands above its own for WebAssembly and claims every product of
//! floats but that with a single column, which is bound by memory and not by arithmetic. It has two kernels, which compute the same: one takes
//! wide panels of the right operand and narrow ones of the left; the other, on the transposes of its tiles, the other way round. Results
//! are stored fastest where their neighbours in memory lie along the wide panels.

use super::is_offered;
use assay_intrinsics::{
	caps::TILE_F32,
	local,
	tile::{Code, Live, Op, COLS, ROWS, STEP},
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

/// Takes wide panels of the left operand.
const LEFT: &str = "assay_f32_32x16";

/// Takes wide panels of the right operand.
const RIGHT: &str = "assay_f32_16x32";

/// Bytes that panels start at multiples of.
const ALIGN: usize = 64;

/// Bytes of wide panels that are read for each narrow one, so that they stay in a cache of the second level.
const BLOCK: usize = 512 * 1024;

/// How many wide panels of `k` rows are read for each narrow one.
pub(crate) fn block(k: usize) -> usize {
	let panel = k.saturating_mul(COLS * size_of::<f32>()).max(1);
	(BLOCK / panel).max(1)
}

thread_local! {
	static PROGRAM: RefCell<Vec<Op>> = const { RefCell::new(Vec::new()) };
	/// What is within the matrix of the tile that is computed next.
	static LIVE: Cell<Live> = const { Cell::new(Live::ALL) };
}

inventory::submit! {
	MmmRoutine { make: || product::<COLS, ROWS>(LEFT) }
}

inventory::submit! {
	MmmRoutine { make: || product::<ROWS, COLS>(RIGHT) }
}

inventory::submit! {
	MmmTier { arch: Some(Arch::Wasm32Simd128), precedence: 2, name: "assay", applies: |_| true, preferred }
}

/// An extractor is allowed for products of matrices, which tract has turned so that the left one is the longer. Mostly its elements are
/// neighbours in the result: places of an image, or what is computed of one token. A convolution's places are to the right.
fn preferred(_: &IsaSet, accumulator: DatumType, query: &Query, _: &[Suitable]) -> Option<&'static str> {
	let name = if query.allow_extractor { LEFT } else { RIGHT };
	(accumulator == DatumType::F32 && query.n != Some(1)).then_some(name)
}

fn product<const MR: usize, const NR: usize>(name: &str) -> Box<dyn MatMatMul> {
	let panel = |lanes| PackedFormat::new(DatumType::F32, lanes, ALIGN);
	let mut kernel = DynKernel::new(name, run::<MR, NR>, panel(MR), panel(NR));
	kernel.arch = Some(Arch::Wasm32Simd128);
	kernel.row_major_store = true;
	Box::new(Product::<MR, NR>(kernel))
}

/// The kernel, walking over tiles in an order of its own and knowing how much of the last ones lies within the matrix.
#[derive(Clone, Debug)]
struct Product<const MR: usize, const NR: usize>(DynKernel<MR, NR, f32>);

impl<const MR: usize, const NR: usize> Product<MR, NR> {
	/// Whether the left operand's panels are the wide ones, so that tiles are turned.
	const TURNED: bool = MR == COLS;

	/// Calls `tile` for each tile of `down` by `right`, given as its place: for all narrow panels with a block of wide ones before the next.
	fn each_tile(
		(down, right): (usize, usize),
		k: usize,
		columns_first: bool,
		mut tile: impl FnMut(usize, usize) -> TractResult<()>,
	) -> TractResult<()> {
		if columns_first {
			return (0..right).try_for_each(|right| (0..down).try_for_each(|down| tile(down, right)));
		}
		let (narrow, wide) = if Self::TURNED { (right, down) } else { (down, right) };
		let block = block(k);
		(0..wide).step_by(block).try_for_each(|first| {
			let panels = first..wide.min(first + block);
			(0..narrow).try_for_each(|narrow| {
				panels.clone().try_for_each(|wide| {
					if Self::TURNED {
						tile(wide, narrow)
					} else {
						tile(narrow, wide)
					}
				})
			})
		})
	}
}

impl<const MR: usize, const NR: usize> MatMatMul for Product<MR, NR> {
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
			.context("scratch of another kernel")?;
		scratch.prepare(&self.0, m, n, specs)?;
		// A panel that is made in scratch is made once, if its column of tiles is done with before the next.
		let in_scratch = |spec: &FusedSpec| matches!(spec, FusedSpec::AddMatMul { b, .. } if b.scratch_panel_buffer_layout().is_some());
		let columns_first = specs.iter().any(in_scratch);
		let k = specs.iter().find_map(|spec| match spec {
			FusedSpec::AddMatMul { a, .. } => Some(a.k()),
			_ => None,
		});
		let size = (m.div_ceil(MR), n.div_ceil(NR));
		Self::each_tile(size, k.unwrap_or(0), columns_first, |down, right| {
			let (down_left, right_left) = (m - down * MR, n - right * NR);
			let (rows, cols) = if Self::TURNED {
				(right_left, down_left)
			} else {
				(down_left, right_left)
			};
			LIVE.set(Live {
				rows: rows.min(ROWS).next_multiple_of(STEP),
				cols: cols.min(COLS),
			});
			scratch.run(&self.0, specs, down, right)
		})
	}
}

/// Computes one tile. Returns 0, or 1 for what is not offered.
unsafe fn run<const MR: usize, const NR: usize>(specs: &[FusedKerSpec<f32>]) -> isize {
	PROGRAM.with_borrow_mut(|program| {
		program.clear();
		for spec in specs {
			match op(spec) {
				Step::Op(code, args) => {
					let op = Op { code, args };
					program.push(if Product::<MR, NR>::TURNED { op.turned() } else { op });
				}
				Step::Clear => program.clear(),
				Step::Done => break,
				Step::Unknown => return 1,
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

enum Step {
	Op(Code, [u32; 3]),
	Clear,
	Done,
	Unknown,
}

fn op(spec: &FusedKerSpec<f32>) -> Step {
	let scalar = |code, x: f32| Step::Op(code, [x.to_bits(), 0, 0]);
	let vector = |code, pointer: *const f32| Step::Op(code, [pointer as u32, 0, 0]);
	match *spec {
		FusedKerSpec::Done => Step::Done,
		FusedKerSpec::Clear => Step::Clear,
		FusedKerSpec::AddMatMul { k, pa, pb, packing: 0 } => Step::Op(Code::MulAdd, [k as u32, pa as u32, pb as u32]),
		FusedKerSpec::AddRowColProducts(rows, cols) => Step::Op(Code::AddProducts, [rows as u32, cols as u32, 0]),
		FusedKerSpec::AddUnicast(tile) if tile.item_size == size_of::<f32>() => Step::Op(
			Code::AddTile,
			[
				tile.ptr as u32,
				tile.row_byte_stride as u32,
				tile.col_byte_stride as u32,
			],
		),
		FusedKerSpec::Store(tile) if tile.item_size == size_of::<f32>() => Step::Op(
			Code::Store,
			[
				tile.ptr as u32,
				tile.row_byte_stride as u32,
				tile.col_byte_stride as u32,
			],
		),
		FusedKerSpec::LeakyRelu(x) => scalar(Code::LeakyRelu, x),
		FusedKerSpec::ScalarMin(x) => scalar(Code::ScalarMin, x),
		FusedKerSpec::ScalarMax(x) => scalar(Code::ScalarMax, x),
		FusedKerSpec::ScalarAdd(x) => scalar(Code::ScalarAdd, x),
		FusedKerSpec::ScalarMul(x) => scalar(Code::ScalarMul, x),
		FusedKerSpec::ScalarSub(x) => scalar(Code::ScalarSub, x),
		FusedKerSpec::ScalarSubF(x) => scalar(Code::ScalarSubFlipped, x),
		FusedKerSpec::PerRowMin(rows) => vector(Code::RowMin, rows),
		FusedKerSpec::PerRowMax(rows) => vector(Code::RowMax, rows),
		FusedKerSpec::PerRowAdd(rows) => vector(Code::RowAdd, rows),
		FusedKerSpec::PerRowMul(rows) => vector(Code::RowMul, rows),
		FusedKerSpec::PerRowSub(rows) => vector(Code::RowSub, rows),
		FusedKerSpec::PerRowSubF(rows) => vector(Code::RowSubFlipped, rows),
		FusedKerSpec::PerColMin(cols) => vector(Code::ColMin, cols),
		FusedKerSpec::PerColMax(cols) => vector(Code::ColMax, cols),
		FusedKerSpec::PerColAdd(cols) => vector(Code::ColAdd, cols),
		FusedKerSpec::PerColMul(cols) => vector(Code::ColMul, cols),
		FusedKerSpec::PerColSub(cols) => vector(Code::ColSub, cols),
		FusedKerSpec::PerColSubF(cols) => vector(Code::ColSubFlipped, cols),
		_ => Step::Unknown,
	}
}
