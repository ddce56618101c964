"""The catalogue, and legal data for every entry of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from discrepancy import _core

FOLDER = Path(__file__).parent.parent
ROOT = FOLDER.parent.parent
sys.path.insert(0, str(FOLDER))

import generate  # noqa: E402

ENTRIES: list[dict[str, Any]] = generate.entries(_core)


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [entry for entry in ENTRIES if entry["kind"] in kinds]


def named(entries: list[dict[str, Any]]) -> Any:
    """Once for each entry."""
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry["name"])


def options(entry: dict[str, Any], width: int) -> dict[str, Any]:
    """Parameters that data of this width need."""
    # As in the golden test of Rust: one number a coordinate, or one a pair of coordinates with more on the diagonal.
    matrix = [40.0 if i % (width + 1) == 0 else float(i % 3 - 1) for i in range(width * width)]
    rules = {"variances": list(range(1, width + 1)), "inverse_covariance": matrix}
    given = [p["name"] for p in entry["parameters"] if p["list"] and p["name"] in rules]
    return {generate.python_name(name): rules[name] for name in given}


def made(entry: dict[str, Any], width: int = 0) -> Any:
    """The entry's object."""
    import discrepancy

    module = getattr(discrepancy, generate.module_of(entry))
    return getattr(module, generate.class_name(entry))(**options(entry, width))


def function(entry: dict[str, Any]) -> Any:
    """The entry's function."""
    import discrepancy

    return getattr(getattr(discrepancy, generate.module_of(entry)), entry["name"])


def column(domain: dict[str, Any], shape: Any, seed: int = 0) -> Any:
    """Numbers that an argument of this domain may hold, in double precision."""
    x = np.random.default_rng(seed).random(shape)
    name = domain["name"]
    if name == "Signs":
        return 2.0 * np.round(x) - 1.0
    if name in ("Binary", "Truth"):
        return np.round(x)
    if name == "Within":
        low, high = domain["low"], domain["high"]
        if np.isfinite(low) and np.isfinite(high):
            return low + x * (high - low)
        return low + 0.5 + 3.0 * x if np.isfinite(low) else high - 0.5 - 3.0 * x
    if name in ("Probabilities", "ClassOrProbabilities"):
        # Sixteenths sum to 1 exactly, in every type.
        counts = np.full(shape, 1)
        counts[..., 0] += 16 - shape[-1]
        return counts / 16.0
    return 6.0 * x - 3.0
