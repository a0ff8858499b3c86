"""Half and double precision: whole networks, and parts of networks between casts."""

from cases import Graph, between, number, positive, symmetric

TOLERANCE = {"float16": "half", "float64": "double"}


def unary(operator, dtype, fill, **attributes):
    g = Graph(f"precision/{operator.lower()}-{dtype}", opset=attributes.pop("opset", 17))
    g.output(g.node(operator, g.input("x", [1, 6, 7], fill, dtype), **attributes))
    return g.case(TOLERANCE[dtype])


def mlp(dtype):
    g = Graph(f"precision/mlp-{dtype}")
    x = g.input("x", [1, 12], between(-1, 1), dtype)
    for inputs, outputs in ((12, 16), (16, 5)):
        x = g.node(
            "Gemm", x, g.weight(inputs, outputs, scale=0.3, dtype=dtype), g.weight(outputs, scale=0.1, dtype=dtype),
        )
        x = g.node("Tanh", x)
    g.output(x)
    return g.case(TOLERANCE[dtype])


def cnn(dtype):
    g = Graph(f"precision/cnn-{dtype}")
    x = g.input("image", [1, 2, 10, 9], between(-1, 1), dtype)
    for inputs, outputs, group in ((2, 6, 1), (6, 6, 6)):
        w = g.weight(outputs, inputs // group, 3, 3, scale=0.3, dtype=dtype)
        x = g.node(
            "Relu",
            g.node(
                "Conv", x, w, g.weight(outputs, scale=0.1, dtype=dtype), kernel_shape=[3, 3], pads=[1] * 4, group=group,
            ),
        )
        x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    g.output(g.node("Softmax", g.node("MatMul", x, g.weight(6, 4, scale=1, dtype=dtype)), axis=-1))
    return g.case(TOLERANCE[dtype])


def between_casts(dtype):
    """A network of float32 whose middle is computed in another precision."""
    g = Graph(f"precision/middle-{dtype}")
    x = g.node("Relu", g.node("MatMul", g.input("x", [1, 10], between(-1, 1)), g.weight(10, 14, scale=0.4)))
    x = g.node("Cast", x, to=number(dtype))
    x = g.node("Sigmoid", g.node("MatMul", x, g.weight(14, 8, scale=0.3, dtype=dtype)))
    x = g.node("Cast", x, to=number("float32"))
    g.output(g.node("MatMul", x, g.weight(8, 3, scale=0.5)))
    return g.case("half" if dtype == "float16" else "network")


def attention(dtype):
    g = Graph(f"precision/attention-{dtype}")
    q, k, v = (g.input(name, [1, 2, 6, 8], between(-1, 1), dtype) for name in "qkv")
    scores = g.node("Mul", g.node("MatMul", q, g.node("Transpose", k, perm=[0, 1, 3, 2])), g.constant(0.35, dtype))
    g.output(g.node("MatMul", g.node("Softmax", scores, axis=-1), v))
    return g.case(TOLERANCE[dtype])


def cases():
    for dtype in ("float16", "float64"):
        for operator in ("Exp", "Tanh", "Sigmoid", "Erf", "Sin", "Cos", "Softplus", "Elu"):
            yield unary(operator, dtype, symmetric)
        for operator in ("Sqrt", "Log", "Reciprocal"):
            yield unary(operator, dtype, positive)
        for operator in ("Abs", "Neg", "Floor", "Ceil", "Relu", "Round"):
            yield unary(operator, dtype, symmetric)
        for operator in ("Softmax", "LogSoftmax"):
            yield unary(operator, dtype, symmetric, axis=-1)
        for operator in ("ReduceMean", "ReduceMax", "ReduceL2", "ReduceProd"):
            yield unary(operator, dtype, positive, axes=[-1])
        for operator in ("Add", "Mul", "Div", "Pow", "Max"):
            g = Graph(f"precision/{operator.lower()}-{dtype}")
            g.output(
                g.node(operator, g.input("a", [1, 5, 6], positive, dtype), g.input("b", [1, 1, 6], positive, dtype))
            )
            yield g.case(TOLERANCE[dtype])
        g = Graph(f"precision/layernorm-{dtype}")
        x = g.input("x", [1, 4, 12], symmetric, dtype)
        g.output(
            g.node(
                "LayerNormalization", x, g.weight(12, scale=1, dtype=dtype), g.weight(12, scale=1, dtype=dtype),
                axis=-1,
            )
        )
        # onnxruntime computes the mean and the deviation in single precision, as `stash_type` says.
        yield g.case("sum" if dtype == "float64" else "half")
        yield from (build(dtype) for build in (mlp, cnn, between_casts, attention))
