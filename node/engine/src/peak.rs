//! How much memory a model needs while it runs.

use crate::abi::MEMORY_LIMIT;
use tract_onnx::prelude::*;

/// Allowed for what this does not see: the allocator's own needs, and what operators set aside beside their results.
const SLACK: u64 = 1024 * 1024;

/// A bound on the memory of an instance, in bytes, that holds `owned` after it has loaded `model`, which is run in `order`.
///
/// What was freed while loading is counted as if it were not used again. An operator is allowed as much again as it reads and writes, and
/// inputs and outputs are there three times: as messages, as the engine's own tensors and as tract's. Never more than there can be.
pub fn bound(model: &TypedModel, order: &[usize], owned: u64) -> TractResult<u64> {
	let sizes: Vec<u64> = model.nodes.iter().map(size).collect();
	let ports = |outlets: &[OutletId]| {
		outlets
			.iter()
			.map(|outlet| sizes[outlet.node])
			.fold(0, u64::saturating_add)
	};
	let messages = ports(model.input_outlets()?).saturating_add(ports(model.output_outlets()?));
	let tensors = most(model, order, &sizes)?;
	let run = tensors.saturating_add(messages.saturating_mul(2)).saturating_add(SLACK);
	Ok(owned.saturating_add(run).min(u64::from(MEMORY_LIMIT)))
}

/// Bytes of the outputs of `node`; all there can be where they are not known. Constants are in memory already.
fn size(node: &TypedNode) -> u64 {
	let outputs = node.outputs.iter().filter(|output| output.fact.konst.is_none());
	let bytes = outputs.map(|output| {
		let bytes = output
			.fact
			.mem_size()
			.to_i64()
			.ok()
			.and_then(|bytes| u64::try_from(bytes).ok());
		bytes.unwrap_or(u64::from(MEMORY_LIMIT))
	});
	bytes.fold(0, u64::saturating_add)
}

/// The most bytes of tensors that are in use at once, with what operators are allowed.
fn most(model: &TypedModel, order: &[usize], sizes: &[u64]) -> TractResult<u64> {
	// Until which step a node's outputs are needed.
	let mut until = vec![0; sizes.len()];
	for (step, node) in order.iter().enumerate() {
		model
			.node(*node)
			.inputs
			.iter()
			.for_each(|input| until[input.node] = step);
	}
	model
		.output_outlets()?
		.iter()
		.for_each(|output| until[output.node] = order.len());
	let (mut live, mut most) = (0_u64, 0);
	for (step, node) in order.iter().enumerate() {
		let mut inputs: Vec<usize> = model.node(*node).inputs.iter().map(|input| input.node).collect();
		inputs.sort_unstable();
		inputs.dedup();
		let read = inputs.iter().map(|input| sizes[*input]).fold(0, u64::saturating_add);
		live = live.saturating_add(sizes[*node]);
		most = most.max(live.saturating_add(read).saturating_add(sizes[*node]));
		let done = inputs.into_iter().filter(|input| until[*input] == step);
		live = done.fold(live, |live, input| live.saturating_sub(sizes[input]));
	}
	Ok(most)
}
