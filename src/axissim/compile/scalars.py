"""Reading and writing one number where `axissim.compile.lanes` reads and writes eight."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(inline="always")
def load(array: Any, i: int) -> Any:
    """The `i`-th number."""
    return array[i]


@njit(inline="always")
def store(array: Any, i: int, value: Any) -> None:
    """Write the `i`-th number."""
    array[i] = value


@njit(inline="always")
def broadcast(x: Any) -> Any:
    """The number itself."""
    return x
