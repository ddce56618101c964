# Made by generate.py from the catalogue; do not edit.
"""Divergences between two distributions; ``p``, the first, is the reference."""

from ._core import Measure as _Measure
from ._measures import Pair
from ._measures import place_of_value as _place_of_value

__all__ = [
    "Bhattacharyya",
    "BhattacharyyaCoefficient",
    "Hellinger",
    "JensenShannon",
    "JensenShannonDistance",
    "KlDivergence",
    "bhattacharyya",
    "bhattacharyya_coefficient",
    "hellinger",
    "jensen_shannon",
    "jensen_shannon_distance",
    "kl_divergence",
]


def kl_divergence(
    p,
    q,
    *,
    base="e",
    generalized=False,
    normalize=False,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Kullback–Leibler divergence of q from the reference p; ``inf`` where q is 0 and p is not.

    It is the value of the formula at the floats as given: rows whose sums differ by rounding have a divergence that
    may be as far below zero as the sums are apart. ``generalized`` adds that difference and is never negative.

    .. math:: \sum_i p_i \ln \frac{p_i}{q_i}

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    generalized : bool, default False
        Whether ``Σq - Σp`` is added; rows may then have any sums.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex. Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Kullback,
    Leibler 1951, doi:10.1214/aoms/1177729694.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.kl_divergence([0.5, 0.5], [0.25, 0.75])
    0.14384103622589045
    """
    out = _place_of_value(out)
    return _Measure("kl_divergence", (base, generalized, normalize)).rowwise(p, q, None, return_gradient, nan, out)


def jensen_shannon(p, q, *, base="e", normalize=False, return_gradient=False, nan="error", out=None):
    r"""Jensen–Shannon divergence: the mean Kullback–Leibler divergence of both rows from their midpoint.

    Positive whenever the rows differ, however little. Its root is ``jensen_shannon_distance``, a metric.

    .. math:: \frac12 \sum_i \left(p_i \ln \frac{2 p_i}{p_i + q_i} + q_i \ln \frac{2 q_i}{p_i + q_i}\right)

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, never below zero, bounded above. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Lin 1991, doi:10.1109/18.61115.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.jensen_shannon([0.5, 0.5], [0.25, 0.75])
    0.03382207556860523
    """
    out = _place_of_value(out)
    return _Measure("jensen_shannon", (base, normalize)).rowwise(p, q, None, return_gradient, nan, out)


def jensen_shannon_distance(p, q, *, base="e", normalize=False, return_gradient=False, nan="error", out=None):
    r"""Jensen–Shannon distance: the root of the divergence, a metric. SciPy's ``jensenshannon`` with
    ``normalize=true``.

    The gradient at coincidence is taken as zero.

    .. math:: \sqrt{\mathrm{JS}(p, q)}

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above, a metric. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Endres, Schindelin 2003, doi:10.1109/TIT.2003.813506.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.jensen_shannon_distance([0.5, 0.5], [0.25, 0.75])
    0.18390779094047438
    """
    out = _place_of_value(out)
    return _Measure("jensen_shannon_distance", (base, normalize)).rowwise(p, q, None, return_gradient, nan, out)


def hellinger(p, q, *, normalize=False, return_gradient=False, nan="error", out=None):
    r"""Hellinger distance, from 0 to 1: a metric. The gradient at coincidence is taken as zero.

    .. math:: \sqrt{\tfrac12 \sum_i (\sqrt{p_i} - \sqrt{q_i})^2}

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above, a metric. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Hellinger 1909, doi:10.1515/crll.1909.136.210.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.hellinger([0.5, 0.5], [0.25, 0.75])
    0.18459191128251454
    """
    out = _place_of_value(out)
    return _Measure("hellinger", (normalize,)).rowwise(p, q, None, return_gradient, nan, out)


def bhattacharyya(p, q, *, normalize=False, return_gradient=False, nan="error", out=None):
    r"""Bhattacharyya distance: minus the logarithm of the coefficient; ``inf`` for disjoint distributions.

    It is the value of the formula at the floats as given: rows that sum to 1 only up to rounding may be as far
    below zero as their sums are above 1. With ``normalize=true`` equal rows are exactly 0 apart.

    .. math:: -\ln \sum_i \sqrt{p_i q_i}

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric. Results are within 0.51 units in the last place in float32, within 2 in float64. Source:
    Bhattacharyya 1943, Bull. Calcutta Math. Soc. 35.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.bhattacharyya([0.5, 0.5], [0.25, 0.75])
    0.03466823209753696
    """
    out = _place_of_value(out)
    return _Measure("bhattacharyya", (normalize,)).rowwise(p, q, None, return_gradient, nan, out)


def bhattacharyya_coefficient(p, q, *, normalize=False, return_gradient=False, nan="error", out=None):
    r"""Bhattacharyya coefficient: the overlap of two distributions, 1 for equal ones and 0 for disjoint ones.

    .. math:: \sum_i \sqrt{p_i q_i}

    Parameters
    ----------
    p : vector, or array of rows: non-negative rows that sum to 1
    q : array of the same shape: non-negative rows that sum to 1
    normalize : bool, default False
        Whether each row is divided by its sum first.
    return_gradient : default False
        Also return the gradients with respect to both arguments.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above. Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Bhattacharyya 1943, Bull. Calcutta Math. Soc. 35.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.divergences.bhattacharyya_coefficient([0.5, 0.5], [0.25, 0.75])
    0.9659258262890683
    """
    out = _place_of_value(out)
    return _Measure("bhattacharyya_coefficient", (normalize,)).rowwise(p, q, None, return_gradient, nan, out)


class KlDivergence(Pair):
    r"""Kullback–Leibler divergence of q from the reference p; ``inf`` where q is 0 and p is not.

    .. math:: \sum_i p_i \ln \frac{p_i}{q_i}

    Parameters
    ----------
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    generalized : bool, default False
        Whether ``Σq - Σp`` is added; rows may then have any sums.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, base="e", generalized=False, normalize=False):
        super().__init__("kl_divergence", (base, generalized, normalize))


class JensenShannon(Pair):
    r"""Jensen–Shannon divergence: the mean Kullback–Leibler divergence of both rows from their midpoint.

    .. math:: \frac12 \sum_i \left(p_i \ln \frac{2 p_i}{p_i + q_i} + q_i \ln \frac{2 q_i}{p_i + q_i}\right)

    Parameters
    ----------
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, base="e", normalize=False):
        super().__init__("jensen_shannon", (base, normalize))


class JensenShannonDistance(Pair):
    r"""Jensen–Shannon distance: the root of the divergence, a metric. SciPy's ``jensenshannon`` with ``normalize=true``.

    .. math:: \sqrt{\mathrm{JS}(p, q)}

    Parameters
    ----------
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, base="e", normalize=False):
        super().__init__("jensen_shannon_distance", (base, normalize))


class Hellinger(Pair):
    r"""Hellinger distance, from 0 to 1: a metric. The gradient at coincidence is taken as zero.

    .. math:: \sqrt{\tfrac12 \sum_i (\sqrt{p_i} - \sqrt{q_i})^2}

    Parameters
    ----------
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, normalize=False):
        super().__init__("hellinger", (normalize,))


class Bhattacharyya(Pair):
    r"""Bhattacharyya distance: minus the logarithm of the coefficient; ``inf`` for disjoint distributions.

    .. math:: -\ln \sum_i \sqrt{p_i q_i}

    Parameters
    ----------
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, normalize=False):
        super().__init__("bhattacharyya", (normalize,))


class BhattacharyyaCoefficient(Pair):
    r"""Bhattacharyya coefficient: the overlap of two distributions, 1 for equal ones and 0 for disjoint ones.

    .. math:: \sum_i \sqrt{p_i q_i}

    Parameters
    ----------
    normalize : bool, default False
        Whether each row is divided by its sum first.
    """

    __slots__ = ()

    def __init__(self, *, normalize=False):
        super().__init__("bhattacharyya_coefficient", (normalize,))
