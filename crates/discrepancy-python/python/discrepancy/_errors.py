"""Errors that name function, argument, index, value and what is allowed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DiscrepancyError(ValueError):
    """An argument that cannot be: outside its domain, of the wrong shape, not a number.

    Attributes
    ----------
    kind : str
        What went wrong: ``"Domain"``, ``"Shape"``, ``"Parameter"``, ``"NonFinite"``, ``"NotConverged"`` …
    function : str
        What was called.
    argument : str
        Which argument was wrong.
    index : int or None
        The flat index of the wrong element, where one element is to blame.
    value : float or str or None
        The wrong value.
    allowed : str
        What would have been allowed.
    certificate : tuple or None
        Of ``"NotConverged"``: lower and upper bound of the cost, marginal error, iterations.
    """

    def __init__(
        self,
        message: str,
        details: tuple[str, str, str, int | None] = ("", "", "", None),
        value: float | str | None = None,
        allowed: str = "",
        certificate: tuple[float, float, float, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.function, self.argument, self.index = details
        self.value = value
        self.allowed = allowed
        self.certificate = certificate

    def __reduce__(self) -> tuple[Any, ...]:
        details = (self.kind, self.function, self.argument, self.index)
        return type(self), (self.args[0], details, self.value, self.allowed, self.certificate)


class DiscrepancyTypeError(DiscrepancyError, TypeError):
    """An argument of a type that cannot be: an array of objects, a word where a number is meant."""


class DiscrepancyMemoryError(DiscrepancyError, MemoryError):
    """A result that there is no memory for."""
