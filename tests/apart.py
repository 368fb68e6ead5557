"""A process that answers calls of one function, and is replaced when it dies or takes too long."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

_SECONDS_TO_START = 600.0  # where nothing is compiled yet


class Answer(NamedTuple):
    """What came of one call.

    Attributes
    ----------
    kind : str
        ``ok``, ``refused`` (NotImplementedError), ``error`` (any other exception), ``timeout`` or
        ``crash`` (the process died).
    value : object
        What the function returned; otherwise words.
    seconds : float
    megabytes : int
        The most memory that the process, and its children, ever had resident.
    """

    kind: str
    value: Any
    seconds: float
    megabytes: int = 0


class Worker:
    """Calls ``function`` of the file ``spec`` (``FILE:function``) in a process apart.

    Parameters
    ----------
    spec : str
    seconds : float
        A call that takes longer is given up, and its process killed.
    memory : int, optional
        Bytes of address space that the process may have.
    folder : path, optional
        Where it runs, and ``log`` where its words go; left out, here and nowhere.
    """

    def __init__(
        self,
        spec: str,
        seconds: float,
        memory: int = 0,
        folder: str | Path | None = None,
        log: str | Path = os.devnull,
    ) -> None:
        self.command = [sys.executable, __file__, spec, str(memory)]
        self.seconds, self.folder, self.log = seconds, folder, log
        self.process: subprocess.Popen[bytes] | None = None
        self.pipe: Connection | None = None

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs, open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self.pipe = ours
        if not ours.poll(_SECONDS_TO_START):
            raise RuntimeError(f"{self.command[2]} does not start")
        ready = ours.recv()
        if ready != "ready":
            raise RuntimeError(ready)
        return ours

    def __call__(self, *arguments: Any) -> Answer:
        pipe = self.pipe or self._start()
        began = time.perf_counter()
        try:
            pipe.send(arguments)
            if not pipe.poll(self.seconds):
                self.end()
                return Answer("timeout", f"over {self.seconds:g} s", self.seconds)
            kind, value, megabytes = pipe.recv()
        except (EOFError, OSError):
            code = self.process.wait(10) if self.process else None
            self.end()
            return Answer("crash", f"exit code {code}", time.perf_counter() - began)
        return Answer(kind, value, time.perf_counter() - began, megabytes)

    def end(self) -> None:
        """Kill the process; the next call starts another."""
        if self.process is not None and self.pipe is not None:
            self.process.kill()
            self.process.wait()
            self.pipe.close()
        self.process = self.pipe = None


def answers(
    make: Callable[[], Worker], calls: Iterable[tuple[Any, ...]], jobs: int
) -> Iterator[tuple[tuple[Any, ...], Answer]]:
    """Each call and its answer, in order, by `jobs` workers at once."""
    idle: SimpleQueue[Worker] = SimpleQueue()
    workers = [make() for _ in range(jobs)]
    for worker in workers:
        idle.put(worker)

    def one(call: tuple[Any, ...]) -> tuple[tuple[Any, ...], Answer]:
        worker = idle.get()
        try:
            return call, worker(*call)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(one, calls)
    finally:
        for worker in workers:
            worker.end()


def _function(spec: str) -> Callable[..., Any]:
    path, _, name = spec.rpartition(":")
    sys.path.insert(0, str(Path(path).resolve().parent))
    found = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    function: Callable[..., Any] = getattr(module, name)
    return function


def _megabytes() -> int:
    """Not by `ru_maxrss` alone: Linux hands on in it what the parent process had."""
    import resource

    status = Path("/proc/self/status").read_text()
    own = int(status.split("VmHWM:")[1].split()[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> 10


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any, int]:
    try:
        return "ok", function(*arguments), _megabytes()
    except NotImplementedError as refusal:
        return "refused", str(refusal)[:500], _megabytes()
    except Exception as error:
        return "error", f"{type(error).__name__}: {error}"[:500], _megabytes()


def _serve(spec: str, memory: int, pipe: Connection) -> None:
    """Answer calls until the other end is closed."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        function = _function(spec)
        warm = getattr(sys.modules[function.__module__], "warm", None)
        if warm is not None:  # has what every call needs compiled before any is timed
            warm(function.__name__)
    except Exception as error:
        pipe.send(f"{spec}: {type(error).__name__}: {error}")
        return
    pipe.send("ready")
    try:
        while True:
            pipe.send(_answer(function, pipe.recv()))
    except EOFError:
        return


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), Connection(int(sys.argv[3])))
