"""Learn routing: weights of an index searched for on luck of their own, then judged as one more plan on fresh luck.

The comparison at the end is the one that `headrace compare` makes of the same plans with the same seed. The training
meets other luck, so what only looked good there doesn't look good here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import sha256

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER, Comparison
from scenarios.experiment import Experiment
from scenarios.learning.space import NAME, Space, index_of
from scenarios.learning.training import Effort, Learned, learn
from scenarios.run import Results
from scenarios.scenario import AS_IS, Scenario
from sim.errors import SpecError, UnknownNameError
from studies.checkpoint import Checkpoint, keeping
from studies.compare import near_the_limit, refuse_limit, write_comparison
from studies.config import ScenarioFile, write_scenarios
from studies.executors import ALONE, Progress, Sharing
from studies.experiments import UnfinishedError, run_experiment
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.identity import identity
from studies.kept import Place
from studies.learn_routing_view import answer_of, learning_section, weights_grid
from studies.request import Request
from studies.stopped import Stopped
from studies.store import new_run
from studies.trials import Trials

VERB = "learn-routing"
FILE = "learned.yaml"
"""The plan as a scenario file, in the run folder."""
_CHUNK = 5
"""Runs handed out at a time: few enough for a plan's first runs to be shared, enough to be worth the preparation."""


@dataclass(frozen=True, kw_only=True)
class LearnRequest:
    """What is to be learned, and whom it is held against.

    Attributes
    ----------
    funnel, days, seed, kpi, warm_up, sharing
        As in `studies.request.Request`; the seed is that of the judging, and the training's follows from it.
    rivals
        The plans that it has to beat, the baseline first.
    replications
        Runs of each plan in the judging.
    teams
        The only teams that learn; empty is all.
    territories
        Keep each team's own rules on who may get a lead at all.
    effort
        Runs that the training takes.
    """

    funnel: Funnel
    rivals: tuple[Scenario, ...]
    days: float
    seed: int = 1
    kpi: str = "bookings"
    warm_up: float = 0.0
    replications: int = 100
    teams: tuple[str, ...] = ()
    territories: bool = False
    effort: Effort = field(default_factory=Effort)
    sharing: Sharing = ALONE

    def __post_init__(self) -> None:
        """Refuse a figure of which nobody knows whether more is better, and a plan of the learned one's name."""
        if self.kpi not in HIGHER_IS_BETTER:
            raise UnknownNameError(
                "figure", self.kpi, HIGHER_IS_BETTER, "learning, which must know which way is better,"
            )
        if any(plan.name == NAME for plan in self.rivals):
            raise SpecError(f"plan {NAME!r} bears the name of the one that is to be found; give it another")

    @property
    def training_seed(self) -> int:
        """The luck of the training: another one than that of the judging, whichever that is."""
        return int.from_bytes(sha256(f"{VERB} {self.seed}".encode()).digest()[:4])

    def training(self) -> Experiment:
        """Return the experiment of which every trial is a part."""
        return Experiment(
            base=(self.funnel.spec,),
            opening=self.funnel.opening,
            scenarios=(AS_IS,),
            days=self.days,
            seed=self.training_seed,
            replications=max(self.effort.race, self.effort.more),
            warm_up=self.warm_up,
            chunk_size=_CHUNK,
        )

    def judging(self, *found: Scenario) -> Request:
        """Return the comparison of the rivals, and of what was found."""
        return Request(
            funnel=self.funnel,
            plans=(*self.rivals, *found),
            days=self.days,
            replications=self.replications,
            seed=self.seed,
            kpi=self.kpi,
            warm_up=self.warm_up,
            chunk_size=_CHUNK,
            sharing=self.sharing,
            about={
                "teams": ", ".join(self.teams),
                "territories": self.territories,
                "training": {**asdict(self.effort), "seed": self.training_seed},
            },
        )


@dataclass(frozen=True)
class Found:
    """The answer in a sentence, the plan, the comparison on fresh luck, tables for people, and the run folder."""

    answer: str
    plan: Scenario
    comparison: Comparison
    grids: tuple[Grid, ...]
    folder: str


def run_learning(
    request: LearnRequest, place: Place, progress: Progress | None = None, *, limit: bool = False
) -> Found:
    """Train an index, judge it, and keep both as a run folder with a report.

    Parameters
    ----------
    request
        What is to be learned.
    place
        Where the run folder goes.
    progress
        Told after each trial, and after each chunk of the judging.
    limit
        Whether to say how near each plan comes to the most that any routing policy can book.

    Raises
    ------
    HeadraceError
        If nothing can be learned in this funnel, a run fails, or the folder can't be written.
    Stopped
        On Ctrl-C; what is finished is kept.
    """
    if limit:
        refuse_limit(request.judging())
    space = Space.of(request.funnel.spec, request.teams, keep_rules=request.territories)
    asked, training = request.judging().question(VERB, place.command), request.training()
    mine = {**identity(training), "asked": json.dumps(asked.settings, sort_keys=True)}
    with keeping(place, asked, mine) as checkpoint:
        work = _Work(request, checkpoint, progress)
        try:
            learned = work.train(space, training)
            plan = replace(learned.plan, name=NAME)
            results = work.judge(plan)
        except (KeyboardInterrupt, UnfinishedError):
            kept = f"; what is finished is kept, and {checkpoint.go_on}" if checkpoint.begun else ""
            raise Stopped(f"stopped before the learned index was judged{kept}") from None
    found = _kept(request, learned, plan, results, checkpoint, place, limit=limit)
    checkpoint.remove()
    return found


@dataclass(frozen=True)
class _Work:
    """Training and judging under one bar of progress, the chunks of each in a folder of their own."""

    request: LearnRequest
    checkpoint: Checkpoint
    progress: Progress | None

    def train(self, space: Space, training: Experiment) -> Learned:
        """Search for weights."""
        request = self.request
        larger = HIGHER_IS_BETTER[request.kpi]
        with request.sharing.open(training.engine) as workers:
            measure = Trials(training, request.kpi, workers, self.checkpoint)
            told = partial(self._tell, more=self._chunks)
            return learn(space, measure, request.effort, request.training_seed, larger=larger, told=told)

    def judge(self, plan: Scenario) -> Results:
        """Hold the plan against its rivals."""
        request = self.request
        own = replace(self.checkpoint, folder=self.checkpoint.folder / "judging")
        told = partial(self._tell, before=request.effort.trials + 1)
        return run_experiment(
            request.judging(plan).experiment(), sharing=request.sharing, checkpoint=own, progress=told
        )

    @property
    def _chunks(self) -> int:
        return -(-self.request.replications // _CHUNK)

    def _tell(self, done: int, total: int, before: int = 0, more: int = 0) -> None:
        if self.progress:
            self.progress(before + done, before + total + more)


def _kept(
    request: LearnRequest,
    learned: Learned,
    plan: Scenario,
    results: Results,
    checkpoint: Checkpoint,
    place: Place,
    *,
    limit: bool,
) -> Found:
    judged = request.judging(plan)
    near = near_the_limit(judged, results) if limit else None
    question, weights = judged.question(VERB, place.command), weights_grid(plan)
    with new_run(question, folder=checkpoint.target, replace=checkpoint.replace) as draft:
        draft.table("weights", weights_table(plan))
        draft.table("trials", trials_table(learned))
        draft.text(FILE, write_scenarios(ScenarioFile((plan,))))
        section = learning_section(learned, weights, request.training_seed)
        say = partial(answer_of, near=near)
        written = write_comparison(draft, judged, results, question, say=say, near=near, more=(section,))
    return Found(written.answer, plan, written.comparison, (weights, *written.grids), str(draft.folder))


def weights_table(plan: Scenario) -> pd.DataFrame:
    """Return one row a weight that isn't 0: ``team``, ``feature``, ``weight``."""
    rows = [
        (team, feature, weight)
        for team, index in index_of(plan).items()
        for feature, weight in index.weights.items()
        if weight
    ]
    return pd.DataFrame(rows, columns=["team", "feature", "weight"]).astype({"weight": float})


def trials_table(learned: Learned) -> pd.DataFrame:
    """Return one row for all weights that were tried, the best first.

    ``gain`` over things as they are, in training and with more being better, its standard error ``error``, ``runs``,
    and a column for each team's feature.
    """
    weights = learned.space.weights
    rows: list[Mapping[str, object]] = [
        {
            "gain": trial.gain,
            "error": trial.error,
            "runs": trial.runs,
            **{weight.name: weight.settings[at] for weight, at in zip(weights, trial.point, strict=True)},
        }
        for trial in learned.trials
    ]
    return pd.DataFrame(rows)
