#!/usr/bin/env bash
# Checks that 64-bit ARM, emulated by qemu, computes the engine's intrinsics as they are specified. scripts/test.sh
# checks the processor of this machine (the module `intrinsics` in engine/host/tests/engine).
source "$(dirname "$0")/env.sh"
take_no_options "$@"
scripts/setup.sh
target=aarch64-unknown-linux-musl
command -v qemu-aarch64 >/dev/null || {
	source scripts/lib/packages.sh
	install_packages qemu-user
}
rustup target add "$target"
# Rust's own linker and C library: no other compiler is needed.
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=-Clink-self-contained=yes
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER=qemu-aarch64
# Optimised, since qemu is slow.
cd engine && exec cargo test --release --locked -p assay-intrinsics --lib --target "$target"
