"""What functions with several results return."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class HeadResult:
    """The value of a linear layer with a loss, and its gradients; of rows by themselves, the gradients of their sum."""

    #: The reduced value, a float; with ``reduction="none"`` that of each row, 0 for ignored ones.
    value: Any
    #: In the rows ``x``.
    gradient_x: Any
    #: In the weights of the layer.
    gradient_weights: Any
    #: In the bias; ``None`` without one.
    gradient_bias: Any
    #: In the scores; ``None`` unless asked for, for it is as large as all scores.
    gradient_scores: Any


@dataclass(frozen=True)
class TransportPlan:
    """What goes where, what it costs, and the proof."""

    #: The cost of the plan, ``sum(plan * cost)``.
    cost: float
    #: What was minimised: the cost, or the cost with entropy.
    value: float
    #: No plan costs less.
    lower: float
    #: Some plan that meets the weights costs no more.
    upper: float
    #: A row for each point of the first side, a column for each of the second.
    plan: Any
    #: The prices of the first side's points.
    row_potentials: Any
    #: The prices of the second side's points.
    column_potentials: Any
    #: What the weights are missed by, relative to the whole weight; 0 for exact methods.
    marginal_error: float
    #: Steps of the method.
    iterations: int

    @property
    def gap(self) -> float:
        """How far apart the bounds are."""
        return self.upper - self.lower


@dataclass(frozen=True)
class PermutationTest:
    """Whether two samples could be from one distribution."""

    #: The statistic of the samples as given.
    statistic: float
    #: The share of random divisions that reach it, counting the one given.
    p_value: float
