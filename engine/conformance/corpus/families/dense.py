"""Matrix products and multi-layer perceptrons."""

from cases import Graph, awkward_numbers, between

ACTIVATIONS = {
    "Relu": {}, "LeakyRelu": {"alpha": 0.1}, "Elu": {"alpha": 0.7}, "Selu": {}, "Celu": {}, "Tanh": {}, "Sigmoid": {},
    "Softplus": {}, "Softsign": {}, "HardSigmoid": {"alpha": 0.3, "beta": 0.4}, "HardSwish": {},
    "ThresholdedRelu": {"alpha": 0.3},
}


def mlp(name, widths, activation, batch=1, **attributes):
    """A chain of Gemm, with an activation between each two."""
    g = Graph(f"dense/{name}")
    x = g.input("x", [1, batch, widths[0]])
    x = g.node("Reshape", x, g.constant([batch, widths[0]], "int64"))
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        if index:
            x = g.node(activation, x, **attributes)
        x = g.node("Gemm", x, g.weight(outputs, inputs), g.weight(outputs, scale=0.1), transB=1)
    g.output(x)
    return g.case("network")


def gemm(name, m, k, n, trans_a, trans_b, alpha, beta, bias):
    g = Graph(f"dense/gemm-{name}")
    a = g.input("a", [1, k, m] if trans_a else [1, m, k])
    a = g.node("Squeeze", a, g.constant([0], "int64"))
    b = g.weight(*([n, k] if trans_b else [k, n]))
    c = g.weight(*bias, scale=1) if bias is not None else None
    g.output(g.node("Gemm", a, b, c, transA=trans_a, transB=trans_b, alpha=alpha, beta=beta))
    return g.case("sum")


def matmul(name, left, right, weight=False, fill=between(-1, 1), tolerance="sum"):
    """MatMul of two inputs, or of an input and a weight."""
    g = Graph(f"dense/matmul-{name}")
    a = g.input("a", left, fill)
    b = g.weight(*right, scale=0.3) if weight else g.input("b", right, fill)
    g.output(g.node("MatMul", a, b))
    return g.case(tolerance)


def symbolic(extent):
    """A model whose batch extent the spec binds."""
    g = Graph(f"dense/mlp-batch-{extent}")
    x = g.input("x", [1, ("N", extent), 12])
    x = g.node("Relu", g.node("Add", g.node("MatMul", x, g.weight(12, 20)), g.weight(20, scale=0.2)))
    g.output(g.node("MatMul", x, g.weight(20, 5)))
    return g.case("network")


def cases():
    for activation, attributes in ACTIVATIONS.items():
        yield mlp(f"mlp-{activation.lower()}", [16, 24, 10], activation, **attributes)
    yield mlp("mlp-single", [7, 3], "Relu")
    yield mlp("mlp-deep", [33, 31, 29, 23, 19, 17, 13], "Relu")
    yield mlp("mlp-wide", [64, 128, 64], "Tanh")
    yield mlp("mlp-batch-of-5", [20, 32, 4], "Sigmoid", batch=5)
    yield from map(symbolic, (1, 2, 7))

    yield gemm("plain", 4, 6, 8, 0, 0, 1.0, 1.0, [8])
    yield gemm("trans-a", 4, 6, 8, 1, 0, 1.0, 1.0, [4, 8])
    yield gemm("trans-b", 5, 7, 3, 0, 1, 0.5, 2.0, [1, 3])
    yield gemm("trans-both", 5, 7, 3, 1, 1, 1.5, 0.25, [5, 1])
    yield gemm("no-bias", 3, 17, 9, 0, 0, 1.0, 1.0, None)
    yield gemm("scalar-bias", 3, 5, 9, 0, 0, 1.0, 0.3, [1])

    # Extents on both sides of the kernels' tiles.
    for m, k, n in [
        (1, 1, 1), (1, 64, 1), (1, 7, 33), (3, 5, 2), (4, 16, 4), (8, 3, 8), (13, 17, 19), (32, 1, 32), (31, 65, 30),
        (64, 64, 64),
    ]:
        yield matmul(f"{m}x{k}x{n}", [1, m, k], [1, k, n])
        yield matmul(f"{m}x{k}x{n}-weight", [1, m, k], [k, n], weight=True)
    yield matmul("vector-matrix", [1, 9], [9, 4], weight=True)
    yield matmul("matrix-vector", [1, 6, 9], [9], weight=True)
    yield matmul("batch-broadcast", [1, 3, 4, 5], [3, 5, 2], weight=True)
    yield matmul("batch-of-heads", [1, 4, 6, 8], [1, 4, 8, 6])
    yield matmul("outer", [1, 8, 1], [1, 1, 8], fill=awkward_numbers, tolerance="exact")
    yield matmul("awkward", [1, 6, 9], [1, 9, 5], fill=awkward_numbers, tolerance="overflow")
