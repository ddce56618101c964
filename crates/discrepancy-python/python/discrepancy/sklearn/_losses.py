"""The losses that scikit-learn keeps to itself, public and exact: value, gradient and Hessian of raw predictions.

Methods, arguments and conventions are those of scikit-learn's private classes of the same names. Two things differ: at
the kinks of ``AbsoluteError`` and ``PinballLoss`` the gradient is 0, the subgradient of least norm; and targets
outside of ``interval_y_true`` are an error, not a number.
"""

from __future__ import annotations

from importlib import import_module
from numbers import Real

import numpy as np

from .. import maps
from .._masks import without_masks
from .._specs import make
from .._threads import threads
from .._weights import summable
from ._links import HalfLogitLink, IdentityLink, Interval, LogitLink, LogLink, MultinomialLogit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _column(array: Any) -> Any:
    """A column as a vector."""
    return array[:, 0] if getattr(array, "ndim", 1) == 2 and array.shape[1] == 1 else array


def _times(values: Any, weight: Any) -> Any:
    """Each row times its weight, in place."""
    if weight is not None:
        values *= weight if values.ndim == 1 else np.asarray(weight)[:, np.newaxis]
    return values


def _given(values: Any, out: Any) -> Any:
    """The values in the place for them."""
    if out is None or out is values:
        return values
    out[...] = values
    return out


def _weighted_quantile(values: Any, weight: Any, level: float) -> Any:
    """The least value that ``level`` of the weight is not above of."""
    order = np.argsort(values)
    total = np.cumsum(summable(np.asarray(weight, np.float64))[order])
    return values[order[np.searchsorted(total, level * total[-1])]]


class BaseLoss:
    """A loss of targets ``y_true`` and raw predictions, which a link makes of predictions.

    Arrays are of single or double precision, of the shape (N,), raw predictions also (N, 1); gradients and Hessians
    are with respect to the raw predictions. ``loss_out``, ``gradient_out`` and ``hessian_out`` are where results go;
    they are also returned. With ``sample_weight`` each row is multiplied by its weight. NaN gives NaN.

    Parameters
    ----------
    spec : str
        The entry of the catalogue with its parameters.
    link : link
        What makes raw predictions of predictions.
    n_classes : int, default None
        The number of classes.

    Examples
    --------
    >>> import numpy as np
    >>> from discrepancy.sklearn import HalfSquaredError
    >>> HalfSquaredError().loss_gradient(y_true=np.array([1.0, 2.0]), raw_prediction=np.array([3.0, 2.0]))
    (array([2., 0.]), array([2., 0.]))
    """

    #: Whether the derivative is known everywhere.
    differentiable = True
    #: Whether raw predictions have a column for each class.
    is_multiclass = False

    def __init__(self, spec: str, link: Any, n_classes: int | None = None) -> None:
        self.measure: Any = make(spec)
        self.link = link
        self.n_classes = n_classes
        #: Whether the Hessian is a surrogate.
        self.approx_hessian = False
        #: Whether the Hessian is 1 everywhere.
        self.constant_hessian = False
        self.interval_y_true = Interval(-np.inf, np.inf, False, False)
        self.interval_y_pred: Interval = link.interval_y_pred

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name):g}" for name in self._parameters)
        return f"{type(self).__name__}({given})"

    #: What the constructor takes beside weights.
    _parameters: tuple[str, ...] = ()

    def in_y_true_range(self, y: Any) -> bool:
        """Whether all targets are legal."""
        return self.interval_y_true.includes(y)

    def in_y_pred_range(self, y: Any) -> bool:
        """Whether all predictions, not raw ones, are legal."""
        return self.interval_y_pred.includes(y)

    # What the methods are made of; the multinomial loss has its own.

    def _value(self, y: Any, z: Any) -> Any:
        return self.measure.value(z, y, reduction="none", nan="propagate")

    def _value_gradient(self, y: Any, z: Any) -> tuple[Any, Any]:
        value, gradient = self.measure.value_and_gradient(z, y, reduction="none", nan="propagate")
        return value, gradient

    def _gradient(self, y: Any, z: Any) -> Any:
        return self.measure.gradient(z, y, reduction="none", nan="propagate")

    def _gradient_hessian(self, y: Any, z: Any) -> tuple[Any, Any]:
        _, gradient, hessian = self.measure.value_gradient_hessian(z, y, nan="propagate")
        return gradient, np.ones_like(gradient) if self._unit_hessian else hessian

    #: Whether 1 stands for a Hessian that is 0.
    _unit_hessian = False

    @without_masks
    def loss(
        self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, loss_out: Any = None, n_threads: int = 1
    ) -> Any:
        """The value of each row."""
        with threads(n_threads):
            value = self._value(y_true, _column(raw_prediction))
        return _given(_times(value, sample_weight), loss_out)

    @without_masks
    def loss_gradient(
        self,
        y_true: Any,
        raw_prediction: Any,
        sample_weight: Any = None,
        loss_out: Any = None,
        gradient_out: Any = None,
        n_threads: int = 1,
    ) -> tuple[Any, Any]:
        """Value and gradient of each row, in one pass."""
        with threads(n_threads):
            value, gradient = self._value_gradient(y_true, _column(raw_prediction))
        value, gradient = _times(value, sample_weight), _times(gradient, sample_weight)
        return _given(value, loss_out), _given(gradient, _column(gradient_out))

    @without_masks
    def gradient(
        self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, gradient_out: Any = None, n_threads: int = 1
    ) -> Any:
        """The gradient of each row."""
        with threads(n_threads):
            gradient = self._gradient(y_true, _column(raw_prediction))
        return _given(_times(gradient, sample_weight), _column(gradient_out))

    @without_masks
    def gradient_hessian(
        self,
        y_true: Any,
        raw_prediction: Any,
        sample_weight: Any = None,
        gradient_out: Any = None,
        hessian_out: Any = None,
        n_threads: int = 1,
    ) -> tuple[Any, Any]:
        """Gradient and Hessian of each row, the diagonal of it where there are several classes."""
        with threads(n_threads):
            gradient, hessian = self._gradient_hessian(y_true, _column(raw_prediction))
        gradient, hessian = _times(gradient, sample_weight), _times(hessian, sample_weight)
        return _given(gradient, _column(gradient_out)), _given(hessian, _column(hessian_out))

    @without_masks
    def __call__(self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, n_threads: int = 1) -> float:
        """The mean of all rows, weighted over the sum of weights; exact and rounded once."""
        with threads(n_threads):
            z = _column(raw_prediction)
            weight = None if sample_weight is None else summable(sample_weight)
            result: float = self.measure.value(z, y_true, weight=weight, nan="propagate")
        return result

    @without_masks
    def fit_intercept_only(self, y_true: Any, sample_weight: Any = None) -> Any:
        """The raw prediction that is best for all rows together."""
        mean = np.average(y_true, weights=summable(sample_weight), axis=0)
        # Of nothing but the ends of the interval there is no finite link.
        margin = 10 * np.finfo(mean.dtype).eps
        interval = self.interval_y_pred
        low = interval.low if interval.low_inclusive or interval.low == -np.inf else interval.low + margin
        high = interval.high if interval.high_inclusive or interval.high == np.inf else interval.high - margin
        return self.link.link(np.clip(mean, low, high))

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0."""
        return np.zeros_like(y_true)

    def init_gradient_and_hessian(
        self, n_samples: int, dtype: Any = np.float64, order: Any = "F"
    ) -> tuple[Any, Any]:
        """Arrays for gradients and Hessians, one number where all Hessians are 1."""
        if dtype not in (np.float32, np.float64):
            words = "Valid options for 'dtype' are np.float32 and np.float64."
            raise ValueError(f"{words} Got dtype={dtype} instead.")
        shape = (n_samples, self.n_classes or 1) if self.is_multiclass else (n_samples,)
        gradient = np.empty(shape, dtype, order)
        return gradient, np.ones((1,), dtype) if self.constant_hessian else np.empty(shape, dtype, order)


class _Binary(BaseLoss):
    """A loss of two classes; targets are 0, 1 or a probability between."""

    def __init__(self, spec: str, link: Any) -> None:
        super().__init__(spec, link, n_classes=2)
        self.interval_y_true = Interval(0, 1, True, True)

    def predict_proba(self, raw_prediction: Any) -> Any:
        """The probabilities of both classes, (N, 2); both keep all their digits."""
        z = _column(raw_prediction)
        return np.stack((self.link.inverse(-z), self.link.inverse(z)), axis=1)


class HalfSquaredError(BaseLoss):
    r"""Half of the squared error. The Hessian is 1.

    .. math:: (z - y)^2 / 2
    """

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("squared:half=true", IdentityLink())
        self.constant_hessian = sample_weight is None


class AbsoluteError(BaseLoss):
    r"""The absolute error. 1 stands for the Hessian, which is 0.

    .. math:: |z - y|
    """

    differentiable = False
    _unit_hessian = True

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("absolute", IdentityLink())
        self.approx_hessian = True
        self.constant_hessian = sample_weight is None

    @without_masks
    def fit_intercept_only(self, y_true: Any, sample_weight: Any = None) -> Any:
        """The median; of weighted rows the least value that half of the weight is not above of."""
        return np.median(y_true, axis=0) if sample_weight is None else _weighted_quantile(y_true, sample_weight, 0.5)


class PinballLoss(BaseLoss):
    r"""The quantile loss. 1 stands for the Hessian, which is 0.

    .. math:: \max(\tau (y - z), (1 - \tau) (z - y))
    """

    differentiable = False
    _unit_hessian = True

    def __init__(self, sample_weight: Any = None, quantile: float = 0.5) -> None:
        _check_quantile(quantile)
        super().__init__(f"quantile:level={float(quantile)!r}", IdentityLink())
        self._parameters = ("quantile",)
        self.quantile = float(quantile)
        self.approx_hessian = True
        self.constant_hessian = sample_weight is None

    @without_masks
    def fit_intercept_only(self, y_true: Any, sample_weight: Any = None) -> Any:
        """The quantile; of weighted rows the least value that such a part of the weight is not above of."""
        if sample_weight is None:
            return np.percentile(y_true, 100 * self.quantile, axis=0)
        return _weighted_quantile(y_true, sample_weight, self.quantile)


def _check_quantile(quantile: Any) -> None:
    # In scikit-learn's words.
    if not isinstance(quantile, Real):
        raise TypeError(f"quantile must be an instance of float, not {type(quantile).__name__}.")
    if not float(quantile) > 0:
        raise ValueError(f"quantile == {quantile}, must be > 0.")
    if not float(quantile) < 1:
        raise ValueError(f"quantile == {quantile}, must be < 1.")


class HuberLoss(BaseLoss):
    r"""The Huber loss. The Hessian is 1 inside and 0 outside.

    .. math:: (z - y)^2 / 2 \text{ if } |z - y| \le \delta \text{ else } \delta (|z - y| - \delta / 2)

    ``quantile`` is kept for those who choose ``delta`` by it.
    """

    differentiable = False

    def __init__(self, sample_weight: Any = None, quantile: float = 0.9, delta: float = 0.5) -> None:
        _check_quantile(quantile)
        super().__init__(f"huber:delta={float(delta)!r}", IdentityLink())
        self._parameters = ("quantile", "delta")
        self.quantile = quantile
        self.delta = float(delta)
        self.approx_hessian = True

    @without_masks
    def fit_intercept_only(self, y_true: Any, sample_weight: Any = None) -> Any:
        """One step from the median towards the best prediction."""
        median = AbsoluteError().fit_intercept_only(y_true, sample_weight)
        return median + np.average(np.clip(y_true - median, -self.delta, self.delta), weights=summable(sample_weight))


def _y_ln_y(y: Any) -> Any:
    """0 at 0."""
    return y * np.log(np.where(y == 0, 1, y))


class HalfPoissonLoss(BaseLoss):
    r"""Half of the Poisson deviance of a logarithm, but for a constant.

    .. math:: e^z - y z
    """

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("poisson", LogLink())
        self.interval_y_true = Interval(0, np.inf, True, False)

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0."""
        return _times(_y_ln_y(y_true) - y_true, sample_weight)


class HalfGammaLoss(BaseLoss):
    r"""Half of the gamma deviance of a logarithm, but for a constant.

    .. math:: z + y e^{-z}
    """

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("gamma", LogLink())
        self.interval_y_true = Interval(0, np.inf, False, False)

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0."""
        return _times(-np.log(y_true) - 1, sample_weight)


def _tweedie_targets(power: float) -> Interval:
    if power <= 0:
        return Interval(-np.inf, np.inf, False, False)
    return Interval(0, np.inf, power < 2, False)


class _Tweedie(BaseLoss):
    """What the library has no formula for is scikit-learn's: powers up to 0, whose targets are of any sign."""

    _parameters = ("power",)

    def __init__(self, spec: str, link: Any, power: float) -> None:
        # A power below 0 is not in the catalogue, and its objects need an entry nevertheless.
        super().__init__(spec, link)
        self.power = power
        self.interval_y_true = _tweedie_targets(power)

    @property
    def _theirs(self) -> bool:
        """Whether scikit-learn is to answer."""
        return self.power < 0 or (self.power == 0 and isinstance(self.link, LogLink))

    def _peer(self, method: str, y: Any, z: Any) -> Any:
        made = getattr(import_module("sklearn._loss"), type(self).__name__)(power=self.power)
        dtype = np.result_type(z, np.float32)
        return getattr(made, method)(*(np.ascontiguousarray(side, dtype) for side in (y, z)))

    def _value(self, y: Any, z: Any) -> Any:
        return self._peer("loss", y, z) if self._theirs else super()._value(y, z)

    def _value_gradient(self, y: Any, z: Any) -> tuple[Any, Any]:
        value, gradient = self._peer("loss_gradient", y, z) if self._theirs else super()._value_gradient(y, z)
        return value, gradient

    def _gradient(self, y: Any, z: Any) -> Any:
        return self._peer("gradient", y, z) if self._theirs else super()._gradient(y, z)

    def _gradient_hessian(self, y: Any, z: Any) -> tuple[Any, Any]:
        gradient, hessian = self._peer("gradient_hessian", y, z) if self._theirs else super()._gradient_hessian(y, z)
        return gradient, hessian

    @without_masks
    def __call__(self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, n_threads: int = 1) -> float:
        """The mean of all rows, weighted over the sum of weights."""
        if not self._theirs:
            return super().__call__(y_true, raw_prediction, sample_weight, n_threads)
        return float(np.average(self._value(y_true, _column(raw_prediction)), weights=summable(sample_weight)))


class HalfTweedieLoss(_Tweedie):
    r"""Half of the Tweedie deviance of a logarithm, but for a constant.

    .. math:: \frac{e^{(2 - p) z}}{2 - p} - y \frac{e^{(1 - p) z}}{1 - p}

    The power 0 is half of the squared error of ``exp(z)``. It and powers below, with targets of any sign, are left to
    scikit-learn.
    """

    def __init__(self, sample_weight: Any = None, power: float = 1.5) -> None:
        power = float(power)
        super().__init__(f"tweedie:power={max(power, 0.0)!r}", LogLink(), power)

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0; none for power 0."""
        p = self.power
        if p in (1.0, 2.0):
            other = HalfPoissonLoss() if p == 1.0 else HalfGammaLoss()
            return other.constant_to_optimal_zero(y_true, sample_weight)
        if p == 0.0:
            return np.zeros_like(y_true)
        return _times(np.power(np.maximum(y_true, 0), 2 - p) / (1 - p) / (2 - p), sample_weight)


class HalfTweedieLossIdentity(_Tweedie):
    r"""Half of the Tweedie deviance of a mean; it is 0 for the best prediction, and never negative.

    .. math:: \frac{y^{2 - p}}{(1 - p)(2 - p)} - \frac{y z^{1 - p}}{1 - p} + \frac{z^{2 - p}}{2 - p}

    Powers below 0, with targets of any sign, are left to scikit-learn.
    """

    def __init__(self, sample_weight: Any = None, power: float = 1.5) -> None:
        power = float(power)
        # The normal deviance is of numbers of any sign.
        spec = "squared:half=true" if power <= 0.0 else f"tweedie_deviance:power={power!r},half=true"
        super().__init__(spec, IdentityLink(), power)
        self.interval_y_pred = Interval(-np.inf if power == 0 else 0, np.inf, False, False)


class HalfBinomialLoss(_Binary):
    r"""Half of the binomial deviance of a logit, the log loss; exact in both tails.

    .. math:: \ln(1 + e^z) - y z
    """

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("binary_cross_entropy_with_logits", LogitLink())

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0."""
        return _times(_y_ln_y(y_true) + _y_ln_y(1 - y_true), sample_weight)


class ExponentialLoss(_Binary):
    r"""The exponential loss, with half of the logit.

    .. math:: y e^{-z} + (1 - y) e^z
    """

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__("exponential", HalfLogitLink())

    # The library's targets are signs. A probability between is the mean of both.
    def _mixed(self, compute: Any, y: Any) -> Any:
        y = np.asarray(y)
        signs = 2 * y - 1
        if ((signs == 1) | (signs == -1)).all():
            return compute(signs)
        if not self.interval_y_true.includes(y):
            # Its error says which.
            return compute(signs)
        yes, no = compute(np.ones_like(signs)), compute(-np.ones_like(signs))
        both = [np.where(y == 0, 0, y * a) + np.where(y == 1, 0, (1 - y) * b) for a, b in zip(yes, no)]
        return tuple(part.astype(yes[0].dtype, copy=False) for part in both)

    def _value(self, y: Any, z: Any) -> Any:
        return self._mixed(lambda signs: (super(ExponentialLoss, self)._value(signs, z),), y)[0]

    def _value_gradient(self, y: Any, z: Any) -> tuple[Any, Any]:
        value, gradient = self._mixed(lambda signs: super(ExponentialLoss, self)._value_gradient(signs, z), y)
        return value, gradient

    def _gradient(self, y: Any, z: Any) -> Any:
        return self._mixed(lambda signs: (super(ExponentialLoss, self)._gradient(signs, z),), y)[0]

    def _gradient_hessian(self, y: Any, z: Any) -> tuple[Any, Any]:
        gradient, hessian = self._mixed(lambda signs: super(ExponentialLoss, self)._gradient_hessian(signs, z), y)
        return gradient, hessian

    @without_masks
    def __call__(self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, n_threads: int = 1) -> float:
        """The mean of all rows, weighted over the sum of weights."""
        signs = 2 * np.asarray(y_true) - 1
        if ((signs == 1) | (signs == -1)).all():
            return super().__call__(signs, raw_prediction, sample_weight, n_threads)
        value = self.loss(y_true, raw_prediction, n_threads=n_threads)
        return float(np.average(value, weights=summable(sample_weight)))

    @without_masks
    def constant_to_optimal_zero(self, y_true: Any, sample_weight: Any = None) -> Any:
        """What is to be added to each row's value, so that the value of the best prediction is 0."""
        return _times(-2 * np.sqrt(y_true * (1 - y_true)), sample_weight)


class HalfMultinomialLoss(BaseLoss):
    r"""The softmax cross entropy. Raw predictions are (N, C), targets whole numbers below C, of any type.

    .. math:: \ln \sum_k e^{z_k} - z_y

    The Hessian is the diagonal, :math:`p_k (1 - p_k)`.
    """

    is_multiclass = True

    def __init__(self, sample_weight: Any = None, n_classes: int = 3) -> None:
        super().__init__("softmax_cross_entropy", MultinomialLogit(), n_classes=n_classes)
        self.interval_y_true = Interval(0, np.inf, True, False)
        self.interval_y_pred = Interval(0, 1, False, False)

    @staticmethod
    def _labels(y: Any) -> Any:
        y = np.asarray(y)
        labels = y.astype(np.int64)
        if (labels != y).any():
            i = int(np.flatnonzero(labels != y)[0])
            raise ValueError(f"y_true at index {i} is {y[i]}; allowed: whole numbers")
        return labels

    def in_y_true_range(self, y: Any) -> bool:
        """Whether all targets are whole numbers from 0 on."""
        return super().in_y_true_range(y) and bool(np.all(np.asarray(y).astype(int) == y))

    def _value(self, y: Any, z: Any) -> Any:
        return super()._value(self._labels(y), z)

    def _value_gradient(self, y: Any, z: Any) -> tuple[Any, Any]:
        return super()._value_gradient(self._labels(y), z)

    def _gradient(self, y: Any, z: Any) -> Any:
        return super()._gradient(self._labels(y), z)

    def _gradient_hessian(self, y: Any, z: Any) -> tuple[Any, Any]:
        labels = self._labels(y)
        return super()._gradient(labels, z), self.measure.hessian(z, labels)

    @without_masks
    def __call__(self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, n_threads: int = 1) -> float:
        """The mean of all rows, weighted over the sum of weights; exact and rounded once."""
        return super().__call__(self._labels(y_true), raw_prediction, sample_weight, n_threads)

    @without_masks
    def fit_intercept_only(self, y_true: Any, sample_weight: Any = None) -> Any:
        """The raw predictions, one for each class, that are best for all rows together."""
        eps = np.finfo(y_true.dtype).eps
        shares = [np.average(y_true == k, weights=summable(sample_weight)) for k in range(self.n_classes or 0)]
        return self.link.link(np.clip(np.array([shares], y_true.dtype), eps, 1 - eps)).reshape(-1)

    def predict_proba(self, raw_prediction: Any) -> Any:
        """The probabilities of all classes."""
        return self.link.inverse(raw_prediction)

    @without_masks
    def gradient_proba(
        self,
        y_true: Any,
        raw_prediction: Any,
        sample_weight: Any = None,
        gradient_out: Any = None,
        proba_out: Any = None,
        n_threads: int = 1,
    ) -> tuple[Any, Any]:
        """The gradient, and the probabilities of all classes."""
        gradient = self.gradient(y_true, raw_prediction, sample_weight, gradient_out, n_threads)
        with threads(n_threads):
            proba = maps.softmax(raw_prediction)
        return gradient, _given(proba, proba_out)
