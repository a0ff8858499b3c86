//! The operators that the engine supports. The list is part of the engine's contract: a model with any other operator
//! is refused at load.

use crate::onnx::is_default_domain;

/// The supported versions of the default operator set.
pub const OPSETS: core::ops::RangeInclusive<i64> = 6..=23;

/// Operators of the default domain (`""` or `ai.onnx`), sorted.
#[rustfmt::skip]
const DEFAULT: &[&str] = &[
	"Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "AveragePool",
	"BatchNormalization", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "BlackmanWindow",
	"Cast", "CastLike", "Ceil", "Celu", "Clip", "Compress", "Concat", "Constant", "ConstantOfShape", "Conv",
	"ConvInteger", "ConvTranspose", "Cos", "Cosh", "CumSum",
	"DFT", "DepthToSpace", "DequantizeLinear", "Div", "Dropout", "DynamicQuantizeLinear",
	"Einsum", "Elu", "Equal", "Erf", "Exp", "Expand", "EyeLike",
	"Flatten", "Floor",
	"GRU", "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool",
	"GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample", "GroupNormalization",
	"HammingWindow", "HannWindow", "HardSigmoid", "HardSwish", "Hardmax",
	"Identity", "InstanceNormalization", "IsInf", "IsNaN",
	"LRN", "LSTM", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax", "LpNormalization",
	"MatMul", "MatMulInteger", "Max", "MaxPool", "Mean", "MeanVarianceNormalization", "MelWeightMatrix", "Min",
	"Mish", "Mod", "Mul",
	"Neg", "NonMaxSuppression", "NonZero", "Not",
	"OneHot", "Or",
	"PRelu", "Pad", "Pow",
	"QLinearConv", "QLinearMatMul", "QuantizeLinear",
	"RMSNormalization", "RNN", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
	"ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize",
	"RotaryEmbedding", "Round",
	"STFT", "Scatter", "ScatterElements", "ScatterND", "Selu", "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh",
	"Size", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum",
	"Tan", "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu",
	"Unsqueeze",
	"Where",
	"Xor",
];

/// Operators of the domain `ai.onnx.ml`, sorted.
#[rustfmt::skip]
const MACHINE_LEARNING: &[&str] = &[
	"ArrayFeatureExtractor", "CategoryMapper", "LinearClassifier", "LinearRegressor", "Normalizer",
	"TreeEnsembleClassifier",
];

/// Operators that contain graphs, and whose cost is not bounded by their size, sorted.
const CONTROL_FLOW: &[&str] = &["If", "Loop", "Scan", "SequenceMap"];

/// Operators that draw random numbers, sorted. `Dropout` joins them in training mode.
#[rustfmt::skip]
const RANDOM: &[&str] = &[
	"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
];

/// Returns whether the engine supports `operator` of `domain`.
pub fn is_supported(domain: &str, operator: &str) -> bool {
	let table = match domain {
		"ai.onnx.ml" => MACHINE_LEARNING,
		domain if is_default_domain(domain) => DEFAULT,
		_ => return false,
	};
	table.binary_search(&operator).is_ok()
}

/// Returns whether `operator` of the default domain is control flow.
pub fn is_control_flow(operator: &str) -> bool {
	CONTROL_FLOW.binary_search(&operator).is_ok()
}

/// Returns whether `operator` of the default domain always draws random numbers.
pub fn is_random(operator: &str) -> bool {
	RANDOM.binary_search(&operator).is_ok()
}

/// Fails the build if a table is not sorted, since the tables are searched by bisection.
const _: () = {
	assert!(is_sorted(DEFAULT) && is_sorted(MACHINE_LEARNING) && is_sorted(CONTROL_FLOW) && is_sorted(RANDOM));
};

const fn is_sorted(table: &[&str]) -> bool {
	let mut i = 1;
	while i < table.len() {
		if !is_before(table[i - 1].as_bytes(), table[i].as_bytes()) {
			return false;
		}
		i += 1;
	}
	true
}

const fn is_before(left: &[u8], right: &[u8]) -> bool {
	let mut i = 0;
	while i < left.len() && i < right.len() {
		if left[i] != right[i] {
			return left[i] < right[i];
		}
		i += 1;
	}
	left.len() < right.len()
}
