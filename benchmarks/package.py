"""The Python package beside the Rust library that it calls, on the rows of the benchmark; and what a small call costs.

    cargo xtask bench --python            all rows
    cargo xtask bench --python focal      those whose title contains it

Both compute the same inputs in turn, on all cores; the ratio is the median of the ratios of a round. Where the library
writes into memory that is there already, so does the package.
"""

import statistics
import sys
import time
import timeit

import discrepancy as dc
import numpy as np
from ours import Ours

ROUNDS = 15
# What the rounds of one row may take together, in seconds.
BUDGET = 6.0
STEPS = [
    ("softmax cross entropy", "softmax_cross_entropy", shape, "f32", "step")
    for shape in ("4096x32000", "65536x1000", "1000000x10")
] + [
    (spec, spec, "10000000", "f32", "step")
    for spec in (
        "binary_cross_entropy_with_logits", "focal", "exponential", "logistic:base=e", "hinge", "squared", "absolute"
    )
]
OTHERS = [("Kullback–Leibler of rows", "kl_divergence", "65536x1000", "f32", "gradient")] + [
    (f"{spec} matrix", spec, "2000x2000x128", dtype, "value")
    for spec, dtype in (
        ("euclidean", "f64"),
        ("euclidean", "f32"),
        ("manhattan", "f64"),
        ("manhattan", "f32"),
        ("cosine", "f32"),
        ("pearson", "f32"),
    )
] + [
    ("jensen_shannon_distance matrix", "jensen_shannon_distance", "500x500x128", "f32", "value"),
    ("minkowski:p=3 matrix", "minkowski:p=3", "500x500x128", "f32", "value"),
    ("Wasserstein on a line", "wasserstein", "1000000x1", "f64", "value"),
    ("exact transport in the plane", "optimal_transport", "1000x2", "f64", "value"),
    ("maximum mean discrepancy", "maximum_mean_discrepancy:bandwidth=1", "1000x32", "f32", "value"),
]


def call(spec, shape, dtype, output, rust):
    """The package's call of the case that the library was given."""
    sides = [int(side) for side in shape.split("x")]
    number = {"f32": np.float32, "f64": np.float64}[dtype]
    labels = output == "step" and len(sides) == 2
    first, second = rust.input(0, number), rust.input(1, np.int64 if labels else number)
    if len(sides) > 1:
        first = first.reshape(-1, sides[-1])
        second = second if labels else second.reshape(-1, sides[-1])
    measure = dc.make(spec)
    if output == "step":
        gradient = np.empty_like(first)
        return lambda: measure.value_and_gradient(first, second, out=gradient)
    if output == "gradient":
        places = None, np.empty_like(first), np.empty_like(second)
        return lambda: measure.value_and_gradient(first, second, out=places)
    if len(sides) == 3:
        return lambda: measure.pairwise(first, second)
    return lambda: measure.value(first, second)


def seconds(run):
    start = time.perf_counter()
    result = run()
    taken = time.perf_counter() - start
    # What frees memory is not part of it.
    del result
    return taken


def awake(measure):
    """The time of the second of two runs: threads that were just woken up may share a processor for some milliseconds."""
    # The threads of whoever ran before may still spin for a while.
    time.sleep(0.02)
    measure()
    return measure()


def compare(row, rust):
    title, spec, shape, dtype, output = row
    rust.case(spec, shape, dtype)
    run = call(spec, shape, dtype, output, rust)
    rust.run(output)
    once = seconds(run)
    pairs = []
    for _ in range(max(3, min(ROUNDS, int(BUDGET / (4.0 * once + 0.1))))):
        pairs.append((awake(lambda: rust.run(output)), awake(lambda: seconds(run))))
    ratio = statistics.median(python / own for own, python in pairs)
    own, python = (1e3 * statistics.median(column) for column in zip(*pairs))
    print(f"{title:34} {shape:14} {dtype:4} {own:10.2f} ms {python:10.2f} ms {ratio:8.3f}", flush=True)


def small_calls():
    """Microseconds of a call on ten elements, in memory that stays in the caches."""
    z, y, gradient = np.ones(10), np.zeros(10), np.empty(10)
    scores, labels, slopes = np.ones((1, 10), np.float32), np.array([3]), np.empty((1, 10), np.float32)
    loss, rows, distance = dc.losses.Squared(), dc.rows.SoftmaxCrossEntropy(), dc.distances.Euclidean()
    calls = {
        "losses.squared(z, y)": lambda: dc.losses.squared(z, y),
        "Squared().value": lambda: loss.value(z, y),
        "Squared().value_and_gradient, out": lambda: loss.value_and_gradient(z, y, out=gradient),
        "rows.softmax_cross_entropy(z, labels)": lambda: dc.rows.softmax_cross_entropy(scores, labels),
        "SoftmaxCrossEntropy().value": lambda: rows.value(scores, labels),
        "SoftmaxCrossEntropy().value_and_gradient, out": lambda: rows.value_and_gradient(scores, labels, out=slopes),
        "SoftmaxCrossEntropy().value, f64": lambda: rows.value(scores.astype(np.float64), labels),
        "Euclidean().value": lambda: distance.value(z, y),
        "Euclidean().pairwise, 2 × 2": lambda: distance.pairwise(z.reshape(2, 5), y.reshape(2, 5)),
    }
    for name, one in calls.items():
        best = min(timeit.repeat(one, number=3000, repeat=9)) / 3000
        print(f"10 elements: {name:46} {1e6 * best:6.2f} µs", flush=True)


def main():
    program, *words = sys.argv[1:]
    small_calls()
    print(f"\n{'':54} {'Rust':>13} {'Python':>13} {'ratio':>8}")
    rust = Ours(program)
    try:
        for row in STEPS + OTHERS:
            if all(word in row[0] for word in words):
                compare(row, rust)
    finally:
        rust.close()


if __name__ == "__main__":
    main()
