"""Attributes that files rarely set. An engine that ignores one is silently wrong."""

import numpy as np
from onnx import helper

from cases import Graph, TensorProto, between, choice, integers, number, positive, symmetric


def option(name, build, shape=(1, 4, 6), fill=symmetric, dtype="float32", opset=17, tolerance="exact"):
    """A model whose outputs, one or a list, `build(g, x)` returns."""
    g = Graph(f"option/{name}", opset=opset)
    built = build(g, g.input("x", list(shape), fill, dtype))
    g.output(*([built] if isinstance(built, str) else built))
    return g.case(tolerance)


def ints(g, *values):
    return g.constant(list(values), "int64")


def recurrent(operator, **attributes):
    """A layer of six steps, five inputs and four units. Its batch is the axis of the samples."""

    def build(g, x):
        gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[operator]
        ways = 2 if attributes.get("direction") == "bidirectional" else 1
        batch_first = attributes.get("layout") == 1
        x = x if batch_first else g.node("Transpose", x, perm=[1, 0, 2])
        weights = [
            g.weight(ways, gates * 4, 5, scale=0.5), g.weight(ways, gates * 4, 4, scale=0.5),
            g.weight(ways, 2 * gates * 4, scale=0.2),
        ]
        return g.node(operator, x, *weights, hidden_size=4, outputs=2, **attributes)

    return build


def quantise(g, x, *zero, **attributes):
    return g.node("QuantizeLinear", x, g.constant(0.05), *zero, **attributes)


def ranges():
    for name, bounds in (
        ("whole", (1.0, 9.0, 2.0)), ("fractions", (0.25, 2.5, 0.5)), ("uneven", (0.0, 5.0, 1.5)),
        ("down", (3.0, -1.0, -0.75)),
    ):
        yield option(
            f"range-{name}", lambda g, x: g.node("Range", *(g.constant(bound) for bound in bounds)), tolerance="sum",
        )
    yield option("range-int64", lambda g, x: g.node("Range", *(g.constant(bound, "int64") for bound in (-3, 9, 4))))
    yield option("range-int32", lambda g, x: g.node("Range", *(g.constant(bound, "int32") for bound in (9, -3, -5))))


def resizes():
    image = (1, 2, 4, 5)

    def resize(scales=None, sizes=None, roi=None, **attributes):
        def build(g, x):
            return g.node(
                "Resize", x, g.constant(roi) if roi else None, g.constant(scales) if scales else None,
                ints(g, *sizes) if sizes else None, **attributes,
            )

        return build

    half = [1.0, 1.0, 1.6, 0.7]
    yield option("resize-exclude-outside", resize(half, mode="cubic", exclude_outside=1), image, tolerance="sum")
    yield option("resize-cubic-coefficient", resize(half, mode="cubic", cubic_coeff_a=-0.5), image, tolerance="sum")
    crop = {
        "roi": [0.0, 0.0, 0.2, 0.1, 1.0, 1.0, 0.9, 1.2], "coordinate_transformation_mode": "tf_crop_and_resize",
        "extrapolation_value": 7.5,
    }
    yield option("resize-crop", resize(sizes=[1, 2, 6, 7], mode="linear", **crop), image, tolerance="sum")
    yield option(
        "resize-tf-half-pixel", resize(half, mode="nearest", coordinate_transformation_mode="half_pixel_symmetric"),
        image, opset=19,
    )
    yield option("resize-axes", resize([1.5, 2.0], mode="linear", axes=[2, 3]), image, opset=18, tolerance="sum")
    yield option("resize-axes-turned", resize([2.0, 1.5], mode="nearest", axes=[3, 2]), image, opset=18)
    for policy in ("not_larger", "not_smaller"):
        yield option(
            f"resize-{policy}", resize(sizes=[7, 8], mode="nearest", axes=[2, 3], keep_aspect_ratio_policy=policy),
            image, opset=18,
        )
    yield option(
        "resize-opset-11",
        lambda g, x: g.node("Resize", x, g.constant([]), g.constant([1.0, 1.0, 2.0, 2.0]), mode="linear"), image,
        opset=11, tolerance="sum",
    )
    yield option(
        "resize-opset-10", lambda g, x: g.node("Resize", x, g.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest"), image,
        opset=10,
    )


def normals():
    image = (1, 4, 5, 3)

    def batch_norm(g, x):
        parameters = [g.constant(g.rng.integers(8, 32, 4) / 16) for _ in range(4)]
        return g.node("BatchNormalization", x, *parameters, momentum=0.5)

    yield option("batch-norm-momentum", batch_norm, image, tolerance="sum", opset=15)
    yield option("lrn-even", lambda g, x: g.node("LRN", x, size=2, alpha=0.5), image, tolerance="sum")
    yield option("lrn-wide", lambda g, x: g.node("LRN", x, size=7, alpha=0.5), image, tolerance="sum")
    yield option(
        "mean-variance-across-channels", lambda g, x: g.node("MeanVarianceNormalization", x, axes=[0, 1, 2, 3]), image,
        tolerance="sum",
    )


def pools():
    image = (1, 2, 6, 7)
    yield option(
        "max-pool-column-major", lambda g, x: g.node("MaxPool", x, kernel_shape=[2, 2], storage_order=1, outputs=2),
        image, opset=12,
    )
    yield option(
        "max-pool-dilated-indices", lambda g, x: g.node("MaxPool", x, kernel_shape=[2, 2], dilations=[2, 2], outputs=2),
        image, opset=12,
    )
    yield option(
        "average-pool-dilated-counts",
        lambda g, x: g.node(
            "AveragePool", x, kernel_shape=[2, 2], dilations=[2, 3], pads=[1, 1, 1, 1], count_include_pad=1,
        ),
        image, opset=19, tolerance="sum",
    )
    yield option(
        "max-pool-same-ceil",
        lambda g, x: g.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER", ceil_mode=1),
        image,
    )
    yield option(
        "max-pool-int8", lambda g, x: g.node("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4), image,
        integers(-100, 100), "int8",
    )
    yield option(
        "max-pool-uint8", lambda g, x: g.node("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4), image, integers(0, 100),
        "uint8",
    )


def shapes():
    yield option("reshape-allow-zero", lambda g, x: g.node("Reshape", x, ints(g, 4, -1), allowzero=1), opset=14)
    yield option("shape-from-to", lambda g, x: g.node("Shape", x, start=-2, end=-1))
    yield option("squeeze-all", lambda g, x: g.node("Squeeze", x), (1, 4, 1))
    yield option("flatten-negative", lambda g, x: g.node("Flatten", x, axis=-1))
    yield option(
        "eye-like-type",
        lambda g, x: g.node("EyeLike", g.node("Squeeze", x, ints(g, 0)), dtype=TensorProto.INT64, k=-1),
    )
    for dtype in ("int64", "bool", "float64"):
        yield option(
            f"constant-of-shape-{dtype}",
            lambda g, x: g.node(
                "ConstantOfShape", ints(g, 2, 3),
                value=TensorProto(dims=[1], data_type=number(dtype), raw_data=np.array([1], dtype).tobytes()),
            ),
        )
    yield option(
        "constant-floats",
        lambda g, x: g.node("Add", x, g.node("Constant", value_floats=[0.5, 1.0, 2.0, 4.0, 8.0, 16.0])),
    )
    yield option("constant-float", lambda g, x: g.node("Add", x, g.node("Constant", value_float=0.5)))
    yield option("constant-ints", lambda g, x: g.node("Reshape", x, g.node("Constant", value_ints=[2, -1])))
    yield option("constant-int", lambda g, x: g.node("Gather", x, g.node("Constant", value_int=2), axis=1))
    yield option("split-opset-11", lambda g, x: g.node("Split", x, split=[1, 3], axis=1, outputs=2), opset=11)
    yield option("slice-opset-9", lambda g, x: g.node("Slice", x, starts=[1], ends=[-1], axes=[2]), opset=9)
    yield option(
        "slice-int32", lambda g, x: g.node("Slice", x, *(g.constant([value], "int32") for value in (1, 5, 2, 2))),
    )
    yield option("pad-opset-9", lambda g, x: g.node("Pad", x, pads=[0, 1, 0, 0, 0, 2], value=0.25), opset=9)
    yield option("clip-opset-9", lambda g, x: g.node("Clip", x, min=-0.5, max=0.75), opset=9)
    yield option(
        "clip-int32", lambda g, x: g.node("Clip", x, g.constant(-5, "int32"), g.constant(7, "int32")),
        fill=integers(-20, 20), dtype="int32",
    )
    yield option(
        "top-k-unsorted", lambda g, x: g.node("TopK", x, ints(g, 6), sorted=0, outputs=2)[0], tolerance="undefined",
    )
    yield option("top-k-opset-9", lambda g, x: g.node("TopK", x, k=3, outputs=2), opset=9)
    yield option("cast-opset-9", lambda g, x: g.node("Cast", x, to=TensorProto.INT32), opset=9)
    yield option("expand-both-ways", lambda g, x: g.node("Expand", x, ints(g, 3, 1, 6)), (1, 4, 1))
    yield option(
        "scatter-negative",
        lambda g, x: g.node(
            "ScatterElements", x, g.constant([[[-1, 0, -4, 1, 1, -2]]], "int64"), g.weight(1, 1, 6), axis=-2,
        ),
    )
    yield option("gather-nd-negative", lambda g, x: g.node("GatherND", x, g.constant([[0, -1], [-1, 2]], "int64")))
    yield option("transpose-none", lambda g, x: g.node("Transpose", x))
    yield option(
        "one-hot-axis-0", lambda g, x: g.node("OneHot", x, ints(g, 4), g.constant([0, 5], "int32"), axis=0), (1, 3),
        integers(0, 3), "int64",
    )
    yield option("depth-to-space-opset-9", lambda g, x: g.node("DepthToSpace", x, blocksize=2), (1, 8, 2, 3), opset=9)
    yield option(
        "where-int64", lambda g, x: g.node("Where", g.node("Greater", x, ints(g, 0)), x, ints(g, -1)),
        fill=integers(-5, 5), dtype="int64",
    )


def reductions():
    yield option("reduce-no-op", lambda g, x: g.node("ReduceSum", x, noop_with_empty_axes=1), opset=18)
    yield option("reduce-no-op-opset-13", lambda g, x: g.node("ReduceSum", x, noop_with_empty_axes=1), opset=13)
    yield option("reduce-max-bool-range", lambda g, x: g.node("ReduceMax", x, ints(g, -1, -2), keepdims=0), opset=20)
    yield option(
        "arg-max-int32", lambda g, x: g.node("ArgMax", x, axis=-1, keepdims=0), fill=integers(-50, 50), dtype="int32",
    )
    yield option("cumsum-negative-axis", lambda g, x: g.node("CumSum", x, g.constant(-2, "int64")), tolerance="sum")
    yield option("lp-norm-default", lambda g, x: g.node("LpNormalization", x), tolerance="sum")


def activations():
    for name, operator, attributes in (
        ("selu", "Selu", {"alpha": 1.2, "gamma": 0.8}), ("elu", "Elu", {"alpha": 2.0}),
        ("leaky-relu", "LeakyRelu", {"alpha": -0.5}),
        ("hard-sigmoid", "HardSigmoid", {"alpha": 0.1, "beta": 0.7}),
        ("thresholded-relu", "ThresholdedRelu", {"alpha": -0.5}),
        ("shrink", "Shrink", {"lambd": 1.0, "bias": -0.5}),
    ):
        yield option(name, lambda g, x: g.node(operator, x, **attributes), tolerance="transcendental")
    yield option("prelu-one-slope", lambda g, x: g.node("PRelu", x, g.constant([0.3])))
    yield option("prelu-last-axis", lambda g, x: g.node("PRelu", x, g.weight(6, scale=0.4)))


def recurrences():
    for operator in ("RNN", "GRU", "LSTM"):
        kind = operator.lower()
        names = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}[operator]
        steps = (1, 6, 5)
        yield option(f"{kind}-activations-named", recurrent(operator, activations=names), steps, tolerance="network")
        yield option(f"{kind}-batch-first", recurrent(operator, layout=1), steps, tolerance="network")
        yield option(
            f"{kind}-batch-first-bidirectional", recurrent(operator, layout=1, direction="bidirectional"), steps,
            tolerance="network",
        )


def legacy():
    """Files of old operator sets."""
    yield option("opset-7-add", lambda g, x: g.node("Add", x, g.weight(6)), opset=7)
    yield option(
        "opset-7-network", lambda g, x: g.node("Softmax", g.node("MatMul", x, g.weight(6, 5)), axis=2), opset=7,
        tolerance="sum",
    )
    yield option("opset-6-broadcast", lambda g, x: g.node("Mul", x, g.weight(6), broadcast=1), opset=6)
    yield option("opset-6-dropout", lambda g, x: g.node("Relu", g.node("Dropout", x, is_test=1)), opset=6)
    parameters = lambda g: [g.constant(g.rng.integers(8, 32, 4) / 16) for _ in range(4)]
    yield option(
        "opset-6-batch-norm", lambda g, x: g.node("BatchNormalization", x, *parameters(g), is_test=1), opset=6,
        tolerance="sum",
    )
    yield option("opset-23", lambda g, x: g.node("Reshape", g.node("Relu", x), ints(g, 4, 6)), opset=23)


def quantised():
    wide = between(-20, 20)
    yield option("quantise-no-zero", quantise, fill=wide, tolerance="step")
    yield option(
        "quantise-negative-axis",
        lambda g, x: g.node("QuantizeLinear", x, g.weight(6, scale=0.1), g.constant([0] * 6, "int8"), axis=-1),
        fill=positive, tolerance="step",
    )
    yield option(
        "quantise-by-zero-type", lambda g, x: quantise(g, x, g.constant(3, "int8")), fill=wide, tolerance="step",
    )
    yield option(
        "matmul-integer-row-zeros",
        lambda g, x: g.node(
            "MatMulInteger", x, g.constant(g.rng.integers(-9, 9, (6, 5)), "int8"), g.constant(2, "int8"),
            g.constant([1, 2, 3, 4, 5], "int8"),
        ),
        fill=integers(-50, 50), dtype="int8",
    )
    yield option(
        "shift", lambda g, x: g.node("BitShift", x, g.constant(1, "uint8"), direction="RIGHT"), fill=choice(0, 1, 255),
        dtype="uint8",
    )


def empty_operands():
    """Operands at the end that are omitted by an empty name."""

    def conv(g, x):
        g.nodes.append(helper.make_node("Conv", [x, g.weight(4, 2, 3, 3), ""], ["y"], kernel_shape=[3, 3]))
        return "y"

    def clip(g, x):
        g.nodes.append(helper.make_node("Clip", [x, g.constant(-0.5), ""], ["y"]))
        return "y"

    def layer_norm(g, x):
        g.nodes.append(helper.make_node("LayerNormalization", [x, g.weight(6), ""], ["y"]))
        return "y"

    def dropout(g, x):
        g.nodes.append(helper.make_node("Dropout", [x, "", ""], ["y", ""]))
        return "y"

    yield option("empty-bias", conv, (1, 2, 6, 6), tolerance="sum")
    yield option("empty-maximum", clip)
    yield option("empty-offset", layer_norm, tolerance="sum")
    yield option("empty-ratio", dropout)


def cases():
    for family in (
        ranges, resizes, normals, pools, shapes, reductions, activations, recurrences, legacy, quantised,
        empty_operands,
    ):
        yield from family()
