"""Metrics of scikit-learn: its names, arguments and errors of arguments; means exact and rounded once.

Where they differ: nothing is clipped, so that ``log_loss`` is infinite where what had no probability happened;
``hinge_loss`` knows the class of a batch of one class; deviances never are negative; negative weights are an error.
"""

from __future__ import annotations

import warnings
from importlib import import_module

import numpy as np

from .._masks import without_masks
from .._specs import make
from .._weights import summable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _utilities() -> Any:
    return import_module("sklearn.utils")


def _weights(sample_weight: Any) -> Any:
    """As what the library wants them, in the type they came in: the widest of all is what is computed in."""
    return None if sample_weight is None else summable(_utilities().column_or_1d(sample_weight))


def _columns(y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
    """Targets and predictions, (N, K) each, and the weights of rows."""
    utilities = _utilities()
    utilities.check_consistent_length(y_true, y_pred, sample_weight)
    y_true, y_pred = (utilities.check_array(y, ensure_2d=False, dtype="numeric") for y in (y_true, y_pred))
    y_true, y_pred = (y.reshape(-1, 1) if y.ndim == 1 else y for y in (y_true, y_pred))
    if y_true.shape[1] != y_pred.shape[1]:
        outputs = f"({y_true.shape[1]}!={y_pred.shape[1]})"
        raise ValueError(f"y_true and y_pred have different number of output {outputs}")
    return y_true, y_pred, _weights(sample_weight)


def _averaged(errors: Any, multioutput: Any) -> Any:
    """What becomes of the errors of several outputs."""
    if isinstance(multioutput, str):
        if multioutput == "raw_values":
            return np.array(errors)
        if multioutput != "uniform_average":
            allowed = "('raw_values', 'uniform_average')"
            raise ValueError(f"Allowed 'multioutput' string values are {allowed}. You provided {multioutput=}")
        multioutput = None
    elif multioutput is not None and len(errors) == 1:
        raise ValueError("Custom weights are useful only in multi-output cases.")
    elif multioutput is not None and len(multioutput) != len(errors):
        counts = f"custom weights ({len(multioutput)}) as outputs ({len(errors)})"
        raise ValueError(f"There must be equally many {counts}.")
    return float(errors[0]) if len(errors) == 1 else float(np.average(errors, weights=multioutput))


def _regression(spec: str, y_true: Any, y_pred: Any, sample_weight: Any, multioutput: Any) -> Any:
    y_true, y_pred, weight = _columns(y_true, y_pred, sample_weight)
    measure: Any = make(spec)
    columns = range(y_true.shape[1])
    return _averaged([measure.value(y_pred[:, k], y_true[:, k], weight=weight) for k in columns], multioutput)


@without_masks
def mean_squared_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Any:
    r"""The mean squared error.

    .. math:: \frac1n \sum_i (z_i - y_i)^2

    Parameters
    ----------
    y_true, y_pred : (N,) or (N, K) array
    sample_weight : (N,) array, default None
    multioutput : ``"uniform_average"``, ``"raw_values"`` or (K,) array of weights

    Examples
    --------
    >>> from discrepancy.sklearn import mean_squared_error
    >>> mean_squared_error([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.375
    """
    return _regression("squared", y_true, y_pred, sample_weight, multioutput)


@without_masks
def root_mean_squared_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Any:
    r"""The root of the mean squared error, of each output by itself; squares beyond the largest number do no harm.

    .. math:: \sqrt{\frac1n \sum_i (z_i - y_i)^2}

    Examples
    --------
    >>> from discrepancy.sklearn import root_mean_squared_error
    >>> root_mean_squared_error([0.0], [1e200])
    1e+200
    """
    y_true, y_pred, weight = _columns(y_true, y_pred, sample_weight)
    measure: Any = make("euclidean")
    total = float(len(y_true) if weight is None else np.sum(weight, dtype=np.float64))
    # Integers stay what they are: the library says where it cannot hold one.
    sides = [np.ascontiguousarray(side.T, np.float64 if side.dtype.kind == "f" else None) for side in (y_pred, y_true)]
    weight = weight if weight is None else weight.astype(np.float64)
    return _averaged(list(measure.value(*sides, weight=weight) / np.sqrt(total)), multioutput)


@without_masks
def mean_absolute_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Any:
    r"""The mean absolute error.

    .. math:: \frac1n \sum_i |z_i - y_i|

    Examples
    --------
    >>> from discrepancy.sklearn import mean_absolute_error
    >>> mean_absolute_error([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.5
    """
    return _regression("absolute", y_true, y_pred, sample_weight, multioutput)


@without_masks
def mean_pinball_loss(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    alpha: float = 0.5,
    multioutput: Any = "uniform_average",
) -> Any:
    r"""The mean quantile loss; ``alpha`` is the quantile that is sought.

    .. math:: \frac1n \sum_i \max(\alpha (y_i - z_i), (1 - \alpha) (z_i - y_i))
    """
    return _regression(f"quantile:level={float(alpha)!r}", y_true, y_pred, sample_weight, multioutput)


def _one_output(spec: str, y_true: Any, y_pred: Any, sample_weight: Any) -> float:
    y_true, y_pred, weight = _columns(y_true, y_pred, sample_weight)
    if y_true.shape[1] > 1:
        raise ValueError("Multioutput not supported in mean_tweedie_deviance")
    measure: Any = make(spec)
    return float(measure.value(y_pred[:, 0], y_true[:, 0], weight=weight))


@without_masks
def mean_poisson_deviance(y_true: Any, y_pred: Any, *, sample_weight: Any = None) -> float:
    r"""The mean Poisson deviance of predicted means; exact for predictions that nearly meet their targets.

    .. math:: \frac2n \sum_i \left(y_i \ln \frac{y_i}{z_i} - y_i + z_i\right)
    """
    return mean_tweedie_deviance(y_true, y_pred, sample_weight=sample_weight, power=1)


@without_masks
def mean_gamma_deviance(y_true: Any, y_pred: Any, *, sample_weight: Any = None) -> float:
    r"""The mean gamma deviance of predicted means; exact for predictions that nearly meet their targets.

    .. math:: \frac2n \sum_i \left(\frac{y_i}{z_i} - 1 - \ln \frac{y_i}{z_i}\right)
    """
    return mean_tweedie_deviance(y_true, y_pred, sample_weight=sample_weight, power=2)


@without_masks
def mean_tweedie_deviance(y_true: Any, y_pred: Any, *, sample_weight: Any = None, power: float = 0) -> float:
    r"""The mean Tweedie deviance: the squared error for power 0, Poisson for 1, gamma for 2.

    .. math:: \frac2n \sum_i
        \left(\frac{y_i^{2 - p}}{(1 - p)(2 - p)} - \frac{y_i z_i^{1 - p}}{1 - p} + \frac{z_i^{2 - p}}{2 - p}\right)

    There is no Tweedie distribution of a power between 0 and 1; powers below 0 are left to scikit-learn.

    Examples
    --------
    >>> from discrepancy.sklearn import mean_tweedie_deviance
    >>> mean_tweedie_deviance([2.0, 0.0, 1.0, 4.0], [0.5, 0.5, 2.0, 2.0])
    1.875
    """
    if power < 0:
        peer = import_module("sklearn.metrics").mean_tweedie_deviance
        return float(peer(y_true, y_pred, sample_weight=sample_weight, power=power))
    if 0 < power < 1:
        raise ValueError(f"power is {power}; allowed: 0, or from 1 on")
    special = {0.0: "squared", 1.0: "poisson_deviance", 2.0: "gamma_deviance"}
    if power >= 2 and np.any(np.asarray(y_true) <= 0):
        message = f"Mean Tweedie deviance error with power={power} can only be used on "
        raise ValueError(message + "strictly positive y and y_pred.")
    spec = special.get(float(power), f"tweedie_deviance:power={float(power)!r}")
    return _one_output(spec, y_true, y_pred, sample_weight)


@without_masks
def d2_tweedie_score(y_true: Any, y_pred: Any, *, sample_weight: Any = None, power: float = 0) -> float:
    r"""The share of the Tweedie deviance of the mean that the predictions explain.

    .. math:: 1 - \frac{D(y, z)}{D(y, \bar y)}

    Examples
    --------
    >>> from discrepancy.sklearn import d2_tweedie_score
    >>> d2_tweedie_score([0.0, 2.0], [0.5, 1.5])
    0.75
    """
    y, z, weight = _columns(y_true, y_pred, sample_weight)
    if _too_few(y):
        return float("nan")
    mean = np.full(y.shape, np.average(y, weights=weight, axis=0))
    both = [mean_tweedie_deviance(y, side, sample_weight=weight, power=power) for side in (z, mean)]
    return _explained(*both)


@without_masks
def d2_pinball_score(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    alpha: float = 0.5,
    multioutput: Any = "uniform_average",
) -> Any:
    r"""The share of the quantile loss of the best constant that the predictions explain; 0 where that has none to explain.

    .. math:: 1 - \frac{L_\alpha(y, z)}{\min_c L_\alpha(y, c)}

    Examples
    --------
    >>> from discrepancy.sklearn import d2_pinball_score
    >>> d2_pinball_score([1.0, 2.0, 6.0], [1.0, 2.0, 5.0], alpha=0.5)
    0.8
    """
    y, z, weight = _columns(y_true, y_pred, sample_weight)
    if _too_few(y):
        return float("nan")
    best = np.array([_quantile(y[:, k], weight, alpha) for k in range(y.shape[1])])
    options: dict[str, Any] = {"sample_weight": weight, "alpha": alpha, "multioutput": "raw_values"}
    losses = [mean_pinball_loss(y, side, **options) for side in (z, np.broadcast_to(best, y.shape))]
    shares = [1.0 if loss == 0 else 0.0 if null == 0 else 1 - loss / null for loss, null in zip(*losses)]
    return _averaged(shares, multioutput)


@without_masks
def d2_absolute_error_score(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Any:
    r"""The share of the absolute error of the median that the predictions explain.

    .. math:: 1 - \frac{\sum_i |y_i - z_i|}{\sum_i |y_i - \operatorname{med} y|}

    Examples
    --------
    >>> from discrepancy.sklearn import d2_absolute_error_score
    >>> d2_absolute_error_score([1.0, 2.0, 6.0], [1.0, 2.0, 5.0])
    0.8
    """
    return d2_pinball_score(y_true, y_pred, sample_weight=sample_weight, alpha=0.5, multioutput=multioutput)


def _quantile(y: Any, weight: Any, level: float) -> Any:
    """A number with the least quantile loss: the first that so much of the weight does not exceed."""
    order = np.argsort(y, kind="stable")
    below = np.cumsum(np.ones(len(y)) if weight is None else weight[order].astype(np.float64))
    return y[order[min(int(np.searchsorted(below, level * below[-1])), len(y) - 1)]]


def _explained(loss: float, null: float) -> float:
    """The share of a loss that is no longer there; of nothing there is none."""
    if null == 0:
        return float("nan") if loss == 0 else float("-inf")
    return 1 - loss / null


def _too_few(rows: Any) -> bool:
    """Whether a share of nothing would be asked for."""
    if len(rows) > 1:
        return False
    warning = import_module("sklearn.exceptions").UndefinedMetricWarning
    warnings.warn("D^2 score is not well-defined with less than two samples.", warning, stacklevel=3)
    return True


# --- Probabilities ------------------------------------------------------------------------------------------------


def _probabilities(y_true: Any, y_proba: Any, sample_weight: Any, labels: Any) -> tuple[Any, Any, Any, Any]:
    """Which class each row is of, all probabilities of all rows, weights, and the number of classes."""
    utilities = _utilities()
    utilities.check_consistent_length(y_true, y_proba, sample_weight)
    proba = utilities.check_array(y_proba, ensure_2d=False, dtype=[np.float64, np.float32])
    y = utilities.column_or_1d(y_true)
    classes = np.unique(y if labels is None else labels)
    if labels is not None and not np.array_equal(classes, np.asarray(labels)):
        warnings.warn(
            f"Labels passed were {labels}. But this function assumes labels are ordered lexicographically. Pass the "
            f"ordered labels={classes.tolist()} and ensure that the columns of y_prob correspond to this ordering.",
            UserWarning,
            stacklevel=4,
        )
    if labels is not None and not np.isin(y, classes).all():
        extra = set(y.tolist()) - set(classes.tolist())
        raise ValueError(f"y_true contains values {extra} not belonging to the passed labels {labels}.")
    if len(classes) == 1:
        if labels is None:
            words = "Please provide the list of all expected class labels explicitly through the labels argument."
            raise ValueError(f"y_true contains only one label ({classes[0]}). {words}")
        raise ValueError(f"The labels array needs to contain at least two labels, got {classes}.")
    proba = proba[:, 0] if proba.ndim == 2 and proba.shape[1] == 1 else proba
    wide = 2 if proba.ndim == 1 else proba.shape[1]
    if wide != len(classes):
        if labels is None:
            words = "Please provide the true labels explicitly through the labels argument. "
            counts = f"{len(classes)} vs {wide}"
            found = f"Classes found in y_true: {classes}"
            raise ValueError(f"y_true and y_prob contain different number of classes: {counts}. {words}{found}")
        words = "The number of classes in labels is different from that in y_prob."
        raise ValueError(f"{words} Classes found in labels: {classes}")
    for wrong, word in ((proba > 1, "greater than 1"), (proba < 0, "lower than 0")):
        if wrong.any():
            raise ValueError(f"y_prob contains values {word}: {proba[wrong][0]}")
    tolerance = np.sqrt(np.finfo(proba.dtype).eps)
    if proba.ndim == 2 and not np.allclose(proba.sum(axis=1), 1, rtol=tolerance, atol=0):
        warnings.warn("The y_prob values do not sum to one. Make sure to pass probabilities.", UserWarning, stacklevel=3)
    return np.searchsorted(classes, y), proba, _weights(sample_weight), len(classes)


def _log_loss(codes: Any, proba: Any, weight: Any, reduction: Any) -> float:
    measure: Any = make("binary_cross_entropy")
    if proba.ndim == 1:
        return float(measure.value(proba, codes, weight=weight, reduction=reduction))
    happened = np.take_along_axis(proba, codes[:, np.newaxis], axis=1)[:, 0]
    return float(measure.value(happened, np.ones_like(codes), weight=weight, reduction=reduction))


@without_masks
def log_loss(
    y_true: Any, y_proba: Any, *, normalize: bool = True, sample_weight: Any = None, labels: Any = None
) -> float:
    r"""The mean log loss: minus the logarithm of the probability of what happened. Nothing is clipped.

    .. math:: -\frac1n \sum_i \ln p_{i, y_i}

    Parameters
    ----------
    y_true : (N,) array of labels
    y_proba : (N, C) array of probabilities in the order of the sorted labels, or (N,) of those of the larger label
    normalize : bool, default True
        Whether it is the mean, or the sum.
    sample_weight : (N,) array, default None
    labels : array, default None
        All labels there are; those of ``y_true``, if it has more than one.

    Examples
    --------
    >>> from discrepancy.sklearn import log_loss
    >>> log_loss(["spam", "ham"], [[0.5, 0.5], [0.25, 0.75]])
    1.0397207708399179
    >>> log_loss([0, 1], [0.0, 1e-300])
    345.38776394910684
    """
    codes, proba, weight, _ = _probabilities(y_true, y_proba, sample_weight, labels)
    return _log_loss(codes, proba, weight, "mean" if normalize else "sum")


def _shares(codes: Any, proba: Any, weight: Any, count: int) -> Any:
    """The share of each class, or of the larger one, for each row."""
    shares = np.bincount(codes, weights=weight, minlength=count)
    shares = shares / shares.sum()
    return np.broadcast_to(shares[1] if proba.ndim == 1 else shares, proba.shape).astype(proba.dtype)


@without_masks
def d2_log_loss_score(y_true: Any, y_proba: Any, *, sample_weight: Any = None, labels: Any = None) -> float:
    r"""The share of the log loss of the classes' shares that the predictions explain.

    Examples
    --------
    >>> from discrepancy.sklearn import d2_log_loss_score
    >>> d2_log_loss_score([0, 1], [0.5, 0.5])
    0.0
    """
    if _too_few(y_true):
        return float("nan")
    codes, proba, weight, count = _probabilities(y_true, y_proba, sample_weight, labels)
    null = _shares(codes, proba, weight, count)
    return _explained(_log_loss(codes, proba, weight, "sum"), _log_loss(codes, null, weight, "sum"))


def _scored(y_true: Any, y_proba: Any, sample_weight: Any, pos_label: Any, labels: Any) -> tuple[Any, Any, Any, int]:
    """As of ``_probabilities``; of one column one label alone is enough, if it is known which it is."""
    shape = np.shape(y_proba)
    if len(shape) == 2 and shape[1] > 1:
        return _probabilities(y_true, y_proba, sample_weight, labels)
    y = _utilities().column_or_1d(y_true)
    classes = np.unique(y)
    if len(classes) > 2:
        words = "The type of the target inferred from y_true is multiclass but should be binary"
        raise ValueError(f"{words} according to the shape of y_prob.")
    if pos_label is None:
        # Words have no order that means something.
        if classes.dtype.kind in "OUS":
            words = "Either make y_true take value in {0, 1} or {-1, 1} or pass pos_label explicitly."
            raise ValueError(f"y_true takes value in {set(classes.tolist())} and pos_label is not specified: {words}")
        pos_label = 1 if set(classes.tolist()) <= {-1, 0, 1} else classes[-1]
    return _probabilities((y == pos_label).astype(int), y_proba, sample_weight, [0, 1])


def _brier(codes: Any, proba: Any, weight: Any) -> float:
    """Of two classes in one column the squared error of one, else of all classes together."""
    measure: Any = make("brier")
    if proba.ndim == 1:
        return float(measure.value(proba, codes, weight=weight))
    happened = np.zeros_like(proba)
    np.put_along_axis(happened, codes[:, np.newaxis], 1, axis=1)
    columns = range(proba.shape[1])
    return float(sum(measure.value(proba[:, k], happened[:, k], weight=weight) for k in columns))


@without_masks
def brier_score_loss(
    y_true: Any,
    y_proba: Any,
    *,
    sample_weight: Any = None,
    pos_label: Any = None,
    labels: Any = None,
    scale_by_half: Any = "auto",
) -> float:
    r"""The Brier score: the mean squared error of probabilities.

    .. math:: \frac1n \sum_i \sum_k (p_{ik} - [y_i = k])^2

    Halved with ``scale_by_half``, which is so for two classes if not said.

    Examples
    --------
    >>> from discrepancy.sklearn import brier_score_loss
    >>> brier_score_loss([0, 1, 1, 0], [0.25, 0.75, 0.75, 0.5])
    0.109375
    """
    codes, proba, weight, count = _scored(y_true, y_proba, sample_weight, pos_label, labels)
    half = count < 3 if isinstance(scale_by_half, str) and scale_by_half == "auto" else bool(scale_by_half)
    # One column has half of the error of two.
    factor = (1.0 if half else 2.0) if proba.ndim == 1 else (0.5 if half else 1.0)
    return factor * _brier(codes, proba, weight)


@without_masks
def d2_brier_score(
    y_true: Any, y_proba: Any, *, sample_weight: Any = None, pos_label: Any = None, labels: Any = None
) -> float:
    r"""The share of the Brier score of the classes' shares that the predictions explain.

    Examples
    --------
    >>> from discrepancy.sklearn import d2_brier_score
    >>> d2_brier_score([0, 1], [0.25, 0.75])
    0.75
    """
    if _too_few(y_true):
        return float("nan")
    codes, proba, weight, count = _scored(y_true, y_proba, sample_weight, pos_label, labels)
    return _explained(_brier(codes, proba, weight), _brier(codes, _shares(codes, proba, weight, count), weight))


# --- Decisions ----------------------------------------------------------------------------------------------------


@without_masks
def hinge_loss(y_true: Any, pred_decision: Any, *, labels: Any = None, sample_weight: Any = None) -> float:
    r"""The mean hinge loss of decisions, with the margin of Crammer and Singer where there are several classes.

    .. math:: \frac1n \sum_i \max(0, 1 - y_i z_i)

    Parameters
    ----------
    y_true : (N,) array of labels; the larger of two is the positive one
    pred_decision : (N,) array, or (N, C) for several classes
    labels : array, default None
        All labels there are; needed for a batch of one class whose label is none of -1, 0 and 1.
    sample_weight : (N,) array, default None

    Examples
    --------
    >>> from discrepancy.sklearn import hinge_loss
    >>> hinge_loss([1, 1, 1], [2.0, 3.0, 0.5])
    0.16666666666666666
    """
    utilities = _utilities()
    utilities.check_consistent_length(y_true, pred_decision, sample_weight)
    decision = utilities.check_array(pred_decision, ensure_2d=False)
    y = utilities.column_or_1d(y_true)
    classes = np.unique(y if labels is None else labels)
    if not np.isin(y, classes).all():
        raise ValueError(f"y_true contains labels that are not in {classes}")
    measure: Any = make("hinge")
    if len(classes) > 2:
        if decision.ndim < 2 or decision.shape[1] != len(classes):
            expected = f"(n_samples, n_classes), that is ({len(y)}, {len(classes)})"
            if labels is None and decision.ndim == 2:
                raise ValueError("Please include all labels in y_true or pass labels as third argument")
            words = "With a multiclass target, pred_decision shape must be"
            raise ValueError(f"{words} {expected}. Got: {decision.shape}")
        codes = np.searchsorted(classes, y)[:, np.newaxis]
        own = np.take_along_axis(decision, codes, axis=1)[:, 0]
        others = decision.astype(np.result_type(decision, np.float32), copy=True)
        np.put_along_axis(others, codes, -np.inf, axis=1)
        decision, signs = own - others.max(axis=1), np.ones(len(y), np.int64)
    else:
        decision = utilities.column_or_1d(decision)
        if len(classes) == 1 and not np.isin(classes, (-1, 0, 1)).all():
            raise ValueError(f"y_true contains only one label ({classes[0]}): pass all labels as `labels`")
        positive = 1 if len(classes) == 1 else classes[-1]
        signs = np.where(y == positive, 1, -1)
    return float(measure.value(decision, signs, weight=_weights(sample_weight)))


def _same_kind(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Labels that can be compared: of one type, of one kind of task."""
    multiclass = import_module("sklearn.utils.multiclass")
    kinds = [multiclass.type_of_target(y, input_name=name) for y, name in ((y_true, "y_true"), (y_pred, "y_pred"))]
    single = {"binary", "multiclass"}
    if len(set(kinds)) > 1 and not set(kinds) <= single:
        raise ValueError(f"Classification metrics can't handle a mix of {kinds[0]} and {kinds[1]} targets")
    if not set(kinds) <= single | {"multilabel-indicator"}:
        raise ValueError(f"{kinds[0]} is not supported")
    multiclass.unique_labels(y_true, y_pred)
    if set(kinds) <= single:
        first, second = (_utilities().column_or_1d(y) for y in (y_true, y_pred))
        return first, second
    first, second = (np.asarray(y.toarray() if hasattr(y, "toarray") else y) for y in (y_true, y_pred))
    return first, second


@without_masks
def zero_one_loss(y_true: Any, y_pred: Any, *, normalize: bool = True, sample_weight: Any = None) -> float:
    r"""The share of rows that are classified wrongly, or the weight of them; of several labels each must be right.

    .. math:: \frac1n \sum_i [z_i \ne y_i]

    Examples
    --------
    >>> from discrepancy.sklearn import zero_one_loss
    >>> zero_one_loss(["a", "b", "c"], ["a", "c", "c"])
    0.3333333333333333
    """
    _utilities().check_consistent_length(y_true, y_pred, sample_weight)
    y_true, y_pred = _same_kind(y_true, y_pred)
    wrong = y_true != y_pred
    if wrong.ndim > 1:
        wrong = wrong.any(axis=tuple(range(1, wrong.ndim)))
    measure: Any = make("zero_one")
    weight = _weights(sample_weight)
    margin = np.where(wrong, -1.0, 1.0)
    return float(measure.value(margin, np.ones(len(wrong)), weight=weight, reduction="mean" if normalize else "sum"))
