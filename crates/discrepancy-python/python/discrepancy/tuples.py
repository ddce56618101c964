# Made by generate.py from the catalogue; do not edit.
"""Losses of several inputs: a mean and a variance, two scores, two or three vectors."""

from ._core import Measure as _Measure
from ._measures import TupleLoss

__all__ = [
    "CosineEmbedding",
    "GaussianNll",
    "MarginRanking",
    "Triplet",
    "cosine_embedding",
    "gaussian_nll",
    "margin_ranking",
    "triplet",
]


def gaussian_nll(
    mean,
    variance,
    target,
    *,
    full=False,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Negative log-likelihood of a Gaussian whose mean and variance are both predicted.

    A target that is far away costs less under a large variance, and a large variance costs its logarithm. The
    variance must be above 0; nothing is added to it and nothing clamps it. PyTorch's ``gaussian_nll_loss``, without
    the lower bound ``eps``.

    .. math:: \tfrac12 \left(\ln v + \frac{(y - \mu)^2}{v}\right)

    Parameters
    ----------
    mean : array: numbers
    variance : array of the same shape: numbers in (0, inf)
    target : array of the same shape: numbers
    full : bool, default False
        Whether the constant ½ ln 2π is added.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    return_gradient : default False
        Also return the gradients with respect to each input.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array each

    Notes
    -----
    Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Nix, Weigend 1994,
    doi:10.1109/ICNN.1994.374138.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.tuples.gaussian_nll(1.0, 2.0, 4.0)
    2.5965735902799727
    """
    measure = _Measure("gaussian_nll", (full,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.inputs(wanted, (mean, variance, target), weight, reduction, nan)


def margin_ranking(
    first,
    second,
    target,
    *,
    margin=0.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Margin ranking loss: one of two scores should be above the other, the target says which.

    What is missing of the margin: nothing where the first score is higher by it and the target is 1, or the second
    where it is −1. The subgradient at the kink is 0. PyTorch's ``margin_ranking_loss``.

    .. math:: \max(0, \mu - y (x_1 - x_2))

    Parameters
    ----------
    first : array: numbers
    second : array of the same shape: numbers
    target : array of the same shape: -1 or 1
    margin : (-inf, inf), default 0.0
        μ, by how much the right score should be above, in the unit of the scores.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    return_gradient : default False
        Also return the gradients with respect to each input.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array each

    Notes
    -----
    It is convex, Lipschitz continuous, never below zero. Results are within 0.51 units in the last place in
    float32, within 1 in float64. Source: Herbrich, Graepel, Obermayer 2000, Large Margin Rank Boundaries for
    Ordinal Regression.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.tuples.margin_ranking(2.0, 1.75, 1.0, margin=0.5)
    0.25
    """
    measure = _Measure("margin_ranking", (margin,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.inputs(wanted, (first, second, target), weight, reduction, nan)


def cosine_embedding(
    first,
    second,
    target,
    *,
    margin=0.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Cosine embedding loss: two vectors should point the same way, or not, as the target says.

    Where the target is 1 the cosine distance, which keeps its digits for vectors that are nearly parallel; where it
    is −1, by how much the cosine is above the margin, with the subgradient 0 at the kink. A vector of zeros has no
    direction: an error. PyTorch's ``cosine_embedding_loss``.

    .. math:: \begin{cases} 1 - \cos(x_1, x_2) & y = 1 \\ \max(0, \cos(x_1, x_2) - \mu) & y = -1 \end{cases}

    Parameters
    ----------
    first : array of the shape (…, D): numbers
    second : array of the same shape: numbers
    target : array of the shape (…): -1 or 1
    margin : [-1, 1], default 0.0
        μ, the cosine that vectors of target −1 may have.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    return_gradient : default False
        Also return the gradients with respect to each input.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array each

    Notes
    -----
    It is never below zero, bounded above. Results are within 0.51 units in the last place in float32, within 1 in
    float64. Source: Hadsell, Chopra, LeCun 2006, doi:10.1109/CVPR.2006.100.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.tuples.cosine_embedding([1.0, 0.0], [1.0, 1.0], 1.0)
    0.2928932188134525
    """
    measure = _Measure("cosine_embedding", (margin,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.inputs(wanted, (first, second, target), weight, reduction, nan)


def triplet(
    anchor,
    positive,
    negative,
    *,
    margin=1.0,
    p=2.0,
    swap=False,
    squared=False,
    offset=0.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Triplet margin loss: a positive example should be nearer to the anchor than a negative one, by a margin.

    Distances that are nearly equal keep the digits of their difference; what is below 2⁻²⁰⁰ of them is none. At the
    kink the subgradient is 0, and so is that of the distance of equal vectors. Vectors are finite. PyTorch's
    ``triplet_margin_loss`` with its ``eps`` as ``offset``; with ``squared=true`` and ``margin=0.2`` that of
    FaceNet.

    .. math:: \max(0, \|a - p\| - \|a - n\| + \mu)

    Parameters
    ----------
    anchor : array of the shape (…, D): numbers
    positive : array of the same shape: numbers
    negative : array of the same shape: numbers
    margin : [0, inf), default 1.0
        μ, by how much the positive should be nearer, in the unit of the distance.
    p : [1, inf], default 2.0
        The order of the distance: 1 Manhattan, 2 Euclidean, ``inf`` Chebyshev, others Minkowski.
    swap : bool, default False
        Whether positive and negative are compared too, where they are nearer than anchor and negative (Balntas); of
        two equal distances each counts by half.
    squared : bool, default False
        Whether distances are squared.
    offset : (-inf, inf), default 0.0
        A number that is added to each difference; PyTorch adds 1e-6.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    return_gradient : default False
        Also return the gradients with respect to each input.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array each

    Notes
    -----
    It is never below zero. Results are within 0.51 units in the last place in float32, within 1 in float64. Source:
    Schroff, Kalenichenko, Philbin 2015, doi:10.1109/CVPR.2015.7298682; Balntas, Riba, Ponsa, Mikolajczyk 2016,
    doi:10.5244/C.30.119.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.tuples.triplet([0.0, 0.0], [3.0, 4.0], [0.0, 5.5])
    0.5
    """
    measure = _Measure("triplet", (margin, p, swap, squared, offset))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.inputs(wanted, (anchor, positive, negative), weight, reduction, nan)


class GaussianNll(TupleLoss):
    r"""Negative log-likelihood of a Gaussian whose mean and variance are both predicted.

    .. math:: \tfrac12 \left(\ln v + \frac{(y - \mu)^2}{v}\right)

    Parameters
    ----------
    full : bool, default False
        Whether the constant ½ ln 2π is added.
    """

    __slots__ = ()

    def __init__(self, *, full=False):
        super().__init__("gaussian_nll", (full,))


class MarginRanking(TupleLoss):
    r"""Margin ranking loss: one of two scores should be above the other, the target says which.

    .. math:: \max(0, \mu - y (x_1 - x_2))

    Parameters
    ----------
    margin : (-inf, inf), default 0.0
        μ, by how much the right score should be above, in the unit of the scores.
    """

    __slots__ = ()

    def __init__(self, *, margin=0.0):
        super().__init__("margin_ranking", (margin,))


class CosineEmbedding(TupleLoss):
    r"""Cosine embedding loss: two vectors should point the same way, or not, as the target says.

    .. math:: \begin{cases} 1 - \cos(x_1, x_2) & y = 1 \\ \max(0, \cos(x_1, x_2) - \mu) & y = -1 \end{cases}

    Parameters
    ----------
    margin : [-1, 1], default 0.0
        μ, the cosine that vectors of target −1 may have.
    """

    __slots__ = ()

    def __init__(self, *, margin=0.0):
        super().__init__("cosine_embedding", (margin,))


class Triplet(TupleLoss):
    r"""Triplet margin loss: a positive example should be nearer to the anchor than a negative one, by a margin.

    .. math:: \max(0, \|a - p\| - \|a - n\| + \mu)

    Parameters
    ----------
    margin : [0, inf), default 1.0
        μ, by how much the positive should be nearer, in the unit of the distance.
    p : [1, inf], default 2.0
        The order of the distance: 1 Manhattan, 2 Euclidean, ``inf`` Chebyshev, others Minkowski.
    swap : bool, default False
        Whether positive and negative are compared too, where they are nearer than anchor and negative (Balntas); of
        two equal distances each counts by half.
    squared : bool, default False
        Whether distances are squared.
    offset : (-inf, inf), default 0.0
        A number that is added to each difference; PyTorch adds 1e-6.
    """

    __slots__ = ()

    def __init__(self, *, margin=1.0, p=2.0, swap=False, squared=False, offset=0.0):
        super().__init__("triplet", (margin, p, swap, squared, offset))
