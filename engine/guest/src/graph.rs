//! From a file to a plan that runs.

use crate::{
	abi::{FaultCode, Manifest, ModelSpec, Port, Tensor},
	flaws::Suspect,
	inspect, macs, memory, narrow, optimise, peak, ports, quantise, ranks, shapes, sums, tensors, whole,
};
use std::{collections::BTreeSet, sync::Arc};
use tract_onnx::{
	pb::{attribute_proto::AttributeType, tensor_proto::DataType, AttributeProto, GraphProto, ModelProto, TensorProto},
	prelude::*,
};

/// The most bytes the outputs of a model may have together: an answer must fit an artifact (`MAX_ARTIFACT` in `assay-primitives`), with what SCALE
/// puts around 256 tensors of 64 axes.
const MAX_OUTPUT: u64 = 256 * 1024 * 1024 - 128 * 1024;

/// A model that is ready to run.
pub struct Model {
	plan: Arc<TypedSimplePlan>,
	manifest: Manifest,
	/// Which inputs may hold no whole number beyond 32 bits.
	small: Vec<bool>,
}

impl Model {
	/// Builds `model`, a file that [`inspect::decode`] has read, under `spec`.
	pub fn build(spec: &ModelSpec, mut model: ModelProto) -> Result<Self, FaultCode> {
		let graph = inspect::check(&model)?;
		let outputs: Vec<String> = graph.output.iter().map(|output| output.name.clone()).collect();
		let mut manifest = Manifest {
			inputs: Vec::new(),
			outputs: Vec::new(),
			opset: u64::try_from(inspect::opset(&model)).map_err(|_| FaultCode::InvalidGraph)?,
			operators: operators(graph),
			parameters: parameters(graph)?,
			macs: 0,
			peak_bytes: 0,
		};
		let suspects: Vec<_> = graph.node.iter().flat_map(Suspect::of).collect();
		manifest.inputs = prepare(&mut model, spec)?;
		let graph = model.graph.as_mut().ok_or(FaultCode::NotOnnx)?;
		let small = whole::check(graph)?;
		let small = manifest.inputs.iter().map(|port| small.contains(&port.name)).collect();

		narrow::guard(graph);
		let mut onnx = tract_onnx::onnx().with_ignore_value_info(true);
		narrow::register(&mut onnx);
		let mut inference = onnx.parse(&model, None).map_err(fault)?.model;
		let graph = model.graph.as_ref().ok_or(FaultCode::NotOnnx)?;
		ranks::guard(graph, &mut inference);
		inference.analyse(false).map_err(fault)?;
		shapes::check_axes(graph, &inference)?;
		// The weights are in the graph now; large models would not fit twice.
		drop(model);
		let mut typed = inference.into_typed().map_err(fault)?;
		check_sizes(&typed)?;
		if !shapes::check_products(&typed).map_err(fault)? {
			return Err(FaultCode::InvalidGraph);
		}
		whole::keep_whole(&mut typed);
		sums::replace(&mut typed).map_err(fault)?;
		suspects.iter().try_for_each(|suspect| suspect.check(&typed))?;
		optimise::declutter(&mut typed).map_err(fault)?;
		check_sizes(&typed)?;
		whole::keep_whole(&mut typed);
		manifest.macs = macs::count(&typed).map_err(fault)?;
		manifest.outputs = output_ports(&typed, outputs)?;
		optimise::optimise(&mut typed).map_err(fault)?;
		quantise::replace(&mut typed);
		assay_kernels::replace(&mut typed).map_err(fault)?;
		let plan = typed.into_runnable().map_err(fault)?;
		manifest.peak_bytes = peak::bound(plan.model(), plan.order_without_consts(), memory::owned()).map_err(fault)?;
		Ok(Self { plan, manifest, small })
	}

	/// What the engine found out about this model.
	pub fn manifest(&self) -> &Manifest {
		&self.manifest
	}

	/// Runs the model. Nothing of a run is left behind for the next.
	pub fn run(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, FaultCode> {
		let ports = &self.manifest.inputs;
		if inputs.len() != ports.len() {
			return Err(FaultCode::WrongInput);
		}
		let inputs = ports
			.iter()
			.zip(inputs)
			.zip(&self.small)
			.map(|((port, tensor), small)| tensors::receive(port, tensor, *small).map(TValue::from));
		let outputs = self
			.plan
			.run(inputs.collect::<Result<_, _>>()?)
			.map_err(|error| match fault(error) {
				FaultCode::InvalidGraph => FaultCode::RunFailed,
				fault => fault,
			})?;
		self.manifest
			.outputs
			.iter()
			.zip(&outputs)
			.map(|(port, tensor)| tensors::send(port, tensor))
			.collect()
	}
}

/// Binds symbols, takes out what only could mislead tract, and states what tract would assume wrongly.
fn prepare(model: &mut ModelProto, spec: &ModelSpec) -> Result<Vec<Port>, FaultCode> {
	let graph = model.graph.as_mut().ok_or(FaultCode::NotOnnx)?;
	for node in &mut graph.node {
		// Names of nodes need not be unique in ONNX. tract wants them so, and names a nameless node after its output, which is.
		node.name.clear();
		// What is left out at the end may be named "". tract counts names.
		for names in [&mut node.input, &mut node.output] {
			while names.last().is_some_and(String::is_empty) {
				names.pop();
			}
		}
		if node.op_type == "ConstantOfShape" && node.attribute.is_empty() {
			node.attribute.push(zero());
		}
	}
	ports::bind(graph, spec)
}

/// The value of a `ConstantOfShape` that has none. tract would take a zero of 64 bits.
fn zero() -> AttributeProto {
	AttributeProto {
		name: "value".into(),
		r#type: AttributeType::Tensor as i32,
		t: Some(TensorProto {
			dims: vec![1],
			data_type: DataType::Float as i32,
			float_data: vec![0.0],
			..Default::default()
		}),
		..Default::default()
	}
}

/// Distinct operators, sorted.
fn operators(graph: &GraphProto) -> Vec<String> {
	let distinct: BTreeSet<&str> = graph.node.iter().map(|node| node.op_type.as_str()).collect();
	distinct.into_iter().map(Into::into).collect()
}

/// Elements of all constant tensors, those that a `Constant` spells out among them.
fn parameters(graph: &GraphProto) -> Result<u64, FaultCode> {
	let attributes = graph.node.iter().flat_map(|node| &node.attribute);
	let tensors = attributes.flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors));
	let tensors = graph.initializer.iter().chain(tensors).map(|tensor| {
		tensor.dims.iter().try_fold(1_u64, |product, extent| {
			product.checked_mul(u64::try_from(*extent).ok()?)
		})
	});
	let constants = graph.node.iter().filter(|node| node.op_type == "Constant");
	let spelled = constants.flat_map(|node| &node.attribute).map(|attribute| {
		Some(match attribute.name.as_str() {
			"value_float" | "value_int" | "value_string" => 1,
			"value_floats" => attribute.floats.len() as u64,
			"value_ints" => attribute.ints.len() as u64,
			"value_strings" => attribute.strings.len() as u64,
			_ => 0,
		})
	});
	tensors
		.chain(spelled)
		.try_fold(0_u64, |sum, elements| sum.checked_add(elements?))
		.ok_or(FaultCode::InvalidGraph)
}

fn output_ports(model: &TypedModel, names: Vec<String>) -> Result<Vec<Port>, FaultCode> {
	let ports = names.into_iter().enumerate().map(|(index, name)| {
		let fact = model.output_fact(index).map_err(fault)?;
		let dtype = ports::dtype(fact.datum_type).ok_or(FaultCode::UnsupportedType)?;
		let shape = fact.shape.as_concrete().ok_or(FaultCode::UnboundDimension)?;
		let shape = shape
			.iter()
			.map(|extent| u32::try_from(*extent))
			.collect::<Result<Vec<_>, _>>();
		Ok(Port {
			name,
			dtype,
			shape: shape.map_err(|_| FaultCode::OutOfMemory)?,
		})
	});
	let ports = ports.collect::<Result<Vec<_>, FaultCode>>()?;
	let sizes = ports.iter().map(|port| {
		port.shape.iter().fold(port.dtype.size() as u64, |size, extent| {
			size.saturating_mul(u64::from(*extent))
		})
	});
	if sizes.fold(0, u64::saturating_add) > MAX_OUTPUT {
		return Err(FaultCode::OutputTooLarge);
	}
	Ok(ports)
}

/// Refuses a graph in which one tensor alone would not fit the memory, before anything tries to make it, or in which an extent
/// without unknowns has no value, as that of a sum of 3 and 4 elements.
fn check_sizes(model: &TypedModel) -> Result<(), FaultCode> {
	for output in model.nodes.iter().flat_map(|node| &node.outputs) {
		let mut extents = Vec::new();
		for dim in output.fact.shape.iter() {
			match dim.to_i64() {
				Ok(extent) => extents.push(u64::try_from(extent).map_err(|_| FaultCode::InvalidGraph)?),
				Err(_) if dim.symbols().is_empty() => return Err(FaultCode::InvalidGraph),
				// Known only at the run.
				Err(_) => {}
			}
		}
		ports::check_size(output.fact.datum_type.size_of(), extents.into_iter())?;
	}
	Ok(())
}

/// The fault behind an error of tract's: the graph is wrong, unless it asks for a tensor larger than any memory. tract has no type
/// for that error; its text is as fixed as its version is.
fn fault(error: TractError) -> FaultCode {
	if error.chain().any(|cause| cause.to_string().ends_with("is too large")) {
		FaultCode::OutOfMemory
	} else {
		FaultCode::InvalidGraph
	}
}
