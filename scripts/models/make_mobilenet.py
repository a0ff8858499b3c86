#!/usr/bin/env python3
"""Writes an ONNX file of MobileNetV2's shape (width 1.0, 224x224, 1000 classes) with random weights, to measure speed.

Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2, with BatchNorm folded into the
convolutions.
"""

import argparse
from pathlib import Path

import common
import numpy as np
from onnx import helper

# Expansion, output channels, repeats, stride of the first: t, c, n, s in the paper.
BOTTLENECKS = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
]


class Builder:
    """Appends layers to a graph. Each method takes and returns names of tensors."""

    def __init__(self, rng):
        self.rng = rng
        self.nodes = []
        self.constants = []

    def constant(self, array):
        name = f"w{len(self.constants)}"
        self.constants.append(common.constant(name, array.astype(np.float32)))
        return name

    def node(self, operator, *inputs, **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def conv(self, x, inputs, outputs, size=1, stride=1, group=1):
        """Adds a convolution. The scale of its random weights keeps activations at order one."""
        shape = (outputs, inputs // group, size, size)
        weights = self.rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
        bias = self.rng.normal(0, 0.1, outputs)
        attributes = {
            "kernel_shape": [size, size], "strides": [stride, stride], "pads": [size // 2] * 4, "group": group,
        }
        return self.node("Conv", x, self.constant(weights), self.constant(bias), **attributes)

    def relu6(self, x):
        return self.node("Clip", x, "zero", "six")

    def bottleneck(self, x, inputs, outputs, expansion, stride):
        """Adds a block that expands, filters each channel and projects, with a shortcut where the shapes match."""
        hidden = inputs * expansion
        y = x if expansion == 1 else self.relu6(self.conv(x, inputs, hidden))
        y = self.relu6(self.conv(y, hidden, hidden, size=3, stride=stride, group=hidden))
        y = self.conv(y, hidden, outputs)
        return self.node("Add", x, y) if stride == 1 and inputs == outputs else y


def mobilenet(rng):
    """Builds the network: input `image` [1,3,224,224], output `logits` [1,1000]."""
    build = Builder(rng)
    build.constants = [common.constant("zero", np.float32(0)), common.constant("six", np.float32(6))]
    channels = 32
    x = build.relu6(build.conv("image", 3, channels, size=3, stride=2))
    for expansion, outputs, repeats, stride in BOTTLENECKS:
        for index in range(repeats):
            x = build.bottleneck(x, channels, outputs, expansion, stride if index == 0 else 1)
            channels = outputs
    x = build.relu6(build.conv(x, channels, 1280))
    x = build.node("Flatten", build.node("GlobalAveragePool", x), axis=1)
    weights = rng.normal(0, np.sqrt(1 / 1280), (1280, 1000))
    inputs = [x, build.constant(weights), build.constant(rng.normal(0, 0.1, 1000))]
    build.nodes.append(helper.make_node("Gemm", inputs, ["logits"]))
    image, logits = common.port("image", [1, 3, 224, 224]), common.port("logits", [1, 1000])
    return common.model("mobilenetv2", build.nodes, [image], [logits], build.constants)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="ONNX file to write, about 14 MB")
    parser.add_argument("input", type=Path, help=".npy to write: one random image, float32 [1,3,224,224]")
    parser.add_argument("--seed", type=int, default=1, help="seed of weights and image")
    args = parser.parse_args()

    rng = np.random.default_rng(args.seed)
    data = mobilenet(rng).SerializeToString(deterministic=True)
    image = rng.normal(0, 1, (1, 3, 224, 224)).astype(np.float32)
    logits = common.run(data, image)
    for path in (args.model, args.input):
        path.parent.mkdir(parents=True, exist_ok=True)
    args.model.write_bytes(data)
    np.save(args.input, image)
    print(f"{args.model}: {len(data)} bytes, logits from {logits.min():.3f} to {logits.max():.3f}")


if __name__ == "__main__":
    main()
