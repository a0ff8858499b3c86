//! What a person or a program sees: results on standard output, progress and notes on standard error.

use indicatif::{MultiProgress, ProgressBar, ProgressFinish, ProgressStyle};
use serde_json::{json, Value};
use std::{io::Write, time::Duration};

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
