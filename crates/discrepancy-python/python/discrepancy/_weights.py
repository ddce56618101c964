"""Weights of rows, as the adapters divide by their sum."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def summable(weight: Any) -> Any:
    """The weights, or all of them times a power of two where their sum would be infinite: quotients stay as they are."""
    if weight is None:
        return None
    weight = np.asarray(weight)
    if weight.size == 0 or weight.dtype.kind != "f":
        return weight
    with np.errstate(over="ignore"):
        finite = np.isfinite(weight.sum(dtype=weight.dtype))
    if finite or not np.isfinite(weight).all():
        return weight
    return np.ldexp(weight, -int(np.frexp(weight.max())[1]) - int(weight.size).bit_length())
