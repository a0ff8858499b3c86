//! `assay job request`

use crate::{
	amount::Amount,
	args::{Context, Request},
	artifacts,
	batch::{Batch, Wait},
	chain::{Chain, JobStatus},
	engine,
	inputs::Inputs,
	output::Verdict,
	report::Report,
};
use anyhow::bail;
use assay_primitives::{api::ModelStatus, Manifest, Payload, Tensor, MAX_INLINE};
use codec::Encode;
use serde_json::{json, Value};

/// Asks a model: prepares and checks all inputs, then pays.
pub async fn run(args: Request, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let signer = context.signer()?;
	let cases = Inputs::read(&args.input.inputs)?.cases(args.input.rows.as_ref())?;
	let labels = args.input.labels()?;
	let chain = context.chain().await?;
	let model = chain.model(args.model).await?;
	if model.status != ModelStatus::Open {
		bail!(
			"model {} is retired: `assay model list` shows those that are open",
			model.id
		);
	}
	let max_fee = args.max_fee.unwrap_or(Amount(model.price));
	if max_fee.0 < model.price {
		bail!(
			"an answer costs {} ASY, more than --max-fee {max_fee}",
			Amount(model.price)
		);
	}
	let manifest = match args.unchecked {
		true => None,
		false => Some(engine::manifest_of(&chain, &model, output).await?),
	};
	let tensors = cases
		.into_iter()
		.map(|case| fit(case, manifest.as_ref()))
		.collect::<anyhow::Result<Vec<_>>>()?;
	let inputs = payloads(&chain, &tensors, context).await?;

	let wait = if args.no_wait { Wait::Placed } else { Wait::Ended };
	let results = Batch::new(&chain, &signer, &model, max_fee.0, inputs)
		.run(wait, output)
		.await?;

	let first = args.input.rows.as_ref().map(|rows| rows.0.start as usize);
	let ports = manifest.map(|manifest| manifest.outputs);
	let mut rows = Vec::with_capacity(results.len());
	for (index, result) in results.into_iter().enumerate() {
		let result = match result {
			Ok(job) => Ok(Report::gather(&chain, job, ports.clone(), output).await),
			Err(error) => Err(error),
		};
		if let (Some(folder), Ok(report)) = (&args.out, &result) {
			report.write(folder)?;
		}
		rows.push((first.map(|first| first + index), result));
	}
	let (mut human, mut json) = (text(&rows), rows.iter().map(to_json).collect());
	if let (Some(labels), Some(first)) = (labels, first) {
		let answers = rows.iter().map(|(_, result)| result.as_ref().ok()?.answer());
		labels.mark(first, answers).add_to(&mut human, &mut json);
	}
	output.result(human, &json);
	let fine = rows
		.iter()
		.all(|(_, result)| result.as_ref().is_ok_and(|report| report.verdict() == Verdict::Fine));
	Ok(if fine { Verdict::Fine } else { Verdict::Refused })
}

fn fit(case: Inputs, manifest: Option<&Manifest>) -> anyhow::Result<Vec<Tensor>> {
	match manifest {
		Some(manifest) => Ok(case.fit(&manifest.inputs)?),
		None => Ok(case.unchecked()),
	}
}

/// Inputs as requests carry them. What is too large to travel inline is stored in the node first.
async fn payloads(chain: &Chain, tensors: &[Vec<Tensor>], context: &Context) -> anyhow::Result<Vec<Payload>> {
	let mut payloads = Vec::with_capacity(tensors.len());
	for tensors in tensors {
		let bytes = tensors.encode();
		if bytes.len() > MAX_INLINE as usize {
			artifacts::upload(chain, &bytes, &context.output).await?;
		}
		payloads.push(Payload::of(bytes));
	}
	Ok(payloads)
}

/// A row of the input files, where `--rows` named any, and what became of it.
type Row = (Option<usize>, Result<Report, String>);

fn text(rows: &[Row]) -> String {
	if let [(_, Ok(report))] = rows {
		return report.text();
	}
	let mut lines: Vec<_> = rows
		.iter()
		.enumerate()
		.map(|(index, (row, result))| match result {
			Ok(report) => report.line(),
			Err(error) => format!("row {} failed: {error}", row.unwrap_or(index)),
		})
		.collect();
	lines.push(summary(rows));
	lines.join("\n")
}

/// `100 requests: 99 settled, 1 refunded; 3 blocks at the median, 5 at most; 0.99 ASY paid`
fn summary(rows: &[Row]) -> String {
	let jobs = || rows.iter().filter_map(|(_, result)| result.as_ref().ok());
	let settled = || jobs().filter(|report| matches!(report.job.status, JobStatus::Settled { .. }));
	let refunded = jobs()
		.filter(|report| matches!(report.job.status, JobStatus::Refunded { .. }))
		.count();
	let failed = rows.len() - jobs().count();
	let under_way = jobs().count() - settled().count() - refunded;
	let counts = [
		(settled().count(), "settled"),
		(refunded, "refunded"),
		(under_way, "under way"),
		(failed, "failed"),
	];
	let counts: Vec<_> = counts
		.iter()
		.filter(|(count, _)| *count > 0)
		.map(|(count, what)| format!("{count} {what}"))
		.collect();
	let mut summary = format!("{} requests: {}", rows.len(), counts.join(", "));
	let mut latencies: Vec<_> = settled().filter_map(Report::latency).collect();
	latencies.sort_unstable();
	if let (Some(median), Some(worst)) = (latencies.get(latencies.len() / 2), latencies.last()) {
		let paid = Amount(settled().map(|report| report.job.fee).sum());
		summary += &format!("; {median} blocks at the median, {worst} at most; {paid} ASY paid");
	}
	summary
}

fn to_json((row, result): &Row) -> Value {
	let mut value = match result {
		Ok(report) => report.json(),
		Err(error) => json!({ "job": null, "status": "failed", "error": error }),
	};
	value["row"] = json!(row);
	value
}
