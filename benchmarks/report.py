"""BENCHMARKS.md."""

import dataclasses
import datetime
import importlib.metadata
import platform
import statistics

import faults
import sections
from text import cores, factor, memory, processor, prose, shown

PACKAGES = ["torch", "jax", "optax", "scipy", "scikit-learn", "POT", "numpy"]


@dataclasses.dataclass
class Row:
    work: object
    shape: str
    # To be read and written once: by `ours`, and by `each`, which writes each row's value too.
    bytes: dict
    # Seconds of each round: of the copy of one byte, of ours, of each peer.
    times: dict

    def name(self):
        sides = " × ".join(f"{int(side):,}" for side in self.shape.split("x"))
        return f"{self.work.title}, {sides}"

    def seconds(self, who="ours"):
        return statistics.median(self.times[who])

    def ratio(self, who, to):
        return statistics.median(a / b for a, b in zip(self.times[who], self.times[to]))

    def limit(self, who="ours"):
        """The time as a multiple of what memory needs."""
        return self.ratio(who, "copy") / self.bytes.get(who, self.bytes["ours"])

    def ahead(self, peer):
        """How many times as fast as the peer."""
        return self.ratio(peer, "ours")

    def rival(self):
        return self.work.rival or min(self.work.peers, key=self.seconds)

    def goals(self):
        """Each goal with its figure, and whether it is met."""
        if self.work.limit:
            found = self.limit()
            yield f"≤ {self.work.limit} × limit", f"{factor(found)} × limit", found <= self.work.limit
        if self.work.times:
            found = self.ahead(self.rival())
            yield f"≥ {self.work.times} × {self.rival()}", f"{factor(found)} ×", found >= self.work.times

    def line(self):
        peers = ", ".join(f"{name} {shown(self.seconds(name))} ({factor(self.ahead(name))} ×)" for name in self.work.peers)
        goals = "; ".join(f"{goal}: {'met' if met else 'missed'}" for goal, _, met in self.goals())
        limit = f", {factor(self.limit())} × limit" if self.work.limit else ""
        each = f" ({factor(self.limit('each'))} with each value)" if "each" in self.times else ""
        return f"{self.name()} {self.work.dtype}: {shown(self.seconds())}{limit}{each}; {peers}; {goals}"


def table(rows, peers, limit):
    yield "| work | here |" + (" × limit | with each value |" if limit else "") + " goal | " + " | ".join(peers) + " |"
    yield "|---" * (3 + 2 * limit + len(peers)) + "|"
    for row in rows:
        goals = "; ".join(f"{goal} {'✓' if met else '✗'}" for goal, _, met in row.goals())
        cells = [f"{row.name()} `{row.work.dtype}`", shown(row.seconds())]
        cells += [factor(row.limit()), factor(row.limit("each")) if "each" in row.times else ""] if limit else []
        cells.append(goals)
        cells += [f"{shown(row.seconds(peer))}, {factor(row.ahead(peer))} ×" if peer in row.times else "" for peer in peers]
        yield "| " + " | ".join(cells) + " |"


def missed(rows):
    for row in rows:
        for goal, figure, met in row.goals():
            if not met:
                smaller = ", at a smaller shape than the goal's" if row.shape != row.work.shapes[0] else ""
                yield f"- {row.name()} `{row.work.dtype}`: {goal} is the goal, {figure} was measured{smaller}."


def page(ours, tables, load, before):
    """The page; what other programs wrote in the one before stays."""
    losses, others = tables
    rate = 1e-9 * statistics.median(1 / row.seconds("copy") for row in losses)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    busy = f" **The machine was not idle** (load {load:.1f} before the start): take the times with care." if load > 0.5 else ""
    lines = [
        "# Benchmarks",
        "",
        *prose(f"""
            Written by `cargo xtask bench --peers` on {datetime.date.today():%d %B %Y}; the program is in `benchmarks/`. To
            repeat it, you need Python 3.11 or later, some 8 GB of disk for PyTorch and JAX, a C++ compiler for
            `torch.compile`, and a quarter of an hour."""),
        "",
        f"- Processor: {processor()}, {cores()} cores; {memory():.0f} GiB of memory; {platform.system()}.",
        f"- This library: {ours.about}. Python {platform.python_version()}, {versions}.",
        f"- A copy past the caches, reads and writes together: {rate:.1f} GB/s.{busy}",
        "",
        *prose("""
            All may use all cores, and compute the same numbers from the same inputs; each mean is compared. In each round
            the copy, this library and each peer run once, one after the other. Times are medians of the rounds, ratios
            medians of the ratios within a round. Absolute times differ between machines and hours; ratios do so much less."""),
        "",
        "## Losses",
        "",
        *prose("""
            The mean and its gradient, as in a step of training; of Kullback–Leibler the value of each row and the gradients
            by both sides. *Limit* is the time in which a non-temporal copy of 256 MB arrays moves the bytes that the work
            must read and write once; *with each value* is the same for a call that writes the value of each row too, not
            only the mean. Beside the time of a peer stands how many times as fast this library is."""),
        "",
        "![Bars of the times as multiples of the limit](docs/pictures/benchmark.svg)",
        "",
        *table(losses, list(losses[0].work.peers), True),
        "",
        "## Distances, transport, samples",
        "",
        *prose("""
            The value. A shape smaller than the goal's stands where this library would need more than ten seconds for that.
            SciPy computes in `f64` and on one thread, as POT's exact solver does; scikit-learn's Euclidean and cosine
            matrices use the product form, which is fast and loses digits (below). POT's Sinkhorn makes 200 iterations,
            converged or not; this library iterates to the last digits and certifies them. Both exact transports include the
            matrix of costs."""),
        "",
        *table(others, ["SciPy", "scikit-learn", "POT", "PyTorch"], False),
        "",
        "## Goals missed",
        "",
        *(list(missed(losses + others)) or ["None."]),
        "",
        "## Cost",
        "",
        *prose("""
            The time grows as the data does. Where there is little of it, what remains is the waking of threads; up to a few
            million numbers the data is in the caches, which are faster than the copy."""),
        "",
        "![Seconds against rows, both axes logarithmic](docs/pictures/cost-by-rows.svg)",
        "",
        *prose("""
            Rows of two to a million classes, sixteen million numbers a batch. Up to 64 classes are computed side by side,
            more along the row."""),
        "",
        "![Seconds of one row against classes, both axes logarithmic](docs/pictures/cost-by-classes.svg)",
        "",
        "## Same question, same answer?",
        "",
        "Time is worth comparing only between right answers. Asked in the same run; the true answers are mpmath's.",
        "",
        "| | true | here | peers |",
        "|---|---|---|---|",
        *faults.lines(ours),
        "",
    ]
    for name in ("wide", "score"):
        lines += [*sections.section(name, sections.found(before, name)), ""]
    return "\n".join(lines)
