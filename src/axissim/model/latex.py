"""Expressions and models as LaTeX, in the author's names and order."""

from __future__ import annotations

import math
import re

from axissim.model.expression import OPERATIONS, Expression, in_order
from axissim.model.model import Event, Model
from axissim.model.text import condition

_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda",
    "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega",
)  # fmt: skip
_SIGNS = {
    "lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq", "eq": "=", "ne": r"\neq",
    "both": r"\wedge", "either": r"\vee",
}  # fmt: skip
_NAMED = {
    "log": "ln", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "minimum": "min",
    "maximum": "max",
}  # fmt: skip
_LINE = 90  # characters of LaTeX's output, about, before a sum goes on in the next line
_WHOLE = 100
_FRACTION = 95  # a fraction needs no brackets, but as the base of a power


def symbol(identifier: str) -> str:
    """An id as mathematics has it: ``V_TH`` with an index, ``tau`` in Greek, ``eda`` upright."""
    if identifier.startswith("_"):
        return rf"\mathrm{{{identifier.replace('_', chr(92) + '_')}}}"
    head, *rest = identifier.split("_")
    inner = re.fullmatch(r"([VKk])([a-z][a-z0-9]*)|([A-Za-z])([0-9]+)", head)
    if inner:
        base, index = inner[1] or inner[3], inner[2] or inner[4]
        head, rest = base, [index, *rest]
    base = rf"\{head}" if head in _GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
    index = ",".join(part for part in rest if part)
    if not index:
        return base
    return rf"{base}_{{{index}}}" if index.isdigit() else rf"{base}_{{\mathrm{{{index}}}}}"


def latex(root: Expression) -> str:
    """An expression as LaTeX, to stand in math mode."""
    texts: dict[Expression, tuple[str, int]] = {}
    for node in in_order([root]):
        texts[node] = _spelt(node, [texts[arg] for arg in node.args])
    return texts[root][0]


def _spelt(node: Expression, args: list[tuple[str, int]]) -> tuple[str, int]:
    """LaTeX of one node, and how tightly it binds."""
    if node.op == "number":
        return _number(node.value), _WHOLE if node.value >= 0.0 else OPERATIONS["neg"].binding
    if node.op in ("name", "time"):
        return symbol(node.value) if node.op == "name" else "t", _WHOLE
    plain = [text for text, _ in args]
    if node.op == "div":
        return rf"\frac{{{plain[0]}}}{{{plain[1]}}}", _FRACTION
    if node.op == "power":
        return rf"{_within(args[0], _WHOLE)}^{{{plain[1]}}}", OPERATIONS["power"].binding
    if node.op == "where":
        rest = rf"{plain[2]} & \text{{otherwise}}"
        if node.args[2].op == "where":
            rest = plain[2].removeprefix(r"\begin{cases} ").removesuffix(r" \end{cases}")
        rows = rf"{plain[1]} & \text{{if }} {plain[0]} \\ {rest}"
        return rf"\begin{{cases}} {rows} \end{{cases}}", 0
    if node.op == "delay":
        lag = _within(args[1], OPERATIONS["sub"].binding + 1)
        if node.args[0].op == "name":
            return rf"{plain[0]}(t - {lag})", _WHOLE
        return rf"\left.{plain[0]}\right|_{{t - {lag}}}", 0
    return _by_form(node.op, args)


def _by_form(op: str, args: list[tuple[str, int]]) -> tuple[str, int]:
    """An operator between or before its operands, or a function."""
    plain = [text for text, _ in args]
    if op == "exp":
        return rf"e^{{{plain[0]}}}", OPERATIONS["power"].binding
    shapes = {
        "sqrt": r"\sqrt{%s}",
        "absolute": r"\left|%s\right|",
        "floor": r"\left\lfloor %s \right\rfloor",
        "ceil": r"\left\lceil %s \right\rceil",
        "log10": r"\log_{10}\left(%s\right)",
    }
    if op in shapes:
        return shapes[op] % plain[0], _WHOLE
    row = OPERATIONS[op]
    if not row.infix:
        word = _NAMED.get(op)
        head = rf"\{word}" if word else rf"\operatorname{{{op}}}"
        return rf"{head}\left({', '.join(plain)}\right)", _WHOLE
    if row.arity == 1:
        sign = r"\neg " if op == "negated" else "-"
        return sign + _within(args[0], row.binding), row.binding
    # a minus sign after another sign is bracketed: a (-b) would read as a - b
    signed = row.infix in ("+", "-", "*") and args[1][0].startswith("-")
    least = OPERATIONS["neg"].binding + 1 if signed else row.binding + 1
    left, right = _within(args[0], row.binding), _within(args[1], least)
    product = r"\cdot" if right[0].isdigit() else r"\,"
    sign = product if op == "mul" else _SIGNS.get(op, row.infix)
    return f"{left} {sign} {right}", row.binding


def _within(text: tuple[str, int], least: int) -> str:
    return text[0] if text[1] >= least else rf"\left({text[0]}\right)"


def _number(value: float) -> str:
    if value == math.pi:
        return r"\pi"
    if value != value:
        return r"\mathrm{NaN}"
    if value in (float("inf"), float("-inf")):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, _, exponent = repr(value).removesuffix(".0").partition("e")
    if not exponent:
        return mantissa
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


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
