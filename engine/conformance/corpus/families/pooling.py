"""Pooling of every kind, window, padding and rounding."""

from cases import Graph, awkward, symmetric


def pool(name, operator, image, outputs=1, fill=symmetric, opset=19, **attributes):
    g = Graph(f"pool/{name}", opset=opset)
    pooled = g.node(operator, g.input("x", [1, 3, *image], fill), outputs=outputs, **attributes)
    g.output(*([pooled] if outputs == 1 else pooled))
    if fill is awkward:
        return g.case("special")
    return g.case("exact" if operator in ("MaxPool", "GlobalMaxPool") else "sum")


def cases():
    for operator in ("MaxPool", "AveragePool"):
        kind = {"MaxPool": "max", "AveragePool": "average"}[operator]
        for kernel in (2, 3, 5):
            for stride in (1, 2, 3):
                yield pool(
                    f"{kind}-k{kernel}-s{stride}", operator, [11, 10], kernel_shape=[kernel] * 2, strides=[stride] * 2,
                )
        for pad in ("VALID", "SAME_UPPER", "SAME_LOWER"):
            for kernel, stride in ((3, 2), (2, 2), (3, 1)):
                yield pool(
                    f"{kind}-k{kernel}-s{stride}-{pad.lower()}", operator, [9, 8], kernel_shape=[kernel] * 2,
                    strides=[stride] * 2,
                    auto_pad=pad,
                )
        yield pool(f"{kind}-padded", operator, [9, 8], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        yield pool(f"{kind}-pads-uneven", operator, [9, 8], kernel_shape=[3, 3], strides=[1, 2], pads=[0, 1, 2, 1])
        yield pool(f"{kind}-ceil", operator, [10, 9], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
        yield pool(
            f"{kind}-ceil-padded", operator, [10, 9], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, ceil_mode=1,
        )
        yield pool(f"{kind}-dilated", operator, [12, 12], kernel_shape=[3, 3], dilations=[2, 2])
        yield pool(f"{kind}-dilated-strided", operator, [12, 13], kernel_shape=[2, 3], dilations=[3, 2], strides=[2, 2])
        yield pool(f"{kind}-1d", operator, [15], kernel_shape=[4], strides=[2])
        yield pool(f"{kind}-1d-padded", operator, [15], kernel_shape=[4], strides=[3], pads=[2, 1])
        yield pool(f"{kind}-3d", operator, [5, 6, 7], kernel_shape=[2, 3, 2], strides=[1, 2, 2])
        yield pool(f"{kind}-window-as-large-as-image", operator, [6, 7], kernel_shape=[6, 7])
    yield pool("max-awkward", "MaxPool", [9, 8], fill=awkward, kernel_shape=[3, 3], strides=[2, 2])
    yield pool("max-indices", "MaxPool", [8, 8], outputs=2, opset=12, kernel_shape=[2, 2], strides=[2, 2])
    yield pool(
        "max-indices-padded", "MaxPool", [8, 7], outputs=2, opset=12, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4,
    )
    for padded in (False, True):
        name = "average-counts-padding" + ("-ceil" if padded else "")
        yield pool(
            name, "AveragePool", [9, 8], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, count_include_pad=1,
            ceil_mode=int(padded),
        )
    for rank, image in ((1, [9]), (2, [7, 6]), (3, [3, 4, 5])):
        yield pool(f"global-average-{rank}d", "GlobalAveragePool", image)
        yield pool(f"global-max-{rank}d", "GlobalMaxPool", image)
    yield pool("global-max-awkward", "GlobalMaxPool", [7, 6], fill=awkward)
