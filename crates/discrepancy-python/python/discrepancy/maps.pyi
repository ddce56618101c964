# Made by generate.py from the catalogue; do not edit.

from ._measures import RowMap
from ._types import Array, ArrayLike

__all__ = [
    "Softmax",
    "softmax",
]

def softmax(prediction: ArrayLike, *, temperature: float = 1.0, out: Array | None = None) -> Array: ...
class Softmax(RowMap):
    def __init__(self, *, temperature: float = 1.0) -> None: ...
