"""Equations as presentation MathML, which browsers set by themselves; each name knows its id."""

from __future__ import annotations

import math
import re
from html import escape

from axissim.model.expression import OPERATIONS, Expression, in_order
from axissim.model.latex import conditions
from axissim.model.model import Event, Model
from axissim.model.text import condition

_GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda",
    "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega",
))  # fmt: skip
_MINUS = "<mo>&minus;</mo>"
_SIGNS = {
    "add": "+", "sub": "&minus;", "mul": "&it;", "lt": "&lt;", "le": "&le;", "gt": "&gt;",
    "ge": "&ge;", "eq": "=", "ne": "&ne;", "both": "&and;", "either": "&or;",
}  # fmt: skip
_WORDS = {
    "log": "ln", "minimum": "min", "maximum": "max", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "factorial": "factorial",
}  # fmt: skip
_FENCES = {
    "absolute": ("|", "|"), "floor": ("&lfloor;", "&rfloor;"), "ceil": ("&lceil;", "&rceil;"),
}  # fmt: skip
_WHOLE, _FRACTION = 100, 95
Text = tuple[str, int]  # MathML, and how tightly it binds


def symbol(identifier: str) -> str:
    """An id as mathematics has it, as MathML: ``V_TH`` with an index, ``tau`` in Greek."""
    parts = [part for part in identifier.split("_") if part] or [identifier]
    inner = re.fullmatch(r"([VKk])([a-z][a-z0-9]*)|([A-Za-z])([0-9]+)", parts[0])
    if inner:
        parts = [inner[1] or inner[3], inner[2] or inner[4], *parts[1:]]
    base = f"&{parts[0]};" if parts[0] in _GREEK else escape(parts[0])
    upright = ' mathvariant="normal"' if len(parts[0]) > 1 and parts[0] not in _GREEK else ""
    text = f"<mi{upright}>{base}</mi>"
    if len(parts) > 1:
        text = f'<msub>{text}<mi mathvariant="normal">{escape(",".join(parts[1:]))}</mi></msub>'
    return f'<mrow data-id="{escape(identifier)}">{text}</mrow>'


def mathml(root: Expression, *, negative: bool = False) -> str:
    """An expression as a ``<math>`` element, with a minus sign before it if `negative`."""
    text = _written(root)
    if negative:
        text = (_MINUS + _within(text, OPERATIONS["mul"].binding), 0)
    return f"<math>{text[0]}</math>"


def equation(left: str, root: Expression) -> str:
    """``left = root`` as a ``<math>`` element."""
    return f'<math display="block"><mrow>{left}<mo>=</mo>{_written(root)[0]}</mrow></math>'


def equations(model: Model) -> list[dict[str, str]]:
    """The equations of a model.

    Returns
    -------
    list of dict
        ``id`` of what is given, ``kind`` (``rate``, ``rule``, ``formula``, ``constraint``,
        ``event``) and ``math``.
    """
    rows = [
        {"id": s.id, "kind": "rate", "math": equation(_rate_of(s.id), s.rate)} for s in model.states
    ]
    rows += [
        {"id": i.id, "kind": "constraint", "math": equation("<mn>0</mn>", i.residual)}
        for i in model.implicit
    ]
    rows += [
        {"id": o.id, "kind": "rule", "math": equation(symbol(o.id), o.value)}
        for o in model.observables
    ]
    rows += [
        {"id": p.id, "kind": "formula", "math": equation(symbol(p.id), p.value)}
        for p in model.parameters
        if p.value.op != "number"
    ]
    return rows + [{"id": e.id, "kind": "event", "math": _event(e)} for e in model.events]


def _rate_of(identifier: str) -> str:
    d = '<mi mathvariant="normal">d</mi>'
    return f"<mfrac><mrow>{d}{symbol(identifier)}</mrow><mrow>{d}<mi>t</mi></mrow></mfrac>"


def _event(event: Event) -> str:
    sets = "<mo>,</mo>".join(
        f"{symbol(key)}<mo>&larr;</mo>{_written(formula)[0]}" for key, formula in event.assignments
    )
    notes = "".join(f"; {words}" for words in conditions(event))
    when = _written(condition(event.trigger))[0]
    late = (
        f"<mtext> after </mtext>{_written(event.delay)[0]}<mtext> </mtext>" if event.delay else ""
    )
    return (
        f'<math display="block"><mrow><mtext>when </mtext>{when}<mo>:</mo><mspace width="1em"/>'
        f"{late}{sets}<mtext>{escape(notes)}</mtext></mrow></math>"
    )


def _written(root: Expression) -> Text:
    texts: dict[Expression, Text] = {}
    for node in in_order([root]):
        texts[node] = _node(node, [texts[arg] for arg in node.args])
    return texts[root]


def _node(node: Expression, args: list[Text]) -> Text:
    if node.op == "number":
        return _number(node.value), _WHOLE if node.value >= 0.0 else OPERATIONS["neg"].binding
    if node.op in ("name", "time"):
        return symbol(node.value) if node.op == "name" else "<mi>t</mi>", _WHOLE
    plain = [text for text, _ in args]
    if node.op == "div":
        return f"<mfrac>{_row(plain[0])}{_row(plain[1])}</mfrac>", _FRACTION
    if node.op == "power":
        return f"<msup>{_row(_within(args[0], _WHOLE))}{_row(plain[1])}</msup>", 80
    if node.op == "exp":
        return f"<msup><mi>e</mi>{_row(plain[0])}</msup>", 80
    if node.op == "sqrt":
        return f"<msqrt>{plain[0]}</msqrt>", _WHOLE
    if node.op == "where":
        return _cases(node, plain), 0
    if node.op == "delay":
        inside = f"<mi>t</mi>{_MINUS}{_within(args[1], 51)}"
        return f"{_within(args[0], _WHOLE)}<mo>(</mo>{inside}<mo>)</mo>", _WHOLE
    return _by_form(node.op, args, plain)


def _by_form(op: str, args: list[Text], plain: list[str]) -> Text:
    if op in _FENCES:
        first, last = _FENCES[op]
        return f"<mrow><mo>{first}</mo>{plain[0]}<mo>{last}</mo></mrow>", _WHOLE
    row = OPERATIONS[op]
    if not row.infix:
        head = _WORDS.get(op, op)
        inside = "<mo>,</mo>".join(plain)
        return f"<mrow><mi>{head}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>", _WHOLE
    if row.arity == 1:
        sign = "<mo>&not;</mo>" if op == "negated" else _MINUS
        return sign + _within(args[0], row.binding), 70
    signed = row.infix in ("+", "-", "*") and args[1][0].startswith(_MINUS)
    least = OPERATIONS["neg"].binding + 1 if signed else row.binding + 1
    left, right = _within(args[0], row.binding), _within(args[1], least)
    sign = "&middot;" if op == "mul" and right.startswith("<mn>") else _SIGNS[op]
    gap = '<mspace width="0.17em"/>' if op == "mul" and sign != "&middot;" else ""
    return f"{left}<mo>{sign}</mo>{gap}{right}", row.binding


def _cases(node: Expression, plain: list[str]) -> str:
    rest = f'<mtr><mtd columnalign="left">{plain[2]}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>'
    if node.args[2].op == "where":
        rest = plain[2].split("<mtable>", 1)[1].rsplit("</mtable>", 1)[0]
    when = f"<mtd><mtext>if </mtext>{plain[0]}</mtd>"
    row = f'<mtr><mtd columnalign="left">{plain[1]}</mtd>{when}</mtr>'
    return f"<mrow><mo>{{</mo><mtable>{row}{rest}</mtable></mrow>"


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def _within(text: Text, least: int) -> str:
    inside, binding = text
    return inside if binding >= least else f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"


def _number(value: float) -> str:
    if value == math.pi:
        return "<mi>&pi;</mi>"
    sign = _MINUS if value < 0.0 else ""
    if not math.isfinite(value):
        return "<mtext>NaN</mtext>" if value != value else f"{sign}<mn>&infin;</mn>"
    mantissa, _, exponent = repr(abs(value)).removesuffix(".0").partition("e")
    if not exponent:
        return f"{sign}<mn>{mantissa}</mn>"
    power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>"
    return (
        f"{sign}{power}" if mantissa == "1" else f"{sign}<mn>{mantissa}</mn><mo>&times;</mo>{power}"
    )
