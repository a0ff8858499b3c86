//! Max pooling of rows with vectors.

use core::arch::wasm32::*;
use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ops::cnn::{pools::ConcretePoolGeometry, OptMaxPool},
	},
};

/// Floats of a vector.
const LANES: usize = 4;

/// Returns the operator that replaces `op` on an `input` of this fact, if `op` is tract's max pooling with a horizontal
/// stride of 1 or 2 over images whose channels come first. Windows of 2 by 2 stay with tract, which compares them by
/// another rule, where the signs of zeros matter.
pub(crate) fn replace(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	let Some(tract) = op.downcast_ref::<OptMaxPool>() else {
		return Ok(None);
	};
	let Some(shape) = input.shape.as_concrete() else {
		return Ok(None);
	};
	if input.datum_type != DatumType::F32 || tract.with_index_outputs.is_some() || shape.len() < 2 {
		return Ok(None);
	}
	let geometry = tract.geometry.to_concrete(shape)?.into_owned();
	let (patch, image) = (&geometry.patch, &geometry.input_shape);
	let is_plain = patch.rank() == 2
		&& !tract.pool_spec.data_format.c_is_last()
		&& *image.w_stride() == 1
		&& *image.h_stride() == image.hw_dims()[1]
		&& *image.c_stride() == image.hw_dims().iter().product::<usize>()
		&& patch.spec.kernel_shape[..] != [2, 2]
		&& matches!(patch.spec.strides[1], 1 | 2);
	Ok(is_plain.then(|| {
		Box::new(MaxPool {
			tract: tract.clone(),
			geometry,
		}) as _
	}))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct MaxPool {
	tract: OptMaxPool,
	geometry: ConcretePoolGeometry,
}

/// One column of the window: which windows find it within the image, and where.
struct Tap {
	/// The windows of a row whose column lies within the image.
	windows: std::ops::Range<usize>,
	/// The column of the image at which the first of them finds it.
	first: usize,
}

impl MaxPool {
	/// Returns a tap for each column of the window that any window finds within the image.
	fn taps(&self) -> TVec<Tap> {
		let patch = &self.geometry.patch;
		let (width, stride) = (self.geometry.input_shape.hw_dims()[1], patch.spec.strides[1]);
		let taps = (0..patch.spec.kernel_shape[1]).filter_map(|tap| {
			let (right, left) = (tap * patch.spec.dilations[1], patch.pad_before[1]);
			let start = left.saturating_sub(right).div_ceil(stride);
			let end = (width + left).checked_sub(right + 1)? / stride + 1;
			let end = end.min(patch.output_shape[1]);
			(start < end).then(|| Tap {
				windows: start..end,
				first: start * stride + right - left,
			})
		});
		taps.collect()
	}

	/// Replaces each of `maxima` by the corresponding element of `row`, of which every `stride`-th counts, if that is
	/// greater. A NaN is not.
	fn fold_max(maxima: &mut [f32], row: &[f32], stride: usize) {
		let vectors = if stride == 1 {
			maxima.len() / LANES
		} else {
			// Vectors take one float of two, and the last float of a row may have no partner.
			maxima.len().min(row.len() / 2) / LANES
		};
		let (wide, rest) = maxima.split_at_mut(vectors * LANES);
		for (maxima, from) in wide.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES * stride)) {
			// SAFETY: both chunks are as long as what is loaded and stored.
			unsafe {
				let load = |from: &[f32]| v128_load(from.as_ptr().cast());
				let from = if stride == 1 {
					load(from)
				} else {
					i32x4_shuffle::<0, 2, 4, 6>(load(from), load(&from[LANES..]))
				};
				v128_store(maxima.as_mut_ptr().cast(), f32x4_pmax(load(maxima), from));
			}
		}
		for (max, from) in rest
			.iter_mut()
			.zip(row[vectors * LANES * stride..].iter().step_by(stride))
		{
			*max = if *max < *from { *from } else { *max };
		}
	}
}

impl Op for MaxPool {
	fn name(&self) -> StaticName {
		"MaxPool".into()
	}

	op_as_typed_op!();
}

impl EvalOp for MaxPool {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let (patch, image) = (&self.geometry.patch, &self.geometry.input_shape);
		ensure!(input.shape() == &*image.shape);
		let (height, width) = (image.hw_dims()[0], image.hw_dims()[1]);
		let (rows, columns) = (patch.output_shape[0], patch.output_shape[1]);
		let strides = &patch.spec.strides;
		let taps = self.taps();
		let mut output = Tensor::zero_dt(DatumType::F32, &self.geometry.output_shape.shape)?;
		if rows * columns > 0 && height * width > 0 {
			let input = input.try_as_plain_ram()?;
			let mut maxima = output.try_as_plain_ram_mut()?;
			let maxima = maxima.as_slice_mut::<f32>()?;
			maxima.fill(f32::MIN);
			let images = input.as_slice::<f32>()?.chunks_exact(height * width);
			for (image, maxima) in images.zip(maxima.chunks_exact_mut(rows * columns)) {
				for (y, maxima) in maxima.chunks_exact_mut(columns).enumerate() {
					for tap in 0..patch.spec.kernel_shape[0] {
						let y = (y * strides[0] + tap * patch.spec.dilations[0]).checked_sub(patch.pad_before[0]);
						let Some(row) = y.and_then(|y| image.get(y * width..)?.get(..width)) else {
							continue;
						};
						for tap in &taps {
							Self::fold_max(&mut maxima[tap.windows.clone()], &row[tap.first..], strides[1]);
						}
					}
				}
			}
		}
		Ok(tvec!(output.into_tvalue()))
	}
}

impl TypedOp for MaxPool {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}
