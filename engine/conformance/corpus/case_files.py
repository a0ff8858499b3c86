"""Cases as folders: a folder has the model, and a .npy file for each input with a row for each sample."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class CaseFolder:
    """A case on disk."""

    name: str
    folder: Path
    bindings: dict
    # The graph's inputs, in its order.
    inputs: list
    # The number of samples, not counting the repeated row. None if each file is the input of a single sample as it is.
    samples: int | None

    @property
    def model(self):
        return self.folder / "model.onnx"

    def input_file(self, index):
        return self.folder / f"input-{index}.npy"

    def outcome(self, sample):
        """Returns the outcome under V8, as bytes."""
        return (self.folder / f"v8-{sample}.scale").read_bytes()

    def for_v8(self):
        """Returns the case as `v8.mjs` and `wasmtime_host.py` take it."""
        files = [{"name": name, "file": self.input_file(index).name} for index, name in enumerate(self.inputs)]
        return {
            "name": self.name, "folder": str(self.folder), "bindings": self.bindings, "inputs": files,
            "samples": self.samples,
        }


def write(root, name, file, bindings, arrays, samples):
    """Writes a case; `arrays` are the inputs by name."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    written = CaseFolder(name, folder, bindings, list(arrays), samples)
    written.model.write_bytes(file)
    for index, array in enumerate(arrays.values()):
        np.save(written.input_file(index), np.require(array, requirements="C"))
    return written


def write_case(root, case):
    """Writes a case of the corpus: its samples as rows, then the first again, for an instance that has run before."""
    rows = [*case.samples, case.samples[0]]
    stacked = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    return write(root, case.name, case.file, case.bindings, stacked, len(case.samples))


def fingerprint(case):
    """Returns a hash of the model and inputs. If it changes, the corpus has changed, and not the engine."""
    hasher = hashlib.sha256(case.file)
    for sample in case.samples:
        for array in sample.values():
            hasher.update(str((array.dtype, array.shape)).encode() + array.tobytes())
    return hasher.hexdigest()[:16]
