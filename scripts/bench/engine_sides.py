"""Who is measured: the engine with and without the host's intrinsics, native tract, onnxruntime; each in a process of its own."""

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
# In the order of their turns: those that are compared come close together.
SIDES = [ENGINE, TRACT, ORT, PLAIN]
ONE_THREAD = os.environ | {"RAYON_NUM_THREADS": "1"}


class Subject:
    """A model and its inputs as files that the sides read."""

    def __init__(self, folder, model, count):
        """With `count` inputs, all of which are for the service; else the first is asked again and again."""
        self.model = model
        stem = str(folder / model.name.replace(" ", "-"))
        self.file, self.first, self.all, self.arrays = (f"{stem}{end}" for end in (".onnx", ".scale", "-all.scale", ".npz"))
        # The engine's answer is an outcome, that of others an array.
        self.outcome, self.array = f"{stem}-answer.scale", f"{stem}-answer.npy"
        Path(self.file).write_bytes(model.file())
        inputs = model.inputs(count)
        messages = [vector([tensor(array) for array in one.values()]) for one in inputs]
        Path(self.first).write_bytes(vector(messages[:1]))
        Path(self.all).write_bytes(vector(messages))
        np.savez(self.arrays, **inputs[0])

    def describe(self):
        """What the file is, to tell whether two runs had the same."""
        file = Path(self.file).read_bytes()
        return {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}

    def arguments(self, inputs):
        """As `engine_bench` takes it, with a file of inputs."""
        bindings = (word for symbol, extent in self.model.bindings.items() for word in ("--bind", f"{symbol}={extent}"))
        return ["--model", self.file, "--inputs", inputs, *bindings]


class Runner:
    def __init__(self, program, cache, core):
        self.program, self.cache, self.core = program, cache, core

    def engine(self, what, *arguments, cache=None, intrinsics=True):
        """A command of `engine_bench`."""
        off = [] if intrinsics else ["--no-intrinsics"]
        return [self.program, what, "--cache", cache or self.cache, *off, *map(str, arguments)]

    def start(self, side, subject, loads, answer=False):
        """A side with the model loaded, on one core; with `answer`, what it answers is written to a file at its end."""
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
        """The first of the outputs for the first input."""
        started = self.start(side, subject, loads=1, answer=True)
        started.turn(1)
        started.end()
        if side in (ENGINE, PLAIN):
            return wire.tensors(Path(subject.outcome).read_bytes())[0]
        return np.load(subject.array)


class Side:
    """A process that has loaded a model, and runs it when its turn comes."""

    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ONE_THREAD)
        self.told()

    def turn(self, runs):
        """How many milliseconds each of so many answers took."""
        print(runs, file=self.process.stdin, flush=True)
        return self.told()

    def end(self):
        """What else it has measured."""
        self.process.stdin.close()
        figures = self.told()
        self.process.wait()
        return figures

    def told(self):
        line = self.process.stdout.readline()
        if not line:
            failed(self.command)
        return json.loads(line)


def failed(command):
    sys.exit(f"error: {' '.join(map(str, command))} failed")


def printed(command):
    """What `command` prints as JSON."""
    done = subprocess.run(command, stdout=subprocess.PIPE, env=ONE_THREAD)
    if done.returncode != 0:
        failed(command)
    return json.loads(done.stdout)


def compact(number):
    """SCALE of a length."""
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def vector(items):
    return compact(len(items)) + b"".join(items)


def tensor(array):
    """SCALE of `Tensor`."""
    shape = vector([extent.to_bytes(4, "little") for extent in array.shape])
    return bytes([helper.np_dtype_to_tensor_dtype(array.dtype)]) + shape + compact(array.nbytes) + array.tobytes()
