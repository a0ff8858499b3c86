#!/usr/bin/env bash
# Checks everything that is not checked while Assay is built: formatting, the text of files and commits, scripts, the
# licences and sources of dependencies, and the engine's workspace. Takes seconds, and two minutes the first time.
#
# Clippy and rustdoc run over all other crates within the ordinary build (scripts/lib/rustc-wrapper), where a warning is
# an error.
source "$(dirname "$0")/env.sh"
take_no_options "$@"
source scripts/lib/tools.sh
scripts/setup.sh --lint
need_tool cargo-deny

# Commits since this day keep CONTRIBUTING.md's form.
FIRST_DAY=2026-11-28
SUBJECT='^[a-z][a-z0-9_./-]*(, [a-z][a-z0-9_./-]*)*: .*[^.]$'

check_format() {
	cargo fmt --all --check
	cargo fmt --all --check --manifest-path engine/Cargo.toml
}

check_text() {
	python3 scripts/lint/text.py
	[ ! -x scripts/architecture.py ] || scripts/architecture.py --check
}

check_commits() {
	local subject wrong=0
	while read -r subject; do
		[[ ${#subject} -gt 72 || ! $subject =~ $SUBJECT ]] || continue
		printf '%s\n' "commit subject: $subject" >&2
		wrong=1
	done < <(git log --no-merges --since="$FIRST_DAY 00:00 +0000" --format=%s)
	[ "$wrong" = 0 ] || die "a subject reads 'area: what changes', in at most 72 characters"
}

check_scripts() {
	local scripts
	mapfile -t scripts < <(git grep -lE '^#!.*bash$' -- .ci engine scripts; git ls-files 'scripts/*.sh')
	shellcheck --shell bash --severity warning "${scripts[@]}"
}

check_dependencies() {
	local manifest
	for manifest in Cargo.toml engine/Cargo.toml; do
		# Some of subxt's crates still name a licence in the old way; which of two they offer we take is of no account.
		cargo deny --log-level error --locked --manifest-path "$manifest" --config "$PWD/deny.toml" \
			check --allow parse-error licenses bans sources
	done
}

# The guest and what is compiled into it, as engine/host builds them, and the tests of what is compiled natively as
# well.
check_engine() {
	local engine=(--manifest-path engine/Cargo.toml --locked)
	local guest=(--release --target wasm32-unknown-unknown --workspace)
	export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/engine-lint
	export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS='-Ctarget-feature=+simd128 --cfg=getrandom_backend="custom"'
	unset RUSTC_WORKSPACE_WRAPPER
	cargo clippy "${engine[@]}" "${guest[@]}" -- -D warnings
	cargo clippy "${engine[@]}" --all-targets -p assay-abi -p assay-intrinsics -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc "${engine[@]}" "${guest[@]}" --no-deps
}

# check NAME FUNCTION: continues after a failure, so that one run shows all of them. A background job keeps errexit.
failed=()
check() {
	say "checking $1"
	"$2" &
	wait $! || failed+=("$1")
}
check "formatting" check_format
check "text" check_text
check "commits" check_commits
check "scripts" check_scripts
check "dependencies" check_dependencies
check "the engine's workspace" check_engine
[ ${#failed[@]} = 0 ] || die "see above: $(IFS=,; echo "${failed[*]}")"
