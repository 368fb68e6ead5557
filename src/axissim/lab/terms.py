"""Why a run changed: the terms of a state's rate, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from axissim.lab.asked import Asked, MalformedError
from axissim.lab.bench import Bench
from axissim.lab.mathml import mathml
from axissim.model.expression import Expression, in_order, operation, value
from axissim.model.model import ModelError, State

_MOST = 8


def terms_of(rate: Expression) -> list[tuple[int, Expression]]:
    """A rate as a sum: signs and terms, in the author's order."""
    if rate.op == "neg":
        return [(-sign, term) for sign, term in terms_of(rate.args[0])]
    if rate.op in ("add", "sub"):
        left, right = (terms_of(arg) for arg in rate.args)
        turned = right if rate.op == "add" else [(-sign, term) for sign, term in right]
        return left + turned
    if rate.op == "div" and rate.args[0].op in ("add", "sub"):
        return [
            (sign, operation("div", term, rate.args[1])) for sign, term in terms_of(rate.args[0])
        ]
    return [(1, rate)]


def changes(bench: Bench, asked: Asked) -> list[dict[str, Any]]:
    """The terms of the rate of ``asked.axes[0]``, means over the run, before and after.

    Returns
    -------
    list of dict
        ``term`` (MathML), ``reads`` (ids), ``before``, ``after``; the greatest change first.

    Raises
    ------
    ModelError
        That state has no terms, a run failed, or a term has no finite mean.
    """
    if len(asked.axes) != 1:
        raise MalformedError("axes is not one state")
    part = bench.model.part(asked.axes[0])
    if not isinstance(part, State):
        raise ModelError(f"'{part.id}' is not a state; only a state has a rate made of terms")
    found = terms_of(part.rate)
    if any(node.op in ("delay", "rate_of") for node in in_order([part.rate])):
        raise ModelError(
            f"the rate of '{part.id}' reads the past or another rate; its terms are not told apart"
        )
    means = [_means(bench, asked, params, found) for params in (asked.before, asked.params)]
    rows = [
        {
            "term": mathml(term, negative=sign < 0),
            "reads": sorted({n.value for n in in_order([term]) if n.op == "name"}),
            "before": sign * before,
            "after": sign * after,
        }
        for (sign, term), before, after in zip(found, *means, strict=True)
    ]
    return sorted(rows, key=lambda row: -abs(row["after"] - row["before"]))[:_MOST]


def _means(
    bench: Bench, asked: Asked, params: Mapping[str, float], terms: list[tuple[int, Expression]]
) -> list[float]:
    names = sorted({n.value for _, term in terms for n in in_order([term]) if n.op == "name"})
    times = np.linspace(asked.start, asked.stop, asked.points)
    values, word = bench.run(params, times, names, asked.doses)
    if word != "ok":
        raise ModelError(f"the run failed ({word}); its terms have no mean")
    env: dict[str, Any] = dict(zip(names, values, strict=True))
    means = [
        float(np.mean(np.broadcast_to(value(term, env, times), times.shape))) for _, term in terms
    ]
    if not np.all(np.isfinite(means)):
        raise ModelError("a term of this rate is not finite all along the run; it has no mean")
    return means
