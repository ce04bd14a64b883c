"""What every test may ask for: each engine, real data where it is to hand, and Hypothesis at the right depth."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from studies.compiled_rules import are_compiled, compile_simulator, keep_compiled_rules

keep_compiled_rules()  # before any test module imports a compiled rule

from sim.simulate import COMPILED, REFERENCE  # noqa: E402 - imports compiled rules

ROOT = Path(__file__).parents[1]

# Derandomized, so that a failure seen once is seen by everybody; more examples in CI is how new ground is covered.
_SHARED = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", _SHARED, max_examples=50)
settings.register_profile("ci", _SHARED, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the simulator before the tests are shared out, or every worker would, at the same time."""
    if not hasattr(session.config, "workerinput") and not are_compiled():
        compile_simulator()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave theory's sizes that are slow for any engine to the compiled one: the other would take an hour."""
    theory = [item for item in items if item.path.parent.name == "theory"]
    twice_slow = [item for item in theory if len(list(item.iter_markers("slow"))) > 1]
    if twice_slow:
        config.hook.pytest_deselected(items=twice_slow)
        items[:] = [item for item in items if item not in twice_slow]


@pytest.fixture(params=[COMPILED, pytest.param(REFERENCE, marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine's name in turn; the reference engine takes its time."""
    return str(request.param)


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """A function from the name of a public data set to its folder; it skips the test where the folder is absent."""
    data = Path(os.environ.get("HEADRACE_DATA") or ROOT.parent / "shared" / "data")

    def folder(name: str) -> Path:
        if not (data / name).is_dir():
            pytest.skip(f"no data set {name!r} in {data}: set HEADRACE_DATA to the folder that holds it")
        return data / name

    return folder
