"""Runs cases on the engine under wasmtime, which is the node's own host, and under V8."""

import json
import re
import subprocess
import sys
from pathlib import Path

import wire

HERE = Path(__file__).resolve().parent


def blob(assay):
    """Returns the path of the blob inside the program `assay`, among those that builds have left."""
    program = Path(assay).read_bytes()
    for candidate in Path(assay).parent.glob("build/assay-engine-*/out/engine.wasm"):
        if candidate.read_bytes() in program:
            return candidate
    sys.exit(
        f"error: no blob beside {assay} is the engine inside it; run `cargo build --locked --workspace --all-targets`"
    )


def wasmtime(assay, case):
    """Returns the outcomes of the samples, run in one instance, then of the first again; or why there are none."""
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
    """Yields each case, the outcomes of its samples, whether the model loads, and whether a warm instance agrees."""
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
                yield case, [
                    wire.name(case.outcome(sample)) for sample in range(case.samples or 1)
                ], result["loaded"], result["warm"]
    if process.returncode or by_name:
        sys.exit(
            f"error: node exited with code {process.returncode} before {len(by_name)} cases, "
            f"the first of which is {next(iter(by_name), None)}"
        )


# qemu does not free the memory of instances, so its process ends after this many cases.
EMULATED_AT_ONCE = 40


def aarch64(blob_file, cases, folder):
    """Yields each case with the outcomes of its samples on an emulated 64-bit ARM machine."""
    content = Path(blob_file).read_bytes()
    # The engine, which takes minutes to compile, is cached beside this copy.
    blob_copy = folder / f"{wire.digest(content)[:16]}.wasm"
    blob_copy.write_bytes(content)
    listing = folder / "cases.json"
    for start in range(0, len(cases), EMULATED_AT_ONCE):
        batch = cases[start : start + EMULATED_AT_ONCE]
        listing.write_text(json.dumps([case.for_v8() for case in batch]))
        subprocess.run(
            [HERE / "aarch64.sh", HERE / "wasmtime_host.py", blob_copy, listing, "aarch64"], check=True,
            stdout=subprocess.DEVNULL,
        )
        for case in batch:
            yield case, [
                wire.name((case.folder / f"aarch64-{sample}.scale").read_bytes()) for sample in range(case.samples or 1)
            ]
