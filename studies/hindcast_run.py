"""Hindcast as a study: read the export, compare forecast and fact, keep the table with its report as a run folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecast.crm import load_mapping
from sim.kpis import HEADLINES
from studies.executors import ALONE, Progress, Sharing
from studies.funnel_folder import start_of
from studies.grid import Grid
from studies.hindcast import hindcast
from studies.kept import Place, provenance
from studies.operations_view import estimates_grid
from studies.quality import mapping_files, read_history
from studies.report import Report, Section, render
from studies.store import Question, new_run
from studies.wording import day, quantity, title_of, unit_of

_UNITS = {"dwell_median": "days", "busy_hours": "count"}
_READ = (
    "An actual figure outside its interval is one that the funnel would have got wrong. Leads outside theirs mean that "
    "the market changed; look then at shares and times, which don't depend on how many leads came."
)


@dataclass(frozen=True, kw_only=True)
class HindcastRequest:
    """What is to be held against what happened.

    ``files`` and ``mapping`` are the export; the funnel learns from ``since`` to ``as_of`` and is judged on ``as_of``
    to ``until``; ``replications`` under ``seed``, shared out as ``sharing`` says.
    """

    files: tuple[Path, ...]
    mapping: str
    as_of: str
    until: str
    since: str = ""
    replications: int = 40
    seed: int = 1
    sharing: Sharing = ALONE

    def question(self, command: Sequence[str], fingerprint: str) -> Question:
        """Return what the manifest says was asked."""
        settings = {name: getattr(self, name) for name in ("mapping", "as_of", "until", "since", "replications")}
        inputs = (*self.files, *mapping_files(self.mapping))
        return Question(
            verb="hindcast",
            command=tuple(command),
            settings=settings,
            inputs=inputs,
            fingerprint=fingerprint,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Compared:
    """The answer in a sentence, the table for people, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str


def run_hindcast(request: HindcastRequest, place: Place, progress: Progress | None = None) -> Compared:
    """Calibrate on the past, simulate on, and keep actual beside simulated.

    Raises
    ------
    HeadraceError
        If the export can't be read or calibrated, or the period to be judged on lies outside it.
    """
    zone = load_mapping(request.mapping).time_zone or "UTC"
    history = read_history(request.files, request.mapping, "")
    as_of, until = (start_of(text, zone) for text in (request.as_of, request.until))
    found = hindcast(
        history,
        as_of,
        until,
        since=start_of(request.since, zone) if request.since else None,
        zone=zone,
        replications=request.replications,
        seed=request.seed,
        sharing=request.sharing,
        progress=progress,
    )
    inside = int(found.table["inside"].sum())
    answer = (
        f"Calibrated up to {day(as_of)} and simulated to {day(until)}: "
        f"{inside} of {len(found.table)} actual figures lie in the interval of 80 % of {request.replications} runs."
    )
    question = request.question(place.command, found.calibration.spec.fingerprint)
    estimates, grid = found.calibration.estimates.to_frame(), hindcast_grid(found.table)
    sections = (Section("Forecast and fact", (_READ,), (grid,)), Section("Estimates", (), (estimates_grid(estimates),)))
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.table("hindcast", found.table.reset_index())
        draft.table("estimates", estimates)
        draft.text("report.html", render(Report("Would it have been right?", answer, sections, provenance(question))))
    return Compared(answer, (grid,), str(draft.folder))


def hindcast_grid(table: pd.DataFrame) -> Grid:
    """Lay out actual beside simulated figures."""
    rows = [
        (
            _title(figure),
            *(quantity(float(row[name]), _unit(figure)) for name in ("actual", "mean", "low", "high")),
            "yes" if row["inside"] else "no",
        )
        for figure, row in table.iterrows()
    ]
    columns = ("figure", "actual", "simulated", "low", "high", "inside")
    return Grid.of("Actual and simulated", columns, rows, "From low to high: 80 % of the runs.")


def _title(figure: object) -> str:
    name, _, what = str(figure).partition(" ")
    return f"{name.replace('_', ' ')} of {what}" if what else title_of(name)


def _unit(figure: object) -> str:
    name = str(figure).partition(" ")[0]
    return unit_of(name) if name in HEADLINES else _UNITS[name]
