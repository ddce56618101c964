"""The wide table: every entry with a counterpart beside the function that its user has today, both types, small and large.

    cargo xtask bench --wide                     all of it, written into BENCHMARKS.md; some forty minutes
    cargo xtask bench --wide losses f64 cache    what these words choose, printed: families, types, sizes (small, cache,
                                                 large), shapes, or parts of an entry's name
    --quick                                      three rounds instead of nine
    --check                                      results are compared, nothing is timed
    --compiled                                   torch.compile and JAX too, at large sizes
    --json FILE                                  results to a file, after each row
    --compare OLD.json                           before and after, beside each other
    --from FILE                                  nothing is measured, the results are those of the file
    --write                                      into BENCHMARKS.md, even if only some rows were chosen
    --list                                       what would be measured

Both sides run in one process, on the same number of threads and from the same inputs, in turn; a ratio is the median of the
ratios of the rounds. Before the clock runs, their results are compared. What is beside what stands in `wide_peers.py`, how
it is called in `wide_kinds.py`; `wide_worker.py` measures.
"""

import argparse
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import time

import wide_report

FOLDER = pathlib.Path(__file__).resolve().parent
TYPES, SIZES = ("f64", "f32"), ("small", "cache", "large")
COMPILED = ("torch.compile", "JAX")


class Worker:
    """The process that measures, started again when it had to be ended."""

    def __init__(self, threads):
        self.threads, self.process = threads, None

    def start(self):
        program = [sys.executable, FOLDER / "wide_worker.py", str(self.threads)]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, args=(self.process.stdout, self.lines), daemon=True).start()
        self.next(300)

    @staticmethod
    def read(pipe, lines):
        for line in pipe:
            lines.put(json.loads(line))
        lines.put(None)

    def next(self, limit):
        """What it says next; `None` if it ended."""
        return self.lines.get(timeout=limit)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def run(self, task):
        """The result of a task: seconds of both and their ratio, or why there is none."""
        if not self.process:
            self.start()
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        took, doing, limit = {}, "start", 60.0
        while True:
            try:
                said = self.next(limit)
            except queue.Empty:
                self.stop()
                return self.cut_short(task, doing, limit, took)
            if said is None:
                code = self.process.wait()
                self.stop()
                return {"failed": f"the process ended with {code} during {doing}"}
            if "done" in said:
                return said["done"]
            if "took" in said:
                took[said["took"]] = said["seconds"]
            doing, limit = said.get("doing", doing), said.get("limit", limit)

    def cut_short(self, task, doing, limit, took):
        """What is known where a call did not return in time: a bound of the ratio."""
        if task["check"]:
            return {"failed": f"{doing} took longer than {limit:.0f} s"}
        if "ours" in took and "peer" in took:
            # One of the later rounds did not return; the first calls did.
            return {"ours": took["ours"], "theirs": took["peer"], "ratio": took["peer"] / took["ours"]}
        if doing == "ours" and "peer" in took:
            return {"ours": limit, "theirs": took["peer"], "ratio": took["peer"] / limit, "cut": "ours"}
        if doing == "peer" and "without" not in task:
            alone = self.run({**task, "without": "peer"})
            if "ours" in alone:
                return {"ours": alone["ours"], "theirs": limit, "ratio": limit / alone["ours"], "cut": "theirs"}
            return alone
        return {"failed": f"{doing} took longer than {limit:.0f} s"}


def tasks(arguments):
    """What the words choose: of each sort of word one must fit, if there are any of it."""
    import wide_kinds
    import wide_peers

    kinds, words = wide_kinds.KINDS, [word.lower() for word in arguments.words]
    families = {kind.family for kind in kinds.values()} | set(kinds)
    chosen = {"type": [], "size": [], "family": [], "shape": [], "entry": []}
    for word in words:
        sort = ("type" if word in TYPES else "size" if word in SIZES else "family" if word.replace("_", " ") in families
                else "shape" if word.replace("x", "").isdigit() else "entry")
        chosen[sort].append(word.replace("_", " ") if sort == "family" else word)
    for number, row in enumerate(wide_peers.TABLE):
        kind = kinds[row.kind]
        for shape, size in kind.shapes.items():
            for dtype in TYPES:
                fits = {
                    "type": dtype in chosen["type"],
                    "size": size in chosen["size"],
                    "family": {kind.family, row.kind} & set(chosen["family"]),
                    "shape": shape in chosen["shape"],
                    "entry": any(word in row.spec.lower() for word in chosen["entry"]),
                }
                if dtype not in row.types or row.shapes and shape not in row.shapes:
                    continue
                if any(chosen[sort] and not fit for sort, fit in fits.items()):
                    continue
                task = {"row": number, "shape": shape, "dtype": dtype, "quick": arguments.quick,
                        "check": arguments.check, "peer": ""}
                about = {"kind": row.kind, "family": kind.family, "entry": row.spec, "shape": shape, "size": size,
                         "dtype": dtype, "peer": row.who or kind.peer}
                if row.same:
                    about["note"] = row.same
                yield task, about
                if arguments.compiled and kind.compiles and size == "large":
                    for peer in COMPILED:
                        if peer != "JAX" or row.jax:
                            yield {**task, "peer": peer}, {**about, "peer": peer}


def measured(arguments):
    rows, same, worker = [], 0, Worker(arguments.threads)
    start, load = time.strftime("%d %B %Y"), os.getloadavg()[0]
    try:
        for task, about in tasks(arguments):
            result = worker.run(task)
            if "none" in result:
                continue
            if "same" in result:
                same += 1
                print(f"{wide_report.head(about)} as {about['peer']} has it", flush=True)
                continue
            rows.append({**about, **result})
            print(wide_report.line(rows[-1]), flush=True)
            found = {"about": wide_report.about(arguments, start, load), "rows": rows}
            if arguments.json:
                pathlib.Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        worker.stop()
    if arguments.check:
        print(f"{same} rows have the results of their peers")
    return found if rows else {"about": {}, "rows": []}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--compare", metavar="OLD.json")
    parser.add_argument("--from", dest="source", metavar="FILE")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    # Whoever ends this program ends the one that measures too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    if arguments.list:
        for _, about in tasks(arguments):
            print("  ".join(about[key] for key in ("kind", "entry", "shape", "dtype", "size", "peer")))
        return 0
    whole = not arguments.words and not arguments.quick
    found = json.loads(pathlib.Path(arguments.source).read_text()) if arguments.source else measured(arguments)
    if arguments.check:
        return 1 if found["rows"] else 0
    if not found["rows"]:
        print("error: nothing was measured", file=sys.stderr)
        return 2
    print()
    print("\n".join(wide_report.summary(found["rows"])))
    if arguments.compare:
        print()
        print("\n".join(wide_report.comparison(json.loads(pathlib.Path(arguments.compare).read_text())["rows"], found["rows"])))
    if arguments.write or whole and not arguments.source:
        print(f"written: {wide_report.write(found)}")
    # A row without figures is a mistake in the table, or in the library.
    return 1 if any("ratio" not in row for row in found["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
