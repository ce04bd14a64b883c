"""No workers: the work is done where it is submitted, which is what a debugger and a profiler like best."""

from collections.abc import Callable
from concurrent.futures import Executor, Future


class SerialExecutor(Executor):
    """Does each call at once, in the calling thread; what it returns is done already."""

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call ``fn`` and return a future that holds its result or its error; Ctrl-C goes through."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whatever it is, the future hands it on
            future.set_exception(error)
        return future
