"""Small networks of common architectures: MobileNetV2, MobileNetV3, ResNet, SqueezeNet, U-Net, and others."""

import numpy as np

from cases import Graph


def conv(g, x, inputs, outputs, size=3, stride=1, group=1):
    """A convolution that keeps the extents, except for its stride."""
    fan = inputs // group * size * size
    w = g.weight(outputs, inputs // group, size, size, scale=np.sqrt(6 / fan))
    attributes = {"kernel_shape": [size] * 2, "strides": [stride] * 2, "pads": [size // 2] * 4, "group": group}
    return g.node("Conv", x, w, g.weight(outputs, scale=0.1), **attributes)


def batch_norm(g, x, channels):
    variance = g.constant(g.rng.integers(16, 48, channels) / 32)
    parameters = [
        g.constant(g.rng.integers(24, 40, channels) / 32), *(g.weight(channels, scale=0.1) for _ in range(2)), variance,
    ]
    return g.node("BatchNormalization", x, *parameters)


def relu(g, x):
    return g.node("Relu", x)


def relu6(g, x):
    return g.node("Clip", x, g.constant(0.0), g.constant(6.0))


def hard_swish(g, x):
    return g.node("HardSwish", x)


def classifier(g, x, channels, classes=7):
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    g.output(g.node("Gemm", x, g.weight(channels, classes), g.weight(classes, scale=0.1)))
    return g.case("network")


def squeeze_excite(g, x, channels):
    s = conv(g, g.node("GlobalAveragePool", x), channels, max(2, channels // 4), size=1)
    s = conv(g, relu(g, s), max(2, channels // 4), channels, size=1)
    return g.node("Mul", x, g.node("HardSigmoid", s, alpha=1 / 6, beta=0.5))


def bottleneck(g, x, inputs, outputs, expansion, stride, size=3, activation=relu6, excite=False):
    hidden = inputs * expansion
    y = x if expansion == 1 else activation(g, conv(g, x, inputs, hidden, size=1))
    y = activation(g, conv(g, y, hidden, hidden, size=size, stride=stride, group=hidden))
    y = squeeze_excite(g, y, hidden) if excite else y
    y = conv(g, y, hidden, outputs, size=1)
    return g.node("Add", x, y) if stride == 1 and inputs == outputs else y


def mobilenet_v2():
    g = Graph("net/mobilenet-v2")
    x = relu6(g, conv(g, g.input("image", [1, 3, 32, 32]), 3, 8, stride=2))
    channels = 8
    for expansion, outputs, stride in ((1, 6, 1), (6, 8, 2), (6, 8, 1), (4, 12, 2), (4, 12, 1)):
        x = bottleneck(g, x, channels, outputs, expansion, stride)
        channels = outputs
    return classifier(g, relu6(g, conv(g, x, channels, 32, size=1)), 32)


def mobilenet_v3():
    g = Graph("net/mobilenet-v3")
    x = hard_swish(g, conv(g, g.input("image", [1, 3, 32, 32]), 3, 8, stride=2))
    x = bottleneck(g, x, 8, 8, 2, 2, activation=relu, excite=True)
    x = bottleneck(g, x, 8, 12, 3, 2, size=5, activation=hard_swish, excite=True)
    x = bottleneck(g, x, 12, 12, 3, 1, size=5, activation=hard_swish, excite=True)
    return classifier(g, hard_swish(g, conv(g, x, 12, 36, size=1)), 36)


def residual(g, x, inputs, outputs, stride):
    y = relu(g, batch_norm(g, conv(g, x, inputs, outputs, stride=stride), outputs))
    y = batch_norm(g, conv(g, y, outputs, outputs), outputs)
    if stride != 1 or inputs != outputs:
        x = batch_norm(g, conv(g, x, inputs, outputs, size=1, stride=stride), outputs)
    return relu(g, g.node("Add", x, y))


def resnet():
    g = Graph("net/resnet")
    x = relu(g, batch_norm(g, conv(g, g.input("image", [1, 3, 32, 32]), 3, 8, size=7, stride=2), 8))
    x = g.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for inputs, outputs, stride in ((8, 8, 1), (8, 16, 2), (16, 16, 1), (16, 24, 2)):
        x = residual(g, x, inputs, outputs, stride)
    return classifier(g, x, 24)


def squeezenet():
    g = Graph("net/squeezenet")
    x = relu(g, conv(g, g.input("image", [1, 3, 31, 31]), 3, 12, stride=2))
    x = g.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    channels = 12
    for squeeze, expand in ((4, 8), (4, 8), (6, 12)):
        s = relu(g, conv(g, x, channels, squeeze, size=1))
        x = g.node("Concat", relu(g, conv(g, s, squeeze, expand, size=1)), relu(g, conv(g, s, squeeze, expand)), axis=1)
        channels = 2 * expand
    x = g.node("MaxPool", g.node("Dropout", x), kernel_shape=[3, 3], strides=[2, 2])
    x = g.node("GlobalAveragePool", relu(g, conv(g, x, channels, 7, size=1)))
    g.output(g.node("Softmax", g.node("Flatten", x, axis=1), axis=1))
    return g.case("network")


def shufflenet():
    g = Graph("net/shufflenet")
    x = conv(g, g.input("image", [1, 3, 16, 16]), 3, 12, stride=2)
    for _ in range(2):
        y = relu(g, conv(g, x, 12, 12, size=1, group=3))
        y = g.node("Transpose", g.node("Reshape", y, g.constant([1, 3, 4, 8, 8], "int64")), perm=[0, 2, 1, 3, 4])
        y = g.node("Reshape", y, g.constant([1, 12, 8, 8], "int64"))
        y = conv(g, conv(g, y, 12, 12, group=12), 12, 12, size=1, group=3)
        x = relu(g, g.node("Add", x, y))
    return classifier(g, x, 12)


def densenet():
    g = Graph("net/densenet")
    x, channels = conv(g, g.input("image", [1, 3, 16, 16]), 3, 8), 8
    for _ in range(3):
        y = conv(g, relu(g, batch_norm(g, x, channels)), channels, 4)
        x, channels = g.node("Concat", x, y, axis=1), channels + 4
    x = g.node("AveragePool", conv(g, x, channels, 8, size=1), kernel_shape=[2, 2], strides=[2, 2])
    return classifier(g, x, 8)


def inception():
    g = Graph("net/inception")
    x = relu(g, conv(g, g.input("image", [1, 3, 15, 15]), 3, 8))
    pooled = g.node("MaxPool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    branches = [
        conv(g, x, 8, 4, size=1), conv(g, conv(g, x, 8, 4, size=1), 4, 6),
        conv(g, conv(g, x, 8, 2, size=1), 2, 4, size=5), conv(g, pooled, 8, 4, size=1),
    ]
    x = g.node("Concat", *(relu(g, branch) for branch in branches), axis=1)
    return classifier(g, g.node("LRN", x, size=5, alpha=1e-3, beta=0.75), 18)


def unet():
    g = Graph("net/unet")
    top = relu(g, conv(g, g.input("image", [1, 2, 16, 16]), 2, 6))
    low = relu(g, conv(g, g.node("MaxPool", top, kernel_shape=[2, 2], strides=[2, 2]), 6, 10))
    up = g.node(
        "ConvTranspose", low, g.weight(10, 6, 2, 2, scale=0.4), g.weight(6, scale=0.1), strides=[2, 2],
        kernel_shape=[2, 2],
    )
    x = relu(g, conv(g, g.node("Concat", top, up, axis=1), 12, 6))
    g.output(g.node("Sigmoid", conv(g, x, 6, 1, size=1)))
    return g.case("network")


def super_resolution():
    g = Graph("net/super-resolution")
    x = g.node("Tanh", conv(g, g.input("image", [1, 1, 10, 12]), 1, 8, size=5))
    x = g.node("DepthToSpace", conv(g, x, 8, 9), blocksize=3)
    g.output(x)
    return g.case("network")


def style():
    """Padding by reflection, instance norm, resize and convolution, as in networks for style transfer."""
    g = Graph("net/style")
    x = g.node("Pad", g.input("image", [1, 3, 12, 12]), g.constant([0, 0, 2, 2, 0, 0, 2, 2], "int64"), mode="reflect")
    x = g.node("InstanceNormalization", conv(g, x, 3, 8, stride=2), g.weight(8, scale=1), g.weight(8, scale=0.2))
    x = g.node(
        "Resize", relu(g, x), None, g.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    )
    g.output(g.node("Tanh", conv(g, x, 8, 3)))
    return g.case("network")


def keyword_spotting():
    """Dilated causal convolutions with gates over a signal, as in WaveNet."""
    g = Graph("net/wavenet")
    x = g.node("Conv", g.input("signal", [1, 1, 64]), g.weight(6, 1, 1), kernel_shape=[1])
    skips = []
    for dilation in (1, 2, 4, 8):
        attributes = {"kernel_shape": [2], "dilations": [dilation], "pads": [dilation, 0]}
        value = g.node("Tanh", g.node("Conv", x, g.weight(6, 6, 2), **attributes))
        gate = g.node("Sigmoid", g.node("Conv", x, g.weight(6, 6, 2), **attributes))
        skip = g.node("Conv", g.node("Mul", value, gate), g.weight(6, 6, 1), kernel_shape=[1])
        skips.append(skip)
        x = g.node("Add", x, skip)
    x = g.node("ReduceMean", relu(g, g.node("Sum", *skips)), axes=[2], keepdims=0)
    g.output(g.node("LogSoftmax", g.node("MatMul", x, g.weight(6, 4)), axis=-1))
    return g.case("network")


def detector():
    """Boxes and scores from a feature map: exponentials, slices, concatenations."""
    g = Graph("net/detector")
    x = relu(g, conv(g, g.input("image", [1, 3, 16, 16]), 3, 12, stride=4))
    x = g.node("Reshape", conv(g, x, 12, 14, size=1), g.constant([1, 2, 7, 16], "int64"))
    place, size, scores = g.node(
        "Split", g.node("Transpose", x, perm=[0, 1, 3, 2]), g.constant([2, 2, 3], "int64"), axis=3, outputs=3,
    )
    boxes = g.node("Concat", g.node("Sigmoid", place), g.node("Exp", size), axis=3)
    best = g.node("ArgMax", scores, axis=3, keepdims=0)
    g.output(boxes, g.node("Softmax", scores, axis=3), best)
    return g.case("network")


def autoencoder():
    g = Graph("net/autoencoder")
    x = relu(g, conv(g, g.input("image", [1, 1, 12, 12]), 1, 6, stride=2))
    x = relu(g, conv(g, x, 6, 3, stride=2))
    for inputs, outputs in ((3, 6), (6, 1)):
        w = g.weight(inputs, outputs, 3, 3, scale=0.5)
        x = g.node("ConvTranspose", x, w, strides=[2, 2], pads=[1] * 4, output_padding=[1, 1], kernel_shape=[3, 3])
        x = relu(g, x) if outputs > 1 else g.node("Sigmoid", x)
    g.output(x)
    return g.case("network")


def cases():
    for net in (
        mobilenet_v2, mobilenet_v3, resnet, squeezenet, shufflenet, densenet, inception, unet, super_resolution, style,
        keyword_spotting,
        detector, autoencoder,
    ):
        yield net()
