//! Inputs for the throughput benchmark.

use assay_client::npy;
use assay_primitives::Tensor;
use std::path::Path;

/// How far apart the factors of two runs are. Within a run, factors grow by [`ROW_STEP`], and so stay below the next
/// run's as long as it has fewer than 200,000 rows.
const RUN_STEP: f32 = 0.2;
const ROW_STEP: f32 = 1e-6;

/// Writes `count` rows to `target`: those of `source`, over and over, each multiplied by a different factor. No two
/// rows of any run are alike; otherwise nodes would still have the answers of the previous run.
pub fn write_distinct_rows(source: &Path, run: u32, count: usize, target: &Path) {
	let all = npy::read(source).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
	let row_len = all.shape[1..].iter().product::<u32>() as usize * all.dtype.size();
	let rows = all.data.chunks_exact(row_len).cycle().take(count).enumerate();
	let data = rows
		.flat_map(|(row, bytes)| {
			let factor = 1.0 + run as f32 * RUN_STEP + row as f32 * ROW_STEP;
			bytes
				.chunks_exact(4)
				.flat_map(move |value| scale(value, factor))
				.collect::<Vec<_>>()
		})
		.collect();
	let mut shape = all.shape;
	shape[0] = count as u32;
	let rows = Tensor {
		dtype: all.dtype,
		shape,
		data,
	};
	npy::write(target, &rows).unwrap_or_else(|error| panic!("{}: {error}", target.display()));
}

/// Multiplies a little-endian `f32`.
fn scale(value: &[u8], factor: f32) -> [u8; 4] {
	let value = value.try_into().map_or(f32::NAN, f32::from_le_bytes);
	(value * factor).to_le_bytes()
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_testing::files::{breast_cancer, read_rows};
	use std::collections::BTreeSet;

	#[test]
	fn no_two_rows_of_any_run_are_alike() {
		let folder = tempfile::tempdir().unwrap();
		let mut seen = BTreeSet::new();
		for run in 0..3 {
			let path = folder.path().join(format!("{run}.npy"));
			write_distinct_rows(&breast_cancer("test_features.npy"), run, 1_000, &path);
			let rows = read_rows(&path, usize::MAX);
			assert_eq!(rows.len(), 1_000);
			seen.extend(rows.into_iter().map(|row| row.data));
		}
		assert_eq!(seen.len(), 3_000);
	}
}
