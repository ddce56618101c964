"""The losses of ``torch.nn.functional`` and softmax, under their names, with their arguments and results.

``import discrepancy.torch.functional as F`` is the whole swap for a loss. Values and gradients are exact to the last
digits (a confident row costs 4e-8 and not 0), means and sums are exact and rounded once. Where something differs from
PyTorch, the function says so. In general:

- Tensors must be on the processor; NaN goes through, as in PyTorch.
- What has no meaning is an error with its place (:class:`discrepancy.DiscrepancyError`, a ``ValueError``): labels out
  of range, probabilities outside [0, 1], signs that are not −1 or 1, negative weights.
- Weights and class weights have no gradient, unless the function says so. Targets have one where the loss is one of
  the difference. Where PyTorch gives others, the function leaves the whole work to PyTorch.
- ``torch.compile(fullgraph=True)``, ``torch.vmap``, autocast, ``torch.func.grad``, ``torch.func.jvp`` and their kin, one
  in another, work; second derivatives do for pointwise losses, Gaussian likelihoods, softmax and its cross entropy, and are
  an error elsewhere. What is compiled as one graph knows ``backward`` only: transforms inside of it are an error.
"""

from __future__ import annotations

import warnings
from functools import reduce as reduce_types

import torch
import torch.nn.functional as peer

from . import _operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from torch import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "linear_cross_entropy",
    "log_softmax",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "sigmoid_focal_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "vocab_parallel_cross_entropy",
]

# What all of them share.


def _reduction(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction, also by its two old arguments."""
    if size_average is not None or reduce is not None:
        reduction = torch.nn._reduction.legacy_get_string(size_average, reduce)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _reduce(values: Tensor, reduction: str) -> Tensor:
    """Of values that are composed of several results."""
    if reduction == "none":
        return values
    return values.mean() if reduction == "mean" else values.sum()


def _wide(tensor: Any) -> Any:
    """In double precision: what is composed of it is rounded once."""
    return tensor.double() if torch.is_tensor(tensor) and tensor.is_floating_point() else tensor


def _left_to_torch(function: Callable[..., Tensor], input: Tensor, *arguments: Any, **options: Any) -> Tensor:
    """PyTorch's function, in double precision."""
    options = {name: _wide(option) for name, option in options.items()}
    return function(_wide(input), *map(_wide, arguments), **options).to(input.dtype)


def _wants_gradient(*tensors: Tensor | None) -> bool:
    return any(map(_operators.tracked, tensors))


def _floating(name: str, input: Tensor) -> None:
    if not input.is_floating_point():
        raise TypeError(f"{name}: input must hold floating-point numbers, not {input.dtype}")


def _class_shape(name: str, input: Tensor, target: Tensor) -> None:
    """Labels have the shape of the input without the classes, probabilities all of it."""
    shape, found = tuple(input.shape), tuple(target.shape)
    rows = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if found == (shape if target.is_floating_point() else rows):
        return
    message = f"{name}: target size {found} for input size {shape}; allowed: labels, integers of the size {rows}, or "
    message += f"probabilities of the size {shape}"
    if len(found) == len(shape) > 1 and found[:2] == (shape[0], 1):
        message += "; a mask with one number for each row of classes is target.squeeze(1).long()"
    raise ValueError(message)


def _same_shape(name: str, input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        raise ValueError(f"{name}: target size {tuple(target.shape)} must be input size {tuple(input.shape)}")


def _weight(name: str, weight: Tensor | None, argument: str = "weight") -> Tensor | None:
    """A weight that PyTorch is to multiply with, which it would not look at."""
    return None if weight is None else _operators.non_negative(weight, name, argument)


def _exact(target: Tensor, dtype: torch.dtype) -> Tensor:
    """In the type of the predictions; integers, which it may not hold, as they are."""
    return target.to(dtype) if target.is_floating_point() else target


def _pointwise(
    spec: str, input: Tensor, target: Tensor, reduction: str, weight: Tensor | None = None, residual: bool = False
) -> Tensor:
    """A loss of the catalogue; a weighted mean divides by the number of elements."""
    _floating(spec, input)
    target = _exact(target, input.dtype)
    gradient = _wants_gradient(input, target if residual else None)
    if weight is None:
        value, _ = _operators.pointwise(input, target, None, spec, reduction, residual, gradient)
    elif reduction == "none" or _wants_gradient(weight):
        value, _ = _operators.pointwise(input, target, None, spec, "none", residual, gradient)
        value = _reduce(value * _weight(spec.partition(":")[0], weight), reduction)
    else:
        weight = weight.to(input.dtype).expand(input.shape)
        by_count = "mean_by_count" if reduction == "mean" else reduction
        value, _ = _operators.pointwise(input, target, weight, spec, by_count, residual, gradient)
    result: Tensor = value
    return result


def _residual(
    spec: str,
    name: str,
    input: Tensor,
    target: Tensor,
    reduction: str,
    weight: Tensor | None = None,
    by_count: bool = False,
) -> Tensor:
    """A loss of a difference, broadcast as PyTorch does it; a weighted mean divides by the sum of the weights, or of ones."""
    if input.shape != target.shape:
        warnings.warn(
            f"{name}: target size {tuple(target.shape)} is not input size {tuple(input.shape)}; they are broadcast, "
            "which is seldom what is meant",
            stacklevel=3,
        )
    dtype = torch.promote_types(input.dtype, target.dtype)
    shape = input.shape
    input, target = torch.broadcast_tensors(input.to(dtype), _exact(target, dtype))
    if weight is None:
        return _pointwise(spec, input, target, reduction, residual=True)
    if weight.shape != shape:
        raise ValueError(f"{name}: weight size {tuple(weight.shape)} must be input size {tuple(shape)}")
    if reduction != "mean" or by_count:
        return _pointwise(spec, input, target, reduction, weight, residual=True)
    if _wants_gradient(weight):
        checked = _operators.non_negative(weight, name, "weight")
        return (_pointwise(spec, input, target, "none", residual=True) * checked).sum() / checked.sum()
    gradient = _wants_gradient(input, target)
    weight = weight.to(dtype).expand(input.shape)
    value: Tensor = _operators.pointwise(input, target, weight, spec, "mean", True, gradient)[0]
    return value


# Classes.


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Softmax cross entropy of logits (C), (N, C) or (N, C, d₁, …) and labels or probabilities.

    Of a confident row neither value nor gradient is 0. Rows of target probabilities must sum to 1. Targets that ask
    for a gradient leave the work to PyTorch. Class weights are as in PyTorch: for labels the mean divides by the sum
    of the true classes' weights, for probabilities by the number of rows. If all rows are ignored, the mean is NaN.

    Examples
    --------
    >>> import torch
    >>> import discrepancy.torch.functional as F
    >>> F.cross_entropy(torch.tensor([[17.0, 0.0]]), torch.tensor([0]))
    tensor(4.1399e-08)
    """
    reduction = _reduction(reduction, size_average, reduce)
    if _wants_gradient(target, weight):
        weight = _weight("cross_entropy", weight)
        return peer.cross_entropy(
            input, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
        )
    _floating("cross_entropy", input)
    last = input if input.dim() < 2 else input.movedim(1, -1)
    ignored: int | None = ignore_index
    if input.dim() == 1 and target.shape == (1,) and not target.is_floating_point():
        target = target.reshape(())
    _class_shape("cross_entropy", input, target)
    if target.is_floating_point():
        if ignore_index >= 0:
            raise ValueError("cross_entropy: ignore_index is for labels, not for probabilities")
        target = (target if input.dim() < 2 else target.movedim(1, -1)).to(input.dtype)
        ignored = None
        reduction = "mean_by_count" if reduction == "mean" else reduction
    spec = "softmax_cross_entropy" + (f":label_smoothing={float(label_smoothing)!r}" if label_smoothing else "")
    value: Tensor = _operators.rows(last, target, weight, spec, reduction, ignored, _wants_gradient(input))[0]
    return value


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None) -> Tensor:
    """Softmax along a dimension, under autograd also twice and more. A row of minus infinities alone is an error here."""
    return _map("softmax", input, dim, _stacklevel, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None) -> Tensor:
    """The logarithm of softmax, likewise; the most probable class's keeps its digits next to 0."""
    return _map("log_softmax", input, dim, _stacklevel, dtype)


def _map(spec: str, input: Tensor, dim: int | None, stacklevel: int, dtype: torch.dtype | None) -> Tensor:
    if dim is None:
        warnings.warn(f"{spec}: without dim it is chosen by the number of dimensions", stacklevel=stacklevel)
        dim = 0 if input.dim() in (0, 1, 3) else 1
    input = input if dtype is None else input.to(dtype)
    _floating(spec, input)
    if input.dim() == 0 or input.numel() == 0:
        # One class, or none.
        result: Tensor = getattr(torch, spec)(input, dim)
        return result
    result = _operators.maps(input.movedim(dim, -1), spec)
    return result.movedim(-1, dim)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-probability of each row's label: PyTorch's own, summed in double precision.

    The digits that ``log_softmax`` has lost do not come back: use :func:`cross_entropy` on logits.
    """
    reduction = _reduction(reduction, size_average, reduce)
    weight = _weight("nll_loss", weight)
    return _left_to_torch(peer.nll_loss, input, target, weight, ignore_index=ignore_index, reduction=reduction)


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """A linear layer and softmax cross entropy in one, with all gradients, and without ever holding all logits.

    For rows (N, D) or (D), labels, weights (C, D), and the reductions ``"mean"`` and ``"sum"``. For the rest (``"none"``,
    probabilities, weights (C, d₁, …, D) with a bias (C, d₁, …), ``options``) it is :func:`cross_entropy` of
    ``torch.nn.functional.linear``.
    """
    reduction = _reduction(reduction)
    fused = reduction != "none" and not target.is_floating_point() and linear_weight.dim() == 2 and input.dim() <= 2
    if not fused or options is not None or _wants_gradient(weight):
        bias = None if linear_bias is None else linear_bias.reshape(-1)
        logits = peer.linear(input, linear_weight.reshape(-1, linear_weight.shape[-1]), bias)
        if linear_weight.dim() > 2:
            logits = logits.reshape(*input.shape[:-1], *linear_weight.shape[:-1])
        else:
            logits = logits if logits.dim() < 3 else logits.movedim(-1, 1)
        ignored = -100 if ignore_index is None else ignore_index
        return cross_entropy(
            logits, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing
        )
    spec = "linear_softmax_cross_entropy"
    spec += f":label_smoothing={float(label_smoothing)!r}" if label_smoothing else ""
    ignored = -100 if ignore_index is None else ignore_index
    value: Tensor = _operators.head(input, linear_weight, target, linear_bias, weight, spec, reduction, ignored)[0]
    return value


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Multiclass hinge loss of scores (N, C) or (C): the true class should be ahead of every other by ``margin``.

    A negative margin leaves the work to PyTorch, in double precision.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _floating("multi_margin_loss", input)
    if margin < 0:
        weight = _weight("multi_margin_loss", weight)
        return _left_to_torch(peer.multi_margin_loss, input, target, p, margin, weight, reduction=reduction)
    rows = input if input.dim() > 1 else input.reshape(1, -1)
    if rows.dim() > 2 or target.dim() > 1 or target.numel() != rows.shape[0]:
        raise ValueError(f"multi_margin_loss: target size {tuple(target.shape)} for input size {tuple(input.shape)}")
    spec = f"multi_margin:p={int(p)},margin={float(margin)!r}"
    value = _rows_by_count(spec, rows, target.reshape(-1), weight, reduction)
    return value.reshape(target.shape) if reduction == "none" else value


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Multilabel hinge loss of scores (N, C) or (C); each row of ``target`` lists labels, up to the first −1.

    A label that is listed twice counts twice; with such a row the work is PyTorch's, in double precision.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _floating("multilabel_margin_loss", input)
    _same_shape("multilabel_margin_loss", input, target)
    if target.is_floating_point():
        raise TypeError(f"multilabel_margin_loss: target must list labels, integers, not {target.dtype}")
    if input.dim() == 0:
        input, target = input.reshape(1), target.reshape(1)
    return _rows_by_count("multilabel_margin", input, target, None, reduction)


def _rows_by_count(spec: str, input: Tensor, target: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """A row loss whose mean divides by the number of rows, also where classes have weights."""
    by_count = "mean_by_count" if reduction == "mean" else reduction
    value: Tensor = _operators.rows(input, target, weight, spec, by_count, None, _wants_gradient(input))[0]
    return value


# Two classes.


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Binary cross entropy of probabilities. Without PyTorch's clamp: an impossible event that happens costs +inf.

    Targets that ask for a gradient leave the work to PyTorch.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _same_shape("binary_cross_entropy", input, target)
    if _wants_gradient(target):
        weight = _weight("binary_cross_entropy", weight)
        return peer.binary_cross_entropy(input, target, weight, reduction=reduction)
    return _pointwise("binary_cross_entropy", input, target, reduction, weight)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross entropy of logits, exact in both tails.

    A ``pos_weight`` takes two passes, one for each class; it and ``weight`` may ask for a gradient. Targets that ask
    for one leave the work to PyTorch.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _same_shape("binary_cross_entropy_with_logits", input, target)
    pos_weight = _weight("binary_cross_entropy_with_logits", pos_weight, "pos_weight")
    if _wants_gradient(target):
        weight = _weight("binary_cross_entropy_with_logits", weight)
        return peer.binary_cross_entropy_with_logits(input, target, weight, reduction=reduction, pos_weight=pos_weight)
    spec = "binary_cross_entropy_with_logits"
    if pos_weight is None:
        return _pointwise(spec, input, target, reduction, weight)
    # The loss is linear in the target. Its two sides are exact, and do not have different signs.
    target = target.to(input.dtype)
    happened = _pointwise(spec, input, torch.ones_like(input), "none")
    absent = _pointwise(spec, input, torch.zeros_like(input), "none")
    values = _wide(pos_weight) * _wide(target) * _wide(happened) + _wide(1 - target) * _wide(absent)
    weight = _weight("binary_cross_entropy_with_logits", weight)
    return _reduce(values if weight is None else values * weight, reduction).to(input.dtype)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The binary cross entropy of each class's logit, averaged over the classes, which stand last."""
    reduction = _reduction(reduction, size_average, reduce)
    if reduction == "none":
        return binary_cross_entropy_with_logits(input, target, weight, reduction="none").mean(-1)
    value = binary_cross_entropy_with_logits(input, target, weight, reduction=reduction)
    return value if reduction == "mean" else value / input.shape[-1]


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Focal loss of logits: that of ``torchvision.ops``. A negative ``alpha`` weighs both classes by 1.

    Targets are 0 or 1.
    """
    weigh = "none" if alpha < 0 else repr(float(alpha))
    return _pointwise(f"focal:alpha={weigh},gamma={float(gamma)!r}", inputs, targets, _reduction(reduction))


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Logistic loss ``ln(1 + e^(-y z))`` of scores; never an overflow. Targets are −1 or 1."""
    _same_shape("soft_margin_loss", input, target)
    return _pointwise("logistic:base=e", input, target, _reduction(reduction, size_average, reduce))


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """A distance where the target is 1, what is missing of the margin where it is −1. At the kink the gradient is 0.

    A negative margin leaves the work to PyTorch, in double precision.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _same_shape("hinge_embedding_loss", input, target)
    if margin < 0:
        return _left_to_torch(peer.hinge_embedding_loss, input, target, margin=margin, reduction=reduction)
    return _pointwise(f"hinge_embedding:margin={float(margin)!r}", input, target, reduction)


# Numbers.


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Squared error."""
    reduction = _reduction(reduction, size_average, reduce)
    return _residual("squared", "mse_loss", input, target, reduction, weight)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Absolute error; at 0 the gradient is 0."""
    reduction = _reduction(reduction, size_average, reduce)
    return _residual("absolute", "l1_loss", input, target, reduction, weight)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Absolute error with its tip rounded off up to ``beta``."""
    reduction = _reduction(reduction, size_average, reduce)
    return _residual(f"smooth_l1:beta={float(beta)!r}", "smooth_l1_loss", input, target, reduction)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Half the squared error up to ``delta``, a line beyond. A weighted mean divides by the number of elements."""
    reduction = _reduction(reduction)
    return _residual(f"huber:delta={float(delta)!r}", "huber_loss", input, target, reduction, weight, by_count=True)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Negative log-likelihood of counts with mean ``e^input``; with ``log_input=False`` with mean ``input``.

    There the logarithm is that of ``input + eps``, as in PyTorch, and the work is PyTorch's, in double precision;
    ``eps=0`` is exact. So it is for targets that ask for a gradient. With ``full=True`` Stirling's term is added, in
    double precision.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _floating("poisson_nll_loss", input)
    if _wants_gradient(target) or (not log_input and eps != 0):
        input = input if log_input else _operators.non_negative(input, "poisson_nll_loss", "input")
        target = _operators.non_negative(target, "poisson_nll_loss", "target")
        options: dict[str, Any] = {"log_input": log_input, "full": full, "eps": eps, "reduction": reduction}
        return _left_to_torch(peer.poisson_nll_loss, input, target, **options)
    spec = "poisson" if log_input else "poisson_from_means"
    input, target = torch.broadcast_tensors(input, target)
    if not full:
        return _pointwise(spec, input, target, reduction)
    y = target.double()
    stirling = torch.where(y > 1, y * y.log() - y + 0.5 * (2 * torch.pi * y).log(), 0.0)
    return _reduce(_pointwise(spec, input, target, "none").double() + stirling, reduction).to(input.dtype)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """Negative log-likelihood of a Gaussian with the mean ``input`` and the variance ``var``.

    As in PyTorch variances below ``eps`` count as ``eps`` and have its gradient; ``var`` may be a number, lack the last
    dimension, or be 1 long in one of them. With ``eps=0`` a variance of 0 is an error.
    """
    reduction = _reduction(reduction)
    _floating("gaussian_nll_loss", input)
    variance: Tensor = torch.as_tensor(var, dtype=None if torch.is_tensor(var) else input.dtype)
    if not torch.is_tensor(var):
        variance = variance.expand(input.shape)
    elif variance.shape == input.shape[:-1] and variance.shape != input.shape:
        variance = variance.unsqueeze(-1)
    elif variance.shape != input.shape:
        if input.dim() != variance.dim() or sum(n for m, n in zip(input.shape, variance.shape) if m != n) != 1:
            raise ValueError(f"gaussian_nll_loss: var size {tuple(variance.shape)} for input size {tuple(input.shape)}")
    variance = _operators.non_negative(variance, "gaussian_nll_loss", "var")
    # What is added is a constant, so that derivatives of both kinds go through.
    variance = torch.where(variance < eps, variance - variance.detach() + eps, variance)
    spec = "gaussian_nll:full=true" if full else "gaussian_nll"
    return _tuple(spec, (input, variance), target, reduction, residual=True).to(input.dtype)


# Distributions and sequences.


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """Terms of the Kullback–Leibler divergence of log-probabilities ``input`` from ``target``.

    PyTorch's own, in double precision, for the library's divergence takes probabilities:
    ``discrepancy.torch.distance("kl_divergence", target, probabilities)`` has no cancellation between near
    distributions. The divergence is ``reduction="batchmean"``, not ``"mean"``.
    """
    options: dict[str, Any] = {"reduction": reduction, "log_target": log_target}
    if size_average is not None or reduce is not None:
        options["reduction"] = torch.nn._reduction.legacy_get_string(size_average, reduce)
    return _left_to_torch(peer.kl_div, input, target, **options)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Connectionist temporal classification of log-probabilities (T, N, C), or (T, C) of one sequence.

    Labels are (N, S), or those of one sequence after another. The mean divides each value by its number of labels
    first. As in PyTorch, the gradient is that of the scores which ``log_softmax`` was made of, and infinite where the
    labels do not fit, unless ``zero_infinity``; steps behind the last have none.
    """
    reduction = _reduction(reduction)
    _floating("ctc_loss", log_probs)
    batch = log_probs.shape[1:-1]
    steps, counts = (torch.as_tensor(n, dtype=torch.int64).reshape(batch) for n in (input_lengths, target_lengths))
    targets = targets.reshape(-1) if not batch else targets
    spec = f"ctc:blank={int(blank)}" + (",zero_infinity=true" if zero_infinity else "")
    values = _operators.sequences(log_probs, targets, steps, counts, spec, _wants_gradient(log_probs))[0]
    if reduction == "mean":
        values = _wide(values) / counts.clamp_min(1)
    return _reduce(_wide(values), reduction).to(log_probs.dtype)


# Pairs and triples.


def _same_dimensions(name: str, **tensors: Tensor) -> None:
    """What is broadcast has as many dimensions, or it is seldom what is meant."""
    if len({tensor.dim() for tensor in tensors.values()}) > 1:
        sizes = ", ".join(f"{argument} {tuple(tensor.shape)}" for argument, tensor in tensors.items())
        raise ValueError(f"{name}: sizes {sizes}; allowed: the same number of dimensions")


def _tuple(
    spec: str, inputs: tuple[Tensor, ...], target: Tensor | None, reduction: str, residual: bool = False
) -> Tensor:
    """A loss of several inputs, broadcast as PyTorch does it; rows of vectors stand in the last dimension.

    ``residual`` says that the loss is one of the difference of the first input and the target, so that this has a gradient.
    """
    dtype = reduce_types(torch.promote_types, (x.dtype for x in inputs))
    inputs = tuple(x.to(dtype) for x in inputs)
    if target is not None:
        target = target.to(dtype)
    vectors = not spec.startswith(("gaussian_nll", "margin_ranking"))
    if vectors:
        inputs = torch.broadcast_tensors(*inputs)
        target = None if target is None else target.expand(inputs[0].shape[:-1])
    else:
        *inputs, target = torch.broadcast_tensors(*inputs, target)
    third = inputs[2] if len(inputs) == 3 else None
    gradient = _wants_gradient(*inputs, target if residual else None)
    value: Tensor = _operators.tuples(inputs[0], inputs[1], third, target, spec, reduction, residual, gradient)[0]
    return value


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """What is missing of ``margin`` between two scores; 1 where the first should be higher, −1 where the second.

    At the kink the gradient is 0. Targets that ask for one leave the work to PyTorch.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _same_dimensions("margin_ranking_loss", input1=input1, input2=input2, target=target)
    if _wants_gradient(target):
        return _left_to_torch(peer.margin_ranking_loss, input1, input2, target, margin, reduction=reduction)
    return _tuple(f"margin_ranking:margin={float(margin)!r}", (input1, input2), target, reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cosine distance where the target is 1; where it is −1, by how much the cosine is above ``margin``.

    Of near vectors the distance keeps its digits, and so does a cosine near the margin, which must be from −1 to 1. A
    vector of zeros, which has no direction, is an error.
    """
    reduction = _reduction(reduction, size_average, reduce)
    rows = 1 + target.dim()
    if rows > 2 or input1.dim() != rows or input2.dim() != rows:
        sizes = f"{tuple(input1.shape)} and {tuple(input2.shape)}"
        allowed = "(N, D) twice with a target (N), or (D) twice with a target ()"
        raise ValueError(f"cosine_embedding_loss: sizes {sizes} with target {tuple(target.shape)}; allowed: {allowed}")
    return _tuple(f"cosine_embedding:margin={float(margin)!r}", (input1, input2), target, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The positive should be nearer to the anchor than the negative, by ``margin``. p ≥ 1.

    As in PyTorch ``eps`` is added to each difference; ``eps=0`` is the plain distance. Where two rows are the same,
    the gradient is 0 and not NaN; distances that are nearly equal keep the digits of their difference.
    """
    reduction = _reduction(reduction, size_average, reduce)
    _same_dimensions("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    spec = f"triplet:margin={float(margin)!r},p={float(p)!r},offset={float(eps)!r}" + (",swap=true" if swap else "")
    return _tuple(spec, (anchor, positive, negative), None, reduction).to(anchor.dtype)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """:func:`triplet_margin_loss` with a distance of one's own, such as one of :func:`discrepancy.torch.distance`."""
    if distance_function is None:
        return triplet_margin_loss(anchor, positive, negative, margin=margin, swap=swap, reduction=reduction)
    near, far = distance_function(anchor, positive), distance_function(anchor, negative)
    if swap:
        far = torch.minimum(far, distance_function(positive, negative))
    return _reduce(torch.relu(margin + near - far), _reduction(reduction))


def _distance(spec: str, a: Tensor, b: Tensor) -> Tensor:
    """Row by row; the vectors stand last."""
    dtype = torch.promote_types(a.dtype, b.dtype)
    a, b = torch.broadcast_tensors(a.to(dtype), b.to(dtype))
    value: Tensor = _operators.rowwise(a, b, spec, _wants_gradient(a, b))[0]
    return value


# Across processes.


def vocab_parallel_cross_entropy(
    logits: Tensor,
    target: Tensor,
    group: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    exact: bool = False,
) -> Tensor:
    """Softmax cross entropy of rows whose classes are divided among the processes of ``torch.distributed``.

    Each process holds some columns of the logits, in the order of the ranks, and all labels. Three small collectives
    of one number or two for each row; no process sees all logits. Every process gets the same value, and the gradient
    of its own columns. Sums are made in double precision, so that confident rows keep their digits.

    Parameters
    ----------
    logits : Tensor
        (…, C of this process)
    target : Tensor
        (…) labels, counted over the classes of all processes
    group : ProcessGroup, optional
        The processes; all of them by default.
    ignore_index : int
        Rows of this label contribute nothing.
    reduction : str
        ``"mean"`` over the rows that contribute, ``"sum"`` or ``"none"``.
    exact : bool
        By :class:`discrepancy.rows.RowStates`: the same bits for any number of processes, at some 100 ns a score.
    """
    from ._parallel import vocab_parallel

    return vocab_parallel(logits, target, group, ignore_index, _reduction(reduction), exact)
