//! Extents that depend on data. tract carries them as symbols and simplifies what is computed from them, which takes a time that doubles
//! with each step.

use crate::abi::FaultCode;
use std::collections::BTreeSet;
use tract_onnx::pb::GraphProto;

/// Operators whose result is as long as the data make it.
const LENGTHS: &[&str] = &["Compress", "NonMaxSuppression", "NonZero"];

/// Steps of arithmetic on such a length that a graph may take.
const STEPS: usize = 4;

/// Refuses a graph that computes with lengths nobody knows before the run.
pub fn check(graph: &GraphProto) -> Result<(), FaultCode> {
	// Values of a length that depends on data, and numbers made of such a length.
	let (mut long, mut numbers) = (BTreeSet::new(), BTreeSet::new());
	let mut steps = 0;
	for node in &graph.node {
		let operator = node.op_type.as_str();
		let is_any = |values: &BTreeSet<&str>| node.input.iter().any(|name| values.contains(name.as_str()));
		let is_measured = matches!(operator, "Shape" | "Size") && is_any(&long);
		let outputs = node.output.iter().map(String::as_str);
		if is_measured || is_any(&numbers) {
			steps += usize::from(!is_measured);
			numbers.extend(outputs);
		} else if LENGTHS.contains(&operator) || is_any(&long) {
			long.extend(outputs);
		}
	}
	if steps > STEPS {
		Err(FaultCode::UnboundDimension)
	} else {
		Ok(())
	}
}
