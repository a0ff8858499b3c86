#!/usr/bin/env bash
# Runs the backend tests that ship in the PyPI package onnx on the engine, under wasmtime and V8, and on native tract.
# Compares the engine's results with docs/conformance.csv. Takes ten minutes on one core.
#
#   scripts/conformance.sh [--only PREFIX] [--record] [--skip-wasmtime]
#
#   --only PREFIX      run only the tests whose names start with PREFIX
#   --record           write docs/conformance.csv and docs/conformance.md instead of comparing with the former
#   --skip-wasmtime    run under V8 and native tract only
source "$(dirname "$0")/env.sh"

# Checked before anything is built.
options=()
while [ $# -gt 0 ]; do
	case "$1" in
		--only) options+=(--only "${2:?--only takes a prefix}"); shift 2 ;;
		--record | --skip-wasmtime) options+=("$1"); shift ;;
		--help | -h) show_help; exit ;;
		*) die "unknown option $1: this takes --only PREFIX, --record and --skip-wasmtime" ;;
	esac
done

scripts/setup.sh
build
source scripts/lib/python.sh
need_node
exec "$python" engine/conformance/onnx/run.py "$BIN/assay" "$CARGO_TARGET_DIR/conformance" "${options[@]}"
