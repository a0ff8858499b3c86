//! Output for people and programs: results on standard output, progress and notes on standard error.

use assay_client::{
	json::{self, Document},
	progress::{Meter, Progress, Transfer},
};
use indicatif::{MultiProgress, ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;
use std::{
	fmt,
	io::{self, IsTerminal, Write},
	time::Duration,
};

/// The exit status of a command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
	/// Exit status 0.
	Success,
	/// Exit status 1: the chain or the engine refused, or results differ.
	Refused,
}

impl ExitStatus {
	/// Returns the status of a success or a refusal.
	pub fn of(is_success: bool) -> Self {
		match is_success {
			true => Self::Success,
			false => Self::Refused,
		}
	}
}

/// A document that has a text for people.
pub trait Text {
	/// Returns the text.
	fn text(&self) -> String;
}

/// The destination of output, and its form.
#[derive(Debug)]
pub struct Output {
	json: bool,
	/// Bars that are shown at the same time share the terminal.
	bars: MultiProgress,
}

impl Output {
	/// With `json`, standard output gets documents only, and notes are left out.
	pub fn new(json: bool) -> Self {
		Self {
			json,
			bars: MultiProgress::new(),
		}
	}

	/// Prints the command's result: its text or its JSON.
	pub fn document(&self, document: &(impl Serialize + Text)) {
		self.result(document, Text::text);
	}

	/// Prints the command's result: the text that `text` makes of it, or its JSON.
	pub fn result<T: Serialize>(&self, document: &T, text: impl FnOnce(&T) -> String) {
		match self.json {
			true => print_json(&Document::new(document)),
			false => print(text(document)),
		}
	}

	/// Prints the command's result of several documents: the text that `text` makes of them, or their JSON.
	pub fn results<T: Serialize>(&self, documents: &[T], text: impl FnOnce(&[T]) -> String) {
		match self.json {
			true => print_json(&documents.iter().map(Document::new).collect::<Vec<_>>()),
			false => print(text(documents)),
		}
	}

	/// Tells a person something besides the result.
	pub fn note(&self, text: impl fmt::Display) {
		if !self.json {
			print_note(text);
		}
	}

	/// Tells a person the state of what the command waits for, if it differs from `last`. A terminal shows it in a bar
	/// already.
	pub fn note_state(&self, state: &str, last: &mut String) {
		if !io::stderr().is_terminal() && state != last {
			self.note(state);
			state.clone_into(last);
		}
	}

	/// Shows what is about to happen, and asks whether it should. Where standard input is not a terminal there is
	/// nobody to ask, and the answer is yes.
	pub fn confirm(&self, about: impl fmt::Display, question: &str) -> io::Result<bool> {
		if !io::stdin().is_terminal() {
			self.note(about);
			return Ok(true);
		}
		eprint!("{about}\n{question} [y/N] ");
		let mut answer = String::new();
		io::stdin().read_line(&mut answer)?;
		Ok(is_yes(&answer))
	}

	/// Prints the error that ended the command.
	pub fn error(&self, error: &anyhow::Error) {
		let error = format!("{error:#}");
		match self.json {
			true => print_json(&Document::new(json::Error { error })),
			false => print_note(format_args!("error: {error}")),
		}
	}

	/// Shows a bar of `len` steps. It is drawn on a terminal only, and disappears when it is dropped.
	pub fn bar(&self, len: u64, what: &'static str) -> ProgressBar {
		self.add(
			ProgressBar::new(len),
			"{prefix} {wide_bar} {pos}/{len} {elapsed} {msg}",
			what,
		)
	}

	/// Shows that something without a known length is in progress.
	pub fn spinner(&self, what: &'static str) -> ProgressBar {
		let spinner = self.add(ProgressBar::new_spinner(), "{spinner} {prefix} {elapsed} {msg}", what);
		spinner.enable_steady_tick(Duration::from_millis(100));
		spinner
	}

	fn add(&self, bar: ProgressBar, template: &str, what: &'static str) -> ProgressBar {
		// A template that does not parse results in a plainer bar.
		let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
		let bar = bar
			.with_style(style)
			.with_prefix(what)
			.with_finish(ProgressFinish::AndClear);
		self.bars.add(bar)
	}
}

impl Progress for Output {
	fn transfer(&self, what: Transfer, len: u64) -> Box<dyn Meter> {
		let what = match what {
			Transfer::Upload => "uploading",
			Transfer::Download => "fetching",
		};
		Box::new(Bar(self.add(
			ProgressBar::new(len),
			"{prefix} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec}",
			what,
		)))
	}
}

/// The bar of a transfer.
struct Bar(ProgressBar);

impl Meter for Bar {
	fn set(&self, done: u64) {
		self.0.set_position(done);
	}
}

impl Drop for Bar {
	fn drop(&mut self) {
		self.0.finish_and_clear();
	}
}

/// Writes a line to standard output. Failing to write is not an error: the reader may have seen enough, as `head` has.
fn print(line: impl fmt::Display) {
	let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line to standard error. A reader that has gone away must not end a command that has begun to pay.
fn print_note(line: impl fmt::Display) {
	let _ = writeln!(io::stderr(), "{line}");
}

fn print_json(value: &impl Serialize) {
	match serde_json::to_string_pretty(value) {
		Ok(text) => print(text),
		// No document has keys that are not strings, which is the only way to fail.
		Err(error) => print_note(format_args!("error: the result cannot be written as JSON: {error}")),
	}
}

/// Returns whether the answer is a clear yes.
fn is_yes(answer: &str) -> bool {
	matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
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
}
