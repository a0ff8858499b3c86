"""Cases in which the engine differs from its reference, or has a fault, and why. Each fault is the same everywhere."""

NOT_TYPED = "tract has no kernel for this type, so the run fails"
WRAPS = "the engine traps on integer overflow instead of wrapping"
BATCH_FIRST = "onnxruntime does not implement `layout`; the same weights give the same numbers with the steps in front"
LOG_SOFTMAX = (
    "the logarithm of a softmax that underflows, where a logit is more than 104 below the maximum; ONNX's evaluator "
    "agrees"
)
LOG_SUM_EXP = "the exponentials are summed without scaling, and overflow above 88"

DIFFERENCES = {
    "conv/transposed-output-shape": (
        "tract subtracts unsigned extents, which overflows where the output is larger than the stride needs"
    ),
    "norm/logsoftmax-awkward": LOG_SOFTMAX,
    "norm/logsoftmax-large": LOG_SOFTMAX,
    "elementwise/erf-awkward": "tract's erf is a quotient of polynomials: infinity over infinity is NaN",
    "elementwise/asinh-awkward": "the argument is squared, which overflows beyond 1.8e19",
    "elementwise/acosh-awkward": "the argument is squared, which overflows beyond 1.8e19",
    "elementwise/hardswish-awkward": "the maximum number is squared before it is divided by six",
    "elementwise/softplus-awkward": "the logarithm of one plus the exponential, which overflows above 88",
    "elementwise/div-awkward": "the reciprocal of a subnormal number overflows",
    "elementwise/add-int8-wraps": WRAPS,
    "elementwise/sub-uint8-wraps": WRAPS,
    "elementwise/equal-bool": NOT_TYPED,
    "reduce/logsumexp-awkward": LOG_SUM_EXP,
    "reduce/logsumexp-large": LOG_SUM_EXP,
    "shape/pad-wrap": "tract does not have this mode",
    "shape/pad-crop": "tract does not crop by negative padding",
    "shape/compress": "tract cannot infer the type of the output",
    "cast/float64-to-float16": (
        "the conversion reads only the upper half of a double, so it may round a number near a tie the other way"
    ),
    "precision/mlp-float16": "tract's Gemm has single precision only",
    "precision/mlp-float64": "tract's Gemm has single precision only",
    "precision/sigmoid-float64": NOT_TYPED,
    "precision/erf-float64": NOT_TYPED,
    "precision/round-float64": NOT_TYPED,
    "precision/middle-float64": NOT_TYPED,
    "learner/normalizer-max": (
        "onnxruntime divides by the maximum value, ONNX's evaluator and tract by the maximum magnitude"
    ),
    "option/range-fractions": "tract counts the steps of a float range in integers, and divides by zero",
    "option/range-uneven": "tract counts the steps of a float range in integers",
    "option/range-down": "tract counts the steps of a float range in integers, and divides by zero",
    "option/range-int32": "tract's ranges are int64",
    "option/lrn-even": (
        "onnxruntime takes odd windows only, and ONNX's evaluator sums over as many channels as the batch has items; "
        "the engine's sum is that of the specification"
    ),
    "option/top-k-opset-9": "tract has TopK from operator set 10 on",
    "option/gather-nd-negative": "tract accepts no negative indices here",
    "option/rnn-batch-first": BATCH_FIRST,
    "option/gru-batch-first": BATCH_FIRST,
    "option/lstm-batch-first": BATCH_FIRST,
    "option/opset-6-dropout": "no reference has operators this old; the answer is that of the Relu after it",
    "option/rnn-batch-first-bidirectional": "tract joins the two directions along another axis and refuses",
    "option/gru-batch-first-bidirectional": "tract joins the two directions along another axis and refuses",
    "option/lstm-batch-first-bidirectional": "tract joins the two directions along another axis and refuses",
}
