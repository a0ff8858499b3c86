//! Damaged files and wrong inputs: each has a named fault, and the engine remains usable.

use crate::common::{assert_usable, digits, engine, fixture, floats, images, spec, AMPLE};
use assay_engine::{Engine, Failure, NoAnswer};
use assay_primitives::{DType, FaultCode, ModelSpec, Outcome, Tensor};
use codec::Encode;
use std::time::{Duration, Instant};

fn load_fault(spec: &ModelSpec, onnx: &[u8]) -> FaultCode {
	match engine().load(spec, onnx, AMPLE) {
		Err(Failure::Fault(fault)) => fault,
		Err(failure) => panic!("no fault, but {failure}"),
		Ok(_) => panic!("the file loads"),
	}
}

fn outcome(name: &str, inputs: &[Tensor]) -> Outcome {
	engine()
		.execute(&ModelSpec::default(), &fixture(name), &inputs.encode(), AMPLE)
		.unwrap()
}

#[test]
fn a_hostile_file_is_refused_at_load_with_its_fault() {
	use FaultCode::*;
	let cases = [
		("truncated", NotOnnx),
		("not_onnx", NotOnnx),
		("empty", NotOnnx),
		("nested", NotOnnx),
		("external_data", ExternalData),
		("cycle", InvalidGraph),
		("missing_tensor", InvalidGraph),
		("shape_clash", InvalidGraph),
		("control_flow", ControlFlow),
		("loop", ControlFlow),
		("scan", ControlFlow),
		("random_normal", RandomOperator),
		("unsupported_op", UnsupportedOperator),
		("string_type", UnsupportedType),
		("data_dependent", UnboundDimension),
		("unbound_dim", UnboundDimension),
	];
	for (name, expected) in cases {
		assert_eq!(load_fault(&ModelSpec::default(), &fixture(name)), expected, "{name}");
		// End to end, with the fault confirmed.
		assert_eq!(outcome(name, &[]), Outcome::Fault(expected), "{name}");
	}
	assert_usable();
}

#[test]
fn a_file_truncated_anywhere_is_refused() {
	let onnx = digits("digits.onnx");
	let spec = spec(&[("N", 1)]);
	for len in (0..onnx.len()).step_by(onnx.len() / 40).chain([onnx.len() - 1]) {
		assert_eq!(
			load_fault(&spec, &onnx[..len]),
			FaultCode::NotOnnx,
			"{len} bytes of {}",
			onnx.len()
		);
	}
	assert_usable();
}

#[test]
fn a_damaged_file_never_fails_the_host() {
	let onnx = digits("digits.onnx");
	let spec = spec(&[("N", 1)]);
	let input = images().0[..1].to_vec().encode();
	let mut state = 1_u64;
	let mut random = |bound: usize| {
		state = state
			.wrapping_mul(6364136223846793005)
			.wrapping_add(1442695040888963407);
		(state >> 33) as usize % bound
	};
	for round in 0..150 {
		let mut damaged = onnx.clone();
		for _ in 0..=round % 4 {
			let at = random(damaged.len());
			damaged[at] ^= 1 << random(8);
		}
		if let Err(reason) = engine().execute(&spec, &damaged, &input, AMPLE) {
			panic!("round {round}: {reason}");
		}
	}
}

#[test]
fn only_the_spec_binds_symbols() {
	let onnx = fixture("unbound_dim");
	let fault = |bindings: &[(&str, u32)]| load_fault(&spec(bindings), &onnx);
	assert_eq!(fault(&[("N", 2)]), FaultCode::UnboundDimension);
	assert_eq!(fault(&[("N", 2), ("M", 3), ("K", 1)]), FaultCode::UnknownBinding);
	assert_eq!(fault(&[("N", 0), ("M", 3)]), FaultCode::InvalidGraph);
	assert_eq!(fault(&[("N", 1), ("N", 2), ("M", 3)]), FaultCode::MalformedMessage);
	assert_eq!(fault(&[("N", u32::MAX), ("M", u32::MAX)]), FaultCode::OutOfMemory);
	let mut model = engine().load(&spec(&[("N", 2), ("M", 3)]), &onnx, AMPLE).unwrap();
	assert_eq!(model.describe(AMPLE).unwrap().outputs[0].shape, [2, 3]);
	assert_eq!(
		load_fault(&spec(&[("N", 1)]), &fixture("add")),
		FaultCode::UnknownBinding
	);
}

#[test]
fn an_input_that_does_not_fit_the_model_is_a_wrong_input() {
	let wrong = Outcome::Fault(FaultCode::WrongInput);
	let good = floats(&[1.0, 2.0, 3.0, 4.0]);
	let add = |a: Tensor| outcome("add", &[a, good.clone()]);
	assert!(matches!(add(good.clone()), Outcome::Answer(_)));
	assert_eq!(outcome("add", &[]), wrong);
	assert_eq!(outcome("add", std::slice::from_ref(&good)), wrong);
	assert_eq!(outcome("add", &[good.clone(), good.clone(), good.clone()]), wrong);
	assert_eq!(add(floats(&[1.0, 2.0, 3.0])), wrong);
	assert_eq!(
		add(Tensor {
			shape: vec![4, 1],
			..good.clone()
		}),
		wrong
	);
	assert_eq!(
		add(Tensor {
			shape: vec![u32::MAX; 8],
			..good.clone()
		}),
		wrong
	);
	assert_eq!(
		add(Tensor {
			dtype: DType::I32,
			..good.clone()
		}),
		wrong
	);
	assert_eq!(
		add(Tensor {
			data: good.data[..15].to_vec(),
			..good.clone()
		}),
		wrong
	);
	assert_eq!(
		add(Tensor {
			data: vec![0; 17],
			..good.clone()
		}),
		wrong
	);
	assert_usable();
}

#[test]
fn a_bool_is_zero_or_one() {
	let mut model = engine()
		.load(&ModelSpec::default(), &fixture("identity_types"), AMPLE)
		.unwrap();
	let ports = model.describe(AMPLE).unwrap().inputs;
	let mut run = |bool_byte| {
		let inputs: Vec<_> = ports
			.iter()
			.map(|port| Tensor {
				dtype: port.dtype,
				shape: port.shape.clone(),
				data: vec![if port.dtype == DType::Bool { bool_byte } else { 0 }; 2 * port.dtype.size()],
			})
			.collect();
		model.run(&inputs, AMPLE)
	};
	assert!(run(1).is_ok());
	assert_eq!(run(2), Err(FaultCode::WrongInput.into()));
	assert!(run(0).is_ok());
}

#[test]
fn bytes_that_are_not_tensors_are_a_malformed_message() {
	let execute = |input: &[u8]| {
		engine()
			.execute(&ModelSpec::default(), &fixture("add"), input, AMPLE)
			.unwrap()
	};
	let good = vec![floats(&[0.0; 4]); 2].encode();
	for bad in [
		&[][..],
		&good[..good.len() - 1],
		&[&good[..], &[0]].concat(),
		&[0xff; 64],
	] {
		assert_eq!(execute(bad), Outcome::Fault(FaultCode::MalformedMessage));
	}
	assert_usable();
}

#[test]
fn an_operator_may_refuse_its_operands() {
	let run = |index: i64| {
		outcome(
			"gather",
			&[Tensor {
				dtype: DType::I64,
				shape: vec![1],
				data: index.to_le_bytes().to_vec(),
			}],
		)
	};
	for index in -4..4 {
		assert!(matches!(run(index), Outcome::Answer(_)), "{index}");
	}
	for index in [i64::MAX, i64::MIN, 1 << 32] {
		assert!(matches!(run(index), Outcome::Fault(FaultCode::WrongInput)), "{index}");
	}
	for index in [4, -5, i64::from(i32::MAX)] {
		assert!(
			matches!(run(index), Outcome::Fault(FaultCode::RunFailed | FaultCode::Trap)),
			"{index}"
		);
	}
	assert_usable();
}

#[test]
fn sorting_nans_has_one_outcome() {
	let mut values = [1.0; 64];
	for (i, value) in values.iter_mut().enumerate() {
		*value = if i % 5 == 0 { f32::NAN } else { (i as f32 * 7.0) % 11.0 };
	}
	let first = outcome("topk", &[floats(&values)]);
	assert_eq!(first, outcome("topk", &[floats(&values)]));
	assert_usable();
}

#[test]
fn running_out_of_the_memory_that_the_protocol_allows_is_a_fault() {
	let x = [floats(&[1.0])];
	for name in ["memory_bomb", "memory_overflow", "memory_constant"] {
		assert_eq!(outcome(name, &x), Outcome::Fault(FaultCode::OutOfMemory), "{name}");
	}
	assert_eq!(
		outcome("memory_live", &[floats(&[1.0; 1024])]),
		Outcome::Fault(FaultCode::OutOfMemory)
	);
	assert_usable();
}

#[test]
fn an_answer_larger_than_an_artifact_is_a_fault() {
	assert_eq!(
		outcome("large_output", &[floats(&[1.0])]),
		Outcome::Fault(FaultCode::OutputTooLarge)
	);
}

#[test]
fn a_deadline_that_passes_is_not_an_answer() {
	let deadline = Duration::from_millis(400);
	let x = Tensor {
		shape: vec![2048, 1],
		..floats(&[1.0; 2048])
	};
	let mut slow = engine().load(&ModelSpec::default(), &fixture("slow"), AMPLE).unwrap();
	let started = Instant::now();
	assert_eq!(
		slow.run(std::slice::from_ref(&x), deadline),
		Err(NoAnswer::TimedOut.into())
	);
	assert!(started.elapsed() < AMPLE / 4);
	// An interrupted instance is not used again.
	assert!(slow.is_broken());
	assert!(matches!(
		slow.run(&[x], deadline),
		Err(Failure::NoAnswer(NoAnswer::Host(_)))
	));

	let loading = engine().load(&ModelSpec::default(), &fixture("slow_load"), deadline);
	assert_eq!(loading.err(), Some(NoAnswer::TimedOut.into()));
	let input = vec![floats(&[1.0])].encode();
	let executed = engine().execute(&ModelSpec::default(), &fixture("slow_load"), &input, deadline);
	assert_eq!(executed, Err(NoAnswer::TimedOut));
	assert_usable();
}

#[test]
fn a_second_engine_in_the_process_is_the_same_engine() {
	let other = Engine::builtin(Some(crate::common::cache_dir())).unwrap();
	let input = images().0[..1].to_vec().encode();
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	assert_eq!(
		other.execute(&spec, &onnx, &input, AMPLE),
		engine().execute(&spec, &onnx, &input, AMPLE)
	);
}
