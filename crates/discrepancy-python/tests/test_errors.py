"""Bad input is an exception that says what is wrong; nothing brings the interpreter down."""

from __future__ import annotations

import itertools
import pickle
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import discrepancy as dc
import numpy as np
import pytest

from conftest import ENTRIES, column, made, named, of_kind


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(ValueError) as caught:
        dc.losses.binary_cross_entropy([0.5, 1.2], [1.0, 0.0])
    error = caught.value
    assert isinstance(error, dc.DiscrepancyError)
    assert (error.kind, error.function, error.argument) == ("Domain", "binary_cross_entropy", "prediction")
    assert (error.index, error.value) == (1, 1.2) and "[0, 1]" in error.allowed
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.__dict__ == error.__dict__
    with pytest.raises(dc.DiscrepancyTypeError) as wrong:
        dc.losses.squared(np.array(["a"]), [1.0])
    assert isinstance(wrong.value, (TypeError, ValueError)) and wrong.value.argument == "prediction"


@named(of_kind("pointwise"))
def test_the_index_is_that_of_the_element(entry: dict[str, Any]) -> None:
    loss = made(entry)
    # More than one part, so that places must be counted through.
    n = (1 << 19) + 100
    z, y = column(entry["prediction"], 100, 1), column(entry["target"], 100, 2)
    z, y = np.resize(z, n), np.resize(y, n)
    z[n - 7] = np.nan
    with pytest.raises(dc.DiscrepancyError) as caught:
        loss.value(z, y)
    assert (caught.value.argument, caught.value.index) == ("prediction", n - 7)
    mean = loss.value(z, y, nan="omit")
    assert mean == loss.value(np.delete(z, n - 7), np.delete(y, n - 7))
    assert np.isnan(loss.value(z, y, nan="propagate"))


@named(of_kind("row"))
def test_the_index_is_that_of_the_row(entry: dict[str, Any]) -> None:
    loss = made(entry)
    rows = column(entry["prediction"], (400, 8), 1)
    labels = np.arange(400) % 8
    labels[300] = 8
    with pytest.raises(dc.DiscrepancyError) as caught:
        loss.value(np.tile(rows, (170, 1)), np.concatenate([np.tile(np.arange(400) % 8, 169), labels]))
    assert (caught.value.argument, caught.value.index, caught.value.value) == ("target", 169 * 400 + 300, 8.0)


@named(of_kind("pointwise", "row"))
def test_weights_weigh_reductions_only(entry: dict[str, Any]) -> None:
    loss = made(entry)
    row = entry["kind"] == "row"
    z = column(entry["prediction"], (6, 4) if row else 6, 1)
    y = np.arange(6) % 4 if row else column(entry["target"], 6, 2)
    w = np.arange(6.0)
    values = loss.value(z, y, reduction="none")
    assert loss.value(z, y, weight=w) == pytest.approx(np.sum(w * values) / 15.0, rel=1e-14)
    assert loss.value(z, y, weight=w, reduction="mean_by_count") == pytest.approx(np.sum(w * values) / 6.0, rel=1e-14)
    with pytest.raises(dc.DiscrepancyError, match="weight"):
        loss.value(z, y, weight=w, reduction="none")
    with pytest.raises(dc.DiscrepancyError, match="weight") as caught:
        loss.value(z, y, weight=-w)
    assert (caught.value.argument, caught.value.index) == ("weight", 1)
    with pytest.raises(dc.DiscrepancyError):
        loss.value(z, y, reduction="median")


@named(of_kind("row"))
def test_ignored_rows_contribute_nothing(entry: dict[str, Any]) -> None:
    loss = made(entry)
    z, y = column(entry["prediction"], (6, 4), 1), np.array([0, -1, 2, -1, 1, 3])
    keep = y >= 0
    assert loss.value(z, y, ignore_index=-1) == loss.value(z[keep], y[keep])
    with pytest.raises(dc.DiscrepancyError):
        loss.value(z, y)
    if entry["differentiable"]:
        _, gradient = loss.value_and_gradient(z, y, ignore_index=-1)
        assert not gradient[~keep].any() and gradient[keep].any()
        np.testing.assert_array_equal(gradient[keep], loss.gradient(z[keep], y[keep]))


#: What somebody may hand in.
ODDITIES: list[Any] = [
    None,
    "text",
    b"bytes",
    object(),
    {},
    [],
    [[1.0], [1.0, 2.0]],
    float("nan"),
    1 + 2j,
    10**400,
    np.array(1.0),
    np.array([]),
    np.zeros((0, 3)),
    np.zeros((3, 0)),
    np.zeros((2, 0, 2)),
    np.ones((2, 3)),
    np.asfortranarray(np.ones((3, 2))),
    np.ones(3)[::-1],
    np.ones((3, 3))[::-1, ::-2],
    np.broadcast_to(np.float64(0.5), (3,)),
    np.broadcast_to(np.float32(1.0), (1 << 40, 0)),
    np.broadcast_to(np.float32(1.0), (1 << 45,)),
    np.broadcast_to(np.int8(1), (1 << 45,)),
    np.array([1, 2, 3]),
    np.array([-1, 2**62, 0]),
    np.array([2**63], np.uint64),
    np.array([True, False]),
    np.array([1.0, None], object),
    np.array(["a"]),
    np.array([1j]),
    np.array(["2020-01-01"], "datetime64[D]"),
    np.zeros(3, [("x", "f8"), ("y", "i1")]),
    np.zeros(3, [("y", "i1"), ("x", "f8")])["x"],
    np.ones(3, ">f8"),
    np.ones(3, np.longdouble),
    np.ones(3, np.float16),
    np.full(3, np.inf),
    np.full(3, 1e308),
    np.ma.masked_array([1.0, 2.0], [False, True]),
    np.ones((1,) * 20),
]


def methods(entry: dict[str, Any]) -> list[tuple[Any, int]]:
    """All that can be called of an entry's object, and with how many arrays."""
    measure = made(entry, width=3)
    counts = {"pointwise": 2, "row": 2, "map": 1, "head": 3, "penalty": 1, "pair": 2, "sample": 2, "sequence": 4}
    counts["tuple"] = len(entry["inputs"]) + entry["has_target"] if entry["kind"] == "tuple" else 0
    names = [
        "value",
        "gradient",
        "value_and_gradient",
        "hessian",
        "value_gradient_hessian",
        "evaluate",
        "proximal",
        "pairwise",
        "nearest",
        "plan",
        "permutation_test",
    ]
    found = [(getattr(measure, name), counts[entry["kind"]]) for name in names if hasattr(measure, name)]
    found += [(getattr(measure, name), 1) for name in ["condensed"] if hasattr(measure, name)]
    products = ["jacobian_vector_product", "vector_jacobian_product"]
    found += [(getattr(measure, name), 2) for name in products if hasattr(measure, name)]
    costs = ["value_of_costs", "plan_of_costs"]
    return found + [(getattr(measure, name), 3) for name in costs if hasattr(measure, name)]


@named(ENTRIES)
def test_odd_arguments_are_errors_or_results(entry: dict[str, Any]) -> None:
    draw = np.random.default_rng(len(entry["name"]))
    for method, count in methods(entry):
        every = list(itertools.product(ODDITIES, repeat=count)) if count == 1 else []
        if count > 1:
            every = [[odd] * count for odd in ODDITIES]
            places = draw.integers(len(ODDITIES), size=(150, count))
            every += [[ODDITIES[i] for i in place] for place in places]
        for arguments in every:
            try:
                method(*arguments)
            except (dc.DiscrepancyError, ValueError, TypeError):
                pass


def test_results_without_room_are_errors() -> None:
    rows = np.broadcast_to(np.float32(1.0), (1 << 24, 1))
    with pytest.raises(MemoryError, match="memory"):
        dc.distances.pairwise(rows, rows, "euclidean")
    scores, labels = np.broadcast_to(1.0, (1 << 45, 3)), np.broadcast_to(np.int64(1), (1 << 45,))
    with pytest.raises(MemoryError, match="memory"):
        dc.rows.SoftmaxCrossEntropy().value_and_gradient(scores, labels, reduction="none")


def test_options_of_the_wrong_type_are_errors() -> None:
    for options in ({"alpha": "x"}, {"alpha": [1.0]}, {"gamma": None}, {"gamma": -1.0}, {"gamma": object()}):
        with pytest.raises((dc.DiscrepancyError, TypeError)):
            dc.losses.focal([1.0], [1.0], **options)
    with pytest.raises(TypeError):
        dc.losses.focal([1.0], [1.0], beta=1.0)
    for spec in ("focla", "focal:gamma", "focal:gamma=x", ""):
        with pytest.raises(dc.DiscrepancyError):
            dc.value(spec, [1.0], [1.0])
    with pytest.raises(dc.DiscrepancyError, match="focal"):
        dc.make("focla")
    with pytest.raises(dc.DiscrepancyError):
        dc.distances.nearest([[1.0]], [[1.0]], "euclidean", k=2)
    with pytest.raises(dc.DiscrepancyError):
        dc.set_threads(0)


def test_other_threads_run_meanwhile() -> None:
    z = np.random.default_rng(0).random((300, 32))
    ticks, stop = [], threading.Event()

    def tick() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    other.start()
    start = time.perf_counter()
    dc.distances.pairwise(z, None, "pearson")
    end = time.perf_counter()
    stop.set()
    other.join()
    assert sum(start < t < end for t in ticks) > 3


RNG = np.random.default_rng(0)
LONG: dict[str, Any] = {
    "pairwise": lambda: dc.distances.pairwise(RNG.random((4000, 256)), RNG.random((4000, 256)), "minkowski:p=2.5"),
    "condensed": lambda: dc.distances.condensed(RNG.random((9000, 256)), "minkowski:p=2.5"),
    "gradients of pairs": lambda: dc.make("minkowski:p=2.5").pairwise_gradients(
        RNG.random((3000, 64)), RNG.random((3000, 64)), np.ones((3000, 3000))
    ),
    "head": lambda: dc.heads.linear_softmax_cross_entropy(
        RNG.random((2000, 200)), RNG.random((5000, 200)), np.zeros(2000, np.int64), exact=True
    ),
    "transport": lambda: dc.transport.optimal_transport(RNG.random((6000, 3)), RNG.random((6000, 3))),
    "Sinkhorn": lambda: dc.transport.sinkhorn(RNG.random((4000, 3)), RNG.random((4000, 3)), epsilon=1e-3),
    "mean discrepancy": lambda: dc.samples.maximum_mean_discrepancy(RNG.random((40000, 8)), RNG.random((40000, 8))),
    "permutations": lambda: dc.samples.MaximumMeanDiscrepancy().permutation_test(
        RNG.random((3000, 8)), RNG.random((3000, 8)), permutations=2000
    ),
    "many permutations": lambda: dc.samples.EnergyDistance().permutation_test(
        RNG.random(20), RNG.random(20), permutations=50_000_000
    ),
    "permutations of many": lambda: dc.samples.EnergyDistance().permutation_test(
        RNG.random(4_000_000), RNG.random(4_000_000), permutations=1000
    ),
    "a long row": lambda: [dc.maps.softmax(RNG.random((1, 10_000_000))) for _ in range(20)],
    "a fractional order": lambda: [dc.distances.minkowski(*RNG.random((2, 5_000_000)), p=3.3) for _ in range(20)],
    "triplets of a fractional order": lambda: [dc.tuples.triplet(*RNG.random((3, 1, 5_000_000)), p=3.3) for _ in range(20)],
    "quantiles": lambda: [dc.transport.wasserstein(*RNG.random((2, 10_000_000)), order=2.5) for _ in range(20)],
    "sorting": lambda: [dc.samples.energy_distance(*RNG.random((2, 10_000_000))) for _ in range(20)],
    "margins": lambda: [
        dc.rows.multi_margin(RNG.random((1, 100_000)), np.full((1, 100_000), 1e-5)) for _ in range(200)
    ],
    "states": lambda: [
        dc.rows.RowStates(1).push(RNG.random((1, 10_000_000)), np.array([-1])) for _ in range(50)
    ],
    "sequences": lambda: dc.sequences.ctc(
        -6.0 * RNG.random((2000, 200, 50)), RNG.integers(1, 50, (200, 400)), return_gradient=True
    ),
    "penalty": lambda: many_weights(lambda net, w: net.value(w)),
    "gradient of a penalty": lambda: many_weights(lambda net, w: net.gradient(w)),
    "proximal operator": lambda: many_weights(lambda net, w: net.proximal(w, step=0.5)),
}


def many_weights(work: Callable[[Any, Any], object]) -> None:
    """One call is over in a second or so; the interrupt comes in one of them."""
    net, weights = dc.penalties.ElasticNet(lambda_=0.5), np.full(30_000_000, 1.5, np.float32)
    for _ in range(50):
        work(net, weights)


@pytest.mark.parametrize("work", LONG)
def test_ctrl_c_is_heard(work: str) -> None:
    """Work that takes far longer than the test may: only an interrupt can end it."""
    main = threading.main_thread().ident
    assert main is not None
    # A shell starts what runs in the background deaf to it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    sent = []

    def interrupt() -> None:
        sent.append(time.perf_counter())
        signal.pthread_kill(main, signal.SIGINT)

    timer = threading.Timer(1.0, interrupt)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            LONG[work]()
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    print(f"{work}: heard after {time.perf_counter() - sent[0]:.2f} s")
    # Whatever was given up, the next call computes.
    assert dc.distances.pairwise([[0.0]], [[2.0]], "euclidean") == 2.0


def test_sizes_that_nobody_can_mean_are_an_error_of_one_line() -> None:
    one = np.array([0.0, 1.0])
    calls: list[Callable[[], object]] = [
        *(lambda n=n: dc.rows.RowStates(n) for n in (2**34, 2**62)),
        *(lambda n=n: dc.samples.EnergyDistance().permutation_test(one, one, permutations=n) for n in (2**40, 2**62)),
        *(lambda n=n: dc.rows.SoftmaxFocal(alpha=range(n)) for n in (2**40, 2**62)),
    ]
    for call in calls:
        with pytest.raises(dc.DiscrepancyError) as raised:
            call()
        assert len(str(raised.value).splitlines()) == 1


def test_a_forked_child_computes() -> None:
    import os

    if not hasattr(os, "fork"):
        return
    z, labels = np.random.default_rng(0).random((1000, 10)), np.arange(1000) % 10
    expected = dc.rows.softmax_cross_entropy(z, labels)
    child = os.fork()
    if child == 0:
        same = dc.rows.softmax_cross_entropy(z, labels) == expected
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
