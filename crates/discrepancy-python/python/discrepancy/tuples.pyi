# Made by generate.py from the catalogue; do not edit.
from typing import Any

from ._measures import TupleLoss
from ._types import Array, ArrayLike, Nan, Reduction

__all__ = [
    "CosineEmbedding",
    "GaussianNll",
    "MarginRanking",
    "Triplet",
    "cosine_embedding",
    "gaussian_nll",
    "margin_ranking",
    "triplet",
]

def gaussian_nll(
    mean: ArrayLike,
    variance: ArrayLike,
    target: ArrayLike,
    *,
    full: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def margin_ranking(
    first: ArrayLike,
    second: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def cosine_embedding(
    first: ArrayLike,
    second: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
def triplet(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    margin: float = 1.0,
    p: float = 2.0,
    swap: bool = False,
    squared: bool = False,
    offset: float = 0.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
) -> Any: ...
class GaussianNll(TupleLoss):
    def __init__(self, *, full: bool = False) -> None: ...
class MarginRanking(TupleLoss):
    def __init__(self, *, margin: float = 0.0) -> None: ...
class CosineEmbedding(TupleLoss):
    def __init__(self, *, margin: float = 0.0) -> None: ...
class Triplet(TupleLoss):
    def __init__(
        self,
        *,
        margin: float = 1.0,
        p: float = 2.0,
        swap: bool = False,
        squared: bool = False,
        offset: float = 0.0,
    ) -> None: ...
