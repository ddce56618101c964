"""The operators that PyTorch sees: each computes value and gradients in one pass, and tells autograd what it knows.

Registered with ``torch.library``, so that ``torch.compile`` and ``torch.export`` take them as they are; what lets
``torch.func`` and forward mode take them is in ``_transforms``. Only for tensors of the processor; a tensor elsewhere
is PyTorch's own error.
"""

from ._scores import map_products, maps, non_negative, pointwise, pointwise_hessian, rows
from ._shared import empty_cache, measure
from ._transforms import tracked
from ._vectors import head, pairwise, pairwise_gradients, rowwise, sample, sequence_slopes, sequences, tuples

__all__ = [
    "empty_cache",
    "head",
    "map_products",
    "maps",
    "measure",
    "non_negative",
    "pairwise",
    "pairwise_gradients",
    "pointwise",
    "pointwise_hessian",
    "rows",
    "rowwise",
    "sample",
    "sequence_slopes",
    "sequences",
    "tracked",
    "tuples",
]
