"""Cases in which the engine does not answer as its reference does, or does not answer, and why. Each fault is the same everywhere."""

NOT_TYPED = "tract has no such kernel: it fails at the run"
WRAPS = "integers that overflow stop the engine instead of wrapping"
BATCH_FIRST = "onnxruntime does not do `layout`; the same weights give the same numbers with the steps in front"
LOG_SOFTMAX = "the logarithm of a softmax that underflows, where a logit lies more than 104 below the greatest; ONNX's evaluator says the same"
LOG_SUM_EXP = "the exponentials are summed as they are, and overflow above 88"

DIFFERENCES = {
    "conv/transposed-output-shape": "tract subtracts extents without a sign, which overflows where the output is larger than a stride needs",
    "norm/logsoftmax-awkward": LOG_SOFTMAX,
    "norm/logsoftmax-large": LOG_SOFTMAX,
    "elementwise/erf-awkward": "tract's erf is a quotient of polynomials: infinity over infinity is NaN",
    "elementwise/asinh-awkward": "the argument is squared, which overflows beyond 1.8e19",
    "elementwise/acosh-awkward": "the argument is squared, which overflows beyond 1.8e19",
    "elementwise/hardswish-awkward": "the greatest number times itself is divided by six only afterwards",
    "elementwise/softplus-awkward": "the logarithm of one plus the exponential, which overflows above 88",
    "elementwise/div-awkward": "the reciprocal of a subnormal number overflows",
    "elementwise/add-int8-wraps": WRAPS,
    "elementwise/sub-uint8-wraps": WRAPS,
    "elementwise/equal-bool": NOT_TYPED,
    "reduce/logsumexp-awkward": LOG_SUM_EXP,
    "reduce/logsumexp-large": LOG_SUM_EXP,
    "shape/pad-wrap": "tract does not have this mode",
    "shape/pad-crop": "tract does not take away by negative padding",
    "shape/compress": "tract cannot give the output a type",
    "cast/float64-to-float16": "the conversion looks at the upper half of a double only, and so may round a number near a tie to the other side",
    "precision/mlp-float16": "tract's Gemm is of single precision only",
    "precision/mlp-float64": "tract's Gemm is of single precision only",
    "precision/sigmoid-float64": NOT_TYPED,
    "precision/erf-float64": NOT_TYPED,
    "precision/round-float64": NOT_TYPED,
    "precision/middle-float64": NOT_TYPED,
    "learner/normalizer-max": "onnxruntime divides by the greatest value, ONNX's evaluator and tract by the greatest magnitude",
    "option/range-fractions": "tract counts the steps of a float range in integers, and divides by zero",
    "option/range-uneven": "tract counts the steps of a float range in integers",
    "option/range-down": "tract counts the steps of a float range in integers, and divides by zero",
    "option/range-int32": "tract's ranges are of 64 bits",
    "option/lrn-even": "onnxruntime takes odd windows only, and ONNX's evaluator sums for as many channels as the batch has items; ours is the specification's sum",
    "option/top-k-opset-9": "tract has TopK from operator set 10 on",
    "option/gather-nd-negative": "tract takes no negative indices here",
    "option/rnn-batch-first": BATCH_FIRST,
    "option/gru-batch-first": BATCH_FIRST,
    "option/lstm-batch-first": BATCH_FIRST,
    "option/opset-6-dropout": "no reference has operators this old; the answer is that of the Relu behind it",
    "option/rnn-batch-first-bidirectional": "tract joins the two directions along another axis, and refuses",
    "option/gru-batch-first-bidirectional": "tract joins the two directions along another axis, and refuses",
    "option/lstm-batch-first-bidirectional": "tract joins the two directions along another axis, and refuses",
}
