"""Outcomes as bytes: SCALE(Outcome) of `assay-primitives`, its digest, and the name of its fault."""

import hashlib
import re
from pathlib import Path

import numpy as np
from blake3 import blake3
from onnx import helper

ROOT = Path(__file__).resolve().parents[3]
# The maximum size in bytes of an outcome that travels inline (`MAX_INLINE`), which affects its digest.
MAX_INLINE = 16 * 1024


def fault_names():
    """Returns the names of faults by code, from the source of the protocol."""
    source = (ROOT / "engine/abi/src/lib.rs").read_text()
    table = source[source.index("\nfault_codes! {") :]
    return {int(code): name for name, code in re.findall(r"^\t(\w+) = (\d+),$", table, re.MULTILINE)}


FAULTS = fault_names()


def digest(outcome):
    """Returns the digest that `assay infer` prints for an outcome."""
    content = blake3(outcome).digest()
    if len(outcome) <= MAX_INLINE:
        return content.hex()
    packed = b"assay/answer" + b"\0" + content + b"\1" + len(outcome).to_bytes(8, "little")
    return hashlib.blake2b(packed, digest_size=32).hexdigest()


def name(outcome):
    """Returns the name of the fault, or the digest of an answer."""
    return FAULTS[outcome[1]] if outcome[0] == 1 else digest(outcome)


def tensors(outcome):
    """Decodes the arrays of an answer. Returns None for a fault."""
    if outcome[0] == 1:
        return None
    reader = Reader(outcome[1:])
    return [reader.tensor() for _ in range(reader.compact())]


class Reader:
    """Decodes SCALE."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def compact(self):
        first = self.data[self.at]
        if first & 3 == 3:
            self.at += 1
            return int.from_bytes(self.take((first >> 2) + 4), "little")
        return int.from_bytes(self.take(1 << (first & 3)), "little") >> 2

    def tensor(self):
        dtype = helper.tensor_dtype_to_np_dtype(self.take(1)[0])
        shape = [int.from_bytes(self.take(4), "little") for _ in range(self.compact())]
        return np.frombuffer(self.take(self.compact()), dtype).reshape(shape)
