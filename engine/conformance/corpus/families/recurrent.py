"""GRU, LSTM and RNN in every direction and option."""

import numpy as np

from cases import Graph

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def recurrent(
    name, operator, direction="forward", bias=True, state=False, peepholes=False, steps=6, inputs=5, hidden=7,
    last=True, **attributes,
):
    """A layer over a sequence. Its input has the batch first, and is transposed to ONNX's [steps, batch, inputs]."""
    g = Graph(f"recurrent/{name}", opset=attributes.pop("opset", 17))
    ways = 2 if direction == "bidirectional" else 1
    rows = GATES[operator] * hidden
    x = g.node("Transpose", g.input("x", [1, steps, inputs]), perm=[1, 0, 2])
    scale = np.sqrt(1 / hidden)
    operands = [x, g.weight(ways, rows, inputs, scale=scale), g.weight(ways, rows, hidden, scale=scale)]
    operands.append(g.weight(ways, 2 * rows, scale=0.2) if bias else None)
    operands.append(None)

    def initial(port):
        return g.node("Reshape", g.input(port, [1, ways, hidden]), g.constant([ways, 1, hidden], "int64"))

    operands.append(initial("h") if state else None)
    if operator == "LSTM":
        operands.append(initial("c") if state else None)
        operands.append(g.weight(ways, 3 * hidden, scale=0.3) if peepholes else None)
    while operands[-1] is None:
        operands.pop()
    outputs = (3 if operator == "LSTM" else 2) if last else 1
    made = g.node(operator, *operands, outputs=outputs, hidden_size=hidden, direction=direction, **attributes)
    g.output(*([made] if outputs == 1 else made))
    return g.case("network")


def stacked():
    """Two layers and a classifier, as in a small speech model."""
    g = Graph("recurrent/stacked")
    x = g.node("Transpose", g.input("x", [1, 9, 6]), perm=[1, 0, 2])
    for inputs in (6, 8):
        weights = [g.weight(1, 24, inputs, scale=0.35), g.weight(1, 24, 8, scale=0.35), g.weight(1, 48, scale=0.1)]
        made = g.node("GRU", x, *weights, hidden_size=8, outputs=2)
        x = g.node("Squeeze", made[0], g.constant([1], "int64"))
    last = g.node("Gather", x, g.constant(-1, "int64"), axis=0)
    g.output(g.node("Softmax", g.node("MatMul", last, g.weight(8, 4)), axis=-1))
    return g.case("network")


def cases():
    for operator in GATES:
        kind = operator.lower()
        for direction in ("forward", "bidirectional"):
            yield recurrent(f"{kind}-{direction}", operator, direction)
        yield recurrent(f"{kind}-no-bias", operator, bias=False)
        yield recurrent(f"{kind}-initial-state", operator, state=True)
        yield recurrent(f"{kind}-initial-state-bidirectional", operator, "bidirectional", state=True)
        yield recurrent(f"{kind}-one-step", operator, steps=1)
        yield recurrent(f"{kind}-sequence-only", operator, last=False)
        yield recurrent(f"{kind}-long", operator, steps=40, inputs=3, hidden=16)
    yield recurrent("gru-linear-before-reset", "GRU", linear_before_reset=1)
    yield recurrent("gru-linear-before-reset-bidirectional", "GRU", "bidirectional", linear_before_reset=1)
    yield recurrent("lstm-peepholes", "LSTM", peepholes=True)
    yield stacked()
