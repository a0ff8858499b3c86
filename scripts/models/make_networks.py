#!/usr/bin/env python3
"""Writes an ONNX file of a known network's shape with random weights, to measure speed.

    resnet50          He et al., "Deep Residual Learning for Image Recognition", table 1, with the stride in the 3x3
                      convolution, as is common today (v1.5); 224x224, 1000 classes. BatchNorm is folded into the
                      convolutions, as exporters do.
    encoder           the shape of all-MiniLM-L6-v2: BERT with 6 layers, width 384, 12 heads, feed-forward width 1536,
                      vocabulary 30522; 128 tokens with a mask, and the mean over tokens. LayerNormalization is one
                      operator (opset 17), GELU is written with Erf.
    mobilenet-int8    the network of make_mobilenet.py in eight bits by onnxruntime's static quantisation: QDQ, uint8
                      activations, int8 weights with a scale for each channel, calibrated on four random images.

Running it again gives the same bytes on the same machine. On another CPU, the last bits of the scales from calibration
may differ.
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

import common
import numpy as np

sys.path.append(str(common.ROOT / "engine/conformance/corpus"))

from cases import Graph, integers, symmetric
from families import transformers
from make_mobilenet import mobilenet

# Blocks, inner width, and stride of the first block.
STAGES = [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)]
TOKENS, WIDTH, HEADS, LAYERS, WORDS = 128, 384, 12, 6, 30522


def conv(g, x, inputs, outputs, size=1, stride=1, gain=2.0):
    """Adds a convolution. The mean square of its outputs is that of its inputs times half of `gain`."""
    w = g.weight(outputs, inputs, size, size, scale=np.sqrt(3 * gain / (inputs * size * size)))
    attributes = {"kernel_shape": [size] * 2, "strides": [stride] * 2, "pads": [size // 2] * 4}
    return g.node("Conv", x, w, g.weight(outputs, scale=0.1), **attributes)


def bottleneck(g, x, inputs, width, stride):
    """Adds a block that reduces, filters and expands, with a shortcut. A small gain keeps activations bounded."""
    outputs = 4 * width
    y = g.node("Relu", conv(g, x, inputs, width))
    y = g.node("Relu", conv(g, y, width, width, size=3, stride=stride))
    y = conv(g, y, width, outputs, gain=0.2)
    shortcut = x if inputs == outputs else conv(g, x, inputs, outputs, stride=stride, gain=1.0)
    return g.node("Relu", g.node("Add", shortcut, y))


def resnet50():
    g = Graph("network/resnet50")
    x = g.node("Relu", conv(g, g.input("image", [1, 3, 224, 224], symmetric), 3, 64, size=7, stride=2))
    x = g.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels = 64
    for blocks, width, stride in STAGES:
        for index in range(blocks):
            x = bottleneck(g, x, channels, width, stride if index == 0 else 1)
            channels = 4 * width
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    weights = g.weight(channels, 1000, scale=np.sqrt(3 / channels))
    g.output(g.node("Gemm", x, weights, g.weight(1000, scale=0.1)))
    return g.case("network").file


def encoder():
    g = Graph("network/encoder")
    x = transformers.embedded(g, TOKENS, WIDTH, WORDS)
    seen = g.node("Cast", g.input("mask", [1, TOKENS], integers(0, 1), "int64"), to=common.TensorProto.FLOAT)
    hidden = g.node("Unsqueeze", g.node("Sub", g.constant(1.0), seen), g.constant([1, 2], "int64"))
    mask = g.node("Mul", hidden, g.constant(-10000.0))
    x = transformers.normalised(g, x, WIDTH)
    for _ in range(LAYERS):
        x = transformers.block(g, x, TOKENS, WIDTH, HEADS, mask=mask, first=False)
    seen = g.node("Unsqueeze", seen, g.constant([2], "int64"))
    axis = g.constant([1], "int64")
    total = g.node("ReduceSum", g.node("Mul", x, seen), axis, keepdims=0)
    g.output(g.node("Div", total, g.node("ReduceSum", seen, axis, keepdims=0)))
    return g.case("network").file


def mobilenet_int8():
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Images(CalibrationDataReader):
        def __init__(self, rng):
            self.left = iter([{"image": rng.normal(0, 1, (1, 3, 224, 224)).astype(np.float32)} for _ in range(4)])

        def get_next(self):
            return next(self.left, None)

    # It warns that the file should be prepared first, which has no effect without BatchNorm.
    logging.disable(logging.WARNING)
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "int8.onnx"
        quantize_static(
            mobilenet(rng),
            out,
            Images(rng),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
        return out.read_bytes()


NETWORKS = {"resnet50": resnet50, "encoder": encoder, "mobilenet-int8": mobilenet_int8}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("file", type=Path, help="ONNX file to write")
    args = parser.parse_args()

    args.file.parent.mkdir(parents=True, exist_ok=True)
    args.file.write_bytes(NETWORKS[args.network]())
    print(f"{args.file}: {args.file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
