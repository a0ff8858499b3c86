//! How much memory a model needs while it runs.

use crate::abi::MEMORY_LIMIT;
use tract_onnx::{
	prelude::*,
	tract_core::ops::{
		array::Topk,
		fft::{Fft, Stft},
		gru_seq::GruSeq,
		scan::OptScan,
	},
};

/// Allowed for what this does not see: the allocator's own needs, and what operators set aside beside their results.
const SLACK: u64 = 1024 * 1024;

/// tract's name for an operator whose result is a view of its operand, and whose type it keeps to itself. The kernels' own is not counted as one:
/// what it learns at the load leaves holes that nothing fits.
const VIEW: &str = "LazyIm2col";

/// How often what is transformed is there while it is: a length without small factors is transformed by one of up to four times that
/// length, which needs four tables or buffers.
const TRANSFORM: u64 = 18;

/// A bound on the memory of an instance, in bytes, that holds `owned` after it has loaded `model`, which is run in `order`.
///
/// What was freed while loading is counted as if it were not used again. An operator is allowed as much again as it reads and twice what
/// it writes, for the intermediate results of some and for holes that nothing fits. Inputs and outputs are there three times: as messages,
/// as the engine's own tensors and as tract's. Never more than there can be.
pub fn bound(model: &TypedModel, order: &[usize], owned: u64) -> TractResult<u64> {
	let sizes = sizes(model)?;
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

/// Bytes of the outputs of each node.
fn sizes(model: &TypedModel) -> TractResult<Vec<u64>> {
	let all = |facts: TVec<&TypedFact>| facts.into_iter().map(bytes).fold(0, u64::saturating_add);
	let of_node = |node: &TypedNode| {
		if node.op.name() == VIEW {
			// What it looks at cannot go before it does.
			return model.node_input_facts(node.id).map(all);
		}
		Ok(all(node.outputs.iter().map(|output| &output.fact).collect()))
	};
	model.nodes.iter().map(of_node).collect()
}

/// Bytes of a tensor; all there can be where they are not known. Constants are in memory already.
fn bytes(fact: &TypedFact) -> u64 {
	if fact.konst.is_some() {
		return 0;
	}
	// What is packed for a kernel is a tensor of matrices, and its fact tells the size of one.
	let element = match fact.exotic_fact() {
		Some(packed) => known(&packed.mem_size()),
		// Some operators compute in float32 what is half as long.
		None if fact.datum_type == DatumType::F16 => Some(size_of::<f32>() as u64),
		None => Some(fact.datum_type.size_of() as u64),
	};
	let mut extents = fact.shape.iter().map(known);
	let bytes = extents.try_fold(element, |bytes, extent| Some(Some(bytes?.saturating_mul(extent?))));
	bytes.flatten().unwrap_or(u64::from(MEMORY_LIMIT))
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
		let allowed = read
			.saturating_add(sizes[*node].saturating_mul(2))
			.saturating_add(within(model, model.node(*node))?);
		most = most.max(live.saturating_add(allowed));
		let done = inputs.into_iter().filter(|input| until[*input] == step);
		live = done.fold(live, |live, input| live.saturating_sub(sizes[input]));
	}
	Ok(most)
}

/// What an operator needs for a part of its work: a turn of a loop, or a transform.
fn within(model: &TypedModel, node: &TypedNode) -> TractResult<u64> {
	if let Some(scan) = node.op_as::<OptScan>() {
		let body = scan.plan.model();
		return most(body, scan.plan.order_without_consts(), &sizes(body)?);
	}
	let facts = model.node_input_facts(node.id)?;
	let Some(input) = facts.first() else {
		return Ok(0);
	};
	if let Some(op) = node.op_as::<GruSeq>() {
		// The three gates' numbers for all steps, whether the steps come out or not.
		let steps = input.shape.iter().take(2).map(known);
		let steps = steps.fold(Some(1_u64), |steps, extent| Some(steps?.saturating_mul(extent?)));
		let gates = (3 * size_of::<f32>() as u64).saturating_mul(op.hidden as u64);
		return Ok(steps.map_or(0, |steps| steps.saturating_mul(gates)));
	}
	let along = |axis: usize| input.shape.get(axis).and_then(known);
	let (length, times) = if let Some(op) = node.op_as::<Fft>() {
		(along(op.axis), TRANSFORM)
	} else if let Some(op) = node.op_as::<Stft>() {
		(Some(op.frame as u64), TRANSFORM)
	} else if let Some(op) = node.op_as::<Topk>() {
		// What is put in order, and room to do so in.
		(along(op.axis), 2)
	} else {
		(None, 0)
	};
	// A complex number, or a number and its place.
	let pair = 2 * input.datum_type.size_of().max(4) as u64;
	Ok(length.map_or(0, |length| length.saturating_mul(pair).saturating_mul(times)))
}

/// A number that is known before the run.
fn known(dim: &TDim) -> Option<u64> {
	dim.to_i64().ok().and_then(|number| u64::try_from(number).ok())
}
