//! The messages that cross the boundary of the engine's sandbox, in SCALE, and the limits of the sandbox.
//!
//! The ground crate: the guest, its host and the pallets all use it. It is a member of the guest's workspace, whose lockfile pins its one
//! dependency, `codec`.

#![no_std]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};

/// The most linear memory, in bytes, a guest may ever own. Part of the protocol: reaching it is
/// [`FaultCode::OutOfMemory`] on every machine.
pub const MEMORY_LIMIT: u32 = 1 << 30;

/// How a model's open questions are answered before it may run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ModelSpec {
	/// A value for each symbolic dimension of the graph's inputs, as `(symbol, extent)`.
	pub bindings: Vec<(String, u32)>,
}

/// The element type of a tensor. The discriminants are those of ONNX's `TensorProto.DataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum DType {
	#[codec(index = 1)]
	F32,
	#[codec(index = 2)]
	U8,
	#[codec(index = 3)]
	I8,
	#[codec(index = 4)]
	U16,
	#[codec(index = 5)]
	I16,
	#[codec(index = 6)]
	I32,
	#[codec(index = 7)]
	I64,
	#[codec(index = 9)]
	Bool,
	#[codec(index = 10)]
	F16,
	#[codec(index = 11)]
	F64,
	#[codec(index = 12)]
	U32,
	#[codec(index = 13)]
	U64,
}

impl DType {
	/// Bytes of one element.
	pub const fn size(self) -> usize {
		match self {
			Self::U8 | Self::I8 | Self::Bool => 1,
			Self::U16 | Self::I16 | Self::F16 => 2,
			Self::F32 | Self::I32 | Self::U32 => 4,
			Self::F64 | Self::I64 | Self::U64 => 8,
		}
	}

	/// The name NumPy gives this type.
	pub const fn name(self) -> &'static str {
		match self {
			Self::F32 => "float32",
			Self::U8 => "uint8",
			Self::I8 => "int8",
			Self::U16 => "uint16",
			Self::I16 => "int16",
			Self::I32 => "int32",
			Self::I64 => "int64",
			Self::Bool => "bool",
			Self::F16 => "float16",
			Self::F64 => "float64",
			Self::U32 => "uint32",
			Self::U64 => "uint64",
		}
	}
}

/// A dense tensor in row-major order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Tensor {
	pub dtype: DType,
	/// Extent of each axis; empty for a scalar.
	pub shape: Vec<u32>,
	/// The elements, little-endian, without gaps. A bool is one byte, 0 or 1. Tensors that leave the engine carry no NaN
	/// but the type's canonical quiet NaN.
	pub data: Vec<u8>,
}

impl Tensor {
	/// The number of data bytes that type and shape call for; `None` where it overflows.
	pub fn expected_len(&self) -> Option<usize> {
		self.shape.iter().try_fold(self.dtype.size(), |len, extent| {
			len.checked_mul(usize::try_from(*extent).ok()?)
		})
	}
}

/// One input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Port {
	pub name: String,
	pub dtype: DType,
	pub shape: Vec<u32>,
}

/// What the engine itself found out about a model under its spec. Derived, never declared.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
	/// In the graph's own order, as `run` expects its tensors.
	pub inputs: Vec<Port>,
	/// In the graph's own order, as `run` returns its tensors.
	pub outputs: Vec<Port>,
	/// Version of the default ONNX operator set that the file imports.
	pub opset: u64,
	/// Distinct ONNX operators of the graph, sorted.
	pub operators: Vec<String>,
	/// Elements of all constant tensors of the file, and of what a `Constant` spells out.
	pub parameters: u64,
	/// Multiply-accumulates of one run, in its matrix products and convolutions. Nothing else counts.
	pub macs: u64,
	/// A bound on the linear memory, in bytes, that the guest owns once it has run the model.
	pub peak_bytes: u64,
}

macro_rules! fault_codes {
	($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
		/// Why a model or a run has no answer. Every fault is a function of engine, model and input alone, so it is itself an
		/// answer that anyone can re-derive. The discriminant is the status the guest's exports return.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
		pub enum FaultCode {
			$($(#[doc = $doc])+ #[codec(index = $code)] $name = $code,)+
		}

		impl FaultCode {
			/// The fault behind a guest's status; `None` for 0 and for what no engine returns.
			pub const fn from_status(status: i32) -> Option<Self> {
				match status {
					$($code => Some(Self::$name),)+
					_ => None,
				}
			}

			/// One sentence for a person.
			pub const fn explanation(self) -> &'static str {
				match self {
					$(Self::$name => concat!($($doc),+),)+
				}
			}
		}
	};
}

fault_codes! {
	/// The file is not an ONNX model, or is cut short.
	NotOnnx = 1,
	/// The graph contradicts itself: a missing tensor, an unknown name, shapes that do not fit.
	InvalidGraph = 2,
	/// The file keeps weights outside itself.
	ExternalData = 3,
	/// The graph holds If, Loop or Scan, whose cost is not bounded by its size.
	ControlFlow = 4,
	/// The graph draws random numbers.
	RandomOperator = 5,
	/// The graph holds an operator that the engine does not offer.
	UnsupportedOperator = 6,
	/// A dimension of an input or output has no value: bind its symbol in the spec.
	UnboundDimension = 7,
	/// An input or output has an element type that the engine does not offer.
	UnsupportedType = 8,
	/// The input tensors do not match the graph's inputs in number, type, shape or length.
	WrongInput = 9,
	/// A message to the engine is not valid SCALE.
	MalformedMessage = 10,
	/// Loading or running needs more memory than the protocol allows.
	OutOfMemory = 11,
	/// The engine stopped itself.
	Trap = 12,
	/// The answer is larger than the protocol allows.
	OutputTooLarge = 13,
	/// An operator refused its operands while running.
	RunFailed = 14,
	/// The spec binds a symbol that the graph's inputs do not have.
	UnknownBinding = 15,
}
