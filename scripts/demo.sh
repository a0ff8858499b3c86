#!/usr/bin/env bash
# A local network of three nodes answers a hundred real questions, and this machine re-derives every answer.
#
#   ./scripts/demo.sh [--summary PATH]    PATH: where to write the figures as JSON
#
# Exits with 0 only if all hundred settled, the accuracy on chain is the accuracy offline, and every answer was re-derived.
started=$SECONDS
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

summary=
while [ $# -gt 0 ]; do
	case "$1" in
		--summary) summary=${2:?--summary takes a path}; shift 2 ;;
		--help | -h) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit ;;
		*) die "unknown option $1: this takes --summary PATH" ;;
	esac
done
case "$summary" in '' | /*) ;; *) summary=$here/$summary ;; esac

ANSWERS=100
PRICE=0.01
# Between them the workers take all questions at once.
SLOTS=64
MODEL=models/digits/digits.onnx
IMAGES=models/digits/test_images.npy
LABELS=models/digits/test_labels.npy

./scripts/setup.sh
build

folder=$(mktemp -d --suffix=-assay-demo)
stop() {
	local running
	running=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$running" ] || kill -9 $running 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The command shares the nodes' compiled engine, and has nothing else that it did not fetch from the network.
mkdir -p "$ASSAY_ENGINE_CACHE" "$folder/cache"
ln -s "$ASSAY_ENGINE_CACHE" "$folder/cache/engine"
export ASSAY_CACHE=$folder/cache
# In the background, so that a signal to this script is acted on at once.
assay() { "$BIN/assay" "$@" & wait $!; }

# The values of a key in the JSON that assay prints, one a line.
values() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$2"; }
# How often a key has a value.
count() { values "$1" "$3" | grep -cxF -- "$2" || true; }

# start NAME [OPTION...]: starts the node of a development account and sets `url` to where it answers.
start() {
	local name=$1 log=$folder/$1.log
	shift
	"$BIN/assay-node" --chain local --validator "--$name" --base-path "$folder/$name" --unsafe-force-node-key-generation \
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
	url=ws://127.0.0.1:$port
}

say "the model: a small convolutional network, and what the engine finds in it"
assay describe "$MODEL" --bind N=1

say "starting three nodes: Alice, Bob and Charlie"
start alice
alice=$url
boot=$(curl -sS -H 'content-type: application/json' "http://${alice#ws://}" \
	-d '{"jsonrpc":"2.0","id":1,"method":"system_localListenAddresses","params":[]}' |
	grep -o '/ip4/127\.0\.0\.1/tcp/[^"]*' | head -n 1)
start bob --bootnodes "$boot"
bob=$url
start charlie --bootnodes "$boot"
charlie=$url
export ASSAY_URL=$alice

say "Dave registers the model at $PRICE ASY an answer"
model=$(assay model submit "$MODEL" --name digits --bind N=1 --price "$PRICE" --suri //Dave \
	--description "Handwritten digits, 8x8 greyscale")
echo "model $model"

say "Bob and Charlie take the model's file and offer $SLOTS slots each"
for url in "$bob" "$charlie"; do
	assay artifact put "$MODEL" --url "$url" >/dev/null
done
assay worker serve "$model" --slots "$SLOTS" --suri //Bob &
bob_serves=$!
assay worker serve "$model" --slots "$SLOTS" --suri //Charlie
wait "$bob_serves"

# What follows may end in a refusal. The figures tell, and all of them are wanted.
say "Eve asks for $ANSWERS answers, about the first $ANSWERS images that the model was not trained on"
jobs=$folder/jobs.json offline=$folder/offline.json verify=$folder/verify.json
about=(--input image="$IMAGES" --rows "0..$ANSWERS" --labels "$LABELS")
assay job request "$model" "${about[@]}" --json --suri //Eve >"$jobs" || true

say "asking the same of the same file offline"
assay infer "$MODEL" --bind N=1 "${about[@]}" --json >"$offline" || true

say "re-deriving every answer on this machine"
mapfile -t ids < <(values job "$jobs")
assay verify "${ids[@]}" --json >"$verify" || true

settled=$(count status settled "$jobs")
refunded=$(count status refunded "$jobs")
verified=$(values verified "$verify")
verified=${verified:-0}
right=$(count correct true "$jobs")
right_offline=$(count correct true "$offline")
ratio() { awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.4g", whole ? part / whole : 0 }'; }
accuracy=$(ratio "$right" "$ANSWERS")
accuracy_offline=$(ratio "$right_offline" "$ANSWERS")
mapfile -t latencies < <(values latency_blocks "$jobs" | grep -v null | sort -n)
p50=${latencies[$(((${#latencies[@]} - 1) / 2))]:-0}
worst=${latencies[-1]:-0}

assay stats --json >"$folder/stats.json"
assay worker status --suri //Bob --json >"$folder/bob.json"
assay worker status --suri //Charlie --json >"$folder/charlie.json"
to_workers=$(values paid_to_workers "$folder/stats.json")
to_owners=$(values paid_to_owners "$folder/stats.json")
answers_of() { values answers "$folder/$1.json"; }
# Every answer costs the same, so what workers were paid divides by their answers.
earned() { awk -v sum="$to_workers" -v own="$(answers_of "$1")" -v all="$settled" 'BEGIN { printf "%.6g", all ? sum * own / all : 0 }'; }
seconds=$((SECONDS - started))

cat <<END

  answers settled on chain      $settled of $ANSWERS, $refunded refunded
  accuracy on chain             $accuracy
  accuracy offline              $accuracy_offline
  re-derived on this machine    $verified of $ANSWERS, bit for bit
  from request to answer        $p50 blocks (median), $worst blocks (worst), at 3 s a block
  paid by Eve                   $settled x $PRICE ASY
    to Bob                      $(earned bob) ASY for $(answers_of bob) answers
    to Charlie                  $(earned charlie) ASY for $(answers_of charlie) answers
    to Dave, for the model      $to_owners ASY
  time                          $seconds s, building included

END

if [ -n "$summary" ]; then
	cat >"$summary" <<-END
	{
	  "settled": $settled,
	  "refunded": $refunded,
	  "accuracy_onchain": $accuracy,
	  "accuracy_offline": $accuracy_offline,
	  "verified": $verified,
	  "latency_blocks_p50": $p50,
	  "latency_blocks_max": $worst,
	  "seconds": $seconds
	}
	END
fi

[ "$settled" = "$ANSWERS" ] || die "only $settled of $ANSWERS answers settled"
[ "$verified" = "$ANSWERS" ] || die "only $verified of $ANSWERS answers were re-derived with equal digests"
[ "$accuracy" = "$accuracy_offline" ] || die "the accuracy on chain is $accuracy, offline it is $accuracy_offline"
say "every answer on chain is the one that anyone derives"
