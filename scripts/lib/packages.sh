# shellcheck shell=bash
# Sourced after env.sh by what needs Debian's packages.

# install_packages PACKAGE...: installs them, or says what to install where there is no apt-get.
install_packages() {
	command -v apt-get >/dev/null || die "please install: $*"
	say "installing $*"
	local as_root
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update -qq
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
