"""What every study keeps and says of itself: where its run folder goes, and the provenance in its report."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studies.store import Question, versions


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run folder goes.

    Attributes
    ----------
    root
        Folder of all runs.
    folder
        A place of its own instead.
    replace
        Whether ``folder`` may take the place of one that is there.
    resume
        The run, stopped or killed, that the command goes on with; None to begin one.
    command
        The command line, for the manifest.
    """

    root: Path = Path("runs")
    folder: Path | None = None
    replace: bool = False
    resume: Path | None = None
    command: tuple[str, ...] = ()


def provenance(question: Question) -> Mapping[str, str]:
    """Return what a report says about its own origin; no times and no counts of workers, which change no result."""
    single = {name: value for name, value in question.settings.items() if isinstance(value, str | int | float)}
    settings = ", ".join(f"{name} {value}" for name, value in single.items() if value != "")
    about = {
        "asked": f"headrace {question.verb}",
        "settings": settings,
        "seed": "" if question.seed is None else str(question.seed),
        "funnel": question.fingerprint,
        "inputs": ", ".join(path.name for path in question.inputs),
        "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }
    return {name: text for name, text in about.items() if text}
