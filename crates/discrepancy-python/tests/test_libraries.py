"""The real libraries, where they are installed (`cargo xtask python --all`)."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import discrepancy as dc
import numpy as np
import pytest


@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16"])
def test_pytorch(name: str) -> None:
    torch: Any = pytest.importorskip("torch")
    dtype = getattr(torch, name)
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(6, 5, generator=generator, dtype=torch.float64).to(dtype)
    labels = torch.tensor([0, 1, 2, 3, 4, 0])
    value, gradient = dc.rows.softmax_cross_entropy(scores, labels, return_gradient=True)
    # In double precision PyTorch is right to some digits less than the narrower type has.
    wide = scores.double().clone().requires_grad_()
    expected = torch.nn.functional.cross_entropy(wide, labels)
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=1e-11)
    assert isinstance(gradient, torch.Tensor) and gradient.dtype == dtype
    exact = wide.grad if name == "float64" else wide.grad.to(dtype).double()
    torch.testing.assert_close(gradient.double(), exact, rtol=max(1e-13, torch.finfo(dtype).eps), atol=0.0)

    out = torch.empty_like(scores)
    loss = dc.rows.SoftmaxCrossEntropy()
    assert loss.value_and_gradient(scores, labels, out=out)[1] is out and torch.equal(out, gradient)
    assert loss.value(scores.T.contiguous().T, labels) == value
    assert loss.value_and_gradient(scores, labels, out=scores)[1] is scores and torch.equal(scores, gradient)
    with pytest.raises(dc.DiscrepancyTypeError, match="detach"):
        dc.losses.squared(wide, wide)


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_jax(name: str) -> None:
    jax: Any = pytest.importorskip("jax")
    z = jax.numpy.arange(4, dtype=name)
    found = dc.losses.squared(z, z * 0, reduction="none")
    assert isinstance(found, jax.Array) and found.dtype == z.dtype
    np.testing.assert_array_equal(np.asarray(found, np.float64), [0.0, 1.0, 4.0, 9.0])
    with pytest.raises(dc.DiscrepancyTypeError, match="read-only"):
        dc.losses.Squared().gradient(z, z, out=z)


COPIES = """
import resource, sys
import numpy as np
import discrepancy as dc

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

n = 1 << 23
z, y = np.arange(n, dtype=np.float32), np.zeros(n, np.float32)
labels = np.zeros(n // 64, np.int64)
if sys.argv[1] == "torch":
    import torch
    z, y, labels = map(torch.from_numpy, (z, y, labels))
    assert labels.dtype == torch.int64
else:
    import jax
    jax.config.update("jax_enable_x64", True)
    z, y, labels = map(jax.numpy.asarray, (z, y, labels))
    jax.block_until_ready((z, y, labels))
scores = z.reshape(-1, 64)

def all_calls(end):
    dc.losses.squared(z[:end], y[:end])
    dc.rows.softmax_cross_entropy(scores[:end // 64], labels[:end // 64])

all_calls(64 * 64)
whole = z[:n], y[:n], scores[: n // 64], labels[: n // 64]
before = peak()
dc.losses.squared(z, y)
dc.rows.softmax_cross_entropy(scores, labels)
print(peak() - before)
"""


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_nothing_is_copied(library: str) -> None:
    pytest.importorskip(library)
    run = [sys.executable, "-c", COPIES, library]
    grown = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    # Less than a quarter of one column of 32 MiB.
    assert int(grown.split()[-1]) < 8 << 20, grown


def test_results_of_pytorch_lie_where_they_were_written() -> None:
    torch: Any = pytest.importorskip("torch")
    out = torch.empty(1000)
    place = out.data_ptr()
    z = torch.ones(1000)
    found = dc.losses.Squared().gradient(z, z, out=out)
    assert found is out and out.data_ptr() == place and not out.any()
    # NumPy sees the memory that Rust gave to PyTorch.
    made = dc.losses.squared(z, z, reduction="none")
    assert made.numpy().__array_interface__["data"][0] == made.data_ptr()


def test_half_precision_in_numpy() -> None:
    ml_dtypes: Any = pytest.importorskip("ml_dtypes")
    z = np.arange(4).astype(ml_dtypes.bfloat16)
    found = dc.losses.squared(z, z * 0, reduction="none")
    assert found.dtype == z.dtype and found.astype(float).tolist() == [0.0, 1.0, 4.0, 9.0]


def test_columns_of_tables() -> None:
    pandas: Any = pytest.importorskip("pandas")
    z, y = np.array([1.0, 2.0]), [0.0, 0.0]
    column = pandas.Series(z, index=["a", "b"], name="z")
    found = dc.losses.squared(column, y, reduction="none")
    assert found.to_dict() == {"a": 1.0, "b": 4.0} and found.name == "z"
    assert dc.losses.squared(column, y) == 2.5


def test_columns_of_polars_and_arrow() -> None:
    polars: Any = pytest.importorskip("polars")
    pyarrow: Any = pytest.importorskip("pyarrow")
    column = polars.Series("z", [1.0, 2.0])
    found = dc.losses.squared(column, [0.0, 0.0], reduction="none")
    assert isinstance(found, polars.Series) and found.to_list() == [1.0, 4.0]
    for arrow in (pyarrow.array([1.0, 2.0]), pyarrow.chunked_array([[1.0], [2.0]])):
        assert dc.losses.squared(arrow, [0.0, 0.0]) == 2.5
