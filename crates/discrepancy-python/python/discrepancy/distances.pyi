# Made by generate.py from the catalogue; do not edit.
from collections.abc import Sequence
from typing import Any

from ._measures import Pair
from ._pairs import condensed as condensed, nearest as nearest, pairwise as pairwise, rowwise as rowwise
from ._types import Array, ArrayLike

__all__ = [
    "Chebyshev",
    "Cosine",
    "Euclidean",
    "Hamming",
    "Manhattan",
    "Minkowski",
    "Pearson",
    "SquaredEuclidean",
    "StandardizedEuclidean",
    "chebyshev",
    "condensed",
    "cosine",
    "euclidean",
    "hamming",
    "manhattan",
    "minkowski",
    "nearest",
    "pairwise",
    "pearson",
    "rowwise",
    "squared_euclidean",
    "standardized_euclidean",
]

def euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def squared_euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def manhattan(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def chebyshev(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def minkowski(
    a: ArrayLike,
    b: ArrayLike,
    *,
    p: float = 2.0,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def standardized_euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    variances: Sequence[float] = (),
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def cosine(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def pearson(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
def hamming(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
) -> Any: ...
class Euclidean(Pair):
    def __init__(self) -> None: ...
class SquaredEuclidean(Pair):
    def __init__(self) -> None: ...
class Manhattan(Pair):
    def __init__(self) -> None: ...
class Chebyshev(Pair):
    def __init__(self) -> None: ...
class Minkowski(Pair):
    def __init__(self, *, p: float = 2.0) -> None: ...
class StandardizedEuclidean(Pair):
    def __init__(self, *, variances: Sequence[float] = ()) -> None: ...
class Cosine(Pair):
    def __init__(self) -> None: ...
class Pearson(Pair):
    def __init__(self) -> None: ...
class Hamming(Pair):
    def __init__(self) -> None: ...
