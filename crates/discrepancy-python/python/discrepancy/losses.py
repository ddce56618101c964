# Made by generate.py from the catalogue; do not edit.
"""Losses of one prediction and one target."""

from ._core import Measure as _Measure
from ._measures import PointwiseLoss
from ._measures import place_of_value as _place_of_value

__all__ = [
    "Absolute",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
    "Brier",
    "BrierWithLogits",
    "EpsilonInsensitive",
    "Expectile",
    "Exponential",
    "Fair",
    "Focal",
    "FocalFromProbabilities",
    "Gamma",
    "GammaDeviance",
    "Hinge",
    "HingeEmbedding",
    "Huber",
    "LogCosh",
    "Logistic",
    "ModifiedHuber",
    "Perceptron",
    "Poisson",
    "PoissonDeviance",
    "PoissonFromMeans",
    "PseudoHuber",
    "Quantile",
    "SmoothL1",
    "SmoothedHinge",
    "Squared",
    "SquaredEpsilonInsensitive",
    "SquaredHinge",
    "SquaredLogError",
    "TukeyBiweight",
    "Tweedie",
    "TweedieDeviance",
    "ZeroOne",
    "absolute",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "brier",
    "brier_with_logits",
    "epsilon_insensitive",
    "expectile",
    "exponential",
    "fair",
    "focal",
    "focal_from_probabilities",
    "gamma",
    "gamma_deviance",
    "hinge",
    "hinge_embedding",
    "huber",
    "log_cosh",
    "logistic",
    "modified_huber",
    "perceptron",
    "poisson",
    "poisson_deviance",
    "poisson_from_means",
    "pseudo_huber",
    "quantile",
    "smooth_l1",
    "smoothed_hinge",
    "squared",
    "squared_epsilon_insensitive",
    "squared_hinge",
    "squared_log_error",
    "tukey_biweight",
    "tweedie",
    "tweedie_deviance",
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
    out=None,
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

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
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def binary_cross_entropy(
    prediction,
    target,
    *,
    base="e",
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, never below zero, strictly proper (least in expectation at the true probability). Results are
    within 0.51 units in the last place in float32, within 2 in float64. Source: Good 1952,
    doi:10.1111/j.2517-6161.1952.tb00104.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.binary_cross_entropy(0.75, 1.0)
    0.2876820724517809
    """
    measure = _Measure("binary_cross_entropy", (base,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def binary_cross_entropy_with_logits(
    prediction,
    target,
    *,
    pos_weight=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never below
    zero, strictly proper (least in expectation at the true probability), calibrated for classification (least where
    the best classifier is). Results are within 0.51 units in the last place in float32, within 2 in float64.
    Source: Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.binary_cross_entropy_with_logits(-20.0, 0.0)
    2.061153620314381e-09
    """
    measure = _Measure("binary_cross_entropy_with_logits", (pos_weight,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


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
    out=None,
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, calibrated for
    classification (least where the best classifier is). Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.focal(2.0, 1.0)
    0.00045089070881009386
    """
    measure = _Measure("focal", (alpha, gamma))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


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
    out=None,
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is never below zero. Results are within 0.51 units in the last place in float32, within 2 in float64. Source:
    Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.focal_from_probabilities(0.75, 1.0)
    0.004495032382059077
    """
    measure = _Measure("focal_from_probabilities", (alpha, gamma))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def brier(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

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
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def brier_with_logits(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, bounded above, strictly
    proper (least in expectation at the true probability), Lipschitz continuous. Results are within 0.51 units in
    the last place in float32, within 2 in float64. Source: Brier 1950,
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.brier_with_logits(1.5, 0.0)
    0.6684280241233108
    """
    measure = _Measure("brier_with_logits", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def hinge(
    prediction,
    target,
    *,
    margin=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

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
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def squared_hinge(
    prediction,
    target,
    *,
    margin=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Squared hinge loss: quadratic below the margin, zero above.

    Smoother than the hinge, and harder on gross misses. The second derivative at the margin is that of the side
    above, 0.

    .. math:: \max(0, \mu - y z)^2

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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, never below zero, calibrated for classification (least where the best
    classifier is). Results are within 0.51 units in the last place in float32, within 1 in float64. Source: Cortes,
    Vapnik 1995, doi:10.1007/BF00994018.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.squared_hinge(0.25, 1.0)
    0.5625
    """
    measure = _Measure("squared_hinge", (margin,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def smoothed_hinge(
    prediction,
    target,
    *,
    gamma=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Smoothed hinge loss: the hinge with its kink rounded off.

    As ``gamma`` goes to 0 it becomes the hinge of margin 1. The second derivative where two pieces meet is 0.

    .. math:: \begin{cases} 0 & y z \ge 1 \\ (1 - y z)^2 / (2 \gamma) & 1 - \gamma < y z < 1 \\ 1 - y z - \gamma / 2 & \text{otherwise} \end{cases}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    gamma : (0, inf), default 1.0
        γ, how long the rounded piece is, in units of the margin.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, never below zero, calibrated for classification
    (least where the best classifier is). Results are within 0.51 units in the last place in float32, within 1 in
    float64. Source: Shalev-Shwartz, Zhang 2013, arXiv:1209.1873.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.smoothed_hinge(0.5, 1.0)
    0.125
    """
    measure = _Measure("smoothed_hinge", (gamma,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def modified_huber(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Modified Huber loss of a margin: the squared hinge, linear for gross misses.

    Robust, and its minimum gives class probabilities, ``(1 + z) / 2`` between −1 and 1. scikit-learn's
    ``SGDClassifier(loss="modified_huber")``. The second derivative is 0 at margin 1 and 2 at margin −1.

    .. math:: \begin{cases} \max(0, 1 - y z)^2 & y z \ge -1 \\ -4 y z & \text{otherwise} \end{cases}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, never below zero, calibrated for classification
    (least where the best classifier is). Results are within 0.51 units in the last place in float32, within 1 in
    float64. Source: Zhang 2004, doi:10.1214/aos/1079120130.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.modified_huber(0.5, 1.0)
    0.25
    """
    measure = _Measure("modified_huber", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def perceptron(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
    r"""Perceptron loss: a miss costs its distance from the boundary, a hit nothing.

    A hinge without a margin. Of a difference of two scores it is the margin ranking loss of margin 0. The
    subgradient at the kink is 0.

    .. math:: \max(0, -y z)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, never below zero. Results are within 0.51 units in the last place in
    float32, within 1 in float64. Source: Rosenblatt 1958, doi:10.1037/h0042519.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.perceptron(0.75, -1.0)
    0.75
    """
    measure = _Measure("perceptron", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def hinge_embedding(
    prediction,
    target,
    *,
    margin=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Hinge embedding loss of a distance: similar pairs should be near, others at least a margin apart.

    The prediction is a distance, the target 1 for similar pairs and −1 for others. A similar pair costs its
    distance, whatever its sign. The subgradient at the kink is 0. PyTorch's ``hinge_embedding_loss``.

    .. math:: \begin{cases} z & y = 1 \\ \max(0, \mu - z) & y = -1 \end{cases}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: -1 or 1
    margin : [0, inf), default 1.0
        μ, how far apart pairs that are not similar should be.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous. Results are within 0.51 units in the last place in float32, within 1 in
    float64. Source: after Chopra, Hadsell, LeCun 2005, doi:10.1109/CVPR.2005.202.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.hinge_embedding(0.75, 1.0)
    0.75
    """
    measure = _Measure("hinge_embedding", (margin,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def exponential(
    prediction,
    target,
    *,
    beta=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere, never below zero, calibrated for
    classification (least where the best classifier is). Results are within 0.51 units in the last place in float32,
    within 2 in float64. Source: Freund, Schapire 1997, doi:10.1006/jcss.1997.1504.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.exponential(0.5, 1.0)
    0.6065306597126334
    """
    measure = _Measure("exponential", (beta,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def logistic(
    prediction,
    target,
    *,
    base=2.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never below
    zero, calibrated for classification (least where the best classifier is). Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Friedman, Hastie, Tibshirani 2000,
    doi:10.1214/aos/1016218223.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.logistic(0.0, 1.0)
    1.0
    """
    measure = _Measure("logistic", (base,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def squared(
    prediction,
    target,
    *,
    half=False,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

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
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def absolute(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

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
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def huber(
    prediction,
    target,
    *,
    delta=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Huber loss: quadratic near zero, linear in the tails.

    Use it where a few targets are badly wrong: each pulls with at most ``delta``. Half of the square inside, as in
    PyTorch, Keras and Optax; over ``delta`` it is the smooth L1 loss. The second derivative is that of the inside,
    1, where the two pieces meet.

    .. math:: \begin{cases} (z - y)^2 / 2 & |z - y| \le \delta \\ \delta (|z - y| - \delta / 2) & \text{otherwise} \end{cases}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    delta : (0, inf), default 1.0
        δ, where the square turns into a line, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, never below zero. Results are within
    0.51 units in the last place in float32, within 1 in float64. Source: Huber 1964, doi:10.1214/aoms/1177703732.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.huber(3.0, 2.5)
    0.125
    """
    measure = _Measure("huber", (delta,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def smooth_l1(
    prediction,
    target,
    *,
    beta=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Smooth L1 loss: the absolute error with its tip rounded off.

    It is the Huber loss over its threshold, so its slope in the tails is 1 for every ``beta``; with ``beta=0`` it
    is the absolute error, which has a kink. PyTorch's ``smooth_l1_loss``.

    .. math:: \begin{cases} (z - y)^2 / (2 \beta) & |z - y| < \beta \\ |z - y| - \beta / 2 & \text{otherwise} \end{cases}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    beta : [0, inf), default 1.0
        β, where the square turns into a line, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, never below zero. Results are within
    0.51 units in the last place in float32, within 1 in float64. Source: Girshick 2015, arXiv:1504.08083.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.smooth_l1(3.0, 2.5)
    0.125
    """
    measure = _Measure("smooth_l1", (beta,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def pseudo_huber(
    prediction,
    target,
    *,
    delta=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Pseudo-Huber loss: the Huber loss with a smooth passage from the square to the line.

    Near zero it is half of the square, far out a line of slope ``delta``, and it has all derivatives. SciPy's
    ``special.pseudo_huber``, and what ``optimize.least_squares(loss="soft_l1", f_scale=delta)`` sums.

    .. math:: \delta^2 \left(\sqrt{1 + \left(\frac{z - y}{\delta}\right)^2} - 1\right)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    delta : (0, inf), default 1.0
        δ, about where the square turns into a line, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never
    below zero. Results are within 0.51 units in the last place in float32, within 1 in float64. Source:
    Charbonnier, Blanc-Féraud, Aubert, Barlaud 1997, doi:10.1109/83.551699.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.pseudo_huber(3.0, 1.0)
    1.2360679774997898
    """
    measure = _Measure("pseudo_huber", (delta,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def log_cosh(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
    r"""Log-cosh loss: half of the square near zero, the absolute error less ln 2 far out.

    It has all derivatives; its slope is the hyperbolic tangent of the residual. The unit of the target is built in:
    divide by a scale first where 1 is not what an ordinary residual is.

    .. math:: \ln \cosh(z - y)

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
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never
    below zero. Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Green 1990,
    doi:10.1109/42.52985.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.log_cosh(3.0, 1.0)
    1.3250027473578645
    """
    measure = _Measure("log_cosh", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def fair(
    prediction,
    target,
    *,
    scale=1.0,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Fair loss: quadratic near zero, nearly linear in the tails, with a second derivative everywhere.

    The slope tends to ``scale``. LightGBM's ``fair`` has the same value; its Hessian is the exact one too.

    .. math:: c^2 \left(\frac{|z - y|}{c} - \ln\left(1 + \frac{|z - y|}{c}\right)\right)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    scale : (0, inf), default 1.0
        c, about where the square turns into a line, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never
    below zero. Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Fair 1974,
    Annals of Economic and Social Measurement 3 (4).

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.fair(3.0, 1.0)
    0.9013877113318903
    """
    measure = _Measure("fair", (scale,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def tukey_biweight(
    prediction,
    target,
    *,
    scale=4.685,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Tukey's biweight loss: quadratic near zero, constant in the tails.

    Residuals beyond ``scale`` do not pull at all. It is **not convex**: begin with a fit of a convex loss. The
    default is 95 % efficient on normal residuals of standard deviation 1; scale them so.

    .. math:: \frac{c^2}{6} \left(1 - \max\left(0, 1 - \left(\frac{z - y}{c}\right)^2\right)^3\right)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    scale : (0, inf), default 4.685
        c, from where on the loss is constant, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is symmetric, Lipschitz continuous, differentiable everywhere, twice differentiable everywhere, never below
    zero, bounded above. Results are within 0.51 units in the last place in float32, within 1 in float64. Source:
    Beaton, Tukey 1974, doi:10.1080/00401706.1974.10489171.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.tukey_biweight(3.0, 2.0, scale=2.0)
    0.3854166666666667
    """
    measure = _Measure("tukey_biweight", (scale,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def quantile(
    prediction,
    target,
    *,
    level=0.5,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Quantile loss, also called pinball loss: its mean is least at a quantile.

    A prediction below the target costs ``level`` per unit, one above it ``1 - level``; at 0.5 it is half of the
    absolute error. The subgradient at the kink is 0, the second derivative 0 everywhere. scikit-learn's
    ``mean_pinball_loss(alpha=level)``.

    .. math:: \max(\tau (y - z), (1 - \tau) (z - y))

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    level : [0, 1], default 0.5
        τ, the quantile that is sought: 0.9 for what nine of ten targets stay below.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, Lipschitz continuous, never below zero. Results are within 0.51 units in the last place in
    float32, within 1 in float64. Source: Koenker, Bassett 1978, doi:10.2307/1913643.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.quantile(3.0, 1.0)
    1.0
    """
    measure = _Measure("quantile", (level,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def expectile(
    prediction,
    target,
    *,
    level=0.5,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Expectile loss: a square that weighs the two sides differently.

    What quantiles are to the median, expectiles are to the mean: at 0.5 it is half of the squared error. The second
    derivative at 0 is that of a prediction below its target.

    .. math:: |\tau - [z > y]| \, (z - y)^2

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    level : [0, 1], default 0.5
        τ, the weight of predictions below their target; those above weigh ``1 - level``.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, never below zero. Results are within 0.51 units in the last place in
    float32, within 1 in float64. Source: Newey, Powell 1987, doi:10.2307/1911031.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.expectile(3.0, 1.0)
    2.0
    """
    measure = _Measure("expectile", (level,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def epsilon_insensitive(
    prediction,
    target,
    *,
    epsilon=0.1,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""ε-insensitive loss: the absolute error beyond a tolerance; the loss of support vector regression.

    At the two kinks the subgradient of least norm, 0, is taken.

    .. math:: \max(0, |z - y| - \varepsilon)

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    epsilon : [0, inf), default 0.1
        ε, the error that costs nothing, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, Lipschitz continuous, never below zero. Results are within 0.51 units in the last place
    in float32, within 1 in float64. Source: Smola, Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.epsilon_insensitive(3.0, 1.0, epsilon=0.5)
    1.5
    """
    measure = _Measure("epsilon_insensitive", (epsilon,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def squared_epsilon_insensitive(
    prediction,
    target,
    *,
    epsilon=0.1,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Squared ε-insensitive loss: the square of the error beyond a tolerance.

    The second derivative at the edge of the tolerance is that of the inside, 0.

    .. math:: \max(0, |z - y| - \varepsilon)^2

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers
    epsilon : [0, inf), default 0.1
        ε, the error that costs nothing, in the unit of the target.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, symmetric, differentiable everywhere, never below zero. Results are within 0.51 units in the last
    place in float32, within 1 in float64. Source: Smola, Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.squared_epsilon_insensitive(3.0, 1.0, epsilon=0.5)
    2.25
    """
    measure = _Measure("squared_epsilon_insensitive", (epsilon,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def squared_log_error(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Squared difference of logarithms of 1 + x; its mean is the mean squared logarithmic error.

    For counts and amounts, where a factor matters and not a difference. It is **not convex**: the second derivative
    is negative where the prediction is more than e times the target. XGBoost's ``reg:squaredlogerror`` is half of
    it.

    .. math:: \left(\ln(1 + z) - \ln(1 + y)\right)^2

    Parameters
    ----------
    prediction : array: numbers in (-1, inf)
    target : array of the same shape: numbers in (-1, inf)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is symmetric, differentiable everywhere, twice differentiable everywhere, never below zero. Results are
    within 0.51 units in the last place in float32, within 2 in float64. Source: Törnqvist, Vartia, Vartia 1985,
    doi:10.1080/00031305.1985.10479385.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.squared_log_error(3.0, 1.0)
    0.48045301391820144
    """
    measure = _Measure("squared_log_error", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def poisson(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
    r"""Poisson loss of a logarithm: the negative log-likelihood of a count with mean ``e^z``.

    The term ``ln y!``, which does not depend on the prediction, is left out, so the value can be negative.
    PyTorch's ``poisson_nll_loss`` and scikit-learn's ``HalfPoissonLoss``; half of the Poisson deviance but for a
    constant.

    .. math:: e^z - y z

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers in [0, inf)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Nelder, Wedderburn 1972, doi:10.2307/2344614.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.poisson(0.5, 2.0)
    0.6487212707001282
    """
    measure = _Measure("poisson", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def poisson_from_means(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Poisson loss of a mean: the negative log-likelihood of a count with this mean.

    As ``poisson``, but for predictions that are means and not their logarithms. PyTorch's
    ``poisson_nll_loss(log_input=False, eps=0)``: no small number is added to the mean, which must be positive.

    .. math:: z - y \ln z

    Parameters
    ----------
    prediction : array: numbers in (0, inf)
    target : array of the same shape: numbers in [0, inf)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Nelder, Wedderburn 1972, doi:10.2307/2344614.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.poisson_from_means(2.0, 3.0)
    -0.07944154167983593
    """
    measure = _Measure("poisson_from_means", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def gamma(prediction, target, *, reduction="mean", weight=None, return_gradient=False, nan="error", out=None):
    r"""Gamma loss of a logarithm: the negative log-likelihood of a gamma variable with mean ``e^z``, over its shape.

    For positive amounts whose spread grows with their mean. Terms that do not depend on the prediction are left
    out, so the value can be negative. scikit-learn's ``HalfGammaLoss``; half of the gamma deviance but for a
    constant.

    .. math:: z + y e^{-z}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers in (0, inf)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere. Results are within 0.51 units in the
    last place in float32, within 2 in float64. Source: Nelder, Wedderburn 1972, doi:10.2307/2344614.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.gamma(0.5, 2.0)
    1.7130613194252668
    """
    measure = _Measure("gamma", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def tweedie(
    prediction,
    target,
    *,
    power=1.5,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Tweedie loss of a logarithm: for amounts that are often zero, such as claims, with mean ``e^z``.

    The variance is the mean to the power of ``power``: 1 is the Poisson loss, 2 the gamma loss, between them sums
    of a random number of gamma variables. Terms that do not depend on the prediction are left out, so the value can
    be negative. scikit-learn's ``HalfTweedieLoss``. Convex for powers from 1 to 2; from 2 on a target of 0 has no
    best prediction.

    .. math:: \frac{e^{(2 - p) z}}{2 - p} - y \frac{e^{(1 - p) z}}{1 - p}

    Parameters
    ----------
    prediction : array: numbers
    target : array of the same shape: numbers in [0, inf)
    power : [0, inf), default 1.5
        p, the power of the mean that the variance is.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere. Results are within 0.51 units in the last
    place in float32, within 2 in float64. Source: Jørgensen 1987, doi:10.1111/j.2517-6161.1987.tb01685.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.tweedie(0.5, 2.0)
    5.683253965661103
    """
    measure = _Measure("tweedie", (power,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def poisson_deviance(
    prediction,
    target,
    *,
    half=False,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Poisson deviance: how much less likely a count is with the predicted mean than with its own.

    It is 0 for a prediction that meets its target, and exact for one that nearly does. Predictions are means.
    scikit-learn's ``mean_poisson_deviance``.

    .. math:: 2 \left(y \ln \frac{y}{z} - y + z\right)

    Parameters
    ----------
    prediction : array: numbers in (0, inf)
    target : array of the same shape: numbers in [0, inf)
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere, never below zero. Results are within
    0.51 units in the last place in float32, within 2 in float64. Source: Nelder, Wedderburn 1972,
    doi:10.2307/2344614.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.poisson_deviance(2.0, 3.0)
    0.4327906486489863
    """
    measure = _Measure("poisson_deviance", (half,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def gamma_deviance(
    prediction,
    target,
    *,
    half=False,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Gamma deviance: of the ratio of a positive amount to its predicted mean.

    It is 0 for a prediction that meets its target, and exact for one that nearly does; it does not change with the
    unit. Predictions are means. It is **not convex** in them beyond twice the target. scikit-learn's
    ``mean_gamma_deviance``.

    .. math:: 2 \left(\frac{y}{z} - 1 - \ln \frac{y}{z}\right)

    Parameters
    ----------
    prediction : array: numbers in (0, inf)
    target : array of the same shape: numbers in (0, inf)
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero. Results are within 0.51
    units in the last place in float32, within 2 in float64. Source: Nelder, Wedderburn 1972, doi:10.2307/2344614.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.gamma_deviance(2.0, 3.0)
    0.18906978378367123
    """
    measure = _Measure("gamma_deviance", (half,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


def tweedie_deviance(
    prediction,
    target,
    *,
    power=1.5,
    half=False,
    reduction="mean",
    weight=None,
    return_gradient=False,
    nan="error",
    out=None,
):
    r"""Tweedie deviance of a mean: squared error, Poisson and gamma deviance, and what lies between.

    It is 0 for a prediction that meets its target, and exact for one that nearly does. Predictions are means. For
    powers from 2 on, a target of 0 is infinitely unlikely. scikit-learn's ``mean_tweedie_deviance``; half of it is
    its ``HalfTweedieLossIdentity``.

    .. math:: 2 \left(\frac{y^{2 - p}}{(1 - p)(2 - p)} - \frac{y z^{1 - p}}{1 - p} + \frac{z^{2 - p}}{2 - p}\right)

    Parameters
    ----------
    prediction : array: numbers in (0, inf)
    target : array of the same shape: numbers in [0, inf)
    power : [0, inf), default 1.5
        p, the power of the mean that the variance is: 0 normal, 1 Poisson, 2 gamma, 3 inverse Gaussian.
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each element by
        itself.
    weight : default None
        A non-negative weight for each element, of the predictions' type.
    return_gradient : default False
        Also return the gradient with respect to the predictions.
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero. Results are within 0.51
    units in the last place in float32, within 2 in float64. Source: Jørgensen 1987,
    doi:10.1111/j.2517-6161.1987.tb01685.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.losses.tweedie_deviance(2.0, 3.0)
    0.28572916317993213
    """
    measure = _Measure("tweedie_deviance", (power, half))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.pointwise(wanted, prediction, target, weight, reduction, nan, out)


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


class SquaredHinge(PointwiseLoss):
    r"""Squared hinge loss: quadratic below the margin, zero above.

    .. math:: \max(0, \mu - y z)^2

    Parameters
    ----------
    margin : (0, inf), default 1.0
        μ, the margin from which on a score costs nothing.
    """

    __slots__ = ()

    def __init__(self, *, margin=1.0):
        super().__init__("squared_hinge", (margin,))


class SmoothedHinge(PointwiseLoss):
    r"""Smoothed hinge loss: the hinge with its kink rounded off.

    .. math:: \begin{cases} 0 & y z \ge 1 \\ (1 - y z)^2 / (2 \gamma) & 1 - \gamma < y z < 1 \\ 1 - y z - \gamma / 2 & \text{otherwise} \end{cases}

    Parameters
    ----------
    gamma : (0, inf), default 1.0
        γ, how long the rounded piece is, in units of the margin.
    """

    __slots__ = ()

    def __init__(self, *, gamma=1.0):
        super().__init__("smoothed_hinge", (gamma,))


class ModifiedHuber(PointwiseLoss):
    r"""Modified Huber loss of a margin: the squared hinge, linear for gross misses.

    .. math:: \begin{cases} \max(0, 1 - y z)^2 & y z \ge -1 \\ -4 y z & \text{otherwise} \end{cases}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("modified_huber", ())


class Perceptron(PointwiseLoss):
    r"""Perceptron loss: a miss costs its distance from the boundary, a hit nothing.

    .. math:: \max(0, -y z)
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("perceptron", ())


class HingeEmbedding(PointwiseLoss):
    r"""Hinge embedding loss of a distance: similar pairs should be near, others at least a margin apart.

    .. math:: \begin{cases} z & y = 1 \\ \max(0, \mu - z) & y = -1 \end{cases}

    Parameters
    ----------
    margin : [0, inf), default 1.0
        μ, how far apart pairs that are not similar should be.
    """

    __slots__ = ()

    def __init__(self, *, margin=1.0):
        super().__init__("hinge_embedding", (margin,))


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


class Huber(PointwiseLoss):
    r"""Huber loss: quadratic near zero, linear in the tails.

    .. math:: \begin{cases} (z - y)^2 / 2 & |z - y| \le \delta \\ \delta (|z - y| - \delta / 2) & \text{otherwise} \end{cases}

    Parameters
    ----------
    delta : (0, inf), default 1.0
        δ, where the square turns into a line, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, delta=1.0):
        super().__init__("huber", (delta,))


class SmoothL1(PointwiseLoss):
    r"""Smooth L1 loss: the absolute error with its tip rounded off.

    .. math:: \begin{cases} (z - y)^2 / (2 \beta) & |z - y| < \beta \\ |z - y| - \beta / 2 & \text{otherwise} \end{cases}

    Parameters
    ----------
    beta : [0, inf), default 1.0
        β, where the square turns into a line, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, beta=1.0):
        super().__init__("smooth_l1", (beta,))


class PseudoHuber(PointwiseLoss):
    r"""Pseudo-Huber loss: the Huber loss with a smooth passage from the square to the line.

    .. math:: \delta^2 \left(\sqrt{1 + \left(\frac{z - y}{\delta}\right)^2} - 1\right)

    Parameters
    ----------
    delta : (0, inf), default 1.0
        δ, about where the square turns into a line, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, delta=1.0):
        super().__init__("pseudo_huber", (delta,))


class LogCosh(PointwiseLoss):
    r"""Log-cosh loss: half of the square near zero, the absolute error less ln 2 far out.

    .. math:: \ln \cosh(z - y)
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("log_cosh", ())


class Fair(PointwiseLoss):
    r"""Fair loss: quadratic near zero, nearly linear in the tails, with a second derivative everywhere.

    .. math:: c^2 \left(\frac{|z - y|}{c} - \ln\left(1 + \frac{|z - y|}{c}\right)\right)

    Parameters
    ----------
    scale : (0, inf), default 1.0
        c, about where the square turns into a line, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, scale=1.0):
        super().__init__("fair", (scale,))


class TukeyBiweight(PointwiseLoss):
    r"""Tukey's biweight loss: quadratic near zero, constant in the tails.

    .. math:: \frac{c^2}{6} \left(1 - \max\left(0, 1 - \left(\frac{z - y}{c}\right)^2\right)^3\right)

    Parameters
    ----------
    scale : (0, inf), default 4.685
        c, from where on the loss is constant, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, scale=4.685):
        super().__init__("tukey_biweight", (scale,))


class Quantile(PointwiseLoss):
    r"""Quantile loss, also called pinball loss: its mean is least at a quantile.

    .. math:: \max(\tau (y - z), (1 - \tau) (z - y))

    Parameters
    ----------
    level : [0, 1], default 0.5
        τ, the quantile that is sought: 0.9 for what nine of ten targets stay below.
    """

    __slots__ = ()

    def __init__(self, *, level=0.5):
        super().__init__("quantile", (level,))


class Expectile(PointwiseLoss):
    r"""Expectile loss: a square that weighs the two sides differently.

    .. math:: |\tau - [z > y]| \, (z - y)^2

    Parameters
    ----------
    level : [0, 1], default 0.5
        τ, the weight of predictions below their target; those above weigh ``1 - level``.
    """

    __slots__ = ()

    def __init__(self, *, level=0.5):
        super().__init__("expectile", (level,))


class EpsilonInsensitive(PointwiseLoss):
    r"""ε-insensitive loss: the absolute error beyond a tolerance; the loss of support vector regression.

    .. math:: \max(0, |z - y| - \varepsilon)

    Parameters
    ----------
    epsilon : [0, inf), default 0.1
        ε, the error that costs nothing, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, epsilon=0.1):
        super().__init__("epsilon_insensitive", (epsilon,))


class SquaredEpsilonInsensitive(PointwiseLoss):
    r"""Squared ε-insensitive loss: the square of the error beyond a tolerance.

    .. math:: \max(0, |z - y| - \varepsilon)^2

    Parameters
    ----------
    epsilon : [0, inf), default 0.1
        ε, the error that costs nothing, in the unit of the target.
    """

    __slots__ = ()

    def __init__(self, *, epsilon=0.1):
        super().__init__("squared_epsilon_insensitive", (epsilon,))


class SquaredLogError(PointwiseLoss):
    r"""Squared difference of logarithms of 1 + x; its mean is the mean squared logarithmic error.

    .. math:: \left(\ln(1 + z) - \ln(1 + y)\right)^2
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("squared_log_error", ())


class Poisson(PointwiseLoss):
    r"""Poisson loss of a logarithm: the negative log-likelihood of a count with mean ``e^z``.

    .. math:: e^z - y z
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("poisson", ())


class PoissonFromMeans(PointwiseLoss):
    r"""Poisson loss of a mean: the negative log-likelihood of a count with this mean.

    .. math:: z - y \ln z
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("poisson_from_means", ())


class Gamma(PointwiseLoss):
    r"""Gamma loss of a logarithm: the negative log-likelihood of a gamma variable with mean ``e^z``, over its shape.

    .. math:: z + y e^{-z}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("gamma", ())


class Tweedie(PointwiseLoss):
    r"""Tweedie loss of a logarithm: for amounts that are often zero, such as claims, with mean ``e^z``.

    .. math:: \frac{e^{(2 - p) z}}{2 - p} - y \frac{e^{(1 - p) z}}{1 - p}

    Parameters
    ----------
    power : [0, inf), default 1.5
        p, the power of the mean that the variance is.
    """

    __slots__ = ()

    def __init__(self, *, power=1.5):
        super().__init__("tweedie", (power,))


class PoissonDeviance(PointwiseLoss):
    r"""Poisson deviance: how much less likely a count is with the predicted mean than with its own.

    .. math:: 2 \left(y \ln \frac{y}{z} - y + z\right)

    Parameters
    ----------
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    """

    __slots__ = ()

    def __init__(self, *, half=False):
        super().__init__("poisson_deviance", (half,))


class GammaDeviance(PointwiseLoss):
    r"""Gamma deviance: of the ratio of a positive amount to its predicted mean.

    .. math:: 2 \left(\frac{y}{z} - 1 - \ln \frac{y}{z}\right)

    Parameters
    ----------
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    """

    __slots__ = ()

    def __init__(self, *, half=False):
        super().__init__("gamma_deviance", (half,))


class TweedieDeviance(PointwiseLoss):
    r"""Tweedie deviance of a mean: squared error, Poisson and gamma deviance, and what lies between.

    .. math:: 2 \left(\frac{y^{2 - p}}{(1 - p)(2 - p)} - \frac{y z^{1 - p}}{1 - p} + \frac{z^{2 - p}}{2 - p}\right)

    Parameters
    ----------
    power : [0, inf), default 1.5
        p, the power of the mean that the variance is: 0 normal, 1 Poisson, 2 gamma, 3 inverse Gaussian.
    half : bool, default False
        Half of the deviance, which is a difference of log-likelihoods.
    """

    __slots__ = ()

    def __init__(self, *, power=1.5, half=False):
        super().__init__("tweedie_deviance", (power, half))
