//! Checks that the trees of an ensemble are trees: tract follows branches from a root until it reaches a leaf.

use std::collections::{BTreeMap, BTreeSet};
use tract_onnx::pb::NodeProto;

/// Returns whether every walk from a root ends: at most one branch leads to each node of `ensemble`, none to a root.
pub fn are_trees(ensemble: &NodeProto) -> bool {
	let attribute = |name: &str| ensemble.attribute.iter().find(|attribute| attribute.name == name);
	let ints = |name: &str| attribute(name).map_or(&[][..], |attribute| &attribute.ints);
	let (trees, nodes) = (ints("nodes_treeids"), ints("nodes_nodeids"));
	let (trues, falses) = (ints("nodes_truenodeids"), ints("nodes_falsenodeids"));
	let modes = attribute("nodes_modes").map_or(&[][..], |modes| &modes.strings);
	if [nodes.len(), trues.len(), falses.len(), modes.len()]
		.iter()
		.any(|len| *len != trees.len())
	{
		return false;
	}
	// To tract, the first node of a tree is its root.
	let mut roots = BTreeMap::new();
	trees
		.iter()
		.zip(nodes)
		.for_each(|(tree, node)| _ = roots.entry(tree).or_insert(node));
	let mut reached: BTreeSet<_> = roots.iter().map(|(tree, node)| (**tree, **node)).collect();
	let mut branches = trees
		.iter()
		.zip(trues.iter().zip(falses))
		.zip(modes)
		.filter(|(_, mode)| mode.as_slice() != b"LEAF");
	branches.all(|((tree, (one, other)), _)| {
		reached.insert((*tree, *one)) && (one == other || reached.insert((*tree, *other)))
	})
}
