#!/usr/bin/env bash
# Builds everything and runs every test: pallets, runtime, engine, host, command line, and networks of real nodes.
# Arguments go to the test runner, e.g. `scripts/test.sh -p pallet-jobs`.
source "$(dirname "$0")/env.sh"
scripts/setup.sh

build

if cargo nextest --version >/dev/null 2>&1; then
	cargo nextest run --locked --workspace --no-fail-fast "$@"
else
	# Slower: no test of one binary starts before all of another have ended.
	cargo test --locked --workspace --no-fail-fast "$@" -- --test-threads 3
fi
