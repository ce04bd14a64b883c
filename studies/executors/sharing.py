"""Who shares the work: chosen by the user, or by the engine that will do it. No choice changes a result."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from sim.errors import SpecError, UnknownNameError, require
from studies.executors.processes import LostWorkerError, ProcessExecutor
from studies.executors.serial import SerialExecutor
from studies.executors.work import Workers

MOST_WORKERS = 8
"""Workers beyond which a machine isn't filled unasked."""


class Kind(StrEnum):
    """The executors of this machine."""

    AUTO = "auto"
    SERIAL = "serial"
    THREADS = "threads"
    PROCESSES = "processes"


_OF_ENGINE = {"compiled": Kind.THREADS, "reference": Kind.PROCESSES}


def executor_for(engine: str) -> Kind:
    """Return what suits an engine: threads where it lets other threads run meanwhile, otherwise processes."""
    if engine not in _OF_ENGINE:
        raise UnknownNameError("engine", engine, _OF_ENGINE, "Headrace")
    return _OF_ENGINE[engine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How work is shared out.

    Attributes
    ----------
    executor
        Of this machine; `Kind.AUTO` leaves it to the engine, and takes no workers at all where one is enough.
    workers
        Threads or processes; 0 is one a core.
    cluster
        Address of a Dask scheduler, whose workers do it instead.
    """

    executor: Kind = Kind.AUTO
    workers: int = 1
    cluster: str = ""

    def __post_init__(self) -> None:
        """Refuse choices that contradict each other."""
        require(self.workers >= 0, f"workers must be 1 or more, or 0 for one a core, got {self.workers}")
        alone = self.executor is Kind.SERIAL
        require(not alone or self.workers <= 1, f"the serial executor has no workers, got {self.workers}; leave it out")
        here = f"the executor {self.executor} is one of this machine, the cluster at {self.cluster} is another"
        require(not self.cluster or self.executor is Kind.AUTO, f"{here}; give only one of them")
        hired = f"the cluster at {self.cluster} has its own workers, got workers {self.workers}; leave them out"
        require(not self.cluster or self.workers <= 1, hired)

    @contextmanager
    def open(self, engine: str) -> Iterator[Workers]:
        """Give the workers for runs on an engine; what they haven't finished at the end of the block is given up.

        Raises
        ------
        SpecError
            If the cluster can't be reached.
        UnknownNameError
            If there is no such engine.
        """
        workers = _connect(self.cluster) if self.cluster else self._local(engine)
        try:
            yield workers
        finally:
            workers.executor.shutdown(cancel_futures=True)

    def _local(self, engine: str) -> Workers:
        count = self.workers or min(os.cpu_count() or 1, MOST_WORKERS)
        kind = self.executor
        if kind is Kind.AUTO:
            kind = executor_for(engine) if count > 1 else Kind.SERIAL
        if kind is Kind.SERIAL:
            return Workers(executor=SerialExecutor(), ahead=1)
        if kind is Kind.THREADS:
            return Workers(executor=ThreadPoolExecutor(count, "headrace-thread"), ahead=2 * count)
        return Workers(executor=ProcessExecutor(count), ahead=2 * count, elsewhere=True, lost=(LostWorkerError,))


ALONE = Sharing()
"""No workers: everything is done in the calling thread."""


def _connect(address: str) -> Workers:
    try:
        from studies.executors.cluster import connect  # noqa: PLC0415 - an extra, loaded where it is asked for
    except ModuleNotFoundError as error:
        if error.name not in {"distributed", "dask"}:
            raise
        fix = "pip install 'headrace[cluster]'"
        raise SpecError(f"a cluster needs the library {error.name}, which isn't installed; {fix}") from None
    return connect(address)
