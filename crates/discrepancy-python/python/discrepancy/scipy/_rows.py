"""Distributions along an axis, as SciPy takes them: an array of any shape, of which one axis is summed over."""

from __future__ import annotations

import numpy as np

from .._errors import DiscrepancyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._measures import Pair


def readable(array: Any) -> bool:
    """Whether the library reads arrays of this type: booleans, integers and floats of at most eight bytes."""
    return array.dtype.kind in "biuf" and array.dtype.itemsize <= 8


def no_distribution(rows: Any, weight: Any = None) -> Any:
    """The rows that cannot be divided by their sum."""
    with np.errstate(invalid="ignore", over="ignore"):
        return (rows < 0).any(axis=1) | ~(rows.sum(axis=1) > 0)


def along_axis(measure: Pair, p: Any, q: Any, axis: Any, keepdims: bool, peer: Callable[[Any, Any], Any]) -> Any:
    """Between the distributions along one axis of two arrays of one shape; ``None`` where that is not what they are.

    ``peer`` answers for the rows that are no distributions.
    """
    p, q = np.asarray(p), np.asarray(q)
    if p.shape != q.shape or p.size == 0 or not (readable(p) and readable(q)):
        return None
    if not isinstance(axis, (int, np.integer)) or not -p.ndim <= axis < p.ndim:
        return None
    dtype = np.result_type(p, q)
    # SciPy's functions know no half precision.
    dtype = np.result_type(dtype, np.float32) if dtype.kind == "f" else np.dtype(np.float64)
    p, q = (np.moveaxis(side, axis, -1).astype(np.float64, copy=False) for side in (p, q))
    shape = p.shape[:-1]
    p, q = (np.ascontiguousarray(side).reshape(-1, side.shape[-1]) for side in (p, q))
    try:
        value = measure.value(p, q, nan="propagate")
    except DiscrepancyError:
        odd = ~np.isfinite(p).all(axis=1) | ~np.isfinite(q).all(axis=1) | no_distribution(p) | no_distribution(q)
        value = np.empty(len(p))
        value[odd] = peer(p[odd], q[odd])
        if not odd.all():
            value[~odd] = measure.value(p[~odd], q[~odd])
    value = np.asarray(value).reshape(shape)
    if keepdims:
        value = np.expand_dims(value, axis)
    # What SciPy makes of arrays without axes is a number.
    return value.astype(dtype, copy=False)[()]
