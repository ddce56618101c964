# Made by generate.py from the catalogue; do not edit.
"""Maps from a row of scores to a row of the same length."""

from ._core import Measure as _Measure
from ._measures import RowMap

__all__ = [
    "Softmax",
    "softmax",
]


def softmax(prediction, *, temperature=1.0, out=None):
    r"""Softmax: turns a row of scores into probabilities. A map, not a loss.

    With ``p_i = e^(z_i) / S``, ``S = Σ e^(z_k)``, the quotient rule gives the Jacobian in two cases.

    Diagonal: both numerator and S depend on ``z_i``, so ``∂p_i/∂z_i = (e^(z_i) S - e^(z_i) e^(z_i)) / S² = p_i -
    p_i² = p_i (1 - p_i)``.

    Off the diagonal: only S depends on ``z_j``, so ``∂p_i/∂z_j = (0 · S - e^(z_i) e^(z_j)) / S² = -p_i p_j``.

    Both in one: ``∂p_i/∂z_j = p_i (δ_ij - p_j)``; over a temperature T, everything is divided by T.

    Cross entropy on top, ``l = -Σ_i y_i ln p_i``, has ``∂l/∂p_i = -y_i/p_i``, and by the chain rule ``∂l/∂z_j = Σ_i
    -(y_i/p_i) p_i (δ_ij - p_j) = -y_j + p_j Σ_i y_i = p_j - y_j``. Even if a single ``y_i`` is 1, the off-diagonal
    entries of that row are needed: they are the gradients of all the other scores.

    .. math:: \frac{e^{z_i / T}}{\sum_k e^{z_k / T}}

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    temperature : (0, inf), default 1.0
        T: the scores are divided by it, large for even, small for sharp probabilities.
    out : default None
        Where the result goes.

    Returns
    -------
    array of the shape (…, C)

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, bounded above. Results are
    within 0.51 units in the last place in float32, within 0.51 in float64. Source: Boltzmann 1868; Bridle 1990,
    doi:10.1007/978-3-642-76153-9_28.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.maps.softmax([1.0, 2.0, 3.0])
    array([0.09003057, 0.24472847, 0.66524096])
    """
    return _Measure("softmax", (temperature,)).map(prediction, out)


class Softmax(RowMap):
    r"""Softmax: turns a row of scores into probabilities. A map, not a loss.

    .. math:: \frac{e^{z_i / T}}{\sum_k e^{z_k / T}}

    Parameters
    ----------
    temperature : (0, inf), default 1.0
        T: the scores are divided by it, large for even, small for sharp probabilities.
    """

    __slots__ = ()

    def __init__(self, *, temperature=1.0):
        super().__init__("softmax", (temperature,))
