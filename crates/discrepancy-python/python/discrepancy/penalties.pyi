# Made by generate.py from the catalogue; do not edit.
from typing import Any

from ._measures import Penalty
from ._types import Array, ArrayLike

__all__ = [
    "ElasticNet",
    "L1",
    "L2",
    "elastic_net",
    "l1",
    "l2",
]

def l1(weights: ArrayLike, *, lambda_: float = 1.0, return_gradient: bool = False) -> Any: ...
def l2(weights: ArrayLike, *, lambda_: float = 1.0, return_gradient: bool = False) -> Any: ...
def elastic_net(
    weights: ArrayLike,
    *,
    lambda_: float = 1.0,
    l1_ratio: float = 0.5,
    return_gradient: bool = False,
) -> Any: ...
class L1(Penalty):
    def __init__(self, *, lambda_: float = 1.0) -> None: ...
class L2(Penalty):
    def __init__(self, *, lambda_: float = 1.0) -> None: ...
class ElasticNet(Penalty):
    def __init__(self, *, lambda_: float = 1.0, l1_ratio: float = 0.5) -> None: ...
