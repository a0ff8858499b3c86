#!/usr/bin/env bash
# Runs the seeded simulation of the economics on the real pallets, prints its table, and draws docs/img/economics.svg.
#
#   ./scripts/simulation.sh [FOLDER]    FOLDER: where to leave the figures as CSV; a temporary one if none is named
source "$(dirname "$0")/env.sh"

out=${1:-}
case "${out:-}" in
	-*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; [ "$out" = --help ]; exit ;;
	'') out=$(mktemp -d --suffix=-assay-simulation); trap 'rm -rf "$out"' EXIT ;;
	*) mkdir -p "$out"; out=$(cd "$out" && pwd) ;;
esac

build
say "simulating (a few minutes)"
# The same selection of packages as ever, so that nothing is compiled anew.
ASSAY_SIMULATION_OUT=$out cargo test --locked --workspace --test simulation -- --nocapture
python3 scripts/simulation/draw.py "$out" docs/img/economics.svg
say "drawn: docs/img/economics.svg"
