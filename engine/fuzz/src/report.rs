//! Inputs that are worth a look, saved to files, so that fuzzing continues after the first defect.
//!
//! `defects.tsv`, `slow.tsv`, `traps.tsv` and `notes.tsv` have a line for each input, and folders of those names have
//! the inputs themselves. `stats.tsv` has statistics.

use crate::{call_result::CallResult, clock, counters, settings::settings};
use assay_primitives::ArtifactId;
use std::{
	collections::{BTreeMap, HashMap},
	fs::{self, OpenOptions},
	io::Write,
	sync::Mutex,
	time::Duration,
};

/// The processor time between two updates of the statistics.
const STATS_PERIOD: Duration = Duration::from_secs(5);

/// Why an input is saved.
#[derive(Clone, Copy)]
pub enum Kind {
	/// It shows a defect.
	Defect,
	/// It is a small file that takes long.
	Slow,
	/// It reaches a place where the engine traps, which is a named fault.
	Trap,
	/// The instrumented guest and the shipped engine differ, which the counters explain.
	Note,
}

impl Kind {
	/// Returns the maximum number of inputs that are saved for one detail.
	fn max_saved(self) -> usize {
		match self {
			// Different defects may have the same detail.
			Self::Defect => 200,
			Self::Trap => 1,
			// Many inputs have the same detail.
			Self::Slow | Self::Note => 20,
		}
	}

	/// Returns the name of the folder.
	fn folder(self) -> &'static str {
		match self {
			Self::Defect => "defects",
			Self::Slow => "slow",
			Self::Trap => "traps",
			Self::Note => "notes",
		}
	}
}

#[derive(Default)]
struct Report {
	/// The files saved for each kind and detail.
	saved: HashMap<(&'static str, String), Vec<String>>,
	counts: BTreeMap<String, u64>,
	/// The processor time of the last update of the statistics.
	written: Duration,
}

static REPORT: Mutex<Option<Report>> = Mutex::new(None);

/// Calls `change` with the report, under its lock.
fn with_report<T>(change: impl FnOnce(&mut Report) -> T) -> T {
	let mut report = REPORT.lock().expect("no holder panics");
	change(report.get_or_insert_default())
}

/// Saves `input`, unless there are enough inputs of this `kind` and `detail`. `more` is only for readers.
pub fn save(kind: Kind, detail: &str, more: &str, extension: &str, input: &[u8]) {
	let folder = kind.folder();
	let name = format!("{:x}", ArtifactId::of(input).0);
	let name = format!("{}.{extension}", &name[..16]);
	let is_new = with_report(|report| {
		*report.counts.entry(format!("{folder}: all")).or_default() += 1;
		let saved = report.saved.entry((folder, detail.into())).or_default();
		let is_new = saved.len() < kind.max_saved() && !saved.contains(&name);
		if is_new {
			saved.push(name.clone());
		}
		is_new
	});
	if !is_new {
		return;
	}
	let out = settings().out.join(folder);
	fs::create_dir_all(&out).expect("the output folder can be written");
	fs::write(out.join(&name), input).expect("the output folder can be written");
	let mut lines = OpenOptions::new()
		.create(true)
		.append(true)
		.open(out.with_extension("tsv"))
		.expect("the output folder can be written");
	let used = clock::processor_time().as_secs();
	writeln!(lines, "{used}\t{name}\t{}\t{detail}\t{more}", input.len()).expect("the output folder can be written");
	if matches!(kind, Kind::Defect) {
		eprintln!("DEFECT {name}: {detail} ({more})");
	}
}

/// Adds one to the count of `what`.
pub fn count(what: impl Into<String>) {
	with_report(|report| *report.counts.entry(what.into()).or_default() += 1);
}

/// Counts the result of a call.
pub fn count_result(call: &str, result: &CallResult) {
	count(format!("{call}: {}", result.kind()));
}

/// Counts an input, and updates the statistics from time to time. `edges` is the number of edges of the guest.
pub fn finish_input(edges: usize) {
	count("inputs");
	let used = clock::processor_time();
	with_report(|report| {
		if report.written + STATS_PERIOD > used && report.written != Duration::ZERO {
			return;
		}
		report.written = used;
		let mut text = format!(
			"processor seconds\t{}\nedges reached\t{} of {edges}\n",
			used.as_secs(),
			counters::reached_edges()
		);
		for (what, count) in &report.counts {
			text += &format!("{what}\t{count}\n");
		}
		fs::create_dir_all(&settings().out).expect("the output folder can be written");
		fs::write(settings().out.join("stats.tsv"), text).expect("the output folder can be written");
	});
}
