//! `assay job request`

use crate::{
	amount::Amount,
	args::{Context, Request, TermsArgs},
	artifacts::Mirrored,
	chain::{Chain, JobStatus, ModelInfo},
	findings::status_name,
	inputs::{pack, Inputs},
	output::Verdict,
	report::Report,
	requests::{Question, Requests, Wait},
	terms::obstacles,
};
use anyhow::{bail, Context as _};
use assay_primitives::{api::ModelStatus, Manifest, Payload, Port, Tensor};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// Asks a model: prepares and checks all inputs, then pays.
pub async fn run(args: Request, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let signer = context.signer()?;
	let cases = Inputs::read(&args.input.inputs)?.cases(args.input.rows.as_ref())?;
	let labels = args.input.labels()?;
	let chain = context.chain().await?;
	let model = chain.named_model(&args.model).await?;
	if !model.status.may_be_asked() {
		return Err(off_the_market(&model));
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
	let stores = Mirrored::connect(&chain, &args.mirrors.urls).await?;
	let mut questions = Vec::new();
	for chunk in tensors.chunks(batch) {
		let items = chunk.len() as u32;
		let bytes = pack(chunk);
		let input = Payload::of(bytes.clone());
		if let Payload::Artifact(_) = &input {
			let context = || format!("cannot store {items} inputs of a job: with a lower --batch it takes fewer bytes");
			stores.upload(&bytes, output).await.with_context(context)?;
		}
		// Every size has been quoted.
		let max_fee = fees.get(&items).copied().unwrap_or_default();
		questions.push(Question { items, input, max_fee });
	}

	let wait = match (args.no_wait, args.provisional) {
		(true, _) => Wait::Placed,
		(_, true) => Wait::Provisional,
		_ => Wait::Ended,
	};
	let sizes: Vec<u32> = questions.iter().map(|question| question.items).collect();
	let results = Requests::new(&chain, &signer, args.model, &model, args.terms.terms(0), questions)
		.run(wait, output)
		.await?;

	let mut parts = Parts {
		first: args.input.rows.as_ref().map(|rows| rows.0.start as usize),
		batched: batch > 1,
		all: Vec::with_capacity(results.len()),
	};
	for (items, result) in sizes.into_iter().zip(results) {
		let result = match result {
			Ok(placed) => {
				let is_same = placed.job.model == model.id;
				if !is_same {
					output.note(format!(
						"job {} went to model {}: its owner has moved the name meanwhile",
						placed.job.id, placed.job.model
					));
				}
				let manifest = manifest.as_ref().filter(|_| is_same);
				let ports = manifest.map(|manifest| manifest.outputs.clone());
				Ok(Report::gather(&chain, placed.job, ports, placed.provisional_at, output).await)
			}
			Err(error) => Err(error),
		};
		if let (Some(folder), Ok(report)) = (&args.out, &result) {
			report.write(folder, None)?;
		}
		parts.all.push(Part { items, result });
	}
	let (mut human, mut json) = (parts.text(), parts.json());
	if let (Some(labels), Some(first)) = (labels, parts.first) {
		let marks = labels.mark(first, parts.answers());
		marks.add_to(&mut human, parts.rows_of(&mut json));
	}
	output.result(human, &json.into());
	Ok(parts.verdict())
}

/// Why a model takes no requests, and what to do.
pub(super) fn off_the_market(model: &ModelInfo) -> anyhow::Error {
	let id = model.id;
	match model.status {
		ModelStatus::Probation => {
			anyhow::anyhow!("model {id} is on probation: `assay model show {id}` tells when others have reproduced it")
		}
		status => {
			let why = match status.may_be_asked() {
				// The model may, its engine may not.
				true => "on a retired engine",
				false => status_name(status),
			};
			anyhow::anyhow!("model {id} is {why}: `assay model list` shows those that are open or listed")
		}
	}
}

fn fit(case: Inputs, expected: Option<&[Port]>) -> anyhow::Result<Vec<Tensor>> {
	match expected {
		Some(ports) => Ok(case.fit(ports)?),
		None => Ok(case.unchecked()),
	}
}

/// The most that a job of each size may cost: `limit`, or today's fee. What the chain would refuse now and later is refused here,
/// before anything is stored or paid; what only waits for a slot is not.
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
			return Err(off_the_market(model));
		};
		let lasting: Vec<_> = obstacles(&quote, &terms, model.status)
			.into_iter()
			.filter(|o| !o.passes)
			.collect();
		if !lasting.is_empty() {
			let reasons: Vec<_> = lasting.iter().map(|o| format!("{}: {}", o.name, o.reason)).collect();
			bail!("the chain would refuse this: {}", reasons.join("; "));
		}
		fees.insert(items, limit.map_or(quote.fee.total(), |limit| limit.0));
	}
	Ok(fees)
}

/// One request and what became of it.
struct Part {
	/// Inputs that it carried.
	items: u32,
	result: Result<Report, String>,
}

/// All requests, in the order of the rows they carried.
struct Parts {
	/// The first row of the input files; `None` where they were taken whole.
	first: Option<usize>,
	/// Whether jobs carry several inputs each.
	batched: bool,
	all: Vec<Part>,
}

impl Parts {
	/// Each request with the row that its first input is.
	fn with_rows(&self) -> impl Iterator<Item = (usize, &Part)> {
		self.all.iter().scan(self.first.unwrap_or(0), |next, part| {
			let row = *next;
			*next += part.items as usize;
			Some((row, part))
		})
	}

	fn reports(&self) -> impl Iterator<Item = &Report> {
		self.all.iter().filter_map(|part| part.result.as_ref().ok())
	}

	/// The answer to each row.
	fn answers(&self) -> impl Iterator<Item = Option<&[Tensor]>> {
		self.all
			.iter()
			.flat_map(|part| (0..part.items).map(|item| part.result.as_ref().ok()?.answer(item)))
	}

	fn verdict(&self) -> Verdict {
		let fine = |part: &Part| {
			part.result
				.as_ref()
				.is_ok_and(|report| report.verdict() == Verdict::Fine)
		};
		if self.all.iter().all(fine) {
			Verdict::Fine
		} else {
			Verdict::Refused
		}
	}

	fn text(&self) -> String {
		if let [Part { result: Ok(report), .. }] = self.all.as_slice() {
			return report.text();
		}
		let mut lines: Vec<_> = self
			.with_rows()
			.map(|(row, part)| match (&part.result, part.items) {
				(Ok(report), _) => report.line(),
				(Err(error), 1) => format!("row {row} failed: {error}"),
				(Err(error), items) => format!("rows {row}..{} failed: {error}", row + items as usize),
			})
			.collect();
		lines.push(self.summary());
		lines.join("\n")
	}

	/// `100 jobs: 99 settled, 1 refunded; answers after 5 blocks at the median, 7 at most; …`
	fn summary(&self) -> String {
		let mut counts: Vec<(&str, usize)> = Vec::new();
		let names = self.all.iter().map(|part| match &part.result {
			Ok(report) => crate::report::status_name(&report.job.status),
			Err(_) => "failed",
		});
		for name in names {
			match counts.iter_mut().find(|(known, _)| *known == name) {
				Some((_, count)) => *count += 1,
				None => counts.push((name, 1)),
			}
		}
		let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
		let mut summary = format!("{} jobs: {}", self.all.len(), counts.join(", "));
		let mut told = |what: &str, blocks: Vec<u32>| {
			let mut blocks = blocks;
			blocks.sort_unstable();
			if let (Some(median), Some(worst)) = (blocks.get(blocks.len() / 2), blocks.last()) {
				summary += &format!("; {what} after {median} blocks at the median, {worst} at most");
			}
		};
		let settled = || {
			self.reports()
				.filter(|report| matches!(report.job.status, JobStatus::Settled { .. }))
		};
		told(
			"answers",
			self.reports().filter_map(Report::provisional_latency).collect(),
		);
		told("settled", settled().filter_map(Report::latency).collect());
		let paid = settled().map(|report| report.job.fee.total()).sum();
		if paid > 0 {
			summary += &format!("; {} ASY paid", Amount(paid));
		}
		summary
	}

	/// A job each. Where jobs carry several inputs, each job has the list of its rows in `outcomes`.
	fn json(&self) -> Vec<Value> {
		self.with_rows().map(|(row, part)| self.part_json(row, part)).collect()
	}

	fn part_json(&self, row: usize, part: &Part) -> Value {
		let numbered = |row: usize| self.first.map(|_| row);
		let mut value = match &part.result {
			Ok(report) => report.json(),
			Err(error) => json!({ "job": null, "status": "failed", "error": error, "items": part.items }),
		};
		if self.batched {
			let outcome = |item: u32| {
				let mut value = match &part.result {
					Ok(report) => report.item_json(item),
					Err(_) => json!({ "item": item, "digest": null, "fault": null, "outputs": null }),
				};
				value["row"] = json!(numbered(row + item as usize));
				value
			};
			value["outcomes"] = (0..part.items).map(outcome).collect();
		} else {
			value["row"] = json!(numbered(row));
		}
		value
	}

	/// What stands for each row in [`Parts::json`].
	fn rows_of<'a>(&self, json: &'a mut [Value]) -> Box<dyn Iterator<Item = &'a mut Value> + 'a> {
		match self.batched {
			true => Box::new(
				json.iter_mut()
					.flat_map(|job| job["outcomes"].as_array_mut().into_iter().flatten()),
			),
			false => Box::new(json.iter_mut()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn failed(first: Option<usize>, batched: bool, items: &[u32]) -> Parts {
		let part = |items: &u32| Part {
			items: *items,
			result: Err("no slot".into()),
		};
		Parts {
			first,
			batched,
			all: items.iter().map(part).collect(),
		}
	}

	#[test]
	fn every_row_has_its_place_whichever_job_carries_it() {
		let parts = failed(Some(5), true, &[3, 3, 1]);
		let mut json = parts.json();
		let rows: Vec<_> = parts.rows_of(&mut json).map(|row| row["row"].clone()).collect();
		assert_eq!(rows, [5, 6, 7, 8, 9, 10, 11]);
		assert_eq!(parts.answers().count(), 7);
		assert!(parts.text().contains("rows 8..11 failed") && parts.text().contains("row 11 failed"));
		assert_eq!(parts.verdict(), Verdict::Refused);

		let single = failed(Some(5), false, &[1, 1]);
		let mut json = single.json();
		assert!(single.rows_of(&mut json).map(|row| row["row"].clone()).eq([5, 6]));
		assert_eq!(failed(None, false, &[1]).json()[0]["row"], Value::Null);
	}
}
