#!/usr/bin/env python3
"""Writes small ONNX files for the tests of the engine, hostile or merely awkward, to engine/host/tests/fixtures.

Each file is made by a function below with the name of the file. Its docstring becomes the row of the file in the
README, which is written beside the files. The script asserts that every file is smaller than 20 KB, that onnx.checker
accepts it unless it is declared invalid, and that onnxruntime runs it on its example inputs, if there are any.
"""

import argparse
from pathlib import Path

import common
import numpy as np
import onnx
from common import constant, port
from onnx import TensorProto, helper

LIMIT = 20_000
HEAD = """# ONNX fixtures

Do not edit: `scripts/models/make_fixtures.py` writes the files and this page. Names in code face are those of
`FaultCode` (`engine/abi/src/lib.rs`). Unless stated otherwise, a fault occurs at load.

| file | content | expected |
|---|---|---|"""
FIXTURES = []

# The element types of the engine's ABI, in the order of their ONNX numbers.
DTYPES = [
    "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "bool", "float16", "float64", "uint32", "uint64",
]


def fixture(expected, *, valid=True, example=None):
    """Registers a function that returns a ModelProto or bytes.

    `expected` is the expected outcome, for the README. `valid` is whether onnx.checker accepts the file. `example` has
    inputs by name, on which onnxruntime must run the file.
    """

    def register(build):
        FIXTURES.append((build, expected, valid, example))
        return build

    return register


def f32(*values):
    return np.array(values, dtype=np.float32)


def unchecked(name, nodes, inputs, outputs, constants=(), extra_opsets=()):
    """Builds a model that may be invalid."""
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    opsets = [helper.make_opsetid("", common.OPSET), *extra_opsets]
    return helper.make_model(graph, opset_imports=opsets, ir_version=common.IR_VERSION, producer_name="assay")


# Models that the engine must answer.


@fixture("runs", example={"a": f32(1, 2, 3, 4), "b": f32(10, 20, 30, 40)})
def add():
    """Two inputs `a`, `b`, float32 [4]; output `sum`. The smallest honest model; wrong inputs give `WrongInput`."""
    vectors = [port(name, [4]) for name in ("a", "b", "sum")]
    return common.model("add", [helper.make_node("Add", ["a", "b"], ["sum"])], vectors[:2], vectors[2:])


@fixture("runs", example={f"in_{dtype}": np.array([0, 1], dtype=dtype) for dtype in DTYPES})
def identity_types():
    """Inputs `in_<dtype>` [2] of each of the ABI's 12 element types, in order, returned as `out_<dtype>`."""
    numbers = [helper.np_dtype_to_tensor_dtype(np.dtype(dtype)) for dtype in DTYPES]
    nodes = [helper.make_node("Identity", [f"in_{dtype}"], [f"out_{dtype}"]) for dtype in DTYPES]
    inputs = [port(f"in_{dtype}", [2], number) for dtype, number in zip(DTYPES, numbers)]
    outputs = [port(f"out_{dtype}", [2], number) for dtype, number in zip(DTYPES, numbers)]
    return common.model("identity_types", nodes, inputs, outputs)


@fixture("runs; every NaN in the answer is 0x7FC00000", example={"x": f32(-1, 0, 1, np.nan)})
def nan():
    """Input `x` float32 [4]; outputs `log` = log(x), `ratio` = x/x, `negated` = -log(x): NaNs of both signs."""
    nodes = [
        helper.make_node("Log", ["x"], ["log"]),
        helper.make_node("Div", ["x", "x"], ["ratio"]),
        helper.make_node("Neg", ["log"], ["negated"]),
    ]
    return common.model("nan", nodes, [port("x", [4])], [port(name, [4]) for name in ("log", "ratio", "negated")])


@fixture(
    "runs; with NaN among the inputs, a named fault or always the same answer",
    example={"x": np.zeros(64, np.float32)},
)
def topk():
    """Input `x` float32 [64]; outputs `values` and `indices` [2] of the two maxima. tract orders NaN inconsistently."""
    values, indices = port("values", [2]), port("indices", [2], TensorProto.INT64)
    nodes = [helper.make_node("TopK", ["x", "k"], ["values", "indices"])]
    return common.model("topk", nodes, [port("x", [64])], [values, indices], [constant("k", np.array([2]))])


@fixture("runs for index -4 to 3; `RunFailed` (or another named fault) beyond", example={"index": np.array([3])})
def gather():
    """Input `index` int64 [1] into a table of four; output `value` float32 [1]. Other indices fail at run time."""
    table = constant("table", f32(0, 1, 2, 3))
    nodes = [helper.make_node("Gather", ["table", "index"], ["value"])]
    return common.model("gather", nodes, [port("index", [1], TensorProto.INT64)], [port("value", [1])], [table])


@fixture(
    "`UnboundDimension`; runs if the spec binds N and M; `UnknownBinding` if it binds anything else",
    example={"x": np.zeros((2, 3), np.float32)},
)
def unbound_dim():
    """Input `x` float32 [N, M], output `y` = relu(x) [N, M]."""
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    return common.model("unbound_dim", nodes, [port("x", ["N", "M"])], [port("y", ["N", "M"])])


# Files that are not models.


@fixture("`NotOnnx`", valid=False)
def truncated():
    """The first third of the digits model."""
    data = (common.ROOT / "models/digits/digits.onnx").read_bytes()
    return data[: len(data) // 3]


@fixture("`NotOnnx`", valid=False)
def not_onnx():
    """Text."""
    return b"This is a text file, not a protocol buffer.\n"


@fixture("`NotOnnx`", valid=False)
def empty():
    """No bytes, which are nevertheless a valid protocol buffer."""
    return b""


@fixture("`NotOnnx`", valid=False)
def nested():
    """A graph in an attribute of a node of a graph, 400 levels deep, against recursive parsers."""

    def field(number, data):
        length, size = len(data), bytearray()
        while True:
            size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
            length >>= 7
            if length == 0:
                return bytes([number << 3 | 2]) + bytes(size) + data

    graph = b""
    for _ in range(400):
        # GraphProto.node = 1, NodeProto.attribute = 5, AttributeProto.g = 6.
        graph = field(1, field(5, field(6, graph)))
    # ModelProto.ir_version = 1, .graph = 7.
    return bytes([1 << 3, common.IR_VERSION]) + field(7, graph)


# Models that the engine must refuse.


@fixture("`ExternalData`", valid=False)
def external_data():
    """A weight that is stored in `weights.bin`, beside the file."""
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="weights.bin")
    nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
    return unchecked("external_data", nodes, [port("x", [4])], [port("y", [4])], [weight])


@fixture("`InvalidGraph`", valid=False)
def cycle():
    """Two nodes, each of which is an input of the other."""
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Add", ["x", "a"], ["b"])]
    return unchecked("cycle", nodes, [port("x", [4])], [port("b", [4])])


@fixture("`InvalidGraph`", valid=False)
def missing_tensor():
    """A node whose operand no node computes."""
    nodes = [helper.make_node("Add", ["x", "nobody"], ["y"])]
    return unchecked("missing_tensor", nodes, [port("x", [4])], [port("y", [4])])


@fixture("`InvalidGraph`", valid=False)
def shape_clash():
    """The sum of a vector of 4 and a vector of 3, which tract by itself refuses only at run time."""
    nodes = [helper.make_node("Add", ["a", "b"], ["y"])]
    return unchecked("shape_clash", nodes, [port("a", [4]), port("b", [3])], [port("y", [4])])


@fixture("`ControlFlow`", example={"condition": np.array(True), "x": f32(1, 2, 3, 4)})
def control_flow():
    """If: input `condition` chooses between relu and the negation of `x`."""
    branches = {
        attribute: helper.make_graph(
            [helper.make_node(operator, ["x"], [operator])], operator, [], [port(operator, [4])],
        )
        for attribute, operator in (("then_branch", "Relu"), ("else_branch", "Neg"))
    }
    nodes = [helper.make_node("If", ["condition"], ["y"], **branches)]
    inputs = [port("condition", [], TensorProto.BOOL), port("x", [4])]
    return common.model("control_flow", nodes, inputs, [port("y", [4])])


@fixture("`ControlFlow`", example={"count": np.array(3), "x": f32(1, 2, 3, 4)})
def loop():
    """Loop: doubles `x` `count` times, where `count` is an input."""
    body = helper.make_graph(
        [helper.make_node("Add", ["before", "before"], ["after"]), helper.make_node("Identity", ["go"], ["go_on"])],
        "body",
        [port("i", [], TensorProto.INT64), port("go", [], TensorProto.BOOL), port("before", [4])],
        [port("go_on", [], TensorProto.BOOL), port("after", [4])],
    )
    nodes = [helper.make_node("Loop", ["count", "", "x"], ["y"], body=body)]
    return common.model("loop", nodes, [port("count", [], TensorProto.INT64), port("x", [4])], [port("y", [4])])


@fixture("`ControlFlow`", example={"x": f32(1, 2, 3, 4)})
def scan():
    """Scan: running sums of `x`."""
    body = helper.make_graph(
        [helper.make_node("Add", ["before", "item"], ["after"]), helper.make_node("Identity", ["after"], ["seen"])],
        "body",
        [port("before", []), port("item", [])],
        [port("after", []), port("seen", [])],
    )
    nodes = [helper.make_node("Scan", ["zero", "x"], ["total", "y"], body=body, num_scan_inputs=1)]
    return common.model("scan", nodes, [port("x", [4])], [port("y", [4])], [constant("zero", np.float32(0))])


@fixture("`RandomOperator`", example={"x": f32(1, 2, 3, 4)})
def random_normal():
    """RandomNormal added to `x`."""
    nodes = [
        helper.make_node("RandomNormal", [], ["noise"], shape=[4], seed=1.0),
        helper.make_node("Add", ["x", "noise"], ["y"]),
    ]
    return common.model("random_normal", nodes, [port("x", [4])], [port("y", [4])])


@fixture("`UnsupportedOperator`")
def unsupported_op():
    """Operator `Frobnicate` of domain `com.example`."""
    nodes = [helper.make_node("Frobnicate", ["x"], ["y"], domain="com.example")]
    domain = helper.make_opsetid("com.example", 1)
    return unchecked("unsupported_op", nodes, [port("x", [4])], [port("y", [4])], extra_opsets=[domain])


@fixture("`UnsupportedType`", example={"x": np.array(["a", "b"], dtype=object)})
def string_type():
    """Identity of two strings."""
    text = TensorProto.STRING
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    return common.model("string_type", nodes, [port("x", [2], text)], [port("y", [2], text)])


@fixture("`UnboundDimension`", example={"x": f32(0, 1, 0, 2)})
def data_dependent():
    """NonZero: the extent of the output depends on the values of `x`, and no binding can fix it."""
    nodes = [helper.make_node("NonZero", ["x"], ["y"])]
    return common.model("data_dependent", nodes, [port("x", [4])], [port("y", [1, "K"], TensorProto.INT64)])


# Models that need too much memory or time.


def filled(shape, small):
    """Returns nodes that expand the element of `x` to `shape` and reduce that to its maximum, and their constants."""
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["big"]),
        helper.make_node("Cos", ["big"], ["work"]),
        helper.make_node("ReduceMax", ["work"], [small], keepdims=0),
    ]
    return nodes, [constant("shape", np.array(shape, dtype=np.int64))]


@fixture("`OutOfMemory`, at load or run time")
def memory_bomb():
    """Expands `x` float32 [1] to one tensor of 1.5 GiB, takes the cosine, reduces to one number."""
    nodes, constants = filled([384, 1024, 1024], "y")
    return common.model("memory_bomb", nodes, [port("x", [1])], [port("y", [])], constants)


@fixture("`OutOfMemory`, at load or run time")
def memory_overflow():
    """Like memory_bomb, with 2^30 elements: 4 GiB, which is 0 as a 32-bit length in bytes."""
    nodes, constants = filled([1024, 1024, 1024], "y")
    return common.model("memory_overflow", nodes, [port("x", [1])], [port("y", [])], constants)


@fixture("`OutOfMemory`, at load or run time")
def memory_constant():
    """One tensor of 1.5 GiB by ConstantOfShape, which tract would compute at load."""
    value = helper.make_tensor("one", TensorProto.FLOAT, [1], [1])
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["big"], value=value),
        helper.make_node("Cos", ["big"], ["work"]),
        helper.make_node("ReduceMax", ["work"], ["greatest"], keepdims=0),
        helper.make_node("Add", ["x", "greatest"], ["y"]),
    ]
    shape = constant("shape", np.array([384, 1024, 1024]))
    return common.model("memory_constant", nodes, [port("x", [1])], [port("y", [1])], [shape])


@fixture("loads; `OutOfMemory` at run time")
def memory_live():
    """Input `x` float32 [1024]. Two tensors of 520 MiB are in memory at once, though neither alone is too large."""
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["rows"]),
        helper.make_node("Sqrt", ["rows"], ["roots"]),
        helper.make_node("Add", ["rows", "roots"], ["sums"]),
        helper.make_node("ReduceMax", ["sums"], ["y"], keepdims=0),
    ]
    shape = constant("shape", np.array([130, 1024, 1024]))
    return common.model("memory_live", nodes, [port("x", [1024])], [port("y", [])], [shape])


@fixture("`OutputTooLarge`, at load or run time")
def large_output():
    """Expands `x` float32 [1] to an output of 257 MiB, 1 MiB more than an artifact may have."""
    shape = [257, 256, 1024]
    nodes = [helper.make_node("Expand", ["x", "shape"], ["big"]), helper.make_node("Cos", ["big"], ["y"])]
    return common.model(
        "large_output", nodes, [port("x", [1])], [port("y", shape)], [constant("shape", np.array(shape))],
    )


def matmul_chain(first, length, last):
    """Returns a chain of `length` products with `first`, which starts with `first` and ends with `last`."""
    names = [first, *(f"p{index}" for index in range(length - 1)), last]
    return [helper.make_node("MatMul", [left, first], [right]) for left, right in zip(names, names[1:])]


@fixture("loads; the run takes many minutes and exceeds any shorter deadline: neither an answer nor a fault")
def slow():
    """Input `x` float32 [2048,1]; 450 products of the matrix x*x' in a chain: 3.9e12 multiply-accumulates, 100 MiB."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["xt"], perm=[1, 0]),
        helper.make_node("Mul", ["x", "xt"], ["m"]),
        *matmul_chain("m", 450, "power"),
        helper.make_node("ReduceMax", ["power"], ["y"], keepdims=0),
    ]
    return common.model("slow", nodes, [port("x", [2048, 1])], [port("y", [])])


@fixture("the load exceeds any deadline of a few seconds: neither an answer nor a fault")
def slow_load():
    """Adds a chain of 700 products of a constant matrix [1024,1024] to `x` float32 [1]. tract folds them at load."""
    value = helper.make_tensor("value", TensorProto.FLOAT, [1], [1 / 1024])
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["m"], value=value),
        *matmul_chain("m", 700, "power"),
        helper.make_node("ReduceMax", ["power"], ["greatest"], keepdims=0),
        helper.make_node("Add", ["x", "greatest"], ["y"]),
    ]
    shape = constant("shape", np.array([1024, 1024]))
    return common.model("slow_load", nodes, [port("x", [1])], [port("y", [1])], [shape])


def is_valid(data):
    """Returns whether onnx.checker accepts a file."""
    try:
        onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    except Exception:  # the parser and the checker raise types without a common base
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, default=common.ROOT / "engine/host/tests/fixtures", help="folder to write to",
    )
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    table = []
    for build, expected, valid, example in FIXTURES:
        name = f"{build.__name__}.onnx"
        built = build()
        data = built if isinstance(built, bytes) else built.SerializeToString(deterministic=True)
        assert len(data) < LIMIT, f"{name} has {len(data)} bytes"
        assert is_valid(data) == valid, f"{name}: onnx.checker disagrees"
        if example is not None:
            common.session(data).run(None, example)
        (args.out / name).write_bytes(data)
        table.append(f"| `{name}` | {build.__doc__} | {expected} |")
        print(f"{name}: {len(data)} bytes")

    (args.out / "README.md").write_text("\n".join([HEAD, *table, ""]))


if __name__ == "__main__":
    main()
