"""Scorers for ``cross_val_score`` and searches: the larger the better."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from . import _metrics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class _Score(NamedTuple):
    metric: Callable[..., Any]
    response: str | tuple[str, ...] = "predict"


_LOSSES = {
    "neg_mean_squared_error": _Score(_metrics.mean_squared_error),
    "neg_root_mean_squared_error": _Score(_metrics.root_mean_squared_error),
    "neg_mean_absolute_error": _Score(_metrics.mean_absolute_error),
    "neg_mean_pinball_loss": _Score(_metrics.mean_pinball_loss),
    "neg_mean_poisson_deviance": _Score(_metrics.mean_poisson_deviance),
    "neg_mean_gamma_deviance": _Score(_metrics.mean_gamma_deviance),
    "neg_mean_tweedie_deviance": _Score(_metrics.mean_tweedie_deviance),
    "neg_log_loss": _Score(_metrics.log_loss, "predict_proba"),
    "neg_brier_score": _Score(_metrics.brier_score_loss, "predict_proba"),
    "neg_hinge_loss": _Score(_metrics.hinge_loss, "decision_function"),
    "neg_zero_one_loss": _Score(_metrics.zero_one_loss),
}
_SCORES = {
    "d2_log_loss_score": _Score(_metrics.d2_log_loss_score, "predict_proba"),
    "d2_brier_score": _Score(_metrics.d2_brier_score, "predict_proba"),
    "d2_tweedie_score": _Score(_metrics.d2_tweedie_score),
    "d2_pinball_score": _Score(_metrics.d2_pinball_score),
    "d2_absolute_error_score": _Score(_metrics.d2_absolute_error_score),
}


def get_scorer_names() -> list[str]:
    """The names that ``get_scorer`` knows."""
    return sorted([*_LOSSES, *_SCORES])


def get_scorer(scoring: str, **options: Any) -> Any:
    """A scorer by name, with arguments of its metric; what ``scoring=`` of scikit-learn takes.

    Examples
    --------
    >>> from discrepancy.sklearn import get_scorer
    >>> scorer = get_scorer("neg_mean_pinball_loss", alpha=0.9)
    >>> callable(scorer)
    True
    """
    score = _LOSSES.get(scoring) or _SCORES.get(scoring)
    if score is None:
        raise ValueError(f"{scoring!r} is not a valid scoring value; allowed: {', '.join(get_scorer_names())}")
    return import_module("sklearn.metrics").make_scorer(
        score.metric, response_method=score.response, greater_is_better=scoring in _SCORES, **options
    )
