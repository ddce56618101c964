# Made by generate.py from the catalogue; do not edit.
"""Distances between two vectors; matrices, pairs and neighbours by any of them."""

from ._core import Measure as _Measure
from ._measures import Pair
from ._measures import place_of_value as _place_of_value
from ._pairs import condensed, nearest, pairwise, rowwise

__all__ = [
    "BrayCurtis",
    "Canberra",
    "Chebyshev",
    "Cosine",
    "Dice",
    "Euclidean",
    "Hamming",
    "Jaccard",
    "Mahalanobis",
    "Manhattan",
    "Minkowski",
    "Pearson",
    "RogersTanimoto",
    "RussellRao",
    "SokalSneath",
    "SquaredEuclidean",
    "StandardizedEuclidean",
    "Yule",
    "bray_curtis",
    "canberra",
    "chebyshev",
    "condensed",
    "cosine",
    "dice",
    "euclidean",
    "hamming",
    "jaccard",
    "mahalanobis",
    "manhattan",
    "minkowski",
    "nearest",
    "pairwise",
    "pearson",
    "rogers_tanimoto",
    "rowwise",
    "russell_rao",
    "sokal_sneath",
    "squared_euclidean",
    "standardized_euclidean",
    "yule",
]


def euclidean(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("euclidean", ()).rowwise(a, b, weight, return_gradient, nan, out)


def squared_euclidean(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("squared_euclidean", ()).rowwise(a, b, weight, return_gradient, nan, out)


def manhattan(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("manhattan", ()).rowwise(a, b, weight, return_gradient, nan, out)


def chebyshev(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("chebyshev", ()).rowwise(a, b, weight, return_gradient, nan, out)


def minkowski(a, b, *, p=2.0, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("minkowski", (p,)).rowwise(a, b, weight, return_gradient, nan, out)


def standardized_euclidean(a, b, *, variances=(), weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("standardized_euclidean", (variances,)).rowwise(a, b, weight, return_gradient, nan, out)


def cosine(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    within 2 in float64. Source: Salton, McGill 1983, Introduction to Modern Information Retrieval.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.cosine([1.0, 0.0], [1.0, 1.0])
    0.2928932188134525
    """
    out = _place_of_value(out)
    return _Measure("cosine", ()).rowwise(a, b, weight, return_gradient, nan, out)


def pearson(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    within 2 in float64. Source: Pearson 1895, doi:10.1098/rspl.1895.0041.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.pearson([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.018019493938034283
    """
    out = _place_of_value(out)
    return _Measure("pearson", ()).rowwise(a, b, weight, return_gradient, nan, out)


def hamming(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
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
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : default None
        Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.

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
    out = _place_of_value(out)
    return _Measure("hamming", ()).rowwise(a, b, weight, return_gradient, nan, out)


def mahalanobis(a, b, *, inverse_covariance=(), weight=None, return_gradient=False, nan="error", out=None):
    r"""Mahalanobis distance: in units of the spread in each direction, with correlations taken out.

    The matrix is given row by row, n numbers n times; only its symmetric part counts. It must not be negative along
    the difference, which is an error. Where numbers cancel, as they do with strong correlations, whole numbers are
    used. Coordinates have no weights of their own here.

    .. math:: \sqrt{\sum_{i,j} (a_i - b_i) V_{ij} (a_j - b_j)}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    inverse_covariance : a list of numbers in (-inf, inf), default ()
        V, the inverse of the covariance matrix, row by row; the vectors have as many coordinates as it has rows.
    weight : default None
        A non-negative weight for each coordinate.
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
    It is convex, symmetric, never below zero, a metric. Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Mahalanobis 1936, Proceedings of the National Institute of Sciences of India 2 (1).

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.mahalanobis([0.0, 0.0], [1.0, 3.0], inverse_covariance=(2.0, -1.0, -1.0, 2.0))
    3.7416573867739413
    """
    out = _place_of_value(out)
    return _Measure("mahalanobis", (inverse_covariance,)).rowwise(a, b, weight, return_gradient, nan, out)


def bray_curtis(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Bray–Curtis dissimilarity: how much of the abundances of two sites is not shared.

    For rows that are not negative it is between 0 and 1. Two rows of zeros are 0 apart, as all equal rows; opposite
    rows are infinitely far apart and have no gradient. It is no metric: the triangle inequality can fail.

    .. math:: \frac{\sum_i |a_i - b_i|}{\sum_i |a_i + b_i|}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero. Results are within 0.51 units in the last place in float32, within 2 in
    float64. Source: Bray, Curtis 1957, doi:10.2307/1942268.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.bray_curtis([1.0, 2.0, 5.0], [3.0, 2.0, 3.0])
    0.25
    """
    out = _place_of_value(out)
    return _Measure("bray_curtis", ()).rowwise(a, b, weight, return_gradient, nan, out)


def canberra(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Canberra distance: the sum of the differences, each relative to the sizes of its two numbers.

    A coordinate counts at most 1, and very small numbers count as much as large ones. Two zeros are 0 apart. The
    gradient is 0 where a coordinate has a kink: where the numbers are equal or one of them is 0.

    .. math:: \sum_i \frac{|a_i - b_i|}{|a_i| + |b_i|}

    Parameters
    ----------
    a : vector, or array of rows: numbers
    b : array of the same shape: numbers
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, a metric. Results are within 0.51 units in the last place in float32, within
    1 in float64. Source: Lance, Williams 1966, doi:10.1093/comjnl/9.1.60.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.canberra([1.0, -2.0, 0.0], [3.0, 2.0, 0.0])
    1.5
    """
    out = _place_of_value(out)
    return _Measure("canberra", ()).rowwise(a, b, weight, return_gradient, nan, out)


def jaccard(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Jaccard distance of truth values: of what is true in either row, the share that is not true in both.

    Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows.

    .. math:: \frac{\#[a_i \ne b_i]}{\#[a_i \vee b_i]}

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, a metric, without a derivative. Results are within 0.51 units
    in the last place in float32, within 1 in float64. Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.jaccard([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    0.75
    """
    out = _place_of_value(out)
    return _Measure("jaccard", ()).rowwise(a, b, weight, return_gradient, nan, out)


def dice(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Dice dissimilarity of truth values: the differences, relative to all that is true in the two rows.

    Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows. It is no metric.

    .. math:: \frac{\#[a_i \ne b_i]}{2 \, \#[a_i \wedge b_i] + \#[a_i \ne b_i]}

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, without a derivative. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Dice 1945, doi:10.2307/1932409.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.dice([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    0.6
    """
    out = _place_of_value(out)
    return _Measure("dice", ()).rowwise(a, b, weight, return_gradient, nan, out)


def rogers_tanimoto(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Rogers–Tanimoto distance of truth values: the differences, counted twice, relative to all coordinates.

    Numbers other than 0 are true.

    .. math:: \frac{2 \, \#[a_i \ne b_i]}{\#[a_i = b_i] + 2 \, \#[a_i \ne b_i]}

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, a metric, without a derivative. Results are within 0.51 units
    in the last place in float32, within 1 in float64. Source: Rogers, Tanimoto 1960,
    doi:10.1126/science.132.3434.1115.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.rogers_tanimoto([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    0.6666666666666666
    """
    out = _place_of_value(out)
    return _Measure("rogers_tanimoto", ()).rowwise(a, b, weight, return_gradient, nan, out)


def russell_rao(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Russell–Rao dissimilarity of truth values: the share of coordinates that are not true in both rows.

    Numbers other than 0 are true. A row is not 0 apart from itself, unless all of it is true.

    .. math:: \frac1n \left(n - \#[a_i \wedge b_i]\right)

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, without a derivative. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Russell, Rao 1940, Journal of the Malaria Institute of India
    3.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.russell_rao([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    0.8333333333333334
    """
    out = _place_of_value(out)
    return _Measure("russell_rao", ()).rowwise(a, b, weight, return_gradient, nan, out)


def sokal_sneath(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Sokal–Sneath distance of truth values: of what is true in either row the differences, counted twice.

    Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows.

    .. math:: \frac{2 \, \#[a_i \ne b_i]}{\#[a_i \wedge b_i] + 2 \, \#[a_i \ne b_i]}

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, a metric, without a derivative. Results are within 0.51 units
    in the last place in float32, within 1 in float64. Source: Sokal, Sneath 1963, Principles of Numerical Taxonomy.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.sokal_sneath([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    0.8571428571428571
    """
    out = _place_of_value(out)
    return _Measure("sokal_sneath", ()).rowwise(a, b, weight, return_gradient, nan, out)


def yule(a, b, *, weight=None, return_gradient=False, nan="error", out=None):
    r"""Yule dissimilarity of truth values: 1 less their coefficient of association, from 0 to 2.

    Numbers other than 0 are true. It is 0 where no coordinate is true in the first row alone, or none in the second
    alone.

    .. math:: \frac{2 \, \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}{\#[a_i \wedge b_i] \, \#[\neg a_i \wedge \neg b_i] + \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}

    Parameters
    ----------
    a : vector, or array of rows: numbers, of which those other than 0 are true
    b : array of the same shape: numbers, of which those other than 0 are true
    weight : default None
        A non-negative weight for each coordinate.
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
    It is symmetric, never below zero, bounded above, without a derivative. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Yule 1912, doi:10.2307/2340126.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.yule([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    1.0
    """
    out = _place_of_value(out)
    return _Measure("yule", ()).rowwise(a, b, weight, return_gradient, nan, out)


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


class Mahalanobis(Pair):
    r"""Mahalanobis distance: in units of the spread in each direction, with correlations taken out.

    .. math:: \sqrt{\sum_{i,j} (a_i - b_i) V_{ij} (a_j - b_j)}

    Parameters
    ----------
    inverse_covariance : a list of numbers in (-inf, inf), default ()
        V, the inverse of the covariance matrix, row by row; the vectors have as many coordinates as it has rows.
    """

    __slots__ = ()

    def __init__(self, *, inverse_covariance=()):
        super().__init__("mahalanobis", (inverse_covariance,))


class BrayCurtis(Pair):
    r"""Bray–Curtis dissimilarity: how much of the abundances of two sites is not shared.

    .. math:: \frac{\sum_i |a_i - b_i|}{\sum_i |a_i + b_i|}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("bray_curtis", ())


class Canberra(Pair):
    r"""Canberra distance: the sum of the differences, each relative to the sizes of its two numbers.

    .. math:: \sum_i \frac{|a_i - b_i|}{|a_i| + |b_i|}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("canberra", ())


class Jaccard(Pair):
    r"""Jaccard distance of truth values: of what is true in either row, the share that is not true in both.

    .. math:: \frac{\#[a_i \ne b_i]}{\#[a_i \vee b_i]}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("jaccard", ())


class Dice(Pair):
    r"""Dice dissimilarity of truth values: the differences, relative to all that is true in the two rows.

    .. math:: \frac{\#[a_i \ne b_i]}{2 \, \#[a_i \wedge b_i] + \#[a_i \ne b_i]}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("dice", ())


class RogersTanimoto(Pair):
    r"""Rogers–Tanimoto distance of truth values: the differences, counted twice, relative to all coordinates.

    .. math:: \frac{2 \, \#[a_i \ne b_i]}{\#[a_i = b_i] + 2 \, \#[a_i \ne b_i]}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("rogers_tanimoto", ())


class RussellRao(Pair):
    r"""Russell–Rao dissimilarity of truth values: the share of coordinates that are not true in both rows.

    .. math:: \frac1n \left(n - \#[a_i \wedge b_i]\right)
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("russell_rao", ())


class SokalSneath(Pair):
    r"""Sokal–Sneath distance of truth values: of what is true in either row the differences, counted twice.

    .. math:: \frac{2 \, \#[a_i \ne b_i]}{\#[a_i \wedge b_i] + 2 \, \#[a_i \ne b_i]}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("sokal_sneath", ())


class Yule(Pair):
    r"""Yule dissimilarity of truth values: 1 less their coefficient of association, from 0 to 2.

    .. math:: \frac{2 \, \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}{\#[a_i \wedge b_i] \, \#[\neg a_i \wedge \neg b_i] + \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("yule", ())
