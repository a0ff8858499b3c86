"""The page about the backend tests: totals and explanations."""

from collections import Counter, defaultdict

import onnx

import suite
from errata import ERRATA

# Why the engine deliberately refuses tests that native tract passes.
DELIBERATE = {
    "refused: ControlFlow": "a graph must not loop or branch, so that its size bounds its cost",
    "refused: InvalidGraph": "an input must not be empty (an extent of 0)",
    "refused: OutOfMemory": "the weights and their packed copies need more than the protocol's 1 GiB",
    "refused: RandomOperator": "a Dropout that may be in training mode",
    "refused: UnboundDimension": (
        "the extent of an output must not depend on the data, for example on TopK's `k` or Range's end if they are "
        "inputs"
    ),
    "refused: UnsupportedOperator": (
        "operators that the engine does not offer (Attention), the first operator sets, and attributes that tract "
        "silently gets wrong, though not on the data of this test (`engine/guest/src/tract_bugs.rs`)"
    ),
}

HEAD = """# ONNX conformance

Written by `scripts/conformance.sh --record`, from a run of the backend tests that ship in onnx {version}
(`onnx/backend/test/data`) on the engine under wasmtime and V8, with equal outcomes. [conformance.csv](conformance.csv)
has the result of every test on the engine and on native tract {tract}, the version inside the engine. Tolerances are
those of ONNX's own runner.

* **pass**: the engine's answer is the one that ONNX specifies.
* **refused**: the engine refuses the file at load, with this fault.
* **faults**: the engine loads the file, and the run results in this fault.
* **erratum**: the data of the test differs from ONNX's specification, and the engine's answer is exactly onnxruntime's.
* **wrong**: the engine's answer is not the one that ONNX specifies. Nothing is recorded while there is one.
"""


def state(result):
    """Returns the word before the colon."""
    return result.split(":")[0]


def counts(rows, column):
    return Counter(state(row[column]) for row in rows)


def totals(rows):
    return ", ".join(
        f"{state} {count}" for state, count in counts(rows, "engine").most_common()
    ) + f"; native tract passes {counts(rows, 'native tract')['pass']}"


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
    """Returns a table of the faults, each with the operators that are most common in the files that have it."""
    files, operators = Counter(), defaultdict(Counter)
    for row in rows:
        if state(row["engine"]) in ("refused", "faults"):
            files[row["engine"]] += 1
            operators[row["engine"]].update(row["operators"].split())
    lines = []
    for fault, count in files.most_common():
        common = ", ".join(f"{operator} {number}" for operator, number in operators[fault].most_common(12))
        lines.append([f"`{fault}`", count, common])
    return table(["outcome", "tests", "most common operators"], lines)


def lost(rows):
    """Returns a table of the tests that native tract passes and the engine does not, by the engine's result."""
    found = defaultdict(list)
    for row in rows:
        if row["native tract"] == "pass" and row["engine"] != "pass":
            found[row["engine"]].append(row["test"])
    lines = [
        [
            f"`{engine}`", len(tests), DELIBERATE.get(engine, "not deliberate"), ", ".join(tests),
        ] for engine, tests in sorted(found.items())
    ]
    return table(["engine", "number", "reason", "tests"], lines) if lines else "None.\n"


def errata(rows):
    lines = [
        [
            row["test"], row["engine"].removeprefix("erratum: "), ERRATA[row["test"]],
        ] for row in rows if state(row["engine"]) == "erratum"
    ]
    return table(["test", "difference", "error in the data"], lines) if lines else "None.\n"


def page(rows):
    import tract

    parts = [
        HEAD.format(version=onnx.__version__, tract=tract.version()), by_kind(rows), "## Errata\n", errata(rows),
        "## Refusals and faults\n", by_fault(rows),
        "## Tests that native tract passes and the engine does not\n", lost(rows),
    ]
    return "\n".join(parts)
