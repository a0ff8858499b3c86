#!/usr/bin/env bash
# Builds everything and runs every test: pallets, runtime, engine, host, command line, and networks of real nodes.
# Arguments go to the test runner (cargo-nextest), e.g. `scripts/test.sh -E "package(pallet-jobs)"`.
source "$(dirname "$0")/env.sh"
source scripts/lib/tools.sh
scripts/setup.sh
need_tool cargo-nextest

build
exec cargo nextest run --locked --workspace --no-fail-fast "$@"
