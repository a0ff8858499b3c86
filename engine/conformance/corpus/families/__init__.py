"""All cases, by family."""

from . import (
    casts, convolutions, dense, elementwise, mixtures, nets, normalisation, options, pooling, precision, quantised,
    recurrent, reductions,
    refused, shapes, signals, transformers,
)

FAMILIES = [
    dense, convolutions, pooling, normalisation, elementwise, reductions, shapes, casts, recurrent, transformers, nets,
    quantised,
    precision, signals, mixtures, options, refused,
]


def all_cases():
    """Yields every case, in the order of the table."""
    for family in FAMILIES:
        yield from family.cases()
