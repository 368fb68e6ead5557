"""Expressions as MathML, each number so that it is read back bit for bit."""

from __future__ import annotations

import math

from axissim.model.expression import ONE, OPERATIONS, ZERO, Expression, operation
from axissim.model.model import ModelError
from axissim.model.text import condition

MATHML = "http://www.w3.org/1998/Math/MathML"
DEEPEST = 400  # elements; a reader is right to be afraid of more

_TAGS = {
    "add": "plus", "sub": "minus", "mul": "times", "div": "divide", "neg": "minus",
    "power": "power", "exp": "exp", "log": "ln", "log10": "log", "sqrt": "root",
    "absolute": "abs", "floor": "floor", "ceil": "ceiling", "factorial": "factorial",
    "minimum": "min", "maximum": "max", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "lt": "lt", "le": "leq",
    "gt": "gt", "ge": "geq", "eq": "eq", "ne": "neq", "both": "and", "either": "or",
    "negated": "not",
}  # fmt: skip
_LOGICAL = ("both", "either", "negated")
_CHAINS = ("add", "mul", "both", "either")
_LONGEST_CHAIN = 64  # operands of one sum, which a reader adds from left to right
_SYMBOL = (
    '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/{0}"> {0} </csymbol>'
)
_TRUE, _FALSE = operation("ne", ONE, ZERO), operation("ne", ZERO, ZERO)

_Item = tuple[int, Expression | str, bool]  # how deep, what, and whether a truth value is wanted


def mathml(root: Expression, depth: int, truth: bool = False) -> list[str]:
    """The lines of a ``<math>`` element.

    Parameters
    ----------
    depth : int
        How far in it stands.
    truth : bool
        Whether a truth value is wanted, as of a trigger.

    Raises
    ------
    ModelError
        The formula is nested too deeply to be read by others.
    """
    lines = [f'{"  " * depth}<math xmlns="{MATHML}">']
    waiting: list[_Item] = [(depth + 1, root, truth)]
    while waiting:
        at, what, wanted = waiting.pop()
        if at - depth > DEEPEST:
            raise ModelError(
                f"a formula is nested over {DEEPEST} deep; name its parts by assignment rules"
            )
        if isinstance(what, str):
            lines.append("  " * at + what)
        else:
            waiting.extend(reversed(_opened(at, what, wanted)))
    return [*lines, f"{'  ' * depth}</math>"]


def _opened(at: int, node: Expression, truth: bool) -> list[_Item]:
    """A node as its tags and operands, in order."""
    node = condition(node) if truth else node
    is_truth = node.op in OPERATIONS and OPERATIONS[node.op].truth
    if truth and not is_truth:
        flag = node.op == "where" and node.args[1:] == (ONE, ZERO)
        return [(at, node.args[0] if flag else operation("ne", node, ZERO), True)]
    if is_truth and not truth:
        return [(at, operation("where", node, ONE, ZERO), False)]
    if node is _TRUE or node is _FALSE:
        return [(at, "<true/>" if node is _TRUE else "<false/>", False)]
    if node.op == "number":
        return [(at, text, False) for text in _number(node.value)]
    if node.op in ("name", "time"):
        leaf = f"<ci> {node.value} </ci>" if node.op == "name" else _SYMBOL.format("time")
        return [(at, leaf, False)]
    if node.op == "where":
        return _piecewise(at, node)
    inner: list[_Item] = [(at + 1, arg, node.op in _LOGICAL) for arg in _operands(node)]
    tag = f"<{_TAGS[node.op]}/>" if node.op in _TAGS else _SYMBOL.format(_symbol(node))
    return [(at, "<apply>", False), (at + 1, tag, False), *inner, (at, "</apply>", False)]


def _symbol(node: Expression) -> str:
    if node.op != "delay":
        raise ModelError(f"SBML has no word for '{node.op}'")
    return node.op


def _operands(node: Expression) -> list[Expression]:
    """The operands; a sum that is bracketed from the left as one, if a reader does the same."""
    found = [*node.args]
    while node.op in _CHAINS and found[0].op == node.op and len(found) < _LONGEST_CHAIN:
        found[:1] = found[0].args
    return found


def _piecewise(at: int, node: Expression) -> list[_Item]:
    items: list[_Item] = [(at, "<piecewise>", False)]
    while node.op == "where":
        condition, value, otherwise = node.args
        items += [
            (at + 1, "<piece>", False), (at + 2, value, False), (at + 2, condition, True),
            (at + 1, "</piece>", False),
        ]  # fmt: skip
        node = otherwise
    items += [
        (at + 1, "<otherwise>", False),
        (at + 2, node, False),
        (at + 1, "</otherwise>", False),
    ]
    return [*items, (at, "</piecewise>", False)]


def _number(value: float) -> list[str]:
    if value == math.pi:
        return ["<pi/>"]
    if value == math.e:
        return ["<exponentiale/>"]
    if math.isnan(value):
        return ["<notanumber/>"]
    if math.isinf(value):
        return (
            ["<infinity/>"] if value > 0 else ["<apply>", "  <minus/>", "  <infinity/>", "</apply>"]
        )
    text = repr(value)
    if value == int(value) and abs(value) < 2**31 and text != "-0.0":
        return [f'<cn type="integer"> {int(value)} </cn>']
    mantissa, _, exponent = text.partition("e")
    # A mantissa of 17 digits may be none that a float holds; then the number stays in one piece.
    if exponent and float(f"{float(mantissa)!r}e{exponent}") == value:
        return [f'<cn type="e-notation"> {mantissa} <sep/> {int(exponent)} </cn>']
    return [f"<cn> {text} </cn>"]


def attribute(value: float) -> str:
    """A number as the text of an attribute."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return repr(value).removesuffix(".0")
