#!/usr/bin/env bash
# Measures on this machine. Times vary with the machine and with what else it does; compare within one run only.
#
#   scripts/bench.sh engine [--runs N] [--only MODEL] [--json PATH]
#                                                       the engine beside native tract and onnxruntime, and answers per second
#   scripts/bench.sh throughput [--json PATH]           a local network of three nodes: answers per second, and blocks to an answer
source "$(dirname "$0")/env.sh"
what=${1:-}
case "$what" in
	engine | throughput) shift ;;
	*) die "what to measure? This takes: engine, throughput" ;;
esac

scripts/setup.sh
build
[ "$what" = engine ] || exec scripts/bench/throughput.sh "$@"

source scripts/lib/python.sh
mkdir -p "$ASSAY_ENGINE_CACHE"
exec "$python" scripts/bench/engine.py "$BIN/examples/engine_bench" "$ASSAY_ENGINE_CACHE" "$@"
