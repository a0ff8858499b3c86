"""Files that the engine must refuse at load, each with the same fault everywhere."""

import numpy as np

from cases import Graph, TensorProto, integers


def refused(name, build, **options):
    g = Graph(f"refused/{name}", **options)
    g.output(build(g, g.input("x", [1, 4])))
    return g


# What tract gets wrong (`engine/guest/src/tract_bugs.rs`): the shape of the input, the operator, its attributes, its
# operator set.
TRACT_BUGS = {
    "celu-alpha": ((1, 9), "Celu", {"alpha": 1.5}, 17),
    "global-lp-pool": ((1, 3, 4, 4), "GlobalLpPool", {"p": 2}, 17),
    "batch-norm-training": ((1, 4, 3), "BatchNormalization", {"training_mode": 1}, 15),
    "batch-norm-old-training": ((1, 4, 3), "BatchNormalization", {}, 6),
    "dropout-old-training": ((1, 4, 3), "Dropout", {}, 6),
    "add-old-axis": ((1, 4, 3), "Add", {"axis": 1, "broadcast": 1}, 6),
    "prelu-old": ((1, 4, 3), "PRelu", {}, 6),
    "quantise-output-type": ((1, 9), "QuantizeLinear", {"output_dtype": TensorProto.INT8}, 21),
    "rnn-reverse": ((6, 1, 5), "RNN", {"direction": "reverse"}, 17),
    "gru-reverse": ((6, 1, 5), "GRU", {"direction": "reverse"}, 17),
    "lstm-reverse": ((6, 1, 5), "LSTM", {"direction": "reverse"}, 17),
    "rnn-relu": ((6, 1, 5), "RNN", {"activations": ["Relu"]}, 17),
    "gru-activations": ((6, 1, 5), "GRU", {"activations": ["HardSigmoid", "Tanh"]}, 17),
    "lstm-activations": ((6, 1, 5), "LSTM", {"activations": ["Sigmoid", "Tanh", "Relu"]}, 17),
    "average-pool-same-counts": (
        (1, 2, 5, 5), "AveragePool", {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "count_include_pad": 1}, 17,
    ),
    "average-pool-wide": ((1, 2, 3, 5), "AveragePool", {"kernel_shape": [4, 3], "auto_pad": "VALID"}, 17),
    "max-pool-wide": ((1, 2, 3, 5), "MaxPool", {"kernel_shape": [3, 3], "dilations": [1, 3], "auto_pad": "VALID"}, 17),
    "conv-wide": ((1, 2, 3, 5), "Conv", {"kernel_shape": [4, 3]}, 17),
    "lstm-clip": ((6, 1, 5), "LSTM", {"clip": 0.5}, 17),
    "lstm-coupled": ((6, 1, 5), "LSTM", {"input_forget": 1}, 17),
}
RECURRENT = {"RNN": 1, "GRU": 3, "LSTM": 4}


def tract_bug(name, shape, operator, attributes, opset):
    g = Graph(f"refused/{name}", opset=opset)
    x = g.node("Reshape", g.input("x", [1, int(np.prod(shape))]), g.constant(shape, "int64"))
    operands = []
    if operator in RECURRENT:
        rows = RECURRENT[operator] * 4
        operands, attributes = [g.weight(1, rows, 5), g.weight(1, rows, 4)], {"hidden_size": 4, **attributes}
    elif operator == "BatchNormalization":
        operands = [g.constant([1.0, 1.0, 1.0, 1.0]) for _ in range(4)]
    elif operator in ("Add", "PRelu"):
        operands = [g.weight(4)]
    elif operator == "Conv":
        operands = [g.weight(3, 2, 4, 3)]
    elif operator == "QuantizeLinear":
        operands = [g.constant(0.1)]
    outputs = g.node(operator, x, *operands, outputs=3 if attributes.get("training_mode") else 1, **attributes)
    g.output(outputs if isinstance(outputs, str) else outputs[0])
    return g.case("fault", samples=1, checked=False)


def bicubic_border():
    g = Graph("refused/grid-sample-bicubic-border", opset=16)
    grid = g.input("grid", [1, 3, 4, 2])
    g.output(g.node("GridSample", g.input("x", [1, 2, 5, 6]), grid, mode="bicubic", padding_mode="border"))
    return g.case("fault", samples=1)


def cubic_point():
    """A bicubic resize to a single row, in PyTorch's variant."""
    g = Graph("refused/resize-cubic-point")
    attributes = {"mode": "cubic", "coordinate_transformation_mode": "pytorch_half_pixel"}
    g.output(g.node("Resize", g.input("x", [1, 2, 4, 5]), None, None, g.constant([1, 2, 1, 7], "int64"), **attributes))
    return g.case("fault", samples=1)


def cases():
    for name, (shape, operator, attributes, opset) in TRACT_BUGS.items():
        yield tract_bug(name, shape, operator, attributes, opset)
    yield bicubic_border()
    yield cubic_point()
    yield refused(
        "random", lambda g, x: g.node("Add", x, g.node("RandomNormal", shape=[1, 4])),
    ).case("fault", samples=1)
    yield refused(
        "unknown-operator", lambda g, x: g.node("Frobnicate", x, domain="com.example"), domains=[("com.example", 1)],
    ).case(
        "fault", samples=1, checked=False
    )
    yield refused(
        "operator-not-offered", lambda g, x: g.node("Det", g.node("Reshape", x, g.constant([1, 2, 2], "int64"))),
    ).case(
        "fault", samples=1
    )
    yield refused("opset-5", lambda g, x: g.node("Relu", x), opset=5).case("fault", samples=1, checked=False)
    yield refused("shape-clash", lambda g, x: g.node("Add", x, g.weight(3))).case("fault", samples=1, checked=False)
    yield refused("missing-tensor", lambda g, x: g.node("Add", x, "nowhere")).case("fault", samples=1, checked=False)
    yield refused(
        "training", lambda g, x: g.node("Dropout", x, g.constant(0.5), g.constant(True, "bool")),
    ).case("fault", samples=1)

    # A symbolic extent without a binding.
    g = Graph("refused/unbound")
    g.output(g.node("Relu", g.input("x", [1, ("N", 4)])))
    case = g.case("fault", samples=1)
    case.bindings = {}
    yield case

    g = Graph("refused/text")
    g.input("x", [1, 3], integers(0, 9), "int64")
    g.output(g.node("Cast", "x", to=8))
    yield g.case("fault", samples=1)
