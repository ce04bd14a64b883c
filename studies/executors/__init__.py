"""Who does the work: this thread, threads, processes or a Dask cluster, each a `concurrent.futures.Executor`.

The piece of work decides the answer, never who does it or when. `Sharing` says who; `do_each` hands the pieces out and
takes the results as they come.
"""

from studies.executors.sharing import ALONE, Kind, Sharing, executor_for
from studies.executors.work import Progress, WorkError, Workers, do_each, in_order

__all__ = ["ALONE", "Kind", "Progress", "Sharing", "WorkError", "Workers", "do_each", "executor_for", "in_order"]
