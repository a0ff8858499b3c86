#!/usr/bin/env python3
"""Trains a small network on the Wisconsin breast-cancer table and writes models/breast-cancer."""

# First, since it limits the threads of the modules below.
import training

import common
import jax
import numpy as np
from onnx import helper
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def forward(params, features):
    """Computes the layers in jax, on standardised features. `graph` is the same in ONNX."""
    (w1, b1), (w2, b2), (w3, b3) = params
    x = jax.nn.relu(features @ w1 + b1)
    x = jax.nn.relu(x @ w2 + b2)
    return x @ w3 + b3


def graph(params, mean, deviation):
    """Builds the trained network in ONNX, from raw features to probabilities."""
    (w1, b1), (w2, b2), (w3, b3) = params
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "deviation"], ["standardised"]),
        helper.make_node("Gemm", ["standardised", "w1", "b1"], ["dense1"]),
        helper.make_node("Relu", ["dense1"], ["relu1"]),
        helper.make_node("Gemm", ["relu1", "w2", "b2"], ["dense2"]),
        helper.make_node("Relu", ["dense2"], ["relu2"]),
        helper.make_node("Gemm", ["relu2", "w3", "b3"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    constants = {"mean": mean, "deviation": deviation, "w1": w1, "b1": b1, "w2": w2, "b2": b2, "w3": w3, "b3": b3}
    return common.model(
        "breast-cancer",
        nodes,
        [common.port("features", ["N", 30])],
        [common.port("probabilities", ["N", 2])],
        [common.constant(name, array) for name, array in constants.items()],
    )


def main():
    args = training.arguments(__doc__, "breast-cancer")
    table = load_breast_cancer()
    features = table.data.astype(np.float32)
    labels = table.target.astype(np.int64)
    x, x_test, y, y_test = train_test_split(features, labels, test_size=0.2, stratify=labels, random_state=args.seed)

    rng = np.random.default_rng(args.seed)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    params = [training.dense(rng, 30, 32), training.dense(rng, 32, 16), training.dense(rng, 16, 2)]
    params = training.train(forward, params, (x - mean) / deviation, y, rng, epochs=60, batch=32, rate=2e-3, decay=1e-1)

    metadata = {
        "name": "breast-cancer",
        "description": "Breast tumours, malignant or benign, from 30 measurements of cell nuclei: an MLP of three "
        "layers with the standardisation inside. A demonstration, not a medical device.",
        "task": "tabular classification",
        "input": {
            "name": "features",
            "dtype": "float32",
            "shape": ["N", 30],
            "columns": [str(name) for name in table.feature_names],
        },
        "output": {"name": "probabilities", "dtype": "float32", "shape": ["N", 2]},
        "classes": [str(name) for name in table.target_names],
        "data": {
            "source": "Breast Cancer Wisconsin (Diagnostic) (W. Wolberg, O. Mangasarian, N. Street, W. Street; UCI, "
            "1993), doi:10.24432/C5DW2B, as shipped with scikit-learn (load_breast_cancer)",
            "licence": "CC BY 4.0",
        },
        "script": "scripts/models/train_breast_cancer.py",
        "seed": args.seed,
    }
    training.save(args.out, graph(params, mean, deviation), "features", x_test, y_test, metadata, least=0.95)


if __name__ == "__main__":
    main()
