"""Times the engine, with and without the host's intrinsics, beside native tract of the same version and onnxruntime.

    engine.py ENGINE_BENCH CACHE_FOLDER [--runs N] [--only MODEL] [--json PATH]

ENGINE_BENCH is the built example of that name. Each side runs on one thread, pinned to one core, in a process of its
own. All sides have the model loaded, and alternate in rounds of a few answers, so that other load on the machine
affects them alike. Before anything is timed, all must give the same answer: the engine the same bits with and without
intrinsics, the other runtimes nearly the same values.

Times are of one answer, from tensors in memory to tensors in memory (for the engine, both ways through its sandbox),
and of one load, from the file to a model that is ready to run. The ratio of two sides is the median of their ratios by
round: a shared machine may be half as fast for some seconds, which affects one side's median more than another's. Peak
memory is the largest resident size of a process that has loaded one model once and run it, opening the engine included.
"At rest" is the resident size before the load: the compiled engine, or Python, NumPy and the runtime. "Linear" is the
size of the sandbox's linear memory.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from engine_models import MODELS
from engine_report import engine_lines, heading, machine, model_lines, service_lines, summary
from engine_sides import ENGINE, ORT, PLAIN, SIDES, Runner, Subject, printed

# Answers in a round, and loads of each model.
ROUND, LOADS = 2, 10
# The fewest answers that a median is taken of.
MIN_RUNS = 20
THREADS = 2


def check(runner, subject):
    """Returns how far every side is from onnxruntime, as a share of the largest element. Ends the program if one is too
    far."""
    answers = {side: runner.answer(side, subject) for side in SIDES}
    if answers[ENGINE].tobytes() != answers[PLAIN].tobytes():
        sys.exit(f"error: {subject.model.name}: the engine's bits differ with and without intrinsics")
    expected = answers.pop(ORT)
    distances = {}
    for side, answer in answers.items():
        if answer.shape != expected.shape:
            sys.exit(
                f"error: {subject.model.name}: {side} answers with shape {answer.shape}, "
                f"onnxruntime with {expected.shape}"
            )
        distances[side] = float(np.abs(answer - expected).max() / np.abs(expected).max())
        # Written so that NaN fails.
        if not distances[side] <= subject.model.tolerance:
            sys.exit(
                f"error: {subject.model.name}: {side} is {distances[side]:.2g} from onnxruntime, "
                f"over {subject.model.tolerance}"
            )
    return distances


def measure(runner, subject, runs):
    """Returns the figures of every side."""
    sides = {side: runner.start(side, subject, LOADS) for side in SIDES}
    rounds = {side: [] for side in SIDES}
    for _ in range(-(-runs // ROUND)):
        for side, started in sides.items():
            rounds[side].append(started.run(ROUND * subject.model.times))
    return {side: summary(rounds[side], started.end()) for side, started in sides.items()}


def measure_opening(runner):
    """Returns how long the engine takes to open, without and with a cache of its compiled code."""
    with tempfile.TemporaryDirectory() as cache:
        first, again = (printed(runner.engine("open", cache=cache)) for _ in range(2))
    return {"blob_bytes": first["blob_bytes"], "cold_ms": first["open_ms"], "cached_ms": again["open_ms"]}


def measure_service(runner, subjects, runs):
    """Returns the answers per second of a node's own service."""
    arguments = [word for subject in subjects for word in subject.arguments(subject.all)]
    figures = printed(runner.engine("service", *arguments, "--threads", THREADS, "--mixed", runs))
    return figures | {"alone": {subject.model.name: one for subject, one in zip(subjects, figures["alone"])}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine_bench")
    parser.add_argument("cache")
    parser.add_argument("--runs", type=int, default=50, help=f"answers per median, at least {MIN_RUNS}")
    names = [model.name for model in MODELS]
    parser.add_argument("--only", choices=names, metavar="MODEL", help="one model instead of all")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    options = parser.parse_args()
    if options.runs < MIN_RUNS:
        parser.error(f"a median takes at least {MIN_RUNS} runs")

    core = max(os.sched_getaffinity(0))
    runner = Runner(options.engine_bench, options.cache, core)
    report = {"machine": machine(), "load_average": os.getloadavg()[0], "core": core, "models": {}}
    print(f"{report['machine']}; load average {report['load_average']:.1f} before the start")
    report["engine"] = measure_opening(runner)
    print(*engine_lines(report["engine"]), heading(), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        subjects = []
        for model in MODELS:
            if options.only in (None, model.name):
                # Inputs for the service: alternating with other models, alone, and to warm up for either.
                subject = Subject(Path(folder), model, options.runs * (1 + model.times) + 2 * THREADS)
                subjects.append(subject)
                distances = check(runner, subject)
                sides = measure(runner, subject, options.runs)
                report["models"][model.name] = {"sides": sides, "apart": distances, "file": subject.describe()}
                print(*model_lines(model, sides, distances), sep="\n", flush=True)
        report["service"] = measure_service(runner, subjects, options.runs)
    print(*service_lines(report["service"]), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
