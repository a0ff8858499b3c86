//! Answers per second of three nodes on this machine, all of them validators and workers, and blocks from a request to
//! its answer.

use crate::{inputs::write_distinct_rows, request, say, serve, start_validators, validator};
use anyhow::Context;
use assay_client::json::{Job, JobStatusName, SubmittedModel};
use assay_testing::{
	assay,
	files::{breast_cancer, text},
	Network,
};
use clap::Args;
use serde::Serialize;
use std::{fs, path::PathBuf};

/// The most slots that a worker may offer besides the slots for probes that genesis gives it.
const SLOTS: u32 = 248;
/// Inputs in a job, and how many jobs are requested: more than there are slots for at a time.
const BATCHES: [(usize, usize); 3] = [(1, 600), (32, 450), (256, 450)];
/// Jobs for each number of checkers whose latency is measured: enough for some of them to be audited.
const LATENCY_JOBS: usize = 60;
/// The block time.
const SECONDS_PER_BLOCK: u32 = 3;

#[derive(Debug, Args)]
pub struct Options {
	/// Where to write the figures as JSON
	#[arg(long, value_name = "PATH")]
	json: Option<PathBuf>,
}

/// The figures, as `--json` writes them.
#[derive(Debug, Default, Serialize)]
struct Figures {
	throughput: Vec<Throughput>,
	latency: Vec<Latency>,
}

/// The results of jobs of one size.
#[derive(Debug, Serialize)]
struct Throughput {
	/// Inputs in a job.
	batch: usize,
	jobs: usize,
	/// Inputs in settled jobs.
	answers: u32,
	/// Blocks from the first request to the last settlement.
	blocks: u32,
	per_second: f64,
}

/// How long jobs with the same number of checkers took.
#[derive(Debug, Serialize)]
struct Latency {
	checkers: u8,
	audited: bool,
	jobs: usize,
	answer_blocks_median: f64,
	answer_blocks_worst: u32,
	settled_blocks_median: f64,
}

/// Runs the benchmark, and prints its figures.
pub async fn run(options: Options) -> anyhow::Result<()> {
	say("starting three nodes");
	let mut network = start_validators().await;
	let model = submit_model(&network).await;
	serve(network.node("alice"), &model, SLOTS, &["//Alice", "//Bob", "//Charlie"]).await;

	let mut figures = Figures::default();
	println!(
		"\n{:>14}{:>8}{:>11}{:>9}{:>8}{:>11}",
		"inputs a job", "jobs", "requested", "settled", "blocks", "answers/s"
	);
	for (run, (batch, count)) in (0..).zip(BATCHES) {
		say(format!("{count} jobs of {batch} inputs each"));
		let (inputs, options) = (count * batch, ["--batch", &batch.to_string()]);
		let jobs = request_rows(&network, &model, run, inputs, &options).await;
		let throughput = Throughput::of(batch, count, &jobs).context("no job is settled")?;
		println!(
			"{batch:14}{count:8}{inputs:11}{:9}{:8}{:11.1}",
			throughput.answers, throughput.blocks, throughput.per_second
		);
		figures.throughput.push(throughput);
	}

	say("a fourth worker joins, so that two checkers leave one to be drawn as an auditor");
	network.join(validator("dave")).await;
	let (node, dave) = (network.node("alice"), network.node("dave"));
	let args = ["worker", "register", "--stake", "3000", "--key-url", dave.url()];
	assay(node, Some("//Dave"), &args).await.expect_success();
	let file = text(breast_cancer("breast-cancer.onnx"));
	assay(dave, None, &["artifact", "put", &file]).await.expect_success();
	serve(node, &model, SLOTS, &["//Dave"]).await;
	println!(
		"\n{:>14}{:>9}{:>6}{:>24}{:>16}",
		"checkers", "audited", "jobs", "blocks to the answer", "to settlement"
	);
	println!(
		"{:>14}{:>9}{:>6}{:>16}{:>8}{:>16}",
		"", "", "", "median", "worst", "median"
	);
	for checkers in 0..3 {
		let run = BATCHES.len() as u32 + u32::from(checkers);
		say(format!("{LATENCY_JOBS} jobs with {checkers} checkers"));
		let options = ["--checkers", &checkers.to_string()];
		let jobs = request_rows(&network, &model, run, LATENCY_JOBS, &options).await;
		for latency in [false, true]
			.into_iter()
			.filter_map(|audited| Latency::of(checkers, audited, &jobs))
		{
			let audited = if latency.audited { "yes" } else { "no" };
			println!(
				"{checkers:14}{audited:>9}{:6}{:16}{:8}{:16}",
				latency.jobs, latency.answer_blocks_median, latency.answer_blocks_worst, latency.settled_blocks_median
			);
			figures.latency.push(latency);
		}
	}
	if let Some(path) = &options.json {
		let json = serde_json::to_string_pretty(&figures)?;
		fs::write(path, json + "\n").with_context(|| format!("{} cannot be written", path.display()))?;
	}
	Ok(())
}

/// Has Dave submit the breast cancer model, and returns its id once it is open.
async fn submit_model(network: &Network) -> String {
	let file = text(breast_cancer("breast-cancer.onnx"));
	let mut args = vec![
		"model",
		"submit",
		&file,
		"--title",
		"breast-cancer",
		"--bind",
		"N=1",
		"--yes",
	];
	for mirror in ["bob", "charlie"] {
		args.extend(["--mirror", network.node(mirror).url()]);
	}
	let submitted: SubmittedModel = assay(network.node("alice"), Some("//Dave"), &args).await.parse();
	submitted.model.to_string()
}

/// Has Eve request answers to this many rows, all different.
async fn request_rows(network: &Network, model: &str, run: u32, count: usize, options: &[&str]) -> Vec<Job> {
	let node = network.node("alice");
	let path = node.folder().join("rows.npy");
	write_distinct_rows(&breast_cancer("test_features.npy"), run, count, &path);
	let (input, rows) = (format!("features={}", text(path)), format!("0..{count}"));
	let mut args = vec![model, "--input", &input, "--rows", &rows, "--allow-unlisted"];
	for mirror in ["bob", "charlie"] {
		args.extend(["--mirror", network.node(mirror).url()]);
	}
	args.extend(options);
	let jobs = request(node, &args).await;
	if jobs.iter().any(|job| job.status != JobStatusName::Settled) {
		say("not every job is settled: the figures show how many are");
	}
	jobs
}

impl Throughput {
	/// Computes the figures of `count` requests, which became these jobs. Returns `None` if none is settled.
	fn of(batch: usize, count: usize, jobs: &[Job]) -> Option<Self> {
		let settled: Vec<_> = jobs.iter().filter(|job| job.status == JobStatusName::Settled).collect();
		let first = settled.iter().map(|job| job.requested_at).min()?;
		let last = settled.iter().filter_map(|job| job.settled_at).max()?;
		let answers = settled.iter().map(|job| job.items).sum();
		let blocks = last - first;
		Some(Self {
			batch,
			jobs: count,
			answers,
			blocks,
			per_second: f64::from(answers) / f64::from(blocks * SECONDS_PER_BLOCK),
		})
	}
}

impl Latency {
	/// Computes the figures of the settled jobs that were audited, or of those that were not. Returns `None` if there
	/// are none.
	fn of(checkers: u8, audited: bool, jobs: &[Job]) -> Option<Self> {
		let is_counted = |job: &&Job| job.status == JobStatusName::Settled && job.audited == audited;
		let jobs: Vec<_> = jobs.iter().filter(is_counted).collect();
		let mut answered: Vec<_> = jobs.iter().filter_map(|job| job.provisional_blocks).collect();
		let mut settled: Vec<_> = jobs.iter().filter_map(|job| job.latency_blocks).collect();
		Some(Self {
			checkers,
			audited,
			jobs: jobs.len(),
			answer_blocks_median: median(&mut answered)?,
			answer_blocks_worst: *answered.last()?,
			settled_blocks_median: median(&mut settled)?,
		})
	}
}

/// Sorts values, and returns their median.
fn median(values: &mut [u32]) -> Option<f64> {
	values.sort_unstable();
	let last = values.len().checked_sub(1)?;
	let (low, high) = (values[last / 2], values[last.div_ceil(2)]);
	Some(f64::from(low + high) / 2.0)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_median_is_in_the_middle() {
		assert_eq!(median(&mut []), None);
		assert_eq!(median(&mut [7]), Some(7.0));
		assert_eq!(median(&mut [9, 1, 4]), Some(4.0));
		assert_eq!(median(&mut [9, 1, 4, 2]), Some(3.0));
	}
}
