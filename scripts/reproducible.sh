#!/usr/bin/env bash
# Builds the engine twice from scratch, in two folders and under two home directories, and compares the hashes. Takes
# six minutes on two cores.
#
#   scripts/reproducible.sh
source "$(dirname "$0")/env.sh"
take_no_options "$@"
scripts/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
settings=${CARGO_HOME:-$HOME/.cargo}/config.toml
toolchain=$(rustup show active-toolchain | cut -d' ' -f1)
rustc=$(rustup which rustc)
cargo=$(rustup which cargo)
# The build script of assay-engine, which needs no other crate.
"$rustc" --edition 2021 -o "$work/builder" engine/host/build/main.rs

# Builds the blob in folder $1, as a user whose home is $2, and prints its hash.
blob() {
	local folder=$1 home=$2
	mkdir -p "$folder" "$home/.cargo" "$folder/out"
	tar -c engine/{Cargo.toml,Cargo.lock,abi,guest,intrinsics,kernels,host/build} rust-toolchain.toml |
		tar -x -C "$folder"
	# The settings say where crates come from; the lockfile says which.
	[ ! -e "$settings" ] || cp "$settings" "$home/.cargo/"
	env -i PATH="$PATH" HOME="$home" CARGO_HOME="$home/.cargo" RUSTUP_HOME="$RUSTUP_HOME" \
		RUSTUP_TOOLCHAIN="$toolchain" CARGO="$cargo" RUSTC="$rustc" CARGO_MANIFEST_DIR="$folder/engine/host" \
		OUT_DIR="$folder/out" "$work/builder" >/dev/null
	b2sum --length 256 "$folder/out/engine.wasm" | cut -d' ' -f1
}

say "building the engine as one user"
one=$(blob "$work/one" "$work/homes/alice")
say "building it again as another, in another folder"
two=$(blob "$work/a longer/path/to two" "$work/homes/somebody else")
printf '%s  %s bytes\n%s\n' "$one" "$(stat -c %s "$work/one/out/engine.wasm")" "$two"
[ "$one" = "$two" ] ||
	die "two builds of the same sources gave $one and $two: engine/host/build/main.rs must fix what differs"
say "both builds gave the same engine"
