//! Statements and findings, and whether inputs fit a model.

use crate::{probe::*, DType, FaultCode, Manifest, Port, Tensor};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::{TypeDef, TypeInfo};

fn manifest() -> Manifest {
	let port = |name: &str, shape: &[u32]| Port {
		name: name.into(),
		dtype: DType::F32,
		shape: shape.to_vec(),
	};
	Manifest {
		inputs: vec![port("x", &[1, 2]), port("größe", &[])],
		outputs: vec![port("y", &[3])],
		opset: 17,
		operators: vec!["Add".into(), "Gemm".into()],
		parameters: 9,
		macs: 18,
		peak_bytes: 1 << 20,
	}
}

fn tensor(shape: &[u32]) -> Tensor {
	let elements: u32 = shape.iter().product();
	Tensor {
		dtype: DType::F32,
		shape: shape.to_vec(),
		data: vec![0; 4 * elements as usize],
	}
}

#[test]
fn a_manifest_on_chain_has_the_encoding_of_the_engine() {
	let manifest = manifest();
	let bounded = BoundedManifest::try_from(&manifest).unwrap();
	assert_eq!(bounded.encode(), manifest.encode());
	assert_eq!(bounded.digest(), manifest_digest(&manifest.encode()));
	assert_eq!(Manifest::from(&bounded), manifest);
	assert!(bounded.is_utf8());
	assert!(bounded.encoded_size() <= BoundedManifest::max_encoded_len());
}

#[test]
fn a_manifest_that_exceeds_a_bound_is_refused_with_its_name() {
	let with = |change: fn(&mut Manifest)| {
		let mut manifest = manifest();
		change(&mut manifest);
		BoundedManifest::try_from(&manifest).unwrap_err()
	};
	assert!(with(|m| m.inputs = vec![m.inputs[0].clone(); 33]).contains("32 inputs"));
	assert!(with(|m| m.outputs[0].shape = vec![1; 9]).contains("8 axes"));
	assert!(with(|m| m.outputs[0].name = "n".repeat(129)).contains("128 bytes"));
	assert!(with(|m| m.operators = vec!["Op".into(); 129]).contains("128 kinds"));
	assert!(with(|m| m.operators[0] = "o".repeat(65)).contains("64 bytes"));
}

#[test]
fn inputs_fit_in_number_type_shape_and_length() {
	let ports = BoundedManifest::try_from(&manifest()).unwrap().inputs;
	let right = vec![tensor(&[1, 2]), tensor(&[])];
	assert!(inputs_fit(&ports, 1, &right.encode()));
	assert!(inputs_fit(&ports, 2, &vec![right.clone(); 2].encode()));
	for wrong in [vec![], right[..1].to_vec(), [right.clone(), right.clone()].concat()] {
		assert!(!inputs_fit(&ports, 1, &wrong.encode()));
	}
	let mut other = right.clone();
	other[0].dtype = DType::I32;
	assert!(!inputs_fit(&ports, 1, &other.encode()));
	let mut short = right.clone();
	short[0].data.pop();
	assert!(!inputs_fit(&ports, 1, &short.encode()));
	for (items, packed) in [(2, 3), (3, 2), (0, 1), (256, 1), (257, 257)] {
		assert!(
			!inputs_fit(&ports, items, &vec![right.clone(); packed].encode()),
			"{items} of {packed}"
		);
	}
	let bytes = right.encode();
	for cut in 0..bytes.len() {
		assert!(!inputs_fit(&ports, 1, &bytes[..cut]), "{cut}");
	}
	assert!(!inputs_fit(&ports, 1, &[&bytes[..], &[0]].concat()));
}

#[test]
fn a_graph_without_inputs_takes_an_empty_list() {
	assert!(inputs_fit(&[], 1, &Vec::<Tensor>::new().encode()));
	assert!(!inputs_fit(&[], 1, &[]));
}

#[test]
fn a_finding_is_encoded_as_an_answer_and_decoded_again() {
	let findings = [
		Ok(()),
		Err(Flaw::DoesNotLoad(FaultCode::NotOnnx)),
		Err(Flaw::ManifestMismatch),
		Err(Flaw::GoldenFault(FaultCode::Trap)),
		Err(Flaw::OutcomeMismatch),
	];
	for finding in findings {
		let answer = encode_finding(&finding);
		assert_eq!(decode_finding(&answer), Some(finding));
		assert_eq!(find_encoded_finding(answer.digest()), Some(answer));
	}
	assert_eq!(find_encoded_finding(Default::default()), None);
	let digests: std::collections::BTreeSet<_> = findings.iter().map(|f| encode_finding(f).digest()).collect();
	assert_eq!(digests.len(), findings.len());
	let (outcome, _) = crate::Answer::of(&[crate::Outcome::Answer(vec![tensor(&[1])])]);
	assert_eq!(decode_finding(&outcome), None);
}

#[test]
fn golden_inputs_share_the_price_of_loading() {
	let probe = |items, len| Probe {
		model: Default::default(),
		engine: Default::default(),
		artifact: crate::Artifact {
			id: Default::default(),
			len,
		},
		items,
		input: crate::Payload::of(vec![]),
		macs: 1_000,
		statement: StatementDigest {
			manifest: Default::default(),
			answer: Default::default(),
		},
	};
	assert_eq!(probe(1, 10).macs_per_item(), 1_000 + 10 * MACS_PER_BYTE);
	assert_eq!(probe(16, 10).macs_per_item(), 1_000 + 63);
	assert_eq!(probe(0, u64::MAX).macs_per_item(), u64::MAX);
}

/// Checks that every variant is described with its name and index.
fn is_described<T: TypeInfo + Decode + core::fmt::Debug>() {
	let TypeDef::Variant(variants) = T::type_info().type_def else {
		panic!("not an enumeration");
	};
	let described: Vec<_> = variants
		.variants
		.iter()
		.map(|v| (v.index, v.name.to_string()))
		.collect();
	let decoded: Vec<_> = (0..=u8::MAX)
		.filter_map(|index| Some((index, format!("{:?}", T::decode(&mut &[index][..]).ok()?))))
		.collect();
	assert_eq!(described, decoded);
}

#[test]
fn the_metadata_describes_the_types_of_the_engine() {
	is_described::<DType>();
	is_described::<FaultCode>();
}
