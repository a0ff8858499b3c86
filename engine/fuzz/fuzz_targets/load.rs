//! Any bytes as an ONNX file: loaded, described and run.

#![no_main]

use assay_fuzz::{clock, judge::Judge, mutate, settings::settings};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

thread_local! {
	static JUDGE: RefCell<Judge> = {
		let judge = Judge::new();
		clock::start(vec![judge.counted.engine().clone()], settings().budget);
		RefCell::new(judge)
	};
}

fuzz_target!(|file: &[u8]| -> Corpus {
	if JUDGE.with_borrow_mut(|judge| judge.file(file)) {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	match mutate::file(&data[..size], max_size, &mut random).filter(|_| random.u8(0..8) != 0) {
		Some(file) => {
			data[..file.len()].copy_from_slice(&file);
			file.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});
