# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import Sample
from ._types import Array, ArrayLike

__all__ = [
    "MaximumMeanDiscrepancy",
    "maximum_mean_discrepancy",
]

def maximum_mean_discrepancy(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kernel: Literal["rbf", "laplace", "inverse_multiquadric", "polynomial", "energy"] = "rbf",
    bandwidth: float | Literal["median", "aggregated"] = "median",
    estimator: Literal["biased", "unbiased", "linear"] = "unbiased",
    return_gradient: bool = False,
) -> Any: ...
class MaximumMeanDiscrepancy(Sample):
    def __init__(
        self,
        *,
        kernel: Literal["rbf", "laplace", "inverse_multiquadric", "polynomial", "energy"] = "rbf",
        bandwidth: float | Literal["median", "aggregated"] = "median",
        estimator: Literal["biased", "unbiased", "linear"] = "unbiased",
    ) -> None: ...
