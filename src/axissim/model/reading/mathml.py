"""MathML, as libSBML's syntax trees hold it, to expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from axissim.model.expression import Expression, in_order, name, names
from axissim.model.model import suggestion
from axissim.model.passes import substitute
from axissim.model.reading.operators import numeric, piecewise, rows, truth

MOST_NODES = 500_000
DEEPEST = 2_000


class MathError(ValueError):
    """A formula cannot be read; the message completes "<element> ..."."""


class MathRefusedError(MathError):
    """A formula is sound, but uses what axissim lacks; the message names that."""


@dataclass
class Functions:
    """The function definitions of a model, and how many nodes their expansion has cost so far."""

    bodies: dict[str, tuple[tuple[str, ...], Expression]] = field(default_factory=dict)
    spent: int = 0

    def call(self, function: str, args: list[Expression]) -> Expression:
        """The body of `function` with its arguments put in."""
        if function not in self.bodies:
            raise MathError(
                f"calls '{function}', which is not defined"
                + (suggestion(function, self.bodies) or "; define it")
            )
        wanted, body = self.bodies[function]
        if len(args) != len(wanted):
            raise MathError(f"calls '{function}' with {len(args)} argument(s); give {len(wanted)}")
        self.spend(body)
        return substitute([body], dict(zip(wanted, args, strict=True)))[0]

    def spend(self, body: Expression) -> None:
        """Count the nodes of `body`; MathError once all that was counted is too much."""
        for _ in in_order([body]):
            self.spent += 1
            if self.spent > MOST_NODES:
                raise MathError(
                    f"makes the model's formulas expand to over {MOST_NODES:,} nodes; "
                    "name repeated parts by assignment rules"
                )


def expression(
    ast: Any, functions: Functions, spelt: Mapping[str, str] | None = None
) -> Expression:
    """The expression of a libSBML syntax tree.

    Parameters
    ----------
    ast : libsbml.ASTNode
    functions : Functions
        What the formula may call.
    spelt : mapping, optional
        Identifiers that mean another one here (local parameters).

    Raises
    ------
    MathError
    """
    built: list[Expression] = []
    depths: list[int] = []
    for node, count in _postorder(ast):
        args = built[len(built) - count :]
        depth = 1 + max(depths[len(depths) - count :], default=0) if count else 1
        del built[len(built) - count :], depths[len(depths) - count :]
        if depth > DEEPEST:
            raise MathError(
                f"has a formula over {DEEPEST} deep; name its parts by assignment rules"
            )
        built.append(_built(node, args, functions, spelt or {}))
        depths.append(depth)
    return numeric(built[0])


def defined(ast: Any, functions: Functions) -> tuple[tuple[str, ...], Expression]:
    """Arguments and body of a function definition's lambda."""
    wanted = tuple(str(ast.getChild(i).getName()) for i in range(ast.getNumBvars()))
    body = expression(ast.getChild(ast.getNumChildren() - 1), functions)
    for free in sorted(names(body) - set(wanted)):
        raise MathError(f"reads '{free}', which is not one of its arguments; add it to them")
    return wanted, body


def has_body(ast: Any) -> bool:
    """Whether a lambda has more than arguments."""
    return ast is not None and bool(ast.getNumChildren() > ast.getNumBvars())


def called(ast: Any) -> list[str]:
    """Names of the functions that a syntax tree calls, in order."""
    kind = rows().function
    return [str(node.getName()) for node, _ in _postorder(ast) if node.getType() == kind]


def _postorder(ast: Any) -> Iterator[tuple[Any, int]]:
    """Every node with how many operands it has, operands first; without recursion."""
    stack: list[tuple[Any, int, bool]] = [(ast, 0, False)]
    while stack:
        node, count, entered = stack.pop()
        if entered:
            yield node, count
            continue
        operands = _operands(node)
        stack.append((node, len(operands), True))
        stack.extend((operand, 0, False) for operand in operands)


def _operands(node: Any) -> list[Any]:
    """A node's operands, last first; libSBML nests long sums to the left, so these are undone."""
    kind = node.getType()
    found: list[Any] = []
    while True:
        found.extend(node.getChild(i) for i in range(node.getNumChildren() - 1, 0, -1))
        if not node.getNumChildren():
            return found
        node = node.getChild(0)
        if kind not in rows().chains or node.getType() != kind or not node.getNumChildren():
            return [*found, node]


def _built(
    node: Any, args: list[Expression], functions: Functions, spelt: Mapping[str, str]
) -> Expression:
    table = rows()
    kind = node.getType()
    if kind in table.leaves:
        return table.leaves[kind](node)
    if kind == table.name:
        return name(spelt.get(str(node.getName()), str(node.getName())))
    if kind == table.function:
        return functions.call(str(node.getName()), [numeric(arg) for arg in args])
    if kind in table.refused:
        raise MathRefusedError(table.refused[kind])
    if kind == table.piecewise and args:
        return piecewise(args)
    if kind in table.of_truths or kind in table.of_numbers:
        try:
            if kind in table.of_truths:
                return table.of_truths[kind](*(truth(arg) for arg in args))
            return table.of_numbers[kind](*(numeric(arg) for arg in args))
        except (TypeError, ValueError):
            raise MathError(
                f"gives <{_spelling(node)}> {len(args)} operand(s); mend the formula"
            ) from None
    raise MathError(
        f"uses <{_spelling(node)}>, which is not part of SBML's mathematics; rewrite it"
    )


def _spelling(node: Any) -> str:
    return str(node.getOperatorName() or node.getName() or f"operation {node.getType()}")
