"""What the generated classes stand on: an entry of the catalogue with its parameters, as an object."""

from __future__ import annotations

from keyword import iskeyword

from . import _core
from ._results import HeadResult, PermutationTest, TransportPlan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Literal, overload

    from ._types import Array, ArrayLike, HessianKind, Nan, Out, PairNan, Reduction, Reduced


def python_name(parameter: str) -> str:
    """What a parameter is called in Python, where some names are taken."""
    return f"{parameter}_" if iskeyword(parameter) else parameter


def place_of_value(out: Any) -> Any:
    """What was given as ``out`` where there is a value alone: an array is for it."""
    return out if out is None or isinstance(out, tuple) else (out,)


class Measure:
    """An entry of the catalogue with its parameters. Immutable; equal where the parameters are."""

    __slots__ = ("_core",)

    def __init__(self, name: str, values: tuple[Any, ...]) -> None:
        self._core = _core.Measure(name, values)

    @property
    def name(self) -> str:
        """The name in the catalogue."""
        return self._core.name

    @property
    def spec(self) -> str:
        """The spec string, ``name:parameter=value,…``; parameters at their defaults are left out."""
        return self._core.spec

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of all parameters, by the catalogue's names."""
        return self._core.parameters

    def __repr__(self) -> str:
        module = type(self).__module__.rpartition(".")[2]
        given = ", ".join(f"{python_name(name)}={value!r}" for name, value in self.parameters.items())
        return f"discrepancy.{module}.{type(self).__name__}({given})"

    def __eq__(self, other: object) -> bool:
        return self.spec == other.spec if isinstance(other, Measure) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.spec)

    def __reduce__(self) -> tuple[Callable[[str], Measure], tuple[str]]:
        from ._specs import make

        return make, (self.spec,)


class PointwiseLoss(Measure):
    """A loss of one prediction and one target.

    All methods take arrays of one shape. Gradients are with respect to the predictions; where ``reduction`` is not
    ``"none"``, they are those of the reduced value. ``out`` is an array for the gradient, or a tuple with a place for
    value, gradient and Hessian each, ``None`` for those that are to be made.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def value(
            self,
            prediction: ArrayLike,
            target: ArrayLike,
            *,
            reduction: Reduced = ...,
            weight: ArrayLike | None = ...,
            nan: Nan = ...,
        ) -> float: ...
        @overload
        def value(
            self,
            prediction: ArrayLike,
            target: ArrayLike,
            *,
            reduction: Literal["none"],
            weight: None = ...,
            nan: Nan = ...,
            out: Out = ...,
        ) -> Array: ...

    def value(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> Any:
        """The reduced value, a float; with ``reduction="none"`` the value of each element."""
        out = place_of_value(out)
        return self._core.pointwise("value", prediction, target, weight, reduction, nan, out)

    def gradient(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> Array:
        """The gradient of the reduced value; with ``reduction="none"`` the derivative of each element."""
        return self._core.pointwise("gradient", prediction, target, weight, reduction, nan, out)

    def value_and_gradient(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> tuple[Any, Array]:
        """Both in one pass over memory."""
        result: tuple[Any, Array] = self._core.pointwise(
            "value_and_gradient", prediction, target, weight, reduction, nan, out
        )
        return result

    def hessian(self, prediction: ArrayLike, target: ArrayLike, *, nan: Nan = "error", out: Out = None) -> Array:
        """The second derivative of each element."""
        out = out if out is None or isinstance(out, tuple) else (None, None, out)
        return self._core.pointwise("hessian", prediction, target, None, "none", nan, out)

    def value_gradient_hessian(
        self, prediction: ArrayLike, target: ArrayLike, *, nan: Nan = "error", out: Out = None
    ) -> tuple[Array, Array, Array]:
        """Value, derivative and second derivative of each element, in one pass over memory."""
        result: tuple[Array, Array, Array] = self._core.pointwise(
            "value_gradient_hessian", prediction, target, None, "none", nan, out
        )
        return result

    def formulas(self) -> tuple[str, str, str]:
        """Value, derivative and second derivative in TeX, as computed."""
        first, second, third = self._core.trace()
        return first, second, third

    __call__ = value


class RowLoss(Measure):
    """A loss of a row of scores and a label or a row of probabilities.

    Predictions have the shape (…, C). Targets are integer labels of the shape (…), or probabilities of the shape
    (…, C). Rows whose label is ``ignore_index`` contribute nothing. Gradients are with respect to the predictions;
    where ``reduction`` is not ``"none"``, they are those of the reduced value.
    """

    __slots__ = ()

    def value(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        ignore_index: int | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> Any:
        """The reduced value, a float; with ``reduction="none"`` the value of each row."""
        out = place_of_value(out)
        return self._core.rows("value", False, prediction, target, weight, reduction, ignore_index, nan, out)

    def gradient(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        ignore_index: int | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> Array:
        """The gradient of the reduced value; with ``reduction="none"`` of each row's value."""
        return self._core.rows("gradient", False, prediction, target, weight, reduction, ignore_index, nan, out)

    def value_and_gradient(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        ignore_index: int | None = None,
        nan: Nan = "error",
        out: Out = None,
    ) -> tuple[Any, Array]:
        """Both in one pass over memory."""
        result: tuple[Any, Array] = self._core.rows(
            "value_and_gradient", False, prediction, target, weight, reduction, ignore_index, nan, out
        )
        return result

    def hessian(
        self,
        prediction: ArrayLike,
        target: ArrayLike,
        *,
        kind: HessianKind = "exact",
        ignore_index: int | None = None,
    ) -> Array:
        """The diagonal of each row's second derivatives, or what a boosting library takes for it.

        ``"exact"``, ``"gauss_newton"``, ``"majorizer"`` (a diagonal that bounds the whole matrix) or ``"absolute"``.
        """
        return self._core.row_hessian(prediction, target, ignore_index, kind)

    __call__ = value


class SequenceLoss(Measure):
    """A loss of rows of log-probabilities and a shorter sequence of labels, whose places are not known.

    Log-probabilities have the shape (T, N, C), steps first, or (T, C) of one sequence. Labels are integers of the shape
    (N, S), or those of one sequence after another where ``target_lengths`` says how many each has. Gradients are by the
    log-probabilities as they are given.
    """

    __slots__ = ()

    def value(
        self,
        log_probabilities: ArrayLike,
        labels: ArrayLike,
        input_lengths: ArrayLike | None = None,
        target_lengths: ArrayLike | None = None,
        *,
        reduction: Literal["mean", "sum", "none"] = "mean",
    ) -> Any:
        """The reduced value, a float; with ``reduction="none"`` the value of each sequence."""
        arguments = log_probabilities, labels, input_lengths, target_lengths, reduction, False
        return self._core.sequence("value", *arguments)

    def gradient(
        self,
        log_probabilities: ArrayLike,
        labels: ArrayLike,
        input_lengths: ArrayLike | None = None,
        target_lengths: ArrayLike | None = None,
        *,
        reduction: Literal["mean", "sum", "none"] = "mean",
    ) -> Array:
        """The gradient of the reduced value; with ``reduction="none"`` of each sequence's value."""
        arguments = log_probabilities, labels, input_lengths, target_lengths, reduction, False
        return self._core.sequence("gradient", *arguments)

    def value_and_gradient(
        self,
        log_probabilities: ArrayLike,
        labels: ArrayLike,
        input_lengths: ArrayLike | None = None,
        target_lengths: ArrayLike | None = None,
        *,
        reduction: Literal["mean", "sum", "none"] = "mean",
    ) -> tuple[Any, Array]:
        """Both at once."""
        arguments = log_probabilities, labels, input_lengths, target_lengths, reduction, False
        result: tuple[Any, Array] = self._core.sequence("value_and_gradient", *arguments)
        return result

    __call__ = value


class TupleLoss(Measure):
    """A loss of several inputs: a mean and a variance, two or three vectors.

    The inputs are given in order, and behind them the target, if the loss has one. Inputs have one shape; that of vectors
    ends with their length, targets and weights have the shape without it. Gradients are a tuple, one for each input.
    """

    __slots__ = ()

    def value(
        self,
        *arguments: ArrayLike,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
    ) -> Any:
        """The reduced value, a float; with ``reduction="none"`` the value of each row."""
        return self._core.inputs("value", arguments, weight, reduction, nan)

    def gradient(
        self,
        *arguments: ArrayLike,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
    ) -> tuple[Array, ...]:
        """The gradients of the reduced value; with ``reduction="none"`` of each row's value."""
        result: tuple[Array, ...] = self._core.inputs("gradient", arguments, weight, reduction, nan)
        return result

    def value_and_gradient(
        self,
        *arguments: ArrayLike,
        reduction: Reduction = "mean",
        weight: ArrayLike | None = None,
        nan: Nan = "error",
    ) -> tuple[Any, ...]:
        """The value and the gradients, in one tuple."""
        result: tuple[Any, ...] = self._core.inputs("value_and_gradient", arguments, weight, reduction, nan)
        return result

    __call__ = value


class RowMap(Measure):
    """A map from a row of scores to a row of the same length."""

    __slots__ = ()

    def value(self, prediction: ArrayLike, *, nan: Nan = "error", out: Array | None = None) -> Array:
        """The image of each row of an array of the shape (…, C)."""
        return self._core.map(prediction, nan, out)

    def jacobian_vector_product(
        self, prediction: ArrayLike, v: ArrayLike, *, nan: Nan = "error", out: Array | None = None
    ) -> Array:
        """``J v`` of each row's Jacobian ``J_ij = ∂image_i/∂x_j`` and a row of ``v``: how images move with the scores."""
        return self._core.map_product("jacobian_vector", prediction, v, nan, out)

    def vector_jacobian_product(
        self, prediction: ArrayLike, v: ArrayLike, *, nan: Nan = "error", out: Array | None = None
    ) -> Array:
        """``Jᵀ v``: the gradient in the scores, where ``v`` is the gradient in the images."""
        return self._core.map_product("vector_jacobian", prediction, v, nan, out)

    __call__ = value


class Head(Measure):
    """A linear layer and a loss of its scores in one.

    Gradients are those of the reduced value; with ``reduction="none"`` those of the sum of the rows' values.
    """

    __slots__ = ()

    def evaluate(
        self,
        x: ArrayLike,
        weights: ArrayLike,
        target: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        reduction: Reduction = "mean",
        ignore_index: int | None = None,
        return_scores: bool = False,
        exact: bool = False,
    ) -> HeadResult:
        """Value and all gradients: rows ``x`` (…, D), weights (C, D), labels (…) or probabilities (…, C)."""
        return HeadResult(*self._core.head(x, weights, target, bias, reduction, ignore_index, return_scores, exact))

    def value(
        self,
        x: ArrayLike,
        weights: ArrayLike,
        target: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        reduction: Reduction = "mean",
        ignore_index: int | None = None,
    ) -> Any:
        """The reduced value, a float; with ``reduction="none"`` the value of each row."""
        return self.evaluate(x, weights, target, bias=bias, reduction=reduction, ignore_index=ignore_index).value

    def gradient(
        self,
        x: ArrayLike,
        weights: ArrayLike,
        target: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        reduction: Reduction = "mean",
        ignore_index: int | None = None,
    ) -> tuple[Array, ...]:
        """The gradients in the rows, in the weights and, with one, in the bias."""
        options: Any = {"bias": bias, "reduction": reduction, "ignore_index": ignore_index}
        return self.value_and_gradient(x, weights, target, **options)[1:]

    def value_and_gradient(
        self,
        x: ArrayLike,
        weights: ArrayLike,
        target: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        reduction: Reduction = "mean",
        ignore_index: int | None = None,
    ) -> tuple[Any, ...]:
        """The value and the gradients, in one tuple."""
        found = self.evaluate(x, weights, target, bias=bias, reduction=reduction, ignore_index=ignore_index)
        gradients = (found.gradient_x, found.gradient_weights)
        return (found.value, *gradients) if bias is None else (found.value, *gradients, found.gradient_bias)

    __call__ = evaluate


class Penalty(Measure):
    """A penalty on weights."""

    __slots__ = ()

    def value(self, weights: ArrayLike) -> float:
        """The penalty of all weights together."""
        result: float = self._core.penalty("value", weights, None)
        return result

    def gradient(self, weights: ArrayLike) -> Array:
        """The gradient; the subgradient of least norm at kinks."""
        return self._core.penalty("gradient", weights, None)

    def value_and_gradient(self, weights: ArrayLike) -> tuple[float, Array]:
        """Both."""
        return self.value(weights), self.gradient(weights)

    def proximal(self, weights: ArrayLike, *, step: float = 1.0) -> Array:
        """The proximal operator: the least of penalty plus squared distance over twice the step."""
        return self._core.penalty("proximal", weights, step)

    __call__ = value


class Pair(Measure):
    """A distance or divergence between two vectors.

    ``nan`` says what to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.
    ``out`` is where arrays go: a tuple has a place for the values of rows and for both gradients, ``None`` for those that
    are to be made.
    """

    __slots__ = ()

    def value(
        self,
        a: ArrayLike,
        b: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        nan: PairNan = "error",
        out: Out = None,
    ) -> Any:
        """Between two vectors, a float; between each row of ``a`` and the same row of ``b``, an array."""
        return self._core.rowwise(a, b, weight, False, nan, place_of_value(out))

    def gradient(
        self,
        a: ArrayLike,
        b: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        nan: PairNan = "error",
        out: tuple[Array | None, ...] | None = None,
    ) -> tuple[Array, Array]:
        """The gradients with respect to both; 0 where they coincide and a subgradient is meant. ``out``: two places."""
        places = None if out is None else (None, *out)
        _, by_a, by_b = self._core.rowwise(a, b, weight, True, nan, places)
        return by_a, by_b

    def value_and_gradient(
        self,
        a: ArrayLike,
        b: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        nan: PairNan = "error",
        out: tuple[Array | None, ...] | None = None,
    ) -> tuple[Any, Array, Array]:
        """The value, and the gradients with respect to both; ``out`` has a place for each, or ``None``."""
        result: tuple[Any, Array, Array] = self._core.rowwise(a, b, weight, True, nan, out)
        return result

    def pairwise(
        self,
        a: ArrayLike,
        b: ArrayLike | None = None,
        *,
        weight: ArrayLike | None = None,
        nan: PairNan = "error",
        out: Array | None = None,
    ) -> Array:
        """All rows of ``a`` with all rows of ``b``, or with those of ``a``: (N, M)."""
        return self._core.pairwise(a, b, weight, nan, out)

    def pairwise_gradients(self, a: ArrayLike, b: ArrayLike, upstream: ArrayLike) -> tuple[Array, Array, Array]:
        """The matrix, and the gradients of ``sum(upstream * matrix)`` with respect to ``a`` and ``b``."""
        result: tuple[Array, Array, Array] = self._core.pairwise_gradients(a, b, upstream)
        return result

    def condensed(
        self,
        a: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        nan: PairNan = "error",
        out: Array | None = None,
    ) -> Array:
        """Each pair of rows once, in the order of SciPy's ``pdist``."""
        return self._core.condensed(a, weight, nan, out)

    def nearest(self, queries: ArrayLike, points: ArrayLike, *, k: int = 1) -> tuple[Array, Array]:
        """Indices and distances of the ``k`` nearest points of each query, nearest first: (N, k) each."""
        result: tuple[Array, Array] = self._core.nearest(queries, points, k)
        return result

    __call__ = value


class Sample(Measure):
    """A statistic of two samples, rows of coordinates or points on a line."""

    __slots__ = ()

    def value(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        x_weight: ArrayLike | None = None,
        y_weight: ArrayLike | None = None,
    ) -> float:
        """The statistic."""
        result: float = self._core.sample("value", x, y, x_weight, y_weight)
        return result

    def gradient(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        x_weight: ArrayLike | None = None,
        y_weight: ArrayLike | None = None,
    ) -> tuple[Array, Array]:
        """The gradients with respect to the points of both samples."""
        result: tuple[Array, Array] = self._core.sample("gradient", x, y, x_weight, y_weight)
        return result

    def value_and_gradient(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        x_weight: ArrayLike | None = None,
        y_weight: ArrayLike | None = None,
    ) -> tuple[float, Array, Array]:
        """The statistic, and the gradients with respect to the points of both samples."""
        value = self.value(x, y, x_weight=x_weight, y_weight=y_weight)
        return value, *self.gradient(x, y, x_weight=x_weight, y_weight=y_weight)

    def permutation_test(
        self, x: ArrayLike, y: ArrayLike, *, permutations: int = 999, seed: int = 0
    ) -> PermutationTest:
        """Whether both samples could be from one distribution, by random divisions of all rows."""
        return PermutationTest(*self._core.permutation_test(x, y, permutations, seed))

    __call__ = value


class Transport(Sample):
    """Transport between two samples, or wherever the costs are known."""

    __slots__ = ()

    def value_of_costs(self, cost: ArrayLike, a: ArrayLike, b: ArrayLike) -> float:
        """Between the weights ``a`` of the rows of ``cost`` and ``b`` of its columns."""
        result: float = self._core.sample_of_costs("value", cost, a, b)
        return result


class PlannedTransport(Transport):
    """Transport with a plan and its proof."""

    __slots__ = ()

    def plan(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        x_weight: ArrayLike | None = None,
        y_weight: ArrayLike | None = None,
    ) -> TransportPlan:
        """What goes where between two samples."""
        return TransportPlan(*self._core.sample("plan", x, y, x_weight, y_weight))

    def plan_of_costs(self, cost: ArrayLike, a: ArrayLike, b: ArrayLike) -> TransportPlan:
        """What goes where between the weights ``a`` of the rows of ``cost`` and ``b`` of its columns."""
        return TransportPlan(*self._core.sample_of_costs("plan", cost, a, b))
