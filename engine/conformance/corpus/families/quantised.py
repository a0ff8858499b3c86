"""Quantised integers: quantisation itself, QLinear operators, integer products, and networks in QDQ form."""

import numpy as np

from cases import Graph, between, choice, integers, positive

RANGE = {"uint8": (0, 255), "int8": (-128, 127)}


def quantise(name, dtype, scale, zero, axis=None, fill=between(-4, 4), opset=17):
    g = Graph(f"quantised/{name}", opset=opset)
    attributes = {} if axis is None else {"axis": axis}
    g.output(
        g.node(
            "QuantizeLinear", g.input("x", [1, 4, 9], fill), g.constant(scale), g.constant(zero, dtype), **attributes,
        )
    )
    return g.case("step")


def dequantise(name, dtype, scale, zero, axis=None):
    g = Graph(f"quantised/{name}")
    low, high = RANGE.get(dtype, (-9999, 9999))
    attributes = {} if axis is None else {"axis": axis}
    operands = [g.constant(scale)] if zero is None else [g.constant(scale), g.constant(zero, dtype)]
    g.output(g.node("DequantizeLinear", g.input("x", [1, 4, 9], integers(low, high), dtype), *operands, **attributes))
    return g.case("exact")


def weights(g, shape, dtype):
    low, high = RANGE[dtype]
    return g.constant(g.rng.integers(low, high, shape, endpoint=True), dtype)


def qlinear_conv(name, x_type, w_type, per_channel=False, bias=True, zeros=(7, 0, 3), **attributes):
    g = Graph(f"quantised/qlinear-conv-{name}")
    channels = attributes.pop("channels", 4)
    outputs, group = attributes.pop("outputs", 6), attributes.get("group", 1)
    x = g.input("x", [1, channels, 8, 7], integers(*RANGE[x_type]), x_type)
    w = weights(g, (outputs, channels // group, 3, 3), w_type)
    w_scale = g.constant(g.rng.integers(8, 32, outputs) / 1024) if per_channel else g.constant(0.015625)
    w_zero = g.constant(np.full(outputs, zeros[1]), w_type) if per_channel else g.constant(zeros[1], w_type)
    operands = [
        x, g.constant(0.03125), g.constant(zeros[0], x_type), w, w_scale, w_zero, g.constant(0.25),
        g.constant(zeros[2], x_type),
    ]
    if bias:
        operands.append(g.constant(g.rng.integers(-2000, 2000, outputs), "int32"))
    g.output(g.node("QLinearConv", *operands, kernel_shape=[3, 3], **attributes))
    return g.case("step")


def qlinear_matmul(name, a_type, b_type, zeros=(3, 5, 1), shape=(6, 20, 9)):
    g = Graph(f"quantised/qlinear-matmul-{name}")
    m, k, n = shape
    a = g.input("a", [1, m, k], integers(*RANGE[a_type]), a_type)
    b = weights(g, (k, n), b_type)
    operands = [
        a, g.constant(0.02), g.constant(zeros[0], a_type), b, g.constant(0.01), g.constant(zeros[1], b_type),
        g.constant(0.2), g.constant(zeros[2], a_type),
    ]
    g.output(g.node("QLinearMatMul", *operands))
    return g.case("step")


def matmul_integer(name, a_type, b_type, zeros=(None, None), shape=(5, 33, 7)):
    g = Graph(f"quantised/matmul-integer-{name}")
    m, k, n = shape
    a = g.input("a", [1, m, k], integers(*RANGE[a_type]), a_type)
    offsets = [None if zero is None else g.constant(zero, dtype) for zero, dtype in zip(zeros, (a_type, b_type))]
    while offsets and offsets[-1] is None:
        offsets.pop()
    g.output(g.node("MatMulInteger", a, weights(g, (k, n), b_type), *offsets))
    return g.case("exact")


def conv_integer(name, x_type, w_type, zeros, **attributes):
    g = Graph(f"quantised/conv-integer-{name}")
    x = g.input("x", [1, 3, 7, 8], integers(*RANGE[x_type]), x_type)
    offsets = [g.constant(zero, dtype) for zero, dtype in zip(zeros, (x_type, w_type))]
    g.output(g.node("ConvInteger", x, weights(g, (5, 3, 3, 3), w_type), *offsets, kernel_shape=[3, 3], **attributes))
    return g.case("exact")


class Rounded:
    """Quantises tensors to eight bits and back, as QDQ files do around every operator."""

    def __init__(self, g, dtype):
        self.g, self.dtype = g, dtype

    def activation(self, x, scale, zero=0):
        parameters = [self.g.constant(scale), self.g.constant(zero, self.dtype)]
        return self.g.node("DequantizeLinear", self.g.node("QuantizeLinear", x, *parameters), *parameters)

    def weight(self, shape, scale):
        """An int8 weight, with a scale for each output channel."""
        g = self.g
        values = g.constant(g.rng.integers(-127, 127, shape, endpoint=True), "int8")
        scales = g.constant(scale * g.rng.integers(24, 40, shape[0]) / 32)
        return g.node("DequantizeLinear", values, scales, g.constant(np.zeros(shape[0]), "int8"), axis=0)


def qdq_cnn(dtype):
    g = Graph(f"quantised/qdq-cnn-{dtype}")
    q = Rounded(g, dtype)
    zero = 128 if dtype == "uint8" else 0
    x = q.activation(g.input("image", [1, 3, 12, 12], between(-1, 1)), 1 / 64, zero)
    x = g.node("Conv", x, q.weight((8, 3, 3, 3), 1 / 512), kernel_shape=[3, 3], pads=[1] * 4)
    x = q.activation(g.node("Relu", x), 1 / 32, zero)
    x = g.node("Conv", x, q.weight((8, 1, 3, 3), 1 / 256), kernel_shape=[3, 3], group=8, strides=[2, 2])
    x = q.activation(g.node("Relu", x), 1 / 32, zero)
    x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = q.activation(g.node("Flatten", g.node("GlobalAveragePool", x), axis=1), 1 / 32, zero)
    g.output(g.node("Gemm", x, q.weight((5, 8), 1 / 256), transB=1))
    return g.case("steps")


def qdq_mlp():
    g = Graph("quantised/qdq-mlp")
    q = Rounded(g, "int8")
    x = q.activation(g.input("x", [1, 20], between(-1, 1)), 1 / 64)
    for inputs, outputs in ((20, 16), (16, 4)):
        w = g.node("Transpose", q.weight((outputs, inputs), 1 / 512), perm=[1, 0])
        x = q.activation(g.node("MatMul", x, w), 1 / 32)
    g.output(x)
    return g.case("steps")


def dynamic_mlp():
    """A network with weights in eight bits and dynamically quantised activations."""
    g = Graph("quantised/dynamic-mlp")
    x = g.input("x", [1, 24], between(-3, 3))
    q, scale, zero = g.node("DynamicQuantizeLinear", x, outputs=3)
    product = g.node("MatMulInteger", q, weights(g, (24, 10), "int8"), zero)
    g.output(g.node("Mul", g.node("Cast", product, to=1), g.node("Mul", scale, g.constant(0.01))))
    return g.case("steps")


def cases():
    for dtype, zero in (("uint8", 128), ("int8", -3)):
        yield quantise(f"quantise-{dtype}", dtype, 0.05, zero)
        yield quantise(f"quantise-{dtype}-saturates", dtype, 0.01, zero, fill=between(-9, 9))
        yield quantise(
            f"quantise-{dtype}-ties", dtype, 0.5, zero, fill=lambda rng, shape: rng.integers(-40, 40, shape) / 4,
        )
        yield quantise(f"quantise-{dtype}-infinite", dtype, 0.5, zero, fill=choice(np.inf, -np.inf, 0.0, -0.0))
        yield quantise(f"quantise-{dtype}-axis", dtype, [0.05, 0.1, 0.02, 0.5], [zero, 0, 1, 2], axis=1)
        yield dequantise(f"dequantise-{dtype}", dtype, 0.05, zero)
        yield dequantise(f"dequantise-{dtype}-no-zero", dtype, 0.05, None)
        yield dequantise(f"dequantise-{dtype}-axis", dtype, [0.05, 0.1, 0.02, 0.5], [zero, 0, 1, 2], axis=1)
    yield dequantise("dequantise-int32", "int32", 0.001, None)
    g = Graph("quantised/dynamic-quantise")
    g.output(*g.node("DynamicQuantizeLinear", g.input("x", [1, 40], between(-3, 5)), outputs=3))
    yield g.case("step")
    g = Graph("quantised/dynamic-quantise-positive")
    g.output(*g.node("DynamicQuantizeLinear", g.input("x", [1, 40], positive), outputs=3))
    yield g.case("step")

    for x_type, w_type in (("uint8", "uint8"), ("uint8", "int8"), ("int8", "int8")):
        yield qlinear_conv(f"{x_type}-{w_type}", x_type, w_type)
        yield qlinear_matmul(f"{x_type}-{w_type}", x_type, w_type)
        yield matmul_integer(f"{x_type}-{w_type}", x_type, w_type)
        yield matmul_integer(f"{x_type}-{w_type}-zeros", x_type, w_type, zeros=(12, 5))
        yield conv_integer(f"{x_type}-{w_type}", x_type, w_type, (9, 0))
    yield qlinear_conv("padded", "uint8", "int8", pads=[1, 1, 1, 1])
    yield qlinear_conv("strided", "uint8", "int8", strides=[2, 2])
    yield qlinear_conv("per-channel", "uint8", "int8", per_channel=True)
    yield qlinear_conv("depthwise", "int8", "int8", channels=6, outputs=6, group=6, pads=[1, 1, 1, 1])
    yield qlinear_conv("no-bias", "uint8", "uint8", bias=False, zeros=(128, 130, 120))
    yield qlinear_matmul("zeros", "int8", "int8", zeros=(0, 0, 0), shape=(1, 64, 33))
    yield matmul_integer("tall", "int8", "int8", shape=(64, 3, 1))
    yield conv_integer("padded", "uint8", "uint8", (128, 120), pads=[1, 1, 1, 1])
    yield qdq_cnn("uint8")
    yield qdq_cnn("int8")
    yield qdq_mlp()
    yield dynamic_mlp()
