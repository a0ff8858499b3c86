"""Signal processing, detection, and the classical learners of ai.onnx.ml."""

import numpy as np

from cases import Graph, between, fraction, integers, symmetric

ML = [("ai.onnx.ml", 3)]


def window(operator, periodic):
    g = Graph(f"signal/{operator.lower()}-{'periodic' if periodic else 'symmetric'}")
    w = g.node(operator, g.constant(16, "int64"), periodic=periodic)
    g.output(g.node("Mul", g.input("x", [1, 16]), w))
    return g.case("transcendental")


def dft(name, shape, **attributes):
    g = Graph(f"signal/dft-{name}")
    g.output(g.node("DFT", g.input("x", shape), **attributes))
    return g.case("sum")


def stft(name, onesided):
    g = Graph(f"signal/stft-{name}")
    operands = [g.constant(8, "int64"), g.node("HannWindow", g.constant(16, "int64")), g.constant(16, "int64")]
    g.output(g.node("STFT", g.input("signal", [1, 64, 1]), *operands, onesided=onesided))
    return g.case("sum")


def mel():
    g = Graph("signal/mel")
    operands = [
        g.constant(8, "int64"), g.constant(16, "int64"), g.constant(8192, "int64"), g.constant(0.0), g.constant(4096.0),
    ]
    g.output(g.node("MatMul", g.input("spectrum", [1, 3, 9], between(0, 1)), g.node("MelWeightMatrix", *operands)))
    return g.case("sum")


def suppression():
    """A model that keeps a data-dependent number of boxes, which no binding can fix."""
    g = Graph("signal/non-max-suppression")
    operands = [g.input("boxes", [1, 6, 4], between(0, 1)), g.input("scores", [1, 1, 6], between(0, 1))]
    operands += [g.constant([3], "int64"), g.constant([0.5]), g.constant([0.0])]
    g.output(g.node("NonMaxSuppression", *operands))
    return g.case("fault")


def linear_classifier(post):
    g = Graph(f"learner/linear-classifier-{post.lower()}", domains=ML)
    coefficients = fraction(g.rng, 3 * 5).astype(np.float32).tolist()
    attributes = {
        "coefficients": coefficients, "intercepts": [0.1, -0.2, 0.3], "classlabels_ints": [0, 1, 2], "multi_class": 1,
    }
    made = g.node(
        "LinearClassifier", g.input("x", [1, 5]), outputs=2, domain="ai.onnx.ml", post_transform=post, **attributes,
    )
    g.output(*made)
    return g.case("transcendental")


def linear_regressor():
    g = Graph("learner/linear-regressor", domains=ML)
    coefficients = fraction(g.rng, 2 * 5).astype(np.float32).tolist()
    g.output(
        g.node(
            "LinearRegressor", g.input("x", [1, 5]), domain="ai.onnx.ml", coefficients=coefficients,
            intercepts=[0.5, -0.5], targets=2,
        ),
        shape=[1, 2],
    )
    return g.case("sum")


def normalizer(norm):
    g = Graph(f"learner/normalizer-{norm.lower()}", domains=ML)
    g.output(g.node("Normalizer", g.input("x", [1, 9], symmetric), domain="ai.onnx.ml", norm=norm), shape=[1, 9])
    return g.case("sum")


def trees(post):
    """Two trees of depth two with three classes."""
    g = Graph(f"learner/tree-ensemble-{post.lower()}", domains=ML)
    ids, nodes = [0] * 7 + [1] * 7, list(range(7)) * 2
    leaves = [(tree, node) for tree in range(2) for node in range(3, 7)]
    attributes = {
        "nodes_treeids": ids, "nodes_nodeids": nodes, "nodes_featureids": [0, 1, 2, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0],
        "nodes_values": fraction(g.rng, 14).astype(np.float32).tolist(),
        "nodes_modes": (["BRANCH_LEQ"] * 3 + ["LEAF"] * 4) * 2,
        "nodes_truenodeids": [1, 3, 5, 0, 0, 0, 0] * 2, "nodes_falsenodeids": [2, 4, 6, 0, 0, 0, 0] * 2,
        "class_treeids": [tree for tree, _ in leaves], "class_nodeids": [node for _, node in leaves],
        "class_ids": [0, 1, 2, 0, 1, 2, 0, 1], "class_weights": fraction(g.rng, 8, 0, 1).astype(np.float32).tolist(),
        "classlabels_int64s": [0, 1, 2], "post_transform": post,
    }
    g.output(
        *g.node(
            "TreeEnsembleClassifier", g.input("x", [1, 4], between(-1, 1)), outputs=2, domain="ai.onnx.ml",
            **attributes,
        )
    )
    return g.case("transcendental")


def features():
    g = Graph("learner/array-feature-extractor", domains=ML)
    g.output(g.node("ArrayFeatureExtractor", g.input("x", [1, 7]), g.constant([4, 0, 2], "int64"), domain="ai.onnx.ml"))
    return g.case("exact")


def non_zero():
    g = Graph("signal/non-zero")
    g.output(g.node("NonZero", g.input("x", [1, 6], integers(0, 1))))
    return g.case("fault")


def cases():
    for operator in ("HannWindow", "HammingWindow", "BlackmanWindow"):
        for periodic in (0, 1):
            yield window(operator, periodic)
    yield dft("real", [1, 16, 1], axis=1)
    yield dft("complex", [1, 12, 2], axis=1)
    yield dft("inverse", [1, 12, 2], axis=1, inverse=1)
    yield dft("one-sided", [1, 16, 1], axis=1, onesided=1)
    yield stft("one-sided", 1)
    yield stft("both-sides", 0)
    yield mel()
    yield suppression()
    yield non_zero()
    for post in ("NONE", "SOFTMAX", "LOGISTIC"):
        yield linear_classifier(post)
        yield trees(post)
    yield linear_regressor()
    for norm in ("L1", "L2", "MAX"):
        yield normalizer(norm)
    yield features()
