//! Bounds the memory that a model needs while it runs.

use assay_abi::MEMORY_LIMIT;
use tract_onnx::{
	prelude::*,
	tract_core::ops::{
		array::Topk,
		fft::{Fft, Stft},
		gru_seq::GruSeq,
		scan::OptScan,
	},
};

/// Bytes for what is not counted: the allocator's own needs, and what operators allocate besides their results.
const SLACK: u64 = 1024 * 1024;

/// tract's name for an operator whose result is a view of its operand, and whose type is private. The replacement in
/// `assay-kernels` does not count as a view: what it allocates during the load leaves holes that cannot be reused.
const VIEW: &str = "LazyIm2col";

/// How many times the input of a Fourier transform is in memory during the transform. A length without small factors is
/// extended up to four times, and needs four tables or buffers of that length.
const FFT_COPIES: u64 = 18;

/// Returns an upper bound on the memory of an instance, in bytes, at most [`MEMORY_LIMIT`]. The instance owns `owned`
/// bytes after it has loaded `model`, whose nodes run in `order`.
///
/// Memory that was freed during the load counts as if it were never reused. Each operator may allocate as much again as
/// it reads plus twice what it writes, for intermediate results and for holes that cannot be reused. Inputs and outputs
/// count three times: as messages, as tensors of the ABI and as tensors of tract.
pub fn bound(model: &TypedModel, order: &[usize], owned: u64) -> TractResult<u64> {
	let sizes = output_sizes(model)?;
	let ports = |outlets: &[OutletId]| {
		outlets
			.iter()
			.map(|outlet| sizes[outlet.node])
			.fold(0, u64::saturating_add)
	};
	let messages = ports(model.input_outlets()?).saturating_add(ports(model.output_outlets()?));
	let tensors = peak_live_bytes(model, order, &sizes)?;
	let run = tensors.saturating_add(messages.saturating_mul(2)).saturating_add(SLACK);
	Ok(owned.saturating_add(run).min(u64::from(MEMORY_LIMIT)))
}

/// Returns the size of the outputs of each node, in bytes.
fn output_sizes(model: &TypedModel) -> TractResult<Vec<u64>> {
	let sum = |facts: TVec<&TypedFact>| facts.into_iter().map(tensor_bytes).fold(0, u64::saturating_add);
	let of_node = |node: &TypedNode| {
		if node.op.name() == VIEW {
			// A view keeps its operand alive.
			return model.node_input_facts(node.id).map(sum);
		}
		Ok(sum(node.outputs.iter().map(|output| &output.fact).collect()))
	};
	model.nodes.iter().map(of_node).collect()
}

/// Returns the size of a tensor in bytes, or [`MEMORY_LIMIT`] if it is unknown. A constant counts as 0, since it is in
/// memory already.
fn tensor_bytes(fact: &TypedFact) -> u64 {
	if fact.konst.is_some() {
		return 0;
	}
	// A packed operand is a tensor of matrices, and its fact has the size of one.
	let element = match fact.exotic_fact() {
		Some(packed) => known(&packed.mem_size()),
		// Some operators compute float16 in float32.
		None if fact.datum_type == DatumType::F16 => Some(size_of::<f32>() as u64),
		None => Some(fact.datum_type.size_of() as u64),
	};
	let mut extents = fact.shape.iter().map(known);
	let bytes = extents.try_fold(element, |bytes, extent| Some(Some(bytes?.saturating_mul(extent?))));
	bytes.flatten().unwrap_or(u64::from(MEMORY_LIMIT))
}

/// Returns the maximum size of the tensors that are live at once, in bytes, with what operators may allocate.
fn peak_live_bytes(model: &TypedModel, order: &[usize], sizes: &[u64]) -> TractResult<u64> {
	// The last step that needs a node's outputs.
	let mut last_use = vec![0; sizes.len()];
	for (step, node) in order.iter().enumerate() {
		model
			.node(*node)
			.inputs
			.iter()
			.for_each(|input| last_use[input.node] = step);
	}
	model
		.output_outlets()?
		.iter()
		.for_each(|output| last_use[output.node] = order.len());
	let (mut live, mut peak) = (0_u64, 0);
	for (step, node) in order.iter().enumerate() {
		let mut inputs: Vec<usize> = model.node(*node).inputs.iter().map(|input| input.node).collect();
		inputs.sort_unstable();
		inputs.dedup();
		let read = inputs.iter().map(|input| sizes[*input]).fold(0, u64::saturating_add);
		live = live.saturating_add(sizes[*node]);
		let allowed = read
			.saturating_add(sizes[*node].saturating_mul(2))
			.saturating_add(internal_bytes(model, model.node(*node))?);
		peak = peak.max(live.saturating_add(allowed));
		let done = inputs.into_iter().filter(|input| last_use[*input] == step);
		live = done.fold(live, |live, input| live.saturating_sub(sizes[input]));
	}
	Ok(peak)
}

/// Returns what an operator needs internally, in bytes: for an iteration of a loop, or for a transform.
fn internal_bytes(model: &TypedModel, node: &TypedNode) -> TractResult<u64> {
	if let Some(scan) = node.op_as::<OptScan>() {
		let body = scan.plan.model();
		return peak_live_bytes(body, scan.plan.order_without_consts(), &output_sizes(body)?);
	}
	let facts = model.node_input_facts(node.id)?;
	let Some(input) = facts.first() else {
		return Ok(0);
	};
	if let Some(op) = node.op_as::<GruSeq>() {
		// The values of three gates at all steps, whether or not the steps are outputs.
		let mut steps = input.shape.iter().take(2).map(known);
		let steps = steps.try_fold(1_u64, |steps, extent| Some(steps.saturating_mul(extent?)));
		let gates = (3 * size_of::<f32>() as u64).saturating_mul(op.hidden as u64);
		return Ok(steps.map_or(0, |steps| steps.saturating_mul(gates)));
	}
	let along = |axis: usize| input.shape.get(axis).and_then(known);
	let (length, times) = if let Some(op) = node.op_as::<Fft>() {
		(along(op.axis), FFT_COPIES)
	} else if let Some(op) = node.op_as::<Stft>() {
		(Some(op.frame as u64), FFT_COPIES)
	} else if let Some(op) = node.op_as::<Topk>() {
		// The elements to sort, and a buffer for sorting.
		(along(op.axis), 2)
	} else {
		(None, 0)
	};
	// A complex number, or an element and its index.
	let pair = 2 * input.datum_type.size_of().max(4) as u64;
	Ok(length.map_or(0, |length| length.saturating_mul(pair).saturating_mul(times)))
}

/// Returns a number if it is known before the run.
fn known(dim: &TDim) -> Option<u64> {
	dim.to_i64().ok().and_then(|number| u64::try_from(number).ok())
}
