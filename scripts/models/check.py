#!/usr/bin/env python3
"""Measures the accuracy of a classifier with onnxruntime on one thread, to cross-check the engine with other code.

Exits with code 1 if onnxruntime cannot run the model on the inputs.
"""

import argparse
import json
from pathlib import Path

import common
import numpy as np


def rows(text):
    """Parses a half-open range `A..B`, either end of which may be omitted."""
    start, dots, end = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"expected A..B, such as 0..100, not {text}")
    try:
        return slice(int(start or 0), int(end) if end else None)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="ONNX file with one input; its first output holds a score per class")
    parser.add_argument("inputs", type=Path, help=".npy, one row per example")
    parser.add_argument("labels", type=Path, help=".npy, one class number per example")
    parser.add_argument("--rows", type=rows, default=slice(None), metavar="A..B", help="only rows A to B, without B")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the predicted classes")
    args = parser.parse_args()

    try:
        inputs, labels = np.load(args.inputs)[args.rows], np.load(args.labels)[args.rows]
        if len(inputs) != len(labels) or len(labels) == 0:
            raise ValueError(f"{len(inputs)} inputs for {len(labels)} labels")
        scores = common.run(args.model.read_bytes(), inputs)
    except Exception as error:
        raise SystemExit(f"error: cannot check {args.model}: {error}") from error

    share = common.accuracy(scores, labels)
    correct = round(share * len(labels))
    if args.json:
        predictions = scores.argmax(axis=-1).tolist()
        print(json.dumps({"accuracy": share, "correct": correct, "rows": len(labels), "predictions": predictions}))
    else:
        print(f"{correct} of {len(labels)} correct: accuracy {share:.4f}")


if __name__ == "__main__":
    main()
