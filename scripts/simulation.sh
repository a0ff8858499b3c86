#!/usr/bin/env bash
# Runs the seeded simulation of the economics on the real pallets, prints its table, draws docs/img/economics.svg, and
# writes the tables of docs/economics.md.
#
#   ./scripts/simulation.sh [FOLDER]    FOLDER: where to leave the figures as CSV; without one they are deleted
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

out=${1:-}
case "$out" in
	--help | -h) show_help; exit ;;
	-*) die "unknown option $out: this takes a folder" ;;
	'') out=$(mktemp -d --suffix=-assay-simulation); trap 'rm -rf "$out"' EXIT ;;
	*) out=$(cd "$here" && mkdir -p "$out" && cd "$out" && pwd) ;;
esac

scripts/setup.sh
say "building the simulation, and running it (a few minutes)"
ASSAY_SIMULATION_OUT=$out cargo test --locked --workspace --test protocol -- economics --nocapture
python3 scripts/simulation/draw.py "$out" docs/img/economics.svg
python3 scripts/simulation/tables.py "$out" docs/economics.md
say "written: docs/img/economics.svg and the tables of docs/economics.md"
