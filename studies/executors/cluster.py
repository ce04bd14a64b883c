"""A Dask cluster that is already running, by the address of its scheduler.

The scheduler gives the work of a lost worker to another one, and gives a piece of work up when it has seen
``distributed.scheduler.allowed-failures`` workers die of it. Its workers need the very versions that this process has:
others may give other bytes, so each piece of work looks first.

This module needs the extra ``headrace[cluster]``; import it only where a cluster is asked for.
"""

import platform
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from typing import cast

from distributed import Client
from distributed.scheduler import KilledWorker

from sim.errors import SpecError
from studies.executors.work import Workers
from studies.identity import computing

PATIENCE = 10
"""Seconds after which a scheduler that doesn't answer isn't there."""

FIRST_ANSWER = 60
"""Seconds in which a worker must have loaded Headrace and said so."""


class ClusterExecutor(Executor):
    """Does calls on the workers of the Dask scheduler at ``address``; they can be cancelled even when they have begun.

    Raises
    ------
    SpecError
        If no scheduler answers, or no worker that has the same versions.
    """

    def __init__(self, address: str) -> None:
        try:
            self.client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            fix = "start one with 'dask scheduler', or name its address, such as tcp://10.0.0.5:8786"
            raise SpecError(f"no Dask scheduler answers at {address} ({_brief(error)}); {fix}") from None
        self._calls = self.client.get_executor(pure=False)
        self._versions = computing()
        try:
            self._look_for_workers(address)
        except BaseException:
            self.client.close()
            raise

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call ``fn`` on a worker; the future raises `distributed.scheduler.KilledWorker` if it kills them."""
        return cast("Future[R]", self._calls.submit(_call_if_same, self._versions, fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base class
        """Leave the cluster, which goes on running."""
        self._calls.shutdown(wait=wait and not cancel_futures)
        self.client.close()

    def _look_for_workers(self, address: str) -> None:
        try:
            self.submit(platform.node).result(FIRST_ANSWER)
        except TimeoutError:
            fix = f"start some with 'dask worker {address}'"
            raise SpecError(f"no worker of the cluster at {address} answers in {FIRST_ANSWER} s; {fix}") from None
        except ImportError as error:
            fix = "install the same version of headrace on all of them"
            raise SpecError(f"the workers at {address} can't load Headrace ({error}); {fix}") from None


def connect(address: str) -> Workers:
    """Return the workers of the cluster whose scheduler is at ``address``."""
    executor = ClusterExecutor(address)
    threads = sum(executor.client.nthreads().values())
    # a scheduler may call more workers when it sees work waiting, so it is shown some
    return Workers(executor=executor, ahead=max(64, 4 * threads), elsewhere=True, lost=(KilledWorker,))


def _call_if_same[**P, R](versions: Mapping[str, str], fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """On a worker: call ``fn`` if the results will be those of the process that asked."""
    mine = computing()
    for name, version in versions.items():
        if mine.get(name) != version:
            there = f"worker {platform.node()} has {name} {mine.get(name)}, this machine has {version}"
            raise SpecError(f"{there}; install the same on both, so that results are the same to the last byte")
    return fn(*args, **kwargs)


def _brief(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0].rstrip(".") or type(error).__name__
