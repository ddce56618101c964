"""The command `score` on a Parquet file of predictions by segment, beside DuckDB and Polars with the formula written out.

    cargo xtask bench --score                    two files of 20 million rows, `f64` and `f32`; written into BENCHMARKS.md
    cargo xtask bench --score f64                this type only, printed; names of losses choose too
    --quick                                      a million rows, three rounds, printed
    --folder FOLDER                              where the files are made and left for the next time
    --json FILE, --write                         results to a file; into BENCHMARKS.md though only some were measured

All read the file each time, from the cache of the operating system, and use the same number of threads. They take turns; a
ratio is the median of the ratios of the rounds. The means of all segments are compared before. The command's time has the
start of its process in it, and it computes standard errors too.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = 2
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
# Before Polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = str(THREADS)

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import sections
from text import cores, factor, memory, processor, prose, shown

PAGE = pathlib.Path(__file__).resolve().parent.parent / "BENCHMARKS.md"
ROWS, SEGMENTS, GROUP = 20_000_000, 50, 1_000_000
TYPES = {"f64": np.float64, "f32": np.float32}
ROUNDS, ALIKE = 7, 1e-3


@dataclasses.dataclass
class Loss:
    """An entry, the command's option for the predictions, and the formula of the columns in SQL and in Polars."""

    spec: str
    option: str
    column: str
    sql: str
    polars: pl.Expr


z, p, y = pl.col("logit"), pl.col("probability"), pl.col("target")
LOSSES = [
    Loss("binary_cross_entropy_with_logits", "--logits", "logit",
         "greatest(logit, 0) - logit * target + ln(1 + exp(-abs(logit)))",
         z.clip(lower_bound=0) - z * y + (-z.abs()).exp().log1p()),
    Loss("binary_cross_entropy", "--probability", "probability",
         "-(target * ln(probability) + (1 - target) * ln(1 - probability))",
         -(y * p.log() + (1 - y) * (1 - p).log())),
    Loss("squared", "--prediction", "logit", "(logit - target) * (logit - target)", (z - y).pow(2)),
]


def make(path, rows, dtype):
    """Random predictions, a group of rows after the other."""
    random = np.random.default_rng(1)
    writer = None
    part = path.with_suffix(".part")
    for start in range(0, rows, GROUP):
        count = min(GROUP, rows - start)
        logit = (3 * random.standard_normal(count)).astype(dtype)
        table = pa.table({
            "segment": random.integers(0, SEGMENTS, count).astype(np.int32),
            "target": random.integers(0, 2, count).astype(dtype),
            "logit": logit,
            "probability": (0.001 + 0.998 / (1 + np.exp(-logit.astype(np.float64)))).astype(dtype),
        })
        writer = writer or pq.ParquetWriter(part, table.schema)
        writer.write_table(table)
    writer.close()
    part.rename(path)


def contenders(loss, path, program):
    """Functions that give the mean of each segment."""
    command = [program, "score", str(path), "--target", "target", loss.option, loss.column, "--by", "segment",
               "--loss", loss.spec, "--threads", str(THREADS), "--format", "json"]
    connection = duckdb.connect(config={"threads": THREADS})
    query = f"SELECT segment, avg({loss.sql}) FROM read_parquet('{path}') GROUP BY segment"

    def ours():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        segments = json.loads(done.stdout)["segments"]
        return {int(segment["by"]["segment"]): segment["losses"][loss.spec]["mean"] for segment in segments}

    def polars():
        found = pl.scan_parquet(path).group_by("segment").agg(loss.polars.mean().alias("mean")).collect()
        return dict(found.iter_rows())

    return {"here": ours, "DuckDB": lambda: dict(connection.execute(query).fetchall()), "Polars": polars}


def timed(run):
    # The threads of whoever ran before may still spin for a while.
    time.sleep(0.05)
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(loss, dtype, path, program, rounds):
    runs = contenders(loss, path, program)
    means = {name: run() for name, run in runs.items()}
    for name, found in means.items():
        for segment, mean in means["here"].items():
            if not abs(found[segment] - mean) <= ALIKE * abs(mean):
                raise RuntimeError(f"{loss.spec}, {dtype}, segment {segment}: {name} has {found[segment]}, this library {mean}")
    times = {name: [] for name in runs}
    for number in range(rounds):
        # Who comes first changes from round to round.
        names = list(runs)[number % 3:] + list(runs)[:number % 3]
        for name in names:
            times[name].append(timed(runs[name]))
    ratios = {name: statistics.median(a / b for a, b in zip(times[name], times["here"])) for name in runs if name != "here"}
    return {"loss": loss.spec, "dtype": dtype, "seconds": {name: statistics.median(column) for name, column in times.items()},
            "ratios": ratios}


def line(row):
    peers = ", ".join(f"{name} {shown(row['seconds'][name])} ({factor(ratio)} ×)" for name, ratio in row["ratios"].items())
    return f"{row['loss']:34} {row['dtype']:4} here {shown(row['seconds']['here'])}; {peers}"


def section(rows, count, load):
    busy = f" **The machine was not idle** (load {load:.1f} before the start)." if load > 0.5 else ""
    lines = [
        "## Scoring a file",
        "",
        *prose(f"""
            The command `score` on a Parquet file of {count:,} predictions, the mean of each of {SEGMENTS} segments, beside
            DuckDB {duckdb.__version__} and Polars {pl.__version__} with the formula written out. Written by
            `cargo xtask bench --score` on {time.strftime("%d %B %Y")}; {processor()}, {cores()} cores, {memory():.0f} GiB;
            Python {platform.python_version()}. All read the file each time, on {THREADS} threads, and take turns. The
            command's time includes the start of its process, and it gives standard errors too. Beside the time of a peer
            stands how many times as fast this library is.{busy}"""),
        "",
        "| loss | type | here | DuckDB | Polars |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        peers = [f"{shown(row['seconds'][name])}, {factor(ratio)} ×" for name, ratio in row["ratios"].items()]
        lines.append(f"| `{row['loss']}` | `{row['dtype']}` | {shown(row['seconds']['here'])} | {' | '.join(peers)} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--program", required=True, help="the command, `discrepancy`")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()

    load = os.getloadavg()[0]
    count = arguments.rows or (ROWS // 20 if arguments.quick else ROWS)
    types = [dtype for dtype in TYPES if dtype in arguments.words] or list(TYPES)
    parts = [word for word in arguments.words if word not in TYPES]
    losses = [loss for loss in LOSSES if not parts or any(part in loss.spec for part in parts)]
    rows = []
    with tempfile.TemporaryDirectory(prefix="discrepancy-score-") as temporary:
        folder = arguments.folder or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for dtype in types:
            path = folder / f"predictions-{dtype}-{count}.parquet"
            if not path.exists():
                make(path, count, TYPES[dtype])
            for loss in losses:
                rows.append(measure(loss, dtype, path, arguments.program, 3 if arguments.quick else ROUNDS))
                print(line(rows[-1]), flush=True)
            if not arguments.folder:
                path.unlink()
    if not rows:
        print("error: nothing was chosen", file=sys.stderr)
        return 2
    if arguments.json:
        found = {"rows": rows, "count": count, "load": load}
        pathlib.Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if arguments.write or not (arguments.words or arguments.quick or arguments.rows):
        page = sections.replaced(PAGE.read_text(encoding="utf-8"), "score", section(rows, count, load))
        PAGE.write_text(page, encoding="utf-8")
        print(f"written: {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
