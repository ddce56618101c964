"""The test suites of SciPy and scikit-learn, and PyTorch's inputs of its modules, from the installed packages, through the drop-ins.

What is left out is listed with the reason. A name that is listed and passes, or is not there any more, is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

SCIPY_SHIM = '''
from scipy.spatial import distance as _peer
from discrepancy.scipy.spatial import distance as _ours
globals().update({name: getattr(_peer, name) for name in dir(_peer) if not name.startswith("__")})
globals().update({name: getattr(_ours, name) for name in _ours.__all__})
'''

SKLEARN_SHIM = '''
from sklearn._loss import loss as _peer
from sklearn._loss.link import _inclusive_low_high
import discrepancy.sklearn as _ours
globals().update({name: getattr(_peer, name) for name in dir(_peer) if not name.startswith("__")})
_swapped = {name: getattr(_ours, name) for name in dir(_peer) if hasattr(_ours, name)}
globals().update(_swapped, IdentityLink=_ours.IdentityLink)
# What the suite reads parameters from is an object of Cython in scikit-learn.
_ours.BaseLoss.closs = property(lambda self: self)
_LOSSES = {key: _swapped.get(loss.__name__, loss) for key, loss in _peer._LOSSES.items()}
'''

#: By the beginning of a test's name: why it is not for the drop-in.
SCIPY_LEFT_OUT: dict[str, str] = {}
SKLEARN_LEFT_OUT: dict[str, str] = {
    "test_multinomial_cy_gradient": "calls a function of Cython that is there for this test alone",
    "test_loss_intercept_only[None-HalfTweedieLossIdentity": "searches from 0 on, where the deviance is an error here",
    "test_loss_intercept_only[range-HalfTweedieLossIdentity": "searches from 0 on, where the deviance is an error here",
}


def run(folder: Path, source: Path, modules: list[str], shim: str, *options: str) -> dict[str, str]:
    """The outcome of each test of a copy of a suite that takes its names from the shim."""
    text = source.read_text(encoding="utf-8")
    for module in modules:
        assert f"from {module} import" in text
        text = text.replace(f"from {module} import", "from peer_shim import")
        text = text.replace(f"import {module}\n", f"import {module}, peer_shim\n")
        text = text.replace(f"getattr({module}, ", "getattr(peer_shim, ")
    (folder / source.name).write_text(text, encoding="utf-8")
    (folder / "peer_shim.py").write_text(shim, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    if (source.parent / "data").exists():
        os.symlink(source.parent / "data", folder / "data")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    command += [f"--rootdir={folder}", f"--junitxml={report}", str(folder / source.name)]
    path = os.pathsep.join([str(folder), *(p for p in sys.path if p)])
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    assert report.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    outcomes = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [child for child in case if child.tag in ("failure", "error")]
        name = case.get("classname", "").rpartition(".")[2] + "::" + case.get("name", "")
        outcomes[name] = (bad[0].get("message") or "")[:300] if bad else "passed"
        if any(child.tag == "skipped" for child in case):
            outcomes[name] = "skipped"
    return outcomes


def judge(outcomes: dict[str, str], left_out: dict[str, str], least: int) -> None:
    """All pass but what is listed, each line of which is needed."""
    listed = {name: next((key for key in left_out if name.partition("::")[2].startswith(key)), None) for name in outcomes}
    wrong = {name: message for name, message in outcomes.items() if message not in ("passed", "skipped") and listed[name] is None}
    assert not wrong, "\n".join(f"{name}: {message}" for name, message in wrong.items())
    needed = {listed[name] for name, message in outcomes.items() if message not in ("passed", "skipped")}
    assert needed >= set(left_out), f"needless: {set(left_out) - needed}"
    assert sum(message == "passed" for message in outcomes.values()) >= least


def test_distances_of_scipy(tmp_path: Path) -> None:
    tests = pytest.importorskip("scipy.spatial.tests")
    source = Path(tests.__file__).parent / "test_distance.py"
    judge(run(tmp_path, source, ["scipy.spatial.distance"], SCIPY_SHIM), SCIPY_LEFT_OUT, 400)


def test_losses_of_sklearn(tmp_path: Path) -> None:
    tests = pytest.importorskip("sklearn._loss.tests")
    source = Path(tests.__file__).parent / "test_loss.py"
    judge(run(tmp_path, source, ["sklearn._loss.loss", "sklearn._loss.link"], SKLEARN_SHIM, "-p", "sklearn.conftest"), SKLEARN_LEFT_OUT, 400)


# PyTorch's inputs of its modules.


def module_cases() -> list[Any]:
    torch = pytest.importorskip("torch")
    try:
        from torch.testing._internal.common_modules import module_db
    except ImportError:
        return []
    return [info for info in module_db if info.name.endswith("Loss") and info.module_cls.__module__.startswith("torch.nn")]


def legal(torch: Any, name: str, made: Any, arguments: list[Any]) -> tuple[dict[str, Any], list[Any]]:
    """PyTorch's inputs, but for what has no meaning and is an error here by promise.

    Weights are random numbers there, which are negative as often as not; targets of a ranking may be 0; and rows of
    probabilities for a linear layer do not sum to 1.
    """
    options = {key: x.abs() if torch.is_tensor(x) and key in ("weight", "pos_weight") else x for key, x in made.items()}
    if name == "MarginRankingLoss":
        arguments = [*arguments[:2], torch.where(arguments[2] == 0, 1, arguments[2])]
    if name == "LinearCrossEntropyLoss" and arguments[1].is_floating_point():
        classes = 1 if arguments[1].dim() > 1 else 0
        arguments = [arguments[0], arguments[1].abs() / arguments[1].abs().sum(classes, keepdim=True)]
    return options, arguments


def copied(torch: Any, argument: Any, wanted: Any) -> Any:
    """A leaf of its own, in the type that is wanted where it is of floats."""
    if not torch.is_tensor(argument):
        return argument
    own = argument.detach().clone()
    own = own.to(wanted) if own.is_floating_point() else own
    return own.requires_grad_(argument.requires_grad)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_module_inputs_of_torch(dtype: str) -> None:
    """Values and all gradients, by PyTorch's own inputs, beside PyTorch's module in double precision.

    In single precision its gradients are off by some 1e-4 (connectionist temporal classification).
    """
    torch = pytest.importorskip("torch")
    pytest.importorskip("expecttest")
    import discrepancy.torch as ours

    tried, wrong = 0, []
    for info in module_cases():
        name = info.module_cls.__name__
        inputs = info.module_inputs_func(info, device="cpu", dtype=getattr(torch, dtype), requires_grad=True, training=True)
        for i, given in enumerate(inputs):
            made, forward = given.constructor_input, given.forward_input
            options, arguments = legal(torch, name, made.kwargs, list(forward.args))
            outcomes = []
            for module in (torch.nn, ours):
                torch.manual_seed(5)
                loss = getattr(module, name)(*made.args, **options)
                wanted = torch.float64 if module is torch.nn else getattr(torch, dtype)
                loss = loss.to(getattr(torch, dtype)).to(wanted)
                copies = [copied(torch, a, wanted) for a in arguments]
                try:
                    value = loss(*copies, **forward.kwargs)
                    leaves = [a for a in (*copies, *loss.parameters()) if torch.is_tensor(a) and a.requires_grad]
                    slopes = torch.autograd.grad(value.double().sum(), leaves, allow_unused=True) if leaves else ()
                    outcomes.append((value, slopes))
                except Exception as error:  # noqa: BLE001
                    outcomes.append((error, ()))
            (theirs, their_slopes), (mine, my_slopes) = outcomes
            tried += 1
            if isinstance(theirs, Exception):
                continue
            try:
                if isinstance(mine, Exception):
                    raise mine
                # Rows of probabilities in single precision do not sum to 1 exactly, and PyTorch's gradients have their sum.
                close = {"rtol": 1e-10, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-6, "atol": 1e-5}
                torch.testing.assert_close(mine, theirs, equal_nan=True, check_dtype=False, **close)
                for a, b in zip(my_slopes, their_slopes, strict=True):
                    assert (a is None) <= (b is None or not b.any()), "a gradient is missing"
                    if a is not None and b is not None:
                        torch.testing.assert_close(a, b, equal_nan=True, check_dtype=False, **close)
            except Exception as error:  # noqa: BLE001
                wrong.append(f"{name} {given.desc or i}: {type(error).__name__}: {str(error)[:200]}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:40])
    assert tried > 200
