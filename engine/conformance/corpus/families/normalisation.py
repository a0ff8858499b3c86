"""Layer, instance, group, batch and response normalisation; softmax over each axis."""

from cases import Graph, between, awkward_numbers, symmetric


def layer(name, shape, axis, epsilon=1e-5, bias=True):
    g = Graph(f"norm/layer-{name}")
    x = g.input("x", shape, between(-3, 3))
    parameters = shape[axis:]
    scale = g.weight(*parameters, scale=1)
    g.output(
        g.node(
            "LayerNormalization", x, scale, g.weight(*parameters, scale=1) if bias else None, axis=axis,
            epsilon=epsilon,
        )
    )
    return g.case("sum")


def layer_by_hand(shape):
    """Layer normalisation as exporters wrote it before there was an operator."""
    g = Graph("norm/layer-by-hand")
    x = g.input("x", shape)
    centred = g.node("Sub", x, g.node("ReduceMean", x, axes=[-1]))
    square = g.node("Pow", centred, g.constant(2.0))
    deviation = g.node("Sqrt", g.node("Add", g.node("ReduceMean", square, axes=[-1]), g.constant(1e-5)))
    scaled = g.node("Mul", g.node("Div", centred, deviation), g.weight(shape[-1], scale=1))
    g.output(g.node("Add", scaled, g.weight(shape[-1], scale=1)))
    return g.case("sum")


def channels(name, operator, image, count=6, opset=17, parameters=None, **attributes):
    """A normalisation with a scale and a bias for each channel, or `parameters` of each."""
    g = Graph(f"norm/{name}", opset=opset)
    x = g.input("x", [1, count, *image], between(-3, 3))
    parameters = parameters or count
    g.output(
        g.node(operator, x, g.weight(parameters, scale=1), g.weight(parameters, scale=1), **attributes),
        shape=[1, count, *image],
    )
    # Operator set 18 had a group norm that was soon withdrawn: exporters wrote it, but the checker refuses it.
    return g.case("sum", checked=opset != 18)


def batch(name, image, **attributes):
    g = Graph(f"norm/batch-{name}", opset=15)
    x = g.input("x", [1, 5, *image], between(-3, 3))
    variance = g.constant(abs(g.rng.integers(1, 64, 5)) / 32)
    g.output(
        g.node(
            "BatchNormalization", x, g.weight(5, scale=1), g.weight(5, scale=1), g.weight(5, scale=1), variance,
            **attributes,
        )
    )
    return g.case("sum")


def single(name, operator, shape, tolerance="sum", opset=17, fill=symmetric, **attributes):
    """An operator without parameters."""
    g = Graph(f"norm/{name}", opset=opset)
    g.output(g.node(operator, g.input("x", shape, fill), **attributes))
    return g.case(tolerance)


def cases():
    yield layer("last", [1, 5, 16], 2)
    yield layer("last-odd", [1, 3, 7], -1)
    yield layer("two-axes", [1, 4, 6, 5], 2)
    yield layer("all", [1, 4, 6], 1)
    yield layer("no-bias", [1, 4, 12], 2, bias=False)
    yield layer("epsilon", [1, 4, 12], 2, epsilon=0.1)
    yield layer_by_hand([1, 6, 24])
    yield channels("instance-1d", "InstanceNormalization", [11])
    yield channels("instance-2d", "InstanceNormalization", [5, 6], epsilon=1e-3)
    yield channels("instance-3d", "InstanceNormalization", [3, 4, 2])
    for groups in (1, 2, 3, 6):
        yield channels(f"group-{groups}", "GroupNormalization", [4, 5], opset=21, num_groups=groups)
    yield channels("group-per-group", "GroupNormalization", [4, 5], opset=18, parameters=3, num_groups=3)
    yield batch("2d", [4, 5])
    yield batch("1d", [9])
    yield batch("flat", [])
    yield batch("epsilon", [4, 4], epsilon=0.01)
    yield single("lrn-5", "LRN", [1, 7, 4, 4], size=5, alpha=0.001, beta=0.75, bias=1.0)
    yield single("lrn-3", "LRN", [1, 6, 3, 5], size=3, alpha=0.1, beta=0.5, bias=2.0)
    yield single("lp-1", "LpNormalization", [1, 4, 9], axis=-1, p=1)
    yield single("lp-2", "LpNormalization", [1, 4, 9], axis=1, p=2)
    yield single("mean-variance", "MeanVarianceNormalization", [1, 4, 5, 6], axes=[0, 2, 3])
    for operator in ("Softmax", "LogSoftmax", "Hardmax"):
        kind = operator.lower()
        tolerance = "exact" if operator == "Hardmax" else "transcendental"
        for axis in range(-1, 4):
            yield single(f"{kind}-axis-{axis}", operator, [1, 4, 5, 6], tolerance, axis=axis, fill=between(-6, 6))
        for axis in (1, 2):
            yield single(f"{kind}-opset-11-axis-{axis}", operator, [1, 4, 5, 6], tolerance, opset=11, axis=axis)
        yield single(f"{kind}-long", operator, [1, 3, 257], tolerance, axis=-1, fill=between(-20, 20))
        yield single(f"{kind}-awkward", operator, [1, 8, 12], tolerance, axis=-1, fill=awkward_numbers)
        yield single(f"{kind}-large", operator, [1, 4, 16], tolerance, axis=-1, fill=between(-1e4, 1e4))
