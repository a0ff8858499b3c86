"""How close another runtime must come to the engine, and why no closer."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Tolerance:
    relative: float
    absolute: float
    reason: str
    # Whether only those elements count that the other runtime gives as numbers.
    numbers_only: bool = False


CLASSES = {
    "exact": Tolerance(0, 0, "values are moved, compared or rounded once, as IEEE 754 says: equal numbers"),
    "quotient": Tolerance(5e-7, 1e-38, "a quotient may be taken as a product with the reciprocal"),
    "sum": Tolerance(1e-4, 1e-5, "the order of a sum is the runtime's own"),
    "transcendental": Tolerance(1e-5, 1e-6, "each runtime has polynomials of its own"),
    "network": Tolerance(1e-3, 1e-4, "the differences of many layers add up"),
    "step": Tolerance(0, 1, "a quotient on the edge between two integers may fall to either"),
    "steps": Tolerance(0.1, 0.1, "one step of an eight-bit activation is passed on by the layers behind it"),
    "half": Tolerance(2e-2, 2e-3, "half precision; runtimes compute in it, or in single precision and round"),
    "double": Tolerance(1e-6, 1e-7, "double precision; some functions are computed in single precision"),
    "overflow": Tolerance(1e-4, 1e-5, "whether a sum overflows, and to what, depends on its order", numbers_only=True),
    "special": Tolerance(1e-5, 1e-6, "ONNX does not say what comes of NaN and infinities", numbers_only=True),
    "undefined": Tolerance(np.inf, np.inf, "ONNX leaves the result open, so nothing is compared"),
    "fault": Tolerance(np.inf, np.inf, "the engine answers with a fault, so nothing is compared"),
}


def distance(ours, theirs, tolerance):
    """How far two arrays are apart, as a multiple of what is tolerated: at most 1 is close enough."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return np.inf
    # Integers of 64 bits do not fit a float; equal ones need not.
    ours, theirs = (array.astype(np.float64 if array.dtype.kind == "f" else np.longdouble) for array in (ours, theirs))
    with np.errstate(all="ignore"):
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        same |= tolerance.numbers_only & ~np.isfinite(theirs)
        apart = np.abs(ours - theirs)
        allowed = tolerance.absolute + tolerance.relative * np.abs(theirs)
        ratios = np.where(same, 0, np.where(np.isfinite(apart), apart / np.where(allowed > 0, allowed, 1e-300), np.inf))
    return float(ratios.max(initial=0))
