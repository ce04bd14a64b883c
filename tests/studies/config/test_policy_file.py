import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.errors import SpecError
from sim.routing.registry import POLICIES
from sim.routing.user_function import UserFunction
from studies.config import dump_spec, parse_spec
from studies.config.choices import LENGTHS, PURE
from studies.config.policy_file import PolicyFunction, load_function, read_policy
from tests.studies.config.funnels import RICH

SOURCE = "def choose_rep(lead, now, load, reps, state):\n    return int(load.argmin())\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text(SOURCE, "utf-8")
    return tmp_path


def ask(function: PolicyFunction) -> int:
    return function(None, 0.0, np.array([2, 1]), None, np.zeros((2, 16)))  # type: ignore[arg-type]


def test_a_policy_of_ones_own_is_called(own: Path) -> None:
    assert ask(load_function("own.py:choose_rep", own)) == 1


def test_a_policy_travels_to_another_process_by_its_text(own: Path) -> None:
    function = load_function("own.py:choose_rep", own)
    (own / "own.py").unlink()
    again = pickle.loads(pickle.dumps(function))  # noqa: S301
    assert again == function
    assert ask(again) == 1


def test_a_funnel_file_carries_the_policy_and_its_fingerprint(own: Path) -> None:
    text = dump_spec(RICH).replace("routing: by-region", "routing: {rank: [{function: own.py:choose_rep}]}")
    spec = parse_spec(text, folder=own)
    (own / "own.py").unlink()
    again = parse_spec(dump_spec(spec))
    assert again == spec
    assert again.fingerprint == spec.fingerprint != RICH.fingerprint


def test_a_policy_without_an_opinion_falls_back_on_the_fewest_open_deals(own: Path) -> None:
    function, second = read_policy("own.py:choose_rep", own).rank
    assert isinstance(function, UserFunction)
    assert (second,) == POLICIES["least-open"].rank


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1 / 0", r"own.py, line 2: choose_rep failed \(ZeroDivisionError: division by zero\)"),
        ("return 'Ann'", "own.py: choose_rep returned 'Ann'; return a rep's position"),
        ("return True", "own.py: choose_rep returned True"),
        ("return None", "own.py: choose_rep returned None"),
    ],
)
def test_a_policy_that_fails_is_answered_in_one_line(body: str, told: str) -> None:
    source = f"def choose_rep(lead, now, load, reps, state):\n    {body}\n"
    with pytest.raises(SpecError, match=told):
        ask(PolicyFunction("own.py", "choose_rep", source))


@pytest.mark.parametrize("text", ["own.py", "own.py:", "choose_rep", "own.txt:choose_rep"])
def test_a_policy_function_is_named_by_file_and_function(text: str) -> None:
    with pytest.raises(SpecError, match=r"write file\.py:choose_rep"):
        load_function(text)


def test_the_fields_that_take_units_are_fields() -> None:
    for kind, name in LENGTHS | PURE:
        assert name in kind.__dataclass_fields__
