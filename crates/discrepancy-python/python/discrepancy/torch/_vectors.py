"""Operators of losses of sequences and of several inputs, of distances, samples and heads."""

# No postponed annotations: PyTorch reads the schemas from them.

from typing import Any, Optional

import torch
from torch import Tensor

from .._errors import DiscrepancyError
from ._shared import known_gradient, measure, operator, plain, times, with_class_weight
from ._transforms import contract, once, refuse_tangents, total, transformable, transforming, where_nan

# A loss of a sequence.


def some_steps(log_probs: Tensor, input_lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths of at least one step, as the library takes them, and where there is none."""
    none = (input_lengths.detach() == 0) & (log_probs.shape[0] > 0)
    return input_lengths.detach() + none, none


@operator("sequences")
def sequences_operator(
    log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, spec: str, gradient: bool
) -> tuple[Tensor, Tensor]:
    """The value of each sequence, and its gradient as PyTorch has it: by what ``log_softmax`` was made of."""
    loss = measure(spec)
    z, steps, none = log_probs.detach(), *some_steps(log_probs, input_lengths)
    arguments = z, labels.detach(), steps, target_lengths.detach(), "none", True
    result = loss._core.sequence("value_and_gradient" if gradient else "value", *arguments)
    value, slopes = result if gradient else (result, log_probs.new_empty(0))
    value = torch.as_tensor(value, dtype=log_probs.dtype)
    if none.any():
        # Without steps there are no labels: certain of none, impossible of some.
        impossible = 0.0 if loss.parameters["zero_infinity"] else torch.inf
        value = torch.where(none, torch.where(target_lengths.detach() == 0, 0.0, impossible).to(value.dtype), value)
        slopes = slopes.masked_fill(none.unsqueeze(-1), 0.0) if gradient else slopes
    return value, slopes


@sequences_operator.register_fake
def _(
    log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, spec: str, gradient: bool
) -> tuple[Tensor, Tensor]:
    return log_probs.new_empty(log_probs.shape[1:-1]), log_probs.new_empty(log_probs.shape if gradient else (0,))


def sequences_context(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.spec, ctx.gradient = inputs[4:]
    ctx.mark_non_differentiable(output[1])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(output[1], inputs[0])


def sequences_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    if grad_value is None:
        return (None,) * 6
    slopes, *causes = ctx.saved_tensors
    (slopes,) = once(ctx.spec, (slopes,), causes)
    return grad_value.unsqueeze(-1) * slopes, None, None, None, None, None


@operator("sequence_slopes")
def sequence_slopes_operator(
    log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, spec: str
) -> Tensor:
    """The gradient of each sequence by the log-probabilities as they are, without the share of ``log_softmax``."""
    steps, none = some_steps(log_probs, input_lengths)
    arguments = log_probs.detach(), labels.detach(), steps, target_lengths.detach(), "none", False
    result: Tensor = measure(spec)._core.sequence("gradient", *arguments)
    return result.masked_fill(none.unsqueeze(-1), 0.0)


@sequence_slopes_operator.register_fake
def _(log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, spec: str) -> Tensor:
    return log_probs.new_empty(log_probs.shape)


sequence_slopes = transformable(sequence_slopes_operator)


def sequences_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    log_probs, labels, steps, counts, spec, _ = inputs
    slopes = sequence_slopes(log_probs, labels, steps, counts, spec)
    return contract(slopes, tangents[0], (0, -1)) + where_nan(outputs[0]), None


sequences_operator.register_autocast("cpu", torch.float32)
sequences = transformable(sequences_operator, sequences_context, sequences_backward, sequences_jvp)


# A loss of several inputs.


@operator("tuples")
def tuples_operator(
    first: Tensor,
    second: Tensor,
    third: Optional[Tensor],
    target: Optional[Tensor],
    spec: str,
    reduction: str,
    residual: bool,
    gradient: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Value, and the gradients in the inputs. ``residual`` says that the target has that of the first input, negated."""
    given = [x.detach() for x in (first, second, third, target) if x is not None]
    inputs = [first, second, third]
    try:
        result = measure(spec)._core.inputs(
            "value_and_gradient" if gradient else "value", tuple(given), None, reduction, "propagate"
        )
        value, *slopes = result if gradient else (result,)
    except DiscrepancyError as error:
        if error.kind != "NoContributingRows":
            raise
        # The mean of nothing is NaN and moves nothing, as in PyTorch.
        value, slopes = float("nan"), [torch.zeros_like(x) for x in inputs if gradient and x is not None]
    slopes += [first.new_empty(0) for _ in range(3 - len(slopes))]
    return (torch.as_tensor(value, dtype=first.dtype), *slopes)


@tuples_operator.register_fake
def _(
    first: Tensor,
    second: Tensor,
    third: Optional[Tensor],
    target: Optional[Tensor],
    spec: str,
    reduction: str,
    residual: bool,
    gradient: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    rows = first.shape[:-1] if target is None else target.shape
    slopes = [first.new_empty(x.shape if gradient and x is not None else (0,)) for x in (first, second, third)]
    return (first.new_empty(rows if reduction == "none" else ()), *slopes)


def tuples_context(ctx: Any, inputs: Any, output: Any) -> None:
    *given, ctx.spec, ctx.reduction, ctx.residual, ctx.gradient = inputs
    ctx.mark_non_differentiable(*output[1:])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*given, *output[1:])


def slopes_again(ctx: Any, given: Any, slopes: Any) -> Any:
    """Slopes that are differentiated once more: by their formulas, where these are short."""
    if ctx.spec.startswith("margin_ranking"):
        return slopes  # Constant.
    if not ctx.spec.startswith("gaussian_nll"):
        return once(ctx.spec, slopes, [x for x in given if x is not None])
    mean, variance, _, target = given
    r = mean - target
    by_mean = r / variance
    by_variance = (1 - r * by_mean) / (2 * variance)
    count = r.numel() if ctx.reduction == "mean" else 1
    return by_mean / count, by_variance / count, slopes[2]


def tuples_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    if grad_value is None:
        return (None,) * 8
    *given, first, second, third = ctx.saved_tensors
    slopes = (first, second, third)
    if torch.is_grad_enabled() or transforming():
        slopes = slopes_again(ctx, given, slopes)
    if grad_value.dim() < first.dim() and ctx.reduction == "none":
        grad_value = grad_value.unsqueeze(-1)
    by = [None if x is None else times(grad_value, slope) for x, slope in zip(given, slopes)]
    return (*by, -by[0] if ctx.residual and by[0] is not None else None, None, None, None, None)


def tuples_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    value, *slopes = outputs
    refuse_tangents(ctx.spec, {"the target": None if ctx.residual else tangents[3]})
    known_gradient(ctx.gradient, ctx.spec)
    slopes = slopes_again(ctx, inputs[:4], slopes)
    # Rows of vectors are summed over; one row of numbers stands for itself.
    rows = ctx.reduction == "none"
    vectors = inputs[0].dim() > value.dim()

    def moved(slope: Tensor, tangent: Tensor) -> Tensor:
        if rows and not vectors:
            return slope * tangent
        return contract(slope, tangent, -1 if rows else None)

    parts = [moved(slope, t) for slope, t in zip(slopes, tangents[:3]) if t is not None]
    if tangents[3] is not None:
        parts.append(-moved(slopes[0], tangents[3]))
    return total(parts, value) + where_nan(value), None, None, None


tuples_operator.register_autocast("cpu", torch.float32)
tuples = transformable(tuples_operator, tuples_context, tuples_backward, tuples_jvp)


# Distances and divergences: row by row, and all with all.


@operator("rowwise")
def rowwise_operator(a: Tensor, b: Tensor, spec: str, gradient: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The value of each row of ``a`` with that of ``b``, and the gradients in both."""
    pair = measure(spec)
    arguments = a.detach(), b.detach()
    if gradient:
        value, slope_a, slope_b = pair.value_and_gradient(*arguments)
    else:
        value, slope_a, slope_b = pair.value(*arguments), a.new_empty(0), a.new_empty(0)
    return torch.as_tensor(value, dtype=a.dtype), slope_a, slope_b


@rowwise_operator.register_fake
def _(a: Tensor, b: Tensor, spec: str, gradient: bool) -> tuple[Tensor, Tensor, Tensor]:
    if not gradient:
        return a.new_empty(a.shape[:-1]), a.new_empty(0), a.new_empty(0)
    return a.new_empty(a.shape[:-1]), a.new_empty(a.shape), a.new_empty(b.shape)


def rowwise_context(ctx: Any, inputs: Any, output: Any) -> None:
    a, b, ctx.spec, ctx.gradient = inputs
    ctx.mark_non_differentiable(output[1], output[2])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(output[1], output[2], a, b)


def rowwise_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    if grad_value is None:
        return None, None, None, None
    slope_a, slope_b, *causes = ctx.saved_tensors
    slope_a, slope_b = once(ctx.spec, (slope_a, slope_b), causes)
    upstream = grad_value.unsqueeze(-1)
    return upstream * slope_a, upstream * slope_b, None, None


def rowwise_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    a, b, spec, gradient = inputs
    known_gradient(gradient, spec)
    slopes = once(spec, outputs[1:], (a, b))
    parts = [contract(slope, t, -1) for slope, t in zip(slopes, tangents) if t is not None]
    return total(parts, outputs[0]) + where_nan(outputs[0]), None, None


rowwise = transformable(rowwise_operator, rowwise_context, rowwise_backward, rowwise_jvp)


@operator("pairwise")
def pairwise_operator(a: Tensor, b: Tensor, spec: str) -> Tensor:
    """All rows of ``a`` with all rows of ``b``."""
    result: Tensor = measure(spec).pairwise(a.detach(), b.detach())
    return result


@pairwise_operator.register_fake
def _(a: Tensor, b: Tensor, spec: str) -> Tensor:
    return a.new_empty((a.shape[0], b.shape[0]))


@operator("pairwise_gradients")
def pairwise_gradients_operator(a: Tensor, b: Tensor, upstream: Tensor, spec: str) -> tuple[Tensor, Tensor]:
    """The gradients of ``sum(upstream * matrix)``."""
    _, slope_a, slope_b = measure(spec).pairwise_gradients(a.detach(), b.detach(), upstream.detach())
    return slope_a, slope_b


@pairwise_gradients_operator.register_fake
def _(a: Tensor, b: Tensor, upstream: Tensor, spec: str) -> tuple[Tensor, Tensor]:
    return a.new_empty(a.shape), b.new_empty(b.shape)


def pairwise_context(ctx: Any, inputs: Any, output: Any) -> None:
    a, b, ctx.spec = inputs
    ctx.save_for_backward(a, b)


def pairwise_backward(ctx: Any, grad: Tensor) -> Any:
    a, b = ctx.saved_tensors
    slope_a, slope_b = pairwise_gradients(a, b, grad.contiguous(), ctx.spec)
    return slope_a, slope_b, None


def pairwise_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    """Row by row, for gradients of all pairs are as many numbers as there are pairs, times the length of a row."""
    a, b, spec = inputs
    rows = []
    for i in range(a.shape[0]):
        value, *slopes = rowwise(a[i].expand_as(b), b, spec, True)
        slopes = once(spec, slopes, (a, b))
        moved = [None if tangents[0] is None else tangents[0][i].expand_as(b), tangents[1]]
        rows.append(total([contract(slope, t, -1) for slope, t in zip(slopes, moved) if t is not None], value))
    return torch.stack(rows) if rows else torch.zeros_like(outputs[0])


pairwise_gradients = transformable(pairwise_gradients_operator)
pairwise = transformable(pairwise_operator, pairwise_context, pairwise_backward, pairwise_jvp)


# Statistics of two samples, transport among them.


@operator("sample")
def sample_operator(
    x: Tensor, y: Tensor, x_weight: Optional[Tensor], y_weight: Optional[Tensor], spec: str, gradient: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The statistic, and the gradients in the points of both samples."""
    statistic = measure(spec)
    arguments = x.detach(), y.detach()
    weights = {"x_weight": plain(x_weight), "y_weight": plain(y_weight)}
    if gradient:
        value, slope_x, slope_y = statistic.value_and_gradient(*arguments, **weights)
    else:
        value, slope_x, slope_y = statistic.value(*arguments, **weights), x.new_empty(0), x.new_empty(0)
    return torch.tensor(value, dtype=x.dtype), slope_x, slope_y


@sample_operator.register_fake
def _(
    x: Tensor, y: Tensor, x_weight: Optional[Tensor], y_weight: Optional[Tensor], spec: str, gradient: bool
) -> tuple[Tensor, Tensor, Tensor]:
    if not gradient:
        return x.new_empty(()), x.new_empty(0), x.new_empty(0)
    return x.new_empty(()), x.new_empty(x.shape), x.new_empty(y.shape)


def sample_context(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.spec, ctx.gradient = inputs[4:]
    ctx.mark_non_differentiable(output[1], output[2])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(output[1], output[2], inputs[0], inputs[1])


def sample_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    if grad_value is None:
        return (None,) * 6
    slope_x, slope_y, *causes = ctx.saved_tensors
    slope_x, slope_y = once(ctx.spec, (slope_x, slope_y), causes)
    return grad_value * slope_x, grad_value * slope_y, None, None, None, None


def sample_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    x, y, _, _, spec, gradient = inputs
    refuse_tangents(spec, {"the weights": tangents[2] if tangents[2] is not None else tangents[3]})
    known_gradient(gradient, spec)
    slopes = once(spec, outputs[1:], (x, y))
    parts = [contract(slope, t) for slope, t in zip(slopes, tangents[:2]) if t is not None]
    return total(parts, outputs[0]), None, None


sample = transformable(sample_operator, sample_context, sample_backward, sample_jvp)


# A linear layer and the loss of its scores in one.


# Row by row the upstream gradient would need a pass of its own: only reduced values have a gradient.


@operator("head")
def head_operator(
    x: Tensor,
    weights: Tensor,
    target: Tensor,
    bias: Optional[Tensor],
    class_weight: Optional[Tensor],
    spec: str,
    reduction: str,
    ignore_index: Optional[int],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The mean or sum of the rows' values, and its gradients in rows, weights and bias."""
    layer, labels = with_class_weight(spec, class_weight), target.detach()
    options = {"bias": plain(bias), "ignore_index": ignore_index}
    try:
        result = layer.evaluate(x.detach(), weights.detach(), labels, reduction=reduction, **options)
        value = result.value
    except DiscrepancyError as error:
        if error.kind != "NoContributingRows":
            raise
        # The mean of nothing is NaN and moves nothing, as in PyTorch; the gradients of an empty sum are zeros.
        result = layer.evaluate(x.detach(), weights.detach(), labels, reduction="sum", **options)
        value = float("nan")
    slope_bias = weights.new_empty(0) if bias is None else result.gradient_bias
    return torch.tensor(value, dtype=x.dtype), result.gradient_x, result.gradient_weights, slope_bias


@head_operator.register_fake
def _(
    x: Tensor,
    weights: Tensor,
    target: Tensor,
    bias: Optional[Tensor],
    class_weight: Optional[Tensor],
    spec: str,
    reduction: str,
    ignore_index: Optional[int],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    slope_bias = weights.new_empty(0) if bias is None else bias.new_empty(bias.shape)
    return x.new_empty(()), x.new_empty(x.shape), weights.new_empty(weights.shape), slope_bias


def head_context(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.spec, ctx.has_bias = inputs[5], inputs[3] is not None
    ctx.mark_non_differentiable(*output[1:])
    ctx.set_materialize_grads(False)
    causes = [x for x in (inputs[0], inputs[1], inputs[3]) if x is not None]
    ctx.save_for_backward(*output[1:], *causes)


def head_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    if grad_value is None:
        return (None,) * 8
    slopes, causes = ctx.saved_tensors[:3], ctx.saved_tensors[3:]
    slope_x, slope_weights, slope_bias = once(ctx.spec, slopes, causes)
    bias = grad_value * slope_bias if ctx.has_bias else None
    return grad_value * slope_x, grad_value * slope_weights, None, bias, None, None, None, None


def head_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    x, weights, _, bias = inputs[:4]
    refuse_tangents(ctx.spec, {"the target": tangents[2], "the weight of a class": tangents[4]})
    causes = [x, weights] if bias is None else [x, weights, bias]
    slopes = once(ctx.spec, outputs[1:], causes)
    moved = (tangents[0], tangents[1], tangents[3])
    parts = [contract(slope, t) for slope, t in zip(slopes, moved) if t is not None]
    return total(parts, outputs[0]) + where_nan(outputs[0]), None, None, None


head = transformable(head_operator, head_context, head_backward, head_jvp)
