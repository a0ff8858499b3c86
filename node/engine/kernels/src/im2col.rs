//! Panels of a convolution's input, gathered from the image when the product asks for them.
//!
//! tract gathers element by element. Here a panel's columns are looked at once, when the model is loaded: mostly they are neighbours in the
//! image, so that vectors are loaded where they lie.

use assay_intrinsics::tile::COLS;
use core::arch::wasm32::*;
use std::{
	alloc::Layout,
	fmt::{self, Display},
	hash::{Hash, Hasher},
	sync::Arc,
};
use tract_linalg::mmm::{MMMInputFormat, MMMInputValue, PackedExoticFact, PackedMatrixStorage};
use tract_onnx::{
	prelude::*,
	tract_core::{dyn_clone, internal::*},
};

/// Columns of a vector.
const LANES: usize = 4;

/// Rows of a panel that are written before the next columns are, so that they stay in a cache of the first level.
const BLOCK: usize = 64;

/// Elements of the largest image that is learnt of, which takes as much memory again.
const LARGEST: usize = 1 << 24;

/// What tract calls its own, whose type is private.
const NAME: &str = "LazyIm2col";

/// The operator of this module that does what `op` does on an input of this fact, if `op` is tract's.
pub(crate) fn replacement(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	if op.name() != NAME || input.datum_type != DatumType::F32 {
		return Ok(None);
	}
	let Some(shape) = input.shape.as_concrete() else {
		return Ok(None);
	};
	Ok(Im2col::learn(op, shape)?.map(|op| Box::new(op) as _))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Im2col {
	/// For the facts of what this gives.
	tract: Box<dyn TypedOp>,
	/// Elements of the image.
	len: usize,
	groups: TVec<Arc<Gather>>,
}

impl Im2col {
	/// Learns what `tract`'s operator gathers by having it gather from an image whose elements are their own places. None if that is
	/// not a sum of a place of the row and one of the column.
	fn learn(tract: &dyn TypedOp, shape: &[usize]) -> TractResult<Option<Self>> {
		let len: usize = shape.iter().product();
		if len > LARGEST {
			return Ok(None);
		}
		let places: Vec<i32> = (0..len).map(i32::try_from).collect::<Result<_, _>>()?;
		let image = Tensor::from_shape(shape, &places)?;
		drop(places);
		let packed = args_1!(tract.eval(&EvalContext::out_of_plan(), tvec!(image.into_tvalue()))?);
		let packed = packed
			.try_storage_as::<PackedMatrixStorage>()
			.context("an image in columns is packed")?;
		let groups = packed.values().iter().map(|group| Gather::learn(&**group, len));
		let Some(groups) = groups.collect::<TractResult<Option<TVec<_>>>>()? else {
			return Ok(None);
		};
		Ok(Some(Self {
			tract: dyn_clone::clone_box(tract),
			len,
			groups: groups.into_iter().map(Arc::new).collect(),
		}))
	}
}

impl Op for Im2col {
	fn name(&self) -> StaticName {
		"Im2col".into()
	}

	op_as_typed_op!();
}

impl EvalOp for Im2col {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let image = args_1!(inputs);
		ensure!(image.datum_type() == DatumType::F32 && image.len() == self.len);
		let groups = self.groups.iter().map(|gather| {
			let columns = Columns {
				image: image.clone(),
				gather: gather.clone(),
			};
			Box::new(columns) as Box<dyn MMMInputValue>
		});
		let packed = PackedMatrixStorage::new_batched(&[1, self.groups.len()], groups.collect());
		Ok(tvec!(packed.into_tensor(DatumType::F32).into_tvalue()))
	}
}

impl TypedOp for Im2col {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}

/// Where the elements of the panels lie in the image: the one of row k and column n at `rows[k]` after the place of column n.
#[derive(Debug, Hash, PartialEq, Eq)]
struct Gather {
	rows: Vec<isize>,
	panels: Vec<Vec<Piece>>,
	columns: usize,
	/// Of a panel in memory.
	layout: Layout,
	/// tract's, by which a product knows that panels are made when they are asked for.
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
	/// From what tract gathers where each element is its own place.
	fn learn(value: &dyn MMMInputValue, len: usize) -> TractResult<Option<Self>> {
		let (k, n) = (value.k(), value.mn());
		let Some(layout) = value.scratch_panel_buffer_layout() else {
			return Ok(None);
		};
		if k == 0 || n == 0 || value.format().r() != COLS || layout.size() < k * COLS * size_of::<i32>() {
			return Ok(None);
		}
		let mut panel = vec![0_i32; layout.size().div_ceil(size_of::<i32>())];
		let mut rows: Vec<isize> = Vec::new();
		let mut columns: Vec<isize> = Vec::with_capacity(n);
		for first in (0..n).step_by(COLS) {
			value.panel_bytes(first / COLS, Some(panel.as_mut_ptr().cast()))?;
			let width = COLS.min(n - first);
			let place = |row: usize, col: usize| panel[row * COLS + col] as isize;
			if first == 0 {
				rows.extend((0..k).map(|row| place(row, 0) - place(0, 0)));
			}
			columns.extend((0..width).map(|col| place(0, col)));
			let sums = |(row, offset): (usize, &isize)| (0..width).all(|col| place(row, col) == place(0, col) + offset);
			if !rows.iter().enumerate().all(sums) {
				return Ok(None);
			}
		}
		let reach = rows
			.iter()
			.fold((0, 0), |(least, most), row| (*row.min(&least), *row.max(&most)));
		let within = |column: &isize| column + reach.0 >= 0 && column + reach.1 < len as isize;
		if !columns.iter().all(within) {
			return Ok(None);
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
		let format: Box<dyn MMMInputFormat> = dyn_clone::clone_box(value.format());
		Ok(Some(Self {
			panels: panels.collect(),
			rows,
			columns: n,
			layout,
			fact: PackedExoticFact {
				format: format.clone(),
				mn: n.to_dim(),
				k,
			},
			format,
		}))
	}

	/// Writes a panel: rows of [`COLS`] floats.
	///
	/// # Safety
	///
	/// `image` is of the extent that this was learnt for, `panel` of the layout.
	unsafe fn write(&self, pieces: &[Piece], image: *const f32, panel: *mut f32) {
		for (block, rows) in self.rows.chunks(BLOCK).enumerate() {
			let panel = panel.add(block * BLOCK * COLS);
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

/// An image of which panels can be asked.
#[derive(Clone, Debug)]
struct Columns {
	image: TValue,
	gather: Arc<Gather>,
}

// SAFETY: the module has one thread.
unsafe impl Send for Columns {}
unsafe impl Sync for Columns {}

impl PartialEq for Columns {
	fn eq(&self, other: &Self) -> bool {
		self.image == other.image && self.gather == other.gather
	}
}

impl Eq for Columns {}

impl Hash for Columns {
	fn hash<H: Hasher>(&self, state: &mut H) {
		(self.image.as_bytes(), &self.gather).hash(state);
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
		Some(self.gather.layout)
	}

	fn panel_bytes(&self, index: usize, buffer: Option<*mut u8>) -> TractResult<*const u8> {
		let panel = buffer.context("a panel has a place")?;
		let pieces = self.gather.panels.get(index).context("there is such a panel")?;
		// SAFETY: the image has the extent that `eval` has checked, and the place is as the layout says.
		unsafe { self.gather.write(pieces, self.image.as_ptr_unchecked(), panel.cast()) };
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
