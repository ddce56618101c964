"""Matrices and neighbours by any distance or divergence."""

from __future__ import annotations

from . import _core
from ._errors import DiscrepancyTypeError
from ._measures import Pair
from ._specs import kind_of, make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._measures import Measure
    from ._types import Array, ArrayLike, PairNan


#: What is meant by names that other kinds of entries have.
MEANT = {"l1": "manhattan", "l2": "euclidean", "squared": "squared_euclidean", "absolute": "manhattan"}


def pair(function: str, metric: str | Measure) -> Pair:
    """A distance or divergence; an error that says what else it is."""
    made: Measure = make(metric)
    if isinstance(made, Pair):
        return made
    near = MEANT.get(made.name)
    if near is None:
        from difflib import get_close_matches

        names = [entry["name"] for entry in _core.catalogue() if entry["kind"] == "pair"]
        near = ", ".join(get_close_matches(made.name, names, n=3, cutoff=0.5))
    allowed = "a distance or divergence, such as euclidean, manhattan or kl_divergence"
    hint = f"; did you mean {near}?" if near else ""
    message = f"{function}: `metric` is {made.spec}, {kind_of(made)}; allowed: {allowed}{hint}"
    raise DiscrepancyTypeError(message, ("Unsupported", function, "metric", None), made.spec, allowed)


def pairwise(
    a: ArrayLike,
    b: ArrayLike | None,
    metric: str | Measure,
    *,
    weight: ArrayLike | None = None,
    nan: PairNan = "error",
    out: Array | None = None,
) -> Array:
    """All rows of ``a`` with all rows of ``b``; ``None`` stands for the rows of ``a`` once more.

    Parameters
    ----------
    a : (N, D) array
    b : (M, D) array or None
    metric : str or object
        A spec string such as ``"minkowski:p=3"``, or an object such as ``dc.distances.Minkowski(p=3)``.
    weight : (D,) array, optional
        A non-negative weight for each coordinate; distances only.
    nan : str, optional
        What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    out : (N, M) array, optional
        Where the result goes.

    Returns
    -------
    (N, M) array

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.pairwise([[0.0, 0.0], [3.0, 0.0]], [[0.0, 4.0]], "euclidean")
    array([[4.],
           [5.]])
    """
    return pair("pairwise", metric).pairwise(a, b, weight=weight, nan=nan, out=out)


def condensed(
    a: ArrayLike,
    metric: str | Measure,
    *,
    weight: ArrayLike | None = None,
    nan: PairNan = "error",
    out: Array | None = None,
) -> Array:
    """Each pair of rows of ``a`` once: (0, 1), (0, 2), …, (1, 2), …, as in SciPy's ``pdist``.

    ``weight`` is a non-negative weight for each coordinate, of distances only; ``out``, with room for N (N - 1) / 2
    numbers, is where the result goes; ``nan`` is that of :func:`pairwise`.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.condensed([[0.0], [1.0], [5.0]], "manhattan")
    array([1., 5., 4.])
    """
    return pair("condensed", metric).condensed(a, weight=weight, nan=nan, out=out)


def rowwise(
    a: ArrayLike,
    b: ArrayLike,
    metric: str | Measure,
    *,
    weight: ArrayLike | None = None,
    nan: PairNan = "error",
) -> Array:
    """Each row of ``a`` with the same row of ``b``; two vectors give a number. ``nan`` is that of :func:`pairwise`.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.rowwise([[0.0, 1.0], [5.0, 5.0]], [[2.0, 0.0], [5.0, 8.0]], "chebyshev")
    array([2., 3.])
    >>> dc.distances.rowwise([[0.0, 1.0], [5.0, float("nan")]], [[2.0, 0.0], [5.0, 8.0]], "chebyshev", nan="propagate")
    array([ 2., nan])
    """
    return pair("rowwise", metric).value(a, b, weight=weight, nan=nan)


def nearest(queries: ArrayLike, points: ArrayLike, metric: str | Measure, *, k: int = 1) -> tuple[Array, Array]:
    """Indices and distances of the ``k`` nearest points of each query, nearest first; ties go to the smaller index.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.distances.nearest([[0.2]], [[0.0], [1.0], [0.3]], "squared_euclidean", k=2)[0]
    array([[2, 0]])
    """
    result: tuple[Array, Array] = pair("nearest", metric).nearest(queries, points, k=k)
    return result
