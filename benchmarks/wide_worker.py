"""Measures rows of the wide table, one after the other, for `wide.py`: a task on its standard input, what it is doing on
its standard output, both as lines of JSON. A process of its own, so that a call that does not return can be ended.
"""

import gc
import json
import os
import statistics
import sys
import time

# Before anything starts threads: all have the same processors, and as many threads as these.
THREADS = int(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ[f"{library}_NUM_THREADS"] = str(THREADS)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import discrepancy as dc
import numpy as np
import torch
import wide_kinds
import wide_peers

torch.set_num_threads(THREADS)
dc.set_threads(THREADS)

ROUNDS = 9
# Seconds that the rounds of one row may take together, and that a round of a short call lasts.
BUDGET, BLOCK = 3.0, 0.004
# Seconds after which a call is cut short; what is no call has more.
LONGEST, PREPARING, COMPILING = 20.0, 120.0, 300.0
ALIKE = 1e-3

# What libraries print is not an answer.
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(**what):
    OUT.write(json.dumps(what) + "\n")
    OUT.flush()


def flat(result):
    """The arrays of a result, in order."""
    if isinstance(result, (tuple, list)):
        return [array for part in result for array in flat(part)]
    return [np.asarray(result.detach() if isinstance(result, torch.Tensor) else result, np.float64)]


def unlike(ours, theirs, count):
    """Where they differ, or an empty text. A few elements may: at a kink, or where a peer has lost its digits."""
    ours, theirs = flat(ours), flat(theirs)
    if count is None and len(ours) != len(theirs):
        return f"{len(ours)} results and {len(theirs)}"
    for i, (a, b) in enumerate(list(zip(ours, theirs))[:count]):
        if a.size != b.size:
            return f"result {i}: shapes {a.shape} and {b.shape}"
        a, b = a.ravel(), b.ravel()
        if not np.array_equal(np.isfinite(a), np.isfinite(b)):
            return f"result {i}: NaN or infinity on one side only"
        sure = np.isfinite(a)
        a, b = a[sure], b[sure]
        size = max(np.linalg.norm(a), np.linalg.norm(b))
        if size > 0 and np.linalg.norm(a - b) > ALIKE * size:
            place = int(np.argmax(np.abs(a - b)))
            return f"result {i}: {a[place]:.6g} and {b[place]:.6g} at {place}"
    return ""


def seconds(run, count=1):
    """Of one of so many calls; what frees the memory of the last is not part of it."""
    start = time.perf_counter()
    for _ in range(count):
        result = run()
    taken = time.perf_counter() - start
    return taken / count, result


def block(run, count, once):
    # The threads of whoever ran before may still spin for a while.
    time.sleep(0.01)
    if once < 0.05:
        # Threads that were just woken up may share a processor for some milliseconds.
        run()
    return seconds(run, count)[0]


def measure(task):
    row, without = wide_peers.TABLE[task["row"]], task.get("without")
    kind = wide_kinds.KINDS[row.kind]
    say(doing="inputs", limit=PREPARING)
    prepared = kind.prepare(row, task["shape"], task["dtype"], np.random.default_rng(1))
    ours, peer, compiled, count = (*prepared, {}, None)[:4] if len(prepared) == 2 else (*prepared, None)[:4]
    if task["peer"]:
        if task["peer"] not in compiled:
            return {"none": True}
        say(doing="compilation", limit=COMPILING)
        peer = compiled[task["peer"]]()
        peer()
    runs = {name: run for name, run in (("peer", peer), ("ours", ours)) if name != without}
    results, once = {}, {}
    for name, run in runs.items():
        say(doing=name, limit=LONGEST)
        once[name], results[name] = seconds(run)
        say(took=name, seconds=once[name])
    if not without and not row.same:
        differ = unlike(results["ours"], results["peer"], count)
        if differ:
            return {"differ": f"this library and its peer: {differ}"}
    if task["check"]:
        return {"same": not row.same}
    results.clear()
    # The first call of a process compiles, allocates and starts threads.
    for name, run in runs.items():
        if once[name] < 1:
            once[name] = min(once[name], seconds(run)[0])
    counts = {name: max(1, min(10_000, round(BLOCK / max(one, 1e-7)))) for name, one in once.items()}
    rounds, budget = (3, BUDGET / 6) if task["quick"] else (ROUNDS, BUDGET)
    times = {name: [] for name in runs}
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    while len(times["ours"]) < rounds:
        done = len(times["ours"])
        if done and time.perf_counter() - start > budget and (done >= 3 or task["quick"] or max(once.values()) > LONGEST / 4):
            break
        # Who comes first changes from round to round.
        for name in sorted(runs, reverse=bool(done % 2)):
            say(doing=name, limit=2 * LONGEST)
            times[name].append(block(runs[name], counts[name], once[name]))
    gc.enable()
    found = {name: statistics.median(column) for name, column in times.items()}
    if without:
        return {"ours": found["ours"]}
    ratios = sorted(b / a for a, b in zip(times["ours"], times["peer"]))
    return {
        "ours": found["ours"],
        "theirs": found["peer"],
        "ratio": statistics.median(ratios),
        "low": ratios[len(ratios) // 4],
        "high": ratios[-1 - len(ratios) // 4],
        "rounds": len(ratios),
    }


def main():
    say(ready=True)
    for line in sys.stdin:
        try:
            answer = measure(json.loads(line))
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
        say(done=answer)
        gc.collect()


if __name__ == "__main__":
    main()
