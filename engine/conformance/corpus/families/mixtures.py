"""Random graphs of element-wise functions, reductions, products and norms, seeded with their names."""

from cases import Graph, between

WIDTH, ROWS = 12, 6

# Functions that keep values of order one at order one.
FUNCTIONS = [
    "Tanh", "Sigmoid", "Erf", "Sin", "Cos", "Softsign", "Relu", "Abs", "Neg", "HardSigmoid", "Atan", "Elu", "Softplus",
]


def grown(g, x):
    """Adds a node that computes a tensor of the same shape from `x`."""
    kind = int(g.rng.integers(0, 7))
    if kind <= 1:
        return g.node(FUNCTIONS[int(g.rng.integers(0, len(FUNCTIONS)))], x)
    if kind == 2:
        return g.node("MatMul", x, g.weight(WIDTH, WIDTH))
    if kind == 3:
        return g.node("LayerNormalization", x, g.weight(WIDTH, scale=1), g.weight(WIDTH, scale=0.5), axis=-1)
    if kind == 4:
        return g.node("Softmax", x, axis=int(g.rng.integers(1, 3)))
    if kind == 5:
        axis = int(g.rng.integers(1, 3))
        return g.node("Sub", x, g.node("ReduceMean", x, axes=[axis]))
    # Exponentials and logarithms of bounded arguments.
    return g.node("Log", g.node("Add", g.node("Exp", g.node("Tanh", x)), g.constant(0.5)))


def mixture(index):
    g = Graph(f"mixture/{index:02}")
    made = [g.input("x", [1, ROWS, WIDTH], between(-2, 2))]
    for _ in range(int(g.rng.integers(6, 18))):
        x = made[int(g.rng.integers(max(0, len(made) - 4), len(made)))]
        if len(made) > 2 and g.rng.integers(0, 4) == 0:
            other = made[int(g.rng.integers(0, len(made)))]
            made.append(g.node(["Add", "Mul", "Sub", "Max", "Min"][int(g.rng.integers(0, 5))], x, other))
        else:
            made.append(grown(g, x))
    g.output(*dict.fromkeys(made[-2:]))
    return g.case("network")


def cases():
    for index in range(48):
        yield mixture(index)
