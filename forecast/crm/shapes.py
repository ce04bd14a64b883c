"""The three shapes in which a history comes, each turned into facts."""

from collections.abc import Callable

import numpy as np

from forecast.crm.export import Export
from forecast.crm.facts import ATTRIBUTES, FactList, Facts, What
from forecast.crm.findings import Finding, Rows
from forecast.crm.mapping import Mapping, Shape
from forecast.crm.parsing import NO_TIME, Flags, Micros, Texts
from sim.errors import DataError
from sim.eventlog import NONE, Codes

_NO_TIME = Finding("no-time", "error", "rows without a time", 0, "set aside", "nobody can say when they happened")


def read_facts(export: Export) -> Facts:
    """Turn an export into facts; what can't be placed is set aside in the export's ledger."""
    return _READERS[export.mapping.kind](export)


def _stage_history(export: Export) -> Facts:
    """A row for every change: the stage says what happened."""
    times = export.times("time")
    said = export.texts("stage")
    (owner, actor), people = export.people("owner", "actor")
    names = Meanings(export.mapping, said)
    cause, causes = names.causes(export.texts("cause"))
    _refuse_strangers(export, names, times.micros, "stage")
    actor = np.where(actor == NONE, owner, actor)
    facts = FactList()
    for what in (What.ENTERED, What.LOST, What.WON):
        rows = np.flatnonzero(names.means(what) & export.ledger.used)
        facts.add(what, rows, times.micros[rows], stage=names.stage[rows], actor=actor[rows], cause=cause[rows] if what is What.LOST else NONE)  # fmt: skip
    rows = np.flatnonzero(export.ledger.used)
    facts.add(What.CREATED, rows, export.others("created")[rows], actor=owner[rows])
    return _gathered(export, facts, owner, people, names.stages, causes, timed=bool((~times.day_only[times.known]).any()))


def _event_log(export: Export) -> Facts:
    """A row for every activity: the mapping says which ones move the deal and which are work on it."""
    mapping, used = export.mapping, export.ledger.used
    times = export.times("time")
    said = export.texts("activity")
    (owner, actor), people = export.people("owner", "actor")
    names = Meanings(mapping, said)
    cause, causes = names.causes(export.texts("cause"))
    _refuse_strangers(export, names, times.micros, "activity")
    actor = np.where(actor == NONE, owner, actor)
    used, facts = export.ledger.used, FactList()
    moves = used & ~names.work
    for what in (What.ENTERED, What.LOST, What.WON):
        rows = np.flatnonzero(names.means(what) & moves)
        facts.add(what, rows, times.micros[rows], stage=names.stage[rows], actor=actor[rows], cause=cause[rows] if what is What.LOST else NONE)  # fmt: skip
    rows = np.flatnonzero(names.creates & moves)
    facts.add(What.CREATED, rows, times.micros[rows], actor=actor[rows])
    _add_work(export, facts, names, times.micros, actor)
    return _gathered(export, facts, owner, people, names.stages, causes, timed=bool((~times.day_only[times.known]).any()), activities=said.texts)  # fmt: skip


def _add_work(export: Export, facts: FactList, names: "Meanings", micros: Micros, actor: Codes) -> None:
    touches = export.mapping.touches
    if touches is None:
        return
    mark = export.texts("lifecycle")
    known = np.zeros(len(export), bool)
    for what, text in ((What.STARTED, touches.start), (What.FINISHED, touches.end), (What.READY, touches.ready)):
        rows = np.flatnonzero(names.work & mark.where(text) & export.ledger.used) if text else np.empty(0, np.int64)
        facts.add(what, rows, micros[rows], stage=names.said.codes[rows], actor=actor[rows])
        known[rows] = True
    others = Finding("unknown-lifecycle", "info", "rows of work whose lifecycle mark the mapping does not name", 0, "set aside", "only start, end and ready are read")  # fmt: skip
    export.ledger.set_aside(np.flatnonzero(names.work & ~known), others)


def _opportunity_table(export: Export) -> Facts:
    """A row for every deal: its dates say when what happened, its stage only how it stands now."""
    _set_aside_doubles(export)
    facts = FactList()
    created = export.times("created")
    gone = Finding("no-created", "error", "deals without a creation date", 0, "set aside", "they can't be placed in time; if they are open, add the date in the CRM")  # fmt: skip
    export.ledger.set_aside(np.flatnonzero(~created.known), gone)
    (owner, closed_by), people = export.people("owner", "closed_by")
    deals = DealTable(export, created.micros, created.day_only, owner, np.where(closed_by == NONE, owner, closed_by))
    return deals.facts(facts, people)
