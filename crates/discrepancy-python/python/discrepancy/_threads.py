"""How many threads compute. The results are the same bits whatever the number."""

from __future__ import annotations

import os

from . import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

set_threads = _core.set_threads
get_threads = _core.get_threads


class threads:
    """``with threads(n):`` sets the number for calls from this thread of the program, within the block.

    Examples
    --------
    >>> import discrepancy as dc
    >>> with dc.threads(1):
    ...     dc.get_threads()
    1
    """

    def __init__(self, count: int | None) -> None:
        self._count = count
        self._before: list[int | None] = []

    def __enter__(self) -> threads:
        self._before.append(_core.set_threads_here(self._count))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _core.set_threads_here(self._before.pop())


# A forked child has none of its parent's threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_core.after_fork)
