#!/usr/bin/env python3
"""Trains a small CNN on handwritten digits and writes models/digits."""

# First, since it limits the threads of the modules below.
import training

import common
import jax
import jax.numpy as jnp
import numpy as np
from onnx import helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def forward(params, images):
    """Computes the network in jax. `graph` is the same in ONNX."""
    (w1, b1), (w2, b2), (w3, b3) = params
    x = images
    for weights, bias in ((w1, b1), (w2, b2)):
        x = jax.lax.conv(x, weights, (1, 1), "SAME") + bias[:, None, None]
        x = jax.nn.relu(x)
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    return x.reshape(len(x), -1) @ w3 + b3


def graph(params):
    """Builds the trained network in ONNX."""
    (w1, b1), (w2, b2), (w3, b3) = params
    same = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["image", "w1", "b1"], ["conv1"], **same),
        helper.make_node("Relu", ["conv1"], ["relu1"]),
        helper.make_node("Conv", ["relu1", "w2", "b2"], ["conv2"], **same),
        helper.make_node("Relu", ["conv2"], ["relu2"]),
        helper.make_node("MaxPool", ["relu2"], ["pool"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["pool"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "w3", "b3"], ["logits"]),
    ]
    constants = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "w3": w3, "b3": b3}
    return common.model(
        "digits",
        nodes,
        [common.port("image", ["N", 1, 8, 8])],
        [common.port("logits", ["N", 10])],
        [common.constant(name, array) for name, array in constants.items()],
    )


def shifted(rng, images):
    """Moves every image by up to one pixel in each direction."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[2:], axis=(2, 3))
    down, right = rng.integers(0, 3, (2, len(images)))
    return windows[np.arange(len(images)), :, down, right]


def main():
    args = training.arguments(__doc__, "digits")
    pixels, labels = load_digits(return_X_y=True)
    images = (pixels / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    labels = labels.astype(np.int64)
    x, x_test, y, y_test = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=args.seed)

    rng = np.random.default_rng(args.seed)
    params = [training.conv(rng, 1, 16, 3), training.conv(rng, 16, 32, 3), training.dense(rng, 32 * 4 * 4, 10)]
    params = training.train(forward, params, x, y, rng, epochs=40, batch=32, rate=2e-3, decay=1e-2, augment=shifted)

    metadata = {
        "name": "digits",
        "description": "Handwritten digits, 8x8 greyscale: a CNN of two convolutions and a dense layer.",
        "task": "image classification",
        "input": {"name": "image", "dtype": "float32", "shape": ["N", 1, 8, 8], "range": [0, 1]},
        "output": {"name": "logits", "dtype": "float32", "shape": ["N", 10]},
        "classes": [str(digit) for digit in range(10)],
        "data": {
            "source": "Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak; UCI, 1998), "
            "doi:10.24432/C50P49, as shipped with scikit-learn (load_digits); pixels divided by 16",
            "licence": "CC BY 4.0",
        },
        "script": "scripts/models/train_digits.py",
        "seed": args.seed,
    }
    training.save(args.out, graph(params), "images", x_test, y_test, metadata, least=0.98)


if __name__ == "__main__":
    main()
