//! Seeded randomness, and statistics of samples. Only measurements use floating point.

use sp_io::hashing::blake2_128;

/// A seeded generator: hashes of a counter.
#[derive(Clone, Debug)]
pub struct Rng {
	seed: u64,
	counter: u64,
}

impl Rng {
	pub fn new(seed: u64) -> Self {
		Self { seed, counter: 0 }
	}

	/// Returns the next random number.
	pub fn next_u64(&mut self) -> u64 {
		self.counter += 1;
		let hash = blake2_128(&[self.seed.to_le_bytes(), self.counter.to_le_bytes()].concat());
		hash.iter()
			.take(8)
			.fold(0, |number, byte| number << 8 | u64::from(*byte))
	}

	/// Returns a random number below `bound`, which must not be zero.
	pub fn below(&mut self, bound: u64) -> u64 {
		self.next_u64() % bound
	}

	/// Returns `true` with this probability.
	pub fn next_bool(&mut self, chance: f64) -> bool {
		(self.next_u64() as f64) < chance * u64::MAX as f64
	}
}

/// The number of standard errors between a mean and each end of its 95 % confidence interval.
pub const Z95: f64 = 1.96;

/// A mean with its 95 % confidence interval.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
	pub mean: f64,
	/// Half of the width of the interval.
	pub half_width: f64,
}

impl Mean {
	/// Computes the mean of independent samples; zero if there are none.
	pub fn of(samples: &[f64]) -> Self {
		let n = samples.len().max(1) as f64;
		let mean = samples.iter().sum::<f64>() / n;
		let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
		Self {
			mean,
			half_width: Z95 * (variance / n).sqrt(),
		}
	}

	pub fn low(&self) -> f64 {
		self.mean - self.half_width
	}

	pub fn high(&self) -> f64 {
		self.mean + self.half_width
	}
}

/// Returns Wilson's 95 % interval for the probability of an event that happened `hits` times in `tries`.
pub fn wilson_interval(hits: u64, tries: u64) -> (f64, f64) {
	if tries == 0 {
		return (0.0, 1.0);
	}
	let (n, p) = (tries as f64, hits as f64 / tries as f64);
	let centre = p + Z95 * Z95 / (2.0 * n);
	let spread = Z95 * (p * (1.0 - p) / n + Z95 * Z95 / (4.0 * n * n)).sqrt();
	let scale = 1.0 + Z95 * Z95 / n;
	(
		((centre - spread) / scale).max(0.0),
		((centre + spread) / scale).min(1.0),
	)
}

/// Returns the mean and the standard deviation of the number of independent events with these probabilities.
pub fn expected_count(chances: &[f64]) -> (f64, f64) {
	let mean = chances.iter().sum::<f64>();
	let variance = chances.iter().map(|p| p * (1.0 - p)).sum::<f64>();
	(mean, variance.sqrt())
}

/// Returns the probability that a false claim meets no honest worker: `f^c (1 - p (1 - f))`.
pub fn evasion_probability(f: f64, checkers: u8, audit: f64) -> f64 {
	f.powi(checkers.into()) * (1.0 - audit * (1.0 - f))
}

/// Returns the probability that a false claim meets no honest worker in draws without replacement: of `all` slots, each
/// of a different worker, `bad` belong to the cartel, the executor's not counted.
pub fn exact_evasion_probability(bad: u32, all: u32, checkers: u8, audit: f64) -> f64 {
	let next = |drawn: u32| match all.checked_sub(drawn) {
		None | Some(0) => 0.0,
		Some(left) => f64::from(bad.saturating_sub(drawn)) / f64::from(left),
	};
	let checked = (0..u32::from(checkers)).map(next).product::<f64>();
	checked * (1.0 - audit * (1.0 - next(checkers.into())))
}
