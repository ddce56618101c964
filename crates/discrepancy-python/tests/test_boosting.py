"""Objectives and metrics inside the boosting libraries: the same trees as their own log loss, and focal that learns."""

from __future__ import annotations

import doctest
import subprocess
import sys
from typing import Any

import discrepancy as dc
import numpy as np
import pytest
from discrepancy import boosting

from conftest import ENTRIES, column, made, named

LOG_LOSS = "binary_cross_entropy_with_logits"
ROUNDS = 30
OBJECTIVES = [
    entry
    for entry in ENTRIES
    if entry["kind"] in ("pointwise", "row")
    and entry["prediction"]["name"] == "Real"
    and "without a derivative" not in entry["properties"]
]


def data(rows: int = 1500, share: float = 0.4, classes: int = 2) -> tuple[Any, Any]:
    """Features and labels; of two classes with this share of positives."""
    random = np.random.default_rng(5)
    x = random.normal(size=(rows, 4))
    if classes > 2:
        return x, np.digitize(x[:, 0] + 0.5 * x[:, 1] ** 2 + 0.3 * random.normal(size=rows), [-0.3, 0.8])[:rows]
    score = 2.0 * x[:, 0] + x[:, 1] * x[:, 2] + 0.8 * random.normal(size=rows)
    return x, (score > np.quantile(score, 1.0 - share)).astype(np.float64)


def weights(rows: int) -> Any:
    return np.random.default_rng(6).uniform(0.5, 2.0, rows)


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def average_precision(labels: Any, scores: Any) -> float:
    hits = labels[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits == 1].mean())


# Without the libraries.


@named(OBJECTIVES)
def test_derivatives_are_those_of_the_loss(entry: dict[str, Any]) -> None:
    z = column(entry["prediction"], (6, 4) if entry["kind"] == "row" else 6, 1)
    y = np.array([0, 1, 2, 3, 0, 1]) if entry["kind"] == "row" else column(entry["target"], 6, 2)
    loss, weight = made(entry), np.array([1.0, 2.0, 0.5, 1.0, 0.0, 3.0])
    for kind in boosting.ROWS if entry["kind"] == "row" else boosting.POINTWISE:
        objective = boosting.Objective(loss, hessian=kind)
        try:
            gradient, hessian = objective.derivatives(y, z)
        except ValueError as error:
            # Not every row loss has every second derivative.
            assert "essian" in str(error) or "derivative" in str(error)
            continue
        assert np.array_equal(gradient, loss.gradient(z, y, reduction="none"))
        if kind in ("absolute", "one"):
            assert (hessian >= 0.0).all()
        weighted = objective.derivatives(y, z, weight)
        by_row = weight[:, None] if entry["kind"] == "row" else weight
        assert np.array_equal(weighted[0], gradient * by_row) and np.array_equal(weighted[1], hessian * by_row)


@named([entry for entry in OBJECTIVES if entry["kind"] == "pointwise"])
def test_no_constant_is_better_than_the_start(entry: dict[str, Any]) -> None:
    y = column(entry["target"], 41, 3)
    loss, weight = made(entry), weights(41)
    try:
        start = boosting.Objective(loss).start(y, weight)
    except ValueError as error:
        # The further out, the better: of such a loss there is no best constant.
        assert "no constant score is best" in str(error)
        assert loss.value(np.full(41, -1e6), y, weight=weight) < loss.value(np.full(41, 0.0), y, weight=weight)
        return
    best = loss.value(np.full(41, start), y, weight=weight)
    for step in (1e-3, 0.1, 1.0):
        for other in (start - step, start + step):
            assert loss.value(np.full(41, other), y, weight=weight) >= best - 1e-15 * abs(best)


def test_start_of_classes() -> None:
    labels = np.array([0, 0, 0, 1, 2, 2])
    start = boosting.Objective("softmax_cross_entropy").start(labels)
    assert np.allclose(np.exp(start) / np.exp(start).sum(), [3 / 6, 1 / 6, 2 / 6], rtol=1e-12)
    log_loss = boosting.Objective(LOG_LOSS)
    assert log_loss.transform([log_loss.start([0, 1, 1, 1])])[0] == pytest.approx(0.75, rel=1e-14)


def test_links() -> None:
    for loss, link in ((LOG_LOSS, "logistic"), ("focal", "logistic"), ("squared", "identity"), ("hinge", "identity")):
        assert boosting.Objective(loss).link == link
    p = boosting.Objective("softmax_cross_entropy").transform(np.array([[0.0, 1.0, 2.0]]))
    assert p.sum() == pytest.approx(1.0)
    assert boosting.Objective("squared", link="log").transform([1.0])[0] == np.e


def test_what_cannot_be() -> None:
    for loss, error in (("zero_one", "derivative"), ("binary_cross_entropy", "raw scores")):
        with pytest.raises(ValueError, match=error):
            boosting.Objective(loss)
    with pytest.raises(TypeError, match="euclidean"):
        boosting.Objective("euclidean")
    with pytest.raises(ValueError, match="hessian"):
        boosting.Objective("squared", hessian="majorizer")
    with pytest.raises(dc.DiscrepancyError):
        boosting.Objective(LOG_LOSS).derivatives([0.0, 2.0], [0.0, 0.0])


def test_signs_are_made_of_classes() -> None:
    z = np.array([0.3, -0.2])
    classes, signs = (boosting.Objective("hinge").derivatives(y, z) for y in ([0, 1], [-1, 1]))
    assert np.array_equal(classes[0], signs[0])


def test_the_examples_run() -> None:
    failed, tried = doctest.testmod(boosting)
    assert failed == 0 and tried > 0


# XGBoost.


def xgboost_margins(x: Any, y: Any, weight: Any, rounds: int = ROUNDS, **options: Any) -> Any:
    xgboost = pytest.importorskip("xgboost")
    own = {k: v for k, v in options.items() if k in ("obj", "custom_metric", "evals_result")}
    parameters = {"max_depth": 3, "eta": 0.3, "nthread": 1, "base_score": 0.5}
    parameters |= {k: v for k, v in options.items() if k not in own}
    matrix = xgboost.DMatrix(x, y, weight=weight)
    if "evals_result" in own:
        own["evals"] = [(matrix, "train")]
    booster = xgboost.train(parameters, matrix, rounds, verbose_eval=False, **own)
    return booster.predict(matrix, output_margin=True)


@pytest.mark.parametrize("weighted", [False, True])
def test_xgboost_log_loss_is_its_own(weighted: bool) -> None:
    x, y = data()
    weight = weights(len(y)) if weighted else None
    builtin = xgboost_margins(x, y, weight, objective="binary:logistic")
    results: dict[str, Any] = {}
    mine = xgboost_margins(
        x,
        y,
        weight,
        obj=boosting.xgboost_objective(LOG_LOSS),
        base_score=0.0,
        custom_metric=boosting.xgboost_metric(LOG_LOSS),
        evals_result=results,
    )
    assert np.abs(mine - builtin).max() < 1e-3
    reported = results["train"][LOG_LOSS][-1]
    assert reported == pytest.approx(dc.value(LOG_LOSS, mine.astype(float), y, weight=weight), rel=1e-4)


def test_xgboost_classes() -> None:
    x, y = data(classes=3)
    own = {"num_class": 3, "disable_default_eval_metric": 1}
    builtin = xgboost_margins(x, y, None, objective="multi:softprob", **own)
    # XGBoost's second derivative is twice the diagonal, which bounds the whole matrix.
    objective = boosting.xgboost_objective("softmax_cross_entropy", hessian="majorizer")
    mine = xgboost_margins(x, y, None, obj=objective, **own)
    assert mine.shape == builtin.shape and np.abs(mine - builtin).max() < 1e-3


def test_xgboost_estimators() -> None:
    xgboost = pytest.importorskip("xgboost")
    pytest.importorskip("sklearn")
    x, y = data()
    model = xgboost.XGBClassifier(
        objective=boosting.xgboost_objective("focal"), eval_metric=boosting.xgboost_metric("zero_one"), n_estimators=5
    )
    model.fit(x, y, sample_weight=weights(len(y)), eval_set=[(x, y)], verbose=False)
    assert model.evals_result()["validation_0"]["zero_one"][-1] < 0.2


# LightGBM.


def lightgbm_margins(x: Any, y: Any, weight: Any, objective: Any, rounds: int = ROUNDS, **options: Any) -> Any:
    lightgbm = pytest.importorskip("lightgbm")
    parameters = {"num_leaves": 7, "learning_rate": 0.2, "verbose": -1, "num_threads": 1, "objective": objective}
    parameters |= {"boost_from_average": False, "deterministic": True, **options}
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, y, weight=weight), rounds)
    return booster.predict(x, raw_score=True)


@pytest.mark.parametrize("weighted", [False, True])
def test_lightgbm_log_loss_is_its_own(weighted: bool) -> None:
    x, y = data()
    weight = weights(len(y)) if weighted else None
    builtin = lightgbm_margins(x, y, weight, "binary")
    mine = lightgbm_margins(x, y, weight, boosting.lightgbm_objective(LOG_LOSS))
    assert np.abs(mine - builtin).max() < 1e-3


def test_lightgbm_classes() -> None:
    x, y = data(classes=3)
    builtin = lightgbm_margins(x, y, None, "multiclass", num_class=3)
    objective = boosting.lightgbm_objective("softmax_cross_entropy", hessian="friedman")
    mine = lightgbm_margins(x, y, None, objective, num_class=3)
    assert mine.shape == builtin.shape and np.abs(mine - builtin).max() < 1e-3


def test_lightgbm_metric() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    x, y = data()
    seen: dict[str, Any] = {}
    set_ = lightgbm.Dataset(x, y, weight=weights(len(y)))
    parameters = {"objective": boosting.lightgbm_objective(LOG_LOSS), "verbose": -1, "num_threads": 1}
    callbacks = [lightgbm.record_evaluation(seen)]
    metric = boosting.lightgbm_metric(LOG_LOSS)
    model = lightgbm.train(parameters, set_, 5, valid_sets=[set_], feval=metric, callbacks=callbacks)
    expected = dc.value(LOG_LOSS, model.predict(x, raw_score=True), y, weight=weights(len(y)))
    assert seen["training"][LOG_LOSS][-1] == pytest.approx(expected, rel=1e-6)


# CatBoost.


def catboost_margins(x: Any, y: Any, weight: Any, loss: Any, rounds: int = ROUNDS, **options: Any) -> Any:
    catboost = pytest.importorskip("catboost")
    parameters = {"iterations": rounds, "depth": 3, "learning_rate": 0.2, "thread_count": 1, "verbose": False}
    parameters |= {"boost_from_average": False, "allow_writing_files": False, "bootstrap_type": "No"}
    parameters |= {"leaf_estimation_method": "Newton", "leaf_estimation_iterations": 1, "boosting_type": "Plain"}
    parameters |= {"random_strength": 0.0, **options}
    model = catboost.CatBoost({"loss_function": loss, **parameters})
    model.fit(catboost.Pool(x, y, weight=weight))
    return model.predict(x, prediction_type="RawFormulaVal")


@pytest.mark.parametrize("weighted", [False, True])
def test_catboost_log_loss_is_its_own(weighted: bool) -> None:
    x, y = data(600)
    weight = weights(len(y)) if weighted else None
    builtin = catboost_margins(x, y, weight, "Logloss", 10)
    objective, metric = boosting.catboost_objective(LOG_LOSS), boosting.catboost_metric(LOG_LOSS)
    mine = catboost_margins(x, y, weight, objective, 10, eval_metric=metric)
    assert np.abs(mine - builtin).max() < 1e-6


def test_catboost_classes() -> None:
    x, y = data(200, classes=3)
    objective = boosting.catboost_objective("softmax_cross_entropy")
    metric = boosting.catboost_metric("softmax_cross_entropy")
    options = {"eval_metric": metric, "classes_count": 3}
    options |= {"leaf_estimation_method": "Gradient"}
    mine = catboost_margins(x, y, None, objective, 10, **options)
    assert mine.shape == (200, 3)
    assert dc.rows.softmax_cross_entropy(np.ascontiguousarray(mine), y) < 0.7 * np.log(3)


# Focal.


def margins_of(library: str, x: Any, y: Any, loss: str | None) -> Any:
    if library == "xgboost":
        if loss is None:
            return xgboost_margins(x, y, None, objective="binary:logistic")
        return xgboost_margins(x, y, None, obj=boosting.xgboost_objective(loss), base_score=0.0)
    if library == "lightgbm":
        return lightgbm_margins(x, y, None, "binary" if loss is None else boosting.lightgbm_objective(loss))
    objective = "Logloss" if loss is None else boosting.catboost_objective(loss)
    options = {} if loss is None else {"eval_metric": boosting.catboost_metric(loss)}
    return catboost_margins(x, y, None, objective, 15, **options)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "catboost"])
def test_focal_learns_on_an_imbalanced_set(library: str) -> None:
    """Its own loss falls far below that of the best constant, and it ranks as well as the built-in log loss."""
    x, y = data(share=0.03)
    loss = "focal:alpha=none,gamma=1"
    focal, log_loss = (margins_of(library, x, y, chosen) for chosen in (loss, None))
    start = boosting.Objective(loss).start(y)
    of_constant = dc.value(loss, np.full(len(y), start), y)
    assert dc.value(loss, focal.astype(float), y) < 0.6 * of_constant
    assert average_precision(y, focal) > 0.9 * average_precision(y, log_loss)
    assert average_precision(y, focal) > 10 * y.mean()


def test_nothing_is_imported_before_it_is_used() -> None:
    code = "import sys, discrepancy.boosting; print([n for n in ('xgboost', 'lightgbm', 'catboost', 'torch') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# Names, weights, starts.


@pytest.mark.parametrize("spec", ["squared", "focal:gamma=1,alpha=0.25", "huber:delta=0.5", "softmax_cross_entropy:label_smoothing=0.1"])
def test_names_of_metrics_hold_nothing_that_xgboost_divides_at(spec: str) -> None:
    metric = boosting.xgboost_metric(spec)
    assert not {":", " ", "\t", "\n"} & set(metric.__name__)
    assert metric.__name__ == metric.name and metric.name.startswith(spec.partition(":")[0])
    assert (metric.name == spec) == (":" not in spec)


def test_metrics_with_parameters_in_xgboost() -> None:
    xgboost = pytest.importorskip("xgboost")
    x, y = data(200)
    matrix, history = xgboost.DMatrix(x, y), {}
    metric = boosting.xgboost_metric("focal:gamma=1,alpha=0.25")
    objective = boosting.xgboost_objective(LOG_LOSS)
    options: dict[str, Any] = {"obj": objective, "custom_metric": metric, "evals": [(matrix, "train")], "evals_result": history}
    model = xgboost.train({"base_score": 0.0}, matrix, 3, verbose_eval=False, **options)
    scores = model.predict(matrix, output_margin=True)
    assert history["train"][metric.name][-1] == pytest.approx(metric(y, scores), rel=1e-5)
    estimator = xgboost.XGBClassifier(n_estimators=3, objective=objective, eval_metric=metric, base_score=0.0)
    estimator.fit(x, y, eval_set=[(x, y)], verbose=False)
    assert len(estimator.evals_result()["validation_0"][metric.name]) == 3


@named(OBJECTIVES)
def test_weights_are_one_for_each_row(entry: dict[str, Any]) -> None:
    z = column(entry["prediction"], (3, 4) if entry["kind"] == "row" else 3, 1)
    y = np.array([0, 1, 2]) if entry["kind"] == "row" else column(entry["target"], 3, 2)
    objective, metric = boosting.Objective(made(entry), hessian="one"), boosting.xgboost_metric(made(entry))
    calls = [lambda w: objective.derivatives(y, z, w), lambda w: metric(y, z, w)]
    calls += [] if entry["kind"] == "row" else [lambda w: objective.start(y, w)]
    for call in calls:
        for weight in ([1.0, np.nan, 1.0], [1.0, -1.0, 1.0], [1.0, np.inf, 1.0]):
            with pytest.raises(dc.DiscrepancyError) as caught:
                call(weight)
            assert (caught.value.argument, caught.value.index) == ("weight", 1)
        for weight in ([1.0], [[1.0], [1.0], [1.0]], [1.0] * 4, 2.0):
            with pytest.raises(dc.DiscrepancyError, match="shape"):
                call(weight)


@pytest.mark.parametrize("spec", [LOG_LOSS, "focal:gamma=2", "exponential", "logistic"])
def test_where_no_constant_is_best(spec: str) -> None:
    objective = boosting.Objective(spec)
    for labels in ([1, 1, 1], [0, 0, 0]):
        with pytest.raises(ValueError, match="no constant score is best.*one class"):
            objective.start(labels)
    assert np.isfinite(objective.start([0, 1, 1]))


def test_of_equal_constants_the_start_is_the_nearest() -> None:
    assert boosting.Objective("hinge").start([1, 1, 1]) == pytest.approx(1.0, rel=1e-15)
    assert boosting.Objective("squared_hinge").start([-1, -1]) == pytest.approx(-1.0, rel=1e-15)
    assert boosting.Objective("squared").start([1.0, 2.0, 6.0], [1e308, 1e308, 1e308]) == pytest.approx(3.0, rel=1e-15)


def test_friedman_needs_two_classes() -> None:
    with pytest.raises(ValueError, match="friedman"):
        boosting.Objective("softmax_cross_entropy", hessian="friedman").derivatives([0, 0], [[0.5], [0.25]])
