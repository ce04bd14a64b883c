"""A row for every deal: what happened when is in its dates, side by side; its stage only says how it stands now."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from forecast.crm.export import Export
from forecast.crm.facts import FactList, Facts, What, gathered
from forecast.crm.findings import Finding
from forecast.crm.instants import NO_TIME, Micros, local_day
from forecast.crm.meanings import Meanings, meanings, refuse_strangers
from forecast.crm.parsing import Flags, Times
from sim.eventlog import NONE, Codes

_AT_ONCE = 60_000_000  # microseconds: a deal that enters a stage within a minute of its creation was created there

_NO_CREATED = Finding(
    "no-created", "error", "deals without a creation date", 0, "set aside",
    "they can't be placed in time; fill in the date in the CRM if they are real",
)  # fmt: skip
_TWICE = Finding(
    "id-twice", "error", "rows whose deal has another row", 0, "set aside", "the row with the latest dates is used"
)
_NO_CLOSE = Finding(
    "no-close-date", "error", "closed deals without a close date", 0, "set aside", "nobody can say when they closed"
)
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
_NO_STAGE = Finding(
    "no-stage", "warning", "deals without a stage", 0, "kept", "they stand where their dates say, or in the first stage"
)
_SAME_DAY = Finding(
    "same-day-order", "info", "deals with a date that seems to precede what led to it, for want of a time of day", 0,
    "repaired", "moved to the last known time of that day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Deals:
    """The dates of each deal, of its creation, entry into each stage and end; and the stage in which it stands now."""

    created: Micros
    changed: Micros
    entered: dict[int, Micros]
    ended: Micros
    won: Flags
    stage: Codes
    cause: Codes

    @property
    def latest(self) -> Micros:
        """The last date of each deal."""
        return _latest([self.created, self.changed, self.ended, *self.entered.values()])


def opportunity_table(export: Export) -> Facts:
    """Read a row for every deal."""
    created = export.times("created")
    export.ledger.set_aside(np.flatnonzero(~created.known), _NO_CREATED)
    words = _stages_now(export)
    order = {stage: place for place, stage in enumerate(export.mapping.stages)}
    columns = export.stage_columns().items()
    entered = {order[stage]: export.times_in(header, f"stage_dates.{stage}") for stage, header in columns}
    deals = _dated(export, words, created, entered)
    (owner, closed_by), people = export.people("owner", "closed_by")
    facts = FactList()
    _add_facts(export, facts, deals, owner, np.where(closed_by == NONE, owner, closed_by))
    texts = {"person": people, "stage": tuple(export.mapping.stages), "cause": words.causes}
    timed = any(bool((times.known & ~times.day_only).any()) for times in (created, *entered.values()))
    return gathered(export, facts, owner, texts, timed=timed)


def _stages_now(export: Export) -> Meanings:
    words = meanings(export.mapping, export.texts("stage"), export.texts("cause"))
    if export.has("stage"):
        export.ledger.keep(np.flatnonzero((words.said.codes == NONE) & export.ledger.used), _NO_STAGE)
        refuse_strangers(export, words, "stage")
    return words


def _dated(export: Export, words: Meanings, created: Times, entered: dict[int, Times]) -> _Deals:
    """Put the dates of each deal in order, and set aside the deals whose dates can't be."""
    zone, (ends, won) = export.mapping.zone, _ends(export, words)
    known, moved = [created.micros], np.zeros(len(export), bool)
    for _, times in sorted(entered.items()):
        known.append(_not_before(times, known, zone))
        moved |= known[-1] != times.micros
    ended = _not_before(ends, known, zone)
    export.ledger.keep(np.flatnonzero((moved | (ended != ends.micros)) & export.ledger.used), _SAME_DAY)
    over = ended != NO_TIME
    export.ledger.set_aside(np.flatnonzero(over & (ended < created.micros)), _EARLY_CLOSE)
    late = np.logical_or.reduce([over & (times > ended) for times in known]) & export.ledger.used
    export.ledger.keep(np.flatnonzero(late), _LATE_STAGE)
    stages = {
        place: np.where(over & (times > ended), NO_TIME, times)
        for place, times in zip(sorted(entered), known[1:], strict=True)
    }
    stage = np.where(words.means(What.ENTERED), words.stage, NONE).astype(np.int32)
    changed = export.times("stage_changed").micros if export.has("stage_changed") else np.full(len(export), NO_TIME)
    deals = _Deals(created.micros, changed, stages, ended, won, stage, words.cause)
    _set_aside_doubles(export, deals)
    return deals


def _ends(export: Export, words: Meanings) -> tuple[Times, Flags]:
    """When each deal ended, and whether it was won then: by dates of winning and losing, else by its stage."""
    nothing = np.zeros(len(export), bool)
    never = Times(np.full(len(export), NO_TIME), nothing, nothing, 0)
    closed, won, lost = (export.times(f) if export.has(f) else never for f in ("closed", "won", "lost"))
    over = words.means(What.WON) | words.means(What.LOST)
    by_date = won.known | lost.known
    export.ledger.set_aside(np.flatnonzero(over & ~closed.known & ~by_date), _NO_CLOSE)
    micros = np.where(won.known, won.micros, np.where(lost.known, lost.micros, np.where(over, closed.micros, NO_TIME)))
    day_only = np.where(won.known, won.day_only, np.where(lost.known, lost.day_only, closed.day_only))
    return Times(micros, nothing, day_only, 0), np.where(by_date, won.known, words.means(What.WON))


def _not_before(times: Times, earlier: list[Micros], zone: ZoneInfo) -> Micros:
    """Move dates without a time of day to the latest of the earlier times that fall on the same day."""
    day, moved = local_day(times.micros, zone), times.micros
    for before in earlier:
        same_day = times.known & times.day_only & (local_day(before, zone) == day)
        moved = np.where(same_day, np.maximum(moved, before), moved)
    return moved


def _set_aside_doubles(export: Export, deals: _Deals) -> None:
    """Of the rows of one deal keep the one with the latest dates, and of those the last."""
    rows = np.flatnonzero(export.ledger.used)
    best = rows[np.lexsort((rows, deals.latest[rows], export.lead.codes[rows]))]
    lead = export.lead.codes[best]
    export.ledger.set_aside(np.sort(best[:-1][lead[:-1] == lead[1:]]), _TWICE)


def _add_facts(export: Export, facts: FactList, deals: _Deals, owner: Codes, closer: Codes) -> None:
    rows = np.flatnonzero(export.ledger.used)
    facts.add(What.CREATED, rows, deals.created[rows], actor=owner[rows])
    for place, times in deals.entered.items():
        facts.add(What.ENTERED, rows, times[rows], stage=place, actor=owner[rows])
    _add_standing(export, facts, deals, owner)
    for what, flags in ((What.WON, deals.won), (What.LOST, ~deals.won)):
        ending = rows[flags[rows]]
        facts.add(what, ending, deals.ended[ending], actor=closer[ending], cause=deals.cause[ending])


def _add_standing(export: Export, facts: FactList, deals: _Deals, owner: Codes) -> None:
    """Add the entry into the stage in which an open deal stands now, and into the first stage at its creation."""
    used, nowhere = export.ledger.used, np.zeros(len(export), bool)
    dated = np.logical_or.reduce([nowhere, *((deals.stage == p) & (t != NO_TIME) for p, t in deals.entered.items())])
    standing = used & (deals.ended == NO_TIME) & (deals.stage != NONE) & ~dated
    told = standing & (deals.changed != NO_TIME)
    changed = np.where(told, np.maximum(deals.changed, deals.created), NO_TIME)
    rows = np.flatnonzero(told)
    facts.add(What.ENTERED, rows, changed[rows], stage=deals.stage[rows], actor=owner[rows])
    untold = np.flatnonzero(standing & ~told & (deals.stage > 0))
    export.ledger.keep(untold, _UNDATED)
    last = np.full(len(untold), deals.latest[used].max(initial=NO_TIME))
    facts.add(What.ENTERED, untold, last, stage=deals.stage[untold], actor=owner[untold])
    at_once = [(t != NO_TIME) & (t <= deals.created + _AT_ONCE) for t in (changed, *deals.entered.values())]
    rows = np.flatnonzero(used & ~np.logical_or.reduce(at_once))
    facts.add(What.ENTERED, rows, deals.created[rows], stage=0, actor=owner[rows])


def _latest(times: list[Micros]) -> Micros:
    latest: Micros = np.maximum.reduce(times)
    return latest
