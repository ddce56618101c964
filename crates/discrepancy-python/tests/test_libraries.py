"""The real libraries, where they are installed (`cargo xtask python --all`)."""

from __future__ import annotations

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
