"""Times the engine, with and without the host's intrinsics, beside native tract of the same version and onnxruntime.

    engine.py ENGINE_BENCH CACHE_FOLDER [--runs N] [--only MODEL] [--json PATH]

ENGINE_BENCH is the built example of that name. Each side runs on one thread, pinned to one core, in a process of its own. All have
the model loaded, and take turns of a few answers, so that what else the machine does hits them alike. Before anything is timed, all
must come to the same answer: the engine to the same bits with and without intrinsics, the others nearly.

Times are of one answer, from tensors in memory to tensors in memory (for the engine both ways through its sandbox), and of one
load, from the file to a model ready to run. How many times as long as another one side takes is the median of what it was from turn
to turn: a shared machine may be half as fast for some seconds, which hits one side's median more than another's. Peak memory is the
most that was resident of the process with one model loaded once and asked, opening the engine included; "at rest" is what was before
the load: the compiled engine, or Python, NumPy and the runtime; "linear" is what the sandbox holds of it.
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

# Answers in a turn, and loads of each model.
TURN, LOADS = 2, 10
LEAST_RUNS = 20
THREADS = 2


def check(runner, subject):
    """How far every side is from onnxruntime, as a share of the greatest element; ends the program if one is too far."""
    answers = {side: runner.answer(side, subject) for side in SIDES}
    if answers[ENGINE].tobytes() != answers[PLAIN].tobytes():
        sys.exit(f"error: {subject.model.name}: the engine's bits differ with and without intrinsics")
    expected = answers.pop(ORT)
    apart = {}
    for side, answer in answers.items():
        if answer.shape != expected.shape:
            sys.exit(f"error: {subject.model.name}: {side} answers with shape {answer.shape}, onnxruntime with {expected.shape}")
        apart[side] = float(np.abs(answer - expected).max() / np.abs(expected).max())
        # Written so that NaN fails.
        if not apart[side] <= subject.model.tolerance:
            sys.exit(f"error: {subject.model.name}: {side} is {apart[side]:.2g} from onnxruntime, over {subject.model.tolerance}")
    return apart


def measure(runner, subject, runs):
    """Figures of every side."""
    sides = {side: runner.start(side, subject, LOADS) for side in SIDES}
    turns = {side: [] for side in SIDES}
    for _ in range(-(-runs // TURN)):
        for side, started in sides.items():
            turns[side].append(started.turn(TURN * subject.model.times))
    return {side: summary(turns[side], started.end()) for side, started in sides.items()}


def measure_opening(runner):
    """What it costs to open the engine where it was never compiled, and where it was."""
    with tempfile.TemporaryDirectory() as cache:
        first, again = (printed(runner.engine("open", cache=cache)) for _ in range(2))
    return {"blob_bytes": first["blob_bytes"], "cold_ms": first["open_ms"], "cached_ms": again["open_ms"]}


def measure_service(runner, subjects, runs):
    """Answers per second behind a node's own service."""
    arguments = [word for subject in subjects for word in subject.arguments(subject.all)]
    figures = printed(runner.engine("service", *arguments, "--threads", THREADS, "--mixed", runs))
    return figures | {"alone": {subject.model.name: one for subject, one in zip(subjects, figures["alone"])}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine_bench")
    parser.add_argument("cache")
    parser.add_argument("--runs", type=int, default=50, help=f"answers that a median is taken of, {LEAST_RUNS} at least")
    parser.add_argument("--only", choices=[model.name for model in MODELS], metavar="MODEL", help="one model instead of all")
    parser.add_argument("--json", type=Path, help="where to write everything")
    options = parser.parse_args()
    if options.runs < LEAST_RUNS:
        parser.error(f"a median of fewer than {LEAST_RUNS} runs says little")

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
                # What the service is asked: in turn with other models, alone, and before either.
                subject = Subject(Path(folder), model, options.runs * (1 + model.times) + 2 * THREADS)
                subjects.append(subject)
                apart = check(runner, subject)
                sides = measure(runner, subject, options.runs)
                report["models"][model.name] = {"sides": sides, "apart": apart, "file": subject.describe()}
                print(*model_lines(model, sides, apart), sep="\n", flush=True)
        report["service"] = measure_service(runner, subjects, options.runs)
    print(*service_lines(report["service"]), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
