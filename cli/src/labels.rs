//! The right classes of a classifier's inputs, against which its answers are marked.

use crate::{error::usage, npy, tensors, values::Rows};
use assay_primitives::Tensor;
use serde_json::{json, Value};
use std::path::Path;

/// The right class of each row.
#[derive(Debug)]
pub struct Labels(Vec<u64>);

impl Labels {
	/// Reads the labels of all `rows`, one integer for each.
	pub fn read(path: &Path, rows: &Rows) -> anyhow::Result<Self> {
		let wrong = |reason: String| usage(format!("{}: {reason}", path.display()));
		let tensor = npy::read(path).map_err(|error| wrong(error.to_string()))?;
		let labels =
			tensors::integers(&tensor).ok_or_else(|| wrong("labels are the numbers of classes, from 0".into()))?;
		if tensor.shape.len() != 1 || labels.len() < rows.0.end as usize {
			return Err(wrong(format!(
				"{:?} is not the shape of one label for each of {} rows",
				tensor.shape, rows.0.end
			)));
		}
		Ok(Self(labels))
	}

	/// Marks the answers to the rows from `first` on. An answer is right if the greatest element of its first output stands at the
	/// place that the label names; no answer is a wrong one.
	pub fn mark<'a>(&self, first: usize, answers: impl Iterator<Item = Option<&'a [Tensor]>>) -> Marks {
		let is_right = |(label, outputs): (&u64, Option<&[Tensor]>)| {
			outputs.and_then(|outputs| tensors::greatest(outputs.first()?)) == Some(*label as usize)
		};
		Marks(self.0.iter().skip(first).zip(answers).map(is_right).collect())
	}
}

/// Whether the answer to each row is right.
#[derive(Debug, PartialEq, Eq)]
pub struct Marks(Vec<bool>);

impl Marks {
	/// Adds the accuracy to what a person reads, and each row's mark to what a program does.
	pub fn add_to<'a>(&self, human: &mut String, rows: impl Iterator<Item = &'a mut Value>) {
		let (right, all) = (self.0.iter().filter(|right| **right).count(), self.0.len());
		*human += &format!("\n{right} of {all} right, accuracy {}", right as f64 / all as f64);
		for (row, right) in rows.zip(&self.0) {
			row["correct"] = json!(right);
		}
	}
}

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
	fn the_greatest_element_is_the_answer() {
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
	fn marks_are_shown_to_people_and_programs() {
		let (mut human, mut rows) = ("rows".to_owned(), json!([{}, {}, {}, {}]));
		Marks(vec![true, false, true, true]).add_to(&mut human, rows.as_array_mut().unwrap().iter_mut());
		assert_eq!(human, "rows\n3 of 4 right, accuracy 0.75");
		assert_eq!(rows[1], json!({ "correct": false }));
		assert_eq!(rows[3], json!({ "correct": true }));
	}

	#[test]
	fn labels_are_one_integer_for_each_row() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("labels.npy");
		let write = |dtype, shape: &[u32], data: Vec<u8>| {
			let shape = shape.to_vec();
			npy::write(&path, &Tensor { dtype, shape, data }).unwrap();
			Labels::read(&path, &Rows(0..2))
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
