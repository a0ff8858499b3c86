"""The table of the backend tests in words and totals."""

from collections import Counter, defaultdict

import onnx

import suite
from errata import ERRATA

# Why the engine means to refuse what native tract answers.
DELIBERATE = {
    "refused: ControlFlow": "a graph must not loop or branch: its size bounds its cost",
    "refused: InvalidGraph": "an input must not be empty (an extent of 0)",
    "refused: OutOfMemory": "weights and their packed copies need more than the protocol's 1 GiB",
    "refused: RandomOperator": "a Dropout that is not certainly in inference mode",
    "refused: UnboundDimension": "an output's extent must not depend on the data, as on TopK's `k` or Range's end when they are inputs",
    "refused: UnsupportedOperator": "operators that are not offered (Attention), the first operator sets, and attributes that tract gets wrong in silence, though not on "
    "this test's data (`engine/guest/src/flaws.rs`)",
}

HEAD = """# ONNX conformance

Written by `scripts/conformance.sh --record`, from a run of the backend tests that ship in onnx {version} (`onnx/backend/test/data`) on the
engine under wasmtime and V8, whose outcomes are equal. [conformance.csv](conformance.csv) has every test: what the engine makes of it, and
what native tract {tract} does, the version inside the engine. Tolerances are those of ONNX's own runner.

* **pass**: the engine's answer is ONNX's.
* **refused**: the engine refuses the file at load, by name.
* **faults**: the engine takes the file, and answers the input with a named fault.
* **erratum**: the test's data is not what ONNX specifies, and the engine's answer is exactly onnxruntime's.
* **wrong**: the engine's answer is not ONNX's. Nothing is recorded while there is one.
"""


def state(result):
    """The word before the colon."""
    return result.split(":")[0]


def counts(rows, column):
    return Counter(state(row[column]) for row in rows)


def totals(rows):
    return ", ".join(f"{state} {count}" for state, count in counts(rows, "engine").most_common()) + f"; native tract passes {counts(rows, 'native tract')['pass']}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def by_kind(rows):
    states = ["pass", "refused", "faults", "erratum", "wrong"]
    lines = []
    for kind in [*suite.KINDS, "all"]:
        chosen = [row for row in rows if kind in ("all", suite.kind_of(row["test"]))]
        engine = counts(chosen, "engine")
        lines.append([kind, len(chosen), *(engine[state] for state in states), counts(chosen, "native tract")["pass"]])
    return table(["kind", "tests", *states, "native tract passes"], lines)


def by_fault(rows):
    """Each fault, and the operators of most of the files that have it."""
    files, operators = Counter(), defaultdict(Counter)
    for row in rows:
        if state(row["engine"]) in ("refused", "faults"):
            files[row["engine"]] += 1
            operators[row["engine"]].update(row["operators"].split())
    lines = []
    for fault, count in files.most_common():
        common = ", ".join(f"{operator} {number}" for operator, number in operators[fault].most_common(12))
        lines.append([f"`{fault}`", count, common])
    return table(["outcome", "tests", "operators most often in them"], lines)


def lost(rows):
    """Tests that native tract passes and the engine does not, by what the engine says."""
    found = defaultdict(list)
    for row in rows:
        if row["native tract"] == "pass" and row["engine"] != "pass":
            found[row["engine"]].append(row["test"])
    lines = [[f"`{engine}`", len(tests), DELIBERATE.get(engine, "not meant"), ", ".join(tests)] for engine, tests in sorted(found.items())]
    return table(["engine", "tests", "why", "which"], lines) if lines else "None.\n"


def errata(rows):
    lines = [[row["test"], row["engine"].removeprefix("erratum: "), ERRATA[row["test"]]] for row in rows if state(row["engine"]) == "erratum"]
    return table(["test", "what differs", "what is wrong with the data"], lines) if lines else "None.\n"


def page(rows):
    import tract

    parts = [
        HEAD.format(version=onnx.__version__, tract=tract.version()), by_kind(rows), "## Errata\n", errata(rows), "## Refusals and faults\n", by_fault(rows),
        "## What native tract passes and the engine does not\n", lost(rows),
    ]
    return "\n".join(parts)
