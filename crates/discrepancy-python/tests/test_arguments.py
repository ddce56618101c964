"""What may be handed in, by anybody, in any function: masks, byte orders, nulls, wide integers, odd options, places for results."""

from __future__ import annotations

from typing import Any, Callable

import discrepancy as dc
import numpy as np
import pytest

from conftest import ENTRIES, column, function, made, named, of_kind
from test_errors import methods

MASKED = np.ma.array([[1.0, 99.0, 0.5]] * 3, mask=[[0, 1, 0]] * 3)
PLAIN = np.full((3, 3), 0.5)


def masked_message(error: pytest.ExceptionInfo[dc.DiscrepancyError], index: int = 1) -> None:
    assert error.value.value == "masked" and error.value.index == index
    # How to go on.
    assert "x[~x.mask]" in error.value.allowed and "filled" in error.value.allowed


@named(ENTRIES)
def test_masks_are_refused_by_every_method(entry: dict[str, Any]) -> None:
    for method, count in methods(entry):
        for place in range(count):
            arguments: list[Any] = [PLAIN] * count
            # Also a list of such rows.
            for masked in (MASKED, [MASKED[0], MASKED[1]]):
                arguments[place] = masked
                with pytest.raises(dc.DiscrepancyError, match="mask") as caught:
                    method(*arguments)
                masked_message(caught)


def test_masks_are_refused_in_options_and_by_functions() -> None:
    weight = np.ma.array([1.0, 2.0], mask=[0, 1])
    calls: list[Callable[[], Any]] = [
        lambda: dc.losses.squared([1.0, 2.0], [0.0, 0.0], weight=weight),
        lambda: dc.rows.softmax_cross_entropy(PLAIN[:2], [0, 1], weight=weight),
        lambda: dc.rows.softmax_cross_entropy(PLAIN[:2], weight.astype(int)),
        lambda: dc.distances.euclidean([1.0, 2.0], [0.0, 0.0], weight=weight),
        lambda: dc.distances.pairwise(PLAIN[:, :2], None, "euclidean", weight=weight),
        lambda: dc.distances.condensed(MASKED, "euclidean"),
        lambda: dc.transport.wasserstein([1.0, 2.0], [0.0, 0.0], x_weight=weight),
        lambda: dc.distances.standardized_euclidean([1.0, 2.0], [0.0, 0.0], variances=weight),
        lambda: dc.losses.Squared().gradient([1.0, 2.0], [0.0, 0.0], out=weight),
        lambda: dc.rows.RowStates(2).push(PLAIN[:2], weight.astype(int)),
    ]
    for call in calls:
        with pytest.raises(dc.DiscrepancyError, match="mask") as caught:
            call()
        masked_message(caught)
    # A mask that hides nothing changes nothing.
    assert dc.losses.squared(np.ma.array([1.0, 99.0]), [0.0, 0.0]) == 4901.0
    assert dc.losses.squared(np.ma.array([1.0, 3.0], mask=[0, 0]), [0.0, 0.0]) == 5.0


def test_masks_are_refused_by_the_adapters() -> None:
    pytest.importorskip("sklearn")
    import discrepancy.sklearn as metrics
    from discrepancy import boosting
    from discrepancy.scipy import stats
    from discrepancy.scipy.spatial import distance

    y, labels, p = np.ma.array([1.0, 99.0, 2.0], mask=[0, 1, 0]), [0, 1, 0], [0.5, 0.25, 0.5]
    plain = [1.0, 2.0, 3.0]
    calls: dict[str, Callable[[Any], Any]] = {}
    for name in ("mean_squared_error", "mean_absolute_error", "mean_pinball_loss", "root_mean_squared_error", "d2_pinball_score",
                 "mean_tweedie_deviance", "mean_poisson_deviance", "mean_gamma_deviance", "d2_tweedie_score", "d2_absolute_error_score", "zero_one_loss"):  # fmt: skip
        metric = getattr(metrics, name)
        calls[name] = lambda x, f=metric: f(plain, x)
        calls[f"{name} of targets"] = lambda x, f=metric: f(x, plain)
        calls[f"{name} weighted"] = lambda x, f=metric: f(plain, plain, sample_weight=x)
    for name in ("log_loss", "brier_score_loss", "d2_log_loss_score", "d2_brier_score", "hinge_loss"):
        metric = getattr(metrics, name)
        calls[name] = lambda x, f=metric: f(labels, x)
        calls[f"{name} weighted"] = lambda x, f=metric: f(labels, p, sample_weight=x)
    loss = metrics.HalfSquaredError()
    for name in ("loss", "loss_gradient", "gradient", "gradient_hessian", "__call__"):
        calls[f"HalfSquaredError.{name}"] = lambda x, f=getattr(loss, name): f(np.array(plain), x)
    calls["fit_intercept_only"] = lambda x: loss.fit_intercept_only(x)
    calls["pairwise_distances"] = lambda x: metrics.pairwise_distances(x[np.newaxis])
    calls["kneighbors_graph"] = lambda x: metrics.kneighbors_graph(x[np.newaxis], 1)
    for name in ("euclidean", "cosine", "jaccard", "minkowski", "jensenshannon"):
        calls[f"distance.{name}"] = lambda x, f=getattr(distance, name): f(x, plain)
    calls["cdist"] = lambda x: distance.cdist(x[np.newaxis], [plain])
    calls["pdist"] = lambda x: distance.pdist(np.ma.vstack([x, x]))
    calls["entropy"] = lambda x: stats.entropy(plain, x)
    calls["wasserstein_distance"] = lambda x: stats.wasserstein_distance(plain, x)
    calls["energy_distance"] = lambda x: stats.energy_distance(plain, x)
    objective, metric = boosting.Objective("squared"), boosting.xgboost_metric("squared")
    calls["derivatives"] = lambda x: objective.derivatives(plain, x)
    calls["start"] = lambda x: objective.start(x)
    calls["metric"] = lambda x: metric(plain, x)
    for name, call in calls.items():
        with pytest.raises(dc.DiscrepancyError, match="mask") as caught:
            call(y)
        masked_message(caught)


@named(of_kind("pointwise"))
def test_byte_orders_are_all_the_same(entry: dict[str, Any]) -> None:
    loss, (z, y) = made(entry), (column(entry[side], 7, i) for i, side in enumerate(("prediction", "target")))
    expected = loss.value(z, y, reduction="none")
    for order in "<>":
        for size in ("f8", "f4"):
            swapped, same = z.astype(order + size), z.astype(size)
            np.testing.assert_array_equal(loss.value(swapped, y, reduction="none"), loss.value(same, y, reduction="none"))
        np.testing.assert_array_equal(loss.value(z, y.astype(order + "f8"), reduction="none"), expected)
    # But nothing is written to a copy that nobody sees.
    with pytest.raises(dc.DiscrepancyError, match="byte order"):
        loss.value(z, y, reduction="none", out=np.zeros(7, np.dtype("f8").newbyteorder("S")))
    packed = np.zeros(7, [("y", "i1"), ("x", "f8")])["x"]
    with pytest.raises(dc.DiscrepancyError):
        loss.value(z, y, reduction="none", out=packed)


def test_arrow_says_where_its_nulls_are() -> None:
    pa = pytest.importorskip("pyarrow")
    assert dc.losses.brier(pa.array([0.5, 0.25]), pa.array([True, False])) == (0.25 + 0.0625) / 2
    for numbers in ([0.5, None], [1, None]):
        for null in (pa.array(numbers), pa.chunked_array([numbers])):
            with pytest.raises(dc.DiscrepancyError) as caught:
                dc.losses.squared([1.0, 2.0], null)
            assert (caught.value.kind, caught.value.argument, caught.value.index) == ("NonFinite", "target", 1)
            assert "DLPack" not in str(caught.value)
    with pytest.raises(dc.DiscrepancyTypeError, match="`prediction` is None"):
        dc.losses.squared(None, [1.0])
    sparse = pytest.importorskip("scipy.sparse").csr_array(np.eye(2))
    with pytest.raises(dc.DiscrepancyTypeError, match=r"csr_array.*toarray"):
        dc.distances.pairwise(sparse, None, "euclidean")


# Integers beside narrow floats.

WIDE = np.array([2**24 + 1, 2**24 + 3, 1], np.int64)


def both_types(entry: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Predictions in single precision with integers that it does not hold, where the loss takes them."""
    return [(np.array([2**24, 2.0, 0.5], np.float32), WIDE), (WIDE, np.array([2**24, 2.0, 0.5], np.float32))]


@named(of_kind("pointwise", "pair"))
def test_the_wider_type_is_computed_in(entry: dict[str, Any]) -> None:
    measure, tried = made(entry, width=3), 0
    for a, b in both_types(entry):
        try:
            expected = measure.value(a.astype(np.float64), b.astype(np.float64))
        except dc.DiscrepancyError:
            # Not what these numbers are for: nor in this type.
            with pytest.raises(dc.DiscrepancyError):
                measure.value(a, b)
            continue
        tried += 1
        assert measure.value(a, b) == expected
        if entry["differentiable"]:
            for mine, theirs in zip(np.atleast_2d(*[measure.gradient(a, b)]), np.atleast_2d(*[measure.gradient(a.astype(float), b.astype(float))])):
                np.testing.assert_array_equal(mine, theirs)
    if entry["prediction"]["name"] == entry["target"]["name"] == "Real":
        assert tried == 2
    # What fits stays narrow.
    if tried == 2 and entry["kind"] == "pointwise":
        assert measure.value(np.float32([1.0]), np.array([3]), reduction="none").dtype == np.float32


def test_the_wider_type_in_metrics() -> None:
    metrics = pytest.importorskip("discrepancy.sklearn")
    y, z = np.array([25_000_001, 3]), np.float32([25_000_000, 3])
    assert metrics.mean_absolute_error(y, z) == 0.5 == dc.losses.absolute(z, y)
    for name in ("mean_squared_error", "root_mean_squared_error", "mean_pinball_loss", "mean_tweedie_deviance",
                 "mean_poisson_deviance", "mean_gamma_deviance", "d2_tweedie_score", "d2_pinball_score", "d2_absolute_error_score"):  # fmt: skip
        metric = getattr(metrics, name)
        assert metric(y, z) == metric(y.astype(float), z.astype(float)), name
        assert metric(z, y) == metric(z.astype(float), y.astype(float)), name
    # Weights of double precision weigh numbers of single precision as they are.
    weight = np.array([1.0, 1.0 + 2.0**-40])
    expected = metrics.mean_squared_error(np.float64([0, 0]), np.float64([1, 0]), sample_weight=weight)
    assert metrics.mean_squared_error(np.float32([0, 0]), np.float32([1, 0]), sample_weight=weight) == expected != 0.5
    p = np.float32([0.5, 0.25])
    assert metrics.log_loss([1, 0], p, sample_weight=weight) == metrics.log_loss([1, 0], p.astype(float), sample_weight=weight)


def test_the_wider_type_elsewhere() -> None:
    from discrepancy import boosting

    y, z = np.array([25_000_001, 3]), np.float32([25_000_000, 3])
    gradient, _ = boosting.Objective("squared").derivatives(y, z)
    assert gradient.tolist() == [-2.0, 0.0] and gradient.dtype == np.float32
    assert boosting.xgboost_metric("absolute")(y, z) == 0.5
    value, by_mean, _ = dc.tuples.gaussian_nll(z, np.float32([1, 1]), y, return_gradient=True)
    assert (value, by_mean.tolist()) == (0.25, [-0.5, 0.0])
    assert dc.rows.softmax_cross_entropy(np.float32([[0, 0]]), np.array([2**24 + 1]), ignore_index=2**24 + 1, reduction="sum") == 0.0
    torch = pytest.importorskip("torch")
    import discrepancy.torch as ours

    tensors = torch.from_numpy(z), torch.from_numpy(y)
    assert ours.loss("absolute", *tensors).item() == 0.5 == ours.functional.l1_loss(*tensors).item()


# Nothing that contributes.


@named(of_kind("pointwise", "row", "tuple"))
def test_a_gradient_of_nothing_is_the_error_of_its_value(entry: dict[str, Any]) -> None:
    if not entry["differentiable"]:
        return
    loss = made(entry)
    if entry["kind"] == "row":
        arguments: list[Any] = [column(entry["prediction"], (2, 3), 1), np.array([-1, -1])]
        options: dict[str, Any] = {"ignore_index": -1}
    elif entry["kind"] == "tuple":
        width = (2, 3) if entry["vectors"] else (2,)
        arguments = [column(domain, width, i) for i, (_, domain) in enumerate(entry["inputs"])]
        arguments += [column(entry["target"], 2, 9)] if entry["has_target"] else []
        options = {"weight": np.zeros(2)}
    else:
        arguments = [column(entry[side], 2, i) for i, side in enumerate(("prediction", "target"))]
        options = {"weight": np.zeros(2)}
    for method in (loss.value, loss.gradient, loss.value_and_gradient):
        for reduction in ("mean", "sum"):
            outcomes = []
            for one in (loss.value, method):
                try:
                    one(*arguments, reduction=reduction, **options)
                    outcomes.append("a result")
                except dc.DiscrepancyError as error:
                    outcomes.append(error.kind)
            assert outcomes[0] == outcomes[1], (method.__name__, reduction)
            assert reduction == "sum" or outcomes[0] == "NoContributingRows"


# Options.

ODD: dict[str, tuple[Callable[[], Any], str]] = {
    "reduction": (lambda: dc.losses.squared([1.0], [1.0], reduction=None), "reduction"),  # type: ignore[arg-type]
    "nan": (lambda: dc.losses.squared([1.0], [1.0], nan=5), "nan"),  # type: ignore[arg-type]
    "nan of pairs": (lambda: dc.distances.euclidean([1.0], [1.0], nan=[]), "nan"),  # type: ignore[arg-type]
    "ignore_index": (lambda: dc.rows.softmax_cross_entropy([[1.0, 2.0]], [0], ignore_index=2**64), "ignore_index"),
    "ignore_index of a word": (lambda: dc.rows.softmax_cross_entropy([[1.0, 2.0]], [0], ignore_index="x"), "ignore_index"),  # type: ignore[arg-type]
    "kind": (lambda: dc.rows.SoftmaxCrossEntropy().hessian([[1.0, 2.0]], [0], kind=None), "kind"),  # type: ignore[arg-type]
    "k": (lambda: dc.distances.nearest([[1.0]], [[1.0]], "euclidean", k=2**63), "k"),
    "k of a fraction": (lambda: dc.distances.nearest([[1.0]], [[1.0]], "euclidean", k=1.5), "k"),  # type: ignore[arg-type]
    "permutations": (lambda: dc.samples.EnergyDistance().permutation_test([1.0], [2.0], permutations=-1), "permutations"),
    "seed": (lambda: dc.samples.EnergyDistance().permutation_test([1.0], [2.0], seed=2**70), "seed"),
    "threads": (lambda: dc.set_threads("x"), "count"),  # type: ignore[arg-type]
    "threads of a block": (lambda: dc.threads("x").__enter__(), "count"),  # type: ignore[arg-type]
    "make of a number": (lambda: dc.make(5), "spec"),  # type: ignore[arg-type]
    "make of nothing": (lambda: dc.make(""), "spec"),
    "states": (lambda: dc.rows.RowStates(-1), "count"),
    "too many states": (lambda: dc.rows.RowStates(2**62), "count"),
    "step": (lambda: dc.penalties.L1().proximal([1.0], step="x"), "step"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("title", ODD)
def test_odd_options_are_errors_of_the_package(title: str) -> None:
    call, argument = ODD[title]
    with pytest.raises(dc.DiscrepancyError) as caught:
        call()
    assert caught.value.argument == argument
    assert str(caught.value).count("allowed") == 1 and ("is ," not in str(caught.value))


@named(ENTRIES)
def test_whatever_counts_as_yes_is_yes(entry: dict[str, Any]) -> None:
    options = [name for name in function(entry).__kwdefaults__ or {} if name.startswith("return_")]
    for option in options:
        for yes, word in ((1, True), (np.True_, True), (0, False), ("", False)):
            outcomes = []
            for given in (yes, word):
                try:
                    outcomes.append(type(function(entry)(*[PLAIN[0]] * 2, **{option: given})))
                except (dc.DiscrepancyError, TypeError) as error:
                    outcomes.append(str(error))  # type: ignore[arg-type]
            assert outcomes[0] == outcomes[1]


def test_kinds_are_named() -> None:
    for metric, words in {"l2": "penalty.*euclidean", "l1": "penalty.*manhattan", "mmd": "statistic of two samples", "squared": "pointwise.*squared_euclidean"}.items():
        for call in (
            lambda: dc.distances.pairwise([[1.0]], None, metric),
            lambda: dc.distances.condensed([[1.0], [2.0]], metric),
            lambda: dc.distances.rowwise([[1.0]], [[1.0]], metric),
            lambda: dc.distances.nearest([[1.0]], [[1.0]], metric),
        ):
            with pytest.raises(dc.DiscrepancyTypeError, match=words) as caught:
                call()
            assert caught.value.argument == "metric" and "distance or divergence" in caught.value.allowed
    for name in ("value", "gradient", "value_and_gradient", "hessian", "value_gradient_hessian"):
        for entry in ENTRIES:
            if not hasattr(made(entry, width=3), name):
                with pytest.raises(dc.DiscrepancyTypeError, match=f"no {name}; it has"):
                    getattr(dc, name)(made(entry, width=3), [1.0])


def test_masks_of_pictures_say_their_shapes() -> None:
    scores, mask = np.zeros((2, 4, 4, 3)), np.zeros((2, 1, 4, 4), np.int64)
    for options in ({}, {"ignore_index": -100}):
        with pytest.raises(dc.DiscrepancyError, match=r"labels of shape \(2, 4, 4\), or probabilities of shape \(2, 4, 4, 3\)"):
            dc.rows.softmax_cross_entropy(scores, mask, **options)
    torch = pytest.importorskip("torch")
    import discrepancy.torch.functional as F

    with pytest.raises(ValueError, match=r"\(2, 1, 4, 4\).*\(2, 3, 4, 4\).*\(2, 4, 4\).*squeeze"):
        F.cross_entropy(torch.zeros(2, 3, 4, 4), torch.zeros(2, 1, 4, 4, dtype=torch.int64))


# Places for results.


@named(of_kind("pointwise", "row", "pair"))
def test_functions_write_where_they_are_told(entry: dict[str, Any]) -> None:
    call = function(entry)
    row = entry["kind"] == "row"
    a = column(entry["prediction"], (4, 3), 1)
    b = np.array([0, 1, 2, 0]) if row else column(entry["target"], (4, 3), 2)
    options: dict[str, Any] = {} if entry["kind"] == "pair" else {"reduction": "none"}
    if entry["kind"] == "pair":
        options |= {p: v for p, v in made(entry, width=3).parameters.items() if isinstance(v, tuple)}
    expected = call(a, b, **options)
    out = np.empty_like(expected)
    assert call(a, b, out=out, **options) is out
    np.testing.assert_array_equal(out, expected)
    if not entry["differentiable"]:
        return
    everything = call(a, b, return_gradient=True, **options)
    places = tuple(np.empty_like(part) for part in everything)
    found = call(a, b, return_gradient=True, out=places, **options)
    for part, place, result in zip(everything, places, found, strict=True):
        assert result is place
        np.testing.assert_array_equal(part, place)


def test_heads_have_their_gradients_under_the_usual_names() -> None:
    head = dc.heads.LinearSoftmaxCrossEntropy()
    x, weights, labels, bias = np.eye(3)[:2], np.eye(2, 3), [0, 1], np.zeros(2)
    whole = head.evaluate(x, weights, labels, bias=bias)
    value, *slopes = head.value_and_gradient(x, weights, labels, bias=bias)
    assert value == whole.value and len(slopes) == 3
    for mine, other in zip(slopes, (whole.gradient_x, whole.gradient_weights, whole.gradient_bias)):
        np.testing.assert_array_equal(mine, other)
    for mine, other in zip(head.gradient(x, weights, labels), slopes[:2], strict=True):
        np.testing.assert_array_equal(mine, other)


def test_heads_are_exact_where_that_is_asked_for() -> None:
    generator = np.random.default_rng(5)
    x, weights, labels = generator.random((9, 40)), generator.random((30, 40)), np.arange(9)
    plain, exact = (dc.heads.linear_softmax_cross_entropy(x, weights, labels, exact=exact) for exact in (False, True))
    np.testing.assert_allclose(plain.gradient_weights, exact.gradient_weights, rtol=1e-12)
    assert plain.value == pytest.approx(exact.value, rel=1e-14)
    assert not np.array_equal(plain.gradient_weights, exact.gradient_weights)


def test_the_package_shows_what_it_is_for() -> None:
    assert {name for name in dir(dc) if not name.startswith("__")} == set(dc.__all__)
