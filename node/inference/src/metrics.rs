//! What a service shows of itself to Prometheus.

use assay_primitives::Outcome;
use std::time::Duration;
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
	results: CounterVec<U64>,
}

impl Metrics {
	/// Registers the metrics.
	pub(crate) fn register(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let Some(registry) = registry else {
			return Ok(Self(None));
		};
		let counter = |name, help| register(Counter::new(name, help)?, registry);
		let seconds = HistogramOpts::new("assay_inference_seconds", "Time from taking a task to its outcome")
			// From 0.1 ms to 52 s, in steps of two.
			.buckets(exponential_buckets(0.0001, 2.0, 20)?);
		let queued = Gauge::new("assay_inference_queue_depth", "Tasks that wait for a thread")?;
		let results = Opts::new("assay_inference_results_total", "Tasks done, by what they came to");
		Ok(Self(Some(Inner {
			seconds: register(Histogram::with_opts(seconds)?, registry)?,
			queued: register(queued, registry)?,
			warm_hits: counter("assay_inference_warm_hits_total", "Tasks that found their model loaded")?,
			warm_misses: counter(
				"assay_inference_warm_misses_total",
				"Tasks that had to load their model",
			)?,
			results: register(CounterVec::new(results, &["kind"])?, registry)?,
		})))
	}

	/// The queue has `depth` tasks.
	pub(crate) fn queued(&self, depth: usize) {
		if let Some(metrics) = &self.0 {
			metrics.queued.set(depth as u64);
		}
	}

	/// A task found its model loaded, or did not.
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

	/// A task took `time` and came to `outcome`, or to no answer.
	pub(crate) fn done(&self, time: Duration, outcome: Option<&Outcome>) {
		if let Some(metrics) = &self.0 {
			metrics.seconds.observe(time.as_secs_f64());
			let kind = match outcome {
				Some(Outcome::Answer(_)) => "answer".into(),
				Some(Outcome::Fault(fault)) => format!("fault_{fault:?}"),
				None => "no_answer".into(),
			};
			metrics.results.with_label_values(&[kind.as_str()]).inc();
		}
	}
}
