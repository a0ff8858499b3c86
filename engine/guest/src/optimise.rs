//! tract's optimiser, with an end. Each rewriting of a graph (a patch) compares what it brings with all that is there, and some files make it
//! rewrite for hours. What is counted is the same on every machine, where a time is not.

use std::sync::{
	atomic::{AtomicU64, Ordering::Relaxed},
	Arc,
};
use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		optim::{Optimizer, OptimizerSession, TypedPass},
	},
};

/// How often a node may be compared with another. Models of a hundred operators need a twentieth of it.
const COMPARISONS: u64 = 50_000_000;

/// As `TypedModel::declutter`.
pub fn declutter(model: &mut TypedModel) -> TractResult<()> {
	metered(Optimizer::declutter()).optimize(model)
}

/// As `TypedModel::optimize`.
pub fn optimise(model: &mut TypedModel) -> TractResult<()> {
	let optimizer = metered(Optimizer::codegen());
	model.optimize_with_session(&mut optimizer.session())
}

/// `optimizer`, whose passes share an allowance.
fn metered(mut optimizer: Optimizer) -> Optimizer {
	let left = Arc::new(AtomicU64::new(COMPARISONS));
	let metered = optimizer.passes.into_iter().map(|pass| {
		Box::new(Metered {
			pass,
			left: left.clone(),
		}) as Box<dyn TypedPass>
	});
	optimizer.passes = metered.collect();
	optimizer
}

/// A pass that pays for its patches.
#[derive(Clone, Debug)]
struct Metered {
	pass: Box<dyn TypedPass>,
	left: Arc<AtomicU64>,
}

impl TypedPass for Metered {
	fn reset(&mut self) -> TractResult<()> {
		self.pass.reset()
	}

	fn next(&mut self, session: &mut OptimizerSession, model: &TypedModel) -> TractResult<Option<TypedModelPatch>> {
		let patch = self.pass.next(session, model)?;
		if let Some(patch) = &patch {
			let comparisons = model.nodes.len() as u64 * patch.model.nodes.len() as u64;
			let left = self.left.load(Relaxed).checked_sub(comparisons);
			// The end of the sentence is what makes this `OutOfMemory`.
			self.left
				.store(left.context("what there is to optimise is too large")?, Relaxed);
		}
		Ok(patch)
	}

	fn run_direct(&mut self, model: &mut TypedModel) -> TractResult<bool> {
		self.pass.run_direct(model)
	}
}
