"""Runs the backend tests of the package `onnx` on the engine and native tract, and compares with the committed table.

    run.py ASSAY WORK_FOLDER [--record] [--only PREFIX] [--skip-wasmtime]

ASSAY is the built command, WORK_FOLDER is the folder for the files of the tests. `--record` writes docs/conformance.md
and docs/conformance.csv instead of comparing with the latter.
"""

import argparse
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "corpus"))

import hosts
import suite
import summary
import wire
from errata import ERRATA
from native import Native

TABLE = wire.ROOT / "docs/conformance.csv"


def engine_result(test, outcome, loaded):
    """Returns the engine's entry in the row of a test."""
    if outcome.startswith("no answer"):
        return outcome
    if len(outcome) != 64:
        return f"faults: {outcome}" if loaded else f"refused: {outcome}"
    outputs = wire.tensors(test.case.outcome(0))
    result = suite.check(outputs, test)
    if result == "pass":
        return result
    is_erratum = test.name in ERRATA and suite.are_onnxruntimes(outputs, test)
    return f"{'erratum' if is_erratum else 'wrong'}: {result}"


def native_result(native, test):
    """Returns native tract's entry in the row of a test."""
    # Inputs of types that the engine does not have are not given to tract either.
    if not test.case.inputs and suite.ports_of_file(test.case.model):
        return "not run"
    outputs = native.outputs(test)
    if isinstance(outputs, str):
        return outputs
    result = suite.check(outputs, test)
    return result if result == "pass" else f"wrong: {result}"


def results(options):
    """Runs the tests. Returns the rows of the table, and the number of tests whose outcomes differ between hosts."""
    tests = [test for test in suite.all_tests(options.work) if test.name.startswith(options.only)]
    by_name = {test.name: test for test in tests}
    native = Native()
    hosts_differ = 0
    rows = []
    cases = [test.case for test in tests]
    for case, outcomes, loaded, warm in hosts.v8(hosts.blob(options.assay), cases, options.work):
        test = by_name[case.name]
        # Neither the command nor the chain accepts an extent of zero.
        if not options.skip_wasmtime and 0 not in case.bindings.values():
            others = hosts.wasmtime(options.assay, case)
            # V8 does not distinguish refused memory from other traps.
            if outcomes == ["Trap"] and others == ["OutOfMemory"]:
                outcomes = others
            if others != outcomes:
                hosts_differ += 1
                print(f"{test.name}: wasmtime has {others}, V8 {outcomes}", flush=True)
        engine = engine_result(test, outcomes[0], loaded)
        if not warm:
            engine = "wrong: a warm instance gives other bytes than a fresh one"
        rows.append(
            {
                "test": test.name, "operators": " ".join(test.operators), "engine": engine,
                "native tract": native_result(native, test),
            }
        )
        if sys.stderr.isatty():
            print(f"\r{len(rows)}/{len(tests)} {test.name:60.60}", end="", file=sys.stderr)
    return sorted(rows, key=lambda row: row["test"]), hosts_differ


def compare(rows, whole):
    """Prints and counts the rows that differ from the table."""
    with TABLE.open(newline="") as file:
        committed = {row["test"]: row["engine"] for row in csv.DictReader(file)}
    differ = 0
    for row in rows:
        expected = committed.pop(row["test"], "nothing")
        if expected != row["engine"]:
            differ += 1
            print(f"{row['test']}: the table has {expected}, this engine {row['engine']}")
    for name in committed if whole else []:
        differ += 1
        print(f"{name}: is in the table but not in the package onnx")
    return differ


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("work", type=Path)
    parser.add_argument("--record", action="store_true", help="write the table instead of comparing with it")
    parser.add_argument("--only", default="", metavar="PREFIX", help="run only the tests whose names start with PREFIX")
    parser.add_argument("--skip-wasmtime", action="store_true", help="do not run `assay infer`")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)

    rows, failures = results(options)
    print(summary.totals(rows))
    for row in rows:
        if summary.state(row["engine"]) in ("wrong", "no answer"):
            failures += 1
            print(f"{row['test']}: {row['engine']}")
    if not options.record:
        failures += compare(rows, not options.only)
        print(f"{failures} failures")
        sys.exit(1 if failures else 0)
    if options.only or options.skip_wasmtime or failures:
        sys.exit("error: --record needs all tests, on both hosts, with equal outcomes and none wrong")
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    TABLE.with_suffix(".md").write_text(summary.page(rows))


if __name__ == "__main__":
    main()
