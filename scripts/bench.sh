#!/usr/bin/env bash
# Measures on this machine. Times vary with the machine and with what else it does; compare within one run only.
#
#   scripts/bench.sh engine [--runs N] [--only MODEL] [--json PATH]
#         the engine beside native tract and onnxruntime (wheels from PyPI), and answers per second of its service
#   scripts/bench.sh throughput [--json PATH]
#         a local network of three nodes: answers per second, and blocks from a request to its answer
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
what=${1:-}
case "$what" in
	engine | throughput) shift ;;
	--help | -h) show_help; exit ;;
	*) die "what should be measured? This takes: engine, throughput" ;;
esac

scripts/setup.sh
if [ "$what" = throughput ]; then
	build_programs
	cd "$here"
	exec "$BIN/testnet" throughput "$@"
fi

say "building the engine's benchmark"
cargo build --locked --workspace --example engine_bench
source scripts/lib/python.sh
mkdir -p "$ASSAY_ENGINE_CACHE"
bench=$ROOT/scripts/bench/engine.py
cd "$here"
exec "$python" "$bench" "$BIN/examples/engine_bench" "$ASSAY_ENGINE_CACHE" "$@"
