"""For scikit-learn: its metrics, scorers, distances and losses, under its names and in its order of arguments.

- Metrics ``(y_true, y_pred, *, sample_weight=None, …)``: ``mean_squared_error``, ``log_loss``, ``hinge_loss`` …
- Scorers for ``cross_val_score`` and grid searches: ``get_scorer("neg_log_loss")``, ``get_scorer_names()``.
- Distances for neighbours and clustering: ``pairwise_distances``, ``pairwise_distances_argmin_min``,
  ``kneighbors_graph``, ``DistanceMetric``.
- The losses that scikit-learn keeps to itself, public: ``HalfSquaredError``, ``HalfBinomialLoss`` … with value,
  gradient and Hessian in one pass, links and intervals.

Means are exact and rounded once. Nothing is clipped: an impossible outcome costs infinity. scikit-learn itself is
imported when it is first needed.
"""

from ._distances import DistanceMetric, kneighbors_graph, pairwise_distances, pairwise_distances_argmin_min
from ._losses import (
    AbsoluteError,
    BaseLoss,
    ExponentialLoss,
    HalfBinomialLoss,
    HalfGammaLoss,
    HalfMultinomialLoss,
    HalfPoissonLoss,
    HalfSquaredError,
    HalfTweedieLoss,
    HalfTweedieLossIdentity,
    HuberLoss,
    PinballLoss,
)
from ._links import HalfLogitLink, IdentityLink, Interval, LogitLink, LogLink, MultinomialLogit
from ._metrics import (
    brier_score_loss,
    d2_absolute_error_score,
    d2_brier_score,
    d2_log_loss_score,
    d2_pinball_score,
    d2_tweedie_score,
    hinge_loss,
    log_loss,
    mean_absolute_error,
    mean_gamma_deviance,
    mean_pinball_loss,
    mean_poisson_deviance,
    mean_squared_error,
    mean_tweedie_deviance,
    root_mean_squared_error,
    zero_one_loss,
)
from ._scorers import get_scorer, get_scorer_names

__all__ = [
    "AbsoluteError",
    "BaseLoss",
    "DistanceMetric",
    "ExponentialLoss",
    "HalfBinomialLoss",
    "HalfGammaLoss",
    "HalfLogitLink",
    "HalfMultinomialLoss",
    "HalfPoissonLoss",
    "HalfSquaredError",
    "HalfTweedieLoss",
    "HalfTweedieLossIdentity",
    "HuberLoss",
    "IdentityLink",
    "Interval",
    "LogLink",
    "LogitLink",
    "MultinomialLogit",
    "PinballLoss",
    "brier_score_loss",
    "d2_absolute_error_score",
    "d2_brier_score",
    "d2_log_loss_score",
    "d2_pinball_score",
    "d2_tweedie_score",
    "get_scorer",
    "get_scorer_names",
    "hinge_loss",
    "kneighbors_graph",
    "log_loss",
    "mean_absolute_error",
    "mean_gamma_deviance",
    "mean_pinball_loss",
    "mean_poisson_deviance",
    "mean_squared_error",
    "mean_tweedie_deviance",
    "pairwise_distances",
    "pairwise_distances_argmin_min",
    "root_mean_squared_error",
    "zero_one_loss",
]
