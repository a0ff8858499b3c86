//! What a person or a program sees: results on standard output, progress and notes on standard error.

use indicatif::{MultiProgress, ProgressBar, ProgressFinish, ProgressStyle};
use serde_json::{json, Value};
use std::{
	io::{self, IsTerminal, Write},
	time::Duration,
};

/// How a command ended that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// Exit code 0.
	Fine,
	/// Exit code 1: the chain or the engine refused, or results differ.
	Refused,
}

/// Where output goes, and in which form.
#[derive(Debug)]
pub struct Output {
	json: bool,
	/// Bars that are up at the same time share the terminal.
	bars: MultiProgress,
}

impl Output {
	/// With `json`, standard output carries exactly one JSON document, and notes are left out.
	pub fn new(json: bool) -> Self {
		Self {
			json,
			bars: MultiProgress::new(),
		}
	}

	/// The command's result, in the form that was asked for.
	pub fn result(&self, human: impl std::fmt::Display, json: &Value) {
		if self.json {
			print(format_args!("{json:#}"));
		} else {
			print(format_args!("{human}"));
		}
	}

	/// Something a person wants to know on the way.
	pub fn note(&self, text: impl std::fmt::Display) {
		if !self.json {
			eprintln!("{text}");
		}
	}

	/// Shows what is about to happen, and asks whether it should. Where nobody sits at standard input there is nobody to ask, and what
	/// was called for is done.
	pub fn agreed(&self, about: impl std::fmt::Display, question: &str) -> io::Result<bool> {
		if !io::stdin().is_terminal() {
			self.note(about);
			return Ok(true);
		}
		eprint!("{about}\n{question} [y/N] ");
		let mut answer = String::new();
		io::stdin().read_line(&mut answer)?;
		Ok(is_yes(&answer))
	}

	/// The error that ended the command.
	pub fn error(&self, error: &anyhow::Error) {
		if self.json {
			print(format_args!("{:#}", json!({ "error": format!("{error:#}") })));
		} else {
			eprintln!("error: {error:#}");
		}
	}

	/// A bar towards `len` things, called by what is done to them. It draws on a terminal only, and goes with its value.
	pub fn bar(&self, len: u64, what: &'static str) -> ProgressBar {
		self.add(
			ProgressBar::new(len),
			"{prefix} {wide_bar} {pos}/{len} {elapsed} {msg}",
			what,
		)
	}

	/// A bar towards `len` bytes.
	pub fn byte_bar(&self, len: u64, what: &'static str) -> ProgressBar {
		self.add(
			ProgressBar::new(len),
			"{prefix} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec}",
			what,
		)
	}

	/// A sign of life where no end is known.
	pub fn spinner(&self, what: &'static str) -> ProgressBar {
		let spinner = self.add(ProgressBar::new_spinner(), "{spinner} {prefix} {elapsed} {msg}", what);
		spinner.enable_steady_tick(Duration::from_millis(100));
		spinner
	}

	fn add(&self, bar: ProgressBar, template: &str, what: &'static str) -> ProgressBar {
		// A template that does not parse is a plainer bar, nothing worse.
		let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
		let bar = bar
			.with_style(style)
			.with_prefix(what)
			.with_finish(ProgressFinish::AndClear);
		self.bars.add(bar)
	}
}

/// Writes a line to standard output. A reader that has seen enough, like `head`, is no reason to fail.
fn print(line: std::fmt::Arguments) {
	let _ = writeln!(std::io::stdout(), "{line}");
}

/// Whether that means yes. Whatever is not clear does not.
fn is_yes(answer: &str) -> bool {
	matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Somebody else's text, without what would move the cursor.
pub fn printable(text: &[u8]) -> String {
	String::from_utf8_lossy(text)
		.chars()
		.map(|c| if c.is_control() { ' ' } else { c })
		.collect()
}

/// Aligned `name value` lines.
pub fn table<'a>(lines: impl IntoIterator<Item = (&'a str, String)>) -> String {
	let lines: Vec<_> = lines.into_iter().collect();
	let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
	lines
		.iter()
		.map(|(name, value)| format!("{name:<width$}  {value}"))
		.collect::<Vec<_>>()
		.join("\n")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_a_clear_yes_is_one() {
		for (answer, yes) in [
			("y\n", true),
			(" Yes \n", true),
			("", false),
			("\n", false),
			("n\n", false),
			("ye\n", false),
		] {
			assert_eq!(is_yes(answer), yes, "{answer:?}");
		}
	}

	#[test]
	fn somebody_elses_text_does_not_move_the_cursor() {
		assert_eq!(printable("tidy\u{1b}[2J\n näher".as_bytes()), "tidy [2J  näher");
	}
}
