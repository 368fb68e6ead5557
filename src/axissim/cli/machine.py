"""``axissim doctor`` and ``warmup``: whether this machine can do it, and making it ready."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from axissim.cli.options import Json

_PACKAGES = (
    "axissim", "numpy", "scipy", "numba", "llvmlite", "xarray", "zarr", "h5netcdf", "h5py",
    "matplotlib", "antimony", "python-libsbml",
)  # fmt: skip
# x decays from 2 to 1 and is put back to 2, ever again; y is what x was a unit of time ago
_REFILL = """model refill()
  var x = 2
  const k = 0.5
  x' = -k*x
  y := delay(x, 1)
  at (x <= 1): x = 2
end
"""
_DECAY = "model decay()\n  var x = 2\n  const k = 0.5\n  x' = -k*x\nend\n"


def doctor(as_json: Json = False) -> None:
    """Say what is installed, and check that all of it works; exit 1 if it does not.

    Among the checks is a small model, read, compiled, and compared with its exact solution.
    """
    facts = _facts()
    checks = {
        "models can be read": _reads,
        "equations compile and are right": _computes,
        "events and delays happen when they should": _happens,
        "results can be kept": _keeps,
        "the cache folder can be written": _caches,
    }
    found = {title: _checked(check) for title, check in checks.items()}
    broken = [title for title, (ok, _) in found.items() if not ok]
    if as_json:
        told = {title: {"ok": ok, "detail": detail} for title, (ok, detail) in found.items()}
        print(json.dumps({"facts": facts, "checks": told, "ok": not broken}))
    else:
        for title, fact in facts.items():
            print(f"{title:<16} {fact}")
        print()
        for title, (ok, detail) in found.items():
            print(f"{'ok' if ok else 'BROKEN':<7} {title}: {detail}")
    if broken:
        raise typer.Exit(1)


def _facts() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    import llvmlite.binding as llvm

    from axissim.model.cache import cache_folder

    facts = {"Python": f"{platform.python_version()}, {sys.executable}"}
    for package in _PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    features = llvm.get_host_cpu_features()
    vectors = [word for word in ("avx512f", "avx2", "avx", "sse2", "neon") if features.get(word)]
    facts["system"] = platform.platform()
    facts["processor"] = f"{llvm.get_host_cpu_name()} ({', '.join(vectors[:1]) or 'no vectors'})"
    facts["threads"] = str(os.cpu_count())
    facts["cache"] = str(cache_folder())
    return facts


def _checked(check: Callable[[], str]) -> tuple[bool, str]:
    """Whether a check holds, and one line about it."""
    try:
        return True, check()
    except Exception as wrong:  # whatever is broken here is what the reader wants to know
        return False, " ".join(f"{type(wrong).__name__}: {wrong}".split())


def _reads() -> str:
    from axissim.model.library import load, shipped

    return f"{sum(bool(load(key).id) for key in shipped())} shipped models"


def _computes() -> str:
    import numpy as np

    from axissim.model.library import load
    from axissim.study.sweep import simulate

    worst = 0.0
    for method in ("rodas5p", "tsit5"):
        ds = simulate(load(_DECAY), t=(0, 10, 11), method=method, rtol=1e-9)
        exact = 2.0 * np.exp(-0.5 * ds["time"].values)
        worst = max(worst, float(np.max(np.abs(ds["x"].values / exact - 1.0))))
    if not worst < 1e-7:
        raise ArithmeticError(f"exponential decay is off by {worst:.1e}")
    return f"exponential decay to {worst:.0e} at rtol 1e-9"


def _happens() -> str:
    import numpy as np

    from axissim.model.library import load
    from axissim.study.sweep import simulate

    ds = simulate(load(_REFILL), t=(1, 10, 10), rtol=1e-9)
    began = {"x": ds["time"].values - 1.0, "y": np.maximum(ds["time"].values - 2.0, 0.0)}
    period = np.log(2.0) / 0.5
    exact = {key: 2.0 * np.exp(-0.5 * (since % period)) for key, since in began.items()}
    worst = max(float(np.max(np.abs(ds[key].values / exact[key] - 1.0))) for key in exact)
    if not worst < 1e-7:
        raise ArithmeticError(f"a decay that an event refills is off by {worst:.1e}")
    return f"a decay that an event refills, to {worst:.0e}"


def _keeps() -> str:
    import tempfile
    from pathlib import Path

    import numpy as np
    import xarray as xr

    from axissim.study import store

    ds = xr.Dataset({"x": ("time", np.arange(3.0))}, coords={"time": np.arange(3.0)})
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".nc", ".zarr"):
            path = store.save(ds, Path(folder) / f"result{suffix}")
            with store.open(path) as back:
                if not back.identical(ds):
                    raise OSError(f"a {suffix} file does not come back as it was")
    return ".nc and .zarr come back as they were"


def _caches() -> str:
    from axissim.model.cache import cache_folder

    folder = cache_folder()
    files = [path for path in folder.glob("**/*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    probe = folder / f".doctor.{os.getpid()}"
    probe.touch()
    probe.unlink()
    return f"{len(files)} files, {size / 1e6:.1f} MB"


def warmup(
    models: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="Left out, all shipped models."),
    ] = None,
) -> None:
    """Compile models ahead of time, so that the first run starts at once.

    For a classroom, a container or a cluster: code is kept in the cache folder, which
    AXISSIM_CACHE_DIR names.
    """
    from axissim.model.library import load, shipped

    wanted = {key: load(key) for key in models or shipped()}
    wanted["doses, events, delays"] = load(_REFILL)
    for key, model in wanted.items():
        begun = time.perf_counter()
        _compiled(model)
        print(f"{key:<24} {time.perf_counter() - begun:6.2f} s")


def _compiled(model: Any) -> None:
    """Run a model for a moment by each method, which compiles all that any run needs."""
    from axissim.solve.tableaus import TABLEAUS
    from axissim.study.sweep import simulate

    first = [state.id for state in model.states[:1]]
    for method in TABLEAUS:
        simulate(model, t=[0.0, 1e-3], method=method, outputs=first, max_steps=100)
