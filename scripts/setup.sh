#!/usr/bin/env bash
# Installs what building Assay needs and this machine lacks. Says nothing where nothing is missing.
source "$(dirname "$0")/env.sh"

missing=()
command -v protoc >/dev/null || missing+=(protobuf-compiler)
command -v cc >/dev/null || missing+=(build-essential)
command -v c++ >/dev/null || missing+=(build-essential)
# Some C libraries are built from source.
command -v make >/dev/null || missing+=(build-essential)
command -v perl >/dev/null || missing+=(perl)
command -v git >/dev/null || missing+=(git)
command -v curl >/dev/null || missing+=(curl)
if [ ${#missing[@]} -gt 0 ]; then
	command -v apt-get >/dev/null || die "please install: ${missing[*]}"
	say "installing ${missing[*]}"
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update -qq
	$as_root apt-get install -y -qq "${missing[@]}" >/dev/null
fi

command -v rustup >/dev/null || die "please install rustup (https://rustup.rs), then run this again"
channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
rustup toolchain list | grep -q "^$channel" || {
	say "installing Rust $channel"
	rustup toolchain install "$channel" --profile minimal
}
installed=$(rustup +"$channel" target list --installed)
for target in wasm32v1-none wasm32-unknown-unknown; do
	grep -qx "$target" <<<"$installed" || { say "adding target $target"; rustup +"$channel" target add "$target"; }
done
