"""The catalogue to read: a table of all entries, and one entry explained with its formula and curves."""

from __future__ import annotations

from . import _core
from ._measures import PointwiseLoss, python_name
from ._specs import make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._measures import Measure


def escape(text: str) -> str:
    """For HTML. The standard library's function is slow to import."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Explanation:
    """What the catalogue says of an entry; in a notebook with its formula and, of a pointwise loss, its curves."""

    def __init__(self, described: dict[str, Any], measure: Measure | None = None) -> None:
        self.name: str = described["name"]
        self.aliases: list[str] = described["aliases"]
        self.family: str = described["family"]
        self.summary: str = described["summary"]
        self.doc: str = described["doc"]
        self.formula: str = described["formula"]
        self.parameters: list[dict[str, Any]] = described["parameters"]
        self.properties: list[str] = described["properties"]
        self.source: str = described["source"]
        self.prediction: str = described["prediction"]["text"]
        self.target: str = described["target"]["text"]
        self.measure = measure

    def __repr__(self) -> str:
        lines = [self.name if self.measure is None else self.measure.spec, "", self.doc, "", f"Formula: {self.formula}"]
        lines += [
            f"  {python_name(p['name'])} = {p['default']!r} in {p['domain']}: {p['doc']}" for p in self.parameters
        ]
        lines += [f"First argument: {self.prediction}", f"Second argument: {self.target}"]
        if self.properties:
            lines.append(f"It is {', '.join(self.properties)}.")
        lines.append(f"Source: {self.source}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{python_name(p['name'])}</code></td><td>{escape(repr(p['default']))}</td>"
            f"<td>{escape(p['domain'])}</td><td>{escape(p['doc'])}</td></tr>"
            for p in self.parameters
        )
        table = "<tr><th>parameter</th><th>default</th><th>domain</th><th>meaning</th></tr>" + rows
        parts = [
            f"<h3><code>{escape(self.name)}</code></h3>",
            "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.doc.split("\n\n")),
            f"$${self.formula}$$",
            f"<table>{table}</table>" if rows else "",
            f"<p>It is {escape(', '.join(self.properties))}.</p>" if self.properties else "",
            f"<p>Source: {escape(self.source)}</p>",
            self.curves(),
        ]
        return "\n".join(part for part in parts if part)

    def curves(self) -> str:
        """Value, gradient and Hessian over the prediction, for the target 1, as SVG; empty where there are none."""
        if not isinstance(self.measure, PointwiseLoss):
            return ""
        targets = [1.0] * 201
        # The widest of these that the loss takes: scores, amounts, probabilities.
        for low, high in ((-4.0, 4.0), (-0.99, 4.0), (0.02, 4.0), (0.001, 0.999)):
            points = [low + (high - low) * i / 200 for i in range(201)]
            try:
                values = self.measure.value(points, targets, reduction="none")
            except ValueError:
                continue
            break
        else:
            return ""
        try:
            curves = self.measure.value_gradient_hessian(points, targets)
        except ValueError:
            curves = (values,)  # type: ignore[assignment]
        names = ("value", "gradient", "Hessian")
        return _svg(points, {name: [float(y) for y in curve] for name, curve in zip(names, curves)})


def _svg(xs: list[float], curves: dict[str, list[float]]) -> str:
    """Lines over one axis; what is far away is cut off."""
    width, height, edge = 480, 240, 20
    low = max(-5.0, min(min(ys) for ys in curves.values()))
    high = max(low + 1e-9, min(5.0, max(max(ys) for ys in curves.values())))

    def place(x: float, y: float) -> str:
        across = edge + (x - xs[0]) / (xs[-1] - xs[0]) * (width - 2 * edge)
        down = height - edge - (min(max(y, low), high) - low) / (high - low) * (height - 2 * edge)
        return f"{across:.1f},{down:.1f}"

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">']
    if low < 0.0 < high:
        lines.append(f'<polyline points="{place(xs[0], 0.0)} {place(xs[-1], 0.0)}" stroke="#bbb" fill="none"/>')
    for i, ((name, ys), colour) in enumerate(zip(curves.items(), ("#1f77b4", "#d62728", "#2ca02c"))):
        points = " ".join(place(x, y) for x, y in zip(xs, ys))
        lines.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="2" fill="none"/>')
        lines.append(f'<text x="{edge + 90 * i}" y="14" fill="{colour}" font-size="12">{name}</text>')
    return "".join([*lines, "</svg>"])


class Catalog:
    """All entries: iterate, index by name, or look at it."""

    def __init__(self, entries: list[Explanation]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, name: str) -> Explanation:
        return self._entries[name]

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (entry.family, entry.name, ", ".join(python_name(p["name"]) for p in entry.parameters), entry.summary)
            for entry in self
        ]

    def __repr__(self) -> str:
        rows = [("family", "name", "parameters", "meaning"), *self._rows()]
        widths = [min(40, max(len(row[column]) for row in rows)) for column in range(3)]
        return "\n".join("  ".join([*(cell.ljust(w) for cell, w in zip(row, widths)), row[3]]) for row in rows)

    def _repr_html_(self) -> str:
        head = "<tr><th>family</th><th>name</th><th>parameters</th><th>meaning</th></tr>"
        body = "".join(
            f"<tr><td>{family}</td><td><code>{name}</code></td><td>{parameters}</td><td>{escape(summary)}</td></tr>"
            for family, name, parameters, summary in self._rows()
        )
        return f"<table>{head}{body}</table>"


def catalog() -> Catalog:
    """Everything that can be computed, family by family.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.catalog()["squared"].parameters[0]["name"]
    'half'
    """
    return Catalog([Explanation(described) for described in _core.catalogue()])


def explain(spec: str | Measure) -> Explanation:
    """An entry with these parameters: meaning, formula, domains, source; rich in a notebook.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.explain("kl_divergence").formula
    '\\\\sum_i p_i \\\\ln \\\\frac{p_i}{q_i}'
    """
    measure: Measure = make(spec)
    described = next(entry for entry in _core.catalogue() if entry["name"] == measure.name)
    return Explanation(described, measure)
