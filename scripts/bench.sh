#!/usr/bin/env bash
# Measures the engine against native tract on this machine: `scripts/bench.sh engine [--runs N] [--json PATH]`.
# Times vary with the machine and with what else it does; compare within one run only.
source "$(dirname "$0")/env.sh"
[ "${1:-}" = engine ] || die "what to measure? This takes: engine"
shift

scripts/setup.sh
build
venv=$HOME/.cache/assay/venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -r scripts/models/requirements.txt
mkdir -p "$ASSAY_ENGINE_CACHE"
exec "$venv/bin/python" scripts/bench/engine.py "$BIN/examples/engine_bench" "$ASSAY_ENGINE_CACHE" "$@"
