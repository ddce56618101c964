"""The functions for PyTorch against PyTorch: values, gradients, results where it is wrong, compilation, processes."""

from __future__ import annotations

import doctest
import inspect
import itertools
import shutil
from contextlib import nullcontext
from typing import Any

import discrepancy as dc
import pytest

torch = pytest.importorskip("torch")

import discrepancy.torch as ours  # noqa: E402
import torch.nn.functional as peer  # noqa: E402
from discrepancy.torch import _operators as operators  # noqa: E402
from discrepancy.torch import functional as F  # noqa: E402

from conftest import ENTRIES  # noqa: E402

NAMES = {entry["name"] for entry in ENTRIES}
REDUCTIONS = ["none", "mean", "sum"]
each_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def needs(*names: str) -> Any:
    return pytest.mark.skipif(not NAMES.issuperset(names), reason=f"the catalogue has no {', '.join(names)} yet")


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    torch.manual_seed(7)


def numbers(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


def shares(*shape: int) -> Any:
    """Probabilities, classes in the second place."""
    return numbers(*shape).softmax(1 if len(shape) > 1 else 0)


def agree(name: str, inputs: list[Any], *others: Any, **options: Any) -> None:
    """Value and all gradients are PyTorch's, in double precision; the value also without gradients."""
    outcomes = []
    for module in (F, peer):
        given = [x.clone().requires_grad_() for x in inputs]
        value = getattr(module, name)(*given, *others, **options)
        upstream = torch.linspace(0.5, 2.0, value.numel(), dtype=torch.float64).reshape(value.shape)
        gradients = torch.autograd.grad(value, given, upstream)
        outcomes.append((value.detach(), *gradients))
    for mine, theirs in zip(*outcomes, strict=True):
        assert mine.shape == theirs.shape and mine.dtype == theirs.dtype
        torch.testing.assert_close(mine, theirs, rtol=1e-11, atol=1e-13, equal_nan=True)
    without = getattr(F, name)(*inputs, *others, **options)
    assert not without.requires_grad
    # Bit for bit, unless a target's gradient left the other way to PyTorch.
    bits = len(inputs) == 1
    torch.testing.assert_close(without, outcomes[0][0], equal_nan=True, **({"rtol": 0, "atol": 0} if bits else {}))


SHAPES = [(4,), (5, 4), (3, 4, 2), (2, 4, 3, 2)]


@each_reduction
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_cross_entropy_of_labels(shape: Any, weighted: bool, smoothing: float, reduction: str) -> None:
    z = numbers(*shape)
    leading = z.movedim(1, -1).shape[:-1] if z.dim() > 1 else ()
    weight = torch.rand(4, dtype=torch.float64) + 0.1 if weighted else None
    for ignore_index in (-100, 2):
        y = torch.randint(0, 4, leading)
        if leading:
            y.flatten()[0] = ignore_index
            y.view(-1)[-1] = 1
        options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": smoothing}
        agree("cross_entropy", [z], y, reduction=reduction, **options)


@each_reduction
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_cross_entropy_of_probabilities(shape: Any, weighted: bool, smoothing: float, reduction: str) -> None:
    weight = torch.rand(4, dtype=torch.float64) + 0.1 if weighted else None
    z, y = numbers(*shape), shares(*shape)
    agree("cross_entropy", [z], y, weight=weight, label_smoothing=smoothing, reduction=reduction)
    # Targets with a gradient.
    agree("cross_entropy", [z, y], weight=weight, label_smoothing=smoothing, reduction=reduction)


def test_nothing_but_ignored_rows() -> None:
    for reduction in REDUCTIONS:
        agree("cross_entropy", [numbers(3, 4)], torch.full((3,), -100), reduction=reduction)
    for reduction in ("mean", "sum"):
        agree("mse_loss", [numbers(0)], numbers(0), reduction=reduction)


def test_old_arguments() -> None:
    z, y = numbers(3, 4), torch.tensor([0, 1, 2])
    for size_average, reduce in itertools.product((None, True, False), repeat=2):
        with pytest.warns(UserWarning) if (size_average, reduce) != (None, None) else nullcontext():
            agree("cross_entropy", [z], y, None, size_average, -100, reduce)


@each_reduction
def test_nll_loss(reduction: str) -> None:
    weight = torch.rand(4, dtype=torch.float64)
    y = torch.tensor([0, 1, -100, 3, 2])
    agree("nll_loss", [numbers(5, 4).log_softmax(1)], y, weight=weight, reduction=reduction)


@each_reduction
@pytest.mark.parametrize("weighted", [False, True])
def test_binary_cross_entropy(weighted: bool, reduction: str) -> None:
    weight = torch.rand(4, dtype=torch.float64) if weighted else None
    z, y = numbers(5, 4), torch.rand(5, 4, dtype=torch.float64)
    agree("binary_cross_entropy", [z.sigmoid()], y, weight=weight, reduction=reduction)
    agree("binary_cross_entropy", [z.sigmoid(), y], weight=weight, reduction=reduction)
    for pos_weight in (None, torch.tensor([3.0], dtype=torch.float64), torch.rand(4, dtype=torch.float64) * 3):
        options = {"weight": weight, "pos_weight": pos_weight, "reduction": reduction}
        for target in (y, y.round()):
            agree("binary_cross_entropy_with_logits", [z], target, **options)
        agree("binary_cross_entropy_with_logits", [z, y], **options)
    agree("multilabel_soft_margin_loss", [z], y.round(), weight=weight, reduction=reduction)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
@pytest.mark.filterwarnings("ignore:reduction")
def test_kl_div(reduction: str, log_target: bool) -> None:
    p = shares(5, 4)
    target = p.log() if log_target else p
    agree("kl_div", [shares(5, 4).log(), target], reduction=reduction, log_target=log_target)


DIFFERENCES = [
    pytest.param("mse_loss", {}, id="mse_loss"),
    pytest.param("l1_loss", {}, id="l1_loss"),
    pytest.param("smooth_l1_loss", {"beta": 0.7}, marks=needs("smooth_l1"), id="smooth_l1_loss"),
    pytest.param("smooth_l1_loss", {"beta": 0.0}, marks=needs("smooth_l1"), id="smooth_l1_loss, beta=0"),
    pytest.param("huber_loss", {"delta": 0.7}, marks=needs("huber"), id="huber_loss"),
]


@each_reduction
@pytest.mark.parametrize(("name", "options"), DIFFERENCES)
@pytest.mark.filterwarnings("ignore:.*target size")
def test_differences(name: str, options: Any, reduction: str) -> None:
    agree(name, [numbers(5, 4), numbers(5, 4)], reduction=reduction, **options)
    agree(name, [numbers(5, 1), numbers(4)], reduction=reduction, **options)
    if "weight" in inspect.signature(getattr(peer, name)).parameters:
        weight = torch.rand(5, 4, dtype=torch.float64)
        agree(name, [numbers(5, 4), numbers(5, 4)], weight=weight, reduction=reduction, **options)


def signs(*shape: int) -> Any:
    return 2.0 * torch.randint(0, 2, shape).double() - 1.0


@each_reduction
def test_margins_and_pairs(reduction: str) -> None:
    options: dict[str, Any] = {"reduction": reduction}
    agree("soft_margin_loss", [numbers(5, 4)], signs(5, 4), **options)
    for margin in (0.0, 0.4):
        agree("margin_ranking_loss", [numbers(5), numbers(5)], signs(5), margin=margin, **options)
        agree("cosine_embedding_loss", [numbers(5, 3), numbers(5, 3)], signs(5), margin=margin, **options)
    agree("cosine_embedding_loss", [numbers(3), numbers(3)], torch.tensor(1.0), **options)
    for p, swap in itertools.product((1.0, 2.0, 3.0), (False, True)):
        points = [numbers(5, 3), numbers(5, 3), numbers(5, 3)]
        agree("triplet_margin_loss", points, margin=2.0, p=p, swap=swap, **options)
        agree("triplet_margin_with_distance_loss", points, margin=2.0, swap=swap, **options)


def test_margins_broadcast_and_propagate_nan() -> None:
    agree("margin_ranking_loss", [numbers(5, 1), numbers(5, 4)], signs(5, 4), reduction="sum")
    agree("triplet_margin_loss", [numbers(5, 3), numbers(1, 3), numbers(5, 3)], p=float("inf"), swap=True)
    nan = torch.tensor([[1.0, float("nan")], [2.0, 1.0]])
    values = F.triplet_margin_loss(nan, torch.ones(2, 2), torch.ones(2, 2), reduction="none")
    assert values[0].isnan() and values[1] == 1.0
    assert F.margin_ranking_loss(nan, torch.ones(2, 2), torch.ones(2, 2)).isnan()
    assert F.cosine_embedding_loss(nan, torch.ones(2, 2), torch.ones(2)).isnan()
    assert F.margin_ranking_loss(torch.ones(0), torch.ones(0), torch.ones(0)).isnan()


@needs("hinge_embedding")
@each_reduction
def test_hinge_embedding_loss(reduction: str) -> None:
    agree("hinge_embedding_loss", [numbers(5, 4)], signs(5, 4), margin=0.8, reduction=reduction)


@needs("multi_margin")
@each_reduction
def test_multi_margin_loss(reduction: str) -> None:
    for p, margin, weight in itertools.product((1, 2), (1.0, 0.3), (None, torch.rand(4, dtype=torch.float64))):
        options = {"p": p, "margin": margin, "weight": weight, "reduction": reduction}
        agree("multi_margin_loss", [numbers(5, 4)], torch.randint(0, 4, (5,)), **options)


@needs("multilabel_margin")
@each_reduction
def test_multilabel_margin_loss(reduction: str) -> None:
    y = torch.tensor([[0, 2, -1, 1], [-1, 0, 1, 2], [0, 1, 2, 3], [3, -1, 3, 3]])
    agree("multilabel_margin_loss", [numbers(4, 4)], y, reduction=reduction)


@needs("poisson", "poisson_from_means")
@each_reduction
def test_poisson_nll_loss(reduction: str) -> None:
    z, y = numbers(5, 4), torch.randint(0, 5, (5, 4)).double()
    for full in (False, True):
        agree("poisson_nll_loss", [z], y, full=full, reduction=reduction)
        for eps in (1e-8, 0.0):
            agree("poisson_nll_loss", [z.exp()], y, log_input=False, eps=eps, full=full, reduction=reduction)


@each_reduction
def test_gaussian_nll(reduction: str) -> None:
    for full in (False, True):
        agree("gaussian_nll_loss", [numbers(5, 4), numbers(5, 4), numbers(5, 4).exp()], full=full, reduction=reduction)
    for shape in ((5,), (5, 1), (1, 4)):
        agree("gaussian_nll_loss", [numbers(5, 4), numbers(5, 4), numbers(*shape).exp()], reduction=reduction)
    # Below the bound, and one number for all.
    agree("gaussian_nll_loss", [numbers(5, 4), numbers(5, 4), numbers(5, 4).exp() * 1e-3], eps=1e-3, reduction=reduction)
    agree("gaussian_nll_loss", [numbers(5, 4), numbers(5, 4)], 0.5, reduction=reduction)
    for var in (torch.tensor([-1.0, 1.0, 1.0, 1.0]), torch.ones(3), -1.0):
        with pytest.raises(ValueError, match="var"):
            F.gaussian_nll_loss(numbers(2, 4), numbers(2, 4), var, reduction=reduction)


@each_reduction
@pytest.mark.parametrize("zero_infinity", [False, True])
def test_ctc_loss(zero_infinity: bool, reduction: str) -> None:
    options: dict[str, Any] = {"reduction": reduction, "zero_infinity": zero_infinity}
    scores, steps, counts = numbers(12, 3, 5).log_softmax(-1), (12, 10, 7), (4, 0, 3)
    labels = torch.tensor([[1, 1, 2, 4], [9, 9, 9, 9], [3, 3, 3, 9]])
    behind = torch.tensor([1, 1, 2, 4, 3, 3, 3])
    for lengths in ((steps, counts), (torch.tensor(steps), torch.tensor(counts))):
        agree("ctc_loss", [scores], labels, *lengths, **options)
        agree("ctc_loss", [scores], behind, *lengths, **options)
    last = torch.tensor([[0, 1, 2], [3, 2, 1], [0, 0, 0]])
    agree("ctc_loss", [scores], last, torch.tensor([12, 9, 12]), torch.tensor([3, 2, 1]), blank=4, **options)
    agree("ctc_loss", [scores[:, 0]], labels[0], torch.tensor(12), torch.tensor(4), **options)
    # Labels that do not fit into the steps.
    tight = torch.tensor([12, 10, 4])
    if zero_infinity:
        agree("ctc_loss", [scores], labels, tight, torch.tensor(counts), **options)
    else:
        given = scores.clone().requires_grad_()
        value = F.ctc_loss(given, labels, tight, torch.tensor(counts), **options)
        assert value.sum().isinf()
        torch.testing.assert_close(value, peer.ctc_loss(scores, labels, tight, torch.tensor(counts), **options))
        (gradient,) = torch.autograd.grad(value.sum(), given)
        assert gradient[:4, 2].isnan().all() and not gradient[:, :2].isnan().any()


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_a_model_learns_sequences(zero_infinity: bool) -> None:
    """Through ``log_softmax``, in single precision: within what PyTorch's own rounding leaves."""
    weights = [numbers(6, 5).float().requires_grad_() for _ in range(2)]
    weights[1].data = weights[0].data.clone()
    x, labels = numbers(20, 4, 6).float(), torch.randint(1, 5, (4, 6))
    lengths = torch.tensor([20, 18, 15, 20]), torch.tensor([6, 5, 6, 2])
    for weight, module in zip(weights, (F, peer)):
        log_probs = (x @ weight).log_softmax(-1)
        module.ctc_loss(log_probs, labels, *lengths, zero_infinity=zero_infinity).backward()
    torch.testing.assert_close(weights[0].grad, weights[1].grad, rtol=1e-4, atol=1e-5)


@each_reduction
@pytest.mark.parametrize("alpha", [0.25, -1.0])
def test_focal(alpha: float, reduction: str) -> None:
    """Against its formula: torchvision is not needed."""
    z, y = numbers(5, 4).requires_grad_(), torch.randint(0, 2, (5, 4)).double()
    p = z.sigmoid()
    likely = p * y + (1 - p) * (1 - y)
    expected = -((1 - likely) ** 2) * likely.log()
    expected = expected * (alpha * y + (1 - alpha) * (1 - y)) if alpha >= 0 else expected
    expected = expected if reduction == "none" else getattr(expected, reduction)()
    value = F.sigmoid_focal_loss(z, y, alpha=alpha, reduction=reduction)
    torch.testing.assert_close(value, expected)
    gradients = [torch.autograd.grad(x.sum(), z)[0] for x in (value, expected)]
    torch.testing.assert_close(*gradients)


@each_reduction
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_linear_cross_entropy(weighted: bool, bias: bool, reduction: str) -> None:
    y = torch.tensor([0, 1, -100, 3, 2])
    weight = torch.rand(4, dtype=torch.float64) + 0.1 if weighted else None
    inputs = [numbers(5, 3), numbers(4, 3), *([numbers(4)] if bias else [])]
    outcomes = []
    for function in (F.linear_cross_entropy, None):
        x, w, *b = [given.clone().requires_grad_() for given in inputs]
        options = {"weight": weight, "ignore_index": -100, "reduction": reduction}
        if function:
            value = function(x, w, y, linear_bias=b[0] if b else None, **options)
        else:
            value = peer.cross_entropy(peer.linear(x, w, *b), y, **options)
        outcomes.append([value, *torch.autograd.grad(value.sum(), [x, w, *b])])
    torch.testing.assert_close(*outcomes)


def test_linear_cross_entropy_of_nothing() -> None:
    x, w = numbers(2, 3).requires_grad_(), numbers(4, 3).requires_grad_()
    value = F.linear_cross_entropy(x, w, torch.tensor([-100, -100]), ignore_index=-100)
    value.backward()
    assert value.isnan() and not x.grad.any() and not w.grad.any()


# Where PyTorch is wrong.


def test_confident_rows_keep_their_loss() -> None:
    for gap, value in ((17.0, 4.139937633089748e-08), (50.0, 1.9287498479639178e-22)):
        z = torch.tensor([[gap, 0.0]], requires_grad=True)
        y = torch.tensor([0])
        mine = F.cross_entropy(z, y)
        mine.backward()
        assert peer.cross_entropy(z, y).item() == 0.0
        assert mine.item() == pytest.approx(value, rel=1e-7)
        # Both components, which sum to 0.
        assert z.grad[0, 0] == -z.grad[0, 1] and z.grad[0, 1].item() == pytest.approx(value, rel=1e-7)


def test_both_tails_of_two_classes() -> None:
    z, zero = torch.tensor([-20.0, -100.0], requires_grad=True), torch.zeros(2)
    values = F.binary_cross_entropy_with_logits(z, zero, reduction="none")
    assert values[0].item() == pytest.approx(2.061153620314381e-09, rel=1e-7)
    assert F.soft_margin_loss(torch.tensor([-1000.0]), torch.ones(1)).item() == 1000.0
    # No clamp.
    assert F.binary_cross_entropy(torch.tensor([1e-60], dtype=torch.float64), torch.ones(1)).item() == pytest.approx(
        138.15510557964274, rel=1e-15
    )


def test_equal_points_have_no_nan() -> None:
    a = torch.ones(2, 3, requires_grad=True)
    F.triplet_margin_loss(a, torch.ones(2, 3), torch.zeros(2, 3), eps=0.0, margin=5.0).backward()
    assert a.grad.isfinite().all()


def test_differences_keep_their_digits() -> None:
    """Of a triplet √(n² + 1) - n, of a cosine beside its margin, of a likelihood between its two terms, of scores far out."""

    def row(*numbers: float) -> Any:
        return torch.tensor([numbers], dtype=torch.float64)

    n = 2.0**30
    points = [row(0.0, 0.0).requires_grad_(), row(n, 1.0).requires_grad_(), row(n, 0.0).requires_grad_()]
    value = F.triplet_margin_loss(*points, margin=1e-300, eps=0.0)
    assert peer.triplet_margin_loss(*points, margin=1e-300, eps=0.0).item() == 0.0
    assert value.item() == pytest.approx(0.5 / n, rel=1e-15)
    assert torch.autograd.grad(value, points[0])[0][0, 0].item() == pytest.approx(0.5 / n**2, rel=1e-15)
    assert F.cosine_embedding_loss(row(1.0, n), row(n, -1.0 + 2.0**-50), -torch.ones(1)).item() == 2.0**-80
    near = row(1.0, 1.0), row(1.0, 1.0 + 2.0**-30)
    assert F.cosine_embedding_loss(*near, torch.ones(1)).item() == pytest.approx(2.0**-63, rel=1e-8)
    assert peer.cosine_embedding_loss(*near, torch.ones(1)).item() > 1e-13
    exact = F.gaussian_nll_loss(row(0.0), row(0.5887050112577373), row(0.5), eps=0.0).item()
    assert exact == pytest.approx(-1.619207374436653e-17, rel=1e-15)
    assert F.margin_ranking_loss(row(1e16), row(1e16 - 2), torch.ones(1, 1), margin=2 + 2.0**-51).item() == 2.0**-51


def test_means_are_exact() -> None:
    x = torch.full((1_000_000,), 0.1)
    assert F.l1_loss(x, torch.zeros_like(x)).item() == x[0].item()


def test_half_types() -> None:
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        z, y = numbers(6, 4).to(dtype).requires_grad_(), torch.randint(0, 4, (6,))
        value = F.cross_entropy(z, y)
        (gradient,) = torch.autograd.grad(value, z)
        wide = z.detach().double().requires_grad_()
        exact = peer.cross_entropy(wide, y)
        assert value.dtype == gradient.dtype == dtype
        assert value.item() == pytest.approx(exact.to(dtype).item(), rel=torch.finfo(dtype).eps)
        torch.testing.assert_close(gradient, torch.autograd.grad(exact, wide)[0].to(dtype), rtol=1e-2, atol=0)
    with torch.autocast("cpu", torch.bfloat16):
        assert F.cross_entropy(z, y).dtype == torch.float32 == peer.cross_entropy(z, y).dtype


def test_wrong_arguments_have_a_place() -> None:
    with pytest.raises(dc.DiscrepancyError) as caught:
        F.cross_entropy(numbers(2, 3), torch.tensor([0, 7]))
    assert (caught.value.argument, caught.value.index) == ("target", 1)
    with pytest.raises(ValueError, match="reduction"):
        F.mse_loss(numbers(2), numbers(2), reduction="average")
    with pytest.raises(ValueError, match="size"):
        F.binary_cross_entropy(torch.rand(3), torch.rand(2))
    with pytest.raises(ValueError, match="ignore_index"):
        F.cross_entropy(numbers(2, 3), shares(2, 3), ignore_index=1)
    assert F.mse_loss(torch.tensor([float("nan")]), torch.zeros(1)).isnan()


def alike(name: str, *arguments: Any, **options: Any) -> None:
    """Value and gradient in the first argument are PyTorch's."""
    outcomes = []
    for module in (F, peer):
        x = arguments[0].clone().requires_grad_()
        value = getattr(module, name)(x, *arguments[1:], **options)
        outcomes.append([value, torch.autograd.grad(value.sum(), x)[0]])
    torch.testing.assert_close(*outcomes, rtol=1e-11, atol=1e-13, equal_nan=True)


@each_reduction
def test_labels_that_are_listed_twice_count_twice(reduction: str) -> None:
    x = torch.tensor([0.1, 0.2, 0.4, 0.8], dtype=torch.float64)
    alike("multilabel_margin_loss", x, torch.tensor([3, 3, -1, 1]), reduction=reduction)
    assert F.multilabel_margin_loss(x, torch.tensor([3, 3, -1, 1])).item() == pytest.approx(0.65, rel=1e-15)
    # Beside rows without; all labels; one three times; what stands behind the −1.
    lists = torch.tensor([[3, 3, -1, 1], [0, 1, 2, 3], [2, 2, 2, 0], [-1, 0, 0, 0], [1, 0, -1, 1]])
    alike("multilabel_margin_loss", numbers(5, 4), lists, reduction=reduction)
    alike("multilabel_margin_loss", numbers(1)[0], torch.tensor(0), reduction=reduction)
    for wrong, index in (([[0, 4, -1, 0]], 1), ([[0, -2, -1, 0]], 1)):
        with pytest.raises(dc.DiscrepancyError, match="labels 0 to 3") as caught:
            F.multilabel_margin_loss(numbers(1, 4), torch.tensor(wrong))
        assert (caught.value.argument, caught.value.index) == ("target", index)


@each_reduction
def test_shapes_of_multi_margin_are_those_of_torch(reduction: str) -> None:
    for x, y in ((numbers(5), [1]), (numbers(5), 1), (numbers(1)[0], 0), (numbers(1)[0], [0]), (numbers(1, 5), 1), (numbers(1, 5), [1])):
        alike("multi_margin_loss", x, torch.tensor(y), reduction=reduction)
    for p in (1, 2):
        alike("multi_margin_loss", numbers(3, 5), torch.tensor([1, 2, 0]), p=p, margin=-0.5, reduction=reduction)
    alike("hinge_embedding_loss", numbers(4), signs(4), margin=-0.5, reduction=reduction)
    with pytest.raises(ValueError, match="size"):
        F.multi_margin_loss(numbers(5), torch.tensor([1, 2]))


@each_reduction
def test_linear_layers_of_more_dimensions(reduction: str) -> None:
    x, weight, bias = numbers(8, 5), numbers(4, 3, 2, 4, 5), numbers(4, 3, 2, 4)
    y = torch.randint(0, 4, (8, 3, 2, 4))
    alike("linear_cross_entropy", x, weight, y, linear_bias=bias, reduction=reduction)
    alike("linear_cross_entropy", x, weight, y, reduction=reduction)
    alike("linear_cross_entropy", x, weight, numbers(8, 4, 3, 2, 4).softmax(1), linear_bias=bias, reduction=reduction)


@each_reduction
@pytest.mark.parametrize("zero_infinity", [False, True])
def test_sequences_without_steps(zero_infinity: bool, reduction: str) -> None:
    """One of them does not spoil the others: certain of no labels, impossible of some."""
    scores, labels = numbers(6, 3, 5).log_softmax(-1), torch.tensor([[1, 2], [1, 2], [1, 2]])
    for counts in ((2, 0, 0), (2, 2, 0), (2, 1, 1)):
        alike("ctc_loss", scores, labels, (6, 0, 0), counts, zero_infinity=zero_infinity, reduction=reduction)
    values = F.ctc_loss(scores, labels, (6, 0, 0), (2, 2, 0), zero_infinity=zero_infinity, reduction="none")
    assert values[1].item() == (0.0 if zero_infinity else float("inf")) and values[2].item() == 0.0


@each_reduction
@pytest.mark.parametrize("log_input", [True, False])
def test_counts_have_the_gradient_of_torch(log_input: bool, reduction: str) -> None:
    """Also where Stirling's term is a function of them."""
    z, y = numbers(6).exp(), torch.tensor([2.0, 0.5, 3.0, 1.5, 7.0, 0.25], dtype=torch.float64)
    for full in (False, True):
        agree("poisson_nll_loss", [z, y], log_input=log_input, full=full, reduction=reduction)
        outcomes = []
        for module in (F, peer):
            target = y.clone().requires_grad_()
            module.poisson_nll_loss(z, target, log_input=log_input, full=full, reduction="sum").backward()
            outcomes.append(target.grad)
        torch.testing.assert_close(*outcomes, rtol=1e-12, atol=1e-14)


def test_what_has_no_meaning_is_an_error() -> None:
    """As the module promises, also where PyTorch does the work or weights are multiplied with later."""
    rate, one = torch.tensor([0.5, -1.0]), torch.ones(2)
    for full, eps in itertools.product((False, True), (1e-8, 0.0)):
        with pytest.raises(dc.DiscrepancyError) as caught:
            F.poisson_nll_loss(rate, one, log_input=False, full=full, eps=eps)
        assert caught.value.index == 1 and caught.value.value == -1.0
    with pytest.raises(dc.DiscrepancyError):
        F.poisson_nll_loss(one, -one.clone().requires_grad_())
    with pytest.raises(dc.DiscrepancyError, match="var"):
        F.gaussian_nll_loss(one, one, rate)
    half, happened, labels = torch.full((2, 2), 0.5), torch.ones(2, 2), torch.tensor([0, 1])
    negative = torch.tensor([1.0, -2.0])
    for reduction, tracked in itertools.product(REDUCTIONS, (False, True)):
        w = negative.clone().requires_grad_(tracked)
        calls = {
            "binary_cross_entropy": lambda: F.binary_cross_entropy(half, happened, w, reduction=reduction),
            "of logits": lambda: F.binary_cross_entropy_with_logits(half, happened, w, reduction=reduction),
            "pos_weight": lambda: F.binary_cross_entropy_with_logits(half, happened, pos_weight=w, reduction=reduction),
            "both": lambda: F.binary_cross_entropy_with_logits(half, happened, w, pos_weight=w.abs(), reduction=reduction),
            "of shares": lambda: F.binary_cross_entropy(half, happened.clone().requires_grad_(), w, reduction=reduction),
            "multilabel": lambda: F.multilabel_soft_margin_loss(half, happened, w, reduction=reduction),
            "mse_loss": lambda: F.mse_loss(half, happened, weight=w.expand(2, 2), reduction=reduction),
            "l1_loss": lambda: F.l1_loss(half, happened, weight=w.expand(2, 2), reduction=reduction),
            "huber_loss": lambda: F.huber_loss(half, happened, weight=w.expand(2, 2), reduction=reduction),
            "cross_entropy": lambda: F.cross_entropy(half, labels, w, reduction=reduction),
            "nll_loss": lambda: F.nll_loss(half.log(), labels, w, reduction=reduction),
            "linear_cross_entropy": lambda: F.linear_cross_entropy(half, half, labels, weight=w, reduction=reduction),
            "multi_margin_loss": lambda: F.multi_margin_loss(half, labels, weight=w.detach(), reduction=reduction),
            "below": lambda: F.multi_margin_loss(half, labels, margin=-1.0, weight=w.detach(), reduction=reduction),
        }
        for name, call in calls.items():
            with pytest.raises(dc.DiscrepancyError, match="negative|\\[0, inf"):
                call()
                pytest.fail(f"{name}, {reduction}, {tracked}")


def test_sizes_that_torch_refuses_are_refused() -> None:
    row, rows = numbers(5), numbers(6, 5)
    calls = {
        "cosine_embedding_loss": [(rows, row, signs(6)), (rows, rows, signs(1)[0]), (row, row, signs(1)), (numbers(2, 6, 5),) * 2 + (signs(2, 6),), (rows, rows, signs(3))],
        "margin_ranking_loss": [(row, rows, signs(6, 5)), (row, row, signs(1)[0])],
        "triplet_margin_loss": [(rows, row, rows), (rows, rows, row)],
        "cross_entropy": [(numbers(2, 3, 4, 4), torch.zeros(2, 1, 4, 4).long()), (rows, torch.zeros(6, 1).long()), (rows, torch.zeros(5).long()), (rows, numbers(6))],
    }  # fmt: skip
    for name, every in calls.items():
        for arguments in every:
            for module in (F, peer):
                with pytest.raises((ValueError, RuntimeError)):
                    getattr(module, name)(*arguments)
    # What is broadcast there is broadcast here.
    alike("cosine_embedding_loss", rows, numbers(1, 5), signs(6))
    alike("cosine_embedding_loss", rows, rows + 1, signs(1))
    alike("margin_ranking_loss", numbers(6, 1), rows, signs(1, 1))
    assert F.cross_entropy(row, torch.tensor([2])).item() == pytest.approx(peer.cross_entropy(row, torch.tensor([2])).item())


# What PyTorch does with functions.


PRODUCTS = [("softmax", "vector_jacobian"), ("log_softmax", "jacobian_vector"), ("log_softmax", "vector_jacobian")]


def cases() -> list[Any]:
    z, y = numbers(5, 4).requires_grad_(), numbers(5, 4).requires_grad_()
    labels, classes = torch.tensor([0, 1, 2, 3, -100]), torch.rand(4, dtype=torch.float64)
    weight = torch.rand(5, 4, dtype=torch.float64)
    every = [("mean", True), ("none", True), ("sum", True)]
    return [
        *[(operators.pointwise, (z, y, None, "squared", *how[:1], True, how[1])) for how in every],
        (operators.pointwise, (z, y, weight, "squared", "mean", True, True)),
        (operators.pointwise, (z.detach(), y.detach(), None, "squared", "mean", True, False)),
        (operators.rows, (z.detach(), labels, classes, "softmax_cross_entropy", "none", -100, False)),
        (operators.pointwise_hessian, (z.detach(), y.detach(), "squared")),
        *[(operators.rows, (z, labels, classes, "softmax_cross_entropy", how[0], -100, how[1])) for how in every],
        (operators.rowwise, (z, y, "euclidean", True)),
        (operators.pairwise, (z, y, "euclidean")),
        (operators.pairwise_gradients, (z.detach(), y.detach(), numbers(5, 5), "euclidean")),
        (operators.sample, (z, y, None, None, "maximum_mean_discrepancy", True)),
        (operators.sequences, (z.detach().log_softmax(-1).requires_grad_(), torch.tensor([1, 2]), *torch.tensor([5, 2]), "ctc", True)),
        (operators.head, (z, y, labels, None, None, "linear_softmax_cross_entropy", "mean", -100)),
        *[(operators.tuples, (z, y, None, signs(5, 4), "margin_ranking", *how[:1], False, how[1])) for how in every],
        (operators.tuples, (z, y.exp().detach().requires_grad_(), None, y, "gaussian_nll", "none", True, True)),
        (operators.tuples, (z, y, None, signs(5), "cosine_embedding", "none", False, True)),
        (operators.tuples, (z, y, z.detach(), None, "triplet", "mean", False, True)),
        (operators.maps, (z, "log_softmax:temperature=2")),
        *[(operators.map_products, (z, y, spec, product)) for spec, product in PRODUCTS],
        (operators.non_negative, (weight.requires_grad_(), "f", "amount")),
        (operators.sequence_slopes, (numbers(5, 4).log_softmax(-1), torch.tensor([1, 2]), *torch.tensor([5, 2]), "ctc")),
    ]


@pytest.mark.parametrize("index", range(28))
def test_operators_keep_the_rules(index: int) -> None:
    operator, arguments = cases()[index]
    torch.library.opcheck(operator.op, arguments)


def test_softmax_is_that_of_torch() -> None:
    x, v = numbers(4, 5, 3).requires_grad_(), numbers(4, 5, 3)
    for ours_, theirs in ((F.softmax, peer.softmax), (F.log_softmax, peer.log_softmax)):
        for dim in (0, 1, -1):
            found, expected = ours_(x, dim=dim), theirs(x, dim=dim)
            torch.testing.assert_close(found, expected, rtol=1e-14, atol=1e-14)
            (slope,), (wanted,) = (torch.autograd.grad(y, x, v) for y in (found, expected))
            torch.testing.assert_close(slope, wanted, rtol=1e-13, atol=1e-14)
        assert ours_(x, 1, dtype=torch.float32).dtype == ours_(x.float().half(), 1, dtype=torch.float32).dtype == torch.float32
        torch.testing.assert_close(ours_(x[0, 0, 0], 0), theirs(x[0, 0, 0], 0))
        assert ours_(x[:, :0], 2).shape == (4, 0, 3)
        with pytest.warns(UserWarning, match="dim"):
            assert torch.equal(ours_(x), ours_(x, 0))
        z = numbers(2, 4).requires_grad_()
        torch.autograd.gradcheck(lambda a: ours_(a, -1), (z,))
        torch.autograd.gradgradcheck(lambda a: ours_(a, -1), (z,))
        compiled = torch.compile(lambda a: ours_(a, -1).square().sum(), fullgraph=True)
        assert torch.equal(torch.autograd.grad(compiled(z), z)[0], torch.autograd.grad(ours_(z, -1).square().sum(), z)[0])
        half = numbers(3, 7).to(torch.bfloat16)
        with torch.autocast("cpu", torch.bfloat16):
            assert ours_(half, -1).dtype == theirs(half, -1).dtype
        assert ours_(torch.tensor([[1.0, float("nan")], [0.0, 0.0]]), 1).isnan().tolist() == [[True, True], [False, False]]
    confident = torch.tensor([17.0, 0.0])
    assert F.log_softmax(confident, 0)[0].item() == pytest.approx(-4.139937633089748e-8, rel=1e-7)


@pytest.mark.parametrize(("spec", "product"), PRODUCTS)
def test_products_can_be_differentiated(spec: str, product: str) -> None:
    x, v = numbers(3, 4).requires_grad_(), numbers(3, 4).requires_grad_()
    spec += ":temperature=1.5"
    torch.autograd.gradcheck(lambda a, b: operators.map_products(a, b, spec, product), (x, v))
    torch.autograd.gradgradcheck(lambda a, b: operators.map_products(a, b, spec, product), (x, v))


def test_second_derivatives() -> None:
    z, y, weight = numbers(3, 4).requires_grad_(), numbers(3, 4).requires_grad_(), torch.rand(3, 4).double()
    for reduction in REDUCTIONS:
        torch.autograd.gradgradcheck(lambda a, b: F.mse_loss(a, b, reduction=reduction, weight=weight), (z, y))
        targets = (torch.tensor([0, -100, 2]), shares(3, 4))
        for target, classes in itertools.product(targets, (None, torch.rand(4).double())):
            options = {"weight": classes, "label_smoothing": 0.1, "reduction": reduction}
            torch.autograd.gradgradcheck(lambda a: F.cross_entropy(a, target, **options), (z,))
        variance = (0.5 + torch.rand(3, 4).double()).requires_grad_()
        torch.autograd.gradgradcheck(lambda a, b, c: F.gaussian_nll_loss(a, b, c, reduction=reduction), (z, y, variance))
        (slope,) = torch.autograd.grad(F.margin_ranking_loss(z, y, signs(3, 4), 9.0).square(), z, create_graph=True)
        assert torch.autograd.grad(slope.sum(), z)[0].isfinite().all()
    once = torch.autograd.grad(F.triplet_margin_loss(z, y, -y, margin=9.0), z, create_graph=True)
    with pytest.raises(NotImplementedError, match="triplet"):
        once[0].sum().backward()
    once = torch.autograd.grad(ours.distance("euclidean", z, y).sum(), z, create_graph=True)
    with pytest.raises(NotImplementedError, match="euclidean"):
        once[0].sum().backward()


def test_gradients_add_up() -> None:
    """Also where a graph is kept, and where the gradient of one pass is added to in place by the next."""
    z, y = numbers(5, 4).requires_grad_(), torch.tensor([0, 1, 2, 3, 0])
    for loss in (lambda: F.cross_entropy(z, y), lambda: F.mse_loss(z, torch.zeros_like(z))):
        (once,) = torch.autograd.grad(loss(), z)
        z.grad = None
        value = loss()
        for times in range(1, 4):
            value.backward(retain_graph=times < 3)
            torch.testing.assert_close(z.grad, times * once, rtol=1e-15, atol=0.0)
        loss().backward()
        (3.0 * loss()).backward()
        torch.testing.assert_close(z.grad, 7.0 * once, rtol=1e-14, atol=0.0)


def test_memory_is_used_again_when_nobody_has_it() -> None:
    z, y = torch.randn(1 << 11, 1 << 10, requires_grad=True), torch.randint(0, 1 << 10, (1 << 11,))

    def step() -> Any:
        (slopes,) = torch.autograd.grad(F.cross_entropy(z, y), z)
        return slopes

    ours.empty_cache()
    first = step()
    place, content = first.data_ptr(), first.clone()
    # Somebody has it: as it is, as a part of it, or as NumPy's.
    assert step().data_ptr() != place and torch.equal(first, content)
    first = step()[5:]
    content = first.clone()
    step()
    assert torch.equal(first, content)
    last = step()
    place, seen, content = last.data_ptr(), last.numpy(), last.clone()
    del last
    step()
    assert (seen == content.numpy()).all()
    del seen, first
    place = step().data_ptr()
    assert step().data_ptr() == place
    # A graph that is not yet gone has its own.
    value = F.cross_entropy(z, y)
    F.cross_entropy(2 * z, y)
    (slopes,) = torch.autograd.grad(value, z)
    assert torch.equal(slopes, content)
    ours.empty_cache()


def test_vmap() -> None:
    z, y = numbers(3, 5, 4), torch.randint(0, 4, (3, 5))
    for reduction in REDUCTIONS:
        values = torch.vmap(lambda a, b: F.cross_entropy(a, b, reduction=reduction))(z, y)
        alone = torch.stack([F.cross_entropy(a, b, reduction=reduction) for a, b in zip(z, y)])
        assert torch.equal(values, alone)
    values = torch.vmap(lambda a: ours.distance("euclidean", a, z[0]))(z)
    assert values.shape == (3, 5)


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a compiler for C++")
def test_compiled_as_one_graph() -> None:
    weight = torch.nn.Parameter(numbers(4, 3))

    def step(x: Any, y: Any) -> Any:
        scores = x @ weight.T
        return F.cross_entropy(scores, y, label_smoothing=0.1) + F.mse_loss(scores, torch.zeros_like(scores))

    x, y = numbers(5, 3), torch.tensor([0, 1, 2, 3, 0])
    outcomes = []
    for function in (step, torch.compile(step, fullgraph=True)):
        value = function(x, y)
        outcomes.append((value, *torch.autograd.grad(value, weight)))
    torch.testing.assert_close(*outcomes)


# By spec, and modules.


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e["kind"] in ("pointwise", "row")], ids=lambda e: e["name"])
def test_every_loss_by_its_spec(entry: dict[str, Any]) -> None:
    from conftest import column, made

    z = torch.from_numpy(column(entry["prediction"], (6, 4), 1)).requires_grad_()
    y = torch.from_numpy(column(entry["target"], (6, 4), 2))
    measure = made(entry)
    if "without a derivative" in entry["properties"]:
        with torch.no_grad():
            assert ours.loss(measure, z, y).item() == measure.value(z.detach(), y)
        return
    value = ours.Loss(measure)(z, y)
    value.backward()
    expected, gradient = measure.value_and_gradient(z.detach(), y)
    assert value.item() == expected and torch.equal(z.grad, gradient)


def test_distances_and_statistics_are_differentiable() -> None:
    a, b = numbers(4, 3).requires_grad_(), numbers(4, 3).requires_grad_()
    torch.autograd.gradcheck(lambda x, y: ours.distance("minkowski:p=3", x, y), (a, b))
    torch.autograd.gradcheck(lambda x, y: ours.pairwise("euclidean", x, y), (a, b))
    torch.autograd.gradcheck(lambda x, y: ours.statistic("maximum_mean_discrepancy:bandwidth=1", x, y), (a, b))


def test_every_loss_of_torch_is_there() -> None:
    theirs = {n for n in dir(peer) if n.endswith("_loss") or n in ("cross_entropy", "kl_div", "binary_cross_entropy")}
    assert {n for n in theirs if not n.startswith("_")} <= set(F.__all__)
    for name in set(F.__all__) & set(dir(peer)):
        mine, other = (list(inspect.signature(getattr(module, name)).parameters.items()) for module in (F, peer))
        assert [(n, p.kind, p.default) for n, p in mine] == [(n, p.kind, p.default) for n, p in other]
        assert getattr(F, name).__doc__


def test_modules_are_those_of_torch() -> None:
    z, y = numbers(5, 4), torch.randint(0, 4, (5,))
    module = ours.CrossEntropyLoss(weight=torch.rand(4).double(), label_smoothing=0.1)
    assert isinstance(module, torch.nn.CrossEntropyLoss) and "weight" in module.state_dict()
    theirs = torch.nn.CrossEntropyLoss(module.weight, label_smoothing=0.1)
    torch.testing.assert_close(module(z, y), theirs(z, y))
    for name in dir(torch.nn):
        # Deprecated, or with a layer of its own kind.
        if name.endswith("Loss") and name not in ("NLLLoss2d", "AdaptiveLogSoftmaxWithLoss"):
            assert issubclass(getattr(ours, name), getattr(torch.nn, name))
            assert "forward" in vars(getattr(ours, name)) and getattr(ours, name).__doc__


def test_the_examples_run() -> None:
    for module in (ours, F):
        failed, tried = doctest.testmod(module)
        assert failed == 0 and tried > 0


def test_a_swap_trains_alike() -> None:
    x = numbers(64, 5).float()
    y = (x[:, 0] > 0).long() + (x[:, 1] > 0.5).long()
    curves = []
    for criterion in (ours.CrossEntropyLoss(), torch.nn.CrossEntropyLoss()):
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(5, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
        optimizer, curve = torch.optim.Adam(model.parameters(), lr=0.02), []
        for _ in range(40):
            optimizer.zero_grad()
            value = criterion(model(x), y)
            value.backward()
            optimizer.step()
            curve.append(value.item())
        curves.append(curve)
    assert curves[0] == pytest.approx(curves[1], rel=1e-3) and curves[0][-1] < 0.5 * curves[0][0]


# Several processes.


def shard(rank: int, size: int, address: str, results: Any) -> None:
    torch.distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=size)
    torch.manual_seed(3)
    z, y = 10.0 * numbers(6, 7), torch.tensor([0, 6, 3, -100, 2, 5])
    z[0, 0] = 60.0  # A confident row, its class in the first process; in the last:
    z[1, 6] = 80.0
    edges = [7 * i // size for i in range(size + 1)]
    outcome = []
    for reduction, exact in itertools.product(REDUCTIONS, (False, True)):
        mine = z[:, edges[rank] : edges[rank + 1]].clone().requires_grad_()
        value = ours.vocab_parallel_cross_entropy(mine, y, reduction=reduction, exact=exact)
        (gradient,) = torch.autograd.grad(value.sum(), mine)
        outcome.append((value.detach().numpy(), gradient.numpy()))
    results.put((rank, outcome))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


@pytest.mark.parametrize("size", [2, 4])
def test_classes_divided_among_processes(size: int, tmp_path: Any) -> None:
    context = torch.multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = size, f"file://{tmp_path}/meeting", results
    processes = [context.Process(target=shard, args=(rank, *arguments)) for rank in range(size)]
    for process in processes:
        process.start()
    parts = dict(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    torch.manual_seed(3)
    z, y = 10.0 * numbers(6, 7), torch.tensor([0, 6, 3, -100, 2, 5])
    z[0, 0], z[1, 6] = 60.0, 80.0
    z.requires_grad_()
    states, one = dc.rows.RowStates(5), z.detach()[y >= 0]
    states.push(one, y[y >= 0])
    alone = states.value(), states.gradient(one, y[y >= 0])
    for i, (reduction, exact) in enumerate(itertools.product(REDUCTIONS, (False, True))):
        value = F.cross_entropy(z, y, reduction=reduction)
        (gradient,) = torch.autograd.grad(value.sum(), z)
        whole = torch.cat([torch.from_numpy(parts[rank][i][1]) for rank in range(size)], -1)
        # Relative, also of what is nearly 0.
        torch.testing.assert_close(whole, gradient, rtol=1e-12, atol=0.0)
        for rank in range(size):
            mine = torch.from_numpy(parts[rank][i][0])
            torch.testing.assert_close(mine, value.detach(), rtol=1e-14, atol=0.0)
        if exact and reduction == "none":
            # Not near: the same, for two and for four processes.
            assert torch.equal(mine[y >= 0], torch.as_tensor(alone[0])) and torch.equal(whole[y >= 0], alone[1])
