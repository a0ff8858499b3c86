"""Operators that move values without computing any: slices, gathers, scatters, padding, resizing."""

import numpy as np

from cases import Graph, awkward, between, choice, integers, symmetric


def moves(name, build, shape=(1, 4, 5), fill=symmetric, dtype="float32", opset=17, tolerance="exact"):
    """A model whose outputs, one or a list, `build(g, x)` returns."""
    g = Graph(f"shape/{name}", opset=opset)
    built = build(g, g.input("x", list(shape), fill, dtype))
    g.output(*([built] if isinstance(built, str) else built))
    return g.case(tolerance)


def ints(g, *values):
    return g.constant(list(values), "int64")


def arrangement():
    yield moves("identity-awkward", lambda g, x: g.node("Identity", x), (1, 67), awkward)
    yield moves("reshape", lambda g, x: g.node("Reshape", x, ints(g, 0, -1)))
    yield moves(
        "reshape-by-shape",
        lambda g, x: g.node("Reshape", x, g.node("Concat", ints(g, -1), g.node("Shape", x, start=2), axis=0)),
    )
    yield moves("flatten", lambda g, x: g.node("Flatten", x, axis=2), (1, 3, 4, 2))
    yield moves(
        "squeeze-unsqueeze", lambda g, x: g.node("Unsqueeze", g.node("Squeeze", x, ints(g, 0, 2)), ints(g, 0, 3)),
        (1, 4, 1, 5),
    )
    for name, order in (("021", [0, 2, 1]), ("210", [2, 1, 0]), ("reversed", None)):
        yield moves(f"transpose-{name}", lambda g, x: g.node("Transpose", x, perm=order))
    yield moves("transpose-nhwc", lambda g, x: g.node("Transpose", x, perm=[0, 2, 3, 1]), (1, 3, 4, 5))
    for axis in (0, 1, -1):
        yield moves(f"concat-axis-{axis}", lambda g, x: g.node("Concat", x, g.weight(1, 4, 5), x, axis=axis))
    yield moves("split", lambda g, x: g.node("Split", x, ints(g, 1, 3), axis=1, outputs=2))
    yield moves("split-even", lambda g, x: g.node("Split", x, axis=1, outputs=2, num_outputs=2), opset=18)
    yield moves("split-uneven", lambda g, x: g.node("Split", x, axis=2, outputs=3, num_outputs=3), opset=18)
    yield moves("tile", lambda g, x: g.node("Tile", x, ints(g, 2, 1, 3)))
    yield moves("expand", lambda g, x: g.node("Expand", x, ints(g, 2, 4, 5)), (1, 4, 1))
    yield moves("shape", lambda g, x: [g.node("Shape", x), g.node("Size", x)])
    yield moves("constant-of-shape", lambda g, x: g.node("Add", x, g.node("ConstantOfShape", g.node("Shape", x))))
    yield moves("eye-like", lambda g, x: g.node("EyeLike", g.node("Squeeze", x, ints(g, 0)), k=1))
    for upper in (0, 1):
        for k in (-1, 0, 2):
            yield moves(
                f"trilu-{'upper' if upper else 'lower'}-{k}",
                lambda g, x: g.node("Trilu", x, g.constant(k, "int64"), upper=upper),
            )
    for mode in ("DCR", "CRD"):
        yield moves(
            f"depth-to-space-{mode.lower()}", lambda g, x: g.node("DepthToSpace", x, blocksize=2, mode=mode),
            (1, 8, 3, 2),
        )
    yield moves("space-to-depth", lambda g, x: g.node("SpaceToDepth", x, blocksize=2), (1, 2, 4, 6))
    yield moves("dropout", lambda g, x: g.node("Dropout", x))


def slices():
    for name, starts, ends, axes, steps in (
        ("middle", [1, 1], [3, 4], [1, 2], [1, 1]),
        ("negative", [-3], [-1], [2], [1]),
        ("step-2", [0], [9], [2], [2]),
        ("backwards", [-1], [-6], [2], [-1]),
        ("backwards-by-2", [4], [-99], [2], [-2]),
        ("beyond", [1], [1000], [1], [1]),
    ):
        yield moves(
            f"slice-{name}",
            lambda g, x: g.node("Slice", x, ints(g, *starts), ints(g, *ends), ints(g, *axes), ints(g, *steps)),
        )
    for mode in ("constant", "reflect", "edge"):
        yield moves(f"pad-{mode}", lambda g, x: g.node("Pad", x, ints(g, 0, 1, 2, 0, 2, 1), mode=mode))
    yield moves("pad-wrap", lambda g, x: g.node("Pad", x, ints(g, 0, 1, 2, 0, 2, 1), mode="wrap"), opset=19)
    yield moves("pad-value", lambda g, x: g.node("Pad", x, ints(g, 0, 1, 2, 0, 2, 1), g.constant(-0.75)))
    yield moves("pad-axes", lambda g, x: g.node("Pad", x, ints(g, 1, 2), g.constant(0.5), ints(g, 2)), opset=18)
    yield moves("pad-crop", lambda g, x: g.node("Pad", x, ints(g, 0, -1, 0, 0, 0, -2)))


def gathers():
    table = lambda g, *shape: g.weight(*shape, scale=1)
    for axis in (0, 1, 2):
        yield moves(
            f"gather-weights-axis-{axis}", lambda g, x: g.node("Gather", table(g, 6, 6, 6), x, axis=axis), (1, 3),
            integers(-6, 5), "int64",
        )
    yield moves("gather-int32", lambda g, x: g.node("Gather", table(g, 6, 4), x), (1, 2, 3), integers(0, 5), "int32")
    yield moves("gather-constant", lambda g, x: g.node("Gather", x, ints(g, 3, 0, -1), axis=1))
    yield moves("gather-scalar", lambda g, x: g.node("Gather", x, g.constant(2, "int64"), axis=1))
    yield moves(
        "gather-out-of-range", lambda g, x: g.node("Gather", table(g, 6, 4), x), (1, 3), integers(6, 9), "int64",
        tolerance="fault",
    )
    for axis in (1, 2):
        yield moves(
            f"gather-elements-axis-{axis}", lambda g, x: g.node("GatherElements", table(g, 1, 4, 5), x, axis=axis),
            (1, 4, 5), integers(-4, 3),
            "int64",
        )
    yield moves("gather-nd", lambda g, x: g.node("GatherND", table(g, 4, 5, 3), x), (1, 6, 2), integers(0, 3), "int64")
    yield moves(
        "gather-nd-batch", lambda g, x: g.node("GatherND", table(g, 1, 5, 3), x, batch_dims=1), (1, 6, 1),
        integers(0, 4), "int64",
    )
    for reduction in ("none", "add", "mul", "max", "min"):
        opset = 18 if reduction in ("max", "min") else 16
        yield moves(
            f"scatter-elements-{reduction}",
            lambda g, x: g.node(
                "ScatterElements", x, g.constant([[[1, 0, 2, 3, 3]], ], "int64"), table(g, 1, 1, 5), axis=1,
                reduction=reduction,
            ),
            opset=opset,
        )
        yield moves(
            f"scatter-nd-{reduction}",
            lambda g, x: g.node(
                "ScatterND", x, g.constant([[0, 1], [0, 3]], "int64"), table(g, 2, 5), reduction=reduction,
            ),
            opset=opset,
        )
    yield moves(
        "scatter-elements-indices", lambda g, x: g.node("ScatterElements", table(g, 1, 6), x, table(g, 1, 3), axis=1),
        (1, 3), choice(0, 2, 4), "int64",
    )
    yield moves(
        "one-hot", lambda g, x: g.node("OneHot", x, g.constant(5, "int64"), g.constant([0.0, 1.0])), (1, 6),
        integers(0, 4), "int64",
    )
    yield moves(
        "one-hot-axis-1", lambda g, x: g.node("OneHot", x, g.constant(5, "int64"), g.constant([-1.0, 2.0]), axis=1),
        (1, 6), integers(-5, 4), "int64",
    )
    yield moves("compress", lambda g, x: g.node("Compress", x, g.constant([1, 0, 1, 1], "bool"), axis=1))
    yield moves("reverse-by-gather", lambda g, x: g.node("Gather", x, ints(g, 4, 3, 2, 1, 0), axis=2), fill=awkward)


def resizes():
    def resize(scales, sizes=None, **attributes):
        def build(g, x):
            factors = g.constant(scales) if scales else None
            return g.node("Resize", x, None, factors, ints(g, *sizes) if sizes else None, **attributes)

        return build

    image = (1, 2, 4, 5)
    for transform in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for mode in ("nearest", "linear", "cubic"):
            for name, scales in (("up", [1.0, 1.0, 2.0, 2.0]), ("down", [1.0, 1.0, 0.5, 0.6])):
                attributes = {"mode": mode, "coordinate_transformation_mode": transform}
                tolerance = "exact" if mode == "nearest" else "sum"
                yield moves(
                    f"resize-{mode}-{name}-{transform}", resize(scales, **attributes), image, tolerance=tolerance,
                )
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        attributes = {"mode": "nearest", "nearest_mode": rounding, "coordinate_transformation_mode": "half_pixel"}
        yield moves(f"resize-nearest-{rounding}", resize([1.0, 1.0, 1.5, 2.5], **attributes), image)
    yield moves("resize-sizes", resize(None, [1, 2, 7, 3], mode="linear"), image, tolerance="sum")
    yield moves(
        "resize-sizes-nearest",
        resize(None, [1, 2, 8, 10], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        image,
    )
    yield moves(
        "resize-antialias", resize([1.0, 1.0, 0.5, 0.5], mode="linear", antialias=1), (1, 2, 8, 8), opset=18,
        tolerance="sum",
    )
    yield moves("resize-1d", resize([1.0, 1.0, 2.0], mode="linear"), (1, 2, 6), tolerance="sum")
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            if (mode, padding) == ("bicubic", "border"):
                continue
            g = Graph(f"shape/grid-sample-{mode}-{padding}", opset=16)
            grid = g.input("grid", [1, 3, 4, 2], between(-1.2, 1.2))
            g.output(
                g.node("GridSample", g.input("x", [1, 2, 5, 6]), grid, mode=mode, padding_mode=padding, align_corners=0)
            )
            yield g.case("sum" if mode != "nearest" else "exact")


def element_types():
    """Operators that take every element type, with each type."""
    for dtype in (
        "float32", "float64", "float16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
        "bool",
    ):
        low, high = (0, 1) if dtype == "bool" else (0, 100)

        def build(g, x):
            joined = g.node("Concat", x, g.constant(np.arange(20).reshape(1, 4, 5) % (high + 1), dtype), axis=1)
            return g.node("Transpose", g.node("Slice", joined, ints(g, 2), ints(g, 7), ints(g, 1)), perm=[0, 2, 1])

        yield moves(f"moved-{dtype}", build, fill=integers(low, high), dtype=dtype)


def cases():
    yield from arrangement()
    yield from slices()
    yield from gathers()
    yield from resizes()
    yield from element_types()
