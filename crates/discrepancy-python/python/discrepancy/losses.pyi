# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import PointwiseLoss
from ._types import Array, ArrayLike, Nan, Reduction

__all__ = [
    "Absolute",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
    "Brier",
    "BrierWithLogits",
    "Exponential",
    "Focal",
    "FocalFromProbabilities",
    "Hinge",
    "Logistic",
    "Squared",
    "ZeroOne",
    "absolute",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "brier",
    "brier_with_logits",
    "exponential",
    "focal",
    "focal_from_probabilities",
    "hinge",
    "logistic",
    "squared",
    "zero_one",
]

def zero_one(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    threshold: float = 0.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def binary_cross_entropy(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def binary_cross_entropy_with_logits(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    pos_weight: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def focal(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def focal_from_probabilities(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def brier(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def brier_with_logits(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def exponential(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def logistic(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    base: float | Literal["e"] = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def squared(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    half: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def absolute(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
class ZeroOne(PointwiseLoss):
    def __init__(self, *, threshold: float = 0.0) -> None: ...
class BinaryCrossEntropy(PointwiseLoss):
    def __init__(self, *, base: float | Literal["e"] = "e") -> None: ...
class BinaryCrossEntropyWithLogits(PointwiseLoss):
    def __init__(self, *, pos_weight: float = 1.0) -> None: ...
class Focal(PointwiseLoss):
    def __init__(self, *, alpha: float | None = 0.25, gamma: float = 2.0) -> None: ...
class FocalFromProbabilities(PointwiseLoss):
    def __init__(self, *, alpha: float | None = 0.25, gamma: float = 2.0) -> None: ...
class Brier(PointwiseLoss):
    def __init__(self) -> None: ...
class BrierWithLogits(PointwiseLoss):
    def __init__(self) -> None: ...
class Hinge(PointwiseLoss):
    def __init__(self, *, margin: float = 1.0) -> None: ...
class Exponential(PointwiseLoss):
    def __init__(self, *, beta: float = 1.0) -> None: ...
class Logistic(PointwiseLoss):
    def __init__(self, *, base: float | Literal["e"] = 2.0) -> None: ...
class Squared(PointwiseLoss):
    def __init__(self, *, half: bool = False) -> None: ...
class Absolute(PointwiseLoss):
    def __init__(self) -> None: ...
