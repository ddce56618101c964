"""Sequences of labels, and rows that lie in parts."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import discrepancy as dc
import numpy as np
import pytest


def log_probabilities(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Any:
    z = np.random.default_rng(seed).normal(size=shape)
    return (z - np.log(np.exp(z).sum(-1, keepdims=True))).astype(dtype)


def all_ways(rows: Any, labels: list[int], blank: int) -> float:
    """The sum over every way that becomes these labels, one by one."""
    total = 0.0
    for way in itertools.product(range(rows.shape[1]), repeat=len(rows)):
        merged = [label for i, label in enumerate(way) if i == 0 or label != way[i - 1]]
        if [label for label in merged if label != blank] == labels:
            total += np.exp(sum(rows[t, label] for t, label in enumerate(way)))
    return float(-np.log(total))


@pytest.mark.parametrize("blank", [0, 2])
def test_ctc_is_the_sum_over_all_ways(blank: int) -> None:
    rows = log_probabilities(5, 3, seed=blank)
    first, second = (label for label in range(3) if label != blank)
    for labels in ([], [first], [first, first], [first, second], [second, first, first]):
        given = np.array(labels, np.int64)
        assert dc.sequences.ctc(rows, given, blank=blank) == pytest.approx(all_ways(rows, labels, blank), rel=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_batch_is_its_sequences(dtype: Any) -> None:
    rows = log_probabilities(9, 3, 4, dtype=dtype)
    labels, steps, counts = np.array([[1, 2, 3], [3, 3, 0], [2, 0, 0]]), np.array([9, 7, 5]), np.array([3, 2, 1])
    loss = dc.sequences.Ctc()
    alone = [loss.value_and_gradient(rows[:t, n], labels[n, :s]) for n, (t, s) in enumerate(zip(steps, counts))]
    behind = np.concatenate([labels[n, :s] for n, s in enumerate(counts)])
    for given in (labels, labels.astype(np.int32), behind):
        values, gradient = loss.value_and_gradient(rows, given, steps, counts, reduction="none")
        assert values.dtype == gradient.dtype == dtype
        for n, (value, slopes) in enumerate(alone):
            assert values[n] == dtype(value)
            np.testing.assert_array_equal(gradient[: steps[n], n], slopes)
            assert not gradient[steps[n] :, n].any()
    mean, slopes = loss.value_and_gradient(rows, labels, steps, counts)
    assert mean == pytest.approx(np.mean([value for value, _ in alone]), rel=1e-15)
    np.testing.assert_allclose(slopes, gradient / 3, rtol=2e-7 if dtype is np.float32 else 4e-16)
    strided = np.asfortranarray(rows)
    assert loss.value(strided, labels, steps, counts, reduction="sum") == loss.value(
        rows, labels, steps, counts, reduction="sum"
    )
    with dc.threads(1):
        assert loss.value(rows, labels, steps, counts) == mean


def test_labels_that_do_not_fit() -> None:
    rows = log_probabilities(2, 3)
    assert dc.sequences.ctc(rows, [1, 1]) == np.inf
    assert dc.sequences.ctc(rows, [1, 1], zero_infinity=True) == 0.0
    with pytest.raises(dc.DiscrepancyError, match="fit"):
        dc.sequences.ctc(rows, [1, 1], return_gradient=True)
    value, gradient = dc.sequences.ctc(rows, [1, 1], zero_infinity=True, return_gradient=True)
    assert value == 0.0 and not gradient.any()


def test_wrong_sequences_have_a_place() -> None:
    rows, labels = log_probabilities(4, 2, 3), np.array([[1, 2], [2, 5]])
    with pytest.raises(dc.DiscrepancyError) as caught:
        dc.sequences.ctc(rows, labels)
    assert (caught.value.argument, caught.value.index, caught.value.value) == ("labels", 3, 5.0)
    rows[2, 1, 1] = np.nan
    with pytest.raises(dc.DiscrepancyError) as caught:
        dc.sequences.ctc(rows, labels % 3)
    assert (caught.value.argument, caught.value.index) == ("log_probabilities", (2 * 2 + 1) * 3 + 1)
    good = log_probabilities(4, 2, 3)
    for name, wrong in (("input_lengths", [4, 5]), ("target_lengths", [3, 1]), ("input_lengths", [4])):
        with pytest.raises(dc.DiscrepancyError) as caught:
            dc.sequences.ctc(good, labels % 3, **{name: np.array(wrong)})
        assert caught.value.argument == name
    with pytest.raises(dc.DiscrepancyError, match="labels"):
        dc.sequences.ctc(good, np.array([1, 2, 1]))
    with pytest.raises(dc.DiscrepancyTypeError, match="integers"):
        dc.sequences.ctc(good, np.ones((2, 2)))


# Rows in parts.


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_any_division_of_rows_gives_the_same_bits(dtype: Any) -> None:
    scores = (20.0 * np.random.default_rng(0).normal(size=(40, 30))).astype(dtype)
    labels = np.arange(40) % 30
    found = []
    for edges in ((0, 30), (0, 1, 30), (0, 7, 8, 21, 30)):
        parts = [(scores[:, a:b], np.where((labels >= a) & (labels < b), labels - a, -1)) for a, b in zip(edges, edges[1:])]
        states = dc.rows.RowStates(40)
        for part in reversed(parts):
            other = dc.rows.RowStates(40)
            other.push(*part)
            states.merge(pickle.loads(pickle.dumps(other)))
        gradient = np.concatenate([states.gradient(*part) for part in parts], axis=1)
        assert gradient.dtype == dtype and len(states) == 40
        found.append([states.value(), states.logsumexp(), gradient, states.to_bytes()])
    for other in found[1:]:
        for one, same in zip(found[0], other):
            assert np.array_equal(one, same)
    values, gradient, rows = found[0][0], found[0][2], dc.rows.SoftmaxCrossEntropy()
    wide, slopes = rows.value_and_gradient(scores.astype(np.float64), labels, reduction="none")
    np.testing.assert_allclose(values, wide, rtol=1e-15)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-15 if dtype is np.float64 else 6e-8, atol=1e-45)


def test_states_that_do_not_fit() -> None:
    states, labels = dc.rows.RowStates(2), np.array([0, -1])
    states.push(np.ones((2, 3)), labels)
    for scores in (np.ones(3), np.ones((3, 3)), np.full((2, 1), np.nan)):
        with pytest.raises(dc.DiscrepancyError, match="scores"):
            states.push(scores, np.array([-1, -1]))
    with pytest.raises(dc.DiscrepancyError, match="one part"):
        states.push(np.ones((2, 1)), labels)
    # Nothing of what was refused is in, not even its rows before the wrong one.
    before = states.to_bytes()
    for scores in ([[1.0], [np.nan]], [[1.0], [np.inf]]):
        with pytest.raises(dc.DiscrepancyError, match="scores"):
            states.push(np.array(scores), np.array([-1, -1]))
    other = dc.rows.RowStates(2)
    other.push(np.ones((2, 3)), np.array([-1, 1]))
    with pytest.raises(dc.DiscrepancyError, match="one part"):
        # The second row has its true class in neither; the first one could be merged.
        other.push(np.ones((2, 1)), np.array([0, 0]))
    assert states.to_bytes() == before
    with pytest.raises(dc.DiscrepancyError):
        states.value()
    with pytest.raises(dc.DiscrepancyError):
        states.merge(dc.rows.RowStates(3))
    with pytest.raises(dc.DiscrepancyError):
        states.merge(states)
    with pytest.raises(dc.DiscrepancyError):
        dc.rows.RowStates.from_bytes([b"no"])
