"""From a kept run to a pack: which pages tell it depends on the tables that the run holds."""

from collections.abc import Callable
from datetime import UTC, datetime

from studies.funnel_folder import ESTIMATES, FINDINGS
from studies.language import Language, Words, words_of
from studies.look import FLOOR, SCATTERED
from studies.pack import any_run, compared, forecasted, judged, simulated
from studies.pack.assumptions import assumptions_page
from studies.pack.document import Pack, Page
from studies.pack.scale import scaled
from studies.pack.speaking import date_of, named
from studies.store import Manifest, Run
from studies.wording import DASH

type Teller = Callable[[Run, Words], tuple[Page, ...]]

_TELLERS: tuple[tuple[frozenset[str], Teller], ...] = (
    (frozenset({"comparison", "kpis"}), compared.pages),
    (frozenset({"forecast", "deals"}), forecasted.pages),
    (frozenset({"hindcast"}), judged.hindcast_pages),
    (frozenset({"folds", "scores"}), judged.backtest_pages),
)
"""The tables that a run must hold → who tells it; the first that fits does."""
_BESIDE = frozenset({*FLOOR, "reps", ESTIMATES, FINDINGS})
"""What a simulation keeps beside its figures; a run that holds more answers another question."""
_DIGITS = 12
"""Of a fingerprint: enough to tell any two funnels apart."""


def tell(run: Run, language: Language) -> Pack:
    """Say what a run found, in pages.

    Raises
    ------
    DataError
        If a table of the run can't be read.
    """
    words, held = words_of("studies", language), set(run.tables)
    manifest = run.manifest
    return Pack(
        language=language,
        title=named(words, "question", manifest.verb),
        pages=tuple(scaled(page, words) for page in (*_teller(held)(run, words), assumptions_page(run, words))),
        stamp=_stamp(run, words),
        origin=_origin(run, words),
        made=datetime.fromisoformat(manifest.created).astimezone(UTC),
    )


def answer_in(run: Run, language: Language) -> str:
    """Return what a run found in one sentence: its own in English, else what a pack in that language claims first."""
    if language is Language.ENGLISH:
        return run.manifest.answer
    words = words_of("studies", language)
    return scaled(_teller(set(run.tables))(run, words)[0], words).claim


def _teller(held: set[str]) -> Teller:
    otherwise = simulated.pages if held - _BESIDE == {SCATTERED} else any_run.pages
    return next((teller for needed, teller in _TELLERS if needed <= held), otherwise)


def _stamp(run: Run, words: Words) -> str:
    manifest = run.manifest
    return words(
        "pack.stamp",
        run=run.name,
        seed=_seed(manifest),
        fingerprint=manifest.fingerprint[:_DIGITS] or DASH,
        as_of=date_of(words, manifest.known_until),
    )


def _seed(manifest: Manifest) -> str:
    return DASH if manifest.seed is None else str(manifest.seed)


def _origin(run: Run, words: Words) -> tuple[tuple[str, str], ...]:
    manifest = run.manifest
    values = {
        "run": run.name,
        "command": " ".join(manifest.command) or f"headrace {manifest.verb}",
        "seed": _seed(manifest),
        "fingerprint": manifest.fingerprint,
        "as_of": date_of(words, manifest.known_until),
        "inputs": ", ".join(f"{file.path} ({file.sha256[:_DIGITS]})" for file in manifest.inputs),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest.versions.items()),
    }
    return tuple((words(f"origin.{name}"), value) for name, value in values.items() if value)
