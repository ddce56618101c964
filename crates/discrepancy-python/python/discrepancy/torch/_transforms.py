"""What lets PyTorch transform functions that call an operator: ``torch.func``, ``vmap`` and forward-mode derivatives.

Operators of ``torch.library`` take part in ``backward`` and in ``torch.compile``. In ``torch.func.grad`` they do not,
and forward mode passes over them as if they were constant: the tangent would be 0. So each has a twin, a function of
autograd with rules for all of these, which is called wherever functions are transformed; and the operator itself
refuses what has a tangent.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd import forward_ad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Where the operators are, to add to what is known of them.
LIBRARY = torch.library.Library("discrepancy", "FRAGMENT")


def transforming() -> bool:
    """Whether somebody may ask for more than ``backward`` does."""
    active: bool = torch._C._are_functorch_transforms_active()
    return active or forward_ad._current_level >= 0


def has_tangent(tensor: Any) -> bool:
    """Whether forward mode looks at this tensor now."""
    if not isinstance(tensor, Tensor) or forward_ad._current_level < 0 or not forward_ad._is_fwd_grad_enabled():
        return False
    return forward_ad.unpack_dual(tensor).tangent is not None


def tracked(tensor: Tensor | None) -> bool:
    """Whether a derivative with respect to the tensor may be asked for, on any level of transforms."""
    if tensor is None:
        return False
    if torch.compiler.is_compiling() or not transforming():
        return torch.is_grad_enabled() and tensor.requires_grad
    functorch = torch._C._functorch
    while True:
        if (torch.is_grad_enabled() and tensor.requires_grad) or has_tangent(tensor):
            return True
        if not functorch.is_functorch_wrapped_tensor(tensor):
            return False
        tensor = functorch.get_unwrapped(tensor)


def no_second_derivative(spec: str) -> NotImplementedError:
    """Silence would be a wrong derivative."""
    return NotImplementedError(f"{spec}: the gradient has no derivative in discrepancy.torch")


class Once(torch.autograd.Function):
    """A gradient as it is, that complains when it is differentiated by what it is a function of."""

    @staticmethod
    def forward(spec: str, slope: Tensor, *causes: Tensor) -> Tensor:
        return slope.view_as(slope)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.spec = inputs[0]

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise no_second_derivative(ctx.spec)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise no_second_derivative(ctx.spec)

    @staticmethod
    def vmap(info: Any, in_dims: Any, spec: str, slope: Tensor, *causes: Tensor) -> Any:
        return Once.apply(spec, slope, *causes), in_dims[1]


def once(spec: str, slopes: Any, causes: Any) -> Any:
    """Gradients that cannot be differentiated further. Costs nothing unless autograd looks at its own work."""
    if not torch.is_grad_enabled() and not transforming():
        return slopes
    return [Once.apply(spec, slope, *causes) for slope in slopes]


def contract(slopes: Tensor, tangent: Tensor, dims: Any = None) -> Tensor:
    """The sum of products over some dimensions, or over all; in double precision."""
    product = slopes.double() * tangent.double()
    return (product.sum() if dims is None else product.sum(dims)).to(slopes.dtype)


def total(parts: list[Tensor], like: Tensor) -> Tensor:
    """The sum of what each input's tangent gives."""
    result = torch.zeros_like(like)
    for part in parts:
        result = result + part
    return result


def where_nan(value: Tensor) -> Tensor:
    """0, but NaN where the value is: the mean of nothing has no direction."""
    return torch.where(value.isnan(), value, torch.zeros_like(value))


def refuse_tangents(spec: str, tangents: dict[str, Any]) -> None:
    """An error for tangents of what has no derivative here; they would go missing."""
    for name, tangent in tangents.items():
        if tangent is not None:
            raise NotImplementedError(f"{spec}: no derivative by {name} in discrepancy.torch")


def element_by_element(call: Callable[..., Any], batch: int, in_dims: Any, args: Any) -> Any:
    """``vmap`` by a loop: each element is a pass of its own anyway."""
    results = []
    for i in range(batch):
        chosen = [a if dim is None else a.select(dim, i) for a, dim in zip(args, in_dims, strict=True)]
        results.append(call(*chosen))
    if isinstance(results[0], Tensor):
        return torch.stack(results), 0
    return tuple(torch.stack(column) for column in zip(*results)), (0,) * len(results[0])


def guard(op: Any) -> None:
    """Makes the operator itself refuse tensors with a tangent, which it would forget."""
    name = op._qualname.partition("::")[2]
    kernel = torch._library.autograd.make_autograd_impl(op._opoverload, op)

    def guarded(keyset: Any, *args: Any) -> Any:
        if any(map(has_tangent, args)):
            raise NotImplementedError(
                f"discrepancy::{name}: no forward-mode derivative here; call the functions of discrepancy.torch, "
                "outside of torch.compile"
            )
        return kernel(keyset, *args)

    LIBRARY.impl(name, guarded, "Autograd", with_keyset=True, allow_override=True)


def no_derivative(name: str) -> NotImplementedError:
    return NotImplementedError(f"discrepancy::{name} has no derivative in discrepancy.torch")


def transformable(
    op: Any,
    context: Callable[[Any, Any, Any], None] | None = None,
    backward: Callable[..., Any] | None = None,
    jvp: Callable[[Any, Any, Any, Any], Any] | None = None,
) -> Any:
    """The operator with its rules, as the package calls it.

    ``context`` and ``backward`` are those of ``register_autograd``. ``jvp`` gets the context, the arguments, the tuple of
    results and the tangents of the arguments; it gives the tangents of the results. What is not given is an error when it
    is asked for.
    """
    title = op._qualname.partition("::")[2]

    def give_up(ctx: Any, *grads: Any) -> Any:
        raise no_derivative(title)

    def nothing(ctx: Any, inputs: Any, output: Any) -> None:
        pass

    remember, back = context or nothing, backward or give_up
    op.register_autograd(back, setup_context=remember)
    op.register_vmap(lambda info, in_dims, *args: element_by_element(op, info.batch_size, in_dims, args))
    guard(op)

    class Twin(torch.autograd.Function):
        @staticmethod
        def forward(*args: Any) -> Any:
            return op(*args)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            remember(ctx, inputs, output)
            results = output if isinstance(output, tuple) else (output,)
            ctx.given = tuple(None if isinstance(x, Tensor) else (x,) for x in inputs)
            ctx.save_for_forward(*[x for x in inputs if isinstance(x, Tensor)], *results)

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            return back(ctx, *grads)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            if jvp is None:
                raise no_derivative(title)
            # PyTorch switches forward mode off here, also for the levels outside, whose tangents would go missing. On
            # this level nothing moves: its tangents are the arguments.
            with forward_ad._set_fwd_grad_enabled(True):
                saved = [forward_ad.unpack_dual(tensor).primal for tensor in ctx.saved_tensors]
                inputs = [saved.pop(0) if other is None else other[0] for other in ctx.given]
                return jvp(ctx, inputs, tuple(saved), tangents)

        @staticmethod
        def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
            return element_by_element(call, info.batch_size, in_dims, args)

    Twin.__name__ = Twin.__qualname__ = title

    def call(*args: Any) -> Any:
        if not torch.compiler.is_compiling() and transforming():
            return Twin.apply(*args)
        return op(*args)

    call.op = op  # type: ignore[attr-defined]
    return call
