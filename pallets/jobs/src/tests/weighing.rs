//! temp
use crate::mock::*;
use frame_benchmarking::{Benchmarking, BenchmarkParameter};

#[test]
fn benchmarks_run() {
	let all = Jobs::benchmarks(true);
	for meta in all {
		let name = String::from_utf8(meta.name).unwrap();
		println!("{name} {:?}", meta.components);
		let mut cases: Vec<Vec<(BenchmarkParameter, u32)>> = vec![meta.components.iter().map(|c| (c.0, c.1)).collect(), meta.components.iter().map(|c| (c.0, c.2)).collect()];
		for k in 0..meta.components.len() {
			cases.push(meta.components.iter().enumerate().map(|(n, c)| (c.0, if n == k { c.1 } else { c.2 })).collect());
		}
		for case in cases {
			bench_env(|| {
				let r = Jobs::run_benchmark(name.as_bytes(), &case, &[], true, 1);
				if let Err(e) = r { panic!("{name} {case:?}: {e:?}"); }
			});
		}
	}
}
