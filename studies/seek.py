"""Seek: the cheapest plan with which a target is reached as surely as asked, and what more or less certainty costs."""

import json
from dataclasses import asdict, dataclass, field

import pandas as pd

from scenarios.chances import Chance
from scenarios.dials import Dial
from scenarios.experiment import Experiment
from scenarios.goal import Confirmed, Effort, Goal, Question, Sought, Trial
from scenarios.prices import Horizon, Prices
from scenarios.scenario import AS_IS, Scenario
from scenarios.search import seek
from studies.checkpoint import Checkpoint, keeping
from studies.executors import ALONE, Progress, Sharing
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.identity import identity
from studies.kept import Place
from studies.report import render
from studies.seek_view import answer_of, finalists_grid, price_grid, report_of
from studies.stopped import Stopped
from studies.store import Question as Asked
from studies.store import new_run
from studies.trials import Trials

VERB = "seek"
_CHUNK = 5
"""Runs handed out at a time: few enough for a plan's first runs to be shared, enough to be worth the preparation."""


@dataclass(frozen=True, kw_only=True)
class SeekRequest:
    """What is sought: a goal in a funnel, the dials that may be turned for it, and what they cost.

    ``seed`` is that of the luck and of the search.
    """

    funnel: Funnel
    goal: Goal
    dials: tuple[Dial, ...]
    prices: Prices = field(default_factory=Prices)
    days: float
    seed: int = 1
    warm_up: float = 0.0
    effort: Effort = field(default_factory=Effort)
    sharing: Sharing = ALONE

    def question(self) -> Question:
        """Return the question as the search takes it."""
        horizon = Horizon(self.funnel.opening.as_of, self.days)

        def cost(plan: Scenario) -> float:
            return plan.cost(self.funnel.spec, horizon, self.prices)

        return Question(goal=self.goal, dials=self.dials, cost=cost, effort=self.effort, seed=self.seed)

    def experiment(self) -> Experiment:
        """Return the experiment of which every trial is a part."""
        return Experiment(
            base=(self.funnel.spec,),
            opening=self.funnel.opening,
            scenarios=(AS_IS,),
            days=self.days,
            seed=self.seed,
            replications=self.effort.base + self.effort.confirm,
            warm_up=self.warm_up,
            chunk_size=_CHUNK,
        )

    def asked(self, command: tuple[str, ...]) -> Asked:
        """Return what the manifest says was asked."""
        settings = {
            **asdict(self.goal),
            "dials": {dial.name: [str(setting) for setting in dial.settings] for dial in self.dials},
            "prices": asdict(self.prices),
            "effort": asdict(self.effort),
            "days": self.days,
            "warm_up": self.warm_up,
        }
        spec = self.funnel.spec
        return Asked(
            verb=VERB,
            command=command,
            settings=settings,
            inputs=self.funnel.files,
            fingerprint=spec.fingerprint,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Found:
    """The answer in a sentence, what it rests on, tables for people, and the run folder."""

    answer: str
    sought: Sought
    grids: tuple[Grid, ...]
    folder: str


def run_seek(request: SeekRequest, place: Place, progress: Progress | None = None) -> Found:
    """Search, and keep what was found as a run folder with a report.

    Raises
    ------
    HeadraceError
        If a dial doesn't fit the funnel, a run fails, or the folder can't be written.
    Stopped
        On Ctrl-C; what is finished is kept.
    """
    asked, experiment = request.asked(place.command), request.experiment()
    mine = {**identity(experiment), "asked": json.dumps(asked.settings, sort_keys=True)}
    with keeping(place, asked, mine) as checkpoint:
        sought = _search(request, experiment, checkpoint, progress)
    answer = answer_of(sought)
    with new_run(asked, folder=checkpoint.target, replace=checkpoint.replace) as draft:
        draft.answer = answer
        draft.table("trials", trials_table(sought))
        draft.table("finalists", finalists_table(sought))
        draft.text("report.html", render(report_of(sought, request.prices, answer, asked)))
    checkpoint.remove()
    return Found(answer, sought, (price_grid(sought), finalists_grid(sought)), str(draft.folder))


def _search(request: SeekRequest, experiment: Experiment, checkpoint: Checkpoint, progress: Progress | None) -> Sought:
    try:
        with request.sharing.open(experiment.engine) as workers:
            return seek(request.question(), Trials(experiment, request.goal.kpi, workers, checkpoint), progress)
    except KeyboardInterrupt:
        kept = f"; what is finished is kept, and {checkpoint.go_on}" if checkpoint.begun else ""
        raise Stopped(f"stopped before the search had an answer{kept}") from None


def trials_table(sought: Sought) -> pd.DataFrame:
    """Return one row a plan that was simulated, the cheapest first: plan, cost, chance, its standard error, runs."""
    ahead = set(sought.frontier)
    rows = [(*_row(trial, trial.chance), trial.runs, trial in ahead) for trial in sought.trials]
    return pd.DataFrame(rows, columns=["plan", "cost", "chance", "error", "runs", "frontier"])


def finalists_table(sought: Sought) -> pd.DataFrame:
    """Return one row a finalist: plan, cost, chance under fresh luck with its limits, hits, runs, mean, passed."""
    rows = [_fresh(each) for each in sought.finalists]
    return pd.DataFrame(rows, columns=["plan", "cost", "chance", "low", "high", "hits", "runs", "mean", "passed"])


def _row(trial: Trial, chance: Chance) -> tuple[str, float, float, float]:
    return trial.plan.name, trial.cost, chance.value, chance.error


def _fresh(each: Confirmed) -> tuple[object, ...]:
    trial = each.trial
    limits = (each.chance, each.low, each.high, each.hits, each.runs)
    return trial.plan.name, trial.cost, *limits, each.mean, each.passed
