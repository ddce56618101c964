# Made by generate.py from the catalogue; do not edit.
from collections.abc import Sequence
from typing import Any

from ._measures import Pair
from ._pairs import condensed as condensed, nearest as nearest, pairwise as pairwise, rowwise as rowwise
from ._types import Array, ArrayLike, Out, PairNan

__all__ = [
    "BrayCurtis",
    "Canberra",
    "Chebyshev",
    "Cosine",
    "Dice",
    "Euclidean",
    "Hamming",
    "Jaccard",
    "Mahalanobis",
    "Manhattan",
    "Minkowski",
    "Pearson",
    "RogersTanimoto",
    "RussellRao",
    "SokalSneath",
    "SquaredEuclidean",
    "StandardizedEuclidean",
    "Yule",
    "bray_curtis",
    "canberra",
    "chebyshev",
    "condensed",
    "cosine",
    "dice",
    "euclidean",
    "hamming",
    "jaccard",
    "mahalanobis",
    "manhattan",
    "minkowski",
    "nearest",
    "pairwise",
    "pearson",
    "rogers_tanimoto",
    "rowwise",
    "russell_rao",
    "sokal_sneath",
    "squared_euclidean",
    "standardized_euclidean",
    "yule",
]

def euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def squared_euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def manhattan(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def chebyshev(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def minkowski(
    a: ArrayLike,
    b: ArrayLike,
    *,
    p: float = 2.0,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def standardized_euclidean(
    a: ArrayLike,
    b: ArrayLike,
    *,
    variances: Sequence[float] = (),
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def cosine(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def pearson(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def hamming(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def mahalanobis(
    a: ArrayLike,
    b: ArrayLike,
    *,
    inverse_covariance: Sequence[float] = (),
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def bray_curtis(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def canberra(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def jaccard(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def dice(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def rogers_tanimoto(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def russell_rao(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def sokal_sneath(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
) -> Any: ...
def yule(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: PairNan = "error",
    out: Out = None,
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
class Mahalanobis(Pair):
    def __init__(self, *, inverse_covariance: Sequence[float] = ()) -> None: ...
class BrayCurtis(Pair):
    def __init__(self) -> None: ...
class Canberra(Pair):
    def __init__(self) -> None: ...
class Jaccard(Pair):
    def __init__(self) -> None: ...
class Dice(Pair):
    def __init__(self) -> None: ...
class RogersTanimoto(Pair):
    def __init__(self) -> None: ...
class RussellRao(Pair):
    def __init__(self) -> None: ...
class SokalSneath(Pair):
    def __init__(self) -> None: ...
class Yule(Pair):
    def __init__(self) -> None: ...
