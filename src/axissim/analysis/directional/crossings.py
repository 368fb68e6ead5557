"""What derivatives become where a run crosses a break: events, and rates that jump.

At a break at the moment tau the state goes from x to x+ = a(x, p, t) and its rate from f to f+.
If g(x, p, t) = 0 at tau, then tau moves with a direction by

    dtau = -Dg / (dg/dt)    with Dg the derivative along it and dg/dt that along the run before,

and the derivative s becomes

    s+ = Da + (da/dt - f+) dtau

(Rozenvasser 1967; Galan, Feehery & Barton, Appl Numer Math 1999;31:17,
doi:10.1016/S0168-9274(98)00125-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from axissim.analysis.directional.along import Along
from axissim.analysis.directional.breaks import COMPARISONS, gap_of
from axissim.model.expression import (
    ONE,
    TIME,
    ZERO,
    Expression,
    in_order,
    name,
    names,
    number,
    operation,
)
from axissim.model.model import Event, Model, State
from axissim.model.passes import differentiate, rebuilt, substitute

_NEAR = 1e-8  # of the time: further from where it turned, a jump has turned a comparison


class Crossings:
    """The jumps of derivatives along one direction.

    Parameters
    ----------
    along : Along
        Of the direction.
    """

    def __init__(self, along: Along) -> None:
        self.along = along
        self.states = [state.id for state in along.model.states]
        self.rates = dict(
            zip(self.states, along.expanded([s.rate for s in along.model.states]), strict=True)
        )

    def of_event(self, event: Event) -> Iterator[tuple[str, Expression]]:
        """What an event makes of the derivatives, as assignments beside its own."""
        slopes = self.along.slopes
        new = dict(zip(dict(event.assignments), self.along.expanded(
            [formula for _, formula in event.assignments]), strict=True))  # fmt: skip
        (trigger,) = self.along.expanded([event.trigger])
        shift = self._nearest([n for n in in_order([trigger]) if n.op in COMPARISONS], self.rates)
        kept = [key for key in self.states if key in slopes]
        after = dict(zip(kept, substitute([self.rates[key] for key in kept], new), strict=True))
        for key in kept:
            slope = self.along.of([new[key]])[0] if key in new else name(slopes[key])
            before = self._total(new[key], self.rates) if key in new else self.rates[key]
            jump = _minus(before, after[key])
            if shift is not ZERO and jump is not ZERO:
                slope = _plus(slope, operation("mul", jump, shift))
            if key in new or slope is not name(slopes[key]):
                yield slopes[key], slope

    def of_comparison(
        self, alike: Sequence[Expression]
    ) -> Iterator[tuple[Expression, list[tuple[str, Expression]]]]:
        """Triggers, and what becomes of the derivatives where comparisons of one gap change."""
        first = alike[0]
        gap = operation("sub", *first.args)
        sides = [self._rates({node: number(_truth(node, first, above)) for node in alike})
                 for above in (False, True)]  # fmt: skip
        for before, after, trigger in (
            (sides[0], sides[1], operation("gt", *first.args)),
            (sides[1], sides[0], operation("lt", *first.args)),
        ):
            changes = self._changes(before, after, self._shift(gap, before))
            if changes:
                yield trigger, changes

    def of_floor(
        self, node: Expression, counter: str
    ) -> tuple[Expression, list[tuple[str, Expression]]]:
        """The same where a floor rises to 1 more than the state `counter`."""
        above = operation("add", name(counter), ONE)
        before, after = self._rates({node: name(counter)}), self._rates({node: above})
        gap = operation("sub", node.args[0], above)
        changes = self._changes(before, after, self._shift(gap, before))
        return operation("ge", node.args[0], above), changes

    def _rates(self, known: Mapping[Expression, Expression]) -> dict[str, Expression]:
        """The rates with other nodes in place of some."""

        def rule(node: Expression, args: tuple[Expression, ...]) -> Expression:
            if node in known:
                return known[node]
            return operation(node.op, *args) if args else node

        return dict(zip(self.rates, rebuilt(list(self.rates.values()), rule), strict=True))

    def _changes(
        self, before: Mapping[str, Expression], after: Mapping[str, Expression], shift: Expression
    ) -> list[tuple[str, Expression]]:
        found = []
        for key, own in self.along.slopes.items():
            if key in before and before[key] is not after[key] and shift is not ZERO:
                jump = operation("mul", _minus(before[key], after[key]), shift)
                found.append((own, _plus(name(own), jump)))
        return found

    def _nearest(
        self, comparisons: Sequence[Expression], rates: Mapping[str, Expression]
    ) -> Expression:
        """How far the moment moves at which one of some comparisons changes."""
        gaps = list(dict.fromkeys(map(gap_of, comparisons)))
        shift, least = ZERO, None
        for gap in gaps:
            speed = self._total(gap, rates)
            if speed is ZERO:
                continue
            far, own = _far(gap, speed), self._shift(gap, rates)
            if least is None:
                shift, least = own, far
                continue
            closer = operation("lt", far, least)
            shift = shift if shift is own else operation("where", closer, own, shift)
            least = operation("minimum", far, least)
        return shift

    def _shift(self, gap: Expression, rates: Mapping[str, Expression]) -> Expression:
        """How far the moment moves at which `gap` is 0; 0 if a jump has changed its sign."""
        (slope,) = self.along.of([gap])
        speed = self._total(gap, rates)
        if slope is ZERO or speed is ZERO:
            return ZERO
        near = operation("le", _far(gap, speed), operation("mul", number(_NEAR), _abs(TIME)))
        moves = operation("both", near, operation("ne", slope, ZERO))
        return operation("where", moves, operation("neg", operation("div", slope, speed)), ZERO)

    def _total(self, formula: Expression, rates: Mapping[str, Expression]) -> Expression:
        """The derivative of a formula in time along a run."""
        read = sorted(names(formula) & rates.keys())
        (slopes,) = differentiate([formula], [*map(name, read), TIME])
        total = slopes.get(len(read), ZERO)
        for at, key in enumerate(read):
            if at in slopes and rates[key] is not ZERO:
                total = _plus(total, operation("mul", slopes[at], rates[key]))
        return total


def with_crossings(
    model: Model,
    nodes: Sequence[Expression],
    groups: Sequence[Along],
    fresh: Callable[[str], str],
) -> Model:
    """`model`, which has derivatives, with what becomes of these at breaks.

    Parameters
    ----------
    nodes : sequence of Expression
        Comparisons and floors at which rates jump.
    fresh : callable
        Makes an id that is not taken.
    """
    crossings = [Crossings(along) for along in groups]
    events = []
    for event in model.events:
        pairs = [pair for crossing in crossings for pair in crossing.of_event(event)]
        events.append(replace(event, assignments=(*event.assignments, *pairs)))
    counters: list[State] = []
    for alike in _by_gap(nodes):
        found: dict[Expression, list[tuple[str, Expression]]] = {}
        if alike[0].op == "floor":
            counter = State(fresh("turns"), initial=alike[0])
            jumps = [crossing.of_floor(alike[0], counter.id) for crossing in crossings]
            if any(pairs for _, pairs in jumps):
                counters.append(counter)
                found[jumps[0][0]] = [(counter.id, operation("add", name(counter.id), ONE))]
        else:
            jumps = [jump for crossing in crossings for jump in crossing.of_comparison(alike)]
        for trigger, pairs in jumps:
            if pairs:
                found.setdefault(trigger, []).extend(pairs)
        events += [
            Event(fresh("crossing"), trigger=trigger, assignments=tuple(pairs))
            for trigger, pairs in found.items()
        ]
    return replace(model, events=tuple(events), states=(*model.states, *counters))


def _by_gap(nodes: Sequence[Expression]) -> list[list[Expression]]:
    """Nodes together that change at the same moments."""
    found: dict[object, list[Expression]] = {}
    for node in nodes:
        found.setdefault(node if node.op == "floor" else frozenset(node.args), []).append(node)
    return list(found.values())


def _truth(node: Expression, first: Expression, above: bool) -> float:
    """What a comparison is where the left side of `first` is above its right side, or below."""
    above = above if node.args == first.args else not above
    return float(above == (node.op in ("gt", "ge")))


def _far(gap: Expression, speed: Expression) -> Expression:
    return _abs(operation("div", gap, speed))


def _abs(formula: Expression) -> Expression:
    return operation("absolute", formula)


def _minus(x: Expression, y: Expression) -> Expression:
    if x is y:
        return ZERO
    return x if y is ZERO else operation("neg", y) if x is ZERO else operation("sub", x, y)


def _plus(x: Expression, y: Expression) -> Expression:
    return y if x is ZERO else x if y is ZERO else operation("add", x, y)
