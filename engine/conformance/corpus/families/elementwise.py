"""Functions of one, two and more operands, on ordinary and awkward numbers, with broadcasting."""

import numpy as np

from cases import Graph, awkward, between, choice, integers, positive, symmetric

# Operator: fill of its ordinary inputs, tolerance, attributes, operator set.
UNARY = {
    "Abs": (symmetric, "exact", {}, 17),
    "Neg": (symmetric, "exact", {}, 17),
    "Sign": (symmetric, "exact", {}, 17),
    "Floor": (between(-9, 9), "exact", {}, 17),
    "Ceil": (between(-9, 9), "exact", {}, 17),
    "Round": (lambda rng, shape: rng.integers(-20, 20, shape) / 4, "exact", {}, 17),
    "Sqrt": (positive, "exact", {}, 17),
    "Reciprocal": (positive, "exact", {}, 17),
    "Relu": (symmetric, "exact", {}, 17),
    "LeakyRelu": (symmetric, "exact", {"alpha": 0.125}, 17),
    "ThresholdedRelu": (symmetric, "exact", {"alpha": 0.5}, 17),
    "Shrink": (symmetric, "exact", {"lambd": 0.5, "bias": 0.25}, 17),
    "HardSigmoid": (between(-5, 5), "transcendental", {}, 17),
    "HardSwish": (between(-5, 5), "transcendental", {}, 17),
    "Softsign": (symmetric, "transcendental", {}, 17),
    "Exp": (between(-20, 20), "transcendental", {}, 17),
    "Log": (positive, "transcendental", {}, 17),
    "Erf": (between(-4, 4), "transcendental", {}, 17),
    "Sigmoid": (between(-12, 12), "transcendental", {}, 17),
    "Tanh": (between(-6, 6), "transcendental", {}, 17),
    "Softplus": (between(-12, 12), "transcendental", {}, 17),
    "Elu": (symmetric, "transcendental", {"alpha": 0.9}, 17),
    "Selu": (symmetric, "transcendental", {}, 17),
    "Celu": (symmetric, "transcendental", {}, 17),
    "Mish": (between(-8, 8), "transcendental", {}, 18),
    "Gelu": (between(-5, 5), "transcendental", {}, 20),
    "Sin": (between(-30, 30), "transcendental", {}, 17),
    "Cos": (between(-30, 30), "transcendental", {}, 17),
    "Tan": (between(-1.4, 1.4), "transcendental", {}, 17),
    "Asin": (between(-1, 1), "transcendental", {}, 17),
    "Acos": (between(-1, 1), "transcendental", {}, 17),
    "Atan": (between(-9, 9), "transcendental", {}, 17),
    "Sinh": (between(-6, 6), "transcendental", {}, 17),
    "Cosh": (between(-6, 6), "transcendental", {}, 17),
    "Asinh": (between(-9, 9), "transcendental", {}, 17),
    "Acosh": (between(1.01, 9), "transcendental", {}, 17),
    "Atanh": (between(-0.98, 0.98), "transcendental", {}, 17),
}

ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow")
COMPARISONS = ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
INTEGERS = ("uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "uint64")


def unary(name, operator, fill, tolerance, attributes, opset, dtype="float32", count=67):
    g = Graph(f"elementwise/{name}", opset=opset)
    g.output(g.node(operator, g.input("x", [1, count], fill, dtype), **attributes))
    return g.case(tolerance)


def binary(
    name, operator, tolerance, left=(1, 5, 7), right=(1, 5, 7), fills=(symmetric, symmetric), dtype="float32",
    **attributes,
):
    g = Graph(f"elementwise/{name}", opset=attributes.pop("opset", 17))
    a = g.input("a", left, fills[0], dtype)
    b = g.input("b", right, fills[1], dtype)
    g.output(g.node(operator, a, b, **attributes))
    return g.case(tolerance)


def arithmetic():
    close = {"Pow": "transcendental", "Div": "quotient"}
    for operator in ARITHMETIC:
        fills = (positive, symmetric) if operator == "Pow" else (symmetric, symmetric)
        tolerance = close.get(operator, "exact")
        kind = operator.lower()
        yield binary(f"{kind}-same-shape", operator, tolerance, fills=fills)
        yield binary(f"{kind}-rows", operator, tolerance, right=(1, 1, 7), fills=fills)
        yield binary(f"{kind}-columns", operator, tolerance, left=(1, 5, 1), fills=fills)
        yield binary(f"{kind}-outer", operator, tolerance, left=(1, 5, 1), right=(1, 1, 7), fills=fills)
        yield binary(f"{kind}-ranks", operator, tolerance, right=(1,), fills=fills)
        awkwards = (awkward, awkward)
        yield binary(
            f"{kind}-awkward", operator, "special" if operator in ("Max", "Min", "Pow") else tolerance, fills=awkwards,
        )
        if operator == "Pow":
            continue
        for dtype in INTEGERS:
            signed = np.issubdtype(dtype, np.signedinteger)
            # Without zero and the smallest integer: division by zero and of the smallest integer by -1 have no value.
            right = integers(1, 7)
            left = integers(-60, 60) if signed else integers(0, 120)
            if operator == "Sub" and not signed:
                left, right = integers(60, 120), integers(0, 60)
            yield binary(f"{kind}-{dtype}", operator, "exact", fills=(left, right), dtype=dtype)
    yield binary("pow-int32", "Pow", "exact", fills=(integers(-6, 6), integers(0, 5)), dtype="int32")
    yield binary("div-by-zero", "Div", "exact", fills=(choice(-1.0, 0.0, 2.5), choice(0.0, -0.0)))
    yield binary("add-int8-wraps", "Add", "exact", fills=(integers(60, 127), integers(60, 127)), dtype="int8")
    yield binary(
        "mul-int32-wraps", "Mul", "exact", fills=(integers(1 << 20, 1 << 30), integers(1 << 20, 1 << 30)),
        dtype="int32",
    )
    yield binary("sub-uint8-wraps", "Sub", "exact", fills=(integers(0, 9), integers(10, 255)), dtype="uint8")


def comparisons():
    for operator in COMPARISONS:
        kind = operator.lower()
        yield binary(f"{kind}-float32", operator, "exact", fills=(choice(-1.0, 0.0, 1.0), choice(-1.0, -0.0, 1.0)))
        yield binary(f"{kind}-awkward", operator, "exact", fills=(awkward, awkward))
        yield binary(
            f"{kind}-int64", operator, "exact", fills=(integers(-2, 2), integers(-2, 2)), dtype="int64",
            right=(1, 1, 7),
        )
        yield binary(f"{kind}-int32", operator, "exact", fills=(integers(-2, 2), integers(-2, 2)), dtype="int32")
        yield binary(
            f"{kind}-float64", operator, "exact", fills=(choice(-1.0, 0.0, 1.0), choice(-1.0, -0.0, 1.0)),
            dtype="float64",
        )
    yield binary("equal-bool", "Equal", "exact", fills=(integers(0, 1), integers(0, 1)), dtype="bool")


def logic():
    for operator in ("And", "Or", "Xor"):
        yield binary(operator.lower(), operator, "exact", fills=(integers(0, 1), integers(0, 1)), dtype="bool")
        yield binary(
            f"{operator.lower()}-rows", operator, "exact", right=(1, 1, 7), fills=(integers(0, 1), integers(0, 1)),
            dtype="bool",
        )
    yield unary("not", "Not", integers(0, 1), "exact", {}, 17, dtype="bool")
    for operator in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
        for dtype in ("uint8", "int32", "int64"):
            low, high = (0, 255) if dtype == "uint8" else (-5000, 5000)
            fills = (integers(low, high), integers(low, high))
            yield binary(f"{operator.lower()}-{dtype}", operator, "exact", fills=fills, dtype=dtype, opset=18)
    yield unary("bitwisenot-int32", "BitwiseNot", integers(-5000, 5000), "exact", {}, 18, dtype="int32")
    for direction in ("LEFT", "RIGHT"):
        for dtype in ("uint8", "uint32", "uint64"):
            fills = (integers(0, 200), integers(0, 7))
            yield binary(
                f"bitshift-{direction.lower()}-{dtype}", "BitShift", "exact", fills=fills, dtype=dtype,
                direction=direction,
            )
    fills = (integers(-20, 20), choice(-5, -3, -1, 1, 2, 3, 7))
    for dtype in ("int32", "int64", "int8"):
        yield binary(f"mod-{dtype}", "Mod", "exact", fills=fills, dtype=dtype)
        yield binary(f"mod-{dtype}-fmod", "Mod", "exact", fills=fills, dtype=dtype, fmod=1)
    yield binary("mod-float32-fmod", "Mod", "exact", fills=(between(-9, 9), choice(-2.5, 0.75, 3.0)), fmod=1)


def others():
    g = Graph("elementwise/where")
    mask = g.input("mask", [1, 5, 7], integers(0, 1), "bool")
    g.output(g.node("Where", mask, g.input("a", [1, 1, 7], awkward), g.input("b", [1, 5, 1], awkward)))
    yield g.case("exact")
    for low, high in ((-0.5, 0.5), (None, 0.25), (0.1, None)):
        g = Graph(f"elementwise/clip-{low}-{high}")
        bounds = [None if bound is None else g.constant(bound) for bound in (low, high)]
        g.output(g.node("Clip", g.input("x", [1, 40]), *bounds))
        yield g.case("exact")
    g = Graph("elementwise/clip-awkward")
    g.output(g.node("Clip", g.input("x", [1, 64], awkward), g.constant(-1.0), g.constant(1.0)))
    yield g.case("special")
    g = Graph("elementwise/prelu-channels")
    g.output(g.node("PRelu", g.input("x", [1, 4, 3, 3]), g.weight(4, 1, 1, scale=0.5)))
    yield g.case("exact")
    for operator in ("Sum", "Mean", "Max", "Min"):
        g = Graph(f"elementwise/{operator.lower()}-of-three")
        ports = [g.input(name, shape) for name, shape in (("a", [1, 4, 5]), ("b", [1, 1, 5]), ("c", [1, 4, 1]))]
        g.output(g.node(operator, *ports))
        yield g.case("sum")
    for operator in ("IsNaN", "IsInf"):
        yield unary(operator.lower(), operator, awkward, "exact", {}, 17)
    yield unary("isinf-negative-only", "IsInf", awkward, "exact", {"detect_positive": 0}, 17)
    yield unary("gelu-tanh", "Gelu", between(-5, 5), "transcendental", {"approximate": "tanh"}, 20)
    g = Graph("elementwise/gelu-by-hand")
    x = g.input("x", [1, 50], between(-5, 5))
    erf = g.node("Erf", g.node("Div", x, g.constant(np.sqrt(2))))
    g.output(g.node("Mul", g.node("Mul", x, g.node("Add", erf, g.constant(1.0))), g.constant(0.5)))
    yield g.case("transcendental")
    for exponent in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 2.5):
        g = Graph(f"elementwise/pow-by-{exponent}")
        g.output(g.node("Pow", g.input("x", [1, 40], positive), g.constant(exponent)))
        yield g.case("transcendental")


def cases():
    for operator, (fill, tolerance, attributes, opset) in UNARY.items():
        kind = operator.lower()
        yield unary(kind, operator, fill, tolerance, attributes, opset)
        yield unary(f"{kind}-awkward", operator, awkward, "special", attributes, opset, count=131)
    for operator in ("Abs", "Neg", "Sign"):
        for dtype in ("int8", "int32", "int64"):
            yield unary(f"{operator.lower()}-{dtype}", operator, integers(-100, 100), "exact", {}, 17, dtype=dtype)
    yield from arithmetic()
    yield from comparisons()
    yield from logic()
    yield from others()
