"""The operators that PyTorch sees: each computes value and gradients in one pass, and tells autograd what it knows.

Registered with ``torch.library``, so that ``torch.compile``, ``torch.export`` and ``torch.func`` take them as they are.
Only for tensors of the processor; a tensor elsewhere is PyTorch's own error.
"""

# No postponed annotations: PyTorch reads the schemas from them.

from functools import lru_cache
from typing import Any, Callable, Optional

import torch
from torch import Tensor

from .._errors import DiscrepancyError
from .._measures import Measure
from .._specs import make

# A spec is parsed once.
measure: Callable[[str], Any] = lru_cache(maxsize=1024)(make)


def operator(name: str) -> Callable[[Callable[..., Any]], Any]:
    """Registers an operator that leaves its arguments alone."""
    return torch.library.custom_op(f"discrepancy::{name}", mutates_args=(), device_types="cpu")


def plain(tensor: Optional[Tensor]) -> Optional[Tensor]:
    """What the extension module reads: it does not ask for gradients."""
    return None if tensor is None else tensor.detach()


def with_class_weight(spec: str, class_weight: Optional[Tensor]) -> Any:
    """The entry of a spec, with a weight for each class where there are some."""
    made: Measure = measure(spec)
    if class_weight is None:
        return made
    parameters = {**made.parameters, "class_weight": class_weight.detach().tolist()}
    return type(made)(**parameters)


#: Gradients of fewer bytes are made anew: their memory costs nothing.
LARGE = 1 << 22
#: The memory of the last large gradient.
KEPT: list[torch.UntypedStorage] = []


def empty_cache() -> None:
    """Gives back the memory that is kept for the next large gradient, as ``torch.cuda.empty_cache`` does elsewhere.

    New memory costs about as much time as the loss itself, because the system fills it with zeros page by page. So that
    of the last large gradient is used again, once nobody else has it.
    """
    KEPT.clear()


def room(prediction: Tensor) -> Optional[Tensor]:
    """Where a large gradient goes."""
    size = prediction.numel() * prediction.element_size()
    if size < LARGE:
        return None
    # Whoever takes it out of the list is the only one who can.
    kept = KEPT.pop() if KEPT else None
    if kept is None or kept.nbytes() != size or torch._C._storage_Use_Count(kept._cdata) != 1:
        kept = torch.UntypedStorage(size)
    found = torch.empty(0, dtype=prediction.dtype).set_(kept, 0, prediction.shape)
    KEPT[:] = [kept]
    return found


def evaluate(
    call: Callable[[str, Optional[Tensor]], Any], prediction: Tensor, reduction: str, gradient: bool
) -> tuple[Tensor, Tensor]:
    """Value and gradient as tensors. The mean of nothing is NaN and moves nothing, as in PyTorch."""
    try:
        result = call("value_and_gradient", room(prediction)) if gradient else call("value", None)
    except DiscrepancyError as error:
        if error.kind != "NoContributingRows":
            raise
        result = (float("nan"), torch.zeros_like(prediction, memory_format=torch.contiguous_format))
        result = result if gradient else result[0]
    value, slopes = result if gradient else (result, prediction.new_empty(0))
    if reduction != "none":
        value = torch.tensor(value, dtype=prediction.dtype)
    return value, slopes


def empty_results(prediction: Tensor, shape: Any, reduction: str, gradient: bool) -> tuple[Tensor, Tensor]:
    """What :func:`evaluate` returns, without its numbers."""
    value = prediction.new_empty(shape if reduction == "none" else ())
    return value, prediction.new_empty(prediction.shape if gradient else (0,))


def no_second_derivative(spec: str) -> NotImplementedError:
    """Silence would be a wrong derivative."""
    return NotImplementedError(f"{spec}: the gradient has no derivative in discrepancy.torch")


class Once(torch.autograd.Function):
    """A gradient as it is, that complains when it is differentiated."""

    @staticmethod
    def forward(ctx: Any, spec: str, slope: Tensor, *causes: Tensor) -> Tensor:
        ctx.spec = spec
        return slope.view_as(slope)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise no_second_derivative(ctx.spec)


def once(spec: str, slopes: Any, causes: Any) -> Any:
    """Gradients that cannot be differentiated further. Costs nothing unless autograd records its own work."""
    if not torch.is_grad_enabled():
        return slopes
    return [Once.apply(spec, slope, *causes) for slope in slopes]


def known_gradient(gradient: bool, spec: str) -> None:
    """Autograd asks for what was not computed."""
    if not gradient:
        raise RuntimeError(f"{spec}: called with gradient=False, so there is no gradient")


def times(upstream: Tensor, slopes: Tensor) -> Tensor:
    """The chain rule's product. At the end of a graph upstream is 1, and the slopes go on as they are, in no pass at all.

    Not where they are wanted once more, for a gradient may be added to in place.
    """
    ends = upstream.dim() == 0 and type(upstream) is Tensor and not torch.compiler.is_compiling()
    if ends and not torch.is_grad_enabled() and not torch._C._autograd._get_current_graph_task_keep_graph():
        try:
            if upstream.item() == 1.0:
                return slopes.detach()
        except RuntimeError:
            # One of many that `vmap` takes together.
            pass
    return upstream * slopes


def one_by_one(op: Any) -> None:
    """``vmap`` by a loop: each element is a pass of its own anyway."""

    @op.register_vmap
    def rule(info: Any, in_dims: Any, *args: Any) -> Any:
        results = []
        for i in range(info.batch_size):
            chosen = [a if dim is None else a.select(dim, i) for a, dim in zip(args, in_dims, strict=True)]
            results.append(op(*chosen))
        if isinstance(results[0], Tensor):
            return torch.stack(results), 0
        return tuple(torch.stack(column) for column in zip(*results)), (0,) * len(results[0])


# A loss of one prediction and one target.


@operator("pointwise")
def pointwise(
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


@pointwise.register_fake
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
def pointwise_hessian(prediction: Tensor, target: Tensor, spec: str) -> Tensor:
    """The second derivative of each element."""
    result: Tensor = measure(spec).hessian(prediction.detach(), target.detach(), nan="propagate")
    return result


@pointwise_hessian.register_fake
def _(prediction: Tensor, target: Tensor, spec: str) -> Tensor:
    return prediction.new_empty(prediction.shape)


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


pointwise.register_autograd(pointwise_backward, setup_context=pointwise_context)
pointwise.register_autocast("cpu", torch.float32)
one_by_one(pointwise)
one_by_one(pointwise_hessian)


# A loss of a row of scores.


@operator("rows")
def rows(
    prediction: Tensor,
    target: Tensor,
    class_weight: Optional[Tensor],
    spec: str,
    reduction: str,
    ignore_index: Optional[int],
    gradient: bool,
) -> tuple[Tensor, Tensor]:
    """Value and gradient; classes last."""
    loss = with_class_weight(spec, class_weight)._core
    arguments = prediction.detach(), target.detach(), None, reduction, ignore_index, "propagate"
    return evaluate(lambda wanted, out: loss.rows(wanted, False, *arguments, out), prediction, reduction, gradient)


@rows.register_fake
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


def rows_context(ctx: Any, inputs: Any, output: Any) -> None:
    prediction, target, class_weight, ctx.spec, ctx.reduction, ctx.ignore_index, ctx.gradient = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(prediction, target, class_weight, output[1])


def rows_backward(ctx: Any, grad_value: Optional[Tensor], grad_gradient: Optional[Tensor]) -> Any:
    known_gradient(ctx.gradient, ctx.spec)
    prediction, target, class_weight, slopes = ctx.saved_tensors
    result = None
    if grad_value is not None:
        result = times(grad_value.unsqueeze(-1) if ctx.reduction == "none" else grad_value, slopes)
    if grad_gradient is not None:
        bent = softmax_curvature(ctx, prediction, target, class_weight, grad_gradient)
        result = bent if result is None else result + bent
    return result, None, None, None, None, None, None


def softmax_curvature(
    ctx: Any, prediction: Tensor, target: Tensor, class_weight: Optional[Tensor], direction: Tensor
) -> Tensor:
    """The second derivatives of softmax cross entropy along a direction: those of ``S ln Σ e^z``, S a row's weight.

    Written with PyTorch's operators, so that it can be differentiated further.
    """
    given = measure(ctx.spec).parameters
    if set(given) < {"label_smoothing", "temperature", "z_loss"} or given["temperature"] != 1.0 or given["z_loss"]:
        raise no_second_derivative(ctx.spec)
    smoothing = given["label_smoothing"]
    classes = prediction.shape[-1]
    weights = prediction.new_ones(classes) if class_weight is None else class_weight.to(prediction.dtype)
    if target.is_floating_point():
        whole, contributes = target.to(prediction.dtype) @ weights, prediction.new_ones(target.shape[:-1])
    else:
        kept = target != (-1 if ctx.ignore_index is None else ctx.ignore_index)
        whole, contributes = weights[torch.where(kept, target, 0)] * kept, kept
    mass = whole * (1.0 - smoothing) + contributes * (weights.sum() * smoothing / classes)
    if ctx.reduction.startswith("mean"):
        mass = mass / (whole if ctx.reduction == "mean" else contributes).sum()
    p = prediction.softmax(-1)
    return mass.unsqueeze(-1) * p * (direction - (p * direction).sum(-1, keepdim=True))


rows.register_autograd(rows_backward, setup_context=rows_context)
rows.register_autocast("cpu", torch.float32)
one_by_one(rows)


# A map of a row of scores, and products of its Jacobian.


@operator("maps")
def maps(prediction: Tensor, spec: str) -> Tensor:
    """The image of each row; classes last."""
    result: Tensor = measure(spec)._core.map(prediction.detach(), "propagate", room(prediction))
    return result


@maps.register_fake
def _(prediction: Tensor, spec: str) -> Tensor:
    return prediction.new_empty(prediction.shape)


@operator("map_products")
def map_products(prediction: Tensor, v: Tensor, spec: str, product: str) -> Tensor:
    """``J v`` (``jacobian_vector``) or ``Jᵀ v`` (``vector_jacobian``) of each row's Jacobian."""
    arguments = prediction.detach(), v.detach(), "propagate", room(prediction)
    result: Tensor = measure(spec)._core.map_product(product, *arguments)
    return result


@map_products.register_fake
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


maps.register_autograd(maps_backward, setup_context=maps_context)
map_products.register_autograd(map_products_backward, setup_context=map_products_context)
one_by_one(maps)
one_by_one(map_products)


# A loss of a sequence.


@operator("sequences")
def sequences(
    log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, spec: str, gradient: bool
) -> tuple[Tensor, Tensor]:
    """The value of each sequence, and its gradient as PyTorch has it: by what ``log_softmax`` was made of."""
    loss = measure(spec)._core
    arguments = log_probs.detach(), labels.detach(), input_lengths.detach(), target_lengths.detach(), "none", True
    result = loss.sequence("value_and_gradient" if gradient else "value", *arguments)
    value, slopes = result if gradient else (result, log_probs.new_empty(0))
    return torch.as_tensor(value, dtype=log_probs.dtype), slopes


@sequences.register_fake
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


sequences.register_autograd(sequences_backward, setup_context=sequences_context)
sequences.register_autocast("cpu", torch.float32)
one_by_one(sequences)


# A loss of several inputs.


@operator("tuples")
def tuples(
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


@tuples.register_fake
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
    if torch.is_grad_enabled():
        slopes = slopes_again(ctx, given, slopes)
    if grad_value.dim() < first.dim() and ctx.reduction == "none":
        grad_value = grad_value.unsqueeze(-1)
    by = [None if x is None else times(grad_value, slope) for x, slope in zip(given, slopes)]
    return (*by, -by[0] if ctx.residual and by[0] is not None else None, None, None, None, None)


tuples.register_autograd(tuples_backward, setup_context=tuples_context)
tuples.register_autocast("cpu", torch.float32)
one_by_one(tuples)


# Distances and divergences: row by row, and all with all.


@operator("rowwise")
def rowwise(a: Tensor, b: Tensor, spec: str, gradient: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The value of each row of ``a`` with that of ``b``, and the gradients in both."""
    pair = measure(spec)
    arguments = a.detach(), b.detach()
    if gradient:
        value, slope_a, slope_b = pair.value_and_gradient(*arguments)
    else:
        value, slope_a, slope_b = pair.value(*arguments), a.new_empty(0), a.new_empty(0)
    return torch.as_tensor(value, dtype=a.dtype), slope_a, slope_b


@rowwise.register_fake
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


rowwise.register_autograd(rowwise_backward, setup_context=rowwise_context)
one_by_one(rowwise)


@operator("pairwise")
def pairwise(a: Tensor, b: Tensor, spec: str) -> Tensor:
    """All rows of ``a`` with all rows of ``b``."""
    result: Tensor = measure(spec).pairwise(a.detach(), b.detach())
    return result


@pairwise.register_fake
def _(a: Tensor, b: Tensor, spec: str) -> Tensor:
    return a.new_empty((a.shape[0], b.shape[0]))


@operator("pairwise_gradients")
def pairwise_gradients(a: Tensor, b: Tensor, upstream: Tensor, spec: str) -> tuple[Tensor, Tensor]:
    """The gradients of ``sum(upstream * matrix)``."""
    _, slope_a, slope_b = measure(spec).pairwise_gradients(a.detach(), b.detach(), upstream.detach())
    return slope_a, slope_b


@pairwise_gradients.register_fake
def _(a: Tensor, b: Tensor, upstream: Tensor, spec: str) -> tuple[Tensor, Tensor]:
    return a.new_empty(a.shape), b.new_empty(b.shape)


def pairwise_context(ctx: Any, inputs: Any, output: Any) -> None:
    a, b, ctx.spec = inputs
    ctx.save_for_backward(a, b)


def pairwise_backward(ctx: Any, grad: Tensor) -> Any:
    a, b = ctx.saved_tensors
    slope_a, slope_b = pairwise_gradients(a, b, grad.contiguous(), ctx.spec)
    return slope_a, slope_b, None


pairwise.register_autograd(pairwise_backward, setup_context=pairwise_context)
one_by_one(pairwise)
one_by_one(pairwise_gradients)


# Statistics of two samples, transport among them.


@operator("sample")
def sample(
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


@sample.register_fake
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


sample.register_autograd(sample_backward, setup_context=sample_context)
one_by_one(sample)


# A linear layer and the loss of its scores in one.


# Row by row the upstream gradient would need a pass of its own: only reduced values have a gradient.


@operator("head")
def head(
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


@head.register_fake
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
    ctx.save_for_backward(*output[1:], inputs[0], inputs[1])


def head_backward(ctx: Any, grad_value: Optional[Tensor], *_: Any) -> Any:
    if grad_value is None:
        return (None,) * 8
    *slopes, x, weights = ctx.saved_tensors
    slope_x, slope_weights, slope_bias = once(ctx.spec, slopes, (x, weights))
    bias = grad_value * slope_bias if ctx.has_bias else None
    return grad_value * slope_x, grad_value * slope_weights, None, bias, None, None, None, None


head.register_autograd(head_backward, setup_context=head_context)
one_by_one(head)
