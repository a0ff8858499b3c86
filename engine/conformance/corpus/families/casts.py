"""Casts between all pairs of element types, within and beyond the range of the target."""

import numpy as np

from cases import Graph, awkward, between, integers, number

TYPES = [
    "float32", "float64", "float16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool",
]


def cast(name, source, target, fill, tolerance="exact"):
    g = Graph(f"cast/{name}")
    g.output(g.node("Cast", g.input("x", [1, 45], fill, source), to=number(target)))
    return g.case(tolerance)


def ordinary(source, target):
    """Returns a fill of values that both types hold, except for the fraction of a float."""
    if "bool" in (source, target):
        return integers(0, 1)
    signed = all(not np.issubdtype(dtype, np.unsignedinteger) for dtype in (source, target))
    return between(-100, 100) if signed else between(0, 100)


def cases():
    for source in TYPES:
        for target in TYPES:
            if source != target:
                yield cast(f"{source}-to-{target}", source, target, ordinary(source, target))
    # Outside the range, runtimes need not agree with each other, but the engine must agree with itself.
    for target in TYPES:
        if target not in ("float32", "float64"):
            yield cast(f"awkward-float32-to-{target}", "float32", target, awkward, "undefined")
    for source, target in (
        ("int32", "int8"), ("int32", "uint8"), ("int64", "int32"), ("uint8", "int8"), ("int8", "uint8"),
    ):
        yield cast(
            f"wrapping-{source}-to-{target}", source, target,
            integers(-128, 127) if source == "int8" else integers(0, 255),
        )
    yield cast(
        "float64-to-float32-rounds", "float64", "float32", lambda rng, shape: rng.integers(1, 1 << 53, shape) / 3.0,
    )
    yield cast(
        "float32-to-float16-rounds", "float32", "float16", lambda rng, shape: rng.integers(1, 1 << 20, shape) / 77.0,
    )
    yield cast(
        "float32-to-float16-subnormal", "float32", "float16",
        lambda rng, shape: rng.integers(1, 1 << 20, shape) / float(1 << 38),
    )
    g = Graph("cast/cast-like")
    g.output(g.node("CastLike", g.input("x", [1, 9]), g.constant([1], "float64")))
    yield g.case("exact")
