//! What a target finds, in files: a fuzzer that stopped at the first finding would find one.
//!
//! `findings.tsv`, `slow.tsv`, `traps.tsv` and `notes.tsv` have a line for each; the inputs lie in folders of those names. `stats.txt` has the
//! figures.

use crate::{clock, counters, ending::Ending, settings::settings};
use assay_primitives::ArtifactId;
use std::{
	collections::{BTreeMap, HashMap},
	fs::{self, OpenOptions},
	io::Write,
	sync::Mutex,
	time::Duration,
};

/// Processor time between two writings of the figures.
const PERIOD: Duration = Duration::from_secs(5);

/// What is worth a file.
#[derive(Clone, Copy)]
pub enum Kind {
	/// A defect.
	Finding,
	/// A small file that takes long.
	Slow,
	/// A place at which the engine stops itself, which is a named fault.
	Trap,
	/// A difference between the guest with counters and the shipped one that the counters explain.
	Note,
}

impl Kind {
	/// Inputs that are kept of one detail.
	fn kept(self) -> usize {
		match self {
			// Different ones look alike.
			Self::Finding => 200,
			Self::Trap => 1,
			// Of which many have the same detail.
			Self::Slow | Self::Note => 20,
		}
	}

	fn folder(self) -> &'static str {
		match self {
			Self::Finding => "findings",
			Self::Slow => "slow",
			Self::Trap => "traps",
			Self::Note => "notes",
		}
	}
}

#[derive(Default)]
struct Report {
	/// The files of each kind and detail.
	kept: HashMap<(&'static str, String), Vec<String>>,
	counts: BTreeMap<String, u64>,
	written: Duration,
}

static REPORT: Mutex<Option<Report>> = Mutex::new(None);

fn with<T>(change: impl FnOnce(&mut Report) -> T) -> T {
	let mut report = REPORT.lock().expect("no holder panics");
	change(report.get_or_insert_default())
}

/// Keeps `input`, unless there are enough of this `kind` and `detail`; `more` does not tell them apart.
pub fn keep(kind: Kind, detail: &str, more: &str, extension: &str, input: &[u8]) {
	let folder = kind.folder();
	let name = format!("{:x}", ArtifactId::of(input).0);
	let name = format!("{}.{extension}", &name[..16]);
	let is_wanted = with(|report| {
		*report.counts.entry(format!("{folder}: all")).or_default() += 1;
		let kept = report.kept.entry((folder, detail.into())).or_default();
		let is_wanted = kept.len() < kind.kept() && !kept.contains(&name);
		if is_wanted {
			kept.push(name.clone());
		}
		is_wanted
	});
	if !is_wanted {
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
	let used = clock::used().as_secs();
	writeln!(lines, "{used}\t{name}\t{}\t{detail}\t{more}", input.len()).expect("the output folder can be written");
	if matches!(kind, Kind::Finding) {
		eprintln!("FINDING {name}: {detail} ({more})");
	}
}

/// Counts one of `what`.
pub fn count(what: impl Into<String>) {
	with(|report| *report.counts.entry(what.into()).or_default() += 1);
}

/// Counts how a call ended.
pub fn ended(call: &str, ending: &Ending) {
	count(format!("{call}: {}", ending.kind()));
}

/// Counts an input, and writes the figures now and then.
pub fn input(edges: usize) {
	count("inputs");
	let used = clock::used();
	with(|report| {
		if report.written + PERIOD > used && report.written != Duration::ZERO {
			return;
		}
		report.written = used;
		let mut text = format!(
			"processor seconds\t{}\nedges reached\t{} of {edges}\n",
			used.as_secs(),
			counters::edges()
		);
		for (what, count) in &report.counts {
			text += &format!("{what}\t{count}\n");
		}
		fs::create_dir_all(&settings().out).expect("the output folder can be written");
		fs::write(settings().out.join("stats.tsv"), text).expect("the output folder can be written");
	});
}
