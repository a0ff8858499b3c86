//! Documents as text for people. Whatever the library reports is rendered from the same value as its JSON.

pub mod job;
pub mod model;
pub mod terms;

use assay_client::{
	json::{Fault, Manifest, Port, Tensor},
	text::printable,
};
use std::{fmt::Display, time::Duration};

/// Aligns `name value` lines.
pub fn table<'a>(lines: impl IntoIterator<Item = (&'a str, String)>) -> String {
	let lines: Vec<_> = lines.into_iter().collect();
	let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
	lines
		.iter()
		.map(|(name, value)| format!("{name:<width$}  {value}"))
		.collect::<Vec<_>>()
		.join("\n")
}

/// Joins the lines of a list, or returns what to say of an empty one.
pub fn list<T>(items: &[T], empty: &str, line: impl Fn(&T) -> String) -> String {
	match items {
		[] => empty.to_owned(),
		items => items.iter().map(line).collect::<Vec<_>>().join("\n"),
	}
}

/// Formats a number of things, like `1 block` or `2 blocks`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
	match number == N::from(1) {
		true => format!("1 {noun}"),
		false => format!("{number} {noun}s"),
	}
}

/// Formats a number of blocks with the time that they take, like `20 blocks (1 min)`.
pub fn blocks(number: u32, block_time: Duration) -> String {
	let seconds = (block_time * number).as_secs();
	let time = match seconds {
		0..=119 => format!("{seconds} s"),
		120..=7199 => format!("{} min", seconds / 60),
		_ => format!("{:.1} h", seconds as f64 / 3600.0),
	};
	format!("{} ({time})", count(number, "block"))
}

/// Formats a tensor with its first elements, like `y float32 [1, 10]: 0.1 0.9 …`.
pub fn tensor(tensor: &Tensor) -> String {
	let (elements, has_more) = tensor.first_elements();
	let mut shown: Vec<_> = elements.iter().map(ToString::to_string).collect();
	if has_more {
		shown.push("…".into());
	}
	format!(
		"{} {} {:?}: {}",
		printable(tensor.name.as_bytes()),
		tensor.dtype,
		tensor.shape,
		shown.join(" ")
	)
}

/// Formats a fault with its explanation.
pub fn fault(fault: Fault) -> String {
	format!("{fault}: {}", fault.explanation())
}

/// Returns a manifest, a line for each fact.
pub fn manifest_lines(manifest: &Manifest) -> Vec<(&'static str, String)> {
	let port = |port: &Port| format!("{} {} {:?}", printable(port.name.as_bytes()), port.dtype, port.shape);
	let mut lines: Vec<_> = manifest.inputs.iter().map(|input| ("input", port(input))).collect();
	lines.extend(manifest.outputs.iter().map(|output| ("output", port(output))));
	lines.extend([
		("parameters", manifest.parameters.to_string()),
		("multiply-accumulates", manifest.macs.to_string()),
		("memory", format!("{} bytes", manifest.peak_bytes)),
		("opset", manifest.opset.to_string()),
		("operators", printable(manifest.operators.join(", ").as_bytes())),
	]);
	lines
}

/// Formats how many answers are correct by `--labels`.
pub fn accuracy(marks: &[bool]) -> String {
	let correct = marks.iter().filter(|is_correct| **is_correct).count();
	format!(
		"{correct} of {} correct, accuracy {}",
		marks.len(),
		correct as f64 / marks.len() as f64
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_client::json::Element;

	#[test]
	fn blocks_are_shown_with_their_time() {
		let three = Duration::from_secs(3);
		assert_eq!(blocks(1, three), "1 block (3 s)");
		assert_eq!(blocks(10, three), "10 blocks (30 s)");
		assert_eq!(blocks(100, three), "100 blocks (5 min)");
		assert_eq!(blocks(2400, three), "2400 blocks (2.0 h)");
	}

	#[test]
	fn a_long_tensor_is_abbreviated() {
		let with = |count: i32| Tensor {
			name: "y".into(),
			dtype: "int32".into(),
			shape: vec![count as u32],
			values: Some((0..count).map(|value| Element::Number(value.into())).collect()),
			head: Vec::new(),
		};
		assert_eq!(tensor(&with(2)), "y int32 [2]: 0 1");
		assert!(tensor(&with(10)).ends_with(" 8 9") && tensor(&with(11)).ends_with(" 9 …"));
	}

	#[test]
	fn accuracy_counts_the_correct_answers() {
		assert_eq!(accuracy(&[true, false, true, true]), "3 of 4 correct, accuracy 0.75");
	}
}
