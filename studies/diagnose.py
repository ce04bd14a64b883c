"""Diagnose: what is wrong with a funnel, where, and how sure that is."""

from dataclasses import dataclass, field

from scenarios.diagnosis.diagnosis import MATERIAL, Diagnosis, Inquiry
from scenarios.diagnosis.lead_quality import TYPICAL
from scenarios.run import Results
from sim.errors import SpecError
from studies.diagnosis_view import answer_of, grids_of, report_of, tables_of
from studies.executors import ALONE, Progress, Sharing
from studies.experiments import UnfinishedError, run_experiment
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.kept import Place
from studies.report import render
from studies.request import Request, run_request
from studies.stopped import Stopped

KPIS = ("bookings", "wins", "conversion_cohort")
"""The figures whose want a diagnosis explains."""


@dataclass(frozen=True, kw_only=True)
class DiagnosisRequest:
    """What is to be diagnosed, and how thoroughly.

    Attributes
    ----------
    funnel
        The funnel with its opening.
    days, replications, seed
        How far ahead, how often and under which luck each counterfactual is run.
    kpi
        One of `KPIS`.
    reference
        What each channel's leads are held against (`scenarios.diagnosis.lead_quality.lifts`).
    material
        Gain, as a share of the figure, from which a cause is worth acting on.
    sharing
        Who shares the work.
    """

    funnel: Funnel
    days: float = 180.0
    replications: int = 20
    seed: int = 1
    kpi: str = "bookings"
    reference: str = TYPICAL
    material: float = MATERIAL
    sharing: Sharing = ALONE
    inquiry: Inquiry = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what can't be diagnosed before any time is spent."""
        if self.kpi not in KPIS:
            raise SpecError(f"diagnose: no figure {self.kpi!r} to explain; take {', '.join(KPIS)}")
        asked = Inquiry(
            spec=self.funnel.spec,
            opening=self.funnel.opening,
            days=self.days,
            kpi=self.kpi,
            reference=self.reference,
            material=self.material,
        )
        object.__setattr__(self, "inquiry", asked)

    def request(self) -> Request:
        """Return the comparison of counterfactual plans that the diagnosis rests on."""
        return Request(
            funnel=self.funnel,
            plans=self.inquiry.plans.scenarios,
            days=self.days,
            replications=self.replications,
            seed=self.seed,
            kpi=self.kpi,
            sharing=self.sharing,
            about={"reference": self.reference, "material": self.material},
        )


@dataclass(frozen=True)
class Diagnosed:
    """The verdict in plain words, what it rests on, tables for people, the run folder, and why it stopped early."""

    answer: str
    diagnosis: Diagnosis
    grids: tuple[Grid, ...]
    folder: str
    stopped: str = ""


def run_diagnosis(request: DiagnosisRequest, place: Place, progress: Progress | None = None) -> Diagnosed:
    """Diagnose a funnel and keep the diagnosis as a run folder with a report.

    Raises
    ------
    Stopped
        If the work was interrupted before anything was finished.
    HeadraceError
        If the funnel or the request can't be used, a run fails, or the folder can't be written.
    """
    flows = _flows(request, progress)
    ran = run_request(request.request(), "diagnose", place, progress)
    found = request.inquiry.conclude(ran.results.kpis, flows.tables)
    answer = f"{'Stopped early. ' if ran.stopped else ''}{answer_of(found, request.inquiry)}"
    with ran.folder() as draft:
        draft.answer = answer
        draft.table("kpis", ran.results.kpis)
        draft.table("flows", flows.tables["stages"])
        for name, table in tables_of(found).items():
            draft.table(name, table)
        draft.text("report.html", render(report_of(found, request.inquiry, answer, ran, request.funnel.tables)))
    return Diagnosed(answer, found, grids_of(found), str(draft.folder), ran.stopped)


def _flows(request: DiagnosisRequest, progress: Progress | None) -> Results:
    """Measure the funnel's own flows; it is soon done, so nothing of it is kept for a resumption."""
    experiment = request.inquiry.flows(request.seed, request.replications)
    try:
        return run_experiment(experiment, sharing=request.sharing, progress=progress)
    except UnfinishedError:
        raise Stopped("stopped while the flows were measured; there are no results") from None
