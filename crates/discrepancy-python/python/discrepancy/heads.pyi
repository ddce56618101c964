# Made by generate.py from the catalogue; do not edit.
from collections.abc import Sequence
from typing import Literal

from ._measures import Head
from ._results import HeadResult
from ._types import Array, ArrayLike, Reduction

__all__ = [
    "LargeMarginSoftmax",
    "LinearSoftmaxCrossEntropy",
    "large_margin_softmax",
    "linear_softmax_cross_entropy",
]

def linear_softmax_cross_entropy(
    x: ArrayLike,
    weights: ArrayLike,
    target: ArrayLike,
    *,
    temperature: float = 1.0,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    smoothing_over: Literal["all", "others"] = "all",
    class_weight: Sequence[float] = (),
    bias: ArrayLike | None = None,
    reduction: Reduction = "mean",
    ignore_index: int | None = None,
    return_scores: bool = False,
    exact: bool = False,
) -> HeadResult: ...
def large_margin_softmax(
    x: ArrayLike,
    weights: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 4,
    lambda_: float = 0.0,
    bias: ArrayLike | None = None,
    reduction: Reduction = "mean",
    ignore_index: int | None = None,
    return_scores: bool = False,
    exact: bool = False,
) -> HeadResult: ...
class LinearSoftmaxCrossEntropy(Head):
    def __init__(
        self,
        *,
        temperature: float = 1.0,
        label_smoothing: float = 0.0,
        z_loss: float = 0.0,
        smoothing_over: Literal["all", "others"] = "all",
        class_weight: Sequence[float] = (),
    ) -> None: ...
class LargeMarginSoftmax(Head):
    def __init__(self, *, margin: float = 4, lambda_: float = 0.0) -> None: ...
