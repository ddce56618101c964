# Made by generate.py from the catalogue; do not edit.
"""A linear layer and a loss of its scores in one; the scores of a batch are never held."""

from ._core import Measure as _Measure
from ._measures import Head
from ._results import HeadResult as _HeadResult

__all__ = [
    "LargeMarginSoftmax",
    "LinearSoftmaxCrossEntropy",
    "large_margin_softmax",
    "linear_softmax_cross_entropy",
]


def linear_softmax_cross_entropy(
    x,
    weights,
    target,
    *,
    temperature=1.0,
    label_smoothing=0.0,
    z_loss=0.0,
    smoothing_over="all",
    class_weight=(),
    bias=None,
    reduction="mean",
    ignore_index=None,
    return_scores=False,
    exact=False,
):
    r"""Softmax cross entropy over a linear layer ``z = W x + b``, with all gradients in one call.

    ``∂l/∂z = p - y``, ``∂l/∂W = (p - y) xᵀ``, ``∂l/∂b = p - y``, ``∂l/∂x = Wᵀ (p - y)``. The logits of a few rows
    live at a time. The parameters are those of ``softmax_cross_entropy``.

    .. math:: -\ln \operatorname{softmax}(W x + b)_y

    Parameters
    ----------
    x : array of the shape (…, D): the rows
    weights : array of the shape (C, D): the weights of the layer
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    temperature : (0, inf), default 1.0
        The logits are divided by it.
    label_smoothing : [0, 1), default 0.0
        How much of the target is spread evenly over the classes.
    z_loss : [0, inf), default 0.0
        The weight of the squared log-partition.
    smoothing_over : all or others, default "all"
        What the smoothed share is spread over: ``all`` classes or the ``others``.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    bias : default None
        The bias of the layer, (C,), where the head has one.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_scores : default False
        Also the gradient in the scores, which is as large as all scores.
    exact : default False
        Whether the products are exact too, which takes some hundred times as long.

    Returns
    -------
    HeadResult: the reduced value and its gradients; of ``reduction="none"`` each row's, and the gradients of the
    sum

    Notes
    -----
    It is differentiable everywhere, twice differentiable everywhere, never below zero. Results are within 0.51
    units in the last place in float32, within 2 in float64. That is of ``exact`` results, and of large margins
    always. Else scores and gradients are sums of products in plain floats, off by at most 2⁻⁴⁸ of the sum of the
    sizes of their terms (scores of float64 by far less), and the gradients by what that makes of the probabilities,
    before they are rounded to the type. Source: Wijmans, Huval, Hertzberg, Koltun, Krähenbühl 2024,
    arXiv:2411.09009.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.heads.linear_softmax_cross_entropy([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [1]).value
    0.3132616875182228
    """
    measure = _Measure("linear_softmax_cross_entropy", (temperature, label_smoothing, z_loss, smoothing_over, class_weight))
    return _HeadResult(*measure.head(x, weights, target, bias, reduction, ignore_index, return_scores, exact))


def large_margin_softmax(
    x,
    weights,
    target,
    *,
    margin=4,
    lambda_=0.0,
    bias=None,
    reduction="mean",
    ignore_index=None,
    return_scores=False,
    exact=False,
):
    r"""Large-margin softmax: the true class must win by an angle ``margin`` times as wide.

    The true class's score ``‖W‖‖x‖ cos θ`` becomes ``‖W‖‖x‖ ψ(θ)`` with ``ψ(θ) = (-1)^k cos(mθ) - 2k`` on ``[kπ/m,
    (k+1)π/m]``. No bias. k counts the ``cos(jπ/m)`` above ``cos θ``, and ``cos(mθ)`` is Chebyshev's ``T_m(cos θ)``
    with derivative ``m U_(m-1)``, finite also at θ = 0 and π. A zero row or weight has subgradient 0.

    .. math:: -\ln \frac{e^{\|W_y\| \|x\| \psi(\theta_y)}}{e^{\|W_y\| \|x\| \psi(\theta_y)} + \sum_{j \ne y} e^{\|W_j\| \|x\| \cos \theta_j}}

    Parameters
    ----------
    x : array of the shape (…, D): the rows
    weights : array of the shape (C, D): the weights of the layer
    target : integer labels of the shape (…), or probabilities of the shape (…, C)
    margin : whole numbers in [1, 16], default 4
        The multiple m of the angle; 1 is plain softmax.
    lambda_ : [0, inf), default 0.0
        The true score is ``(lambda W·x + ‖W‖‖x‖ψ) / (1 + lambda)``: large early in training.
    bias : default None
        The bias of the layer, (C,), where the head has one.
    reduction : default "mean"
        ``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each row by itself.
    ignore_index : default None
        Rows of this label contribute nothing.
    return_scores : default False
        Also the gradient in the scores, which is as large as all scores.
    exact : default False
        Whether the products are exact too, which takes some hundred times as long.

    Returns
    -------
    HeadResult: the reduced value and its gradients; of ``reduction="none"`` each row's, and the gradients of the
    sum

    Notes
    -----
    It is differentiable everywhere, never below zero. Results are within 0.51 units in the last place in float32,
    within 2 in float64. That is of ``exact`` results, and of large margins always. Else scores and gradients are
    sums of products in plain floats, off by at most 2⁻⁴⁸ of the sum of the sizes of their terms (scores of float64
    by far less), and the gradients by what that makes of the probabilities, before they are rounded to the type.
    Source: Liu, Wen, Yu, Yang 2016, arXiv:1612.02295.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.heads.large_margin_softmax([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [1], margin=1).value
    0.3132616875182228
    """
    measure = _Measure("large_margin_softmax", (margin, lambda_))
    return _HeadResult(*measure.head(x, weights, target, bias, reduction, ignore_index, return_scores, exact))


class LinearSoftmaxCrossEntropy(Head):
    r"""Softmax cross entropy over a linear layer ``z = W x + b``, with all gradients in one call.

    .. math:: -\ln \operatorname{softmax}(W x + b)_y

    Parameters
    ----------
    temperature : (0, inf), default 1.0
        The logits are divided by it.
    label_smoothing : [0, 1), default 0.0
        How much of the target is spread evenly over the classes.
    z_loss : [0, inf), default 0.0
        The weight of the squared log-partition.
    smoothing_over : all or others, default "all"
        What the smoothed share is spread over: ``all`` classes or the ``others``.
    class_weight : a list of numbers in [0, inf), default ()
        A weight for each class; an empty list weighs all by 1.
    """

    __slots__ = ()

    def __init__(self, *, temperature=1.0, label_smoothing=0.0, z_loss=0.0, smoothing_over="all", class_weight=()):
        super().__init__("linear_softmax_cross_entropy", (temperature, label_smoothing, z_loss, smoothing_over, class_weight))


class LargeMarginSoftmax(Head):
    r"""Large-margin softmax: the true class must win by an angle ``margin`` times as wide.

    .. math:: -\ln \frac{e^{\|W_y\| \|x\| \psi(\theta_y)}}{e^{\|W_y\| \|x\| \psi(\theta_y)} + \sum_{j \ne y} e^{\|W_j\| \|x\| \cos \theta_j}}

    Parameters
    ----------
    margin : whole numbers in [1, 16], default 4
        The multiple m of the angle; 1 is plain softmax.
    lambda_ : [0, inf), default 0.0
        The true score is ``(lambda W·x + ‖W‖‖x‖ψ) / (1 + lambda)``: large early in training.
    """

    __slots__ = ()

    def __init__(self, *, margin=4, lambda_=0.0):
        super().__init__("large_margin_softmax", (margin, lambda_))
