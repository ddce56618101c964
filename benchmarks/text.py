"""How figures, and the machine that they are of, are written."""

import os
import pathlib
import platform
import textwrap


def shown(seconds):
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"


def factor(number):
    return f"{number:.2g}" if number < 1 else f"{number:.1f}" if number < 100 else f"{number:.0f}"


def processor():
    path = pathlib.Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def prose(text):
    return textwrap.wrap(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)
