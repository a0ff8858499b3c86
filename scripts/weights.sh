#!/usr/bin/env bash
# Measures the weight of every call, hook and authorisation of our pallets on this machine, and of a transfer to compare
# with. Writes pallets/*/src/weights.rs and runtime/src/weights/.
#
#   scripts/weights.sh [--quick]    --quick: a few steps, to check that the benchmarks run; writes to the target folder
#
# Needs a quiet machine and, the first time, a quarter of an hour to build frame-omni-bencher.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

case "${1:-}" in
	'' | --quick) ;;
	--help | -h) show_help; exit ;;
	*) die "unknown option $1: this takes --quick" ;;
esac
scripts/setup.sh
# Clippy compiles without some optimisations, and what is measured here has to be what ships.
unset RUSTC_WORKSPACE_WRAPPER

STEPS=12 REPEAT=4 SECONDS_EACH=1 OUT=.
[[ "${1:-}" == --quick ]] && STEPS=5 REPEAT=1 SECONDS_EACH=0 OUT="$CARGO_TARGET_DIR/weights/quick"

BENCHER="${ASSAY_BENCHER:-$CARGO_TARGET_DIR/tools/bin/frame-omni-bencher}"
if [[ ! -x "$BENCHER" ]]; then
	command -v cmake >/dev/null ||
		die "frame-omni-bencher builds RocksDB: please install cmake, clang and libclang-dev, then run this again"
	say "building frame-omni-bencher"
	cargo install frame-omni-bencher --version =0.28.0 --locked --root "$CARGO_TARGET_DIR/tools" \
		--target-dir "$CARGO_TARGET_DIR/tools/build"
fi

# Builds the runtime as substrate-wasm-builder does, with the benchmarks, and not for this machine as well.
say "building the runtime with benchmarks"
FLAGS=(-C link-arg=--export-table -C link-arg=--export=__heap_base -C link-arg=--import-memory --cfg substrate_runtime)
RUSTFLAGS="${FLAGS[*]}" cargo rustc --locked --release --target wasm32v1-none --target-dir "$CARGO_TARGET_DIR/weights" \
	--package assay-runtime --lib --crate-type cdylib --no-default-features --features runtime-benchmarks
RUNTIME="$CARGO_TARGET_DIR/weights/wasm32v1-none/release/assay_runtime.wasm"

# measure PALLET OPTION...: benchmarks one pallet.
measure() {
	say "measuring $1"
	"$BENCHER" v1 benchmark pallet --runtime "$RUNTIME" --genesis-builder runtime --genesis-builder-preset development \
		--allow-missing-host-functions --pallet "$1" --extrinsic '*' --steps "$STEPS" --repeat "$REPEAT" \
		--min-duration "$SECONDS_EACH" --no-storage-info --no-median-slopes --no-min-squares --quiet "${@:2}"
}

mkdir -p "$OUT/runtime/src/weights"
# The transfer that everything else is compared with, from the same run.
measure pallet_balances --output "$OUT/runtime/src/weights"
for pallet in models workers jobs disputes; do
	mkdir -p "$OUT/pallets/$pallet/src"
	measure "pallet_$pallet" --template scripts/weights/pallet.hbs --output "$OUT/pallets/$pallet/src/weights.rs"
done
