# Sourced by every script: where things are, and how scripts speak.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# rustup's shell set-up is not read by scripts.
export PATH="$HOME/.cargo/bin:$PATH"
# Outside the checkout, so that a fresh clone does not start cold.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/assay/target}"
# Where nodes keep the engine once it is compiled for this machine.
export ASSAY_ENGINE_CACHE="${ASSAY_ENGINE_CACHE:-$CARGO_TARGET_DIR/engine-cache}"
BIN="$CARGO_TARGET_DIR/debug"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Builds everything. Always the same packages and targets: another selection would turn on other features of what they share, and
# compile hundreds of crates a second time.
build() {
	say "building (the first time takes half an hour or more on two cores)"
	cargo build --locked --workspace --all-targets
}
