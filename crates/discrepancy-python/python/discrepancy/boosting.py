"""Objectives and metrics for XGBoost, LightGBM and CatBoost, from any loss of the catalogue on raw scores.

Gradients are exact, in both tails; the second derivative is chosen by name; the layout, the sign (CatBoost maximises),
the weights and the labels are those that the library expects. None of the libraries is imported.

>>> from discrepancy import boosting
>>> objective = boosting.xgboost_objective("focal:gamma=2", hessian="absolute")
>>> objective([0.0, 1.0], [0.5, -0.5])[0].round(3)
array([ 0.395, -0.132])

**Second derivatives**, ``hessian=``:

================  ==================================================================================================
``"exact"``       as it is: scikit-learn's, CatBoost's Logloss and XGBoost's ``binary:logistic``; of a row its diagonal
``"absolute"``    its size: where the loss is not convex, steps go downhill
``"one"``         1 for each element: LightGBM's for L1, Huber and quantile loss
``"majorizer"``   rows only: a diagonal that bounds the whole matrix
``"gauss_newton"``  rows only
``"friedman"``    rows only: K / (K − 1) of the diagonal, LightGBM's ``multiclass``
a number          the second derivative, but at least this
================  ==================================================================================================

By default it is ``"exact"`` where the loss is convex and twice differentiable, ``"one"`` where it is only convex, and
``"absolute"`` elsewhere; of a row ``"exact"``.

**Start value.** The libraries start a custom objective at 0, not at the best constant: see :meth:`Objective.start`.

**Predictions** of a model with a custom objective are raw scores: see :meth:`Objective.transform`.
"""

from __future__ import annotations

import numpy as np

from . import _core, maps
from ._errors import DiscrepancyError
from ._masks import without_masks
from ._measures import PointwiseLoss, RowLoss
from ._specs import make
from ._weights import summable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._measures import Measure

__all__ = [
    "CatboostMetric",
    "CatboostObjective",
    "LightgbmMetric",
    "LightgbmObjective",
    "Objective",
    "XgboostMetric",
    "XgboostObjective",
    "catboost_metric",
    "catboost_objective",
    "lightgbm_metric",
    "lightgbm_objective",
    "xgboost_metric",
    "xgboost_objective",
]

#: What the second derivatives may be called.
POINTWISE = ("exact", "absolute", "one")
ROWS = ("exact", "absolute", "one", "majorizer", "gauss_newton", "friedman")


def _described(measure: Measure) -> dict[str, Any]:
    return next(entry for entry in _core.catalogue() if entry["name"] == measure.name)


class _Target:
    """What the libraries hold as labels, as the loss takes them."""

    def __init__(self, loss: str | Measure) -> None:
        self.loss: Any = make(loss)
        if not isinstance(self.loss, (PointwiseLoss, RowLoss)):
            raise TypeError(f"{self.loss.name} is not a loss of predictions and targets")
        self.entry = _described(self.loss)
        self.rows = isinstance(self.loss, RowLoss)

    def targets(self, labels: Any, dtype: Any) -> Any:
        """Class labels as integers; 0 and 1 as −1 and 1 where the loss wants signs."""
        labels = np.asarray(labels)
        if self.rows:
            classes = labels.astype(np.int64)
            if (classes != labels).any():
                raise ValueError(f"{self.loss.name}: labels must be whole numbers")
            return classes
        if labels.dtype.kind not in "iu" and np.can_cast(labels.dtype, dtype):
            labels = labels.astype(dtype, copy=False)
        # These libraries number classes from 0. Labels that are signs already stay what they are.
        if self.entry["target"]["name"] == "Signs":
            return np.where(labels == 0, labels.dtype.type(-1), labels)
        return labels

    def scores(self, predictions: Any) -> Any:
        """In the type they come in; of rows (N, C)."""
        predictions = np.asarray(predictions)
        if predictions.dtype.kind != "f":
            predictions = predictions.astype(np.float64)
        if self.rows and predictions.ndim != 2:
            raise ValueError(f"{self.loss.name}: predictions must have the shape (N, C), not {predictions.shape}")
        if not self.rows and predictions.ndim == 2 and predictions.shape[1] == 1:
            predictions = predictions[:, 0]
        return predictions

    def row_weights(self, weight: Any, rows: int) -> Any:
        """One for each row, none of them negative or NaN; none at all as the libraries say it, too."""
        if weight is None or np.size(weight) == 0:
            return None
        weight = np.asarray(weight)
        weight = weight if weight.dtype.kind == "f" else weight.astype(np.float64)
        name, allowed = self.loss.name, "a finite weight for each row that is not negative"
        if weight.shape != (rows,):
            message = f"{name}: `weight` is {weight.shape}, which has the wrong shape; allowed: shape {(rows,)}"
            raise DiscrepancyError(message, ("Shape", name, "weight", None), str(weight.shape), allowed)
        wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
        if wrong.size:
            index, value = int(wrong[0]), float(weight[wrong[0]])
            message = f"{name}: `weight` at index {index} is {value:g}, which is outside its domain; allowed: {allowed}"
            raise DiscrepancyError(message, ("Domain", name, "weight", index), value, allowed)
        return weight

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.loss.spec!r})"


class Objective(_Target):
    """A loss with its gradient and second derivative, and what a model with it needs before and after.

    Parameters
    ----------
    loss : str or object
        A pointwise or row loss of raw scores: a spec string such as ``"focal:gamma=2"``, or an object.
    hessian : str or float, optional
        See the module.
    link : str, optional
        How raw scores become predictions: ``"identity"``, ``"logistic"``, ``"log"`` or ``"softmax"``. By default what
        the targets say: probabilities and classes 0 and 1 are ``"logistic"``, what is not negative ``"log"``, a class
        of several ``"softmax"``, everything else ``"identity"``.
    """

    def __init__(
        self, loss: str | Measure, *, hessian: str | float | None = None, link: str | None = None
    ) -> None:
        super().__init__(loss)
        name, properties = self.loss.name, self.entry["properties"]
        if self.entry["prediction"]["name"] != "Real":
            raise ValueError(
                f"{name} takes {self.entry['prediction']['text']}, but trees add up raw scores: use a loss of those"
            )
        if "without a derivative" in properties:
            raise ValueError(f"{name} has no derivative: it can be a metric, not an objective")
        if hessian is None:
            convex, smooth = "convex" in properties, "twice differentiable everywhere" in properties
            hessian = "exact" if self.rows or (convex and smooth) else "one" if convex else "absolute"
        known = ROWS if self.rows else POINTWISE
        if isinstance(hessian, str) and hessian not in known:
            raise ValueError(f"hessian must be a number or one of {', '.join(known)}, not {hessian!r}")
        self.hessian = hessian
        self.link = self._usual_link() if link is None else link
        if self.link not in ("identity", "logistic", "log", "softmax"):
            raise ValueError(f"link must be identity, logistic, log or softmax, not {link!r}")

    def _usual_link(self) -> str:
        if self.rows:
            return "softmax"
        target = self.entry["target"]
        if target["name"] == "Binary":
            return "logistic"
        if target["name"] == "Within" and target["low"] == 0.0:
            return "logistic" if target["high"] == 1.0 else "log"
        return "identity"

    @without_masks
    def derivatives(self, labels: Any, predictions: Any, weight: Any = None) -> tuple[Any, Any]:
        """Gradient and second derivative of each score, times the weight of its row.

        Parameters
        ----------
        labels : (N,) array
        predictions : (N,) array of raw scores, or (N, C) for a row loss
        weight : (N,) array, optional
        """
        z = self.scores(predictions)
        y = self.targets(labels, z.dtype)
        # Labels of a wider type than the scores are computed with as they are; what trees get is of the scores' type.
        found = self._rows(z, y) if self.rows else self._pointwise(z, y)
        gradient, hessian = (part.astype(z.dtype, copy=False) for part in found)
        by_row = self.row_weights(weight, len(z))
        if by_row is None:
            return gradient, hessian
        by_row = by_row.astype(z.dtype, copy=False)
        by_row = by_row[:, None] if self.rows else by_row
        return gradient * by_row, hessian * by_row

    def _pointwise(self, z: Any, y: Any) -> tuple[Any, Any]:
        if self.hessian == "one":
            gradient = self.loss.gradient(z, y, reduction="none")
            return gradient, np.ones_like(gradient)
        _, gradient, hessian = self.loss.value_gradient_hessian(z, y)
        return gradient, self._chosen(hessian)

    def _rows(self, z: Any, y: Any) -> tuple[Any, Any]:
        gradient = self.loss.gradient(z, y, reduction="none")
        if self.hessian == "one":
            return gradient, np.ones_like(gradient)
        kind = self.hessian if self.hessian in ("majorizer", "gauss_newton") else "exact"
        hessian = self.loss.hessian(z, y, kind=kind)
        if self.hessian == "friedman":
            if z.shape[1] == 1:
                raise ValueError(f"{self.loss.name}: hessian='friedman' needs two classes at least, not 1")
            return gradient, hessian * (z.shape[1] / (z.shape[1] - 1))
        return gradient, self._chosen(hessian)

    def _chosen(self, hessian: Any) -> Any:
        if self.hessian == "absolute":
            return np.abs(hessian)
        return hessian if isinstance(self.hessian, str) else np.maximum(hessian, hessian.dtype.type(self.hessian))

    @without_masks
    def transform(self, scores: Any) -> Any:
        """What raw scores of a model predict: probabilities, means, or what they are.

        Examples
        --------
        >>> from discrepancy import boosting
        >>> boosting.xgboost_objective("binary_cross_entropy_with_logits").transform([0.0, 100.0])
        array([0.5, 1. ])
        """
        scores = self.scores(scores)
        if self.link == "softmax":
            return maps.softmax(scores)
        if self.link == "logistic":
            return maps.softmax(np.stack([scores, np.zeros_like(scores)], axis=-1))[..., 0]
        return np.exp(scores) if self.link == "log" else scores

    @without_masks
    def start(self, labels: Any, weight: Any = None, classes: int | None = None) -> Any:
        """The best constant score, or for a row loss the best constant row of ``classes`` scores.

        XGBoost: ``base_score`` of the parameters (a number), or ``base_margin`` of the data. LightGBM: ``init_score`` of the
        data; it is not part of what the model predicts and must be added. CatBoost: ``baseline`` of the pool, likewise.

        Where the loss falls without end, as that of two classes does if all labels are of one, no constant is best and
        it is an error. Of constants that are equally good it is the one nearest to 0.

        Examples
        --------
        >>> from discrepancy import boosting
        >>> round(boosting.xgboost_objective("squared").start([1.0, 2.0, 6.0]), 9)
        3.0
        """
        labels = np.asarray(labels, dtype=np.float64)
        if labels.size == 0:
            raise ValueError("start: labels must not be empty")
        by_row = self.row_weights(weight, len(labels))
        weight = np.ones(len(labels)) if by_row is None else summable(by_row.astype(np.float64))
        # The loss of a constant needs each label once.
        labels, places = np.unique(labels, return_inverse=True)
        weight = np.bincount(places, weight)
        if self.rows:
            return self._start_row(labels, weight, classes)
        y = self.targets(labels, labels.dtype)

        def slope(score: float) -> float:
            gradient = self.loss.gradient(np.full_like(y, score), y, reduction="none")
            return float((gradient * weight).sum())

        return _root(slope)

    def _start_row(self, labels: Any, weight: Any, classes: int | None) -> Any:
        y = self.targets(labels, labels.dtype)
        classes = int(y.max()) + 1 if classes is None else classes
        mass = np.zeros(classes)
        np.add.at(mass, y, weight)
        # Exact for softmax cross entropy. A class that does not occur would be impossible: it counts as half a row.
        row = np.log(np.maximum(mass, 0.5 * weight.sum() / max(weight.sum(), 1.0)))
        row -= row.mean()
        share = (weight / weight.sum())[:, None]
        for _ in range(200):
            z = np.broadcast_to(row, (len(y), classes)).copy()
            gradient = (self.loss.gradient(z, y, reduction="none") * share).sum(axis=0)
            gradient[mass == 0.0] = 0.0
            if np.abs(gradient).max() <= 1e-12:
                break
            curvature = np.abs(self.loss.hessian(z, y) * share).sum(axis=0)
            # Half a Newton step with the diagonal: its double bounds the matrix of a softmax.
            row = row - np.clip(0.5 * gradient / np.maximum(curvature, 1e-12), -1.0, 1.0)
        return row


def _root(slope: Any) -> float:
    """Where a derivative changes its sign or becomes 0, to the last digits, by bisection of the floating-point numbers."""
    start = slope(0.0)
    if start == 0.0:
        return 0.0
    side, width = (-1.0 if start > 0.0 else 1.0), 1.0
    near, far = 0.0, side
    while slope(far) * side < 0.0:
        near, width = far, 2.0 * width
        far += side * width
        if width > 1e30:
            raise ValueError("start: no constant score is best: the loss falls without end")
    for _ in range(2000):
        middle = near + (far - near) / 2.0
        if middle in (near, far):
            break
        near, far = (middle, far) if slope(middle) * side < 0.0 else (near, middle)
    if slope(far) == 0.0 and abs(slope(near)) < 1e-290 * abs(start):
        # It is not 0 there, but too small for a number.
        raise ValueError("start: no constant score is best: the loss falls without end; are all labels of one class?")
    return far if abs(slope(far)) <= abs(slope(near)) else near


class XgboostObjective(Objective):
    """For ``xgboost.train(obj=)`` and for ``objective=`` of the estimators; see :func:`xgboost_objective`."""

    @without_masks
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tuple[Any, Any]:
        # XGBoost's own call has the predictions first, and then the data.
        if hasattr(y_pred, "get_label"):
            y_true, y_pred, sample_weight = y_pred.get_label(), y_true, y_pred.get_weight()
        return self.derivatives(y_true, y_pred, sample_weight)


class LightgbmObjective(Objective):
    """For ``params["objective"]`` and for ``objective=`` of the estimators; see :func:`lightgbm_objective`."""

    # The number of arguments tells LightGBM that weights are wanted.
    @without_masks
    def __call__(self, y_true: Any, y_pred: Any, weight: Any = None) -> tuple[Any, Any]:
        if hasattr(y_pred, "get_label"):
            y_true, y_pred, weight = y_pred.get_label(), y_true, y_pred.get_weight()
        return self.derivatives(y_true, np.ascontiguousarray(y_pred), weight)


class CatboostObjective(Objective):
    """For ``loss_function=`` of CatBoost; see :func:`catboost_objective`."""

    def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> list[tuple[float, float]]:
        """First and second derivatives of what is maximised: minus the loss."""
        gradient, hessian = self.derivatives(targets, np.asarray(approxes), weights)
        return list(zip((-gradient).tolist(), (-hessian).tolist(), strict=True))

    def calc_ders_multi(self, approx: Any, target: float, weight: float) -> tuple[list[float], list[list[float]]]:
        """The same of one row. The matrix is diagonal."""
        gradient, hessian = self.derivatives([target], np.asarray([approx]), [weight])
        return (-gradient[0]).tolist(), np.diag(-hessian[0]).tolist()


def xgboost_objective(
    loss: str | Measure, *, hessian: str | float | None = None, link: str | None = None
) -> XgboostObjective:
    """An objective for XGBoost: ``xgboost.train(..., obj=objective)`` or ``XGBClassifier(objective=objective)``.

    For a row loss set ``num_class``. Give ``base_score`` the result of :meth:`Objective.start`, or 0. Parameters as
    :class:`Objective`.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.xgboost_objective("squared")([1.0], [3.0])
    (array([4.]), array([2.]))
    """
    return XgboostObjective(loss, hessian=hessian, link=link)


def lightgbm_objective(
    loss: str | Measure, *, hessian: str | float | None = None, link: str | None = None
) -> LightgbmObjective:
    """An objective for LightGBM: ``params["objective"] = objective`` or ``LGBMClassifier(objective=objective)``.

    For a row loss set ``num_class``. Parameters as :class:`Objective`.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.lightgbm_objective("absolute")([1.0], [3.0])
    (array([1.]), array([1.]))
    """
    return LightgbmObjective(loss, hessian=hessian, link=link)


def catboost_objective(
    loss: str | Measure, *, hessian: str | float | None = None, link: str | None = None
) -> CatboostObjective:
    """An objective for CatBoost: ``CatBoost({"loss_function": objective, "eval_metric": …})``.

    CatBoost wants a metric beside it: :func:`catboost_metric`. It calls Python for each row of a row loss, which is
    slow. Parameters as :class:`Objective`.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.catboost_objective("squared").calc_ders_range([3.0], [1.0], None)
    [(-4.0, -2.0)]
    """
    return CatboostObjective(loss, hessian=hessian, link=link)


class _Metric(_Target):
    """The weighted mean of a loss, also of losses that have no derivative or take probabilities."""

    def __init__(self, loss: str | Measure) -> None:
        super().__init__(loss)
        # XGBoost puts a colon behind a metric's name and divides at colons and spaces.
        name, _, parameters = self.loss.spec.partition(":")
        self.name = f"{name}({parameters.replace(' ', '')})" if parameters else name
        self.__name__ = self.name

    @without_masks
    def mean(self, labels: Any, predictions: Any, weight: Any = None) -> float:
        """The mean over all rows; weights are divided by their sum."""
        z = self.scores(predictions)
        weight = self.row_weights(weight, len(z))
        value: float = self.loss.value(z, self.targets(labels, z.dtype), weight=weight)
        return value


class XgboostMetric(_Metric):
    """For ``xgboost.train(custom_metric=)`` and for ``eval_metric=`` of the estimators."""

    @without_masks
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if hasattr(y_pred, "get_label"):
            return self.name, self.mean(y_pred.get_label(), y_true, y_pred.get_weight())
        return self.mean(y_true, y_pred, sample_weight)


class LightgbmMetric(_Metric):
    """For ``lightgbm.train(feval=)`` and for ``eval_metric=`` of the estimators' ``fit``."""

    @without_masks
    def __call__(self, y_true: Any, y_pred: Any, weight: Any = None) -> tuple[str, float, bool]:
        if hasattr(y_pred, "get_label"):
            y_true, y_pred, weight = y_pred.get_label(), y_true, y_pred.get_weight()
        return self.name, self.mean(y_true, np.ascontiguousarray(y_pred), weight), False


class CatboostMetric(_Metric):
    """For ``eval_metric=`` of CatBoost."""

    def is_max_optimal(self) -> bool:
        """Less is better."""
        return False

    @without_masks
    def evaluate(self, approxes: Any, target: Any, weight: Any) -> tuple[float, float]:
        """The sum of the losses, and the sum of the weights."""
        z = np.ascontiguousarray(np.asarray(approxes, dtype=np.float64).T)
        z = z if self.rows else z[:, 0]
        by_row = self.row_weights(weight, len(z))
        weight = np.ones(len(z)) if by_row is None else by_row.astype(np.float64)
        y = self.targets(target, z.dtype)
        return self.loss.value(z, y, weight=weight, reduction="sum"), float(weight.sum())

    def get_final_error(self, error: float, weight: float) -> float:
        """The mean."""
        return error / weight if weight else 0.0


def xgboost_metric(loss: str | Measure) -> XgboostMetric:
    """A metric for XGBoost. With a custom objective it gets raw scores, with XGBoost's own what these predict.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.xgboost_metric("zero_one")([0.0, 1.0], [-0.5, -2.0])
    0.5
    """
    return XgboostMetric(loss)


def lightgbm_metric(loss: str | Measure) -> LightgbmMetric:
    """A metric for LightGBM. With a custom objective it gets raw scores, with LightGBM's own what these predict.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.lightgbm_metric("squared")([1.0], [3.0])
    ('squared', 4.0, False)
    """
    return LightgbmMetric(loss)


def catboost_metric(loss: str | Measure) -> CatboostMetric:
    """A metric for CatBoost, which gives it raw scores.

    Examples
    --------
    >>> from discrepancy import boosting
    >>> boosting.catboost_metric("squared").evaluate([[3.0, 1.0]], [1.0, 1.0], None)
    (4.0, 2.0)
    """
    return CatboostMetric(loss)
