# Made by generate.py from the catalogue; do not edit.
"""Losses of a row of scores and a label, or a row of probabilities."""

from ._core import Measure as _Measure
from ._measures import RowLoss
from ._measures import place_of_value as _place_of_value
from ._states import RowStates

__all__ = [
    "CrossEntropy",
    "MultiMargin",
    "MulticlassZeroOne",
    "MultilabelMargin",
    "MultilabelSoftMargin",
    "RowStates",
    "SoftmaxCrossEntropy",
    "SoftmaxFocal",
    "cross_entropy",
    "multi_margin",
    "multiclass_zero_one",
    "multilabel_margin",
    "multilabel_soft_margin",
    "softmax_cross_entropy",
    "softmax_focal",
]


def softmax_cross_entropy(
    prediction,
    target,
    *,
    temperature=1.0,
    label_smoothing=0.0,
    z_loss=0.0,
    smoothing_over="all",
    class_weight=(),
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Softmax cross entropy of a row of logits: minus the logarithm of the true class's probability.

    Exact in both tails: logits ``[17, 0]`` with label 0 cost 4.14e-8, not 0, and the gradient of the true class is
    minus the sum of the other probabilities. A logit of minus infinity is a class that cannot be.

    With class weights w it is ``-Σ w_i y_i ln p_i``, and the ``mean`` over rows divides by the sum of the true
    classes' weights, as in PyTorch; the mean by count divides by the number of rows.

    .. math:: -\sum_i y_i \ln \frac{e^{z_i / T}}{\sum_k e^{z_k / T}} + \zeta \left(\ln \sum_k e^{z_k / T}\right)^2

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    temperature : (0, inf), default 1.0
        T: the logits are divided by it.
    label_smoothing : [0, 1), default 0.0
        How much of the target is spread evenly over the classes.
    z_loss : [0, inf), default 0.0
        The weight of the squared log-partition ``(ln Σ e^z)²``, which keeps logits from drifting. Class weights do
        not weigh it.
    smoothing_over : all or others, default "all"
        What the smoothed share is spread over: ``all`` C classes (PyTorch, Optax, Keras, burn), or only the C − 1
        ``others``, so that the true class keeps exactly one minus the share.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero, strictly proper (least in
    expectation at the true probability), calibrated for classification (least where the best classifier is).
    Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Bridle 1990,
    doi:10.1007/978-3-642-76153-9_28.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.softmax_cross_entropy([17.0, 0.0], 0)
    4.139937633089748e-08
    """
    measure = _Measure("softmax_cross_entropy", (temperature, label_smoothing, z_loss, smoothing_over, class_weight))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def softmax_focal(
    prediction,
    target,
    *,
    gamma=2.0,
    alpha=(),
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Focal loss of a row of logits: softmax cross entropy in which easy rows count little.

    With ``gamma=0`` and no weights it is softmax cross entropy. It is not convex. For a row of target probabilities
    it is the mean over the classes.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p = \operatorname{softmax}(z)

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    alpha : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is differentiable everywhere, never below zero, calibrated for classification (least where the best
    classifier is). Results are within 0.51 units in the last place in float32, within 2 in float64. Source: Lin,
    Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.softmax_focal([1.0, 2.0, 3.0], 2)
    0.04567779896788489
    """
    measure = _Measure("softmax_focal", (gamma, alpha))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def cross_entropy(
    prediction,
    target,
    *,
    base="e",
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Cross entropy of a row of probabilities, without any clamp.

    It is the entropy of the target plus the Kullback–Leibler divergence from it. ``0 ln 0 = 0``; a probability of 0
    for what can happen costs infinity. Where logits are at hand use ``softmax_cross_entropy``.

    .. math:: -\sum_i y_i \ln p_i

    Parameters
    ----------
    prediction : array of the shape (…, C): non-negative rows that sum to 1
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is convex, never below zero, strictly proper (least in expectation at the true probability). Results are
    within 0.51 units in the last place in float32, within 2 in float64. Source: Good 1952,
    doi:10.1111/j.2517-6161.1952.tb00104.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.cross_entropy([0.25, 0.5, 0.25], 1)
    0.6931471805599453
    """
    measure = _Measure("cross_entropy", (base,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def multiclass_zero_one(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Zero-one loss of a row of scores: 0 if the largest score is the true class's, else 1.

    Of several largest scores the first counts. For a row of target probabilities it is the probability of a miss.
    It has no derivative: asking for one is an error, never a row of zeros.

    .. math:: 1 - y_{\operatorname{argmax} z}

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is never below zero, bounded above, without a derivative. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning,
    2.4.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.multiclass_zero_one([1.0, 3.0, 2.0], 1)
    0.0
    """
    measure = _Measure("multiclass_zero_one", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def multi_margin(
    prediction,
    target,
    *,
    p=1,
    margin=1.0,
    class_weight=(),
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Multiclass hinge loss: the true class should be ahead of every other class by a margin.

    What is missing of the margins, or its squares, over the number of classes. For a row of target probabilities it
    is the mean over the classes. The subgradient at a kink is 0. PyTorch's ``multi_margin_loss``; the weight of the
    true class does not count in a mean over rows.

    .. math:: \frac{w_y}{C} \sum_{j \ne y} \max(0, \mu - z_y + z_j)^p

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    p : whole numbers in [1, 2], default 1
        The power: 1 for what is missing, 2 for its square.
    margin : [0, inf), default 1.0
        μ, by how much the true class should be ahead.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class, that of the true class counts; an empty list weighs all by 1.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is convex, never below zero. Results are within 0.51 units in the last place in float32, within 2 in float64.
    Source: Weston, Watkins 1999, European Symposium on Artificial Neural Networks.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.multi_margin([1.0, 1.5, -3.0, 0.5], 0)
    0.5
    """
    measure = _Measure("multi_margin", (p, margin, class_weight))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def multilabel_margin(
    prediction,
    target,
    *,
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Multilabel hinge loss: every class that is meant should be ahead of every other class by 1.

    The target is a row with 1 for each class that is meant and 0 for the others; a label means that class alone.
    Numbers between are independent probabilities, and the loss is its mean. The subgradient at a kink is 0.
    PyTorch's ``multilabel_margin_loss``, which takes a list of labels instead.

    .. math:: \frac1C \sum_{i, j} y_i (1 - y_j) \max(0, 1 - z_i + z_j)

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is convex, never below zero. Results are within 0.51 units in the last place in float32, within 2 in float64.
    Source: after Elisseeff, Weston 2001, Advances in Neural Information Processing Systems 14.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.multilabel_margin([1.0, 1.5, -3.0, 0.5], 0)
    0.5
    """
    measure = _Measure("multilabel_margin", ())
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


def multilabel_soft_margin(
    prediction,
    target,
    *,
    class_weight=(),
    reduction="mean",
    weight=None,
    ignore_index=None,
    return_gradient=False,
    return_logsumexp=False,
    nan="error",
    out=None,
):
    r"""Multilabel soft margin loss: the binary cross entropy of each class's logit, averaged over the classes.

    The target is a row with a probability for each class, independent of the others'; a label means that class
    alone. PyTorch's ``multilabel_soft_margin_loss``; class weights weigh the classes of a row, not the rows of a
    mean.

    .. math:: \frac1C \sum_j w_j \left(y_j \operatorname{softplus}(-z_j) + (1 - y_j) \operatorname{softplus}(z_j)\right)

    Parameters
    ----------
    prediction : array of the shape (…, C): numbers
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    weight : default None
        A non-negative weight for each row, of the predictions' type.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_gradient : default False
        Also return the gradient with respect to the predictions, (…, C).
    return_logsumexp : default False
        Also return the logarithm of the sum of exponentials of each row, (…).
    nan : default "error"
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.
    out : default None
        Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a
        place for each, ``None`` for what is to be made.

    Returns
    -------
    float, or an array where ``reduction="none"``; a tuple where more is asked for

    Notes
    -----
    It is convex, differentiable everywhere, twice differentiable everywhere, never below zero. Results are within
    0.51 units in the last place in float32, within 2 in float64. Source: Cox 1958,
    doi:10.1111/j.2517-6161.1958.tb00292.x.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.rows.multilabel_soft_margin([0.0, 0.0, 0.0], 1)
    0.6931471805599453
    """
    measure = _Measure("multilabel_soft_margin", (class_weight,))
    wanted = "value_and_gradient" if return_gradient else "value"
    out = out if return_gradient else _place_of_value(out)
    return measure.rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)


class SoftmaxCrossEntropy(RowLoss):
    r"""Softmax cross entropy of a row of logits: minus the logarithm of the true class's probability.

    .. math:: -\sum_i y_i \ln \frac{e^{z_i / T}}{\sum_k e^{z_k / T}} + \zeta \left(\ln \sum_k e^{z_k / T}\right)^2

    Parameters
    ----------
    temperature : (0, inf), default 1.0
        T: the logits are divided by it.
    label_smoothing : [0, 1), default 0.0
        How much of the target is spread evenly over the classes.
    z_loss : [0, inf), default 0.0
        The weight of the squared log-partition ``(ln Σ e^z)²``, which keeps logits from drifting. Class weights do
        not weigh it.
    smoothing_over : all or others, default "all"
        What the smoothed share is spread over: ``all`` C classes (PyTorch, Optax, Keras, burn), or only the C − 1
        ``others``, so that the true class keeps exactly one minus the share.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    """

    __slots__ = ()

    def __init__(self, *, temperature=1.0, label_smoothing=0.0, z_loss=0.0, smoothing_over="all", class_weight=()):
        super().__init__("softmax_cross_entropy", (temperature, label_smoothing, z_loss, smoothing_over, class_weight))


class SoftmaxFocal(RowLoss):
    r"""Focal loss of a row of logits: softmax cross entropy in which easy rows count little.

    .. math:: -\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p = \operatorname{softmax}(z)

    Parameters
    ----------
    gamma : [0, inf), default 2.0
        How strongly easy rows are weighed down.
    alpha : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    """

    __slots__ = ()

    def __init__(self, *, gamma=2.0, alpha=()):
        super().__init__("softmax_focal", (gamma, alpha))


class CrossEntropy(RowLoss):
    r"""Cross entropy of a row of probabilities, without any clamp.

    .. math:: -\sum_i y_i \ln p_i

    Parameters
    ----------
    base : (1, inf) or e, default "e"
        The base of the logarithm: ``e`` for nats, 2 for bits.
    """

    __slots__ = ()

    def __init__(self, *, base="e"):
        super().__init__("cross_entropy", (base,))


class MulticlassZeroOne(RowLoss):
    r"""Zero-one loss of a row of scores: 0 if the largest score is the true class's, else 1.

    .. math:: 1 - y_{\operatorname{argmax} z}
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("multiclass_zero_one", ())


class MultiMargin(RowLoss):
    r"""Multiclass hinge loss: the true class should be ahead of every other class by a margin.

    .. math:: \frac{w_y}{C} \sum_{j \ne y} \max(0, \mu - z_y + z_j)^p

    Parameters
    ----------
    p : whole numbers in [1, 2], default 1
        The power: 1 for what is missing, 2 for its square.
    margin : [0, inf), default 1.0
        μ, by how much the true class should be ahead.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class, that of the true class counts; an empty list weighs all by 1.
    """

    __slots__ = ()

    def __init__(self, *, p=1, margin=1.0, class_weight=()):
        super().__init__("multi_margin", (p, margin, class_weight))


class MultilabelMargin(RowLoss):
    r"""Multilabel hinge loss: every class that is meant should be ahead of every other class by 1.

    .. math:: \frac1C \sum_{i, j} y_i (1 - y_j) \max(0, 1 - z_i + z_j)
    """

    __slots__ = ()

    def __init__(self):
        super().__init__("multilabel_margin", ())


class MultilabelSoftMargin(RowLoss):
    r"""Multilabel soft margin loss: the binary cross entropy of each class's logit, averaged over the classes.

    .. math:: \frac1C \sum_j w_j \left(y_j \operatorname{softplus}(-z_j) + (1 - y_j) \operatorname{softplus}(z_j)\right)

    Parameters
    ----------
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    """

    __slots__ = ()

    def __init__(self, *, class_weight=()):
        super().__init__("multilabel_soft_margin", (class_weight,))
