"""Scenario files: read, written, read again; the docs and the catalogue teach every lever."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.levers.headcount import Hire
from scenarios.levers.registry import LEVERS
from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import Scenario
from sim.errors import SpecError
from studies.config import ScenarioFile, read_scenarios, write_scenarios
from studies.lever_catalogue import EXAMPLES, catalogue_text, example
from tests.scenarios.test_levers import ELSEWHERE, IDLE, SIZED, ZERO
from tests.studies.config.test_broken_scenarios import FUNNEL, GOOD

PAGE = (Path(__file__).parents[3] / "docs" / "scenario-file.md").read_text("utf-8")
LEVERS_OF_ALL_KINDS = [*ZERO, *IDLE, *SIZED, *ELSEWHERE]


@given(st.lists(st.lists(st.sampled_from(LEVERS_OF_ALL_KINDS), max_size=4), min_size=1, max_size=4), st.floats(0, 1e9))
def test_a_file_written_and_read_is_the_same_file(plans: list[list[object]], target: float) -> None:
    named = tuple(Scenario(f"plan {number}", tuple(levers)) for number, levers in enumerate(plans))  # type: ignore[arg-type]
    file = replace(read_scenarios(GOOD), plans=named, target=target)
    again = read_scenarios(write_scenarios(file))
    assert again == file
    assert again.fingerprint == file.fingerprint
    assert write_scenarios(again) == write_scenarios(file)


def test_every_lever_can_be_written_and_read() -> None:
    for lever in LEVERS_OF_ALL_KINDS:
        file = ScenarioFile((Scenario("plan", (lever,)),))
        assert read_scenarios(write_scenarios(file)) == file, lever


def test_the_fingerprint_is_of_what_the_file_says_and_not_of_how() -> None:
    file = read_scenarios(GOOD)
    spaced = read_scenarios("# a remark\n" + GOOD.replace("60 d", "1440 h").replace("base: our-funnel\n", ""))
    assert spaced.fingerprint == file.fingerprint
    for old, new in (
        ("number: 2", "number: 3"),
        ("2500000", "2600000"),
        ("hiring: 8000", "hiring: 8001"),
        ("grow", "gro"),
    ):
        assert read_scenarios(GOOD.replace(old, new)).fingerprint != file.fingerprint


def test_a_file_says_its_plans_prices_target_and_base(tmp_path: Path) -> None:
    (tmp_path / "plans.yaml").write_text(GOOD, "utf-8")
    file = read_scenarios(tmp_path / "plans.yaml", FUNNEL)
    assert file.prices is not None
    assert (file.prices.hiring, file.target, file.base) == (8000.0, 2.5e6, "our-funnel")
    assert file.plans[0].levers[0] == Hire("closers", 2, date(2026, 2, 1))
    assert file.plans[1].levers[1] == ChangeRouting("by-tier", "desk")


def test_names_are_checked_only_against_a_funnel() -> None:
    text = GOOD.replace("rep: Cy", "rep: Sy")
    assert len(read_scenarios(text).plans) == 3
    with pytest.raises(SpecError, match="no rep 'Sy'"):
        read_scenarios(text, FUNNEL)


def test_a_lever_is_checked_after_those_before_it() -> None:
    text = GOOD.replace("rep: Cy, on: 2026-03-31", "rep: closers-new-2, on: 2026-12-31")
    with pytest.raises(SpecError, match="no rep 'closers-new-2'"):
        read_scenarios(text, FUNNEL)
    hire = "  - hire: {team: closers, number: 2, opened: 2026-02-01}\n"
    read_scenarios(text.replace("  - rep-leaves", f"{hire}  - rep-leaves"), FUNNEL)


def test_a_policy_of_ones_own_stands_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def choose_rep(lead, now, load, reps, state):\n    return 0\n", "utf-8")
    (tmp_path / "plans.yaml").write_text(GOOD.replace("routing: by-tier", "routing: own.py:choose_rep"), "utf-8")
    file = read_scenarios(tmp_path / "plans.yaml", FUNNEL)
    (tmp_path / "own.py").unlink()
    assert read_scenarios(write_scenarios(file), FUNNEL) == file


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_lever_is_one(name: str) -> None:
    before = f"  - assign-manually: {EXAMPLES['assign-manually']}\n" if name == "assign-automatically" else ""
    file = read_scenarios(f"plans:\n- name: plan\n  levers:\n{before}  {example(name)}\n", FUNNEL)
    assert type(file.plans[0].levers[-1]) is LEVERS[name]
    assert file.plans[0].apply(FUNNEL) != FUNNEL or name == "assign-automatically"


def test_the_catalogue_and_the_page_teach_every_lever() -> None:
    assert list(EXAMPLES) == list(LEVERS)
    assert [name for name in LEVERS if example(name) not in catalogue_text()] == []
    assert [name for name in LEVERS if example(name) not in PAGE] == []


def test_the_documented_file_is_one() -> None:
    text = PAGE[PAGE.index("```yaml\n") + 8 :]
    file = read_scenarios(text[: text.index("```")], FUNNEL)
    assert len(file.plans) == 3
