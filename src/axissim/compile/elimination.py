"""The order in which to eliminate unknowns so that a sparse matrix stays sparse, and the fill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


@dataclass(frozen=True)
class Elimination:
    """An LU factorisation without row exchanges, as a plan.

    Attributes
    ----------
    order : tuple of int
        The unknown eliminated first, second, ...
    entries : tuple of (int, int)
        Rows and columns (as eliminated: 0 is first) that are not zero in L + U.
    """

    order: tuple[int, ...]
    entries: tuple[tuple[int, int], ...]


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
