//! The correct classes of a classifier's inputs, against which its answers are marked.

use crate::{
	npy::{self, NpyError},
	tensors,
};
use assay_primitives::Tensor;
use std::{
	ops::Range,
	path::{Path, PathBuf},
};

/// Why a file cannot be used as labels.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
	#[error("{}: {error}", .path.display())]
	File { path: PathBuf, error: NpyError },
	#[error("{}: its elements are not class numbers: give unsigned integers, counted from 0", .path.display())]
	NotIntegers { path: PathBuf },
	#[error(
		"{}: its shape is {shape:?}, and {rows} rows need one label each: give an array of shape [{rows}]",
		.path.display()
	)]
	WrongShape { path: PathBuf, shape: Vec<u32>, rows: u32 },
}

/// The correct class of each row.
#[derive(Debug)]
pub struct Labels(Vec<u64>);

impl Labels {
	/// Reads the labels of the rows up to the end of `rows`, one integer for each.
	pub fn read(path: &Path, rows: &Range<u32>) -> Result<Self, LabelError> {
		let path_buf = || path.to_owned();
		let tensor = npy::read(path).map_err(|error| LabelError::File {
			path: path_buf(),
			error,
		})?;
		let labels = tensors::unsigned_integers(&tensor).ok_or_else(|| LabelError::NotIntegers { path: path_buf() })?;
		if tensor.shape.len() != 1 || labels.len() < rows.end as usize {
			return Err(LabelError::WrongShape {
				path: path_buf(),
				shape: tensor.shape,
				rows: rows.end,
			});
		}
		Ok(Self(labels))
	}

	/// Marks the answers to the rows from `first` on. An answer is correct if the largest element of its first output
	/// is at the index that the label names; a missing answer is not correct.
	pub fn mark<'a>(&self, first: usize, answers: impl Iterator<Item = Option<&'a [Tensor]>>) -> Marks {
		let is_correct = |(label, outputs): (&u64, Option<&[Tensor]>)| {
			outputs.and_then(|outputs| tensors::argmax(outputs.first()?)) == Some(*label as usize)
		};
		Marks(self.0.iter().skip(first).zip(answers).map(is_correct).collect())
	}
}

/// Whether the answer to each row is correct.
#[derive(Debug, PartialEq, Eq)]
pub struct Marks(pub Vec<bool>);

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::DType;

	fn tensor(values: &[f32]) -> Tensor {
		Tensor {
			dtype: DType::F32,
			shape: vec![1, values.len() as u32],
			data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
		}
	}

	#[test]
	fn the_greatest_element_is_the_class() {
		let labels = Labels(vec![7, 2, 0, 0, 0, 1]);
		let answers = [
			Some(vec![tensor(&[-1.0, 0.5, 3.0]), tensor(&[9.0])]),
			Some(vec![tensor(&[-1.0, 0.5, 3.0])]),
			None,
			Some(vec![tensor(&[])]),
			Some(vec![tensor(&[f32::NAN, -1.0])]),
		];
		let marks = labels.mark(1, answers.iter().map(Option::as_deref));
		assert_eq!(marks, Marks(vec![true, false, false, false, true]));
	}

	#[test]
	fn labels_are_one_integer_for_each_row() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("labels.npy");
		let write = |dtype, shape: &[u32], data: Vec<u8>| {
			let shape = shape.to_vec();
			npy::write(&path, &Tensor { dtype, shape, data }).unwrap();
			Labels::read(&path, &(0..2))
		};
		assert_eq!(write(DType::U8, &[3], vec![1, 2, 3]).unwrap().0, [1, 2, 3]);
		let wide = [4i64, 5].map(i64::to_le_bytes).concat();
		assert_eq!(write(DType::I64, &[2], wide).unwrap().0, [4, 5]);
		assert!(write(DType::U8, &[1], vec![1]).is_err());
		assert!(write(DType::U8, &[2, 1], vec![1, 2]).is_err());
		assert!(write(DType::I8, &[2], vec![1, 255]).is_err());
		assert!(write(DType::F32, &[2], vec![0; 8]).is_err());
	}
}
