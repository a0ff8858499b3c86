"""Runs cases on the engine under the wasmtime of PyPI, on a machine for which Assay is not built (an emulated one).

    wasmtime_host.py ENGINE.wasm CASES.json SUFFIX

Needs only Python and the package `wasmtime`. CASES.json is the same as for `v8.mjs`. Each sample runs in a fresh
instance, and its outcome is written to FOLDER/SUFFIX-SAMPLE.scale.
"""

import ast
import json
import struct
import sys
from pathlib import Path

import wasmtime

# `abi::MEMORY_LIMIT`.
MEMORY_LIMIT = 1 << 30
TRAP = 12
DTYPES = {
    "<f4": 1, "|u1": 2, "|i1": 3, "<u2": 4, "<i2": 5, "<i4": 6, "<i8": 7, "|b1": 9, "<f2": 10, "<f8": 11, "<u4": 12,
    "<u8": 13,
}


class Fault(Exception):
    """A fault of the engine."""


def compact(value):
    if value < 1 << 6:
        return bytes([value << 2])
    return struct.pack("<H", value << 2 | 1) if value < 1 << 14 else struct.pack("<I", value << 2 | 2)


def sequence(items):
    return compact(len(items)) + b"".join(items)


def blob(data):
    return compact(len(data)) + data


def read_tensor(path):
    """Reads an array file as (dtype, shape, data)."""
    file = path.read_bytes()
    start, size = (10, struct.unpack("<H", file[8:10])[0]) if file[6] == 1 else (12, struct.unpack("<I", file[8:12])[0])
    header = ast.literal_eval(file[start : start + size].decode())
    return DTYPES[header["descr"]], header["shape"], file[start + size :]


def row_of(tensor, index):
    dtype, (rows, *rest), data = tensor
    size = len(data) // rows
    return dtype, (1, *rest), data[index * size : (index + 1) * size]


def encode_tensor(tensor):
    dtype, shape, data = tensor
    return bytes([dtype]) + sequence([struct.pack("<I", extent) for extent in shape]) + blob(data)


def input_names(manifest):
    """Returns the names of the manifest's inputs."""
    at = 0

    def take(count):
        nonlocal at
        at += count
        return manifest[at - count : at]

    def length():
        size = 1 << (manifest[at] & 3)
        return int.from_bytes(take(size), "little") >> 2

    names = []
    for _ in range(length()):
        names.append(take(length()).decode())
        take(1)
        take(4 * length())
    return names


def imports(store, module):
    """Returns the engine's imports on a host without intrinsics: `caps` returns 0, and the engine calls no others."""

    def refuse(*_):
        raise RuntimeError("the engine called an intrinsic that this host does not offer")

    offer = {"caps": lambda: 0}
    return [wasmtime.Func(store, item.type, offer.get(item.name, refuse)) for item in module.imports]


class Model:
    """An instance with a model."""

    def __init__(self, store, module, bindings, onnx):
        self.store = store
        self.store.set_limits(memory_size=MEMORY_LIMIT)
        self.exports = wasmtime.Instance(
            self.store, module.module, imports(self.store, module.module),
        ).exports(self.store)
        pairs = [blob(symbol.encode()) + struct.pack("<I", extent) for symbol, extent in bindings.items()]
        self.call("load", sequence(pairs) + blob(onnx))
        self.inputs = input_names(self.call("describe"))

    def call(self, name, message=None):
        memory, store = self.exports["memory"], self.store
        try:
            if message is None:
                status = self.exports[name](store)
            else:
                at = self.exports["alloc"](store, len(message)) & 0xFFFFFFFF
                memory.write(store, message, at)
                status = self.exports[name](store, at, len(message))
        except wasmtime.Trap as trap:
            if trap.trap_code == wasmtime.TrapCode.STACK_OVERFLOW:
                raise
            raise Fault(TRAP) from trap
        if status:
            raise Fault(status)
        start = self.exports["result_ptr"](store) & 0xFFFFFFFF
        return bytes(memory.read(store, start, start + (self.exports["result_len"](store) & 0xFFFFFFFF)))

    def run(self, tensors):
        return self.call("run", sequence([encode_tensor(tensors[name]) for name in self.inputs]))


class Module:
    """The compiled engine, cached beside the blob, since compiling takes minutes on an emulated machine."""

    def __init__(self, path, suffix):
        config = wasmtime.Config()
        config.wasm_relaxed_simd = False
        self.engine = wasmtime.Engine(config)
        compiled = path.with_suffix(f".{suffix}")
        if not compiled.exists():
            compiled.write_bytes(wasmtime.Module.from_file(self.engine, str(path)).serialize())
        self.module = wasmtime.Module.deserialize_file(self.engine, str(compiled))


def outcome(module, case, onnx, tensors):
    """Runs a case and returns SCALE(Outcome)."""
    store = wasmtime.Store(module.engine)
    try:
        return b"\0" + Model(store, module, case["bindings"], onnx).run(tensors)
    except Fault as fault:
        return bytes([1, fault.args[0]])
    finally:
        # Python's garbage collector does not know how much memory the store holds.
        store.close()


def main():
    path, listing, suffix = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    module = Module(path, suffix)
    for case in json.loads(listing.read_text()):
        folder, samples = Path(case["folder"]), case["samples"]
        onnx = (folder / "model.onnx").read_bytes()
        files = {port["name"]: read_tensor(folder / port["file"]) for port in case["inputs"]}
        for index in range(samples or 1):
            tensors = {name: row_of(tensor, index) for name, tensor in files.items()} if samples else files
            (folder / f"{suffix}-{index}.scale").write_bytes(outcome(module, case, onnx, tensors))


if __name__ == "__main__":
    main()
