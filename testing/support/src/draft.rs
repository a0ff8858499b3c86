//! Models as their owners state them, truly or falsely: the command refuses to state what is false.

use crate::{
	assay,
	files::{digits, engine_cache, rows},
	Node,
};
use assay_engine::{probe, Engine};
use assay_primitives::{
	abi::ModelSpec,
	metadata::Metadata,
	probe::{BoundedManifest, BoundedPort, Golden, Statement},
	task::model_id,
	Artifact, BoundedSpec, DType, ModelId, OutcomeDigest, Payload, Tensor,
};
use assay_runtime::{Balance, Runtime, ASY};
use codec::Encode;
use std::{fs, path::Path, sync::OnceLock, time::Duration};

/// More than any model here takes to load, or to answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// The golden inputs of [`Draft::digits`].
const GOLDEN: usize = 2;

/// A model to be submitted.
#[derive(Clone, Debug)]
pub struct Draft {
	pub file: Vec<u8>,
	pub spec: BoundedSpec,
	pub royalty: Balance,
	pub statement: Statement,
}

impl Draft {
	/// The digits model, of which all is true.
	pub fn digits() -> Self {
		let file = fs::read(digits("digits.onnx")).expect("a readable file");
		let spec = ModelSpec {
			bindings: vec![("N".into(), 1)],
		};
		let images = rows(&digits("test_images.npy"), GOLDEN);
		let inputs = images.into_iter().map(|image| vec![image]).collect::<Vec<_>>();
		Self::of(file, &spec, &inputs).expect("the model answers its golden inputs")
	}

	/// A model of which all is true; `None` if the engine refuses it, or it has no answer to one of its golden inputs.
	pub fn of(file: Vec<u8>, spec: &ModelSpec, golden: &[Vec<Tensor>]) -> Option<Self> {
		let (items, input) = packed(golden);
		let statement = probe::statement(engine(), spec, &file, items, input, DEADLINE).ok()?;
		Some(Self {
			file,
			spec: spec.try_into().expect("a spec that the chain takes"),
			royalty: 0,
			statement,
		})
	}

	/// A model of this file, of which nothing is true: it is stated to take one number and to answer it so.
	pub fn invented(file: Vec<u8>) -> Self {
		let port = |name: &str| BoundedPort {
			name: name.as_bytes().to_vec().try_into().expect("a short name"),
			dtype: DType::F32,
			shape: vec![1].try_into().expect("few axes"),
		};
		let manifest = BoundedManifest {
			inputs: vec![port("x")].try_into().expect("few inputs"),
			outputs: vec![port("y")].try_into().expect("few outputs"),
			opset: 17,
			operators: vec![b"Relu".to_vec().try_into().expect("a short name")]
				.try_into()
				.expect("few operators"),
			parameters: 0,
			macs: 1,
			peak_bytes: 1024 * 1024,
		};
		Self {
			file,
			spec: BoundedSpec::default(),
			royalty: 0,
			statement: Statement {
				manifest,
				golden: golden(&[vec![floats(&[1.0])]]),
			},
		}
	}

	/// A model that the engine loads, with golden inputs whose outcomes are invented.
	pub fn loaded(file: Vec<u8>, inputs: &[Vec<Tensor>]) -> Self {
		let spec = ModelSpec { bindings: Vec::new() };
		let model = engine().load(&spec, &file, DEADLINE);
		let manifest = model.and_then(|mut model| model.manifest(DEADLINE));
		let manifest = manifest.expect("the engine loads the model");
		Self {
			file,
			spec: BoundedSpec::default(),
			royalty: 0,
			statement: Statement {
				manifest: (&manifest).try_into().expect("a manifest that the chain keeps"),
				golden: golden(inputs),
			},
		}
	}

	/// The same model but for one byte of its file, which changes what it answers and nothing else that is stated. Another one for each
	/// `n`.
	pub fn twin(&self, n: usize) -> Self {
		let (spec, middle) = (ModelSpec::from(&self.spec), self.file.len() / 2);
		let golden = &self.statement.golden;
		let Payload::Inline(input) = &golden.input else {
			panic!("the golden inputs are small")
		};
		let twin = |at: usize| {
			let mut file = self.file.clone();
			file[at] ^= 0x40;
			let statement = probe::statement(engine(), &spec, &file, golden.items, input.to_vec(), DEADLINE).ok()?;
			let differs = statement.golden.answer != golden.answer && statement.manifest == self.statement.manifest;
			differs.then(|| Self {
				file,
				statement,
				..self.clone()
			})
		};
		let mut twins = (middle..self.file.len()).filter_map(twin);
		twins.nth(n).expect("half of the file is weights")
	}

	/// The same model, with golden outcomes that it does not have.
	pub fn with_other_outcomes(mut self) -> Self {
		self.statement.golden.answer = OutcomeDigest::default();
		self
	}

	/// The same model, stated to be cheaper to run than it is.
	pub fn with_other_manifest(mut self) -> Self {
		self.statement.manifest.macs /= 2;
		self
	}

	pub fn artifact(&self) -> Artifact {
		Artifact::of(&self.file)
	}

	/// What it is on chain.
	pub fn id(&self) -> ModelId {
		model_id(Engine::builtin_id(), self.artifact().id, &self.spec)
	}

	/// Submits it.
	pub fn call(&self) -> pallet_models::Call<Runtime> {
		pallet_models::Call::submit {
			spec: self.spec.clone(),
			artifact: self.artifact(),
			engine: Engine::builtin_id(),
			metadata: Metadata {
				title: b"a draft".to_vec().try_into().expect("a short title"),
				..Metadata::default()
			},
			royalty: self.royalty,
			statement: self.statement.clone(),
			max_fee: ASY,
		}
	}

	/// Gives the file to a node.
	pub async fn store(&self, node: &Node) {
		let path = node.folder().join(self.artifact().id.to_string());
		fs::write(&path, &self.file).expect("a writable folder");
		put(node, &path).await;
	}
}

/// Gives a file to a node.
pub async fn put(node: &Node, path: &Path) {
	assay(node, None, &["artifact", "put", &path.to_string_lossy()])
		.await
		.fine();
}

/// A vector.
pub fn floats(values: &[f32]) -> Tensor {
	Tensor {
		dtype: DType::F32,
		shape: vec![values.len() as u32],
		data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
	}
}

/// Inputs as they travel, and how many they are.
pub fn packed(inputs: &[Vec<Tensor>]) -> (u32, Vec<u8>) {
	let bytes = match inputs {
		[single] => single.encode(),
		several => several.encode(),
	};
	(inputs.len() as u32, bytes)
}

/// These golden inputs, with invented outcomes.
fn golden(inputs: &[Vec<Tensor>]) -> Golden {
	let (items, input) = packed(inputs);
	Golden {
		items,
		input: Payload::of(input),
		answer: OutcomeDigest::default(),
	}
}

/// The engine, on this machine.
fn engine() -> &'static Engine {
	static ENGINE: OnceLock<Engine> = OnceLock::new();
	ENGINE.get_or_init(|| Engine::builtin(Some(&engine_cache())).expect("the engine compiles"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn twins_answer_differently_and_are_stated_alike_but_for_that() {
		let digits = Draft::digits();
		let twins = [0, 1, 2].map(|n| digits.twin(n));
		for twin in &twins {
			let bytes = twin.file.iter().zip(&digits.file);
			assert_eq!(bytes.filter(|(one, other)| one != other).count(), 1);
			assert_eq!(twin.statement.manifest, digits.statement.manifest);
			assert_ne!(twin.statement.golden.answer, digits.statement.golden.answer);
		}
		let mut ids: Vec<_> = twins.iter().map(Draft::id).chain([digits.id()]).collect();
		ids.sort();
		ids.dedup();
		assert_eq!(ids.len(), 4);
	}
}
