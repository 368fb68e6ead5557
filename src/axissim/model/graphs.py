"""Graphs of who reads whom: circles in them, and an order in which all can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def circle(reads: Mapping[str, Iterable[str]]) -> list[str]:
    """The first circle in a graph of who reads whom, its first id again at its end; or []."""
    done: set[str] = set()
    for root in reads:
        path = {root: iter(reads[root])} if root not in done else {}
        while path:
            key = next(reversed(path))
            following = next((k for k in path[key] if k in reads and k not in done), None)
            if following is None:
                done.add(key)
                del path[key]
            elif following in path:
                ids = list(path)
                return [*ids[ids.index(following) :], following]
            else:
                path[following] = iter(reads[following])
    return []


def in_turn(reads: Mapping[str, Iterable[str]], wanted: Iterable[str]) -> list[str]:
    """The keys that `wanted` need in a graph without circles, what is read before its readers."""
    done: dict[str, None] = {}
    for root in wanted:
        path = {root: iter(reads[root])} if root in reads and root not in done else {}
        while path:
            key = next(reversed(path))
            waiting = (k for k in path[key] if k in reads and k not in done and k not in path)
            following = next(waiting, None)
            if following is None:
                done[key] = None
                del path[key]
            else:
                path[following] = iter(reads[following])
    return list(done)


def reached(reads: Mapping[str, Iterable[str]], wanted: Iterable[str]) -> set[str]:
    """Everything that `wanted` read, directly or through others, and themselves."""
    seen: set[str] = set()
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(reads.get(key, ()))
    return seen


def components(reads: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of keys that read each other, each before those that read it (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    held: set[str] = set()
    groups: list[list[str]] = []
    for root in reads:
        path = {root: iter(reads[root])} if root not in index else {}
        while path:
            key = next(reversed(path))
            if key not in index:
                index[key] = low[key] = len(index)
                stack.append(key)
                held.add(key)
            following = next((k for k in path[key] if k in reads and k not in index), None)
            if following is not None:
                path[following] = iter(reads[following])
                continue
            del path[key]
            low[key] = min([low[key], *(low[k] for k in reads[key] if k in held)])
            if low[key] == index[key]:
                group = [stack.pop()]
                while group[-1] != key:
                    group.append(stack.pop())
                held.difference_update(group)
                groups.append(group[::-1])
    return groups
