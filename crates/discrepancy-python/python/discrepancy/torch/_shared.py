"""What the operators have in common: registration, memory for large gradients, results that are tensors."""

# No postponed annotations: PyTorch reads the schemas from them.

from functools import lru_cache
from typing import Any, Callable, Optional

import torch
from torch import Tensor

from .._errors import DiscrepancyError
from .._measures import Measure
from .._specs import make
from ._transforms import transforming

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
    # Targets that are integers beyond the type of the predictions are computed with in double precision.
    return torch.as_tensor(value, dtype=prediction.dtype), slopes.to(prediction.dtype)


def empty_results(prediction: Tensor, shape: Any, reduction: str, gradient: bool) -> tuple[Tensor, Tensor]:
    """What :func:`evaluate` returns, without its numbers."""
    value = prediction.new_empty(shape if reduction == "none" else ())
    return value, prediction.new_empty(prediction.shape if gradient else (0,))


def outside(function: str, argument: str, numbers: Tensor, wrong: Tensor, allowed: str) -> DiscrepancyError:
    """The library's error for the first number that is wrong."""
    index = int(wrong.flatten().nonzero()[0])
    value = numbers.flatten()[index].item()
    text = f"{function}: `{argument}` at index {index} is {value:g}, which is outside its domain; allowed: {allowed}"
    return DiscrepancyError(text, ("Domain", function, argument, index), value, allowed)


def known_gradient(gradient: bool, spec: str) -> None:
    """Autograd asks for what was not computed, for nothing that has a derivative asked for it before."""
    if not gradient:
        raise NotImplementedError(f"{spec}: no derivative in discrepancy.torch by what asks for one, target or weight")


def times(upstream: Tensor, slopes: Tensor) -> Tensor:
    """The chain rule's product. At the end of a graph upstream is 1, and the slopes go on as they are, in no pass at all.

    Not where they are wanted once more, for a gradient may be added to in place.
    """
    ends = upstream.dim() == 0 and type(upstream) is Tensor and not torch.compiler.is_compiling()
    if ends and not torch.is_grad_enabled() and not torch._C._autograd._get_current_graph_task_keep_graph():
        if not transforming() and upstream.item() == 1.0:
            return slopes.detach()
    return upstream * slopes
