#!/usr/bin/env bash
# Runs a Python script with the package wasmtime on an emulated 64-bit ARM machine: aarch64.sh SCRIPT ARGUMENTS...
#
# qemu-user runs Debian's Python for ARM, which is unpacked into a folder of its own. Only qemu-user is installed.
source "$(dirname "$0")/../../../scripts/env.sh"
# The same release line as in the node.
WASMTIME=36.0.0
home=$HOME/.cache/assay/aarch64
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
command -v apt-get >/dev/null || die "the ARM run needs Debian or Ubuntu, whose ARM packages it unpacks"
command -v qemu-aarch64 >/dev/null || {
	say "installing qemu-user"
	$as_root apt-get update -qq
	$as_root apt-get install -y -qq --no-install-recommends qemu-user >/dev/null
}
if [ ! -e "$home/done-$WASMTIME" ]; then
	say "fetching Python and wasmtime for ARM"
	mkdir -p "$home"/{state/lists/partial,cache/archives/partial,root,site,wheels}
	# An empty status, so that every package that Python needs is fetched.
	: >"$home/state/status"
	arm=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$home/state"
		-o Dir::Cache="$home/cache" -o Dir::State::status="$home/state/status" -o APT::Sandbox::User=
		-o Debug::NoLocking=1)
	"${arm[@]}" update
	"${arm[@]}" install --download-only -y --no-install-recommends python3-minimal libpython3-stdlib >/dev/null
	for package in "$home"/cache/archives/*.deb; do dpkg-deb -x "$package" "$home/root"; done
	python3 -m pip download -q --no-deps --only-binary=:all: --platform manylinux2014_aarch64 \
		--dest "$home/wheels" "wasmtime==$WASMTIME"
	python3 -m zipfile -e "$home/wheels/wasmtime-$WASMTIME"-*.whl "$home/site"
	touch "$home/done-$WASMTIME"
fi
python=$(find "$home/root/usr/bin" -name 'python3.*' -type f | head -1)
exec qemu-aarch64 -L "$home/root" -E PYTHONPATH="$home/site" -E PYTHONDONTWRITEBYTECODE=1 "$python" "$@"
