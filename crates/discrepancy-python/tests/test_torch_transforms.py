"""What PyTorch does with functions that call the operators: every operator, every function, every transform.

A derivative is right or an error; it is never 0 because somebody forgot it.
"""

from __future__ import annotations

import shutil
from typing import Any, Callable

import pytest

torch = pytest.importorskip("torch")

import discrepancy.torch as ours  # noqa: E402
import torch.nn.functional as peer  # noqa: E402
from discrepancy.torch import _operators as operators  # noqa: E402
from discrepancy.torch import functional as F  # noqa: E402
from torch.autograd import forward_ad  # noqa: E402

Case = tuple[Callable[..., Any], tuple[Any, ...]]


def numbers(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


def signs(*shape: int) -> Any:
    return 2.0 * torch.randint(0, 2, shape).double() - 1.0


def operator_cases() -> dict[str, tuple[str, Callable[..., Any], tuple[Any, ...]]]:
    """Of each operator: its name, a function of what it can be differentiated by, and numbers for these."""
    torch.manual_seed(7)
    z, y, w = numbers(5, 4), numbers(5, 4), torch.rand(5, 4).double() + 0.1
    labels, classes = torch.tensor([0, 1, 2, 3, -100]), torch.rand(4).double() + 0.1
    counts, sides, lists = torch.randint(0, 2, (5, 4)).double(), signs(5, 4), torch.tensor([[0, 2, -1, 1], [3, 3, -1, 0]])
    made: dict[str, tuple[str, Callable[..., Any], tuple[Any, ...]]] = {}

    def add(title: str, function: Callable[..., Any], *inputs: Any) -> None:
        made[title] = (title.partition(" ")[0], function, inputs)

    for how in ("mean", "none", "sum"):
        by_count = "mean_by_count" if how == "mean" else how
        add(f"pointwise {how}", lambda a, b, how=how: operators.pointwise(a, b, None, "log_cosh", how, True, True)[0], z, y)
        add(f"rows {how}", lambda a, how=how: operators.rows(a, labels, classes, "softmax_cross_entropy", how, -100, True)[0], z)
        add(f"rows of margins {how}", lambda a, how=by_count: operators.rows(a, counts, None, "multilabel_margin", how, None, True)[0], z)
        add(f"rows of lists {how}", lambda a, how=by_count: operators.rows(a, lists, None, "multilabel_margin", how, None, True)[0], z[:2])
        add(f"tuples gaussian {how}", lambda a, b, c, how=how: operators.tuples(a, b, None, c, "gaussian_nll", how, True, True)[0], z, w, y)
        add(f"tuples triplet {how}", lambda a, b, c, how=how: operators.tuples(a, b, c, None, "triplet:margin=9.0", how, False, True)[0], z, y, w)
        add(f"tuples ranking {how}", lambda a, b, how=how: operators.tuples(a, b, None, sides, "margin_ranking:margin=9.0", how, False, True)[0], z, y)
    add("pointwise weighted", lambda a: operators.pointwise(a, y, w, "log_cosh", "mean", False, True)[0], z)
    add("sequences", lambda a: operators.sequences(a.log_softmax(-1), torch.tensor([[1, 2], [3, 1]]), torch.tensor([5, 4]), torch.tensor([2, 1]), "ctc", True)[0], numbers(5, 2, 4))
    add("rowwise", lambda a, b: operators.rowwise(a, b, "euclidean", True)[0], z, y)
    add("pairwise", lambda a, b: operators.pairwise(a, b, "euclidean"), z, y[:3])
    add("sample", lambda a, b: operators.sample(a, b, None, None, "energy_distance", True)[0], z, y)
    add("head", lambda a, b, c: operators.head(a, b, labels, c, classes, "linear_softmax_cross_entropy", "mean", -100)[0], z, numbers(4, 4), numbers(4))
    add("maps softmax", lambda a: operators.maps(a, "softmax:temperature=2"), z)
    add("maps log_softmax", lambda a: operators.maps(a, "log_softmax:temperature=2"), z)
    for spec in ("softmax:temperature=1.5", "log_softmax:temperature=1.5"):
        for product in ("jacobian_vector", "vector_jacobian"):
            add(f"map_products {spec} {product}", lambda a, b, s=spec, p=product: operators.map_products(a, b, s, p), z, y)
    add("non_negative", lambda a: operators.non_negative(a, "f", "a"), w)
    return made


OPERATORS = operator_cases()
#: What is called where derivatives are made, and has none itself.
ENDS: dict[str, tuple[Callable[..., Any], int]] = {
    "pointwise_hessian": (lambda a, b: operators.pointwise_hessian(a, b, "log_cosh"), 2),
    "pairwise_gradients": (lambda a, b: operators.pairwise_gradients(a, b, torch.ones(5, 5).double(), "euclidean")[0], 2),
    "sequence_slopes": (lambda a: operators.sequence_slopes(a, torch.tensor([1]), torch.tensor(5), torch.tensor(1), "ctc"), 1),
}


def test_every_operator_is_tried() -> None:
    assert {name for name, *_ in OPERATORS.values()} | set(ENDS) == set(operators.__all__) - {"empty_cache", "measure", "tracked"}


def directions(inputs: Any) -> tuple[Any, ...]:
    return tuple(torch.linspace(-1.0, 2.0, x.numel(), dtype=torch.float64).reshape(x.shape) for x in inputs)


def by_dual_numbers(function: Any, inputs: Any, tangents: Any) -> Any:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(function(*map(forward_ad.make_dual, inputs, tangents))).tangent


@pytest.mark.parametrize("title", OPERATORS)
def test_first_derivatives(title: str) -> None:
    """Against differences, and forwards against backwards, on every way there is."""
    _, function, inputs = OPERATORS[title]
    tracked = tuple(x.clone().requires_grad_() for x in inputs)
    assert torch.autograd.gradcheck(function, tracked, check_forward_ad=True, check_batched_grad=True, check_batched_forward_grad=True)
    tangents = directions(inputs)
    jacobians = torch.autograd.functional.jacobian(function, inputs)
    expected = sum((j * t).flatten(-t.dim()).sum(-1) for j, t in zip(jacobians, tangents))
    close = {"rtol": 1e-12, "atol": 1e-13}
    torch.testing.assert_close(torch.func.jvp(function, inputs, tangents)[1], expected, **close)
    torch.testing.assert_close(by_dual_numbers(function, inputs, tangents), expected, **close)
    every = tuple(range(len(inputs)))
    for way in (torch.func.jacfwd, torch.func.jacrev):
        torch.testing.assert_close(way(function, argnums=every)(*inputs), jacobians, **close)
    # One input moves, the others do not.
    for i, (jacobian, tangent) in enumerate(zip(jacobians, tangents)):
        alone = lambda x, i=i: function(*inputs[:i], x, *inputs[i + 1 :])  # noqa: E731
        found = torch.func.jvp(alone, (inputs[i],), (tangent,))[1]
        torch.testing.assert_close(found, (jacobian * tangent).flatten(-tangent.dim()).sum(-1), **close)


@pytest.mark.parametrize("title", OPERATORS)
def test_many_at_once(title: str) -> None:
    """``vmap`` outside of ``grad``, and inside, is one after another."""
    _, function, inputs = OPERATORS[title]
    many = tuple(torch.stack([x, 0.5 * x]) for x in inputs)
    every, weigh = tuple(range(len(inputs))), numbers(()).item()
    scalar = lambda *x: (weigh * function(*x)).sum()  # noqa: E731
    alone = [torch.func.grad(scalar, argnums=every)(*(x[i] for x in many)) for i in range(2)]
    together = torch.vmap(torch.func.grad(scalar, argnums=every))(*many)
    outside = torch.func.grad(lambda *x: torch.vmap(scalar)(*x).sum(), argnums=every)(*many)
    for k in every:
        stacked = torch.stack([one[k] for one in alone])
        torch.testing.assert_close(together[k], stacked)
        torch.testing.assert_close(outside[k], stacked)
    values, moved = torch.func.jvp(torch.vmap(function), many, directions(many))
    for i in range(2):
        one = torch.func.jvp(function, tuple(x[i] for x in many), tuple(t[i] for t in directions(many)))
        torch.testing.assert_close((values[i], moved[i]), one)


@pytest.mark.parametrize("title", OPERATORS)
def test_second_derivatives_are_right_or_refused(title: str) -> None:
    """Against differences of the first, in all four orders and without a graph; never 0 for want of a rule."""
    _, function, inputs = OPERATORS[title]
    scalar = lambda *x: function(*x).square().sum()  # noqa: E731
    slope = lambda x: torch.func.grad(scalar)(x, *inputs[1:])  # noqa: E731
    step = 1e-6
    (tangent,) = directions(inputs[:1])
    expected = (slope(inputs[0] + step * tangent) - slope(inputs[0] - step * tangent)) / (2 * step)

    def without_graph() -> Any:
        leaf = inputs[0].clone().requires_grad_()
        with forward_ad.dual_level():
            (found,) = torch.autograd.grad(scalar(forward_ad.make_dual(leaf, tangent), *inputs[1:]), leaf)
            return forward_ad.unpack_dual(found).tangent

    def by_matrix(outer: Any, inner: Any) -> Callable[[], Any]:
        return lambda: (outer(inner(scalar))(*inputs) * tangent).flatten(-tangent.dim()).sum(-1)

    forward, backward = torch.func.jacfwd, torch.func.jacrev
    ways = [by_matrix(outer, inner) for outer in (forward, backward) for inner in (forward, backward)]
    for way in (*ways, without_graph):
        try:
            found = way()
        except NotImplementedError as error:
            assert "derivative in discrepancy.torch" in str(error)
            continue
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ENDS)
def test_what_has_no_derivative_says_so(name: str) -> None:
    function, count = ENDS[name]
    inputs = [numbers(5, 4) for _ in range(count)]
    inputs = [x.log_softmax(-1) for x in inputs] if name == "sequence_slopes" else inputs
    ways: list[Callable[[], Any]] = [
        lambda: torch.func.jvp(function, tuple(inputs), directions(inputs)),
        lambda: by_dual_numbers(function, inputs, directions(inputs)),
        lambda: torch.func.grad(lambda *x: function(*x).sum())(*inputs),
        lambda: function(*(x.clone().requires_grad_() for x in inputs)).sum().backward(),
    ]
    for way in ways:
        with pytest.raises(NotImplementedError, match="derivative"):
            way()


@pytest.mark.parametrize("title", OPERATORS)
def test_operators_themselves_refuse_tangents(title: str) -> None:
    """Also what calls them by their registered names must not lose a tangent."""
    name, function, inputs = OPERATORS[title]
    mine = getattr(operators, name)
    registered = lambda *x: getattr(torch.ops.discrepancy, name)(*x)  # noqa: E731
    try:
        setattr(operators, name, registered)
        for way in (torch.func.jvp, by_dual_numbers):
            with pytest.raises(NotImplementedError, match="forward-mode"):
                way(function, inputs, directions(inputs))
    finally:
        setattr(operators, name, mine)


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a compiler for C++")
def test_compiled_tangents_are_right_or_refused() -> None:
    x, t, v = torch.tensor([0.5, 1.5]), torch.tensor([1.0, 0.0]), torch.tensor([1.0, 0.0])
    tangent = lambda q: torch.func.jvp(lambda p: F.mse_loss(p, t), (q,), (v,))[1]  # noqa: E731
    assert tangent(x).item() == -0.5
    assert torch.compile(tangent, backend="aot_eager")(x).item() == -0.5
    torch.compiler.reset()
    with pytest.raises(Exception, match="forward-mode"):
        torch.compile(tangent, fullgraph=True, backend="aot_eager")(x)


def test_tangents_of_constants_are_refused() -> None:
    """Of a weight, or of a target that is none of a difference."""
    z, y, w = numbers(5), signs(5), torch.rand(5).double()
    v = torch.ones(5).double()
    for way in (torch.func.jvp, by_dual_numbers):
        with pytest.raises(NotImplementedError, match="the weight"):
            way(lambda q: ours.loss("squared", z, y, weight=q), (w,), (v,))
        with pytest.raises(NotImplementedError, match="the target"):
            way(lambda q: F.soft_margin_loss(z, q), (y,), (v,))
    with pytest.raises(NotImplementedError, match="soft|logistic"):
        F.soft_margin_loss(z, y.requires_grad_()).backward()


# Every function against PyTorch's.


def function_cases() -> dict[str, tuple[str, Callable[[Any], Callable[..., Any]], tuple[Any, ...]]]:
    """Of each function: how a module's is called, and numbers for what PyTorch differentiates it by."""
    torch.manual_seed(11)
    z, y, labels = numbers(5, 4), numbers(5, 4), torch.tensor([0, 1, -100, 3, 2])
    happened, w = torch.randint(0, 2, (5, 4)).double(), torch.rand(5, 4).double() + 0.1
    shares, classes = numbers(5, 4).softmax(-1), torch.rand(4).double() + 0.1
    lists = torch.tensor([[0, 2, -1, 1], [-1, 0, 1, 2], [0, 1, 2, 3], [3, -1, 3, 3], [3, 3, -1, 1]])
    row_signs, sign_matrix = signs(5), signs(5, 4)
    made: dict[str, tuple[str, Callable[[Any], Callable[..., Any]], tuple[Any, ...]]] = {}

    def add(title: str, call: Callable[[Any], Callable[..., Any]], *inputs: Any) -> None:
        made[title] = (title.partition(" ")[0], call, inputs)

    for reduction in ("none", "mean", "sum"):
        o: dict[str, Any] = {"reduction": reduction}

        def each(name: str, call: Callable[[Any], Callable[..., Any]], *inputs: Any, reduction: str = reduction) -> None:
            add(f"{name}, {reduction}" if " " in name else f"{name} {reduction}", call, *inputs)

        each("cross_entropy", lambda m, o=o: lambda a: m.cross_entropy(a, labels, classes, label_smoothing=0.1, **o), z)
        each("cross_entropy of probabilities", lambda m, o=o: lambda a, b: m.cross_entropy(a, b, **o), z, shares)
        each("nll_loss", lambda m, o=o: lambda a: m.nll_loss(a.log_softmax(-1), labels, **o), z)
        each("multi_margin_loss", lambda m, o=o: lambda a: m.multi_margin_loss(a, labels.clamp_min(0), p=2, weight=classes, **o), z)
        each("multi_margin_loss below", lambda m, o=o: lambda a: m.multi_margin_loss(a, labels.clamp_min(0), margin=-0.2, **o), z)
        each("multilabel_margin_loss", lambda m, o=o: lambda a: m.multilabel_margin_loss(a, lists, **o), z)
        each("binary_cross_entropy", lambda m, o=o: lambda a, b: m.binary_cross_entropy(a.sigmoid(), b, w, **o), z, shares)
        each("binary_cross_entropy_with_logits", lambda m, o=o: lambda a, b: m.binary_cross_entropy_with_logits(a, b, w, pos_weight=classes, **o), z, shares)
        each("binary_cross_entropy_with_logits alone", lambda m, o=o: lambda a: m.binary_cross_entropy_with_logits(a, happened, w, pos_weight=classes, **o), z)
        each("multilabel_soft_margin_loss", lambda m, o=o: lambda a: m.multilabel_soft_margin_loss(a, happened, **o), z)
        each("soft_margin_loss", lambda m, o=o: lambda a: m.soft_margin_loss(a, sign_matrix, **o), z)
        each("hinge_embedding_loss", lambda m, o=o: lambda a: m.hinge_embedding_loss(a, sign_matrix, margin=0.7, **o), z)
        each("hinge_embedding_loss below", lambda m, o=o: lambda a: m.hinge_embedding_loss(a, sign_matrix, margin=-0.2, **o), z)
        each("mse_loss", lambda m, o=o: lambda a, b, c: m.mse_loss(a, b, weight=c, **o), z, y, w)
        each("l1_loss", lambda m, o=o: lambda a, b: m.l1_loss(a, b, **o), z, y)
        each("smooth_l1_loss", lambda m, o=o: lambda a, b: m.smooth_l1_loss(a, b, beta=0.7, **o), z, y)
        each("huber_loss", lambda m, o=o: lambda a, b: m.huber_loss(a, b, delta=0.7, **o), z, y)
        for full in (False, True):
            each(f"poisson_nll_loss full={full}", lambda m, o=o, f=full: lambda a, b: m.poisson_nll_loss(a, b, full=f, **o), z, 3 * w)
            each(f"poisson_nll_loss of means, full={full}", lambda m, o=o, f=full: lambda a, b: m.poisson_nll_loss(a, b, log_input=False, full=f, **o), w, 3 * w)
        each("gaussian_nll_loss", lambda m, o=o: lambda a, b, c: m.gaussian_nll_loss(a, b, c, full=True, **o), z, y, w)
        each("kl_div", lambda m, o=o: lambda a, b: m.kl_div(a, b, **o), shares.log(), w)
        each("margin_ranking_loss", lambda m, o=o: lambda a, b, c: m.margin_ranking_loss(a, b, c, margin=0.3, **o), z, y, sign_matrix)
        each("cosine_embedding_loss", lambda m, o=o: lambda a, b: m.cosine_embedding_loss(a, b, row_signs, margin=-0.9, **o), z, y)
        each("triplet_margin_loss", lambda m, o=o: lambda a, b, c: m.triplet_margin_loss(a, b, c, swap=True, **o), z, y, w)
        each("triplet_margin_with_distance_loss", lambda m, o=o: lambda a, b, c: m.triplet_margin_with_distance_loss(a, b, c, **o), z, y, w)
        each("linear_cross_entropy", lambda m, o=o: lambda a, b, c: m.linear_cross_entropy(a, b, labels, linear_bias=c, **o), z, numbers(4, 4), numbers(4))
    add("softmax", lambda m: lambda a: m.softmax(a, 0), z)
    add("log_softmax", lambda m: lambda a: m.log_softmax(a, 1), z)
    return made


FUNCTIONS = function_cases()
#: Not in ``torch.nn.functional``, or without forward mode there.
APART = {"sigmoid_focal_loss", "vocab_parallel_cross_entropy", "ctc_loss"}


def test_every_function_is_tried() -> None:
    assert {name for name, *_ in FUNCTIONS.values()} == set(F.__all__) - APART


@pytest.mark.parametrize("title", FUNCTIONS)
def test_functions_transform_as_those_of_torch(title: str) -> None:
    _, call, inputs = FUNCTIONS[title]
    mine, theirs = call(F), call(peer)
    tangents, every = directions(inputs), tuple(range(len(inputs)))
    close = {"rtol": 1e-10, "atol": 1e-12}
    jacobians = torch.autograd.functional.jacobian(theirs, inputs)
    products = [(j * t).flatten(-t.dim()).sum(-1) for j, t in zip(jacobians, tangents)]
    scalars = [lambda *x, f=f: f(*x).square().sum() for f in (mine, theirs)]
    slopes = torch.func.grad(scalars[1], argnums=every)(*inputs)
    torch.testing.assert_close(torch.func.grad(scalars[0], argnums=every)(*inputs), slopes, **close)
    if title.startswith("multi_margin_loss below"):
        # PyTorch's own, which has no forward mode.
        with pytest.raises(NotImplementedError, match="forward AD"):
            torch.func.jvp(mine, inputs, tangents)
    else:
        torch.testing.assert_close(torch.func.jvp(mine, inputs, tangents), (theirs(*inputs), sum(products)), **close)
        torch.testing.assert_close(by_dual_numbers(mine, inputs, tangents), sum(products), **close)
        torch.testing.assert_close(torch.func.jacfwd(scalars[0], argnums=every)(*inputs), slopes, **close)
        for k, product in enumerate(products):
            # By each alone: what is not differentiated is constant.
            alone = lambda x, k=k: mine(*inputs[:k], x, *inputs[k + 1 :])  # noqa: E731
            torch.testing.assert_close(torch.func.jvp(alone, (inputs[k],), (tangents[k],))[1], product, **close)
    many = tuple(torch.stack([x, 0.9 * x]) for x in inputs)
    many = tuple(torch.stack([x, x]) if x.abs().eq(1).all() else stacked for x, stacked in zip(inputs, many))
    found = torch.vmap(torch.func.grad(scalars[0], argnums=every))(*many)
    for i in range(2):
        expected = torch.func.grad(scalars[1], argnums=every)(*(x[i] for x in many))
        torch.testing.assert_close(tuple(x[i] for x in found), expected, **close)


def test_gradients_of_single_rows_with_an_ignored_label() -> None:
    """Per-sample gradients, the second derivative too: a row of the label −100 moves nothing."""
    z, y = numbers(5, 4), torch.tensor([0, 1, -100, 3, 2])
    for reduction in ("mean", "sum"):
        outcomes = []
        for module in (F, peer):
            loss = lambda a, b, m=module: m.cross_entropy(a, b, reduction=reduction)  # noqa: E731
            outcomes.append([torch.vmap(way(loss))(z, y) for way in (torch.func.grad, torch.func.hessian)])
        torch.testing.assert_close(*outcomes, rtol=1e-12, atol=1e-14)
        assert not outcomes[0][0][2].any() and not outcomes[0][1][2].any()


def test_sequences_have_true_tangents() -> None:
    """Where PyTorch has none: by the log-probabilities themselves, and through ``log_softmax``."""
    x, tangent = numbers(5, 2, 4), numbers(5, 2, 4)
    for made in (lambda a: a, lambda a: a.log_softmax(-1)):
        loss = lambda a, made=made: F.ctc_loss(made(a), torch.tensor([[1, 2], [3, 1]]), (5, 4), (2, 1), reduction="sum")  # noqa: E731
        (_, moved), step = torch.func.jvp(loss, (x,), (tangent,)), 1e-6
        difference = (loss(x + step * tangent) - loss(x - step * tangent)) / (2 * step)
        assert moved.item() == pytest.approx(difference.item(), rel=1e-7)


def test_focal_loss_transforms() -> None:
    z, y = numbers(6), torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0]).double()
    loss = lambda a: F.sigmoid_focal_loss(a, y, reduction="mean")  # noqa: E731
    torch.testing.assert_close(torch.func.jacfwd(loss)(z), torch.func.grad(loss)(z))
    torch.testing.assert_close(torch.func.hessian(loss)(z), torch.autograd.functional.hessian(loss, z))
    assert torch.autograd.gradcheck(loss, (z.requires_grad_(),), check_forward_ad=True)
