"""Results in the kind of array that came in; called by the extension module for all that is not NumPy's.

Nothing is imported here: whoever hands in a tensor has its library loaded.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def like(original: Any, result: Any) -> Any:
    """``result``, which speaks DLPack or is a NumPy array, as the library of ``original`` has it; without a copy."""
    library = type(original).__module__.partition(".")[0]
    if library == "torch":
        return sys.modules["torch"].from_dlpack(result)
    if library in ("jax", "jaxlib"):
        return sys.modules["jax.numpy"].from_dlpack(result)
    if library == "pandas" and _is_column(original, result):
        return type(original)(result, index=original.index, name=original.name)
    if library == "polars" and _is_column(original, result):
        return type(original)(original.name, result)
    if hasattr(original, "__array_namespace__"):
        return original.__array_namespace__().from_dlpack(result)
    if hasattr(result, "__array_interface__"):
        return result
    import numpy

    return numpy.from_dlpack(result)


def _is_column(original: Any, result: Any) -> bool:
    """Whether the result has a number for each of a column's."""
    return type(original).__name__ == "Series" and result.shape == original.shape
