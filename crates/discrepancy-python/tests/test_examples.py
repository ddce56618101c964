"""The examples run, and the README names what the adapters have."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

EXAMPLES = ROOT / "examples" / "python"


def run(name: str, *words: str) -> str:
    done = subprocess.run([sys.executable, str(EXAMPLES / name), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_first_steps() -> None:
    assert "focal loss" in run("first_steps.py")


def test_the_tour_draws_its_pictures(tmp_path: Path) -> None:
    told = run("tour.py", str(tmp_path))
    assert told.endswith("That is all.\n")
    drawn = {f"tour-{line.split('tour-')[1]}" for line in told.splitlines() if "picture: " in line}
    assert drawn == {path.name for path in tmp_path.iterdir()} and len(drawn) >= 9
    # What a reader of the repository sees.
    assert drawn <= {path.name for path in (ROOT / "docs" / "pictures").iterdir()}


def test_a_swap_in_a_training_loop(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    told = run("training.py", str(tmp_path), "--quick")
    assert "factor" in told and len(list(tmp_path.iterdir())) == 2
    apart = next(line for line in told.splitlines() if line.startswith("largest difference"))
    assert float(apart.split(": ")[1].split()[0]) < 1e-4


@pytest.mark.parametrize(
    "module, title",
    [
        ("discrepancy.torch.functional", "PyTorch"),
        ("discrepancy.scipy.spatial.distance", "SciPy"),
        ("discrepancy.scipy.stats", "SciPy"),
        ("discrepancy.sklearn", "scikit-learn"),
    ],
)
def test_the_readme_names_all_of_an_adapter(module: str, title: str) -> None:
    if title == "PyTorch":
        pytest.importorskip("torch")
    adapter: Any = import_module(module)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split(f"### Coming from {title}\n")[1].split("\n## ")[0].split("\n### ")[0]
    missing = [name for name in adapter.__all__ if f"`{name}" not in section and f" {name}" not in section]
    assert not missing
