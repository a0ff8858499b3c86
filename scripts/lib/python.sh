# shellcheck shell=bash
# Sourced after env.sh by what needs the Python packages of scripts/models/requirements.txt: sets `python`.
venv=$HOME/.cache/assay/venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -r scripts/models/requirements.txt
# shellcheck disable=SC2034 # for the sourcing script
python=$venv/bin/python

# Ends the script where there is no Node.js.
need_node() {
	command -v node >/dev/null ||
		die "please install Node.js 20 or later (Debian: apt-get install nodejs), then run this again"
}
