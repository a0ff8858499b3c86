#!/usr/bin/env bash
# Runs a corpus of 1,294 small models on the engine, under wasmtime (the node's host) and under V8 (Node.js). Compares
# every outcome with the committed digests (engine/conformance/corpus), and every answer with onnxruntime. Takes five
# minutes on one core.
#
#   scripts/corpus.sh [--only PREFIX] [--record] [--skip-wasmtime] [--aarch64]
#
#   --only PREFIX      run only the cases whose names start with PREFIX
#   --record           write the table of outcomes instead of comparing with it
#   --skip-wasmtime    run under V8 only
#   --aarch64          run under wasmtime on emulated 64-bit ARM (qemu) too
#
# engine/conformance/corpus/families makes the models from seeds; they are the same bytes on every machine.
source "$(dirname "$0")/env.sh"

# Checked before anything is built.
options=()
while [ $# -gt 0 ]; do
	case "$1" in
		--only) options+=(--only "${2:?--only takes a prefix}"); shift 2 ;;
		--record | --skip-wasmtime | --aarch64) options+=("$1"); shift ;;
		--help | -h) show_help; exit ;;
		*) die "unknown option $1: this takes --only PREFIX, --record, --skip-wasmtime and --aarch64" ;;
	esac
done

scripts/setup.sh
build
source scripts/lib/python.sh
need_node
exec "$python" engine/conformance/corpus/run.py "$BIN/assay" "$CARGO_TARGET_DIR/corpus" "${options[@]}"
