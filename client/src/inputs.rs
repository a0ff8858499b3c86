//! From array files to the tensors of each inference, checked against the model's manifest.

use crate::{
	npy::{self, FileError},
	text::printable,
};
use assay_primitives::{Port, Tensor};
use codec::Encode;
use std::{collections::BTreeMap, ops::Range, path::PathBuf};

/// A tensor for one input of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
	/// The input's name.
	pub name: String,
	/// A `.npy` file.
	pub path: PathBuf,
}

/// Why inputs do not fit the model or each other, and what to change.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
	#[error("the model has no input {name:?}: its inputs are {ports}")]
	Unknown { name: String, ports: String },
	#[error("input {name:?} is given twice: give it once")]
	Duplicate { name: String },
	#[error("input {} of the model is missing: add --input {}=FILE.npy", describe(.0), .0.name)]
	Missing(Port),
	#[error(
		"input {:?} is {} {:?}, the model takes {} {:?}{}",
		.port.name, .found.dtype.name(), .found.shape, .port.dtype.name(), .port.shape, conversion(.port, .found)
	)]
	Differs { port: Port, found: Box<Tensor> },
	#[error("input {name:?} is a single number and has no rows: omit --rows")]
	NoRows { name: String },
	#[error("input {name:?} has {rows} rows, not {end}: end --rows at {rows}")]
	TooFewRows { name: String, rows: u32, end: u32 },
}

/// Describes a port, like `x float32 [1, 64]`.
pub fn describe(port: &Port) -> String {
	format!(
		"{} {} {:?}",
		printable(port.name.as_bytes()),
		port.dtype.name(),
		port.shape
	)
}

/// Returns the size in bytes of a tensor for the port; `None` where it overflows.
pub fn byte_len(port: &Port) -> Option<u64> {
	let size = port.dtype.size() as u64;
	port.shape
		.iter()
		.try_fold(size, |len, extent| len.checked_mul(u64::from(*extent)))
}

/// Says how to make the array fit.
fn conversion(port: &Port, found: &Tensor) -> String {
	let astype = match found.dtype == port.dtype {
		true => String::new(),
		false => format!(".astype('{}')", port.dtype.name()),
	};
	let elements = |shape: &[u32]| shape.iter().map(|extent| u64::from(*extent)).product::<u64>();
	match (found.shape.as_slice(), port.shape.as_slice()) {
		(found, port) if found == port => format!(": convert it with numpy, a{astype}"),
		([rows, row @ ..], [1, one @ ..]) if row == one && astype.is_empty() => {
			format!(": to run the model once for each row, add --rows 0..{rows}")
		}
		(found, port) if elements(found) == elements(port) => {
			format!(": convert it with numpy, a{astype}.reshape({port:?})")
		}
		_ => ": give an array of that type and shape".to_owned(),
	}
}

/// Named tensors, in the order in which they were given.
#[derive(Debug)]
pub struct Inputs(Vec<(String, Tensor)>);

impl Inputs {
	/// Reads the files.
	pub fn read(files: &[InputFile]) -> Result<Self, FileError> {
		files
			.iter()
			.map(|InputFile { name, path }| match npy::read(path) {
				Ok(tensor) => Ok((name.clone(), tensor)),
				Err(error) => Err(FileError {
					path: path.clone(),
					error,
				}),
			})
			.collect::<Result<_, _>>()
			.map(Self)
	}

	/// Returns one set of inputs for each of `rows` of the leading axis, which is kept as extent 1; without `rows`, the
	/// whole tensors.
	pub fn cases(self, rows: Option<&Range<u32>>) -> Result<Vec<Self>, InputError> {
		let Some(rows) = rows else {
			return Ok(vec![self]);
		};
		for (name, tensor) in &self.0 {
			match tensor.shape.first() {
				None => return Err(InputError::NoRows { name: name.clone() }),
				Some(have) if *have < rows.end => {
					return Err(InputError::TooFewRows {
						name: name.clone(),
						rows: *have,
						end: rows.end,
					})
				}
				Some(_) => {}
			}
		}
		let case = |index| {
			Self(
				self.0
					.iter()
					.map(|(name, tensor)| (name.clone(), row(tensor, index)))
					.collect(),
			)
		};
		Ok(rows.clone().map(case).collect())
	}

	/// Returns the tensors in the order of the model's ports. Each must have its port's type and shape.
	pub fn fit(self, ports: &[Port]) -> Result<Vec<Tensor>, InputError> {
		for (index, (name, _)) in self.0.iter().enumerate() {
			if !ports.iter().any(|port| port.name == *name) {
				return Err(InputError::Unknown {
					name: name.clone(),
					ports: ports.iter().map(describe).collect::<Vec<_>>().join(", "),
				});
			}
			if self.0.iter().take(index).any(|(earlier, _)| earlier == name) {
				return Err(InputError::Duplicate { name: name.clone() });
			}
		}
		let mut given: BTreeMap<String, Tensor> = self.0.into_iter().collect();
		ports
			.iter()
			.map(|port| match given.remove(&port.name) {
				None => Err(InputError::Missing(port.clone())),
				Some(tensor) if tensor.dtype == port.dtype && tensor.shape == port.shape => Ok(tensor),
				Some(tensor) => Err(InputError::Differs {
					port: port.clone(),
					found: Box::new(tensor),
				}),
			})
			.collect()
	}

	/// Returns the tensors in the order in which they were given, whatever the model takes.
	pub fn unchecked(self) -> Vec<Tensor> {
		self.0.into_iter().map(|(_, tensor)| tensor).collect()
	}
}

/// Packs the inputs of one job, as `assay_primitives::batch` specifies.
pub fn pack(inputs: &[Vec<Tensor>]) -> Vec<u8> {
	match inputs {
		[single] => single.encode(),
		several => several.encode(),
	}
}

/// Returns row `index` of `tensor`, its leading axis kept as extent 1. The caller has checked that the row exists.
fn row(tensor: &Tensor, index: u32) -> Tensor {
	let mut shape = tensor.shape.clone();
	let rows = shape.first_mut().map_or(1, |rows| std::mem::replace(rows, 1));
	let len = tensor.data.len() / rows as usize;
	Tensor {
		dtype: tensor.dtype,
		shape,
		data: tensor.data[index as usize * len..][..len].to_vec(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::DType;

	fn tensor(shape: &[u32], data: &[u8]) -> Tensor {
		Tensor {
			dtype: DType::U8,
			shape: shape.to_vec(),
			data: data.to_vec(),
		}
	}

	fn port(name: &str, shape: &[u32]) -> Port {
		Port {
			name: name.into(),
			dtype: DType::U8,
			shape: shape.to_vec(),
		}
	}

	fn inputs(named: &[(&str, Tensor)]) -> Inputs {
		Inputs(
			named
				.iter()
				.map(|(name, tensor)| (name.to_string(), tensor.clone()))
				.collect(),
		)
	}

	#[test]
	fn each_row_keeps_its_leading_axis() {
		let file = inputs(&[
			("x", tensor(&[3, 2], &[1, 2, 3, 4, 5, 6])),
			("y", tensor(&[4], &[7, 8, 9, 10])),
		]);
		let cases = file.cases(Some(&(1..3))).unwrap();
		let tensors: Vec<_> = cases.into_iter().map(Inputs::unchecked).collect();
		assert_eq!(
			tensors,
			[
				[tensor(&[1, 2], &[3, 4]), tensor(&[1], &[8])],
				[tensor(&[1, 2], &[5, 6]), tensor(&[1], &[9])]
			]
		);
	}

	#[test]
	fn inputs_are_packed_as_the_chain_hashes_them() {
		let inputs = [vec![tensor(&[1], &[1])], vec![tensor(&[1], &[2])]];
		assert_eq!(pack(&inputs[..1]), inputs[0].encode());
		assert_eq!(pack(&inputs), inputs.to_vec().encode());
	}

	#[test]
	fn without_rows_the_file_is_the_tensor() {
		let whole = tensor(&[3, 2], &[1, 2, 3, 4, 5, 6]);
		let cases = inputs(&[("x", whole.clone())]).cases(None).unwrap();
		assert_eq!(cases.into_iter().map(Inputs::unchecked).collect::<Vec<_>>(), [[whole]]);
	}

	#[test]
	fn missing_rows_are_refused() {
		let file = || inputs(&[("x", tensor(&[3], &[1, 2, 3]))]);
		assert!(file().cases(Some(&(0..3))).is_ok());
		assert!(matches!(
			file().cases(Some(&(2..4))),
			Err(InputError::TooFewRows { rows: 3, end: 4, .. })
		));
		let scalar = inputs(&[("x", tensor(&[], &[1]))]);
		assert!(matches!(scalar.cases(Some(&(0..1))), Err(InputError::NoRows { .. })));
	}

	#[test]
	fn inputs_are_sorted_into_the_models_order() {
		let (a, b) = (tensor(&[1], &[1]), tensor(&[2], &[2, 3]));
		let given = inputs(&[("b", b.clone()), ("a", a.clone())]);
		assert_eq!(given.fit(&[port("a", &[1]), port("b", &[2])]), Ok(vec![a, b]));
	}

	#[test]
	fn inputs_that_do_not_fit_are_refused_with_the_remedy() {
		let ports = [port("x", &[1, 2])];
		let fit = |named: &[(&str, Tensor)]| inputs(named).fit(&ports).unwrap_err().to_string();
		let good = tensor(&[1, 2], &[1, 2]);
		assert!(fit(&[]).contains("--input x=FILE.npy"));
		assert!(fit(&[("y", good.clone())]).contains("its inputs are x uint8 [1, 2]"));
		assert!(fit(&[("x", good.clone()), ("x", good)]).contains("twice"));
		assert!(fit(&[("x", tensor(&[2], &[1, 2]))]).ends_with("a.reshape([1, 2])"));
		assert!(fit(&[("x", tensor(&[5, 2], &[0; 10]))]).ends_with("--rows 0..5"));
		assert!(fit(&[("x", tensor(&[7], &[0; 7]))]).ends_with("of that type and shape"));
		let mut wide = tensor(&[1, 2], &[0; 4]);
		wide.dtype = DType::I16;
		assert!(fit(&[("x", wide)]).ends_with("a.astype('uint8')"));
	}
}
