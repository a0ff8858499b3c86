"""Times the engine against native tract of the same version, one thread each, in turn within one run.

    engine.py ENGINE_BENCH CACHE_FOLDER [--runs N] [--json PATH]

ENGINE_BENCH is the built example of that name. Native tract picks its kernels by CPU, so its bits differ from machine to machine;
only its time is compared. Peak memory is that of the whole process; for native tract it includes Python.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def native(model, bindings, runs):
    """Loads and runs `model` with native tract; inputs are ones. Times in milliseconds."""
    import numpy
    import tract

    def load():
        inference = tract.onnx().load(model)
        fact = inference.input_fact(0).dump()
        shape = [bindings.get(extent, extent) for extent in fact.replace(" ", "").split(",")[:-1]]
        inference.set_input_fact(0, ",".join([*shape, fact.split(",")[-1]]))
        return inference.into_model().into_runnable(), [int(extent) for extent in shape]

    loads, times = [], []
    for _ in range(5):
        start = time.perf_counter()
        runnable, shape = load()
        loads.append(time.perf_counter() - start)
    inputs = [numpy.ones(shape, numpy.float32)]
    for _ in range(runs):
        start = time.perf_counter()
        runnable.run(inputs)
        times.append(time.perf_counter() - start)
    return {"load_ms": summary(loads), "run_ms": summary(times)}


def summary(seconds):
    ordered = sorted(1000 * second for second in seconds)
    return {"best": ordered[0], "median": ordered[len(ordered) // 2]}


def measured(command):
    """What `command` prints as JSON, and the peak memory of its process in MiB."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"RAYON_NUM_THREADS": "1"}) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed")
    return json.loads(output) | {"peak_mib": usage.ru_maxrss / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine_bench")
    parser.add_argument("cache")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--native", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.native:
        model, *bindings = options.native
        print(json.dumps(native(model, dict(binding.split("=") for binding in bindings), options.runs)))
        return

    with tempfile.TemporaryDirectory() as folder:
        mobilenet = f"{folder}/mobilenet.onnx"
        maker = ROOT / "scripts/models/make_mobilenet.py"
        subprocess.run([sys.executable, maker, mobilenet, f"{folder}/input.npy"], check=True, stdout=subprocess.DEVNULL)
        models = {"digits": [str(ROOT / "models/digits/digits.onnx"), "N=1"], "mobilenet v2": [mobilenet]}
        runs = ["--runs", str(options.runs)]
        results = {}
        for name, model in models.items():
            engine = measured([options.engine_bench, *model, *runs, "--cache", options.cache])
            tract = measured([sys.executable, __file__, "-", "-", *runs, "--native", *model])
            results[name] = {"engine": engine, "native tract": tract}

    print(f"{'model':14}{'by':14}{'load ms':>10}{'run ms best':>13}{'median':>10}{'peak MiB':>10}")
    for name, sides in results.items():
        for side, figures in sides.items():
            load, run = figures["load_ms"]["median"], figures["run_ms"]
            print(f"{name:14}{side:14}{load:10.2f}{run['best']:13.3f}{run['median']:10.3f}{figures['peak_mib']:10.0f}")
        ratio = sides["engine"]["run_ms"]["median"] / sides["native tract"]["run_ms"]["median"]
        print(f"{'':14}{'ratio':14}{'':10}{'':13}{ratio:10.2f}")
    engine = results["digits"]["engine"]
    print(f"blob {engine['blob_bytes']} bytes, opened from the cache in {engine['engine_open_ms']:.0f} ms")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
