#!/usr/bin/env bash
# Fuzzes the engine in its sandbox (engine/fuzz), and says what came of it.
#
#   scripts/fuzz.sh [load|run|message] [--minutes N]     one target, or all three in turn; N minutes of processor time in all, or 120
#
# Inputs that reached something new are kept in the target folder and are where the next call goes on. A finding is a file and a line of the
# summary; the fuzzer goes on. Give such a file to a target to see it again: `fuzz-load FILE`, with the variables set below.
source "$(dirname "$0")/env.sh"

targets=() minutes=120
while [ $# -gt 0 ]; do
	case "$1" in
		load | run | message) targets+=("$1") ;;
		--minutes) minutes=${2:-}; shift ;;
		*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; [ "$1" = --help ]; exit ;;
	esac
	shift
done
[[ "$minutes" =~ ^[1-9][0-9]*$ ]] || die "--minutes takes a number"
[ ${#targets[@]} -gt 0 ] || targets=(load run message)

work=$CARGO_TARGET_DIR/fuzz
out=$work/out/$(date +%Y%m%d-%H%M%S)
export ASSAY_FUZZ_GUEST=$CARGO_TARGET_DIR/fuzz-engine/wasm32-unknown-unknown/release/assay_engine.wasm

# The guest with LLVM's coverage counters. Otherwise the flags that reach what it computes are those of engine/host/build/main.rs.
build_guest() {
	local flags=(
		-Ctarget-feature=+simd128
		'--cfg=getrandom_backend="custom"'
		-Clink-arg=--max-memory=1073741824
		# The function that tells where the counters are is the host's.
		-Clink-arg=--allow-undefined
		-Cpasses=sancov-module
		-Cllvm-args=-sanitizer-coverage-level=3
		-Cllvm-args=-sanitizer-coverage-inline-8bit-counters
	)
	say "building the engine with coverage counters (six minutes the first time)"
	(
		# A trap is known by the names of the functions around it.
		export CARGO_PROFILE_RELEASE_STRIP=none CARGO_TARGET_DIR=$CARGO_TARGET_DIR/fuzz-engine
		export CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
		cd engine && cargo build --release --locked --target wasm32-unknown-unknown
	)
}

# The small models of the corpus and of the tests.
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

# Runs a target for so many seconds of processor time, and again where it has died.
fuzz() {
	local target=$1 seconds=$2 round=$3 corpus=$work/corpus/$1 start=0 lived
	export ASSAY_FUZZ_MODELS=$work/seeds/load
	[ "$target" != run ] || ASSAY_FUZZ_MODELS=$work/seeds/models
	mkdir -p "$corpus"
	while [ "$start" -lt "$seconds" ]; do
		export ASSAY_FUZZ_OUT=$out/$target/$round ASSAY_FUZZ_SECONDS=$((seconds - start))
		mkdir -p "$ASSAY_FUZZ_OUT"
		say "fuzzing $target for ${ASSAY_FUZZ_SECONDS} s of processor time; log: $ASSAY_FUZZ_OUT/log"
		# Time limits and memory limits are the sandbox's.
		"$BIN/fuzz-$target" "$corpus" "$work/seeds/$target" -artifact_prefix="$ASSAY_FUZZ_OUT/" -max_len=16384 -timeout=0 \
			-rss_limit_mb=0 -malloc_limit_mb=0 -detect_leaks=0 -print_final_stats=1 >"$ASSAY_FUZZ_OUT/log" 2>&1 && return
		say "the process died: $ASSAY_FUZZ_OUT"
		# What it lived for; a few seconds at least, so that this ends.
		lived=$(awk -F'\t' '$1 == "processor seconds" { print int($2) }' "$ASSAY_FUZZ_OUT/stats.tsv" 2>/dev/null || true)
		start=$((start + 10 + ${lived:-0}))
		round+=-again
	done
}

scripts/setup.sh
say "building (the first time takes half an hour or more on two cores)"
# The same packages and targets as ever, so that nothing is compiled anew, and libFuzzer.
cargo build --locked --workspace --all-targets --features assay-fuzz/libfuzzer
build_guest
make_seeds

# Shares of the time: most for what most of the code is behind.
declare -A shares=([load]=6 [run]=3 [message]=1)
sum=0
for target in "${targets[@]}"; do sum=$((sum + shares[$target])); done
# In two rounds, so that all is tried early.
for round in 1 2; do
	for target in "${targets[@]}"; do
		fuzz "$target" $((minutes * 30 * shares[$target] / sum)) "$round"
	done
done
scripts/fuzz/summary.sh "$out"
