# shellcheck shell=bash
# Sourced after env.sh by what starts a local network: nodes in a temporary folder, and what is read from their answers.

# Makes the folder, and sees to it that nothing is left of it and of the nodes.
open_network() {
	folder=$(mktemp -d --suffix=-assay)
	trap close_network EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# The command shares the nodes' compiled engine, and has nothing else that it did not fetch from the network.
	mkdir -p "$ASSAY_ENGINE_CACHE" "$folder/cache"
	ln -s "$ASSAY_ENGINE_CACHE" "$folder/cache/engine"
	export ASSAY_CACHE=$folder/cache
}

close_network() {
	local running
	running=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$running" ] || kill -9 $running 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}

# In the background, so that a signal to this script is acted on at once.
assay() { "$BIN/assay" "$@" & wait $!; }

# The values of a key in the JSON that assay prints, one a line.
values() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$2"; }
# How often a key has a value.
count() { values "$1" "$3" | grep -cxF -- "$2" || true; }
ratio() { awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.4g", whole ? part / whole : 0 }'; }

# start NAME [OPTION...]: starts the node of a development account and sets `url` to where it answers.
start() {
	local name=$1 log=$folder/$1.log
	shift
	: >"$log"
	"$BIN/assay-node" --chain local "--$name" --base-path "$folder/$name" --unsafe-force-node-key-generation \
		--listen-addr /ip4/127.0.0.1/tcp/0 --rpc-port 0 --no-mdns --no-prometheus --no-telemetry \
		--engine-cache "$ASSAY_ENGINE_CACHE" "$@" 2>"$log" >/dev/null &
	local node=$! deadline=$((SECONDS + 60)) port=
	until port=$(sed -n 's/.*Running JSON-RPC server: addr=127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log") && [ -n "$port" ]; do
		if ! kill -0 "$node" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
			tail -n 20 "$log" >&2
			die "$name's node did not start"
		fi
		sleep 0.1
	done
	# shellcheck disable=SC2034 # for whoever calls
	url=ws://127.0.0.1:$port
}

# What the node at a URL answers to a method without parameters.
ask_node() {
	curl -sS -H 'content-type: application/json' "http://${1#ws://}" -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":[]}"
}

# Where other nodes find the one that answers at a URL.
address_of() { ask_node "$1" system_localListenAddresses | grep -o '/ip4/127\.0\.0\.1/tcp/[^"]*' | head -n 1; }

# serve MODEL SLOTS NAME...: has each of the development accounts offer so many slots.
serve() {
	local model=$1 slots=$2 name offers=() offer
	shift 2
	for name in "$@"; do
		assay worker serve "$model" --slots "$slots" --suri "//$name" &
		offers+=($!)
	done
	for offer in "${offers[@]}"; do
		wait "$offer"
	done
}

# Who has an address.
name_of() {
	case "$1" in
		5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY) echo Alice ;;
		5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty) echo Bob ;;
		5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y) echo Charlie ;;
		5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy) echo Dave ;;
		*) echo "$1" ;;
	esac
}

# all_of NAME...: the names as people list them.
all_of() {
	local names=$1
	while [ $# -gt 2 ]; do
		shift
		names+=", $1"
	done
	[ $# = 1 ] || names+=" and $2"
	echo "$names"
}

# tell JOB [STATUS]: says what happens to a job, until it has ended or has that status.
tell() {
	local id=$1 until=${2:-} file=$folder/job-$1.json said='' line='' status who standing revealed n
	while assay job show "$id" --json >"$file"; do
		status=$(values status "$file")
		mapfile -t who < <(values worker "$file" | while read -r address; do name_of "$address"; done)
		mapfile -t standing < <(values standing "$file")
		mapfile -t revealed < <(values revealed "$file")
		case "$status" in
			claiming) line="${who[0]} was drawn to answer" ;;
			drawing) line="${who[0]} is bound to an answer that nobody else can see. Only now it is drawn who checks it" ;;
			checking)
				case ${#who[@]} in
					2) line="${who[1]} was drawn, runs the same model on the same input, and has not seen an answer" ;;
					*) line="$(all_of "${who[@]:1}") were drawn, run the same model on the same input, and have not seen an answer" ;;
				esac
				;;
			revealing) line="$(all_of "${who[@]}") are bound to an answer: now they must show it" ;;
			provisional) line="all agree; for a while anybody may challenge that" ;;
			disputed)
				case $(printf '%s\n' "${revealed[@]}" | sort -u | wc -l) in
					1) line="they agree, but fewer could be drawn than should look, so all validators run the model:" ;;
					*) line="they disagree, so all validators run the model:" ;;
				esac
				;;
			settled | refunded) line="$status:" ;;
			*) line=$status ;;
		esac
		if [ "$line" != "$said" ]; then
			echo "  job $id: $line"
			said=$line
			case "$status" in
				disputed | settled | refunded)
					for n in "${!who[@]}"; do
						case "${standing[n]}" in
							wrong) echo "    ${who[n]} said ${revealed[n]:0:10}…, which is wrong, and has lost the bond of a slot" ;;
							silent) echo "    ${who[n]} did not show an answer, and has lost the bond of a slot" ;;
							revealed) echo "    ${who[n]} said ${revealed[n]:0:10}…" ;;
						esac
					done
					;;
			esac
		fi
		case "$status" in settled | refunded) return ;; esac
		[ "$status" != "$until" ] || return 0
		sleep 0.3
	done
}
