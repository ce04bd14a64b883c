"""Packs of every kind of run, made once."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from studies.language import Language
from studies.pack.document import Pack
from studies.pack.story import tell
from studies.store import Run
from tests.studies.pack.kept_runs import KINDS


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Run]:
    root = tmp_path_factory.mktemp("runs")
    return {name: make(root) for name, make in KINDS.items()}


@pytest.fixture(scope="session")
def told(runs: Mapping[str, Run]) -> Callable[[str, Language], Pack]:
    return cache(lambda name, language: tell(runs[name], language))
