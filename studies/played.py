"""What was played already: a plan's runs are remembered by what the plan does, so no future is played twice.

Every question about a company holds the funnel as it is, and a plan in a list was mostly just looked at by itself; both
are then at hand. One memory serves experiments that differ in their plans alone.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from scenarios.experiment import Chunk, Experiment, Run
from scenarios.run import Tables
from scenarios.scenario import Scenario
from sim.spec import canonical

MOST_PLANS = 32
"""Plans that are remembered, each with all its runs; the one not asked for longest is forgotten first."""

type _Memory = dict[tuple[Run, ...], Tables]


class Played:
    """The runs of plans; every method may be called from any thread."""

    def __init__(self, most_plans: int = MOST_PLANS) -> None:
        self._plans: OrderedDict[str, _Memory] = OrderedDict()
        self._most = most_plans
        self._lock = Lock()

    def recall(self, plan: Scenario, chunk: Chunk) -> Tables | None:
        """Return the rows of a chunk's runs under a plan, in the plan's name, or None if they weren't played."""
        with self._lock:
            key = canonical(plan.levers)
            found = self._plans.get(key, {}).get(chunk.runs)
            if found is None:
                return None
            self._plans.move_to_end(key)
        return {name: table.assign(scenario=plan.name) for name, table in found.items()}

    def remember(self, plans: Sequence[Scenario], chunk: Chunk, tables: Tables) -> None:
        """Take down what a chunk brought under each of some plans."""
        parts = {
            plan: {name: table[table["scenario"] == plan.name] for name, table in tables.items()} for plan in plans
        }
        with self._lock:
            for plan, part in parts.items():
                key = canonical(plan.levers)
                self._plans.setdefault(key, {})[chunk.runs] = part
                self._plans.move_to_end(key)
            while len(self._plans) > self._most:
                self._plans.popitem(last=False)


def unplayed(played: Played, experiment: Experiment, chunk: Chunk) -> tuple[tuple[Scenario, ...], list[Tables]]:
    """Return the plans under which a chunk still has to be run, and the rows of the others."""
    recalled = {plan.name: played.recall(plan, chunk) for plan in experiment.under(chunk)}
    rest = tuple(plan for plan in experiment.under(chunk) if recalled[plan.name] is None)
    return rest, [tables for tables in recalled.values() if tables is not None]
