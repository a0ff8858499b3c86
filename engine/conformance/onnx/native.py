"""Runs tests on native tract, of the same version as in the engine, in a process of its own, since a panic ends it.

    native.py      reads a line of JSON { name, model, inputs, output } for each test, writes the outputs to the .npz
                   file `output`, and answers with a line { name, error }

Native tract chooses its kernels by CPU, so its bits differ between machines. It is compared within tolerances only.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

FACTS = {
    "float32": "f32", "float64": "f64", "float16": "f16", "int8": "i8", "uint8": "u8", "int16": "i16", "uint16": "u16",
    "int32": "i32",
    "uint32": "u32", "int64": "i64", "uint64": "u64", "bool": "bool",
}


def run(model, inputs):
    import tract

    inference = tract.onnx().load(model)
    arrays = [np.load(file) for file in inputs]
    if inference.input_count() != len(arrays):
        raise ValueError(f"{inference.input_count()} inputs instead of {len(arrays)}")
    for index, array in enumerate(arrays):
        inference.set_input_fact(index, ",".join([*map(str, array.shape), FACTS[array.dtype.name]]))
    return [output.to_numpy() for output in inference.into_model().into_runnable().run(arrays)]


def serve():
    for line in sys.stdin:
        task = json.loads(line)
        error = None
        try:
            outputs = run(task["model"], task["inputs"])
            np.savez(task["output"], *[np.array(output) for output in outputs])
        except Exception as caught:
            error = str(caught) or type(caught).__name__
        print(json.dumps({"name": task["name"], "error": error}), flush=True)


class Native:
    """The process, which is started again whenever it has ended."""

    def __init__(self):
        self.process = None

    def outputs(self, test):
        """Returns the outputs of a test, or why there are none."""
        if self.process is None or self.process.poll() is not None:
            command = [sys.executable, __file__]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
        output = test.case.folder / "native.npz"
        files = [str(test.case.input_file(index)) for index in range(len(test.case.inputs))]
        task = {"name": test.name, "model": str(test.case.model), "inputs": files, "output": str(output)}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            self.process.wait()
            return "panics"
        error = json.loads(answer)["error"]
        if error:
            return "fails: " + error.splitlines()[0]
        with np.load(Path(output)) as arrays:
            return [arrays[name] for name in arrays.files]


if __name__ == "__main__":
    serve()
