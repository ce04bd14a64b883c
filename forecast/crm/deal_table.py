"""A row for every deal, its dates side by side: what happened when is in the dates, the stage only says how it stands now."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from forecast.crm.export import Export
from forecast.crm.facts import FactList, Facts, What, gathered
from forecast.crm.findings import Finding
from forecast.crm.meanings import Meanings, meanings, refuse_strangers
from forecast.crm.parsing import MICROS_A_DAY, NO_TIME, Flags, Micros, Times
from sim.eventlog import NONE, Codes

_AT_ONCE = 60_000_000  # microseconds: a deal that enters a stage within a minute of its creation was created there

_NO_CREATED = Finding(
    "no-created", "error", "deals without a creation date", 0, "set aside",
    "they can't be placed in time; fill in the date in the CRM if they are real",
)  # fmt: skip
_TWICE = Finding("id-twice", "error", "rows whose deal has another row", 0, "set aside", "the row with the latest dates is used")
_NO_CLOSE = Finding("no-close-date", "error", "closed deals without a close date", 0, "set aside", "nobody can say when they closed")  # fmt: skip
_EARLY_CLOSE = Finding(
    "closed-before-created", "error", "deals that closed before they were created", 0, "set aside",
    "one of the two dates is wrong, and nobody can say which",
)  # fmt: skip
_LATE_STAGE = Finding(
    "stage-after-close", "warning", "deals that entered a stage after they closed", 0, "repaired",
    "the later date is not read: a table of deals can't tell a reopened deal",
)  # fmt: skip
_UNDATED = Finding(
    "no-stage-date", "warning", "open deals whose stage has no date of entry", 0, "repaired",
    "counted from the export's last instant, the first at which they are known to stand there",
)  # fmt: skip
_SAME_DAY = Finding(
    "same-day-order", "info", "dates without a time of day that seemed to precede what led to them", 0, "repaired",
    "moved to the last known time of that day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Deals:
    """The dates of each deal: its creation, its entry into each stage, its end; and the stage in which it stands now."""

    created: Micros
    entered: dict[int, Micros]
    ended: Micros
    won: Flags
    stage: Codes
    cause: Codes

    @property
    def latest(self) -> Micros:
        """The last date before the end."""
        return np.maximum.reduce([self.created, *self.entered.values()])


def opportunity_table(export: Export) -> Facts:
    """Read a row for every deal."""
    created = export.times("created")
    export.ledger.set_aside(np.flatnonzero(~created.known), _NO_CREATED)
    words = meanings(export.mapping, export.texts("stage"), export.texts("cause"))
    if export.has("stage"):
        refuse_strangers(export, words, "stage")
    order = {stage: place for place, stage in enumerate(export.mapping.stages)}
    entered = {order[stage]: export.times_in(header, f"stage_dates.{stage}") for stage, header in export.stage_columns().items()}
    deals = _dated(export, words, created, entered)
    (owner, closed_by), people = export.people("owner", "closed_by")
    facts = FactList()
    _add_facts(export, facts, deals, owner, np.where(closed_by == NONE, owner, closed_by))
    texts = {"person": people, "stage": tuple(export.mapping.stages), "cause": words.causes}
    timed = any((times.known & ~times.day_only).any() for times in (created, *entered.values()))
    return gathered(export, facts, owner, texts, timed=bool(timed))


def _dated(export: Export, words: Meanings, created: Times, entered: dict[int, Times]) -> _Deals:
    """Put the dates of each deal in order, and set aside the deals whose dates can't be."""
    ended, won = _ends(export, words)
    floor, lifted = created.micros, np.zeros(len(export), bool)
    stages = {}
    for place, times in sorted(entered.items()):
        stages[place], moved = _after(times, floor, export.mapping.zone)
        floor, lifted = np.maximum(floor, _same_day(stages[place], floor, export.mapping.zone)), lifted | moved
    end, moved = _after(ended, floor, export.mapping.zone)
    used = export.ledger.used
    export.ledger.keep(np.flatnonzero((lifted | moved) & used), _SAME_DAY)
    early = (end != NO_TIME) & (end < created.micros)
    export.ledger.set_aside(np.flatnonzero(early), _EARLY_CLOSE)
    late = {place: (end != NO_TIME) & (micros > end) for place, micros in stages.items()}
    any_late = np.logical_or.reduce([np.zeros(len(export), bool), *late.values()])
    export.ledger.keep(np.flatnonzero(any_late & export.ledger.used), _LATE_STAGE)
    stages = {place: np.where(late[place], NO_TIME, micros) for place, micros in stages.items()}
    deals = _Deals(created.micros, stages, end, won, np.where(words.means(What.ENTERED), words.stage, NONE), words.cause)
    _set_aside_doubles(export, deals)
    return deals


def _ends(export: Export, words: Meanings) -> tuple[Times, Flags]:
    """When each deal ended, and whether it was won then."""
    nobody = Times(np.full(len(export), NO_TIME), np.zeros(len(export), bool), np.zeros(len(export), bool), 0)
    closed = export.times("closed") if export.has("closed") else nobody
    over = words.means(What.WON) | words.means(What.LOST)
    export.ledger.set_aside(np.flatnonzero(over & ~closed.known), _NO_CLOSE)
    won, lost = (export.times(field) if export.has(field) else nobody for field in ("won", "lost"))
    by_stage = np.where(over, closed.micros, NO_TIME)
    return Times(
        np.where(won.known, won.micros, np.where(lost.known, lost.micros, by_stage)),
        unread=nobody.unread,
        day_only=np.where(won.known, won.day_only, np.where(lost.known, lost.day_only, closed.day_only)),
        naive=0,
    ), np.asarray(won.known | (~lost.known & words.means(What.WON)))


def _after(times: Times, floor: Micros, zone: ZoneInfo) -> tuple[Micros, Flags]:
    """Move dates without a time of day to what they follow, where both fall on one day; also return which were moved."""
    moved = times.known & times.day_only & (times.micros < floor) & (_day(times.micros, zone) == _day(floor, zone))
    return np.where(moved, floor, times.micros), np.asarray(moved)


def _same_day(times: Micros, floor: Micros, zone: ZoneInfo) -> Micros:
    """Keep the times that fall on the day of ``floor``: only those may lift what follows."""
    return np.where((times != NO_TIME) & (_day(times, zone) == _day(floor, zone)), times, NO_TIME)


def _day(micros: Micros, zone: ZoneInfo) -> Micros:
    """Number the local days; a row without a time has a day of its own."""
    known = micros != NO_TIME
    local = pd.DatetimeIndex(np.where(known, micros, 0).astype("M8[us]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.where(known, local.as_unit("us").asi8 // MICROS_A_DAY, NO_TIME)


def _set_aside_doubles(export: Export, deals: _Deals) -> None:
    """Of the rows of one deal keep the one with the latest dates, and of those the last."""
    rows = np.flatnonzero(export.ledger.used)
    latest = np.maximum(deals.latest, deals.ended)[rows]
    best = rows[np.lexsort((rows, latest, export.lead.codes[rows]))]
    lead = export.lead.codes[best]
    export.ledger.set_aside(np.sort(best[:-1][lead[:-1] == lead[1:]]), _TWICE)


def _add_facts(export: Export, facts: FactList, deals: _Deals, owner: Codes, closer: Codes) -> None:
    rows = np.flatnonzero(export.ledger.used)
    facts.add(What.CREATED, rows, deals.created[rows], actor=owner[rows])
    for place, micros in deals.entered.items():
        facts.add(What.ENTERED, rows, micros[rows], stage=place, actor=owner[rows])
    _add_standing(export, facts, deals, owner)
    for what, flags in ((What.WON, deals.won), (What.LOST, ~deals.won)):
        ending = rows[flags[rows]]
        facts.add(what, ending, deals.ended[ending], actor=closer[ending], cause=deals.cause[ending])


def _add_standing(export: Export, facts: FactList, deals: _Deals, owner: Codes) -> None:
    """Add the entry into the first stage, at creation, and into the stage in which an open deal stands now."""
    used, first = export.ledger.used, np.minimum.reduce([np.full(len(export), np.iinfo(np.int64).max), *_dates(deals)])
    changed = export.others("stage_changed")
    standing = used & (deals.ended == NO_TIME) & (deals.stage != NONE)
    dated = np.logical_or.reduce([np.zeros(len(export), bool), *((deals.stage == p) & (m != NO_TIME) for p, m in deals.entered.items())])  # fmt: skip
    told = np.flatnonzero(standing & ~dated & (changed != NO_TIME))
    facts.add(What.ENTERED, told, np.maximum(changed, deals.created)[told], stage=deals.stage[told], actor=owner[told])
    born = standing & ~dated & (changed != NO_TIME) & (changed <= deals.created + _AT_ONCE)
    rows = np.flatnonzero(used & ~born & (first > deals.created + _AT_ONCE))
    facts.add(What.ENTERED, rows, deals.created[rows], stage=0, actor=owner[rows])
    untold = np.flatnonzero(standing & ~dated & (changed == NO_TIME) & (deals.stage > 0))
    export.ledger.keep(untold, _UNDATED)
    if len(untold):
        last = np.full(len(untold), max(int(deals.latest[used].max()), int(deals.ended[used].max())))
        facts.add(What.ENTERED, untold, last, stage=deals.stage[untold], actor=owner[untold])


def _dates(deals: _Deals) -> list[Micros]:
    return [np.where(micros == NO_TIME, np.iinfo(np.int64).max, micros) for micros in deals.entered.values()]
