"""The order in which to eliminate unknowns so that a sparse matrix stays sparse, and the fill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from axissim.model.graphs import components


@dataclass(frozen=True)
class Elimination:
    """An LU factorisation without row exchanges, as a plan.

    Attributes
    ----------
    order : tuple of int
        The unknown eliminated first, second, ...
    entries : tuple of (int, int)
        Rows and columns (as eliminated: 0 is first) that are not zero in L + U.
    blocks : tuple of int
        Where the matrix is factorised block by block, the first unknown of each one's block;
        entries left of the blocks are the matrix's own.  Empty where it is factorised as a whole.
    """

    order: tuple[int, ...]
    entries: tuple[tuple[int, int], ...]
    blocks: tuple[int, ...] = ()


def eliminate(size: int, pattern: Iterable[tuple[int, int]]) -> Elimination:
    """Choose diagonal pivots by Markowitz's rule: the least fill that a pivot can make.

    Parameters
    ----------
    pattern : iterable of (int, int)
        Rows and columns that may differ from zero; the diagonal is always in.

    References
    ----------
    Markowitz HM, Management Science 1957;3:255. doi:10.1287/mnsc.3.3.255
    """
    rows = [{i} for i in range(size)]
    columns = [{i} for i in range(size)]
    for row, column in pattern:
        rows[row].add(column)
        columns[column].add(row)

    def rank(k: int) -> tuple[int, int]:
        return (len(rows[k]) - 1) * (len(columns[k]) - 1), k

    final = [set(row) for row in rows]
    done, order = [False] * size, []
    heap = [rank(k) for k in range(size)]
    heapify(heap)
    while heap:
        cost, pivot = heappop(heap)
        if done[pivot] or cost != rank(pivot)[0]:  # ranked again since
            continue
        order.append(pivot)
        done[pivot] = True
        touched = (rows[pivot] | columns[pivot]) - {pivot}
        for row in columns[pivot] - {pivot}:
            for column in rows[pivot] - {pivot}:
                rows[row].add(column)
                columns[column].add(row)
                final[row].add(column)
        for row in columns[pivot]:
            rows[row].discard(pivot)
        for column in rows[pivot]:
            columns[column].discard(pivot)
        for k in touched:
            heappush(heap, rank(k))
    place = {unknown: at for at, unknown in enumerate(order)}
    entries = sorted((place[i], place[j]) for i in range(size) for j in final[i])
    return Elimination(tuple(order), tuple(entries))


def eliminate_blocks(size: int, pattern: Iterable[tuple[int, int]]) -> Elimination:
    """The same where only the blocks on the diagonal of a block-triangular form are factorised.

    Unknowns that depend on each other are a block; what blocks have of those before them is left
    as it is, and makes no fill.  Blocks of one pattern are eliminated in the same order.
    """
    pattern = sorted(set(pattern))
    rows: dict[str, list[str]] = {str(i): [] for i in range(size)}
    for i, j in pattern:
        rows[str(i)] += [str(j)] if i != j else []
    order: list[int] = []
    blocks: list[int] = []
    inside: set[tuple[int, int]] = set()
    for group in components(rows):
        members = sorted(map(int, group))
        own = {unknown: at for at, unknown in enumerate(members)}
        plan = eliminate(
            len(members), [(own[i], own[j]) for i, j in pattern if i in own and j in own]
        )
        first = len(order)
        inside |= {(first + i, first + j) for i, j in plan.entries}
        order += [members[at] for at in plan.order]
        blocks += [first] * len(members)
    place = {unknown: at for at, unknown in enumerate(order)}
    entries = inside | {(place[i], place[j]) for i, j in pattern}
    return Elimination(tuple(order), tuple(sorted(entries)), tuple(blocks))
