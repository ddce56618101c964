"""Measures this library and its peers in turn, on all cores, and writes BENCHMARKS.md and its pictures.

    cargo xtask bench --peers                  all of it
    cargo xtask bench --peers --quick          each work once, written to a temporary folder: a test of this program
    cargo xtask bench --peers --only focal     the works whose title contains it, printed only

Inputs are made by the benchmark program of the library (a linear congruential sequence) and handed over in raw files, so
that all compute the same numbers. In each round the copy, the library and each peer run once, one after the other; ratios
are medians of the ratios of a round.
"""

import argparse
import gc
import math
import os
import pathlib
import statistics
import sys
import tempfile
import time

# XLA tells at length what it finds slow to compile. Set before it is loaded.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pictures
import report
import work as works
from ours import Ours

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What one round of ours may take, or a smaller shape is measured.
LONGEST = 10.0
# What the rounds of one work may take together.
BUDGET = 8.0
ROUNDS = 9
PLOTTED = {
    "rows": ["squared", "binary_cross_entropy_with_logits", "focal"],
    "classes": ["softmax_cross_entropy", "softmax_focal"],
}
# Numbers of a batch where the number of classes grows.
NUMBERS = 1 << 24


def growth(work, shape):
    """What the time grows with: with the numbers, and between two samples with the pairs of rows."""
    sides = [int(side) for side in shape.split("x")]
    return math.prod(sides) * (sides[0] if work.output == "value" and len(sides) == 2 else 1)


def choose(work, ours):
    """The first shape that ours can do in time, told from the smallest one."""
    smallest = work.shapes[-1]
    if len(work.shapes) > 1:
        ours.case(work.spec, smallest, work.dtype, inputs=False)
        seconds = ours.run(work.output) / growth(work, smallest)
        for shape in work.shapes:
            if seconds * growth(work, shape) <= LONGEST:
                return shape
    return smallest


def timed(run):
    # The threads of whoever ran before may still spin for a while.
    time.sleep(0.02)
    start = time.perf_counter()
    results = run()
    seconds = time.perf_counter() - start
    value = results[0]
    value = value.detach() if hasattr(value, "detach") else value
    return seconds, float(value.mean() if hasattr(value, "mean") else value)


def measure(work, ours, quick):
    """A row of the table."""
    shape = work.shapes[-1] if quick else choose(work, ours)
    outputs = ours.case(work.spec, shape, work.dtype)
    # Beside the mean and its gradient, what it takes to write each row's value too.
    each = work.output == "step" and "gradient" in outputs
    first, second = works.inputs(work, shape, ours)
    ours.run(work.output)
    mean, runs = ours.mean(), {}
    for name, prepare in work.peers.items():
        runs[name] = prepare(first, second)
        if work.same:
            # Compiles what is compiled when it is first used.
            _, value = timed(runs[name])
            if not math.isclose(value, mean, rel_tol=1e-3):
                raise RuntimeError(f"{work.title}: {name} has {value}, this library {mean}")
    measured = {"ours": work.output, **({"each": "gradient"} if each else {})}
    bytes_ = {name: ours.bytes(output) for name, output in measured.items()}
    times = {name: [] for name in ["copy", *measured, *runs]}
    start = time.perf_counter()
    while len(times["copy"]) < (1 if quick else ROUNDS):
        if len(times["copy"]) >= 3 and time.perf_counter() - start > BUDGET:
            break
        if times["copy"] and max(max(seconds) for seconds in times.values()) > LONGEST / 2:
            break
        time.sleep(0.02)
        times["copy"].append(ours.copy())
        for name, output in measured.items():
            times[name].append(ours.run(output))
        for name, run in runs.items():
            times[name].append(timed(run)[0])
    del runs, first, second
    gc.collect()
    return report.Row(work, shape, bytes_, times)


def cost(ours, spec, shape):
    ours.case(spec, shape, "f32", inputs=False)
    ours.run("step")
    times = []
    start = time.perf_counter()
    while len(times) < 3 or (time.perf_counter() - start < 0.2 and len(times) < 1000):
        times.append(ours.run("step"))
    return statistics.median(times)


def costs(ours, quick):
    """Seconds against the number of rows, and of one row against the number of classes."""
    most = 5 if quick else 8
    counts = [round(10 ** (k / 2)) for k in range(6, 2 * most + 1)]
    numbers = NUMBERS >> 6 if quick else NUMBERS
    # Both sides of the place where another kernel takes over.
    classes = [2, 3, 5, 10, 20, 50, 64, 65, 100, 200, 500, *(k * 10**e for e in (3, 4, 5) for k in (1, 3)), 10**6]
    classes = [c for c in classes if c <= numbers]
    rate = statistics.median(ours.copy() for _ in range(9))
    by_rows = {spec: [cost(ours, spec, str(n)) for n in counts] for spec in PLOTTED["rows"]}
    by_classes = {
        spec: [cost(ours, spec, f"{numbers // c}x{c}") / (numbers // c) for c in classes] for spec in PLOTTED["classes"]
    }
    return {
        "rows": (counts, by_rows, [12 * n * rate for n in counts]),
        # Scores and gradient, and a label of eight bytes.
        "classes": (classes, by_classes, [(8 * c + 8) * rate for c in classes]),
    }


def main():
    parser = argparse.ArgumentParser(description="This library and its peers, in turn.")
    parser.add_argument("--program", required=True, help="the benchmark program, `speed`")
    parser.add_argument("--quick", action="store_true", help="each work once, not written to the project")
    parser.add_argument("--only", metavar="WORD", help="works whose title contains it; nothing is written")
    arguments = parser.parse_args()

    start, load = time.perf_counter(), os.getloadavg()[0]
    ours = Ours(arguments.program)
    tables = []
    for group in (works.losses(), works.others()):
        table = []
        for work in group:
            if arguments.only and arguments.only.lower() not in work.title.lower():
                continue
            table.append(measure(work, ours, arguments.quick))
            print(table[-1].line(), flush=True)
        tables.append(table)
    if arguments.only:
        return 0
    plots = costs(ours, arguments.quick)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="discrepancy-bench-")) if arguments.quick else ROOT
    (folder / "docs/pictures").mkdir(parents=True, exist_ok=True)
    pictures.limits(tables[0], folder / "docs/pictures/benchmark.svg")
    pictures.cost_by_rows(plots["rows"], folder / "docs/pictures/cost-by-rows.svg")
    pictures.cost_by_classes(plots["classes"], folder / "docs/pictures/cost-by-classes.svg")
    page = report.page(ours, tables, load, (ROOT / "BENCHMARKS.md").read_text(encoding="utf-8"))
    (folder / "BENCHMARKS.md").write_text(page, encoding="utf-8")
    ours.close()
    print(f"written: {folder / 'BENCHMARKS.md'}, after {(time.perf_counter() - start) / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
