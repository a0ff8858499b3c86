//! Turns a file into a plan, and runs it.

use crate::{
	allocator, inspect, int32_guard, int64_constants, integer_sums, macs, onnx, optimise, peak_memory, ports, quantise,
	rank_guard, shapes, tensors, tract_bugs::SuspectValue,
};
use assay_abi::{FaultCode, Manifest, ModelSpec, Port, Tensor};
use std::{collections::BTreeSet, sync::Arc};
use tract_onnx::{
	pb::{attribute_proto::AttributeType, tensor_proto::DataType, AttributeProto, GraphProto, ModelProto, TensorProto},
	prelude::*,
};

/// The maximum size of all outputs of a model together, in bytes. An answer must fit an artifact (`MAX_ARTIFACT` in
/// `assay-primitives`), and SCALE adds types and shapes, of up to 256 tensors with 64 axes.
const MAX_OUTPUT_BYTES: u64 = 256 * 1024 * 1024 - 128 * 1024;

/// A model that is ready to run.
pub struct Model {
	plan: Arc<TypedSimplePlan>,
	manifest: Manifest,
	/// For each input, whether its integers must fit 32 bits.
	int32_only: Vec<bool>,
}

impl Model {
	/// Builds the plan and the manifest of `model`, which [`inspect::decode`] has decoded, under `spec`.
	pub fn build(spec: &ModelSpec, mut model: ModelProto) -> Result<Self, FaultCode> {
		let graph = inspect::check(&model)?;
		let outputs: Vec<String> = graph.output.iter().map(|output| output.name.clone()).collect();
		let mut manifest = Manifest {
			inputs: Vec::new(),
			outputs: Vec::new(),
			opset: u64::try_from(onnx::opset(&model)).map_err(|_| FaultCode::InvalidGraph)?,
			operators: distinct_operators(graph),
			parameters: count_parameters(graph)?,
			macs: 0,
			peak_bytes: 0,
		};
		let suspects: Vec<_> = graph.node.iter().flat_map(SuspectValue::list).collect();
		manifest.inputs = prepare(&mut model, spec)?;
		let graph = model.graph.as_mut().ok_or(FaultCode::NotOnnx)?;
		let int32_only = int64_constants::check(graph)?;
		let int32_only = manifest
			.inputs
			.iter()
			.map(|port| int32_only.contains(&port.name))
			.collect();

		int32_guard::insert_guards(graph);
		let mut framework = tract_onnx::onnx().with_ignore_value_info(true);
		int32_guard::register(&mut framework);
		let mut inference = framework.parse(&model, None).map_err(fault)?.model;
		let graph = model.graph.as_ref().ok_or(FaultCode::NotOnnx)?;
		rank_guard::insert_guards(graph, &mut inference);
		inference.analyse(false).map_err(fault)?;
		shapes::check_axes(graph, &inference)?;
		// tract has copied the weights. A large model does not fit into memory twice.
		drop(model);
		let mut typed = inference.into_typed().map_err(fault)?;
		check_sizes(&typed)?;
		if !shapes::has_valid_products(&typed).map_err(fault)? {
			return Err(FaultCode::InvalidGraph);
		}
		int64_constants::replace_extent_casts(&mut typed);
		integer_sums::replace(&mut typed).map_err(fault)?;
		suspects.iter().try_for_each(|suspect| suspect.check(&typed))?;
		optimise::declutter(&mut typed).map_err(fault)?;
		check_sizes(&typed)?;
		int64_constants::replace_extent_casts(&mut typed);
		manifest.macs = macs::count(&typed).map_err(fault)?;
		manifest.outputs = output_ports(&typed, outputs)?;
		optimise::optimise(&mut typed).map_err(fault)?;
		quantise::replace(&mut typed);
		assay_kernels::replace_operators(&mut typed).map_err(fault)?;
		let plan = typed.into_runnable().map_err(fault)?;
		manifest.peak_bytes =
			peak_memory::bound(plan.model(), plan.order_without_consts(), allocator::owned_bytes()).map_err(fault)?;
		Ok(Self {
			plan,
			manifest,
			int32_only,
		})
	}

	/// Returns the manifest of this model.
	pub fn manifest(&self) -> &Manifest {
		&self.manifest
	}

	/// Runs the model on one tensor for each input port, and returns one for each output port. A run leaves no state
	/// behind for the next.
	pub fn run(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, FaultCode> {
		let ports = &self.manifest.inputs;
		if inputs.len() != ports.len() {
			return Err(FaultCode::WrongInput);
		}
		let inputs = ports
			.iter()
			.zip(inputs)
			.zip(&self.int32_only)
			.map(|((port, tensor), int32_only)| tensors::receive(port, tensor, *int32_only).map(TValue::from));
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

/// Binds symbols, removes what could only mislead tract, and spells out defaults that tract gets wrong. Returns the
/// input ports.
fn prepare(model: &mut ModelProto, spec: &ModelSpec) -> Result<Vec<Port>, FaultCode> {
	let graph = model.graph.as_mut().ok_or(FaultCode::NotOnnx)?;
	for node in &mut graph.node {
		// tract needs unique names of nodes, and ONNX does not require them. tract names a nameless node after its
		// output, which is unique.
		node.name.clear();
		// Omitted operands at the end may be present with the name "", and tract would count them.
		for names in [&mut node.input, &mut node.output] {
			while names.last().is_some_and(String::is_empty) {
				names.pop();
			}
		}
		if node.op_type == "ConstantOfShape" && node.attribute.is_empty() {
			node.attribute.push(float_zero());
		}
	}
	ports::bind(graph, spec)
}

/// Returns the default value of `ConstantOfShape`. tract's default is an integer of 64 bits.
fn float_zero() -> AttributeProto {
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

/// Returns the distinct operators of a graph, sorted.
fn distinct_operators(graph: &GraphProto) -> Vec<String> {
	let distinct: BTreeSet<&str> = graph.node.iter().map(|node| node.op_type.as_str()).collect();
	distinct.into_iter().map(Into::into).collect()
}

/// Counts the elements of all constant tensors, including lists in `Constant` nodes.
fn count_parameters(graph: &GraphProto) -> Result<u64, FaultCode> {
	let attributes = graph.node.iter().flat_map(|node| &node.attribute);
	let tensors = attributes.flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors));
	let tensors = graph.initializer.iter().chain(tensors).map(|tensor| {
		tensor.dims.iter().try_fold(1_u64, |product, extent| {
			product.checked_mul(u64::try_from(*extent).ok()?)
		})
	});
	let constants = graph.node.iter().filter(|node| node.op_type == "Constant");
	let listed = constants.flat_map(|node| &node.attribute).map(|attribute| {
		Some(match attribute.name.as_str() {
			"value_float" | "value_int" | "value_string" => 1,
			"value_floats" => attribute.floats.len() as u64,
			"value_ints" => attribute.ints.len() as u64,
			"value_strings" => attribute.strings.len() as u64,
			_ => 0,
		})
	});
	tensors
		.chain(listed)
		.try_fold(0_u64, |sum, elements| sum.checked_add(elements?))
		.ok_or(FaultCode::InvalidGraph)
}

/// Describes the outputs, and refuses shapes that depend on data and outputs that are too large.
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
	if sizes.fold(0, u64::saturating_add) > MAX_OUTPUT_BYTES {
		return Err(FaultCode::OutputTooLarge);
	}
	Ok(ports)
}

/// Refuses a graph in which a single tensor would not fit into memory, before anything tries to allocate it. Also
/// refuses an extent that contains no symbol and yet has no value, such as that of the sum of 3 and 4 elements.
fn check_sizes(model: &TypedModel) -> Result<(), FaultCode> {
	for output in model.nodes.iter().flat_map(|node| &node.outputs) {
		let mut extents = Vec::new();
		for dim in output.fact.shape.iter() {
			match dim.to_i64() {
				Ok(extent) => extents.push(u64::try_from(extent).map_err(|_| FaultCode::InvalidGraph)?),
				Err(_) if dim.symbols().is_empty() => return Err(FaultCode::InvalidGraph),
				// Known only when the model runs.
				Err(_) => {}
			}
		}
		ports::check_size(output.fact.datum_type.size_of(), extents.into_iter())?;
	}
	Ok(())
}

/// Returns the fault for an error of tract's: the graph is invalid, unless it asks for a tensor that is larger than any
/// memory. tract has no type for that error, but its text is as fixed as its version.
fn fault(error: TractError) -> FaultCode {
	if error.chain().any(|cause| cause.to_string().ends_with("is too large")) {
		FaultCode::OutOfMemory
	} else {
		FaultCode::InvalidGraph
	}
}
