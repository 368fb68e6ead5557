"""Files of results: whole or not there, never replaced unasked, and damage is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from axissim.study import store

BOTH = pytest.mark.parametrize("suffix", [".nc", ".zarr"])


@pytest.fixture
def result() -> xr.Dataset:
    """A sweep's result, as `axissim.sweep` makes them, with a run that failed."""
    rng = np.random.default_rng(1)
    eda = rng.random((6, 4))
    eda[2, 1:] = np.nan
    words = {"flag_values": np.arange(3, dtype=np.int8), "flag_meanings": "not_run ok max_steps"}
    return xr.Dataset(
        {
            "hva": (("sample", "time"), 2 * eda, {"units": "umol/L"}),
            "eda": (("sample", "time"), eda, {"units": "umol/L"}),
            "status": ("sample", np.array([1, 1, 2, 1, 1, 0], np.int8), words),
            "n_steps": ("sample", np.arange(6)),
            "t_fail": ("sample", np.full(6, np.nan)),
        },
        coords={
            "time": ("time", np.arange(4.0), {"units": "h"}),
            "sample": np.arange(6),
            "Vd": ("sample", rng.random(6)),
        },
        attrs={"config": json.dumps({"rtol": 1e-6}), "seed": 3},
    )


@BOTH
def test_a_result_comes_back_as_it_was(suffix: str, result: xr.Dataset, tmp_path: Path) -> None:
    path = store.save(result, tmp_path / f"result{suffix}")
    with store.open(path) as back:
        xr.testing.assert_identical(back.load(), result)
        assert list(back.data_vars) == list(result.data_vars)  # which Zarr itself forgets
        assert list(back.coords) == list(result.coords)
        assert back["status"].dtype == np.int8
        assert back["status"].attrs["flag_values"].dtype == np.int8
        assert back["time"].dtype == np.float64


@BOTH
@pytest.mark.parametrize("unit", ["s", "min", "h", "d"])
def test_time_stays_a_number(suffix: str, unit: str, result: xr.Dataset, tmp_path: Path) -> None:
    result["time"].attrs["units"] = unit
    path = store.save(result, tmp_path / f"result{suffix}")
    with xr.open_dataset(path, **_engine(suffix)) as back:
        np.testing.assert_array_equal(back["time"], np.arange(4.0))


def _engine(suffix: str) -> dict[str, object]:
    zarr = {"engine": "zarr", "consolidated": False}
    return zarr if suffix == ".zarr" else {"engine": "h5netcdf"}


@BOTH
def test_a_single_run_comes_back(suffix: str, result: xr.Dataset, tmp_path: Path) -> None:
    one = result.isel(sample=0, drop=True)
    with store.open(store.save(one, tmp_path / f"one{suffix}")) as back:
        xr.testing.assert_identical(back.load(), one)


@BOTH
def test_a_file_is_never_replaced_unasked(suffix: str, result: xr.Dataset, tmp_path: Path) -> None:
    path = store.save(result, tmp_path / f"result{suffix}")
    with pytest.raises(FileExistsError, match="exists; give another name"):
        store.save(result.isel(time=[0]), path)
    with store.open(path) as back:
        assert back.sizes["time"] == 4
    store.save(result.isel(time=[0]), path, force=True)
    with store.open(path) as back:
        assert back.sizes["time"] == 1


@BOTH
def test_what_was_there_outlives_a_write_that_fails(
    suffix: str, result: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.save(result, tmp_path / f"result{suffix}")

    def fail(ds: xr.Dataset, part: Path) -> None:
        part.mkdir() if suffix == ".zarr" else part.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(store._WRITERS, suffix, fail)
    with pytest.raises(OSError, match="No space left"):
        store.save(result, path, force=True)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    with store.open(path) as back:
        xr.testing.assert_identical(back.load(), result)


def test_folders_are_made(result: xr.Dataset, tmp_path: Path) -> None:
    assert store.save(result, tmp_path / "a" / "b" / "result.nc").exists()


@pytest.mark.parametrize("name", ["result.xls", "result", "result.nc.gz"])
def test_another_ending_is_refused(name: str, result: xr.Dataset, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"results are kept in \.nc, \.zarr, \.csv files"):
        store.save(result, tmp_path / name)


def test_a_folder_is_not_replaced_by_a_file(result: xr.Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "result.nc"
    folder.mkdir()
    with pytest.raises(FileExistsError, match="is a folder"):
        store.save(result, folder, force=True)


def test_a_file_is_not_a_folder_to_write_in(result: xr.Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        store.save(result, tmp_path / "file" / "result.nc")


def test_what_is_missing_in_zarr_reads_as_missing(result: xr.Dataset, tmp_path: Path) -> None:
    path = store.save(result, tmp_path / "result.zarr")
    for key in ("eda", "status"):
        for chunk in _chunks(path / key):
            chunk.unlink()
    with store.open(path) as back:
        assert np.isnan(back["eda"].values).all()
        assert (back["status"].values == 0).all()  # not_run, and never ok


def _chunks(array: Path) -> list[Path]:
    return [entry for entry in (array / "c").rglob("*") if entry.is_file()]


@BOTH
def test_a_flipped_bit_is_noticed(suffix: str, tmp_path: Path) -> None:
    values = np.random.default_rng(2).random(4096)
    path = store.save(xr.Dataset({"x": ("time", values)}), tmp_path / f"result{suffix}")
    chunk = (
        path if suffix == ".nc" else next(p for p in (path / "x" / "c").rglob("*") if p.is_file())
    )
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 4
    chunk.write_bytes(bytes(data))
    with store.open(path) as back, pytest.raises((OSError, RuntimeError, ValueError)):
        back.load()


def test_zarr_chunks_are_whole_runs_of_a_few_megabytes(tmp_path: Path) -> None:
    ds = xr.Dataset({"x": (("sample", "time"), np.zeros((6000, 200)))})
    path = store.save(ds, tmp_path / "result.zarr")
    shape = json.loads((path / "x" / "zarr.json").read_text())["chunk_grid"]["configuration"]
    runs, times = shape["chunk_shape"]
    assert times == 200
    assert 1e6 <= 8 * runs * times <= 8e6


@pytest.mark.parametrize("name", ["missing.nc", "missing.zarr"])
def test_a_missing_file_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        store.open(tmp_path / name)


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.nc"
    text.write_text("time,eda\n")
    with pytest.raises(ValueError, match=r"text\.nc: not a \.nc file that can be read"):
        store.open(text)
    folder = tmp_path / "folder.zarr"
    folder.mkdir()
    with pytest.raises(ValueError, match=r"folder\.zarr: not a \.zarr file that can be read"):
        store.open(folder)
    with pytest.raises(ValueError, match=r"only \.nc and \.zarr files"):
        store.open(tmp_path / "table.csv")


def test_csv_has_a_row_a_time_of_each_run(result: xr.Dataset, tmp_path: Path) -> None:
    lines = store.save(result, tmp_path / "result.csv").read_text().splitlines()
    assert lines[0] == "sample,time,Vd,hva,eda,status"
    assert len(lines) == 1 + 6 * 4
    sample, time, _, _, eda, status = lines[1 + 2 * 4].split(",")
    assert (sample, time, status) == ("2", "0.0", "2")
    assert float(eda) == float(result["eda"][2, 0])
    assert lines[1 + 2 * 4 + 1].split(",")[4] == ""


def test_csv_of_one_run_has_times_and_outputs_only(result: xr.Dataset, tmp_path: Path) -> None:
    path = store.save(result.isel(sample=0, drop=True), tmp_path / "one.csv")
    assert path.read_text().splitlines()[0] == "time,hva,eda"


@BOTH
def test_words_come_back_as_they_were(suffix: str, result: xr.Dataset, tmp_path: Path) -> None:
    worded = result.assign(why=("sample", ["a", "b", "", "d", "e", "f"], {"long_name": "why"}))
    worded = worded.assign_coords(
        parameter=("parameter", ["Vd", "fire"]), unit=("parameter", ["1/h", "µmol/L"])
    ).assign(slope=(("parameter", "time"), np.ones((2, 4))))
    path = store.save(worded, tmp_path / f"words{suffix}")
    with store.open(path) as back:
        xr.testing.assert_identical(back.load(), worded)
        assert float(back["slope"].sel(parameter="fire")[0]) == 1.0
