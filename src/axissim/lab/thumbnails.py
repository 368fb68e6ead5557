"""Small pictures of the shipped models for the gallery: numbers that the page draws.

The cards' titles and summaries stand beside them, so that the gallery need not read 41 cards first.
``python -m axissim.lab.thumbnails`` makes all anew, after a model or its card has changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from axissim.lab.described import shown
from axissim.lab.opening import opening
from axissim.model.library import Card, card, load, shipped
from axissim.model.model import Model
from axissim.study.action import dose
from axissim.study.sweep import simulate

FILE = Path(__file__).parent / "static" / "thumbnails.json"
_POINTS, _CURVES, _HEIGHT = 60, 3, 100


def thumbnail(model: Model, about: Card) -> dict[str, Any]:
    """How a model moves when the page opens it.

    Returns
    -------
    dict
        The card's words; ``states``, the number of equations; ``curves``, up to three lists of 60
        whole numbers from 0 (least) to 100 (greatest).
    """
    start, stop, _ = about.span
    first = opening(model.id)
    ds = simulate(
        model,
        t=(start, stop, _POINTS),
        params=first["params"],
        protocol=[dose(**one) for one in first["doses"]],
        outputs=about.outputs[:_CURVES] or None,
    )
    found = [key for key in ds.data_vars if "time" in ds[key].dims][:_CURVES]
    curves = [_scaled(ds[key].values) for key in found]
    return {**shown(about), "states": len(model.states), "curves": curves}


def _scaled(values: Any) -> list[int]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    flat = high - low <= 1e-6 * max(abs(high), abs(low))
    shares = np.full(len(values), 0.5) if flat else (values - low) / (high - low)
    return [int(share) for share in np.round(_HEIGHT * np.nan_to_num(shares, nan=0.5))]


def write() -> None:
    """Write the pictures of all shipped models into the package."""
    found = {key: thumbnail(load(key), card(key)) for key in shipped()}
    rows = [f"{json.dumps(key)}: {json.dumps(one)}" for key, one in found.items()]
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


if __name__ == "__main__":
    write()
