"""Runs one model on another runtime, on one thread, and prints JSON. Its protocol is that of `engine_bench model`.

    engine_peer.py tract|onnxruntime MODEL.onnx INPUTS.npz --loads N [--answer FILE.npy]

Inputs are converted before, and outputs after the time is taken. Resident before the load are Python, NumPy and the
runtime.
"""

import argparse
import json
import re
import sys
import time
from pathlib import Path

import numpy as np


def tract(file, inputs):
    """Returns how native tract loads and runs the model. It chooses kernels by CPU, so its bits differ by machine."""
    import tract

    tensors = [tract.Tensor.from_numpy(array) for array in inputs.values()]
    facts = [",".join([*map(str, array.shape), f"{array.dtype.kind}{8 * array.itemsize}"]) for array in inputs.values()]

    def load():
        model = tract.onnx().load(file)
        for index, fact in enumerate(facts):
            model.set_input_fact(index, fact)
        return model.into_model().into_runnable()

    return load, lambda model: model.run(tensors), lambda outputs: outputs[0].to_numpy()


def onnxruntime(file, inputs):
    """Returns how onnxruntime loads and runs the model, with its default optimisations."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Hides the warnings about constants that it folds.
    options.log_severity_level = 3

    def load():
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    return load, lambda session: session.run(None, inputs), lambda outputs: outputs[0]


def memory(field):
    """Returns bytes that Linux reports: `VmRSS` is the resident size now, `VmHWM` its peak."""
    return 1024 * int(re.search(rf"^{field}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)[1])


def timed(work):
    """Returns the value of `work`, and the milliseconds it took."""
    start = time.perf_counter()
    value = work()
    return value, 1000 * (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runtime", choices=("tract", "onnxruntime"))
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("--loads", type=int, required=True)
    parser.add_argument("--answer")
    options = parser.parse_args()

    inputs = dict(np.load(options.inputs))
    load, run, array = {"tract": tract, "onnxruntime": onnxruntime}[options.runtime](options.model, inputs)
    before = memory("VmRSS")
    model, first_load = timed(load)
    print("[]", flush=True)
    for count in sys.stdin:
        run(model)
        times = []
        for _ in range(int(count)):
            outputs, taken = timed(lambda: run(model))
            times.append(taken)
        print(json.dumps(times), flush=True)
    peak = memory("VmHWM")
    if options.answer:
        np.save(options.answer, array(outputs))
    # One model at a time, as in `engine_bench`.
    del model, outputs
    loads = [first_load, *(timed(load)[1] for _ in range(options.loads - 1))]
    print(json.dumps({"load_ms": loads, "resident_bytes": before, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
