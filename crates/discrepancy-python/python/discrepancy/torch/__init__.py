"""For PyTorch: differentiable losses, distances and statistics, and the losses of ``torch.nn`` under their names.

- :mod:`discrepancy.torch.functional`: every loss of ``torch.nn.functional``, so that a swap is one import;
- the modules of ``torch.nn`` by their names, such as ``discrepancy.torch.CrossEntropyLoss``;
- for everything else in the catalogue, by its spec string: :func:`loss`, :func:`distance`, :func:`pairwise`,
  :func:`statistic`, and the module :class:`Loss`.

Value and gradient are computed in one pass when the value is asked for; what autograd does later is a product.
Tensors are those of the processor. NaN goes through. The memory of the last large gradient is kept for the next one of its
size (:func:`empty_cache`).

>>> import torch
>>> import discrepancy.torch
>>> z = torch.tensor([3.0], requires_grad=True)
>>> discrepancy.torch.loss("squared", z, torch.tensor([1.0])).backward()
>>> z.grad
tensor([4.])
"""

from __future__ import annotations

from typing import Any

import torch

from .._errors import DiscrepancyTypeError
from .._measures import Measure, PointwiseLoss, RowLoss, Sample
from .._pairs import pair
from .._specs import kind_of
from . import _operators, functional, modules
from ._operators import empty_cache
from .functional import vocab_parallel_cross_entropy
from .modules import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    CTCLoss,
    GaussianNLLLoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    LinearCrossEntropyLoss,
    MarginRankingLoss,
    MSELoss,
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
    NLLLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "LinearCrossEntropyLoss",
    "Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
    "distance",
    "empty_cache",
    "functional",
    "loss",
    "modules",
    "pairwise",
    "statistic",
    "vocab_parallel_cross_entropy",
]


def _spec(spec: str | Measure) -> str:
    return spec.spec if isinstance(spec, Measure) else spec


def loss(
    spec: str | Measure,
    prediction: torch.Tensor,
    target: torch.Tensor,
    *,
    reduction: str = "mean",
    weight: torch.Tensor | None = None,
    ignore_index: int | None = None,
) -> torch.Tensor:
    """Any pointwise or row loss of the catalogue, differentiable in the prediction.

    Of a pointwise loss the gradient can be differentiated once more.

    Parameters
    ----------
    spec : str or object
        A spec string such as ``"focal:gamma=1"``, or an object such as ``dc.losses.Focal(gamma=1)``.
    prediction : Tensor
        Of any shape; of a row loss (…, C).
    target : Tensor
        Of the same shape; of a row loss labels (…) or probabilities (…, C).
    reduction : str
        ``"mean"``, ``"mean_by_count"``, ``"sum"`` or ``"none"``.
    weight : Tensor, optional
        For each element of a pointwise loss; the mean divides by their sum. It has no gradient.
    ignore_index : int, optional
        Rows of this label contribute nothing.

    Examples
    --------
    >>> import torch, discrepancy.torch
    >>> discrepancy.torch.loss("hinge", torch.tensor([0.5, 2.0]), torch.tensor([1.0, -1.0]))
    tensor(1.7500)
    """
    made, text = _operators.measure(_spec(spec)), _spec(spec)
    gradient = functional._wants_gradient(prediction)
    if isinstance(made, PointwiseLoss):
        if ignore_index is not None:
            raise TypeError(f"{made.name}: ignore_index is for losses of rows")
        target = target.to(prediction.dtype) if target.is_floating_point() else target
        value = _operators.pointwise(prediction, target, weight, text, reduction, False, gradient)[0]
    elif isinstance(made, RowLoss):
        if weight is not None:
            raise TypeError(f"{made.name}: rows have no weights here; weigh the values of reduction='none'")
        value = _operators.rows(prediction, target, None, text, reduction, ignore_index, gradient)[0]
    else:
        raise TypeError(f"{made.name} is not a loss of predictions and targets")
    result: torch.Tensor = value
    return result


class Loss(torch.nn.Module):
    """:func:`loss` as a module.

    Examples
    --------
    >>> import torch, discrepancy.torch
    >>> discrepancy.torch.Loss("squared", reduction="sum")(torch.tensor([3.0, 1.0]), torch.tensor([1.0, 0.0]))
    tensor(5.)
    """

    def __init__(self, spec: str | Measure, *, reduction: str = "mean", ignore_index: int | None = None) -> None:
        super().__init__()
        self.spec = _operators.measure(_spec(spec)).spec
        self.reduction = reduction
        self.ignore_index = ignore_index

    def extra_repr(self) -> str:
        return f"{self.spec!r}, reduction={self.reduction!r}"

    def forward(
        self, prediction: torch.Tensor, target: torch.Tensor, weight: torch.Tensor | None = None
    ) -> torch.Tensor:
        return loss(
            self.spec, prediction, target, reduction=self.reduction, weight=weight, ignore_index=self.ignore_index
        )


def distance(spec: str | Measure, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A distance or divergence, row by row: (…, D) and (…, D) to (…), differentiable in both.

    Examples
    --------
    >>> import torch, discrepancy.torch
    >>> discrepancy.torch.distance("euclidean", torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([5.])
    """
    return functional._distance(pair("distance", spec).spec, a, b)


def pairwise(spec: str | Measure, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """All rows of ``a`` with all rows of ``b``: (N, D) and (M, D) to (N, M), differentiable in both.

    Examples
    --------
    >>> import torch, discrepancy.torch
    >>> discrepancy.torch.pairwise("manhattan", torch.tensor([[0.0], [1.0]]), torch.tensor([[3.0]]))
    tensor([[3.],
            [2.]])
    """
    result: torch.Tensor = _operators.pairwise(a, b, pair("pairwise", spec).spec)
    return result


def statistic(
    spec: str | Measure,
    x: torch.Tensor,
    y: torch.Tensor,
    *,
    x_weight: torch.Tensor | None = None,
    y_weight: torch.Tensor | None = None,
) -> torch.Tensor:
    """A statistic of two samples, transport among them, differentiable in the points of both.

    Examples
    --------
    >>> import torch, discrepancy.torch
    >>> discrepancy.torch.statistic("wasserstein", torch.tensor([0.0, 1.0]), torch.tensor([5.0, 6.0]))
    tensor(5.)
    """
    made = _operators.measure(_spec(spec))
    if not isinstance(made, Sample):
        details, allowed = ("Unsupported", "statistic", "spec", None), "a statistic of two samples, or transport"
        message = f"statistic: `spec` is {made.spec}, {kind_of(made)}; allowed: {allowed}"
        raise DiscrepancyTypeError(message, details, made.spec, allowed)
    gradient = functional._wants_gradient(x, y)
    arguments: tuple[Any, ...] = (x, y, x_weight, y_weight, _spec(spec), gradient)
    result: torch.Tensor = _operators.sample(*arguments)[0]
    return result
