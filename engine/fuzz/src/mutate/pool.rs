//! Parts of the seeds, which mutations insert.

use crate::{
	onnx::{Attribute, Graph, Model, Node},
	settings::settings,
};
use fastrand::Rng;
use prost::Message;
use std::{collections::BTreeSet, fs, path::PathBuf, sync::OnceLock};

/// The models of the seeds, and their parts.
pub struct Pool {
	models: Vec<Model>,
	nodes: Vec<Node>,
	operators: Vec<String>,
	strings: Vec<Vec<u8>>,
}

impl Pool {
	/// Returns the pool of the models that the settings name, which are read once.
	pub fn get() -> &'static Self {
		static POOL: OnceLock<Pool> = OnceLock::new();
		POOL.get_or_init(|| {
			let files = files();
			let models: Vec<_> = files
				.iter()
				.filter_map(|(_, file)| Model::decode(&file[..]).ok())
				.collect();
			assert!(!models.is_empty(), "no models in {}", settings().models.display());
			Self::of(models)
		})
	}

	/// Takes `models` apart.
	fn of(models: Vec<Model>) -> Self {
		let graphs = models.iter().filter_map(|model| model.graph.as_ref());
		let nodes: Vec<Node> = graphs.flat_map(|graph| &graph.node).cloned().collect();
		let operators: BTreeSet<_> = nodes.iter().map(|node| node.op_type.clone()).collect();
		let attributes = nodes.iter().flat_map(|node| &node.attribute);
		let strings: BTreeSet<_> = attributes
			.flat_map(|attribute| attribute.strings.iter().chain([&attribute.s]).cloned())
			.collect();
		Self {
			operators: operators.into_iter().collect(),
			strings: strings.into_iter().collect(),
			nodes,
			models,
		}
	}

	/// Returns a random model.
	pub fn model(&self, random: &mut Rng) -> &Model {
		&self.models[random.usize(0..self.models.len())]
	}

	/// Returns the graph of a random model.
	pub fn graph(&self, random: &mut Rng) -> Option<&Graph> {
		self.model(random).graph.as_ref()
	}

	/// Returns a node of a random operator, so that rare operators occur as often as common ones.
	pub fn node(&self, random: &mut Rng) -> &Node {
		let operator = self.operator(random);
		self.node_of(&operator, random).unwrap_or(&self.nodes[0])
	}

	/// Returns a random node of `operator`, if a seed has one.
	fn node_of(&self, operator: &str, random: &mut Rng) -> Option<&Node> {
		let nodes: Vec<_> = self.nodes.iter().filter(|node| node.op_type == operator).collect();
		(!nodes.is_empty()).then(|| nodes[random.usize(0..nodes.len())])
	}

	/// Returns a random operator of the seeds.
	pub fn operator(&self, random: &mut Rng) -> String {
		self.operators[random.usize(0..self.operators.len())].clone()
	}

	/// Returns an attribute of a node of `operator`, and sometimes of another one.
	pub fn attribute(&self, operator: &str, random: &mut Rng) -> Option<Attribute> {
		let node = match random.u8(0..8) {
			0 => self.node(random),
			_ => self.node_of(operator, random)?,
		};
		let attributes = &node.attribute;
		(!attributes.is_empty()).then(|| attributes[random.usize(0..attributes.len())].clone())
	}

	/// Returns a random string of the seeds' attributes.
	pub fn string(&self, random: &mut Rng) -> Vec<u8> {
		self.strings[random.usize(0..self.strings.len())].clone()
	}
}

/// Reads the models that the settings name. Returns each with its file name, sorted by name.
pub fn files() -> Vec<(String, Vec<u8>)> {
	let folder = &settings().models;
	let entries =
		fs::read_dir(folder).unwrap_or_else(|error| panic!("the folder of models {}: {error}", folder.display()));
	let mut paths: Vec<_> = entries
		.map(|entry| entry.expect("the folder can be read").path())
		.collect();
	paths.sort();
	let file = |path: PathBuf| {
		let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
		(name, fs::read(&path).expect("the file can be read"))
	};
	paths.into_iter().map(file).collect()
}
