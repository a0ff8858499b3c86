//! `assay job request`

use crate::{
	answered::AnsweredJob,
	args::{Context, Request, TermsArgs},
	output::{ExitStatus, Output, Text},
	text::{accuracy, count, job},
};
use anyhow::{anyhow, bail, Context as _};
use assay_client::{
	artifacts::Mirrors,
	chain::ModelInfo,
	inputs::{pack, Inputs},
	json::{FailedRequest, Job, JobOutcome, JobStatusName, ModelStatus, RequestedJob},
	requests::{self, JobInput, Requests, Snapshot, Wait},
	terms::obstacles,
	Amount, Chain,
};
use assay_primitives::{api, Manifest, Payload, Port, Tensor};
use indicatif::ProgressBar;
use std::collections::BTreeMap;

/// Requests jobs: prepares and checks all inputs, then pays.
pub async fn run(args: Request, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	let signer = context.signer()?;
	let cases = args.input.cases()?;
	let labels = args.input.labels()?;
	let chain = context.chain().await?;
	let model = chain.named_model(&args.model).await?;
	if !model.status.accepts_jobs() {
		return Err(no_jobs_accepted(&model));
	}
	let batch = args.terms.batch as usize;
	let sizes = cases.chunks(batch).map(|chunk| chunk.len() as u32);
	let fees = fees(&chain, &model, &args.terms, args.max_fee, sizes).await?;
	let manifest = model.manifest.as_ref().map(Manifest::from);
	let expected = manifest.as_ref().filter(|_| !args.unchecked);
	let expected = expected.map(|manifest| manifest.inputs.as_slice());
	let tensors = cases
		.into_iter()
		.map(|case| fit(case, expected))
		.collect::<anyhow::Result<Vec<_>>>()?;
	let mirrors = Mirrors::connect(&chain, &args.mirrors.urls).await?;
	let mut inputs = Vec::new();
	for chunk in tensors.chunks(batch) {
		let items = chunk.len() as u32;
		let bytes = pack(chunk);
		let input = Payload::of(bytes.clone());
		if let Payload::Artifact(_) = &input {
			let context = || format!("cannot store the {items} inputs of a job: a lower --batch makes them smaller");
			mirrors.upload(&bytes, output).await.with_context(context)?;
		}
		// Every size has been quoted.
		let max_fee = fees.get(&items).copied().unwrap_or_default();
		inputs.push(JobInput { items, input, max_fee });
	}

	let wait = match (args.no_wait, args.provisional) {
		(true, _) => Wait::Placed,
		(_, true) => Wait::Provisional,
		_ => Wait::Ended,
	};
	let sizes: Vec<u32> = inputs.iter().map(|input| input.items).collect();
	let requests = Requests::new(&chain, &signer, args.model, &model, args.terms.terms(0), inputs);
	let bar = output.bar(sizes.len() as u64, "jobs");
	let mut state = String::new();
	let results = requests
		.run(wait, |snapshot| show_progress(snapshot, &bar, &mut state, output))
		.await?;
	bar.finish_and_clear();

	let mut all = Vec::with_capacity(results.len());
	for (items, result) in sizes.into_iter().zip(results) {
		let result = match result {
			Ok(placed) => {
				let is_same = placed.job.model == model.id;
				if !is_same {
					output.note(format!(
						"job {} went to model {}: the name's owner has changed what it stands for",
						placed.job.id, placed.job.model
					));
				}
				let ports = manifest.as_ref().filter(|_| is_same);
				let ports = ports.map(|manifest| manifest.outputs.clone());
				Ok(AnsweredJob::read(&chain, placed.job, ports, placed.provisional_at, output).await)
			}
			Err(error) => Err(error),
		};
		if let (Some(folder), Ok(answered)) = (&args.out, &result) {
			answered.write(folder, None)?;
		}
		all.push(RequestResult { items, result });
	}
	let results = RequestResults {
		first: args.input.rows.as_ref().map(|rows| u64::from(rows.0.start)),
		is_batched: batch > 1,
		all,
	};
	let mut jobs = results.reports();
	if let (Some(labels), Some(first)) = (labels, results.first) {
		let marks = labels.mark(first as usize, results.outputs());
		for (is_correct, mark) in marks.0.into_iter().zip(marks_of(&mut jobs, results.is_batched)) {
			*mark = Some(is_correct);
		}
	}
	let is_success = results.is_success();
	output.results(&jobs, |jobs| results.text(jobs));
	Ok(ExitStatus::of(is_success))
}

/// Shows how far the requests are. `last` is the state that was noted last.
fn show_progress(snapshot: &Snapshot, bar: &ProgressBar, last: &mut String, output: &Output) {
	let state = progress_text(snapshot);
	output.note_state(&state, last);
	bar.set_position(snapshot.done as u64);
	bar.set_message(state);
	if snapshot.idle_blocks == 1 {
		output.note("too few slots are free: waiting for at most a minute");
	}
}

/// Describes at which stage how many requests are; of a single one, what it waits for.
fn progress_text(snapshot: &Snapshot) -> String {
	if let [request] = snapshot.requests {
		return match (snapshot.idle_blocks, request.record()) {
			(0, Some(record)) => format!("job {} {}", record.id, job::status(&Job::new(record, None))),
			(0, None) => request.stage_name().1.to_owned(),
			(blocks, _) => format!("no free slot for {}", count(blocks, "block")),
		};
	}
	let mut stages = BTreeMap::<_, u32>::new();
	for request in snapshot.requests {
		*stages.entry(requests::Request::stage_name(request)).or_default() += 1;
	}
	let stages: Vec<_> = stages
		.iter()
		.map(|((_, stage), count)| format!("{count} {stage}"))
		.collect();
	stages.join(", ")
}

/// Says why a model accepts no jobs, and what to do.
pub(super) fn no_jobs_accepted(model: &ModelInfo) -> anyhow::Error {
	let id = model.id;
	match model.status {
		api::ModelStatus::Probation => {
			anyhow!("model {id} is on probation: `assay model show {id}` shows when others have reproduced it")
		}
		// The model accepts jobs, but its engine does not.
		status if status.accepts_jobs() => anyhow!(
			"model {id} runs on engine {}, which is retired: `assay model list` lists the other models",
			model.engine
		),
		status => anyhow!(
			"model {id} is {} and accepts no jobs: `assay model list` lists the models that are open or listed",
			ModelStatus::from(status)
		),
	}
}

fn fit(case: Inputs, expected: Option<&[Port]>) -> anyhow::Result<Vec<Tensor>> {
	match expected {
		Some(ports) => Ok(case.fit(ports)?),
		None => Ok(case.unchecked()),
	}
}

/// Returns the most that a job of each size may cost: `limit`, or today's fee. What the chain would refuse now and
/// later is refused here, before anything is stored or paid; a lack of slots is not.
async fn fees(
	chain: &Chain,
	model: &ModelInfo,
	args: &TermsArgs,
	limit: Option<Amount>,
	sizes: impl Iterator<Item = u32>,
) -> anyhow::Result<BTreeMap<u32, u128>> {
	let terms = args.terms(limit.map_or(u128::MAX, |limit| limit.0));
	let mut fees = BTreeMap::new();
	for items in sizes {
		if fees.contains_key(&items) {
			continue;
		}
		let Some(quote) = chain.quote(model.id, items, &terms).await? else {
			return Err(no_jobs_accepted(model));
		};
		let permanent: Vec<_> = obstacles(&quote, &terms, model.status)
			.into_iter()
			.filter(|obstacle| !obstacle.temporary)
			.map(|obstacle| format!("{}: {}", obstacle.name, obstacle.reason))
			.collect();
		if !permanent.is_empty() {
			bail!("the chain would refuse this: {}", permanent.join("; "));
		}
		fees.insert(items, limit.map_or(quote.fee.total(), |limit| limit.0));
	}
	Ok(fees)
}

/// One request and its result.
struct RequestResult {
	/// The number of its inputs.
	items: u32,
	result: Result<AnsweredJob, String>,
}

/// All requests, in the order of their rows.
struct RequestResults {
	/// The first row of the input files; `None` where they were used whole.
	first: Option<u64>,
	/// Whether jobs have several inputs.
	is_batched: bool,
	all: Vec<RequestResult>,
}

impl RequestResults {
	/// Returns each request with the row of its first input.
	fn with_rows(&self) -> impl Iterator<Item = (u64, &RequestResult)> {
		self.all.iter().scan(self.first.unwrap_or(0), |next, request| {
			let row = *next;
			*next += u64::from(request.items);
			Some((row, request))
		})
	}

	/// Returns the outputs for each row.
	fn outputs(&self) -> impl Iterator<Item = Option<&[Tensor]>> {
		self.all
			.iter()
			.flat_map(|request| (0..request.items).map(|item| request.result.as_ref().ok()?.outputs(item)))
	}

	fn is_success(&self) -> bool {
		self.all.iter().all(|request| {
			request
				.result
				.as_ref()
				.is_ok_and(|answered| answered.report().is_success())
		})
	}

	/// Returns a report on each request. Where jobs have several inputs, each has the list of its rows in `outcomes`.
	fn reports(&self) -> Vec<RequestedJob> {
		self.with_rows()
			.map(|(row, request)| self.report(row, request))
			.collect()
	}

	fn report(&self, row: u64, request: &RequestResult) -> RequestedJob {
		let row_of = |row: u64| self.first.map(|_| row);
		let outcomes = self.is_batched.then(|| {
			(0..request.items)
				.map(|item| JobOutcome {
					row: Some(row_of(row + u64::from(item))),
					..match &request.result {
						Ok(answered) => answered.outcome(item),
						Err(_) => JobOutcome::missing(item),
					}
				})
				.collect()
		});
		let row = (!self.is_batched).then(|| row_of(row));
		match &request.result {
			Ok(answered) => {
				let report = answered.report();
				RequestedJob::Placed(Box::new(Job {
					row,
					outcomes: outcomes.or_else(|| report.outcomes.clone()),
					..report
				}))
			}
			Err(error) => RequestedJob::Failed(FailedRequest {
				job: None,
				status: "failed".to_owned(),
				error: error.clone(),
				items: request.items,
				row,
				outcomes,
				correct: None,
			}),
		}
	}

	fn text(&self, jobs: &[RequestedJob]) -> String {
		let mut text = match jobs {
			[RequestedJob::Placed(job)] => job.text(),
			jobs => {
				let mut lines: Vec<_> = self
					.with_rows()
					.zip(jobs)
					.map(|((row, _), report)| line(row, report))
					.collect();
				lines.push(summary(jobs));
				lines.join("\n")
			}
		};
		let marks: Vec<_> = jobs.iter().flat_map(marks_in).collect();
		if !marks.is_empty() {
			text = format!("{text}\n{}", accuracy(&marks));
		}
		text
	}
}

/// Describes a request in one line. `row` is that of its first input.
fn line(row: u64, report: &RequestedJob) -> String {
	match report {
		RequestedJob::Placed(report) => job::line(report),
		RequestedJob::Failed(failed) if failed.items == 1 => format!("row {row} failed: {}", failed.error),
		RequestedJob::Failed(failed) => {
			format!("rows {row}..{} failed: {}", row + u64::from(failed.items), failed.error)
		}
	}
}

/// Summarises requests, like `100 jobs: 99 settled, 1 refunded; answers after 5 blocks at the median, 7 at most; …`.
fn summary(jobs: &[RequestedJob]) -> String {
	let mut counts: Vec<(&str, usize)> = Vec::new();
	for report in jobs {
		let name = match report {
			RequestedJob::Placed(job) => job.status.name(),
			RequestedJob::Failed(_) => "failed",
		};
		match counts.iter_mut().find(|(known, _)| *known == name) {
			Some((_, count)) => *count += 1,
			None => counts.push((name, 1)),
		}
	}
	let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
	let mut summary = format!("{}: {}", count(jobs.len(), "job"), counts.join(", "));
	let placed = || {
		jobs.iter().filter_map(|report| match report {
			RequestedJob::Placed(job) => Some(job),
			RequestedJob::Failed(_) => None,
		})
	};
	let settled = || placed().filter(|job| job.status == JobStatusName::Settled);
	let mut add = |what: &str, mut blocks: Vec<u32>| {
		blocks.sort_unstable();
		if let (Some(&median), Some(max)) = (blocks.get(blocks.len() / 2), blocks.last()) {
			summary += &format!("; {what} after {} at the median, {max} at most", count(median, "block"));
		}
	};
	add("answers", placed().filter_map(|job| job.provisional_blocks).collect());
	add("settled", settled().filter_map(|job| job.latency_blocks).collect());
	let paid = settled().map(|job| job.fee.0).sum();
	if paid > 0 {
		summary += &format!("; {} ASY paid", Amount(paid));
	}
	summary
}

/// Returns where the mark of each row belongs.
fn marks_of(jobs: &mut [RequestedJob], is_batched: bool) -> Vec<&mut Option<bool>> {
	let mut marks = Vec::new();
	for report in jobs {
		let (outcomes, correct) = match report {
			RequestedJob::Placed(job) => (&mut job.outcomes, &mut job.correct),
			RequestedJob::Failed(failed) => (&mut failed.outcomes, &mut failed.correct),
		};
		match is_batched {
			true => marks.extend(outcomes.iter_mut().flatten().map(|outcome| &mut outcome.correct)),
			false => marks.push(correct),
		}
	}
	marks
}

/// Returns the marks in a report.
fn marks_in(report: &RequestedJob) -> Vec<bool> {
	let (outcomes, correct) = match report {
		RequestedJob::Placed(job) => (&job.outcomes, job.correct),
		RequestedJob::Failed(failed) => (&failed.outcomes, failed.correct),
	};
	let of_outcomes = outcomes.iter().flatten().filter_map(|outcome| outcome.correct);
	of_outcomes.chain(correct).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn failed(first: Option<u64>, is_batched: bool, items: &[u32]) -> RequestResults {
		let request = |items: &u32| RequestResult {
			items: *items,
			result: Err("no slot".into()),
		};
		RequestResults {
			first,
			is_batched,
			all: items.iter().map(request).collect(),
		}
	}

	fn rows(jobs: &[RequestedJob]) -> Vec<Option<u64>> {
		jobs.iter()
			.flat_map(|report| match report {
				RequestedJob::Failed(FailedRequest {
					outcomes: Some(outcomes),
					..
				}) => outcomes.iter().map(|outcome| outcome.row.unwrap()).collect(),
				RequestedJob::Failed(failed) => vec![failed.row.unwrap()],
				RequestedJob::Placed(job) => panic!("{job:?}"),
			})
			.collect()
	}

	#[test]
	fn every_row_has_its_place_whichever_job_has_it() {
		let batched = failed(Some(5), true, &[3, 3, 1]);
		let mut jobs = batched.reports();
		assert!(rows(&jobs).into_iter().eq((5..12).map(Some)));
		assert_eq!(batched.outputs().count(), 7);
		let text = batched.text(&jobs);
		assert!(
			text.contains("rows 8..11 failed") && text.contains("row 11 failed"),
			"{text}"
		);
		assert!(!batched.is_success());
		assert_eq!(marks_of(&mut jobs, true).len(), 7);

		let single = failed(Some(5), false, &[1, 1]);
		assert_eq!(rows(&single.reports()), [Some(5), Some(6)]);
		assert_eq!(marks_of(&mut single.reports(), false).len(), 2);
		assert_eq!(rows(&failed(None, false, &[1]).reports()), [None]);
	}

	#[test]
	fn marks_are_shown_to_people_and_programs() {
		let results = failed(Some(0), true, &[2, 2]);
		let mut jobs = results.reports();
		for (mark, is_correct) in marks_of(&mut jobs, true).into_iter().zip([true, false, true, true]) {
			*mark = Some(is_correct);
		}
		assert!(results.text(&jobs).ends_with("3 of 4 correct, accuracy 0.75"));
		let json = serde_json::to_value(&jobs).unwrap();
		assert_eq!(json[0]["outcomes"][1]["correct"], false);
		assert_eq!(json[1]["outcomes"][0]["correct"], true);
	}
}
