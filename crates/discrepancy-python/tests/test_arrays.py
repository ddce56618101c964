"""What goes in, and how it comes back."""

from __future__ import annotations

import array
import sys
import tracemalloc
from typing import Any

import discrepancy as dc
import numpy as np
import pytest

from conftest import ENTRIES, column, function, made, named, of_kind

POINTWISE = of_kind("pointwise")
PAIRS = of_kind("pair")


def data(entry: dict[str, Any], shape: Any, dtype: Any = np.float64) -> tuple[Any, Any]:
    z, y = column(entry["prediction"], shape, 1), column(entry["target"], shape, 2)
    return z.astype(dtype), y.astype(dtype)


@named(POINTWISE)
def test_strides_change_nothing(entry: dict[str, Any]) -> None:
    loss = made(entry)
    z, y = data(entry, (6, 8))
    expected = loss.value(z, y, reduction="none")
    ways = [
        (np.asfortranarray(z), y),
        (z.T.copy().T, y.T.copy().T),
        (z[::-1].copy()[::-1], y),
        (np.repeat(z, 2, axis=1)[:, ::2], np.repeat(y, 3, axis=0)[::3]),
        (z[:, ::-1].copy()[:, ::-1], y[::-1].copy()[::-1]),
    ]
    for a, b in ways:
        np.testing.assert_array_equal(loss.value(a, b, reduction="none"), expected)
    # As many axes as there are, none at all, nothing in them.
    cube = loss.value(z.reshape(2, 3, 8), y.reshape(2, 3, 8), reduction="none")
    np.testing.assert_array_equal(cube, expected.reshape(2, 3, 8))
    assert loss.value(z[0, 0], y[0, 0]) == expected[0, 0] == loss.value(float(z[0, 0]), float(y[0, 0]))
    assert loss.value(z[:0], y[:0], reduction="none").shape == (0, 8)
    assert loss.value(z[:0], y[:0], reduction="sum") == 0.0


@named(PAIRS)
def test_strided_rows_give_the_same_pairs(entry: dict[str, Any]) -> None:
    a, b = (column(entry["prediction"], (5, 4), seed) for seed in (1, 2))
    pair = made(entry, width=4)
    expected = pair.pairwise(a, b)
    np.testing.assert_array_equal(pair.pairwise(np.asfortranarray(a), b[::-1].copy()[::-1]), expected)
    np.testing.assert_array_equal(np.diagonal(expected), pair.value(a, b[:5]))
    assert pair.value(a[0], b[0]) == expected[0, 0]
    indices, near = pair.nearest(a, b, k=2)
    np.testing.assert_array_equal(np.take_along_axis(expected, indices, 1), near)
    np.testing.assert_array_equal(pair.condensed(a), pair.pairwise(a)[np.triu_indices(5, 1)])


@named(POINTWISE)
def test_types_come_back_as_they_came(entry: dict[str, Any]) -> None:
    loss = made(entry)
    for dtype in (np.float64, np.float32, np.float16):
        z, y = data(entry, 9, dtype)
        assert loss.value(z, y, reduction="none").dtype == dtype
    # Integers and booleans are exact in either type; alone they are doubles.
    z, y = data(entry, 9, np.float32)
    if entry["target"]["name"] in ("Signs", "Binary"):
        expected = loss.value(z, y)
        assert loss.value(z, y.astype(np.int8)) == loss.value(z, y.astype(np.int64)) == expected
        if entry["target"]["name"] == "Binary":
            assert loss.value(z, y.astype(bool)) == expected
    # Floats of two types meet in the one that holds both.
    assert loss.value(z, y.astype(np.float64), reduction="none").dtype == np.float64
    assert loss.value(z.astype(np.float16), y, reduction="none").dtype == np.float32


def test_big_integers_are_not_rounded() -> None:
    with pytest.raises(dc.DiscrepancyError, match="float64|f64|integers") as caught:
        dc.losses.squared(np.array([0, 2**53 + 1]), np.array([0, 0]))
    assert (caught.value.argument, caught.value.index, caught.value.value) == ("prediction", 1, 2.0**53)
    assert dc.losses.squared(np.array([2**53]), np.array([2**53])) == 0.0
    # Beside single precision they are computed with in double.
    assert dc.losses.squared(np.array([2.0**24], np.float32), np.array([2**24 + 1])) == 1.0
    with pytest.raises(dc.DiscrepancyError):
        dc.losses.squared(np.array([2**64 - 1], np.uint64), np.array([0]))


def test_the_buffer_protocol_goes_in() -> None:
    z, y = array.array("d", [1.0, 2.0]), memoryview(array.array("d", [0.0, 0.0]))
    assert dc.losses.squared(z, y) == 2.5
    assert dc.losses.squared([1.0, 2.0], (0.0, 0.0)) == 2.5
    # Bytes are numbers from 0 to 255.
    assert dc.losses.squared(bytearray([3]), np.array([1.0])) == 4.0


class Tensor:
    """What speaks DLPack and is nothing else."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def __dlpack__(self, **options: Any) -> Any:
        return self.content.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.content.__dlpack_device__()

    def __array_namespace__(self) -> Any:
        return Namespace


class Namespace:
    @staticmethod
    def from_dlpack(content: Any) -> Tensor:
        return Tensor(np.from_dlpack(content))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_tensors_come_back_as_tensors(dtype: Any) -> None:
    z = np.arange(12, dtype=dtype).reshape(3, 4)
    expected = dc.losses.squared(z, z[::-1], reduction="none")
    for way in (z, np.asfortranarray(z), np.repeat(z, 2, 1)[:, ::2], z[::-1].copy()[::-1]):
        found = dc.losses.squared(Tensor(way), Tensor(z[::-1]), reduction="none")
        assert isinstance(found, Tensor) and found.content.dtype == dtype
        np.testing.assert_array_equal(found.content, expected)
    found = dc.distances.pairwise(Tensor(z), z, "euclidean")
    np.testing.assert_array_equal(found.content, dc.distances.pairwise(z, None, "euclidean"))
    indices, _ = dc.distances.nearest(Tensor(z), z, "euclidean")
    np.testing.assert_array_equal(indices.content, [[0], [1], [2]])


def test_tracked_tensors_are_errors() -> None:
    """Their gradient would be lost without a word."""
    tensor = Tensor(np.ones(3))
    tensor.requires_grad = True  # type: ignore[attr-defined]
    with pytest.raises(dc.DiscrepancyTypeError, match="detach"):
        dc.losses.squared(tensor, np.ones(3))


COPIES = """
import resource, sys
import numpy as np
import discrepancy as dc
from test_arrays import Tensor
from test_arrow import OneChunk

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

n = 1 << 23
z, y, gradient = np.ones(n, np.float32), np.zeros(n, np.float32), np.ones(n, np.float32)
logits, labels, slope = z.reshape(-1, 64), np.zeros(n // 64, np.int64), gradient.reshape(-1, 64)
columns = np.ones((64, n // 64), np.float32).T
loss, rows = dc.losses.Squared(), dc.rows.SoftmaxCrossEntropy()

def all_calls(tensor, part):
    loss.value(tensor(z[part]), tensor(y[part]))
    loss.value_and_gradient(tensor(z[part]), tensor(y[part]), out=gradient[part])
    rows.value_and_gradient(tensor(logits[part]), tensor(labels[part]), out=slope[part])
    rows.value(tensor(columns[part]), tensor(labels[part]))

for tensor in (lambda a: a, Tensor):
    all_calls(tensor, slice(0, 640))
    before = peak()
    all_calls(tensor, slice(None))
    print(peak() - before)
before = peak()
loss.value(OneChunk(z, format=b"f"), OneChunk(y, format=b"f"))
print(peak() - before)
"""


def test_nothing_is_copied() -> None:
    """In a process of its own, whose highest peak nothing else has reached before."""
    import subprocess
    from pathlib import Path

    run = [sys.executable, "-c", COPIES]
    grown = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parent).stdout
    # Less than a quarter of one column of 32 MiB.
    assert [int(size) < 8 << 20 for size in grown.split()] == [True] * 3, grown


def test_results_are_not_copied_either() -> None:
    tracemalloc.start()
    found = dc.losses.squared(np.ones(1000), np.zeros(1000), reduction="none")
    tracemalloc.stop()
    # The array stands on memory that Rust gave away; it can be written to.
    assert found.base is not None and not found.flags.owndata and found.flags.writeable


@named(POINTWISE)
def test_out_takes_the_results(entry: dict[str, Any]) -> None:
    if not entry["differentiable"]:
        return
    loss = made(entry)
    z, y = data(entry, 100)
    places = tuple(np.full(100, np.nan) for _ in range(3))
    given = loss.value_gradient_hessian(z, y, out=places)
    for one, place, expected in zip(given, places, loss.value_gradient_hessian(z, y)):
        assert one is place
        np.testing.assert_array_equal(place, expected)
    # In place of the predictions, and half in place of them.
    mean, gradient = loss.value_and_gradient(z, y)
    own = z.copy()
    assert loss.value_and_gradient(own, y, out=own)[0] == mean
    np.testing.assert_array_equal(own, gradient)
    long = np.concatenate([z, np.zeros(50)])
    loss.gradient(long[:100], y, out=long[50:])
    np.testing.assert_array_equal(long[50:], gradient)


@named(PAIRS)
def test_out_takes_the_results_of_pairs(entry: dict[str, Any]) -> None:
    if not entry["differentiable"]:
        return
    pair = made(entry, width=4)
    a, b = (column(entry["prediction"], (600, 4), seed) for seed in (1, 2))
    expected = pair.value_and_gradient(a, b)
    places = np.full(600, np.nan), np.full((600, 4), np.nan), np.full((600, 4), np.nan)
    for given, place, result in zip(pair.value_and_gradient(a, b, out=places), places, expected):
        assert given is place
        np.testing.assert_array_equal(given, result)
    # In place of the rows.
    own = a.copy(), b.copy()
    pair.value_and_gradient(*own, out=(None, *own))
    for given, result in zip(own, expected[1:]):
        np.testing.assert_array_equal(given, result)


def test_out_must_fit() -> None:
    z, y = np.ones(4), np.zeros(4)
    loss = dc.losses.Squared()
    frozen = np.empty(4)
    frozen.flags.writeable = False
    for out in (frozen, np.empty(4, np.float32), [0.0] * 4, bytearray(32), "x", np.empty(4, object)):
        with pytest.raises(TypeError, match="out"):
            loss.value_and_gradient(z, y, out=out)
    for out in (np.empty(5), np.empty(8)[::2], np.empty((4, 1)), np.empty(4)[::-1]):
        with pytest.raises(dc.DiscrepancyError, match="out"):
            loss.value_and_gradient(z, y, out=out)
    shared = np.empty(6)
    with pytest.raises(dc.DiscrepancyError, match="shared"):
        loss.value_and_gradient(z, y, reduction="none", out=(shared[:4], shared[2:]))


def test_import_is_lean() -> None:
    import subprocess

    code = "import sys, discrepancy; print(sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for library in ("numpy", "torch", "scipy", "sklearn", "xgboost", "pandas", "jax"):
        assert f"'{library}'" not in loaded, library


@named(ENTRIES)
def test_functions_and_objects_agree(entry: dict[str, Any]) -> None:
    given, inputs, expected = entry["reference"][0]
    import generate

    arguments = generate.example_arguments(entry, inputs)
    options = {generate.python_name(name): value for name, value in given.items()}
    found = function(entry)(*arguments, **options)
    spec = entry["name"] + "".join(
        f"{',' if i else ':'}{name}={spec_text(value)}" for i, (name, value) in enumerate(given.items())
    )
    value = dc.value(spec, *arguments)
    if isinstance(found, dc.TransportPlan):
        found = found.value
    if isinstance(found, dc.HeadResult):
        found = found.value
    np.testing.assert_array_equal(found, value)
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-15)


def spec_text(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{' '.join(map(str, value))}]"
    return "none" if value is None else str(value)
