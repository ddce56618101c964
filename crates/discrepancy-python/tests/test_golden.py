"""The same bits as the Rust library: its golden digests, from Python's side of the door."""

from __future__ import annotations

from typing import Any

import discrepancy as dc
import numpy as np
import pytest

from conftest import ENTRIES, ROOT, made, named

GOLDEN = dict(
    line.rsplit(": ", 1) for line in (ROOT / "crates/discrepancy/tests/golden.txt").read_text().splitlines()
)


class Sequence:
    """The numbers of `crates/discrepancy/tests/golden.rs`: from nothing but integers."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self) -> float:
        self.state = (self.state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return float(self.state >> 11) / 2.0**53

    def column(self, domain: dict[str, Any], n: int, dtype: Any) -> Any:
        raw = [self.next() for _ in range(n)]
        half_up = [float(np.floor(x + 0.5)) for x in raw]
        name = domain["name"]
        if name == "Signs":
            numbers = [2.0 * x - 1.0 for x in half_up]
        elif name in ("Binary", "Truth"):
            numbers = half_up
        elif name == "Within" and np.isfinite(domain["low"]):
            width = domain["high"] - domain["low"]
            numbers = [domain["low"] + x * (width if np.isfinite(width) else 24.0) for x in raw]
        else:
            numbers = [24.0 * x - 12.0 for x in raw]
        return np.array(numbers, dtype=dtype)

    def simplex(self, width: int, dtype: Any) -> Any:
        counts = [1] * width
        for _ in range(width, 2048):
            counts[min(int(self.next() * width), width - 1)] += 1
        return np.array([count / 2048.0 for count in counts], dtype=dtype)

    def rows(self, entry: dict[str, Any], rows: int, width: int, dtype: Any) -> Any:
        if entry["prediction"]["name"] == "Probabilities":
            return np.array([self.simplex(width, dtype) for _ in range(rows)])
        return self.column(entry["prediction"], rows * width, dtype).reshape(rows, width)


def digest(*arrays: Any) -> str:
    """FNV-1a of the bits."""
    value = 0xCBF2_9CE4_8422_2325
    for array in arrays:
        for byte in np.asarray(array).astype(np.float64).tobytes():
            value = ((value ^ byte) * 0x100_0000_01B3) % 2**64
    return f"{value:016x}"


def results(entry: dict[str, Any], dtype: Any) -> dict[str, str]:
    """What `results` of `golden.rs` digests; the long columns of pointwise losses by a part that is quick to digest."""
    sequence = Sequence(len(entry["name"]))
    kind = entry["kind"]
    if kind == "pointwise":
        loss, n = made(entry), 20_000
        z, y = sequence.column(entry["prediction"], n, dtype), sequence.column(entry["target"], n, dtype)
        found = {"mean": digest(loss.value(z, y))}
        if not entry["differentiable"]:
            return found | {"value": digest(loss.value(z, y, reduction="none"))}
        value, gradient, hessian = loss.value_gradient_hessian(z, y)
        return found | {"value": digest(value), "gradient": digest(gradient), "hessian": digest(hessian)}
    if kind == "row":
        found = {}
        for name, classes in (("10 classes", 10), ("100 classes", 100)):
            scores, labels = sequence.rows(entry, 50, classes, dtype), np.arange(50) % classes
            loss = made(entry)
            mean = dtype(loss.value(scores, labels))
            if entry["differentiable"]:
                value, gradient = loss.value_and_gradient(scores, labels, reduction="none")
                found[name] = digest(value, gradient, mean)
            else:
                found[name] = digest(loss.value(scores, labels, reduction="none"), mean)
        return found
    real = {"name": "Real"}
    unit = {"name": "Within", "low": 0.0, "high": 1.0}
    if kind == "map":
        mapped = made(entry)
        z, v = (sequence.column(real, 500, dtype).reshape(20, 25) for _ in range(2))
        return {
            "image": digest(mapped.value(z)),
            "Jacobian-vector product": digest(mapped.jacobian_vector_product(z, v)),
            "vector-Jacobian product": digest(mapped.vector_jacobian_product(z, v, out=np.empty_like(z))),
        }
    if kind == "head":
        x, w = sequence.column(real, 70, dtype).reshape(10, 7), sequence.column(unit, 35, dtype).reshape(5, 7)
        found = {}
        for what, exact in (("", True), (" by plain products", False)):
            of_head = made(entry).evaluate(x, w, np.arange(10) % 5, reduction="none", exact=exact)
            found[f"value{what}"] = digest(of_head.value)
            found[f"gradient{what}"] = digest(of_head.gradient_x, of_head.gradient_weights)
        return found
    if kind == "sequence":
        rows = np.array([-6.0 * float(x) for x in sequence.column(unit, 120, dtype)], dtype=dtype).reshape(20, 6)
        value, gradient = made(entry).value_and_gradient(rows, [1, 1, 5, 2, 3, 2])
        return {"value": digest(dtype(value)), "gradient": digest(gradient)}
    if kind == "tuple":
        n, width = (200, 12) if entry["vectors"] else (20_000, 1)
        shape = (n, width) if entry["vectors"] else (n,)
        columns = [sequence.column(domain, n * width, dtype) for _, domain in entry["inputs"]]
        inputs = [np.where(column == 0, dtype(1), column).reshape(shape) for column in columns]
        target = [sequence.column(entry["target"], n, dtype)] if entry["has_target"] else []
        value, *gradients = made(entry).value_and_gradient(*inputs, *target, reduction="none")
        mean = made(entry).value(*inputs, *target)
        return {"value": digest(value), "gradient": digest(*gradients), "mean": digest(mean)}
    if kind == "penalty":
        weights = sequence.column(real, 1000, dtype)
        value, gradient = made(entry).value_and_gradient(weights)
        return {"value": digest(value), "gradient": digest(gradient)}
    if kind == "pair":
        a, b = sequence.rows(entry, 20, 37, dtype), sequence.rows(entry, 20, 37, dtype)
        pair = made(entry, width=37)
        found = {"value": digest(pair.value(a, b))}
        if entry["differentiable"]:
            found["gradient"] = digest(*pair.gradient(a, b))
        return found
    x, y = (np.array([sequence.next() for _ in range(30)], dtype=dtype) for _ in range(2))
    return {"value": digest(made(entry).value(x, y))}


@named(ENTRIES)
@pytest.mark.parametrize("name, dtype", [("f32", np.float32), ("f64", np.float64)], ids=["f32", "f64"])
def test_results_have_the_golden_bits(entry: dict[str, Any], name: str, dtype: Any) -> None:
    found = {f"{entry['name']} {name} {what}": bits for what, bits in results(entry, dtype).items()}
    known = {line: bits for line, bits in GOLDEN.items() if line.startswith(f"{entry['name']} {name} ")}
    assert found == known


@named([entry for entry in ENTRIES if entry["kind"] == "row"])
def test_the_number_of_threads_changes_no_bit(entry: dict[str, Any]) -> None:
    sequence = Sequence(7)
    scores, labels = sequence.rows(entry, 300, 10, np.float32), np.arange(300) % 10
    found = []
    for count in (1, 2, 5):
        with dc.threads(count):
            found.append(made(entry).value(scores, labels))
    assert len(set(found)) == 1
