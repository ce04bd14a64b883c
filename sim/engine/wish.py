"""A free rep's wish: the waiting task that a pull discipline of the user's names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.task import Task
from sim.pull import WAITING, FreeRep

if TYPE_CHECKING:
    from sim.engine.people import Worker


def wished(worker: "Worker", tasks: Sequence[Task]) -> Task | None:
    """Return which of some waiting tasks the rep's team would have the rep take; None where it has no opinion."""
    pull, state, place = worker.desk.team.choose_lead, worker.desk.state, worker.place
    if pull is None or not tasks:
        return None
    columns = (state.seniority, state.speed, state.weight, state.wip_limit, state.open_deals)
    rep = FreeRep(place, *(column[place].item() for column in columns))
    chosen = pull.choose(rep, worker.floor.now, _shown(tasks), state.memory)
    return tasks[chosen] if chosen >= 0 else None


def _shown(tasks: Sequence[Task]) -> "np.recarray[tuple[int], np.dtype[np.void]]":
    rows = [
        (
            *(deal.channel, deal.region, deal.segment, deal.product, deal.tier, deal.stage, deal.touches),
            *(deal.score, deal.amount, deal.score / 100.0 * deal.amount, deal.created, task.ready, task.urgent),
        )
        for task, deal in ((task, task.deal) for task in tasks)
    ]
    return np.array(rows, WAITING).view(np.recarray)
