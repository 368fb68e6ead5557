"""Where results are kept: NetCDF, Zarr and CSV files, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.study.folder import Folder
from axissim.study.place import Place
from axissim.study.where import place

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES = (".nc", ".zarr", ".csv")
_ORDER = "variables_in_order"  # an attribute of a Zarr store
_TEXTS = "texts"  # an attribute: variables that are no numbers
_CHUNK = 4 << 20  # bytes of one chunk, about


def save(ds: xr.Dataset, path: str | Path, *, force: bool = False) -> Path:
    """Write a result to a file; one that is there stays as it is until the new one is whole.

    Parameters
    ----------
    ds : xarray.Dataset
    path : str or Path
        ``.nc`` (NetCDF 4), ``.zarr`` (Zarr format 3, a folder) or ``.csv`` (a row a time, without
        units).  Its folder is made if need be.
    force : bool
        Replace what is there.

    Returns
    -------
    Path

    Raises
    ------
    FileExistsError
        If the path exists, without `force`.
    ValueError
        For another ending.
    """
    path = vacant(path, force=force)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    ds = ds if path.suffix == ".csv" else _texts_aside(ds)
    try:
        _WRITERS[path.suffix](ds, part)
        _put(part, path)
    finally:
        _remove(part)
    return path


def vacant(path: str | Path, *, force: bool = False) -> Path:
    """`path`, if `save` may write to it; the errors of `save`."""
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path}: results are kept in {', '.join(SUFFIXES)} files")
    if path.is_dir() and path.suffix != ".zarr":
        raise FileExistsError(f"{path} is a folder; give another name")
    return unwritten(path, force=force)


def unwritten(path: Path, *, force: bool = False) -> Path:
    """`path`, if nothing is there (or may be replaced) and its folder is, or can be made."""
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists; give another name, or --force (force=True)")
    folder = next(above for above in path.absolute().parents if above.exists())
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder; give another name")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written to; give another name")
    return path


def open(path: str | Path | Place) -> xr.Dataset:
    """Read a result that `save` or a sweep wrote, its numbers when they are first asked for.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is something else.
    """
    import xarray as xr

    at = place(path)
    suffix = Path(str(at)).suffix
    if suffix not in (".nc", ".zarr"):
        raise ValueError(f"{at}: only .nc and .zarr files can be read back")
    if suffix == ".nc" and not isinstance(at, Folder):
        raise ValueError(f"{at}: of a URL only .zarr stores can be read")
    if not at.exists:
        raise FileNotFoundError(f"{at}: no such file")
    engine: Any = "zarr" if suffix == ".zarr" else "h5netcdf"
    backend = {"consolidated": False} if engine == "zarr" else {}
    try:
        ds = xr.open_dataset(at.zarr(), engine=engine, decode_times=False, backend_kwargs=backend)
    except (OSError, ValueError, KeyError) as wrong:
        raise ValueError(f"{at}: not a {suffix} file that can be read ({wrong})") from None
    ds = _texts_back(_in_order(ds))
    for variable in ds.variables.values():
        if "flag_values" in variable.attrs:  # CF: of the variable's own type; JSON forgets it
            variable.attrs["flag_values"] = np.array(variable.attrs["flag_values"], variable.dtype)
    return ds


def _in_order(ds: xr.Dataset) -> xr.Dataset:
    """The variables as they came: Zarr hands them back in the order of the file system."""
    import xarray as xr

    order = str(ds.attrs.get(_ORDER, "")).split()
    if set(order) != set(ds.variables):
        return ds
    found = xr.Dataset(
        {key: ds[key].variable for key in order if key in ds.data_vars},
        {key: ds[key].variable for key in order if key in ds.coords},
        {key: value for key, value in ds.attrs.items() if key != _ORDER},
    )
    found.set_close(ds.close)
    return found


def _texts_aside(ds: xr.Dataset) -> xr.Dataset:
    """Variables that are texts as an attribute: neither kind of file holds them as arrays."""
    texts = {str(key): held for key, held in ds.variables.items() if held.dtype.kind in "OUT"}
    told = {
        key: {"dims": list(map(str, held.dims)), "data": held.values.tolist(), "attrs": held.attrs}
        for key, held in texts.items()
    }
    beside = {key: key in ds.coords for key in told}
    record = json.dumps({"variables": told, "coordinates": beside})
    return ds.drop_vars(list(told)).assign_attrs({_TEXTS: record}) if told else ds


def _texts_back(ds: xr.Dataset) -> xr.Dataset:
    """What `_texts_aside` put aside."""
    if _TEXTS not in ds.attrs:
        return ds
    told = json.loads(ds.attrs.pop(_TEXTS))
    found = {
        key: (held["dims"], held["data"], held["attrs"]) for key, held in told["variables"].items()
    }
    coordinates = [key for key, beside in told["coordinates"].items() if beside]
    return ds.assign(found).set_coords(coordinates)


def write_csv(ds: xr.Dataset, file: Any) -> None:
    """Write variables as columns, a row a time of each run, to an open file or a path.

    The first columns are the dimensions and the swept quantities, then come the variables; of
    what is recorded of each run (``status``, ...), ``status`` where there is more than one.
    """
    timed = [str(key) for key in ds.data_vars if "time" in ds[key].dims]
    kept = ds[timed].drop_vars([key for key in ds.coords if not ds[key].dims])
    if "status" in ds and ds["status"].dims:
        kept = kept.assign(status=ds["status"])
    order = [*(dim for dim in kept.dims if dim != "time"), "time"]
    frame = kept.to_dataframe(dim_order=order).reset_index()
    first = [*order, *(str(key) for key in kept.coords if key not in order)]
    frame[[*first, *(str(key) for key in kept.data_vars)]].to_csv(file, index=False)


def _write_netcdf(ds: xr.Dataset, path: Path) -> None:
    settings = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    encoding = {key: settings for key, variable in ds.variables.items() if variable.size > 1}
    ds.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _write_zarr(ds: xr.Dataset, path: Path) -> None:
    """Data first, status last and at once: a run that is not written reads as ``not_run``."""
    from zarr.codecs import ZstdCodec

    codecs = [ZstdCodec(level=1, checksum=True)]  # without the checksum no flipped bit is noticed
    encoding: dict[Any, dict[str, Any]] = {
        key: {"compressors": codecs, "fill_value": _missing(variable.dtype)}
        | ({"chunks": _chunks(variable)} if variable.size else {})
        for key, variable in ds.variables.items()
    }
    ds = ds.assign_attrs({_ORDER: " ".join(map(str, ds.variables))})
    parts = [ds.drop_vars("status"), ds[["status"]]] if "status" in ds else [ds]
    for at, part in enumerate(parts):
        new = [key for key in part.variables if at == 0 or key == "status"]
        part.drop_vars([key for key in part.variables if key not in new]).to_zarr(
            path,
            mode="w" if at == 0 else "a",
            zarr_format=3,
            consolidated=False,
            encoding={key: encoding[key] for key in new},
        )


def _missing(dtype: Any) -> Any:
    return np.nan if np.issubdtype(dtype, np.floating) else np.zeros((), dtype).item()


def _chunks(variable: Any) -> tuple[int, ...]:
    """The shape of a chunk: whole rows of the first dimension, about `_CHUNK` bytes of them."""
    if not variable.ndim:
        return ()
    row = variable.dtype.itemsize * int(np.prod(variable.shape[1:]))
    return (min(max(_CHUNK // row, 1), variable.shape[0]), *variable.shape[1:])


_WRITERS = {".nc": _write_netcdf, ".zarr": _write_zarr, ".csv": write_csv}


def _put(part: Path, path: Path) -> None:
    """Give what is written its name, in the place of what bore it."""
    if not path.is_dir():
        os.replace(part, path)
        return
    old = path.with_name(f".{path.name}.{os.getpid()}.old")  # a folder cannot be replaced at once
    os.replace(path, old)
    os.replace(part, path)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
