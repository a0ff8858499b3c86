#!/usr/bin/env bash
# Runs the backend tests that ship in the PyPI package onnx on the engine, under wasmtime and V8, and on native tract, and compares the
# engine's results with docs/conformance.csv. Takes ten minutes on one core.
#
#   scripts/conformance.sh [--only PREFIX] [--record] [--skip-wasmtime]      --record: write docs/conformance.csv and .md
source "$(dirname "$0")/env.sh"
scripts/setup.sh
build
source scripts/lib/python.sh
need_node
exec "$python" engine/conformance/onnx/run.py "$BIN/assay" "$CARGO_TARGET_DIR/conformance" "$@"
