"""Attention: encoders, causal decoders, and their parts."""

import numpy as np

from cases import Graph, integers, symmetric


def linear(g, x, inputs, outputs, bias=True):
    y = g.node("MatMul", x, g.weight(inputs, outputs, scale=np.sqrt(3 / inputs)))
    return g.node("Add", y, g.weight(outputs, scale=0.1)) if bias else y


def normalised(g, x, width):
    return g.node("LayerNormalization", x, g.constant(np.ones(width)), g.weight(width, scale=0.1), axis=-1)


def heads(g, x, tokens, count, size):
    shape = g.constant([1, tokens, count, size], "int64")
    return g.node("Transpose", g.node("Reshape", x, shape), perm=[0, 2, 1, 3])


def attention(g, x, memory, tokens, width, count, mask=None):
    """Multi-head attention of `x` over `memory`; `mask` is added to the scores."""
    size = width // count
    query, key, value = (
        heads(g, linear(g, source, width, width), tokens, count, size) for source in (x, memory, memory)
    )
    scores = g.node("MatMul", query, g.node("Transpose", key, perm=[0, 1, 3, 2]))
    scores = g.node("Mul", scores, g.constant(1 / np.sqrt(size)))
    if mask:
        scores = g.node("Add", scores, mask)
    mixed = g.node("MatMul", g.node("Softmax", scores, axis=-1), value)
    joined = g.node("Reshape", g.node("Transpose", mixed, perm=[0, 2, 1, 3]), g.constant([1, tokens, width], "int64"))
    return linear(g, joined, width, width)


def gelu(g, x):
    erf = g.node("Erf", g.node("Div", x, g.constant(np.sqrt(2))))
    return g.node("Mul", g.node("Mul", x, g.node("Add", erf, g.constant(1.0))), g.constant(0.5))


def silu(g, x):
    return g.node("Mul", x, g.node("Sigmoid", x))


def block(g, x, tokens, width, count, mask=None, first=True, activation=gelu):
    """Attention and a feed-forward network, with the norms first (as in GPT-2) or last (as in BERT)."""
    wrapped = (lambda y: normalised(g, y, width)) if first else (lambda y: y)
    after = (lambda y: y) if first else (lambda y: normalised(g, y, width))
    inner = wrapped(x)
    x = after(g.node("Add", x, attention(g, inner, inner, tokens, width, count, mask)))
    hidden = activation(g, linear(g, wrapped(x), width, 4 * width))
    return after(g.node("Add", x, linear(g, hidden, 4 * width, width)))


def embedded(g, tokens, width, words):
    ids = g.input("ids", [1, tokens], integers(0, words - 1), "int64")
    return g.node("Add", g.node("Gather", g.weight(words, width, scale=1), ids), g.weight(tokens, width, scale=0.5))


def encoder(name, tokens, width, count, layers, first):
    g = Graph(f"transformer/encoder-{name}")
    x = embedded(g, tokens, width, 40)
    for _ in range(layers):
        x = block(g, x, tokens, width, count, first=first)
    g.output(linear(g, g.node("ReduceMean", x, axes=[1], keepdims=0), width, 3))
    return g.case("network")


def masked_encoder():
    """An encoder that masks padding."""
    g = Graph("transformer/encoder-masked")
    x = embedded(g, 10, 16, 30)
    mask = g.input("mask", [1, 10], integers(0, 1), "int64")
    mask = g.node("Cast", g.node("Unsqueeze", mask, g.constant([1, 2], "int64")), to=1)
    mask = g.node("Mul", g.node("Sub", g.constant(1.0), mask), g.constant(-10000.0))
    g.output(block(g, x, 10, 16, 2, mask=mask, first=False))
    return g.case("network")


def decoder(name, tokens, width, count, layers, lowest, activation=gelu):
    """A causal decoder. `lowest` masks the future: -inf, or a number as exporters write it."""
    g = Graph(f"transformer/decoder-{name}")
    x = embedded(g, tokens, width, 50)
    future = np.triu(np.ones((tokens, tokens)), 1)
    mask = g.node("Where", g.constant(future, "bool"), g.constant(lowest), g.constant(0.0))
    for _ in range(layers):
        x = block(g, x, tokens, width, count, mask=mask, activation=activation)
    g.output(linear(g, normalised(g, x, width), width, 50, bias=False))
    return g.case("network")


def cached_decoder(tokens=1, past=7, width=16, count=2):
    """A step of a decoder, whose keys and values are inputs, and outputs that are longer by one."""
    g = Graph("transformer/decoder-step")
    size = width // count
    x = g.input("x", [1, tokens, width])
    query, key, value = (heads(g, linear(g, x, width, width), tokens, count, size) for _ in range(3))
    key = g.node("Concat", g.input("keys", [1, count, past, size]), key, axis=2)
    value = g.node("Concat", g.input("values", [1, count, past, size]), value, axis=2)
    scores = g.node("MatMul", query, g.node("Transpose", key, perm=[0, 1, 3, 2]))
    mixed = g.node("MatMul", g.node("Softmax", g.node("Mul", scores, g.constant(1 / np.sqrt(size))), axis=-1), value)
    joined = g.node("Reshape", g.node("Transpose", mixed, perm=[0, 2, 1, 3]), g.constant([1, tokens, width], "int64"))
    g.output(linear(g, joined, width, width), key, value)
    return g.case("network")


def rotary(tokens=8, size=12):
    """Rotary positions, from the sine and cosine of a product, as exporters write them."""
    g = Graph("transformer/rotary")
    x = g.input("x", [1, 2, tokens, size])
    angles = g.node(
        "Mul", g.constant(np.arange(tokens).reshape(-1, 1)), g.constant(np.ldexp(1.0, -2 * np.arange(size // 2))),
    )
    angles = g.node("Concat", angles, angles, axis=1)
    half = g.constant([size // 2], "int64")
    zero, end, axis = (g.constant([value], "int64") for value in (0, size, 3))
    left, right = g.node("Slice", x, zero, half, axis), g.node("Slice", x, half, end, axis)
    turned = g.node("Concat", g.node("Neg", right), left, axis=3)
    g.output(g.node("Add", g.node("Mul", x, g.node("Cos", angles)), g.node("Mul", turned, g.node("Sin", angles))))
    return g.case("transcendental")


def einsum(name, equation, *shapes):
    g = Graph(f"transformer/einsum-{name}")
    g.output(
        g.node("Einsum", *(g.input(f"x{index}", list(shape)) for index, shape in enumerate(shapes)), equation=equation)
    )
    return g.case("sum")


def rms_norm():
    g = Graph("transformer/rms-norm")
    x = g.input("x", [1, 5, 24], symmetric)
    mean = g.node("ReduceMean", g.node("Mul", x, x), axes=[-1])
    root = g.node("Sqrt", g.node("Add", mean, g.constant(1e-6)))
    g.output(g.node("Mul", g.node("Div", x, root), g.weight(24, scale=1)))
    return g.case("sum")


def cases():
    yield encoder("norms-first", 12, 24, 3, 2, True)
    yield encoder("norms-last", 12, 24, 3, 2, False)
    yield encoder("one-head", 5, 8, 1, 1, True)
    yield encoder("wide", 16, 64, 4, 2, True)
    yield masked_encoder()
    yield decoder("causal-infinite", 9, 24, 3, 2, -np.inf)
    yield decoder("causal-finite", 9, 24, 3, 2, -1e9)
    yield decoder("silu", 11, 16, 2, 1, -np.inf, activation=silu)
    yield cached_decoder()
    yield rotary()
    yield rms_norm()
    yield einsum("matmul", "bij,bjk->bik", (1, 4, 5), (1, 5, 3))
    yield einsum("scores", "bhid,bhjd->bhij", (1, 2, 4, 6), (1, 2, 5, 6))
    yield einsum("transpose", "bij->bji", (1, 4, 5))
    yield einsum("outer", "bi,bj->bij", (1, 4), (1, 5))
    yield einsum("trace-free-sum", "bij->b", (1, 4, 5))
