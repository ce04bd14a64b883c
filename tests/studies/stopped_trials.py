"""A search that tries plans, stopped in the middle and gone on with: the same bytes as one that never stopped."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from studies import cli
from studies.trials import Trials


def results(folder: Path) -> dict[str, bytes]:
    """Return a run's files but for its manifest."""
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.name != "manifest.json"}


def goes_on_to_the_same_bytes(ask: Sequence[str], here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a search undisturbed into ``whole``, then into ``stopped``: stopped at its third trial, and gone on with."""
    assert cli.run([*ask, "--output", "whole"]) == cli.OK
    plain, calls = Trials.__call__, []

    def stops(self: Trials, *asked: object) -> object:
        calls.append(asked)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return plain(self, *asked)  # type: ignore[arg-type]

    monkeypatch.setattr(Trials, "__call__", stops)
    assert cli.run([*ask, "--output", "stopped"]) == cli.INTERRUPTED
    monkeypatch.setattr(Trials, "__call__", plain)
    assert cli.run([*ask, "--resume", "stopped", "--workers", "2"]) == cli.OK
    assert results(here / "stopped") == results(here / "whole")
