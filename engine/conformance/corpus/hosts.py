"""Runs cases on the engine under wasmtime, which is the node's own host, and under V8."""

import json
import re
import subprocess
import sys
from pathlib import Path

import wire

HERE = Path(__file__).resolve().parent


def blob(assay):
    """The engine inside the program `assay`, as a file. Of the blobs that builds have left, it is the one that `assay` contains."""
    program = Path(assay).read_bytes()
    for candidate in Path(assay).parent.glob("build/assay-engine-*/out/engine.wasm"):
        if candidate.read_bytes() in program:
            return candidate
    sys.exit(f"error: the engine inside {assay} is not beside it: build it with `cargo build --locked --workspace --all-targets`")


def wasmtime(assay, case):
    """The outcomes of the samples, by name, in one instance one after the other, then of the first once more; or why there are none."""
    command = [assay, "infer", "--json", str(case.model)]
    for index, name in enumerate(case.inputs):
        command += ["--input", f"{name}={case.input_file(index)}"]
    for symbol, extent in case.bindings.items():
        command += ["--bind", f"{symbol}={extent}"]
    rows = 1 if case.samples is None else case.samples + 1
    if case.samples is not None:
        command += ["--rows", f"0..{rows}"]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        return [f"no answer: exit code {done.returncode}, {done.stderr.strip()}"]
    if isinstance(answer, dict):
        refused = re.match(r"the engine refuses the model \((\w+)\)", answer["error"])
        return [refused[1]] * rows if refused else [f"no answer: {answer['error']}"]
    return [row["fault"] or row["digest"].removeprefix("0x") for row in answer]


def v8(blob_file, cases, folder):
    """For each case: the outcomes of its samples, by name, whether the model loaded, and whether a warm instance gave the same."""
    listing = folder / "cases.json"
    listing.write_text(json.dumps([case.for_v8() for case in cases]))
    command = ["node", "--expose-gc", HERE / "v8.mjs", blob_file, listing]
    by_name = {case.name: case for case in cases}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            result = json.loads(line)
            case = by_name.pop(result["name"])
            if result["error"]:
                yield case, [f"no answer: {result['error']}"], False, False
            else:
                yield case, [wire.name(case.outcome(sample)) for sample in range(case.samples or 1)], result["loaded"], result["warm"]
    if process.returncode or by_name:
        sys.exit(f"error: node ended with code {process.returncode} and {len(by_name)} cases left; the first is {next(iter(by_name), None)}")


# qemu does not give the memory of instances back; its process is ended after this many cases.
EMULATED_AT_ONCE = 40


def aarch64(blob_file, cases, folder):
    """The outcomes of the samples of each case, by name, on an emulated 64-bit ARM machine."""
    content = Path(blob_file).read_bytes()
    # The compiled engine, which takes minutes, is kept beside this copy.
    blob_copy = folder / f"{wire.digest(content)[:16]}.wasm"
    blob_copy.write_bytes(content)
    listing = folder / "cases.json"
    for start in range(0, len(cases), EMULATED_AT_ONCE):
        batch = cases[start : start + EMULATED_AT_ONCE]
        listing.write_text(json.dumps([case.for_v8() for case in batch]))
        subprocess.run([HERE / "aarch64.sh", HERE / "wasmtime_host.py", blob_copy, listing, "aarch64"], check=True, stdout=subprocess.DEVNULL)
        for case in batch:
            yield case, [wire.name((case.folder / f"aarch64-{sample}.scale").read_bytes()) for sample in range(case.samples or 1)]
