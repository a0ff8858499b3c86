"""Shared by the training scripts: their command line, AdamW on one thread, and writing the committed files."""

import argparse
import json
import os
from pathlib import Path

# Before numpy and jax are imported. One thread, so that sums have one order and other work keeps its cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import common
import jax
import jax.numpy as jnp
import numpy as np


def arguments(description, folder):
    """Parses the command line of a training script that writes to `models/<folder>`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=common.ROOT / "models" / folder, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="seed of the split, the initial weights and the batches")
    return parser.parse_args()


def dense(rng, inputs, outputs):
    """Returns initial weights (He) and biases of a dense layer."""
    weights = rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32)
    return weights, np.zeros(outputs, np.float32)


def conv(rng, inputs, outputs, size):
    """Returns initial weights (He) and biases of a two-dimensional convolution, in ONNX's layout OIHW."""
    weights = rng.normal(0, np.sqrt(2 / (inputs * size * size)), (outputs, inputs, size, size)).astype(np.float32)
    return weights, np.zeros(outputs, np.float32)


def train(forward, params, inputs, labels, rng, *, epochs, batch, rate, decay, augment=lambda rng, x: x):
    """Fits `forward(params, x) -> logits` by AdamW under a cosine schedule and returns the parameters as numpy arrays.

    `augment` is applied anew in every epoch. `decay` is the decoupled weight decay.
    """
    per_epoch = len(inputs) // batch
    steps = epochs * per_epoch

    def loss(params, x, y):
        return -jnp.mean(jax.nn.log_softmax(forward(params, x))[jnp.arange(len(y)), y])

    @jax.jit
    def step(params, first, second, t, x, y):
        gradient = jax.grad(loss)(params, x, y)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        now = rate * 0.5 * (1 + jnp.cos(jnp.pi * t / steps))

        def update(p, m, v):
            m = m / (1 - 0.9 ** (t + 1))
            v = v / (1 - 0.999 ** (t + 1))
            return p - now * (m / (jnp.sqrt(v) + 1e-8) + decay * p)

        return jax.tree.map(update, params, first, second), first, second

    first = second = jax.tree.map(jnp.zeros_like, params)
    for epoch in range(epochs):
        order = rng.permutation(len(inputs))
        x, y = augment(rng, inputs)[order], labels[order]
        for index in range(per_epoch):
            rows = slice(index * batch, (index + 1) * batch)
            t = float(epoch * per_epoch + index)
            params, first, second = step(params, first, second, t, x[rows], y[rows])
    return jax.tree.map(np.asarray, params)


def save(folder, built, noun, inputs, labels, metadata, least):
    """Writes the model, its held-out split as `test_<noun>.npy` and `test_labels.npy`, and its metadata.

    Refuses a model below `least` accuracy on that split.
    """
    data = built.SerializeToString(deterministic=True)
    scores = common.run(data, inputs)
    measured = {
        "parameters": sum(int(np.prod(weights.dims)) for weights in built.graph.initializer),
        "accuracy": round(common.accuracy(scores, labels), 6),
        "accuracy_first_100": round(common.accuracy(scores[:100], labels[:100]), 6),
        "test_size": len(labels),
    }
    if measured["accuracy"] < least:
        raise SystemExit(f"error: accuracy {measured['accuracy']} is below {least}, so nothing is written")

    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{metadata['name']}.onnx").write_bytes(data)
    np.save(folder / f"test_{noun}.npy", inputs)
    np.save(folder / "test_labels.npy", labels)
    text = json.dumps(metadata | measured, indent="\t", ensure_ascii=False)
    (folder / "metadata.json").write_text(text + "\n")
    print(f"{folder}: {len(data)} bytes, " + ", ".join(f"{key} {value}" for key, value in measured.items()))
