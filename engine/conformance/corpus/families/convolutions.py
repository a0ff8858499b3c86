"""Convolutions of one, two and three dimensions, plain, grouped, depthwise and transposed."""

from cases import Graph


def conv(name, image, channels, outputs, kernel, group=1, bias=True, operator="Conv", **attributes):
    """A convolution. `image` has the spatial extents."""
    g = Graph(f"conv/{name}")
    x = g.input("x", [1, channels, *image])
    shape = [outputs, channels // group] if operator == "Conv" else [channels, outputs // group]
    w = g.weight(*shape, *kernel)
    b = g.weight(outputs, scale=0.3) if bias else None
    g.output(g.node(operator, x, w, b, kernel_shape=kernel, group=group, **attributes))
    return g.case("sum")


def transposed(name, *arguments, **attributes):
    return conv(f"transposed-{name}", *arguments, operator="ConvTranspose", **attributes)


def cases():
    for kernel in (1, 2, 3, 5, 7):
        for stride in (1, 2, 3):
            yield conv(f"2d-k{kernel}-s{stride}", [11, 13], 3, 5, [kernel, kernel], strides=[stride, stride])
    for pad in ("VALID", "SAME_UPPER", "SAME_LOWER"):
        for kernel, stride in ((3, 1), (3, 2), (2, 2), (4, 3)):
            yield conv(
                f"2d-k{kernel}-s{stride}-{pad.lower()}", [10, 9], 4, 6, [kernel, kernel], strides=[stride, stride],
                auto_pad=pad,
            )
    yield conv("2d-pads-even", [8, 8], 3, 4, [3, 3], pads=[1, 1, 1, 1])
    yield conv("2d-pads-uneven", [8, 8], 3, 4, [3, 3], pads=[0, 1, 2, 1])
    yield conv("2d-pads-wide", [5, 5], 2, 3, [3, 3], pads=[3, 4, 4, 3])
    yield conv("2d-kernel-uneven", [9, 7], 3, 4, [1, 5], pads=[0, 2, 0, 2])
    yield conv("2d-stride-uneven", [9, 12], 3, 4, [3, 2], strides=[1, 3])
    yield conv("2d-no-bias", [6, 6], 5, 7, [3, 3], bias=False)
    yield conv("2d-one-pixel", [1, 1], 8, 8, [1, 1])
    yield conv("2d-kernel-as-large-as-image", [6, 5], 3, 4, [6, 5])
    for dilation in (2, 3):
        yield conv(f"2d-dilation-{dilation}", [13, 12], 3, 4, [3, 3], dilations=[dilation, dilation])
        yield conv(
            f"2d-dilation-{dilation}-stride-2-padded", [13, 12], 3, 4, [3, 3], dilations=[dilation, dilation],
            strides=[2, 2],
            pads=[dilation] * 4,
        )
    yield conv("2d-dilation-uneven", [13, 12], 3, 4, [3, 2], dilations=[1, 3])
    for group in (2, 3, 4):
        yield conv(f"2d-group-{group}", [7, 8], 12, 24, [3, 3], group=group, pads=[1, 1, 1, 1])
    for stride in (1, 2):
        for kernel in (3, 5):
            yield conv(
                f"depthwise-k{kernel}-s{stride}", [12, 11], 9, 9, [kernel, kernel], group=9, strides=[stride, stride],
                pads=[kernel // 2] * 4,
            )
    yield conv("depthwise-multiplier-2", [8, 8], 6, 12, [3, 3], group=6)
    yield conv("depthwise-dilated", [12, 12], 8, 8, [3, 3], group=8, dilations=[2, 2])
    yield conv("depthwise-no-bias", [8, 8], 16, 16, [3, 3], group=16, bias=False, pads=[1, 1, 1, 1])

    yield conv("1d-k3", [17], 4, 6, [3])
    yield conv("1d-k4-s2-padded", [17], 4, 6, [4], strides=[2], pads=[2, 1])
    yield conv("1d-dilated", [20], 4, 6, [3], dilations=[4])
    yield conv("1d-depthwise", [16], 6, 6, [5], group=6, pads=[2, 2])
    yield conv("1d-causal", [16], 4, 4, [3], pads=[2, 0])
    yield conv("3d-k3", [5, 6, 7], 2, 3, [3, 3, 3])
    yield conv("3d-s2-padded", [5, 6, 7], 2, 3, [3, 3, 3], strides=[2, 2, 2], pads=[1, 1, 1, 1, 1, 1])
    yield conv("3d-group-2", [4, 4, 4], 4, 4, [2, 2, 2], group=2)

    for kernel in (2, 3, 4):
        for stride in (1, 2, 3):
            yield transposed(f"k{kernel}-s{stride}", [5, 6], 4, 3, [kernel, kernel], strides=[stride, stride])
    yield transposed("padded", [5, 6], 4, 3, [4, 4], strides=[2, 2], pads=[1, 1, 1, 1])
    yield transposed("pads-uneven", [5, 6], 4, 3, [4, 4], strides=[2, 2], pads=[0, 1, 2, 1])
    yield transposed("output-padding", [5, 6], 4, 3, [3, 3], strides=[2, 2], output_padding=[1, 1])
    yield transposed("dilated", [5, 6], 4, 3, [3, 3], dilations=[2, 2])
    yield transposed("group-2", [5, 6], 4, 6, [3, 3], group=2, strides=[2, 2])
    yield transposed("depthwise", [5, 6], 4, 4, [2, 2], group=4, strides=[2, 2], bias=False)
    yield transposed("same-upper", [5, 6], 4, 3, [3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    yield transposed("same-lower", [5, 6], 4, 3, [3, 3], strides=[2, 2], auto_pad="SAME_LOWER")
    yield transposed("output-shape", [5, 6], 4, 3, [3, 3], strides=[2, 2], output_shape=[10, 12])
    yield transposed("1d", [9], 4, 3, [4], strides=[2], pads=[1, 1])
    yield transposed("3d", [3, 3, 4], 2, 3, [2, 2, 2], strides=[2, 2, 2])
