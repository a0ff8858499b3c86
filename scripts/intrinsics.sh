#!/usr/bin/env bash
# Compares what 64-bit ARM computes of the engine's intrinsics, on a machine emulated by qemu, with their specification. What this machine's
# own processor computes is compared by scripts/test.sh.
source "$(dirname "$0")/env.sh"
scripts/setup.sh
target=aarch64-unknown-linux-musl
command -v qemu-aarch64 >/dev/null || {
	say "installing qemu-user"
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update -qq
	$as_root apt-get install -y -qq --no-install-recommends qemu-user >/dev/null
}
rustup target add "$target"
# Rust's own linker and C library: no other compiler is needed.
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=-Clink-self-contained=yes
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER=qemu-aarch64
cd engine && exec cargo test --locked -p assay-intrinsics --lib --target "$target"
