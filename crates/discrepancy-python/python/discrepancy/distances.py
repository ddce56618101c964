# Made by generate.py from the catalogue; do not edit.
"""Distances between two vectors; matrices, pairs and neighbours by any of them."""

from ._core import Measure as _Measure
from ._measures import Pair
from ._pairs import condensed, nearest, pairwise, rowwise

__all__ = [
    "Chebyshev",
    "Cosine",
    "Euclidean",
    "Hamming",
    "Manhattan",
    "Minkowski",
    "Pearson",
    "SquaredEuclidean",
    "StandardizedEuclidean",
    "chebyshev",
    "condensed",
    "cosine",
    "euclidean",
    "hamming",
    "manhattan",
    "minkowski",
    "nearest",
    "pairwise",
    "pearson",
    "rowwise",
    "squared_euclidean",
    "standardized_euclidean",
]


def euclidean(a, b, *, weight=None, return_gradient=False):
    r"""Euclidean distance: the length of the difference.

    The gradient is the unit vector from ``b`` to ``a``; zero at coincidence.

    .. math:: \sqrt{\sum_i (a_i - b_i)^2}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero, a metric. Results are within 0.51 units in the
    last place in float32, within 1 in float64. Source: Deza, Deza 2016, doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.euclidean([0.0, 0.0], [3.0, 4.0])
    5.0
    """
    return _Measure("euclidean", ()).rowwise(a, b, weight, return_gradient)


def squared_euclidean(a, b, *, weight=None, return_gradient=False):
    r"""Squared Euclidean distance. Not a metric; smooth everywhere.

    A result beyond the largest float is ``inf``.

    .. math:: \sum_i (a_i - b_i)^2

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, differentiable everywhere, twice differentiable everywhere, never below zero. Results
    are within 0.51 units in the last place in float32, within 2 in float64. Source: Deza, Deza 2016,
    doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.squared_euclidean([0.0, 0.0], [3.0, 4.0])
    25.0
    """
    return _Measure("squared_euclidean", ()).rowwise(a, b, weight, return_gradient)


def manhattan(a, b, *, weight=None, return_gradient=False):
    r"""Manhattan distance: the sum of the absolute differences.

    The gradient is the sign of each difference, zero where the coordinates coincide.

    .. math:: \sum_i |a_i - b_i|

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero, a metric. Results are within 0.51 units in the
    last place in float32, within 1 in float64. Source: Deza, Deza 2016, doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.manhattan([0.0, 0.0], [3.0, -4.0])
    7.0
    """
    return _Measure("manhattan", ()).rowwise(a, b, weight, return_gradient)


def chebyshev(a, b, *, weight=None, return_gradient=False):
    r"""Chebyshev distance: the largest absolute difference.

    Where several coordinates tie for the largest, the subgradient of least norm shares 1 among them. With weights
    it is the largest difference of positive weight, the limit of ``minkowski`` as p grows.

    .. math:: \max_i |a_i - b_i|

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero, a metric. Results are within 0.51 units in the
    last place in float32, within 1 in float64. Source: Deza, Deza 2016, doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.chebyshev([0.0, 0.0], [3.0, -4.0])
    4.0
    """
    return _Measure("chebyshev", ()).rowwise(a, b, weight, return_gradient)


def minkowski(a, b, *, p=2.0, weight=None, return_gradient=False):
    r"""Minkowski distance of order p: Manhattan at 1, Euclidean at 2, towards Chebyshev as p grows.

    Differences are divided by the largest first, so that any order works.

    .. math:: \left(\sum_i |a_i - b_i|^p\right)^{1/p}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    p : [1, inf), default 2.0
        The order; below 1 the triangle inequality fails.
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero, a metric. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Deza, Deza 2016, doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.minkowski([0.0, 0.0], [3.0, 4.0], p=3.0)
    4.497941445275415
    """
    return _Measure("minkowski", (p,)).rowwise(a, b, weight, return_gradient)


def standardized_euclidean(a, b, *, variances=(), weight=None, return_gradient=False):
    r"""Standardized Euclidean distance: each coordinate in units of its standard deviation.

    .. math:: \sqrt{\sum_i (a_i - b_i)^2 / v_i}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    variances : a list of numbers in (0, inf), default ()
        The variance of each coordinate; as many as the vectors have.
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero, a metric. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Deza, Deza 2016, doi:10.1007/978-3-662-52844-0.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.standardized_euclidean([0.0, 0.0], [2.0, 3.0], variances=(4.0, 9.0))
    1.4142135623730951
    """
    return _Measure("standardized_euclidean", (variances,)).rowwise(a, b, weight, return_gradient)


def cosine(a, b, *, weight=None, return_gradient=False):
    r"""Cosine distance: one minus the cosine of the angle. A vector of zeros has no angle: an error.

    Nearly parallel vectors keep all digits: the distance is taken from the part of one across the other.

    .. math:: 1 - \frac{a \cdot b}{\|a\| \|b\|}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above. Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Salton, McGill 1983, Introduction to Modern Information Retrieval.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.cosine([1.0, 0.0], [1.0, 1.0])
    0.2928932188134525
    """
    return _Measure("cosine", ()).rowwise(a, b, weight, return_gradient)


def pearson(a, b, *, weight=None, return_gradient=False):
    r"""Pearson (correlation) distance: one minus the correlation. A constant vector has none: an error.

    .. math:: 1 - \frac{(a - \bar a) \cdot (b - \bar b)}{\|a - \bar a\| \|b - \bar b\|}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above. Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Pearson 1895, doi:10.1098/rspl.1895.0041.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.pearson([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.018019493938034283
    """
    return _Measure("pearson", ()).rowwise(a, b, weight, return_gradient)


def hamming(a, b, *, weight=None, return_gradient=False):
    r"""Hamming distance: the fraction of coordinates that differ. It has no derivative.

    For packed bits there is ``hamming_bits``, for labels of any type ``hamming_labels``.

    .. math:: \frac1n \sum_i [a_i \ne b_i]

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
    return_gradient : default False
        Also return the gradients with respect to both arguments.

    Returns
    -------
    float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, bounded above, a metric, without a derivative. Results are within 0.51 units
    in the last place in float32, within 1 in float64. Source: Hamming 1950, doi:10.1002/j.1538-7305.1950.tb00463.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.hamming([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 3.0, 4.0])
    0.25
    """
    return _Measure("hamming", ()).rowwise(a, b, weight, return_gradient)


class Euclidean(Pair):
    r"""Euclidean distance: the length of the difference.

    .. math:: \sqrt{\sum_i (a_i - b_i)^2}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("euclidean", ())


class SquaredEuclidean(Pair):
    r"""Squared Euclidean distance. Not a metric; smooth everywhere.

    .. math:: \sum_i (a_i - b_i)^2
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("squared_euclidean", ())


class Manhattan(Pair):
    r"""Manhattan distance: the sum of the absolute differences.

    .. math:: \sum_i |a_i - b_i|
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("manhattan", ())


class Chebyshev(Pair):
    r"""Chebyshev distance: the largest absolute difference.

    .. math:: \max_i |a_i - b_i|
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("chebyshev", ())


class Minkowski(Pair):
    r"""Minkowski distance of order p: Manhattan at 1, Euclidean at 2, towards Chebyshev as p grows.

    .. math:: \left(\sum_i |a_i - b_i|^p\right)^{1/p}

    Parameters
    ----------
    p : [1, inf), default 2.0
        The order; below 1 the triangle inequality fails.
    """

    __slots__ = ()

    def __init__(self, *, p=2.0):
        super().__init__("minkowski", (p,))


class StandardizedEuclidean(Pair):
    r"""Standardized Euclidean distance: each coordinate in units of its standard deviation.

    .. math:: \sqrt{\sum_i (a_i - b_i)^2 / v_i}

    Parameters
    ----------
    variances : a list of numbers in (0, inf), default ()
        The variance of each coordinate; as many as the vectors have.
    """

    __slots__ = ()

    def __init__(self, *, variances=()):
        super().__init__("standardized_euclidean", (variances,))


class Cosine(Pair):
    r"""Cosine distance: one minus the cosine of the angle. A vector of zeros has no angle: an error.

    .. math:: 1 - \frac{a \cdot b}{\|a\| \|b\|}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("cosine", ())


class Pearson(Pair):
    r"""Pearson (correlation) distance: one minus the correlation. A constant vector has none: an error.

    .. math:: 1 - \frac{(a - \bar a) \cdot (b - \bar b)}{\|a - \bar a\| \|b - \bar b\|}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("pearson", ())


class Hamming(Pair):
    r"""Hamming distance: the fraction of coordinates that differ. It has no derivative.

    .. math:: \frac1n \sum_i [a_i \ne b_i]
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("hamming", ())
