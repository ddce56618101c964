"""From a spec string to an object, and the functions that take one."""

from __future__ import annotations

from importlib import import_module

from . import _core
from ._errors import DiscrepancyError
from ._measures import Measure, python_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._types import Array


def make(spec: str | Measure) -> Any:
    """The object that a spec string names: ``name`` or ``name:parameter=value,…``, by any of its names.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.make("minkowski:p=3").value([0.0, 0.0], [3.0, 0.0])
    3.0
    """
    if isinstance(spec, Measure):
        return spec
    from ._places import PLACES

    name, values = _core.parse(spec)
    if name not in PLACES:
        details = ("Unsupported", "make", "spec", None)
        raise DiscrepancyError(f"make: `spec` is {name}, which Python has no class for yet", details, name)
    module, cls = PLACES[name]
    made = getattr(import_module(f"discrepancy.{module}"), cls)
    return made(**{python_name(parameter): value for parameter, value in values.items()})


def value(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """The value of what a spec string names; arguments as its ``value`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value("hinge", [0.5, 2.0], [1.0, -1.0])
    1.75
    """
    return make(spec).value(*arguments, **options)


def gradient(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """The gradient of what a spec string names; arguments as its ``gradient`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.gradient("squared", [3.0], [1.0])
    array([4.])
    """
    return make(spec).gradient(*arguments, **options)


def value_and_gradient(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """Both at once; arguments as the ``value_and_gradient`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value_and_gradient("squared", [3.0], [1.0])
    (4.0, array([4.]))
    """
    return make(spec).value_and_gradient(*arguments, **options)


def value_gradient_hessian(spec: str | Measure, *arguments: Any, **options: Any) -> tuple[Array, Array, Array]:
    """Value, derivative and second derivative of each element: what boosting asks for.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value_gradient_hessian("squared", [3.0], [1.0])
    (array([4.]), array([4.]), array([2.]))
    """
    result: tuple[Array, Array, Array] = make(spec).value_gradient_hessian(*arguments, **options)
    return result


def hessian(spec: str | Measure, *arguments: Any, **options: Any) -> Array:
    """The second derivatives of what a spec string names; arguments as its ``hessian`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.hessian("squared", [3.0], [1.0])
    array([2.])
    """
    return make(spec).hessian(*arguments, **options)
