"""Losses, divergences, distances and transport: value, gradient and Hessian, exact to the last digits.

Arrays of NumPy, PyTorch (on the processor), JAX and everything that speaks DLPack go in without a copy; results come
back in the same kind. Sums and means are exact and rounded once, so the bits do not depend on order or threads.

>>> import discrepancy as dc
>>> dc.losses.squared([1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
4.666666666666667

``dc.catalog()`` names everything, ``dc.explain(spec)`` explains one entry.
"""

from __future__ import annotations

from ._catalog import catalog, explain
from ._errors import DiscrepancyError, DiscrepancyMemoryError, DiscrepancyTypeError
from ._measures import Measure
from ._results import HeadResult, PermutationTest, TransportPlan
from ._specs import gradient, hessian, make, value, value_and_gradient, value_gradient_hessian
from ._threads import get_threads, set_threads, threads
from . import distances, divergences, heads, losses, maps, penalties, rows, samples, sequences, transport, tuples

__all__ = [
    "DiscrepancyError",
    "DiscrepancyMemoryError",
    "DiscrepancyTypeError",
    "HeadResult",
    "Measure",
    "PermutationTest",
    "TransportPlan",
    "catalog",
    "distances",
    "divergences",
    "explain",
    "get_threads",
    "gradient",
    "heads",
    "hessian",
    "losses",
    "make",
    "maps",
    "penalties",
    "rows",
    "samples",
    "sequences",
    "set_threads",
    "threads",
    "transport",
    "tuples",
    "value",
    "value_and_gradient",
    "value_gradient_hessian",
]


def __dir__() -> list[str]:
    """What the package is for, and not what it is made with."""
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])
