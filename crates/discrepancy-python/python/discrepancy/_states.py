"""Rows of scores whose parts lie in several places."""

from __future__ import annotations

from . import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._types import Array, ArrayLike


class RowStates:
    """What softmax cross entropy needs to know of the parts of some rows that were seen so far.

    Rows that are divided over chunks of a vocabulary, threads or processes give the same bits for any division and any
    order: states of parts merge to the state of the whole. Results are double precision, right to 2 units in the last
    place. It costs some 100 ns a score; rows in one place are faster by :func:`softmax_cross_entropy`.

    Examples
    --------
    >>> import discrepancy as dc, numpy as np
    >>> left, right = dc.rows.RowStates(1), dc.rows.RowStates(1)
    >>> left.push([[17.0, 0.5]], [0])
    >>> right.push([[0.0, -1.0]], [-1])
    >>> left.merge(right)
    >>> left.value()
    array([1.24885383e-07])
    """

    __slots__ = ("_core",)

    def __init__(self, count: int) -> None:
        """States of so many rows, of which nothing is known yet."""
        self._core = _core.RowStates(count)

    def __len__(self) -> int:
        return len(self._core)

    def push(self, scores: ArrayLike, labels: ArrayLike) -> None:
        """Adds a part of each row, (N, C); labels (N,) are places in this part, negative where it is elsewhere."""
        self._core.push(scores, labels)

    def merge(self, other: RowStates) -> None:
        """Adds the states of other parts of the same rows."""
        self._core.merge(other._core)

    def value(self) -> Array:
        """The cross entropy of each row, (N,)."""
        return self._core.value([])

    def logsumexp(self) -> Array:
        """The logarithm of the sum of exponentials of each row, (N,)."""
        return self._core.logsumexp([])

    def gradient(self, scores: ArrayLike, labels: ArrayLike) -> Array:
        """The gradient of each row's value in the scores of a part, once all parts are merged: (N, C)."""
        return self._core.gradient(scores, labels)

    def to_bytes(self) -> list[bytes]:
        """A form of each row for other processes; equal states give equal bytes."""
        return self._core.to_bytes()

    @classmethod
    def from_bytes(cls, rows: list[bytes]) -> RowStates:
        """What :meth:`to_bytes` wrote."""
        made = cls(0)
        made._core = _core.RowStates.from_bytes(rows)
        return made

    def __reduce__(self) -> tuple[Callable[[list[bytes]], RowStates], tuple[list[bytes]]]:
        return RowStates.from_bytes, (self.to_bytes(),)
