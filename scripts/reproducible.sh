#!/usr/bin/env bash
# Builds the engine twice from nothing, in two folders under two home directories, and compares the hashes. Takes some six minutes on two cores.
#
#   scripts/reproducible.sh
source "$(dirname "$0")/env.sh"
scripts/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
settings=${CARGO_HOME:-$HOME/.cargo}/config.toml
toolchain=$(rustup show active-toolchain | cut -d' ' -f1)
rustc=$(rustup which rustc)
cargo=$(rustup which cargo)
"$rustc" --edition 2021 -o "$work/builder" engine/host/build/main.rs

# The blob built in folder $1 by a user whose home is $2.
blob() {
	local folder=$1 home=$2
	mkdir -p "$folder" "$home/.cargo" "$folder/out"
	tar -c engine/Cargo.toml engine/Cargo.lock engine/abi engine/guest engine/intrinsics engine/kernels engine/host/build rust-toolchain.toml | tar -x -C "$folder"
	# Where crates come from; what comes is in the lockfile.
	[ ! -e "$settings" ] || cp "$settings" "$home/.cargo/"
	env -i PATH="$PATH" HOME="$home" CARGO_HOME="$home/.cargo" RUSTUP_HOME="$RUSTUP_HOME" RUSTUP_TOOLCHAIN="$toolchain" \
		CARGO="$cargo" RUSTC="$rustc" CARGO_MANIFEST_DIR="$folder/engine/host" OUT_DIR="$folder/out" "$work/builder" >/dev/null
	b2sum --length 256 "$folder/out/engine.wasm" | cut -d' ' -f1
}

say "building the engine as one user"
one=$(blob "$work/one" "$work/homes/alice")
say "building it again as another, in another folder"
two=$(blob "$work/a longer/path/to two" "$work/homes/somebody else")
printf '%s  %s bytes\n%s\n' "$one" "$(stat -c %s "$work/one/out/engine.wasm")" "$two"
[ "$one" = "$two" ] || die "the same sources gave two engines"
say "one engine, whoever builds it, wherever"
