#!/usr/bin/env bash
# Runs a corpus of some 1,200 small models on the engine, under wasmtime (the node's host) and under V8 (Node.js), and compares every
# outcome with the committed digests (engine/conformance/corpus) and every answer with onnxruntime. Takes five minutes on one core.
#
#   scripts/corpus.sh [--only PREFIX] [--record] [--skip-wasmtime] [--aarch64]      --aarch64: also under wasmtime on ARM, by qemu
#
# The models are made by engine/conformance/corpus/families from seeds, and are the same bytes on every machine.
source "$(dirname "$0")/env.sh"
scripts/setup.sh
build
source scripts/lib/python.sh
need_node
exec "$python" engine/conformance/corpus/run.py "$BIN/assay" "$CARGO_TARGET_DIR/corpus" "$@"
