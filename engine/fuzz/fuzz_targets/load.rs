//! Takes any bytes as an ONNX file, which is loaded, described and run.

#![no_main]

use assay_fuzz::{clock, mutate, oracle::Oracle, settings::settings};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate, Corpus};
use std::cell::RefCell;

thread_local! {
	static ORACLE: RefCell<Oracle> = {
		let oracle = Oracle::new();
		clock::start(vec![oracle.instrumented.engine().clone()], settings().budget);
		RefCell::new(oracle)
	};
}

fuzz_target!(|file: &[u8]| -> Corpus {
	if ORACLE.with_borrow_mut(|oracle| oracle.check_file(file)) {
		Corpus::Keep
	} else {
		Corpus::Reject
	}
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
	let mut random = fastrand::Rng::with_seed(seed.into());
	match mutate::change_file(&data[..size], max_size, &mut random).filter(|_| random.u8(0..8) != 0) {
		Some(file) => {
			data[..file.len()].copy_from_slice(&file);
			file.len()
		}
		None => fuzzer_mutate(data, size, max_size),
	}
});
