"""Bands over the runs of a store: the counts of each block, put together at the end."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from axissim.study.bands import Bands
from axissim.study.layout import Layout
from axissim.study.manifest import FOLDER, Manifest, hash_of


def keep(manifest: Manifest, number: int, bands: Mapping[str, Bands]) -> dict[str, str]:
    """Write a block's counts; the file's hash, by its name in the store."""
    arrays = {
        f"{name}.{key}": array
        for name, held in bands.items()
        for key, array in held.arrays().items()
    }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    manifest.place.write(_name(number), content.getvalue())
    return {_name(number): hash_of(content.getvalue())}


def kept(manifest: Manifest, number: int) -> dict[str, Bands]:
    """What `keep` wrote of a block; nothing if the sweep has no bands."""
    try:
        content = manifest.place.read(_name(number))
    except FileNotFoundError:
        return {}
    arrays: dict[str, dict[str, np.ndarray]] = {}
    with np.load(io.BytesIO(content)) as file:
        for spelt in file.files:
            name, _, key = spelt.rpartition(".")
            arrays.setdefault(name, {})[key] = file[spelt]
    return {name: Bands.from_arrays(held) for name, held in arrays.items()}


def together(one: Mapping[str, Bands], other: Mapping[str, Bands]) -> dict[str, Bands]:
    """The counts of two sets of runs as those of all; `one` is changed."""
    for name, bands in other.items():
        one[name].merge(bands)
    return dict(one)


def write_bands(layout: Layout, manifest: Manifest) -> None:
    """Write the bands of all runs of a store that is whole, from the counts of its blocks."""
    whole: dict[str, Bands] = {}
    for number in manifest.done():
        counts = kept(manifest, number)
        whole = together(whole, counts) if whole else counts
    hashes: dict[str, str] = {}
    for name, bands in whole.items():
        hashes |= layout.replace(name, bands.quantile(layout.values("quantile")))
    if hashes:
        manifest.fix(manifest.fixed()["chunks"] | hashes)


def _name(number: int) -> str:
    return f"{FOLDER}/bands-{number:07d}.npz"
