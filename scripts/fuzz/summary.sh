#!/usr/bin/env bash
# Says what the targets have found that left their files in the folder given.
set -euo pipefail
cd "$1"

# A folder of a target's round, as figures: those of all rounds are added, but for the edges, of which the most count.
figures() {
	cat "$1"/*/stats.tsv | awk -F'\t' '
		$1 == "edges reached" { split($2, edges, " of "); if (edges[1] > reached) reached = edges[1]; all = edges[2]; next }
		{ sum[$1] += $2 }
		END {
			printf "  %d inputs in %.0f minutes of processor time, %.0f a second\n",
				sum["inputs"], sum["processor seconds"] / 60, sum["inputs"] / (sum["processor seconds"] + 0.001)
			printf "  %d of %d edges of the engine reached\n", reached, all
			printf "  %d inputs given to the shipped engine, warm and fresh\n", sum["asked of the shipped engine"]
			for (what in sum)
				if (what ~ /^(load|describe|run|load again): /) print "    " what "\t" sum[what] | "sort"
		}'
}

# The lines of one kind, each once by its column: 2 is the file, 4 the detail. All findings, and the first ten of what is worth knowing.
kind() {
	local target=$1 file=$2 column=$3 title=$4
	local lines
	# Where there is none, there is no file.
	lines=$({ cat "$target"/*/"$file.tsv" 2>/dev/null || true; } | awk -F'\t' -v column="$column" '!seen[$column]++ { printf "    %s  %s bytes  %s  %s\n", $2, $3, $4, $5 }')
	printf '  %s: %s\n' "$title" "$([ -z "$lines" ] && echo none || wc -l <<<"$lines")"
	local shown
	shown=$([ "$file" = findings ] && cat <<<"$lines" || head -n 10 <<<"$lines")
	[ -z "$lines" ] || printf '%s\n' "$shown"
	[ "$shown" = "$lines" ] || echo "    and so on: $target/*/$file.tsv"
}

for target in */; do
	target=${target%/}
	ls "$target"/*/stats.tsv >/dev/null 2>&1 || continue
	printf '%s\n' "$target"
	figures "$target"
	kind "$target" findings 2 "findings"
	died=$(ls "$target"/*/{crash,oom,timeout}-* 2>/dev/null || true)
	printf '  inputs on which the host died: %s\n' "${died:-none}"
	kind "$target" slow 2 "small files that take over 2 s (processor time of the shipped engine)"
	kind "$target" traps 4 "places at which the engine stops itself (the fault Trap)"
	kind "$target" notes 2 "differences that the counters explain (memory, stack, time)"
done
echo "files: $PWD/TARGET/ROUND/{findings,slow,traps,notes}"
