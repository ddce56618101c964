"""Writes the reference tables: exact floats in, 121 bits out.

    python generate.py                 write all tables
    python generate.py hinge focal     write these
    python generate.py --check         compare with what is there, write nothing
    python generate.py --self-test     check the derivative formulas against differences
"""

import argparse
import multiprocessing
import pathlib
import sys

import entries
import selftest
from table import FINDS, lines

TABLES = pathlib.Path(__file__).resolve().parent / "tables"


DTYPES = ("f32", "f64")


def made(job):
    """The bytes of one table."""
    index, dtype = job
    return ("\n".join(lines(entries.ALL[index], dtype)) + "\n").encode("ascii")


def cost(job):
    """Roughly how long a table takes, by the size of the one that is there: long ones start first."""
    index, dtype = job
    path = TABLES / f"{entries.ALL[index].table}.{dtype}.txt"
    return path.stat().st_size if path.exists() else 0


def main():
    parser = argparse.ArgumentParser(description="Reference values in mpmath.")
    parser.add_argument("tables", nargs="*", help="table names (all if none)")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--self-test", action="store_true", help="check the formulas, write nothing")
    arguments = parser.parse_args()

    chosen = [e for e in entries.ALL if not arguments.tables or e.table in arguments.tables]
    unknown = set(arguments.tables) - {e.table for e in chosen}
    if unknown:
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    if arguments.self_test:
        return selftest.run(chosen)

    different = []
    jobs = [(index, dtype) for index, entry in enumerate(entries.ALL) if entry in chosen for dtype in DTYPES]
    jobs.sort(key=cost, reverse=True)
    with multiprocessing.Pool() as pool:
        for (index, dtype), data in zip(jobs, pool.imap(made, jobs)):
            path = TABLES / f"{entries.ALL[index].table}.{dtype}.txt"
            if not arguments.check:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes() != data:
                different.append(path.name)
                print(f"differs: {path.name}", flush=True)
                continue
            print(f"{'same' if arguments.check else 'written'}: {path.name} ({len(data)} bytes)", flush=True)
    if arguments.check and not arguments.tables:
        known = {f"{e.table}.{dtype}.txt" for e in entries.ALL for dtype in DTYPES}
        for path in sorted([*TABLES.glob("*"), *FINDS.glob("*")]):
            if path.name not in known:
                different.append(path.name)
                print(f"no entry makes it: {path.name}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
