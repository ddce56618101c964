"""What is for scikit-learn against scikit-learn: losses, metrics, scorers, distances; and where it errs."""

from __future__ import annotations

import copy
import doctest
import importlib
import inspect
import pickle
import subprocess
import sys
import warnings
from typing import Any

import discrepancy as dc
import discrepancy.sklearn as ours
import numpy as np
import pytest
from discrepancy.scipy.spatial import distance

sklearn = pytest.importorskip("sklearn")
peer = importlib.import_module("sklearn._loss.loss")
metrics = importlib.import_module("sklearn.metrics")

LOSSES: dict[str, dict[str, Any]] = {
    "HalfSquaredError": {},
    "AbsoluteError": {},
    "PinballLoss": {"quantile": 0.8},
    "HuberLoss": {"delta": 0.7},
    "HalfPoissonLoss": {},
    "HalfGammaLoss": {},
    "HalfTweedieLoss": {"power": 1.7},
    "HalfTweedieLossIdentity": {"power": 1.7},
    "HalfBinomialLoss": {},
    "HalfMultinomialLoss": {"n_classes": 4},
    "ExponentialLoss": {},
}
#: Of single precision theirs rounds at every step.
TOLERANCE = {np.float64: 1e-11, np.float32: 2e-4}


def skipped(error: dc.DiscrepancyError) -> None:
    """Where this build lacks an entry; anything else is what it is."""
    if error.kind != "UnknownName":
        raise error
    pytest.skip(str(error))


def made(name: str, **options: Any) -> Any:
    try:
        return getattr(ours, name)(**{**LOSSES[name], **options})
    except dc.DiscrepancyError as error:
        skipped(error)


def data(name: str, dtype: Any, seed: int = 0) -> tuple[Any, Any, Any]:
    """Legal targets, raw predictions and weights."""
    generator = np.random.default_rng(seed)
    z = generator.uniform(-2, 2, (50, 4) if name == "HalfMultinomialLoss" else 50)
    y = generator.uniform(-2, 2, 50)
    if name in ("HalfPoissonLoss", "HalfTweedieLoss", "HalfTweedieLossIdentity"):
        y = np.round(np.abs(4 * y))
    elif name == "HalfGammaLoss":
        y = np.abs(y) + 0.1
    elif name in ("HalfBinomialLoss", "ExponentialLoss"):
        y = np.round(generator.random(50))
    elif name == "HalfMultinomialLoss":
        y = generator.integers(0, 4, 50).astype(float)
    if name == "HalfTweedieLossIdentity":
        z = np.abs(z) + 0.1
    return y.astype(dtype), z.astype(dtype), generator.uniform(0, 3, 50).astype(dtype)


def close(mine: Any, theirs: Any, dtype: Any) -> None:
    scale = np.maximum(np.abs(theirs), 1e-3)
    assert np.shape(mine) == np.shape(theirs) and np.result_type(mine) == np.result_type(theirs)
    assert (np.abs(np.asarray(mine, float) - theirs) <= TOLERANCE[dtype] * scale).all()


def test_all_losses_are_there() -> None:
    theirs = {
        name
        for name, value in vars(peer).items()
        if inspect.isclass(value) and issubclass(value, peer.BaseLoss) and "ArrayAPI" not in name
    }
    assert theirs - {"BaseLoss"} == set(LOSSES)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_theirs(name: str, dtype: Any, weighted: bool) -> None:
    y, z, w = data(name, dtype)
    weight = w if weighted else None
    mine, theirs = made(name, sample_weight=weight), getattr(peer, name)(sample_weight=weight, **LOSSES[name])
    given = {"y_true": y, "raw_prediction": z, "sample_weight": weight}
    kept = [side.copy() for side in (y, z, w)]
    close(mine.loss(**given), theirs.loss(**given), dtype)
    close(mine.gradient(**given), theirs.gradient(**given), dtype)
    for method in ("loss_gradient", "gradient_hessian"):
        for a, b in zip(getattr(mine, method)(**given), getattr(theirs, method)(**given)):
            close(a, b, dtype)
    assert mine(**given) == pytest.approx(float(theirs(**given)), rel=TOLERANCE[dtype], abs=0)
    assert all((a == b).all() for a, b in zip(kept, (y, z, w)))
    for attribute in ("differentiable", "is_multiclass", "n_classes", "approx_hessian", "constant_hessian"):
        assert getattr(mine, attribute) == getattr(theirs, attribute), attribute
    for interval in ("interval_y_true", "interval_y_pred"):
        for end in ("low", "high", "low_inclusive", "high_inclusive"):
            assert getattr(getattr(mine, interval), end) == getattr(getattr(theirs, interval), end)
    close(mine.fit_intercept_only(y, weight), theirs.fit_intercept_only(y, weight), dtype)
    constant = mine.constant_to_optimal_zero(y, weight)
    close(constant, theirs.constant_to_optimal_zero(y, None if weight is None else weight.copy()), dtype)
    for a, b in zip(mine.init_gradient_and_hessian(7, dtype), theirs.init_gradient_and_hessian(7, dtype)):
        assert a.shape == b.shape and a.dtype == b.dtype and a.flags.f_contiguous == b.flags.f_contiguous


@pytest.mark.parametrize("name", LOSSES)
def test_results_go_where_they_are_sent(name: str) -> None:
    y, z, w = data(name, np.float64, 1)
    loss = made(name)
    for order in ("C", "F"):
        value, gradient, hessian = np.empty(50), np.empty(z.shape, order=order), np.empty(z.shape, order=order)
        raw = np.asarray(z, order=order)
        assert loss.loss(y, raw, w, loss_out=value) is value
        np.testing.assert_array_equal(value, loss.loss(y, z, w))
        result = loss.loss_gradient(y, raw, w, loss_out=value, gradient_out=gradient)
        assert result[0] is value and result[1] is gradient
        result = loss.gradient_hessian(y, raw, w, gradient_out=gradient, hessian_out=hessian)
        assert result[0] is gradient and result[1] is hessian
        np.testing.assert_array_equal(gradient, loss.gradient(y, z, w))
        # Over what it was made of.
        assert loss.gradient(y, raw := raw.copy(order), w, gradient_out=raw) is raw
        np.testing.assert_array_equal(raw, gradient)
    if z.ndim == 1:
        column = np.empty((50, 1))
        np.testing.assert_array_equal(loss.gradient(y, z[:, np.newaxis], w, gradient_out=column), column[:, 0])
        np.testing.assert_array_equal(column[:, 0], loss.gradient(y, z, w))
    assert loss.loss(y, z, n_threads=2).tobytes() == loss.loss(y, z).tobytes()


@pytest.mark.parametrize("name", LOSSES)
def test_the_best_prediction_is_the_intercept(name: str) -> None:
    y, z, _ = data(name, np.float64, 2)
    loss = made(name)
    best = np.broadcast_to(loss.fit_intercept_only(y), z.shape)
    # One step of Huber's is not all of the way.
    slack = 0.02 if name == "HuberLoss" else 1e-9
    for step in (-0.3, 0.3):
        change = np.array([step, 0, 0, 0]) if z.ndim == 2 else step
        assert loss(y, best + change) > loss(y, best.copy()) - slack


@pytest.mark.parametrize("name", LOSSES)
def test_links_go_there_and_back(name: str) -> None:
    loss, theirs = made(name), getattr(peer, name)(**LOSSES[name])
    z = np.linspace(-3, 3, 21)
    z = z if loss.link.interval_y_pred.high < np.inf or loss.link.interval_y_pred.low > -np.inf else np.exp(z)
    z = np.stack([z, z**2 / 2], axis=1) if loss.is_multiclass else z
    p = loss.link.inverse(z)
    np.testing.assert_allclose(p, theirs.link.inverse(z), rtol=1e-13)
    np.testing.assert_allclose(loss.link.link(p), theirs.link.link(p), rtol=1e-11, atol=1e-14)
    back = loss.link.symmetrize_raw_prediction(z) if loss.is_multiclass else z
    np.testing.assert_allclose(loss.link.link(p), back, rtol=1e-11, atol=1e-14)
    assert loss.in_y_pred_range(p) or not loss.interval_y_pred.includes(p)
    if hasattr(theirs, "predict_proba"):
        np.testing.assert_allclose(loss.predict_proba(z), theirs.predict_proba(z), rtol=1e-11)


@pytest.mark.parametrize("name", LOSSES)
def test_targets_in_and_out_of_range(name: str) -> None:
    loss, theirs = made(name), getattr(peer, name)(**LOSSES[name])
    for y in (-1.0, 0.0, 0.5, 1.0, 2.0, np.inf, np.nan):
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            y = np.array([y])
            assert loss.in_y_true_range(y) == bool(theirs.in_y_true_range(y))
    y, z, _ = data(name, np.float64, 3)
    if np.isfinite(loss.interval_y_true.low):
        y[7] = -1.0
        with pytest.raises(dc.DiscrepancyError, match="7"):
            loss.loss(y, z)
    assert type(loss).__name__ in repr(loss)
    for other in (pickle.loads(pickle.dumps(loss)), copy.deepcopy(loss)):
        assert other.measure == loss.measure


def test_probabilities_as_targets() -> None:
    generator = np.random.default_rng(4)
    y, z, w = generator.random(30), generator.uniform(-3, 3, 30), generator.random(30)
    y[:2] = 0.0, 1.0
    for name in ("HalfBinomialLoss", "ExponentialLoss"):
        mine, theirs = made(name), getattr(peer, name)()
        close(mine.loss(y, z, w), theirs.loss(y, z, w), np.float64)
        for a, b in zip(mine.loss_gradient(y, z, w), theirs.loss_gradient(y, z, w)):
            close(a, b, np.float64)
        for a, b in zip(mine.gradient_hessian(y, z, w), theirs.gradient_hessian(y, z, w)):
            close(a, b, np.float64)
        assert mine(y, z, w) == pytest.approx(theirs(y, z, w), rel=1e-12, abs=0)
        close(mine.constant_to_optimal_zero(y, w), theirs.constant_to_optimal_zero(y, w), np.float64)


def test_gradient_and_probabilities() -> None:
    y, z, w = data("HalfMultinomialLoss", np.float64)
    mine, theirs = made("HalfMultinomialLoss"), peer.HalfMultinomialLoss(n_classes=4)
    for a, b in zip(mine.gradient_proba(y, z, w), theirs.gradient_proba(y, z, w)):
        close(a, b, np.float64)
    with pytest.raises(ValueError, match="index 3"):
        mine.loss(np.array([0.0, 1.0, 2.0, 0.5]), z[:4])


@pytest.mark.parametrize("power", [-3.0, -1.5, 0.0, 0.5, 1.0, 1.3, 2.0, 3.0])
@pytest.mark.parametrize("name", ["HalfTweedieLoss", "HalfTweedieLossIdentity"])
def test_powers(name: str, power: float) -> None:
    generator = np.random.default_rng(5)
    y, z, w = generator.uniform(0.1, 4, 40), generator.uniform(0.1, 2, 40), generator.uniform(0, 2, 40)
    # Powers up to 0 are of targets of any sign.
    y = y - 2 if power <= 0 else y
    mine, theirs = made(name, power=power), getattr(peer, name)(power=power)
    assert repr(mine) == f"{name}(power={power:g})" and mine.in_y_true_range(y)
    for weight in (None, w):
        for a, b in zip(mine.gradient_hessian(y, z, weight), theirs.gradient_hessian(y, z, weight)):
            close(a, b, np.float64)
        for a, b in zip(mine.loss_gradient(y, z, weight), theirs.loss_gradient(y, z, weight)):
            close(a, b, np.float64)
        assert mine(y, z, weight) == pytest.approx(theirs(y, z, weight), rel=1e-11)
        close(mine.fit_intercept_only(y, weight), theirs.fit_intercept_only(y, weight), np.float64)
    close(mine.constant_to_optimal_zero(y), theirs.constant_to_optimal_zero(y), np.float64)


def test_losses_where_theirs_lose_digits() -> None:
    y, z = np.array([1.0, 1.0]), np.array([34.0, 60.0])
    binomial = made("HalfBinomialLoss")
    # ln(1 + e^-z), by mpmath.
    np.testing.assert_allclose(binomial.loss(y, z), [1.713908431542e-15, 8.75651076269652e-27], rtol=1e-12)
    assert (peer.HalfBinomialLoss().loss(y, z) == 0).all()
    # σ(z) - 1/2 = tanh(z / 2) / 2
    gradient = binomial.gradient(np.array([0.5]), np.array([1e-10]))
    np.testing.assert_allclose(gradient, [2.5e-11], rtol=1e-15)
    multinomial = made("HalfMultinomialLoss", n_classes=2)
    rows = np.array([[37.0, 0.0]])
    assert multinomial.loss(np.array([0.0]), rows)[0] == pytest.approx(8.533047625744066e-17, rel=1e-15, abs=0)
    assert peer.HalfMultinomialLoss(n_classes=2).loss(np.array([0.0]), rows)[0] == 0.0
    # Both classes keep their digits.
    assert binomial.predict_proba(np.array([40.0]))[0, 0] == pytest.approx(4.248354255291589e-18, rel=1e-14, abs=0)


def test_nan_stays_and_says_nothing_else() -> None:
    for name in LOSSES:
        try:
            loss = getattr(ours, name)(**LOSSES[name])
        except dc.DiscrepancyError:
            continue
        y, z, _ = data(name, np.float64, 6)
        z[3] = np.nan
        assert np.isnan(loss.loss(y, z)[3]) and np.isfinite(np.delete(loss.loss(y, z), 3)).all()
        assert np.isnan(loss.gradient(y, z)[3]).all()


# --- Metrics ------------------------------------------------------------------------------------------------------

REGRESSION: dict[str, dict[str, Any]] = {
    "mean_squared_error": {},
    "root_mean_squared_error": {},
    "mean_absolute_error": {},
    "mean_pinball_loss": {"alpha": 0.7},
    "d2_absolute_error_score": {},
    "d2_pinball_score": {"alpha": 0.7},
}
DEVIANCES: list[tuple[str, dict[str, Any]]] = [
    ("mean_poisson_deviance", {}),
    ("mean_gamma_deviance", {}),
    *[("mean_tweedie_deviance", {"power": power}) for power in (-1, 0, 1, 1.5, 2, 3)],
    *[("d2_tweedie_score", {"power": power}) for power in (0, 1, 1.5, 2, 3)],
]


def compared(name: str, *arguments: Any, tolerance: float = 1e-12, **options: Any) -> None:
    """With theirs: the number, or that it is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = getattr(metrics, name)(*arguments, **options)
        except (ValueError, TypeError):
            with pytest.raises((ValueError, TypeError)):
                getattr(ours, name)(*arguments, **options)
            return
        try:
            mine = getattr(ours, name)(*arguments, **options)
        except dc.DiscrepancyError as error:
            return skipped(error)
    assert type(mine) is type(theirs) or isinstance(mine, float) and isinstance(theirs, (float, np.floating))
    np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=1e-300)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("name", REGRESSION)
def test_regression_metrics_are_theirs(name: str, dtype: Any) -> None:
    generator = np.random.default_rng(7)
    w = generator.random(20)
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    for shape in ((20,), (20, 1), (20, 3)):
        y, z = (10 * generator.standard_normal((2, *shape))).astype(dtype)
        for weight in (None, w, w.tolist()):
            for outputs in ("uniform_average", "raw_values", [0.2, 0.3, 0.5], [1.0, 2.0], "nonsense"):
                given = {"sample_weight": weight, "multioutput": outputs, **REGRESSION[name]}
                compared(name, y, z, tolerance=tolerance, **given)
        compared(name, y.tolist(), z.tolist(), tolerance=1e-12, **REGRESSION[name])
    compared(name, [1.0, 2.0], [1.0])
    compared(name, [[1.0, 2.0]], [[1.0]])
    compared(name, [1.0, np.nan], [1.0, 2.0])
    compared(name, [], [])


@pytest.mark.parametrize(("name", "options"), DEVIANCES, ids=lambda value: str(value))
def test_deviances_are_theirs(name: str, options: dict[str, Any]) -> None:
    generator = np.random.default_rng(8)
    y, z, w = generator.uniform(0.1, 3, (3, 30))
    compared(name, y, z, tolerance=1e-11, **options)
    compared(name, y, z, tolerance=1e-11, sample_weight=w, **options)
    compared(name, y, -z, tolerance=1e-11, **options)
    compared(name, -y, z, tolerance=1e-11, **options)
    compared(name, [0.0, 1.0], [1.0, 2.0], **options)
    compared(name, [1.0, 2.0], [0.0, 1.0], **options)
    compared(name, np.ones((4, 2)), np.ones((4, 2)), **options)


def test_no_power_between_0_and_1() -> None:
    with pytest.raises(ValueError, match="power"):
        ours.mean_tweedie_deviance([1.0], [1.0], power=0.5)


@pytest.mark.parametrize("name", ["log_loss", "brier_score_loss", "d2_log_loss_score", "d2_brier_score"])
def test_probabilistic_metrics_are_theirs(name: str) -> None:
    generator = np.random.default_rng(9)
    y, p, w = generator.integers(0, 2, 30), generator.random(30), generator.random(30)
    wide = generator.dirichlet([1, 1, 1], 30)
    several = generator.integers(0, 3, 30)
    for weight in (None, w):
        compared(name, y, p, sample_weight=weight)
        compared(name, y, p[:, np.newaxis], sample_weight=weight)
        compared(name, y, np.stack([1 - p, p], axis=1), sample_weight=weight)
        compared(name, 2 * y - 1, p, sample_weight=weight)
        compared(name, several, wide, sample_weight=weight)
        compared(name, np.array(["a", "b", "c"])[several], wide, sample_weight=weight)
        compared(name, np.array([5, 7, 9])[several], wide, sample_weight=weight)
        compared(name, several % 2, wide, sample_weight=weight, labels=[0, 1, 2])
    compared(name, y, p.astype(np.float32), tolerance=1e-5)
    compared(name, y > 0, p)
    compared(name, several % 2, wide)
    compared(name, several, p)
    if name == "d2_log_loss_score":
        # Theirs has a loss of the shares of one class that is not 0.
        assert ours.d2_log_loss_score([1, 1, 1], p[:3], labels=[0, 1]) == -np.inf
    else:
        compared(name, [1, 1, 1], p[:3], **({"labels": [0, 1]} if "log" in name else {}))
    compared(name, [1, 1, 1], np.stack([1 - p, p], axis=1)[:3])
    compared(name, y, p + 1)
    compared(name, y, p - 1)
    compared(name, y, p[:3])
    compared(name, y, np.where(p > 0.5, np.nan, p))
    compared(name, [0, 3], wide[:2], labels=[0, 1, 2])
    compared(name, [0, 1], [[0.3, 0.7]])


def test_brier_conventions_are_theirs() -> None:
    generator = np.random.default_rng(10)
    y, p, w = generator.integers(0, 3, 30), generator.dirichlet([1, 1, 1], 30), generator.random(30)
    for scale in ("auto", True, False):
        compared("brier_score_loss", y, p, sample_weight=w, scale_by_half=scale)
        compared("brier_score_loss", y % 2, p[:, 0], sample_weight=w, scale_by_half=scale)
    compared("brier_score_loss", np.array(["no", "yes"])[y % 2], p[:, 0], pos_label="yes")
    compared("brier_score_loss", np.array(["no", "yes"])[y % 2], p[:, 0])
    compared("brier_score_loss", np.array([2, 5])[y % 2], p[:, 0])
    compared("brier_score_loss", y, p[:, 0])
    compared("log_loss", y, p, normalize=False)
    compared("log_loss", y, p, normalize=False, sample_weight=w)


def test_hinge_loss_is_theirs() -> None:
    generator = np.random.default_rng(11)
    y, f, w = generator.integers(0, 2, 30), generator.standard_normal(30), generator.random(30)
    several, wide = generator.integers(0, 3, 30), generator.standard_normal((30, 3))
    for weight in (None, w):
        compared("hinge_loss", y, f, sample_weight=weight)
        compared("hinge_loss", 2 * y - 1, f[:, np.newaxis], sample_weight=weight)
        compared("hinge_loss", np.array(["a", "b"])[y], f, sample_weight=weight)
        compared("hinge_loss", several, wide, sample_weight=weight)
        compared("hinge_loss", several % 2, wide, sample_weight=weight, labels=[0, 1, 2])
        compared("hinge_loss", np.array(["a", "b", "c"])[several], wide, sample_weight=weight)
    compared("hinge_loss", several, f)
    compared("hinge_loss", several, wide[:, :2])
    compared("hinge_loss", several % 2, wide)
    compared("hinge_loss", y, f[:3])


#: Metrics with labels, and whether theirs looks at them where there is one column.
WITH_LABELS = ["log_loss", "d2_log_loss_score", "brier_score_loss", "d2_brier_score"]


@pytest.mark.parametrize("name", WITH_LABELS)
def test_labels_out_of_order_are_warned_of(name: str) -> None:
    y, p = ["cat", "dog", "cat"], np.array([[0.25, 0.75], [0.5, 0.5], [0.125, 0.875]])
    mine, theirs = getattr(ours, name), getattr(metrics, name)
    for labels in (["dog", "cat"], np.array(["dog", "cat"])):
        found = []
        for metric in (mine, theirs):
            with pytest.warns(UserWarning, match="ordered lexicographically") as caught:
                found.append(metric(y, p, labels=labels))
            found.append([str(w.message) for w in caught])
        assert found[0] == pytest.approx(found[2], rel=1e-12) and found[1] == found[3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mine(y, p, labels=["cat", "dog"])
        mine(y, p)
    # Every metric of ours with labels is here, or has none of the columns that an order is of.
    assert {n for n in ours.__all__ if inspect.isfunction(getattr(ours, n)) and "labels" in inspect.signature(getattr(ours, n)).parameters} == {*WITH_LABELS, "hinge_loss"}


TRUTHS = sorted(name for name, metric in distance._METRICS.items() if metric.truth)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("metric", TRUTHS)
def test_numbers_are_truths_to_boolean_metrics(metric: str) -> None:
    generator = np.random.default_rng(3)
    x, b = generator.integers(0, 3, (6, 5)) * 0.5, generator.random((4, 5)) > 0.4
    x[0], b[0] = 0.0, False
    for arguments in ((x,), (b,), (x, b), (b, x), (x, x[:3]), (x.astype(int), b)):
        found = ours.pairwise_distances(*arguments, metric=metric)
        np.testing.assert_allclose(found, metrics.pairwise_distances(*arguments, metric=metric), rtol=1e-14)
        assert not (found < 0).any()
    with pytest.warns(UserWarning, match="converted to boolean"):
        ours.pairwise_distances(x, metric=metric)


def test_labels_of_two_kinds_are_refused() -> None:
    for y, z in (([0, 1], ["a", "b"]), (["a", "b"], [0, 1]), ([0, 1], [0.5, 0.25]), ([[0, 1], [1, 0]], [0, 1])):
        outcomes = []
        for module in (ours, metrics):
            with pytest.raises(ValueError) as caught:
                module.zero_one_loss(y, z)
            outcomes.append(type(caught.value))
        assert outcomes[0] is outcomes[1]


def test_neighbours_are_one_at_least() -> None:
    for count in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="n_neighbors"):
            ours.kneighbors_graph([[0.0], [1.0]], count)


def test_sums_of_weights_beyond_the_largest_number() -> None:
    y, z, w = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.5, 3.0]), np.array([1e308, 5e307, 1.5e308])
    light = w * 2.0**-1000
    for name in ("root_mean_squared_error", "d2_tweedie_score", "d2_pinball_score", "d2_absolute_error_score"):
        metric = getattr(ours, name)
        assert metric(y, z, sample_weight=w) == pytest.approx(metric(y, z, sample_weight=light), rel=1e-15), name
    p = [0.25, 0.75, 0.5]
    for name in ("d2_log_loss_score", "d2_brier_score"):
        metric = getattr(ours, name)
        assert metric([0, 1, 1], p, sample_weight=w) == pytest.approx(metric([0, 1, 1], p, sample_weight=light), rel=1e-15), name
    for loss in (ours.HalfSquaredError(), ours.AbsoluteError(), ours.PinballLoss(quantile=0.3), ours.HuberLoss(), ours.HalfTweedieLoss(power=-1.5)):
        assert loss.fit_intercept_only(y, w) == pytest.approx(loss.fit_intercept_only(y, light), rel=1e-15)


def test_zero_one_loss_is_theirs() -> None:
    generator = np.random.default_rng(12)
    y, z, w = generator.integers(0, 4, 30), generator.integers(0, 4, 30), generator.random(30)
    for normalize in (True, False):
        for weight in (None, w):
            compared("zero_one_loss", y, z, normalize=normalize, sample_weight=weight)
            words = np.array(["a", "b", "c", "d"])
            compared("zero_one_loss", words[y], words[z], normalize=normalize, sample_weight=weight)
            both = generator.integers(0, 2, (2, 30, 3))
            compared("zero_one_loss", *both, normalize=normalize, sample_weight=weight)


def test_signatures_are_theirs() -> None:
    for name in ours.__all__:
        if hasattr(metrics, name) and name not in ("DistanceMetric", "get_scorer", "get_scorer_names"):
            theirs = inspect.signature(getattr(metrics, name)).parameters
            # What is on its way out is left out.
            kept = [p for p in theirs.values() if p.default != "deprecated"]
            mine = inspect.signature(getattr(ours, name)).parameters
            assert list(mine) == [p.name for p in kept], name
            assert [p.kind for p in mine.values()] == [p.kind for p in kept], name
        assert getattr(ours, name).__doc__


def test_metrics_where_theirs_are_wrong() -> None:
    # One class: theirs takes it for the negative one.
    assert ours.hinge_loss([1, 1, 1], [2.0, 3.0, 4.0]) == 0.0 and metrics.hinge_loss([1, 1, 1], [2.0, 3.0, 4.0]) == 4.0
    assert ours.hinge_loss([1, 1, 1], [2.0, 3.0, 4.0], labels=[-1, 1]) == 0.0
    assert ours.hinge_loss([0, 0], [2.0, -3.0]) == 1.5 == ours.hinge_loss([-1, -1], [2.0, -3.0])
    assert ours.hinge_loss(["yes"], [2.0], labels=["no", "yes"]) == 0.0
    with pytest.raises(ValueError, match="labels"):
        ours.hinge_loss(["yes"], [2.0])
    # Nothing is clipped.
    assert ours.log_loss([0, 1], [0.0, 1e-300]) == pytest.approx(345.38776394910684, rel=1e-15, abs=0)
    assert ours.log_loss([0, 1], np.float32([0.0, 1e-30])) == pytest.approx(34.538776, rel=1e-7, abs=0)
    assert ours.log_loss([0, 1], [0.5, 0.0]) == np.inf
    # Squares beyond the range.
    assert ours.root_mean_squared_error([0.0], [1e155]) == 1e155
    # Weights that sum beyond it, and below zero.
    assert ours.mean_absolute_error([0.0, 0.0], [1.0, 3.0], sample_weight=[1e308, 1e308]) == 2.0
    with pytest.raises(dc.DiscrepancyError, match="weight"):
        ours.mean_squared_error([1.0, 2.0], [1.0, 3.0], sample_weight=[1.0, -2.0])
    # A mean that sums in doubles lose.
    assert ours.mean_squared_error([0.0] * 4, [1e8, 1.0, 1e-8, 1.0]) == (1e16 + 2 + 1e-16) / 4
    weights = [1.0, 2.0**-53, 2.0**-53]
    assert ours.mean_absolute_error([0.0] * 3, [1.0, 1.0, 1.0], sample_weight=weights) == 1.0


def test_deviances_are_never_negative() -> None:
    y = np.array([1.0])
    for name, near in (("mean_poisson_deviance", 2.0**-56), ("mean_gamma_deviance", 2.0**-56)):
        try:
            mine = getattr(ours, name)(y, y * (1 + 2.0**-28))
        except dc.DiscrepancyError as error:
            skipped(error)
        # The second order is all there is to see: t² (1 + O(t)).
        assert mine == pytest.approx(near, rel=1e-7, abs=0)
        assert not getattr(metrics, name)(y, y * (1 + 2.0**-28)) == pytest.approx(near, rel=0.1, abs=0)


# --- Scorers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ours.get_scorer_names())
def test_scorers_score(name: str) -> None:
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.model_selection import cross_val_score

    generator = np.random.default_rng(13)
    x = generator.standard_normal((60, 3))
    regression = not any(word in name for word in ("log_loss", "brier", "hinge", "zero_one"))
    estimator: Any = LinearRegression() if regression else LogisticRegression()
    y = x[:, 0] + 20 + generator.random(60) if regression else (x[:, 0] + generator.standard_normal(60) > 0).astype(int)
    try:
        mine = cross_val_score(estimator, x, y, scoring=ours.get_scorer(name), error_score="raise")
    except dc.DiscrepancyError as error:
        skipped(error)
    assert (mine < 0).all() if name.startswith("neg_") else (mine < 1).all()
    if name in metrics.get_scorer_names():
        np.testing.assert_allclose(mine, cross_val_score(estimator, x, y, scoring=name), rtol=1e-9)


def test_unknown_scorers() -> None:
    with pytest.raises(ValueError, match="neg_log_loss"):
        ours.get_scorer("nonsense")


# --- Distances ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("euclidean", {}),
        ("l2", {}),
        ("l1", {}),
        ("manhattan", {}),
        ("cityblock", {}),
        ("cosine", {}),
        ("chebyshev", {}),
        ("correlation", {}),
        ("sqeuclidean", {}),
        ("hamming", {}),
        ("minkowski", {"p": 3}),
        ("seuclidean", {"V": np.arange(1.0, 5.0)}),
        ("braycurtis", {}),
        ("canberra", {}),
        ("nan_euclidean", {}),
        (lambda u, v: float(abs(u - v).max()), {}),
    ],
    ids=str,
)
def test_matrices_are_theirs(metric: Any, options: dict[str, Any], dtype: Any) -> None:
    x, y = np.random.default_rng(14).random((2, 9, 4)).astype(dtype)
    x[2] = 0.0 if metric == "cosine" else x[2]
    for other in (None, y[:5]):
        mine = ours.pairwise_distances(x, other, metric, **options)
        theirs = metrics.pairwise_distances(x, other, metric, **options)
        np.testing.assert_allclose(mine, theirs, rtol=1e-5 if dtype == np.float32 else 1e-10, atol=1e-6)
        assert mine.dtype == theirs.dtype or metric in ("l2", "nan_euclidean")


def test_distances_where_theirs_cancel() -> None:
    x = np.random.default_rng(15).standard_normal((20, 8)) + 1e8
    mine, theirs = ours.pairwise_distances(x), metrics.pairwise_distances(x)
    difference = x[:, np.newaxis] - x
    np.testing.assert_allclose(mine, np.sqrt((difference**2).sum(axis=2)), rtol=1e-14)
    assert np.abs(theirs - mine).max() > 0.1


def test_errors_of_distances() -> None:
    x = np.ones((3, 2))
    for call in (
        lambda: ours.pairwise_distances(x, np.ones((3, 3))),
        lambda: ours.pairwise_distances(x, metric="nonsense"),
        lambda: ours.pairwise_distances(np.ones(3)),
        lambda: ours.pairwise_distances(x * np.nan),
        lambda: ours.DistanceMetric.get_metric("nonsense"),
        lambda: ours.kneighbors_graph(x, 1, mode="nonsense"),
        lambda: ours.pairwise_distances_argmin_min(x, x, axis=2),
    ):
        with pytest.raises(ValueError):
            call()


def test_neighbours_and_clusters() -> None:
    from sklearn.cluster import DBSCAN
    from sklearn.neighbors import KNeighborsClassifier, kneighbors_graph

    generator = np.random.default_rng(16)
    x = np.concatenate([generator.standard_normal((20, 2)), generator.standard_normal((20, 2)) + 6])
    y = np.repeat([0, 1], 20)
    for mode in ("connectivity", "distance"):
        mine, theirs = ours.kneighbors_graph(x, 4, mode=mode), kneighbors_graph(x, 4, mode=mode)
        np.testing.assert_allclose(mine.toarray(), theirs.toarray(), rtol=1e-12)
        mine = ours.kneighbors_graph(x, 4, mode=mode, include_self=True)
        theirs = kneighbors_graph(x, 4, mode=mode, include_self=True)
        np.testing.assert_allclose(mine.toarray(), theirs.toarray(), rtol=1e-12)
    # Four of a kind: none is a neighbour of itself.
    graph = ours.kneighbors_graph(np.zeros((4, 1)), 2)
    assert (graph.diagonal() == 0).all() and graph.sum() == 8
    metric = ours.DistanceMetric.get_metric("minkowski", p=3)
    by_metric = KNeighborsClassifier(3, metric=metric).fit(x, y)
    by_name = KNeighborsClassifier(3, metric="minkowski", p=3).fit(x, y)
    np.testing.assert_array_equal(by_metric.predict(x), by_name.predict(x))
    np.testing.assert_allclose(by_metric.kneighbors(x)[0], by_name.kneighbors(x)[0], rtol=1e-12)
    labels = DBSCAN(eps=1.5, metric="precomputed").fit_predict(ours.pairwise_distances(x))
    np.testing.assert_array_equal(labels, DBSCAN(eps=1.5).fit_predict(x))
    np.testing.assert_array_equal(labels, DBSCAN(eps=1.5, metric=ours.DistanceMetric("euclidean")).fit_predict(x))
    for axis in (0, 1):
        for kind in ("euclidean", "cosine", "manhattan"):
            mine = ours.pairwise_distances_argmin_min(x, x[::3], axis=axis, metric=kind)
            theirs = metrics.pairwise_distances_argmin_min(x, x[::3], axis=axis, metric=kind)
            np.testing.assert_array_equal(mine[0], theirs[0])
            np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-7, atol=1e-7)
    # What only the catalogue has.
    shares = np.abs(x) / np.abs(x).sum(axis=1, keepdims=True)
    hellinger = ours.DistanceMetric("hellinger:normalize=true")
    assert hellinger.pairwise(shares).shape == (40, 40) and hellinger(shares[0], shares[1]) > 0


# --- The package --------------------------------------------------------------------------------------------------

MODULES = ["_links", "_losses", "_metrics", "_scorers", "_distances"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    module = importlib.import_module(f"discrepancy.sklearn.{name}")
    with np.printoptions(legacy=False):
        assert doctest.testmod(module).failed == 0


def test_nothing_of_sklearn_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, numpy, discrepancy, discrepancy.sklearn as s\n"
        "s.HalfBinomialLoss().gradient_hessian(numpy.ones(2), numpy.ones(2)); s.get_scorer_names()\n"
        "assert not any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules)\n"
        "s.log_loss([0, 1], [0.5, 0.5])\n"
        "assert 'sklearn' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
