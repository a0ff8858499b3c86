"""Runs the corpus on the engine under wasmtime and V8, and compares both with the committed table and with onnxruntime.

    run.py ASSAY WORK_FOLDER [--record] [--only PREFIX] [--skip-wasmtime] [--aarch64]

ASSAY is the built command, WORK_FOLDER is the folder for the files of the cases. `--record` writes the table instead of
comparing with it, if everything else agrees. `--aarch64` runs everything on an emulated 64-bit ARM machine too.
"""

import argparse
import csv
import hashlib
import sys
from collections import Counter
from pathlib import Path

import case_files
import excerpt
import hosts
import onnxruntime
import reference
import wire
from differences import DIFFERENCES
from families import all_cases
from tolerances import CLASSES, distance

TABLE = wire.ROOT / "engine/conformance/corpus/outcomes.csv"
COLUMNS = ["case", "files", "tolerance", "reference", "outcomes"]


class Report:
    """Prints and counts failures."""

    def __init__(self):
        self.failures = 0

    def failure(self, case, text):
        self.failures += 1
        print(f"{case}: {text}", flush=True)


def compare_with_reference(case, folder, report):
    """Returns the name of the reference that agrees with the engine, `not` and its name, or `-` without a reference."""
    ours = [wire.tensors(folder.outcome(sample)) for sample in range(len(case.samples))]
    tolerance = CLASSES[case.tolerance]
    has_faults = any(outputs is None for outputs in ours)
    if case.tolerance == "fault" and not has_faults:
        report.failure(case.name, "the engine answers, but must have a fault")
    if case.tolerance == "fault" or has_faults:
        if case.tolerance not in ("fault", "special") and case.name not in DIFFERENCES:
            report.failure(case.name, "the engine has a fault that differences.py does not explain")
        return "-"
    if case.tolerance == "undefined":
        return "-"
    theirs, source = reference.answers(case.file, case.samples)
    if theirs is None:
        if case.name not in DIFFERENCES:
            report.failure(case.name, f"no reference runs it: {source}")
        return "-"
    worst = max(
        (
            distance(one, other, tolerance) for left, right in zip(
                ours, theirs, strict=True,
            ) for one, other in zip(left, right, strict=True)
        ),
        default=0,
    )
    if worst <= 1:
        if case.name in DIFFERENCES:
            report.failure(
                case.name,
                "agrees with its reference, but is in differences.py: remove it there",
            )
        return source
    if case.name not in DIFFERENCES:
        report.failure(case.name, f"differs from {source} by {worst:.3g} times the tolerance `{case.tolerance}`")
    return f"not {source}"


def rows_of(cases, options, report):
    """Runs the cases and yields a row of the table for each."""
    folders = {}
    for case in cases:
        if case.name in folders:
            sys.exit(f"error: two cases have the name {case.name}")
        folders[case.name] = case_files.write_case(options.work, case)
    blob = hosts.blob(options.assay)
    emulated = {
        folder.name: outcomes for folder, outcomes in hosts.aarch64(blob, list(folders.values()), options.work)
    } if options.aarch64 else {}
    by_name = {case.name: case for case in cases}
    for finished, (folder, outcomes, _, warm) in enumerate(hosts.v8(blob, list(folders.values()), options.work)):
        case = by_name[folder.name]
        for outcome in outcomes:
            if outcome.startswith("no answer"):
                report.failure(case.name, f"V8: {outcome}")
        if not warm:
            report.failure(case.name, "V8: a warm instance gives other bytes than a fresh one")
        if emulated.get(case.name, outcomes) != outcomes:
            report.failure(case.name, f"aarch64 has {emulated[case.name]}, V8 {outcomes}")
        if not options.skip_wasmtime:
            others = hosts.wasmtime(options.assay, folder)
            if others != [*outcomes, outcomes[0]]:
                report.failure(
                    case.name,
                    f"wasmtime has {others}, V8 {outcomes} (the last outcome under wasmtime is the first sample again)",
                )
        source = "-" if any(
            outcome.startswith("no answer") for outcome in outcomes
        ) else compare_with_reference(case, folder, report)
        if sys.stderr.isatty():
            print(f"\r{finished + 1}/{len(cases)} {case.name:60.60}", end="", file=sys.stderr)
        yield dict(zip(COLUMNS, [case.name, case_files.fingerprint(case), case.tolerance, source, " ".join(outcomes)]))


def compare_with_table(rows, whole, report):
    with TABLE.open(newline="") as file:
        committed = {row["case"]: row for row in csv.DictReader(file)}
    for row in rows:
        expected = committed.pop(row["case"], None)
        if expected is None:
            report.failure(row["case"], "is not in the table")
        elif expected["files"] != row["files"]:
            report.failure(
                row["case"],
                "its model or inputs differ from those of the table: the corpus has changed, or NumPy or onnx",
            )
        elif expected["outcomes"] != row["outcomes"]:
            report.failure(row["case"], f"the table has {expected['outcomes']}, this engine {row['outcomes']}")
    for name in committed if whole else []:
        report.failure(name, "is in the table but not in the corpus")


def compare_with_excerpt(cases, report):
    if excerpt.FILE.read_bytes() != excerpt.encode(cases):
        report.failure(excerpt.FILE.name, "is not what `--record` would write")


def record(rows, cases, blob):
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    excerpt.FILE.write_bytes(excerpt.encode(cases))
    print(f"{TABLE.relative_to(wire.ROOT)}: recorded for engine {engine_id(blob)}")


def engine_id(blob):
    return hashlib.blake2b(blob.read_bytes(), digest_size=32).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("work", type=Path)
    parser.add_argument("--record", action="store_true", help="write the table instead of comparing with it")
    parser.add_argument("--only", default="", metavar="PREFIX", help="run only the cases whose names start with PREFIX")
    parser.add_argument("--skip-wasmtime", action="store_true", help="do not run `assay infer`")
    parser.add_argument("--aarch64", action="store_true", help="run on an emulated 64-bit ARM machine too")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)

    report = Report()
    cases = [case for case in all_cases() if case.name.startswith(options.only)]
    rows = list(rows_of(cases, options, report))
    if options.record:
        if report.failures or options.only or options.skip_wasmtime:
            sys.exit("error: --record needs the whole corpus, on both hosts and without a failure")
        record(rows, cases, hosts.blob(options.assay))
    else:
        compare_with_table(rows, not options.only, report)
        if not options.only:
            compare_with_excerpt(cases, report)

    sources = Counter(row["reference"] for row in rows)
    faults = sum(not all(len(outcome) == 64 for outcome in row["outcomes"].split()) for row in rows)
    samples = sum(len(case.samples) for case in cases)
    size = sum(len(case.file) for case in cases)
    engine = engine_id(hosts.blob(options.assay))
    print(f"{len(rows)} cases, {samples} outcomes, {size} bytes of models")
    print(
        f"engine {engine}, {faults} cases with faults, compared with {dict(sources)} "
        f"(onnxruntime {onnxruntime.__version__})"
    )
    print(f"{report.failures} failures")
    sys.exit(1 if report.failures else 0)


if __name__ == "__main__":
    main()
