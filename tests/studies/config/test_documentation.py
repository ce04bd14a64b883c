import re
from pathlib import Path

from sim.discipline import Discipline
from sim.distributions import Distribution
from sim.routing.registry import POLICIES
from studies.config import parse_spec
from studies.config.choices import CHOICES
from studies.config.forms import member_name
from studies.config.policy_file import PolicyFunction, PullFunction

PAGE = (Path(__file__).parents[3] / "docs" / "funnel-file.md").read_text("utf-8")


def block(language: str, place: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[place]


def test_the_documented_funnel_is_a_funnel() -> None:
    spec = parse_spec(block("yaml"))
    assert spec.stage_names == ("qualify", "discovery", "closing")
    assert [len(spec.operation.team_reps(team.name)) for team in spec.operation.teams] == [2, 2]


def test_the_documented_policy_is_a_policy() -> None:
    PolicyFunction("own.py", "choose_rep", block("python"))
    PullFunction("own.py", "choose_lead", block("python", 1))


def test_the_page_names_every_policy_distribution_and_discipline() -> None:
    assert [name for name in (*POLICIES, *CHOICES[Distribution]) if f"`{name}`" not in PAGE] == []
    assert [each for each in Discipline if f"`{member_name(each)}`" not in PAGE] == []
