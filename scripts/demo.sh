#!/usr/bin/env bash
# Starts a local network, in which others reproduce a model. It answers a hundred real questions, a worker that lies is
# caught, and this machine re-derives every answer.
#
#   ./scripts/demo.sh [--summary PATH]    PATH: where to write the figures as JSON
#
# Exits with 0 only if all hundred answers are settled, the accuracy on chain is the accuracy offline, every lie was
# caught and paid for, and every answer was re-derived.
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# Checked before anything is built.
options=()
while [ $# -gt 0 ]; do
	case "$1" in
		--summary) options+=(--summary "${2:?--summary takes a path}"); shift 2 ;;
		--help | -h) show_help; exit ;;
		*) die "unknown option $1: this takes --summary PATH" ;;
	esac
done

scripts/setup.sh
build_programs
# The path of the summary is relative to the user's folder.
cd "$here"
exec "$BIN/testnet" demo --build-seconds "$SECONDS" "${options[@]}"
