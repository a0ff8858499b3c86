"""What a case of the corpus is, and how it is built.

A case is a model with inputs to run it on. A generator that is seeded with the name of the case draws all random
numbers, so adding or removing a case changes no other. They are integers divided by powers of two, so that the bytes do
not depend on a mathematical library, whose last bits differ between machines.

The first axis of every input has extent 1, so that `assay infer --rows` runs a file with a row for each sample.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# The version of the file format that came with operator set 17; later operator sets do not need a later one.
IR_VERSION = 8


@dataclass
class Case:
    """A model with its inputs."""

    name: str
    # How close onnxruntime must be: a key of `tolerances.CLASSES`.
    tolerance: str
    # The ONNX file.
    file: bytes
    # Values for symbolic dimensions.
    bindings: dict = field(default_factory=dict)
    # Inputs by name, one set for each sample.
    samples: list = field(default_factory=list)


def fraction(rng, shape, low=-1.0, high=1.0):
    """Draws uniform numbers in [low, high), as float64."""
    return low + (high - low) * (rng.integers(0, 1 << 24, shape) / float(1 << 24))


def between(low, high):
    """Returns a fill of floats in [low, high)."""
    return lambda rng, shape: fraction(rng, shape, low, high)


def integers(low, high):
    """Returns a fill of integers from low to high, both included."""
    return lambda rng, shape: rng.integers(low, high, shape, endpoint=True)


def choice(*values):
    """Returns a fill whose elements are chosen from `values`."""
    return lambda rng, shape: np.array(values)[rng.integers(0, len(values), shape)]


symmetric = between(-2, 2)
positive = between(0.05, 4)


def awkward(rng, shape):
    """Fills with NaN, infinities, subnormals, zeros of both signs, extremes and ordinary numbers, in random order."""
    tiny, huge = np.finfo(np.float32).smallest_subnormal, np.finfo(np.float32).max
    special = [
        np.nan, np.inf, -np.inf, tiny, -tiny, 1e-40, -1e-39, 0.0, -0.0, huge, -huge, 1.0, -1.0, 0.5, -2.5, 88.8, -103.9,
    ]
    values = np.concatenate([special, special, fraction(rng, 16, -4, 4)])
    return values[rng.integers(0, len(values), shape)]


def awkward_numbers(rng, shape):
    """Fills like `awkward`, without NaN."""
    values = awkward(rng, shape)
    return np.where(np.isnan(values), -0.0, values)


class Graph:
    """A graph under construction. Methods that make a tensor return its name."""

    def __init__(self, name, opset=OPSET, domains=()):
        self.name = name
        self.seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
        self.rng = np.random.default_rng([self.seed, 0])
        self.opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(*domain) for domain in domains)]
        self.nodes, self.weights, self.inputs, self.outputs, self.fills = [], [], [], [], []
        self.bindings = {}

    def input(self, name, shape, fill=symmetric, dtype="float32"):
        """Adds an input. A dimension may be a pair (symbol, extent)."""
        symbols = [dim if isinstance(dim, int) else dim[0] for dim in shape]
        extents = [dim if isinstance(dim, int) else dim[1] for dim in shape]
        self.bindings |= {dim[0]: dim[1] for dim in shape if not isinstance(dim, int)}
        assert extents[0] == 1, f"the first extent of {name} is {extents[0]}, not 1"
        self.inputs.append(helper.make_tensor_value_info(name, number(dtype), symbols))
        self.fills.append((name, tuple(extents), fill, np.dtype(dtype)))
        return name

    def constant(self, values, dtype="float32"):
        """Adds a weight with these values."""
        name = f"w{len(self.weights)}"
        self.weights.append(
            numpy_helper.from_array(np.ascontiguousarray(np.asarray(values, dtype)).reshape(np.shape(values)), name)
        )
        return name

    def weight(self, *shape, scale=None, dtype="float32"):
        """Adds a random weight. Without `scale`, a layer with it keeps the magnitude of its input."""
        if scale is None:
            scale = np.sqrt(3 / max(1, int(np.prod(shape[1:]))))
        return self.constant(fraction(self.rng, shape) * scale, dtype)

    def node(self, operator, *inputs, outputs=1, domain="", **attributes):
        """Adds a node. An input of None is left out. Returns a list of names if the node has several outputs."""
        names = [f"t{len(self.nodes)}_{index}" for index in range(outputs)]
        while inputs and inputs[-1] is None:
            inputs = inputs[:-1]
        given = [name or "" for name in inputs]
        attributes = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(operator, given, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def output(self, *names, shape=None):
        """Makes these tensors outputs of the graph. `shape` is for a float whose shape onnx does not infer."""
        for name in names:
            declared = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            self.outputs.append(onnx.ValueInfoProto(name=name) if shape is None else declared)

    def case(self, tolerance, samples=2, checked=True):
        """Returns the case. `checked` is False for a file that onnx.checker does not accept."""
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=self.opsets, ir_version=IR_VERSION, producer_name="assay")
        if checked:
            inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
            del model.graph.output[:]
            model.graph.output.extend(inferred.graph.output)
            onnx.checker.check_model(model, full_check=True)
        drawn = [self.sample(np.random.default_rng([self.seed, 1 + index])) for index in range(samples)]
        return Case(self.name, tolerance, model.SerializeToString(deterministic=True), self.bindings, drawn)

    def sample(self, rng):
        """Draws one set of inputs."""
        # Extremes of a wide type become infinities of a narrow one, on purpose.
        with np.errstate(over="ignore", invalid="ignore"):
            return {name: np.asarray(fill(rng, shape)).astype(dtype) for name, shape, fill, dtype in self.fills}


def number(dtype):
    """Returns the number of a NumPy type in ONNX."""
    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


__all__ = [
    "Case", "Graph", "TensorProto", "awkward", "awkward_numbers", "between", "choice", "fraction", "integers", "number",
    "positive",
    "symmetric",
]
