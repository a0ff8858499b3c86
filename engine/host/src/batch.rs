//! Tasks of several inputs: splitting the packed inputs, and running them one by one.
//!
//! `assay_primitives::batch` specifies how they are packed. A task of one input is a batch of one.

use assay_primitives::{payload::MAX_ARTIFACT, FaultCode, Outcome, Tensor};
use codec::{Compact, Decode, Encode};

/// The maximum length in bytes of the number of outcomes that a packed answer begins with.
const COUNT_BYTES: u64 = 4;
/// The length in bytes of an outcome that is a fault.
const FAULT_BYTES: u64 = 2;

/// Splits `bytes` into the `items` inputs packed in it, each in the form that
/// [`Model::run_encoded`](crate::Model::run_encoded) takes. Returns `None` if `bytes` does not decode to exactly
/// `items` inputs.
pub fn split_inputs(items: u32, bytes: &[u8]) -> Option<Vec<&[u8]>> {
	if items == 1 {
		return Some(vec![bytes]);
	}
	let mut rest = bytes;
	if Compact::<u32>::decode(&mut rest).ok()?.0 != items {
		return None;
	}
	let mut inputs = Vec::new();
	for _ in 0..items {
		let start = rest;
		// One tensor at a time: decoded as a whole, a hostile input would take twenty times its size in memory.
		for _ in 0..Compact::<u32>::decode(&mut rest).ok()?.0 {
			Tensor::decode(&mut rest).ok()?;
		}
		inputs.push(&start[..start.len() - rest.len()]);
	}
	rest.is_empty().then_some(inputs)
}

/// Calls `run` with each of the `items` inputs packed in `bytes`, in their order, and returns their outcomes. Ends at
/// the first error of `run` and returns it.
///
/// If `bytes` does not decode to `items` inputs, every outcome is [`FaultCode::WrongInput`]. An answer with which the
/// packed outcomes could exceed the size of an artifact becomes [`FaultCode::OutputTooLarge`], as it does in a task of
/// one input.
pub fn run_each<E>(items: u32, bytes: &[u8], run: impl FnMut(&[u8]) -> Result<Outcome, E>) -> Result<Vec<Outcome>, E> {
	match split_inputs(items, bytes) {
		Some(inputs) => run_within(max_answer_bytes(items), inputs, run),
		None => Ok(vec![Outcome::Fault(FaultCode::WrongInput); items as usize]),
	}
}

/// Runs `inputs`, whose answers may have `max_bytes` bytes together.
fn run_within<E>(
	max_bytes: u64,
	inputs: Vec<&[u8]>,
	mut run: impl FnMut(&[u8]) -> Result<Outcome, E>,
) -> Result<Vec<Outcome>, E> {
	let mut free = max_bytes;
	let run_one = |input| {
		let outcome = run(input)?;
		let Outcome::Answer(_) = outcome else {
			return Ok(outcome);
		};
		Ok(match free.checked_sub(outcome.encoded_size() as u64) {
			Some(left) => {
				free = left;
				outcome
			}
			None => Outcome::Fault(FaultCode::OutputTooLarge),
		})
	};
	inputs.into_iter().map(run_one).collect()
}

/// Returns how many bytes the answers among `items` outcomes may have together if the rest are faults.
fn max_answer_bytes(items: u32) -> u64 {
	match items {
		1 => MAX_ARTIFACT,
		_ => MAX_ARTIFACT - COUNT_BYTES - FAULT_BYTES * u64::from(items),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{Answer, DType};
	use std::convert::Infallible;

	fn tensor(bytes: usize) -> Tensor {
		Tensor {
			dtype: DType::U8,
			shape: vec![bytes as u32],
			data: vec![7; bytes],
		}
	}

	#[test]
	fn inputs_are_split_as_they_were_packed() {
		let packed = vec![vec![], vec![tensor(3)], vec![tensor(1), tensor(70)]];
		let bytes = packed.encode();
		let parts = split_inputs(3, &bytes).unwrap();
		assert_eq!(parts, packed.iter().map(Encode::encode).collect::<Vec<_>>());
		// A single input is not decoded.
		assert_eq!(split_inputs(1, b"anything"), Some(vec![&b"anything"[..]]));
	}

	#[test]
	fn bytes_that_are_not_exactly_the_given_number_of_inputs_are_refused() {
		let bytes = vec![vec![tensor(3)], vec![tensor(1), tensor(70)]].encode();
		assert!(split_inputs(2, &bytes).is_some());
		for items in [3, 256] {
			assert_eq!(split_inputs(items, &bytes), None);
		}
		let one_more = [&bytes[..], &[0]].concat();
		assert_eq!(split_inputs(2, &one_more), None);
		for cut in 0..bytes.len() {
			assert_eq!(split_inputs(2, &bytes[..cut]), None, "{cut}");
		}
		// An input that claims more tensors than there are, and a tensor that claims more bytes than there are.
		let head = Compact(2u32).encode();
		assert_eq!(
			split_inputs(2, &[head.clone(), Compact(u32::MAX).encode()].concat()),
			None
		);
		let tensor = (Compact(1u32), DType::U8, Compact(0u32), Compact(u32::MAX)).encode();
		assert_eq!(split_inputs(2, &[head, tensor].concat()), None);
	}

	#[test]
	fn inputs_of_another_number_are_all_wrong_inputs_and_none_is_run() {
		let run = |_: &[u8]| -> Result<Outcome, Infallible> { panic!("run") };
		let wrong = Outcome::Fault(FaultCode::WrongInput);
		assert_eq!(run_each(3, b"no inputs", run), Ok(vec![wrong; 3]));
	}

	#[test]
	fn each_input_has_its_own_outcome_and_an_error_ends_the_batch() {
		let packed = vec![vec![tensor(1)], vec![], vec![tensor(2)]];
		let bytes = packed.encode();
		let answer = |input: &[u8]| match Vec::<Tensor>::decode(&mut &input[..]) {
			Ok(tensors) if tensors.is_empty() => Outcome::Fault(FaultCode::WrongInput),
			Ok(tensors) => Outcome::Answer(tensors),
			Err(_) => panic!("no tensors"),
		};
		let expected: Vec<_> = packed.iter().map(|input| answer(&input.encode())).collect();
		assert_eq!(run_each(3, &bytes, |input| Ok::<_, ()>(answer(input))), Ok(expected));
		let mut runs = 0;
		let failing = |_: &[u8]| {
			runs += 1;
			Err("no answer")
		};
		assert_eq!(run_each(3, &bytes, failing), Err("no answer"));
		assert_eq!(runs, 1);
	}

	#[test]
	fn answers_that_together_exceed_an_artifact_are_too_large() {
		let (large, small) = (Outcome::Answer(vec![tensor(100)]), Outcome::Answer(vec![tensor(1)]));
		let fault = Outcome::Fault(FaultCode::Trap);
		let max_bytes = (2 * large.encoded_size() + small.encoded_size()) as u64;
		let runs = [&large, &fault, &large, &large, &small, &small];
		let mut next = runs.into_iter().cloned();
		let all = run_within(max_bytes, vec![&[][..]; 6], |_| next.next().ok_or("no more"));
		let too_large = Outcome::Fault(FaultCode::OutputTooLarge);
		assert_eq!(
			all.unwrap().iter().collect::<Vec<_>>(),
			[&large, &fault, &large, &too_large, &small, &too_large]
		);
	}

	#[test]
	fn the_outcomes_of_a_batch_fit_an_artifact() {
		for items in [2, 63, 64, 256] {
			let faults = vec![Outcome::Fault(FaultCode::Trap); items as usize];
			assert!(Answer::of(&faults).1.len() as u64 + max_answer_bytes(items) <= MAX_ARTIFACT);
		}
		assert_eq!(max_answer_bytes(1), MAX_ARTIFACT);
	}
}
