"""The arrays of a store: laid out for a whole study, then filled block by block."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.study.blocks import CHUNK_BYTES, Block, box
from axissim.study.manifest import hash_of
from axissim.study.place import Place
from axissim.study.where import place

if TYPE_CHECKING:
    import xarray as xr

ORDER = "variables_in_order"  # an attribute of a Zarr store


class Layout:
    """A Zarr store at a place, or a path, whose arrays are those of a study.

    Parameters
    ----------
    at : Path, str or Place
    shape : tuple of int
        Members along each dimension of the design.
    size : tuple of int
        Those of a block.
    """

    def __init__(
        self, at: Path | str | Place, shape: tuple[int, ...] = (), size: tuple[int, ...] = ()
    ) -> None:
        self.place, self.shape, self.size = place(at), shape, size

    def make(self, example: xr.Dataset, dtype: str) -> dict[str, str]:
        """Make every array after a result, and fill those that no block changes; their hashes."""
        beside = [str(key) for key in example.coords if key not in example.dims]
        attributes = {**example.attrs, ORDER: " ".join(map(str, example.variables))}
        attributes |= {"coordinates": " ".join(beside)} if beside else {}
        group = self._group("a", attributes=attributes)
        dims, fixed = self._dims(example), dict[str, str]()
        for key, variable in example.variables.items():
            result = key in example.data_vars and key != "t_fail" and variable.dtype == np.float64
            kind = np.dtype(dtype) if result else variable.dtype
            array = group.create_array(
                str(key),
                shape=self._whole(variable, dims),
                chunks=self._chunk(variable, dims, kind),
                dtype=kind,
                compressors=[_codec()],
                fill_value=_missing(kind),
                dimension_names=[str(dim) for dim in variable.dims],
                attributes={name: _plain(value) for name, value in variable.attrs.items()},
                overwrite=True,
            )
            if not _by_block(variable, dims):
                of_all = key in example.data_vars  # known when all runs are done
                fixed |= self._write(array, np.nan if of_all else variable.values)
        return fixed

    def replace(self, key: str, values: Any) -> dict[str, str]:
        """Write a variable that no block changes anew; the hash of each chunk."""
        return self._write(self._group("r+")[key], values)

    def values(self, key: str) -> Any:
        """A variable, whole."""
        return self._group("r")[key][...]

    def _write(self, array: Any, values: Any) -> dict[str, str]:
        array.with_config({"write_empty_chunks": True})[...] = values
        return self._hashes(array, tuple(slice(None) for _ in array.shape))

    def fill(self, block: Block, part: xr.Dataset) -> dict[str, str]:
        """Write a block, its status last; the hash of each chunk, by its name in the store."""
        group = self._group("r+")
        dims, hashes = self._dims(part), dict[str, str]()
        keys = sorted(map(str, part.variables), key=lambda key: key == "status")
        for key in keys:
            variable = part.variables[key]
            if not _by_block(variable, dims):
                continue
            at = {dim: block.region[i] for i, dim in enumerate(dims)}
            region = tuple(at.get(str(dim), slice(None)) for dim in variable.dims)
            array: Any = group[key]
            array = array.with_config({"write_empty_chunks": True})  # else a lost one is not missed
            array[region] = variable.values
            hashes |= self._hashes(array, region)
        return hashes

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Put the attributes of the whole in place of those of a block; None takes one away."""
        group = self._group("r+")
        whole = {**group.attrs, **attributes}
        group.attrs.put({key: value for key, value in whole.items() if value is not None})

    def attributes(self) -> dict[str, Any]:
        """The attributes of the whole."""
        return dict(self._group("r").attrs)

    def _group(self, mode: Any, **kwargs: Any) -> Any:
        import zarr

        return zarr.open_group(self.place.zarr(), mode=mode, zarr_format=3, **kwargs)

    def _hashes(self, array: Any, region: tuple[slice, ...]) -> dict[str, str]:
        """The hash of each chunk of an array in a region, once it is on the disk."""
        spans = []
        for part, whole, chunk in zip(region, array.shape, array.chunks, strict=True):
            start, stop, _ = part.indices(whole)
            spans.append(range(start // chunk, -(-stop // chunk)))
        names = ["/".join([array.basename, "c", *map(str, at)]) for at in product(*spans)]
        self.place.settle(names)
        return {name: hash_of(self.place.read(name)) for name in names}

    def _dims(self, example: xr.Dataset) -> tuple[str, ...]:
        """The design's dimensions, as `status` has them."""
        return tuple(str(dim) for dim in example["status"].dims)

    def _whole(self, variable: Any, dims: tuple[str, ...]) -> tuple[int, ...]:
        sizes = dict(zip(dims, self.shape, strict=True))
        return tuple(sizes.get(dim, size) for dim, size in variable.sizes.items())

    def _chunk(self, variable: Any, dims: tuple[str, ...], kind: Any) -> tuple[int, ...]:
        """A box of a block, of about `CHUNK_BYTES`; where blocks end, chunks do."""
        sizes, wholes = (dict(zip(dims, of, strict=True)) for of in (self.size, self.shape))
        shape = [max(sizes.get(dim, size), 1) for dim, size in variable.sizes.items()]
        inner = box(shape, max(CHUNK_BYTES // np.dtype(kind).itemsize, 1)) if shape else ()
        cut = [sizes.get(dim) != wholes.get(dim) for dim in variable.dims]
        return tuple(
            _divisor(size, part) if ends else part
            for size, part, ends in zip(shape, inner, cut, strict=True)
        )


def _by_block(variable: Any, dims: tuple[str, ...]) -> bool:
    """Whether blocks fill a variable: it differs between runs, or there is but one run."""
    return not dims or bool(set(dims) & set(variable.dims))


def _divisor(whole: int, most: int) -> int:
    """The greatest divisor of `whole` up to `most`, so that chunks end where blocks do."""
    return next(size for size in range(most, 0, -1) if whole % size == 0)


def _codec() -> Any:
    from zarr.codecs import ZstdCodec

    return ZstdCodec(level=1, checksum=True)  # without the checksum no flipped bit is noticed


def _missing(dtype: Any) -> Any:
    return float("nan") if np.issubdtype(dtype, np.floating) else np.zeros((), dtype).item()


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
