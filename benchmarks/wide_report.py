"""The wide table for people: a line on the screen, the summary, before and after, and a section of BENCHMARKS.md."""

import importlib.metadata
import math
import pathlib
import platform

import sections
from text import cores, factor, memory, processor, prose, shown

PAGE = pathlib.Path(__file__).resolve().parent.parent / "BENCHMARKS.md"
PACKAGES = ("discrepancy", "numpy", "torch", "scipy", "scikit-learn", "POT", "jax")
COMPILED = ("torch.compile", "JAX")


def about(arguments, start, load):
    """What must be known of a run."""
    installed = {distribution.metadata["Name"] for distribution in importlib.metadata.distributions()}
    return {
        "date": start,
        "load": load,
        "threads": arguments.threads,
        "quick": arguments.quick,
        "words": arguments.words,
        "processor": processor(),
        "cores": cores(),
        "memory": round(memory()),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES if name in installed},
        "python": platform.python_version(),
    }


def key(row):
    return row["kind"], row["entry"], row["shape"], row["dtype"], row["peer"]


def why(row):
    """Why a row has no figures."""
    return row.get("failed") or row.get("differ") or ""


def side(row, who):
    """The time of one side, with a sign where its call was cut short."""
    return ("> " if row.get("cut") == who else "") + shown(row[who])


def ratio(row):
    sign = {"ours": "< ", "theirs": "> "}.get(row.get("cut"), "")
    return f"{sign}{factor(row['ratio'])}"


def head(row):
    return f"{row['kind']:18} {row['entry']:46} {row['shape']:14} {row['dtype']:4}"


def line(row):
    if "ratio" not in row:
        return f"{head(row)} NO FIGURES: {why(row)}"
    return f"{head(row)} {side(row, 'ours'):>10}  {row['peer']:13} {side(row, 'theirs'):>10}  {ratio(row):>7} ×"


def mean(rows):
    """The geometric mean of the ratios."""
    return math.exp(sum(math.log(row["ratio"]) for row in rows) / len(rows)) if rows else math.nan


def split(rows):
    """Those with figures and of today's functions; those that are compiled; those without figures."""
    sure = [row for row in rows if "ratio" in row]
    return ([row for row in sure if row["peer"] not in COMPILED], [row for row in sure if row["peer"] in COMPILED],
            [row for row in rows if "ratio" not in row])


def names(rows, what):
    return list(dict.fromkeys(row[what] for row in rows))


def means(rows):
    """For each family, for all, and for each size: rows, slower ones, geometric means by type."""
    yield "| | rows | slower | geometric mean | `f64` | `f32` |"
    yield "|---|---|---|---|---|---|"
    groups = [("**all**", rows)]
    groups += [(size, [row for row in rows if row["size"] == size]) for size in ("small", "cache", "large")]
    groups += [(family, [row for row in rows if row["family"] == family]) for family in names(rows, "family")]
    for name, group in groups:
        if group:
            types = [[row for row in group if row["dtype"] == dtype] for dtype in ("f64", "f32")]
            slower = sum(row["ratio"] < 1 for row in group)
            cells = [f"{factor(mean(chosen))} ×" if chosen else "" for chosen in (group, *types)]
            yield f"| {name} | {len(group)} | {slower} | {' | '.join(cells)} |"


def summary(rows):
    sure, compiled, without = split(rows)
    yield from means(sure)
    for peer in names(compiled, "peer"):
        group = [row for row in compiled if row["peer"] == peer]
        slower = sum(row["ratio"] < 1 for row in group)
        yield f"beside {peer}, large sizes: {len(group)} rows, {slower} slower, geometric mean {factor(mean(group))} ×"
    yield from (line(row) for row in without)


def slower(rows):
    """The rows that are slower than their peer, the slowest first."""
    found = sorted((row for row in rows if row["ratio"] < 1), key=lambda row: row["ratio"])
    if not found:
        yield "None."
        return
    yield "| | shape | type | here | peer | ratio |"
    yield "|---|---|---|---|---|---|"
    for row in found:
        yield (f"| {row['kind']}: `{row['entry']}` | {row['shape']} | `{row['dtype']}` | {side(row, 'ours')} "
               f"| {row['peer']} {side(row, 'theirs')} | {ratio(row)} |")


def everything(rows, kinds):
    """A table for each kind, both types on one line."""
    for name in names(rows, "kind"):
        group = [row for row in rows if row["kind"] == name]
        yield from ("", f"**{name}**: {kinds[name].about if name in kinds else ''}.", "")
        yield "| | shape | peer | `f64` here | peer | ratio | `f32` here | peer | ratio |"
        yield "|---|---|---|---|---|---|---|---|---|"
        lines = {}
        for row in group:
            lines.setdefault((row["entry"], row["shape"], row["peer"]), {})[row["dtype"]] = row
        for (entry, shape, peer), types in lines.items():
            cells = []
            for dtype in ("f64", "f32"):
                row = types.get(dtype)
                cells += [side(row, "ours"), side(row, "theirs"), ratio(row)] if row else ["", "", ""]
            yield f"| `{entry}` | {shape} | {peer} | {' | '.join(cells)} |"


def comparison(old, new):
    """Each row of both files: before, now, how many times as fast, and the ratios to the peer."""
    before = {key(row): row for row in old if "ratio" in row}
    both = [(before[key(row)], row) for row in new if "ratio" in row and key(row) in before]
    if not both:
        yield "no row is in both files"
        return
    yield f"{'':86}{'before':>10} {'now':>10} {'faster':>8}   ratio to the peer"
    for then, now in sorted(both, key=lambda pair: pair[0]["ours"] / pair[1]["ours"]):
        # The peer, which has not changed, tells how fast the machine was.
        faster = now["ratio"] / then["ratio"]
        yield (f"{head(now)}{side(then, 'ours'):>12} {side(now, 'ours'):>10} {factor(faster):>6} ×"
               f"   {ratio(then):>7} → {ratio(now)} ({now['peer']})")
    then, now = ([pair[i] for pair in both] for i in (0, 1))
    yield (f"{len(both)} rows: geometric mean {factor(mean(then))} × → {factor(mean(now))} ×, slower "
           f"{sum(row['ratio'] < 1 for row in then)} → {sum(row['ratio'] < 1 for row in now)}")


def lines(found, kinds, unmeasured):
    """The section of BENCHMARKS.md."""
    facts, rows = found["about"], found["rows"]
    sure, compiled, without = split(rows)
    versions = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    busy = f" **The machine was not idle** (load {facts['load']:.1f} before the start)." if facts["load"] > 0.5 else ""
    few = " Only some rows, or few rounds, were measured." if facts["quick"] or facts["words"] else ""
    page = [
        "## Wide: what a user has today",
        "",
        *prose(f"""
            Can an import be swapped without waiting longer? Every entry with a counterpart, through the Python package,
            beside the function that its user has today. Written by `cargo xtask bench --wide` on {facts["date"]};
            {facts["processor"]}, {facts["cores"]} cores; Python {facts["python"]}, {versions}. Both sides run in one
            process, on {facts["threads"]} threads and from the same inputs (logits of spread 3, labels at random, uniform
            probabilities), in turn; before the clock runs, their results are compared. A ratio above 1 says how many times
            as fast this library is: the median of the rounds.{busy}{few}"""),
        "",
        *prose("""
            Peers: PyTorch, eager, with autograd where there is a gradient; SciPy, scikit-learn and POT. *Small* is ten
            thousand numbers, *cache* a million, *large* ten million. `< ` and `> ` stand where a call was cut short after
            20 seconds."""),
        "",
        *means(sure),
        "",
        "### Slower than the peer",
        "",
        *slower(sure),
        "",
    ]
    if compiled:
        page += ["### Beside compiled peers", "", *prose("Large sizes only; compilation is not counted."), ""]
        page += [*everything(compiled, {name: kind for name, kind in kinds.items()}), ""]
    if without:
        page += ["### Without figures", "", *(f"- {line(row)}" for row in without), ""]
    page += ["<details><summary>All rows</summary>", *everything(sure, kinds), "", "</details>", ""]
    if unmeasured:
        page += prose(f"No counterpart stands beside {', '.join(f'`{name}`' for name in unmeasured)}.")
    return page


def write(found):
    """Puts the section into the page."""
    import wide_kinds
    import wide_peers

    known = {wide_kinds.made(row, 2).name for row in wide_peers.TABLE if row.kind not in ("metrics", "private losses")}
    page = lines(found, wide_kinds.KINDS, [name for name in wide_kinds.CATALOGUE if name not in known])
    PAGE.write_text(sections.replaced(PAGE.read_text(encoding="utf-8"), "wide", page), encoding="utf-8")
    return PAGE
