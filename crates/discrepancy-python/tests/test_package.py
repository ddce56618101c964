"""The package itself: generated files, documentation, objects, speed to be looked at."""

from __future__ import annotations

import copy
import doctest
import inspect
import pickle
import timeit
from typing import Any

import discrepancy as dc
import numpy as np
import pytest
from discrepancy import _catalog, _core, _pairs, _specs, _states, _threads

import generate
from conftest import ENTRIES, FOLDER, function, made, named

MODULES = [getattr(dc, name) for name in generate.MODULES]


@pytest.mark.parametrize("name", sorted(generate.files(_core)))
def test_what_is_checked_in_is_what_the_catalogue_gives(name: str) -> None:
    """If not: ``cargo xtask python --generate``."""
    checked_in = FOLDER / "python" / "discrepancy" / name
    assert checked_in.exists() and checked_in.read_text(encoding="utf-8") == generate.files(_core)[name]


@pytest.mark.parametrize("module", [dc, *MODULES, _catalog, _pairs, _specs, _states, _threads], ids=lambda m: m.__name__)
def test_the_examples_run(module: Any) -> None:
    with np.printoptions(legacy=False):
        failed, tried = doctest.testmod(module)
    assert failed == 0 and tried > 0


@named(ENTRIES)
def test_every_function_is_documented(entry: dict[str, Any]) -> None:
    text = function(entry).__doc__
    for part in (entry["formula"], entry["source"], "Parameters", "Returns", "Examples", ">>> "):
        # Lines may be broken elsewhere.
        assert "".join(part.split()) in "".join(text.split())
    for name in inspect.signature(function(entry)).parameters:
        assert name in text
    assert dc.explain(entry["name"]).formula in dc.explain(entry["name"])._repr_html_()
    assert entry["name"] in repr(dc.catalog()) and entry["name"] in dc.catalog()._repr_html_()


def test_curves_are_drawn_where_there_are_some() -> None:
    drawn = [entry["name"] for entry in ENTRIES if "<svg" in dc.explain(entry["name"])._repr_html_()]
    assert drawn == [entry["name"] for entry in ENTRIES if entry["kind"] == "pointwise"]


@named(ENTRIES)
def test_objects_are_values(entry: dict[str, Any]) -> None:
    measure = made(entry)
    for other in (pickle.loads(pickle.dumps(measure)), copy.deepcopy(measure), dc.make(measure.spec)):
        assert type(other) is type(measure) and other == measure and hash(other) == hash(measure)
    assert eval(repr(measure), {"discrepancy": dc}) == measure
    assert measure.parameters.keys() == {p["name"] for p in entry["parameters"]}
    assert measure != object()


def test_threads_are_counted() -> None:
    everywhere = dc.get_threads()
    with dc.threads(3):
        assert dc.get_threads() == 3
        with dc.threads(1):
            assert dc.get_threads() == 1
        assert dc.get_threads() == 3
    assert dc.get_threads() == everywhere
    dc.set_threads(2)
    assert dc.get_threads() == 2
    dc.set_threads(None)
    assert dc.get_threads() == everywhere


def test_speed_to_be_looked_at(capsys: Any) -> None:
    """No bound: machines differ. See with ``pytest -k speed -s``."""
    z, y = np.ones(10), np.zeros(10)
    loss, gradient = dc.losses.Squared(), np.empty(10)
    calls = {
        "function": lambda: dc.losses.squared(z, y),
        "object": lambda: loss.value(z, y),
        "object, gradient into out": lambda: loss.value_and_gradient(z, y, out=gradient),
    }
    with capsys.disabled():
        for name, call in calls.items():
            seconds = min(timeit.repeat(call, number=2000, repeat=5)) / 2000
            print(f"\n10 elements, {name}: {1e6 * seconds:.2f} µs", end="")
        print()


def test_weights_in_float32_are_equal_masses() -> None:
    cost, a = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.5, 0.5], np.float32)
    b = np.array([1 / 3, 2 / 3], np.float32)
    assert a.astype(float).sum() != b.astype(float).sum()
    points = np.array([0.0, 1.0])
    for transport in (dc.transport.OptimalTransport(), dc.transport.Sinkhorn()):
        assert transport.value_of_costs(cost, a, b) == pytest.approx(0.2, abs=0.2)
        assert np.isfinite(transport.value(points, points, x_weight=a, y_weight=b))
        with pytest.raises(dc.DiscrepancyError, match="total"):
            transport.value_of_costs(cost, a.astype(float), b.astype(float))
    plan = dc.transport.OptimalTransport().plan_of_costs(cost / 3.0, a, a)
    assert plan.lower <= plan.cost <= plan.upper
