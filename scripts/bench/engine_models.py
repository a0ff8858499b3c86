"""The models that the engine is measured on, their inputs, and how close others must come."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "scripts/models"), str(ROOT / "engine/conformance/corpus")]

import make_mobilenet
import make_networks

# The largest difference between two runtimes, as a share of the answer's largest element. Runtimes sum in different
# orders. In an int8 model, that may move an activation to the next of its 256 steps, which fifty layers pass on.
FLOATS, STEPS = 1e-4, 0.1


@dataclass
class Model:
    name: str
    # Returns the ONNX file.
    file: callable
    # Draws the inputs of one answer, by name.
    draw: callable
    tolerance: float = FLOATS
    bindings: dict = field(default_factory=dict)
    # How many runs of this model count as one run of a large one.
    times: int = 1

    def inputs(self, count):
        """Draws the inputs of `count` answers, no two alike."""
        rng = np.random.default_rng(1)
        return [self.draw(rng) for _ in range(count)]


def digit(rng):
    return {"image": rng.random((1, 1, 8, 8), np.float32)}


def image(rng):
    return {"image": rng.standard_normal((1, 3, 224, 224), np.float32)}


def sentence(rng):
    """Draws some words, padded to the model's length."""
    tokens, words = make_networks.TOKENS, rng.integers(16, make_networks.TOKENS, endpoint=True)
    mask = (np.arange(tokens) < words).astype(np.int64)
    return {"ids": rng.integers(0, make_networks.WORDS, tokens)[np.newaxis] * mask, "mask": mask[np.newaxis]}


def mobilenet():
    return make_mobilenet.mobilenet(np.random.default_rng(1)).SerializeToString(deterministic=True)


MODELS = [
    Model("digits", (ROOT / "models/digits/digits.onnx").read_bytes, digit, bindings={"N": 1}, times=50),
    Model("mobilenet v2", mobilenet, image),
    Model("resnet50", make_networks.resnet50, image),
    Model("encoder 6x384", make_networks.encoder, sentence),
    Model("mobilenet int8", make_networks.mobilenet_int8, image, tolerance=STEPS),
]
