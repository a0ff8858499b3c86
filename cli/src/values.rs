//! The values of options, parsed completely or refused with the expected form.

use assay_client::inputs::InputFile;
use assay_primitives::{
	names::{is_family_name, is_version_name, FamilyName, VersionName},
	JobId, ModelSpec,
};
use std::{ops::Range, str::FromStr};

/// Parses `NAME=FILE.npy`: a tensor for one input of the model.
pub fn input_file(text: &str) -> Result<InputFile, &'static str> {
	match text.split_once('=') {
		Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok(InputFile {
			name: name.into(),
			path: path.into(),
		}),
		_ => Err("expected NAME=FILE.npy, where NAME is an input of the model (`assay describe` lists them)"),
	}
}

/// `SYMBOL=EXTENT`: a value for a symbolic dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
	pub symbol: String,
	pub extent: u32,
}

impl FromStr for Binding {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const FORM: &str = "expected SYMBOL=EXTENT, like N=1";
		let (symbol, extent) = text.split_once('=').ok_or(FORM)?;
		match extent.parse() {
			Ok(extent) if extent > 0 && !symbol.is_empty() => Ok(Self {
				symbol: symbol.into(),
				extent,
			}),
			_ => Err(FORM),
		}
	}
}

/// Returns the spec of the bindings, sorted as the chain requires.
pub fn spec(bindings: &[Binding]) -> ModelSpec {
	let mut bindings: Vec<_> = bindings.iter().map(|b| (b.symbol.clone(), b.extent)).collect();
	bindings.sort();
	ModelSpec { bindings }
}

/// Parses `A..B` or `A..=B`.
fn parse_range(text: &str) -> Option<Range<u64>> {
	let (start, end) = text.split_once("..")?;
	let start = start.parse::<u64>().ok()?;
	let end = match end.strip_prefix('=') {
		Some(last) => last.parse::<u64>().ok()?.checked_add(1)?,
		None => end.parse().ok()?,
	};
	(start < end).then_some(start..end)
}

/// `A..B`: rows of the leading axis, the last one excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows(pub Range<u32>);

impl FromStr for Rows {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const FORM: &str = "expected A..B with A < B: rows A up to but not including B (A..=B includes it)";
		let range = parse_range(text).ok_or(FORM)?;
		Ok(Self(
			range.start.try_into().map_err(|_| FORM)?..range.end.try_into().map_err(|_| FORM)?,
		))
	}
}

/// `7` or `3..10`: one job or several, the last one excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jobs(pub Range<u64>);

impl Jobs {
	/// Returns each job.
	pub fn ids(&self) -> impl Iterator<Item = JobId> {
		self.0.clone().map(JobId)
	}
}

impl FromStr for Jobs {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const FORM: &str = "expected a job's number, or A..B: jobs A up to but not including B (A..=B includes it)";
		match text.parse::<u64>() {
			Ok(id) => id.checked_add(1).map(|end| Self(id..end)).ok_or(FORM),
			Err(_) => parse_range(text).map(Self).ok_or(FORM),
		}
	}
}

/// Parses a job's number, for commands that take exactly one.
pub fn job_id(text: &str) -> Result<JobId, &'static str> {
	text.parse().map(JobId).map_err(|_| "expected a job's number, like 7")
}

/// Parses a family's name.
pub fn family(text: &str) -> Result<FamilyName, &'static str> {
	const FORM: &str = "a family's name has 2 to 48 characters: a-z, 0-9 and single hyphens, beginning with a letter \
		 and not ending with a hyphen";
	match FamilyName::try_from(text.as_bytes().to_vec()) {
		Ok(name) if is_family_name(&name) => Ok(name),
		_ => Err(FORM),
	}
}

/// Parses a version's name.
pub fn version(text: &str) -> Result<VersionName, &'static str> {
	const FORM: &str =
		"a version's name has 1 to 24 characters: a-z, 0-9, `.` and `-`, beginning with a letter or digit, and is \
			 not `latest`";
	match VersionName::try_from(text.as_bytes().to_vec()) {
		Ok(name) if is_version_name(&name) => Ok(name),
		_ => Err(FORM),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_have_the_form_that_the_chain_requires() {
		assert_eq!(family("mobile-net2").unwrap().to_vec(), b"mobile-net2");
		assert_eq!(version("1.0-rc1").unwrap().to_vec(), b"1.0-rc1");
		for text in ["", "a", "Net", "2net", "net-", "net--2", "net_2", &"n".repeat(49)] {
			assert!(family(text).is_err(), "{text:?}");
		}
		for text in ["", "latest", "V1", ".1", "1@2", &"1".repeat(25)] {
			assert!(version(text).is_err(), "{text:?}");
		}
	}

	#[test]
	fn an_input_has_a_name_and_a_file() {
		let input = input_file("x=a/b=c.npy").unwrap();
		assert_eq!((input.name.as_str(), input.path), ("x", "a/b=c.npy".into()));
		for text in ["x", "=x.npy", "x=", ""] {
			assert!(input_file(text).is_err(), "{text:?}");
		}
	}

	#[test]
	fn a_binding_has_a_symbol_and_a_positive_extent() {
		assert_eq!(
			"batch=16".parse(),
			Ok(Binding {
				symbol: "batch".into(),
				extent: 16
			})
		);
		for text in ["N", "N=", "N=0", "N=-1", "=1", "N=1.5", "N=4294967296"] {
			assert!(text.parse::<Binding>().is_err(), "{text:?}");
		}
	}

	#[test]
	fn bindings_are_sorted_into_the_spec() {
		let bindings = ["b=2", "a=1"].map(|text| text.parse().unwrap());
		assert_eq!(spec(&bindings).bindings, [("a".into(), 1), ("b".into(), 2)]);
	}

	#[test]
	fn ranges_exclude_their_end_unless_it_has_an_equals_sign() {
		assert_eq!("0..100".parse(), Ok(Rows(0..100)));
		assert_eq!("3..=5".parse(), Ok(Rows(3..6)));
		assert_eq!("7".parse(), Ok(Jobs(7..8)));
		assert_eq!("3..10".parse(), Ok(Jobs(3..10)));
		for text in [
			"",
			"..",
			"5..5",
			"6..5",
			"1..",
			"..2",
			"a..b",
			"-1..2",
			"0..99999999999",
		] {
			assert!(text.parse::<Rows>().is_err(), "{text:?}");
		}
		assert!("18446744073709551615".parse::<Jobs>().is_err());
	}
}
