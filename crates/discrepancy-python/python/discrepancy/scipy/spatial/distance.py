"""Stands for ``scipy.spatial.distance``: its names, arguments, types of results, special values and errors.

A swap is one import. Values are the library's, right to the last digits, so they differ from SciPy's where SciPy
loses digits (nearly parallel or nearly equal rows), leaves the range of numbers (1e200 and 1e-200, high orders), wraps
around (small integers), or passes over NaN (``chebyshev``, ``canberra``: NaN here).

SciPy itself is imported when it is first needed: for what the library does not compute (functions of the caller,
orders below 1, extended precision, complex numbers, directed Hausdorff), for rows whose answer is a convention of
SciPy (rows of zeros, rows that are no distributions, numbers that are not finite), and for whatever is to be an error.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import numpy as np

from ..._errors import DiscrepancyError
from ..._masks import without_masks
from ..._specs import make
from .._rows import along_axis, no_distribution, readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

__all__ = [
    "braycurtis",
    "canberra",
    "cdist",
    "chebyshev",
    "cityblock",
    "correlation",
    "cosine",
    "dice",
    "directed_hausdorff",
    "euclidean",
    "hamming",
    "is_valid_dm",
    "is_valid_y",
    "jaccard",
    "jensenshannon",
    "mahalanobis",
    "minkowski",
    "num_obs_dm",
    "num_obs_y",
    "pdist",
    "rogerstanimoto",
    "russellrao",
    "seuclidean",
    "sokalsneath",
    "sqeuclidean",
    "squareform",
    "yule",
]

#: Rows that are compared with all others at a time where each pair is wanted once.
BLOCK = 128


def _peer() -> Any:
    return import_module("scipy.spatial.distance")


# --- What SciPy calls things, and where it answers in its own way -------------------------------------------------


def _zeros(rows: Any, weight: Any) -> Any:
    """The rows without anything."""
    return ~((rows != 0) if weight is None else (rows != 0) & (weight > 0)).any(axis=1)


def _constant(rows: Any, weight: Any) -> Any:
    """The rows of one number."""
    used = rows if weight is None else rows[:, weight > 0]
    return (used == used[:, :1]).all(axis=1)


class _Metric(NamedTuple):
    """A metric of SciPy; the catalogue knows it by the same name."""

    #: What else SciPy calls it.
    aliases: tuple[str, ...] = ()
    #: The arguments of its matrices.
    options: tuple[str, ...] = ("w",)
    #: Whether numbers are taken for true and false.
    truth: bool = False
    #: Whether matrices, too, multiply numbers that are neither true nor false.
    fractions: bool = False
    #: What the function returns: ``"float64"``, ``"float"``, ``"input"`` for the type of the arguments, ``"norm"``.
    result: str = "float64"
    #: The rows that the library has another answer for.
    differs: Callable[[Any, Any], Any] | None = None
    #: The rows that the library has no answer for.
    refused: Callable[[Any, Any], Any] | None = None
    #: Whether NaN is the answer where SciPy passes over NaN, or gives what rounding left of a refused row.
    undefined: bool = False


_METRICS = {
    "braycurtis": _Metric(differs=_zeros),
    "canberra": _Metric(undefined=True),
    "chebyshev": _Metric(("chebychev", "cheby", "cheb", "ch"), result="input", undefined=True),
    "cityblock": _Metric(("cblock", "cb", "c"), result="input"),
    "correlation": _Metric(("co",), result="input", refused=_constant, undefined=True),
    "cosine": _Metric(("cos",), result="input", refused=_zeros),
    "dice": _Metric(truth=True, fractions=True, result="float", differs=_zeros),
    "euclidean": _Metric(("euclid", "eu", "e"), result="norm"),
    "hamming": _Metric(("matching", "hamm", "ha", "h")),
    "jaccard": _Metric(("jacc", "ja", "j"), truth=True),
    "jensenshannon": _Metric(("js",), options=(), refused=no_distribution),
    "mahalanobis": _Metric(("mahal", "mah"), options=("VI",), result="input"),
    "minkowski": _Metric(("mi", "m", "pnorm"), options=("w", "p"), result="norm"),
    "rogerstanimoto": _Metric(truth=True, result="float"),
    "russellrao": _Metric(truth=True, result="float"),
    "seuclidean": _Metric(("se", "s"), options=("V",)),
    "sokalsneath": _Metric(truth=True, differs=_zeros),
    "sqeuclidean": _Metric(("sqe", "sqeuclid"), result="input"),
    "yule": _Metric(truth=True, result="float"),
}
_BY_ALIAS = {alias: name for name, metric in _METRICS.items() for alias in (name, *metric.aliases)}


def _name(metric: Any) -> str | None:
    """SciPy's name of a metric given by any of its names, or as a function of this module."""
    if isinstance(metric, str):
        return _BY_ALIAS.get(metric.lower())
    name = getattr(metric, "__name__", "")
    return name if name in _METRICS and globals().get(name) is metric else None


def _measure(name: str, options: dict[str, Any]) -> Any:
    """The entry of the catalogue, with what SciPy's arguments are called there."""
    if name == "minkowski" and options.get("p") == np.inf:
        return make("chebyshev")
    given: dict[str, Any] = {"normalize": True} if name == "jensenshannon" else {}
    if "p" in options:
        given["p"] = float(options["p"])
    if "V" in options:
        given["variances"] = options["V"].tolist()
    if "VI" in options:
        given["inverse_covariance"] = options["VI"].ravel().tolist()
    measure = make(name)
    return type(measure)(**given) if given else measure


def _answers(name: str, *arrays: Any) -> bool:
    """Whether the library takes these numbers for what SciPy's matrices do."""
    return all(readable(side) and not (_METRICS[name].fractions and _between_truths(side)) for side in arrays)


def _nan(name: str) -> str:
    """What NaN gives: NaN, but for SciPy's number of differences, for which NaN is a number unlike all others."""
    return "error" if name == "hamming" else "propagate"


def _between_truths(array: Any) -> bool:
    return not bool(((array == 0) | (array == 1)).all())


def _settled(rows: tuple[Any, ...], width: int, name: str, options: dict[str, Any]) -> dict[str, Any] | None:
    """SciPy's arguments with its defaults, as arrays of doubles; ``None`` where SciPy is to say what is wrong."""
    wanted = _METRICS[name].options
    if not set(options) <= set(wanted):
        return None
    options = {key: value for key, value in options.items() if value is not None}
    count = sum(len(side) for side in rows)
    if "V" in wanted and "V" not in options and count > 1:
        options["V"] = np.var(np.vstack(rows), axis=0, ddof=1)
    if "VI" in wanted and "VI" not in options and count > width:
        options["VI"] = np.linalg.inv(np.atleast_2d(np.cov(np.vstack(rows).T))).T
    shapes: dict[str, tuple[int, ...]] = {"w": (width,), "V": (width,), "VI": (width, width)}
    for key in set(wanted) & set(shapes):
        if key not in options:
            if key == "w":
                continue
            return None
        value = np.asarray(options[key])
        if not readable(value) or value.shape != shapes[key]:
            return None
        options[key] = value.astype(np.float64, copy=False)
    return options


# --- Matrices -----------------------------------------------------------------------------------------------------


def _special(name: str, a: Any, b: Any, options: dict[str, Any]) -> Any:
    """SciPy's own answers for all rows of ``a`` with all of ``b``, but NaN where there is no right one."""
    with np.errstate(invalid="ignore"):
        found = _peer().cdist(a, b, name, **options)
    metric = _METRICS[name]
    for rows, place in ((a, (slice(None), None)), (b, (None, slice(None)))):
        none = np.zeros(len(rows), bool) if name == "hamming" else np.isnan(rows).any(axis=1)
        if metric.undefined and metric.refused is not None:
            none |= metric.refused(rows, options.get("w"))
        found[np.broadcast_to(none[place], found.shape)] = np.nan
    return found


def _matrix(name: str, measure: Any, a: Any, b: Any, options: dict[str, Any], out: Any = None) -> Any:
    """All rows of ``a`` with all of ``b``: those SciPy has a convention for by SciPy, all others by the library."""
    metric, weight = _METRICS[name], options.get("w")

    def rows_where(test: Any) -> list[Any]:
        return [test(a, weight), test(b, weight)]

    odd = rows_where(metric.differs) if metric.differs else [np.zeros(len(side), bool) for side in (a, b)]
    if not (odd[0].any() or odd[1].any()):
        try:
            return measure.pairwise(a, b, weight=weight, nan=_nan(name), out=out)
        except DiscrepancyError:
            odd = rows_where(lambda rows, _: ~np.isfinite(rows).all(axis=1))
            if metric.refused is not None:
                odd = [both[0] | both[1] for both in zip(odd, rows_where(metric.refused))]
            if not (odd[0].any() or odd[1].any()):
                raise
    # Not into ``out``, which may be part of what is read.
    result = np.empty((len(a), len(b)))
    usual = [~side for side in odd]
    if usual[0].any() and usual[1].any():
        result[np.ix_(*usual)] = measure.pairwise(a[usual[0]], b[usual[1]], weight=weight, nan=_nan(name))
    if odd[0].any():
        result[odd[0]] = _special(name, a[odd[0]], b, options)
    if odd[1].any() and usual[0].any():
        result[np.ix_(usual[0], odd[1])] = _special(name, a[usual[0]], b[odd[1]], options)
    if out is None:
        return result
    out[...] = result
    return out


def _condensed(name: str, measure: Any, rows: Any, options: dict[str, Any], out: Any) -> Any:
    """Each pair of rows once."""
    count = len(rows)
    result = np.empty(count * (count - 1) // 2)
    if options.get("w") is None and _METRICS[name].differs is None:
        try:
            result = measure.condensed(rows, nan=_nan(name))
            return _given(result, out)
        except DiscrepancyError:
            pass
    place = 0
    for start in range(0, count - 1, BLOCK):
        block = _matrix(name, measure, rows[start : start + BLOCK], rows[start + 1 :], options)
        for i, row in enumerate(block):
            result[place : place + len(row) - i] = row[i:]
            place += len(row) - i
    return _given(result, out)


def _given(result: Any, out: Any) -> Any:
    if out is None:
        return result
    out[...] = result
    return out


def _usable(out: Any, shape: tuple[int, ...]) -> bool:
    """Whether results can go there; if not, SciPy says why."""
    if out is None:
        return True
    fits = isinstance(out, np.ndarray) and out.shape == shape and out.dtype == np.float64
    return fits and out.flags.c_contiguous and out.flags.writeable


def _as_rows(name: str, array: Any) -> Any:
    """Doubles, or zeros and ones."""
    array = array != 0 if _METRICS[name].truth else array
    return array.astype(np.float64, copy=False)


@without_masks
def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, **kwargs: Any) -> Any:
    """The distances of all rows of ``XA`` from all rows of ``XB``.

    Parameters
    ----------
    XA : (N, D) array
    XB : (M, D) array
    metric : str or callable, default "euclidean"
        Any name or alias of SciPy's; a function of this module, which counts as its name; or a function of the
        caller, which gets each pair of rows as it is.
    out : (N, M) array of doubles, in C order, default None
        Where results go; it is what is returned.
    **kwargs
        ``w``, weights of the coordinates; ``p``, the order; ``V``, the variances of ``seuclidean``, by default those
        of all rows; ``VI``, the inverse covariance of ``mahalanobis``, by default that of all rows.

    Returns
    -------
    (N, M) array of doubles

    Raises
    ------
    ValueError, TypeError
        Of SciPy, with its words.

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import cdist
    >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [1e200, 0.0]])
    array([[5.e+000, 1.e+200]])
    """
    name = _name(metric)
    a, b = np.asarray(XA), np.asarray(XB)
    fits = a.ndim == b.ndim == 2 and a.shape[1:] == b.shape[1:] and a.size > 0 and b.size > 0
    if name is not None and fits and _answers(name, a, b) and _usable(out, (len(a), len(b))):
        sides = (_as_rows(name, a), _as_rows(name, b))
        options = _settled(sides, a.shape[1], name, kwargs)
        if options is not None:
            try:
                return _matrix(name, _measure(name, options), *sides, options, out)
            except DiscrepancyError:
                metric = name
    return _peer().cdist(XA, XB, metric, out=out, **kwargs)


@without_masks
def pdist(X: Any, metric: Any = "euclidean", *, out: Any = None, **kwargs: Any) -> Any:
    """The distances of each pair of rows once, in the order of ``squareform``.

    Parameters
    ----------
    X : (N, D) array
    metric, **kwargs
        As of ``cdist``.
    out : (N (N - 1) / 2,) array of doubles, in C order, default None
        Where results go; it is what is returned.

    Returns
    -------
    (N (N - 1) / 2,) array of doubles

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import pdist
    >>> pdist([[0.0], [1.0], [3.0]], "cityblock")
    array([1., 3., 2.])
    """
    name = _name(metric)
    rows = np.asarray(X)
    fits = rows.ndim == 2 and rows.size > 0 and len(rows) > 1
    if name is not None and fits and _answers(name, rows) and _usable(out, (len(rows) * (len(rows) - 1) // 2,)):
        rows = _as_rows(name, rows)
        options = _settled((rows,), rows.shape[1], name, kwargs)
        if options is not None:
            try:
                return _condensed(name, _measure(name, options), rows, options, out)
            except DiscrepancyError:
                metric = name
    return _peer().pdist(X, metric, out=out, **kwargs)


@without_masks
def squareform(X: Any, force: str = "no", checks: bool = True) -> Any:
    """From each pair once to a symmetric matrix, and back; SciPy's own.

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import squareform
    >>> squareform([1.0, 3.0, 2.0])
    array([[0., 1., 3.],
           [1., 0., 2.],
           [3., 2., 0.]])
    """
    return _peer().squareform(X, force, checks)


@without_masks
def is_valid_dm(D: Any, tol: float = 0.0, throw: bool = False, name: Any = "D", warning: bool = False) -> bool:
    """Whether it is a symmetric matrix with a diagonal of zeros; SciPy's own."""
    return bool(_peer().is_valid_dm(D, tol=tol, throw=throw, name=name, warning=warning))


@without_masks
def is_valid_y(y: Any, warning: bool = False, throw: bool = False, name: Any = None) -> bool:
    """Whether it has as many numbers as there are pairs of some number of rows; SciPy's own."""
    return bool(_peer().is_valid_y(y, warning=warning, throw=throw, name=name))


@without_masks
def num_obs_dm(d: Any) -> int:
    """Of how many rows it is the matrix; SciPy's own."""
    return int(_peer().num_obs_dm(d))


@without_masks
def num_obs_y(Y: Any) -> int:
    """Of how many rows it has each pair once; SciPy's own."""
    return int(_peer().num_obs_y(Y))


@without_masks
def directed_hausdorff(u: Any, v: Any, *args: Any, **kwargs: Any) -> tuple[float, int, int]:
    """How far the rows of ``u`` are at most from the nearest row of ``v``, and which two rows those are; SciPy's own.

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import directed_hausdorff
    >>> float(directed_hausdorff([[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0]])[0])
    5.0
    """
    result: tuple[float, int, int] = _peer().directed_hausdorff(u, v, *args, **kwargs)
    return result


# --- Between two vectors ------------------------------------------------------------------------------------------


def _typed(result: str, value: float, dtypes: list[Any], counts: bool) -> Any:
    """A number of the type that SciPy returns."""
    dtype = np.result_type(*dtypes)
    if result == "float":
        return value
    if result == "input" and dtype.kind == "f":
        return dtype.type(value)
    if result == "norm" and dtype == np.float16:
        return dtype.type(value)
    return np.int64(value) if counts and dtype.kind in "iu" else np.float64(value)


def _between(name: str, u: Any, v: Any, peer: Callable[[], Any], **given: Any) -> Any:
    """Between two vectors: the library where both have an answer, else ``peer``."""
    metric = _METRICS[name]
    u, v = np.asarray(u), np.asarray(v)
    if u.ndim != 1 or u.shape != v.shape or u.size == 0 or not (readable(u) and readable(v)):
        return peer()
    # Where SciPy subtracts, two truth values are a TypeError.
    if u.dtype.kind == v.dtype.kind == "b" and not metric.truth:
        return peer()
    # Fractions are fractions of truth here, in SciPy's functions for all but one.
    if metric.truth and name != "jaccard" and (_between_truths(u) or _between_truths(v)):
        return peer()
    rows = [_as_rows(name, side)[np.newaxis] for side in (u, v)]
    options = _settled((), u.size, name, given)
    if options is None:
        return peer()
    weight = options.get("w")
    if metric.differs is not None and any(metric.differs(row, weight)[0] for row in rows):
        return peer()
    dtypes = [u.dtype, v.dtype, *[options[key].dtype for key in ("w", "V") if key in options and name != "chebyshev"]]
    dtypes += [np.asarray(given["VI"]).dtype] if "VI" in given else []
    try:
        value = _measure(name, options).value(rows[0][0], rows[1][0], weight=weight)
    except DiscrepancyError:
        none = any(np.isnan(row).any() or (metric.refused and metric.refused(row, weight)[0]) for row in rows)
        return _typed(metric.result, np.nan, [*dtypes, np.float16], False) if metric.undefined and none else peer()
    counts = name in ("chebyshev", "cityblock")
    # Beyond, doubles do not count.
    if counts and value >= 2.0**53:
        return peer()
    return _typed(metric.result, value, dtypes, counts)


@without_masks
def euclidean(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Euclidean distance of two vectors, with ``w`` of the weighted squares.

    .. math:: \sqrt{\sum_i w_i (u_i - v_i)^2}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import euclidean
    >>> float(euclidean([0.0, 0.0], [3.0, 4.0]))
    5.0
    """
    return _between("euclidean", u, v, lambda: _peer().euclidean(u, v, w), w=w)


@without_masks
def sqeuclidean(u: Any, v: Any, w: Any = None) -> Any:
    r"""The squared Euclidean distance.

    .. math:: \sum_i w_i (u_i - v_i)^2

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import sqeuclidean
    >>> float(sqeuclidean([0.0, 0.0], [3.0, 4.0]))
    25.0
    """
    return _between("sqeuclidean", u, v, lambda: _peer().sqeuclidean(u, v, w), w=w)


@without_masks
def cityblock(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Manhattan distance. Integers are widened first, so that nothing wraps around.

    .. math:: \sum_i w_i |u_i - v_i|

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import cityblock
    >>> float(cityblock([0.0, 0.0], [3.0, -4.0]))
    7.0
    """
    return _between("cityblock", u, v, lambda: _peer().cityblock(u, v, w), w=w)


@without_masks
def chebyshev(u: Any, v: Any, w: Any = None) -> Any:
    r"""The largest difference, of those with a positive weight. NaN counts.

    .. math:: \max_i |u_i - v_i|

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import chebyshev
    >>> float(chebyshev([0.0, 0.0], [3.0, -4.0]))
    4.0
    """
    return _between("chebyshev", u, v, lambda: _peer().chebyshev(u, v, w), w=w)


@without_masks
def cosine(u: Any, v: Any, w: Any = None) -> Any:
    r"""The cosine distance: all digits of nearly parallel vectors too; NaN for a vector of zeros.

    .. math:: 1 - \frac{u \cdot v}{\|u\| \|v\|}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import cosine
    >>> float(cosine([1.0, 0.0], [1.0, 1.0]))
    0.2928932188134525
    """
    return _between("cosine", u, v, lambda: _peer().cosine(u, v, w), w=w)


@without_masks
def hamming(u: Any, v: Any, w: Any = None) -> Any:
    r"""The share of coordinates that differ.

    .. math:: \frac{\sum_i w_i [u_i \ne v_i]}{\sum_i w_i}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import hamming
    >>> float(hamming([1, 2, 3, 4], [1, 0, 3, 4]))
    0.25
    """
    return _between("hamming", u, v, lambda: _peer().hamming(u, v, w), w=w)


@without_masks
def braycurtis(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Bray–Curtis dissimilarity; NaN for two vectors of zeros.

    .. math:: \frac{\sum_i w_i |u_i - v_i|}{\sum_i w_i |u_i + v_i|}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import braycurtis
    >>> float(braycurtis([1.0, 2.0, 5.0], [3.0, 2.0, 3.0]))
    0.25
    """
    return _between("braycurtis", u, v, lambda: _peer().braycurtis(u, v, w), w=w)


@without_masks
def canberra(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Canberra distance. Two zeros are 0 apart; NaN counts.

    .. math:: \sum_i w_i \frac{|u_i - v_i|}{|u_i| + |v_i|}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import canberra
    >>> float(canberra([1.0, -2.0, 0.0], [3.0, 2.0, 0.0]))
    1.5
    """
    return _between("canberra", u, v, lambda: _peer().canberra(u, v, w), w=w)


@without_masks
def jaccard(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Jaccard distance of truth values; numbers other than 0 are true.

    .. math:: \frac{\#[u_i \ne v_i]}{\#[u_i \vee v_i]}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import jaccard
    >>> float(jaccard([True, True, False, False], [True, False, True, False]))
    0.6666666666666666
    """
    return _between("jaccard", u, v, lambda: _peer().jaccard(u, v, w), w=w)


@without_masks
def dice(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Dice dissimilarity of truth values.

    .. math:: \frac{\#[u_i \ne v_i]}{2 \, \#[u_i \wedge v_i] + \#[u_i \ne v_i]}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import dice
    >>> float(dice([True, True, False, False], [True, False, True, False]))
    0.5
    """
    return _between("dice", u, v, lambda: _peer().dice(u, v, w), w=w)


@without_masks
def rogerstanimoto(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Rogers–Tanimoto distance of truth values.

    .. math:: \frac{2 \, \#[u_i \ne v_i]}{\#[u_i = v_i] + 2 \, \#[u_i \ne v_i]}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import rogerstanimoto
    >>> float(rogerstanimoto([True, True, False, False], [True, False, True, False]))
    0.6666666666666666
    """
    return _between("rogerstanimoto", u, v, lambda: _peer().rogerstanimoto(u, v, w), w=w)


@without_masks
def russellrao(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Russell–Rao dissimilarity of truth values.

    .. math:: \frac1n \left(n - \#[u_i \wedge v_i]\right)

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import russellrao
    >>> float(russellrao([True, True, False, False], [True, False, True, False]))
    0.75
    """
    return _between("russellrao", u, v, lambda: _peer().russellrao(u, v, w), w=w)


@without_masks
def sokalsneath(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Sokal–Sneath distance of truth values; an error where nothing is true.

    .. math:: \frac{2 \, \#[u_i \ne v_i]}{\#[u_i \wedge v_i] + 2 \, \#[u_i \ne v_i]}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import sokalsneath
    >>> float(sokalsneath([True, True, False, False], [True, False, True, False]))
    0.8
    """
    return _between("sokalsneath", u, v, lambda: _peer().sokalsneath(u, v, w), w=w)


@without_masks
def yule(u: Any, v: Any, w: Any = None) -> Any:
    r"""The Yule dissimilarity of truth values.

    .. math:: \frac{2 n_{10} n_{01}}{n_{11} n_{00} + n_{10} n_{01}}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import yule
    >>> float(yule([True, True, False, False], [True, False, True, False]))
    1.0
    """
    return _between("yule", u, v, lambda: _peer().yule(u, v, w), w=w)


@without_masks
def minkowski(u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    r"""The Minkowski distance of order ``p``; weights stand inside of the power. Any order works, up to infinity.

    .. math:: \left(\sum_i w_i |u_i - v_i|^p\right)^{1/p}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import minkowski
    >>> float(minkowski([1e-3], [3e-3], 500))
    0.002
    """
    return _between("minkowski", u, v, lambda: _peer().minkowski(u, v, p, w), p=p, w=w)


@without_masks
def correlation(u: Any, v: Any, w: Any = None, centered: bool = True) -> Any:
    r"""One minus the correlation; without ``centered`` the cosine distance. NaN for a constant vector.

    .. math:: 1 - \frac{(u - \bar u) \cdot (v - \bar v)}{\|u - \bar u\| \|v - \bar v\|}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import correlation
    >>> float(correlation([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]))
    2.0
    """
    name = "correlation" if centered else "cosine"
    return _between(name, u, v, lambda: _peer().correlation(u, v, w, centered), w=w)


@without_masks
def seuclidean(u: Any, v: Any, V: Any) -> Any:
    r"""The standardized Euclidean distance, with the variance of each coordinate.

    .. math:: \sqrt{\sum_i (u_i - v_i)^2 / V_i}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import seuclidean
    >>> float(seuclidean([0.0, 0.0], [2.0, 3.0], [4.0, 9.0]))
    1.4142135623730951
    """
    return _between("seuclidean", u, v, lambda: _peer().seuclidean(u, v, V), V=V)


@without_masks
def mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    r"""The Mahalanobis distance, with the inverse of the covariance matrix.

    .. math:: \sqrt{(u - v)^T V^{-1} (u - v)}

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import mahalanobis
    >>> float(mahalanobis([0.0, 0.0], [1.0, 3.0], [[2.0, -1.0], [-1.0, 2.0]]))
    3.7416573867739413
    """
    return _between("mahalanobis", u, v, lambda: _peer().mahalanobis(u, v, VI), VI=VI)


@without_masks
def jensenshannon(p: Any, q: Any, base: Any = None, *, axis: int = 0, keepdims: bool = False) -> Any:
    r"""The Jensen–Shannon distance, the root of the divergence, of distributions along an axis; both are normalized.

    .. math:: \sqrt{\frac{1}{2} \sum_i p_i \ln \frac{2 p_i}{p_i + q_i}
        + \frac{1}{2} \sum_i q_i \ln \frac{2 q_i}{p_i + q_i}}

    Keeps all digits of distributions that nearly coincide, where SciPy returns NaN for one pair in two. What is no
    distribution is answered by SciPy.

    Examples
    --------
    >>> from discrepancy.scipy.spatial.distance import jensenshannon
    >>> float(jensenshannon([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """

    def peer(p: Any, q: Any, **options: Any) -> Any:
        return _peer().jensenshannon(p, q, base, **options)

    if not (base is None or 1 < base < np.inf):
        return peer(p, q, axis=axis, keepdims=keepdims)
    measure = make("jensenshannon")
    measure = type(measure)(base="e" if base is None else float(base), normalize=True)
    found = along_axis(measure, p, q, axis, keepdims, lambda p, q: peer(p, q, axis=1))
    return peer(p, q, axis=axis, keepdims=keepdims) if found is None else found
