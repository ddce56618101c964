"""Drop-ins for parts of SciPy: its names, arguments, types of results and special values, our digits.

``discrepancy.scipy.spatial.distance`` stands for ``scipy.spatial.distance``, ``discrepancy.scipy.stats`` for the
statistics of ``scipy.stats`` that measure how far distributions are apart. SciPy itself is imported when it is first
needed: for what this library does not compute, and for arguments that only SciPy has an answer or an error for.
"""

from . import spatial, stats

__all__ = ["spatial", "stats"]
