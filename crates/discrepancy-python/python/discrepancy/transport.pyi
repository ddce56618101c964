# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import PlannedTransport, Transport
from ._results import TransportPlan
from ._types import Array, ArrayLike

__all__ = [
    "OptimalTransport",
    "Sinkhorn",
    "SinkhornDivergence",
    "Wasserstein",
    "optimal_transport",
    "sinkhorn",
    "sinkhorn_divergence",
    "wasserstein",
]

def wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    *,
    order: float = 1.0,
    x_weight: ArrayLike | None = None,
    y_weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def optimal_transport(
    x: ArrayLike,
    y: ArrayLike,
    *,
    ground: Literal["euclidean", "squared_euclidean"] = "euclidean",
    x_weight: ArrayLike | None = None,
    y_weight: ArrayLike | None = None,
) -> TransportPlan: ...
def sinkhorn(
    x: ArrayLike,
    y: ArrayLike,
    *,
    epsilon: float = 0.05,
    ground: Literal["euclidean", "squared_euclidean"] = "euclidean",
    tolerance: float = 1e-18,
    max_iterations: float = 20000,
    x_weight: ArrayLike | None = None,
    y_weight: ArrayLike | None = None,
) -> TransportPlan: ...
def sinkhorn_divergence(
    x: ArrayLike,
    y: ArrayLike,
    *,
    epsilon: float = 0.05,
    ground: Literal["euclidean", "squared_euclidean"] = "euclidean",
    tolerance: float = 1e-18,
    max_iterations: float = 20000,
    x_weight: ArrayLike | None = None,
    y_weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
class Wasserstein(Transport):
    def __init__(self, *, order: float = 1.0) -> None: ...
class OptimalTransport(PlannedTransport):
    def __init__(self, *, ground: Literal["euclidean", "squared_euclidean"] = "euclidean") -> None: ...
class Sinkhorn(PlannedTransport):
    def __init__(
        self,
        *,
        epsilon: float = 0.05,
        ground: Literal["euclidean", "squared_euclidean"] = "euclidean",
        tolerance: float = 1e-18,
        max_iterations: float = 20000,
    ) -> None: ...
class SinkhornDivergence(Transport):
    def __init__(
        self,
        *,
        epsilon: float = 0.05,
        ground: Literal["euclidean", "squared_euclidean"] = "euclidean",
        tolerance: float = 1e-18,
        max_iterations: float = 20000,
    ) -> None: ...
