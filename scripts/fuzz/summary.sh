#!/usr/bin/env bash
# Summarises the reports that fuzz targets left in a folder: summary.sh FOLDER
set -euo pipefail
cd "$1"

# Prints the statistics of target $1: those of its rounds are added, except the edges reached, of which it prints the
# maximum.
statistics() {
	cat "$1"/*/stats.tsv | awk -F'\t' '
		$1 == "edges reached" {
			split($2, edges, " of ")
			if (edges[1] > reached) reached = edges[1]
			all = edges[2]
			next
		}
		{ sum[$1] += $2 }
		END {
			printf "  %d inputs in %.0f minutes of processor time, %.0f a second\n",
				sum["inputs"], sum["processor seconds"] / 60, sum["inputs"] / (sum["processor seconds"] + 0.001)
			printf "  %d of %d edges of the engine reached\n", reached, all
			printf "  %d inputs run on the shipped engine, warm and fresh\n", sum["run on the shipped engine"]
			for (what in sum)
				if (what ~ /^(load|describe|run|load again): /) print "    " what "\t" sum[what] | "sort"
		}'
}

# Prints the lines of one kind, each once by a column: 2 is the file, 4 the detail. Prints all defects, and the first
# ten lines of other kinds.
kind() {
	local target=$1 file=$2 column=$3 title=$4
	local lines
	# A kind without lines has no file.
	lines=$({ cat "$target"/*/"$file.tsv" 2>/dev/null || true; } |
		awk -F'\t' -v column="$column" '!seen[$column]++ { printf "    %s  %s bytes  %s  %s\n", $2, $3, $4, $5 }')
	printf '  %s: %s\n' "$title" "$([ -z "$lines" ] && echo none || wc -l <<<"$lines")"
	local shown
	shown=$([ "$file" = defects ] && cat <<<"$lines" || head -n 10 <<<"$lines")
	[ -z "$lines" ] || printf '%s\n' "$shown"
	[ "$shown" = "$lines" ] || echo "    and so on: $target/*/$file.tsv"
}

for target in */; do
	target=${target%/}
	ls "$target"/*/stats.tsv >/dev/null 2>&1 || continue
	printf '%s\n' "$target"
	statistics "$target"
	kind "$target" defects 2 "defects"
	died=$(ls "$target"/*/{crash,oom,timeout}-* 2>/dev/null || true)
	printf '  inputs on which the host died: %s\n' "${died:-none}"
	kind "$target" slow 2 "small files that take over 2 s (processor time of the shipped engine)"
	kind "$target" traps 4 "places where the engine traps (the fault Trap)"
	kind "$target" notes 2 "differences that the counters explain (memory, stack, time)"
done
echo "files: $PWD/TARGET/ROUND/{defects,slow,traps,notes}"
