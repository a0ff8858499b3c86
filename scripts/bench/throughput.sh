#!/usr/bin/env bash
# Answers per second of a network of three nodes on this machine, all three validators and workers, and blocks from a request to its
# answer. `scripts/bench.sh throughput` builds first and calls this.
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
source scripts/lib/network.sh

json=
[ "${1:-}" != --json ] || json=${2:?--json takes a path}

MODEL=models/breast-cancer/breast-cancer.onnx
FEATURES=models/breast-cancer/test_features.npy
# As many as a worker may have beside those for probes that it has from the genesis.
SLOTS=248
# Jobs of one run: more than there are slots for at once.
SINGLE=600 BATCHED=450
# Jobs for each number of checkers whose latency is measured, enough for some of them to be audited.
LATENCY=60

open_network
say "starting three nodes"
start alice
alice=$url
boot=$(address_of "$alice")
start bob --bootnodes "$boot"
bob=$url
start charlie --bootnodes "$boot"
charlie=$url
export ASSAY_URL=$alice

model=$(assay model submit "$MODEL" --title breast-cancer --bind N=1 --mirror "$bob" --mirror "$charlie" --yes --suri //Dave)
serve "$model" "$SLOTS" Alice Bob Charlie

# request NAME ROWS OPTION...: asks about so many different rows and keeps what came of it.
request() {
	local name=$1 rows=$2
	shift 2
	# Every row is another task, or nodes would know the answers of the last run.
	python3 scripts/bench/throughput.py rows "$FEATURES" "$rows" "$name" "$folder/$name.npy"
	assay job request "$model" --input "features=$folder/$name.npy" --rows "0..$rows" --allow-unlisted --json --suri //Eve \
		--mirror "$bob" --mirror "$charlie" "$@" >"$folder/$name.json" ||
		say "not all was answered: the figures tell"
}

for batch in 1 32 256; do
	jobs=$([ "$batch" = 1 ] && echo "$SINGLE" || echo "$BATCHED")
	say "$jobs jobs of $batch inputs each"
	request "batch-$batch" $((jobs * batch)) --batch "$batch"
done

say "a fourth worker joins, so that two checkers leave one to be drawn as an auditor"
start dave --bootnodes "$boot"
assay worker register --stake 3000 --suri //Dave --key-url "$url"
assay artifact put "$MODEL" --url "$url" >/dev/null
serve "$model" "$SLOTS" Dave
for checkers in 0 1 2; do
	say "$LATENCY jobs with $checkers checkers"
	request "latency-$checkers" "$LATENCY" --checkers "$checkers"
done
python3 scripts/bench/throughput.py table "$folder" ${json:+"$json"}
