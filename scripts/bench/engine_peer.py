"""Runs one model on another runtime, on one thread, in turns, and prints JSON, as `engine_bench model` does.

    engine_peer.py tract|onnxruntime MODEL.onnx INPUTS.npz --loads N [--answer FILE.npy]

Inputs are converted before and outputs after the time is taken. What is resident before the load is Python, NumPy and the runtime.
"""

import argparse
import json
import re
import sys
import time
from pathlib import Path

import numpy as np


def tract(file, inputs):
    """How native tract loads and runs the model; it picks its kernels by CPU, so its bits differ from machine to machine."""
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
    """How onnxruntime does, with the optimisations it has by default."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # It warns of constants that it folds.
    options.log_severity_level = 3

    def load():
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    return load, lambda session: session.run(None, inputs), lambda outputs: outputs[0]


def memory(field):
    """Bytes, as Linux tells them: `VmRSS` are resident now, `VmHWM` were at most."""
    return 1024 * int(re.search(rf"^{field}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)[1])


def timed(work):
    """The value of `work`, and the milliseconds it took."""
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
    for turn in sys.stdin:
        run(model)
        times = []
        for _ in range(int(turn)):
            outputs, taken = timed(lambda: run(model))
            times.append(taken)
        print(json.dumps(times), flush=True)
    peak = memory("VmHWM")
    if options.answer:
        np.save(options.answer, array(outputs))
    # One model at a time, as in the engine's own program.
    del model, outputs
    loads = [first_load, *(timed(load)[1] for _ in range(options.loads - 1))]
    print(json.dumps({"load_ms": loads, "resident_bytes": before, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
