"""Prints the figures of `engine.py` for people."""

import os
import re
from pathlib import Path
from statistics import median, quantiles

from engine_sides import ENGINE, ORT, PLAIN, TRACT

# CPU features that matter to kernels, by their names in /proc/cpuinfo.
FEATURES = ["avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp"]


def machine():
    """Describes the processor in a line."""
    text = Path("/proc/cpuinfo").read_text()
    keys = ("model name", "(?:flags|Features)")
    model, flags = (re.search(rf"^{key}\s*: (.*)$", text, re.MULTILINE) for key in keys)
    has = set(flags[1].split() if flags else [])
    listed = ", ".join(feature for feature in FEATURES if feature in has)
    wide = "with" if "avx512f" in has else "without"
    return f"{model[1] if model else os.uname().machine}, {os.cpu_count()} cores, {wide} AVX-512 ({listed})"


def summary(rounds, figures):
    """Returns all figures of one side: the times of its answers, by round, and what it reported at its end."""
    times = {"run_ms": [time for times in rounds for time in times], "load_ms": figures.pop("load_ms")}
    by_round = {"round_ms": [median(times) for times in rounds]}
    return {key: spread(values) for key, values in times.items()} | by_round | figures


def spread(times):
    low, middle, high = quantiles(times, n=4, method="inclusive")
    return {"count": len(times), "best": min(times), "quartiles": [low, high], "median": middle, "worst": max(times)}


def ratio(figures, peer):
    """Returns the ratio of an answer's time to its peer's: the median by round, as the machine's speed varies."""
    return median(ours / theirs for ours, theirs in zip(figures["round_ms"], peer["round_ms"]))


def mib(size):
    return size / (1 << 20)


def heading():
    return (
        f"\n{'':26}{'answer ms':>20}{'times':>9}{'times':>8}{'load ms':>10}{'memory MiB':>19}{'':9}\n"
        f"{'':26}{'median':>10}{'best':>10}{'tract':>9}{'ort':>8}{'median':>10}{'peak':>10}{'at rest':>9}{'linear':>9}"
    )


def model_lines(model, sides, distances):
    """Yields the rows of one model."""
    yield model.name
    for side, figures in sides.items():
        run, load = figures["run_ms"], figures["load_ms"]["median"]
        ratios = [ratio(figures, sides[peer]) for peer in (TRACT, ORT)]
        ratios = f"{ratios[0]:9.2f}{ratios[1]:8.2f}" if side in (ENGINE, PLAIN) else " " * 17
        linear = f"{mib(figures['memory_bytes']):9.0f}" if "memory_bytes" in figures else ""
        memory = f"{mib(figures['peak_bytes']):10.0f}{mib(figures['resident_bytes']):9.0f}"
        yield f"  {side:24}{run['median']:10.3f}{run['best']:10.3f}{ratios}{load:10.2f}{memory}{linear}"
    apart = ", ".join(f"{side} {distances[side]:.1e}" for side in (ENGINE, TRACT))
    yield f"  from onnxruntime: {apart} of its largest element; intrinsics change no bit"


def engine_lines(engine):
    yield f"blob {engine['blob_bytes']} bytes"
    cold, cached = engine["cold_ms"] / 1000, engine["cached_ms"]
    yield f"opened in {cold:.1f} s when it must be compiled (on all cores), in {cached:.0f} ms from the cache"


def service_lines(service):
    mixed = service["mixed"]
    yield f"\nthe node's service on {service['threads']} threads, each input run once, models warm"
    yield f"  {'':24}{'answers':>10}{'seconds':>10}{'a second':>10}{'loads':>8}"
    alone = [(f"{name} alone", figures) for name, figures in service["alone"].items()]
    for name, figures in [("all models alternating", mixed), *alone]:
        rate = figures["answers"] / figures["seconds"]
        yield f"  {name:24}{figures['answers']:10}{figures['seconds']:10.2f}{rate:10.1f}{figures['loads']:8.0f}"
    yield f"  peak memory {mib(service['peak_bytes']):.0f} MiB, the inputs included"
