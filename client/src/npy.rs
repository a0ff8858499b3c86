//! NumPy's file format, to and from [`Tensor`].

mod error;
mod header;

pub use error::{FileError, NpyError};

use assay_primitives::{DType, Tensor};
use error::MAX_BYTES;
use header::Header;
use npyz::{TypeStr, WriteOptions, WriterBuilder};
use std::{
	fs::File,
	io::{self, Read},
	path::Path,
};

/// Reads the array in `path`. Column-major arrays are brought into row-major order.
pub fn read(path: &Path) -> Result<Tensor, NpyError> {
	let mut bytes = Vec::new();
	// Some files have neither a length nor an end.
	File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
	if bytes.len() as u64 > MAX_BYTES {
		return Err(NpyError::TooLarge);
	}
	decode(&bytes)
}

/// Writes `tensor` to `path`, replacing what is there.
pub fn write(path: &Path, tensor: &Tensor) -> io::Result<()> {
	std::fs::write(path, encode(tensor)?)
}

fn decode(bytes: &[u8]) -> Result<Tensor, NpyError> {
	let Header {
		dtype,
		fortran,
		shape,
		data_at,
	} = Header::read(bytes)?;
	let data = &bytes[data_at..];
	let mut tensor = Tensor {
		dtype,
		shape,
		data: Vec::new(),
	};
	let expected = match tensor.expected_len() {
		Some(len) if len as u64 <= MAX_BYTES => len,
		_ => return Err(NpyError::Impossible(tensor.shape)),
	};
	if expected != data.len() {
		return Err(NpyError::WrongLength {
			expected,
			found: data.len(),
		});
	}
	if dtype == DType::Bool && data.iter().any(|byte| *byte > 1) {
		return Err(NpyError::NotBool);
	}
	tensor.data = match fortran {
		true => row_major(data, &tensor.shape, dtype.size()),
		false => data.to_vec(),
	};
	Ok(tensor)
}

fn encode(tensor: &Tensor) -> io::Result<Vec<u8>> {
	let descr: TypeStr = descr(tensor.dtype).parse().map_err(io::Error::other)?;
	let shape: Vec<u64> = tensor.shape.iter().map(|extent| u64::from(*extent)).collect();
	let mut file = WriteOptions::new_header_only()
		.dtype(npyz::DType::new_scalar(descr))
		.shape(&shape)
		.writer(Vec::new())
		.write_header_only()?;
	file.extend_from_slice(&tensor.data);
	Ok(file)
}

const fn descr(dtype: DType) -> &'static str {
	match dtype {
		DType::Bool => "|b1",
		DType::I8 => "|i1",
		DType::I16 => "<i2",
		DType::I32 => "<i4",
		DType::I64 => "<i8",
		DType::U8 => "|u1",
		DType::U16 => "<u2",
		DType::U32 => "<u4",
		DType::U64 => "<u8",
		DType::F16 => "<f2",
		DType::F32 => "<f4",
		DType::F64 => "<f8",
	}
}

/// Reorders column-major elements of `size` bytes. `data` must be as long as the shape says.
fn row_major(data: &[u8], shape: &[u32], size: usize) -> Vec<u8> {
	let mut index = vec![0u32; shape.len()];
	let mut out = Vec::with_capacity(data.len());
	while out.len() < data.len() {
		let element = index
			.iter()
			.zip(shape)
			.rev()
			.fold(0, |offset, (at, extent)| offset * *extent as usize + *at as usize);
		out.extend_from_slice(&data[element * size..][..size]);
		// Advance the index, the last axis fastest.
		for (at, extent) in index.iter_mut().zip(shape).rev() {
			*at += 1;
			if *at < *extent {
				break;
			}
			*at = 0;
		}
	}
	out
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::DTYPES;

	/// A file as numpy writes it, from the header's text and the data.
	fn file(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
		let fortran = if fortran { "True" } else { "False" };
		let mut header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
		while (header.len() + 11) % 64 != 0 {
			header.push(' ');
		}
		header.push('\n');
		let mut out = b"\x93NUMPY\x01\x00".to_vec();
		out.extend((header.len() as u16).to_le_bytes());
		out.extend(header.as_bytes());
		out.extend(data);
		out
	}

	#[test]
	fn every_type_and_rank_survives_the_round_trip() {
		for dtype in DTYPES {
			for shape in [vec![], vec![3], vec![2, 3], vec![1, 2, 1, 2], vec![0, 4]] {
				let len = shape.iter().product::<u32>() as usize * dtype.size();
				let tensor = Tensor {
					dtype,
					shape,
					data: (0..len)
						.map(|i| if dtype == DType::Bool { i % 2 } else { i * 7 } as u8)
						.collect(),
				};
				assert_eq!(decode(&encode(&tensor).unwrap()).unwrap(), tensor);
			}
		}
	}

	#[test]
	fn files_survive_the_round_trip() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("x.npy");
		let tensor = Tensor {
			dtype: DType::F16,
			shape: vec![2],
			data: vec![0, 0x3c, 0, 0xbc],
		};
		write(&path, &tensor).unwrap();
		assert_eq!(read(&path).unwrap(), tensor);
	}

	#[test]
	fn a_file_as_numpy_writes_it_is_read() {
		let tensor = decode(&file("'<f4'", false, "(2, 1)", &[0, 0, 128, 63, 0, 0, 0, 64])).unwrap();
		assert_eq!((tensor.dtype, tensor.shape), (DType::F32, vec![2, 1]));
		assert_eq!(tensor.data, [1f32.to_le_bytes(), 2f32.to_le_bytes()].concat());
	}

	#[test]
	fn column_major_is_transposed() {
		// numpy.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies in memory as 1 4 2 5 3 6.
		let tensor = decode(&file("'|u1'", true, "(2, 3)", &[1, 4, 2, 5, 3, 6])).unwrap();
		assert_eq!((tensor.shape, tensor.data), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
		// Three axes and wide elements: a[i, j, k] = 100 i + 10 j + k.
		let value = |i: u16, j: u16, k: u16| 100 * i + 10 * j + k;
		let cells = |order: fn(u16) -> (u16, u16, u16)| -> Vec<u8> {
			(0..12)
				.flat_map(|n| {
					let (i, j, k) = order(n);
					value(i, j, k).to_le_bytes()
				})
				.collect()
		};
		let columns = cells(|n| (n % 2, n / 2 % 3, n / 6));
		let rows = cells(|n| (n / 6, n / 2 % 3, n % 2));
		let tensor = decode(&file("'<u2'", true, "(2, 3, 2)", &columns)).unwrap();
		assert_eq!(tensor.data, rows);
	}

	#[test]
	fn unusable_files_are_refused_with_the_reason() {
		let refused = |bytes: &[u8]| decode(bytes).unwrap_err();
		assert!(matches!(refused(b"PK\x03\x04"), NpyError::NotNpy(_)));
		assert!(matches!(refused(b""), NpyError::NotNpy(_)));
		assert!(matches!(
			refused(&file("'>f4'", false, "(1,)", &[0; 4])),
			NpyError::BigEndian
		));
		for descr in ["'<c8'", "'<U3'", "'<f16'", "[('a', '<f4')]"] {
			assert!(
				matches!(
					refused(&file(descr, false, "(1,)", &[0; 16])),
					NpyError::UnsupportedType(_)
				),
				"{descr}"
			);
		}
		assert!(matches!(
			refused(&file("'<f4'", false, "(2,)", &[0; 7])),
			NpyError::WrongLength { expected: 8, found: 7 }
		));
		assert!(matches!(
			refused(&file("'<f4'", false, "(2,)", &[0; 9])),
			NpyError::WrongLength { .. }
		));
		assert!(matches!(
			refused(&file("'|b1'", false, "(2,)", &[0, 2])),
			NpyError::NotBool
		));
		assert!(matches!(
			refused(&file("'|u1'", false, "(0, 4294967296)", &[])),
			NpyError::TooLong(extent) if extent == "4294967296"
		));
	}

	#[test]
	fn extents_whose_product_overflows_are_refused() {
		let refused = |shape: &str| decode(&file("'<f4'", false, shape, &[0; 4])).unwrap_err();
		for shape in [
			"(4294967295, 4294967295, 4294967295)",
			// The product wraps to what a single element takes, and to nothing.
			"(65536, 65536, 65536, 65536)",
			"(2147483648, 2147483648, 4)",
			"(4294967295, 4294967295, 4294967295, 0)",
			"(536870913,)",
		] {
			assert!(matches!(refused(shape), NpyError::Impossible(_)), "{shape}");
			assert!(refused(shape).to_string().contains("write it again"));
		}
		assert!(matches!(
			refused("(536870912,)"),
			NpyError::WrongLength {
				expected: 0x8000_0000,
				found: 4
			}
		));
	}
}
