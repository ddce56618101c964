"""Distances for neighbours and clustering: by names of scikit-learn or SciPy, or by a spec string of the catalogue."""

from __future__ import annotations

import warnings
from importlib import import_module

import numpy as np

from .._errors import DiscrepancyError
from .._masks import without_masks
from .._measures import Pair
from .._specs import make
from ..scipy.spatial import distance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What scikit-learn calls some metrics of SciPy.
_NAMES = {"manhattan": "cityblock", "l1": "cityblock", "l2": "euclidean", "infinity": "chebyshev", "p": "minkowski"}


def _pair(metric: Any) -> Pair | None:
    """The entry of the catalogue that a name, a spec string or an object stands for, if there is one."""
    if isinstance(metric, str):
        try:
            metric = make(metric)
        except DiscrepancyError:
            return None
    return metric if isinstance(metric, Pair) else None


def _scipy_name(metric: Any) -> str | None:
    name = _NAMES.get(metric, metric) if isinstance(metric, str) else metric
    return distance._name(name)


@without_masks
def pairwise_distances(
    X: Any, Y: Any = None, metric: Any = "euclidean", *, n_jobs: Any = None, ensure_all_finite: Any = True, **kwds: Any
) -> Any:
    """The distances of all rows of ``X`` from all rows of ``Y``, or of ``X``.

    Unlike scikit-learn's they are of the differences themselves, not of scalar products, so that nothing cancels for
    points that are close together and far from zero.

    Parameters
    ----------
    X : (N, D) array
    Y : (M, D) array, default None
        ``X`` itself, if not given.
    metric : str, measure or callable, default "euclidean"
        A name of scikit-learn's or SciPy's, with arguments as ``kwds``; a spec string such as ``"minkowski:p=3"`` or
        an object such as ``discrepancy.divergences.Hellinger()``; ``"precomputed"`` or a function, which
        scikit-learn takes care of.
    n_jobs
        Of no use: threads are set by ``discrepancy.set_threads``.

    Returns
    -------
    (N, M) array
        As in scikit-learn of double precision; of single precision if ``X`` and ``Y`` are, for the metrics
        ``euclidean`` and ``cosine``, spec strings and objects. A vector of zeros has the cosine distance 1 from others.

    Examples
    --------
    >>> from discrepancy.sklearn import pairwise_distances
    >>> pairwise_distances([[1e8, 0.0]], [[1e8, 3.0], [1e8 + 4.0, 3.0]])
    array([[3., 5.]])
    """
    name = _scipy_name(metric)
    pair = None if name is not None or kwds else _pair(metric)
    if name is None and pair is None or import_module("scipy.sparse").issparse(X):
        peer = import_module("sklearn.metrics").pairwise_distances
        return peer(X, Y, metric=metric, n_jobs=n_jobs, ensure_all_finite=ensure_all_finite, **kwds)
    check = import_module("sklearn.utils").check_array
    truth = name is not None and distance._METRICS[name].truth
    types = None if truth else [np.float64, np.float32]
    x = check(X, dtype=types, ensure_all_finite=ensure_all_finite)
    y = x if Y is None or Y is X else check(Y, dtype=types, ensure_all_finite=ensure_all_finite)
    if truth:
        # As scikit-learn: whatever is not 0 is true.
        if x.dtype != bool or y.dtype != bool:
            warning = import_module("sklearn.exceptions").DataConversionWarning
            warnings.warn(f"Data was converted to boolean for metric {metric}", warning, stacklevel=3)
        x, y = (x.astype(bool), None) if y is x else (x.astype(bool), y.astype(bool))
        y = x if y is None else y
    if x.shape[1] != y.shape[1]:
        words = f"X.shape[1] == {x.shape[1]} while Y.shape[1] == {y.shape[1]}"
        raise ValueError(f"Incompatible dimension for X and Y matrices: {words}")
    if name is None:
        assert pair is not None
        return pair.pairwise(x, y)
    single = name in ("euclidean", "cosine") and x.dtype == y.dtype == np.float32
    found = distance.cdist(x, y, name, **kwds)
    if truth and y is x:
        # A row is like itself, also where nothing is true.
        np.fill_diagonal(found, 0.0)
    if name == "cosine":
        zeros = [~side.any(axis=1) for side in (x, y)]
        found[zeros[0]] = 1.0
        found[:, zeros[1]] = 1.0
        if y is x:
            np.fill_diagonal(found, 0.0)
    return found.astype(np.float32) if single else found


def _nearest(queries: Any, points: Any, count: int, metric: Any, options: dict[str, Any]) -> tuple[Any, Any]:
    """Indices and distances of the nearest points, by the library where it has the metric."""
    name = _scipy_name(metric)
    pair = _pair(name if name is not None else metric)
    check = import_module("sklearn.utils").check_array
    if pair is not None and name not in ("cosine", "jensenshannon", "seuclidean", "mahalanobis") and not options:
        x, y = (check(side, dtype=[np.float64, np.float32]) for side in (queries, points))
        indices, distances = pair.nearest(x, y, k=count)
        return indices, distances
    found = pairwise_distances(queries, points, metric, **options)
    indices = np.argsort(found, axis=1, kind="stable")[:, :count]
    return indices, np.take_along_axis(found, indices, axis=1)


@without_masks
def pairwise_distances_argmin_min(
    X: Any, Y: Any, *, axis: int = 1, metric: Any = "euclidean", metric_kwargs: dict[str, Any] | None = None
) -> tuple[Any, Any]:
    """For each row of ``X`` the index of the nearest row of ``Y``, and how far it is; the matrix is never held.

    Examples
    --------
    >>> from discrepancy.sklearn import pairwise_distances_argmin_min
    >>> pairwise_distances_argmin_min([[0.0], [4.0]], [[1.0], [6.0]])
    (array([0, 1]), array([1., 2.]))
    """
    if axis not in (0, 1):
        raise ValueError(f"axis is {axis}; allowed: 0 or 1")
    queries, points = (X, Y) if axis == 1 else (Y, X)
    indices, distances = _nearest(queries, points, 1, metric, metric_kwargs or {})
    return indices[:, 0], distances[:, 0]


@without_masks
def kneighbors_graph(
    X: Any,
    n_neighbors: int,
    Y: Any = None,
    *,
    mode: str = "connectivity",
    metric: Any = "minkowski",
    include_self: bool = False,
    **kwds: Any,
) -> Any:
    """The graph of the nearest neighbours of each row, a sparse matrix that ``metric="precomputed"`` takes.

    Parameters
    ----------
    X : (N, D) array
        Whose neighbours.
    n_neighbors : int
    Y : (M, D) array, default None
        Among which; among the rows of ``X``, if not given.
    mode : ``"connectivity"`` for ones, ``"distance"`` for distances
    metric, **kwds
        As of ``pairwise_distances``.
    include_self : bool, default False
        Whether a row of ``X`` is a neighbour of itself, where ``Y`` is not given.

    Examples
    --------
    >>> from discrepancy.sklearn import kneighbors_graph
    >>> kneighbors_graph([[0.0], [1.0], [3.0]], 1, mode="distance").toarray()
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 2., 0.]])
    """
    if mode not in ("connectivity", "distance"):
        raise ValueError(f"mode is {mode!r}; allowed: 'connectivity' or 'distance'")
    if isinstance(n_neighbors, bool) or not isinstance(n_neighbors, (int, np.integer)) or n_neighbors < 1:
        raise ValueError(f"n_neighbors is {n_neighbors!r}; allowed: whole numbers from 1 on")
    points = X if Y is None else Y
    count = n_neighbors + (Y is None and not include_self)
    indices, distances = _nearest(X, points, count, metric, kwds)
    rows = len(indices)
    if Y is None and not include_self:
        # One row is left out of each: itself, or the last where others of its kind came first.
        own = indices == np.arange(rows)[:, np.newaxis]
        own[~own.any(axis=1), -1] = True
        indices, distances = (side[~own].reshape(rows, n_neighbors) for side in (indices, distances))
    data = distances.ravel() if mode == "distance" else np.ones(indices.size)
    starts = np.arange(0, indices.size + 1, n_neighbors)
    matrix = import_module("scipy.sparse").csr_matrix
    return matrix((data, indices.ravel(), starts), shape=(rows, len(points)))


class DistanceMetric:
    """A metric as an object: ``pairwise`` for matrices, a call for two vectors.

    Give it to ``metric=`` of neighbours and clusterings, which call it for each pair they look at; ``kneighbors_graph``
    or ``pairwise_distances`` with ``metric="precomputed"`` are much faster.

    Examples
    --------
    >>> from discrepancy.sklearn import DistanceMetric
    >>> metric = DistanceMetric.get_metric("minkowski", p=1)
    >>> metric.pairwise([[0.0, 0.0]], [[3.0, 4.0]])
    array([[7.]])
    >>> float(metric([0.0, 0.0], [3.0, 4.0]))
    7.0
    """

    def __init__(self, metric: Any = "euclidean", **options: Any) -> None:
        if _scipy_name(metric) is None and _pair(metric) is None:
            raise ValueError(f"Unrecognized metric {metric!r}")
        self.metric = metric
        self.options = options

    @classmethod
    def get_metric(cls, metric: Any, dtype: Any = np.float64, **kwargs: Any) -> DistanceMetric:
        """By a name of scikit-learn's or SciPy's, or by a spec string; results are of the type of the rows."""
        return cls(metric, **kwargs)

    def __repr__(self) -> str:
        options = "".join(f", {key}={value!r}" for key, value in self.options.items())
        return f"DistanceMetric({self.metric!r}{options})"

    @without_masks
    def pairwise(self, X: Any, Y: Any = None) -> Any:
        """All rows of ``X`` with all rows of ``Y``, or of ``X``."""
        return pairwise_distances(X, Y, self.metric, **self.options)

    @without_masks
    def __call__(self, u: Any, v: Any) -> float:
        """Between two vectors."""
        return float(self.pairwise(np.asarray(u)[np.newaxis], np.asarray(v)[np.newaxis])[0, 0])
