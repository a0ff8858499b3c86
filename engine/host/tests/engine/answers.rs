//! The answers of the engine: they are right, and always the same.

use crate::common::{
	as_floats, digits, engine, fixture, floats, images,
	onnx::{self, node, number, pair, part},
	spec, AMPLE,
};
use assay_engine::Engine;
use assay_primitives::{DType, ModelSpec, Outcome, Tensor};
use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash};

#[test]
fn the_digits_model_has_the_accuracy_that_its_metadata_states() {
	let mut model = engine()
		.load(&spec(&[("N", 1)]), &digits("digits.onnx"), AMPLE)
		.unwrap();
	let (images, labels) = images();
	let correct = images.iter().zip(&labels).filter(|(image, label)| {
		let logits = as_floats(&model.run(std::slice::from_ref(*image), AMPLE).unwrap()[0]);
		let best = (0..10).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
		best as i64 == **label
	});
	let accuracy = correct.count() as f64 / labels.len() as f64;
	let metadata = String::from_utf8(digits("metadata.json")).unwrap();
	assert!(
		metadata.contains(&format!("\"accuracy\": {accuracy:.6}")),
		"{accuracy} against {metadata}"
	);
}

#[test]
fn the_manifest_describes_the_model() {
	let mut model = engine()
		.load(&spec(&[("N", 2)]), &digits("digits.onnx"), AMPLE)
		.unwrap();
	let manifest = model.describe(AMPLE).unwrap();
	assert_eq!(manifest.inputs.len(), 1);
	assert_eq!(
		(manifest.inputs[0].name.as_str(), &manifest.inputs[0].shape[..]),
		("image", &[2, 1, 8, 8][..])
	);
	assert_eq!(
		(manifest.outputs[0].name.as_str(), &manifest.outputs[0].shape[..]),
		("logits", &[2, 10][..])
	);
	assert_eq!(manifest.outputs[0].dtype, DType::F32);
	assert!(manifest.operators.iter().any(|operator| operator == "Conv"));
	assert!(manifest.operators.is_sorted());
	assert!(manifest.parameters >= 9930);
	assert!(manifest.macs > 9930);
	assert!(manifest.peak_bytes >= model.size());
	assert_eq!(manifest, model.describe(AMPLE).unwrap());
}

#[test]
fn a_warm_instance_and_a_fresh_one_give_the_same_bytes() {
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let (images, _) = images();
	let mut warm = engine().load(&spec, &onnx, AMPLE).unwrap();
	for image in &images[..32] {
		let warm = warm.run(std::slice::from_ref(image), AMPLE).unwrap();
		let mut fresh = engine().load(&spec, &onnx, AMPLE).unwrap();
		assert_eq!(warm, fresh.run(std::slice::from_ref(image), AMPLE).unwrap());
	}
}

#[test]
fn memory_does_not_grow_from_one_run_to_the_next() {
	let mut model = engine()
		.load(&spec(&[("N", 1)]), &digits("digits.onnx"), AMPLE)
		.unwrap();
	let (images, _) = images();
	model.run(&images[..1], AMPLE).unwrap();
	let size = model.size();
	for image in &images {
		model.run(std::slice::from_ref(image), AMPLE).unwrap();
	}
	assert_eq!(model.size(), size);
}

#[test]
fn all_threads_give_the_same_bytes() {
	let (spec, onnx) = (spec(&[("N", 1)]), digits("digits.onnx"));
	let input = images().0[..1].to_vec().encode();
	let execute = || engine().execute(&spec, &onnx, &input, AMPLE).unwrap();
	let outcomes = std::thread::scope(|scope| {
		let threads: Vec<_> = (0..4).map(|_| scope.spawn(execute)).collect();
		threads
			.into_iter()
			.map(|thread| thread.join().unwrap())
			.collect::<Vec<_>>()
	});
	assert!(matches!(outcomes[0], Outcome::Answer(_)));
	assert!(outcomes.iter().all(|outcome| outcome.digest() == outcomes[0].digest()));
}

#[test]
fn every_nan_in_an_answer_is_canonical() {
	let mut model = engine().load(&ModelSpec::default(), &fixture("nan"), AMPLE).unwrap();
	let payload = f32::from_bits(0xffa1_2345);
	let outputs = model.run(&[floats(&[-1.0, 0.0, payload, 2.0])], AMPLE).unwrap();
	let mut nans = 0;
	for value in outputs.iter().flat_map(as_floats).filter(|value| value.is_nan()) {
		assert_eq!(value.to_bits(), 0x7fc0_0000);
		nans += 1;
	}
	// Log and negated log of -1 and of NaN, and the ratios 0/0 and NaN/NaN.
	assert_eq!(nans, 6);
}

#[test]
fn every_element_type_passes_and_its_nans_become_canonical() {
	let mut model = engine()
		.load(&ModelSpec::default(), &fixture("identity_types"), AMPLE)
		.unwrap();
	let ports = model.describe(AMPLE).unwrap().inputs;
	let nan = |dtype| match dtype {
		DType::F16 => Some((vec![0x01, 0xfc, 0x00, 0x3c], vec![0x00, 0x7e, 0x00, 0x3c])),
		DType::F32 => Some((
			vec![1, 0, 0x80, 0xff, 0, 0, 0x80, 0xff],
			vec![0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0xff],
		)),
		DType::F64 => Some((
			vec![1, 0, 0, 0, 0, 0, 0xf0, 0xff, 0, 0, 0, 0, 0, 0, 0xf0, 0xff],
			vec![0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf0, 0xff],
		)),
		_ => None,
	};
	let (inputs, expected): (Vec<Tensor>, Vec<Tensor>) = ports
		.iter()
		.map(|port| {
			let ones = vec![1; 2 * port.dtype.size()];
			let (data, expected) = nan(port.dtype).unwrap_or((ones.clone(), ones));
			let tensor = |data| Tensor {
				dtype: port.dtype,
				shape: port.shape.clone(),
				data,
			};
			(tensor(data), tensor(expected))
		})
		.unzip();
	assert_eq!(inputs.len(), 12);
	assert_eq!(model.run(&inputs, AMPLE).unwrap(), expected);
}

#[test]
fn a_sigmoid_is_accurate_over_its_whole_range() {
	let extremes = [f32::NEG_INFINITY, -1e30, -0.0, 0.0, 1e30, f32::INFINITY];
	let others = (-12_003..=12_003).map(|n| n as f32 / 120.0);
	let x: Vec<f32> = extremes.into_iter().chain(others).collect();
	let mut graph = onnx::Graph::new();
	graph
		.input("x", DType::F32, &[x.len() as i64])
		.node("Sigmoid", &["x"], "y")
		.output("y");
	let mut model = engine().load(&spec(&[]), &graph.file(), AMPLE).unwrap();
	let y = as_floats(&model.run(&[floats(&x)], AMPLE).unwrap()[0]);
	assert_eq!(y[..extremes.len()], [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]);
	for (x, y) in x.into_iter().zip(y) {
		let right = (1.0 + (-f64::from(x)).exp()).recip();
		// Below -87 the answer is zero.
		let allowed = 2.0 * right * f64::from(f32::EPSILON) + 2.0 * f64::from(f32::MIN_POSITIVE);
		assert!(
			(f64::from(y) - right).abs() <= allowed,
			"sigmoid({x}) = {y:e}, not {right:e}"
		);
	}
}

#[test]
fn a_weight_listed_among_the_inputs_is_not_a_port() {
	let mut model = engine().load(&ModelSpec::default(), &weight_as_input(), AMPLE).unwrap();
	let manifest = model.describe(AMPLE).unwrap();
	assert_eq!(
		manifest
			.inputs
			.iter()
			.map(|port| port.name.as_str())
			.collect::<Vec<_>>(),
		["x"]
	);
	assert_eq!(manifest.parameters, 2);
	let outputs = model.run(&[floats(&[1.0, 2.0])], AMPLE).unwrap();
	assert_eq!(as_floats(&outputs[0]), [11.0, 22.0]);
}

/// Returns a model of `y = x + w`, where `w` is both an initializer, [10, 20], and an input, as all weights were before
/// ONNX 1.4.
fn weight_as_input() -> Vec<u8> {
	let data = [10f32.to_le_bytes(), 20f32.to_le_bytes()].concat();
	let weight = [number(1, 2), number(2, 1), part(8, "w"), part(9, data)].concat();
	onnx::file(&[
		part(1, node("Add", &["x", "w"], "y")),
		part(2, "g"),
		part(5, weight),
		part(11, pair("w")),
		part(11, pair("x")),
		part(12, pair("y")),
	])
}

#[test]
fn the_id_of_the_blob_is_its_hash_and_its_imports_and_exports_are_those_of_the_design() {
	let blob = Engine::builtin_blob();
	assert_eq!(Engine::builtin_id().0, BlakeTwo256::hash(blob));
	let sections = sections(blob);
	let (_, imports) = sections.iter().find(|(id, _)| *id == 2).unwrap();
	assert_eq!(
		import_names(imports),
		["caps", "tile_f32", "depthwise_along_axis", "depthwise_along_channels"]
			.map(|name| ("assay".into(), name.into()))
	);
	let (_, exports) = sections.iter().find(|(id, _)| *id == 7).unwrap();
	let mut names = export_names(exports);
	names.sort();
	assert_eq!(
		names,
		["alloc", "describe", "load", "memory", "result_len", "result_ptr", "run"]
	);
}

/// Returns the names in an import section of functions, each with that of its module.
fn import_names(mut body: &[u8]) -> Vec<(String, String)> {
	let count = leb128(&mut body);
	(0..count)
		.map(|_| {
			let mut name = || {
				let len = leb128(&mut body);
				let (name, rest) = body.split_at(len);
				body = rest;
				String::from_utf8(name.into()).unwrap()
			};
			let names = (name(), name());
			// The kind, a function, then the index of its type.
			assert_eq!(body[0], 0);
			body = &body[1..];
			leb128(&mut body);
			names
		})
		.collect()
}

/// Returns the sections of a WebAssembly module, as (id, body).
fn sections(module: &[u8]) -> Vec<(u8, &[u8])> {
	let mut rest = &module[8..];
	let mut sections = Vec::new();
	while let Some((id, after)) = rest.split_first() {
		rest = after;
		let len = leb128(&mut rest);
		let (body, after) = rest.split_at(len);
		sections.push((*id, body));
		rest = after;
	}
	sections
}

/// Returns the names in an export section.
fn export_names(mut section: &[u8]) -> Vec<String> {
	let count = leb128(&mut section);
	let names = (0..count).map(|_| {
		let len = leb128(&mut section);
		let (name, after) = section.split_at(len);
		section = &after[1..];
		leb128(&mut section);
		String::from_utf8(name.to_vec()).unwrap()
	});
	names.collect()
}

/// Reads an unsigned integer in LEB128.
fn leb128(bytes: &mut &[u8]) -> usize {
	let mut value = 0;
	for shift in (0..).step_by(7) {
		let (byte, rest) = bytes.split_first().unwrap();
		*bytes = rest;
		value |= usize::from(byte & 0x7f) << shift;
		if byte & 0x80 == 0 {
			break;
		}
	}
	value
}
