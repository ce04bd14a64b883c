"""Two shapes whose rows carry their own time: a stage history, and an event log with work on the deals as well."""

import numpy as np

from forecast.crm.export import Export
from forecast.crm.facts import MOVES, FactList, Facts, What, gathered
from forecast.crm.findings import Finding
from forecast.crm.instants import Micros
from forecast.crm.meanings import Meanings, meanings, refuse_strangers
from forecast.crm.parsing import Times
from sim.eventlog import NONE, Codes

_NO_TIME = Finding("no-time", "error", "rows without a time", 0, "set aside", "nobody can say when they happened")
_OTHER_MARKS = Finding(
    "unknown-lifecycle", "info", "rows of work with a lifecycle mark that the mapping does not name", 0, "set aside",
    "only the marks under `touches` are read",
)  # fmt: skip


def stage_history(export: Export) -> Facts:
    """Read a row for every change of stage, amount or owner."""
    return _rows(export, "stage")


def event_log(export: Export) -> Facts:
    """Read a row for every activity: some move a deal, some are work on it."""
    return _rows(export, "activity")


def _rows(export: Export, field: str) -> Facts:
    times = export.times("time")
    export.ledger.set_aside(np.flatnonzero(~times.known), _NO_TIME)
    words = meanings(export.mapping, export.texts(field), export.texts("cause"))
    gone = Finding(f"no-{field}", "warning", f"rows without {field}", 0, "set aside", "they move no deal")
    export.ledger.set_aside(np.flatnonzero(words.said.codes == NONE), gone)
    refuse_strangers(export, words, field)
    (owner, actor), people = export.people("owner", "actor")
    doer = np.where(actor == NONE, owner, actor)
    facts = FactList()
    _add_work(export, facts, words, times.micros, doer)
    _add_moves(export, facts, words, times.micros, doer)
    _add_creations(export, facts, words, times.micros, doer)
    texts = {"person": people, "stage": words.stages, "activity": words.said.texts, "cause": words.causes}
    return gathered(export, facts, owner, texts, timed=_timed(times))


def _timed(times: Times) -> bool:
    return bool((times.known & ~times.day_only).any())


def _add_moves(export: Export, facts: FactList, words: Meanings, micros: Micros, doer: Codes) -> None:
    for what in MOVES:
        rows = np.flatnonzero(words.means(what) & export.ledger.used)
        facts.add(what, rows, micros[rows], stage=words.stage[rows], actor=doer[rows], cause=words.cause[rows])


def _add_creations(export: Export, facts: FactList, words: Meanings, micros: Micros, doer: Codes) -> None:
    """Create leads by their activity, where they stand in the first stage, or when the row's own column says."""
    rows = np.flatnonzero(words.creates & export.ledger.used)
    facts.add(What.CREATED, rows, micros[rows], actor=doer[rows])
    if export.mapping.stages:
        rows = rows[~words.means(What.ENTERED)[rows]]
        facts.add(What.ENTERED, rows, micros[rows], stage=0, actor=doer[rows])
    if export.has("created"):
        rows = np.flatnonzero(export.ledger.used)
        facts.add(What.STATED, rows, export.times("created").micros[rows])


def _add_work(export: Export, facts: FactList, words: Meanings, micros: Micros, doer: Codes) -> None:
    touches = export.mapping.touches
    if touches is None:
        return
    mark = export.texts("lifecycle")
    read = np.zeros(len(export), bool)
    for what, text in ((What.STARTED, touches.start), (What.FINISHED, touches.end), (What.READY, touches.ready)):
        if text:
            rows = np.flatnonzero(words.work & mark.where(text) & export.ledger.used)
            facts.add(what, rows, micros[rows], stage=words.said.codes[rows], actor=doer[rows])
            read[rows] = True
    export.ledger.set_aside(np.flatnonzero(words.work & ~read), _OTHER_MARKS)
