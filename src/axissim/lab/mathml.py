"""Equations as presentation MathML, which browsers set by themselves; each name knows its id."""

from __future__ import annotations

from html import escape

from axissim.model.expression import OPERATIONS, Expression
from axissim.model.latex import conditions
from axissim.model.model import Event, Model
from axissim.model.text import condition
from axissim.model.typeset import GREEK, Notation, letters, typeset

_TEN = "<msup><mn>10</mn><mn>%s</mn></msup>"
_FORMS = {
    "add": "%s<mo>+</mo>%s",
    "sub": "%s<mo>&minus;</mo>%s",
    "mul": '%s<mo>&it;</mo><mspace width="0.17em"/>%s',
    "times": "%s<mo>&middot;</mo>%s",
    "div": "<mfrac><mrow>%s</mrow><mrow>%s</mrow></mfrac>",
    "neg": "<mo>&minus;</mo>%s",
    "power": "<msup><mrow>%s</mrow><mrow>%s</mrow></msup>",
    "exp": "<msup><mi>e</mi><mrow>%s</mrow></msup>",
    "sqrt": "<msqrt>%s</msqrt>",
    "absolute": "<mrow><mo>|</mo>%s<mo>|</mo></mrow>",
    "floor": "<mrow><mo>&lfloor;</mo>%s<mo>&rfloor;</mo></mrow>",
    "ceil": "<mrow><mo>&lceil;</mo>%s<mo>&rceil;</mo></mrow>",
    "lt": "%s<mo>&lt;</mo>%s",
    "le": "%s<mo>&le;</mo>%s",
    "gt": "%s<mo>&gt;</mo>%s",
    "ge": "%s<mo>&ge;</mo>%s",
    "eq": "%s<mo>=</mo>%s",
    "ne": "%s<mo>&ne;</mo>%s",
    "both": "%s<mo>&and;</mo>%s",
    "either": "%s<mo>&or;</mo>%s",
    "negated": "<mo>&not;</mo>%s",
    "delay": "%s<mo>(</mo><mi>t</mi><mo>&minus;</mo>%s<mo>)</mo>",
    "delayed": "<msub><mrow>%s<mo>|</mo></mrow><mrow><mi>t</mi><mo>&minus;</mo>%s</mrow></msub>",
    "bracket": "<mrow><mo>(</mo>%s<mo>)</mo></mrow>",
    "figure": "<mn>%s</mn>",
    "ten": _TEN,
    "scientific": f"%s<mo>&times;</mo>{_TEN}",
    "minus": "&minus;",
    "time": "<mi>t</mi>",
    "pi": "<mi>&pi;</mi>",
    "nan": "<mtext>NaN</mtext>",
    "infinity": "<mn>&infin;</mn>",
}
_WORDS = {
    "log": "ln", "minimum": "min", "maximum": "max", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan",
}  # fmt: skip


def symbol(identifier: str) -> str:
    """An id as mathematics has it, as MathML: ``V_TH`` with an index, ``tau`` in Greek."""
    head, index = letters(identifier)
    base = f"&{head};" if head in GREEK else escape(head)
    upright = ' mathvariant="normal"' if len(head) > 1 and head not in GREEK else ""
    text = f"<mi{upright}>{base}</mi>"
    if index:
        text = f'<msub>{text}<mi mathvariant="normal">{escape(index)}</mi></msub>'
    return f'<mrow data-id="{escape(identifier)}">{text}</mrow>'


def _function(op: str, args: list[str]) -> str:
    inside = "<mo>,</mo>".join(args)
    return f"<mrow><mi>{_WORDS.get(op, op)}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>"


def _cases(rows: list[tuple[str, str]], rest: str) -> str:
    told = [(value, f"<mtext>if&nbsp;</mtext>{when}") for value, when in rows]
    lines = [
        f'<mtr><mtd columnalign="left">{value}</mtd><mtd>{when}</mtd></mtr>'
        for value, when in [*told, (rest, "<mtext>otherwise</mtext>")]
    ]
    return f"<mrow><mo>{{</mo><mtable>{''.join(lines)}</mtable></mrow>"


_NOTATION = Notation(_FORMS, symbol, _function, _cases)


def mathml(root: Expression, *, negative: bool = False) -> str:
    """An expression as a ``<math>`` element, with a minus sign before it if `negative`."""
    if negative:
        inside = _FORMS["neg"] % typeset(root, _NOTATION, OPERATIONS["mul"].binding)
    else:
        inside = typeset(root, _NOTATION)
    return f"<math>{inside}</math>"


def equation(left: str, root: Expression) -> str:
    """``left = root`` as a ``<math>`` element."""
    return f'<math display="block"><mrow>{left}<mo>=</mo>{typeset(root, _NOTATION)}</mrow></math>'


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
        f"{symbol(key)}<mo>&larr;</mo>{typeset(formula, _NOTATION)}"
        for key, formula in event.assignments
    )
    notes = "".join(f"; {words}" for words in conditions(event))
    when = typeset(condition(event.trigger), _NOTATION)
    late = (
        f"<mtext>&nbsp;after&nbsp;</mtext>{typeset(event.delay, _NOTATION)}<mtext>&nbsp;</mtext>"
        if event.delay
        else ""
    )
    return (
        f'<math display="block"><mrow><mtext>when&nbsp;</mtext>{when}<mo>:</mo>'
        f'<mspace width="1em"/>{late}{sets}<mtext>{escape(notes)}</mtext></mrow></math>'
    )
