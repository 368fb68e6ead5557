"""How a design is cut into blocks: what is computed and written at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

BLOCK_BYTES = 64 << 20  # of a block's results in memory, about
CHUNK_BYTES = 4 << 20  # of one chunk of a variable in the store, about
MOST_RUNS = 1 << 16  # in a block


@dataclass(frozen=True)
class Block:
    """A box of a design: which members along each of its dimensions.

    Attributes
    ----------
    number : int
        Its place in the order of blocks.
    region : tuple of slice
        A slice a dimension, with start and stop.
    """

    number: int
    region: tuple[slice, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Members along each dimension."""
        return tuple(part.stop - part.start for part in self.region)


def runs_in_block(bytes_of_run: int, within: int = BLOCK_BYTES) -> int:
    """How many runs make a block, a multiple of 64 where there are so many."""
    runs = min(max(within // max(bytes_of_run, 1), 1), MOST_RUNS)
    return runs if runs < 64 else runs // 64 * 64


def box(shape: Sequence[int], most: int) -> tuple[int, ...]:
    """The greatest box of at most `most` members that tiles `shape` in order: whole inner parts."""
    sizes = list(shape)
    for at in range(len(sizes)):
        inner = prod(shape[at + 1 :])
        sizes[at] = min(max(most // max(inner, 1), 1), shape[at])
        if sizes[at] > 1 or inner <= most:
            break
    return tuple(sizes)


def blocks(shape: Sequence[int], size: Sequence[int]) -> list[Block]:
    """Every block of that size, the last ones cut, in the order of the members."""
    starts = product(*(range(0, whole, part) for whole, part in zip(shape, size, strict=True)))
    return [
        Block(
            number,
            tuple(
                slice(start, min(start + part, whole))
                for start, part, whole in zip(corner, size, shape, strict=True)
            ),
        )
        for number, corner in enumerate(starts)
    ]
