# Made by generate.py from the catalogue; do not edit.

from ._measures import RowMap
from ._types import Array, ArrayLike, Nan

__all__ = [
    "LogSoftmax",
    "Softmax",
    "log_softmax",
    "softmax",
]

def softmax(
    prediction: ArrayLike,
    *,
    temperature: float = 1.0,
    nan: Nan = "error",
    out: Array | None = None,
) -> Array: ...
def log_softmax(
    prediction: ArrayLike,
    *,
    temperature: float = 1.0,
    nan: Nan = "error",
    out: Array | None = None,
) -> Array: ...
class Softmax(RowMap):
    def __init__(self, *, temperature: float = 1.0) -> None: ...
class LogSoftmax(RowMap):
    def __init__(self, *, temperature: float = 1.0) -> None: ...
