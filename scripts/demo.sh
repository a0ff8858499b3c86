#!/usr/bin/env bash
# A local network reproduces a model, answers a hundred real questions with it, catches a worker that lies, and this machine re-derives
# every answer.
#
#   ./scripts/demo.sh [--summary PATH]    PATH: where to write the figures as JSON
#
# Exits with 0 only if all hundred settled, the accuracy on chain is the accuracy offline, every lie was found out and paid for, and
# every answer was re-derived.
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
# What the model's owner gets for each answer, on top of what the workers get.
ROYALTY=0.001
# Each of the three workers takes so many jobs at once: a job takes an executor, a checker and now and then an auditor.
SLOTS=128
MODEL=models/digits/digits.onnx
IMAGES=models/digits/test_images.npy
LABELS=models/digits/test_labels.npy

# The second act: questions on which something hangs, in the hands of two workers, one of whom lies.
QUESTIONS=8
# Many more than are asked at a time: if most slots were busy, the draw would not be trusted and validators would look at once.
TUMOUR_SLOTS=40
RISK=5
TUMOURS=models/breast-cancer/breast-cancer.onnx
FEATURES=models/breast-cancer/test_features.npy

./scripts/setup.sh
build

source scripts/lib/network.sh
open_network

say "the model: a small convolutional network, and what the engine finds in it"
assay describe "$MODEL" --bind N=1

say "starting three nodes: Alice, Bob and Charlie, who validate and work"
start alice
alice=$url
boot=$(address_of "$alice")
start bob --bootnodes "$boot"
bob=$url
start charlie --bootnodes "$boot"
charlie=$url
export ASSAY_URL=$alice

say "Ferdie states what the model is and what it answers to eight images, and asks $ROYALTY ASY an answer for himself"
stated=$folder/stated.json
assay model submit "$MODEL" --title "Handwritten digits, 8x8 greyscale" --bind N=1 --input image="$IMAGES" --rows 0..8 \
	--royalty "$ROYALTY" --mirror "$bob" --mirror "$charlie" --no-wait --yes --json --suri //Ferdie >"$stated"
model=$(values model "$stated")
echo "model $model"

say "nobody may ask it yet: three strangers reproduce what Ferdie states"
probe=$(values probe "$stated")
tell "$probe" provisional

say "meanwhile Dave joins, on a node of his own"
start dave --bootnodes "$boot" --fault wrong
dave=$url
# He is made a worker, and the model of the second act reproduced, while the first act goes on.
second_act_is_set() {
	assay worker register --stake 500 --suri //Dave --key-url "$dave" &&
		assay model submit "$TUMOURS" --title "Tumours, malignant or benign" --bind N=1 --input features="$FEATURES" --rows 0..8 \
			--mirror "$bob" --mirror "$charlie" --mirror "$dave" --family breast-cancer --version 1 --latest --yes \
			--suri //Ferdie//stash &&
		serve breast-cancer "$TUMOUR_SLOTS" Bob Dave
}
second_act_is_set >"$folder/second.log" 2>&1 &
setting=$!

say "waiting until nobody may challenge what they found"
assay job watch "$probe" >/dev/null || true
assay model show "$model" --json >"$folder/model.json"
[ "$(values status "$folder/model.json" | tail -n 1)" = open ] || die "the model was not reproduced: $(values rejection "$folder/model.json")"
assay model history "$model" --json >"$folder/history.json"
to_open=$(($(values at "$folder/history.json" | tail -n 1) - $(values submitted_at "$folder/model.json")))
echo "the model is what Ferdie states, and open, $to_open blocks after he submitted it"

say "Ferdie calls it digits, and each of the three offers $SLOTS slots"
assay family claim digits --suri //Ferdie
assay family publish digits 1 "$model" --latest --suri //Ferdie
serve digits "$SLOTS" Alice Bob Charlie >/dev/null

# What follows may end in a refusal. The figures tell, and all of them are wanted.
say "first act: Eve asks digits for $ANSWERS answers, about the first $ANSWERS images that it was not trained on, with one checker each"
jobs=$folder/jobs.json offline=$folder/offline.json verify=$folder/verify.json
about=(--input image="$IMAGES" --rows "0..$ANSWERS" --labels "$LABELS")
# Nobody has voted for the model, and that will do.
assay job request digits "${about[@]}" --allow-unlisted --checkers 1 --provisional --json --suri //Eve >"$jobs" || true
mapfile -t ids < <(values job "$jobs" | grep -v null)
echo "$(count status provisional "$jobs") answers are there; for ten blocks anybody may challenge them"

say "asking the same of the same file offline"
assay infer "$MODEL" --bind N=1 "${about[@]}" --json >"$offline" || true

wait "$setting" || { cat "$folder/second.log" >&2; die "the second act could not be set"; }
say "second act: $QUESTIONS tumours, malignant or benign? $RISK ASY hang on each, so Eve asks for a checker; only Bob and Dave serve this"
assay worker status --suri //Dave --json >"$folder/dave-before.json"
asked=$folder/asked.json told=$folder/told.json
assay job request breast-cancer --input features="$FEATURES" --rows "0..$QUESTIONS" --allow-unlisted --checkers 1 \
	--value-at-risk "$RISK" --no-wait --json --suri //Eve >"$asked" || true
mapfile -t disputed_ids < <(values job "$asked" | grep -v null)
[ ${#disputed_ids[@]} -gt 0 ] || { cat "$asked" >&2; die "the questions were not accepted"; }
tell "${disputed_ids[0]}"
for id in "${disputed_ids[@]}"; do
	assay job watch "$id" --json || true
done >"$told"
assay worker status --suri //Dave --json >"$folder/dave.json"
lies=$(count standing wrong "$told")
stake_before=$(values stake "$folder/dave-before.json")
stake=$(values stake "$folder/dave.json")
lost=$(awk -v before="$stake_before" -v after="$stake" 'BEGIN { printf "%.6g", before - after }')
echo "Dave was wrong $lies times of $QUESTIONS. His stake was $stake_before ASY and is $stake ASY."

say "waiting until the window of the first act's answers is over, and re-deriving all answers on this machine"
assay job watch "${ids[-1]}" >/dev/null || true
settle_by=$((SECONDS + 60))
until assay stats --json >"$folder/stats.json" && [ "$(values under_way "$folder/stats.json")" = 0 ] || [ $SECONDS -ge $settle_by ]; do
	sleep 0.5
done
assay verify "${ids[@]}" "${disputed_ids[@]}" --json >"$verify" || true

all=$((ANSWERS + QUESTIONS))
verified=$(values verified "$verify")
verified=${verified:-0}
wrong_settled=$(values differs "$verify")
wrong_settled=${wrong_settled:-0}
answered=$(count status settled "$told")
settled=$(($(values settled "$folder/stats.json") - $(values probes "$folder/stats.json") - answered))
refunded=$(values refunded "$folder/stats.json")
disputes=$(values disputes "$folder/stats.json")
slashed=$(values slashed "$folder/stats.json")
right=$(count correct true "$jobs")
right_offline=$(count correct true "$offline")
accuracy=$(ratio "$right" "$ANSWERS")
accuracy_offline=$(ratio "$right_offline" "$ANSWERS")
mapfile -t latencies < <(values provisional_blocks "$jobs" | grep -v null | sort -n)
p50=${latencies[$(((${#latencies[@]} - 1) / 2))]:-0}
worst=${latencies[-1]:-0}
verified_first=$(awk -v last="${ids[-1]:-0}" '
	/"job":/ { gsub(/[^0-9]/, ""); job = $0 }
	/"verdict": "equal"/ { equal[job] = 1 }
	END { for (job in equal) if (job + 0 <= last) n++; print n + 0 }' "$verify")

for name in Alice Bob Charlie; do
	assay worker status --suri "//$name" --json >"$folder/$name.json"
done
answers_of() { values answers "$folder/$1.json"; }
seconds=$((SECONDS - started))

cat <<END

  Before: three strangers
    from submission to open     $to_open blocks, at 3 s a block: they reproduce what Ferdie states, and anybody may challenge what they find

  First act: honest workers
    answers settled on chain    $settled of $ANSWERS, $refunded refunded
    accuracy on chain           $accuracy
    accuracy offline            $accuracy_offline
    from request to answer      $p50 blocks (median), $worst blocks (worst), at 3 s a block; final ten blocks later

  Second act: Dave lies
    questions                   $QUESTIONS, each to Dave and Bob
    wrong answers settled       $wrong_settled
    right answers settled       $answered of $QUESTIONS
    Dave has lost               $lost ASY, a bond of 10 ASY for each lie: half burned, the rest to Eve, Bob and the audit fund

  All
    before the validators       $disputes, who ran the model again and decided: the lies, and where an auditor was due and nobody left to be one
    answers given               Alice $(answers_of Alice), Bob $(answers_of Bob), Charlie $(answers_of Charlie): two to each question of the first act, one to each probe, and an auditor's now and then
    paid                        $(values paid_to_workers "$folder/stats.json") ASY to workers, $(values paid_to_owners "$folder/stats.json") ASY to Ferdie, for the model
    re-derived on this machine  $verified of $all, bit for bit
    time                        $seconds s, building included

END

if [ -n "$summary" ]; then
	cat >"$summary" <<-END
	{
	  "blocks_to_open": $to_open,
	  "settled": $settled,
	  "refunded": $refunded,
	  "accuracy_onchain": $accuracy,
	  "accuracy_offline": $accuracy_offline,
	  "verified": $verified_first,
	  "latency_blocks_p50": $p50,
	  "latency_blocks_max": $worst,
	  "slashed": $slashed,
	  "wrong_settled": $wrong_settled,
	  "disputes": $disputes,
	  "seconds": $seconds
	}
	END
fi

[ "$settled" = "$ANSWERS" ] || die "only $settled of $ANSWERS answers settled"
[ "$verified" = "$all" ] || die "only $verified of $all answers were re-derived with equal digests"
[ "$accuracy" = "$accuracy_offline" ] || die "the accuracy on chain is $accuracy, offline it is $accuracy_offline"
[ "$wrong_settled" = 0 ] || die "$wrong_settled wrong answers settled"
[ "$lies" -gt 0 ] || die "Dave did not lie"
[ "$answered" = "$QUESTIONS" ] || die "only $answered of $QUESTIONS questions to Dave and Bob were answered"
say "every answer on chain is the one that anyone derives, and whoever gave another has paid for it"
