# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import Sample
from ._types import Array, ArrayLike

__all__ = [
    "EnergyDistance",
    "MaximumMeanDiscrepancy",
    "energy_distance",
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
def energy_distance(
    x: ArrayLike,
    y: ArrayLike,
    *,
    alpha: float = 1.0,
    root: bool = False,
    estimator: Literal["biased", "unbiased"] = "biased",
    x_weight: ArrayLike | None = None,
    y_weight: ArrayLike | None = None,
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
class EnergyDistance(Sample):
    def __init__(
        self,
        *,
        alpha: float = 1.0,
        root: bool = False,
        estimator: Literal["biased", "unbiased"] = "biased",
    ) -> None: ...
