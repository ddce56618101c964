"""Links between predictions and raw predictions, and the intervals that they live in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import maps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass
class Interval:
    """The numbers between two ends."""

    low: float
    high: float
    low_inclusive: bool
    high_inclusive: bool

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"One must have low <= high; got low={self.low}, high={self.high}.")

    def includes(self, x: Any) -> bool:
        """Whether all of them lie in it; NaN does not."""
        low = np.greater_equal(x, self.low) if self.low_inclusive else np.greater(x, self.low)
        high = np.less_equal(x, self.high) if self.high_inclusive else np.less(x, self.high)
        return bool(np.all(low) and np.all(high))


def _sigmoid(z: Any) -> Any:
    # Of the negative size, which does not overflow.
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))[()]


def _logit(p: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(p) - np.log1p(-np.asarray(p))


class IdentityLink:
    """Predictions are what is predicted."""

    is_multiclass = False
    interval_y_pred = Interval(-np.inf, np.inf, False, False)

    def link(self, y_pred: Any) -> Any:
        """From predictions to raw predictions."""
        return y_pred

    def inverse(self, raw_prediction: Any) -> Any:
        """From raw predictions to predictions."""
        return raw_prediction


class LogLink(IdentityLink):
    """The logarithm is predicted."""

    interval_y_pred = Interval(0, np.inf, False, False)

    def link(self, y_pred: Any) -> Any:
        """From predictions to raw predictions."""
        return np.log(y_pred)

    def inverse(self, raw_prediction: Any) -> Any:
        """From raw predictions to predictions."""
        return np.exp(raw_prediction)


class LogitLink(IdentityLink):
    """The logarithm of the odds is predicted."""

    interval_y_pred = Interval(0, 1, False, False)

    def link(self, y_pred: Any) -> Any:
        """From predictions to raw predictions."""
        return _logit(y_pred)

    def inverse(self, raw_prediction: Any) -> Any:
        """From raw predictions to predictions."""
        return _sigmoid(raw_prediction)


class HalfLogitLink(LogitLink):
    """Half of the logarithm of the odds is predicted."""

    def link(self, y_pred: Any) -> Any:
        """From predictions to raw predictions."""
        return 0.5 * _logit(y_pred)

    def inverse(self, raw_prediction: Any) -> Any:
        """From raw predictions to predictions."""
        return _sigmoid(2 * np.asarray(raw_prediction))


class MultinomialLogit(IdentityLink):
    """The logarithms of the probabilities are predicted, up to one number for each row."""

    is_multiclass = True
    interval_y_pred = Interval(0, 1, False, False)

    def symmetrize_raw_prediction(self, raw_prediction: Any) -> Any:
        """The raw predictions of the same probabilities that have the mean 0."""
        return raw_prediction - np.mean(raw_prediction, axis=1)[:, np.newaxis]

    def link(self, y_pred: Any) -> Any:
        """From predictions to raw predictions."""
        return self.symmetrize_raw_prediction(np.log(y_pred))

    def inverse(self, raw_prediction: Any) -> Any:
        """From raw predictions to predictions."""
        return maps.softmax(raw_prediction)
