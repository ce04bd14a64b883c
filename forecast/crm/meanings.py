"""What the source's words mean: a stage of the funnel, a win, a loss with its cause, work, or nothing that we read."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from forecast.crm.export import Export
from forecast.crm.facts import What
from forecast.crm.findings import SHOWN, Finding
from forecast.crm.mapping import Mapping
from forecast.crm.parsing import Flags, Texts
from sim.errors import DataError
from sim.eventlog import NONE, Codes

_COMPARED = 50  # unknown words that are compared with the known ones

_IGNORED = Finding(
    "ignored", "info", "rows that the mapping leaves out", 0, "set aside", "their words stand under `ignored`"
)


@dataclass(frozen=True, slots=True)
class Meanings:
    """A column of words, row by row.

    Attributes
    ----------
    said
        The words.
    what
        One of the moves `MOVES`, or `NONE` where a row moves nothing.
    stage, cause
        Codes of ``stages`` and ``causes`` for the rows that enter a stage or lose the deal.
    creates, work, ignored
        Rows whose activity creates a lead, is work on it, or is deliberately left out.
    """

    said: Texts
    what: Codes
    stage: Codes
    cause: Codes
    creates: Flags
    work: Flags
    ignored: Flags
    stages: tuple[str, ...]
    causes: tuple[str, ...]

    def means(self, what: What) -> Flags:
        """Flag the rows that mean ``what``."""
        return np.asarray(self.what == what)

    @property
    def unknown(self) -> Flags:
        """Flag the rows whose word the mapping doesn't have."""
        known = (self.what != NONE) | self.creates | self.work | self.ignored
        return np.asarray(~known & (self.said.codes != NONE))


def meanings(mapping: Mapping, said: Texts, reasons: Texts) -> Meanings:
    """Look up every distinct word once; ``reasons`` are the causes that the rows name themselves."""
    work = mapping.touches.activities if mapping.touches else ()
    stages, stage = _stage_codes(mapping, said, work)
    what = np.where(stage != NONE, What.ENTERED, NONE)
    for kind, words in ((What.NURTURED, mapping.nurtured), (What.LOST, mapping.lost), (What.WON, mapping.won)):
        what = np.where(_among(said, words), kind, what)
    causes = tuple(dict.fromkeys([*filter(None, mapping.lost.values()), *reasons.texts]))
    code = {cause: place for place, cause in enumerate(causes)}
    implied = _by_word(said, [code.get(mapping.lost.get(text, ""), NONE) for text in said.texts])
    named = _by_word(reasons, [code[text] for text in reasons.texts])
    return Meanings(
        said=said,
        what=_by_word(said, what.tolist()),
        stage=_by_word(said, stage.tolist()),
        cause=np.where(implied == NONE, named, implied),
        creates=_by_word(said, _among(said, mapping.created).tolist()) == 1,
        work=_by_word(said, _among(said, work).tolist()) == 1,
        ignored=_by_word(said, _among(said, mapping.ignored).tolist()) == 1,
        stages=stages,
        causes=causes,
    )


def _stage_codes(mapping: Mapping, said: Texts, work: tuple[str, ...]) -> tuple[tuple[str, ...], Codes]:
    """Stages and the stage of each word; without stages in the mapping every word that means nothing else is one."""
    if mapping.stages:
        names = tuple(mapping.stages)
        place = {word: code for code, words in enumerate(mapping.stages.values()) for word in words}
    else:
        others = {*mapping.won, *mapping.lost, *mapping.nurtured, *mapping.ignored, *work}
        names = tuple(text for text in said.texts if text not in others)
        place = {text: code for code, text in enumerate(names)}
    return names, np.array([place.get(text, NONE) for text in said.texts], np.int32)


def _among(said: Texts, words: Iterable[str]) -> Flags:
    among = frozenset(words)
    return np.array([text in among for text in said.texts], np.bool_)


def _by_word(said: Texts, values: list[int]) -> Codes:
    return np.array([*values, NONE], np.int32)[said.codes]


def refuse_strangers(export: Export, words: Meanings, field: str) -> None:
    """Set aside the rows whose word is unknown or ignored; raise `DataError` if nothing is left to read."""
    used, ledger = export.ledger.used, export.ledger
    why = f"add them under `stages`, `won`, `lost` or `ignored`; {_resemblance(export.mapping, words)}"
    strangers = np.flatnonzero(words.unknown & used)
    names = tuple(words.said.texts[code] for code in np.unique(words.said.codes[strangers]))
    if len(strangers) and not (used & (words.what != NONE)).any():
        header = export.fields[field]
        known = ", ".join([name for names in export.mapping.stages.values() for name in names] + [*export.mapping.won])
        met = ", ".join(repr(name) for name in names[:SHOWN])
        raise DataError(
            f"{export.main.file}: the column {header!r} holds none of the mapping's words ({known}) but {met}"
        )
    what = f"rows whose {field} the mapping does not name"
    ledger.set_aside(strangers, Finding(f"unknown-{field}", "error", what, 0, "set aside", why, names[:SHOWN]))
    ledger.set_aside(np.flatnonzero(words.ignored), _IGNORED)


def _resemblance(mapping: Mapping, words: Meanings) -> str:
    known = [word for names in mapping.stages.values() for word in names]
    known += [*mapping.won, *mapping.lost, *mapping.nurtured]
    unknown = [words.said.texts[code] for code in np.unique(words.said.codes[words.unknown])]
    pairs = [(word, get_close_matches(word, known, 1)) for word in unknown[:_COMPARED]]
    close = [f"{word!r} looks like {match[0]!r}" for word, match in pairs if match]
    return "; ".join(close[:SHOWN]) or "none resembles a known one"
