"""Calibrate: from a CRM export to a funnel that can be simulated, with what is known about each of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from forecast.calibration.calibrate import Calibration, calibrate
from forecast.crm import History, load_mapping
from sim.opening import Opening
from sim.operation import Operation
from sim.spec import FunnelSpec
from studies.config import dump_spec
from studies.funnel_folder import ESTIMATES, FINDINGS, FUNNEL, OPENINGS, Funnel, start_of
from studies.grid import Grid, findings_grid
from studies.kept import Place, provenance
from studies.opening_file import save_opening
from studies.operations_view import estimates_grid
from studies.quality import answer_of, history_grid, mapping_files, read_history
from studies.recovery import BRIEF, recovered, recovery_grid
from studies.report import Report, Section, render
from studies.store import Question, new_run
from studies.wording import day

_TITLE = "A funnel calibrated from a history"


@dataclass(frozen=True, kw_only=True)
class CalibrationRequest:
    """What is to be calibrated.

    Attributes
    ----------
    files, mapping
        The export, and the name or path of what its columns mean.
    as_of, since
        End and start of the history that counts; dates without a zone are the account's.
    operation
        The company's own; None reads it off the history.
    truth
        The funnel that made the history, where it was simulated; None is the usual case.
    beside
        The files that operation and truth were read from.
    """

    files: tuple[Path, ...]
    mapping: str
    as_of: str
    since: str = ""
    operation: Operation | None = None
    truth: FunnelSpec | None = None
    beside: tuple[Path, ...] = ()

    def question(self, command: Sequence[str], fingerprint: str) -> Question:
        """Return what the manifest says was asked."""
        return Question(
            verb="calibrate",
            command=tuple(command),
            settings={"mapping": self.mapping, "as_of": self.as_of, "since": self.since},
            inputs=(*self.files, *mapping_files(self.mapping), *self.beside),
            fingerprint=fingerprint,
        )


@dataclass(frozen=True)
class Calibrated:
    """The answer in a sentence, its tables for people, the funnel, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    funnel: Funnel
    folder: str


def run_calibration(request: CalibrationRequest, place: Place, history: History | None = None) -> Calibrated:
    """Calibrate, and keep the funnel with its opening, estimates and report as a run folder.

    ``history`` is the export up to the as-of date, if it has been read already.

    Raises
    ------
    HeadraceError
        If the export can't be read, nothing can be estimated from it, or the folder can't be written.
    """
    zone = load_mapping(request.mapping).time_zone or "UTC"
    as_of = start_of(request.as_of, zone)
    history = history or read_history(request.files, request.mapping, as_of.isoformat())
    found, opening = _calibrated(request, history, as_of, zone)
    answer = _answer(found, opening, history)
    question = request.question(place.command, found.spec.fingerprint)
    estimates, findings = found.estimates.to_frame(), history.quality.to_frame()
    truth = None if request.truth is None else recovered(estimates, request.truth)
    data = (findings_grid(findings), history_grid(history))
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.text(FUNNEL, dump_spec(found.spec))
        save_opening(opening, draft.folder / OPENINGS[0])
        draft.table(ESTIMATES, estimates)
        draft.table(FINDINGS, findings)
        if truth is not None:
            draft.table("recovered", truth)
        draft.text(
            "report.html", render(Report(_TITLE, answer, _sections(data, estimates, truth), provenance(question)))
        )
    tables = {ESTIMATES: estimates, FINDINGS: findings}
    files = (draft.folder / FUNNEL, draft.folder / OPENINGS[0])
    grids = data if truth is None else (*data, recovery_grid(truth, BRIEF))
    return Calibrated(answer, grids, Funnel(found.spec, opening, files, tables), str(draft.folder))


def _calibrated(
    request: CalibrationRequest, history: History, as_of: datetime, zone: str
) -> tuple[Calibration, Opening]:
    start = history.opening(as_of.astimezone(ZoneInfo(zone)))
    found = calibrate(
        history.log,
        as_of,
        zone=zone,
        since=start_of(request.since, zone) if request.since else None,
        systems=[rep.name for rep in history.roster if rep.system],
        operation=request.operation,
    )
    return found, found.fit_opening(start)


def _answer(found: Calibration, opening: Opening, history: History) -> str:
    market, operation = found.spec.market, found.spec.operation
    size = f"{len(market.stages)} stages, {len(market.channels)} channels and {len(operation.reps)} reps"
    return (
        f"A funnel of {size}, with {len(opening.deals):,} deals open on {day(opening.as_of)}. "
        f"Of the history, {answer_of(history)}"
    )


def _sections(data: tuple[Grid, ...], estimates: pd.DataFrame, truth: pd.DataFrame | None) -> tuple[Section, ...]:
    said = ("The history was made by a simulator from a known funnel, so each estimate can be checked.",)
    known = () if truth is None else (Section("Recovered against true", said, (recovery_grid(truth),)),)
    kept = f"{FUNNEL} beside this report is the funnel: read it, correct it, and give it to headrace compare."
    return (
        *known,
        Section("Estimates", (), (estimates_grid(estimates),)),
        Section("The data", (), data),
        Section("What now", (kept,)),
    )
