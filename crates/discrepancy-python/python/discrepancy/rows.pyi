# Made by generate.py from the catalogue; do not edit.
from collections.abc import Sequence
from typing import Any, Literal

from ._measures import RowLoss
from ._states import RowStates as RowStates
from ._types import Array, ArrayLike, Nan, Out, Reduction

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
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    temperature: float = 1.0,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    smoothing_over: Literal["all", "others"] = "all",
    class_weight: Sequence[float] = (),
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def softmax_focal(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: Sequence[float] = (),
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def cross_entropy(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def multiclass_zero_one(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def multi_margin(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    p: float = 1,
    margin: float = 1.0,
    class_weight: Sequence[float] = (),
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def multilabel_margin(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def multilabel_soft_margin(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    class_weight: Sequence[float] = (),
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    return_gradient: bool = False,
    return_logsumexp: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
class SoftmaxCrossEntropy(RowLoss):
    def __init__(
        self,
        *,
        temperature: float = 1.0,
        label_smoothing: float = 0.0,
        z_loss: float = 0.0,
        smoothing_over: Literal["all", "others"] = "all",
        class_weight: Sequence[float] = (),
    ) -> None: ...
class SoftmaxFocal(RowLoss):
    def __init__(self, *, gamma: float = 2.0, alpha: Sequence[float] = ()) -> None: ...
class CrossEntropy(RowLoss):
    def __init__(self, *, base: float | Literal["e"] = "e") -> None: ...
class MulticlassZeroOne(RowLoss):
    def __init__(self) -> None: ...
class MultiMargin(RowLoss):
    def __init__(self, *, p: float = 1, margin: float = 1.0, class_weight: Sequence[float] = ()) -> None: ...
class MultilabelMargin(RowLoss):
    def __init__(self) -> None: ...
class MultilabelSoftMargin(RowLoss):
    def __init__(self, *, class_weight: Sequence[float] = ()) -> None: ...
