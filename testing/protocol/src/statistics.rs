//! Seeded chance, and what can be said of samples. Floating point is at home in measurements only.

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

	/// Any number.
	pub fn number(&mut self) -> u64 {
		self.counter += 1;
		let hash = blake2_128(&[self.seed.to_le_bytes(), self.counter.to_le_bytes()].concat());
		hash.iter()
			.take(8)
			.fold(0, |number, byte| number << 8 | u64::from(*byte))
	}

	/// A number below `bound`, which is not zero.
	pub fn below(&mut self, bound: u64) -> u64 {
		self.number() % bound
	}

	/// Whether an event of this chance happens.
	pub fn falls(&mut self, chance: f64) -> bool {
		(self.number() as f64) < chance * u64::MAX as f64
	}
}

/// How many standard errors lie between a mean and each end of its 95 % interval.
pub const Z95: f64 = 1.96;

/// A mean with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
	pub mean: f64,
	/// Half the width of the interval.
	pub margin: f64,
}

impl Mean {
	/// Of independent samples; zero if there are none.
	pub fn of(samples: &[f64]) -> Self {
		let n = samples.len().max(1) as f64;
		let mean = samples.iter().sum::<f64>() / n;
		let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
		Self {
			mean,
			margin: Z95 * (variance / n).sqrt(),
		}
	}

	pub fn low(&self) -> f64 {
		self.mean - self.margin
	}

	pub fn high(&self) -> f64 {
		self.mean + self.margin
	}
}

/// Wilson's 95 % interval for the chance of what happened `hits` times in `tries`.
pub fn share(hits: u64, tries: u64) -> (f64, f64) {
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

/// Independent events of different chances: how often they should happen and by how much that varies.
pub fn expected(chances: &[f64]) -> (f64, f64) {
	let mean = chances.iter().sum::<f64>();
	let variance = chances.iter().map(|p| p * (1.0 - p)).sum::<f64>();
	(mean, variance.sqrt())
}

/// The chance that a false claim meets nobody honest: `f^c (1 - p (1 - f))`.
pub fn passing(f: f64, checkers: u8, audit: f64) -> f64 {
	f.powi(checkers.into()) * (1.0 - audit * (1.0 - f))
}

/// The same for draws without replacement: of `all` slots, each of another worker, `bad` act as one, not counting the
/// executor's.
pub fn passing_exactly(bad: u32, all: u32, checkers: u8, audit: f64) -> f64 {
	let next = |drawn: u32| match all.checked_sub(drawn) {
		None | Some(0) => 0.0,
		Some(left) => f64::from(bad.saturating_sub(drawn)) / f64::from(left),
	};
	let checked = (0..u32::from(checkers)).map(next).product::<f64>();
	checked * (1.0 - audit * (1.0 - next(checkers.into())))
}
