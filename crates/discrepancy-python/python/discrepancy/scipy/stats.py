"""Stands for the functions of ``scipy.stats`` that measure how far distributions are apart.

Arguments, types of results, special values and errors are SciPy's; values are the library's, right to the last
digits also for distributions that nearly coincide, where SciPy's relative entropy loses its digits or its sign.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np

from .. import divergences, samples, transport
from .._errors import DiscrepancyError
from .._masks import without_masks
from ._rows import along_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["energy_distance", "entropy", "wasserstein_distance"]


def _peer() -> Any:
    return import_module("scipy.stats")


_WASSERSTEIN = transport.Wasserstein(order=1.0)
_ENERGY = samples.EnergyDistance(root=True)


def _on_a_line(name: str, measure: Any, *given: Any) -> Any:
    """Between samples on a line with their weights; SciPy's function of this name answers for all else."""
    try:
        values = [np.asarray(side, np.float64) for side in given[:2]]
        weights = [side if side is None else np.asarray(side, np.float64) for side in given[2:]]
        if all(side.ndim == 1 for side in values):
            return np.float64(measure.value(*values, x_weight=weights[0], y_weight=weights[1]))
    except (DiscrepancyError, TypeError, ValueError):
        pass
    return getattr(_peer(), name)(*given)


@without_masks
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
    return _on_a_line("wasserstein_distance", _WASSERSTEIN, u_values, v_values, u_weights, v_weights)


@without_masks
def energy_distance(u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None) -> Any:
    r"""The energy distance of two samples on a line, the root, with weights that need not sum to 1.

    .. math:: \sqrt{2 \int (F - G)^2}

    It is right to the last bit, also of samples that nearly coincide. Values that are not finite and empty samples are
    answered by SciPy itself.

    Examples
    --------
    >>> from discrepancy.scipy.stats import energy_distance
    >>> float(energy_distance([0.0], [2.0]))
    2.0
    """
    return _on_a_line("energy_distance", _ENERGY, u_values, v_values, u_weights, v_weights)


@without_masks
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
