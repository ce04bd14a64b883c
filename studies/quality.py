"""Quality: what is in a CRM export, what is wrong with it, and what was done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from forecast.crm import History, load_mapping, read
from sim.errors import SpecError
from sim.eventlog import Kind
from sim.kpis import conversion_of_cohort, dwell_summary
from sim.kpis.summary import DAYS, SHARE
from studies.grid import Grid, findings_grid
from studies.kept import Place, provenance
from studies.report import Report, Section, render
from studies.store import Question, new_run
from studies.wording import quantity


@dataclass(frozen=True)
class Checked:
    """The answer in a sentence, its tables for people, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str


def read_history(files: Sequence[Path], mapping: str, as_of: str = "") -> History:
    """Read an export up to a date; a date without a zone is one of the account's.

    Raises
    ------
    SpecError, DataError, UnknownNameError
        If the date, the mapping or a file can't be read.
    """
    try:
        until = datetime.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise SpecError(f"no date {as_of!r}; write 2026-01-01 or 2026-01-01T09:00") from None
    return read(load_mapping(mapping), list(files), until)


def mapping_files(mapping: str) -> tuple[Path, ...]:
    """Return the mapping's file, or nothing for one that ships with Headrace."""
    return (Path(mapping),) if Path(mapping).is_file() else ()


def check_quality(files: Sequence[Path], mapping: str, place: Place, as_of: str = "") -> Checked:
    """Read an export and keep its quality report as a run folder."""
    history = read_history(files, mapping, as_of)
    grids = (findings_grid(history.quality.to_frame()), history_grid(history))
    answer = answer_of(history)
    settings = {"mapping": mapping, "as_of": as_of}
    question = Question(
        verb="quality", command=place.command, settings=settings, inputs=(*files, *mapping_files(mapping))
    )
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.table("findings", history.quality.to_frame())
        draft.table("set_aside", as_texts(history.quality.set_aside))
        draft.table("roster", history.roster.to_frame())
        sections = (Section("Findings", (), grids[:1]), Section("What the history holds", (), grids[1:]))
        draft.text("report.html", render(Report("The quality of the data", answer, sections, provenance(question))))
    return Checked(answer, grids, str(draft.folder))


def answer_of(history: History) -> str:
    """Say in one sentence how much of the export can be used."""
    quality, log = history.quality, history.log
    share = quality.rows_used / quality.rows_in if quality.rows_in else float("nan")
    used = f"{quality.rows_used:,} of {quality.rows_in:,} rows are used ({quantity(share, SHARE)})"
    counts = {
        severity: sum(found.severity == severity for found in quality.findings) for severity in ("error", "warning")
    }
    found = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    since, until = (log.instant(time).date() for time in log.window)
    return f"{used}: {log.n_leads:,} leads and {len(log):,} events from {since} to {until}, with {found}."


def history_grid(history: History) -> Grid:
    """Lay out the stages as the history shows them, so that a wrong mapping is seen."""
    log = history.log
    flows, stays = conversion_of_cohort(log), dwell_summary(log)
    rows = (
        (
            str(stage),
            f"{int(flows.loc[stage, 'entered']):,}",  # type: ignore[arg-type] # a cell
            quantity(float(flows.loc[stage, "conversion"]), SHARE),  # type: ignore[arg-type]
            quantity(float(flows.loc[stage, "still_open"]), SHARE),  # type: ignore[arg-type]
            quantity(float(stays.loc[stage, "median"]), DAYS),  # type: ignore[arg-type]
        )
        for stage in log.vocabulary["stage"]
    )
    won = int(log.of_kind(Kind.WON).sum())
    note = f"{won:,} wins; {len(history.roster):,} people or systems act in the history."
    columns = ("stage", "entered", "advanced", "still open", "median stay")
    return Grid.of("The stages in the history", columns, rows, note)


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows as they came, each value as text: a source's columns may mix types that Parquet can't hold."""
    return frame.astype("str")
