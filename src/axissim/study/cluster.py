"""The blocks of a sweep on dask.distributed: each worker writes its own to the store.

A worker that dies loses a block that nobody has noted; the scheduler gives it to another.  A block
that two do is written twice with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from axissim.study.blocks import Block
from axissim.study.blockwise import Part, Study, part_of, put
from axissim.study.layout import Layout
from axissim.study.manifest import Manifest

if TYPE_CHECKING:
    import xarray as xr


_AHEAD = 3  # blocks handed out for each worker
_DEATHS = 20  # of workers over one block, before it is given up


def on_cluster(
    cluster: str, study: Study, layout: Layout, todo: list[Block], told: Callable[[int], None]
) -> None:
    """Have every block of `todo` done.

    Parameters
    ----------
    cluster : str
        ``local:4``, or the address of a scheduler.
    told : callable
        Is told the runs of each block that is done.
    """
    with _client(cluster) as client:
        from distributed import as_completed

        rest = iter(todo)

        def handed(block: Block) -> Any:
            task = (study.run, layout, block, part_of(study, block))
            return client.submit(_work, *task, pure=False, retries=_DEATHS)

        first = islice(rest, _AHEAD * _workers(client))
        running = as_completed([handed(block) for block in first])
        for future in running:
            told(future.result())
            following = next(rest, None)
            if following is not None:
                running.add(handed(following))


def _work(
    run: Callable[[xr.Dataset], Part], layout: Layout, block: Block, design: xr.Dataset
) -> int:
    """Do one block, on a worker; how many runs it has."""
    part = run(design)
    if part.interrupted:
        raise InterruptedError("a worker was interrupted; its block is given to another")
    put(layout, Manifest(layout.place), block, part)
    return part.runs


def _workers(client: Any) -> int:
    return max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    """A client of the cluster; ValueError with the mend if there is none."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise ValueError(
            "a cluster needs dask.distributed; install it: pip install 'axissim[cluster]'"
        ) from None
    kind, _, count = cluster.partition(":")
    patient = {"distributed.scheduler.allowed-failures": _DEATHS}
    with dask.config.set(patient):
        if kind == "local":
            if not count.isdigit() or int(count) < 1:
                raise ValueError(f"'{cluster}' is no cluster; write local:4, or an address")
            with (
                LocalCluster(
                    n_workers=int(count), threads_per_worker=1, dashboard_address=None
                ) as here,
                Client(here) as client,
            ):
                yield client
            return
        try:
            client = Client(cluster, timeout="10s")
        except (OSError, ValueError, TypeError) as wrong:
            raise ValueError(f"{cluster}: no scheduler answers ({wrong})") from None
        with client:
            yield client
