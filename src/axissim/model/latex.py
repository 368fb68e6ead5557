"""Expressions and models as LaTeX, in the author's names and order."""

from __future__ import annotations

import re

from axissim.model.expression import Expression
from axissim.model.model import Event, Model
from axissim.model.text import condition
from axissim.model.typeset import GREEK, Notation, letters, typeset

_FORMS = {
    "add": "%s + %s",
    "sub": "%s - %s",
    "mul": r"%s \, %s",
    "times": r"%s \cdot %s",
    "div": r"\frac{%s}{%s}",
    "neg": "-%s",
    "power": "%s^{%s}",
    "exp": "e^{%s}",
    "sqrt": r"\sqrt{%s}",
    "absolute": r"\left|%s\right|",
    "floor": r"\left\lfloor %s \right\rfloor",
    "ceil": r"\left\lceil %s \right\rceil",
    "lt": "%s < %s",
    "le": r"%s \leq %s",
    "gt": "%s > %s",
    "ge": r"%s \geq %s",
    "eq": "%s = %s",
    "ne": r"%s \neq %s",
    "both": r"%s \wedge %s",
    "either": r"%s \vee %s",
    "negated": r"\neg %s",
    "delay": "%s(t - %s)",
    "delayed": r"\left.%s\right|_{t - %s}",
    "bracket": r"\left(%s\right)",
    "figure": "%s",
    "ten": "10^{%s}",
    "scientific": r"%s \times 10^{%s}",
    "minus": "-",
    "time": "t",
    "pi": r"\pi",
    "nan": r"\mathrm{NaN}",
    "infinity": r"\infty",
}
_NAMED = {
    "log": r"\ln", "log10": r"\log_{10}", "sin": r"\sin", "cos": r"\cos", "tan": r"\tan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "asin": r"\arcsin", "acos": r"\arccos",
    "atan": r"\arctan", "minimum": r"\min", "maximum": r"\max",
}  # fmt: skip
_LINE = 90  # characters of LaTeX's output, about, before a sum goes on in the next line


def symbol(identifier: str) -> str:
    """An id as mathematics has it: ``V_TH`` with an index, ``tau`` in Greek, ``eda`` upright."""
    head, index = letters(identifier)
    if head in GREEK:
        base = rf"\{head}"
    else:
        base = head if len(head) == 1 else rf"\mathrm{{{head.replace('_', chr(92) + '_')}}}"
    if not index:
        return base
    return rf"{base}_{{{index}}}" if index.isdigit() else rf"{base}_{{\mathrm{{{index}}}}}"


def _function(op: str, args: list[str]) -> str:
    head = _NAMED.get(op, rf"\operatorname{{{op}}}")
    return rf"{head}\left({', '.join(args)}\right)"


def _cases(rows: list[tuple[str, str]], rest: str) -> str:
    lines = [rf"{value} & \text{{if }} {when}" for value, when in rows]
    lines.append(rf"{rest} & \text{{otherwise}}")
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


_NOTATION = Notation(_FORMS, symbol, _function, _cases)


def latex(root: Expression) -> str:
    """An expression as LaTeX, to stand in math mode."""
    return typeset(root, _NOTATION)


def equations(model: Model) -> list[str]:
    """The rules, the constraints, the rates of change, as LaTeX with & before the equals sign."""
    rules = [(symbol(o.id), o.value) for o in model.observables]
    formulas = [(symbol(p.id), p.value) for p in model.parameters if p.value.op != "number"]
    rates = [
        (rf"\frac{{\mathrm{{d}}{symbol(s.id)}}}{{\mathrm{{d}}t}}", s.rate) for s in model.states
    ]
    zeros = [("0", part.residual) for part in model.implicit]
    every = [*formulas, *rules, *zeros, *rates]
    return [f"{left} &= {_lines(right)}" for left, right in every]


def happenings(model: Model) -> list[str]:
    """The events, each as an item of a LaTeX list."""
    return [_event(event) for event in model.events]


def _event(event: Event) -> str:
    set_to = ", ".join(
        rf"${symbol(key)} \leftarrow {latex(formula)}$" for key, formula in event.assignments
    )
    delay = rf", after ${latex(event.delay)}$" if event.delay is not None else ""
    rank = rf", priority ${latex(event.priority)}$" if event.priority is not None else ""
    notes = "".join(f"; {words}" for words in conditions(event))
    return rf"when ${latex(condition(event.trigger))}${delay}{rank}: {set_to}{_text(notes)}"


def conditions(event: Event) -> list[str]:
    """What is not as usual about an event, in words."""
    said = {
        "may happen at the start": not event.initially,
        "is dropped if its condition ends before": not event.persistent,
        "values are those of the moment it happens": (
            event.delay is not None and not event.at_trigger
        ),
    }
    return [words for words, true in said.items() if true]


def _lines(root: Expression) -> str:
    """A formula, its sum broken into lines where it is long."""
    terms: list[str] = []
    while root.op in ("add", "sub"):
        sign = "+" if root.op == "add" else "-"
        term = root.args[1]
        loose = term.op in ("add", "sub", "neg") or (term.op == "number" and term.value < 0.0)
        text = latex(term)
        terms.insert(0, f"{sign} " + (rf"\left({text}\right)" if loose else text))
        root = root.args[0]
    lines = [latex(root)]
    for text in terms:
        if _length(lines[-1]) + _length(text) > _LINE:
            lines.append(text)
        else:
            lines[-1] += f" {text}"
    return " \\\\\n  &\\quad ".join(lines)


def _length(text: str) -> int:
    """About how many characters wide LaTeX sets a text."""
    return len(re.sub(r"\\(?:mathrm|frac|left|right|text)|[{}_^ ]|\\,", "", text))


def document(model: Model) -> str:
    """A LaTeX document of a model's equations, and of its parameters with unit and source."""
    rows = [
        rf"  ${symbol(p.id)}$ & {_value(p.value)} & {_text(_unit(model, p.unit))} & "
        rf"{_text(p.name)} & {_text(p.note)} \\"
        for p in model.parameters
        if p.value.op == "number"
    ]
    return "\n".join([
        r"\documentclass{article}",
        r"\usepackage{amsmath,longtable}",
        r"\usepackage[landscape,margin=2cm]{geometry}",
        r"\allowdisplaybreaks",
        r"\begin{document}",
        rf"\section*{{{_text(model.name or model.id)}}}",
        r"\begin{align*}",
        " \\\\\n".join(equations(model)),
        r"\end{align*}",
        *_items(happenings(model)),
        r"\begin{longtable}{lllp{7cm}p{7cm}}",
        *rows,
        r"\end{longtable}",
        r"\end{document}",
    ])  # fmt: skip


def _items(texts: list[str]) -> list[str]:
    lines = [rf"  \item {text}" for text in texts]
    return [r"\begin{itemize}", *lines, r"\end{itemize}"] if lines else []


def _value(root: Expression) -> str:
    return f"${latex(root)}$"


def _unit(model: Model, unit: str) -> str:
    from axissim.model.units import spelled

    return spelled(model, unit)


def _text(words: str) -> str:
    """Words with LaTeX's own signs made harmless."""
    escaped = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    escaped |= {sign: "\\" + sign for sign in "&%$#_{}"}
    return "".join(escaped.get(sign, sign) for sign in " ".join(words.split()))
