//! tract's optimiser, with a limit. Each patch of a graph compares its own nodes with all nodes of the graph, and some
//! files make tract patch for hours. Unlike time, the number of comparisons is the same on every machine.

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

/// The maximum number of comparisons of two nodes. Models of a hundred operators need a twentieth of it.
const MAX_COMPARISONS: u64 = 50_000_000;

/// Simplifies `model` as `TypedModel::declutter` does.
pub fn declutter(model: &mut TypedModel) -> TractResult<()> {
	limit_passes(Optimizer::declutter()).optimize(model)
}

/// Chooses kernels for `model` as `TypedModel::optimize` does.
pub fn optimise(model: &mut TypedModel) -> TractResult<()> {
	let optimizer = limit_passes(Optimizer::codegen());
	model.optimize_with_session(&mut optimizer.session())
}

/// Gives the passes of `optimizer` a common limit.
fn limit_passes(mut optimizer: Optimizer) -> Optimizer {
	let remaining = Arc::new(AtomicU64::new(MAX_COMPARISONS));
	let limited = optimizer.passes.into_iter().map(|pass| {
		Box::new(LimitedPass {
			pass,
			remaining: remaining.clone(),
		}) as Box<dyn TypedPass>
	});
	optimizer.passes = limited.collect();
	optimizer
}

/// A pass whose patches count towards the limit.
#[derive(Clone, Debug)]
struct LimitedPass {
	pass: Box<dyn TypedPass>,
	remaining: Arc<AtomicU64>,
}

impl TypedPass for LimitedPass {
	fn reset(&mut self) -> TractResult<()> {
		self.pass.reset()
	}

	fn next(&mut self, session: &mut OptimizerSession, model: &TypedModel) -> TractResult<Option<TypedModelPatch>> {
		let patch = self.pass.next(session, model)?;
		if let Some(patch) = &patch {
			let comparisons = model.nodes.len() as u64 * patch.model.nodes.len() as u64;
			let remaining = self.remaining.load(Relaxed).checked_sub(comparisons);
			// This becomes `OutOfMemory` because of how the message ends.
			self.remaining
				.store(remaining.context("the graph to optimise is too large")?, Relaxed);
		}
		Ok(patch)
	}

	fn run_direct(&mut self, model: &mut TypedModel) -> TractResult<bool> {
		self.pass.run_direct(model)
	}
}
