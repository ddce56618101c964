"""Operators of losses and maps of scores: pointwise losses, losses of rows, and maps of rows."""

# No postponed annotations: PyTorch reads the schemas from them.

from typing import Any, Optional

import torch
from torch import Tensor

from ._shared import (
    empty_results,
    evaluate,
    known_gradient,
    measure,
    operator,
    outside,
    plain,
    room,
    times,
    with_class_weight,
)
from ._transforms import (
    contract,
    no_second_derivative,
    once,
    refuse_tangents,
    total,
    transformable,
    where_nan,
)

# A loss of one prediction and one target.


@operator("pointwise")
def pointwise_operator(
    prediction: Tensor,
    target: Tensor,
    weight: Optional[Tensor],
    spec: str,
    reduction: str,
    residual: bool,
    gradient: bool,
) -> tuple[Tensor, Tensor]:
    """Value and gradient. ``residual`` says that the loss is one of the difference, so that targets have one too."""
    loss = measure(spec)._core
    arguments = prediction.detach(), target.detach(), plain(weight), reduction, "propagate"
    return evaluate(lambda wanted, out: loss.pointwise(wanted, *arguments, out), prediction, reduction, gradient)


@pointwise_operator.register_fake
def _(
    prediction: Tensor,
    target: Tensor,
    weight: Optional[Tensor],
    spec: str,
    reduction: str,
    residual: bool,
    gradient: bool,
) -> tuple[Tensor, Tensor]:
    return empty_results(prediction, prediction.shape, reduction, gradient)


@operator("pointwise_hessian")
def pointwise_hessian_operator(prediction: Tensor, target: Tensor, spec: str) -> Tensor:
    """The second derivative of each element."""
    result: Tensor = measure(spec).hessian(prediction.detach(), target.detach(), nan="propagate")
    return result


@pointwise_hessian_operator.register_fake
def _(prediction: Tensor, target: Tensor, spec: str) -> Tensor:
    return prediction.new_empty(prediction.shape)


pointwise_hessian = transformable(pointwise_hessian_operator)


def share(prediction: Tensor, weight: Optional[Tensor], reduction: str) -> Any:
    """By what each element enters the reduced value."""
    if reduction == "none":
        return 1.0
    if reduction == "sum":
        return 1.0 if weight is None else weight
    if reduction == "mean" and weight is not None:
        return weight / weight.sum()
    return (1.0 if weight is None else weight) / prediction.numel()


def pointwise_context(ctx: Any, inputs: Any, output: Any) -> None:
    prediction, target, weight, ctx.spec, ctx.reduction, ctx.residual, ctx.gradient = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(prediction, target, weight, output[1])


def pointwise_backward(ctx: Any, grad_value: Optional[Tensor], grad_gradient: Optional[Tensor]) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    prediction, target, weight, slopes = ctx.saved_tensors
    result = None if grad_value is None else times(grad_value, slopes)
    if grad_gradient is not None:
        curvature = pointwise_hessian(prediction, target, ctx.spec) * share(prediction, weight, ctx.reduction)
        bent = grad_gradient * curvature
        result = bent if result is None else result + bent
    return result, -result if ctx.residual and result is not None else None, None, None, None, None, None


def pointwise_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    prediction, target, weight, spec, reduction, residual, _ = inputs
    value, slopes = outputs
    refuse_tangents(spec, {"the target": None if residual else tangents[1], "the weight": tangents[2]})
    known_gradient(ctx.gradient, spec)
    moves = [sign * t for sign, t in ((1, tangents[0]), (-1, tangents[1])) if t is not None]
    moved = total(moves, prediction)
    try:
        bent = pointwise_hessian(prediction, target, spec) * share(prediction, weight, reduction) * moved
    except NotImplementedError:
        # Forward mode within forward mode, which may not ask for the third derivative: if it does, it is not given a 0.
        bent = torch.full_like(slopes, torch.nan)
    return (slopes * moved if reduction == "none" else contract(slopes, moved)) + where_nan(value), bent


pointwise_operator.register_autocast("cpu", torch.float32)
pointwise = transformable(pointwise_operator, pointwise_context, pointwise_backward, pointwise_jvp)


# An amount that may not be negative, checked where the numbers are.


@operator("non_negative")
def non_negative_operator(amount: Tensor, function: str, argument: str) -> Tensor:
    """The amounts as they are, a copy; an error if one is negative."""
    wrong = amount.detach() < 0
    if wrong.any():
        raise outside(function, argument, amount.detach(), wrong, "numbers that are not negative")
    return amount.detach().clone()


@non_negative_operator.register_fake
def _(amount: Tensor, function: str, argument: str) -> Tensor:
    return torch.empty_like(amount)


def non_negative_backward(ctx: Any, grad: Tensor) -> Any:
    return grad, None, None


def non_negative_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    return tangents[0].clone()


non_negative = transformable(non_negative_operator, None, non_negative_backward, non_negative_jvp)


# A loss of a row of scores.


@operator("rows")
def rows_operator(
    prediction: Tensor,
    target: Tensor,
    class_weight: Optional[Tensor],
    spec: str,
    reduction: str,
    ignore_index: Optional[int],
    gradient: bool,
) -> tuple[Tensor, Tensor]:
    """Value and gradient; classes last. Labels of ``multilabel_margin`` are lists, as in PyTorch."""
    if spec == "multilabel_margin" and not target.is_floating_point():
        return listed_labels(prediction, target, reduction, gradient)
    loss = with_class_weight(spec, class_weight)._core
    arguments = prediction.detach(), target.detach(), None, reduction, ignore_index, "propagate"
    return evaluate(lambda wanted, out: loss.rows(wanted, False, *arguments, out), prediction, reduction, gradient)


@rows_operator.register_fake
def _(
    prediction: Tensor,
    target: Tensor,
    class_weight: Optional[Tensor],
    spec: str,
    reduction: str,
    ignore_index: Optional[int],
    gradient: bool,
) -> tuple[Tensor, Tensor]:
    return empty_results(prediction, prediction.shape[:-1], reduction, gradient)


def listed_labels(prediction: Tensor, target: Tensor, reduction: str, gradient: bool) -> tuple[Tensor, Tensor]:
    """Of a list of labels for each row, up to the first −1."""
    classes = prediction.shape[-1] if prediction.dim() else 1
    z, lists = (x.detach().reshape(-1, classes) for x in (prediction, target))
    listed = (lists != -1).to(torch.int64).cumprod(-1).bool()
    wrong = listed & ((lists < 0) | (lists >= classes))
    if wrong.any():
        allowed = f"labels 0 to {classes - 1}, and -1 behind the last"
        raise outside("multilabel_margin_loss", "target", lists, wrong, allowed)
    counts = torch.zeros(lists.shape, dtype=torch.int64)
    counts.scatter_add_(-1, torch.where(listed, lists, 0), listed.to(torch.int64))
    if bool((counts > 1).any()):
        # Who is meant twice counts twice, which no probabilities say.
        return doubled_labels(z, lists.masked_fill(~listed, -1), prediction, reduction, gradient)
    loss = measure("multilabel_margin")._core
    z = z if prediction.dim() > 1 else prediction.detach().reshape(classes)
    arguments = z, counts.to(z.dtype).reshape(z.shape), None, reduction, None, "propagate"
    value, slopes = evaluate(lambda wanted, out: loss.rows(wanted, False, *arguments, out), z, reduction, gradient)
    value = torch.as_tensor(value, dtype=prediction.dtype)
    return value, slopes.reshape(prediction.shape) if gradient else slopes


def doubled_labels(
    z: Tensor, lists: Tensor, prediction: Tensor, reduction: str, gradient: bool
) -> tuple[Tensor, Tensor]:
    """PyTorch's own, in double precision."""
    wide, code = z.double(), {"none": 0, "mean_by_count": 1, "sum": 2}[reduction]
    value, meant = torch.ops.aten.multilabel_margin_loss_forward(wide, lists, code)
    slopes = prediction.new_empty(0)
    if gradient:
        upstream = torch.ones_like(value)
        slopes = torch.ops.aten.multilabel_margin_loss_backward(upstream, wide, lists, code, meant)
        slopes = slopes.to(prediction.dtype).reshape(prediction.shape)
    return value.reshape(prediction.shape[:-1] if reduction == "none" else ()).to(prediction.dtype), slopes


def rows_context(ctx: Any, inputs: Any, output: Any) -> None:
    prediction, target, class_weight, ctx.spec, ctx.reduction, ctx.ignore_index, ctx.gradient = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(prediction, target, class_weight, output[1])


def rows_backward(ctx: Any, grad_value: Optional[Tensor], grad_gradient: Optional[Tensor]) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    prediction, target, class_weight, slopes = ctx.saved_tensors
    result = None
    if grad_value is not None:
        if not has_curvature(ctx.spec):
            (slopes,) = once(ctx.spec, (slopes,), (prediction,))
        result = times(grad_value.unsqueeze(-1) if ctx.reduction == "none" else grad_value, slopes)
    if grad_gradient is not None:
        bent = softmax_curvature(ctx, prediction, target, class_weight, grad_gradient)
        result = bent if result is None else result + bent
    return result, None, None, None, None, None, None


def has_curvature(spec: str) -> bool:
    """Whether second derivatives are known: those of softmax cross entropy without its extras."""
    given = measure(spec).parameters
    plain = set(given) >= {"label_smoothing", "temperature", "z_loss"}
    return plain and given["temperature"] == 1.0 and not given["z_loss"]


def softmax_curvature(
    ctx: Any, prediction: Tensor, target: Tensor, class_weight: Optional[Tensor], direction: Tensor
) -> Tensor:
    """The second derivatives of softmax cross entropy along a direction: those of ``S ln Σ e^z``, S a row's weight.

    Written with PyTorch's operators, so that it can be differentiated further.
    """
    if not has_curvature(ctx.spec):
        raise no_second_derivative(ctx.spec)
    smoothing = measure(ctx.spec).parameters["label_smoothing"]
    classes = prediction.shape[-1]
    weights = prediction.new_ones(classes) if class_weight is None else class_weight.to(prediction.dtype)
    if target.is_floating_point():
        whole, contributes = target.to(prediction.dtype) @ weights, prediction.new_ones(target.shape[:-1])
    else:
        kept = target != (-1 if ctx.ignore_index is None else ctx.ignore_index)
        index = torch.where(kept, target, 0)
        whole, contributes = weights.index_select(0, index.reshape(-1)).reshape(index.shape) * kept, kept
    mass = whole * (1.0 - smoothing) + contributes * (weights.sum() * smoothing / classes)
    if ctx.reduction.startswith("mean"):
        count = (whole if ctx.reduction == "mean" else contributes).sum()
        # Nothing moves the mean of nothing, as in the gradient.
        mass = mass / torch.where(count == 0, 1, count)
    p = prediction.softmax(-1)
    return mass.unsqueeze(-1) * p * (direction - (p * direction).sum(-1, keepdim=True))


def rows_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    prediction, target, class_weight, spec, reduction, *_ = inputs
    value, slopes = outputs
    refuse_tangents(spec, {"the target": tangents[1], "the weight": tangents[2]})
    known_gradient(ctx.gradient, spec)
    if has_curvature(spec):
        bent = softmax_curvature(ctx, prediction, target, class_weight, tangents[0])
    else:
        # Whoever takes the gradient from `backward` is told; nobody is given a 0.
        bent = torch.full_like(slopes, torch.nan)
        (slopes,) = once(spec, (slopes,), (prediction,))
    return contract(slopes, tangents[0], -1 if reduction == "none" else None) + where_nan(value), bent


rows_operator.register_autocast("cpu", torch.float32)
rows = transformable(rows_operator, rows_context, rows_backward, rows_jvp)


# A map of a row of scores, and products of its Jacobian.


@operator("maps")
def maps_operator(prediction: Tensor, spec: str) -> Tensor:
    """The image of each row; classes last."""
    result: Tensor = measure(spec)._core.map(prediction.detach(), "propagate", room(prediction))
    return result


@maps_operator.register_fake
def _(prediction: Tensor, spec: str) -> Tensor:
    return prediction.new_empty(prediction.shape)


@operator("map_products")
def map_products_operator(prediction: Tensor, v: Tensor, spec: str, product: str) -> Tensor:
    """``J v`` (``jacobian_vector``) or ``Jᵀ v`` (``vector_jacobian``) of each row's Jacobian."""
    arguments = prediction.detach(), v.detach(), "propagate", room(prediction)
    result: Tensor = measure(spec)._core.map_product(product, *arguments)
    return result


@map_products_operator.register_fake
def _(prediction: Tensor, v: Tensor, spec: str, product: str) -> Tensor:
    return prediction.new_empty(prediction.shape)


def maps_context(ctx: Any, inputs: Any, output: Any) -> None:
    prediction, ctx.spec = inputs
    ctx.save_for_backward(prediction)


def maps_backward(ctx: Any, grad: Tensor) -> Any:
    (prediction,) = ctx.saved_tensors
    return map_products(prediction, grad, ctx.spec, "vector_jacobian"), None


def map_products_context(ctx: Any, inputs: Any, output: Any) -> None:
    prediction, v, ctx.spec, ctx.product = inputs
    ctx.save_for_backward(prediction, v)


def map_products_backward(ctx: Any, grad: Tensor) -> Any:
    """Of products again, so that it can be differentiated further."""
    prediction, v = ctx.saved_tensors
    other = "vector_jacobian" if ctx.product == "jacobian_vector" else "jacobian_vector"
    by_v = map_products(prediction, grad, ctx.spec, other) if ctx.needs_input_grad[1] else None
    if not ctx.needs_input_grad[0]:
        return None, by_v, None, None
    temperature = measure(ctx.spec).parameters["temperature"]
    softmax = f"softmax:temperature={temperature!r}"

    def centred(direction: Tensor) -> Tensor:
        """``p (direction - p · direction) / T``."""
        result: Tensor = map_products(prediction, direction, softmax, "jacobian_vector")
        return result

    if measure(ctx.spec).name == "softmax":
        # Of g · J v = (Σ p g v - (p · g) (p · v)) / T.
        p = maps(prediction, softmax)
        means = [(p * direction).sum(-1, keepdim=True) for direction in (grad, v)]
        bent = centred(grad * v) - means[0] * centred(v) - means[1] * centred(grad)
    elif ctx.product == "jacobian_vector":
        # Of g · J v = (g · v - Σ g (p · v)) / T; the other way round for the transpose.
        bent = -grad.sum(-1, keepdim=True) * centred(v)
    else:
        bent = -v.sum(-1, keepdim=True) * centred(grad)
    return bent / temperature, by_v, None, None


def maps_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    prediction, spec = inputs
    return map_products(prediction, tangents[0], spec, "jacobian_vector")


def map_products_jvp(ctx: Any, inputs: Any, outputs: Any, tangents: Any) -> Any:
    prediction, v, spec, product = inputs
    parts = [] if tangents[1] is None else [map_products(prediction, tangents[1], spec, product)]
    if tangents[0] is not None:
        temperature = measure(spec).parameters["temperature"]
        softmax = f"softmax:temperature={temperature!r}"
        moved = map_products(prediction, tangents[0], softmax, "jacobian_vector")
        if measure(spec).name == "softmax":
            # Of (p v - p (p · v)) / T.
            p = maps(prediction, softmax)
            bent = moved * (v - (p * v).sum(-1, keepdim=True)) - p * (moved * v).sum(-1, keepdim=True)
        elif product == "jacobian_vector":
            # Of (v - p · v) / T.
            bent = -(moved * v).sum(-1, keepdim=True).expand_as(v)
        else:
            # Of (v - p Σ v) / T.
            bent = -moved * v.sum(-1, keepdim=True)
        parts.append(bent / temperature)
    return total(parts, v)


maps = transformable(maps_operator, maps_context, maps_backward, maps_jvp)
map_products = transformable(map_products_operator, map_products_context, map_products_backward, map_products_jvp)
