# Made by generate.py from the catalogue; do not edit.
"""Losses of one prediction and one target."""

from ._core import Measure as _Measure
from ._measures import PointwiseLoss

__all__ = [
    "Absolute",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
    "Brier",
    "BrierWithLogits",
    "Exponential",
    "Focal",
    "FocalFromProbabilities",
    "Hinge",
    "Logistic",
    "Squared",
    "ZeroOne",
    "absolute",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "brier",
    "brier_with_logits",
    "exponential",
    "focal",
    "focal_from_probabilities",
    "hinge",
    "logistic",
    "squared",
    "zero_one",
]


def zero_one(
    prediction,
    target,
    *,
    threshold=0.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Zero-one loss: 1 for a miss, 0 for a hit.

    A margin of at most ``threshold`` is a miss. The mean is the error rate. It has no derivative: asking for one is
    an error, never a row of zeros.

    .. math:: 1 \text{ if } y z \le t \text{ else } 0

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    threshold : (-inf, inf), default 0.0
        t: scores whose margin does not exceed it are misses.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is never below zero, bounded above, without a derivative. Results are within 0.51 units in the last place in
    float32, within 1 in float64. Source: Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning,
    2.4.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.zero_one(2.0, 1.0)
    0.0
    """
    measure = _Measure("zero_one", (threshold,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def binary_cross_entropy(
    prediction,
    target,
    *,
    base="e",
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Binary cross entropy of a probability (log loss), without any clamp.

    ``0 ln 0 = 0``; a probability of 0 for what happened costs infinity. Where logits are at hand use
    ``binary_cross_entropy_with_logits``: a probability near 1 has already lost its digits.

    .. math:: -\left(y \ln p + (1 - y) \ln(1 - p)\right)

    Parameters
    ----------
    prediction : array: numbers in [0, 1]
    target : array of the same shape: numbers in [0, 1]
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, never below zero, strictly proper (least in expectation at the true probability). Results are
    within 0.51 units in the last place in float32, within 1 in float64. Source: Good 1952,
    doi:10.1111/j.2517-6161.1952.tb00104.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.binary_cross_entropy(0.75, 1.0)
    0.2876820724517809
    """
    measure = _Measure("binary_cross_entropy", (base,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def binary_cross_entropy_with_logits(
    prediction,
    target,
    *,
    pos_weight=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Binary cross entropy of a logit, exact in both tails.

    At logit −20 and target 0 the value is 2.061e-9, also in ``f32``. The gradient is ``σ(z) − y``.

    .. math:: w y \operatorname{softplus}(-z) + (1 - y) \operatorname{softplus}(z)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers in [0, 1]
    pos_weight : (0, inf), default 1.0
        w, the weight of the positive part, for rare positives.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never below
    zero, strictly proper (least in expectation at the true probability), calibrated for classification (least where
    the best classifier is). Results are within 0.51 units in the last place in float32, within 1 in float64.
    Source: Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.binary_cross_entropy_with_logits(-20.0, 0.0)
    2.061153620314381e-09
    """
    measure = _Measure("binary_cross_entropy_with_logits", (pos_weight,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def focal(
    prediction,
    target,
    *,
    alpha=0.25,
    gamma=2.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Focal loss of a logit: cross entropy in which easy rows count little.

    With ``gamma=0, alpha=none`` it is binary cross entropy with logits. It is **not convex**: with gamma 2 the
    second derivative is negative for margins below −2.79, so Newton steps and boosting need a surrogate.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = \sigma(z)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: 0 or 1
    alpha : [0, 1] or None, default 0.25
        The weight of the positive class; the negative class has ``1 - alpha``; ``none`` weighs both by 1.
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, calibrated for
    classification (least where the best classifier is). Results are within 0.51 units in the last place in float32,
    within 1 in float64. Source: Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.focal(2.0, 1.0)
    0.00045089070881009386
    """
    measure = _Measure("focal", (alpha, gamma))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def focal_from_probabilities(
    prediction,
    target,
    *,
    alpha=0.25,
    gamma=2.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
):
    r"""Focal loss of a probability.

    Prefer ``focal`` where logits are at hand: a probability near 1 has already lost its digits.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = p

    Parameters
    ----------
    prediction : array: numbers in [0, 1]
    target : array of the same shape: 0 or 1
    alpha : [0, 1] or None, default 0.25
        The weight of the positive class; the negative class has ``1 - alpha``; ``none`` weighs both by 1.
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is never below zero. Results are within 0.51 units in the last place in float32, within 1 in float64. Source:
    Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.focal_from_probabilities(0.75, 1.0)
    0.004495032382059077
    """
    measure = _Measure("focal_from_probabilities", (alpha, gamma))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def brier(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Brier score of a probability: the squared error of the probability.

    Strictly proper and bounded by 1; a confident miss costs 1 where log loss costs infinity.

    .. math:: (p - y)^2

    Parameters
    ----------
    prediction : array: numbers in [0, 1]
    target : array of the same shape: numbers in [0, 1]
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never
    below zero, bounded above, strictly proper (least in expectation at the true probability). Results are within
    0.51 units in the last place in float32, within 1 in float64. Source: Brier 1950,
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.brier(0.75, 1.0)
    0.0625
    """
    measure = _Measure("brier", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def brier_with_logits(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Brier score of a logit: the squared error of the probability σ(z).

    Proper, but in the logit not convex: far misses have almost no gradient.

    .. math:: (\sigma(z) - y)^2

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers in [0, 1]
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, bounded above, strictly
    proper (least in expectation at the true probability), Lipschitz continuous. Results are within 0.51 units in
    the last place in float32, within 1 in float64. Source: Brier 1950,
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.brier_with_logits(1.5, 0.0)
    0.6684280241233108
    """
    measure = _Measure("brier_with_logits", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def hinge(prediction, target, *, margin=1.0, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Hinge loss: linear below the margin, zero above; the loss of support vector machines.

    At the kink the subgradient of least norm, 0, is taken.

    .. math:: \max(0, \mu - y z)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    margin : (0, inf), default 1.0
        μ, the margin from which on a score costs nothing.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, never below zero, calibrated for classification (least where the best
    classifier is). Results are within 0.51 units in the last place in float32, within 1 in float64. Source: Cortes,
    Vapnik 1995, doi:10.1007/BF00994018.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.hinge(0.25, 1.0)
    0.75
    """
    measure = _Measure("hinge", (margin,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def exponential(prediction, target, *, beta=1.0, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Exponential loss, the loss of AdaBoost.

    It grows fast for misses: one wrong label far from the boundary dominates the sum. Overflow is infinity.

    .. math:: e^{-\beta y z}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    beta : (0, inf), default 1.0
        The rate, per unit of score.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere, never below zero, calibrated for
    classification (least where the best classifier is). Results are within 0.51 units in the last place in float32,
    within 1 in float64. Source: Freund, Schapire 1997, doi:10.1006/jcss.1997.1504.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.exponential(0.5, 1.0)
    0.6065306597126334
    """
    measure = _Measure("exponential", (beta,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def logistic(prediction, target, *, base=2.0, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Logistic loss of a margin: the gentle relative of the exponential loss.

    With base 2 it is 1 at margin 0 and bounds the zero-one loss; ``base=e`` is the natural form, PyTorch's
    ``soft_margin_loss``, equal to binary cross entropy with logits on targets 0 and 1.

    .. math:: \frac{1}{\ln b} \ln\left(1 + e^{-y z}\right)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    base : (1, inf) or e, default 2.0
        b, the base of the logarithm.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never below
    zero, calibrated for classification (least where the best classifier is). Results are within 0.51 units in the
    last place in float32, within 1 in float64. Source: Friedman, Hastie, Tibshirani 2000,
    doi:10.1214/aos/1016218223.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.logistic(0.0, 1.0)
    1.0
    """
    measure = _Measure("logistic", (base,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def squared(prediction, target, *, half=False, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Squared error; its mean is the mean squared error.

    In the squared unit of the target. It elicits the mean, and one gross outlier can dominate it.

    .. math:: (z - y)^2

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    half : bool, default False
        Half of the square, whose derivative is the residual itself.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, differentiable everywhere, twice differentiable everywhere, never below zero. Results
    are within 0.51 units in the last place in float32, within 1 in float64. Source: Legendre 1805; Gauss 1809.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.squared(3.0, 1.0)
    4.0
    """
    measure = _Measure("squared", (half,))
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


def absolute(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error"):
    r"""Absolute error; its mean is the mean absolute error.

    In the unit of the target. It elicits the median. The subgradient at 0 is 0, the second derivative 0 everywhere,
    so boosting needs a surrogate.

    .. math:: |z - y|

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero. Results are within 0.51 units in the last place
    in float32, within 1 in float64. Source: Boscovich 1757; Laplace 1786.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.absolute(3.0, 5.5)
    2.5
    """
    measure = _Measure("absolute", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, None)


class ZeroOne(PointwiseLoss):
    r"""Zero-one loss: 1 for a miss, 0 for a hit.

    .. math:: 1 \text{ if } y z \le t \text{ else } 0

    Parameters
    ----------
    threshold : (-inf, inf), default 0.0
        t: scores whose margin does not exceed it are misses.
    """

    __slots__ = ()

    def __init__(self, *, threshold=0.0):
        super().__init__("zero_one", (threshold,))


class BinaryCrossEntropy(PointwiseLoss):
    r"""Binary cross entropy of a probability (log loss), without any clamp.

    .. math:: -\left(y \ln p + (1 - y) \ln(1 - p)\right)

    Parameters
    ----------
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    """

    __slots__ = ()

    def __init__(self, *, base="e"):
        super().__init__("binary_cross_entropy", (base,))


class BinaryCrossEntropyWithLogits(PointwiseLoss):
    r"""Binary cross entropy of a logit, exact in both tails.

    .. math:: w y \operatorname{softplus}(-z) + (1 - y) \operatorname{softplus}(z)

    Parameters
    ----------
    pos_weight : (0, inf), default 1.0
        w, the weight of the positive part, for rare positives.
    """

    __slots__ = ()

    def __init__(self, *, pos_weight=1.0):
        super().__init__("binary_cross_entropy_with_logits", (pos_weight,))


class Focal(PointwiseLoss):
    r"""Focal loss of a logit: cross entropy in which easy rows count little.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = \sigma(z)

    Parameters
    ----------
    alpha : [0, 1] or None, default 0.25
        The weight of the positive class; the negative class has ``1 - alpha``; ``none`` weighs both by 1.
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    """

    __slots__ = ()

    def __init__(self, *, alpha=0.25, gamma=2.0):
        super().__init__("focal", (alpha, gamma))


class FocalFromProbabilities(PointwiseLoss):
    r"""Focal loss of a probability.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = p

    Parameters
    ----------
    alpha : [0, 1] or None, default 0.25
        The weight of the positive class; the negative class has ``1 - alpha``; ``none`` weighs both by 1.
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    """

    __slots__ = ()

    def __init__(self, *, alpha=0.25, gamma=2.0):
        super().__init__("focal_from_probabilities", (alpha, gamma))


class Brier(PointwiseLoss):
    r"""Brier score of a probability: the squared error of the probability.

    .. math:: (p - y)^2
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("brier", ())


class BrierWithLogits(PointwiseLoss):
    r"""Brier score of a logit: the squared error of the probability σ(z).

    .. math:: (\sigma(z) - y)^2
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("brier_with_logits", ())


class Hinge(PointwiseLoss):
    r"""Hinge loss: linear below the margin, zero above; the loss of support vector machines.

    .. math:: \max(0, \mu - y z)

    Parameters
    ----------
    margin : (0, inf), default 1.0
        μ, the margin from which on a score costs nothing.
    """

    __slots__ = ()

    def __init__(self, *, margin=1.0):
        super().__init__("hinge", (margin,))


class Exponential(PointwiseLoss):
    r"""Exponential loss, the loss of AdaBoost.

    .. math:: e^{-\beta y z}

    Parameters
    ----------
    beta : (0, inf), default 1.0
        The rate, per unit of score.
    """

    __slots__ = ()

    def __init__(self, *, beta=1.0):
        super().__init__("exponential", (beta,))


class Logistic(PointwiseLoss):
    r"""Logistic loss of a margin: the gentle relative of the exponential loss.

    .. math:: \frac{1}{\ln b} \ln\left(1 + e^{-y z}\right)

    Parameters
    ----------
    base : (1, inf) or e, default 2.0
        b, the base of the logarithm.
    """

    __slots__ = ()

    def __init__(self, *, base=2.0):
        super().__init__("logistic", (base,))


class Squared(PointwiseLoss):
    r"""Squared error; its mean is the mean squared error.

    .. math:: (z - y)^2

    Parameters
    ----------
    half : bool, default False
        Half of the square, whose derivative is the residual itself.
    """

    __slots__ = ()

    def __init__(self, *, half=False):
        super().__init__("squared", (half,))


class Absolute(PointwiseLoss):
    r"""Absolute error; its mean is the mean absolute error.

    .. math:: |z - y|
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("absolute", ())
