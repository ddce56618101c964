"""Stands for the functions of ``scipy.stats`` that measure how far distributions are apart.

Arguments, types of results, special values and errors are SciPy's; values are the library's, right to the last
digits also for distributions that nearly coincide, where SciPy's relative entropy loses its digits or its sign.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np

from .. import divergences, transport
from .._errors import DiscrepancyError
from ._rows import along_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["energy_distance", "entropy", "wasserstein_distance"]


def _peer() -> Any:
    return import_module("scipy.stats")


def wasserstein_distance(u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None) -> Any:
    r"""The Wasserstein-1 distance of two samples on a line, with weights that need not sum to 1.

    .. math:: \int |F - G|

    Values that are not finite and empty samples are answered by SciPy itself.

    Examples
    --------
    >>> from discrepancy.scipy.stats import wasserstein_distance
    >>> float(wasserstein_distance([0.0, 1.0, 3.0], [5.0, 6.0, 8.0]))
    5.0
    """
    try:
        weights = [w if w is None else np.asarray(w, np.float64) for w in (u_weights, v_weights)]
        values = [np.asarray(values, np.float64) for values in (u_values, v_values)]
        if any(side.ndim != 1 for side in values):
            return _peer().wasserstein_distance(u_values, v_values, u_weights, v_weights)
        found = transport.wasserstein(*values, order=1.0, x_weight=weights[0], y_weight=weights[1])
        return np.float64(found)
    except (DiscrepancyError, TypeError, ValueError):
        return _peer().wasserstein_distance(u_values, v_values, u_weights, v_weights)


def energy_distance(u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None) -> Any:
    r"""The energy distance of two samples on a line, the root; computed by SciPy.

    .. math:: \sqrt{2 \int (F - G)^2}

    The library has the square of it for points of any dimension, ``maximum_mean_discrepancy`` with the kernel
    ``energy``, in a time that grows with the square of the samples; on a line SciPy's way by sorting is the better.

    Examples
    --------
    >>> from discrepancy.scipy.stats import energy_distance
    >>> round(float(energy_distance([0.0], [2.0])), 12)
    2.0
    """
    return _peer().energy_distance(u_values, v_values, u_weights, v_weights)


def entropy(
    pk: Any,
    qk: Any = None,
    base: Any = None,
    axis: Any = 0,
    *,
    nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Any:
    r"""The relative entropy of ``pk`` with respect to ``qk``, or the entropy of ``pk`` alone; both are normalized.

    .. math:: \sum_i p_i \ln \frac{p_i}{q_i}

    The relative entropy never is negative, and keeps all digits of distributions that nearly coincide. The entropy
    of one distribution, arrays that are to be broadcast and what is no distribution are left to SciPy.

    Examples
    --------
    >>> from discrepancy.scipy.stats import entropy
    >>> float(entropy([1, 1], [1, 3], base=2))
    0.2075187496394219
    """

    def peer(p: Any, q: Any, **options: Any) -> Any:
        return _peer().entropy(p, q, base, **options)

    if qk is None or nan_policy != "propagate" or not (base is None or 1 < base < np.inf):
        return peer(pk, qk, axis=axis, nan_policy=nan_policy, keepdims=keepdims)
    measure = divergences.KlDivergence(base="e" if base is None else float(base), normalize=True)
    found = along_axis(measure, pk, qk, axis, keepdims, lambda p, q: peer(p, q, axis=1))
    return peer(pk, qk, axis=axis, nan_policy=nan_policy, keepdims=keepdims) if found is None else found
