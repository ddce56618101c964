"""From a spec string to an object, and the functions that take one."""

from __future__ import annotations

from importlib import import_module

from . import _core
from ._errors import DiscrepancyError, DiscrepancyTypeError
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
    allowed = 'a name such as "squared", one with parameters such as "focal:gamma=2", or an object of the package'
    if not isinstance(spec, str):
        details = ("Unsupported", "make", "spec", None)
        raise DiscrepancyTypeError(f"make: `spec` is {spec!r}; allowed: {allowed}", details, repr(spec), allowed)
    if not spec.strip():
        raise DiscrepancyError(f"make: `spec` is empty; allowed: {allowed}", ("Parameter", "make", "spec", None), spec, allowed)
    from ._places import PLACES

    name, values = _core.parse(spec)
    if name not in PLACES:
        details = ("Unsupported", "make", "spec", None)
        raise DiscrepancyError(f"make: `spec` is {name}, which Python has no class for yet", details, name)
    module, cls = PLACES[name]
    made = getattr(import_module(f"discrepancy.{module}"), cls)
    return made(**{python_name(parameter): value for parameter, value in values.items()})


#: What the classes of the package are called in messages.
KINDS = {
    "PointwiseLoss": "a pointwise loss",
    "RowLoss": "a loss of rows",
    "SequenceLoss": "a loss of sequences",
    "TupleLoss": "a loss of several inputs",
    "RowMap": "a map of rows",
    "Head": "a head",
    "Penalty": "a penalty on weights",
    "Pair": "a distance or divergence",
    "Sample": "a statistic of two samples",
}


def kind_of(measure: Measure) -> str:
    """What kind of entry it is, in words."""
    return next((KINDS[base.__name__] for base in type(measure).__mro__ if base.__name__ in KINDS), "an entry")


def method(spec: str | Measure, name: str) -> Any:
    """A method of what a spec string names; an error that says why, where its kind has none of this name."""
    measure = make(spec)
    found = getattr(measure, name, None)
    if found is None:
        methods = (m for m in ("value", "gradient", "value_and_gradient", "hessian", "value_gradient_hessian", "evaluate"))
        allowed = ", ".join(m for m in methods if hasattr(measure, m))
        message = f"{name}: `spec` is {measure.spec}, {kind_of(measure)}, which has no {name}; it has {allowed}"
        raise DiscrepancyTypeError(message, ("Unsupported", name, "spec", None), measure.spec, allowed)
    return found


def value(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """The value of what a spec string names; arguments as its ``value`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value("hinge", [0.5, 2.0], [1.0, -1.0])
    1.75
    """
    return method(spec, "value")(*arguments, **options)


def gradient(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """The gradient of what a spec string names; arguments as its ``gradient`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.gradient("squared", [3.0], [1.0])
    array([4.])
    """
    return method(spec, "gradient")(*arguments, **options)


def value_and_gradient(spec: str | Measure, *arguments: Any, **options: Any) -> Any:
    """Both at once; arguments as the ``value_and_gradient`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value_and_gradient("squared", [3.0], [1.0])
    (4.0, array([4.]))
    """
    return method(spec, "value_and_gradient")(*arguments, **options)


def value_gradient_hessian(spec: str | Measure, *arguments: Any, **options: Any) -> tuple[Array, Array, Array]:
    """Value, derivative and second derivative of each element: what boosting asks for.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.value_gradient_hessian("squared", [3.0], [1.0])
    (array([4.]), array([4.]), array([2.]))
    """
    result: tuple[Array, Array, Array] = method(spec, "value_gradient_hessian")(*arguments, **options)
    return result


def hessian(spec: str | Measure, *arguments: Any, **options: Any) -> Array:
    """The second derivatives of what a spec string names; arguments as its ``hessian`` method takes them.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.hessian("squared", [3.0], [1.0])
    array([2.])
    """
    return method(spec, "hessian")(*arguments, **options)
