import re
from pathlib import Path

from sim.distributions import Distribution
from sim.routing.registry import POLICIES
from studies.config import parse_spec
from studies.config.choices import CHOICES
from studies.config.policy_file import PolicyFunction

PAGE = (Path(__file__).parents[3] / "docs" / "funnel-file.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_documented_funnel_is_a_funnel() -> None:
    spec = parse_spec(block("yaml"))
    assert spec.stage_names == ("qualify", "discovery", "closing")
    assert [len(spec.operation.team_reps(team.name)) for team in spec.operation.teams] == [2, 2]


def test_the_documented_policy_is_a_policy() -> None:
    PolicyFunction("own.py", "choose_rep", block("python"))


def test_the_page_names_every_policy_and_distribution() -> None:
    assert [name for name in (*POLICIES, *CHOICES[Distribution]) if f"`{name}`" not in PAGE] == []
