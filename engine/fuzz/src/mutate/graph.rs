//! Mutations of a graph.

use super::{
	attributes,
	draw::{change_list, choose},
	pool::Pool,
	tensors,
};
use crate::{
	onnx::{Dimension, Extent, Graph, Node, Tensor, Value},
	ports::hostile_int,
};
use fastrand::Rng;

/// The maximum number of nodes of another graph that are inserted at once.
const MAX_SPLICED_NODES: usize = 12;

/// Changes one thing in `graph`.
pub fn change(graph: &mut Graph, pool: &Pool, random: &mut Rng) {
	match random.u8(0..24) {
		0..=7 => {
			if let Some(node) = choose(&mut graph.node, random) {
				attributes::change(node, pool, random);
			}
		}
		8..=11 => {
			if let Some(tensor) = choose(&mut graph.initializer, random) {
				tensors::change(tensor, random);
			}
		}
		12 | 13 => {
			if let Some(input) = choose(&mut graph.input, random) {
				change_port(input, random);
			}
		}
		14 => change_operator(graph, pool, random),
		15 => rewire(graph, random),
		16 | 17 => insert(graph, pool, random),
		18 => remove(graph, random),
		19 => {
			if let Some(name) = choose_name(graph, random) {
				graph.output.push(Value { name, kind: None });
			}
		}
		20 => change_list(&mut graph.output, random, |_| Value::default()),
		21 => insert_constant(graph, random),
		_ => splice(graph, pool, random),
	}
}

/// Returns the names of all values, those of node outputs last.
fn names(graph: &Graph) -> Vec<String> {
	let tensors = graph.initializer.iter().map(|tensor| &tensor.name);
	let inputs = graph.input.iter().map(|input| &input.name);
	let outputs = graph.node.iter().flat_map(|node| &node.output);
	tensors.chain(inputs).chain(outputs).cloned().collect()
}

/// Returns the name of a random value.
fn choose_name(graph: &Graph, random: &mut Rng) -> Option<String> {
	choose(&mut names(graph), random).cloned()
}

/// Returns a name that is most likely new in `graph`.
fn fresh_name(graph: &Graph, random: &mut Rng) -> String {
	format!("v{}_{}", graph.node.len(), random.u16(..))
}

/// Changes the type or the shape of an input.
fn change_port(port: &mut Value, random: &mut Rng) {
	let Some(kind) = port.kind.as_mut().and_then(|kind| kind.tensor.as_mut()) else {
		return;
	};
	if random.u8(0..4) == 0 {
		kind.elem_type = random.i32(0..24);
		return;
	}
	let shape = kind.shape.get_or_insert_default();
	change_list(&mut shape.dim, random, |random| {
		let extent = match random.u8(0..8) {
			0 => Extent::Symbol(["N", "M", "", "2*N"][random.usize(0..4)].into()),
			1 => Extent::Fixed(hostile_int(random)),
			_ => Extent::Fixed(random.i64(0..9)),
		};
		Dimension {
			extent: Some(extent).filter(|_| random.u8(0..32) != 0),
		}
	});
}

/// Gives a node the operator of another one, and sometimes its attributes.
fn change_operator(graph: &mut Graph, pool: &Pool, random: &mut Rng) {
	if let Some(node) = choose(&mut graph.node, random) {
		let other = pool.node(random).clone();
		if random.bool() {
			node.attribute = other.attribute;
		}
		node.op_type = other.op_type;
		node.domain = other.domain;
	}
}

/// Replaces, adds or removes an operand of a node.
fn rewire(graph: &mut Graph, random: &mut Rng) {
	let mut names = names(graph);
	names.push(String::new());
	if let Some(node) = choose(&mut graph.node, random) {
		change_list(&mut node.input, random, |random| {
			names[random.usize(0..names.len())].clone()
		});
	}
}

/// Inserts a node of a seed between a value and its users.
fn insert(graph: &mut Graph, pool: &Pool, random: &mut Rng) {
	let mut node = pool.node(random).clone();
	let at = random.usize(0..=graph.node.len());
	let output = fresh_name(graph, random);
	// The values that are defined before the new node.
	let before = Graph {
		node: graph.node[..at].to_vec(),
		initializer: graph.initializer.clone(),
		input: graph.input.clone(),
		..Graph::default()
	};
	let mut known = names(&before);
	for input in node.input.iter_mut().filter(|input| !input.is_empty()) {
		if let Some(name) = choose(&mut known, random) {
			input.clone_from(name);
		}
	}
	let Some(replaced) = node.input.first().cloned() else {
		return;
	};
	for (index, name) in node.output.iter_mut().enumerate() {
		*name = if index == 0 {
			output.clone()
		} else {
			format!("{output}_{index}")
		};
	}
	let mut is_used = false;
	for input in graph.node[at..].iter_mut().flat_map(|node| &mut node.input) {
		if *input == replaced {
			input.clone_from(&output);
			is_used = true;
		}
	}
	if !is_used {
		graph.output.push(Value {
			name: output,
			kind: None,
		});
	}
	graph.node.insert(at, node);
}

/// Removes a node, and gives its first operand to the users of its result.
fn remove(graph: &mut Graph, random: &mut Rng) {
	if graph.node.is_empty() {
		return;
	}
	let Node { input, output, .. } = graph.node.remove(random.usize(0..graph.node.len()));
	let (Some(input), Some(output)) = (input.first(), output.first()) else {
		return;
	};
	let operands = graph.node.iter_mut().flat_map(|node| &mut node.input);
	for name in operands.chain(graph.output.iter_mut().map(|output| &mut output.name)) {
		if name == output {
			name.clone_from(input);
		}
	}
}

/// Turns an operand of a node, or an input of the graph, into a new constant.
fn insert_constant(graph: &mut Graph, random: &mut Rng) {
	let mut tensor = Tensor {
		name: fresh_name(graph, random),
		data_type: [1, 1, 7, 7, 6, 9, 2, 10, 11][random.usize(0..9)],
		dims: (0..random.usize(0..4)).map(|_| random.i64(0..5)).collect(),
		..Tensor::default()
	};
	tensors::change(&mut tensor, random);
	if random.bool() && !graph.input.is_empty() {
		tensor.name = graph.input.swap_remove(random.usize(0..graph.input.len())).name;
	} else if let Some(node) = choose(&mut graph.node, random) {
		change_list(&mut node.input, random, |_| tensor.name.clone());
	}
	graph.initializer.push(tensor);
}

/// Inserts another graph, one of whose inputs becomes a value of this one.
fn splice(graph: &mut Graph, pool: &Pool, random: &mut Rng) {
	let Some(other) = pool.graph(random).filter(|other| other.node.len() <= MAX_SPLICED_NODES) else {
		return;
	};
	let (mut other, prefix) = (other.clone(), fresh_name(graph, random));
	let replaced = choose(&mut other.input, random).map(|input| input.name.clone());
	let value = choose_name(graph, random);
	let rename = |name: &mut String| {
		if Some(&*name) == replaced.as_ref() {
			if let Some(value) = &value {
				name.clone_from(value);
			}
		} else if !name.is_empty() {
			*name = format!("{prefix}{name}");
		}
	};
	other
		.input
		.retain(|input| value.is_none() || Some(&input.name) != replaced.as_ref());
	let values = other
		.node
		.iter_mut()
		.flat_map(|node| node.input.iter_mut().chain(&mut node.output));
	let tensors = other.initializer.iter_mut().map(|tensor| &mut tensor.name);
	let ports = other
		.input
		.iter_mut()
		.chain(&mut other.output)
		.map(|port| &mut port.name);
	values.chain(tensors).chain(ports).for_each(rename);
	graph.node.append(&mut other.node);
	graph.initializer.append(&mut other.initializer);
	graph.input.append(&mut other.input);
	graph.output.append(&mut other.output);
}
