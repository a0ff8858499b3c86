//! The messages that cross the boundary of the engine's sandbox, encoded in SCALE, and the limits of the sandbox.
//!
//! This is the ground crate: the guest, its host and the pallets all use it. It belongs to the guest's workspace, whose
//! lockfile pins its only dependency, `codec`.

#![no_std]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};

/// The maximum linear memory of a guest, in bytes. Part of the protocol: reaching it is [`FaultCode::OutOfMemory`] on
/// every machine.
pub const MEMORY_LIMIT: u32 = 1 << 30;

/// The choices that a model leaves open and its owner makes before it can run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ModelSpec {
	/// A value for each symbolic dimension of the graph's inputs, as `(symbol, extent)`.
	pub bindings: Vec<(String, u32)>,
}

/// The element type of a tensor. The discriminants are those of ONNX's `TensorProto.DataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(
	feature = "chain",
	derive(codec::DecodeWithMemTracking, codec::MaxEncodedLen, scale_info::TypeInfo)
)]
pub enum DType {
	/// IEEE 754 binary32.
	#[codec(index = 1)]
	F32,
	/// Unsigned integer of 8 bits.
	#[codec(index = 2)]
	U8,
	/// Signed integer of 8 bits.
	#[codec(index = 3)]
	I8,
	/// Unsigned integer of 16 bits.
	#[codec(index = 4)]
	U16,
	/// Signed integer of 16 bits.
	#[codec(index = 5)]
	I16,
	/// Signed integer of 32 bits.
	#[codec(index = 6)]
	I32,
	/// Signed integer of 64 bits.
	#[codec(index = 7)]
	I64,
	/// A byte that is 0 or 1.
	#[codec(index = 9)]
	Bool,
	/// IEEE 754 binary16.
	#[codec(index = 10)]
	F16,
	/// IEEE 754 binary64.
	#[codec(index = 11)]
	F64,
	/// Unsigned integer of 32 bits.
	#[codec(index = 12)]
	U32,
	/// Unsigned integer of 64 bits.
	#[codec(index = 13)]
	U64,
}

impl DType {
	/// Returns the size of one element in bytes.
	pub const fn size(self) -> usize {
		match self {
			Self::U8 | Self::I8 | Self::Bool => 1,
			Self::U16 | Self::I16 | Self::F16 => 2,
			Self::F32 | Self::I32 | Self::U32 => 4,
			Self::F64 | Self::I64 | Self::U64 => 8,
		}
	}

	/// Returns the name that NumPy gives this type.
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
	/// The element type.
	pub dtype: DType,
	/// The extent of each axis; empty for a scalar.
	pub shape: Vec<u32>,
	/// The elements, little-endian, without gaps. A bool is one byte, 0 or 1. In tensors that leave the engine, every
	/// NaN is the type's canonical quiet NaN.
	pub data: Vec<u8>,
}

impl Tensor {
	/// Returns the number of data bytes that type and shape require, or `None` if it overflows.
	pub fn expected_len(&self) -> Option<usize> {
		self.shape.iter().try_fold(self.dtype.size(), |len, extent| {
			len.checked_mul(usize::try_from(*extent).ok()?)
		})
	}
}

/// One input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Port {
	/// The name of the graph's input or output.
	pub name: String,
	/// The element type.
	pub dtype: DType,
	/// The extent of each axis, with all symbols bound; empty for a scalar.
	pub shape: Vec<u32>,
}

/// The facts that the engine derives from a model and its spec. Nobody declares them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
	/// The inputs in the graph's own order, in which `run` expects its tensors.
	pub inputs: Vec<Port>,
	/// The outputs in the graph's own order, in which `run` returns its tensors.
	pub outputs: Vec<Port>,
	/// The version of the default ONNX operator set that the file imports.
	pub opset: u64,
	/// The distinct ONNX operators of the graph, sorted.
	pub operators: Vec<String>,
	/// The number of elements in all constant tensors of the file, including those in `Constant` nodes.
	pub parameters: u64,
	/// The multiply-accumulates of one run, in its matrix products and convolutions. Nothing else is counted.
	pub macs: u64,
	/// An upper bound on the linear memory, in bytes, that the guest owns once it has run the model.
	pub peak_bytes: u64,
}

macro_rules! fault_codes {
	($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
		/// Why a model or a run has no answer. Every fault is a function of engine, model and input alone, so it is
		/// itself an answer that anyone can re-derive. The discriminant is the status that the guest's exports return.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
		#[cfg_attr(feature = "chain", derive(codec::DecodeWithMemTracking, codec::MaxEncodedLen, scale_info::TypeInfo))]
		pub enum FaultCode {
			$($(#[doc = $doc])+ #[codec(index = $code)] $name = $code,)+
		}

		impl FaultCode {
			/// Returns the fault that a guest's status stands for, or `None` for 0 and for a status that no engine
			/// returns.
			pub const fn from_status(status: i32) -> Option<Self> {
				match status {
					$($code => Some(Self::$name),)+
					_ => None,
				}
			}

			/// Explains the fault to a person in one sentence: the doc line of its variant.
			pub const fn explanation(self) -> &'static str {
				match self {
					$(Self::$name => concat!($($doc),+).trim_ascii(),)+
				}
			}
		}
	};
}

fault_codes! {
	/// The file is not an ONNX model, or it is truncated.
	NotOnnx = 1,
	/// The graph contradicts itself: a tensor is missing, a name is unknown, or shapes do not match.
	InvalidGraph = 2,
	/// The model stores weights in a separate file.
	ExternalData = 3,
	/// The graph contains If, Loop or Scan, whose cost is not bounded by the size of the graph.
	ControlFlow = 4,
	/// The graph draws random numbers.
	RandomOperator = 5,
	/// The graph contains an operator, or an attribute of one, that the engine does not support.
	UnsupportedOperator = 6,
	/// A dimension of an input or output has no value: bind its symbol in the spec.
	UnboundDimension = 7,
	/// An input, output or weight has an element type that the engine does not support.
	UnsupportedType = 8,
	/// The input tensors do not match the graph's inputs in number, type, shape or length, or hold a value out of
	/// range.
	WrongInput = 9,
	/// A message to the engine is not valid SCALE.
	MalformedMessage = 10,
	/// Loading or running the model needs more memory than the protocol allows.
	OutOfMemory = 11,
	/// The engine trapped while it loaded or ran the model.
	Trap = 12,
	/// The outputs together are larger than the protocol allows.
	OutputTooLarge = 13,
	/// An operator rejected its operands during the run.
	RunFailed = 14,
	/// The spec binds a symbol that no input of the graph has.
	UnknownBinding = 15,
}
