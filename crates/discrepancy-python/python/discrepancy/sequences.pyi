# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import SequenceLoss
from ._types import Array, ArrayLike

__all__ = [
    "Ctc",
    "ctc",
]

def ctc(
    log_probabilities: ArrayLike,
    labels: ArrayLike,
    *,
    blank: float = 0,
    zero_infinity: bool = False,
    input_lengths: ArrayLike | None = None,
    target_lengths: ArrayLike | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
    return_gradient: bool = False,
) -> Any: ...
class Ctc(SequenceLoss):
    def __init__(self, *, blank: float = 0, zero_infinity: bool = False) -> None: ...
