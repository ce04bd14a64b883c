"""What a study is asked: which funnel, which plans, for how long and under how much luck."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from scenarios.experiment import Experiment
from scenarios.precision import Precision
from scenarios.run import Results
from scenarios.scenario import Scenario
from sim.errors import UnknownNameError
from sim.kpis import HEADLINES
from sim.spec import FunnelSpec
from studies.checkpoint import Checkpoint, open_checkpoint
from studies.executors import ALONE, Progress, Sharing, WorkError
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
    draws
        Versions of the funnel that its history could have come from, each of which is run; empty is the funnel alone.
    chunk_size
        Runs after which there is something new to show.
    sharing
        Who does the work.
    about
        What else the verb was told, for the manifest.
    """

    funnel: Funnel
    plans: tuple[Scenario, ...]
    days: float
    replications: int
    seed: int
    kpi: str = "bookings"
    warm_up: float = 0.0
    precision: float | None = None
    draws: tuple[FunnelSpec, ...] = ()
    chunk_size: int = 4
    sharing: Sharing = ALONE
    about: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a figure that isn't there before any time is spent."""
        if self.kpi not in HEADLINES:
            raise UnknownNameError("figure", self.kpi, HEADLINES, "a run")

    def experiment(self) -> Experiment:
        """Return the experiment that answers it."""
        wanted = None if self.precision is None else Precision(kpi=self.kpi, relative=self.precision)
        return Experiment(
            base=self.draws or (self.funnel.spec,),
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
            "draws": len(self.draws) or 1,
            **self.about,
        }
        return Question(
            verb=verb,
            command=command,
            settings=settings,
            inputs=self.funnel.files,
            fingerprint=self.funnel.spec.fingerprint,
            seed=self.seed,
        )


@dataclass(frozen=True, kw_only=True)
class Ran:
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
    results: Results
    stopped: str
    checkpoint: Checkpoint

    @contextmanager
    def folder(self) -> Iterator[Draft]:
        """Give the run folder to fill, as `studies.store.new_run` does; when it is complete the checkpoint goes."""
        with new_run(self.question, folder=self.checkpoint.target, replace=self.checkpoint.replace) as draft:
            yield draft
        if not self.stopped:
            self.checkpoint.remove()


def run_request(request: Request, verb: str, place: Place, progress: Progress | None = None) -> Ran:
    """Run what was asked.

    Raises
    ------
    Stopped
        If nothing was finished when the work was interrupted.
    WorkError
        If a run fails; the message says how to go on, if anything is finished.
    """
    question, experiment = request.question(verb, place.command), request.experiment()
    checkpoint = open_checkpoint(place, question, identity(experiment))
    go_on = f"--resume {checkpoint.target} does the rest"
    try:
        results = run_experiment(experiment, sharing=request.sharing, checkpoint=checkpoint, progress=progress)
    except UnfinishedError as stop:
        if stop.results is None:
            raise Stopped(str(stop)) from None
        return Ran(question=question, results=stop.results, stopped=f"{stop}; {go_on}", checkpoint=checkpoint)
    except WorkError as error:
        raise WorkError(f"{error}; {go_on}" if checkpoint.begun else str(error)) from error
    finally:
        if not checkpoint.begun:
            checkpoint.remove()
    return Ran(question=question, results=results, stopped="", checkpoint=checkpoint)
