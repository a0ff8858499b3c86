"""Reductions over each axis, and operators that order values."""

from cases import Graph, awkward, awkward_numbers, between, choice, integers, positive, symmetric

REDUCTIONS = {
    "ReduceMax": "exact", "ReduceMin": "exact", "ReduceMean": "sum", "ReduceSum": "sum", "ReduceProd": "sum",
    "ReduceL1": "sum",
    "ReduceL2": "sum", "ReduceSumSquare": "sum", "ReduceLogSum": "sum", "ReduceLogSumExp": "sum",
}


def reduction(
    name, operator, tolerance, axes, keepdims=1, shape=(1, 4, 5, 6), fill=positive, dtype="float32", opset=18,
    **attributes,
):
    g = Graph(f"reduce/{name}", opset=opset)
    x = g.input("x", shape, fill, dtype)
    if opset >= 18 or (opset >= 13 and operator == "ReduceSum"):
        operands = [g.constant(axes, "int64")] if axes is not None else []
    else:
        operands, attributes["axes"] = [], axes
    g.output(g.node(operator, x, *operands, keepdims=keepdims, **attributes))
    return g.case(tolerance)


def extreme(name, operator, axis, shape=(1, 5, 7), fill=symmetric, **attributes):
    g = Graph(f"reduce/{name}")
    g.output(g.node(operator, g.input("x", shape, fill), axis=axis, **attributes))
    return g.case("exact")


def top(name, k, axis, fill=symmetric, tolerance="exact", shape=(1, 6, 9), dtype="float32", **attributes):
    g = Graph(f"reduce/topk-{name}")
    g.output(
        *g.node("TopK", g.input("x", shape, fill, dtype), g.constant([k], "int64"), outputs=2, axis=axis, **attributes)
    )
    return g.case(tolerance)


def cumulative(name, axis, dtype="float32", fill=symmetric, tolerance="sum", **attributes):
    g = Graph(f"reduce/cumsum-{name}")
    g.output(g.node("CumSum", g.input("x", [1, 5, 6], fill, dtype), g.constant(axis, "int64"), **attributes))
    return g.case(tolerance)


def cases():
    for operator, tolerance in REDUCTIONS.items():
        kind = operator.removeprefix("Reduce").lower()
        for axis in range(4):
            yield reduction(f"{kind}-axis-{axis}", operator, tolerance, [axis])
        yield reduction(f"{kind}-axes-1-3", operator, tolerance, [1, 3])
        yield reduction(f"{kind}-last-dropped", operator, tolerance, [-1], keepdims=0)
        yield reduction(f"{kind}-all", operator, tolerance, None)
        yield reduction(f"{kind}-opset-13", operator, tolerance, [2], opset=13)
        # Longer than any vector register, and not a multiple of one.
        yield reduction(f"{kind}-long", operator, tolerance, [1], shape=(1, 1003), fill=between(0.9, 1.1))
    for operator in ("ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceMean"):
        kind = operator.removeprefix("Reduce").lower()
        for dtype in ("int32", "int64"):
            yield reduction(
                f"{kind}-{dtype}", operator, "exact", [1, 2], shape=(1, 3, 4, 2), fill=integers(-4, 4), dtype=dtype,
            )
    for operator in ("ReduceMax", "ReduceMin"):
        kind = operator.removeprefix("Reduce").lower()
        for dtype in ("int8", "uint8"):
            yield reduction(
                f"{kind}-{dtype}", operator, "exact", [1], shape=(1, 3, 5), fill=integers(0, 100), dtype=dtype,
            )
        yield reduction(f"{kind}-awkward", operator, "special", [2], shape=(1, 8, 9), fill=awkward)
        yield reduction(f"{kind}-awkward-numbers", operator, "special", [2], shape=(1, 8, 9), fill=awkward_numbers)
    yield reduction("sum-awkward", "ReduceSum", "overflow", [2], shape=(1, 8, 9), fill=awkward)
    yield reduction("logsumexp-awkward", "ReduceLogSumExp", "overflow", [2], shape=(1, 8, 9), fill=awkward_numbers)
    yield reduction("logsumexp-large", "ReduceLogSumExp", "overflow", [2], shape=(1, 8, 9), fill=between(-500, 500))

    for operator in ("ArgMax", "ArgMin"):
        kind = operator.lower()
        for axis in (0, 1, 2, -1):
            yield extreme(f"{kind}-axis-{axis}", operator, axis)
        yield extreme(f"{kind}-dropped", operator, 1, keepdims=0)
        ties = choice(-1.0, 0.0, 1.0)
        yield extreme(f"{kind}-ties-first", operator, 2, fill=ties)
        yield extreme(f"{kind}-ties-last", operator, 2, fill=ties, select_last_index=1)
        yield extreme(f"{kind}-zeros", operator, 2, fill=choice(0.0, -0.0))
        yield extreme(f"{kind}-awkward-numbers", operator, 2, fill=awkward_numbers)
        g = Graph(f"reduce/{kind}-awkward")
        g.output(g.node(operator, g.input("x", [1, 5, 7], awkward), axis=2))
        # ONNX does not specify the order of NaN.
        yield g.case("undefined")

    yield top("greatest", 3, -1)
    yield top("least", 3, -1, largest=0)
    yield top("middle-axis", 2, 1)
    yield top("one", 1, 2)
    yield top("all", 9, 2)
    yield top("ties", 4, 2, fill=choice(-1.0, 0.0, 1.0))
    yield top("zeros", 4, 2, fill=choice(0.0, -0.0, 1.0), tolerance="special")
    yield top("awkward-numbers", 4, 2, fill=awkward_numbers, tolerance="special")
    yield top("int64", 3, 2, fill=integers(-50, 50), dtype="int64")
    # tract cannot order NaN: it traps, on every machine.
    yield top("awkward", 4, 2, fill=awkward, tolerance="special", shape=(1, 6, 40))

    yield cumulative("axis-1", 1)
    yield cumulative("axis-2", 2)
    yield cumulative("exclusive", 2, exclusive=1)
    yield cumulative("reverse", 2, reverse=1)
    yield cumulative("reverse-exclusive", 1, reverse=1, exclusive=1)
    yield cumulative("int32", 2, "int32", integers(-9, 9), "exact")
