"""Worker processes, each with a thread that waits for it: who dies takes only the piece of work at hand along.

`concurrent.futures.ProcessPoolExecutor` gives up everything when one of its processes dies, and can't say which piece
of work it died of. Here the two ends of a pipe are held by one process each, so either side notices at once that the
other is gone: a piece whose process died is done again in a new one, and the processes of a command that was killed
end with it.

Processes are spawned, on every system: a script that wants them must start under ``if __name__ == "__main__"``.
"""

import pickle
import signal
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, local

MOST_DEATHS = 3
"""Processes that may die of one piece of work before it is given up; as many as a Dask scheduler lets die."""


class LostWorkerError(BrokenExecutor):
    """Process after process died of one piece of work."""


class ProcessExecutor(ThreadPoolExecutor):
    """Does calls in ``workers`` processes, started when they are first needed; all that is sent must be picklable."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="headrace-process", initializer=_shield_from_ctrl_c)
        self._here = local()  # each thread's own process
        self._processes: list[_Process] = []
        self._lock = Lock()
        self._over = False

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call ``fn`` in a process, in up to `MOST_DEATHS` ones if they die; then the future raises `LostWorkerError`.

        An error of ``fn`` itself is handed on and tried no second time; a note on it tells where it happened.
        """
        return super().submit(self._in_a_process, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base class
        """Let the processes end; with ``cancel_futures`` at once, whatever they are at."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        if cancel_futures:
            with self._lock:
                self._over = True
                for process in self._processes:
                    process.kill()
        if wait:
            super().shutdown(wait=True)
            for process in self._processes:
                process.close()

    def _in_a_process[R](self, call: Callable[[], R]) -> R:
        good, answer = pickle.loads(self._answer_to(pickle.dumps(call)))  # noqa: S301 - from our own process
        if not good:
            raise answer
        result: R = answer
        return result

    def _answer_to(self, call: bytes) -> bytes:
        for _ in range(MOST_DEATHS):
            process = self._process()
            try:
                return process.ask(call)
            except (EOFError, OSError):  # nobody at the other end
                del self._here.process
        raise LostWorkerError(f"{MOST_DEATHS} worker processes died of the same piece of work")

    def _process(self) -> "_Process":
        if not hasattr(self._here, "process"):
            with self._lock:
                if self._over:
                    raise LostWorkerError("the work was given up")
                self._here.process = _Process()
                self._processes.append(self._here.process)
        process: _Process = self._here.process
        return process


class _Process:
    """A process that does one call after the other."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, call: bytes) -> bytes:
        """Send a call and wait for the answer; `EOFError` or `OSError` if the process dies."""
        self._pipe.send_bytes(call)
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._pipe.close()
        self._process.join()


def _shield_from_ctrl_c() -> None:
    """Let no process that this thread starts be hit by Ctrl-C, not even while it is still starting."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _serve(pipe: Connection) -> None:
    """Answer calls until nobody asks any more."""
    # Ctrl-C reaches every process of the terminal; only the one that waits for the results decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(call: bytes) -> bytes:
    try:
        return pickle.dumps((True, pickle.loads(call)()))  # noqa: S301 - from the process that started this one
    except Exception as error:  # noqa: BLE001 - whatever it is, it is handed on
        error.add_note(f"in a worker process:\n{traceback.format_exc()}")
        return pickle.dumps((False, error))
