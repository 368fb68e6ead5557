"""``axissim verify``, and what a store holds before a sweep goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from axissim.cli.options import Json

DAMAGED = 1


def verify(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A .zarr store of a sweep.")],
    mend: Annotated[
        bool, typer.Option("--mend", help="Take back what is lost or damaged, to be made anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare a store with its manifest: what is computed, lost, damaged, failed.

    With --mend, the blocks that are lost or damaged count as not computed: the same sweep makes
    them anew, to the same bits.

    Exit codes: 0 all that was computed is as it was written, 1 something is lost or damaged.
    """
    from axissim.study.verify import take_back
    from axissim.study.verify import verify as verdict_of

    found = verdict_of(store)
    told = {
        "runs": found.runs,
        "status": found.ended,
        "lost": list(found.lost),
        "damaged": list(found.damaged),
    }
    if as_json:
        print(json.dumps(told))
    else:
        words = [f"{count:,} {word}" for word, count in found.ended.items() if count]
        print(f"{found.runs:,} runs: {', '.join(words)}")
        for kind in ("lost", "damaged"):
            for name in told[kind]:  # type: ignore[attr-defined]
                print(f"{kind}: {store / name}")
        if found.sound:
            print("all that was computed is as it was written")
    if found.sound:
        return
    if mend:
        told_of = f"{take_back(store):,} blocks taken back; the same sweep makes them anew"
    else:
        told_of = f"axissim verify {store} --mend, then the same sweep, makes it whole"
    print(told_of, file=sys.stderr)
    raise typer.Exit(DAMAGED)


def tell_state(store: Path | None, as_json: bool) -> None:
    """Print how far a store is."""
    from axissim.study.manifest import Manifest
    from axissim.study.streaming import ended

    if store is None or not Manifest(store).exists:
        raise ValueError("--status tells of a store; give --out STORE.zarr that a sweep has begun")
    counts = ended(Manifest(store))
    if as_json:
        print(json.dumps({"runs": sum(counts.values()), "status": counts}))
        return
    words = [f"{count:,} {word}" for word, count in counts.items() if count]
    print(f"{sum(counts.values()):,} runs: {', '.join(words)}")


def storing(
    store: Path | None, force: bool, cluster: str, float32: bool, retry: str, audit: float
) -> dict[str, Any]:
    """The arguments of a sweep that say how a store is filled."""
    if store is None:
        if cluster or float32 or retry:
            raise ValueError(
                "--cluster, --float32 and --retry are for stores; give --out STORE.zarr"
            )
        return {}
    if retry not in ("", "failed"):
        raise ValueError(f"--retry '{retry}': only what failed can be tried again; --retry failed")
    if not 0.0 <= audit <= 1.0:
        raise ValueError(f"--audit {audit:g} is no share of the runs; give 0 to 1")
    return {
        "store": store,
        "force": force,
        "cluster": cluster,
        "dtype": "float32" if float32 else "float64",
        "retry": bool(retry),
        "audit": audit,
    }


def done_before(store: Path | None) -> int:
    """How many runs a store holds already."""
    from axissim.study.manifest import Manifest
    from axissim.study.streaming import ended

    if store is None or not Manifest(store).exists:
        return 0
    return sum(count for word, count in ended(Manifest(store)).items() if word != "not_run")


def annotate(store: Path, attributes: Mapping[str, str]) -> None:
    """Add attributes to a store's own."""
    from axissim.study.layout import Layout

    Layout(store).finish(attributes)


def line_of(audited: Mapping[str, Any]) -> str:
    """What an audit found, in a line."""
    from axissim.study.audit import Report

    return Report(**{key: value for key, value in audited.items() if key != "kept"}).line()
