# shellcheck shell=bash
# Sourced by every script: where things are, and how scripts report.
set -euo pipefail

# Outside the checkout, so that a fresh clone does not start cold. A relative path is relative to the user's folder.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/assay/target}"
case "$CARGO_TARGET_DIR" in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# Scripts do not read rustup's shell set-up.
export PATH="$HOME/.cargo/bin:$PATH"
# Cargo marks a target folder that it makes itself. The build of the engine looks for the mark.
[ -e "$CARGO_TARGET_DIR/CACHEDIR.TAG" ] || {
	mkdir -p "$CARGO_TARGET_DIR"
	echo 'Signature: 8a477f597d28d172789f06886806bc55' >"$CARGO_TARGET_DIR/CACHEDIR.TAG"
	# It may be in the checkout.
	echo '*' >"$CARGO_TARGET_DIR/.gitignore"
}
# Where nodes keep the engine once it is compiled for this machine.
export ASSAY_ENGINE_CACHE="${ASSAY_ENGINE_CACHE:-$CARGO_TARGET_DIR/engine-cache}"
# Lints and documents the workspace's crates while they are compiled.
export RUSTC_WORKSPACE_WRAPPER="$ROOT/scripts/lib/rustc-wrapper"
BIN="$CARGO_TARGET_DIR/debug"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Prints what the calling script says of itself in its first lines.
show_help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$ROOT/scripts/$(basename "$0")"; }

# take_no_options "$@": for scripts without any; shows the help or refuses.
take_no_options() {
	case "${1:-}" in
		'') ;;
		--help | -h) show_help; exit ;;
		*) die "unknown option $1: $(basename "$0") takes none" ;;
	esac
}

# Builds everything. A single package would turn on fewer features of what it shares with the others, and compile
# hundreds of crates a second time.
build() {
	say "building (the first time takes 20 minutes or more on two cores)"
	cargo build --locked --workspace --all-targets
}

# Builds the programs that the demo and the throughput benchmark run, and nothing else. Whatever builds `assay-node` and
# `assay` selects the same features as `build`.
build_programs() {
	say "building the programs (the first time takes 15 minutes or more on two cores)"
	cargo build --locked -p assay-node -p assay-malus -p assay-cli -p assay-testing --bins
}
