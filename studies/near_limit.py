"""How near routing policies come to the most that any of them could book: what ``headrace compare --bound`` tells."""

from collections.abc import Sequence

import pandas as pd

from sim.errors import SpecError
from studies.compare import near_the_limit
from studies.executors import Sharing
from studies.experiments import run_experiment
from studies.jobs import Job
from studies.outlooks import Known
from studies.request import Request
from studies.routing_trials import trials

RUNS = 20
"""Runs of each policy, on the funnel as it is estimated: the limit is that of one funnel, not of its versions."""


def near_limit(known: Known, policies: Sequence[str], sharing: Sharing, job: Job) -> pd.DataFrame:
    """Return the share of the limit that the baseline and each policy get (`studies.limits.shares`).

    The limit takes by far the most time, and is the same for all policies of a company, so it is remembered.

    Raises
    ------
    SpecError
        If the funnel isn't known yet.
    """
    if known.funnel is None:
        raise SpecError("the funnel isn't known yet; wait until it is estimated")
    request = Request(
        funnel=known.funnel, plans=trials(policies), days=known.days, replications=RUNS, seed=1, sharing=sharing
    )
    results = run_experiment(request.experiment(), sharing=sharing, progress=job.progress)
    return near_the_limit(request, results, known=known.limits, told=job.progress)
