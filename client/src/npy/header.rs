//! The header of an array file, read strictly and within bounds.
//!
//! The file may come from anybody. Nothing in it is multiplied, allocated or followed before it is known to be small:
//! one axis is enough to overflow the arithmetic of a general reader of Python literals, and brackets are enough to
//! overflow its stack.

use super::error::NpyError;
use assay_primitives::DType;

/// The maximum length of a header's text in bytes: what NumPy itself reads unless it is told to trust the file.
const MAX_HEADER: usize = 10_000;

/// A parsed header.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
	pub dtype: DType,
	/// Whether the elements lie in column-major order.
	pub fortran: bool,
	pub shape: Vec<u32>,
	/// Where the elements begin.
	pub data_at: usize,
}

impl Header {
	/// Parses the header at the start of `file`.
	pub fn read(file: &[u8]) -> Result<Self, NpyError> {
		let not = NpyError::NotNpy;
		let rest = file
			.strip_prefix(b"\x93NUMPY")
			.ok_or(not("it does not begin with NumPy's magic bytes"))?;
		let cut = not("it is cut short");
		let (len, rest) = match rest {
			[1, 0, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
			[2 | 3, 0, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
			[1..=3, 0, ..] | [] | [_] => return Err(cut),
			_ => return Err(not("its format version is unknown")),
		};
		if len > MAX_HEADER {
			return Err(not("its header is far longer than NumPy writes one"));
		}
		let (text, data) = rest.split_at_checked(len).ok_or(cut)?;
		let text = std::str::from_utf8(text).map_err(|_| not("its header is not text"))?;
		Text(text).dictionary(file.len() - data.len())
	}
}

/// The rest of the header's text.
struct Text<'a>(&'a str);

impl<'a> Text<'a> {
	/// Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 64), }`, each key once and in any order.
	fn dictionary(&mut self, data_at: usize) -> Result<Header, NpyError> {
		let (mut dtype, mut fortran, mut shape) = (None, None, None);
		self.expect("{")?;
		while !self.takes("}") {
			let key = self.quoted()?;
			self.expect(":")?;
			let is_new = match key {
				"descr" => dtype.replace(self.element_type()?).is_none(),
				"fortran_order" => fortran.replace(self.boolean()?).is_none(),
				"shape" => shape.replace(self.extents()?).is_none(),
				_ => false,
			};
			if !is_new {
				return Err(MALFORMED);
			}
			if !self.takes(",") {
				self.expect("}")?;
				break;
			}
		}
		match (dtype, fortran, shape) {
			(Some(dtype), Some(fortran), Some(shape)) if self.0.trim().is_empty() => Ok(Header {
				dtype,
				fortran,
				shape,
				data_at,
			}),
			_ => Err(MALFORMED),
		}
	}

	/// Takes `token` and the space before it, if it is next.
	fn takes(&mut self, token: &str) -> bool {
		match self.0.trim_start().strip_prefix(token) {
			Some(rest) => {
				self.0 = rest;
				true
			}
			None => false,
		}
	}

	fn expect(&mut self, token: &str) -> Result<(), NpyError> {
		self.takes(token).then_some(()).ok_or(MALFORMED)
	}

	/// Parses a string in quotes of either kind. NumPy escapes nothing in the strings that occur here.
	fn quoted(&mut self) -> Result<&'a str, NpyError> {
		let quote = match self.takes("'") {
			true => '\'',
			false => {
				self.expect("\"")?;
				'"'
			}
		};
		let (inside, rest) = self.0.split_once(quote).ok_or(MALFORMED)?;
		self.0 = rest;
		Ok(inside)
	}

	fn boolean(&mut self) -> Result<bool, NpyError> {
		if self.takes("True") {
			return Ok(true);
		}
		self.expect("False").map(|()| false)
	}

	/// Parses `()`, `(3,)`, `(3, 4)`.
	fn extents(&mut self) -> Result<Vec<u32>, NpyError> {
		self.expect("(")?;
		let mut extents = Vec::new();
		while !self.takes(")") {
			let text = self.0.trim_start();
			let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
			let (number, rest) = text.split_at(digits);
			if number.is_empty() {
				return Err(MALFORMED);
			}
			extents.push(number.parse().map_err(|_| NpyError::TooLong(format!("{number:.20}")))?);
			self.0 = rest;
			if !self.takes(",") {
				self.expect(")")?;
				break;
			}
		}
		Ok(extents)
	}

	fn element_type(&mut self) -> Result<DType, NpyError> {
		if self.takes("[") {
			return Err(NpyError::UnsupportedType("a record".into()));
		}
		let descr = self.quoted()?;
		let unsupported = || NpyError::UnsupportedType(descr.to_owned());
		let (order, name) = descr.split_at_checked(1).ok_or_else(unsupported)?;
		let dtype = match name {
			"b1" => DType::Bool,
			"i1" => DType::I8,
			"i2" => DType::I16,
			"i4" => DType::I32,
			"i8" => DType::I64,
			"u1" => DType::U8,
			"u2" => DType::U16,
			"u4" => DType::U32,
			"u8" => DType::U64,
			"f2" => DType::F16,
			"f4" => DType::F32,
			"f8" => DType::F64,
			_ => return Err(unsupported()),
		};
		match (order, dtype.size()) {
			("<", _) | ("|" | ">", 1) => Ok(dtype),
			(">", _) => Err(NpyError::BigEndian),
			_ => Err(unsupported()),
		}
	}
}

const MALFORMED: NpyError = NpyError::NotNpy("its header is not what NumPy writes");

#[cfg(test)]
mod tests {
	use super::*;

	/// A file without data, from the text of its header.
	fn read(text: &str) -> Result<Header, NpyError> {
		let mut file = b"\x93NUMPY\x02\x00".to_vec();
		file.extend((text.len() as u32).to_le_bytes());
		file.extend(text.as_bytes());
		Header::read(&file)
	}

	#[test]
	fn headers_as_numpy_and_others_write_them_are_read() {
		for text in [
			"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n",
			"{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}",
		] {
			let header = read(text).unwrap();
			assert_eq!((header.dtype, header.fortran), (DType::F32, false));
			assert_eq!((header.shape, header.data_at), (vec![2, 3], 12 + text.len()));
		}
		for (shape, extents) in [("()", vec![]), ("(7,)", vec![7]), ("(1, 2, 3,)", vec![1, 2, 3])] {
			let header = read(&format!("{{'descr': '|b1', 'fortran_order': True, 'shape': {shape}}}")).unwrap();
			assert_eq!((header.shape, header.fortran), (extents, true));
		}
	}

	#[test]
	fn a_crafted_header_is_only_refused() {
		let shape = |shape: &str| read(&format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}"));
		for huge in [
			"(4294967296,)",
			"(18446744073709551616,)",
			&format!("({},)", "9".repeat(9000)),
		] {
			assert!(matches!(shape(huge), Err(NpyError::TooLong(_))), "{huge:.30}");
		}
		for wrong in [
			"(-1,)", "(1.5,)", "(0x10,)", "(1_0,)", "(,)", "(1 2)", "(1", "[1]", "7", "(True,)",
		] {
			assert!(matches!(shape(wrong), Err(NpyError::NotNpy(_))), "{wrong}");
		}
		let nested = "[".repeat(9_000);
		for text in [
			"",
			"{",
			"{}",
			"[]",
			&nested,
			&format!("{{'shape': {nested}"),
			"{'descr': '<f4', 'fortran_order': False}",
			"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (2,)}",
			"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
			"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
			"{'descr: (1,)",
		] {
			assert!(matches!(read(text), Err(NpyError::NotNpy(_))), "{text:.60}");
		}
		// The length is a promise of 4 GiB, of which nothing is allocated.
		let mut file = b"\x93NUMPY\x02\x00".to_vec();
		file.extend(u32::MAX.to_le_bytes());
		assert!(matches!(Header::read(&file), Err(NpyError::NotNpy(_))));
		for cut in 0..12 {
			assert!(matches!(Header::read(&file[..cut]), Err(NpyError::NotNpy(_))), "{cut}");
		}
	}
}
