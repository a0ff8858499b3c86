"""The sides of the comparison, each in a process of its own: the engine with and without the host's intrinsics, native
tract, and onnxruntime."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import helper

import wire

PEER = Path(__file__).with_name("engine_peer.py")
ENGINE, PLAIN, TRACT, ORT = "engine", "engine, no intrinsics", "native tract", "onnxruntime"
# In the order in which they alternate: those that are compared are close together.
SIDES = [ENGINE, TRACT, ORT, PLAIN]
ONE_THREAD = os.environ | {"RAYON_NUM_THREADS": "1"}


class Subject:
    """A model and its inputs, as files that the sides read."""

    def __init__(self, folder, model, count):
        """Writes `count` inputs, all of which are for the service. The sides run the first one again and again."""
        self.model = model
        stem = str(folder / model.name.replace(" ", "-"))
        ends = (".onnx", ".scale", "-all.scale", ".npz")
        self.file, self.first, self.all, self.arrays = (f"{stem}{end}" for end in ends)
        # The engine's answer is an outcome, that of the other runtimes is an array.
        self.outcome, self.array = f"{stem}-answer.scale", f"{stem}-answer.npy"
        Path(self.file).write_bytes(model.file())
        inputs = model.inputs(count)
        messages = [vector([tensor(array) for array in one.values()]) for one in inputs]
        Path(self.first).write_bytes(vector(messages[:1]))
        Path(self.all).write_bytes(vector(messages))
        np.savez(self.arrays, **inputs[0])

    def describe(self):
        """Identifies the file, to tell whether two runs had the same one."""
        file = Path(self.file).read_bytes()
        return {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}

    def arguments(self, inputs):
        """Returns the arguments of `engine_bench`, with a file of inputs."""
        bindings = (word for symbol, extent in self.model.bindings.items() for word in ("--bind", f"{symbol}={extent}"))
        return ["--model", self.file, "--inputs", inputs, *bindings]


class Runner:
    def __init__(self, program, cache, core):
        self.program, self.cache, self.core = program, cache, core

    def engine(self, what, *arguments, cache=None, intrinsics=True):
        """Returns a command of `engine_bench`."""
        off = [] if intrinsics else ["--no-intrinsics"]
        return [self.program, what, "--cache", cache or self.cache, *off, *map(str, arguments)]

    def start(self, side, subject, loads, answer=False):
        """Starts a side that loads the model, on one core. With `answer`, it writes its answer to a file at the end."""
        options = ["--loads", loads]
        if side in (ENGINE, PLAIN):
            options += ["--answer", subject.outcome] if answer else []
            command = self.engine("model", *subject.arguments(subject.first), *options, intrinsics=side == ENGINE)
        else:
            options += ["--answer", subject.array] if answer else []
            runtime = "tract" if side == TRACT else "onnxruntime"
            command = [sys.executable, PEER, runtime, subject.file, subject.arrays, *map(str, options)]
        return Side(["taskset", "--cpu-list", str(self.core), *command])

    def answer(self, side, subject):
        """Returns the first of the outputs of the first input."""
        started = self.start(side, subject, loads=1, answer=True)
        started.run(1)
        started.end()
        if side in (ENGINE, PLAIN):
            return wire.tensors(Path(subject.outcome).read_bytes())[0]
        return np.load(subject.array)


class Side:
    """A process that has loaded a model, and runs it on demand."""

    def __init__(self, command):
        self.command = command
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, env=ONE_THREAD, **pipes)
        self.read()

    def run(self, runs):
        """Runs the model this many times. Returns the milliseconds of each answer."""
        print(runs, file=self.process.stdin, flush=True)
        return self.read()

    def end(self):
        """Ends the process. Returns what else it has measured."""
        self.process.stdin.close()
        figures = self.read()
        self.process.wait()
        return figures

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            failed(self.command)
        return json.loads(line)


def failed(command):
    sys.exit(f"error: {' '.join(map(str, command))} failed")


def printed(command):
    """Returns the JSON that `command` prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, env=ONE_THREAD)
    if done.returncode != 0:
        failed(command)
    return json.loads(done.stdout)


def compact(number):
    """Returns the SCALE encoding of a length."""
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def vector(items):
    return compact(len(items)) + b"".join(items)


def tensor(array):
    """Returns the SCALE encoding of a `Tensor`."""
    shape = vector([extent.to_bytes(4, "little") for extent in array.shape])
    return bytes([helper.np_dtype_to_tensor_dtype(array.dtype)]) + shape + compact(array.nbytes) + array.tobytes()
