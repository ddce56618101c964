"""Types of the package's signatures; imported by type checkers alone."""

from typing import Any, Literal, TypeAlias

#: Anything with DLPack, the buffer protocol or ``__array__``; numbers and lists too.
ArrayLike: TypeAlias = Any
#: An array of the same library as the first argument's.
Array: TypeAlias = Any
#: Where results go: an array, or a tuple of arrays and ``None``.
Out: TypeAlias = Any
#: What becomes of the values; the mean of weighted rows divides by the sum of the weights, or by their number.
Reduction: TypeAlias = Literal["mean", "sum", "none", "mean_by_count"]
Reduced: TypeAlias = Literal["mean", "sum", "mean_by_count"]
#: What to do about NaN: an error with its index, a result that is NaN, or as if the row were not there.
Nan: TypeAlias = Literal["error", "propagate", "omit"]
#: The same of pairs of rows, none of which can be left out of a matrix.
PairNan: TypeAlias = Literal["error", "propagate"]
HessianKind: TypeAlias = Literal["exact", "gauss_newton", "majorizer", "absolute"]
