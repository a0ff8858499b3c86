"""How close another runtime must be to the engine, and why no closer."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Tolerance:
    """A limit on the difference between two elements."""

    relative: float
    absolute: float
    reason: str
    # Whether to ignore elements for which the other runtime gives NaN or an infinity.
    numbers_only: bool = False


CLASSES = {
    "exact": Tolerance(0, 0, "values are moved, compared or rounded once, as IEEE 754 specifies: equal numbers"),
    "quotient": Tolerance(5e-7, 1e-38, "a quotient may be computed as a product with the reciprocal"),
    "sum": Tolerance(1e-4, 1e-5, "the order of a sum depends on the runtime"),
    "transcendental": Tolerance(1e-5, 1e-6, "each runtime has its own polynomials"),
    "network": Tolerance(1e-3, 1e-4, "the differences of many layers add up"),
    "step": Tolerance(0, 1, "a quotient halfway between two integers may be rounded to either"),
    "steps": Tolerance(0.1, 0.1, "later layers propagate a difference of one step of an eight-bit activation"),
    "half": Tolerance(2e-2, 2e-3, "half precision; runtimes compute in it, or in single precision and then round"),
    "double": Tolerance(1e-6, 1e-7, "double precision; some functions are computed in single precision"),
    "overflow": Tolerance(1e-4, 1e-5, "whether and how a sum overflows depends on its order", numbers_only=True),
    "special": Tolerance(1e-5, 1e-6, "ONNX does not specify results for NaN and infinities", numbers_only=True),
    "undefined": Tolerance(np.inf, np.inf, "ONNX does not specify the result, so nothing is compared"),
    "fault": Tolerance(np.inf, np.inf, "the engine has a fault, so nothing is compared"),
}


def distance(ours, theirs, tolerance):
    """Returns the difference of two arrays as a multiple of the tolerance: at most 1 is close enough."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return np.inf
    # Not every 64-bit integer is a float64.
    ours, theirs = (array.astype(np.float64 if array.dtype.kind == "f" else np.longdouble) for array in (ours, theirs))
    with np.errstate(all="ignore"):
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        same |= tolerance.numbers_only & ~np.isfinite(theirs)
        apart = np.abs(ours - theirs)
        allowed = tolerance.absolute + tolerance.relative * np.abs(theirs)
        ratios = np.where(same, 0, np.where(np.isfinite(apart), apart / np.where(allowed > 0, allowed, 1e-300), np.inf))
    return float(ratios.max(initial=0))
