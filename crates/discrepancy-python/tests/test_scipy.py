"""The drop-ins for SciPy against SciPy: every metric, type and layout, special values, errors; and where SciPy errs."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from discrepancy import _core
from discrepancy.scipy import stats
from discrepancy.scipy.spatial import distance

peer = pytest.importorskip("scipy.spatial.distance")
peer_stats = pytest.importorskip("scipy.stats")

METRICS = sorted(distance._METRICS)
NAMES = {name for entry in _core.catalogue() for name in (entry["name"], *entry["aliases"])}
TYPES = [np.float64, np.float32, np.float16, np.int64, np.int32, np.uint8, np.bool_]
LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "reversed": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "strided": lambda x: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "list": lambda x: x.tolist(),
}
#: SciPy's own error: a few roundings of a sum of a handful of terms.
CLOSE = 1e-13


def ours(name: str) -> bool:
    """Whether the library itself computes it; where it does not, the whole test is of SciPy."""
    return name in NAMES


def rows(count: int, dtype: Any, seed: int, width: int = 5) -> Any:
    x = np.random.default_rng(seed).random((count, width))
    if dtype == np.bool_:
        return x > 0.4
    return (20 * x).astype(dtype) if np.issubdtype(dtype, np.integer) else x.astype(dtype)


def quiet(call: Any, *arguments: Any, **options: Any) -> Any:
    """The result, or the error that it ends in."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return call(*arguments, **options)
        except Exception as error:  # noqa: BLE001
            return error


def same(mine: Any, other: Any, tolerance: float = CLOSE) -> None:
    if isinstance(other, Exception):
        assert type(mine) is type(other) and str(mine) == str(other)
        return
    assert not isinstance(mine, Exception), mine
    assert np.shape(mine) == np.shape(other)
    assert np.result_type(mine) == np.result_type(other)
    np.testing.assert_allclose(mine, other, rtol=tolerance, atol=0)


def alike(name: str, mine: Any, theirs: Any, tolerance: float = 1e-11) -> None:
    """Equal but for what cancels in theirs, which no tolerance covers: the angle or divergence of equal rows."""
    if isinstance(theirs, Exception):
        return same(mine, theirs)
    if name in ("cosine", "correlation", "jensenshannon"):
        with np.errstate(invalid="ignore"):
            near = (theirs < 1e-7) | (np.isnan(theirs) & (mine < 1e-7))
        assert (mine[near] < 2e-7).all()
        mine, theirs = np.where(near, 0.0, mine), np.where(near, 0.0, theirs)
    same(mine, theirs, tolerance)


def weights(name: str) -> list[dict[str, Any]]:
    if "w" not in distance._METRICS[name].options:
        return [{}]
    return [{}, {"w": np.array([0.5, 2.0, 0.0, 1.0, 3.0])}]


def test_all_of_it_is_there() -> None:
    assert set(peer.__all__) <= set(distance.__all__)
    infos = {info.canonical_name: info for info in peer._METRIC_INFOS}
    assert set(infos) == set(METRICS)
    for name, info in infos.items():
        assert {name, *distance._METRICS[name].aliases} == info.aka
    for module, other in ((distance, peer), (stats, peer_stats)):
        for name in module.__all__:
            mine, theirs = inspect.signature(getattr(module, name)), inspect.signature(getattr(other, name))
            assert getattr(module, name).__doc__
            if name != "directed_hausdorff":
                assert list(mine.parameters) == list(theirs.parameters), name
                for a, b in zip(mine.parameters.values(), theirs.parameters.values()):
                    assert a.kind == b.kind or name == "entropy", name
                    assert a.default == b.default, name


@pytest.mark.parametrize("module", [distance, stats], ids=lambda module: module.__name__)
def test_the_examples_run(module: Any) -> None:
    with np.printoptions(legacy=False):
        failed, tried = doctest.testmod(module)
    assert failed == 0 and tried > 0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("name", METRICS)
def test_matrices(name: str, dtype: Any, layout: str) -> None:
    a, b = rows(7, dtype, 1), rows(4, dtype, 2)
    for options in weights(name):
        expected = quiet(peer.cdist, a, b, name, **options)
        alike(name, quiet(distance.cdist, LAYOUTS[layout](a), LAYOUTS[layout](b), name, **options), expected)
        expected = quiet(peer.pdist, a, name, **options)
        alike(name, quiet(distance.pdist, LAYOUTS[layout](a), name, **options), expected)


@pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("name", METRICS)
def test_functions(name: str, dtype: Any) -> None:
    u, v = rows(2, dtype, 3)
    given: dict[str, Any] = {"V": np.arange(1.0, 6.0)} if name == "seuclidean" else {}
    given |= {"VI": np.eye(5) + 0.1} if name == "mahalanobis" else {}
    # Theirs computes in the type of the arguments, and wraps around.
    tolerance = {np.float32: 1e-4, np.float16: 0.05}.get(dtype, 1e-11)
    wraps = ours(name) and dtype in (np.uint8, np.int32)
    theirs = [side.astype(np.int64) if wraps else side for side in (u, v)]
    for options in weights(name):
        expected = quiet(getattr(peer, name), *theirs, **given, **options)
        same(quiet(getattr(distance, name), u, v, **given, **options), expected, tolerance)


@pytest.mark.parametrize("name", METRICS)
def test_every_alias_and_our_functions_by_name(name: str) -> None:
    a, b = rows(5, np.float64, 4), rows(6, np.float64, 5)
    a, b = (a > 0.5, b > 0.5) if distance._METRICS[name].truth else (a, b)
    expected = distance.cdist(a, b, name)
    for alias in distance._METRICS[name].aliases:
        np.testing.assert_array_equal(distance.cdist(a, b, alias.upper()), expected)
    if name not in ("seuclidean", "mahalanobis"):
        np.testing.assert_array_equal(distance.cdist(a, b, getattr(distance, name)), expected)
        np.testing.assert_array_equal(distance.pdist(a, getattr(distance, name)), distance.pdist(a, name))
    # Of the pairs of a matrix, each once.
    if name not in ("seuclidean", "mahalanobis"):
        square = distance.cdist(a, a, name)
        np.testing.assert_array_equal(distance.pdist(a, name), square[np.triu_indices(5, 1)])


@pytest.mark.parametrize("name", METRICS)
def test_pairs_are_those_of_the_matrix_beyond_a_block(name: str) -> None:
    x = rows(2 * distance.BLOCK + 3, np.float64, 6, width=2)
    x = x > 0.5 if distance._METRICS[name].truth else x
    options: dict[str, Any] = {"V": np.ones(2)} if name == "seuclidean" else {}
    options |= {"VI": np.eye(2)} if name == "mahalanobis" else {}
    options |= {"w": np.array([1.0, 2.0])} if "w" in distance._METRICS[name].options else {}
    pairs, square = distance.pdist(x, name, **options), distance.cdist(x, x, name, **options)
    np.testing.assert_array_equal(pairs, square[np.triu_indices(len(x), 1)])


def awkward(name: str) -> Any:
    """Rows that metrics have conventions for."""
    x = rows(9, np.float64, 7)
    x[1] = 0.0
    x[2] = 3.0
    x[3, 2] = np.inf
    x[4, 1] = -x[4, 1]
    x[5] = x[0]
    x[7] = -x[0]
    return x


@pytest.mark.parametrize("name", METRICS)
def test_conventions_for_zeros_and_what_is_not_finite(name: str) -> None:
    x = awkward(name)
    options: dict[str, Any] = {"V": np.arange(1.0, 6.0)} if name == "seuclidean" else {}
    options |= {"VI": np.eye(5)} if name == "mahalanobis" else {}
    mine = quiet(distance.cdist, x, x[::-1], name, **options)
    theirs = quiet(peer.cdist, x, x[::-1], name, **options)
    alike(name, mine, theirs)
    same(distance.pdist(x, name, **options), mine[:, ::-1][np.triu_indices(9, 1)])


@pytest.mark.parametrize("name", METRICS)
def test_nan_stays(name: str) -> None:
    x = rows(3, np.float64, 8)
    x[1, 3] = np.nan
    options: dict[str, Any] = {"V": np.ones(5)} if name == "seuclidean" else {}
    options |= {"VI": np.eye(5)} if name == "mahalanobis" else {}
    mine, theirs = quiet(distance.cdist, x, x, name, **options), quiet(peer.cdist, x, x, name, **options)
    if name in ("hamming", *(name for name in METRICS if distance._METRICS[name].truth)):
        np.testing.assert_allclose(mine, theirs, rtol=CLOSE)
    else:
        assert np.isnan(mine[1]).all() and np.isnan(mine[:, 1]).all()
        assert np.isfinite(mine[np.ix_([0, 2], [0, 2])]).all()


@pytest.mark.parametrize("name", METRICS)
def test_functions_at_zeros_and_what_is_not_finite(name: str) -> None:
    x = awkward(name)
    given: dict[str, Any] = {"V": np.arange(1.0, 6.0)} if name == "seuclidean" else {}
    given |= {"VI": np.eye(5)} if name == "mahalanobis" else {}
    for i, j in [(1, 1), (0, 1), (1, 0), (0, 3), (3, 3), (4, 0), (0, 2), (0, 7)]:
        expected = quiet(getattr(peer, name), x[i], x[j], **given)
        same(quiet(getattr(distance, name), x[i], x[j], **given), expected, 1e-11)


@pytest.mark.parametrize("name", METRICS)
def test_a_row_that_is_theirs_does_not_change_the_others(name: str) -> None:
    x = rows(6, np.float64, 9)
    x[3] = 2.0
    options: dict[str, Any] = {"V": np.arange(1.0, 6.0)} if name == "seuclidean" else {}
    options |= {"VI": np.eye(5)} if name == "mahalanobis" else {}
    expected = distance.cdist(x[1:], x[1:], name, **options)
    for odd in (0.0, np.nan):
        x[0] = odd
        square, pairs = distance.cdist(x, x, name, **options), distance.pdist(x, name, **options)
        np.testing.assert_array_equal(square[1:, 1:], expected)
        np.testing.assert_array_equal(pairs[5:], distance.pdist(x[1:], name, **options))


ERRORS = {
    "unknown metric": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "nonsense"),
    "unknown test metric": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "test_nonsense"),
    "no metric": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), 3),
    "columns": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 3))),
    "first dimension": lambda m: m.cdist(np.ones(2), np.ones((2, 3))),
    "second dimension": lambda m: m.cdist(np.ones((2, 3)), np.ones(3)),
    "pairs of a vector": lambda m: m.pdist(np.ones(3)),
    "keyword": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "euclidean", nonsense=1),
    "negative weight": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "euclidean", w=np.array([1.0, -1.0])),
    "weight too many": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "cosine", w=np.ones(3)),
    "complex": lambda m: m.cdist(np.ones((2, 2)) * 1j, np.ones((2, 2)), "cityblock"),
    "words": lambda m: m.cdist(np.array([["a", "b"]]), np.array([["a", "c"]]), "euclidean"),
    "out of another shape": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), out=np.empty((2, 3))),
    "out of another type": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), out=np.empty((2, 2), np.float32)),
    "out in another order": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), out=np.empty((2, 2), order="F")),
    "too few rows": lambda m: m.pdist(np.ones((2, 5)), "mahalanobis"),
    "variances too many": lambda m: m.pdist(np.ones((2, 5)), "seuclidean", V=np.ones(4)),
    "matrix for a vector": lambda m: m.euclidean(np.ones((2, 2)), np.ones((2, 2))),
    "vectors of two lengths": lambda m: m.hamming([1, 2], [1, 2, 3]),
    "numbers that are not finite": lambda m: m.euclidean([np.nan, 1.0], [1.0, 2.0]),
    "nothing is true": lambda m: m.sokalsneath([False, False], [False, False]),
    "truth subtracted": lambda m: m.euclidean([True, False], [True, True]),
    "variances of another length": lambda m: m.seuclidean([1.0, 2.0], [1.0, 2.0], [1.0]),
    "orders of functions": lambda m: m.minkowski([1.0, 2.0], [1.0, 2.0], p=0),
    "base": lambda m: m.cdist(np.ones((2, 2)), np.ones((2, 2)), "jensenshannon", base=2),
    "valid": lambda m: m.is_valid_dm(np.ones((2, 3)), throw=True),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_are_theirs(case: str) -> None:
    theirs, mine = quiet(ERRORS[case], peer), quiet(ERRORS[case], distance)
    assert isinstance(theirs, Exception) and type(mine) is type(theirs) and str(mine) == str(theirs)


REST = {
    "order below 0": lambda m: m.cdist(np.eye(3), np.ones((2, 3)), "minkowski", p=-1),
    "order below 1": lambda m: m.cdist(np.eye(3), np.ones((2, 3)), "minkowski", p=0.5),
    "order infinity": lambda m: m.cdist(np.eye(3), np.ones((2, 3)) / 3, "minkowski", p=np.inf, w=np.array([1, 0, 1])),
    "order 3 with weights": lambda m: m.pdist(np.eye(4), "m", p=3, w=np.array([1.0, 2, 3, 4])),
    "function of the caller": lambda m: m.cdist(np.eye(2), np.eye(2), lambda u, v: float(u @ v)),
    "pairs by a function": lambda m: m.pdist(np.eye(3), lambda u, v: float((u - v).sum())),
    "slow path": lambda m: m.cdist(np.eye(2), np.eye(2), "test_cityblock"),
    "variances": lambda m: m.cdist(rows(4, float, 1), rows(3, float, 2), "seuclidean", V=[1, 2, 3, 4, 5]),
    "own variances": lambda m: m.pdist(rows(4, float, 1), "seuclidean"),
    "no variance": lambda m: m.pdist(np.array([[1.0, 2.0], [1.0, 3.0]]), "seuclidean"),
    "inverse covariance": lambda m: m.pdist(rows(8, float, 1), "mahalanobis", VI=np.eye(5) + 0.2),
    "own inverse covariance": lambda m: m.cdist(rows(8, float, 1), rows(9, float, 2), "mahalanobis"),
    "no rows": lambda m: m.cdist(np.ones((0, 2)), np.ones((3, 2))),
    "no columns": lambda m: m.cdist(np.ones((2, 0)), np.ones((3, 0))),
    "one row": lambda m: m.pdist(np.ones((1, 3))),
    "extended precision": lambda m: m.cdist(np.eye(2, dtype=np.longdouble), np.eye(2), "euclidean"),
    "weights all 0": lambda m: m.cdist(np.eye(2), np.eye(2), "euclidean", w=np.zeros(2)),
    "words that differ": lambda m: m.hamming(["a", "b"], ["a", "c"]),
    "broadcast": lambda m: m.cityblock([1.0], [1.0, 2.0]),
    "not centered": lambda m: m.correlation([1.0, 2.0, 4.0], [3.0, 1.0, 1.0], centered=False),
    "a matrix for pairs": lambda m: m.squareform(m.squareform(np.arange(6.0))),
    "rows of which": lambda m: (m.num_obs_y(np.ones(6)), m.num_obs_dm(np.zeros((4, 4)))),
    "valid": lambda m: (m.is_valid_y(np.ones(6)), m.is_valid_y(np.ones(5)), m.is_valid_dm(np.zeros((4, 4)))),
    "far": lambda m: m.directed_hausdorff(rows(9, float, 1), rows(5, float, 2)),
    "far from a seed": lambda m: m.directed_hausdorff(rows(9, float, 1), rows(5, float, 2), rng=3),
    "jensenshannon of columns": lambda m: m.jensenshannon(rows(4, float, 1), rows(4, float, 2)),
    "jensenshannon of rows": lambda m: m.jensenshannon(rows(4, float, 1), rows(4, float, 2), 2, axis=-1, keepdims=True),
    "jensenshannon broadcast": lambda m: m.jensenshannon(rows(4, float, 1), np.ones((4, 1))),
    "jensenshannon of fractions of bits": lambda m: m.jensenshannon([1.0, 3.0], [3.0, 1.0], base=0.5),
    "jensenshannon of single precision": lambda m: m.jensenshannon(np.float32([1, 3]), np.float32([3, 1])),
    "jensenshannon of nothing": lambda m: m.jensenshannon([[1.0, 0.0], [1.0, 2.0]], [[1.0, 0.0], [2.0, 3.0]], axis=0),
    "jensenshannon below zero": lambda m: m.jensenshannon([[-1.0, 2.0], [3.0, 1.0]], [[1.0, 1.0], [2.0, 2.0]], axis=1),
}


@pytest.mark.parametrize("case", REST)
def test_the_rest_is_theirs(case: str) -> None:
    theirs, mine = quiet(REST[case], peer), quiet(REST[case], distance)
    if isinstance(theirs, tuple):
        assert [type(x) for x in mine] == [type(x) for x in theirs]
        np.testing.assert_allclose(mine, theirs, rtol=CLOSE)
        return
    same(mine, theirs, 1e-6 if "single" in case else 1e-11)


def test_results_go_where_they_are_sent() -> None:
    a, b = rows(5, np.float64, 1), rows(5, np.float64, 2)
    a[0] = 0.0
    for name in ("euclidean", "cosine", "chebyshev"):
        out, pairs = np.empty((5, 5)), np.empty(10)
        assert distance.cdist(a, b, name, out=out) is out and distance.pdist(a, name, out=pairs) is pairs
        np.testing.assert_array_equal(out, distance.cdist(a, b, name))
        np.testing.assert_array_equal(pairs, distance.pdist(a, name))
        # Also over what they are made of, and what is read does not change otherwise.
        x, kept = a.copy(), a.copy()
        expected = distance.cdist(x, b, name)
        np.testing.assert_array_equal(x, kept)
        assert distance.cdist(x, b, name, out=x) is x
        np.testing.assert_array_equal(x, expected)


def test_where_theirs_is_wrong() -> None:
    # Truth by mpmath: rows that are nearly parallel, nearly equal, huge, tiny, of high order.
    cosine = distance.cosine([1.0, 1.0], [1.0, 1.0 + 2.0**-30])
    assert abs(cosine / 1.0842021714e-19 - 1) < 1e-8 and peer.cosine([1.0, 1.0], [1.0, 1.0 + 2.0**-30]) == 0
    for size in (1e200, 1e-200):
        x = np.array([[3.0, 0.0], [0.0, 4.0]]) * size
        found = distance.cdist(x, x)[0, 1]
        assert abs(found / (5.0 * size) - 1) < 1e-15
        assert not np.isclose(quiet(peer.cdist, x, x)[0, 1], 5.0 * size, rtol=0.5, atol=0)
    assert distance.minkowski([10.0, 20.0, 1.0], [0.0, 0.0, 0.0], 500) == 20.0
    assert distance.cosine([3e-200, 4e-200], [4e-200, 3e-200]) == pytest.approx(0.04, rel=1e-15, abs=0)
    # Constant vectors have no correlation.
    assert np.isnan(distance.correlation([0.1] * 7, [1, 2, 3, 4, 5, 6, 8]))
    assert np.isnan(distance.cdist([[0.1] * 7], [[1, 2, 3, 4, 5, 6, 8]], "correlation")).all()
    # Small integers wrap around in theirs.
    small = np.array([100], np.int8), np.array([-100], np.int8)
    assert distance.cityblock(*small) == distance.chebyshev(*small) == distance.euclidean(*small) == 200
    assert distance.euclidean(np.array([0], np.uint8), np.array([1], np.uint8)) == 1.0
    # NaN is passed over in theirs.
    assert np.isnan(distance.chebyshev([1.0, np.nan], [0.0, 0.0]))
    assert np.isnan(distance.canberra([1.0, np.nan], [2.0, 1.0]))
    # scipy#20083: half of the pairs that nearly coincide are NaN.
    generator = np.random.default_rng(5)
    p = generator.random((200, 100))
    q = p * (1 + 1e-12 * generator.standard_normal(p.shape))
    found, theirs = distance.jensenshannon(p, q, axis=1), quiet(peer.jensenshannon, p, q, axis=1)
    assert (found > 0).all() and np.isnan(theirs).sum() > 20
    # 8 JS² ≈ Σ (p - q)² / p of what is normalized.
    p, q = (side / side.sum(axis=1, keepdims=True) for side in (p.astype(np.longdouble), q.astype(np.longdouble)))
    near = np.sqrt((((p - q) ** 2) / p).sum(axis=1) / 8).astype(float)
    np.testing.assert_allclose(found, near, rtol=1e-3)


# --- Statistics ---------------------------------------------------------------------------------------------------

STATISTICS = {
    "wasserstein": lambda m: m.wasserstein_distance([0.0, 1, 3], [5.0, 6, 8, 9]),
    "wasserstein weights": lambda m: m.wasserstein_distance([0, 1, 3], [5, 6], [1, 2, 0], np.float32([0.5, 1])),
    "wasserstein single": lambda m: m.wasserstein_distance(np.float32([0, 1]), np.float32([5, 6, 9])),
    "wasserstein NaN": lambda m: m.wasserstein_distance([0.0, np.nan], [1.0]),
    "wasserstein infinite": lambda m: m.wasserstein_distance([0.0, np.inf], [1.0]),
    "wasserstein both infinite": lambda m: m.wasserstein_distance([0.0, np.inf], [np.inf]),
    "wasserstein empty": lambda m: m.wasserstein_distance([], [1.0]),
    "wasserstein negative": lambda m: m.wasserstein_distance([1.0, 2], [1.0], [-1, 2]),
    "wasserstein no weight": lambda m: m.wasserstein_distance([1.0, 2], [1.0], [0.0, 0.0]),
    "wasserstein weights too many": lambda m: m.wasserstein_distance([1.0, 2], [1.0], [1.0, 1.0, 1.0]),
    "wasserstein planes": lambda m: m.wasserstein_distance(np.ones((2, 2)), np.ones((2, 2))),
    "energy": lambda m: m.energy_distance([0.0, 1, 3], [5.0, 6, 8, 9], [1, 2, 3], [1, 1, 1, 2]),
    "energy unweighted": lambda m: m.energy_distance([0.5, 1, 3, 3], [3.0, 0.5, 9]),
    "energy same": lambda m: m.energy_distance([0.0, 1.0], [1.0, 0.0]),
    "energy single": lambda m: m.energy_distance(np.float32([0, 1]), np.float32([5, 6, 9]), None, [1, 0, 2]),
    "energy empty": lambda m: m.energy_distance([], [1.0]),
    "energy NaN": lambda m: m.energy_distance([0.0, np.nan], [1.0]),
    "energy infinite": lambda m: m.energy_distance([0.0, np.inf], [1.0]),
    "energy negative": lambda m: m.energy_distance([1.0, 2], [1.0], [-1, 2]),
    "energy no weight": lambda m: m.energy_distance([1.0, 2], [1.0], [0.0, 0.0]),
    "energy planes": lambda m: m.energy_distance(np.ones((2, 2)), np.ones((2, 2))),
    "entropy": lambda m: m.entropy([1.0, 2.0, 3.0]),
    "relative": lambda m: m.entropy([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]),
    "relative bits": lambda m: m.entropy([1, 2, 3], [3, 2, 1], base=2),
    "relative small base": lambda m: m.entropy([1, 2, 3], [3, 2, 1], base=0.5),
    "relative wrong base": lambda m: m.entropy([1, 2, 3], [3, 2, 1], base=-1),
    "relative columns": lambda m: m.entropy(rows(4, float, 1), rows(4, float, 2)),
    "relative rows": lambda m: m.entropy(rows(4, float, 1), rows(4, float, 2), axis=1, keepdims=True),
    "relative of all": lambda m: m.entropy(rows(4, float, 1), rows(4, float, 2), axis=None),
    "relative single": lambda m: m.entropy(np.float32([1, 3]), np.float32([3, 1])),
    "relative infinite": lambda m: m.entropy([0.5, 0.5], [1.0, 0.0]),
    "relative zero": lambda m: m.entropy([0.0, 1.0], [0.5, 0.5]),
    "relative both zero": lambda m: m.entropy([0.0, 0.4, 0.6], [0.0, 0.5, 0.5]),
    "relative negative": lambda m: m.entropy([[-1.0, 2.0], [1.0, 2.0]], [[1.0, 1.0], [2.0, 1.0]], axis=1),
    "relative nothing": lambda m: m.entropy([[0.0, 0.0], [1.0, 2.0]], [[1.0, 1.0], [2.0, 1.0]], axis=1),
    "relative NaN": lambda m: m.entropy([1.0, np.nan], [1.0, 1.0]),
    "relative omit NaN": lambda m: m.entropy([1.0, np.nan, 2.0], [1.0, 1.0, 3.0], nan_policy="omit"),
    "relative broadcast": lambda m: m.entropy(rows(4, float, 1), np.ones((4, 1))),
    "relative lengths": lambda m: m.entropy([1.0, 2.0, 3.0], [3.0, 2.0]),
}


@pytest.mark.parametrize("case", STATISTICS)
def test_statistics_are_theirs(case: str) -> None:
    single = "single" in case
    same(quiet(STATISTICS[case], stats), quiet(STATISTICS[case], peer_stats), 1e-5 if single else CLOSE)


def test_relative_entropy_is_never_negative() -> None:
    generator = np.random.default_rng(6)
    p = generator.random((200, 50))
    q = p * (1 + 1e-9 * generator.standard_normal(p.shape))
    assert (stats.entropy(p, q, axis=1) > 0).all()
    assert (peer_stats.entropy(p, q, axis=1) < 0).any()


def test_nothing_of_scipy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, discrepancy, discrepancy.scipy.spatial.distance as d, discrepancy.scipy.stats as s\n"
        "d.cdist([[1.0]], [[2.0]]); d.cosine([1.0, 2.0], [2.0, 1.0]); s.entropy([1.0, 2.0], [2.0, 1.0])\n"
        "assert not any(name.split('.')[0] == 'scipy' for name in sys.modules)\n"
        "d.cdist([[1.0]], [[2.0]], 'minkowski', p=0.5)\n"
        "assert 'scipy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
