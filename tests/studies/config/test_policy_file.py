import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.errors import SpecError
from sim.pull import WAITING, FreeRep, UserPull
from sim.routing.registry import POLICIES
from sim.routing.user_function import UserFunction
from studies.config import dump_spec, parse_spec
from studies.config.choices import LENGTHS, PURE
from studies.config.policy_file import PolicyFunction, PullFunction, load_function, read_policy
from tests.studies.config.funnels import RICH

SOURCE = "def choose_rep(lead, now, load, reps, state):\n    return int(load.argmin())\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text(SOURCE, "utf-8")
    return tmp_path


def ask(function: PolicyFunction) -> int:
    return function(None, 0.0, np.array([2, 1]), None, np.zeros((2, 16)))


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


def test_a_funnel_file_carries_a_function_to_pull_by(own: Path) -> None:
    (own / "pull.py").write_text("def choose_lead(rep, now, queue, state):\n    return len(queue) - 1\n", "utf-8")
    text = dump_spec(RICH).replace("discipline: decay value", "choose_lead: pull.py:choose_lead")
    spec = parse_spec(text, folder=own)
    again = parse_spec(dump_spec(spec))
    pull = again.operation.teams[0].choose_lead
    assert isinstance(pull, UserPull)
    assert pull.choose(FreeRep(0, 0, 1.0, 1.0, 9, 0), 0.0, np.zeros(3, WAITING), np.zeros((2, 16))) == 2
    assert again == spec
    assert again.fingerprint == spec.fingerprint != RICH.fingerprint


def test_a_function_to_pull_by_is_held_to_its_own_signature() -> None:
    with pytest.raises(SpecError, match=r"own.py: choose_rep takes 5 .* must be choose_lead\(rep, now, queue, state\)"):
        PullFunction("own.py", "choose_rep", SOURCE)
    lost = PullFunction("own.py", "lost", "def lost(rep, now, queue, state):\n    return 'Ann'\n")
    with pytest.raises(SpecError, match=r"own.py: lost returned 'Ann'; return a lead's position in the queue, or -1"):
        lost(None, 0.0, None, None)


@pytest.mark.parametrize("text", ["own.py", "own.py:", "choose_rep", "own.txt:choose_rep"])
def test_a_policy_function_is_named_by_file_and_function(text: str) -> None:
    with pytest.raises(SpecError, match=r"write file\.py:choose_rep"):
        load_function(text)


def test_the_fields_that_take_units_are_fields() -> None:
    for kind, name in LENGTHS | PURE:
        assert name in kind.__dataclass_fields__
