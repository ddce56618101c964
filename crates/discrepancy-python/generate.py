"""Writes the package's functions and classes, with their documentation and stubs, from the catalogue.

Run by ``cargo xtask python --generate`` with the extension module of the installed package; a test fails when what is
checked in is not what this writes.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import textwrap
from keyword import iskeyword
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent / "python" / "discrepancy"
WIDTH = 116

#: The module of each family, and what it is.
MODULES = {
    "losses": "Losses of one prediction and one target.",
    "rows": "Losses of a row of scores and a label, or a row of probabilities.",
    "sequences": "Losses of rows of log-probabilities and labels whose places are not known.",
    "tuples": "Losses of several inputs: a mean and a variance, two scores, two or three vectors.",
    "maps": "Maps from a row of scores to a row of the same length.",
    "heads": "A linear layer and a loss of its scores in one; the scores of a batch are never held.",
    "penalties": "Penalties on weights, with gradient and proximal operator.",
    "distances": "Distances between two vectors; matrices, pairs and neighbours by any of them.",
    "divergences": "Divergences between two distributions; ``p``, the first, is the reference.",
    "transport": "Optimal transport: what it costs to move one distribution onto another.",
    "samples": "Statistics of two samples, with permutation tests.",
}


def load_core() -> Any:
    """The extension module alone: the package over it may be what is to be written."""
    found = importlib.util.find_spec("discrepancy")
    folders = list(found.submodule_search_locations or []) if found else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("_core*.so"))]
    if not files:
        raise SystemExit("the package is not installed: cargo xtask python")
    loader = importlib.machinery.ExtensionFileLoader("_core", str(files[0]))
    spec = importlib.util.spec_from_loader("_core", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def module_of(entry: dict[str, Any]) -> str:
    """Where an entry's function and class stand."""
    by_family = {"penalty": "penalties", "distance": "distances", "divergence": "divergences"}
    by_family |= {"transport": "transport", "sample": "samples", "head": "heads", "pointwise": "losses"}
    by_family |= {"sequence": "sequences", "tuple": "tuples"}
    return "maps" if entry["kind"] == "map" else by_family.get(entry["family"], "rows")


def class_name(entry: dict[str, Any]) -> str:
    return "".join(word.capitalize() for word in entry["name"].split("_"))


def python_name(parameter: str) -> str:
    return f"{parameter}_" if iskeyword(parameter) else parameter


class Kind:
    """What the functions and classes of one kind of entry have in common."""

    #: The base class.
    base: str
    #: What a function takes: name, type in the stub, documentation.
    inputs: list[tuple[str, str, str]]
    #: What it takes after the entry's own parameters: name, type, default, documentation.
    options: list[tuple[str, str, str, str]] = []
    #: What it returns: type in the stub, documentation.
    returns: tuple[str, str]
    #: Its last line.
    call: str
    #: What the promise of accuracy does not cover.
    products: str = ""


ARRAY = "ArrayLike"
WEIGHT = ("weight", "ArrayLike | None", "None", "A non-negative weight for each {what}, of the predictions' type.")
REDUCTION = (
    "reduction",
    "Reduction",
    '"mean"',
    '``"mean"`` (weights: over their sum), ``"mean_by_count"``, ``"sum"``, or ``"none"`` for each {what} by itself.',
)
NAN = (
    "nan",
    "Nan",
    '"error"',
    'What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN, ``"omit"`` leaves it out.',
)
PAIR_NAN = (
    "nan",
    "PairNan",
    '"error"',
    'What to do about NaN: ``"error"`` names its index, ``"propagate"`` gives NaN for each pair with it.',
)
OUT = (
    "out",
    "Out",
    "None",
    "Where results go: an array for the one array there is, the gradient if it is asked for, or a tuple with a place for "
    "each, ``None`` for what is to be made.",
)
OUT_OF_ROWS = (
    "out",
    "Out",
    "None",
    "Where results go: an array for the values of rows, or a tuple with a place for values and both gradients.",
)
IGNORE = ("ignore_index", "int | None", "None", "Rows of this label contribute nothing.")


def said(option: tuple[str, str, str, str], what: str) -> tuple[str, str, str, str]:
    return (*option[:3], option[3].format(what=what))


class Pointwise(Kind):
    base = "PointwiseLoss"
    inputs = [("prediction", ARRAY, "array: {prediction}"), ("target", ARRAY, "array of the same shape: {target}")]
    options = [
        said(REDUCTION, "element"),
        said(WEIGHT, "element"),
        ("return_gradient", "bool", "False", "Also return the gradient with respect to the predictions."),
        NAN,
        OUT,
    ]
    returns = ("Any", 'float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array')
    call = ".pointwise(wanted, prediction, target, weight, reduction, nan, out)"


class Row(Kind):
    base = "RowLoss"
    inputs = [
        ("prediction", ARRAY, "array of the shape (…, C): {prediction}"),
        ("target", ARRAY, "integer labels of the shape (…), or probabilities of the shape (…, C)"),
    ]
    options = [
        said(REDUCTION, "row"),
        said(WEIGHT, "row"),
        IGNORE,
        ("return_gradient", "bool", "False", "Also return the gradient with respect to the predictions, (…, C)."),
        ("return_logsumexp", "bool", "False", "Also return the logarithm of the sum of exponentials of each row, (…)."),
        NAN,
        OUT,
    ]
    returns = ("Any", 'float, or an array where ``reduction="none"``; a tuple where more is asked for')
    call = ".rows(wanted, return_logsumexp, prediction, target, weight, reduction, ignore_index, nan, out)"


class Map(Kind):
    base = "RowMap"
    inputs = [("prediction", ARRAY, "array of the shape (…, C): {prediction}")]
    options = [NAN, ("out", "Array | None", "None", "Where the result goes.")]
    returns = ("Array", "array of the shape (…, C)")
    call = ".map(prediction, nan, out)"


class Head(Kind):
    base = "Head"
    inputs = [
        ("x", ARRAY, "array of the shape (…, D): the rows"),
        ("weights", ARRAY, "array of the shape (C, D): the weights of the layer"),
        ("target", ARRAY, "integer labels of the shape (…), or probabilities of the shape (…, C)"),
    ]
    options = [
        ("bias", "ArrayLike | None", "None", "The bias of the layer, (C,), where the head has one."),
        said(REDUCTION, "row"),
        IGNORE,
        ("return_scores", "bool", "False", "Also the gradient in the scores, which is as large as all scores."),
        ("exact", "bool", "False", "Whether the products are exact too, which takes some hundred times as long."),
    ]
    returns = (
        "HeadResult",
        'HeadResult: the reduced value and its gradients; of ``reduction="none"`` each row\'s, and the gradients of the sum',
    )
    call = ".head(x, weights, target, bias, reduction, ignore_index, return_scores, exact)"
    products = (
        "That is of ``exact`` results, and of large margins always. Else scores and gradients are sums of products in plain floats, "
        "off by at most 2⁻⁴⁸ of the sum of the sizes of their terms (scores of float64 by far less), and the gradients by "
        "what that makes of the probabilities, before they are rounded to the type. "
    )


class Sequence(Kind):
    base = "SequenceLoss"
    inputs = [
        ("log_probabilities", ARRAY, "array of the shape (T, N, C), steps first, or (T, C): natural logarithms"),
        ("labels", ARRAY, "integers without blanks: (N, S), or one sequence after another; (S,) with (T, C)"),
    ]
    options = [
        ("input_lengths", "ArrayLike | None", "None", "How many steps of each sequence there are, (N,); without, all T."),
        ("target_lengths", "ArrayLike | None", "None", "How many labels of each sequence there are, (N,); without, all S."),
        (
            "reduction",
            'Literal["mean", "sum", "none"]',
            '"mean"',
            '``"mean"`` over the sequences (PyTorch divides each by its number of labels first), ``"sum"``, or ``"none"``.',
        ),
        ("return_gradient", "bool", "False", "Also return the gradient with respect to the log-probabilities."),
    ]
    returns = ("Any", 'float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array')
    call = ".sequence(wanted, log_probabilities, labels, input_lengths, target_lengths, reduction, False)"


class Tuple(Kind):
    base = "TupleLoss"
    options = [
        said(REDUCTION, "row"),
        said(WEIGHT, "row"),
        ("return_gradient", "bool", "False", "Also return the gradients with respect to each input."),
        NAN,
    ]
    returns = ("Any", 'float, or an array where ``reduction="none"``; with ``return_gradient`` a tuple of it and an array each')


class Penalty(Kind):
    base = "Penalty"
    inputs = [("weights", ARRAY, "array: {prediction}")]
    options = [("return_gradient", "bool", "False", "Also return the gradient, of the shape of the weights.")]
    returns = ("Any", "float; with ``return_gradient`` a tuple of it and an array")
    call = ""


class Pair(Kind):
    base = "Pair"
    inputs = [("a", ARRAY, "vector, or array of rows: {prediction}"), ("b", ARRAY, "array of the same shape: {target}")]
    options = [
        ("weight", "ArrayLike | None", "None", "A non-negative weight for each coordinate."),
        ("return_gradient", "bool", "False", "Also return the gradients with respect to both arguments."),
        PAIR_NAN,
        OUT_OF_ROWS,
    ]
    returns = ("Any", "float of two vectors, array of rows; with ``return_gradient`` a tuple of it and two arrays")
    call = ".rowwise(a, b, weight, return_gradient, nan, out)"


class Divergence(Pair):
    inputs = [("p", ARRAY, "vector, or array of rows: {prediction}"), ("q", ARRAY, "array of the same shape: {target}")]
    options = Pair.options[1:]
    call = ".rowwise(p, q, None, return_gradient, nan, out)"


SIDES = [
    ("x_weight", "ArrayLike | None", "None", "A weight for each point of ``x``; without, all weigh the same."),
    ("y_weight", "ArrayLike | None", "None", "A weight for each point of ``y``."),
]


class Sample(Kind):
    base = "Sample"
    inputs = [
        ("x", ARRAY, "(N, D) array of points, or (N,) of points on a line"),
        ("y", ARRAY, "(M, D) or (M,) array"),
    ]
    options = [("return_gradient", "bool", "False", "Also return the gradients with respect to both samples.")]
    returns = ("Any", "float; with ``return_gradient`` a tuple of it and two arrays")
    call = ""


class Weighted(Sample):
    options = [*SIDES, *Sample.options]


class Transport(Weighted):
    base = "Transport"


class Planned(Sample):
    base = "PlannedTransport"
    options = SIDES
    returns = ("TransportPlan", "TransportPlan: cost, bounds, plan, potentials; ``value`` of the class is the number alone")
    call = '.sample("plan", x, y, x_weight, y_weight)'


def entries(core: Any) -> list[dict[str, Any]]:
    """The entries of the kinds that are known here; `_core` calls all others so."""
    return [entry for entry in core.catalogue() if entry["kind"] != "other"]


def kind_of(entry: dict[str, Any]) -> type[Kind]:
    if entry["kind"] == "pair":
        return Divergence if entry["family"] == "divergence" else Pair
    if entry["kind"] == "sample":
        plain = Transport if entry["family"] == "transport" else Weighted if entry["takes_weights"] else Sample
        return Planned if entry["has_plan"] else plain
    kinds = {"pointwise": Pointwise, "row": Row, "sequence": Sequence, "map": Map, "head": Head, "penalty": Penalty}
    if entry["kind"] == "tuple":
        return tuple_kind(entry)
    return kinds[entry["kind"]]


def tuple_kind(entry: dict[str, Any]) -> type[Kind]:
    """With the inputs that the entry says it has."""
    vectors = entry["vectors"]
    shapes = ["array of the shape (…, D)" if vectors else "array", "array of the same shape"]
    inputs = [(name, ARRAY, f"{shapes[min(i, 1)]}: {domain['text']}") for i, (name, domain) in enumerate(entry["inputs"])]
    if entry["has_target"]:
        shape = "array of the shape (…)" if vectors else shapes[1]
        inputs.append(("target", ARRAY, shape + ": {target}"))
    names = ", ".join(name for name, *_ in inputs)
    call = f".inputs(wanted, ({names}), weight, reduction, nan)"
    return type("Tuple", (Tuple,), {"inputs": inputs, "call": call})


def type_of(parameter: dict[str, Any]) -> str:
    """The type of a parameter in the stub."""
    parts = ["float"] if parameter["number"] else []
    if parameter["list"]:
        parts.append("Sequence[float]")
    words = [word for word in parameter["words"] if isinstance(word, str)]
    if words:
        parts.append(f"Literal[{', '.join(quoted(word) for word in words)}]")
    if any(isinstance(word, bool) for word in parameter["words"]):
        parts.append("bool")
    if None in parameter["words"]:
        parts.append("None")
    return " | ".join(parts)


def domain_of(parameter: dict[str, Any]) -> str:
    """What a parameter may be, with Python's words."""
    if any(isinstance(word, bool) for word in parameter["words"]):
        return "bool"
    domain: str = parameter["domain"]
    return domain.replace("or none", "or None") if None in parameter["words"] else domain


def quoted(value: object) -> str:
    """A literal, with the quotation marks of this code."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def signature(entry: dict[str, Any], stub: bool) -> list[str]:
    """The arguments of an entry's function."""
    kind = kind_of(entry)
    given = [f"{name}: {kind_}" if stub else name for name, kind_, _ in kind.inputs]
    own = [(python_name(p["name"]), type_of(p), quoted(p["default"])) for p in entry["parameters"]]
    options = own + [(name, kind_, default) for name, kind_, default, _ in kind.options]
    named = [f"{name}: {kind_} = {default}" if stub else f"{name}={default}" for name, kind_, default in options]
    return given + (["*", *named] if named else [])


def laid(head: str, items: list[str], tail: str) -> str:
    """On one line if it fits, else an item a line."""
    line = f"{head}({', '.join(items)}){tail}"
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(head) - len(head.lstrip()) + 4)
    return f"{head}(\n" + "".join(f"{indent}{item},\n" for item in items) + indent[4:] + f"){tail}"


def filled(text: str, indent: str = "", mark: str = "") -> str:
    return textwrap.fill(text, WIDTH - 4, initial_indent=indent + mark, subsequent_indent=indent + " " * len(mark))


def paragraphs(doc: str) -> list[str]:
    """A doc's paragraphs on lines of our width; Markdown's code is reStructuredText's."""
    return [filled(part.replace("`", "``")) for part in doc.split("\n\n")]


def literal(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(literal(item) for item in value)}]"
    return repr(value)


def example_arguments(entry: dict[str, Any], inputs: list[list[float]]) -> list[Any]:
    """What the inputs of a worked example are for the entry's function."""
    kind = entry["kind"]
    if kind == "pointwise":
        return [inputs[0][0], inputs[1][0]]
    if kind == "row":
        scores, target = inputs
        return [scores, int(target[0]) if len(target) == 1 else target]
    if kind == "head":
        x, weights, label = inputs
        rows = [list(weights[i : i + len(x)]) for i in range(0, len(weights), len(x))]
        return [[x], rows, [int(label[0])]]
    if kind == "tuple":
        inputs = [list(numbers) for numbers in inputs]
        vectors = len(entry["inputs"]) if entry["vectors"] else 0
        return inputs[:vectors] + [numbers[0] for numbers in inputs[vectors:]]
    if kind == "sequence":
        *steps, labels = inputs
        return [steps, [int(label) for label in labels]]
    return list(inputs)


def example(core: Any, entry: dict[str, Any]) -> str:
    """A worked example of the catalogue, and what the library answers."""
    given, inputs, _ = entry["reference"][0]
    arguments = example_arguments(entry, inputs)
    options = [f"{python_name(name)}={quoted(value)}" for name, value in given.items()]
    call = ", ".join([literal(argument) for argument in arguments] + options)
    code = f"dc.{module_of(entry)}.{entry['name']}({call})"
    values = tuple(given.get(p["name"], p["default"]) for p in entry["parameters"])
    measure = core.Measure(entry["name"], values)
    kind = kind_of(entry)
    if kind is Planned:
        code, answer = f"{code}.cost", measure.sample("plan", *arguments, None, None)[0]
    elif issubclass(kind, Sample):
        answer = measure.sample("value", *arguments, None, None)
    elif kind is Head:
        code, answer = f"{code}.value", measure.head(*arguments, None, "mean", None, False, False)[0]
    elif kind is Penalty:
        answer = measure.penalty("value", *arguments, None)
    elif kind is Sequence:
        answer = measure.sequence("value", *arguments, None, None, "mean", False)
    elif issubclass(kind, Tuple):
        answer = measure.inputs("value", tuple(arguments), None, "mean", "error")
    elif kind is Map:
        answer = measure.map(*arguments, "error", None)
    elif kind is Row:
        answer = measure.rows("value", False, *arguments, None, "mean", None, "error", None)
    elif kind is Pointwise:
        answer = measure.pointwise("value", *arguments, None, "mean", "error", None)
    else:
        answer = measure.rowwise(*arguments, None, False, "error", None)
    return f">>> import discrepancy as dc\n>>> {code}\n{answer!r}"


def explained(entry: dict[str, Any], name: str, text: str) -> str:
    """What an argument may be."""
    domains = {side: entry[side]["text"] for side in ("prediction", "target")}
    return f"{name} : {text.format(**domains)}"


def documentation(core: Any, entry: dict[str, Any]) -> str:
    """The docstring of an entry's function."""
    kind = kind_of(entry)
    summary, *rest = paragraphs(entry["doc"])
    sections = [summary, *rest, f".. math:: {entry['formula']}"]
    parameters = [filled(explained(entry, name, text)) for name, _, text in kind.inputs]
    for parameter in entry["parameters"]:
        head = f"{python_name(parameter['name'])} : {domain_of(parameter)}, default {quoted(parameter['default'])}"
        parameters += [filled(head), filled(parameter["doc"].replace("`", "``"), "    ")]
    for name, _, default, text in kind.options:
        parameters += [filled(f"{name} : default {default}"), filled(text, "    ")]
    sections.append("\n".join(["Parameters", "----------", *parameters]))
    sections.append("\n".join(["Returns", "-------", filled(kind.returns[1])]))
    notes = f"It is {', '.join(entry['properties'])}. " if entry["properties"] else ""
    f32, f64 = entry["accuracy"]
    notes += f"Results are within {f32:g} units in the last place in float32, within {f64:g} in float64. " + kind.products
    sections.append("\n".join(["Notes", "-----", filled(notes + f"Source: {entry['source']}.".replace("..", "."))]))
    sections.append("\n".join(["Examples", "--------", example(core, entry)]))
    return "\n\n".join(sections)


def body(entry: dict[str, Any]) -> list[str]:
    """The statements of an entry's function."""
    kind = kind_of(entry)
    values = ", ".join(python_name(p["name"]) for p in entry["parameters"])
    values = f"({values},)" if len(entry["parameters"]) == 1 else f"({values})"
    made = f'_Measure("{entry["name"]}", {values})'
    if kind is Head:
        return [f"measure = {made}", f"return _HeadResult(*measure{kind.call})"]
    if kind is Planned:
        return [f"measure = {made}", f"return _TransportPlan(*measure{kind.call})"]
    if kind is Penalty:
        value, gradient = 'penalty("value", weights, None)', 'penalty("gradient", weights, None)'
    elif issubclass(kind, Sample):
        weights = "x_weight, y_weight" if issubclass(kind, Weighted) else "None, None"
        value, gradient = f'sample("value", x, y, {weights})', f'sample("gradient", x, y, {weights})'
    elif "wanted" in kind.call:
        wanted = 'wanted = "value_and_gradient" if return_gradient else "value"'
        # An array alone is for the gradient, where there is one.
        place = ["out = out if return_gradient else _place_of_value(out)"] if ", out)" in kind.call else []
        return [f"measure = {made}", wanted, *place, f"return measure{kind.call}"]
    elif kind is Map:
        return [f"return {made}{kind.call}"]
    else:
        return ["out = _place_of_value(out)", f"return {made}{kind.call}"]
    together = f"value, measure.{gradient}" if kind is Penalty else f"value, *measure.{gradient}"
    return [
        f"measure = {made}",
        f"value = measure.{value}",
        f"return ({together}) if return_gradient else value",
    ]


def function(core: Any, entry: dict[str, Any]) -> str:
    lines = [laid(f"def {entry['name']}", signature(entry, stub=False), ":")]
    lines.append(textwrap.indent(f'r"""{documentation(core, entry)}\n"""', "    ", lambda line: bool(line.strip())))
    lines += [f"    {line}" for line in body(entry)]
    return "\n".join(lines)


def class_(entry: dict[str, Any]) -> str:
    kind, parameters = kind_of(entry), entry["parameters"]
    names = [python_name(p["name"]) for p in parameters]
    own = [f"{name}={quoted(p['default'])}" for name, p in zip(names, parameters)]
    values = f"({', '.join(names)},)" if len(names) == 1 else f"({', '.join(names)})"
    text = [entry["summary"].replace("`", "``"), f".. math:: {entry['formula']}"]
    described = [
        line
        for p, name in zip(parameters, names)
        for line in (
            filled(f"{name} : {domain_of(p)}, default {quoted(p['default'])}"),
            filled(p["doc"].replace("`", "``"), "    "),
        )
    ]
    if described:
        text.append("\n".join(["Parameters", "----------", *described]))
    quoted_text = 'r"""' + "\n\n".join(text) + '\n"""'
    doc = textwrap.indent(quoted_text, "    ", lambda line: bool(line.strip()))
    head = laid("    def __init__", ["self", *(["*", *own] if own else [])], ":")
    return "\n".join(
        [
            f"class {class_name(entry)}({kind.base}):",
            doc,
            "",
            "    __slots__ = ()",
            "",
            head,
            f'        super().__init__("{entry["name"]}", {values})',
        ]
    )


#: What a module has beside the entries: the file that it is in, and its names.
OTHERS = {
    "distances": {"_pairs": ["condensed", "nearest", "pairwise", "rowwise"]},
    "rows": {"_states": ["RowStates"]},
}

NOTICE = "# Made by generate.py from the catalogue; do not edit."


def names_of(entries: list[dict[str, Any]], module: str) -> list[str]:
    own = [name for names in OTHERS.get(module, {}).values() for name in names]
    return sorted([entry["name"] for entry in entries] + [class_name(entry) for entry in entries] + own)


def all_list(names: list[str]) -> str:
    return "__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]"


def imports(entries: list[dict[str, Any]], module: str, stub: bool) -> list[str]:
    bases = sorted({kind_of(entry).base for entry in entries})
    lines = [f"from ._measures import {', '.join(bases)}"]
    if not stub and any(", out)" in kind_of(entry).call and kind_of(entry) is not Map for entry in entries):
        lines.append("from ._measures import place_of_value as _place_of_value")
    again = " as {0}" if stub else ""
    for file, names in OTHERS.get(module, {}).items():
        lines.append(f"from .{file} import {', '.join(name + again.format(name) for name in names)}")
    results = sorted({kind_of(e).returns[0] for e in entries} & {"HeadResult", "TransportPlan"})
    if results:
        lines.append(f"from ._results import {', '.join(r if stub else f'{r} as _{r}' for r in results)}")
    return lines


def python_module(core: Any, module: str, entries: list[dict[str, Any]]) -> str:
    blocks = [function(core, entry) for entry in entries] + [class_(entry) for entry in entries]
    head = [NOTICE, f'"""{MODULES[module]}"""', "", "from ._core import Measure as _Measure"]
    head += imports(entries, module, stub=False)
    return "\n".join(head) + "\n\n" + all_list(names_of(entries, module)) + "\n\n\n" + "\n\n\n".join(blocks) + "\n"


def stub_module(module: str, entries: list[dict[str, Any]]) -> str:
    blocks = []
    for entry in entries:
        blocks.append(laid(f"def {entry['name']}", signature(entry, stub=True), f" -> {kind_of(entry).returns[0]}: ..."))
    for entry in entries:
        own = [f"{python_name(p['name'])}: {type_of(p)} = {quoted(p['default'])}" for p in entry["parameters"]]
        head = laid("    def __init__", ["self", *(["*", *own] if own else [])], " -> None: ...")
        blocks.append(f"class {class_name(entry)}({kind_of(entry).base}):\n{head}")
    text = "\n".join(blocks)
    used = [name for name in ("Array", "ArrayLike", "Nan", "Out", "PairNan", "Reduction") if f": {name}" in text or f"-> {name}" in text]
    standard = []
    if "Sequence[" in text:
        standard.append("from collections.abc import Sequence")
    typing = [name for name in ("Any", "Literal") if f"{name}[" in text or f"-> {name}:" in text]
    if typing:
        standard.append(f"from typing import {', '.join(typing)}")
    lines = [NOTICE, *standard, "", *imports(entries, module, stub=True)]
    if used:
        lines.append(f"from ._types import {', '.join(used)}")
    return "\n".join(lines) + "\n\n" + all_list(names_of(entries, module)) + "\n\n" + text + "\n"


def places(entries: list[dict[str, Any]]) -> str:
    lines = [f'    "{entry["name"]}": ("{module_of(entry)}", "{class_name(entry)}"),' for entry in entries]
    head = f'{NOTICE}\n"""Where the class of each entry is."""\n\nPLACES: dict[str, tuple[str, str]] = {{\n'
    return head + "\n".join(lines) + "\n}\n"


def files(core: Any) -> dict[str, str]:
    """All generated files by name."""
    known = entries(core)
    made = {"_places.py": places(known)}
    for module in MODULES:
        of_module = [entry for entry in known if module_of(entry) == module]
        made[f"{module}.py"] = python_module(core, module, of_module)
        made[f"{module}.pyi"] = stub_module(module, of_module)
    return made


def main() -> None:
    for name, text in files(load_core()).items():
        (PACKAGE / name).write_text(text, encoding="utf-8")
        print(PACKAGE / name)


if __name__ == "__main__":
    main()
