//! The metrics that a service reports to Prometheus.

use crate::result::TaskResult;
use assay_primitives::{host::Purpose, probe::Flaw, Finding, Outcome};
use std::{borrow::Cow, time::Duration};
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Counter, CounterVec, Gauge, Histogram, HistogramOpts, Opts, PrometheusError,
	Registry, U64,
};

/// The metrics. Without a registry, nothing is recorded.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Option<Inner>);

#[derive(Clone)]
struct Inner {
	seconds: Histogram,
	queue_depth: Gauge<U64>,
	warm_hits: Counter<U64>,
	warm_misses: Counter<U64>,
	tasks: CounterVec<U64>,
	results: CounterVec<U64>,
	items: CounterVec<U64>,
}

impl Metrics {
	/// Registers the metrics. Fails if one of their names is taken.
	pub(crate) fn register(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let Some(registry) = registry else {
			return Ok(Self(None));
		};
		let counter = |name, help| register(Counter::new(name, help)?, registry);
		let seconds = HistogramOpts::new("assay_inference_seconds", "Time in seconds that tasks ran")
			// From 0.1 ms to 52 s, each bucket twice as wide as the one before.
			.buckets(exponential_buckets(0.0001, 2.0, 20)?);
		let queue_depth = Gauge::new("assay_inference_queue_depth", "Tasks that are waiting for a thread")?;
		let vector = |name, help, label| register(CounterVec::new(Opts::new(name, help), &[label])?, registry);
		Ok(Self(Some(Inner {
			seconds: register(Histogram::with_opts(seconds)?, registry)?,
			queue_depth: register(queue_depth, registry)?,
			warm_hits: counter(
				"assay_inference_warm_hits_total",
				"Inputs whose model was already loaded",
			)?,
			warm_misses: counter(
				"assay_inference_warm_misses_total",
				"Inputs whose model had to be loaded",
			)?,
			tasks: vector("assay_inference_tasks_total", "Tasks queued, by purpose", "purpose")?,
			// A task of several inputs counts as its first fault if it has one, a probe as its finding.
			results: vector("assay_inference_results_total", "Tasks finished, by result", "kind")?,
			items: vector(
				"assay_inference_items_total",
				"Inputs of finished tasks other than probes, by outcome",
				"kind",
			)?,
		})))
	}

	/// Sets the number of tasks in the queue.
	pub(crate) fn set_queue_depth(&self, depth: usize) {
		if let Some(metrics) = &self.0 {
			metrics.queue_depth.set(depth as u64);
		}
	}

	/// Counts a task that was queued for `purpose`.
	pub(crate) fn count_task(&self, purpose: Purpose) {
		if let Some(metrics) = &self.0 {
			let purpose = match purpose {
				Purpose::Claim => "claim",
				Purpose::Check => "check",
				Purpose::Reveal => "reveal",
				Purpose::Vote => "vote",
				Purpose::Watch => "watch",
			};
			metrics.tasks.with_label_values(&[purpose]).inc();
		}
	}

	/// Counts an input whose model was already loaded, or was not.
	pub(crate) fn count_lookup(&self, is_hit: bool) {
		if let Some(metrics) = &self.0 {
			let counter = if is_hit {
				&metrics.warm_hits
			} else {
				&metrics.warm_misses
			};
			counter.inc();
		}
	}

	/// Records a finished task that ran for `duration`. `result` is `None` if it has no answer.
	pub(crate) fn record_result(&self, duration: Duration, result: Option<&TaskResult>) {
		let Some(metrics) = &self.0 else {
			return;
		};
		metrics.seconds.observe(duration.as_secs_f64());
		let is_fault = |outcome: &&Outcome| matches!(outcome, Outcome::Fault(_));
		let kind = match result {
			Some(TaskResult::Outcomes(outcomes)) => {
				for outcome in outcomes {
					metrics.items.with_label_values(&[outcome_kind(outcome).as_ref()]).inc();
				}
				outcomes.iter().find(is_fault).map_or(ANSWER, outcome_kind)
			}
			Some(TaskResult::Finding(finding)) => finding_kind(finding).into(),
			None => "no_answer".into(),
		};
		metrics.results.with_label_values(&[kind.as_ref()]).inc();
	}
}

/// The label of an outcome that is an answer.
const ANSWER: Cow<str> = Cow::Borrowed("answer");

/// Returns the label of an outcome.
fn outcome_kind(outcome: &Outcome) -> Cow<'static, str> {
	match outcome {
		Outcome::Answer(_) => ANSWER,
		Outcome::Fault(fault) => format!("fault_{fault:?}").into(),
	}
}

/// Returns the label of a finding.
fn finding_kind(finding: &Finding) -> &'static str {
	match finding {
		Ok(()) => "reproduced",
		Err(Flaw::DoesNotLoad(_)) => "flaw_DoesNotLoad",
		Err(Flaw::ManifestMismatch) => "flaw_ManifestMismatch",
		Err(Flaw::GoldenFault(_)) => "flaw_GoldenFault",
		Err(Flaw::OutcomeMismatch) => "flaw_OutcomeMismatch",
	}
}
