#!/usr/bin/env bash
# Fuzzes the engine in its sandbox (engine/fuzz), and ends with a summary.
#
#   scripts/fuzz.sh [load|run|message]... [--minutes N]
#
#   load, run, message    the targets to fuzz; without one, all three in turn
#   --minutes N           minutes of processor time in all, 120 by default
#
# Inputs that reached something new are kept in the target folder, and the next call continues with them. Each defect
# is a file and a line of the summary; the fuzzer continues. To reproduce one, run its target on the file:
# `fuzz-load FILE`, with the variables set below.
source "$(dirname "$0")/env.sh"

targets=() minutes=120
while [ $# -gt 0 ]; do
	case "$1" in
		load | run | message) targets+=("$1") ;;
		--minutes) minutes=${2:-}; shift ;;
		*) show_help; [ "$1" = --help ]; exit ;;
	esac
	shift
done
[[ "$minutes" =~ ^[1-9][0-9]*$ ]] || die "--minutes takes a number of minutes, 1 or more, not '$minutes'"
[ ${#targets[@]} -gt 0 ] || targets=(load run message)

work=$CARGO_TARGET_DIR/fuzz
out=$work/out/$(date +%Y%m%d-%H%M%S)
export ASSAY_FUZZ_GUEST=$CARGO_TARGET_DIR/fuzz-engine/wasm32-unknown-unknown/release/assay_guest.wasm

# Builds the guest with LLVM's coverage counters. All other flags that affect its results are those of
# engine/host/build/main.rs.
build_guest() {
	local flags=(
		-Ctarget-feature=+simd128
		'--cfg=getrandom_backend="custom"'
		-Clink-arg=--max-memory=1073741824
		# The host defines the function to which the guest passes the addresses of its counters.
		-Clink-arg=--allow-undefined
		-Cpasses=sancov-module
		-Cllvm-args=-sanitizer-coverage-level=3
		-Cllvm-args=-sanitizer-coverage-inline-8bit-counters
	)
	say "building the engine with coverage counters (six minutes the first time)"
	(
		# Traps are reported with the names of functions.
		export CARGO_PROFILE_RELEASE_STRIP=none CARGO_TARGET_DIR=$CARGO_TARGET_DIR/fuzz-engine
		CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
		export CARGO_ENCODED_RUSTFLAGS
		cd engine && cargo build --release --locked --package assay-guest --target wasm32-unknown-unknown
	)
}

# Makes seeds from the small models of the corpus and of the tests.
make_seeds() {
	[ ! "$work/seeds/done" -nt engine/fuzz/regressions/outcomes.csv ] || return 0
	source scripts/lib/python.sh
	say "making seeds"
	rm -rf "$work/seeds"
	PYTHONPATH=engine/conformance/corpus "$python" - "$work/corpus-models" <<-'PYTHON'
		import sys
		from pathlib import Path
		import case_files
		from families import all_cases
		for case in all_cases():
		    case_files.write_case(Path(sys.argv[1]), case)
	PYTHON
	"$BIN/fuzz-seeds" "$work/seeds" "$work/corpus-models" engine/host/tests/fixtures engine/fuzz/regressions
	touch "$work/seeds/done"
}

# Runs target $1 for $2 seconds of processor time in round $3, and again if its process dies.
fuzz() {
	local target=$1 seconds=$2 round=$3 corpus=$work/corpus/$1 start=0 lived stats
	export ASSAY_FUZZ_MODELS=$work/seeds/load
	[ "$target" != run ] || ASSAY_FUZZ_MODELS=$work/seeds/models
	mkdir -p "$corpus"
	while [ "$start" -lt "$seconds" ]; do
		export ASSAY_FUZZ_OUT=$out/$target/$round ASSAY_FUZZ_SECONDS=$((seconds - start))
		mkdir -p "$ASSAY_FUZZ_OUT"
		say "fuzzing $target for ${ASSAY_FUZZ_SECONDS} s of processor time; log: $ASSAY_FUZZ_OUT/log"
		# The sandbox limits time and memory.
		"$BIN/fuzz-$target" "$corpus" "$work/seeds/$target" -artifact_prefix="$ASSAY_FUZZ_OUT/" -max_len=16384 \
			-timeout=0 -rss_limit_mb=0 -malloc_limit_mb=0 -detect_leaks=0 -print_final_stats=1 \
			>"$ASSAY_FUZZ_OUT/log" 2>&1 && return
		say "the process of $target died, and is started again; see $ASSAY_FUZZ_OUT/log"
		# Its processor time, plus a few seconds, so that this loop ends.
		stats=$ASSAY_FUZZ_OUT/stats.tsv
		lived=$(awk -F'\t' '$1 == "processor seconds" { print int($2) }' "$stats" 2>/dev/null || true)
		start=$((start + 10 + ${lived:-0}))
		round+=-again
	done
}

scripts/setup.sh
say "building (the first time takes half an hour or more on two cores)"
# The same packages and targets as always, so that nothing is compiled again, and libFuzzer.
cargo build --locked --workspace --all-targets --features assay-fuzz/libfuzzer
build_guest
make_seeds

# Shares of the time: the most for the target that reaches the most code.
declare -A shares=([load]=6 [run]=3 [message]=1)
sum=0
for target in "${targets[@]}"; do sum=$((sum + shares[$target])); done
# Two rounds, so that every target starts early.
for round in 1 2; do
	for target in "${targets[@]}"; do
		fuzz "$target" $((minutes * 30 * shares[$target] / sum)) "$round"
	done
done
scripts/fuzz/summary.sh "$out"
