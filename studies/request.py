"""What a study is asked: which funnel, which plans, for how long and under how much luck."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.experiment import Experiment
from scenarios.precision import Precision
from scenarios.prices import Horizon, Prices
from scenarios.run import Results
from scenarios.scenario import Scenario
from sim.errors import UnknownNameError
from sim.kpis import HEADLINES
from studies.checkpoint import Checkpoint, keeping
from studies.drawn_funnels import DrawnFunnels
from studies.executors import ALONE, Progress, Sharing
from studies.experiments import UnfinishedError, run_experiment
from studies.funnel_folder import Funnel
from studies.identity import identity
from studies.kept import Place
from studies.stopped import Stopped
from studies.store import Draft, Question, new_run

TABLES = ("stages", "teams", "reps")
"""What is kept of each run beside the headline figures."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be simulated: a funnel, plans (the baseline first), and how thoroughly.

    Attributes
    ----------
    funnel, plans, days, replications, seed, kpi, warm_up
        As in `scenarios.experiment.Experiment`.
    precision
        The half width asked of every interval as a share of the baseline's mean, or None.
    drawn
        Versions of the funnel that the history could have come from, or None to take it as it is.
    chunk_size
        Runs after which there is something new to show.
    sharing
        Who does the work.
    about
        What else the verb was told, for the manifest.
    prices, target
        What things cost and what is aimed at, or None where nobody says.
    files
        Files that the plans come from.
    """

    funnel: Funnel
    plans: tuple[Scenario, ...]
    days: float
    replications: int
    seed: int
    kpi: str = "bookings"
    warm_up: float = 0.0
    precision: float | None = None
    drawn: DrawnFunnels | None = None
    chunk_size: int = 4
    sharing: Sharing = ALONE
    about: Mapping[str, object] = field(default_factory=dict)
    prices: Prices | None = None
    target: float | None = None
    files: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a figure that isn't there before any time is spent."""
        if self.kpi not in HEADLINES:
            raise UnknownNameError("figure", self.kpi, HEADLINES, "a run")

    def experiment(self) -> Experiment:
        """Return the experiment that answers it."""
        wanted = None if self.precision is None else Precision(kpi=self.kpi, relative=self.precision)
        return Experiment(
            base=self.drawn.specs if self.drawn else (self.funnel.spec,),
            opening=self.funnel.opening,
            scenarios=self.plans,
            days=self.days,
            seed=self.seed,
            replications=self.replications,
            warm_up=self.warm_up,
            chunk_size=self.chunk_size,
            precision=wanted,
            tables=TABLES,
        )

    @property
    def costs(self) -> dict[str, float]:
        """What each plan adds to spending over the days; empty where nobody says what things cost."""
        if self.prices is None:
            return {}
        horizon = Horizon(self.funnel.opening.as_of, self.days)
        return {plan.name: plan.cost(self.funnel.spec, horizon, self.prices) for plan in self.plans}

    def question(self, verb: str, command: tuple[str, ...]) -> Question:
        """Return what the manifest says was asked."""
        settings = {
            "plans": {plan.name: plan.describe() for plan in self.plans},
            # of the funnel under each plan: the only trace of a policy's own code
            "fingerprints": {plan.name: plan.apply(self.funnel.spec).fingerprint for plan in self.plans},
            "as_of": self.funnel.opening.as_of.isoformat(),
            "days": self.days,
            "replications": self.replications,
            "kpi": self.kpi,
            "warm_up": self.warm_up,
            "precision": self.precision,
            "posterior": self.drawn.posterior if self.drawn else "",
            "draws": len(self.drawn.specs) if self.drawn else 1,
            **self.about,
            **({"costs": self.costs} if self.prices is not None else {}),
            **({"target": self.target} if self.target is not None else {}),
        }
        return Question(
            verb=verb,
            command=command,
            settings=settings,
            inputs=(*self.funnel.files, *(self.drawn.files if self.drawn else ()), *self.files),
            fingerprint=self.funnel.spec.fingerprint,
            seed=self.seed,
            as_of=self.funnel.opening.as_of.isoformat(),
        )


@dataclass(frozen=True, kw_only=True)
class Ran[Found]:
    """What came of a request.

    Attributes
    ----------
    question
        What was asked.
    results
        What was found.
    stopped
        Empty, or after Ctrl-C a sentence about what was not done and how to go on; the results are then those of the
        finished runs.
    checkpoint
        The finished chunks.
    """

    question: Question
    results: Found
    stopped: str
    checkpoint: Checkpoint

    @contextmanager
    def folder(self) -> Iterator[Draft]:
        """Give the run folder to fill, as `studies.store.new_run` does; when it is complete the checkpoint goes."""
        with new_run(self.question, folder=self.checkpoint.target, replace=self.checkpoint.replace) as draft:
            yield draft
        if not self.stopped:
            self.checkpoint.remove()


def run_request(request: Request, verb: str, place: Place, progress: Progress | None = None) -> Ran[Results]:
    """Run what was asked.

    Raises
    ------
    Stopped
        If nothing was finished when the work was interrupted.
    WorkError
        If a run fails; the message says how to go on, if anything is finished.
    """
    question, experiment = request.question(verb, place.command), request.experiment()
    with keeping(place, question, identity(experiment)) as checkpoint:
        try:
            results = run_experiment(experiment, sharing=request.sharing, checkpoint=checkpoint, progress=progress)
        except UnfinishedError as stop:
            if stop.results is None:
                raise Stopped(str(stop)) from None
            said = f"{stop}; {checkpoint.go_on}"
            return Ran(question=question, results=stop.results, stopped=said, checkpoint=checkpoint)
    return Ran(question=question, results=results, stopped="", checkpoint=checkpoint)
