"""``axissim diagnose``: why runs of a result failed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from axissim.cli.options import Json

if TYPE_CHECKING:
    import xarray as xr

    from axissim.model.model import Model


def diagnose(
    result: Annotated[Path, typer.Argument(metavar="FILE", help="A .zarr or .nc of a sweep.")],
    model: Annotated[
        str, typer.Option("--model", help="The model, if it is not a shipped one: its file.")
    ] = "",
    most: Annotated[int, typer.Option("-n", min=1, help="How many failed runs to look at.")] = 3,
    scripts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write a program that makes each run again."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell why runs failed: state, leading term, cause, and what was tried against it."""
    from axissim.analysis.diagnose import diagnose as findings_of
    from axissim.model.library import load
    from axissim.study.store import open as open_store

    ds = open_store(result)
    read = load(model or str(ds.attrs.get("model_id", "")))
    findings = findings_of(read, ds, most=most, **_asked(read, ds, result))
    if scripts is not None:
        scripts.mkdir(parents=True, exist_ok=True)
        for finding in findings:
            (scripts / f"run_{finding.run}.py").write_text(finding.script, "utf-8")
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings]))
    elif findings:
        print("\n".join(line for finding in findings for line in finding.lines()))
    else:
        print("no run failed")


def _asked(model: Model, ds: xr.Dataset, path: Path) -> dict[str, Any]:
    """What the sweep was asked, from its result."""
    from axissim.model.model import State
    from axissim.study.dataset import model_hash
    from axissim.study.manifest import Manifest

    if ds.attrs.get("model_hash") != model_hash(model):
        raise ValueError(f"{path} was made by another version of '{model.id}'; give --model FILE")
    config = json.loads(ds.attrs["config"])
    if config["protocol"]:
        raise ValueError(
            f"{path}: its protocol cannot be read back; use axissim.analysis.diagnose from Python"
        )
    given = config["set"]
    init = {key: value for key, value in given.items() if isinstance(model.part(key), State)}
    times = ds["time"].values if "time" in ds else Manifest(path).facts()["times"]
    return {
        "t": [float(time) for time in times],
        "params": {key: value for key, value in given.items() if key not in init},
        "init": init,
        "method": config["method"] if config["method"] in _FAST else f"scipy:{config['method']}",
        "rtol": config["rtol"],
        "max_steps": config["max_steps"],
    }


_FAST = ("rodas4", "rodas5p", "tsit5")
