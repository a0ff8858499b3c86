//! Wide panels of an operand of a matrix product, gathered from an image when the product asks for them. They come in
//! batches that fit the second-level cache, and a batch is used up before the next is gathered.
//!
//! tract gathers element by element, or everything at once. Here the columns of a panel are analysed when the model is
//! loaded: most are contiguous in the image, so that whole vectors can be loaded from it.

use crate::matmul::panels_per_batch;
use assay_intrinsics::tile::COLS;
use core::arch::wasm32::*;
use std::{
	alloc::Layout,
	cell::RefCell,
	fmt::{self, Display},
	hash::{Hash, Hasher},
	ops::Range,
	sync::Arc,
};
use tract_linalg::mmm::{MMMInputFormat, MMMInputValue, PackedExoticFact, PackedMatrixStorage};
use tract_onnx::{
	prelude::*,
	tract_core::{dyn_clone, internal::*, tract_data::internal::Blob},
};

/// Columns in a vector.
const LANES: usize = 4;

/// Rows that are written before the next columns, so that they stay in the first-level cache.
const CHUNK: usize = 64;

/// Replaces an operator of tract's that makes operands of matrix products out of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GatherPanels {
	name: StaticName,
	/// tract's operator, for the facts of the outputs.
	tract: Box<dyn TypedOp>,
	/// The number of elements in the image.
	len: usize,
	/// The shape of the tensor of operands.
	shape: TVec<usize>,
	/// For each operand, the element of the image at which it starts, and how it is gathered.
	operands: TVec<(usize, Arc<GatherPlan>)>,
}

impl GatherPanels {
	/// Creates the replacement of `tract`, for images of `len` elements, each of which holds all `operands`.
	pub(crate) fn new(
		name: &'static str,
		tract: &dyn TypedOp,
		len: usize,
		shape: TVec<usize>,
		operands: TVec<(usize, Arc<GatherPlan>)>,
	) -> Self {
		Self {
			name: name.into(),
			tract: dyn_clone::clone_box(tract),
			len,
			shape,
			operands,
		}
	}
}

impl Op for GatherPanels {
	fn name(&self) -> StaticName {
		self.name.clone()
	}

	op_as_typed_op!();
}

impl EvalOp for GatherPanels {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let image = args_1!(inputs);
		ensure!(image.datum_type() == DatumType::F32 && image.len() == self.len);
		let batch = Arc::new(SharedBatch::default());
		let operands = self.operands.iter().enumerate().map(|(operand, (first, plan))| {
			let columns = ImageColumns {
				image: image.clone(),
				operand,
				first: *first,
				plan: plan.clone(),
				batch: batch.clone(),
			};
			Box::new(columns) as Box<dyn MMMInputValue>
		});
		let packed = PackedMatrixStorage::new_batched(&self.shape, operands.collect());
		Ok(tvec!(packed.into_tensor(DatumType::F32).into_tvalue()))
	}
}

impl TypedOp for GatherPanels {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}

/// Where the elements of an operand's panels lie in the image: row k of column n is `rows[k]` elements after the
/// position of column n.
#[derive(Debug, Hash, PartialEq, Eq)]
pub(crate) struct GatherPlan {
	rows: Vec<isize>,
	panels: Vec<Vec<Segment>>,
	columns: usize,
	/// The layout of a panel in memory.
	layout: Layout,
	/// tract's format of the panels.
	format: Box<dyn MMMInputFormat>,
	fact: PackedExoticFact,
}

/// One or more vectors of columns of a panel.
#[derive(Debug, Hash, PartialEq, Eq)]
struct Segment {
	/// The first column.
	column: usize,
	source: Source,
}

/// Where columns lie in the image, in the first row.
#[derive(Debug, Hash, PartialEq, Eq)]
enum Source {
	/// Contiguous: the first position, and the number of vectors.
	Contiguous(isize, usize),
	/// Every second element from this position on, for one vector.
	EverySecond(isize),
	/// Two contiguous parts of one vector: `first` columns from `from` on, and the others, which end a vector that
	/// starts at `to`.
	Split { from: isize, to: isize, first: usize },
	/// The four positions of one vector.
	Scattered([isize; LANES]),
}

impl Source {
	/// Classifies four columns by their `positions`. `reach` is the minimum and the maximum that rows add to a
	/// position; every load stays within `len` elements.
	fn classify(positions: [isize; LANES], reach: (isize, isize), len: usize) -> Self {
		let [a, b, c, d] = positions;
		let has_strides = |strides: [isize; 3]| [b - a, c - b, d - c] == strides;
		if has_strides([1, 1, 1]) {
			return Self::Contiguous(a, 1);
		}
		if has_strides([2, 2, 2]) {
			return Self::EverySecond(a);
		}
		let (from, to) = (a, d - 3);
		let first = (0..)
			.zip(positions)
			.take_while(|(lane, position)| from + lane == *position)
			.count();
		let others = (0..)
			.zip(positions)
			.skip(first)
			.all(|(lane, position)| to + lane == position);
		let is_within = |position: isize| position + reach.0 >= 0 && position + reach.1 + 3 < len as isize;
		if others && is_within(from) && is_within(to) {
			Self::Split { from, to, first }
		} else {
			Self::Scattered(positions)
		}
	}
}

/// Merges contiguous segments that follow one another, two of the same length at a time.
fn merge_contiguous(mut segments: Vec<Segment>) -> Vec<Segment> {
	for vectors in [1, 2, 4] {
		let mut merged: Vec<Segment> = Vec::with_capacity(segments.len());
		for segment in segments {
			if let (Some(Source::Contiguous(position, length)), Source::Contiguous(next, other)) =
				(merged.last_mut().map(|last| &mut last.source), &segment.source)
			{
				if *length == vectors && *other == vectors && *next == *position + (vectors * LANES) as isize {
					*length *= 2;
					continue;
				}
			}
			merged.push(segment);
		}
		segments = merged;
	}
	segments
}

impl GatherPlan {
	/// Plans how to gather the rows and columns at these positions from an image of `len` elements. Returns `None` if
	/// some lie beyond the image.
	pub(crate) fn new(
		rows: Vec<isize>,
		columns: &[isize],
		len: usize,
		layout: Layout,
		format: &dyn MMMInputFormat,
	) -> Option<Self> {
		let reach = rows
			.iter()
			.fold((0, 0), |(min, max), row| (*row.min(&min), *row.max(&max)));
		let is_within = |column: &isize| column + reach.0 >= 0 && column + reach.1 < len as isize;
		if !columns.iter().all(is_within) {
			return None;
		}
		let panels = columns.chunks(COLS).map(|panel| {
			let segments = panel.chunks(LANES).enumerate().map(|(at, four)| {
				// The last column is repeated to fill its vector. Nothing uses the copies.
				let position = |lane: usize| *four.get(lane).unwrap_or(&four[four.len() - 1]);
				Segment {
					column: at * LANES,
					source: Source::classify([position(0), position(1), position(2), position(3)], reach, len),
				}
			});
			merge_contiguous(segments.collect())
		});
		let format: Box<dyn MMMInputFormat> = dyn_clone::clone_box(format);
		Some(Self {
			panels: panels.collect(),
			columns: columns.len(),
			layout,
			fact: PackedExoticFact {
				format: format.clone(),
				mn: columns.len().to_dim(),
				k: rows.len(),
			},
			format,
			rows,
		})
	}

	/// Writes `panels`, rows of [`COLS`] floats, one after the other.
	///
	/// # Safety
	///
	/// The image that this was planned for begins at `image`, and `batch` has room for as many panels.
	unsafe fn write(&self, panels: &[Vec<Segment>], image: *const f32, batch: *mut f32) {
		for (chunk, rows) in self.rows.chunks(CHUNK).enumerate() {
			for (n, segments) in panels.iter().enumerate() {
				let panel = batch.byte_add(n * self.layout.size()).add(chunk * CHUNK * COLS);
				write_rows(rows, segments, image, panel);
			}
		}
	}
}

/// Writes some rows of a panel.
///
/// # Safety
///
/// As for [`GatherPlan::write`].
unsafe fn write_rows(rows: &[isize], segments: &[Segment], image: *const f32, panel: *mut f32) {
	for Segment { column, source } in segments {
		let to = panel.add(*column);
		match *source {
			Source::Contiguous(position, vectors) => {
				let from = image.offset(position);
				match vectors {
					1 => write_vectors(rows, from, to, |from| load_contiguous::<1>(from)),
					2 => write_vectors(rows, from, to, |from| load_contiguous::<2>(from)),
					4 => write_vectors(rows, from, to, |from| load_contiguous::<4>(from)),
					_ => write_vectors(rows, from, to, |from| load_contiguous::<8>(from)),
				}
			}
			Source::EverySecond(position) => write_vectors(rows, image.offset(position), to, |from| {
				[i32x4_shuffle::<0, 2, 5, 7>(load(from), load(from.add(3)))]
			}),
			Source::Split { from, to: last, first } => {
				let (from, last) = (image.offset(from), last - from);
				let both = |from: *const f32| (load(from), load(from.offset(last)));
				match first {
					1 => write_vectors(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 5, 6, 7>(a, b)]
					}),
					2 => write_vectors(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 1, 6, 7>(a, b)]
					}),
					_ => write_vectors(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 1, 2, 7>(a, b)]
					}),
				}
			}
			Source::Scattered([a, b, c, d]) => write_vectors(rows, image.offset(a), to, |from| {
				let element = |position: isize| *from.offset(position - a);
				[f32x4(*from, element(b), element(c), element(d))]
			}),
		}
	}
}

#[inline(always)]
unsafe fn load(from: *const f32) -> v128 {
	v128_load(from.cast())
}

#[inline(always)]
unsafe fn load_contiguous<const N: usize>(from: *const f32) -> [v128; N] {
	core::array::from_fn(|vector| load(from.add(vector * LANES)))
}

/// Writes the same `N` vectors of columns in all `rows`.
#[inline(always)]
unsafe fn write_vectors<const N: usize>(
	rows: &[isize],
	from: *const f32,
	to: *mut f32,
	columns: impl Fn(*const f32) -> [v128; N],
) {
	let write = |row: usize, offset: isize| {
		for (vector, value) in columns(from.offset(offset)).into_iter().enumerate() {
			v128_store(to.add(row * COLS + vector * LANES).cast(), value);
		}
	};
	// Unrolled, since the end of each iteration costs as much as writing a vector.
	let (fours, rest) = rows.as_chunks::<4>();
	for (at, offsets) in fours.iter().enumerate() {
		for (row, offset) in offsets.iter().enumerate() {
			write(4 * at + row, *offset);
		}
	}
	for (row, offset) in rest.iter().enumerate() {
		write(4 * fours.len() + row, *offset);
	}
}

/// The panels that were gathered last.
#[derive(Debug, Default)]
struct Batch {
	memory: Blob,
	/// The operand, and which of its panels are in the memory.
	holds: Option<(usize, Range<usize>)>,
}

/// The batch that the operands of one image share: a product uses one operand at a time.
#[derive(Debug, Default)]
struct SharedBatch(RefCell<Batch>);

// SAFETY: the module has one thread.
unsafe impl Send for SharedBatch {}
// SAFETY: the module has one thread.
unsafe impl Sync for SharedBatch {}

/// An operand whose panels are gathered from an image on demand.
#[derive(Clone, Debug)]
struct ImageColumns {
	image: TValue,
	/// Which of the image's operands this is.
	operand: usize,
	/// The element of the image at which the operand begins.
	first: usize,
	plan: Arc<GatherPlan>,
	batch: Arc<SharedBatch>,
}

// SAFETY: the module has one thread.
unsafe impl Send for ImageColumns {}
// SAFETY: the module has one thread.
unsafe impl Sync for ImageColumns {}

impl PartialEq for ImageColumns {
	fn eq(&self, other: &Self) -> bool {
		self.image == other.image && self.first == other.first && self.plan == other.plan
	}
}

impl Eq for ImageColumns {}

impl Hash for ImageColumns {
	fn hash<H: Hasher>(&self, state: &mut H) {
		(self.image.as_bytes(), self.first, &self.plan).hash(state);
	}
}

impl Display for ImageColumns {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} columns of an image", self.plan.columns)
	}
}

impl MMMInputValue for ImageColumns {
	fn format(&self) -> &dyn MMMInputFormat {
		&*self.plan.format
	}

	fn scratch_panel_buffer_layout(&self) -> Option<Layout> {
		None
	}

	fn panel_bytes(&self, index: usize, _: Option<*mut u8>) -> TractResult<*const u8> {
		let (plan, size) = (&*self.plan, self.plan.layout.size());
		let batch = &mut *self.batch.0.borrow_mut();
		let held = batch
			.holds
			.take()
			.filter(|(operand, panels)| *operand == self.operand && panels.contains(&index));
		let (_, panels) = match held {
			Some(held) => held,
			None => {
				let count = panels_per_batch(self.k());
				let first = index - index % count;
				let panels = first..plan.panels.len().min(first + count);
				let segments = plan.panels.get(panels.clone()).context("no such panel")?;
				// SAFETY: `eval` has checked the length of the image, and the batch is as large as the panels.
				unsafe {
					batch
						.memory
						.ensure_size_and_align(panels.len() * size, plan.layout.align());
					let image = self.image.as_ptr_unchecked::<f32>().add(self.first);
					plan.write(segments, image, batch.memory.as_mut_ptr().cast());
				}
				(self.operand, panels)
			}
		};
		let panel = batch.memory.as_ptr().wrapping_add((index - panels.start) * size);
		batch.holds = Some((self.operand, panels));
		Ok(panel)
	}

	fn mn(&self) -> usize {
		self.plan.columns
	}

	fn k(&self) -> usize {
		self.plan.rows.len()
	}

	fn exotic_fact(&self) -> &dyn ExoticFact {
		&self.plan.fact
	}

	fn extract_at_mn_f16(&self, _: usize, _: &mut [f16]) -> TractResult<()> {
		bail!("columns of an image are not extracted")
	}

	fn extract_at_mn_f32(&self, _: usize, _: &mut [f32]) -> TractResult<()> {
		bail!("columns of an image are not extracted")
	}
}
