//! Wide panels of a product's operand, gathered from an image when the product asks for them: a block of them, with which all is computed
//! before the next is gathered, so that it stays in a cache of the second level.
//!
//! tract gathers element by element, or all at once. Here a panel's columns are looked at when the model is loaded: mostly they are
//! neighbours in the image, so that vectors are loaded where they lie.

use crate::product;
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

/// Columns of a vector.
const LANES: usize = 4;

/// Rows that are written before the next columns are, so that they stay in a cache of the first level.
const CHUNK: usize = 64;

/// Does what an operator of tract's does that makes operands of products out of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gathered {
	name: StaticName,
	/// For the facts of what this gives.
	tract: Box<dyn TypedOp>,
	/// Elements of the image.
	len: usize,
	/// That of the tensor of operands.
	shape: TVec<usize>,
	/// From which element of the image on each is gathered, and how.
	operands: TVec<(usize, Arc<Gather>)>,
}

impl Gathered {
	/// Does as `tract`'s operator does with images of `len` elements, each of which holds all of the `operands`.
	pub(crate) fn new(
		name: &'static str,
		tract: &dyn TypedOp,
		len: usize,
		shape: TVec<usize>,
		operands: TVec<(usize, Arc<Gather>)>,
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

impl Op for Gathered {
	fn name(&self) -> StaticName {
		self.name.clone()
	}

	op_as_typed_op!();
}

impl EvalOp for Gathered {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let image = args_1!(inputs);
		ensure!(image.datum_type() == DatumType::F32 && image.len() == self.len);
		let block = Arc::new(Shared::default());
		let operands = self.operands.iter().enumerate().map(|(operand, (first, gather))| {
			let columns = Columns {
				image: image.clone(),
				operand,
				first: *first,
				gather: gather.clone(),
				block: block.clone(),
			};
			Box::new(columns) as Box<dyn MMMInputValue>
		});
		let packed = PackedMatrixStorage::new_batched(&self.shape, operands.collect());
		Ok(tvec!(packed.into_tensor(DatumType::F32).into_tvalue()))
	}
}

impl TypedOp for Gathered {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}

/// Where the elements of an operand's panels lie in the image: the one of row k and column n at `rows[k]` after the place of column n.
#[derive(Debug, Hash, PartialEq, Eq)]
pub(crate) struct Gather {
	rows: Vec<isize>,
	panels: Vec<Vec<Piece>>,
	columns: usize,
	/// Of a panel in memory.
	layout: Layout,
	/// tract's.
	format: Box<dyn MMMInputFormat>,
	fact: PackedExoticFact,
}

/// Some vectors of neighbouring columns of a panel.
#[derive(Debug, Hash, PartialEq, Eq)]
struct Piece {
	/// The first column.
	column: usize,
	place: Place,
}

/// Where columns lie in the image, in the first row.
#[derive(Debug, Hash, PartialEq, Eq)]
enum Place {
	/// So many vectors of them one after the other.
	Run(isize, usize),
	/// Every second is one of four.
	Even(isize),
	/// As many of four as `first` says from one place on, the others to another.
	Split { from: isize, to: isize, first: usize },
	/// Four.
	Apart([isize; LANES]),
}

impl Place {
	/// That of four columns. `reach` is the least and the greatest of what rows add; all that is read is within `len` elements.
	fn of(places: [isize; LANES], reach: (isize, isize), len: usize) -> Self {
		let [a, b, c, d] = places;
		let is = |strides: [isize; 3]| [b - a, c - b, d - c] == strides;
		if is([1, 1, 1]) {
			return Self::Run(a, 1);
		}
		if is([2, 2, 2]) {
			return Self::Even(a);
		}
		let (from, to) = (a, d - 3);
		let first = (0..)
			.zip(places)
			.take_while(|(lane, place)| from + lane == *place)
			.count();
		let others = (0..).zip(places).skip(first).all(|(lane, place)| to + lane == place);
		let within = |place: isize| place + reach.0 >= 0 && place + reach.1 + 3 < len as isize;
		if others && within(from) && within(to) {
			Self::Split { from, to, first }
		} else {
			Self::Apart(places)
		}
	}
}

/// Puts runs that follow one another together, two of the same length at a time.
fn join(mut pieces: Vec<Piece>) -> Vec<Piece> {
	for vectors in [1, 2, 4] {
		let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
		for piece in pieces {
			if let (Some(Place::Run(place, length)), Place::Run(next, other)) =
				(joined.last_mut().map(|last| &mut last.place), &piece.place)
			{
				if *length == vectors && *other == vectors && *next == *place + (vectors * LANES) as isize {
					*length *= 2;
					continue;
				}
			}
			joined.push(piece);
		}
		pieces = joined;
	}
	pieces
}

impl Gather {
	/// Of the rows and columns at these places, in an image of `len` elements. None if that reads beyond the image.
	pub(crate) fn new(
		rows: Vec<isize>,
		columns: &[isize],
		len: usize,
		layout: Layout,
		format: &dyn MMMInputFormat,
	) -> Option<Self> {
		let reach = rows
			.iter()
			.fold((0, 0), |(least, most), row| (*row.min(&least), *row.max(&most)));
		let within = |column: &isize| column + reach.0 >= 0 && column + reach.1 < len as isize;
		if !columns.iter().all(within) {
			return None;
		}
		let panels = columns.chunks(COLS).map(|panel| {
			let pieces = panel.chunks(LANES).enumerate().map(|(at, four)| {
				// Behind the last column is no other: it is repeated, and nothing comes of it.
				let place = |lane: usize| *four.get(lane).unwrap_or(&four[four.len() - 1]);
				Piece {
					column: at * LANES,
					place: Place::of([place(0), place(1), place(2), place(3)], reach, len),
				}
			});
			join(pieces.collect())
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

	/// Writes panels one behind the other: rows of [`COLS`] floats.
	///
	/// # Safety
	///
	/// What was learnt of begins at `image`; `block` has the layout of as many panels.
	unsafe fn write(&self, panels: &[Vec<Piece>], image: *const f32, block: *mut f32) {
		for (chunk, rows) in self.rows.chunks(CHUNK).enumerate() {
			for (n, pieces) in panels.iter().enumerate() {
				let panel = block.byte_add(n * self.layout.size()).add(chunk * CHUNK * COLS);
				write_rows(rows, pieces, image, panel);
			}
		}
	}
}

/// Writes some rows of a panel.
///
/// # Safety
///
/// As for [`Gather::write`].
unsafe fn write_rows(rows: &[isize], pieces: &[Piece], image: *const f32, panel: *mut f32) {
	for Piece { column, place } in pieces {
		let to = panel.add(*column);
		match *place {
			Place::Run(place, vectors) => {
				let from = image.offset(place);
				match vectors {
					1 => each(rows, from, to, |from| run::<1>(from)),
					2 => each(rows, from, to, |from| run::<2>(from)),
					4 => each(rows, from, to, |from| run::<4>(from)),
					_ => each(rows, from, to, |from| run::<8>(from)),
				}
			}
			Place::Even(place) => each(rows, image.offset(place), to, |from| {
				[i32x4_shuffle::<0, 2, 5, 7>(load(from), load(from.add(3)))]
			}),
			Place::Split { from, to: last, first } => {
				let (from, last) = (image.offset(from), last - from);
				let both = |from: *const f32| (load(from), load(from.offset(last)));
				match first {
					1 => each(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 5, 6, 7>(a, b)]
					}),
					2 => each(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 1, 6, 7>(a, b)]
					}),
					_ => each(rows, from, to, |from| {
						let (a, b) = both(from);
						[i32x4_shuffle::<0, 1, 2, 7>(a, b)]
					}),
				}
			}
			Place::Apart([a, b, c, d]) => each(rows, image.offset(a), to, |from| {
				let place = |other: isize| *from.offset(other - a);
				[f32x4(*from, place(b), place(c), place(d))]
			}),
		}
	}
}

#[inline(always)]
unsafe fn load(from: *const f32) -> v128 {
	v128_load(from.cast())
}

#[inline(always)]
unsafe fn run<const N: usize>(from: *const f32) -> [v128; N] {
	core::array::from_fn(|vector| load(from.add(vector * LANES)))
}

/// Writes the same columns of some rows.
#[inline(always)]
unsafe fn each<const N: usize>(
	rows: &[isize],
	from: *const f32,
	to: *mut f32,
	columns: impl Fn(*const f32) -> [v128; N],
) {
	let write = |row: usize, place: isize| {
		for (vector, value) in columns(from.offset(place)).into_iter().enumerate() {
			v128_store(to.add(row * COLS + vector * LANES).cast(), value);
		}
	};
	// The end of every turn of a loop costs as much as a vector does.
	let (fours, rest) = rows.as_chunks::<4>();
	for (at, places) in fours.iter().enumerate() {
		for (row, place) in places.iter().enumerate() {
			write(4 * at + row, *place);
		}
	}
	for (row, place) in rest.iter().enumerate() {
		write(4 * fours.len() + row, *place);
	}
}

/// A block of panels, of any operand.
#[derive(Debug, Default)]
struct Block {
	memory: Blob,
	/// Of which operand it holds which panels.
	holds: Option<(usize, Range<usize>)>,
}

/// A block that the operands of one image share: a product has one of them at a time.
#[derive(Debug, Default)]
struct Shared(RefCell<Block>);

// SAFETY: the module has one thread.
unsafe impl Send for Shared {}
unsafe impl Sync for Shared {}

/// An image of which panels can be asked.
#[derive(Clone, Debug)]
struct Columns {
	image: TValue,
	/// Which of the image's operands this is.
	operand: usize,
	/// The element that it begins at.
	first: usize,
	gather: Arc<Gather>,
	block: Arc<Shared>,
}

// SAFETY: the module has one thread.
unsafe impl Send for Columns {}
unsafe impl Sync for Columns {}

impl PartialEq for Columns {
	fn eq(&self, other: &Self) -> bool {
		self.image == other.image && self.first == other.first && self.gather == other.gather
	}
}

impl Eq for Columns {}

impl Hash for Columns {
	fn hash<H: Hasher>(&self, state: &mut H) {
		(self.image.as_bytes(), self.first, &self.gather).hash(state);
	}
}

impl Display for Columns {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} columns of an image", self.gather.columns)
	}
}

impl MMMInputValue for Columns {
	fn format(&self) -> &dyn MMMInputFormat {
		&*self.gather.format
	}

	fn scratch_panel_buffer_layout(&self) -> Option<Layout> {
		None
	}

	fn panel_bytes(&self, index: usize, _: Option<*mut u8>) -> TractResult<*const u8> {
		let (gather, size) = (&*self.gather, self.gather.layout.size());
		let block = &mut *self.block.0.borrow_mut();
		let held = block
			.holds
			.take()
			.filter(|(operand, panels)| *operand == self.operand && panels.contains(&index));
		let (_, panels) = match held {
			Some(held) => held,
			None => {
				let count = product::block(self.k());
				let first = index - index % count;
				let panels = first..gather.panels.len().min(first + count);
				let pieces = gather.panels.get(panels.clone()).context("there is such a panel")?;
				// SAFETY: the image has the extent that `eval` has checked, and the block the size of the panels.
				unsafe {
					block
						.memory
						.ensure_size_and_align(panels.len() * size, gather.layout.align());
					let image = self.image.as_ptr_unchecked::<f32>().add(self.first);
					gather.write(pieces, image, block.memory.as_mut_ptr().cast());
				}
				(self.operand, panels)
			}
		};
		let panel = block.memory.as_ptr().wrapping_add((index - panels.start) * size);
		block.holds = Some((self.operand, panels));
		Ok(panel)
	}

	fn mn(&self) -> usize {
		self.gather.columns
	}

	fn k(&self) -> usize {
		self.gather.rows.len()
	}

	fn exotic_fact(&self) -> &dyn ExoticFact {
		&self.gather.fact
	}

	fn extract_at_mn_f16(&self, _: usize, _: &mut [f16]) -> TractResult<()> {
		bail!("columns of an image are not extracted")
	}

	fn extract_at_mn_f32(&self, _: usize, _: &mut [f32]) -> TractResult<()> {
		bail!("columns of an image are not extracted")
	}
}
