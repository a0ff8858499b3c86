//! Tasks of several inputs: taking the inputs apart, and running them one by one.
//!
//! How they are packed is said in `assay_primitives::batch`. A task of one input passes through here as a batch of one.

use assay_primitives::{payload::MAX_ARTIFACT, FaultCode, Outcome, Tensor};
use codec::{Compact, Decode, Encode};

/// The most bytes of what says, in a packed answer, how many outcomes there are.
const COUNT_BYTES: u64 = 4;
/// Bytes of an outcome that is a fault.
const FAULT_BYTES: u64 = 2;

/// The inputs packed in `bytes`, each as it goes to [`Model::run_encoded`](crate::Model::run_encoded); `None` if they do not decode
/// as exactly `items` inputs.
pub fn inputs(items: u32, bytes: &[u8]) -> Option<Vec<&[u8]>> {
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
		// One tensor at a time: all at once, a hostile input would take twenty times its size.
		for _ in 0..Compact::<u32>::decode(&mut rest).ok()?.0 {
			Tensor::decode(&mut rest).ok()?;
		}
		inputs.push(&start[..start.len() - rest.len()]);
	}
	rest.is_empty().then_some(inputs)
}

/// The outcomes of the `items` inputs packed in `bytes`, each of which is given to `run`, in their order; or the first error.
///
/// If `bytes` are not so many inputs, every outcome is [`FaultCode::WrongInput`]. An outcome with which the packed answer could
/// outgrow an artifact is [`FaultCode::OutputTooLarge`], as it is where a single one does.
pub fn outcomes<E>(items: u32, bytes: &[u8], run: impl FnMut(&[u8]) -> Result<Outcome, E>) -> Result<Vec<Outcome>, E> {
	match inputs(items, bytes) {
		Some(inputs) => outcomes_within(room(items), inputs, run),
		None => Ok(vec![Outcome::Fault(FaultCode::WrongInput); items as usize]),
	}
}

/// The outcomes of `inputs`, of which the answers may have `room` bytes together.
fn outcomes_within<E>(
	mut room: u64,
	inputs: Vec<&[u8]>,
	mut run: impl FnMut(&[u8]) -> Result<Outcome, E>,
) -> Result<Vec<Outcome>, E> {
	let outcome = |input| {
		let outcome = run(input)?;
		let Outcome::Answer(_) = outcome else {
			return Ok(outcome);
		};
		Ok(match room.checked_sub(outcome.encoded_size() as u64) {
			Some(left) => {
				room = left;
				outcome
			}
			None => Outcome::Fault(FaultCode::OutputTooLarge),
		})
	};
	inputs.into_iter().map(outcome).collect()
}

/// Bytes that the answers among `items` outcomes may have together, if the rest are faults.
fn room(items: u32) -> u64 {
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
	fn inputs_come_apart_as_they_were_packed() {
		let packed = vec![vec![], vec![tensor(3)], vec![tensor(1), tensor(70)]];
		let bytes = packed.encode();
		let parts = inputs(3, &bytes).unwrap();
		assert_eq!(parts, packed.iter().map(Encode::encode).collect::<Vec<_>>());
		// A single one is whatever it is.
		assert_eq!(inputs(1, b"anything"), Some(vec![&b"anything"[..]]));
	}

	#[test]
	fn what_is_not_exactly_so_many_inputs_is_refused() {
		let bytes = vec![vec![tensor(3)], vec![tensor(1), tensor(70)]].encode();
		assert!(inputs(2, &bytes).is_some());
		for items in [3, 256] {
			assert_eq!(inputs(items, &bytes), None);
		}
		let one_more = [&bytes[..], &[0]].concat();
		assert_eq!(inputs(2, &one_more), None);
		for cut in 0..bytes.len() {
			assert_eq!(inputs(2, &bytes[..cut]), None, "{cut}");
		}
		// An input that claims more tensors, and a tensor that claims more bytes, than there are.
		let head = Compact(2u32).encode();
		assert_eq!(inputs(2, &[head.clone(), Compact(u32::MAX).encode()].concat()), None);
		let tensor = (Compact(1u32), DType::U8, Compact(0u32), Compact(u32::MAX)).encode();
		assert_eq!(inputs(2, &[head, tensor].concat()), None);
	}

	#[test]
	fn inputs_that_are_not_so_many_are_wrong_inputs_all_and_none_is_run() {
		let run = |_: &[u8]| -> Result<Outcome, Infallible> { panic!("run") };
		let wrong = Outcome::Fault(FaultCode::WrongInput);
		assert_eq!(outcomes(3, b"no inputs", run), Ok(vec![wrong; 3]));
	}

	#[test]
	fn each_input_has_its_own_outcome_and_an_error_ends_it() {
		let packed = vec![vec![tensor(1)], vec![], vec![tensor(2)]];
		let bytes = packed.encode();
		let answer = |input: &[u8]| match Vec::<Tensor>::decode(&mut &input[..]) {
			Ok(tensors) if tensors.is_empty() => Outcome::Fault(FaultCode::WrongInput),
			Ok(tensors) => Outcome::Answer(tensors),
			Err(_) => panic!("no tensors"),
		};
		let expected: Vec<_> = packed.iter().map(|input| answer(&input.encode())).collect();
		assert_eq!(outcomes(3, &bytes, |input| Ok::<_, ()>(answer(input))), Ok(expected));
		let mut runs = 0;
		let failing = |_: &[u8]| {
			runs += 1;
			Err("no answer")
		};
		assert_eq!(outcomes(3, &bytes, failing), Err("no answer"));
		assert_eq!(runs, 1);
	}

	#[test]
	fn answers_that_have_no_room_together_are_too_large() {
		let (large, small) = (Outcome::Answer(vec![tensor(100)]), Outcome::Answer(vec![tensor(1)]));
		let fault = Outcome::Fault(FaultCode::Trap);
		let room = (2 * large.encoded_size() + small.encoded_size()) as u64;
		let runs = [&large, &fault, &large, &large, &small, &small];
		let mut next = runs.into_iter().cloned();
		let all = outcomes_within(room, vec![&[][..]; 6], |_| next.next().ok_or("no more"));
		let too_large = Outcome::Fault(FaultCode::OutputTooLarge);
		assert_eq!(
			all.unwrap().iter().collect::<Vec<_>>(),
			[&large, &fault, &large, &too_large, &small, &too_large]
		);
	}

	#[test]
	fn the_room_of_a_batch_is_what_an_artifact_holds() {
		for items in [2, 63, 64, 256] {
			let faults = vec![Outcome::Fault(FaultCode::Trap); items as usize];
			assert!(Answer::of(&faults).1.len() as u64 + room(items) <= MAX_ARTIFACT);
		}
		assert_eq!(room(1), MAX_ARTIFACT);
	}
}
