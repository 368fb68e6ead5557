"""What a formula reads of the past: delayed values, pushed down to the states' own histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from axissim.model.expression import TIME, ZERO, Expression, in_order, name, names, operation
from axissim.model.model import ModelError
from axissim.model.passes import differentiate, fold

_DEEPEST = 20  # delays of delays; each level may double what has to be remembered


@dataclass
class Lags:
    """The delayed values met so far.

    Attributes
    ----------
    states : tuple of str
        What has a history.
    found : dict
        (state, lag) -> the name under which formulas read the delayed value.
    pushed : dict
        (formula, lag) -> what `push` made of it.
    """

    states: tuple[str, ...]
    found: dict[tuple[str, Expression], str] = field(default_factory=dict)
    pushed: dict[tuple[Expression, Expression], Expression] = field(default_factory=dict)

    def value(self, state: str, lag: Expression) -> Expression:
        """What stands for the value of `state`, `lag` ago."""
        key = (state, lag)
        if key not in self.found:
            self.found[key] = f"{state} delayed {len(self.found)}"
        return name(self.found[key])

    def slope(self, number: int) -> Expression:
        """What stands for the slope in time of a delayed value at the moment it is read."""
        return name(self.slopes[number])

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self.found.values())

    @property
    def slopes(self) -> tuple[str, ...]:
        return tuple(text.replace(" delayed ", " slope ") for text in self.values)

    def push(self, root: Expression, lag: Expression = ZERO, depth: int = 0) -> Expression:
        """`root` as it was `lag` ago: states by their history, the time less the lag.

        A delay inside is gone into; the lag of a delayed delay is what it was at that moment.
        """
        if (root, lag) in self.pushed:
            return self.pushed[root, lag]
        if depth > _DEEPEST:
            raise ModelError(f"delays are nested over {_DEEPEST} deep; name their parts as states")
        new: dict[Expression, Expression] = {}
        for node in _of_this_moment(root):
            if node.op == "delay":
                inner = fold([operation("add", lag, new[node.args[1]])])[0]
                new[node] = self.push(node.args[0], inner, depth + 1)
            elif lag is not ZERO and node is TIME:
                new[node] = operation("sub", TIME, lag)
            elif lag is not ZERO and node.op == "name" and node.value in self.states:
                new[node] = self.value(node.value, lag)
            else:
                args = tuple(new[arg] for arg in node.args)
                new[node] = operation(node.op, *args) if args else node
        self.pushed[root, lag] = new[root]
        return new[root]

    @property
    def depth(self) -> int:
        """How often all have to be looked up until those are right whose lags read the past."""
        levels: dict[str, int] = {}
        for (_, lag), called in self.found.items():  # what a lag reads has been found before it
            levels[called] = 1 + max(
                (levels[key] for key in names(lag) if key in levels), default=0
            )
        return max(levels.values(), default=0)


def _of_this_moment(root: Expression) -> Iterator[Expression]:
    """`in_order`, without what stands inside a delay: only the delay's lag is of this moment."""
    seen: set[Expression] = set()
    stack = [root]
    while stack:
        node = stack[-1]
        read = node.args[1:] if node.op == "delay" else node.args
        waiting = [arg for arg in read if arg not in seen] if node not in seen else []
        if waiting:
            stack.extend(reversed(waiting))
        elif stack.pop() not in seen:
            seen.add(node)
            yield node


def undelayed(root: Expression) -> Expression:
    """`root` where nothing has happened yet: a delayed value is the value at the start."""
    new: dict[Expression, Expression] = {}
    for node in in_order([root]):
        args = tuple(new[arg] for arg in node.args)
        new[node] = args[0] if node.op == "delay" else operation(node.op, *args) if args else node
    return new[root]


def slopes(
    rates: list[Expression], states: tuple[str, ...], lags: Lags
) -> tuple[dict[tuple[int, int], Expression], list[Expression]]:
    """The Jacobian's entries by (row, column), and each rate's slope in time.

    A delayed value z(t) = x(t - lag) has the slope x'(t - lag) (1 - dlag/dt) in time, and
    -x'(t - lag) dlag/dy in a state that its lag depends on.
    """
    n = len(states)
    leaves = [*map(name, states), TIME, *map(name, lags.values)]
    partial = differentiate(rates, leaves)
    moving = differentiate([lag for _, lag in lags.found], leaves[: n + 1])
    entries: dict[tuple[int, int], Expression] = {}
    in_time = []
    for row, found in enumerate(partial):
        total = {column: slope for column, slope in found.items() if column <= n}
        for k, lag_slopes in enumerate(moving):
            if n + 1 + k not in found:
                continue
            through = operation("mul", found[n + 1 + k], lags.slope(k))
            _add(total, n, through)
            for column, lag_slope in lag_slopes.items():
                _add(total, column, operation("neg", operation("mul", through, lag_slope)))
        in_time.append(total.pop(n, ZERO))
        entries.update({(row, column): total[column] for column in sorted(total)})
    return entries, in_time


def _add(total: dict[int, Expression], key: int, term: Expression) -> None:
    total[key] = operation("add", total[key], term) if key in total else term
