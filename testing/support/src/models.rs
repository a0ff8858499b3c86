//! Models as their owners submit them, with true or false statements: the `assay` command refuses to make false ones.

use crate::{
	assay,
	files::{digits, engine_cache, read_rows},
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

/// More than any model here takes to load or to run.
const DEADLINE: Duration = Duration::from_secs(30);

/// How many golden inputs [`ModelSubmission::digits`] has.
const GOLDEN_INPUTS: usize = 2;

/// A model to be submitted, with what its owner states of it.
#[derive(Clone, Debug)]
pub struct ModelSubmission {
	pub file: Vec<u8>,
	pub spec: BoundedSpec,
	pub royalty: Balance,
	pub statement: Statement,
}

impl ModelSubmission {
	/// States the truth of the digits model.
	pub fn digits() -> Self {
		let file = fs::read(digits("digits.onnx")).expect("the model is in the checkout");
		let spec = ModelSpec {
			bindings: vec![("N".into(), 1)],
		};
		let images = read_rows(&digits("test_images.npy"), GOLDEN_INPUTS);
		let inputs = images.into_iter().map(|image| vec![image]).collect::<Vec<_>>();
		Self::derive(file, &spec, &inputs).expect("the model answers its golden inputs")
	}

	/// States the truth of a model. Returns `None` if the engine refuses it, or answers one of its golden inputs with a
	/// fault.
	pub fn derive(file: Vec<u8>, spec: &ModelSpec, golden: &[Vec<Tensor>]) -> Option<Self> {
		let (items, input) = pack_inputs(golden);
		let statement = probe::derive_statement(engine(), spec, &file, items, input, DEADLINE).ok()?;
		Some(Self {
			file,
			spec: spec.try_into().expect("the spec is within the chain's bounds"),
			royalty: 0,
			statement,
		})
	}

	/// States of any file that it takes one number and returns it.
	pub fn fabricated(file: Vec<u8>) -> Self {
		let port = |name: &str| BoundedPort {
			name: name.as_bytes().to_vec().try_into().expect("the name is short"),
			dtype: DType::F32,
			shape: vec![1].try_into().expect("there is one axis"),
		};
		let manifest = BoundedManifest {
			inputs: vec![port("x")].try_into().expect("there is one input"),
			outputs: vec![port("y")].try_into().expect("there is one output"),
			opset: 17,
			operators: vec![b"Relu".to_vec().try_into().expect("the name is short")]
				.try_into()
				.expect("there is one operator"),
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
				golden: fabricate_golden(&[vec![float_vector(&[1.0])]]),
			},
		}
	}

	/// States the true manifest of a model, and invented outcomes of its golden inputs.
	pub fn with_fabricated_outcomes(file: Vec<u8>, inputs: &[Vec<Tensor>]) -> Self {
		let spec = ModelSpec { bindings: Vec::new() };
		let model = engine().load(&spec, &file, DEADLINE);
		let manifest = model.and_then(|mut model| model.describe(DEADLINE));
		let manifest = manifest.expect("the engine loads the model");
		Self {
			file,
			spec: BoundedSpec::default(),
			royalty: 0,
			statement: Statement {
				manifest: (&manifest)
					.try_into()
					.expect("the manifest is within the chain's bounds"),
				golden: fabricate_golden(inputs),
			},
		}
	}

	/// Returns a variant of this model, and states the truth of it: one byte of the file differs, which changes the
	/// answers and nothing else that is stated. There is another variant for each `n`.
	pub fn variant(&self, n: usize) -> Self {
		let (spec, middle) = (ModelSpec::from(&self.spec), self.file.len() / 2);
		let golden = &self.statement.golden;
		let Payload::Inline(input) = &golden.input else {
			panic!("the golden inputs are not inline")
		};
		let flip_bit = |at: usize| {
			let mut file = self.file.clone();
			file[at] ^= 0x40;
			let statement =
				probe::derive_statement(engine(), &spec, &file, golden.items, input.to_vec(), DEADLINE).ok()?;
			let differs = statement.golden.answer != golden.answer && statement.manifest == self.statement.manifest;
			differs.then(|| Self {
				file,
				statement,
				..self.clone()
			})
		};
		let mut variants = (middle..self.file.len()).filter_map(flip_bit);
		variants.nth(n).expect("the second half of the file is weights")
	}

	/// States golden outcomes that the model does not have.
	pub fn with_wrong_outcomes(mut self) -> Self {
		self.statement.golden.answer = OutcomeDigest::default();
		self
	}

	/// States that the model is cheaper to run than it is.
	pub fn with_wrong_manifest(mut self) -> Self {
		self.statement.manifest.macs /= 2;
		self
	}

	/// Returns the artifact of the file.
	pub fn artifact(&self) -> Artifact {
		Artifact::of(&self.file)
	}

	/// Returns the id that the model has on chain.
	pub fn id(&self) -> ModelId {
		model_id(Engine::builtin_id(), self.artifact().id, &self.spec)
	}

	/// Returns the call that submits it.
	pub fn submit_call(&self) -> pallet_models::Call<Runtime> {
		pallet_models::Call::submit {
			spec: self.spec.clone(),
			artifact: self.artifact(),
			engine: Engine::builtin_id(),
			metadata: Metadata {
				title: b"a test's model".to_vec().try_into().expect("the title is short"),
				..Metadata::default()
			},
			royalty: self.royalty,
			statement: self.statement.clone(),
			max_fee: ASY,
		}
	}

	/// Stores the file in a node.
	pub async fn upload(&self, node: &Node) {
		let path = node.folder().join(self.artifact().id.to_string());
		fs::write(&path, &self.file).expect("the node's folder is writable");
		upload(node, &path).await;
	}
}

/// Stores a file in a node.
pub async fn upload(node: &Node, path: &Path) {
	assay(node, None, &["artifact", "put", &path.to_string_lossy()])
		.await
		.expect_success();
}

/// Makes a tensor of one axis.
pub fn float_vector(values: &[f32]) -> Tensor {
	Tensor {
		dtype: DType::F32,
		shape: vec![values.len() as u32],
		data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
	}
}

/// Packs inputs as a payload has them. Returns their number, too.
pub fn pack_inputs(inputs: &[Vec<Tensor>]) -> (u32, Vec<u8>) {
	let bytes = match inputs {
		[single] => single.encode(),
		several => several.encode(),
	};
	(inputs.len() as u32, bytes)
}

/// Makes up the outcomes of these golden inputs.
fn fabricate_golden(inputs: &[Vec<Tensor>]) -> Golden {
	let (items, input) = pack_inputs(inputs);
	Golden {
		items,
		input: Payload::of(input),
		answer: OutcomeDigest::default(),
	}
}

/// Returns the engine of this machine.
fn engine() -> &'static Engine {
	static ENGINE: OnceLock<Engine> = OnceLock::new();
	ENGINE.get_or_init(|| Engine::builtin(Some(&engine_cache())).expect("the engine compiles"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn variants_give_other_answers_and_have_the_same_manifest() {
		let digits = ModelSubmission::digits();
		let variants = [0, 1, 2].map(|n| digits.variant(n));
		for variant in &variants {
			let bytes = variant.file.iter().zip(&digits.file);
			assert_eq!(bytes.filter(|(one, other)| one != other).count(), 1);
			assert_eq!(variant.statement.manifest, digits.statement.manifest);
			assert_ne!(variant.statement.golden.answer, digits.statement.golden.answer);
		}
		let mut ids: Vec<_> = variants.iter().map(ModelSubmission::id).chain([digits.id()]).collect();
		ids.sort();
		ids.dedup();
		assert_eq!(ids.len(), 4);
	}
}
