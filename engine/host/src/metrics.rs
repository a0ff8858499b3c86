//! What a service shows of itself to Prometheus.

use crate::run::Conclusion;
use assay_primitives::{host::Role, probe::Flaw, Finding, Outcome};
use std::{borrow::Cow, time::Duration};
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Counter, CounterVec, Gauge, Histogram, HistogramOpts, Opts, PrometheusError,
	Registry, U64,
};

/// The metrics; nothing happens where there is no registry.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Option<Inner>);

#[derive(Clone)]
struct Inner {
	seconds: Histogram,
	queued: Gauge<U64>,
	warm_hits: Counter<U64>,
	warm_misses: Counter<U64>,
	asked: CounterVec<U64>,
	results: CounterVec<U64>,
	items: CounterVec<U64>,
}

impl Metrics {
	/// Registers the metrics.
	pub(crate) fn register(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let Some(registry) = registry else {
			return Ok(Self(None));
		};
		let counter = |name, help| register(Counter::new(name, help)?, registry);
		let seconds = HistogramOpts::new("assay_engine_seconds", "Time that a task ran")
			// From 0.1 ms to 52 s, in steps of two.
			.buckets(exponential_buckets(0.0001, 2.0, 20)?);
		let queued = Gauge::new("assay_engine_queue_depth", "Tasks that wait for a thread")?;
		let vector = |name, help, label| register(CounterVec::new(Opts::new(name, help), &[label])?, registry);
		Ok(Self(Some(Inner {
			seconds: register(Histogram::with_opts(seconds)?, registry)?,
			queued: register(queued, registry)?,
			warm_hits: counter(
				"assay_engine_warm_hits_total",
				"Inputs that found their model loaded",
			)?,
			warm_misses: counter(
				"assay_engine_warm_misses_total",
				"Inputs that had to load their model",
			)?,
			asked: vector(
				"assay_engine_tasks_total",
				"Tasks queued, by what they were asked for",
				"role",
			)?,
			// That of a task with several inputs is what the first that has no answer came to; that of a probe is its finding.
			results: vector(
				"assay_engine_results_total",
				"Tasks done, by what they came to",
				"kind",
			)?,
			items: vector(
				"assay_engine_items_total",
				"Inputs of tasks done, but for probes, by what they came to",
				"kind",
			)?,
		})))
	}

	/// The queue has `depth` tasks.
	pub(crate) fn queued(&self, depth: usize) {
		if let Some(metrics) = &self.0 {
			metrics.queued.set(depth as u64);
		}
	}

	/// A task was queued.
	pub(crate) fn asked(&self, role: Role) {
		if let Some(metrics) = &self.0 {
			let role = match role {
				Role::Claim => "claim",
				Role::Check => "check",
				Role::Reveal => "reveal",
				Role::Vote => "vote",
				Role::Watch => "watch",
			};
			metrics.asked.with_label_values(&[role]).inc();
		}
	}

	/// An input found its model loaded, or did not.
	pub(crate) fn warm(&self, is_hit: bool) {
		if let Some(metrics) = &self.0 {
			let counter = if is_hit {
				&metrics.warm_hits
			} else {
				&metrics.warm_misses
			};
			counter.inc();
		}
	}

	/// A task took `time` and came to this conclusion, or to no answer.
	pub(crate) fn done(&self, time: Duration, conclusion: Option<&Conclusion>) {
		let Some(metrics) = &self.0 else {
			return;
		};
		metrics.seconds.observe(time.as_secs_f64());
		let is_fault = |outcome: &&Outcome| matches!(outcome, Outcome::Fault(_));
		let result = match conclusion {
			Some(Conclusion::Outcomes(outcomes)) => {
				for outcome in outcomes {
					metrics.items.with_label_values(&[kind(outcome).as_ref()]).inc();
				}
				outcomes.iter().find(is_fault).map_or(ANSWER, kind)
			}
			Some(Conclusion::Finding(finding)) => finding_kind(finding).into(),
			None => "no_answer".into(),
		};
		metrics.results.with_label_values(&[result.as_ref()]).inc();
	}
}

/// The label of an outcome that is an answer.
const ANSWER: Cow<str> = Cow::Borrowed("answer");

/// The label of any outcome.
fn kind(outcome: &Outcome) -> Cow<'static, str> {
	match outcome {
		Outcome::Answer(_) => ANSWER,
		Outcome::Fault(fault) => format!("fault_{fault:?}").into(),
	}
}

/// The label of a finding.
fn finding_kind(finding: &Finding) -> &'static str {
	match finding {
		Ok(()) => "reproduced",
		Err(Flaw::DoesNotLoad(_)) => "flaw_DoesNotLoad",
		Err(Flaw::OtherManifest) => "flaw_OtherManifest",
		Err(Flaw::GoldenFault(_)) => "flaw_GoldenFault",
		Err(Flaw::OtherOutcomes) => "flaw_OtherOutcomes",
	}
}
