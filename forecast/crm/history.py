"""A company's history as Headrace reads it: what happened, who worked on it, and how far it can be trusted.

What was known at a date is read from the facts up to that date, never cut out of a log that later facts have shaped:
nothing can leak.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from forecast.crm.assemble import assemble
from forecast.crm.binding import Sources
from forecast.crm.checks import Subject, check
from forecast.crm.deal_table import opportunity_table
from forecast.crm.export import Export
from forecast.crm.facts import Facts
from forecast.crm.findings import Finding, Ledger, QualityReport, worst_first
from forecast.crm.instants import micros_of
from forecast.crm.mapping import Mapping
from forecast.crm.mapping_parts import Shape
from forecast.crm.openings import opening_of
from forecast.crm.roster import Roster, RosterRep, listed_reps, roster_of
from forecast.crm.row_histories import event_log, stage_history
from forecast.crm.stage_order import in_funnel_order
from forecast.crm.walk import Walk, walk
from sim.errors import DataError
from sim.eventlog import EventLog
from sim.opening import Opening

_SHAPES = {Shape.STAGE_HISTORY: stage_history, Shape.OPPORTUNITY_TABLE: opportunity_table, Shape.EVENT_LOG: event_log}
_LATER = Finding(
    "after-as-of", "info", "rows that lie after the as-of date", 0, "set aside", "nobody could know them then"
)
_FUTURE = Finding(
    "future-date",
    "error",
    "rows dated after the export was made",
    0,
    "set aside",
    "a plan or a mistake; it has not happened",
)


@dataclass(frozen=True, slots=True)
class _Known:
    """The export with everything that it says, whatever its date."""

    export: Export
    facts: Facts
    listed: dict[str, RosterRep]


@dataclass(frozen=True)
class History:
    """What an export tells, up to a date.

    Attributes
    ----------
    log
        The events.
    roster
        The reps.
    quality
        What is wrong with the export, and what was done about it; worked out when it is first asked for.
    """

    log: EventLog
    roster: Roster
    _known: _Known = field(repr=False)
    _walk: Walk = field(repr=False)
    _ledger: Ledger = field(repr=False)

    @cached_property
    def quality(self) -> QualityReport:
        """What is wrong with the export, and what was done about it."""
        export, ledger = self._known.export, self._ledger.copy()
        for finding in check(Subject(self._walk, self.log, self.roster, export.mapping.zone)):
            ledger.note(finding)
        return _report(export, ledger)

    def at(self, as_of: datetime) -> "History":
        """Return the history as it was known at ``as_of``; a time without a zone is one of the account's."""
        return _told(self._known, _zoned(as_of, self._known.export.mapping))

    def opening(self, as_of: datetime | None = None) -> Opening:
        """List the deals that were open at ``as_of``, as they were known then; None is the history's last instant."""
        if as_of is None:
            return opening_of(self.log, self.log.instant(self.log.window[1]), self.log.window[1])
        log = self.at(as_of).log
        return opening_of(log, _zoned(as_of, self._known.export.mapping), log.window[1])


def read(mapping: Mapping, sources: Sources, as_of: datetime | None = None) -> History:
    """Read a CRM export.

    Parameters
    ----------
    mapping
        What its columns mean: `load_mapping` reads one from a file or takes a preset.
    sources
        One file, several, or table name → file. Files without a name find their tables by their columns; files of the
        same columns are stacked.
    as_of
        Leave out whatever is later; a time without a zone is one of the account's. None reads everything.

    Raises
    ------
    DataError
        A file that can't be read as the mapping says; the message gives the file, the line or field, the value and the
        fix.
    """
    export = Export(mapping, sources)
    facts = _SHAPES[mapping.kind](export)
    export.note_zone()
    export.note_undated()
    known = _Known(export, facts, listed_reps(export))
    if mapping.extracted is not None:
        known = _Known(export, _until(facts, export.ledger, _zoned(mapping.extracted, mapping), _FUTURE), known.listed)
    if not len(known.facts):
        raise DataError(
            f"{export.main.file}: none of its {len(export)} rows can be read; {_main_reason(export.ledger)}"
        )
    return _told(known, None if as_of is None else _zoned(as_of, mapping))


def _told(known: _Known, as_of: datetime | None) -> History:
    """Put together what was known at an instant, or at the end."""
    export, mapping, ledger = known.export, known.export.mapping, known.export.ledger.copy()
    facts, end = known.facts, _last_instant(known)
    if as_of is not None:
        end, facts = micros_of(as_of), _until(facts, ledger, as_of, _LATER)
    if not len(facts):
        raise DataError(f"{export.main.file}: {_too_early(known, as_of)}")
    facts = facts if facts.ordered else in_funnel_order(facts)
    way = walk(facts, ledger, backward=mapping.backward)
    teams = {rep.name: rep.team for rep in known.listed.values()}
    log = assemble(way, ledger, zone=mapping.zone, end=end, teams=teams)
    return History(log, roster_of(log, known.listed, mapping.system_actors), known, way, ledger)


def _too_early(known: _Known, as_of: datetime | None) -> str:
    first = pd.Timestamp(int(known.facts.time.min()), unit="us", tz=known.export.mapping.zone)
    return f"nothing is known at {as_of}; its first row is of {first:%Y-%m-%d}, take a later date"


def _last_instant(known: _Known) -> int:
    last, extracted = int(known.facts.time.max()), known.export.mapping.extracted
    return last if extracted is None else max(last, micros_of(_zoned(extracted, known.export.mapping)))


def _until(facts: Facts, ledger: Ledger, instant: datetime, finding: Finding) -> Facts:
    """Keep the facts up to an instant, and set aside the rows that have none left."""
    known = facts.until(micros_of(instant))
    gone = np.setdiff1d(facts.row, known.row)
    ledger.set_aside(gone, finding)
    return known


def _zoned(instant: datetime, mapping: Mapping) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=mapping.zone)


def _main_reason(ledger: Ledger) -> str:
    worst = max(ledger.findings, key=lambda finding: finding.count, default=None)
    return f"{worst.count} {worst.what}: {worst.why}" if worst else "check the mapping"


def _report(export: Export, ledger: Ledger) -> QualityReport:
    table, broken = export.main, export.main.malformed
    aside = np.flatnonzero(~ledger.used)
    places = [table.place(int(row)) for row in aside] + [(file, line) for file, line, _ in broken]
    codes = [ledger.codes[reason] for reason in ledger.reason[aside]] + ["malformed-line"] * len(broken)
    where = pd.DataFrame(places, columns=["file", "row"])
    where["code"], where["text"] = codes, [""] * len(aside) + [text for *_, text in broken]
    rows = table.data.take(aside).to_pandas().reindex(range(len(where)))
    frame = where.join(rows.rename(columns={name: f"source {name}" for name in where.columns}))
    return QualityReport(worst_first(ledger.findings), len(table) + len(broken), int(ledger.used.sum()), frame)
