"""Masked arrays: the numbers under a mask mean nothing, and `numpy.asarray` forgets which they are."""

from __future__ import annotations

from functools import wraps

import numpy as np

from ._errors import DiscrepancyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

ALLOWED = (
    "arrays without masked elements: leave them out with `x[~x.mask]`, of all arguments together, "
    'or hand in `x.filled(numpy.nan)` where `nan` may be "omit"'
)


def _first_masked(value: Any) -> int | None:
    """Where an element is masked, of an array or of a list of them."""
    if isinstance(value, np.ma.MaskedArray):
        return int(np.argmax(np.ma.getmaskarray(value))) if np.ma.is_masked(value) else None
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], np.ndarray):
        found = [place for place in map(_first_masked, value) if place is not None]
        return found[0] if found else None
    return None


def refuse_masks(function: str, arguments: Any) -> None:
    """An error for the first argument, of pairs of names and values, that is masked somewhere."""
    for argument, value in arguments:
        index = _first_masked(value)
        if index is not None:
            message = f"{function}: `{argument}` at index {index} is masked; allowed: {ALLOWED}"
            raise DiscrepancyError(message, ("Unsupported", function, argument, index), "masked", ALLOWED)


def without_masks(function: Function) -> Function:
    """A function that looks at its arguments before `numpy.asarray` does."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]

    @wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        refuse_masks(function.__name__, (*zip(names, args), *options.items()))
        return function(*args, **options)

    return checked  # type: ignore[return-value]
