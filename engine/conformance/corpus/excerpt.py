"""A part of the corpus in one file, so that `engine/host/tests/engine/corpus.rs` runs it without Python."""

import hashlib

import numpy as np
import wire
from onnx import helper

FILE = wire.ROOT / "engine/conformance/corpus/excerpt.scale"
# One case in this many is in it.
SHARE = 5


def is_in(case):
    """Returns whether the excerpt has this case."""
    return hashlib.sha256(case.name.encode()).digest()[0] % SHARE == 0


def encode(cases):
    """Encodes the excerpt: SCALE of a list of (name, bindings, ONNX file, samples).

    A sample is a list of (name, tensor).
    """
    return many(encode_case(case) for case in cases if is_in(case))


def encode_case(case):
    bindings = (text(symbol) + extent.to_bytes(4, "little") for symbol, extent in case.bindings.items())
    samples = (many(text(name) + tensor(array) for name, array in sample.items()) for sample in case.samples)
    return text(case.name) + many(bindings) + octets(case.file) + many(samples)


def tensor(array):
    dtype = helper.np_dtype_to_tensor_dtype(array.dtype)
    shape = (extent.to_bytes(4, "little") for extent in array.shape)
    return bytes([dtype]) + many(shape) + octets(np.require(array, requirements="C").tobytes())


def many(items):
    items = list(items)
    return compact(len(items)) + b"".join(items)


def text(value):
    return octets(value.encode())


def octets(value):
    return compact(len(value)) + value


def compact(number):
    """Encodes a length below 2^30 as SCALE's compact integer."""
    for mode, bits in enumerate((6, 14, 30)):
        if number < 1 << bits:
            return (number << 2 | mode).to_bytes(1 << mode, "little")
    raise ValueError(number)
