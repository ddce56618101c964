# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import Pair
from ._types import Array, ArrayLike, Out, PairNan

__all__ = [
    "Bhattacharyya",
    "BhattacharyyaCoefficient",
    "Hellinger",
    "JensenShannon",
    "JensenShannonDistance",
    "KlDivergence",
    "bhattacharyya",
    "bhattacharyya_coefficient",
    "hellinger",
    "jensen_shannon",
    "jensen_shannon_distance",
    "kl_divergence",
]

def kl_divergence(
    p: ArrayLike,
    q: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    generalized: bool = False,
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def jensen_shannon(
    p: ArrayLike,
    q: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def jensen_shannon_distance(
    p: ArrayLike,
    q: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def hellinger(
    p: ArrayLike,
    q: ArrayLike,
    *,
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def bhattacharyya(
    p: ArrayLike,
    q: ArrayLike,
    *,
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def bhattacharyya_coefficient(
    p: ArrayLike,
    q: ArrayLike,
    *,
    normalize: bool = False,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
class KlDivergence(Pair):
    def __init__(
        self,
        *,
        base: float | Literal["e"] = "e",
        generalized: bool = False,
        normalize: bool = False,
    ) -> None: ...
class JensenShannon(Pair):
    def __init__(self, *, base: float | Literal["e"] = "e", normalize: bool = False) -> None: ...
class JensenShannonDistance(Pair):
    def __init__(self, *, base: float | Literal["e"] = "e", normalize: bool = False) -> None: ...
class Hellinger(Pair):
    def __init__(self, *, normalize: bool = False) -> None: ...
class Bhattacharyya(Pair):
    def __init__(self, *, normalize: bool = False) -> None: ...
class BhattacharyyaCoefficient(Pair):
    def __init__(self, *, normalize: bool = False) -> None: ...
