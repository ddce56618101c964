# Made by generate.py from the catalogue; do not edit.
"""Statistics of two samples, with permutation tests."""

from ._core import Measure as _Measure
from ._measures import Sample

__all__ = [
    "EnergyDistance",
    "MaximumMeanDiscrepancy",
    "energy_distance",
    "maximum_mean_discrepancy",
]


def maximum_mean_discrepancy(
    x,
    y,
    *,
    kernel="rbf",
    bandwidth="median",
    estimator="unbiased",
    return_gradient=False,
):
    r"""Squared maximum mean discrepancy: how far two samples are apart in the space of a kernel.

    Kernels, with r the Euclidean distance: ``rbf`` exp(−r²/2σ²), ``laplace`` exp(−r/σ), ``inverse_multiquadric``
    1/√(1 + r²/σ²), ``polynomial`` (x·y/σ² + 1)³, ``energy`` −r (the energy distance). Time grows with the square of
    the rows, memory does not: the matrix of the kernel is never stored.

    .. math:: \mathbb{E} k(x, x') + \mathbb{E} k(y, y') - 2 \mathbb{E} k(x, y)

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    kernel : rbf or laplace or inverse_multiquadric or polynomial or energy, default "rbf"
        The kernel.
    bandwidth : (0, inf) or median or aggregated, default "median"
        σ, or ``median``: the median distance of all pairs of different rows of both samples together, the mean of
        the middle two where their number is even; or ``aggregated``: the kernel is the mean of five kernels, of the
        median times ¼, ½, 1, 2 and 4, so that differences of any of these widths are seen.
    estimator : biased or unbiased or linear, default "unbiased"
        ``biased`` (never negative, short of 2^-98 of the kernel) counts each row with itself, ``unbiased`` does
        not, ``linear`` averages over successive pairs of rows and needs samples of one size.
    return_gradient : default False
        Also return the gradients with respect to both samples.

    Returns
    -------
    float; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric. Results are within 0.51 units in the last place in float32, within 2 in float64. Source:
    Gretton, Borgwardt, Rasch, Schölkopf, Smola 2012, JMLR 13:723-773; grid of bandwidths after Schrab et al. 2023,
    JMLR 24:194.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.samples.maximum_mean_discrepancy([0.0], [1.0], bandwidth=1.0, estimator="biased")
    0.7869386805747332
    """
    measure = _Measure("maximum_mean_discrepancy", (kernel, bandwidth, estimator))
    value = measure.sample("value", x, y, None, None)
    return (value, *measure.sample("gradient", x, y, None, None)) if return_gradient else value


def energy_distance(
    x,
    y,
    *,
    alpha=1.0,
    root=False,
    estimator="biased",
    x_weight=None,
    y_weight=None,
    return_gradient=False,
):
    r"""Energy distance of two samples: twice the mean distance between them, less the mean distance within either.

    It is 0 only between samples of the same points, for ``alpha`` below 2. On a line and with ``alpha`` 1 it is
    twice the integral of the squared difference of the distribution functions; ``scipy.stats.energy_distance`` is
    the root of that. There it takes the time of sorting and is right to the last bit; else the time of all pairs,
    without a matrix of them. Weights need not sum to 1.

    .. math:: 2 \mathbb{E} \|x - y\|^\alpha - \mathbb{E} \|x - x'\|^\alpha - \mathbb{E} \|y - y'\|^\alpha

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    alpha : (0, 2], default 1.0
        The power of the distances; with 2 only the means of the samples count.
    root : bool, default False
        Whether the root is taken, a metric for ``alpha`` up to 1.
    estimator : biased or unbiased, default "biased"
        ``biased`` (never negative) counts each point with itself too, ``unbiased`` does not; it has no root and no
        weights.
    x_weight : default None
        A weight for each point of ``x``; without, all weigh the same.
    y_weight : default None
        A weight for each point of ``y``.
    return_gradient : default False
        Also return the gradients with respect to both samples.

    Returns
    -------
    float; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric. Results are within 0.51 units in the last place in float32, within 2 in float64. Source:
    Székely, Rizzo 2013, doi:10.1016/j.jspi.2013.03.018.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.samples.energy_distance([0.0, 1.0], [2.0, 4.0])
    3.5
    """
    measure = _Measure("energy_distance", (alpha, root, estimator))
    value = measure.sample("value", x, y, x_weight, y_weight)
    return (value, *measure.sample("gradient", x, y, x_weight, y_weight)) if return_gradient else value


class MaximumMeanDiscrepancy(Sample):
    r"""Squared maximum mean discrepancy: how far two samples are apart in the space of a kernel.

    .. math:: \mathbb{E} k(x, x') + \mathbb{E} k(y, y') - 2 \mathbb{E} k(x, y)

    Parameters
    ----------
    kernel : rbf or laplace or inverse_multiquadric or polynomial or energy, default "rbf"
        The kernel.
    bandwidth : (0, inf) or median or aggregated, default "median"
        σ, or ``median``: the median distance of all pairs of different rows of both samples together, the mean of
        the middle two where their number is even; or ``aggregated``: the kernel is the mean of five kernels, of the
        median times ¼, ½, 1, 2 and 4, so that differences of any of these widths are seen.
    estimator : biased or unbiased or linear, default "unbiased"
        ``biased`` (never negative, short of 2^-98 of the kernel) counts each row with itself, ``unbiased`` does
        not, ``linear`` averages over successive pairs of rows and needs samples of one size.
    """

    __slots__ = ()

    def __init__(self, *, kernel="rbf", bandwidth="median", estimator="unbiased"):
        super().__init__("maximum_mean_discrepancy", (kernel, bandwidth, estimator))


class EnergyDistance(Sample):
    r"""Energy distance of two samples: twice the mean distance between them, less the mean distance within either.

    .. math:: 2 \mathbb{E} \|x - y\|^\alpha - \mathbb{E} \|x - x'\|^\alpha - \mathbb{E} \|y - y'\|^\alpha

    Parameters
    ----------
    alpha : (0, 2], default 1.0
        The power of the distances; with 2 only the means of the samples count.
    root : bool, default False
        Whether the root is taken, a metric for ``alpha`` up to 1.
    estimator : biased or unbiased, default "biased"
        ``biased`` (never negative) counts each point with itself too, ``unbiased`` does not; it has no root and no
        weights.
    """

    __slots__ = ()

    def __init__(self, *, alpha=1.0, root=False, estimator="biased"):
        super().__init__("energy_distance", (alpha, root, estimator))
